"""NewsML-G2: news items alone or in a message, their content in XHTML, NITF or as plain text.

Only items with words are read; pictures and packages beside them are passed over. A provider's
item keeps its guid through its versions, so a later version becomes a new version of the article.
"""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from quotes import blocks
from quotes.fields import identifier, published
from quotes.readers.inputs import Input, Item, article
from quotes.readers.media_types import essence
from quotes.readers.statuses import refuse_unpublished
from quotes.readers.xml import xml_root
from quotes.refusals import InputError
from quotes.source_texts import SourceText

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_MARKED_UP = ("text/html", "application/xhtml+xml")


def read_newsml(given: Input) -> Iterator[Item]:
    """Yield the articles of a news item or news message; InputError if it holds none."""
    root = xml_root(given.whole())
    items = [e for e in root.iter("{*}newsItem") if _is_own(e)]
    texts = [item for item in items if _content(item) is not None]
    if not texts:
        what = f"{len(items)} items without text" if items else "no item"
        problem = f"holds {what} (root {blocks.local_name(root)!r})"
        raise InputError(problem, "give news items whose text is in inlineXML or inlineData")
    for item in texts:
        try:
            yield _article(given, item)
        except InputError as error:
            yield error.refusal(given.origin, item.sourceline)


def _is_own(item: Any) -> bool:
    """Say whether it is an item of the message itself, not one quoted within another's content."""
    return not any(blocks.local_name(above) == "inlinexml" for above in item.iterancestors())


def _content(item: Any) -> Any:
    """Return the element that holds the words, None if there is none."""
    for path in ("{*}contentSet/{*}inlineXML/*", "{*}contentSet/{*}inlineData"):
        for element in item.iterfind(path):
            if "".join(element.itertext()).strip():
                return element
    return None


def _article(given: Input, item: Any) -> SourceText:
    status = item.find("{*}itemMeta/{*}pubStatus")
    fields = {
        "guid": item.get("guid"),
        "versionCreated": _words(item, "itemMeta/versionCreated"),
        "contentCreated": _words(item, "contentMeta/contentCreated"),
    }
    embargo = _words(item, "itemMeta/embargoed")
    refuse_unpublished("" if status is None else _code(status), embargo)
    published_on, published_at = published(fields, ("versionCreated", "contentCreated"))
    guid = identifier(fields, "guid")
    text, extractor = _text(_content(item))
    return article(
        given,
        text,
        title=_words(item, "contentMeta/headline"),
        byline=_words(item, "contentMeta/by") or _words(item, "contentMeta/creator/name"),
        outlet=_named(item.find("{*}itemMeta/{*}provider")),
        language=_language(item),
        published_on=published_on,
        published_at=published_at,
        origin_id=guid,
        id_scope="world" if ":" in guid else given.id_scope,
        method="newsml-g2",
        media_type="application/vnd.iptc.g2.newsitem+xml",
        raw=etree.tostring(item, encoding="utf-8", with_tail=False),
        source_sha256="",
        text_extractor=extractor,
    )


def _text(content: Any) -> tuple[str, str]:
    if blocks.local_name(content) == "inlinedata":
        words = "".join(content.itertext())
        if essence(content.get("contenttype") or "") in _MARKED_UP:
            return blocks.html_text(words), blocks.NAME
        return words, "XML text"
    if blocks.local_name(content) == "nitf":
        content = next(content.iterfind(".//{*}body.content"), content)
    blocks.mark_quotes(content)
    return blocks.joined(blocks.blocks(content)), blocks.NAME


def _words(item: Any, path: str) -> str:
    """Return the words of the first element at `path` that has any, on one line."""
    for element in item.iterfind("/".join(f"{{*}}{name}" for name in path.split("/"))):
        if words := " ".join("".join(element.itertext()).split()):
            return words
    return ""


def _named(element: Any) -> str:
    """Return what a party is called: its name, else its literal, else its code ("nprov:AFP")."""
    return "" if element is None else _words(element, "name") or _code(element)


def _code(element: Any) -> str:
    literal = element.get("literal") or element.get("qcode") or element.get("uri") or ""
    return str(literal).rpartition(":")[2].rpartition("/")[2]


def _language(item: Any) -> str:
    language = item.find("{*}contentMeta/{*}language")
    tag = None if language is None else language.get("tag")
    return str(tag or item.get(_LANG) or "")
