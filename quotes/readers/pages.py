"""News pages in HTML: main text, what the page says of itself, and the page's bytes, kept."""

import re
from collections.abc import Iterator
from typing import Any

from quotes import methods
from quotes.fields import refuse_controls
from quotes.markup import MarkupError, main_text
from quotes.readers.inputs import Input, Item, article
from quotes.readers.media_types import charset
from quotes.refusals import InputError
from quotes.source_texts import SourceText

_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?([\w.:-]+)"""
)
_DECLARED_WITHIN_BYTES = 2048


def read_page(given: Input) -> Iterator[Item]:
    """Yield the one article that a page carries; InputError if there is none."""
    data = given.whole()
    yield page_article(given, data, method=methods.WEB if given.address else "html")


def page_article(given: Input, data: bytes, **known: Any) -> SourceText:
    """Return the article of a page's bytes; what the page says of itself gives way to `known`."""
    declared = _DECLARED.search(data[:_DECLARED_WITHIN_BYTES])
    label = declared.group(1).decode("ascii", "replace") if declared else None
    html, _ = given.decoded(data, charset(given.media_type) or label)
    refuse_controls(html, given.params)
    try:
        page = main_text(html, given.address, limits=given.limits)
    except MarkupError as error:
        raise InputError(str(error), "give the article's page itself, or its plain text") from error
    found: dict[str, Any] = {
        "title": page.title,
        "byline": page.author,
        "outlet": page.site_name,
        "language": page.language,
        "published_on": page.published_on,
        "section": page.section,
        "published_at": page.published_at,
        "url": page.url,
        "text_note": page.note,
    }
    if notes := known.pop("text_note", ""):
        found["text_note"] = "; ".join(filter(None, (notes, page.note)))
    fields = found | {name: value for name, value in known.items() if value or name not in found}
    return article(
        given, page.text, media_type="text/html", raw=data, text_extractor=page.extractor, **fields
    )
