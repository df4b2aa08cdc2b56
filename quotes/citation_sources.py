"""Quotations -> what pandoc is told of them: each article once, and a citation for each. Pure.

Texts go as nodes that no reader of markup ever sees (quotes/pandoc_tree.py).
"""

import json
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from quotes import citing_prose
from quotes import pandoc_tree as tree
from quotes.citations import UNTITLED, CitableQuotation, in_sentence, mark_pairs, one_line
from quotes.csl_styles import CitationStyle
from quotes.nlp import lexicon
from quotes.params import STYLING, StylingParams

# Where a title may be cut: a mark and a blank after it, or a dash between blanks.
_BREAK = re.compile(r"[:;?!|]\s+|\s+[–—|-]\s+")
_DOUBLE_MARKS = '“”"'


class Sources:
    """The articles that quotations cite, each once, as pandoc wants them told."""

    def __init__(self, cs: Sequence[CitableQuotation], style: CitationStyle) -> None:
        self._cs, self._style = cs, style
        self._items: dict[str, dict[str, Any]] = {}
        self.keys = [self._key(source_item(c, style)) for c in cs]

    def _key(self, item: dict[str, Any]) -> str:
        known = json.dumps(item, sort_keys=True)
        key = f"a{len(self._items) + 1}"
        return str(self._items.setdefault(known, {"id": key, **item})["id"])

    @property
    def metadata(self) -> dict[str, Any]:
        """Return the metadata of a document that cites them."""
        return {"references": list(self._items.values()), "lang": self._style.locale}

    def citation(self, number: int) -> tree.Node:
        """Return the citation of a quotation, by its number from 0."""
        c, style = self._cs[number], self._style
        who = in_sentence(c, citing_prose.speaker(c, with_role=False))
        before = style.before(c.kind, who, is_said=c.is_said)
        if before.startswith(who):
            who = who[:1].upper() + who[1:]
            before = style.before(c.kind, who, is_said=c.is_said)
        return tree.citation(
            self.keys[number],
            prefix=tree.words(before),
            suffix=tree.words(style.behind(c.kind, who, c.address, is_said=c.is_said)),
            locator=f"para. {c.paragraph_index}",
            number=number + 1,
        )


def source_item(c: CitableQuotation, style: CitationStyle) -> dict[str, Any]:
    """Return the article as CSL's variables, texts as nodes that no reader of markup sees."""
    described = style.has_genre and c.title == UNTITLED
    item = {
        "type": "article-newspaper" if c.outlet else "webpage",
        "title": () if described else tuple(tree.title(c.title)),
        "title-short": () if described else tuple(tree.title(short_title(c.title))),
        "genre": UNTITLED.strip("[]") if described else "",
        "container-title": outlet_name(c.outlet, style),
        "author": [author.csl() for author in c.authors],
        "issued": _date(c.published_on),
        "accessed": _date(c.retrieved_on) if style.has_accessed else None,
        "URL": web_address(c),
        # By it a style knows whether English rules of capitals hold.
        "language": one_line(c.language),
    }
    return {name: value for name, value in item.items() if value}


def outlet_name(outlet: str, style: CitationStyle) -> str:
    """Return an outlet's name on one line, without its "The" in a style that drops it."""
    name = one_line(outlet)
    return name.removeprefix("The ") if style.drops_the else name


def short_title(title: str, *, params: StylingParams = STYLING) -> str:
    """Return a long title's beginning, by which a citation in the text names it, else "".

    That is what stands before a colon or dash, else its first words without those at the end that
    only lead on ("of the"). Sources: APA 7, 8.14; MLA 9, 6.10; CMOS 18, 13.36.
    """
    words = one_line(title).split(" ")
    most = params.short_title_words
    if len(words) <= most:
        return ""
    first = _BREAK.split(one_line(title))[0].split(" ")
    short = first if len(first) <= most else words[: most - 1]
    while len(short) > 1 and _leads_on(short[-1]):
        short = short[:-1]
    found = " ".join(short).rstrip(",;:.-–— ")
    pairs = mark_pairs(found)
    # A mark whose partner is cut off goes.
    return "".join(
        char for at, char in enumerate(found) if char not in _DOUBLE_MARKS or at in pairs
    )


def _leads_on(word: str) -> bool:
    return len(word) == 1 or word.lower() in lexicon.words("english_words.txt")


def web_address(c: CitableQuotation) -> str:
    """Return the publisher's address if it is one of the web, else that of the stored text."""
    address = one_line(c.reference_url)
    return address if address.startswith(("http://", "https://")) else c.archived_text


def _date(day: date | None) -> dict[str, list[list[int]]] | None:
    return {"date-parts": [[day.year, day.month, day.day]]} if day else None
