"""A draft's file -> its text: DOCX, HTML, Markdown or plain text. Bounded, and nothing is kept.

Of HTML and DOCX come paragraphs, one blank line between them, with headings, lists and block
quotations marked as Markdown marks them; other formatting is left, and said (`LOST`). A DOCX is
read here and not by a program of its own: so what it may become when it is unpacked is bounded as
it is read, and no picture in it is unpacked at all.
"""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from lxml import etree

from quotes import blocks
from quotes.encodings import decode
from quotes.params import CHECKING, CheckParams
from quotes.refusals import InputError

FORMATS = ("text", "markdown", "html", "docx")
LOST = {
    "html": "Kept are paragraphs, headings, lists and block quotations; links, emphasis, tables "
    "and pictures are not.",
    "docx": "Kept are paragraphs, headings, lists and block quotations, and notes behind the text; "
    "emphasis, links, tables, pictures and comments are not.",
}
_MARKDOWN = frozenset((".md", ".markdown", ".mdown"))
_HTML = frozenset((".html", ".htm", ".xhtml"))
_LOOKS_LIKE_HTML = re.compile(r"\s*(?:<!doctype html|<html|<\?xml[^>]*>\s*<html)", re.IGNORECASE)
# What begins so is another kind of document, with the remedy for it.
_OTHERS = {
    b"%PDF": ("is a PDF", "copy its text and paste it, or save the draft as DOCX"),
    b"\xd0\xcf\x11\xe0": ("is in the old format of Word", "save it as DOCX"),
    b"{\\rtf": ("is in RTF", "save it as DOCX, or copy its text and paste it"),
}
_ZIP = b"PK\x03\x04"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_TEXT_PART = re.compile(r"word/document\d*\.xml")
_STYLES = "word/styles.xml"
_NOTES = ("word/footnotes.xml", "word/endnotes.xml")
_NOTES_HEADING = ("## ", "Notes")
_QUOTING = frozenset(("quote", "intense quote", "block text", "block quote", "quotations"))
_HEADING = re.compile(r"heading ([1-6])")
# A paragraph set in by so much, in twentieths of a point, is a block quotation: some 7 mm.
_SET_IN = 400
_DEEPEST = 6


class DraftText(NamedTuple):
    """A draft's text, and the format that it came in."""

    text: str
    format: str

    @property
    def lost(self) -> str:
        """Return what of the draft's formatting was not kept, in a sentence; "" if nothing."""
        return LOST.get(self.format, "")


def read_draft(data: bytes, name: str = "", *, params: CheckParams = CHECKING) -> DraftText:
    """Return the text of a draft's file; `name` tells Markdown from plain text.

    Raises InputError for what is too large, too long, no document, or one of another kind.
    """
    if len(data) > params.upload_most_bytes:
        problem = f"has {len(data):,} bytes, more than {params.upload_most_bytes:,}"
        raise InputError(problem, "check it in parts, or paste its text")
    for magic, (problem, remedy) in _OTHERS.items():
        if data.startswith(magic):
            raise InputError(problem, remedy)
    if data.startswith(_ZIP):
        found = DraftText(_docx(data, params), "docx")
    elif PurePosixPath(name).suffix.lower() == ".docx":
        raise InputError("is no DOCX, though its name says so", "save it once more, or paste it")
    else:
        found = _of_text(decode(data)[0], PurePosixPath(name).suffix.lower())
    return DraftText(checked(found.text, params=params), found.format)


def checked(text: str, *, params: CheckParams = CHECKING) -> str:
    """Return a draft with one kind of line break; InputError if it is empty or too long."""
    clean = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if not clean.strip():
        raise InputError("holds no text", "paste the draft, or choose its file")
    if len(clean) > params.draft_most_chars:
        problem = f"has {len(clean):,} characters, more than {params.draft_most_chars:,}"
        raise InputError(problem, "check it in parts")
    return clean


def _of_text(text: str, suffix: str) -> DraftText:
    if suffix in _HTML or _LOOKS_LIKE_HTML.match(text):
        return DraftText(_html(text), "html")
    return DraftText(text, "markdown" if suffix in _MARKDOWN else "text")


# --- HTML


def _html(markup: str) -> str:
    root = blocks.parsed(markup)
    if root is None:
        return ""
    # As of a DOCX with its changes tracked: what was deleted is no part of the text.
    etree.strip_elements(root, "del", with_tail=False)
    blocks.mark_quotes(root)
    return _joined((_sort_of(block.element), block.text) for block in blocks.blocks(root))


def _sort_of(element: Any) -> str:
    """Return what a block begins with in Markdown, by the elements around it."""
    names = [blocks.local_name(element), *map(blocks.local_name, element.iterancestors())]
    quoting = "> " if {"blockquote", "bq"} & set(names) else ""
    for name in names:
        if len(name) == 2 and name[0] == "h" and name[1] in "123456":  # noqa: PLR2004  h1 to h6
            return f"{quoting}{'#' * int(name[1])} "
        if name == "li":
            return f"{quoting}- "
    return quoting


def _joined(found: Any) -> str:
    """Return blocks as text: a blank line between two, but lines of a list stand together."""
    lines: list[str] = []
    before = ""
    for sort, text in found:
        if lines:
            together = sort == before and sort.endswith("- ")
            lines += [] if together else [">" if sort == before == "> " else ""]
        lines.append(sort + text)
        before = sort
    return "\n".join(lines)


# --- DOCX


def _docx(data: bytes, params: CheckParams) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            body, named, *notes = _parts(archive, params.unpacked_most_bytes)
        styles = _styles(named)
        noted = [found for part in notes if part for found in _paragraphs(_xml(part), styles)]
        heading = [_NOTES_HEADING] if noted else []
        return _joined([*_paragraphs(_xml(body), styles), *heading, *noted])
    except InputError:
        raise
    except Exception as error:  # parsers of others on hostile input
        raise InputError("is a broken DOCX", "save it once more, or paste its text") from error


def _parts(archive: zipfile.ZipFile, most: int) -> list[bytes]:
    """Return the parts of a DOCX that hold its text, its styles and its notes, b"" for none.

    Together they are at most `most` bytes, or it raises InputError.
    """
    names = archive.namelist()
    part = next((name for name in names if _TEXT_PART.fullmatch(name)), None)
    if part is None:
        raise InputError("is no document of Word", "save the draft as DOCX")
    found: list[bytes] = []
    for name in (part, _STYLES, *_NOTES):
        left = most - sum(map(len, found))
        found.append(_part(archive, name, left, most) if name in names else b"")
    return found


def _part(archive: zipfile.ZipFile, name: str, left: int, most: int) -> bytes:
    with archive.open(name) as file:
        found = file.read(left + 1)
    if len(found) > left:
        problem = f"becomes more than {most:,} bytes when it is unpacked"
        raise InputError(problem, "paste the draft’s text")
    return found


def _xml(data: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    # What other producers call by the names of the strict standard means the same.
    return etree.fromstring(data.replace(_STRICT[1:-1].encode(), _WORD[1:-1].encode()), parser)


def _styles(data: bytes) -> dict[str, str]:
    """Return identifier -> name, in lower case, of each style, those it is based on after it."""
    if not data:
        return {}
    found, bases = {}, {}
    for style in _xml(data).iter(f"{_WORD}style"):
        key = style.get(f"{_WORD}styleId", "")
        found[key] = _value(style, "name").lower()
        bases[key] = _value(style, "basedOn")
    return {key: "\n".join(_line(key, found, bases)) for key in found}


def _line(key: str, names: dict[str, str], bases: dict[str, str]) -> Iterator[str]:
    for _ in range(_DEEPEST):
        if key not in names:
            return
        yield names[key]
        key = bases[key]


def _value(element: Any, name: str) -> str:
    child = element.find(f"{_WORD}{name}") if element is not None else None
    return "" if child is None else child.get(f"{_WORD}val", "")


def _paragraphs(root: Any, styles: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what each paragraph with words begins with in Markdown, and its text."""
    for paragraph in root.iter(f"{_WORD}p"):
        around = {etree.QName(above).localname for above in paragraph.iterancestors()}
        if "Fallback" in around or "del" in around:
            continue
        text = "".join(_texts(paragraph)).strip()
        if text:
            yield _sort(paragraph.find(f"{_WORD}pPr"), styles), " ".join(text.split("\n"))


def _sort(properties: Any, styles: dict[str, str]) -> str:
    key = _value(properties, "pStyle")
    names = styles.get(key, key.lower()).split("\n")
    for name in names:
        if heading := _HEADING.fullmatch(name):
            return f"{'#' * int(heading[1])} "
        if name == "title":
            return "# "
        if name in _QUOTING:
            return "> "
    if properties is None:
        return ""
    if properties.find(f"{_WORD}numPr") is not None:
        return "- "
    indent = properties.find(f"{_WORD}ind")
    left = (indent.get(f"{_WORD}left") or indent.get(f"{_WORD}start")) if indent is not None else ""
    return "> " if left and left.isdecimal() and int(left) >= _SET_IN else ""


_SIGNS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
_LEFT_OUT = frozenset(
    ("del", "moveFrom", "p", "txbxContent", "Fallback", "pPr", "rPr", "instrText", "delText")
)


def _texts(element: Any) -> Iterator[str]:
    """Yield the words of a paragraph in order, as they stand when its changes are accepted."""
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name = etree.QName(child).localname
        if name == "t":
            yield child.text or ""
        elif name in _SIGNS:
            yield _SIGNS[name]
        elif name not in _LEFT_OUT:
            yield from _texts(child)
