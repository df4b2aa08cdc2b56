"""A long text -> parts that are shown one at a time, cut between paragraphs where it has some.

Pure. Put end to end the parts are the text; where they are cut depends on it alone, so an address
of a part leads to the same words as long as the version is there.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from quotes.params import PAGES, PageParams

_GAP = re.compile(r"[\r\n]\s*")
_LONGEST = 1.5  # times a part's length, from which a text is cut once more


class Part(NamedTuple):
    """The range [start, end) of code points of the `number`th part, from 1.

    `paragraph` is the number of its first paragraph, and `last` of its last one; `continues` says
    that it begins inside that first paragraph, as a very long one is cut too.
    """

    number: int
    start: int
    end: int
    paragraph: int
    last: int
    continues: bool


def parts_of(text: str, *, params: PageParams = PAGES) -> list[Part]:
    """Return the parts of `text`, at least one; one only up to `article_whole_chars`."""
    if len(text) <= params.article_whole_chars:
        cuts = [(0, False)]
    else:
        cuts = _cuts(text, params.article_part_chars)
    found: list[Part] = []
    last = 0
    ends = [start for start, _ in cuts[1:]] + [len(text)]
    for number, ((start, continues), end) in enumerate(zip(cuts, ends, strict=True), start=1):
        first = last if continues else last + 1
        last = max(first, first + _paragraphs(text, start, end) - 1)
        found.append(Part(number, start, end, first, last, continues))
    return found


def _cuts(text: str, length: int) -> list[tuple[int, bool]]:
    """Return where parts begin, and whether inside a paragraph."""
    cuts = [(0, False)]
    while len(text) - cuts[-1][0] > _LONGEST * length:
        aimed = cuts[-1][0] + length
        half = length // 2
        if gap := _GAP.search(text, aimed - half, aimed + half):
            # White space goes on beyond the place that was searched.
            whole = _GAP.match(text, _nearest(text, gap, aimed, aimed + half).start())
            end = whole.end() if whole else aimed
            cuts.append((end, False))
        else:
            space = text.rfind(" ", aimed - half, aimed)
            cuts.append((space + 1 if space >= 0 else aimed, True))
        if cuts[-1][0] >= len(text):
            cuts.pop()
            break
    return cuts


def _nearest(text: str, first: re.Match[str], aimed: int, until: int) -> re.Match[str]:
    """Return the first gap from `aimed` on, else the last before it."""
    found = first
    for gap in _GAP.finditer(text, first.start(), until):
        found = gap
        if gap.start() >= aimed:
            break
    return found


def _paragraphs(text: str, start: int, end: int) -> int:
    """Return how many paragraphs [start, end) has, as quotes/highlights.py counts them."""
    count, at = 0, start
    for gap in _GAP.finditer(text, start, end):
        count += bool(text[at : gap.start()].rstrip())
        at = gap.end()
    return count + (at < end)


def part_at(parts: Sequence[Part], offset: int) -> Part:
    """Return the part that holds the code point `offset`, the last one beyond the text's end."""
    return parts[max(0, bisect_right([part.start for part in parts], offset) - 1)]


def part_of_paragraph(parts: Sequence[Part], number: int) -> Part:
    """Return the part in which the paragraph `number` begins, the last one if there is none."""
    for part in parts:
        if part.paragraph + part.continues <= number <= part.last:
            return part
    return parts[-1]
