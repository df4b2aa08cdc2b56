"""The words of a quotation as they are compared: spellings, short forms and numbers drawn together.

Each word keeps its place in the text, so that what differs can be shown as it stands there. Pure.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from hashlib import blake2b
from typing import NamedTuple

from quotes import name_data
from quotes.nlp import lexicon
from quotes.nlp.document import Kind, Span
from quotes.nlp.marks import quoted_spans

_STYLES = str.maketrans({**dict.fromkeys("‘’‚‛‹›`´", "'"), **dict.fromkeys("“”„‟«»＂", '"')})
_TOKEN = re.compile(
    r"\d{1,2}[.:]\d\d(?=\s?(?i:[ap]\.?m\b))|(?i:[ap]\.m)\b|\d+(?:[.,]\d+)*|(?i:per\scent)\b|[^\W\d_]+(?:'[^\W\d_]+)*|…|\.(?:\s?\.){2,}|[\[\]\"%.!?;:]|[–—]|(?<=\s)-(?=\s)"
)
_ELLIPSIS = re.compile(r"…|\.(?:\s?\.){2,}")
_BEGINNING = (".", "!", "?", '"')
_MONEY = "$£€¥"
_ACCENTS = re.compile("[\u0300-\u036f]+")
_BITS = (1 << 64) - 1
_ENDINGS = ("ies", "es", "ed", "ing", "ly", "s", "e")
_LEAST_STEM = 3
_HUNDRED = 100
# Digits of a number that words are added to: Python refuses to convert thousands of them.
_LONGEST = 15


class Words(NamedTuple):
    """The words of a quotation in order, each with what is known of it.

    `said`: it stands as the speaker's own, in quotation marks or in a direct quotation; `places`:
    `[start, end)` in the text, in code points (a short form is several words at one place);
    `gaps`: a mark of words left out stands before it; `breaks`: a quotation mark or a stop does;
    `joints`: the next piece of an interrupted quotation begins with it;
    `editorial`: it stands in square brackets; `numbers`: it is a number, in figures; `names`: it
    has a capital, and is no common word that begins a sentence.
    """

    norms: tuple[str, ...]
    said: tuple[bool, ...]
    places: tuple[tuple[int, int], ...]
    gaps: frozenset[int]
    breaks: frozenset[int]
    joints: frozenset[int]
    editorial: frozenset[int]
    names: frozenset[int]
    numbers: frozenset[int]


@lru_cache(maxsize=4_000)
def read(text: str, kind: str) -> Words:
    """Return the words of a quotation of this kind (`direct`, `mixed`, `indirect`)."""
    words = _parsed(text)
    if kind == Kind.MIXED:
        return _said_in(words, text)
    return words._replace(said=(kind == Kind.DIRECT,) * len(words.norms))


def read_unknown(text: str) -> Words:
    """Return the words of a text whose kind is not known: what its marks quote counts as said.

    Without marks, or where they hold all of it, every word does.
    """
    words = _said_in(_parsed(text), text)
    return words if any(words.said) else read(text, Kind.DIRECT)


def norms_of(text: str) -> tuple[str, ...]:
    """Return the words of a text, drawn together."""
    return _parsed(text).norms


def _said_in(words: Words, text: str) -> Words:
    """Return words of which those in quotation marks are said."""
    inside = iter((*quoted_spans(text), Span(start=len(text), end=len(text) + 1)))
    span = next(inside)
    said = []
    for start, _ in words.places:
        while span.end <= start:
            span = next(inside)
        said.append(span.start <= start)
    return words._replace(said=tuple(said))


class _Reading:
    """Words as they are read, one token after the other."""

    def __init__(self) -> None:
        self.norms: list[str] = []
        self.places: list[tuple[int, int]] = []
        self.gaps: set[int] = set()
        self.breaks: set[int] = set()
        self.joints: set[int] = set()
        self.editorial: set[int] = set()
        self.names: set[int] = set()
        self.numbers: set[int] = set()

    def add(self, norm: str, place: tuple[int, int]) -> None:
        self.norms.append(norm)
        self.places.append(place)

    def frozen(self) -> Words:
        """Return what was read; marks behind the last word say nothing of what is left out."""
        end = len(self.norms)
        return Words(
            tuple(self.norms),
            (False,) * end,
            tuple(self.places),
            frozenset(self.gaps - {0, end}),
            frozenset(self.breaks - {0, end}),
            frozenset(self.joints - {0, end}),
            frozenset(self.editorial),
            frozenset(self.names),
            frozenset(self.numbers),
        )


@lru_cache(maxsize=4_000)
def _parsed(text: str) -> Words:
    return parse(text)


def parse(text: str) -> Words:
    """Return the words of a text, none of them as said; for what is read once."""
    reading = _Reading()
    brackets = 0
    begins = True
    plain = text.translate(_STYLES)
    last = ""
    for match in _TOKEN.finditer(plain):
        found, (start, end) = match.group(), match.span()
        here = len(reading.norms)
        if found[0].isalnum() or found == "%":
            _take(reading, plain, (start, end))
            new = range(here, len(reading.norms))
            if brackets > 0:
                reading.editorial.update(new)
            elif found[0].isupper() and _is_name(found.casefold(), begins=begins):
                reading.names.update(new)
            begins = False
        elif found in "[]":
            brackets += 1 if found == "[" else -1
        else:
            begins |= found in _BEGINNING
            # Pieces of an interrupted quotation, “So,” … “it goes on.”, leave nothing out.
            is_ellipsis = _ELLIPSIS.fullmatch(found) is not None
            is_joint = is_ellipsis and last == plain[end:].lstrip()[:1] == '"'
            (reading.gaps if is_ellipsis and not is_joint else reading.breaks).add(here)
            if is_joint:
                reading.joints.add(here)
        last = found
    return reading.frozen()


def _is_name(low: str, *, begins: bool) -> bool:
    """Say whether a word with a capital is a name: inside a sentence, or of no common word."""
    if low == "i" or low.startswith("i'"):
        return False
    return not begins or low.partition("'")[0] not in lexicon.words("common_words.txt")


def _take(reading: _Reading, text: str, place: tuple[int, int]) -> None:
    """Add a token's words; a number joins what stands before it, as in “twenty-five million”."""
    found = text[place[0] : place[1]]
    last = len(reading.norms) - 1
    if found[0].isdecimal():  # “²” is a digit, and no number
        reading.numbers.add(last + 1)
        reading.add(_plain_number(found), place)
        return
    low = found.casefold().replace(".", "")  # of “p.m.”, the only word with a stop
    number = _number_words().get(low)
    if number is None:
        for norm in _norms(low):
            reading.add(norm, place)
        return
    value, kind = number
    before = last in reading.numbers and last + 1 not in reading.breaks
    gap = text[reading.places[last][1] : place[0]] if before else ""
    if before and gap.strip(" -") == "" and (joined := _joined(reading, text, value, kind, gap)):
        reading.norms[last] = joined
        reading.places[last] = (reading.places[last][0], place[1])
    elif kind in ("unit", "ten", "scale"):
        reading.numbers.add(last + 1)
        reading.add(str(value), place)
    else:
        reading.add(low, place)


def _joined(reading: _Reading, text: str, value: int, kind: str, gap: str) -> str:
    """Return the number that the last one and this are together; "" if they are two."""
    last = reading.norms[-1]
    start = reading.places[-1][0]
    if kind == "money" and (gap or text[start - 1 : start] not in set(_MONEY)):
        return ""
    if kind == "ending" and gap:
        return ""
    if kind == "unit":
        is_short = last.isdecimal() and len(last) <= _LONGEST
        is_ten = is_short and int(last) % 10 == 0 and int(last) % _HUNDRED > 0
        return str(int(last) + value) if is_ten and value < 10 else ""  # noqa: PLR2004  a digit
    if kind == "ten":
        return ""
    product = float(last) * value
    return str(int(product)) if product.is_integer() else str(product)


def _plain_number(figures: str) -> str:
    """Return figures without the commas of thousands: “2,500” is “2500”, “3.50” is “3.5”."""
    whole = figures.replace(",", "").replace(":", ".")  # “11:45 p.m.” is “11.45pm”
    if whole.count(".") == 1:
        return whole.rstrip("0").rstrip(".")
    return whole if "." in whole else whole.lstrip("0") or "0"


@cache
def _number_words() -> dict[str, tuple[int, str]]:
    return {word: (int(value), kind) for word, value, kind in name_data.rows("number_words.tsv")}


@cache
def _contractions() -> dict[str, tuple[str, ...]]:
    rows = name_data.rows("contractions.tsv")
    return {row[0]: tuple(row[1].split()) if len(row) > 1 else () for row in rows}


@cache
def _spellings() -> list[tuple[re.Pattern[str], str]]:
    rows = name_data.rows("word_spellings.tsv")
    return [(re.compile(row[0]), row[1] if len(row) > 1 else "") for row in rows]


@lru_cache(maxsize=50_000)
def _norms(low: str) -> tuple[str, ...]:
    """Return the words that a token in lower case stands for, in one spelling."""
    known = _contractions()
    if "'" in low:
        if low in known:
            return known[low]
        base, _, ending = low.rpartition("'")
        if low.endswith("n't"):
            return (*_norms(low[:-3]), *known["n't"])
        if f"'{ending}" in known:
            return (*_norms(base), *known[f"'{ending}"])
        low = low.replace("'", "")
    elif low in known:
        return known[low]
    if low[:1] == "%" or low[3:4].isspace():
        return ("percent",)  # as “per cent”, the only token with a blank
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", low))
    for pattern, by in _spellings():
        plain = pattern.sub(by, plain)
    return (plain,)


# --- what words weigh


@cache
def weak_words() -> frozenset[str]:
    """Return the words that say little by themselves, in the spelling of comparisons."""
    listed = (word for row in name_data.rows("weak_words.txt") for word in row[0].split())
    return frozenset(norm for word in listed for norm in _norms(word))


@cache
def framing_words() -> frozenset[str]:
    """Return the stems of words that stand around quotations of any day."""
    listed = (word for row in name_data.rows("framing_words.txt") for word in row[0].split())
    return telling([norm for word in listed for norm in _norms(word)])


@cache
def stock_phrases() -> frozenset[tuple[str, ...]]:
    """Return what anybody may say on any day, as words in the spelling of comparisons."""
    return frozenset(read(row[0], "direct").norms for row in name_data.rows("stock_phrases.txt"))


@lru_cache(maxsize=50_000)
def stem(norm: str) -> str:
    """Return what is left of a word without the commonest endings of English, to compare words."""
    for ending in _ENDINGS:
        if norm.endswith(ending) and len(norm) - len(ending) >= _LEAST_STEM:
            return norm[: -len(ending)]
    return norm


def telling(norms: Sequence[str]) -> frozenset[str]:
    """Return the stems of the words that say something."""
    weak = weak_words()
    return frozenset(stem(norm) for norm in norms if norm not in weak)


# --- marks of runs of words


@lru_cache(maxsize=50_000)
def _word_number(norm: str) -> int:
    return int.from_bytes(blake2b(norm.encode(), digest_size=8).digest())


def runs(norms: Sequence[str], width: int) -> Iterator[tuple[int, int]]:
    """Yield for each run of `width` words how many of them are weak, and a 64-bit number of it.

    Of fewer words there is one run, of all.
    """
    weak = weak_words()
    numbers = [_word_number(norm) for norm in norms]
    dull = [norm in weak for norm in norms]
    width = min(width, len(norms))
    for start in range(len(norms) - width + 1 if width else 0):
        made = 0
        for number in numbers[start : start + width]:
            made = (made * 0x9E3779B97F4A7C15 + number) & _BITS
            made ^= made >> 29
        yield sum(dull[start : start + width]), made
