"""Words that somebody relays: "Z quoted X as saying …", "X said that …, Z reported". Pure.

The network follows its corpus, where Z says "X as saying …". Who asks for what was said asks for
X, so here the source becomes X, and the content what follows "saying" or "said".
Reasons: docs/decisions/0009-robustness.md.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from quotes.nlp import lexicon
from quotes.nlp.document import Kind, Span
from quotes.nlp.marks import is_quoted, kind_of, trimmed, words_in

_AS_SAYING = re.compile(r"\bas (?P<verb>[^\W\d_]+ing)\b[,:]?\s*")
_ADDRESSED = re.compile(r"[^.,;:\"“”\n]{1,60}?(?=\bthat\b)")
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_END = re.compile(r"\n|[.!?][”\"’']?\s")
_THAT = re.compile(r"(?<=\s)that\b(?=\s)")
_ENDS_IN_SAID = re.compile(
    r",\s+(?P<who>[A-Z][^,“”\"\n]{2,80}?(?:,\s[^,“”\"\n]{2,60},)?)\s+(?P<verb>said|says)$"
)
_MARKS = frozenset('"“”«»')
_CITED, _STATEMENT = "according to", "statement"
_MOST_WORDS_TO_VERB, _MOST_TO_THAT_CHARS, _ISSUED_CHARS = 16, 90, 20
_MOST_WHO_CHARS, _LEAST_CLAUSE_WORDS = 120, 4


class Relayed(NamedTuple):
    """What was said, in text order, where its speaker is named, and the verb if it is another."""

    content: tuple[Span, ...]
    source: Span
    cue: Span | None = None


def relayed(
    text: str, content: Sequence[Span], cue: Span | None, source: Span | None = None
) -> Relayed | None:
    """Return what a content says of whom it relays, None where it relays nobody's words.

    `content` is in text order. The cue has to be a verb of relaying ("quoted", "cited"), or the
    source, behind the content, a body that does no more in "said in a statement".
    """
    if cue is None:
        return None
    if len(content) == 1 and source is not None and source.start >= content[0].end:
        return _reported(text, content[0], cue, source)
    if not _relays(cue.of(text)):
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


def _reported(text: str, piece: Span, cue: Span, source: Span) -> Relayed | None:
    """Return what X says in "X said that …, Z reported" or "…, X said, according to Z"."""
    passed_on, cited = _passes_on(text, cue, source), cue.of(text).lower() == _CITED
    if not (passed_on or cited) or kind_of([piece], text) is Kind.DIRECT:
        return None
    if found := _ENDS_IN_SAID.search(text, piece.start + 1, piece.end):
        verb = Span(start=found.start("verb"), end=found.end("verb"))
        named = Span(start=found.start("who"), end=found.end("who"))
        return Relayed((Span(start=piece.start, end=found.start()),), named, verb)
    if passed_on and text.startswith("that ", piece.start):
        return _governed(text, piece)
    inner = _inner_verb(text, piece) if passed_on else None
    if inner is None or inner.end == piece.end:
        return None
    said = _clause(text, Span(start=inner.end, end=piece.end), inner.of(text))
    who = _without_auxiliaries(text, Span(start=piece.start, end=inner.start))
    return Relayed((said,), who, inner) if said and who else None


def _governed(text: str, piece: Span) -> Relayed | None:
    """Return whose words a content is that begins with "that": "X told Y that …, Z reported".

    What is reported with "that" itself, "that X said …", is no one else's here.
    """
    low = max(0, piece.start - _MOST_WHO_CHARS - _MOST_TO_THAT_CHARS)
    ends = [end.end() for end in _SENTENCE_END.finditer(text, low, piece.start)]
    if low and not ends:
        return None  # too far back to be looked for
    start = ends[-1] if ends else 0
    before = Span(start=start, end=piece.start) if start < piece.start else None
    inner = _inner_verb(text, before) if before else None
    who = _without_auxiliaries(text, Span(start=start, end=inner.start)) if inner else None
    if inner is None or who is None or "," in who.of(text):
        return None
    return Relayed((piece,), who, inner)


def _passes_on(text: str, cue: Span, source: Span) -> bool:
    """Say whether cue and source only pass on: "Z reported", "the ministry said in a statement"."""
    told, by = cue.of(text).lower(), source.of(text).lower()
    if any(word in lexicon.function_words("reports") for word in told.split()):
        return True
    last = next(iter(by.split()[-1:]), "")
    if told == _CITED:
        return lexicon.document_medium(last) == _STATEMENT
    issued = _STATEMENT in told + text[cue.end : cue.end + _ISSUED_CHARS]
    return issued and lexicon.is_group(last)


def _inner_verb(text: str, piece: Span) -> Span | None:
    """Return the first verb of speech of a content that begins with who speaks."""
    stops = lexicon.function_words("clause-opener")
    for number, word in enumerate(list(words_in(text, [piece]))[:_MOST_WORDS_TO_VERB]):
        low = word.group().lower()
        if low in stops or is_quoted(text, word.start()):
            return None
        lemma = lexicon.speech_verb_lemma(low)
        past = not low.endswith("ing") and low != lemma
        if number and past and lemma in lexicon.function_words("reports-clause"):
            return Span(start=word.start(), end=word.end())
    return None


def _clause(text: str, rest: Span, verb: str) -> Span | None:
    """Return the clause that a verb of speech governs: from "that", or right behind "said"."""
    opened = _THAT.search(text, rest.start, min(rest.end, rest.start + _MOST_TO_THAT_CHARS))
    if opened and not _MARKS.intersection(text[rest.start : opened.start()]):
        return Span(start=opened.start(), end=rest.end)
    if lexicon.speech_verb_lemma(verb) != lexicon.speech_verb_lemma("said"):
        return None
    words, after = list(words_in(text, [rest])), lexicon.function_words("after")
    if len(words) < _LEAST_CLAUSE_WORDS or words[0].group().lower() in after:
        return None
    return Span(start=words[0].start(), end=rest.end)


def _without_auxiliaries(text: str, span: Span) -> Span | None:
    """Return who speaks, without "has also" behind the name; None if nothing is left."""
    words = list(words_in(text, [span]))
    while words and (
        words[-1].group().lower() in lexicon.function_words("auxiliary")
        or words[-1].group().endswith("ly")
    ):
        words.pop()
    return _bare(text, span.start, words[-1].end()) if words else None


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
