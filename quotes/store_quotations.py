"""The quotations of a document over those stored of its article. Part of quotes/store.py.

What is the same keeps its row and address; what is not found any more is marked gone; what people
have decided on keeps its columns and spans, and the machine's reading is stored beside it. Why:
docs/decisions/0004-data-model.md and 0016-re-extraction.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from django.utils import timezone

from quotes import changes, matching, speaker_counts, store_speakers
from quotes.addresses import short_uid
from quotes.changes import State
from quotes.models import (
    ArticleVersion,
    Change,
    Extraction,
    MachineReading,
    Quotation,
    QuotationSpan,
    Speaker,
)
from quotes.nlp import document
from quotes.nlp.document import Document
from quotes.rows import (
    SHOWN_COLUMNS,
    content_of,
    fields_json,
    paragraph_starts,
    quotation_fields,
    span_rows,
    spans_json,
)

_WRITTEN = (
    *(name.removesuffix("_id") for name in SHOWN_COLUMNS),
    "position",
    "extraction",
    "updated_at",
)
_READ = ("extraction", "fields", "spans", "found", "updated_at")
_ORDER = ("position", "extraction")
_RELABELLED = (*_ORDER, "factuality", "updated_at")
Status = Quotation.Status
Row = TypeVar("Row", Quotation, MachineReading)


class Stored:
    """A stored quotation: its row, what is shown of it, and what a machine said of it last."""

    def __init__(self, row: Quotation) -> None:
        self.row = row
        self.shown = State(fields_json(row), spans_json(row.spans.all()))

    @property
    def is_reviewed(self) -> bool:
        """Say whether people have decided on it, so that only they change what is shown."""
        return self.row.review != Quotation.Review.NONE

    @cached_property
    def reading(self) -> MachineReading | None:
        """The machine's reading that is kept beside a reviewed one."""
        if not self.is_reviewed:
            return None
        found: MachineReading | None = getattr(self.row, "machine_reading", None)
        return found

    @property
    def said(self) -> State:
        """What a machine said of it last; what is shown, if nothing else is known."""
        return State(self.reading.fields, self.reading.spans) if self.reading else self.shown

    def ways(self) -> list[list[document.Span]]:
        """Return the spans of its words, as shown and as the machine last read them."""
        ways = [content_of(self.shown.spans), content_of(self.said.spans)]
        return ways if ways[0] != ways[1] else ways[:1]


@dataclass
class Found:
    """A quotation of the document, the stored one that it is, and what the machine now says."""

    quotation: document.Quotation
    row: Quotation
    stored: Stored | None
    now: State = field(init=False)
    spans: list[QuotationSpan] = field(init=False)

    @property
    def shown(self) -> State:
        """What will be shown of it."""
        return self.stored.shown if self.stored and self.stored.is_reviewed else self.now


def write(
    version: ArticleVersion, doc: Document, extraction: Extraction, *, is_first: bool
) -> list[Quotation]:
    """Write the quotations of `doc` over the stored ones of `version`; return those that are new.

    Wants a transaction in which nobody else writes them. The first extraction of a version has no
    changes to tell.
    """
    stored = [Stored(row) for row in _rows(version)]
    speakers = {one.row.speaker_id for one in stored}
    doc, pairs = _recognise(doc, stored)
    found = _found(version, doc, stored, pairs)
    missed = [one for i, one in enumerate(stored) if i not in set(pairs.values())]
    writing = _Writing(extraction, None if is_first else _names(stored, found))
    _number(found, missed)
    for new in found:
        writing.sort_in(new)
    for old in missed:
        writing.miss(old)
    writing.save()
    speakers |= {one.row.speaker_id for one in found}
    speaker_counts.refresh({pk for pk in speakers if pk is not None})
    return writing.new


def _rows(version: ArticleVersion) -> Iterable[Quotation]:
    rows = version.quotations.select_related("speaker", "machine_reading")
    return rows.prefetch_related("spans").order_by("pk")


def _recognise(doc: Document, stored: Sequence[Stored]) -> tuple[Document, dict[int, int]]:
    """Return `doc` without what may not be shown, and which of its quotations is which stored one.

    What overlaps a reviewed quotation is that one or none: it is not stored anew beside it, nor
    does it bring back one that is gone.
    """
    shares = matching.alike([q.content for q in doc.quotations], [one.ways() for one in stored])
    decided = {i for i, j in shares if stored[j].is_reviewed}
    shares = {
        (i, j): share
        for (i, j), share in shares.items()
        if i not in decided or stored[j].is_reviewed or stored[j].row.status != Status.GONE
    }

    def rank(pair: matching.Pair) -> tuple[bool, int]:
        found, one = doc.quotations[pair[0]], stored[pair[1]]
        name = found.speaker.name if found.speaker else ""
        return name != one.said.fields["speaker_name"], _tier(one)

    pairs = matching.match(shares, rank=rank)
    shown = [i for i in range(len(doc.quotations)) if i in pairs or i not in decided]
    doc = doc.model_copy(update={"quotations": tuple(doc.quotations[i] for i in shown)})
    return doc, {new: pairs[old] for new, old in enumerate(shown) if old in pairs}


def _tier(one: Stored) -> int:
    """Return who goes first among stored quotations of the same words: who is shown."""
    if one.row.status == Status.CURRENT:
        return 0 if one.is_reviewed else 1
    return 2 if one.is_reviewed else 3


def _found(
    version: ArticleVersion, doc: Document, stored: Sequence[Stored], pairs: Mapping[int, int]
) -> list[Found]:
    """Return the quotations of `doc` on their stored rows or on new ones."""
    speakers = store_speakers.link(version, doc)
    starts = paragraph_starts(doc.text)
    taken = {one.row.uid for one in stored}
    found = []
    for i, quotation in enumerate(doc.quotations):
        old = stored[pairs[i]] if i in pairs else None
        row = old.row if old else _new_row(version, quotation, taken)
        one = Found(quotation, row, old)
        fields = quotation_fields(version, quotation, starts) | {"speaker_id": speakers.get(i)}
        one.spans = span_rows(version, quotation, row)
        one.now = State(fields, spans_json(one.spans))
        found.append(one)
    return found


def _new_row(version: ArticleVersion, found: document.Quotation, taken: set[str]) -> Quotation:
    """Return a row at the address that article, text and place give; note that as taken."""
    place = ",".join(f"{span.start}-{span.end}" for span in found.content)
    count = 0
    while True:
        uid = short_uid("quotation", version.article.uid, version.text_id, place, str(count))
        if uid not in taken:
            taken.add(uid)
            return Quotation(version=version, uid=uid)
        count += 1


def _number(found: Sequence[Found], missed: Sequence[Stored]) -> None:
    """Give each its place in the text's order, those that people keep among them."""
    placed = [(one.shown, one.row) for one in found]
    placed += [(one.shown, one.row) for one in missed if one.is_reviewed]
    placed.sort(key=lambda pair: content_of(pair[0].spans)[0].start)
    for position, (_, row) in enumerate(placed):
        row.position = position


def _names(stored: Sequence[Stored], found: Sequence[Found]) -> dict[int, str]:
    """Return key -> name of every speaker that these have or had."""
    states = [state for one in stored for state in (one.shown, one.said)]
    keys = {state.fields["speaker_id"] for state in (*states, *(one.now for one in found))}
    return dict(Speaker.objects.filter(pk__in=keys - {None}).values_list("pk", "name"))


class _Writing:
    """What is to be written, sorted by kind so that each kind is one statement.

    `names` are those of the speakers, None if no changes are to be told.
    """

    def __init__(self, extraction: Extraction, names: Mapping[int, str] | None) -> None:
        self.extraction = extraction
        self.at = timezone.now()
        self.tells = names is not None
        self.names = names or {}
        self.new: list[Quotation] = []
        self.changed: list[Quotation] = []
        self.same: list[Quotation] = []  # but perhaps for their place in the article's order
        self.relabelled: list[Quotation] = []  # reviewed ones: whether they were said differs
        self.gone: list[Quotation] = []
        self.spans: list[QuotationSpan] = []
        self.readings: list[MachineReading] = []
        self.changes: list[Change] = []

    def sort_in(self, one: Found) -> None:
        """Take what the document has."""
        if one.stored is None:
            self._add(one)
        elif one.stored.is_reviewed:
            self._keep(one.stored, one.now)
        else:
            self._update(one, one.stored.shown)

    def miss(self, stored: Stored) -> None:
        """Take a stored one that the document does not have."""
        if stored.is_reviewed:
            self.same.append(stored.row)
            newly = stored.reading is None or stored.reading.found
            if newly and stored.row.status == Status.CURRENT:
                told = changes.of_reviewed(stored.shown, stored.said, None, self.names)
                self._tell(stored.row, told)
            self._note(stored, None)
        elif stored.row.status == Status.CURRENT:
            self.gone.append(stored.row)
            self._tell(stored.row, [(Change.Kind.GONE, changes.cut(stored.shown.words), "")])

    def _add(self, one: Found) -> None:
        self._set(one)
        self.new.append(one.row)
        self._tell(one.row, [(Change.Kind.NEW, "", changes.cut(one.now.words))])

    def _update(self, one: Found, before: State) -> None:
        """Take what is found again; `updated_at` moves only if something shown differs."""
        if before == one.now:
            one.row.extraction = self.extraction
            self.same.append(one.row)
            return
        self._set(one)
        one.row.updated_at = self.at
        self.changed.append(one.row)
        told = changes.of_shown(before, one.now, self.names)
        if before.fields["status"] == Status.GONE:
            told = [(Change.Kind.BACK, "", changes.cut(one.now.words))]
        self._tell(one.row, told)

    def _set(self, one: Found) -> None:
        one.row.extraction = self.extraction
        for name, value in one.now.fields.items():
            setattr(one.row, name, value)
        self.spans += one.spans

    def _keep(self, stored: Stored, now: State) -> None:
        """Leave what people decided on as it is; take what the machine says beside it.

        Nobody decides whether it was said, so that what the machine now says of that is shown.
        """
        told = changes.of_reviewed(stored.shown, stored.said, now, self.names)
        if stored.row.status != Status.CURRENT:
            is_news = stored.reading is not None and not stored.reading.found
            told = [(Change.Kind.KEPT, "", changes.cut(now.words))] if is_news else []
        self._note(stored, now)
        known = now.fields["factuality"]
        if known == stored.row.factuality:
            self.same.append(stored.row)
        else:
            stored.row.factuality, stored.row.updated_at = known, self.at
            self.relabelled.append(stored.row)
            told += changes.of_factuality(stored.shown, now)
        self._tell(stored.row, told)

    def _note(self, stored: Stored, now: State | None) -> None:
        """Note what the machine says of a reviewed quotation; None: it finds it no more."""
        reading = stored.reading or MachineReading(
            quotation=stored.row,
            extraction=stored.row.extraction,
            fields=stored.shown.fields,
            spans=stored.shown.spans,
        )
        said, found = now or stored.said, now is not None
        if (said, found) != (stored.said, reading.found):
            reading.updated_at = self.at
        reading.fields, reading.spans, reading.found = dict(said.fields), said.spans, found
        if found:
            reading.extraction = self.extraction
        self.readings.append(reading)

    def _tell(self, row: Quotation, told: Iterable[changes.Told]) -> None:
        if self.tells:
            self.changes += [
                Change(extraction=self.extraction, quotation=row, kind=kind, before=old, after=new)
                for kind, old, new in told
            ]

    def save(self) -> None:
        """Write all that was taken."""
        QuotationSpan.objects.filter(quotation__in=self.changed).delete()
        _overwrite(Quotation, self.changed, _WRITTEN)
        _overwrite(Quotation, self.same, _ORDER)
        _overwrite(Quotation, self.relabelled, _RELABELLED)
        Quotation.objects.bulk_create(self.new)
        QuotationSpan.objects.bulk_create(self.spans)
        Quotation.objects.filter(pk__in=[row.pk for row in self.gone]).update(
            status=Status.GONE, updated_at=self.at
        )
        _overwrite(MachineReading, [r for r in self.readings if r.pk], _READ)
        MachineReading.objects.bulk_create(r for r in self.readings if not r.pk)
        Change.objects.bulk_create(self.changes)


def _overwrite(model: type[Row], rows: Sequence[Row], columns: Sequence[str]) -> None:
    """Write these columns of stored rows, in one statement.

    As an insertion that meets itself: `bulk_update` builds an expression for every value, which
    took seconds for an article of 300 quotations.
    """
    if rows:
        model._default_manager.bulk_create(  # noqa: SLF001  public, in spite of its name
            rows, update_conflicts=True, unique_fields=["pk"], update_fields=columns
        )
