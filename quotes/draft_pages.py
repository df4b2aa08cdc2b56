"""A checked draft -> what its page shows: the text with its quotations, and their list. Pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from quotes import highlights
from quotes.draft_judging import (
    NOTE_WORDS,
    STATUS_MEANS,
    STATUS_SYMBOLS,
    STATUS_WORDS,
    Status,
)
from quotes.draft_quotations import DraftQuotation, place_after
from quotes.drafts import Checked, Report, Source


class Label(NamedTuple):
    """A status for readers: by word, by symbol, in a sentence, and how many have it."""

    key: str
    words: str
    symbol: str
    means: str
    total: int = 0


class Item(NamedTuple):
    """A quotation of the draft with what the page says of it.

    `chosen` is the uid of the source cited, `citation` what was put in for it; `preview` what would
    be for the first source, but for letters and numbers that hang on the others.
    """

    number: int
    checked: Checked
    label: Label
    notes: tuple[str, ...]
    who: str
    sources: tuple[Source, ...]
    chosen: str
    citation: str
    preview: str

    @property
    def first(self) -> Source | None:
        """Return the likeliest source."""
        return self.sources[0] if self.sources else None


class Part(NamedTuple):
    """A stretch of the draft: `item` is whose words it is, `begins` and `ends` where they do."""

    text: str
    item: Item | None
    begins: bool
    ends: bool


def label_of(status: Status, count: int = 0) -> Label:
    """Return a status for readers."""
    words, symbol = STATUS_WORDS[status], STATUS_SYMBOLS[status]
    return Label(status.value, words, symbol, STATUS_MEANS[status], count)


def labels(report: Report) -> list[Label]:
    """Return the statuses that the draft's quotations have, with how many have each."""
    return [label_of(status, count) for status, count in report.counts.items() if count]


def items(
    report: Report,
    chosen: Mapping[int, str],
    citations: Mapping[int, str],
    previews: Mapping[int, str],
) -> list[Item]:
    """Return the quotations in the draft's order; `citations` are what was put in, by number."""
    found = []
    for checked in report.items:
        number = checked.quotation.number
        named = checked.quotation.speaker
        found.append(
            Item(
                number,
                checked,
                label_of(checked.status),
                tuple(NOTE_WORDS[note] for note in checked.notes),
                named.name if named else "",
                checked.sources,
                chosen.get(number, ""),
                citations.get(number, ""),
                previews.get(number, ""),
            )
        )
    return found


def parts(text: str, shown: Sequence[Item]) -> list[Part]:
    """Return the draft in stretches which, put end to end, are the draft."""
    by_key = {str(item.number): item for item in shown}
    marks = [mark for item in shown for mark in _marks(text, item.checked.quotation)]
    last: dict[str, int] = {}
    for mark in marks:
        last[mark.key] = max(mark.end, last.get(mark.key, 0))
    begun: set[str] = set()
    found: list[Part] = []
    for block in highlights.marked_blocks(text, marks):
        for segment in block.segments:
            key = segment.keys[0] if segment.keys else ""
            end = segment.start + len(segment.text)
            begins = bool(key) and key not in begun
            begun.add(key)
            found.append(Part(segment.text, by_key.get(key), begins, last.get(key) == end))
    return found


def _marks(text: str, quotation: DraftQuotation) -> list[highlights.Mark]:
    """Return where a quotation is marked: its pieces, with the marks at its two ends."""
    found, final = [], len(quotation.pieces) - 1
    for number, (start, end) in enumerate(quotation.pieces):
        low = quotation.start if number == 0 else start
        high = place_after(text, quotation) if number == final else end
        found.append(highlights.Mark(low, high, str(quotation.number)))
    return found
