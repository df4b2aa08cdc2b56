"""Words that somebody relays: "Z quoted X as saying …", "X was quoted by Z as saying …". Pure.

The network follows its corpus, where Z says "X as saying …". Who asks for what was said asks for
X, so here the source becomes X, and the content what follows "saying".
Reasons: docs/decisions/0009-robustness.md.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from quotes.nlp import lexicon
from quotes.nlp.document import Span
from quotes.nlp.marks import is_quoted, trimmed, words_in

_AS_SAYING = re.compile(r"\bas (?P<verb>[^\W\d_]+ing)\b[,:]?\s*")
_ADDRESSED = re.compile(r"[^.,;:\"“”\n]{1,60}?(?=\bthat\b)")
_WORD = re.compile(r"[^\W\d_]+")
_MARKS = frozenset('"“”«»')
_MOST_WHO_CHARS, _LEAST_CLAUSE_WORDS = 120, 4


class Relayed(NamedTuple):
    """What was said, in text order, and where its speaker is named."""

    content: tuple[Span, ...]
    source: Span


def relayed(text: str, content: Sequence[Span], cue: Span | None) -> Relayed | None:
    """Return what a content says of whom it relays, None where it relays nobody's words.

    `content` is in text order. The cue has to be a verb of relaying ("quoted", "cited").
    """
    if cue is None or not _relays(cue.of(text)):
        return None
    for index, piece in enumerate(content):
        found = _as_saying(text, piece)
        if found is None:
            continue
        who = _bare(text, piece.start, found.start()) or _subject(text, content[:index], cue)
        if who is None:
            return None
        said = _said(text, piece, found)
        rest = [span for span in content if span is not piece and not span.meets(who)]
        kept = _pieces(text, said, rest)
        return Relayed(kept, who) if kept else None
    return _passively(text, content, cue)


def _relays(cue: str) -> bool:
    relays = lexicon.function_words("relays")
    return any(word.lower() in relays for word in _WORD.findall(cue))


def _as_saying(text: str, piece: Span) -> re.Match[str] | None:
    """Return "as saying" outside quotation marks, near enough to where a content begins."""
    end = min(piece.end, piece.start + _MOST_WHO_CHARS)
    found = _AS_SAYING.search(text, piece.start, end)
    if found is None or lexicon.speech_verb_lemma(found["verb"]) is None:
        return None
    return None if is_quoted(text, found.start()) else found


def _passively(text: str, content: Sequence[Span], cue: Span) -> Relayed | None:
    """Return what "X was quoted as saying" relays, where the whole of that is the cue."""
    who = _subject(text, content, cue)
    said = _AS_SAYING.search(text, cue.start, cue.end)
    rest = tuple(span for span in content if who and not span.meets(who))
    return Relayed(rest, who) if who and said and rest else None


def _subject(text: str, content: Sequence[Span], cue: Span) -> Span | None:
    """Return the piece of a content that stands directly before the cue: "X was quoted"."""
    for span in reversed(content):
        if span.end <= cue.start and not any(map(str.isalnum, text[span.end : cue.start])):
            return _bare(text, span.start, span.end)
    return None


def _bare(text: str, start: int, end: int) -> Span | None:
    """Return `text[start:end]` without commas at its ends, None if it cannot name somebody."""
    if start >= end:
        return None
    who = trimmed(text, Span(start=start, end=end))
    words = who.of(text)
    named = len(words) <= _MOST_WHO_CHARS and not _MARKS.intersection(words)
    return who if named and any(map(str.isalpha, words)) else None


def _said(text: str, piece: Span, found: re.Match[str]) -> Span | None:
    start = found.end()
    if lexicon.speech_verb_lemma(found["verb"]) == lexicon.speech_verb_lemma("telling"):
        addressed = _ADDRESSED.match(text, start, piece.end)
        start = addressed.end() if addressed else start
    return Span(start=start, end=piece.end) if start < piece.end else None


def _pieces(text: str, said: Span | None, rest: Sequence[Span]) -> tuple[Span, ...]:
    """Return the pieces of what was said: beside others, "on Monday" after "saying" is none."""
    if said is not None:
        words = list(words_in(text, [said]))
        clause = len(words) >= _LEAST_CLAUSE_WORDS or bool(_MARKS.intersection(said.of(text)))
        if words and (clause or not rest):
            return tuple(sorted([*rest, said], key=lambda span: span.start))
    return tuple(rest)
