"""A quotation -> a link to the words in the live page: plain, and in Markdown. Pure."""

import re

from quotes.citations import (
    CitableQuotation,
    attribution,
    day_in_words,
    one_line,
    text_fragment_url,
)

# What CommonMark, with GitHub's additions, would read as markup.
_MARKS = re.compile(r"([\\`*_\[\]<>#|~&$^!])")
# GitHub makes a link of an address that stands bare.
_BARE = re.compile(r"(?i)(www)(?=\.)|(?<=[a-z])(?=://)")


def plain_link(c: CitableQuotation) -> str:
    """Return the address that makes a browser show the words, on a line."""
    return f"{text_fragment_url(c)}\n"


def markdown_link(c: CitableQuotation) -> str:
    """Return who said what as Markdown, linked to the words and to the stored quotation."""
    day = day_in_words(c.published_on) if c.published_on else ""
    where = ", ".join(filter(None, (one_line(c.outlet) or c.title, day)))
    said, address = attribution(c), _enclosed(text_fragment_url(c))
    kept = f"[archived quotation]({_enclosed(c.address)})"
    doubt = f"; check first: {_escaped(c.doubt)}" if c.doubt else ""
    return f"{_escaped(said)} ([{_escaped(where)}]({address}), {kept}{doubt})\n"


def _enclosed(address: str) -> str:
    """Return an address that cannot leave the brackets of a link."""
    return "".join(f"%{ord(char):02X}" if char in '()<>\\"` ' else char for char in address)


def _escaped(text: str) -> str:
    return _BARE.sub(lambda found: f"{found[0]}\\", _MARKS.sub(r"\\\1", one_line(text)))
