"""The types that every stage reads and returns: frozen, validated, offsets in code points.

A `Document` carries one canonical text and what the stages found in it. A stage
never edits a document: it returns a new one (`Document.evolve`).
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from hashlib import sha256
from itertools import pairwise
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class SpanError(ValueError):
    """A span lies outside its text, is empty, or does not hold the words that it should."""


class StageError(RuntimeError):
    """A stage was given a document that an earlier stage has not prepared."""


class Frozen(BaseModel):
    """Base of every type here: immutable, and unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(Frozen):
    """A half-open range `[start, end)` of code points into `Document.text`; never empty."""

    start: int
    end: int

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not 0 <= self.start < self.end:
            raise SpanError(f"span [{self.start}, {self.end}): need 0 <= start < end")
        return self

    def of(self, text: str) -> str:
        """Return the words of `text` that the span covers; SpanError if it reaches past the end."""
        if self.end > len(text):
            raise SpanError(f"span [{self.start}, {self.end}) ends after the text's {len(text)}")
        return text[self.start : self.end]

    def holds(self, other: "Span") -> bool:
        """Say whether `other` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end

    def meets(self, other: "Span") -> bool:
        """Say whether the two spans share at least one code point."""
        return self.start < other.end and other.start < self.end


class Kind(StrEnum):
    """How much of the content stands in quotation marks: all, some, or none of it."""

    DIRECT = "direct"
    INDIRECT = "indirect"
    MIXED = "mixed"


class Act(StrEnum):
    """Whether the source spoke or wrote (speech), or is said to think or intend (attitude)."""

    SPEECH = "speech"
    ATTITUDE = "attitude"


class Factuality(StrEnum):
    """Whether the article says that it was said (or thought), after PARC's factuality of relations.

    `negated`: that it was not ("did not say that"); `future`: that it is yet to be ("will say");
    `hypothetical`: that it may be, under a condition or in a question ("if she says").
    Source: Pareti, "A database of attribution relations" (LREC 2012).
    """

    FACTUAL = "factual"
    NEGATED = "negated"
    FUTURE = "future"
    HYPOTHETICAL = "hypothetical"


class SpeakerKind(StrEnum):
    """What a speaker is; `anonymous` is a source that the article describes but does not name."""

    PERSON = "person"
    ORGANISATION = "organisation"
    GROUP = "group"
    DOCUMENT = "document"
    ANONYMOUS = "anonymous"


class Token(Frozen):
    """One syntactic word. `head` is the index of its governor in the sentence, -1 for the root.

    Words of a multi-word token ("don't") that have no characters of their own share its span.
    Tags are Universal Dependencies v2 (upos, feats, deprel) and Penn Treebank (xpos).
    """

    span: Span
    text: str
    lemma: str
    upos: str
    xpos: str = ""
    feats: str = ""
    head: int
    deprel: str


class Sentence(Frozen):
    """One sentence; its span runs from its first token to its last."""

    span: Span
    tokens: tuple[Token, ...]


class Entity(Frozen):
    """A named entity; `type` is the recogniser's own class (PERSON, ORGANIZATION, NORP...)."""

    span: Span
    type: str


class Evidence(Frozen):
    """One step from a quotation to its speaker: where in the text, and by which rule.

    `role` is one of "cue", "mention", "antecedent", "name", "medium".
    """

    role: str
    span: Span
    rule: str = ""


class Speaker(Frozen):
    """A speaker inside one article: its fullest name there, or, if anonymous, its description."""

    name: str
    kind: SpeakerKind
    role: str | None = None
    aliases: tuple[str, ...] = ()


class Signals(Frozen):
    """What the tagger's network said about a quotation: evidence for its confidence, no more.

    All are probabilities in [0, 1]. `content`, `source` and `cue`: that of exactly these spans;
    `..._share`: the mean probability that one of their words has their role; `..._link`: that the
    content belongs to this source or cue, or to none. None: no such span. `edges_moved` says
    whether rules have changed the content or the cue since.
    """

    content: float
    content_share: float
    source: float | None = None
    source_share: float | None = None
    cue: float | None = None
    cue_share: float | None = None
    source_link: float
    cue_link: float
    edges_moved: bool = False

    @property
    def unfitted(self) -> float:
        """The network's own confidence, in [0, 1]: content, source and link right, if unrelated."""
        source = 1.0 if self.source_share is None else self.source_share
        return min(1.0, max(0.0, self.content_share * source * self.source_link))


class Quotation(Frozen):
    """A quotation found by the tagger, then attributed; the stored one is in quotes/models.py.

    `content`, `cue` and `source` are in text order; only `content` may not be empty. `source` is
    the mention as it stands in the text.

    `confidence` is the probability, in [0, 1], that content and source are both right;
    `speaker_confidence` that the speaker is right too (where there is none: that nobody can be
    named), None before attribution. `signals` are what the tagger leaves for the confidence
    (quotes/nlp/confidence.py), None if there was no tagger; they are not serialised.
    """

    kind: Kind
    act: Act
    content: tuple[Span, ...]
    cue: tuple[Span, ...] = ()
    source: tuple[Span, ...] = ()
    speaker: Speaker | None = None
    medium: str | None = None
    factuality: Factuality = Factuality.FACTUAL
    evidence: tuple[Evidence, ...] = ()
    confidence: float
    speaker_confidence: float | None = None
    signals: Signals | None = Field(default=None, exclude=True, repr=False)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if not self.content:
            raise SpanError("a quotation without content")
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence {self.confidence} is not in [0, 1]")
        speaker = self.speaker_confidence
        if speaker is not None and not 0.0 <= speaker <= self.confidence:
            raise ValueError(f"speaker_confidence {speaker} is not in [0, {self.confidence}]")
        for name in ("content", "cue", "source"):
            spans: tuple[Span, ...] = getattr(self, name)
            if any(a.end > b.start for a, b in pairwise(spans)):
                raise SpanError(f"{name} spans overlap or are out of order: {spans}")
        return self

    def evolve(self, **changes: Any) -> Self:
        """Return a validated copy with `changes` applied."""
        return type(self)(**{**{k: getattr(self, k) for k in type(self).model_fields}, **changes})


class Foreign(Frozen):
    """A passage that was not read because it is in another language, a BCP 47 tag."""

    span: Span
    language: str


class Document(Frozen):
    """One canonical text and what the stages found in it.

    `language` is the text's main language (BCP 47), "und" if that is not clear, "" if nobody has
    looked; `foreign` are the passages in other languages than English, in text order. `done` names
    the stages that have run. Every span is checked against the text whenever a document is made, so
    no stage can pass on an offset that its text does not have.
    """

    text: str
    language: str = ""
    foreign: tuple[Foreign, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    entities: tuple[Entity, ...] = ()
    quotations: tuple[Quotation, ...] = ()
    done: frozenset[str] = frozenset()

    @model_validator(mode="after")
    def _inside(self) -> Self:
        limit = len(self.text)
        for span in self._spans():
            if span.end > limit:
                raise SpanError(f"span [{span.start}, {span.end}) ends after the text's {limit}")
        return self

    def _spans(self) -> Iterable[Span]:
        for sentence in self.sentences:
            yield sentence.span
            yield from (token.span for token in sentence.tokens)
        yield from (entity.span for entity in self.entities)
        yield from (part.span for part in self.foreign)
        for quotation in self.quotations:
            yield from (*quotation.content, *quotation.cue, *quotation.source)
            yield from (step.span for step in quotation.evidence)

    def evolve(self, *, done: str, **changes: Any) -> Self:
        """Return a copy with `changes` applied and the stage `done` noted."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self)(**{**fields, **changes, "done": self.done | {done}})

    def require(self, *stages: str) -> None:
        """Raise StageError unless all `stages` have run on this document."""
        missing = [stage for stage in stages if stage not in self.done]
        if missing:
            raise StageError(f"run {', '.join(missing)} first; done: {sorted(self.done)}")


class Provenance(Frozen):
    """What an extractor is made of: enough to tell whether two runs would find the same.

    `models` and `lexicons` map a file's name to the SHA-256 of its bytes, hexadecimal.
    """

    code_version: str
    code_sha256: str
    models: dict[str, str]
    lexicons: dict[str, str]
    params: dict[str, float | int | str]

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 over all fields: equal fingerprints mean the same extractor."""
        return sha256(self.model_dump_json().encode()).hexdigest()


Stage = Callable[[Document], Document]
