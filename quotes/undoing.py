"""Undoing a decision: what it changed is as it was before. Part of quotes/decisions.py.

Undoing is itself a decision. It is refused where a later decision has changed the same thing, or
refers to a speaker whom this one has made, or has merged one who would get something back: that
one has to be undone first.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from quotes import rows, speaker_counts, statements
from quotes.chunks import ROWS, chunks
from quotes.decision_log import Refused, told, write_down
from quotes.merging import lock_speakers, roots
from quotes.models import (
    Decision,
    MachineReading,
    Quotation,
    Speaker,
    SpeakerLink,
    SpeakerName,
)
from quotes.quotation_decisions import lock
from quotes.trails import State, Trail, put_back, put_spans

Kind = Decision.Kind
_ALL = "*"
# Columns that refer to a speaker: whose something is, and, more, who are told apart.
_OWNERS = ("speaker_id", "merged_into_id")
_NAMED = (*_OWNERS, "one_id", "other_id")
Touched = dict[tuple[str, int], set[str]]


@transaction.atomic
def undo(decision: Decision, user: User, *, why: str = "") -> Decision:
    """Undo a decision, with those taken as one with it; return the decision that does it.

    A quotation on which no decision is left shows again what the machine says now. Raises
    Refused if the decision is undone already, is an undoing, or a later one builds on it.
    """
    members = _locked(decision)
    for member in members:
        _check(member)
    batch = uuid.uuid4() if len(members) > 1 else None
    undone = {member.pk: _undo(member, user, why, batch) for member in members}
    return undone[decision.pk]


def _locked(decision: Decision) -> list[Decision]:
    """Return the decision and those taken as one with it, newest first, locked."""
    if decision.quotation is None:
        lock_speakers()
    else:
        lock(decision.quotation.version_id)
    same = Q(batch=decision.batch) if decision.batch else Q(pk=decision.pk)
    found = Decision.objects.select_for_update().filter(same).order_by("-pk")
    return list(found.prefetch_related("quotation", "speaker", "other_speaker", "undone_by"))


def _check(decision: Decision) -> None:
    """Raise Refused, with the reason, if a decision cannot be undone."""
    if decision.kind == Kind.UNDO:
        raise Refused("This undoes a decision, and is not undone itself; decide anew instead.")
    if earlier := Decision.objects.filter(undoes=decision).first():
        raise Refused(f"{earlier.by_name} has undone this already; nothing is left to undo.")
    if later := blocking(decision):
        raise Refused(f"{told(later)} came later and builds on this; undo that first.")


def blocking(decision: Decision) -> Decision | None:
    """Return the newest later decision that builds on this one; None if it can be undone."""
    touched = _touched(decision.before["rows"])
    made = {pk for (table, pk), names in touched.items() if table == "speaker" and _ALL in names}
    # What nobody else has decided on is given back from its reading, which merges keep up to date.
    given = (s for s in decision.before["rows"] if (s["values"] or {}).get("review") != "")
    needed = set(_speakers_in(given))
    for later in _later(decision, touched):
        changed = _touched(later.before["rows"])
        merged = {pk for (table, pk), names in changed.items() if "merged_into_id" in names}
        named = set(_speakers_in(later.after["rows"], _NAMED))
        if _meets(touched, changed) or made & named or needed & merged:
            return later
    return None


def _later(decision: Decision, touched: Touched) -> Iterator[Decision]:
    """Yield the standing decisions after this one that may have to do with it, newest first."""
    later = Decision.objects.filter(pk__gt=decision.pk, undone_by=None).exclude(kind=Kind.UNDO)
    if decision.batch:
        later = later.exclude(batch=decision.batch)
    if not any(table == "speaker" for table, _ in touched):
        # What makes no speaker is met by decisions on the same quotations, and on speakers only.
        own = sorted({pk for table, pk in touched if table == "quotation"})
        if len(own) <= ROWS:
            later = later.filter(Q(quotation__in=own) | Q(quotation=None))
    return later.order_by("-pk").iterator(chunk_size=ROWS)


def _touched(before: Iterable[State]) -> Touched:
    """Return (table, key) -> the columns that were changed, `_ALL` if the row was made.

    Of what was, not of what became: only there it is told that a row did not exist.
    """
    touched: Touched = {}
    for state in before:
        for pk in state["pks"]:
            touched.setdefault((state["table"], pk), set()).update(state["values"] or (_ALL,))
    return touched


def _meets(one: Touched, other: Touched) -> bool:
    """Say whether two decisions have changed the same column of the same row."""
    for place in one.keys() & other.keys():
        if one[place] & other[place] or _ALL in one[place] | other[place]:
            return True
    return False


def _speakers_in(states: Iterable[State], columns: Sequence[str] = _OWNERS) -> Iterator[int]:
    """Yield the keys of the speakers that rows refer to."""
    for state in states:
        values: dict[str, Any] = state["values"] or {}
        named = (values.get(name) for name in columns)
        yield from (pk for pk in named if pk is not None)


def _undo(decision: Decision, user: User, why: str, batch: uuid.UUID | None) -> Decision:
    before, after = decision.before, decision.after
    put_back(before["rows"], after["rows"])
    _give_back(before["rows"])
    if decision.kind == Kind.SPLIT:
        _leave_address(decision)
    taken = _take_back(decision) if decision.kind == Kind.MERGE else []
    speakers = {*_speakers_in(before["rows"]), *_speakers_in(after["rows"])}
    speakers |= {pk for pk in (decision.speaker_id, decision.other_speaker_id) if pk is not None}
    quotations = _pks(before["rows"], "quotation")
    speaker_counts.refresh(speakers | _speakers_of(quotations))
    statements.follow([*quotations, *taken])
    return write_down(
        Kind.UNDO,
        user,
        Trail(),
        why=why,
        shown=(after.get("shown", {}), before.get("shown", {})),
        quotation=decision.quotation,
        speaker=decision.speaker,
        other_speaker=decision.other_speaker,
        undoes=decision,
        batch=batch,
    )


def _pks(states: Iterable[State], table: str) -> list[int]:
    return [pk for state in states if state["table"] == table for pk in state["pks"]]


def _speakers_of(quotations: Sequence[int]) -> set[int]:
    """Return the keys of the speakers that quotations have now."""
    found: set[int] = set()
    for some in chunks(quotations):
        own = Quotation.objects.filter(pk__in=some)
        named = own.exclude(speaker=None).order_by().values_list("speaker_id", flat=True)
        found.update(pk for pk in named.distinct() if pk is not None)
    return found


def _give_back(states: Sequence[State]) -> None:
    """Show what the machine says of quotations that nobody has decided about any more."""
    free = [state for state in states if (state["values"] or {}).get("review") == ""]
    pks = _pks(free, "quotation")
    readings = MachineReading.objects.filter(quotation__in=pks, quotation__review="")
    found = list(
        readings.prefetch_related("quotation__version__text", "quotation__version__article")
    )
    ends = roots(pk for reading in found if (pk := reading.fields.get("speaker_id")) is not None)
    for reading in found:
        _show(reading, ends)


def _show(reading: MachineReading, ends: dict[int, int]) -> None:
    quotation, fields = reading.quotation, dict(reading.fields)
    speaker = fields.get("speaker_id")
    fields["speaker_id"] = ends.get(speaker) if speaker is not None else None
    status = Quotation.Status
    fields["status"] = str(status.CURRENT if reading.found else status.GONE)
    rows.restore(quotation, fields, ())
    quotation.extraction_id = reading.extraction_id
    quotation.reviewed_at = None
    quotation.save()
    put_spans(quotation, reading.spans)
    reading.delete()


def _leave_address(decision: Decision) -> None:
    """Let the address of a speaker whom a split has made lead back to whom it was split from."""
    made = [state["pks"] for state, old in _made(decision) if state["table"] == "speaker"]
    for pks in made:
        Speaker.objects.filter(pk__in=pks).update(merged_into=decision.speaker)


def _take_back(decision: Decision) -> list[int]:
    """Give back what extraction has linked since the merge by a name of who was merged.

    Returns the keys of the quotations that went with it.
    """
    one, target = decision.speaker, decision.other_speaker
    assert one is not None  # noqa: S101 - narrows the type
    own = SpeakerName.objects.filter(speaker=one).values("name")
    shared = SpeakerName.objects.filter(speaker=target).values("name")
    links = SpeakerLink.objects.filter(
        speaker=target, decided=False, created_at__gt=decision.at, name__in=own
    ).exclude(name__in=shared)
    taken: list[int] = []
    for link in list(links):
        linked = Quotation.objects.filter(
            version__article=link.article_id, speaker=target, speaker_name=link.name, review=""
        )
        keys = list(linked.values_list("pk", flat=True))
        Quotation.objects.filter(pk__in=keys).update(speaker=one, updated_at=timezone.now())
        taken += keys
        link.speaker = one
        link.save(update_fields=["speaker"])
    return taken


def _made(decision: Decision) -> Iterator[tuple[State, State]]:
    for old, new in zip(decision.before["rows"], decision.after["rows"], strict=True):
        if old["values"] is None:
            yield new, old
