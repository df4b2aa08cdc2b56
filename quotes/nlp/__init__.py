"""Finds quotations in news text and attributes each to its speaker. Needs no Django.

>>> from quotes.nlp import Extractor
>>> doc = Extractor()("The minister, Ana Roe, said taxes would fall.")
>>> [(q.speaker.name, q.content[0].of(doc.text)) for q in doc.quotations]
[('Ana Roe', 'taxes would fall')]
"""

from typing import TYPE_CHECKING, Any

from quotes.nlp.document import (
    Act,
    Document,
    Evidence,
    Factuality,
    Kind,
    Provenance,
    Quotation,
    Span,
    Speaker,
    SpeakerKind,
)

if TYPE_CHECKING:
    from quotes.nlp.pipeline import Extractor, as_json

__all__ = [
    "Act",
    "Document",
    "Evidence",
    "Extractor",
    "Factuality",
    "Kind",
    "Provenance",
    "Quotation",
    "Span",
    "Speaker",
    "SpeakerKind",
    "as_json",
]


def __getattr__(name: str) -> Any:
    """Import the pipeline when it is first asked for: it brings Stanza and PyTorch with it."""
    if name not in ("Extractor", "as_json"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from quotes.nlp import pipeline  # noqa: PLC0415  see above

    return getattr(pipeline, name)
