"""A parsed document as rules want to ask it: which token is here, what governs this span.

Everything here reads `Document`; nothing guesses. An index is built once per document.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property

from quotes.nlp.document import Document, Entity, Sentence, Span, Token
from quotes.nlp.placed import Placed

NOMINAL = frozenset({"NOUN", "PROPN"})
_SUBJECTS = ("nsubj", "csubj")


@dataclass(frozen=True, slots=True)
class Word:
    """A token with its place: the sentence's index in the document, its own in the sentence."""

    token: Token
    sentence: int
    index: int

    @property
    def span(self) -> Span:
        """Return the token's span."""
        return self.token.span

    @property
    def low(self) -> str:
        """Return the token's text in lower case."""
        return self.token.text.lower()


class Grammar:
    """Look-ups over the tokens and trees of a parsed document."""

    def __init__(self, doc: Document) -> None:
        doc.require("parse")
        self.doc = doc
        self.words = tuple(
            Word(token, number, index)
            for number, sentence in enumerate(doc.sentences)
            for index, token in enumerate(sentence.tokens)
        )
        self._starts = [word.token.span.start for word in self.words]

    @cached_property
    def _first_word(self) -> list[int]:
        """The position in `words` of each sentence's first token."""
        firsts, total = [], 0
        for sentence in self.doc.sentences:
            firsts.append(total)
            total += len(sentence.tokens)
        return firsts

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [sentence.span.start for sentence in self.doc.sentences]

    def sentence_at(self, offset: int) -> int:
        """Return the index of the sentence at `offset`, or of the last one before it."""
        return max(0, bisect_right(self._sentence_starts, offset) - 1)

    def sentence(self, number: int) -> Sentence:
        """Return sentence `number`."""
        return self.doc.sentences[number]

    def inside(self, span: Span) -> tuple[Word, ...]:
        """Return the words that overlap `span`, in text order."""
        low = max(0, bisect_right(self._starts, span.start) - 1)
        found = self.words[low : bisect_left(self._starts, span.end)]
        # All but the first begin within the span.
        return found if not found or found[0].span.meets(span) else found[1:]

    @cached_property
    def _entities(self) -> Placed[Entity]:
        return Placed((entity.span, entity) for entity in self.doc.entities)

    def entities_at(self, span: Span) -> list[Entity]:
        """Return the entities that overlap `span`, in the document's order."""
        return [entity for _, entity in self._entities.meeting(span)]

    @cached_property
    def _nominal(self) -> list[Word]:
        return [word for word in self.words if word.token.upos in NOMINAL]

    def nominal_before(self, offset: int) -> Word | None:
        """Return the last noun that starts before `offset`."""
        last = bisect_left(self._nominal, offset, key=lambda word: word.span.start) - 1
        return self._nominal[last] if last >= 0 else None

    def head(self, word: Word) -> Word | None:
        """Return the word that governs `word`, None for a root."""
        if word.token.head < 0:
            return None
        return self.words[self._first_word[word.sentence] + word.token.head]

    @cached_property
    def _children(self) -> dict[tuple[int, int], list[Word]]:
        found: dict[tuple[int, int], list[Word]] = {}
        for word in self.words:
            found.setdefault((word.sentence, word.token.head), []).append(word)
        return found

    def children(self, word: Word) -> list[Word]:
        """Return the words that `word` governs, in text order."""
        return self._children.get((word.sentence, word.index), [])

    def after(self, word: Word) -> Word | None:
        """Return the next word of the sentence, None for its last."""
        at = self._first_word[word.sentence] + word.index + 1
        found = self.words[at] if at < len(self.words) else None
        return found if found is not None and found.sentence == word.sentence else None

    def is_attributive(self, word: Word) -> bool:
        """Say whether a verb form stands before its noun: "retired general", "US-led coalition"."""
        governor = self.head(word)
        before = governor is not None and governor.index > word.index
        return before and word.token.deprel in ("amod", "compound")

    def is_subject(self, span: Span) -> bool:
        """Say whether the head of `span` is the subject of a clause, or joined to one."""
        return any(self._as_subject(word) is not None for word in self._outward(span))

    def is_main_subject(self, span: Span) -> bool:
        """Say whether `span` is the subject of its sentence's main clause, or joined to it."""
        subjects = [self._as_subject(word) for word in self._outward(span)]
        clauses = [self.head(subject) for subject in subjects if subject is not None]
        return any(clause is not None and clause.token.head < 0 for clause in clauses)

    def _outward(self, span: Span) -> list[Word]:
        """Return the words of `span` that something outside it governs."""
        inside = self.inside(span)
        held = {(word.sentence, word.index) for word in inside}
        return [word for word in inside if (word.sentence, word.token.head) not in held]

    def _as_subject(self, word: Word) -> Word | None:
        """Return the subject that `word` is or is joined to ("Poe" in "Roe and Poe"), else None."""
        first: Word | None = word
        while first is not None and first.token.deprel.startswith("conj"):
            first = self.head(first)
        return first if first and first.token.deprel.startswith(_SUBJECTS) else None
