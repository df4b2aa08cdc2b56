"""ninjs, IPTC's news in JSON: 1.x (names in lower case, `body_*`), 2.x and 3.x (`bodies`)."""

import re
from typing import Any

from quotes import blocks
from quotes.fields import identifier, published, string
from quotes.readers.inputs import Input, article
from quotes.readers.media_types import essence
from quotes.readers.statuses import refuse_unpublished
from quotes.refusals import InputError
from quotes.source_texts import SourceText

_MARKED_UP = ("text/html", "application/xhtml+xml")
_SIGNS = ("versioncreated", "bodies", "headlines", "pubstatus", "representationtype", "profile")
_TAG = re.compile(r"<(?:p|br|div|h\d|ul|ol|blockquote)\b[^<>]*>", re.IGNORECASE)


def is_ninjs(fields: dict[str, Any]) -> bool:
    """Say whether a JSON object is a news item in ninjs: its own names stand beside a "uri"."""
    names = {name.lower() for name in fields}
    is_ours = "text" in names or "html" in names
    has_id = "uri" in names or "guid" in names
    bodies = any(name.startswith("body_") for name in names)
    return has_id and not is_ours and (bodies or any(sign in names for sign in _SIGNS))


def ninjs_article(given: Input, item: dict[str, Any]) -> SourceText:
    """Return the article of a ninjs object; InputError if it has no text or is not published."""
    fields = {name.lower(): value for name, value in item.items()}
    refuse_unpublished(string(fields, "pubstatus"), string(fields, "embargoed"))
    kind = string(fields, "type")
    body, is_marked_up = _body(fields)
    if not body:
        problem = f"holds no text (type {kind!r})" if kind else "holds no text"
        raise InputError(problem, "give an item with bodies, or with body_text or body_xhtml")
    names = ("versioncreated", "firstcreated", "contentcreated")
    published_on, published_at = published(fields, names)
    uri = identifier(fields, "uri") or identifier(fields, "guid")
    extractor = blocks.NAME if is_marked_up else "JSON string"
    return article(
        given,
        blocks.html_text(body) if is_marked_up else body,
        title=_headline(fields),
        byline=string(fields, "byline", "by"),
        outlet=_source(fields),
        language=string(fields, "language"),
        published_on=published_on,
        published_at=published_at,
        origin_id=uri,
        id_scope="world" if ":" in uri else given.id_scope,
        method="ninjs",
        media_type="text/html" if is_marked_up else "application/json",
        raw=body.encode(),
        source_sha256="",
        text_extractor=extractor,
    )


def _body(fields: dict[str, Any]) -> tuple[str, bool]:
    """Return the fullest body and whether it is HTML: markup first, for it has the paragraphs."""
    found = [
        (string(one, "value"), essence(string(one, "contenttype")) in _MARKED_UP)
        for one in _objects(fields.get("bodies"))
    ]
    for name in sorted(name for name in fields if name.startswith("body_")):
        value = string(fields, name)
        marked_up = name in ("body_xhtml", "body_html") or _TAG.search(value) is not None
        found.append((value, marked_up and name != "body_text"))
    found = [one for one in found if one[0].strip()]
    return max(found, key=lambda one: one[1], default=("", False))


def _headline(fields: dict[str, Any]) -> str:
    headlines = _objects(fields.get("headlines"))
    main = [one for one in headlines if one.get("role") == "main"] or headlines
    given = string(main[0], "value") if main else ""
    return given or string(fields, "headline", "headline_main", "headline_text")


def _source(fields: dict[str, Any]) -> str:
    """Return who provides the item: an information source that is named, else its owner."""
    sources = [*_objects(fields.get("infosources")), *_objects(fields.get("infosource"))]
    named = next((string(one, "name") for one in sources if one.get("name")), "")
    return named or string(fields, "copyrightholder")


def _objects(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list, their names in lower case; [] if it is no list."""
    items = value if isinstance(value, list) else []
    return [{k.lower(): v for k, v in one.items()} for one in items if isinstance(one, dict)]
