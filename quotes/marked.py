"""An article's quotations -> its text in blocks of segments that lead to them."""

from collections.abc import Sequence
from typing import NamedTuple

from quotes import highlights, plain_words
from quotes.models import Quotation


class Target(NamedTuple):
    """Where a marked segment leads: made once a quotation, as long texts have many segments."""

    number: int
    href: str
    who: str
    style: str


class ShownSegment(NamedTuple):
    """A segment of an article; `anchors` are the quotations that begin with it."""

    text: str
    target: Target | None
    anchors: list[str]
    continues: bool
    ends: bool


class ShownBlock(NamedTuple):
    """A paragraph (`number` from 1) or the white space between two (`number` 0)."""

    number: int
    segments: list[ShownSegment]


def target_of(number: int, row: Quotation) -> Target:
    """Return where marks of the `number`th quotation lead and how they look."""
    doubt = not row.review and plain_words.confidence_band(row.speaker_confidence).is_unsure
    unsure = " is-unsure" if doubt else ""
    who = row.speaker_name or "No speaker named"
    return Target(number, row.get_absolute_url(), who, f"mark kind-{row.kind}{unsure}")


def marked_article(text: str, rows: Sequence[Quotation]) -> list[ShownBlock]:
    """Return the text in blocks whose segments lead to the innermost quotation on them."""
    targets = {row.uid: target_of(number, row) for number, row in enumerate(rows, start=1)}
    marks = [
        highlights.Mark(span.start, span.end, row.uid)
        for row in rows
        for span in row.spans_of("content")
    ]
    ends: dict[str, int] = {}
    for mark in marks:
        ends[mark.key] = max(mark.end, ends.get(mark.key, 0))
    anchored: set[str] = set()

    def shown(segment: highlights.Segment) -> ShownSegment:
        fresh = [uid for uid in segment.opens if uid not in anchored]
        anchored.update(fresh)
        uid = segment.keys[0] if segment.keys else ""
        end = segment.start + len(segment.text)
        return ShownSegment(
            segment.text, targets.get(uid), fresh, uid not in fresh, ends.get(uid) == end
        )

    return [
        ShownBlock(part.number, [shown(segment) for segment in part.segments])
        for part in highlights.marked_blocks(text, marks)
    ]
