"""A collection -> a document, a bibliography, or a file for reference managers. Reads only.

With a style through pandoc, all at once and so up to a number; without one as a stream of any
length. That it was taken out is noted by quotes/cited.py.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from itertools import islice
from typing import NamedTuple

from django.utils import timezone
from django.utils.text import slugify

from quotes import citation_forms, collections, styled, verification
from quotes.chunks import chunks
from quotes.citations import CitableQuotation, csl_json
from quotes.models import Collection
from quotes.params import CITED, STYLING
from quotes.styled import Citation, Entry, StyleError
from quotes.styled_documents import page

_CHUNK = 200


class Made(NamedTuple):
    """What an export is: how it is called, its media type, the ending of its file."""

    label: str
    media_type: str
    ending: str


DOCUMENTS: Mapping[str, Made] = {
    name: Made(form.label, form.media_type, form.ending) for name, form in styled.FORMS.items()
}
BIBLIOGRAPHIES: Mapping[str, Made] = {
    "references-html": Made("References, web page", "text/html; charset=utf-8", "html"),
    "references-text": Made("References, plain text", "text/plain; charset=utf-8", "txt"),
}
DATA: Mapping[str, Made] = {
    name: Made(plain.label, plain.header, plain.ending)
    for name, plain in citation_forms.FORMS.items()
    if name in {"bibtex", "ris", "csl"}
}
FORMS: Mapping[str, Made] = {**DOCUMENTS, **BIBLIOGRAPHIES, **DATA}


class File(NamedTuple):
    """An export: its name, its media type, and what is in it."""

    name: str
    media_type: str
    body: bytes | Iterator[str]


def written(collection: Collection, *, form: str, style: str = "") -> File:
    """Return a collection in one of FORMS, with a style where the form has one.

    Raises StyleError for a form or style of none, for more quotations than a style takes at once,
    and if pandoc cannot write it.
    """
    if form not in FORMS:
        raise StyleError(f"{form!r} is no form of export", f"use one of {', '.join(FORMS)}")
    made = FORMS[form]
    body = data(collection, form) if form in DATA else _styled(collection, form, style)
    day = timezone.now().date().isoformat()
    name = slugify(collection.name, allow_unicode=True)[:60] or "collection"
    in_style = "" if form in DATA else slugify(style)  # of one day in two styles are two files
    stem = "-".join(filter(None, (name, in_style, day)))
    return File(f"{stem}.{made.ending}", made.media_type, body)


def data(collection: Collection, form: str) -> Iterator[str]:
    """Yield the citations of a collection in one of the plain forms, in order."""
    found = citable(collection)
    return _csl(found) if form == "csl" else _joined(found, form)


def citable(collection: Collection) -> Iterator[CitableQuotation]:
    """Yield what citations of its quotations need, in order; holds some hundred at a time."""
    for some in chunks(collections.all_items(collection, with_spans=True), _CHUNK):
        yield from verification.citables([item.quotation for item in some])


def _joined(found: Iterable[CitableQuotation], form: str) -> Iterator[str]:
    for citation in found:
        text = citation_forms.FORMS[form].write(citation)
        yield text if text.endswith("\n") else f"{text}\n\n"


def _csl(found: Iterable[CitableQuotation]) -> Iterator[str]:
    before = "["
    for citation in found:
        for item in json.loads(csl_json(citation)):
            yield before + json.dumps(item, ensure_ascii=False)
            before = ",\n"
    yield "]\n" if before != "[" else "[]\n"


def _styled(collection: Collection, form: str, style: str) -> bytes:
    styled.style_named(style)
    if (count := collection.items.count()) > STYLING.entries_most:
        raise StyleError(
            f"this collection has {count} quotations, and a style takes {STYLING.entries_most}",
            "move some into another collection, or export BibTeX, RIS or CSL-JSON",
        )
    items = list(collections.all_items(collection, with_spans=True))
    found = verification.citables([item.quotation for item in items])
    if form in DOCUMENTS:
        entries = [Entry(c, item.note) for c, item in zip(found, items, strict=True)]
        title, description = collection.name, collection.description
        return styled.document(title, description, entries, style=style, form=form)
    references = styled.references(found, style)
    if form == "references-text":
        return "".join(f"{reference.text}\n\n" for reference in references).encode()
    entries_html = "\n".join(f'<p class="csl-entry">{row.html}</p>' for row in references)
    body = f"<h1>{escape(collection.name)}</h1>\n{entries_html}"
    return page(collection.name, body).encode()


def preview(collection: Collection, style: str) -> list[Citation]:
    """Return the first quotations of a collection in a style; raises StyleError as `written`."""
    first = islice(collections.all_items(collection, with_spans=True), CITED.preview_items)
    return styled.bibliography([item.quotation.citable() for item in first], style)
