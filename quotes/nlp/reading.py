"""A text as its author meant it to be read, and the way back to the text as given. Pure.

Scanned, telexed and mailed news breaks lines in mid-sentence, parts words, sets spaces before
commas and whole paragraphs in capitals; many papers put the place and a colon before the first
sentence, as before somebody's words, "Interview:" before a headline, the hour before an entry. The
stages read a copy without that, and what they find is moved to the text as given. Other text is
its own copy.
Reasons and figures: docs/decisions/0009-robustness.md.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from quotes.nlp import lexicon
from quotes.nlp.document import Document, Frozen, Span
from quotes.nlp.layout import hours_and_kinds, places_before_colons
from quotes.nlp.marks import PARAGRAPH

_LIGATURE = re.compile("[\ufb00-\ufb06]")
_LINE = re.compile(r"[^\n]*\n|[^\n]+$")
_PARTED = re.compile(r"[^\W\d_]{2,}[-\u00ad\u2010]$")
_ITEM = re.compile(r"(?:[-–—•*·]|\d+[.)])\s")
_SENTENCE_END = frozenset(".!?:;”\"’'…)")
_SPACED_STOP = re.compile(r"(?<=[\w\"”’')]) +(?=[,.;:!?](?:\s|$))")
_SET_STOP = re.compile(r"\w[,.;:!?](?:\s|$)")
_AFTER_OPENING, _BEFORE_CLOSING = re.compile(r"(?<=[“‘«„(\[]) +"), re.compile(r" +(?=[”»)\]])")
_STRAIGHT = re.compile(r"(?<!\S)(?P<mark>\"|'')(?P<behind>\s|$)|(?P<other>\"|'')")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_DATELINE = re.compile(r"[^\W_][^\n–—-]{1,40}\s[–—-]{1,2}\s+")
_AFFIX = re.compile(r"['’-].*")
_CAPITAL = re.compile(r"(?:\b|(?<=\b[od]['’]))(?<![^\W\d_]{2}['’])[^\W\d_]")
_ENDS_SENTENCE = re.compile(r"[.?!:][\"”’']?\s+[\"“‘'(]?$|^\W*$")
_MIN_RUN_ON, _RUN_ON_SHARE = 2, 0.2
_MIN_CAPITAL_WORDS, _CAPITAL_SHARE = 3, 0.8
_FULL_SHARE = 0.85  # of the widest broken line: columns are not ragged by more
_MIN_VOWELLED = 5  # letters from which capitals without a list to tell are a name, not initials


class Edit(NamedTuple):
    """`[start, end)` of the given text is read as `instead`."""

    start: int
    end: int
    instead: str


class Reading(NamedTuple):
    """The copy to read; `origins` has the place in the given text of each of its code points.

    `origins` is None where every place is its own.
    """

    text: str
    origins: Sequence[int] | None = None


def reading(given: str) -> Reading:
    """Return what should be read instead of `given`: the same, unless it was badly set."""
    edits = sorted([*_joints(given), *_ligatures(given), *_stray_spaces(given), *_openings(given)])
    if not edits:
        return Reading(_in_lower_case(given))
    parts: list[str] = []
    origins: list[int] = []
    at = 0
    for edit in [*edits, Edit(len(given), len(given), "")]:
        if edit.start < at:
            continue
        parts += given[at : edit.start], edit.instead
        origins += range(at, edit.start)
        origins += (min(edit.start + i, edit.end - 1) for i in range(len(edit.instead)))
        at = edit.end
    return Reading(_in_lower_case("".join(parts)), origins)


# --- lines


def _joints(text: str) -> Iterator[Edit]:
    """Yield the line breaks inside paragraphs, if the text was set in lines of limited width."""
    lines = [_line(match) for match in _LINE.finditer(text)]
    breaks = [(a, b) for a, b in pairwise(lines) if a.words and b.words and not b.is_item]
    sure = [(a, b) for a, b in breaks if _runs_on(a, b)]
    parted = sum(_PARTED.search(a.words) is not None for a, _ in sure)
    if len(sure) + parted < _MIN_RUN_ON or len(sure) < _RUN_ON_SHARE * len(breaks):
        return
    width = max(len(a.words) for a, _ in sure)
    for a, b in breaks:
        if _runs_on(a, b) or _is_full(a, b, width):
            hyphened = _PARTED.search(a.words) is not None
            dropped = hyphened and not _is_compound(a.words, b.words)
            yield Edit(a.end - dropped, b.end - len(b.words), "" if hyphened else " ")


class _Line(NamedTuple):
    """The words of a line, without the white space around them, and where they end."""

    words: str
    end: int
    indentation: int

    @property
    def is_item(self) -> bool:
        """Say whether the line is an item of a list."""
        return _ITEM.match(self.words) is not None


def _line(match: re.Match[str]) -> _Line:
    words = match.group().rstrip()
    end = match.start() + len(words)
    return _Line(words.lstrip(), end, len(words) - len(words.lstrip()))


def _runs_on(line: _Line, following: _Line) -> bool:
    """Say whether `following` surely goes on with the sentence of `line`."""
    return following.words[0].islower() and line.words[-1] not in _SENTENCE_END


def _is_compound(left: str, right: str) -> bool:
    """Say whether the hyphen at the end of `left` belongs to the word: "well-", "known"."""
    first, last = _WORD.findall(left)[-1].lower(), _WORD.findall(right)[0].lower()
    common = lexicon.words("common_words.txt")
    return first in common and last in common and first + last not in common


def _is_full(line: _Line, following: _Line, width: int) -> bool:
    """Say whether `line` ends because the next word had no room."""
    if following.indentation > line.indentation or len(line.words) > width:
        return False
    next_word = following.words.split(maxsplit=1)[0]
    return len(line.words) + 1 + len(next_word) > width * _FULL_SHARE


def _openings(text: str) -> Iterator[Edit]:
    for span in [*places_before_colons(text), *hours_and_kinds(text)]:
        yield Edit(span.start, span.end, "")


# --- characters


def _ligatures(text: str) -> Iterator[Edit]:
    for match in _LIGATURE.finditer(text):
        yield Edit(match.start(), match.end(), unicodedata.normalize("NFKC", match.group()))


def _stray_spaces(text: str) -> Iterator[Edit]:
    """Yield the spaces before stops and inside marks, in a text that has them throughout."""
    stops = [m.span() for m in _SPACED_STOP.finditer(text)]
    if len(stops) < _MIN_RUN_ON or len(stops) <= len(_SET_STOP.findall(text)):
        return
    for start, end in stops:
        yield Edit(start, end, "")
    for pattern in (_AFTER_OPENING, _BEFORE_CLOSING):
        for match in pattern.finditer(text):
            yield Edit(match.start(), match.end(), "")
    for paragraph in PARAGRAPH.finditer(text):
        yield from _inside_straight(text, paragraph.start(), paragraph.end())


def _inside_straight(text: str, start: int, end: int) -> Iterator[Edit]:
    """Yield the spaces behind every first and before every second straight mark."""
    opened = False
    for match in _STRAIGHT.finditer(text, start, end):
        opened = not opened
        if match["mark"] is None:
            continue
        at, past = match.span("mark")
        if opened and past < end and text[past] == " ":
            yield Edit(past, past + 1, "")
        elif not opened and at > start and text[at - 1] == " ":
            yield Edit(at - 1, at, "")


# --- capitals


def _in_lower_case(text: str) -> str:
    """Return `text` with paragraphs in capitals as they would stand in ordinary type."""
    if not any(map(str.isupper, text)):
        return text
    paragraphs = [m.span() for m in PARAGRAPH.finditer(text)]
    shouted = [span for span in paragraphs if _is_shouted(text[slice(*span)])]
    if not shouted:
        return text
    known = _spellings(text, shouted)
    parts: list[str] = []
    at = 0
    for start, end in shouted:
        parts += text[at:start], _quietly(text[start:end], known)
        at = end
    return "".join([*parts, text[at:]])


def _is_shouted(paragraph: str) -> bool:
    capitals = sum(map(str.isupper, paragraph))
    small = sum(map(str.islower, paragraph))
    shouted = capitals > 0 and capitals >= _CAPITAL_SHARE * (capitals + small)
    return shouted and len(_WORD.findall(paragraph)) >= _MIN_CAPITAL_WORDS


def _spellings(text: str, shouted: Sequence[tuple[int, int]]) -> dict[str, str]:
    """Return upper-case word -> its spelling inside sentences of the text's other paragraphs."""
    found: dict[str, str] = {}
    apart = dict(shouted)
    for paragraph in PARAGRAPH.finditer(text):
        if paragraph.start() in apart:
            continue
        for match in _WORD.finditer(text, paragraph.start(), paragraph.end()):
            if not _ENDS_SENTENCE.search(
                text[max(paragraph.start(), match.start() - 4) : match.start()]
            ):
                found.setdefault(match.group().upper(), match.group())
    return found


def _quietly(paragraph: str, known: dict[str, str]) -> str:
    """Return a paragraph in capitals with names, initials and first words capitalised only.

    A dateline ("SEOUL, MAY 9 -") is in capitals in ordinary type as well.
    """
    dateline = _DATELINE.match(paragraph)
    body = dateline.end() if dateline else 0
    matches = list(_WORD.finditer(paragraph, body))
    words = [_spelt(match.group(), known) for match in matches]
    for i, match in enumerate(matches):
        title = lexicon.title_gender(words[i]) is not None
        named = i + 1 < len(words) and words[i + 1][:1].isupper()
        before = paragraph[max(body, match.start() - 4) : match.start()]
        if _ENDS_SENTENCE.search(before) or (title and named):
            words[i] = words[i][:1].upper() + words[i][1:]
    parts: list[str] = []
    at = 0
    for match, word in zip(matches, words, strict=True):
        parts += paragraph[at : match.start()], word
        at = match.end()
    return "".join([*parts, paragraph[at:]])


def _spelt(word: str, known: dict[str, str]) -> str:
    """Return a word in capitals as it is spelt elsewhere, by the lists, or as a name."""
    elsewhere = known.get(word.upper())
    if elsewhere is not None:
        return elsewhere
    low = "".join(map(_lower, word))
    plain = low.replace("’", "'")
    common = lexicon.words("common_words.txt")
    stem = _AFFIX.sub("", low)
    known_word = plain in common or stem in common or stem.removesuffix("s") in common
    if known_word or lexicon.title_gender(low) is not None:
        return low
    if lexicon.organisation(word) is not None or _is_initials(word):
        return word
    return _CAPITAL.sub(lambda m: _upper(m[0]), low)


def _is_initials(word: str) -> bool:
    return len(word) < _MIN_VOWELLED and not set(word.lower()) & set("aeiouy")


def _lower(letter: str) -> str:
    return letter.lower() if len(letter.lower()) == 1 else letter


def _upper(letter: str) -> str:
    return letter.upper() if len(letter.upper()) == 1 else letter


# --- the way there and back


def read_plainly(
    docs: Sequence[Document], read: Callable[[list[Document]], list[Document]]
) -> list[Document]:
    """Return `docs` after `read`, which is shown their readings; all places are those of `docs`.

    Words kept as strings (tokens, names) stay as read: whole words in ordinary type.
    """
    readings = [reading(doc.text) for doc in docs]
    shown = [_shown(doc, copy) for doc, copy in zip(docs, readings, strict=True)]
    found = read(shown)
    return [_restored(*parts) for parts in zip(found, docs, readings, strict=True)]


def _shown(doc: Document, copy: Reading) -> Document:
    if copy.text == doc.text:
        return doc
    return doc.model_copy(update={"text": copy.text, "foreign": ()})


def _restored(found: Document, given: Document, copy: Reading) -> Document:
    if copy.text == given.text:
        return found
    names = ("sentences", "entities", "quotations")
    parts = {name: getattr(found, name) for name in names}
    if copy.origins is not None:
        parts = {name: _moved(part, copy.origins) for name, part in parts.items()}
    kept = {name: getattr(given, name) for name in type(given).model_fields}
    return Document(**{**kept, **parts, "done": found.done})


def _moved(value: Any, origins: Sequence[int]) -> Any:
    """Return `value` with every span in it moved to where its code points stood."""
    if isinstance(value, Span):
        return Span(start=origins[value.start], end=origins[value.end - 1] + 1)
    if isinstance(value, tuple):
        return tuple(_moved(part, origins) for part in value)
    if isinstance(value, Frozen):
        fields = type(value).model_fields
        return type(value)(**{name: _moved(getattr(value, name), origins) for name in fields})
    return value
