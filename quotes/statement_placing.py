"""Which quotations report one utterance: each is compared with those that lead, and follows one.

Quotations have an order (statement_wordings.Known.order): the longer leads the shorter. In that
order each follows the leader that it is surely the same as, else leads itself; what leads and has
no followers may then be held to be possibly the same as another. So nobody is put with what he
was not compared with himself, and the order in which articles are stored does not count. Part of
quotes/statements.py; writes nothing.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.db.models import Q

from quotes import statement_marks, statement_wordings, variant_words
from quotes.chunks import chunks
from quotes.models import Report, SameStatement
from quotes.params import VARIANTS, VariantParams
from quotes.statement_wordings import Known
from quotes.variant_blocks import weight_of
from quotes.variants import NONE, Likeness, compare, may_be_recalled

Relation = Report.Relation
_RANK: dict[str, int] = {Relation.EXACT: 2, Relation.NEAR: 1, Relation.PART: 0}
SURE = frozenset(_RANK)
_STRONG = frozenset({Relation.EXACT, Relation.NEAR})


class Hold(NamedTuple):
    """Whom a quotation is put with, why, and how alike they are; `to` is None for who leads."""

    to: int | None = None
    relation: str = ""
    similarity: float = 0.0

    @property
    def leads(self) -> bool:
        """Say whether others may follow it."""
        return self.relation not in SURE


LEADS = Hold()


class Stored(NamedTuple):
    """A stored report: its statement, and the hold that it tells."""

    statement: int
    hold: Hold


class Placing:
    """Quotations that are placed anew, and what is known of those around them."""

    def __init__(self, known: Mapping[int, Known], params: VariantParams = VARIANTS) -> None:
        self.params = params
        self.known = dict(known)
        self.stored: dict[int, Stored] = {}
        self.now: dict[int, Hold] = {}
        self.left: set[int] = set()
        self._asked: set[int] = set()
        self._orders: dict[int, tuple[Any, ...]] = {}
        self._near: dict[int, set[int]] = {}
        self._around: dict[int, str] = {}
        self._likeness: dict[tuple[int, int], Likeness] = {}
        self._stored_followers: dict[int, set[int]] = {}
        self._now_followers: dict[int, set[int]] = defaultdict(set)
        self._linked: dict[int, set[int]] = {}
        self._apart: dict[int, set[int]] = {}

    def run(self, changed: Iterable[int], others: Iterable[int]) -> None:
        """Place what has `changed`, the `others` who hang on such or on what is gone, and theirs.

        Afterwards `now` has the holds of all that were looked at, `left` the keys of those for
        whom there was no time (`reconsidered`).
        """
        fresh = set(changed)
        fresh &= self.known.keys()
        self._look_around(fresh)
        # Whom they may lead, and who was put with them, are looked at together.
        behind = {other for pk in fresh for other in self._behind(pk)}
        todo = fresh | set(others) | self._followers(fresh | behind | set(others))
        self._look_around(behind | todo)
        self._follow(todo, fresh)
        self._suppose()

    def root(self, pk: int) -> int:
        """Return the key of who leads the statement that a quotation is in."""
        seen = {pk}
        while (to := self.hold(pk).to) is not None and to not in seen:
            seen.add(to)
            pk = to
        return pk

    def hold(self, pk: int) -> Hold:
        """Return whom a quotation is put with, as far as is decided now."""
        if pk in self.now:
            return self.now[pk]
        return self.stored[pk].hold if pk in self.stored else LEADS

    def order(self, pk: int) -> tuple[Any, ...]:
        """Return where a quotation stands; the lesser leads, first those whom people have linked.

        So whoever is the same as one of these follows it to where people have put it.
        """
        if pk not in self._orders:
            self._orders[pk] = (pk not in self._linked, *self.known[pk].order)
        return self._orders[pk]

    # --- who is the same as whom

    def _follow(self, todo: set[int], fresh: set[int]) -> None:
        """Let each follow whom it is surely the same as, in order; those it touches too."""
        queue = _Queue(self)
        queue.add(todo)
        while queue:
            if len(self.now) >= self.params.reconsidered and not fresh & queue.keys():
                self.left = queue.keys()
                return
            pk = queue.pop()
            was = None if pk in fresh else self.hold(pk)
            hold = self._sure(pk)
            self._settle(pk, hold)
            if hold.leads and (was is None or not was.leads):
                queue.add(self._behind(pk))
            has_moved = was is not None and was.leads and (not hold.leads or hold.to != was.to)
            if has_moved and (hold.to, was and was.relation) != (None, Relation.POSSIBLE):
                queue.add(self._followers([pk]))

    def _settle(self, pk: int, hold: Hold) -> None:
        self.now[pk] = hold
        if hold.to is not None:
            self._now_followers[hold.to].add(pk)

    def _behind(self, pk: int) -> Iterator[int]:
        """Yield those around that stand behind, and may be put with it."""
        for other in self._near[pk]:
            if self.order(other) > self.order(pk) and (
                self.like(pk, other).relation or other in self._linked.get(pk, ())
            ):
                yield other

    def _sure(self, pk: int) -> Hold:
        """Return the hold on the leader that a quotation is surely the same as; LEADS if none."""
        group = [one for one in self._group(pk) if not self._is_apart(pk, one)]
        first = min(group, key=self.order, default=pk)
        if self.order(first) < self.order(pk):
            return Hold(first, Relation.PEOPLE, self.like(pk, first).similarity)
        found = {
            other: likeness
            for other in self._near[pk]
            if self.order(other) < self.order(pk)
            and self.hold(other).leads
            and (likeness := self.like(pk, other)).relation in SURE
            and not self._is_apart(pk, other)
        }
        if not found or self._is_torn(pk, found):
            return LEADS

        def rank(other: int) -> tuple[int, float]:
            relation, similarity = found[other]
            return _RANK[str(relation)], similarity

        best = min(found, key=lambda other: (*(-part for part in rank(other)), self.order(other)))
        return Hold(best, str(found[best].relation), found[best].similarity)

    def _is_torn(self, pk: int, found: dict[int, Likeness]) -> bool:
        """Say whether a quotation fits several statements and it would be a guess to choose one."""
        if len({self.root(other) for other in found}) < 2:  # noqa: PLR2004  several are two
            return False
        speakers = {self.known[other].wording.speaker for other in found} - {None}
        if len(speakers) > 1:
            return True
        if any(likeness.relation in _STRONG for likeness in found.values()):
            return False
        return self._weight(pk) < self.params.long_weight

    def _weight(self, pk: int) -> float:
        wording = self.known[pk].wording
        words = variant_words.read(wording.text, wording.kind)
        pairs = zip(words.norms, words.said, strict=True)
        return sum(weight_of(norm, self.params) for norm, said in pairs if said)

    def like(self, one: int, other: int) -> Likeness:
        """Return how two are related; within one article only the same words of one speaker are."""
        pair = (min(one, other), max(one, other))
        if pair not in self._likeness:
            first, second = self.known[pair[0]], self.known[pair[1]]
            found = compare(first.wording, second.wording, params=self.params)
            if not found.relation and self._around.keys() >= set(pair):
                found = self._recalled(*pair)
            if first.version == second.version:
                named = first.wording.speaker is not None
                same = named and first.wording.speaker == second.wording.speaker
                found = found if same and found.relation in SURE else NONE
            self._likeness[pair] = found
        return self._likeness[pair]

    def _recalled(self, *pair: int) -> Likeness:
        """Return how two are related by more of what stands around them, if it may be that."""
        one, other = (self.known[pk].wording._replace(context=self._around[pk]) for pk in pair)
        is_wanted = may_be_recalled(one, other, params=self.params)
        return compare(one, other, params=self.params) if is_wanted else NONE

    # --- who may be the same as whom

    def _suppose(self) -> None:
        """Hold what leads and has no followers to be possibly the same as what stands before it."""
        touched = {pk for pk, hold in self.now.items() if hold.leads}
        before = (self.stored[pk].hold.to for pk in self.now if pk in self.stored)
        touched |= {to for to in before if to is not None and to in self.known}
        touched |= {hold.to for hold in self.now.values() if hold.to is not None}
        queue = _Queue(self)
        queue.add(touched)
        while queue:
            pk = queue.pop()
            was = self.hold(pk)
            if not was.leads or was.relation == Relation.PEOPLE:
                continue
            hold = LEADS if self._has_followers(pk) else self._possible(pk)
            self._settle(pk, hold)
            earlier = self.stored[pk].hold.relation if pk in self.stored else ""
            if (hold.relation == Relation.POSSIBLE) != (earlier == Relation.POSSIBLE):
                queue.add(other for other in self._behind(pk) if self.hold(other).leads)

    def _possible(self, pk: int) -> Hold:
        found = {
            other: likeness
            for other in self._near[pk]
            if self.order(other) < self.order(pk)
            and self.hold(other).leads
            and self.hold(other).relation != Relation.POSSIBLE
            and (likeness := self.like(pk, other)).relation
            and self.known[other].version != self.known[pk].version
            and not self._is_apart(pk, other)
        }
        sure = {other: likeness for other, likeness in found.items() if likeness.relation in SURE}
        if not found or self._is_torn(pk, sure):
            return LEADS
        best = min(found, key=lambda other: (-found[other].similarity, self.order(other)))
        return Hold(best, Relation.POSSIBLE, found[best].similarity)

    def _has_followers(self, pk: int) -> bool:
        return any(
            self.hold(other).relation not in ("", Relation.POSSIBLE)
            for other in self._followers([pk])
        )

    # --- what is stored around

    def _look_around(self, keys: Iterable[int]) -> None:
        """Load those with these keys, and all that they may be put with."""
        wanted = {pk for pk in keys if pk not in self._near}
        if not wanted:
            return
        self._load(wanted)
        wordings = {pk: self.known[pk].wording for pk in wanted if pk in self.known}
        self._near |= statement_marks.sharing(wordings, params=self.params)
        near = {pk for key in wordings for pk in (*self._near[key], *self._partners(key))}
        self._load(near)
        self._load_leaders(near)
        for pk in wordings:
            close = {self._leader(other) for other in self._near[pk]} | self._near[pk]
            self._near[pk] = (close | self._partners(pk)) & self.known.keys() - {pk}
        self._look_further(wordings)

    def _look_further(self, keys: Iterable[int]) -> None:
        """Load more of what stands around those that may have been quoted again much later."""
        wanted = {
            one
            for pk in keys
            for other in self._near[pk]
            if may_be_recalled(
                self.known[pk].wording, self.known[other].wording, params=self.params
            )
            for one in (pk, other)
        }
        self._around |= statement_wordings.around(wanted - self._around.keys())

    def _partners(self, pk: int) -> set[int]:
        return self._linked.get(pk, set()) | self._apart.get(pk, set())

    def _leader(self, pk: int) -> int:
        """Return whom a stored quotation follows, itself if nobody."""
        hold = self.stored[pk].hold if pk in self.stored else LEADS
        return pk if hold.leads or hold.to is None else hold.to

    def _load_leaders(self, keys: Iterable[int]) -> None:
        """Load those whom these follow, and whom those do, up to the roots."""
        todo = set(keys)
        while todo:
            holds = (self.stored[pk].hold for pk in todo if pk in self.stored)
            todo = {hold.to for hold in holds if hold.to is not None} - self._asked
            self._load(todo)

    def _load(self, keys: Iterable[int]) -> None:
        missing = set(keys) - self._asked
        self._asked |= missing
        self.known |= statement_wordings.load(missing - self.known.keys())
        self._load_decisions(missing)
        for chunk in chunks(sorted(missing)):
            rows = Report.objects.filter(quotation__in=chunk).order_by()
            columns = ("quotation_id", "statement_id", "matched_id", "relation", "similarity")
            for pk, statement, to, relation, similarity in rows.values_list(*columns):
                is_first = relation == Relation.FIRST
                hold = LEADS if is_first else Hold(to, relation, similarity)
                self.stored[pk] = Stored(statement, hold)

    def _followers(self, keys: Iterable[int]) -> set[int]:
        """Return the keys of those that are put with one of these, as far as is decided now."""
        wanted = set(keys)
        missing = wanted - self._stored_followers.keys()
        self._stored_followers |= {pk: set() for pk in missing}
        for chunk in chunks(sorted(missing)):
            rows = Report.objects.filter(matched__in=chunk).order_by()
            for to, pk in rows.values_list("matched_id", "quotation_id"):
                self._stored_followers[to].add(pk)
        found = {pk for to in wanted for pk in self._stored_followers[to]}
        self._load(found)
        found |= {pk for to in wanted for pk in self._now_followers[to]}
        return {pk for pk in found if pk in self.known and self.hold(pk).to in wanted}

    # --- what people have decided

    def _load_decisions(self, keys: Iterable[int]) -> None:
        """Load what people have said of these, and of those who are one with them by that."""
        todo, seen = set(keys), set[int]()
        while todo:
            seen |= todo
            found: set[int] = set()
            for chunk in chunks(sorted(todo)):
                about = Q(one__in=chunk) | Q(other__in=chunk)
                rows = SameStatement.objects.filter(about, undone_at=None).order_by()
                for one, other, is_same in rows.values_list("one_id", "other_id", "is_same"):
                    kind = self._linked if is_same else self._apart
                    kind.setdefault(one, set()).add(other)
                    kind.setdefault(other, set()).add(one)
                    found |= {one, other} if is_same else set()
            todo = found - seen

    def _group(self, pk: int) -> set[int]:
        """Return those whom people have said to be one with it, through others too, and itself."""
        group, todo = {pk}, [pk]
        while todo:
            more = {one for one in self._linked.get(todo.pop(), ()) if one in self.known} - group
            group |= more
            todo += more
        return group

    def _is_apart(self, pk: int, other: int) -> bool:
        """Say whether people have told it from `other`, or from one of its statement before it."""
        told = {one for one in self._apart.get(pk, ()) if one in self.known}
        if other in told:
            return True
        root = self.root(other)
        return any(self.root(one) == root and self.order(one) < self.order(pk) for one in told)


class _Queue:
    """Keys of quotations that wait, the one that leads the others first; each once."""

    def __init__(self, placing: Placing) -> None:
        self._placing = placing
        self._heap: list[tuple[Any, ...]] = []
        self._seen: set[int] = set()
        self._new: set[int] = set()

    def add(self, keys: Iterable[int]) -> None:
        """Add those that have not been in it."""
        new = set(keys) - self._seen
        self._placing._load(new)  # noqa: SLF001  of this module
        for pk in new & self._placing.known.keys():
            self._seen.add(pk)
            self._new.add(pk)
            heapq.heappush(self._heap, (self._placing.order(pk), pk))

    def pop(self) -> int:
        """Take the first out; all that wait have been looked around for."""
        self._placing._look_around(self._new)  # noqa: SLF001  of this module
        self._placing._followers(self._new)  # noqa: SLF001  of this module
        self._new = set()
        pk: int = heapq.heappop(self._heap)[1]
        return pk

    def keys(self) -> set[int]:
        """Return all that wait."""
        return {pk for _, pk in self._heap}

    def __bool__(self) -> bool:
        return bool(self._heap)
