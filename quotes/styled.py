"""Quotations -> citations in the styles of manuals, through a real CSL processor (pandoc).

The article is the source, never the speaker: whoever said it stands in the prose. An article that
several quotations cite is one source. Why, and where files deviate from their manuals:
docs/decisions/0030-citing-styles.md.
"""

import json
from collections.abc import Sequence
from typing import NamedTuple

from quotes import citing_prose, pandoc
from quotes import pandoc_tree as tree
from quotes.citation_sources import Sources
from quotes.citations import CitableQuotation
from quotes.csl_styles import STYLES, CitationStyle
from quotes.pandoc import PandocError
from quotes.params import STYLING, StylingParams
from quotes.refusals import InputError
from quotes.styled_documents import FORMS, Entry, Form, document_tree, page, with_hanging

__all__ = [
    "FORMS",
    "STYLES",
    "Citation",
    "CitationStyle",
    "Entry",
    "Form",
    "NotWrittenError",
    "Reference",
    "StyleError",
    "bibliography",
    "cite",
    "document",
    "references",
    "style_named",
]


class StyleError(InputError):
    """What cannot be cited so: the problem and the remedy."""


class NotWrittenError(StyleError):
    """Pandoc is missing, busy, too slow, or fails: it may work later, or for fewer quotations."""


class Reference(NamedTuple):
    """An article in a list of references, as plain text and as HTML (escaped, on one line)."""

    text: str
    html: str


class Citation(NamedTuple):
    """A quotation in a style.

    `prose` is a sentence with speaker, words and citation; `in_text` the citation alone, in a style
    of notes the text of the note; `reference_…` is the article's entry in the list of references.
    """

    prose: str
    in_text: str
    reference_text: str
    reference_html: str
    in_text_html: str


def style_named(name: str) -> CitationStyle:
    """Return a style; raises StyleError for a name of none, which names those there are."""
    if name not in STYLES:
        known = ", ".join(STYLES)
        raise StyleError(f"{name!r} is no citation style", f"use one of {known}")
    return STYLES[name]


def cite(c: CitableQuotation, style: str, *, params: StylingParams = STYLING) -> Citation:
    """Return one quotation in a style, its reference with the archived quotation where one may.

    Raises StyleError for an unknown style, and if pandoc cannot write it.
    """
    chosen = style_named(style)
    (found,) = _resolved([c], chosen, params).citations
    if not chosen.archived:
        return found
    at = chosen.archived.replace("{address}", c.address)
    where = tree.as_html([*tree.words(" " + at.replace(c.address, "")[:-1]),
                          tree.link(c.address, c.address), *tree.words(".")])  # fmt: skip
    return found._replace(
        reference_text=f"{found.reference_text} {at}",
        reference_html=f"{found.reference_html} {where}",
    )


def bibliography(
    cs: Sequence[CitableQuotation], style: str, *, params: StylingParams = STYLING
) -> list[Citation]:
    """Return the quotations in a style, in their order, as they follow each other in one text.

    So years have letters where needed, and later notes are short. One run of pandoc. Raises
    StyleError as `cite` does, and for more than `params.entries_most`.
    """
    return _resolved(cs, style_named(style), params).citations


def references(
    cs: Sequence[CitableQuotation], style: str, *, params: StylingParams = STYLING
) -> list[Reference]:
    """Return the list of references: each article once, in the order that the style wants.

    Raises StyleError as `bibliography` does.
    """
    return _resolved(cs, style_named(style), params).references


def document(
    title: str,
    description: str,
    entries: Sequence[Entry],
    *,
    style: str,
    form: str,
    params: StylingParams = STYLING,
) -> bytes:
    """Return quotations with notes as a document, in one of the FORMS, UTF-8 where it is text.

    Raises StyleError for a style or form that there is not, and as `bibliography` does.
    """
    chosen = style_named(style)
    if form not in FORMS:
        raise StyleError(f"{form!r} is no form of document", f"use one of {', '.join(FORMS)}")
    _check_count(entries, params)
    has_links = form != "text"
    written = document_tree(
        title, description, entries, style=chosen, has_links=has_links, params=params
    )
    try:
        made = pandoc.convert(written, FORMS[form].writer, csl=chosen.path, params=params)
    except PandocError as error:
        raise NotWrittenError(error.problem, error.remedy) from error
    if form == "docx" and chosen.has_hanging:
        return with_hanging(made)
    return page(title, made.decode()).encode() if form == "html" else made


class _Resolved(NamedTuple):
    citations: list[Citation]
    references: list[Reference]


def _resolved(
    cs: Sequence[CitableQuotation], style: CitationStyle, params: StylingParams
) -> _Resolved:
    _check_count(cs, params)
    if not cs:
        return _Resolved([], [])
    sources = Sources(cs, style)
    asked = [tree.paragraph([sources.citation(n)]) for n in range(len(cs))]
    blocks = _run(asked, sources, style, params)
    in_text = [_in_text(block, style) for block in blocks[: len(cs)]]
    listed = _listed(blocks[len(cs) :]) if style.has_list else _full(sources, style, params)
    citations = [
        Citation(_prose(c, cited.text, style), cited.text, *listed[key], cited.html)
        for c, cited, key in zip(cs, in_text, sources.keys, strict=True)
    ]
    return _Resolved(citations, list(listed.values()))


def _check_count(quotations: Sequence[object], params: StylingParams) -> None:
    if len(quotations) > params.entries_most:
        raise StyleError(
            f"{len(quotations)} quotations are more than {params.entries_most}",
            "take fewer at a time, or BibTeX, RIS or CSL-JSON",
        )


def _run(
    blocks: Sequence[tree.Node], sources: Sources, style: CitationStyle, params: StylingParams
) -> list[tree.Node]:
    asked = tree.document(blocks, sources.metadata)
    try:
        answer = pandoc.convert(asked, "json", csl=style.path, params=params)
    except PandocError as error:
        raise NotWrittenError(error.problem, error.remedy) from error
    found: list[tree.Node] = json.loads(answer)["blocks"]
    return found


def _in_text(block: tree.Node, style: CitationStyle) -> Reference:
    inlines = tree.inlines_of(block)
    note = tree.note_in(inlines) if style.is_notes else None
    return _written(inlines if note is None else note)


def _written(inlines: Sequence[tree.Node]) -> Reference:
    return Reference(tree.as_text(inlines), tree.as_html(inlines))


def _listed(blocks: Sequence[tree.Node]) -> dict[str, Reference]:
    """Return key -> reference of the list that pandoc put behind the citations, in its order."""
    found: dict[str, Reference] = {}
    for block in blocks:
        for entry in block["c"][1]:
            inlines = tree.inlines_of(entry)
            key = entry["c"][0][0].removeprefix("ref-")
            found[key] = _written(inlines)
    return found


def _full(sources: Sources, style: CitationStyle, params: StylingParams) -> dict[str, Reference]:
    """Return key -> full citation, of a style that has notes and no list."""
    keys = list(dict.fromkeys(sources.keys))
    bare = [
        tree.paragraph([tree.citation(key, prefix=(), suffix=(), locator="", number=number)])
        for number, key in enumerate(keys, 1)
    ]
    notes = [tree.note_in(block["c"]) or [] for block in _run(bare, sources, style, params)]
    return dict(zip(keys, map(_written, notes), strict=True))


def _prose(c: CitableQuotation, in_text: str, style: CitationStyle) -> str:
    said = citing_prose.statement(c)
    if style.is_notes:
        return citing_prose.sentence_with_note(said)
    return citing_prose.sentence(said, in_text)
