"""Quotations with notes -> a document to work from: DOCX, HTML, Markdown or plain text. Pure.

Every entry has the words, who said them, the citation, its owner's note, what is doubtful, and
where to check it; each article stands once in the list at the end.
"""

import re
import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from io import BytesIO
from types import MappingProxyType
from typing import NamedTuple

from quotes import citing_prose
from quotes import pandoc_tree as tree
from quotes.citation_sources import Sources
from quotes.citations import CitableQuotation, one_line, text_fragment_url
from quotes.csl_styles import CitationStyle
from quotes.nlp.document import Kind
from quotes.params import STYLING, StylingParams

_CSS = """
body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.55 Georgia, serif;
  color: #1c1c1c; background: #fff; overflow-wrap: break-word; }
h1, h2 { line-height: 1.2; }
h1, p { unicode-bidi: plaintext; }
blockquote { margin: 1rem 0 1rem 1.5rem; }
a { color: #0b5394; }
ol > li { margin-bottom: 1.5rem; }
.where, .note { font-size: .875rem; margin: .25rem 0; }
.csl-entry { margin: 0 0 .75rem 2rem; text-indent: -2rem; }
.csl-left-margin { display: inline-block; min-width: 2rem; }
.csl-right-inline { display: inline; }
span.smallcaps { font-variant: small-caps; }
@media print { body { margin: 0; max-width: none; } a { color: inherit; } }
"""
# Nothing may be loaded and nothing run, whatever a reader opens the file with.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


# The style of the entries of a list of sources, up to its empty settings of paragraphs.
_LIST_STYLE = re.compile(rb'(w:styleId="Bibliography"(?:(?!</w:style>).)*?)<w:pPr ?/>', re.DOTALL)
_HANGS = b'<w:pPr><w:ind w:left="720" w:hanging="720"/></w:pPr>'


class Entry(NamedTuple):
    """A quotation in a document, with what its owner noted on it ("" for nothing)."""

    citable: CitableQuotation
    note: str = ""


class Form(NamedTuple):
    """A form of document: pandoc's name for it, its media type, and the ending of its file."""

    writer: str
    media_type: str
    ending: str
    label: str


FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "docx": Form(
            "docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "docx",
            "Word document",
        ),
        "html": Form("html5", "text/html; charset=utf-8", "html", "Web page"),
        "markdown": Form("gfm-raw_html", "text/markdown; charset=utf-8", "md", "Markdown"),
        "text": Form("plain", "text/plain; charset=utf-8", "txt", "Plain text"),
    }
)


def document_tree(
    title: str,
    description: str,
    entries: Sequence[Entry],
    *,
    style: CitationStyle,
    has_links: bool = True,
    params: StylingParams = STYLING,
) -> tree.Node:
    """Return the document as pandoc's tree, its citations still to be resolved.

    Without links, as in plain text, the addresses themselves are written.
    """
    sources = Sources([entry.citable for entry in entries], style)
    items = [
        [
            *_said(entry.citable, sources.citation(number), style, params),
            *_note(entry.note),
            *_doubt(entry.citable.doubt),
            _where(entry.citable, has_links=has_links),
        ]
        for number, entry in enumerate(entries)
    ]
    blocks = [tree.heading(1, title), *_paragraphs(description)]
    if items:
        blocks.append(tree.numbered(items))
    if style.has_list and items:
        blocks += [tree.heading(2, style.list_title), tree.division([], identifier="refs")]
    return tree.document(blocks, sources.metadata)


def with_hanging(docx: bytes) -> bytes:
    """Return a DOCX of pandoc's whose list of sources hangs by half an inch, as manuals want it.

    APA 7, 9.43; MLA 9, 1.5; CMOS 14.61. Pandoc sets entries so in HTML alone.
    """
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(docx)) as given, zipfile.ZipFile(made, "w") as changed:
        for info in given.infolist():
            data = given.read(info)
            if info.filename == "word/styles.xml":
                data = _LIST_STYLE.sub(rb"\1" + _HANGS, data, count=1)
            changed.writestr(info, data)
    return made.getvalue()


def page(title: str, body: str) -> str:
    """Return a whole page of HTML around the body that pandoc wrote."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(one_line(title))}</title>\n<style>{_CSS}</style>\n</head>\n<body>\n"
        f"{body.strip()}\n</body>\n</html>\n"
    )


def _paragraphs(text: str) -> list[tree.Node]:
    lines = (one_line(line) for line in text.splitlines())
    return [tree.paragraph(tree.words(line)) for line in lines if line]


def _said(
    c: CitableQuotation, cited: tree.Node, style: CitationStyle, params: StylingParams
) -> list[tree.Node]:
    is_long = sum(len(piece.split()) for piece in c.content) >= params.block_words
    # Only words that are wholly the speaker's may stand as a block: it means "verbatim".
    if is_long and c.kind is Kind.DIRECT and c.is_said:
        return _block(c, cited, style)
    return [_sentence(c, cited, style)]


def _note(note: str) -> list[tree.Node]:
    blocks = _paragraphs(f"Note: {note.strip()}") if note.strip() else []
    return [tree.division(blocks, classes=("note",))] if blocks else []


def _doubt(doubt: str) -> list[tree.Node]:
    blocks = _paragraphs(f"Check first: {doubt}.") if doubt else []
    return [tree.division(blocks, classes=("note",))] if blocks else []


def _sentence(c: CitableQuotation, cited: tree.Node, style: CitationStyle) -> tree.Node:
    lead, words = citing_prose.statement(c)
    if style.is_notes:
        return tree.paragraph([*tree.words(lead + citing_prose.stopped(words)), cited])
    said = tree.words(f"{lead}{words} ")
    return tree.paragraph([*said, cited, *tree.words(".")])


def _block(c: CitableQuotation, cited: tree.Node, style: CitationStyle) -> list[tree.Node]:
    lead = citing_prose.statement(c).lead.rstrip(" ,:")
    words = citing_prose.block_words(c) + ("" if style.is_notes else " ")
    quoted = tree.node("BlockQuote", [tree.paragraph([*tree.words(words), cited])])
    return [tree.paragraph(tree.words(f"{lead}:")), quoted]


def _where(c: CitableQuotation, *, has_links: bool) -> tree.Node:
    """Return where the words can be checked: the stored quotation, and the page itself."""
    inlines = [*tree.words("Archived quotation: "), tree.link(c.address, c.address)]
    if c.url:
        live = text_fragment_url(c)
        inlines += tree.words(" · " if has_links else " · In the article: ")
        inlines.append(tree.link("find it in the article" if has_links else live, live))
    return tree.division([tree.paragraph(inlines)], classes=("where",))
