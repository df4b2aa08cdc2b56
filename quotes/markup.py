"""A news page's HTML -> its main text and what it says of itself, through trafilatura."""

from datetime import date
from importlib.metadata import version
from typing import Any

from lxml import html as lxml_html
from trafilatura import bare_extraction

from quotes.nlp.document import Frozen

# A quotation set apart is the first thing that extractors drop and the last that we may lose.
_BLOCKS = "//article//blockquote | //main//blockquote"
_SAMPLE_CHARS = 60


class MarkupError(ValueError):
    """A page from which no text could be taken."""


class Page(Frozen):
    """The main text of a page, paragraphs separated by line ends, and the page's metadata."""

    text: str
    title: str
    author: str
    site_name: str
    language: str
    url: str
    published_on: date | None
    extractor: str


def main_text(html: str) -> Page:
    """Return the article that a page carries; MarkupError if there is none.

    Where block quotes of the article are missing, the page is read again for recall; if they
    stay missing, `extractor` says how many, so that the loss is on record with the text.
    """
    quotes = _block_quotes(html)
    found = _extract(html, recall=False)
    missing = _missing(quotes, found)
    if missing:
        again = _extract(html, recall=True)
        if len(_missing(quotes, again)) < len(missing):
            found, missing = again, _missing(quotes, again)
    text = found.get("text") or ""
    if not text.strip():
        raise MarkupError("has no article text in its HTML")
    lost = f", {len(missing)} block quotes not found" if missing else ""
    return Page(
        text=text,
        title=found.get("title") or "",
        author=found.get("author") or "",
        site_name=found.get("sitename") or "",
        language=found.get("language") or _language(html),
        url=found.get("url") or "",
        published_on=_day(found.get("date")),
        extractor=f"trafilatura {version('trafilatura')}{lost}",
    )


def _extract(html: str, *, recall: bool) -> dict[str, Any]:
    try:
        found = bare_extraction(
            html,
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


def _tree(html: str) -> Any:
    try:
        parser = lxml_html.HTMLParser(encoding="utf-8")
        return lxml_html.document_fromstring(html.encode(), parser=parser)
    except (ValueError, lxml_html.etree.LxmlError):
        return None


def _block_quotes(html: str) -> list[str]:
    tree = _tree(html)
    if tree is None:
        return []
    texts = (_letters(element.text_content()) for element in tree.xpath(_BLOCKS))
    return [text for text in texts if text]


def _missing(quotes: list[str], found: dict[str, Any]) -> list[str]:
    text = _letters(found.get("text") or "")
    return [quote for quote in quotes if quote[:_SAMPLE_CHARS] not in text]


def _letters(text: str) -> str:
    """Return `text` without white space, which tags and their absence change."""
    return "".join(text.split())


def _language(html: str) -> str:
    tree = _tree(html)
    return "" if tree is None else str(tree.get("lang") or "").strip()


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        return None
