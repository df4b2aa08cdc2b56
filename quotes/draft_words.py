"""Quoted words -> what counts of them: words, signs between them, omissions, insertions. Pure.

Typography does not count: the style of quotation marks, apostrophes and dashes, spaces, emphasis in
Markdown, ligatures, characters that nobody sees. Everything else does: letters, accents, figures,
capitals, stops, currency signs. An ellipsis and what stands in square brackets are the writer's.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

ELLIPSIS, BREAK = "…", "|"
_GAPS = frozenset((ELLIPSIS, BREAK))
_DOTS = re.compile(r"\.(?:[ \u00a0\u2009\u202f]?\.){2,}|…(?:[ \u00a0]?\.)?|⋯")
_QUOTES = frozenset("\"'“”„‟‘’‚‛«»‹›`´＂＇「」『』")
_APOSTROPHES = frozenset("'’‘ʼ＇")
# Marks of emphasis and escapes in Markdown.
_UNSEEN = frozenset("*_\\~")
_IN_FIGURES = frozenset(".,:")
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
# Scripts that put no space between words: each of their signs counts as one.
_FIRST_IDEOGRAPH, _HANGUL = 0x2E80, range(0xAC00, 0xD7B0)


class Word(NamedTuple):
    """A word at `[start, end)` of its text; `key` is `exact` without regard to case.

    `before` are the signs since the word before it: dashes as "-", an ellipsis as "…", a place
    where pieces were joined as "|". `is_inserted` if it stands in square brackets; `is_mended` if
    some of its letters do; `is_recased` if only its first does, which tells that
    its case is another. `is_own` if it is the speaker's own word and not the article's.
    """

    key: str
    exact: str
    start: int
    end: int
    before: str = ""
    is_inserted: bool = False
    is_mended: bool = False
    is_recased: bool = False
    is_own: bool = True


class Wording(NamedTuple):
    """The words of a text, and the signs behind the last one."""

    words: tuple[Word, ...]
    tail: str

    @property
    def keys(self) -> list[str]:
        """Return the words without regard to case."""
        return [word.key for word in self.words]

    def after(self, place: int) -> str:
        """Return the signs behind the word at `place`."""
        return self.words[place + 1].before if place + 1 < len(self.words) else self.tail


def wording(text: str, spans: Sequence[tuple[int, int]] | None = None) -> Wording:
    """Return the words of `text`, or of some `[start, end)` of it, joined by breaks."""
    reader = _Reader(text)
    for number, (start, end) in enumerate(spans if spans is not None else [(0, len(text))]):
        if number:
            reader.signs += BREAK
        reader.read(start, min(end, len(text)))
    return Wording(tuple(reader.words), reader.signs)


def has_words(text: str, spans: Sequence[tuple[int, int]], least: int) -> bool:
    """Say whether `wording` of these has so many words; reads no further than to the last."""
    reader = _Reader(text)
    for start, end in spans:
        reader.read(start, min(end, len(text)), most=least)
    return len(reader.words) >= least


def unbroken(words: Wording) -> Iterator[list[Word]]:
    """Yield the words that are given without a gap between them, insertions left out."""
    run: list[Word] = []
    for word in words.words:
        is_other = word.is_inserted or word.is_mended
        if run and (is_other or not _GAPS.isdisjoint(word.before)):
            yield run
            run = []
        if not is_other:
            run.append(word)
    if run:
        yield run


class _Reader:
    """Reads words from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words: list[Word] = []
        self.signs = ""
        self.depth = 0

    def read(self, start: int, end: int, most: int | None = None) -> None:
        """Read on to `end`, or until there are `most` words."""
        at = start
        self.depth = 0
        last_closing = self.text.rfind("]", start, end)
        while at < end and (most is None or len(self.words) < most):
            if dots := _DOTS.match(self.text, at, end):
                self._sign(ELLIPSIS)
                at = dots.end()
            elif self._begins_word(at, end):
                at = self._word(at, end)
            else:
                self._other(self.text[at], is_closed=at < last_closing)
                at += 1

    def _begins_word(self, at: int, end: int) -> bool:
        if _is_letter(self.text[at]):
            return True
        # "[T]he": letters in brackets with letters attached.
        found = _LETTERS_FIRST.match(self.text, at, end)
        return found is not None and _is_letter(found.group()[-1])

    def _word(self, at: int, end: int) -> int:
        letters: list[str] = []
        place, is_mended, is_recased = at, False, False
        while place < end:
            char = self.text[place]
            kind = _class(char)
            if kind == "i":
                if letters and not is_mended:
                    break
                letters.append(char)
                place += 1
                break
            if kind == "w":
                letters.append(_LIGATURES.get(char, char))
            elif letters and kind != "f" and self._joins(place, end):
                letters.append("'" if char in _APOSTROPHES else char)
            elif kind != "f":
                found = self._letters_in_brackets(place, end, is_first=not letters)
                if found is None:
                    break
                is_first = not letters and len(found.group(1)) == 1
                is_recased, is_mended = is_recased or is_first, is_mended or not is_first
                letters.append(found.group(1))
                place = found.end() - 1
            place += 1
        exact = unicodedata.normalize("NFC", "".join(letters))
        word = Word(exact.casefold(), exact, at, place, self.signs, self.depth > 0)
        self.words.append(word._replace(is_mended=is_mended, is_recased=is_recased))
        self.signs = ""
        return place

    def _letters_in_brackets(self, at: int, end: int, *, is_first: bool) -> re.Match[str] | None:
        found = _IN_BRACKETS.match(self.text, at, end)
        if found is None or self.depth:
            return None
        behind = self.text[found.end() : found.end() + 1] if found.end() < end else ""
        return found if not is_first or (behind and _is_letter(behind)) else None

    def _joins(self, at: int, end: int) -> bool:
        """Say whether the sign at `at` is part of the word around it: don't, 2,500, 3.5, 10:30."""
        if at + 1 >= end or at == 0:
            return False
        before, char, behind = self.text[at - 1], self.text[at], self.text[at + 1]
        if char in _APOSTROPHES:
            return _is_letter(before) and _is_letter(behind)
        return char in _IN_FIGURES and before.isdigit() and behind.isdigit()

    def _other(self, char: str, *, is_closed: bool) -> None:
        kind = _class(char)
        if kind == "d":
            self._sign("-")
        elif kind == "s":
            if char == "[" and is_closed:
                self.depth += 1
            elif char == "]" and self.depth:
                self.depth -= 1
            self._sign(char)

    def _sign(self, sign: str) -> None:
        if sign in "-…" and self.signs.endswith(sign):
            return
        self.signs += sign


_IN_BRACKETS = re.compile(r"\[([^\W\d_]{1,12})\]")
_LETTERS_FIRST = re.compile(r"\[[^\W\d_]{1,12}\]\w")


def _is_letter(char: str) -> bool:
    return _class(char) in "wi"


@cache
def _class(char: str) -> str:
    """Return what a character is: w of a word, i a word, f unseen, d dash, s sign, "-" nothing."""
    if char in _QUOTES or char in _UNSEEN or char.isspace():
        return "-"
    category = unicodedata.category(char)
    if category[0] in "LMN":
        point = ord(char)
        is_ideograph = category == "Lo" and point >= _FIRST_IDEOGRAPH and point not in _HANGUL
        return "i" if is_ideograph else "w"
    if category in ("Cf", "Cc", "Cs", "Co", "Cn"):
        return "f" if category == "Cf" else "-"
    return "d" if category == "Pd" or char == "−" else "s"
