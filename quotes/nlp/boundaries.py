"""Corrects a tokenizer's words and sentence ends where news prose leaves no doubt. Pure.

A learned tokenizer errs most on quotation marks and abbreviations. The rules here change only what
the characters themselves decide: marks stand alone, known abbreviations keep their stop, a
sentence neither ends at one before a name nor starts with a closing mark.
Reasons and figures: docs/decisions/0002-stanza-offline.md.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from quotes.nlp.lexicon import rows, words


class Piece(NamedTuple):
    """One token: `[start, end)` in the paragraph, and whether it stands for several words."""

    start: int
    end: int
    multiword: bool = False


Pieces = list[Piece]

_OPENING = "“„«‘([\"'"
_CLOSING = "”»’)]\"'"
_ALWAYS_OPENING, _ALWAYS_CLOSING = "“„«", "”»"
_DOUBLE_MARK = re.compile(r"[“”„«»\"]|``|(?<!')''(?!')")
_STRAIGHT = str.maketrans(dict.fromkeys("“”„‟«»", '"') | dict.fromkeys("‘’‚‛", "'"))
_DOUBLED_MARKS = frozenset({"``", "''", "‘‘", "’’"})
_FEET_AND_INCHES = re.compile(r"\d['’′]\s?\d+\"")
_LEADING = re.compile(r"[(\[](?=.*\w)|['‘](?=[A-Z])")
_TRAILING = re.compile(r"(?<=\w)[,;:]$|(?<=[\w.,!?])[)\]]$|(?<=[.,!?])['’]$")
_STOP = re.compile(r"(?<=\w)[.?!]+$")
_ENDING = re.compile(r"[.?!…:;]$")
_ELLIPSIS = re.compile(r"\.{2,}|…")
_ACRONYM = re.compile(r"(?:[A-Za-z]\.){2,}")
_INITIAL = re.compile(r"[A-Z]\.")
_DANGLING = re.compile(r"[.,;:?!…)\]”»’\"']+")


def correct(sentences: Iterable[Pieces], text: str, *, max_tokens: int) -> list[Pieces]:
    """Return the proposed `sentences` of one paragraph with words and ends corrected.

    Pieces stay in order and cover the same visible characters; none is empty. No sentence is
    longer than `max_tokens`: a longer one is cut, after punctuation where there is some.
    """
    marks = _mark_spans(text)
    edges = sorted({edge for span in marks for edge in span})
    whole = sorted([*marks, *(match.span() for match in _abbreviation_pattern().finditer(text))])
    found = [_merge(_split(sentence, text, edges), whole) for sentence in sentences]
    found = [part for sentence in found for part in _ended(sentence, text)]
    found = _joined(_moved([sentence for sentence in found if sentence], text), text)
    return [part for sentence in found for part in _bounded(sentence, text, max_tokens)]


# --- words


def plain(word: str) -> str:
    """Return the word with typewriter marks: treebanks have few others, the vectors hardly any."""
    if word.isalnum():
        return word
    return '"' if word in _DOUBLED_MARKS else word.translate(_STRAIGHT)


def _mark_spans(text: str) -> list[tuple[int, int]]:
    """Return where double quotation marks stand; inches (6'2") are none."""
    inches = {match.end() for match in _FEET_AND_INCHES.finditer(text)}
    return [m.span() for m in _DOUBLE_MARK.finditer(text) if m.end() not in inches]


def _split(sentence: Pieces, text: str, edges: list[int]) -> Pieces:
    """Return the pieces with quotation marks, brackets and commas cut off the words.

    `edges` are the sorted starts and ends of the text's quotation marks.
    """
    parts: Pieces = []
    final = _last_word(sentence, text)
    for piece in sentence:
        if _word(piece, text).isalnum():
            parts.append(piece)
            continue
        spans = list(_parts(piece, text, edges, final=piece is final))
        # What stands for several words is the longest part: the rest are marks.
        longest = max(spans, key=lambda span: span[1] - span[0], default=None)
        parts += [Piece(a, b, multiword=piece.multiword and (a, b) == longest) for a, b in spans]
    return parts


def _last_word(sentence: Pieces, text: str) -> Piece | None:
    """Return the last piece with a letter or digit, if it has company and no stop of its own."""
    for i in range(len(sentence) - 1, 0, -1):
        if any(char.isalnum() for char in _word(sentence[i], text)):
            return sentence[i]
        if _ENDING.search(_word(sentence[i], text)):
            return None
    return None


def _parts(piece: Piece, text: str, edges: list[int], *, final: bool) -> Iterator[tuple[int, int]]:
    """Yield the spans of the tokens that `piece` holds; a `final` word gives up its stop."""
    inside = edges[bisect_right(edges, piece.start) : bisect_left(edges, piece.end)]
    cuts = [piece.start, *inside, piece.end]
    for start, end in pairwise(cuts):
        places = sorted(_peeled(text[start:end], before_mark=final or end != piece.end))
        for a, b in pairwise([start, *(start + place for place in places), end]):
            word = text[a:b]
            if bare := word.strip():
                first = a + word.index(bare)
                yield first, first + len(bare)


def _peeled(word: str, *, before_mark: bool) -> Iterator[int]:
    """Yield where brackets and commas come off `word`, and stops before a mark or an end."""
    if len(word) == 1:
        return
    start, end = 0, len(word)
    while match := _LEADING.match(word[start:end]):
        start += match.end()
        yield start
    while match := _TRAILING.search(word[start:end]):
        if word[end - 1] in ")]" and re.search(r"[(\[]", word[start:end]):
            break  # "member(s)" is one word
        before_mark = before_mark or word[end - 1] in "'’"
        end = start + match.start()
        yield end
    if before_mark and not _keeps_stop(word[start:end]):
        match = _STOP.search(word[start:end])
        if match and not _ELLIPSIS.search(match.group()):
            yield start + match.start()


def _merge(sentence: Pieces, whole: list[tuple[int, int]]) -> Pieces:
    """Return the pieces with those that make up a span of `whole` as one."""
    starts = {piece.start: i for i, piece in enumerate(sentence)}
    ends = {piece.end: i for i, piece in enumerate(sentence)}
    merged: Pieces = []
    done = 0
    for start, end in whole:
        first, last = starts.get(start), ends.get(end)
        if first is not None and last is not None and first < last:
            merged += [*sentence[done:first], Piece(start, end)]
            done = last + 1
    return merged + sentence[done:]


@cache
def _classes() -> dict[str, str]:
    return {row[0]: row[1] for row in rows("abbreviations.txt")}


@cache
def _abbreviation_pattern() -> re.Pattern[str]:
    """Return what finds abbreviations with their stop; an initial only before a name."""
    listed = [re.escape(a) for a, c in _classes().items() if c != "number"]
    numbered = [re.escape(a) + r"(?=\s*\d)" for a, c in _classes().items() if c == "number"]
    forms = [*sorted(listed, key=len, reverse=True), *numbered]
    dotted = [_ACRONYM.pattern, _INITIAL.pattern + r"(?=\s+[A-Z][\w.])"]
    return re.compile(rf"(?<![\w.])(?:{'|'.join([dotted[0], *forms, dotted[1]])})(?!\w)")


def _keeps_stop(word: str) -> bool:
    """Say whether the stop is part of `word` even where a sentence ends."""
    return _classes().get(word, "number") != "number" or bool(_ACRONYM.fullmatch(word))


def is_abbreviation(word: str) -> bool:
    """Say whether `word`, with its stop, is a listed abbreviation, an acronym or an initial."""
    return bool(word in _classes() or _ACRONYM.fullmatch(word) or _INITIAL.fullmatch(word))


# --- sentence ends


def _ended(sentence: Pieces, text: str) -> Iterator[Pieces]:
    """Yield `sentence` cut where a stop, closing marks and a word that starts sentences follow."""
    start = 0
    for i in range(1, len(sentence)):
        if _starts_anew(sentence, i, text):
            yield sentence[start:i]
            start = i
    yield sentence[start:]


def _starts_anew(sentence: Pieces, i: int, text: str) -> bool:
    word = _word(sentence[i], text)
    if not _spaced(sentence[i - 1], sentence[i]):
        return False
    before = i - 1
    while before > 0 and _word(sentence[before], text) in _CLOSING:
        before -= 1
    if _word(sentence[before], text) not in {".", "?", "!"}:
        return False
    if word in _OPENING:
        follower = sentence[i + 1] if i + 1 < len(sentence) else None
        return follower is not None and text[follower.start].isupper()
    return word != "I" and word[0].isupper() and _starter(word)


def _moved(sentences: list[Pieces], text: str) -> list[Pieces]:
    """Return the sentences with stray marks at their edges given to the neighbour they fit."""
    moved = [list(sentence) for sentence in sentences]
    for left, right in pairwise(moved):
        while left and right and _dangles(left, right, text):
            left.append(right.pop(0))
        while left and right and _opens(left, right, text):
            right.insert(0, left.pop())
    return [sentence for sentence in moved if sentence]


def _dangles(left: Pieces, right: Pieces, text: str) -> bool:
    """Say whether `right` starts with punctuation that ends `left`."""
    mark = _word(right[0], text)
    if not _DANGLING.fullmatch(mark):
        return False
    glued = len(right) > 1 and not _spaced(right[0], right[1])
    if glued and not _DANGLING.fullmatch(_word(right[1], text)):
        return False
    return mark in _ALWAYS_CLOSING or not _spaced(left[-1], right[0])


def _opens(left: Pieces, right: Pieces, text: str) -> bool:
    """Say whether `left` ends in a mark that opens `right`."""
    mark = _word(left[-1], text)
    if mark not in _OPENING or (len(left) > 1 and not _spaced(left[-2], left[-1])):
        return False
    return mark in _ALWAYS_OPENING or not _spaced(left[-1], right[0])


def _joined(sentences: list[Pieces], text: str) -> list[Pieces]:
    joined: list[Pieces] = []
    for sentence in sentences:
        if joined and _continues(joined[-1], sentence, text):
            joined[-1] = [*joined[-1], *sentence]
        else:
            joined.append(sentence)
    return joined


def _continues(left: Pieces, right: Pieces, text: str) -> bool:
    """Say whether `right` cannot start a sentence after `left`."""
    last, first = _word(left[-1], text), _word(right[0], text)
    if is_abbreviation(last):
        return _goes_on_after(last, first)
    if first[0].islower():
        return not _ENDING.search(last) or bool(_ELLIPSIS.fullmatch(last))
    # "Prosecutor Lovisa | Ek disagreed": a name goes on.
    return last.istitle() and last.isalpha() and first[0].isupper() and not _starter(first)


def _goes_on_after(abbreviation: str, first: str) -> bool:
    kind = _classes().get(abbreviation, "inner")
    if kind == "title":
        return True
    if first[0].isdigit():
        return True
    if kind in {"month", "number"}:
        return first[0].islower()
    if first[0].isupper():
        return not _starter(first)
    return first[0] not in _OPENING


def _starter(word: str) -> bool:
    letters = re.match(r"[^\W\d_]+", word)
    return bool(letters and letters.group().lower() in words("starters.txt"))


# --- length


def _bounded(sentence: Pieces, text: str, limit: int) -> Iterator[Pieces]:
    """Yield `sentence` in parts of at most `limit` pieces, cut after punctuation if possible."""
    while len(sentence) > limit:
        stops = [i for i in range(limit // 2, limit) if _word(sentence[i], text) in ".;:!?,"]
        cut = stops[-1] + 1 if stops else limit
        yield sentence[:cut]
        sentence = sentence[cut:]
    yield sentence


def _word(piece: Piece, text: str) -> str:
    return text[piece.start : piece.end]


def _spaced(left: Piece, right: Piece) -> bool:
    return left.end < right.start


_NO_SPACE_BEFORE = frozenset(",.;:!?%)]}…’") | {"'s", "n't", "'re", "'ve", "'ll", "'d", "'m"}
_NO_SPACE_AFTER = frozenset("([{$£€#")
_MARKS_ALIKE = frozenset('"')


def joined(tokens: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """Return tokens written as running text, and the place of each."""
    text = ""
    places = []
    space = False
    inside = False  # straight double quotation marks
    for token in tokens:
        mark = token in _MARKS_ALIKE
        if space and token not in _NO_SPACE_BEFORE and not (mark and inside):
            text += " "
        places.append((len(text), len(text) + len(token)))
        text += token
        inside ^= mark
        space = token not in _NO_SPACE_AFTER and not (mark and inside)
    return text, places
