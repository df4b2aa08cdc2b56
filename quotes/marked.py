"""An article's quotations -> its text, or a part of it, in blocks of segments that lead to them."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from quotes import highlights, plain_words
from quotes.article_parts import Part
from quotes.models import Quotation


class Target(NamedTuple):
    """Where a marked segment leads: made once a quotation, as long texts have many segments."""

    uid: str
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
    """A paragraph (`number` from 1) or the white space between two (`number` 0).

    `continues` says that the paragraph has begun in the part before.
    """

    number: int
    segments: list[ShownSegment]
    continues: bool


def target_of(number: int, row: Quotation, *, is_listed: bool) -> Target:
    """Return where marks of the `number`th quotation lead and how they look.

    To its entry in the list beside the text, else to its own page.
    """
    doubt = not row.review and plain_words.confidence_band(row.speaker_confidence).is_unsure
    unsure = " is-unsure" if doubt else ""
    not_said = plain_words.not_said(row.factuality, is_inside=True)
    turned = " is-not-said" if not_said else ""
    told = (
        row.speaker_name or "No speaker named",
        not_said,
        row.get_kind_display().lower(),
        "unsure" if doubt else "",
    )
    who = ", ".join(filter(None, told))
    href = f"#s-{row.uid}" if is_listed else row.get_absolute_url()
    return Target(row.uid, number, href, who, f"mark kind-{row.kind}{unsure}{turned}")


def marked_part(
    text: str,
    part: Part,
    rows: Sequence[Quotation],
    numbers: Mapping[int, int],
    listed: Collection[int],
) -> list[ShownBlock]:
    """Return a part of `text` in blocks whose segments lead to the innermost quotation on them.

    `numbers` has the numbers of `rows` in the article, `listed` those that the list beside the part
    has, both by key. What began in an earlier part has its anchor there.
    """
    targets = {row.uid: target_of(numbers[row.pk], row, is_listed=row.pk in listed) for row in rows}
    spans = [(row.uid, span) for row in rows for span in row.spans_of("content")]
    marks = [
        highlights.Mark(
            max(span.start, part.start) - part.start, min(span.end, part.end) - part.start, uid
        )
        for uid, span in spans
        if span.start < part.end and span.end > part.start
    ]
    ends: dict[str, int] = {}
    for uid, span in spans:
        ends[uid] = max(span.end, ends.get(uid, 0))
    anchored = {uid for uid, span in spans if span.start < part.start}

    def shown(segment: highlights.Segment) -> ShownSegment:
        fresh = [uid for uid in segment.opens if uid not in anchored]
        anchored.update(fresh)
        uid = segment.keys[0] if segment.keys else ""
        end = part.start + segment.start + len(segment.text)
        return ShownSegment(
            segment.text, targets.get(uid), fresh, uid not in fresh, ends.get(uid) == end
        )

    return [
        ShownBlock(
            block.number and block.number + part.paragraph - 1,
            [shown(segment) for segment in block.segments],
            continues=part.continues and block.number == 1,
        )
        for block in highlights.marked_blocks(text[part.start : part.end], marks)
    ]
