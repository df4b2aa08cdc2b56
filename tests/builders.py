"""Hand-built documents and sources: what the models would find, without the models."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from quotes.ingest import SourceText
from quotes.nlp.document import (
    Act,
    Document,
    Evidence,
    Kind,
    Provenance,
    Quotation,
    Span,
    Speaker,
    SpeakerKind,
)

ROE = Speaker(name="Ana Roe", kind=SpeakerKind.PERSON, role="the minister", aliases=("Ms Roe",))
UN = Speaker(name="United Nations", kind=SpeakerKind.ORGANISATION, aliases=("UN",))
MONITOR = Speaker(name="a monitor", kind=SpeakerKind.ANONYMOUS)
COMMAND = Speaker(name="US Central Command", kind=SpeakerKind.ORGANISATION)
RAIL = (
    "Rail tax\n\nThe minister, Ana Roe, said the café tax would rise.\n"
    "“It must,” Ms Roe told reporters.\n"
)


def span(text: str, words: str, nth: int = 0) -> Span:
    """Return where the `nth` occurrence of `words` stands in `text`."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    return Span(start=start, end=start + len(words))


def quotation(text: str, content: str | tuple[str, ...], **fields: Any) -> Quotation:
    """Return a quotation of the pieces `content`; `cue` and `source` may be given as words."""
    pieces = (content,) if isinstance(content, str) else content
    for name in ("cue", "source"):
        if isinstance(fields.get(name), str):
            fields[name] = (span(text, fields[name]),)
    defaults: dict[str, Any] = {"kind": Kind.INDIRECT, "act": Act.SPEECH, "confidence": 0.8}
    spans = tuple(span(text, piece) for piece in pieces)
    return Quotation(**{**defaults, **fields, "content": spans})


def rail_document(text: str = RAIL) -> Document:
    """Return the two quotations of `RAIL`, the first with its evidence."""
    name = Evidence(role="name", span=span(text, "Ana Roe"), rule="own-name")
    cue = Evidence(role="cue", span=span(text, "said"), rule="cue")
    first = quotation(
        text,
        "the café tax would rise",
        cue="said",
        source="The minister, Ana Roe",
        speaker=ROE,
        evidence=(cue, name),
    )
    second = quotation(
        text, "“It must,”", cue="told", source="Ms Roe", speaker=ROE, kind=Kind.DIRECT
    )
    return Document(text=text, quotations=(first, second))


def source(text: str = RAIL, **fields: Any) -> SourceText:
    """Return `text` as read from a plain text file, with `fields` over that."""
    defaults: dict[str, Any] = {
        "origin": "articles/rail.txt",
        "method": "text",
        "media_type": "text/plain",
        "source_sha256": sha256(text.encode()).hexdigest(),
        "text_extractor": "decoded as utf-8",
        "retrieved_at": datetime(2026, 3, 4, 12, tzinfo=UTC),
    }
    return SourceText(text=text, **{**defaults, **fields})


def provenance(version: str = "1") -> Provenance:
    """Return an extractor's provenance; another `version` is another extractor."""
    return Provenance(
        code_version=version,
        code_sha256="c" * 64,
        models={"tagger": "m" * 64},
        lexicons={"cue_verbs.tsv": "d" * 64},
        params={"window_own_wordpieces": 180},
    )
