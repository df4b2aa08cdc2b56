"""Stage order and batching; the public `Extractor`. No rules.

language -> reading -> tagger -> parse -> attribution. What is not English is kept from the models,
and badly set text is shown to them as in ordinary type. The tagger reads raw text, so it goes
before the parser: later stages can be told which paragraphs matter.
"""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from hashlib import sha256
from importlib import metadata
from itertools import islice
from pathlib import Path
from typing import Any

from quotes.nlp.attribution import attribute
from quotes.nlp.document import Document, Foreign, Provenance, Quotation, Span
from quotes.nlp.language import note, read_english
from quotes.nlp.parse import Parser
from quotes.nlp.reading import read_plainly
from quotes.nlp.stanza_packages import SHIPPED
from quotes.nlp.tagger import Tagger
from quotes.params import DEFAULTS, Params

_HERE = Path(__file__).parent
_LIBRARIES = ("stanza", "onnxruntime", "tokenizers", "py3langid")


class Extractor:
    """Finds the quotations of a text and attributes each to its speaker.

    `Extractor()(text)` returns a Document; `batch` streams, sharing forward passes between texts.
    Models load on the first use and stay. One extractor serves one thread at a time. `package`
    and `directory` choose Stanza's models (quotes/nlp/parse.py).
    """

    def __init__(
        self, package: str = SHIPPED, directory: Path | None = None, *, params: Params = DEFAULTS
    ) -> None:
        self._package, self._directory, self._params = package, directory, params

    @cached_property
    def _tagger(self) -> Tagger:
        return Tagger(params=self._params)

    @cached_property
    def _parser(self) -> Parser:
        encoder = self._tagger.encoder
        return Parser(self._package, self._directory, encoder=encoder, params=self._params)

    def __call__(self, text: str) -> Document:
        """Return `text` with its quotations; ParseError if the text cannot be processed."""
        return self._run([text])[0]

    def batch(self, texts: Iterable[str]) -> Iterator[Document]:
        """Yield one Document for each of `texts`, in order, holding few in memory at a time."""
        source = iter(texts)
        while group := list(islice(source, self._params.extract_batch_texts)):
            yield from self._run(group)

    def _run(self, texts: Sequence[str]) -> list[Document]:
        with _collector_paused():
            return read_english(texts, partial(read_plainly, read=self._read), self._params)

    def _read(self, docs: Sequence[Document]) -> list[Document]:
        tagged, states = self._tagger.tag(docs)
        parsed = self._parser.batch(tagged, states)
        return [attribute(doc, self._params) for doc in parsed]

    @cached_property
    def provenance(self) -> Provenance:
        """What this extractor is made of: code, models, lexicons and thresholds, with hashes."""
        libraries = " ".join(f"{name} {metadata.version(name)}" for name in _LIBRARIES)
        code = sorted([*_HERE.glob("*.py"), _HERE.parent / "params" / "extraction.py"])
        return Provenance(
            code_version=f"{_version()} ({self._package}; {libraries})",
            code_sha256=sha256(b"".join(path.read_bytes() for path in code)).hexdigest(),
            models=_hashes(_HERE / "models")
            | (_hashes(self._directory) if self._directory else {}),
            lexicons=_hashes(_HERE / "data"),
            params=self._params.flat(),
        )


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep Python from searching for cycles until the end of the block.

    Documents have none, but are so many small objects that the searches took a tenth of the time:
    each goes through all of them, and through the libraries' own.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _version() -> str:
    try:
        return f"quote-tracker {metadata.version('quote-tracker')}"
    except metadata.PackageNotFoundError:
        return "quote-tracker"  # from its source tree: the hash of the code says which


def _hashes(folder: Path) -> dict[str, str]:
    """Return path below `folder` -> SHA-256 of each data or weights file, not of documents."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix not in (".md", ".pyc"))
    return {str(path.relative_to(folder)): _file_sha256(path) for path in files}


def _file_sha256(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def as_json(doc: Document, identifier: object) -> dict[str, Any]:
    """Return what `manage.py extract` and the API print for one article.

    Offsets are code points into the given text; keys as in docs/extract-format.md.
    """
    return {
        "id": identifier,
        "language": doc.language,
        "note": note(doc) or None,
        "skipped": [_passage(part) for part in doc.foreign],
        "quotes": [_quote(quotation) for quotation in doc.quotations],
    }


def _passage(part: Foreign) -> dict[str, Any]:
    return {"start": part.span.start, "end": part.span.end, "language": part.language}


def _quote(quotation: Quotation) -> dict[str, Any]:
    return {
        "content": _pairs(quotation.content),
        "cue": _pairs(quotation.cue),
        "source": _pairs(quotation.source),
        "kind": quotation.kind.value,
        "act": quotation.act.value,
        "factuality": quotation.factuality.value,
        "speaker": quotation.speaker.name if quotation.speaker else None,
        "medium": quotation.medium,
        "confidence": round(quotation.confidence, 4),
        "speaker_confidence": _rounded(quotation.speaker_confidence),
    }


def _rounded(probability: float | None) -> float | None:
    return None if probability is None else round(probability, 4)


def _pairs(spans: Sequence[Span]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]
