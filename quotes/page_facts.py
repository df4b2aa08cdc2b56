"""What a news page says of itself: its address, date, section, language; whether it is all there.

Read from the page's metadata (HTML `meta` and `link`, schema.org in JSON-LD), never from its words.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from quotes.fields import parse_date
from quotes.nlp.document import Frozen
from quotes.source_texts import is_web_address

_DATES = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "parsely-pub-date",
    "dc.date.issued",
    "dcterms.created",
    "dc.date",
    "publishdate",
    "pubdate",
    "date",
)
_SECTIONS = ("article:section", "og:article:section", "parsely-section", "articlesection")
_LANGUAGES = ("og:locale", "content-language", "dc.language", "inlanguage")
_NOT = (False, "False", "false", "FALSE")
_SCHEMA_NODES = 2000  # of one page's JSON-LD; a page has some ten
# Hosts under which a page of example.org is served to phones and by AMP's caches.
_HOST_PREFIXES = ("www.", "m.", "amp.", "mobile.")
_AMP_CACHE = ".cdn.ampproject.org"


class PageFacts(Frozen):
    """What a page says of itself; "" or None for what it does not say.

    `published_at` is aware. `is_free` is False only where the page says that it is not free to
    read, so that its text may be a beginning.
    """

    url: str = ""
    section: str = ""
    language: str = ""
    published_on: date | None = None
    published_at: datetime | None = None
    is_free: bool = True


def page_facts(root: Any, address: str = "") -> PageFacts:
    """Return what the page below `root` says of itself, fetched from `address` ("" if unknown)."""
    meta = dict(_meta(root))
    nodes = list(_schema(root))
    published_on, published_at = _published(root, meta, nodes)
    tags = root.xpath("//html/@lang") + _given(meta, _LANGUAGES) + _in_schema(nodes, "inLanguage")
    sections = _given(meta, _SECTIONS) + _in_schema(nodes, "articleSection")
    return PageFacts(
        url=own_address(_canonical(root, meta, address), address),
        section=next(iter(sections), ""),
        language=next((str(tag).strip().replace("_", "-") for tag in tags if tag.strip()), ""),
        published_on=published_on,
        published_at=published_at,
        is_free=not any(node.get("isAccessibleForFree") in _NOT for node in nodes),
    )


def own_address(claimed: str, address: str) -> str:
    """Return the address by which a page is known: what it claims, if that can be its own.

    A page from `address` is believed about its own host (as for phones, or in AMP's cache), not
    about another's: else anybody could pass for a version of somebody else's article. Nor is a
    site's front page believed to be the address of a page that stands below it.
    """
    if not is_web_address(claimed):
        return address
    if not address:
        return claimed
    if urlsplit(claimed).path in ("", "/") and urlsplit(address).path not in ("", "/"):
        return address
    here, there = _host(address), _host(claimed)
    cached = here.removesuffix(_AMP_CACHE).replace("--", "\0").replace("-", ".").replace("\0", "-")
    is_own = here == there or (here.endswith(_AMP_CACHE) and _bare(cached) == there)
    return claimed if is_own else address


def _host(url: str) -> str:
    return _bare((urlsplit(url).hostname or "").lower())


def _bare(host: str) -> str:
    for prefix in _HOST_PREFIXES:
        host = host.removeprefix(prefix)
    return host


def _canonical(root: Any, meta: dict[str, str], address: str) -> str:
    """Return the address that the page claims, whole; "" if it claims none that can be one."""
    links = root.xpath("//link[translate(@rel, 'CANOIL', 'canoil') = 'canonical']/@href")
    for written in (*links, meta.get("og:url", "")):
        try:
            url = str(urljoin(address, written.strip()))
        except ValueError:
            continue
        if is_web_address(url):
            return url
    return ""


def _meta(root: Any) -> Iterator[tuple[str, str]]:
    """Yield the names and contents of `meta`, the first of a name last so that it counts."""
    for element in reversed(root.xpath("//meta[@content]")):
        names = (element.get(key) for key in ("property", "name", "itemprop", "http-equiv"))
        for name in filter(None, names):
            if content := element.get("content").strip():
                yield name.strip().lower(), content


def _given(meta: dict[str, str], names: tuple[str, ...]) -> list[str]:
    return [meta[name] for name in names if name in meta]


def _schema(root: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects of the page's JSON-LD, whatever holds them."""
    waiting: list[Any] = []
    for text in root.xpath("//script[@type='application/ld+json']/text()"):
        try:
            waiting.append(json.loads(text))
        except (ValueError, RecursionError):
            continue
    for _ in range(_SCHEMA_NODES):
        if not waiting:
            return
        node = waiting.pop(0)
        if isinstance(node, list):
            waiting.extend(node[:_SCHEMA_NODES])
        elif isinstance(node, dict):
            yield node
            waiting.extend(node[key] for key in ("@graph", "mainEntity") if key in node)


def _in_schema(nodes: list[dict[str, Any]], name: str) -> list[str]:
    values = (node.get(name) for node in nodes)
    firsts = (value[0] if isinstance(value, list) and value else value for value in values)
    return [value.strip() for value in firsts if isinstance(value, str) and value.strip()]


def _published(
    root: Any, meta: dict[str, str], nodes: list[dict[str, Any]]
) -> tuple[date | None, datetime | None]:
    """Return the first date of publication that can be read, one with a time and zone before."""
    marked = root.xpath("//*[@itemprop='datePublished' or @pubdate]/@datetime")
    found = []
    for written in (*_in_schema(nodes, "datePublished"), *_given(meta, _DATES), *marked):
        try:
            found.append(parse_date(written.strip()))
        except (ValueError, TypeError):
            continue
    exact = [one for one in found if one[1]]
    return next(iter(exact or found), (None, None))
