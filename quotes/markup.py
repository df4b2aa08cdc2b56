"""A news page's HTML -> its article, in paragraphs, and what it says of itself.

trafilatura tells the article from what surrounds it; the page's own blocks (`quotes.blocks`) give
its words, for trafilatura drops clauses, quotation marks and block quotes, and glues paragraphs.
Where the article still looks incomplete, a note says in what. Why: docs/decisions/0022-reading.md.
"""

from contextlib import suppress
from copy import deepcopy
from datetime import date, datetime
from importlib.metadata import version
from typing import Any

from quotes import blocks
from quotes.article_blocks import NEVER_ARTICLE, shaped
from quotes.nlp.document import Frozen
from quotes.page_facts import page_facts
from quotes.params import READING, ReadingParams

_EXTRACTOR = f"trafilatura {version('trafilatura')}"


class MarkupError(ValueError):
    """A page from which no text could be taken."""


class Page(Frozen):
    """The main text of a page, a paragraph a line, and the page's metadata.

    `note` says in what the text looks incomplete, "" if in nothing.
    """

    text: str
    title: str
    author: str
    site_name: str
    section: str
    language: str
    url: str
    published_on: date | None
    published_at: datetime | None
    extractor: str
    note: str


def main_text(html: str, address: str = "", *, limits: ReadingParams = READING) -> Page:
    """Return the article that a page carries; MarkupError if there is none.

    `address` is where the page was fetched from, "" if that is unknown.
    """
    root = blocks.parsed(html)
    if root is not None and sum(1 for _ in root.iter()) > limits.max_page_elements:
        raise MarkupError(f"is too large (over {limits.max_page_elements:,} elements)")
    if root is not None:
        blocks.mark_quotes(root)
    found = {} if root is None else _extract(root, recall=False)
    if not any(map(str.isalnum, found.get("text") or "")):
        raise MarkupError("has no article text in its HTML")
    facts = page_facts(root, address)
    article = shaped(root, found["text"], limits=limits)
    if article.missing:
        with suppress(MarkupError):  # the first reading stands
            again = shaped(root, _extract(root, recall=True).get("text") or "", limits=limits)
            article = min(article, again, key=lambda one: one.missing_letters)
    notes = [article.note]
    if not facts.is_free:
        notes.append("the page says that it is not free to read: this may be its beginning only")
    return Page(
        text=article.text,
        title=found.get("title") or "",
        author=found.get("author") or "",
        site_name=found.get("sitename") or "",
        section=facts.section,
        language=facts.language or found.get("language") or "",
        url=facts.url,
        published_on=facts.published_on or _day(found.get("date")),
        published_at=facts.published_at,
        extractor=f"{_EXTRACTOR}, {blocks.NAME}" if article.is_shaped else _EXTRACTOR,
        note="; ".join(filter(None, notes)),
    )


def _extract(root: Any, *, recall: bool) -> dict[str, Any]:
    from trafilatura import bare_extraction  # noqa: PLC0415  not for every start

    tree = _prepared(root)
    try:
        found = bare_extraction(
            tree,
            with_metadata=True,
            include_comments=False,
            favor_recall=recall,
            # Only dates that the page states: a search through its words finds other events' days.
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    except Exception as error:  # a third party's parser on hostile input
        raise MarkupError(f"cannot be parsed as HTML ({type(error).__name__})") from error
    # trafilatura declares a dict too, which it returns only on request.
    return found.as_dict() if found and not isinstance(found, dict) else {}


def _prepared(root: Any) -> Any:
    """Return a copy of a page without what is no article and what trafilatura stumbles over."""
    tree = deepcopy(root)
    for element in list(tree.iter(*NEVER_ARTICLE)):
        if element.getparent() is not None:
            element.drop_tree()
    for element in list(tree.iter("q")):
        element.drop_tag()  # its words would be moved behind the paragraph; its marks are written
    for element in list(tree.iter("center")):
        element.tag = "div"  # it would be dropped
    return tree


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        return None
