"""Which blocks of a page an extractor's text is made of, and which of its article it left out.

An extractor finds the article, but drops clauses, glues paragraphs and invents list marks. So its
text is only taken as evidence: a block of the page most of which is there belongs to the article,
whole and as it stands.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from quotes import blocks
from quotes.blocks import Block, local_name
from quotes.params import READING, ReadingParams

_NO_LETTERS = re.compile(r"[\W_]+")
_WORD = re.compile(r"[a-z]+")
_FURNITURE = Path(__file__).parent / "data" / "page_furniture.txt"
# Elements that are no part of any article, whatever an extractor takes from them.
NEVER_ARTICLE = ("nav", "noscript")
# What stands around an article, or beside its running text.
_AROUND = frozenset(
    ("aside", "footer", "form", "header", "figure", "figcaption", "table", "address")
)
_WHOLES = ("article", "main")
_SHOWN_CHARS = 60


class Shaped(NamedTuple):
    """An article: its text, whether the page's blocks gave it, and the passages it seems to lack.

    Where the blocks do not add up to what the extractor found, its own text stands.
    """

    text: str
    is_shaped: bool
    missing: tuple[str, ...]

    @property
    def missing_letters(self) -> int:
        """Return how many letters the missing passages have; infinity if there is no text."""
        return sum(len(_letters(one)) for one in self.missing) if self.text else sys.maxsize

    @property
    def note(self) -> str:
        """Return what the text lacks in words, "" if nothing."""
        if not self.missing:
            return ""
        count = len(self.missing)
        what = "a passage" if count == 1 else f"{count} passages"
        first = self.missing[0]
        shown = first if len(first) <= _SHOWN_CHARS else f"{first[:_SHOWN_CHARS].rstrip()}…"
        size = f"({self.missing_letters} letters)"
        return f"{what} of the page's article {size} may be missing from the text: {shown!r}"


def shaped(root: Any, extracted: str, *, limits: ReadingParams = READING) -> Shaped:
    """Return the article below `root` of which an extractor made the text `extracted`."""
    page = blocks.blocks(root, blocks.HIDDEN.union(NEVER_ARTICLE))
    taken = _taken(page, extracted, limits)
    own = blocks.joined(taken)
    is_shaped = _covers(own, extracted, limits)
    text = own if is_shaped else extracted.strip("\n")
    there = _Runs(text, limits)
    expected = _expected(page, taken, limits)
    missing = [one for one in expected if there.share(_letters(one.text)) < limits.taken_share]
    return Shaped(text, is_shaped, tuple(one.text for one in missing))


def _letters(text: str) -> str:
    """Return the letters and digits of `text`: tags, marks and white space tell nothing here."""
    return _NO_LETTERS.sub("", text)


class _Runs:
    """All runs of so many letters in a text, to ask how much of another is among them."""

    def __init__(self, text: str, limits: ReadingParams) -> None:
        self._length, letters = limits.run_letters, _letters(text)
        starts = range(len(letters) - self._length + 1)
        self._found = {hash(letters[i : i + self._length]) for i in starts}

    def share(self, letters: str) -> float:
        """Return what share of the runs in `letters` is among them, 0 if it is too short."""
        starts = range(0, len(letters) - self._length + 1, max(1, self._length // 4))
        there = sum(hash(letters[i : i + self._length]) in self._found for i in starts)
        return there / len(starts) if starts else 0.0


def _covers(own: str, extracted: str, limits: ReadingParams) -> bool:
    """Say whether the text `own` has what the extractor found: the same letters, or nearly all.

    A line of some length is there if most of it is, for the extractor may have cut it; shorter
    ones do not count.
    """
    lines = [_letters(line) for line in extracted.split("\n")]
    if _letters(own) == "".join(lines):
        return True
    runs = _Runs(own, limits)
    long = [line for line in lines if len(line) >= limits.run_letters]
    there = sum(len(line) for line in long if runs.share(line) >= limits.taken_share)
    return bool(long) and there >= limits.shaped_share * sum(map(len, long))


def _taken(page: Sequence[Block], extracted: str, limits: ReadingParams) -> list[Block]:
    """Return the blocks that the extracted text is made of, in the page's order.

    A block of some length is one if most of it is there, and so comes back whole; a short one is
    told by being a line, or by its neighbours. What the page repeats is taken once, or as often
    as the extractor has it as a line.
    """
    runs = _Runs(extracted, limits)
    lines = Counter(_letters(line) for line in extracted.split("\n"))
    seen: Counter[str] = Counter()
    taken, before = [], ""
    letters = [_letters(block.text) for block in page]
    for block, own, after in zip(page, letters, [*letters[1:], ""], strict=True):
        is_long = len(own) >= limits.run_letters
        if is_long:
            is_there = runs.share(own) >= limits.taken_share
        else:
            joins = (before + own)[-limits.run_letters :], (own + after)[: limits.run_letters]
            is_there = own in lines or any(map(runs.share, joins))
        if is_there and seen[own] < max(1, lines[own]):
            seen[own] += 1
            taken.append(block)
            before = (before + own)[-limits.run_letters :]
    return [block for block in taken if not _repeats(block, taken)]


def _repeats(block: Block, taken: Sequence[Block]) -> bool:
    """Say whether a block set apart (a pull quote) only repeats words of the running text."""
    if not any(local_name(element) in ("aside", "figure") for element in _up(block.element)):
        return False
    own = _letters(block.text)
    return any(own in _letters(other.text) for other in taken if other is not block)


def _expected(
    page: Sequence[Block], taken: Sequence[Block], limits: ReadingParams
) -> Iterator[Block]:
    """Yield the blocks that an article has by their place and length, block quotes anywhere."""
    region = _region([b for b in taken if len(_letters(b.text)) >= limits.run_letters])
    for block in page:
        above = list(_up(block.element))
        if region not in above or len(_letters(block.text)) < limits.missing_letters_least:
            continue
        inner = above[: above.index(region)]
        is_quoted = any(local_name(element) == "blockquote" for element in inner)
        is_around = any(local_name(element) in _AROUND for element in inner)
        if not any(map(_is_furniture, inner)) and (is_quoted or not is_around):
            yield block


def _region(taken: Sequence[Block]) -> Any:
    """Return the smallest article element, or else element, that all of `taken` stand in."""
    if not taken:
        return None
    common = list(_up(taken[0].element))
    for block in taken[1:]:
        above = set(_up(block.element))
        common = [element for element in common if element in above]
    wholes = [element for element in common if local_name(element) in _WHOLES]
    return next(iter(wholes or common), None)


def _up(element: Any) -> Iterator[Any]:
    yield element
    yield from element.iterancestors()


def _is_furniture(element: Any) -> bool:
    """Say whether an element is a link, hidden, or named as what stands around articles."""
    style = element.get("style", "").lower().replace(" ", "")
    if local_name(element) == "a" or "display:none" in style or "hidden" in element.attrib:
        return True
    names = f"{element.get('class', '')} {element.get('id', '')}".lower()
    return not _furniture().isdisjoint(_WORD.findall(names))


@cache
def _furniture() -> frozenset[str]:
    lines = _FURNITURE.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
