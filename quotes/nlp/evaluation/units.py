"""What evaluation compares: attributions as sets of words of their article.

The unit is the word (letters and digits); punctuation and quotation marks are left out, so that
nobody is paid or fined for including the marks. Definitions: docs/evaluation.md.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, Self

from quotes.nlp import lexicon
from quotes.nlp.document import Document, Frozen, Kind, Span, SpanError

Role = Literal["content", "source", "cue"]
ROLES: tuple[Role, ...] = ("content", "source", "cue")

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[^\w\s]|_")
_LINE = re.compile(r"[^\n]+")
_MARK = re.compile(r"``|''|[“”„\"«»]")
_OPENING, _EITHER = ("“", "„", "«", "``"), ('"', "''")
_BEFORE_OPENING = "([{—–-/'‘"
_POSSESSIVE = re.compile(r"['’]s$")
_ADVERB_ENDING = "ly"


class Attribution(Frozen):
    """Who is said to have said or thought what: one of the gold's, or one that was predicted.

    `speakers` are the resolved names: None where the annotation has none, empty where it says
    that nobody is named, several for people speaking together. `full_names` are other full names
    of a single speaker, `partial_names` shorter ones ("Clinton").
    """

    content: tuple[Span, ...]
    source: tuple[Span, ...] = ()
    cue: tuple[Span, ...] = ()
    speakers: tuple[str, ...] | None = None
    full_names: tuple[str, ...] = ()
    partial_names: tuple[str, ...] = ()

    def spans(self, role: Role) -> tuple[Span, ...]:
        """Return the spans of one role, as they were given."""
        found: tuple[Span, ...] = getattr(self, role)
        return found


class GoldArticle(Frozen):
    """A text and all its attributions by hand; `discards` are stretches that are not judged."""

    id: str
    text: str
    attributions: tuple[Attribution, ...]
    discards: tuple[Span, ...] = ()
    origin: str = ""
    line: int | None = None


def check_inside(attributions: Iterable[Attribution], text: str) -> None:
    """Raise SpanError if a span of `attributions` reaches past the end of `text`."""
    for item in attributions:
        for role in ROLES:
            for span in item.spans(role):
                if span.end > len(text):
                    problem = f"{role} [{span.start}, {span.end}) ends after the text's {len(text)}"
                    raise SpanError(problem)


def predicted(doc: Document) -> tuple[Attribution, ...]:
    """Return the quotations of an extracted document as predictions."""
    return tuple(
        Attribution(
            content=quotation.content,
            source=quotation.source,
            cue=quotation.cue,
            speakers=(quotation.speaker.name,) if quotation.speaker else (),
        )
        for quotation in doc.quotations
    )


@cache
def _words(kind: str) -> frozenset[str]:
    rows = {row[0]: row[1] for row in lexicon.rows("evaluation_words.tsv")}
    return frozenset(rows[kind].split())


@cache
def _speech_forms() -> frozenset[str]:
    lemmas = _words("speech")
    regular = {form for lemma in lemmas for form in lexicon.inflections(lemma)}
    return lemmas | regular | _words("speech-form")


def is_speech_cue(words: Sequence[str]) -> bool:
    """Say whether a cue's head is a verb of speech or "according".

    The head is the first word that is no auxiliary, negation or adverb, else the first word.
    """
    low = [word.lower().replace("’", "'") for word in words]
    heads = (word for word in low if not _is_skipped(word))
    return next(heads, low[0] if low else "") in _speech_forms()


def _is_skipped(word: str) -> bool:
    adverb = word.endswith(_ADVERB_ENDING) and word not in _speech_forms()
    return adverb or word in _words("skipped")


def quoted_ranges(text: str) -> Iterator[tuple[int, int]]:
    """Yield `(start, end)` of what stands between quotation marks, line by line, without them.

    A mark that is never closed holds to the end of its line; one that closes nothing is ignored.
    Single marks do not count. Extraction pairs marks more finely (marks.py): this simpler rule is
    part of the figures' definition and stays as it is.
    """
    for line in _LINE.finditer(text):
        opened: int | None = None
        for mark in _MARK.finditer(text, line.start(), line.end()):
            opens = _opens(text, mark, line, is_open=opened is not None)
            if opened is not None:
                yield opened, mark.start()
            opened = mark.end() if opens else None
        if opened is not None:
            yield opened, line.end()


def _opens(text: str, mark: re.Match[str], line: re.Match[str], *, is_open: bool) -> bool:
    sign = mark.group()
    if sign not in _EITHER:
        return sign in _OPENING
    before = text[mark.start() - 1] if mark.start() > line.start() else " "
    after = text[mark.end()] if mark.end() < line.end() else " "
    free = before.isspace() or (before in _BEFORE_OPENING and not is_open)
    return free and not after.isspace()


class Passage:
    """A text as tokens, by number: words and single signs, and which words are in quotation marks.

    Sets of token numbers are what is compared.
    """

    def __init__(self, text: str) -> None:
        matches = list(_TOKEN.finditer(text))
        self._tokens = [match.group() for match in matches]
        self._starts = [match.start() for match in matches]
        self._ends = [match.end() for match in matches]
        self._quoted = self.words(quoted_ranges(text))

    def tokens(self, ranges: Iterable[tuple[int, int]]) -> frozenset[int]:
        """Return the tokens, words and signs, that `ranges` touch."""
        touched: set[int] = set()
        for start, end in ranges:
            first = bisect_left(self._starts, start)
            # A range that begins inside a word has the whole word.
            if first and self._ends[first - 1] > start:
                first -= 1
            touched.update(range(first, max(first, bisect_left(self._starts, end))))
        return frozenset(touched)

    def words(self, ranges: Iterable[tuple[int, int]]) -> frozenset[int]:
        """Return the words that `ranges` touch."""
        return frozenset(i for i in self.tokens(ranges) if self._tokens[i][0].isalnum())

    def read(self, tokens: Iterable[int]) -> list[str]:
        """Return `tokens` as they are written, in text order."""
        return [self._tokens[i] for i in sorted(tokens)]

    def kind(self, words: frozenset[int]) -> Kind:
        """Return whether all, some or none of `words` stand in quotation marks."""
        inside = words & self._quoted
        if inside == words:
            return Kind.DIRECT
        return Kind.MIXED if inside else Kind.INDIRECT


@dataclass(frozen=True, slots=True)
class Item:
    """An attribution as sets of its article's tokens.

    `signs_too` is the content with its punctuation. `naming` are the words of the source that
    tell it from others, `names` the same in lower case, with those of the speaker's name.
    """

    content: frozenset[int]
    signs_too: frozenset[int]
    source: frozenset[int]
    cue: frozenset[int]
    kind: Kind
    speech: bool
    naming: frozenset[int]
    names: frozenset[str]

    @classmethod
    def of(cls, passage: Passage, given: Attribution, *, with_speaker: bool = False) -> Self:
        """Return `given` in the tokens of `passage`; `with_speaker` counts the names as well."""
        content, source, cue = (passage.words(pairs(given.spans(role))) for role in ROLES)
        written = [word.lower() for word in passage.read(source)]
        specific = [word not in _words("unspecific") for word in written]
        if with_speaker:
            written += _TOKEN.findall(" ".join(given.speakers or ()).lower())
        return cls(
            content=content,
            signs_too=passage.tokens(pairs(given.content)),
            source=source,
            cue=cue,
            kind=passage.kind(content),
            speech=is_speech_cue(passage.read(cue)),
            naming=frozenset(i for i, own in zip(sorted(source), specific, strict=True) if own),
            names=frozenset(_POSSESSIVE.sub("", word) for word in written) - _words("unspecific"),
        )

    def roles(self, role: Role) -> frozenset[int]:
        """Return the words of one role."""
        words: frozenset[int] = getattr(self, role)
        return words

    @property
    def sourceless(self) -> bool:
        """Whether nobody is given as the source, by mention or by name."""
        return not self.source and not self.names


def pairs(spans: Iterable[Span]) -> Iterator[tuple[int, int]]:
    """Yield the spans as (start, end)."""
    return ((span.start, span.end) for span in spans)


def source_is_right(gold: Item, found: Item, *, by_place: bool = False) -> bool:
    """Say whether `found` has the source of `gold`.

    It does if the mentions share a word that names, or half of the gold's words, or, unless
    `by_place`, a naming word wherever it stands. Gold without a source asks for none.
    """
    if not gold.source:
        return found.sourceless
    placed = bool(gold.naming & found.naming)
    placed = placed or 2 * len(gold.source & found.source) >= len(gold.source)
    return placed or (not by_place and bool(gold.names & found.names))


def jaccard(one: frozenset[int], other: frozenset[int]) -> float:
    """Return what the two sets share, of what they hold together, in [0, 1]; 0 if both empty."""
    together = len(one | other)
    return len(one & other) / together if together else 0.0


def matches(gold: Sequence[Item], found: Sequence[Item], overlap: float) -> dict[int, int]:
    """Return gold index -> index of what was found for it: one to one, the most alike first.

    Alike is the Jaccard index of the contents' words, at least `overlap`; ties in text order.
    """
    candidates = sorted(
        (-jaccard(g.content, f.content), i, j)
        for i, g in enumerate(gold)
        for j, f in enumerate(found)
        if g.content & f.content and jaccard(g.content, f.content) >= overlap
    )
    paired: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in candidates:
        if i not in paired and j not in taken:
            paired[i] = j
            taken.add(j)
    return paired
