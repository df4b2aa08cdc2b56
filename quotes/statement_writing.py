"""Writes what a placing has found: statements and their reports. Part of quotes/statements.py.

A statement stays the same row while who leads it changes. One that becomes part of another keeps
its address, which leads there.
"""

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from django.db import connection
from django.db.models import Count
from django.utils import timezone

from quotes.addresses import short_uid
from quotes.chunks import chunks
from quotes.models import Report, Statement, WordingState
from quotes.statement_placing import SURE, Placing
from quotes.variants import warnings

Relation = Report.Relation
_WRITTEN = ("statement", "relation", "matched", "similarity", "has_warning")
# Any number will do that nothing else in this database locks.
_STATEMENTS_LOCK = 0x5354_4154


def lock() -> None:
    """Wait until nobody else is placing, until this transaction ends; the last lock to be taken.

    Two reports that are stored at the same moment would else not see each other. On SQLite, whose
    writers queue anyway, it does nothing.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_STATEMENTS_LOCK])


def note(prints: Mapping[int, str], problems: Mapping[int, str] | None = None) -> None:
    """Note that quotations have been compared as they are, or on what that failed."""
    now, told = timezone.now(), problems or {}
    WordingState.objects.bulk_create(
        [
            WordingState(
                quotation_id=pk, fingerprint=fingerprint, problem=told.get(pk, ""), compared_at=now
            )
            for pk, fingerprint in prints.items()
        ],
        update_conflicts=True,
        unique_fields=["quotation"],
        update_fields=["fingerprint", "problem", "compared_at"],
        batch_size=500,
    )


def write(placing: Placing) -> set[int]:
    """Write the reports of all that was placed; return the keys of the statements concerned."""
    return _Writing(placing).write()


class _Writing:
    def __init__(self, placing: Placing) -> None:
        self.placing = placing
        self.groups: dict[int, list[int]] = defaultdict(list)
        for pk in sorted(placing.now, key=placing.order):
            root = placing.root(pk)
            if root != pk:
                self.groups[root].append(pk)
        self.leaders = self._leaders()
        self.own: dict[int, int] = {}

    def write(self) -> set[int]:
        placing = self.placing
        was = {placing.stored[pk].statement for pk in placing.now if pk in placing.stored}
        roots = sorted(self.groups, key=placing.order)
        for root in roots:
            if (statement := self._statement_of(root)) is not None:
                self.own[root] = statement
        uids = {root: placing.known[root].uid for root in roots if root not in self.own}
        made = _new(uids.values())
        self.own |= {root: made[uid] for root, uid in uids.items()}
        self._write_reports()
        self._lead_on()
        return was | set(self.own.values())

    def _leaders(self) -> dict[int, int]:
        """Return statement -> who leads it as it is stored, of all that are concerned."""
        about = {self.placing.stored[pk].statement for pk in self.placing.stored}
        found: dict[int, int] = {}
        for chunk in chunks(sorted(about)):
            rows = Report.objects.filter(statement__in=chunk, relation=Relation.FIRST).order_by()
            found |= dict(rows.values_list("statement_id", "quotation_id"))
        return found

    def _statement_of(self, root: int) -> int | None:
        """Return the key of the statement of those whom `root` leads; None if it must be new."""
        placing = self.placing
        stored = placing.stored.get(root)
        if stored and self.leaders.get(stored.statement) == root:
            return stored.statement
        taken = set(self.own.values())
        claims = {
            placing.stored[pk].statement
            for pk in (root, *self.groups[root])
            if pk in placing.stored
        }
        free = [one for one in claims - taken if self._is_free(one)]
        return min(free, default=None)

    def _is_free(self, statement: int) -> bool:
        """Say whether nobody leads a statement any more."""
        leader = self.leaders.get(statement)
        return leader is None or leader not in self.placing.known or (
            self.placing.root(leader) != leader
        )  # fmt: skip

    def _write_reports(self) -> None:
        placing = self.placing
        rows = []
        for root, members in self.groups.items():
            first = Report(
                statement_id=self.own[root],
                quotation_id=root,
                relation=Relation.FIRST,
                similarity=1.0,
            )
            rows += [first, *(self._report(pk, self.own[root]) for pk in members)]
        _upsert(rows)
        alone = {
            pk
            for pk in placing.now
            if pk in placing.stored
            and placing.root(pk) == pk
            and pk not in self.groups
            and self.leaders.get(placing.stored[pk].statement) != pk
        }
        for chunk in chunks(sorted(alone)):
            Report.objects.filter(quotation__in=chunk).delete()

    def _report(self, pk: int, statement: int) -> Report:
        hold, known = self.placing.hold(pk), self.placing.known
        is_warned = (
            hold.relation in SURE
            and hold.to is not None
            and bool(warnings(known[hold.to].wording.text, known[pk].wording.text))
        )
        return Report(
            statement_id=statement,
            quotation_id=pk,
            relation=hold.relation,
            matched_id=hold.to,
            similarity=hold.similarity,
            has_warning=is_warned,
        )

    def _lead_on(self) -> None:
        """Let statements whose leader follows another now lead there, with who is left in them."""
        for statement, leader in self.leaders.items():
            if leader not in self.placing.known:
                continue
            own = self.own.get(self.placing.root(leader))
            if own is not None and own != statement and statement not in self.own.values():
                Report.objects.filter(statement=statement).update(statement=own)
                Statement.objects.filter(pk=statement).update(merged_into=own)
                Statement.objects.filter(merged_into=statement).update(merged_into=own)


def _upsert(rows: list[Report]) -> None:
    Report.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["quotation"], update_fields=_WRITTEN
    )


def _new(uids: Collection[str]) -> dict[str, int]:
    """Return uid of a first quotation -> key of a statement at the address that it gives.

    One that was merged or left is taken up again, if nothing is in it. Three queries, mostly.
    """
    found: dict[str, int] = {}
    for count in itertools.count():
        suffix = [str(count)] if count else []
        wanted = {short_uid("statement", uid, *suffix): uid for uid in uids if uid not in found}
        if not wanted:
            return found
        counted = Statement.objects.filter(uid__in=wanted).annotate(count=Count("reports"))
        rows = list(counted.order_by().values_list("uid", "pk", "count"))
        taken = {address for address, _, _ in rows}
        free = {wanted[address]: pk for address, pk, reports in rows if not reports}
        Statement.objects.filter(pk__in=free.values()).update(merged_into=None)
        made = Statement.objects.bulk_create(
            Statement(uid=address) for address in wanted if address not in taken
        )
        found |= free | {wanted[row.uid]: row.pk for row in made}
    return found


def drop_single(statements: Iterable[int]) -> set[int]:
    """Delete the reports that are alone in one of these; return in which statements they were."""
    found: set[int] = set()
    for chunk in chunks(sorted(statements)):
        counted = Report.objects.filter(statement__in=chunk).order_by().values("statement")
        alone = counted.annotate(count=Count("pk")).filter(count=1)
        found.update(alone.values_list("statement", flat=True))
    for chunk in chunks(sorted(found)):
        Report.objects.filter(statement__in=chunk).delete()
    return found
