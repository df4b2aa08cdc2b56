"""A draft with citations at their places, and the list of what they cite; as text or document.

Only citations come into the draft, each behind the words that it is for, and the list at its end:
no character of the draft is changed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser
from typing import Any, NamedTuple

from quotes import pandoc, styled
from quotes import pandoc_tree as tree
from quotes.citations import CitableQuotation
from quotes.draft_quotations import DraftQuotation, place_after
from quotes.styled import Reference
from quotes.styled_documents import page

_NOTES = "Notes"
_MARKER = re.compile(r"\[\^q(\d{1,4})\]")
_TAGS = {"i": "Emph", "b": "Strong", "sup": "Superscript", "sub": "Subscript"}
_ITEM = re.compile(r"[ ]{0,3}[-*•][ ]+")
_HEADING = re.compile(r"(#{1,6})[ ]+")
_QUOTED = re.compile(r"[ ]{0,3}>[ ]?")


class Download(NamedTuple):
    """A form in which an amended draft is sent."""

    label: str
    media_type: str
    ending: str


DOWNLOADS = {
    "text": Download("Plain text", "text/plain; charset=utf-8", "txt"),
    "markdown": Download("Markdown", "text/markdown; charset=utf-8", "md"),
    "html": Download("HTML", "text/html; charset=utf-8", "html"),
    "docx": Download(
        "DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"
    ),
}


class Amended(NamedTuple):
    """A draft with its citations. `inserted` is number of the quotation -> what stands behind it.

    `notes` are those of a style of notes, in order; `references` the list, headed `list_title`,
    "" where the style has none.
    """

    text: str
    inserted: dict[int, str]
    notes: tuple[str, ...]
    references: tuple[Reference, ...]
    list_title: str

    def whole(self, *, is_markdown: bool = False) -> str:
        """Return the draft with its notes and its list as text."""
        parts = [self.text.rstrip("\n")]
        if self.notes:
            parts.append("\n\n".join(f"[^q{n}]: {note}" for n, note in enumerate(self.notes, 1)))
        if self.references and self.list_title:
            parts.append(f"{'## ' if is_markdown else ''}{self.list_title}")
            parts += [reference.text for reference in self.references]
        return "\n\n".join(parts) + "\n"


def amend(
    text: str,
    quotations: Sequence[DraftQuotation],
    chosen: Mapping[int, CitableQuotation],
    style: str,
) -> Amended:
    """Return the draft with a citation of each of `chosen`, by the number of the quotation.

    Raises StyleError as `styled.bibliography` does.
    """
    named = styled.style_named(style)
    places = sorted(
        (place_after(text, quotation), quotation.number)
        for quotation in quotations
        if quotation.number in chosen
    )
    cited = [chosen[number] for _, number in places]
    found = styled.bibliography(cited, style)
    listed = styled.references(cited, style) if named.has_list and cited else []
    inserted, parts, at = {}, [], 0
    for count, ((place, number), citation) in enumerate(zip(places, found, strict=True), 1):
        inserted[number] = f"[^q{count}]" if named.is_notes else citation.in_text
        space = "" if named.is_notes else " "
        parts += [text[at:place], space, inserted[number]]
        at = place
    notes = tuple(citation.in_text for citation in found) if named.is_notes else ()
    whole = "".join([*parts, text[at:]])
    return Amended(whole, inserted, notes, tuple(listed), named.list_title)


# --- as documents


def write(amended: Amended, form: str, *, title: str = "Draft") -> bytes:
    """Return the draft as a file in one of DOWNLOADS; PandocError where it cannot be written."""
    if form == "text":
        return amended.whole().encode()
    if form == "markdown":
        return amended.whole(is_markdown=True).encode()
    nodes = list(_nodes(amended))
    if amended.references and amended.list_title:
        nodes.append(tree.heading(2, amended.list_title))
        nodes += [tree.paragraph(_inlines(one.html)) for one in amended.references]
    made = pandoc.convert(tree.document(nodes, {}), "html" if form == "html" else "docx")
    return page(title, made.decode()).encode() if form == "html" else made


def _nodes(amended: Amended) -> Iterator[tree.Node]:
    """Yield the draft as pandoc's blocks: paragraphs, headings, lists, block quotations."""
    for chunk in re.split(r"\n[ \t]*\n", amended.text):
        lines = [line for line in chunk.split("\n") if line.strip()]
        if not lines:
            continue
        if all(_QUOTED.match(line) for line in lines):
            bare = [_QUOTED.sub("", line, count=1) for line in lines]
            yield tree.node("BlockQuote", [_paragraph(bare, amended.notes)])
        elif all(_ITEM.match(line) for line in lines):
            bare = [_ITEM.sub("", line, count=1) for line in lines]
            items = [[_paragraph([line], amended.notes)] for line in bare]
            yield tree.node("BulletList", items)
        elif len(lines) == 1 and (found := _HEADING.match(lines[0])):
            yield tree.heading(len(found[1]), lines[0][found.end() :])
        else:
            yield _paragraph(lines, amended.notes)


def _paragraph(lines: Sequence[str], notes: Sequence[str]) -> tree.Node:
    found: list[tree.Node] = []
    for number, line in enumerate(lines):
        if number:
            found.append(tree.node("LineBreak"))
        at = 0
        for marker in _MARKER.finditer(line):
            count = int(marker[1])
            if not 0 < count <= len(notes):
                continue
            found += tree.words(line[at : marker.start()])
            found.append(tree.node("Note", [tree.paragraph(tree.words(notes[count - 1]))]))
            at = marker.end()
        found += tree.words(line[at:])
    return tree.paragraph(found)


class _Reader(HTMLParser):
    """Reads the HTML that citations are written in: emphasis and links, no more."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.held: list[tuple[str, str, list[tree.Node]]] = [("", "", [])]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.held.append((tag, dict(attrs).get("href") or "", []))

    def handle_endtag(self, tag: str) -> None:
        if len(self.held) == 1 or self.held[-1][0] != tag:
            return
        _, address, inside = self.held.pop()
        if tag in _TAGS:
            made: list[Any] = [tree.node(_TAGS[tag], inside)]
        elif address:
            made = [tree.link(tree.as_text(inside), address)]
        else:
            made = inside
        self.held[-1][2].extend(made)

    def handle_data(self, data: str) -> None:
        self.held[-1][2].extend(tree.words(data))


def _inlines(html: str) -> list[tree.Node]:
    """Return the HTML of a citation as pandoc's inlines."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [node for _, _, inside in reader.held for node in inside]
