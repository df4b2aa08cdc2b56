"""What the page of an article shows of its text: a part of it, the quotations in it, its speakers.

A text of a million code points with thousands of quotations costs as much as a short one but for
reading the text and a number of each quotation: all that is rendered is one part.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Exists, ExpressionWrapper, Field, OuterRef, Q, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from quotes import citations
from quotes.article_parts import Part, part_at, part_of_paragraph, parts_of
from quotes.marked import ShownBlock, marked_part
from quotes.models import ArticleVersion, Quotation, QuotationQuerySet, QuotationSpan, Speaker
from quotes.params import PAGES
from quotes.rows import PIECES
from quotes.source_texts import is_web_address

_FOLDED_SPEAKERS = 100


class Line(NamedTuple):
    """As much of a quotation as is read of all that an article has.

    Unless it `goes_on` (1; on PostgreSQL True), over the end of a line or in pieces, all of it is
    in its first paragraph.
    """

    pk: int
    uid: str
    act: str
    speaker_id: int | None
    paragraph: int
    goes_on: int


class Choice(NamedTuple):
    """A speaker by whom an article can be filtered, and how many quotations that leaves."""

    speaker: Speaker
    quotations: int
    is_chosen: bool


class Listed(NamedTuple):
    """A quotation beside the text: its number, and the publisher's address of its words."""

    row: Quotation
    number: int
    live: str


class Shown(NamedTuple):
    """A part of an article, with its quotations: `listed` are those that begin in it."""

    parts: Sequence[Part]
    part: Part
    blocks: list[ShownBlock]
    listed: list[Listed]
    unlisted: int

    @property
    def previous(self) -> int | None:
        """Return the number of the part before, None for the first."""
        return self.part.number - 1 if self.part.number > 1 else None

    @property
    def next(self) -> int | None:
        """Return the number of the part after, None for the last."""
        return self.part.number + 1 if self.part.number < len(self.parts) else None


def lines_of(quotes: QuotationQuerySet) -> list[Line]:
    """Return the lines of an article's quotations, in order. One query."""
    fields = ("pk", "uid", "act", "speaker_id", "paragraph_index", "goes_on")
    # By StrIndex, as LIKE takes PostgreSQL twice as long.
    ends = (Q(GreaterThan(StrIndex("content", Value(end)), 0)) for end in ("\n", "\r", PIECES))
    # As a field of no kind: of SQLite's thousands of numbers each would be converted.
    rows = quotes.order_by("position").annotate(
        goes_on=ExpressionWrapper(reduce(or_, ends), Field())
    )
    return list(map(Line._make, rows.values_list(*fields)))


def choices(
    lines: Sequence[Line], chosen: Speaker | None
) -> tuple[list[Choice], list[Choice], int]:
    """Return the speakers of `lines`, the most quoted first: those shown at once, those folded.

    With them how many more there are. One query; none for an article with one speaker.
    """
    counts = Counter(line.speaker_id for line in lines if line.speaker_id is not None)
    if len(counts) < 2 and not chosen:  # noqa: PLR2004  nothing to choose
        return [], [], 0
    most = counts.most_common(_FOLDED_SPEAKERS)
    found = Speaker.objects.only("slug", "name").in_bulk([pk for pk, _ in most])
    shown = [Choice(found[pk], number, found[pk] == chosen) for pk, number in most if pk in found]
    others = max(0, len(counts) - len(most))
    return shown[: PAGES.article_speakers], shown[PAGES.article_speakers :], others


class Wanted(NamedTuple):
    """Which part is asked for: its number, else what stands in it."""

    part: int | None
    quote: str
    paragraph: int | None


def chosen_part(parts: Sequence[Part], wanted: Wanted, quotes: QuotationQuerySet) -> Part | None:
    """Return the part that is asked for, the first if none is; None for one that is not there.

    One query where a quotation is named and there are several parts.
    """
    if wanted.part is not None:
        return parts[wanted.part - 1] if wanted.part <= len(parts) else None
    if wanted.quote and len(parts) > 1:
        spans = QuotationSpan.objects.filter(
            quotation__in=quotes.filter(uid=wanted.quote), role=QuotationSpan.Role.CONTENT
        )
        start = spans.order_by("start").values_list("start", flat=True).first()
        return parts[0] if start is None else part_at(parts, start)
    return part_of_paragraph(parts, wanted.paragraph) if wanted.paragraph else parts[0]


def shown_part(
    version: ArticleVersion,
    parts: Sequence[Part],
    part: Part,
    quotes: QuotationQuerySet,
    lines: Mapping[Line, int],
    asked: str = "",
) -> Shown:
    """Return `part` of the text of `version` with its marks. Two queries: quotations and spans.

    Of a long text one more, for the speakers: joined, PostgreSQL reads all that there are.

    `lines` has the places in the article of those of `quotes` that are shown, from 1; `asked` is
    the uid of one that is listed in any case.
    """
    numbers = {line.pk: number for line, number in lines.items()}
    inside = quotes.select_related("speaker")
    if len(parts) > 1:
        spans = QuotationSpan.objects.filter(
            quotation=OuterRef("pk"),
            role=QuotationSpan.Role.CONTENT,
            start__lt=part.end,
            end__gt=part.start,
        )
        near = [line.pk for line in lines if _may_reach(line, part)]
        inside = quotes.filter(Exists(spans), pk__in=near).prefetch_related("speaker")
    rows = [
        row for row in inside.prefetch_related("spans").order_by("position") if row.pk in numbers
    ]
    begun = [row for row in rows if row.spans_of("content")[0].start >= part.start]
    for row in rows:
        row.version = version  # the same one: nothing is asked for again
    is_live = is_web_address(version.article.url)
    listed = [
        Listed(row, numbers[row.pk], citations.text_fragment_url(row.citable()) if is_live else "")
        for row in _some(begun, asked)
    ]
    text = version.text.content
    blocks = marked_part(text, part, rows, numbers, {one.row.pk for one in listed})
    return Shown(parts, part, blocks, listed, len(begun) - len(listed))


def _may_reach(line: Line, part: Part) -> bool:
    """Say whether words of a quotation may be in `part`: of thousands a few are looked at."""
    reaches = line.paragraph >= part.paragraph or bool(line.goes_on)
    return line.paragraph <= part.last and reaches


def _some(rows: Sequence[Quotation], asked: str) -> Sequence[Quotation]:
    """Return as many of `rows` as are listed: the first, or those around the one asked for."""
    most = PAGES.article_listed
    place = next((place for place, row in enumerate(rows) if row.uid == asked), 0)
    first = max(0, min(place - most // 2, len(rows) - most))
    return rows[first : first + most]


def following(lines: Sequence[Line], shown: Shown) -> Line | None:
    """Return the first of `lines` that begins after the part, None if none does."""
    inside = {one.row.pk for one in shown.listed}
    after = shown.part.last
    return next((one for one in lines if one.paragraph > after and one.pk not in inside), None)


def text_parts(version: ArticleVersion) -> list[Part]:
    """Return the parts of the text of `version`; kept for a while: a text never changes."""
    key = f"quotes:parts:{version.text_id}"
    kept: list[Part] | None = cache.get(key)
    if kept is None:
        kept = parts_of(version.text.content)
        cache.set(key, kept, PAGES.article_parts_kept_s)
    return kept
