"""Pandoc's document tree: built from plain text, read back as plain text and HTML. Pure.

Text goes in as `Str`, which no reader of markup ever sees, and comes out escaped. The nodes are
those of pandoc-types 1.23: {"t": constructor, "c": contents}.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Any

from quotes.citations import mark_pairs, one_line

Node = dict[str, Any]
API_VERSION = [1, 23, 1]
_WEB = ("http://", "https://")
_NO_ATTRIBUTES: list[Any] = ["", [], []]
# What a tag of HTML, or a pair of marks, says of a constructor.
_TAGS = {"Emph": "i", "Strong": "b", "Superscript": "sup", "Subscript": "sub", "Underline": "u"}
_MARKS = {"DoubleQuote": ("“", "”"), "SingleQuote": ("‘", "’")}
_SINGLE = re.compile(
    r"(?P<opens>(?:(?<=^)|(?<=[\s(\[—–“\"]))[‘'](?=\S))|(?P<closes>(?<=\S)[’'](?=$|[\s.,;:!?)\]—–”\"]))"
)
_LONE_LETTER = 2
_BLANKS = ("Space", "SoftBreak", "LineBreak")


# --- building


def node(kind: str, contents: Any = None) -> Node:
    """Return a node; one without contents has none."""
    return {"t": kind} if contents is None else {"t": kind, "c": contents}


def words(text: str) -> list[Node]:
    """Return `text`, on one line, as words and spaces. A space at an end is kept."""
    found: list[Node] = []
    for number, word in enumerate(_spaced(text).split(" ")):
        if number:
            found.append(node("Space"))
        if word:
            found.append(node("Str", word))
    return found


def _spaced(text: str) -> str:
    line = one_line(text)
    before = " " if text[:1].isspace() and line else ""
    return f"{before}{line}{' ' if text[-1:].isspace() else ''}"


def title(text: str) -> list[Node]:
    """Return a title; its paired marks are marks, which each style writes as its own."""
    line = one_line(text)
    return _quoted(line, mark_pairs(line) | single_pairs(line), 0, len(line))


def single_pairs(line: str) -> dict[int, int]:
    """Return the position of each single mark that opens words -> that of the one behind them.

    British headlines quote so. None unless every mark that may close follows one that opens: else
    it is an apostrophe ("the workers’ ‘no’"), or may be; nor around one letter ("rock 'n' roll").
    """
    found = [(each.start(), each.lastgroup) for each in _SINGLE.finditer(line)]
    pairs = list(zip(found[::2], found[1::2], strict=False))
    if len(found) % 2 or any((a[1], b[1]) != ("opens", "closes") for a, b in pairs):
        return {}
    return {a[0]: b[0] for a, b in pairs if b[0] - a[0] > _LONE_LETTER}


def _quoted(line: str, pairs: Mapping[int, int], start: int, end: int) -> list[Node]:
    found: list[Node] = []
    at = plain = start
    while at < end:
        partner = pairs.get(at, -1)
        if at < partner < end:
            inside = _quoted(line, pairs, at + 1, partner)
            found += words(line[plain:at])
            found.append(node("Quoted", [node("DoubleQuote"), inside]))
            at = plain = partner + 1
        else:
            at += 1
    return found + words(line[plain:end])


def link(text: str, address: str) -> Node:
    """Return a link to an address of the web; the words alone for any other address."""
    if not address.startswith(_WEB):
        return node("Span", [_NO_ATTRIBUTES, words(text)])
    return node("Link", [_NO_ATTRIBUTES, words(text), [address, ""]])


def paragraph(inlines: Sequence[Node]) -> Node:
    """Return a paragraph."""
    return node("Para", list(inlines))


def division(blocks: Sequence[Node], *, identifier: str = "", classes: Sequence[str] = ()) -> Node:
    """Return a division with an identifier and classes."""
    return node("Div", [[identifier, list(classes), []], list(blocks)])


def heading(level: int, text: str) -> Node:
    """Return a heading."""
    return node("Header", [level, _NO_ATTRIBUTES, words(text)])


def numbered(items: Sequence[Sequence[Node]]) -> Node:
    """Return a numbered list; an item is a list of blocks."""
    attributes = [1, node("Decimal"), node("Period")]
    return node("OrderedList", [attributes, [list(item) for item in items]])


def citation(
    key: str, *, prefix: Sequence[Node], suffix: Sequence[Node], locator: str, number: int
) -> Node:
    """Return a citation of the reference `key`; `locator` as English writes it ("para. 4").

    `number` is that of the note, counted from 1.
    """
    # Braces tell pandoc where the locator ends, whatever the words after it are.
    cited = {
        "citationId": key,
        "citationPrefix": list(prefix),
        "citationSuffix": [*words(f"{{{locator}}}"), *suffix],
        "citationMode": node("NormalCitation"),
        "citationNoteNum": number,
        "citationHash": 0,
    }
    return node("Cite", [[cited], []])


def meta(value: Any) -> Node:
    """Return a value as metadata: maps, lists, inlines (a tuple), anything else as text."""
    if isinstance(value, Mapping):
        return node("MetaMap", {name: meta(part) for name, part in value.items()})
    if isinstance(value, list):
        return node("MetaList", [meta(part) for part in value])
    if isinstance(value, bool):
        return node("MetaBool", value)
    return node("MetaInlines", list(value) if isinstance(value, tuple) else words(str(value)))


def document(blocks: Sequence[Node], metadata: Mapping[str, Any]) -> Node:
    """Return a whole document."""
    return {
        "pandoc-api-version": API_VERSION,
        "meta": {name: meta(value) for name, value in metadata.items()},
        "blocks": list(blocks),
    }


# --- reading


def inlines_of(block: Node) -> list[Node]:
    """Return the inlines of a block: of a paragraph its own, of a division those of its blocks."""
    if block["t"] in ("Para", "Plain"):
        found: list[Node] = block["c"]
        return found
    if block["t"] == "Div":
        return [inline for part in block["c"][1] for inline in inlines_of(part)]
    return []


def note_in(inlines: Iterable[Node]) -> list[Node] | None:
    """Return what stands in the first note, None if there is none."""
    for inline in inlines:
        if inline["t"] == "Note":
            return [part for block in inline["c"] for part in inlines_of(block)]
        found = note_in(_children(inline))
        if found is not None:
            return found
    return None


def _children(inline: Node) -> list[Node]:
    contents = inline.get("c")
    if inline["t"] in ("Span", "Quoted", "Cite", "Link"):
        inside: list[Node] = contents[1]  # type: ignore[index]
        return inside
    if inline["t"] in (*_TAGS, "SmallCaps", "Strikeout"):
        return contents or []
    return []


def as_text(inlines: Iterable[Node]) -> str:
    """Return inlines as plain text on one line."""
    return one_line("".join(_written(inline, lambda text: text, _plainly) for inline in inlines))


def as_html(inlines: Iterable[Node]) -> str:
    """Return inlines as HTML: escaped text, tags for emphasis, links to addresses of the web."""
    return one_line("".join(_written(inline, escape, _tagged) for inline in inlines))


_Around = Callable[[Node, str], str]


def _written(inline: Node, of_text: Callable[[str], str], around: _Around) -> str:
    kind = inline["t"]
    if kind == "Str":
        return of_text(inline["c"])
    if kind in _BLANKS:
        return " "
    inside = "".join(_written(child, of_text, around) for child in _children(inline))
    if kind == "Quoted":
        opening, closing = _MARKS[inline["c"][0]["t"]]
        return f"{opening}{inside}{closing}"
    if kind == "Span" and {"csl-left-margin", "csl-block"} & set(inline["c"][0][1]):
        inside += " "  # the number before a reference is set apart, as a column of its own
    return around(inline, inside)


def _plainly(_: Node, inside: str) -> str:
    return inside


def _tagged(inline: Node, inside: str) -> str:
    kind = inline["t"]
    if tag := _TAGS.get(kind):
        return f"<{tag}>{inside}</{tag}>"
    if kind == "SmallCaps":
        return f'<span class="small-caps">{inside}</span>'
    if kind == "Link" and inline["c"][2][0].startswith(_WEB):
        address = escape(inline["c"][2][0])
        return f'<a href="{address}" rel="noopener noreferrer external">{inside}</a>'
    return inside
