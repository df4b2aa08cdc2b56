"""What people and runs have changed in a quotation, in words and in order. Reads only."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet
from django.db.models.fields.json import KeyTransform

from quotes.models import Change, Decision, MachineReading, Quotation, Speaker


class Difference(NamedTuple):
    """What differs: a label, what was, what became; either may be empty."""

    label: str
    was: str
    became: str


class Entry(NamedTuple):
    """A change at a time: by people (`decision`) or by a run (`change`)."""

    at: datetime
    decision: Decision | None
    change: Change | None
    differences: list[Difference]


def differences(decision: Decision) -> list[Difference]:
    """Return what a decision changed, in words."""
    return between(decision.before.get("shown", {}), decision.after.get("shown", {}))


def between(was: Mapping[str, str], became: Mapping[str, str]) -> list[Difference]:
    """Return what differs between two descriptions of the same, by label."""
    return [
        Difference(label, was.get(label, ""), became.get(label, ""))
        for label in dict.fromkeys((*was, *became))
        if was.get(label, "") != became.get(label, "")
    ]


def in_words(rows: QuerySet[Decision]) -> QuerySet[Decision]:
    """Return decisions as lists show them: with `was` and `became`, without the rows they changed.

    A merge changes as many rows as its speaker has quotations.
    """
    rows = rows.select_related("speaker", "other_speaker", "undone_by", "undoes")
    rows = rows.defer("before", "after", "undone_by__before", "undone_by__after")
    shown = {"was": KeyTransform("shown", "before"), "became": KeyTransform("shown", "after")}
    return rows.defer("undoes__before", "undoes__after").annotate(**shown)


def of_quotation(quotation: Quotation) -> list[Entry]:
    """Return the changes of a quotation, newest first; two queries, however many there are."""
    decided = Decision.objects.filter(quotation=quotation).select_related("undone_by", "undoes")
    changed = quotation.changes.select_related("extraction__run")
    entries = [Entry(one.at, one, None, differences(one)) for one in decided]
    entries += [
        Entry(one.extraction.created_at, None, one, [Difference("", one.before, one.after)])
        for one in changed
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def machine_reading(quotation: Quotation) -> dict[str, str]:
    """Return what the machine says of a reviewed quotation, in words; empty if nothing is kept."""
    reading = MachineReading.objects.filter(quotation=quotation).first()
    if reading is None:
        return {}
    fields = reading.fields
    speaker = Speaker.objects.filter(pk=fields.get("speaker_id")).first()
    return {
        "Speaker": (speaker.name if speaker else fields["speaker_name"]) or "nobody named",
        "Words": fields["content"],
        "Kind": fields["kind"].capitalize(),
        "Found": "by the latest run" if reading.found else "no longer, by the latest run",
    }
