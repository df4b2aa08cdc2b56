"""HTML -> its text block by block, as a reader sees it: for what is all article, and for checks.

A paragraph, a heading, a list item, a row of a table is a line; inline elements neither split nor
glue words; only what no reader sees is left out. Whole pages need `quotes.markup`, which tells the
article from what surrounds it.
"""

import re
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from lxml import etree
from lxml import html as lxml_html

NAME = "blocks 1"  # the number grows when what it makes of the same markup changes


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


HIDDEN = _names(
    "script style noscript template iframe object embed svg math head title select textarea "
    "button audio video canvas"
)
_BLOCKS = _names(
    "address article aside blockquote body br caption center dd details dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu "
    "nav ol option p pre section summary table tbody tfoot thead tr ul "
    "block body.content body.head body.end bq hl1 hl2 hedline media media-caption nitf"  # NITF
)
_CELLS = frozenset(("td", "th"))
# White space of HTML; a no-break space is a character that the author chose.
_SPACE = re.compile(r"[ \t\n\r\f]+")
_QUOTE_MARKS = (("“", "”"), ("‘", "’"))


class Block(NamedTuple):
    """The text of a block, on one line, and the element that its first words stand in."""

    text: str
    element: Any


def parsed(html: str) -> Any:
    """Return the root element of a page or fragment, None if there is none."""
    try:
        parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        return lxml_html.document_fromstring(html.encode(), parser=parser)
    except (ValueError, etree.LxmlError):
        return None


def html_text(html: str) -> str:
    """Return the text of markup that is all article, a block a line; "" if it holds no words."""
    root = parsed(html)
    if root is None:
        return ""
    mark_quotes(root)
    return joined(blocks(root))


def joined(found: Iterable[Block]) -> str:
    """Return the text of blocks, one a line."""
    return "\n".join(block.text for block in found)


def mark_quotes(root: Any) -> None:
    """Write the quotation marks into `root` that browsers show around `<q>`."""
    for element in list(root.iter("{*}q")):
        is_inner = any(local_name(above) == "q" for above in element.iterancestors())
        opening, closing = _QUOTE_MARKS[is_inner]
        element.text = opening + (element.text or "")
        if len(element):
            element[-1].tail = (element[-1].tail or "") + closing
        else:
            element.text += closing


def blocks(root: Any, left_out: Collection[str] = HIDDEN) -> list[Block]:
    """Return the blocks below `root`, in order, none empty.

    Elements whose names are in `left_out` do not count, with all that they hold.
    """
    found: list[Block] = []
    parts: list[tuple[str, Any]] = []

    def end_block() -> None:
        if text := _SPACE.sub(" ", "".join(part for part, _ in parts)).strip(" "):
            first = next(element for part, element in parts if not _is_space(part))
            found.append(Block(text, first))
        parts.clear()

    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        name = local_name(element)
        if name in _BLOCKS:
            end_block()
        elif name in _CELLS:
            parts.append((" ", element))
        if event == "start" and name in left_out:
            walk.skip_subtree()
        elif event == "start":
            parts.append((element.text or "", element))
        elif element is not root:
            parts.append((element.tail or "", element.getparent()))
    end_block()
    return found


def _is_space(text: str) -> bool:
    return not _SPACE.sub("", text)


def local_name(element: Any) -> str:
    """Return an element's name in lower case without its namespace, "" for a comment."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
