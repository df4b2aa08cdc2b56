"""The trail of a decision: which rows it changed, from what to what, as JSON that can be put back.

A trail is two lists of equal length, of what was and of what became. An entry names a table, the
keys of rows and the values that all of these had; None where the rows did not exist.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypedDict

from django.db.models import Manager, Model, QuerySet
from django.utils import timezone

from quotes import rows
from quotes.chunks import ROWS, chunks
from quotes.models import (
    MachineReading,
    Quotation,
    Speaker,
    SpeakerLink,
    SpeakerName,
    SpeakerSuggestion,
)

TABLES: Mapping[str, Manager[Any]] = {
    "quotation": Quotation.objects,
    "speaker": Speaker.objects,
    "name": SpeakerName.objects,
    "link": SpeakerLink.objects,
    "suggestion": SpeakerSuggestion.objects,
}
# The spans of quotations, and the speaker in their machine readings; keys are quotations'.
SPANS, READING = "spans", "reading"


class State(TypedDict):
    """What rows of a table held; `values` is None where they did not exist."""

    table: str
    pks: list[int]
    values: dict[str, Any] | None


class Trail:
    """Changes rows and keeps what they were (`before`) and what they became (`after`)."""

    def __init__(self) -> None:
        self.before: list[State] = []
        self.after: list[State] = []

    def update(self, table: str, found: QuerySet[Any], **values: Any) -> list[int]:
        """Set columns of the rows `found`; return the keys of those in which one differs.

        Foreign keys go by their columns: `speaker_id=7`. Quotations' `updated_at` moves along.
        """
        new = {name: _plain(value) for name, value in values.items()}
        changed: list[int] = []
        for old, pks in _grouped(found.order_by("pk").values_list("pk", *new), list(new)):
            if old == new:
                continue
            changed += pks
            self._note(table, pks, old, new)
        _set(table, changed, new)
        return changed

    def update_each(self, table: str, wanted: Mapping[int, dict[str, Any]]) -> None:
        """Set columns of rows to values of their own, by key; the same columns for all."""
        if not wanted:
            return
        names = list(next(iter(wanted.values())))
        manager = TABLES[table]
        found = [row for chunk in chunks(list(wanted)) for row in manager.filter(pk__in=chunk)]
        for row in found:
            old = {name: _plain(getattr(row, name)) for name in names}
            self._note(table, [row.pk], old, wanted[row.pk])
            for name, value in wanted[row.pk].items():
                setattr(row, name, value)
        columns = [name.removesuffix("_id") for name in names]
        manager.bulk_update(found, columns, batch_size=ROWS)

    def create(self, table: str, row: Model) -> None:
        """Save a new row."""
        row.save(force_insert=True)
        self._note(table, [row.pk], None, _values(row))

    def spans(self, quotation: Quotation, spans: list[dict[str, Any]]) -> None:
        """Give a quotation other spans, as `rows.spans_json` has them; wants its text loaded."""
        old, new = rows.spans_json(quotation.spans.all()), spans
        if old == new:
            return
        put_spans(quotation, new)
        self._note(SPANS, [quotation.pk], {"spans": old}, {"spans": new})

    def readings(self, quotations: Sequence[int], old: int, new: int) -> None:
        """Let the machine's readings of quotations name the speaker `new` where they name `old`.

        Quotations of `old` that nobody has decided about show their reading: it is put aside only
        by a decision, maybe before this is undone, so they are noted too.
        """
        shown = [
            pk
            for chunk in chunks(quotations)
            for pk in Quotation.objects.filter(pk__in=chunk, review="", speaker=old)
            .order_by("pk")
            .values_list("pk", flat=True)
        ]
        changed = [*_set_readings(quotations, old, new), *shown]
        if changed:
            self._note(READING, changed, {"speaker_id": old}, {"speaker_id": new})

    def _note(
        self, table: str, pks: list[int], old: dict[str, Any] | None, new: dict[str, Any]
    ) -> None:
        self.before.append({"table": table, "pks": pks, "values": old})
        self.after.append({"table": table, "pks": pks, "values": new})


def put_back(before: Sequence[State], after: Sequence[State]) -> None:
    """Make rows hold again what they held before, newest change first.

    A row that no longer holds what `after` says is left as it is: extraction has changed it
    since. Rows that were made are deleted, but for speakers, whose addresses stay.
    """
    for old, new in reversed(list(zip(before, after, strict=True))):
        _put_back(old["table"], old["pks"], old["values"], new["values"] or {})


def _put_back(table: str, pks: list[int], old: dict[str, Any] | None, new: dict[str, Any]) -> None:
    if table == SPANS:
        _put_back_spans(pks, old or {}, new)
    elif table == READING:
        _put_back_readings(pks, (old or {})["speaker_id"], new["speaker_id"])
    elif old is not None:
        still = _still(table, pks, new)
        if table == "name" and "speaker_id" in old:
            _make_room(still, old["speaker_id"])
        _set(table, still, old)
    elif table != "speaker":
        for chunk in chunks(pks):
            TABLES[table].filter(pk__in=chunk).delete()


def _make_room(pks: list[int], speaker: int) -> None:
    """Delete names that a speaker has got once more since: the rows that come back are they."""
    for chunk in chunks(pks):
        coming = list(SpeakerName.objects.filter(pk__in=chunk).values_list("name", flat=True))
        SpeakerName.objects.filter(speaker=speaker, name__in=coming).exclude(pk__in=pks).delete()


def _put_back_spans(pks: list[int], old: dict[str, Any], new: dict[str, Any]) -> None:
    found = Quotation.objects.filter(pk__in=pks).select_related("version__text", "version__article")
    for quotation in found.prefetch_related("spans"):
        if rows.spans_json(quotation.spans.all()) == new["spans"]:
            put_spans(quotation, old["spans"])


def _put_back_readings(pks: list[int], old: int, new: int) -> None:
    """Let readings name `old` again, and quotations that show theirs, as nobody decides."""
    _set_readings(pks, new, old)
    for chunk in chunks(pks):
        free = Quotation.objects.filter(pk__in=chunk, review="", speaker=new)
        _set("quotation", list(free.values_list("pk", flat=True)), {"speaker_id": old})


def put_spans(quotation: Quotation, spans: Iterable[dict[str, Any]]) -> None:
    """Replace the stored spans of a quotation, whose text is loaded."""
    made = rows.restore(quotation, {}, spans)
    quotation.spans.all().delete()
    quotation.spans.model.objects.bulk_create(made)


def _still(table: str, pks: list[int], values: dict[str, Any]) -> list[int]:
    """Return the keys of the rows that hold `values` now."""
    names = list(values)
    return [
        pk
        for chunk in chunks(pks)
        for old, same in _grouped(
            TABLES[table].filter(pk__in=chunk).values_list("pk", *names), names
        )
        if old == values
        for pk in same
    ]


def _set(table: str, pks: Sequence[int], values: dict[str, Any]) -> None:
    model = TABLES[table].model
    columns = {name: _loaded(model, name, value) for name, value in values.items()}
    if model is Quotation:
        columns["updated_at"] = timezone.now()
    for chunk in chunks(pks):
        TABLES[table].filter(pk__in=chunk).update(**columns)


def _set_readings(quotations: Sequence[int], old: int, new: int) -> list[int]:
    changed: list[int] = []
    for chunk in chunks(quotations):
        found = [
            reading
            for reading in MachineReading.objects.filter(quotation__in=chunk)
            if reading.fields.get("speaker_id") == old
        ]
        for reading in found:
            reading.fields["speaker_id"] = new
        MachineReading.objects.bulk_update(found, ["fields"])
        changed += [reading.quotation_id for reading in found]
    return changed


# --- values as JSON


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # and times, which are dates
        return value.isoformat()
    return str(value) if isinstance(value, str) else value  # choices are a kind of str


def _loaded(model: type[Model], name: str, value: Any) -> Any:
    column = model._meta.get_field(name)  # noqa: SLF001  public, in spite of its name
    return column.to_python(value)  # type: ignore[union-attr]  # no relation from elsewhere


def _values(row: Model) -> dict[str, Any]:
    """Return the columns of a row; what the database makes of others is none of its own."""
    columns = row._meta.concrete_fields  # noqa: SLF001  public, in spite of its name
    own = (c.attname for c in columns if not c.primary_key and not c.generated)
    return {name: _plain(getattr(row, name)) for name in own}


def _grouped(
    found: Iterable[tuple[Any, ...]], names: list[str]
) -> Iterator[tuple[dict[str, Any], list[int]]]:
    """Yield the values that rows have and the keys of those that have them."""
    groups: dict[str, list[int]] = {}
    for pk, *values in found:
        told = json.dumps(dict(zip(names, map(_plain, values), strict=True)))
        groups.setdefault(told, []).append(pk)
    for told, pks in groups.items():
        yield json.loads(told), pks
