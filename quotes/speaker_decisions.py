"""What people decide about speakers: two are one, one is two, another name. Part of decisions.py.

Each decision is one transaction, and one at a time. A merged speaker keeps its row and its
address; its quotations, names, links and suggestions go to whom it is merged into.
"""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from quotes import new_speakers, speaker_counts, statements
from quotes.decision_log import Refused, check_seen, of_speaker, told, write_down
from quotes.merging import lock_speakers, root
from quotes.models import (
    Decision,
    MachineReading,
    Quotation,
    Speaker,
    SpeakerLink,
    SpeakerSuggestion,
)
from quotes.new_speakers import NewSpeaker, add_name, key_in_article, key_of
from quotes.quotation_decisions import begin
from quotes.trails import Trail

Suggested = SpeakerSuggestion.Status
_MERGED = "name of a speaker merged into this one by people"
_SPLIT = "split from another speaker by people"
_FORMER = "former name, changed by people"
_APART = "told apart by people"


@dataclass(frozen=True)
class Part:
    """What of a speaker is somebody else's: by names, by articles (keys), by quotations (keys)."""

    names: frozenset[str] = frozenset()
    articles: frozenset[int] = frozenset()
    quotations: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.names or self.articles or self.quotations)


# --- two are one


@transaction.atomic
def merge(
    speaker: Speaker,
    into: Speaker,
    user: User,
    *,
    seen: str | None = None,
    into_seen: str | None = None,
    why: str = "",
) -> Decision:
    """Decide that `speaker` is who `into` is, or who that has been merged into; return that.

    Raises Refused where they are one already (so no circle of merges can be), where `speaker` is
    merged into somebody else, or where people have told the two apart.
    """
    lock_speakers()
    one, other = _fresh(speaker, seen), _fresh(into, into_seen)
    target = root(other)
    _check_mergeable(one, other, target)
    trail = Trail()
    was = _described(one)
    _move_suggestions(one, target, trail)
    _move_names(one, target, trail)
    trail.update("link", one.links.all(), speaker_id=target.pk)
    said = MachineReading.objects.filter(fields__speaker_id=one.pk)
    shown = one.quotations.filter(review=Quotation.Review.NONE)
    keys = {*said.values_list("quotation", flat=True), *shown.values_list("pk", flat=True)}
    trail.readings(sorted(keys), one.pk, target.pk)
    shifted = list(one.quotations.values_list("pk", flat=True))
    trail.update("quotation", one.quotations.all(), speaker_id=target.pk)
    trail.update("speaker", Speaker.objects.filter(pk=one.pk), merged_into_id=target.pk)
    speaker_counts.refresh([one.pk, target.pk])
    statements.follow(shifted)
    return write_down(
        Decision.Kind.MERGE,
        user,
        trail,
        why=why,
        shown=(was, {"Speaker": f"part of {target.name}"}),
        speaker=one,
        other_speaker=target,
    )


def accept(suggestion: SpeakerSuggestion, user: User, *, why: str = "") -> Decision:
    """Decide that two who may be one are one: the less quoted is merged into the other."""
    pair = root(suggestion.one), root(suggestion.other)
    less, more = sorted(pair, key=lambda speaker: (speaker.quotation_count, -speaker.pk))
    return merge(less, more, user, why=why)


def _fresh(speaker: Speaker, seen: str | None) -> Speaker:
    """Return the row as it is now, locked; Stale if it is not as it was seen."""
    row = Speaker.objects.select_for_update().get(pk=speaker.pk)
    check_seen(row, seen)
    return row


def _check_mergeable(one: Speaker, other: Speaker, target: Speaker) -> None:
    if one.pk == other.pk:
        raise Refused(f"{one.name} cannot be merged into itself; choose another speaker.")
    if one.merged_into is not None:
        now = root(one)
        if now.pk == target.pk:
            raise Refused(f"{one.name} is part of {now.name} already; nothing is left to merge.")
        raise Refused(
            f"{one.name} has been merged into {now.name}; merge {now.name}, or undo that first."
        )
    if target.pk == one.pk:
        raise Refused(
            f"{other.name} has been merged into {one.name}, so the two are one already and the"
            f" merge would go in a circle; undo the earlier merge to turn it round."
        )
    if apart := _pair(one, target).filter(status=Suggested.DIFFERENT).exists():
        earlier = _apart_decision(one, target) if apart else None
        by = told(earlier) if earlier else "An earlier decision"
        raise Refused(f"{by} says that {one.name} and {target.name} are two; undo that first.")


def _apart_decision(one: Speaker, other: Speaker) -> Decision | None:
    kinds = (Decision.Kind.DIFFERENT, Decision.Kind.SPLIT)
    both = of_speaker(one).filter(Q(speaker=other) | Q(other_speaker=other), kind__in=kinds)
    return both.filter(undone_by=None).first()


def _pair(one: Speaker, other: Speaker) -> QuerySet[SpeakerSuggestion]:
    low, high = sorted((one.pk, other.pk))
    return SpeakerSuggestion.objects.filter(one=low, other=high)


def _move_suggestions(one: Speaker, target: Speaker, trail: Trail) -> None:
    """Let the suggestions about `one` be about `target`; what was told apart stays so."""
    trail.update("suggestion", _pair(one, target), status=Suggested.SAME)
    known = {_third(row, target): row for row in _about(target)}
    moved: dict[int, dict[str, int]] = {}
    apart: list[int] = []
    for row in _about(one).exclude(Q(one=target) | Q(other=target)):
        third = _third(row, one)
        if third not in known:
            low, high = sorted((target.pk, third))
            moved[row.pk] = {"one_id": low, "other_id": high}
        elif row.status == Suggested.DIFFERENT:
            apart.append(known[third].pk)
    trail.update_each("suggestion", moved)
    told = SpeakerSuggestion.objects.filter(pk__in=apart, status=Suggested.OPEN)
    trail.update("suggestion", told, status=Suggested.DIFFERENT)


def _about(speaker: Speaker) -> QuerySet[SpeakerSuggestion]:
    return SpeakerSuggestion.objects.filter(Q(one=speaker) | Q(other=speaker))


def _third(row: SpeakerSuggestion, speaker: Speaker) -> int:
    """Return the key of the other one of a pair."""
    return row.other_id if row.one_id == speaker.pk else row.one_id


def _move_names(one: Speaker, target: Speaker, trail: Trail) -> None:
    shared = target.names.values_list("name", flat=True)
    trail.update("name", one.names.exclude(name__in=list(shared)), speaker_id=target.pk)
    add_name(target, one.name, "", _MERGED, trail)


def _described(speaker: Speaker) -> dict[str, str]:
    """Return who a speaker is, in words."""
    return {
        "Speaker": speaker.name,
        "Kind": speaker.get_kind_display(),
        "Wikidata": speaker.wikidata_id,
        "Description": speaker.description,
    }


# --- one is two


@transaction.atomic
def split(
    speaker: Speaker,
    part: Part,
    to: Speaker | NewSpeaker,
    user: User,
    *,
    seen: str | None = None,
    why: str = "",
) -> Decision:
    """Decide that a part of what is `speaker`'s is somebody else's, who may be new; return that.

    The two are told apart for good. Raises Refused if the part is nothing or everything, or if
    `to` is the speaker.
    """
    lock_speakers()
    one = _fresh(speaker, seen)
    moved = _chosen(one, part)
    trail = Trail()
    other = new_speakers.create(to, trail) if isinstance(to, NewSpeaker) else root(_fresh(to, None))
    if other.pk == one.pk:
        raise Refused(f"The part would stay with {one.name}; choose another speaker for it.")
    shifted = list(moved.values_list("pk", flat=True))
    _move_part(one, other, part, moved, trail)
    _tell_apart(one, other, trail)
    speaker_counts.refresh([one.pk, other.pk])
    statements.follow(shifted)
    return write_down(
        Decision.Kind.SPLIT,
        user,
        trail,
        why=why,
        shown=(
            {"Speaker": one.name},
            {"Speaker": f"{one.name}, and {other.name} with {len(shifted)} of the quotations"},
        ),
        speaker=one,
        other_speaker=other,
    )


def _chosen(one: Speaker, part: Part) -> QuerySet[Quotation]:
    """Return the quotations of a part; Refused if that is nothing or everything."""
    if one.merged_into is not None:
        raise Refused(f"{one.name} has been merged into {root(one).name}; split that instead.")
    if not part:
        raise Refused("Choose names, articles or quotations that are somebody else's.")
    moved = one.quotations.filter(
        Q(speaker_name__in=part.names)
        | Q(version__article__in=part.articles)
        | Q(pk__in=part.quotations)
    )
    names = one.names.filter(name__in=part.names)
    if not moved.exists() and not names.exists():
        raise Refused(f"None of what you chose is {one.name}’s now; choose again.")
    if not one.quotations.exclude(pk__in=moved.values("pk")).exists():
        raise Refused(
            f"That is all of {one.name}; rename the speaker, or merge it into another, instead."
        )
    return moved


def _move_part(
    one: Speaker, other: Speaker, part: Part, moved: QuerySet[Quotation], trail: Trail
) -> None:
    """Give the part to `other`; what is still with `one` afterwards was chosen singly."""
    linked = moved.filter(Q(speaker_name__in=part.names) | Q(version__article__in=part.articles))
    forms = list(moved.exclude(speaker_name="").order_by().values_list("speaker_name").distinct())
    _settle_links(one, other, part, linked, trail)
    _share_names(one, other, part, sorted(form for (form,) in forms), trail)
    trail.readings(list(linked.values_list("pk", flat=True)), one.pk, other.pk)
    trail.update("quotation", linked, speaker_id=other.pk)
    singly = moved.exclude(review=Quotation.Review.REJECTED)
    for row in singly.prefetch_related("spans"):
        begin(row)
    # The article's link of their name stays with `one`: only as reviewed they stay with `other`.
    review = {"review": Quotation.Review.CORRECTED, "reviewed_at": timezone.now()}
    trail.update("quotation", singly, speaker_id=other.pk, **review)
    trail.update("quotation", moved, speaker_id=other.pk)


def _settle_links(
    one: Speaker, other: Speaker, part: Part, linked: QuerySet[Quotation], trail: Trail
) -> None:
    """Note that the names mean `other` in the articles concerned, whatever extraction thinks."""
    values = {"speaker_id": other.pk, "reason": _SPLIT, "score": 1.0, "decided": True}
    about = Q(article__in=part.articles) | Q(name__in=part.names)
    trail.update("link", one.links.filter(about), **values)
    uses = linked.exclude(speaker_name="").order_by("version__article_id", "position")
    columns = ("version__article_id", "speaker_name", "speaker_kind", "speaker_role")
    names = {(use[0], use[1]): use[2:] for use in reversed(uses.values_list(*columns))}
    known = SpeakerLink.objects.filter(article__in={article for article, _ in names})
    taken = set(known.values_list("article_id", "key"))
    for (article, name), (kind, role) in names.items():
        key = key_in_article(name, kind or one.kind)
        if (article, key) not in taken:
            taken.add((article, key))
            link = SpeakerLink(article_id=article, name=name, key=key, role=role, **values)
            trail.create("link", link)


def _share_names(one: Speaker, other: Speaker, part: Part, forms: list[str], trail: Trail) -> None:
    """Give names to `other`: chosen ones are no longer `one`'s, others are both's."""
    keys = dict(one.names.values_list("name", "key"))
    own = set(other.names.values_list("name", flat=True))
    trail.update("name", one.names.filter(name__in=part.names - own), speaker_id=other.pk)
    for form in forms:
        add_name(other, form, keys.get(form, ""), _SPLIT, trail)


# --- two are two, and what one is called


@transaction.atomic
def tell_apart(
    one: Speaker, other: Speaker, user: User, *, seen: str | None = None, why: str = ""
) -> Decision:
    """Decide that two speakers are two, and are suggested as one no more; return that.

    Raises Refused if they are one row, merged into each other, or told apart already.
    """
    lock_speakers()
    first, second = root(_fresh(one, seen)), root(_fresh(other, None))
    if first.pk == second.pk:
        raise Refused(f"{one.name} and {other.name} are one already; undo their merge, or split.")
    trail = Trail()
    if not _tell_apart(first, second, trail):
        raise Refused(f"{first.name} and {second.name} have been told apart already.")
    return write_down(
        Decision.Kind.DIFFERENT,
        user,
        trail,
        why=why,
        shown=({}, {"Speakers": f"{first.name} and {second.name} are two"}),
        speaker=first,
        other_speaker=second,
    )


def _tell_apart(one: Speaker, other: Speaker, trail: Trail) -> bool:
    """Note that two are two; say whether that is news."""
    pair = _pair(one, other)
    if pair.exists():
        return bool(trail.update("suggestion", pair, status=Suggested.DIFFERENT))
    low, high = sorted((one.pk, other.pk))
    status = Suggested.DIFFERENT
    row = SpeakerSuggestion(one_id=low, other_id=high, reason=_APART, score=0.0, status=status)
    trail.create("suggestion", row)
    return True


@transaction.atomic
def rename(  # noqa: PLR0913  what a form has
    speaker: Speaker,
    user: User,
    *,
    name: str | None = None,
    kind: str | None = None,
    wikidata_id: str | None = None,
    description: str | None = None,
    seen: str | None = None,
    why: str = "",
) -> Decision:
    """Decide how a speaker is shown; None leaves as it is. Return that.

    The address stays, and a former name still finds the speaker. Raises Refused for what cannot be
    a name, kind or identifier, and if nothing would change.
    """
    lock_speakers()
    row = _fresh(speaker, seen)
    wanted = {
        "name": None if name is None else new_speakers.clean_name(name),
        "kind": None if kind is None else new_speakers.clean_kind(kind),
        "wikidata_id": None if wikidata_id is None else new_speakers.clean_wikidata_id(wikidata_id),
        "description": None if description is None else new_speakers.clean_description(description),
    }
    given = {column: value for column, value in wanted.items() if value is not None}
    changes = {column: value for column, value in given.items() if value != getattr(row, column)}
    if not changes:
        raise Refused(f"{row.name} is shown like that already; change something, or go back.")
    trail = Trail()
    if "name" in changes:
        add_name(row, row.name, key_of(row.name, row.kind), _FORMER, trail)
    trail.update("speaker", Speaker.objects.filter(pk=row.pk), **changes)
    now = Speaker.objects.get(pk=row.pk)
    return write_down(
        Decision.Kind.RENAME,
        user,
        trail,
        why=why,
        shown=(_described(row), _described(now)),
        speaker=row,
    )
