"""Which quotations of the former version those of a new one were, and what people decided on them.

Part of quotes/store.py; decisions are as in quotes/decisions.py. One is taken over only by a
quotation that is stored for the first time, and only where words and source are the same beyond
doubt; elsewhere pages show it as a hint. Why: docs/decisions/0024-versions-and-copies.md.
"""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone

from quotes import quotation_decisions, speaker_counts
from quotes.matching import carried
from quotes.merging import roots
from quotes.models import (
    ArticleVersion,
    Decision,
    MachineReading,
    Quotation,
    QuotationQuerySet,
    QuotationSpan,
)
from quotes.nlp.document import Span
from quotes.rows import content_of, spans_json
from quotes.trails import Trail
from quotes.versions import said_in
from quotes.wording import fold

Role, Status, Review = QuotationSpan.Role, Quotation.Status, Quotation.Review
_WHY_CHARS = 500
_SPEAKER = ("speaker_id", "speaker_name", "speaker_kind", "speaker_role")
_CHAIN = {Role.ANTECEDENT, Role.NAME}


def carry(version: ArticleVersion, new: Iterable[Quotation]) -> None:
    """Link the quotations of a version with those of the former ones that they were.

    Those of them that are `new`, stored for the first time, take over what people have decided
    on their predecessors. Wants the transaction that stored them, and the version locked.
    """
    if version.number == 1:
        return
    rows = list(_shown(Quotation.objects.filter(version=version)))
    links = _links(version, rows)
    now = timezone.now()
    linked = [row for row in rows if row.pk in links and row.predecessor_id != links[row.pk].pk]
    for row in linked:
        row.predecessor, row.updated_at = links[row.pk], now
    Quotation.objects.bulk_update(linked, ["predecessor", "updated_at"])
    fresh = {row.pk for row in new}
    decided = [row for row in linked if row.pk in fresh and links[row.pk].review and not row.review]
    _take_over([(links[row.pk], row) for row in decided])


def _shown(rows: QuotationQuerySet) -> QuotationQuerySet:
    """Keep what is shown, and what people have marked as no quotation."""
    kept = rows.exclude(status=Status.GONE).select_related("version", "machine_reading")
    return kept.order_by("position", "pk")


def _links(version: ArticleVersion, rows: Sequence[Quotation]) -> dict[int, Quotation]:
    """Return key of a quotation -> the one that it was, in the newest former version that has it.

    In versions before the former one only the same words count.
    """
    earlier = version.article.versions.filter(number__lt=version.number).order_by("-number")
    former = earlier.values_list("pk", flat=True).first()
    if former is None or not rows:
        return {}
    old = list(_shown(Quotation.objects.filter(version=former)))
    pairs = carried([said_in(row) for row in old], [said_in(row) for row in rows])
    links = {rows[i].pk: old[j] for i, j in pairs.items()}
    missing = [row for row in rows if row.pk not in links]
    if missing and version.number > 2:  # noqa: PLR2004  there is a version before the former one
        before = Quotation.objects.filter(
            version__article=version.article_id,
            version__number__lt=version.number - 1,
            content__in={row.content for row in missing},
        )
        known = list(_shown(before).order_by("-version__number", "position", "pk"))
        again = carried([said_in(row) for row in known], [said_in(row) for row in missing])
        links |= {missing[i].pk: known[j] for i, j in again.items()}
    return links


# --- what people decided


def _take_over(pairs: Sequence[tuple[Quotation, Quotation]]) -> None:
    """Apply what people decided on the first of each pair to the second, where that is safe."""
    if not pairs:
        return
    pks = [row.pk for pair in pairs for row in pair]
    found = Quotation.objects.filter(pk__in=pks).prefetch_related("spans")
    full = {
        row.pk: row for row in found.select_related("version__text", "speaker", "machine_reading")
    }
    origins = _standing([old.pk for old, _ in pairs])
    speakers: set[int] = set()
    for old, new in pairs:
        origin, was, row = origins.get(old.pk), full[old.pk], full[new.pk]
        if origin and (spans := _agreed(was, row)) is not None:
            speakers |= {pk for pk in (row.speaker_id, was.speaker_id) if pk is not None}
            _decide(origin, was, row, spans)
    speaker_counts.refresh(speakers)


def _standing(quotations: Sequence[int]) -> dict[int, Decision]:
    """Return key of a quotation -> the newest decision on it that stands."""
    decided = Decision.objects.filter(quotation__in=quotations, undone_by=None)
    ordered = decided.exclude(kind=Decision.Kind.UNDO).order_by("pk")
    return {one.quotation_id: one for one in ordered if one.quotation_id is not None}


def _agreed(old: Quotation, new: Quotation) -> list[dict[str, Any]] | None:
    """Return the spans that `new` would have if what was decided on `old` held; None if unsure.

    The words must be the same, as people left them or as the program had them; the mention must
    be the same and name the speaker itself, else the paragraph and the one before it must be the
    same, where it says whose words they are. What was said must not be denied now, or the reverse.
    """
    if fold(old.mention) != fold(new.mention):
        return None
    if old.factuality and new.factuality and old.factuality != new.factuality:
        return None
    in_place = _surroundings(old) == _surroundings(new)
    if not in_place and not _names_itself(old):
        return None
    own = spans_json(new.spans.all())
    is_other = (old.speaker_id, old.speaker_name) != (new.speaker_id, new.speaker_name)
    if is_other and old.review != Review.REJECTED:
        own = [span for span in own if span["role"] not in _CHAIN]
    if fold(old.content) == fold(new.content):
        return own
    reading: MachineReading | None = getattr(old, "machine_reading", None)
    if reading is None or fold(str(reading.fields["content"])) != fold(new.content):
        return None
    return _with_words(old, reading, new, own) if in_place else None


def _names_itself(row: Quotation) -> bool:
    """Say whether the mention has the speaker's last name, so that it means the same anywhere."""
    name = fold(row.speaker_name).split()
    return bool(name) and name[-1].istitle() and name[-1] in fold(row.mention).split()


def _surroundings(row: Quotation) -> str:
    """Return the paragraphs of a quotation and its source, with the one before them."""
    text = row.version.text.content
    spans = [s for s in row.spans.all() if s.role in (Role.CONTENT, Role.CUE, Role.SOURCE)]
    start = min((span.start for span in spans), default=0)
    end = max((span.end for span in spans), default=0)
    own = text.rfind("\n", 0, start) + 1
    before = text.rfind("\n", 0, len(text[:own].rstrip())) + 1
    after = text.find("\n", end)
    return fold(text[before : after if after >= 0 else len(text)])


def _with_words(
    old: Quotation, reading: MachineReading, new: Quotation, spans: list[dict[str, Any]]
) -> list[dict[str, Any]] | None:
    """Return `spans` with the words that people chose, moved to where they are in the new text."""
    chosen = content_of(spans_json(old.spans.all()))
    first, here = content_of(reading.spans), content_of(spans)
    shift = here[0].start - first[0].start
    before, after = old.version.text.content, new.version.text.content
    for piece in chosen:
        moved = after[max(0, piece.start + shift) : piece.end + shift]
        if moved != before[piece.start : piece.end]:
            return None
    moved_to = [Span(start=s.start + shift, end=s.end + shift) for s in chosen]
    if quotation_decisions.twin(new, moved_to):
        return None
    content = [
        {"role": str(Role.CONTENT), "position": n, "start": s.start, "end": s.end, "rule": ""}
        for n, s in enumerate(moved_to)
    ]
    rest = [span for span in spans if span["role"] != Role.CONTENT]
    return sorted([*content, *rest], key=lambda span: (span["role"], span["position"]))


def _decide(origin: Decision, old: Quotation, new: Quotation, spans: list[dict[str, Any]]) -> None:
    """Write a decision of its own on `new`, which names the one that it was taken over from."""
    was = quotation_decisions.shown(new)
    quotation_decisions.begin(new)
    changes: dict[str, Any] = {name: getattr(old, name) for name in _SPEAKER}
    if old.speaker_id is not None:
        changes["speaker_id"] = roots([old.speaker_id]).get(old.speaker_id)
    if old.review == Review.REJECTED:
        changes = {"status": Status.REJECTED}
    changes |= {"review": old.review, "reviewed_at": old.reviewed_at}
    pieces = content_of(spans)
    if pieces != content_of(spans_json(new.spans.all())):
        changes |= quotation_decisions.words_columns(new, pieces)
    trail = Trail()
    trail.update("quotation", Quotation.objects.filter(pk=new.pk), **changes)
    trail.spans(new, spans)
    now = Quotation.objects.select_related("speaker").get(pk=new.pk)
    became = quotation_decisions.shown(now)
    why = f"as decided on version {old.version.number} ({old.uid})"
    Decision.objects.create(
        uid=uuid.uuid4(),
        kind=Decision.Kind.CARRIED,
        by=origin.by,
        by_name=origin.by_name,
        why=": ".join(filter(None, (why, origin.why)))[:_WHY_CHARS],
        before={"rows": trail.before, "shown": was},
        after={"rows": trail.after, "shown": became, "origin": str(origin.uid)},
        quotation=new,
    )
