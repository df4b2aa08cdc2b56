"""Sentences of our own that extraction gets wrong: what is right, and what the models give."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from quotes.nlp.document import Document, Quotation, Span
from quotes.nlp.pipeline import Extractor

SENTENCES = Path(__file__).with_name("failures.tsv")
NOTHING = "-"
_COLUMNS = 3


def sentences() -> list[tuple[str, str, str]]:
    """Return (what is hard, text, right answer) of each; ValueError names a malformed line."""
    found = []
    for number, line in enumerate(SENTENCES.read_text(encoding="utf-8").splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        columns = line.split("\t")
        if len(columns) != _COLUMNS:
            raise ValueError(
                f"{SENTENCES.name}:{number}: has {len(columns)} columns, not {_COLUMNS}"
            )
        found.append((columns[0], columns[1].replace("\\n", "\n"), columns[2]))
    return found


def answer(doc: Document) -> str:
    """Return the quotations of a document as `SOURCE → SPEAKER: CONTENT`, parted by bars.

    The speaker is left out where it is the source as it stands, or where nobody is named.
    """
    return " | ".join(_shown(doc, quotation) for quotation in doc.quotations) or NOTHING


def _shown(doc: Document, quotation: Quotation) -> str:
    source = _words(doc, quotation.source)
    speaker = quotation.speaker.name if quotation.speaker else ""
    named = f" → {speaker}" if speaker and speaker.lower() not in source.lower() else ""
    return f"{source or '?'}{named}: {_words(doc, quotation.content)}"


def _words(doc: Document, spans: tuple[Span, ...]) -> str:
    return " … ".join(" ".join(span.of(doc.text).split()) for span in spans)


def examined() -> Iterator[dict[str, Any]]:
    """Yield each sentence with what the shipped models make of it."""
    listed = sentences()
    docs = Extractor().batch(text for _, text, _ in listed)
    for (hard, text, right), doc in zip(listed, docs, strict=True):
        given = answer(doc)
        yield {"hard": hard, "text": text, "right": right, "given": given, "ok": given == right}
