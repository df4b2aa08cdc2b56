"""Quotations inside the user's own Stanza pipeline: importing this registers the processor `quote`.

>>> import stanza, quotes.nlp.stanza_processor as quote
>>> processors = "tokenize,mwt,pos,lemma,depparse,ner,quote"
>>> nlp = stanza.Pipeline("en", processors=processors, **quote.shipped_models())
>>> doc = nlp("The minister, Ana Roe, said taxes would fall.")
>>> [(q.speaker.name, q.text) for q in doc.quotations]
[('Ana Roe', 'taxes would fall')]

Any English models will do, Stanza's official ones too. Their document is read as it is, while the
project's own pipeline corrects Stanza's tokens and sentences: the two may differ in a speaker.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Self

import stanza
from stanza.pipeline.ner_processor import NERProcessor
from stanza.pipeline.processor import (
    Processor,
    ProcessorVariant,
    register_processor,
    register_processor_variant,
)
from stanza.pipeline.registry import NAME_TO_PROCESSOR_CLASS

from quotes.nlp.attribution import attribute
from quotes.nlp.document import Document, Entity, Quotation, Sentence, Span, Token
from quotes.nlp.encoder import DIRECTORY, HEADS, LABELS, States
from quotes.nlp.parse import Named, described, named_in, words_of
from quotes.nlp.stanza_packages import PROCESSORS, SHIPPED_DIRECTORY
from quotes.nlp.syntax import SyntaxHeads
from quotes.nlp.tagger import STAGE, Tagger
from quotes.params import DEFAULTS, Params

NAME, VARIANT = "quote", "quotes"
_LANGUAGE = "en"
_GAP = " … "
_SEVERAL = 2


class UnplacedTextError(ValueError):
    """A Stanza document says not what its text is, or not where in it a word stands."""


class QuotationInText(Quotation):
    """A quotation of `doc.quotations`: spans are code points into `doc.text`.

    `text` is the content as it stands there, its pieces joined by an ellipsis; likewise
    `cue_text` and `source_text`, empty where there is none.
    """

    text: str
    cue_text: str
    source_text: str

    @classmethod
    def of(cls, found: Quotation, text: str) -> Self:
        """Return `found` with its words in `text`; SpanError if it does not lie in there."""
        fields = {name: getattr(found, name) for name in Quotation.model_fields}
        words = {
            "text": _words(found.content, text),
            "cue_text": _words(found.cue, text),
            "source_text": _words(found.source, text),
        }
        return cls(**fields, **words)


def _words(spans: Sequence[Span], text: str) -> str:
    return _GAP.join(span.of(text) for span in spans)


@register_processor(NAME)
class QuoteProcessor(Processor):  # type: ignore[misc]  # Stanza has no types
    """Sets `doc.quotations`, a tuple of QuotationInText in text order, and nothing else.

    ValueError when a pipeline of another language is made; UnplacedTextError for a document
    without text or offsets (read from CoNLL-U, say).
    """

    PROVIDES_DEFAULT = {NAME}
    REQUIRES_DEFAULT = {"tokenize", "pos", "lemma", "depparse", "ner"}

    def __init__(
        self, config: dict[str, Any], pipeline: Any, device: Any, *, params: Params = DEFAULTS
    ) -> None:
        if (language := config.get("lang", _LANGUAGE)) != _LANGUAGE:
            raise ValueError(
                f"{NAME}: reads English ({_LANGUAGE!r}), not {language!r}; leave it out"
            )
        super().__init__(config, pipeline, device)
        self._params = params
        self._tagger = _tagger() if params == DEFAULTS else Tagger(params=params)

    def mark_inactive(self) -> None:
        """Do nothing: Stanza calls this before it reports that a required processor is missing."""

    def process(self, doc: Any) -> Any:
        """Return `doc` with its quotations."""
        return self.bulk_process([doc])[0]

    def bulk_process(self, docs: list[Any]) -> list[Any]:
        """Return `docs` with their quotations."""
        for doc in docs:
            attributed = attribute(self._tagged(doc), self._params)
            quotations = attributed.quotations
            doc.quotations = tuple(QuotationInText.of(q, attributed.text) for q in quotations)
        return docs

    def _tagged(self, doc: Any) -> Document:
        """Return a document of ours with quotations; read already where the encoder parsed it."""
        ours = document_of(doc)
        read = getattr(doc, _READ, None)
        if read is None or read.text != ours.text:
            return self._tagger(ours)
        return ours.evolve(done=STAGE, quotations=read.quotations)


@cache
def _tagger() -> Tagger:
    return Tagger()


@cache
def _heads() -> SyntaxHeads:
    return SyntaxHeads.load(DIRECTORY / HEADS, DIRECTORY / LABELS)


class _Described(ProcessorVariant):  # type: ignore[misc]  # Stanza has no types
    """One of Stanza's processors, done by the encoder that also finds the quotations.

    The first of them to see a document does the work of all: tags, trees and entities.
    """

    OVERRIDE = True

    def __init__(self, config: dict[str, Any]) -> None:
        """Take the settings that Stanza gives every variant; there are none to read."""

    def process(self, doc: Any) -> Any:
        """Return `doc` with tags, trees and entities; UnplacedTextError if it has no text."""
        if getattr(doc, _READ, None) is None:
            text = _text(doc)
            for sentence in doc.sentences:
                for token in sentence.tokens:
                    _span(token, text)
            (read,), (states,) = _tagger().tag([Document(text=text)])
            _set_entities(doc, _describe(doc, states))
            for sentence in doc.sentences:
                sentence.build_dependencies()
            setattr(doc, _READ, read)
        return doc


class _Recogniser(NERProcessor):  # type: ignore[misc]  # Stanza has no types
    """Stanza's recogniser, which alone of its processors (1.15) cannot be made with a variant."""

    def _set_up_final_config(self, config: dict[str, Any]) -> None:
        if hasattr(self, "_variant"):
            self._config = config
        else:
            super()._set_up_final_config(config)

    def bulk_process(self, docs: list[Any]) -> list[Any]:
        """Return `docs` with their entities."""
        if hasattr(self, "_variant"):
            return [self._variant.process(doc) for doc in docs]
        return list(super().bulk_process(docs))


NAME_TO_PROCESSOR_CLASS["ner"] = _Recogniser
_READ = "_read_by_encoder"
for _processor in ("pos", "depparse", "ner"):
    register_processor_variant(_processor, VARIANT)(_Described)


def _describe(doc: Any, states: States) -> list[Named]:
    """Give the words of a Stanza document their tags and trees; return the entities in it."""
    sentences = [words_of(sentence) for sentence in doc.sentences]
    (found,) = described(_heads(), [(sentences, 0)], states)
    for sentence, tagged in zip(doc.sentences, found, strict=True):
        for n, word in enumerate(sentence.words):
            word.upos, word.xpos, word.head = tagged.upos[n], tagged.xpos[n], tagged.heads[n]
            word.feats = None if tagged.feats[n] == "_" else tagged.feats[n]
            word.deprel = tagged.deprels[n]
    return [name for pair in zip(sentences, found, strict=True) for name in named_in(*pair)]


def _set_entities(doc: Any, named: Sequence[Named]) -> None:
    """Mark the tokens of every entity (BIOES) and let Stanza gather them."""
    tokens = [token for sentence in doc.sentences for token in sentence.tokens]
    for token in tokens:
        token.ner = "O"
    for entity in named:
        own = [t for t in tokens if t.start_char < entity.end and t.end_char > entity.start]
        while own and not any(map(str.isalnum, own[-1].text)):  # an emoji behind a name
            own.pop()
        marks = ["S"] * len(own) if len(own) < _SEVERAL else ["B", *["I"] * (len(own) - 2), "E"]
        for token, mark in zip(own, marks, strict=True):
            token.ner = f"{mark}-{entity.type}"
    doc.build_ents()


def _set_quotations(doc: Any, quotations: tuple[QuotationInText, ...]) -> None:
    doc._quotations = quotations  # noqa: SLF001  where Stanza's add_property keeps it


stanza.Document.add_property("quotations", default=(), setter=_set_quotations)


def shipped_models() -> dict[str, Any]:
    """Return the arguments of `stanza.Pipeline("en", …)` for the project's models, on the CPU.

    Stanza's own processors cut tokens and find lemmas; tags, trees and entities come from the
    encoder (processor variants named `quotes`). Nothing is downloaded. Arguments given beside
    them, such as `processors`, are the caller's.
    """
    return {
        "dir": str(SHIPPED_DIRECTORY),
        "package": None,
        "download_method": None,
        "use_gpu": False,
        **{f"{p}_model_path": str(SHIPPED_DIRECTORY / f"{p}.pt") for p in PROCESSORS},
        **{f"{p}_with_{VARIANT}": True for p in ("pos", "depparse", "ner")},
    }


def _text(result: Any) -> str:
    if result.text is None:
        raise UnplacedTextError(
            f"{NAME}: the document has no text; give the pipeline the text itself, "
            "not a document of tokens alone"
        )
    return str(result.text)


def document_of(result: Any) -> Document:
    """Return a parsed Stanza document as ours: text, sentences and entities, "parse" done.

    Words keep the text's own spelling; those without characters of their own share their token's
    span. Raises UnplacedTextError where text or offsets are missing.
    """
    text = _text(result)
    return Document(
        text=text,
        sentences=tuple(_sentences(result, text)),
        entities=tuple(
            Entity(span=_span(entity, text), type=entity.type) for entity in result.ents
        ),
        done=frozenset({"parse"}),
    )


def _sentences(result: Any, text: str) -> Iterator[Sentence]:
    for sentence in result.sentences:
        tokens = tuple(_token(word, text) for word in sentence.words)
        span = Span(start=tokens[0].span.start, end=tokens[-1].span.end)
        yield Sentence(span=span, tokens=tokens)


def _token(word: Any, text: str) -> Token:
    own = word.start_char is not None
    span = _span(word if own else word.parent, text)
    written = span.of(text) if own else word.text
    return Token(
        span=span,
        text=written,
        lemma=word.lemma or written,
        upos=word.upos or "X",
        xpos=word.xpos or "",
        feats=word.feats or "",
        head=word.head - 1,
        deprel=word.deprel,
    )


def _span(item: Any, text: str) -> Span:
    """Return where a word, token or entity stands in `text`."""
    if item.start_char is None or item.end_char is None or item.end_char > len(text):
        raise UnplacedTextError(
            f"{NAME}: {item.text!r} has no place in the document's text; give the pipeline the "
            "text itself, or tokens with start_char and end_char"
        )
    return Span(start=item.start_char, end=item.end_char)
