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
from typing import Any, Self

import stanza
from stanza.pipeline.processor import Processor, register_processor

from quotes.nlp.attribution import attribute
from quotes.nlp.document import Document, Entity, Quotation, Sentence, Span, Token
from quotes.nlp.parse import (
    _PROCESSORS,
    _VECTORS,
    _WITH_VECTORS,
    SHIPPED_DIRECTORY,
    _float32_cache,
)
from quotes.nlp.tagger import Tagger
from quotes.params import DEFAULTS, Params

NAME = "quote"
_LANGUAGE = "en"
_GAP = " … "


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
        self._tagger = Tagger(params=params)

    def mark_inactive(self) -> None:
        """Do nothing: Stanza calls this before it reports that a required processor is missing."""

    def process(self, doc: Any) -> Any:
        """Return `doc` with its quotations."""
        return self.bulk_process([doc])[0]

    def bulk_process(self, docs: list[Any]) -> list[Any]:
        """Return `docs` with their quotations; they share forward passes."""
        tagged = self._tagger.batch([document_of(doc) for doc in docs])
        for doc, found in zip(docs, tagged, strict=True):
            attributed = attribute(found, self._params)
            quotations = attributed.quotations
            doc.quotations = tuple(QuotationInText.of(q, attributed.text) for q in quotations)
        return docs


def _set_quotations(doc: Any, quotations: tuple[QuotationInText, ...]) -> None:
    doc._quotations = quotations  # noqa: SLF001  where Stanza's add_property keeps it


stanza.Document.add_property("quotations", default=(), setter=_set_quotations)


def shipped_models() -> dict[str, Any]:
    """Return the arguments of `stanza.Pipeline("en", …)` for the project's models, on the CPU.

    Nothing is downloaded. Arguments given beside them, such as `processors`, are the caller's.
    """
    vectors = SHIPPED_DIRECTORY / _VECTORS
    paths = {f"{p}_model_path": str(SHIPPED_DIRECTORY / f"{p}.pt") for p in _PROCESSORS}
    paths |= {f"{p}_pretrain_path": str(vectors) for p in _WITH_VECTORS}
    return {
        "dir": str(SHIPPED_DIRECTORY),
        "package": None,
        "download_method": None,
        "use_gpu": False,
        "foundation_cache": _float32_cache(vectors),
        **paths,
    }


def document_of(result: Any) -> Document:
    """Return a parsed Stanza document as ours: text, sentences and entities, "parse" done.

    Words keep the text's own spelling; those without characters of their own share their token's
    span. Raises UnplacedTextError where text or offsets are missing.
    """
    text = result.text
    if text is None:
        raise UnplacedTextError(
            f"{NAME}: the document has no text; give the pipeline the text itself, "
            "not a document of tokens alone"
        )
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
