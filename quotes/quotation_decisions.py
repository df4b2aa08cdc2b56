"""What people decide about a quotation: right, not one, other words, another speaker.

Part of quotes/decisions.py. Each decision is one transaction: the row is locked, what the person
saw is compared, what changes is kept in the Decision. The first decision on a quotation puts the
machine's reading aside (MachineReading), where extraction goes on writing.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from quotes import new_speakers, speaker_counts, statements
from quotes.decision_log import Refused, check_seen, write_down
from quotes.merging import lock_speakers, root
from quotes.models import (
    ArticleVersion,
    Decision,
    MachineReading,
    Quotation,
    QuotationSpan,
    Speaker,
    SpeakerLink,
)
from quotes.new_speakers import NewSpeaker, clean_description, is_called, key_in_article
from quotes.nlp import document
from quotes.nlp.document import Kind, SpeakerKind
from quotes.nlp.marks import kind_of, word_tokens
from quotes.rows import fields_json, paragraph_starts, quotation_fields, spans_json
from quotes.trails import Trail

Review, Status, Role = Quotation.Review, Quotation.Status, QuotationSpan.Role
_WORDS_COLUMNS = ("paragraph_index", "kind", "content", "prefix", "suffix")
MOST_PIECES = 50
_BY_PEOPLE = "decided by people"


@dataclass(frozen=True)
class Unnamed:
    """A source that the article does not name: described ("a monitor"), or not even that."""

    description: str = ""


Who = Speaker | NewSpeaker | Unnamed


@transaction.atomic
def confirm(
    quotation: Quotation, user: User, *, seen: str | None = None, why: str = ""
) -> Decision:
    """Decide that words and speaker are right as shown. Refused for what was marked as none."""
    row = _opened(quotation, seen)
    review = row.review or Review.CONFIRMED
    return _decide(Decision.Kind.CONFIRM, row, user, why, {"review": review})


@transaction.atomic
def reject(quotation: Quotation, user: User, *, seen: str | None = None, why: str = "") -> Decision:
    """Decide that this is not a quotation: it is shown no more, but at its own address."""
    row = _opened(quotation, seen)
    changes = {"review": Review.REJECTED, "status": Status.REJECTED}
    return _decide(Decision.Kind.REJECT, row, user, why, changes)


@transaction.atomic
def correct_words(
    quotation: Quotation,
    pieces: Sequence[tuple[int, int]],
    user: User,
    *,
    seen: str | None = None,
    why: str = "",
) -> Decision:
    """Decide which words are the quotation's: `pieces` are `[start, end)` in code points.

    Blanks at their edges are left off. Paragraph, context and kind follow from the words; the
    address stays. Raises Refused if they lie outside the text, overlap, have no words, are as
    before, or are another quotation's.
    """
    row = _opened(quotation, seen)
    content = _content(row, pieces)
    kept = [span for span in spans_json(row.spans.all()) if span["role"] != Role.CONTENT]
    new = [
        {"role": str(Role.CONTENT), "position": n, "start": s.start, "end": s.end, "rule": ""}
        for n, s in enumerate(content)
    ]
    changes = {"review": Review.CORRECTED, **words_columns(row, content)}
    spans = sorted([*new, *kept], key=lambda span: (span["role"], span["position"]))
    return _decide(Decision.Kind.SPAN, row, user, why, changes, spans=spans)


def others_of(quotation: Quotation) -> QuerySet[Quotation]:
    """Return the other quotations of its article that name the same speaker, not yet reviewed."""
    same = Quotation.objects.filter(
        version=quotation.version_id,
        status=Status.CURRENT,
        review=Review.NONE,
        speaker=quotation.speaker_id,
        speaker_name=quotation.speaker_name,
    )
    same = same.exclude(pk=quotation.pk)
    return same if quotation.speaker_name else same.none()


@transaction.atomic
def correct_speaker(
    quotation: Quotation,
    who: Who,
    user: User,
    *,
    everywhere: bool = False,
    seen: str | None = None,
    why: str = "",
) -> Decision:
    """Decide whose words they are; `everywhere`: also those of `others_of`, as one decision.

    Where the name stays and only its bearer is another, and all quotations under it are decided,
    the article's link of the name is settled as well. Raises Refused if nothing would change.
    """
    row = _opened(quotation, seen)
    others = sorted(others_of(row).values_list("pk", flat=True)) if everywhere else []
    trail = Trail()
    speaker = _speaker(who, trail)
    columns = _speaker_columns(row, who, speaker)
    if all(getattr(row, name) == value for name, value in columns.items()):
        raise Refused("That is the speaker already; confirm the quotation if it is right.")
    if columns["speaker_name"] == row.speaker_name:
        columns.pop("speaker_role")  # each keeps its own
        if speaker and not _left_out(row, others):
            _settle_link(row, speaker, trail)
    batch = uuid.uuid4() if others else None
    changes = {"review": Review.CORRECTED, **columns}
    decided = [
        _decide(
            Decision.Kind.SPEAKER,
            each,
            user,
            why,
            changes,
            spans=_without_chain(each),
            trail=trail if each is row else None,
            batch=batch,
        )
        for each in (row, *_locked(others))
    ]
    return decided[0]


# --- the row and the log


def _locked(pks: Sequence[int]) -> list[Quotation]:
    """Return quotations, locked until the transaction ends, with all that a decision reads."""
    rows = Quotation.objects.select_for_update().filter(pk__in=pks).order_by("pk")
    return list(rows.prefetch_related("version__article", "version__text", "speaker", "spans"))


def lock(version: int) -> None:
    """Wait for whoever is merging speakers, or storing or deciding on this article version.

    In the same order as store.py, so that two never wait for each other.
    """
    lock_speakers(shared=True)
    ArticleVersion.objects.select_for_update(of=("self",)).filter(pk=version).first()


def _opened(quotation: Quotation, seen: str | None) -> Quotation:
    """Return the locked row, unchanged since `seen`; Refused if it was marked as no quotation."""
    lock(quotation.version_id)
    row = _locked([quotation.pk])[0]
    check_seen(row, seen)
    if row.review == Review.REJECTED:
        raise Refused("This is marked as not a quotation; undo that first.")
    return row


def _decide(  # noqa: PLR0913  what all decisions share
    kind: Decision.Kind,
    row: Quotation,
    user: User,
    why: str,
    changes: dict[str, Any],
    *,
    spans: list[dict[str, Any]] | None = None,
    trail: Trail | None = None,
    batch: uuid.UUID | None = None,
) -> Decision:
    """Change a locked row as decided, and write that down."""
    trail = trail or Trail()
    begin(row)
    was, speakers = shown(row), {row.speaker_id, changes.get("speaker_id")}
    # Whatever was gone and is decided on is there: a person says so.
    changes = {"status": Status.CURRENT, **changes, "reviewed_at": timezone.now()}
    trail.update("quotation", Quotation.objects.filter(pk=row.pk), **changes)
    if spans is not None:
        trail.spans(row, spans)
    now = Quotation.objects.select_related("speaker").get(pk=row.pk)
    speaker_counts.refresh({pk for pk in (*speakers, now.speaker_id) if pk is not None})
    statements.follow([row.pk])
    return write_down(
        kind, user, trail, why=why, shown=(was, shown(now)), quotation=row, batch=batch
    )


def begin(row: Quotation) -> None:
    """Put the machine's reading of a quotation aside, before people change it for the first time.

    Wants its spans loaded.
    """
    if row.review == Review.NONE:
        MachineReading.objects.create(
            quotation=row,
            extraction_id=row.extraction_id,
            fields=fields_json(row),
            spans=spans_json(row.spans.all()),
            found=row.status == Status.CURRENT,
        )


def shown(row: Quotation) -> dict[str, str]:
    """Return what of a quotation people decide about, in words."""
    name = row.speaker.name if row.speaker else row.speaker_name
    as_written = f" (“{row.speaker_name}”)" if name != row.speaker_name else ""
    return {
        "Speaker": f"{name}{as_written}" or "nobody named",
        "Kind of speaker": row.get_speaker_kind_display(),
        "Role": row.speaker_role,
        "Words": row.content,
        "Kind": row.get_kind_display(),
        "State": row.get_status_display(),
        "Review": row.get_review_display(),
    }


# --- the words


def _content(row: Quotation, pieces: Sequence[tuple[int, int]]) -> list[document.Span]:
    """Return the pieces as spans in text order, without blanks at the edges; Refused if unfit."""
    text = row.version.text.content
    if not 0 < len(pieces) <= MOST_PIECES:
        raise Refused(f"A quotation has 1 to {MOST_PIECES} pieces of text, not {len(pieces)}.")
    content = [_trimmed(text, start, end) for start, end in sorted(pieces)]
    for one, other in pairwise(content):
        if other.start < one.end:
            raise Refused(
                f"The pieces {one.start}–{one.end} and {other.start}–{other.end} overlap;"
                " mark each word once."
            )
    if content == _spans_of(row):
        raise Refused("These are the words already; confirm the quotation if they are right.")
    if same := twin(row, content):
        raise Refused(f"These are the words of another quotation, {same}; mark one as none.")
    return content


def _trimmed(text: str, start: int, end: int) -> document.Span:
    if not 0 <= start < end <= len(text):
        raise Refused(
            f"{start}–{end} is no place in this text, which has the characters 0–{len(text)};"
            " a piece begins before it ends."
        )
    words = text[start:end]
    start += len(words) - len(words.lstrip())
    end -= len(words) - len(words.rstrip())
    if start >= end or next(word_tokens(text, [document.Span(start=start, end=end)]), None) is None:
        raise Refused("There is no word in that piece; mark the words that were said.")
    return document.Span(start=start, end=end)


def _spans_of(row: Quotation) -> list[document.Span]:
    return [document.Span(start=s.start, end=s.end) for s in row.spans_of(Role.CONTENT)]


def twin(row: Quotation, content: list[document.Span]) -> str:
    """Return the address of another quotation with exactly these words; "" if there is none."""
    near = Quotation.objects.filter(
        version=row.version_id,
        status=Status.CURRENT,
        spans__role=Role.CONTENT,
        spans__start=content[0].start,
    ).exclude(pk=row.pk)
    same = (other for other in near.prefetch_related("spans") if _spans_of(other) == content)
    return next((other.uid for other in same), "")


def words_columns(row: Quotation, content: list[document.Span]) -> dict[str, Any]:
    """Return the columns that follow from the words; wants the text and the spans loaded."""
    text = row.version.text.content
    # What is verbatim by its place, as in an interview, stays so: it has no marks to go by.
    by_marks = kind_of(_spans_of(row), text) == row.kind
    found = document.Quotation(
        kind=kind_of(content, text) if by_marks else Kind(row.kind),
        act=document.Act(row.act),
        content=tuple(content),
        confidence=row.confidence,
    )
    fields = quotation_fields(row.version, found, paragraph_starts(text))
    return {name: fields[name] for name in _WORDS_COLUMNS}


# --- the speaker


def _speaker(who: Who, trail: Trail) -> Speaker | None:
    if isinstance(who, NewSpeaker):
        return new_speakers.create(who, trail)
    return root(Speaker.objects.get(pk=who.pk)) if isinstance(who, Speaker) else None


def _speaker_columns(row: Quotation, who: Who, speaker: Speaker | None) -> dict[str, Any]:
    """Return the columns that name the speaker, as the article words it where it does."""
    if speaker is None:
        description = clean_description(who.description) if isinstance(who, Unnamed) else ""
        kind = str(SpeakerKind.ANONYMOUS) if description else ""
        return _columns(None, description, kind, "")
    if row.speaker_name and is_called(speaker, row.speaker_name):
        return _columns(speaker, row.speaker_name, speaker.kind, row.speaker_role)
    name, role = _as_named_here(row, speaker)
    return _columns(speaker, name, speaker.kind, role)


def _columns(speaker: Speaker | None, name: str, kind: str, role: str) -> dict[str, Any]:
    return {
        "speaker_id": speaker.pk if speaker else None,
        "speaker_name": name,
        "speaker_kind": kind,
        "speaker_role": role,
    }


def _as_named_here(row: Quotation, speaker: Speaker) -> tuple[str, str]:
    """Return name and role that the article gives a speaker; its own name if none is known."""
    link = speaker.links.filter(article=row.version.article_id).first()
    if link:
        return link.name, link.role
    near = Quotation.objects.filter(version=row.version_id, speaker=speaker).exclude(pk=row.pk)
    named = near.exclude(speaker_name="").order_by("position")
    return named.values_list("speaker_name", "speaker_role").first() or (speaker.name, "")


def _without_chain(row: Quotation) -> list[dict[str, Any]]:
    """Return the spans without those that led the machine from the mention to its speaker."""
    chain = {Role.ANTECEDENT, Role.NAME}
    return [span for span in spans_json(row.spans.all()) if span["role"] not in chain]


def _left_out(row: Quotation, others: Sequence[int]) -> bool:
    """Say whether a quotation under the same name keeps its speaker."""
    return others_of(row).exclude(pk__in=others).exists()


def _settle_link(row: Quotation, speaker: Speaker, trail: Trail) -> None:
    """Note that the name means `speaker` in this whole article, whatever extraction thinks."""
    article, name = row.version.article, row.speaker_name
    key = key_in_article(name, row.speaker_kind or speaker.kind)
    links = SpeakerLink.objects.filter(article=article)
    own = links.filter(speaker=row.speaker_id, name=name)
    values = {"speaker_id": speaker.pk, "reason": _BY_PEOPLE, "score": 1.0, "decided": True}
    known = own if own.exists() else links.filter(key=key)
    if known.exists():
        trail.update("link", known, **values)
    else:
        role = row.speaker_role
        trail.create("link", SpeakerLink(article=article, key=key, name=name, role=role, **values))
