"""What kind of input a stream is: told by its content, its media type and its name.

What disagrees is settled by one order: what the caller says; a signature in the content (a zip's,
a feed's root, a page's doctype); a media type that says more than "text" or "bytes"; the suffix;
then whatever is left. Names and headers are often wrong, signatures hardly ever.
"""

import codecs
import json
import re
from enum import StrEnum
from pathlib import PurePosixPath

from quotes.readers.media_types import essence
from quotes.refusals import InputError


class Kind(StrEnum):
    """The kinds of input that can be read."""

    TEXT = "plain text"
    PAGE = "HTML"
    LINES = "JSON lines"
    JSON = "JSON"
    FEED = "RSS or Atom"
    NEWSML = "NewsML-G2"
    XML = "XML"
    WARC = "WARC"
    ZIP = "zip"
    GZIP = "gzip"


_SUFFIXES = {
    ".txt": Kind.TEXT,
    ".html": Kind.PAGE,
    ".htm": Kind.PAGE,
    ".xhtml": Kind.PAGE,
    ".jsonl": Kind.LINES,
    ".ndjson": Kind.LINES,
    ".json": Kind.JSON,
    ".rss": Kind.FEED,
    ".atom": Kind.FEED,
    ".xml": Kind.XML,
    ".warc": Kind.WARC,
    ".zip": Kind.ZIP,
    ".gz": Kind.GZIP,
}
_MEDIA_TYPES = {
    "text/html": Kind.PAGE,
    "application/xhtml+xml": Kind.PAGE,
    "application/jsonl": Kind.LINES,
    "application/jsonlines": Kind.LINES,
    "application/x-jsonlines": Kind.LINES,
    "application/x-ndjson": Kind.LINES,
    "application/ndjson": Kind.LINES,
    "application/json": Kind.JSON,
    "application/feed+json": Kind.JSON,
    "application/rss+xml": Kind.FEED,
    "application/atom+xml": Kind.FEED,
    "application/vnd.iptc.g2.newsitem+xml": Kind.NEWSML,
    "application/vnd.iptc.g2.packageitem+xml": Kind.NEWSML,
    "application/vnd.iptc.g2.newsmessage+xml": Kind.NEWSML,
    "application/warc": Kind.WARC,
    "application/zip": Kind.ZIP,
    "application/x-zip-compressed": Kind.ZIP,
    "application/gzip": Kind.GZIP,
    "application/x-gzip": Kind.GZIP,
}
# What servers and browsers say of anything: it counts only where nothing else tells.
_VAGUE = {"text/plain": Kind.TEXT, "text/xml": Kind.XML, "application/xml": Kind.XML}
_SIGNATURES = {
    b"PK\x03\x04": Kind.ZIP,
    b"PK\x05\x06": Kind.ZIP,
    b"\x1f\x8b": Kind.GZIP,
    b"WARC/": Kind.WARC,
}
_ROOTS = {
    "html": Kind.PAGE,
    "rss": Kind.FEED,
    "feed": Kind.FEED,
    "rdf": Kind.FEED,
    "newsitem": Kind.NEWSML,
    "packageitem": Kind.NEWSML,
    "newsmessage": Kind.NEWSML,
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What may stand before the root: white space, the declaration, comments, processing instructions.
_BEFORE_ROOT = re.compile(r"(?:\s|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_DOCTYPE = re.compile(r"<!doctype\s+([\w:.-]+)", re.IGNORECASE)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)[\s/>]")
REMEDY = (
    "name it by its type (.txt, .html, .jsonl, .json, .rss, .atom, .xml, .warc, .zip, each also "
    "with .gz), or give its media type"
)


def is_known(name: str) -> bool:
    """Say whether a folder's file of this name is read: its suffix is one of a known type."""
    return PurePosixPath(name).suffix.lower() in _SUFFIXES


def kind_of(head: bytes, name: str, media_type: str = "", *, asked: str = "") -> Kind:
    """Return the kind of the input that begins with `head`; InputError if it is none we read.

    `asked` is the media type that the caller gives: it counts whatever the input itself says, but
    what is packed is unpacked first.
    """
    signature = _signature(head, is_asked=bool(asked))
    if asked:
        return signature if signature in (Kind.ZIP, Kind.GZIP) else _asked(essence(asked))
    declared, suffix = essence(media_type), PurePosixPath(name).suffix.lower()
    found = signature or _MEDIA_TYPES.get(declared) or _SUFFIXES.get(suffix)
    if found is None:
        found = _VAGUE.get(declared) or (None if suffix else _guess(head))
    if found is None:
        raise InputError(f"has no known type (suffix {suffix!r})", REMEDY)
    if found is Kind.XML:
        root = _root(head)
        raise InputError(f"is XML of no known kind (root {root!r})", "give RSS, Atom or NewsML-G2")
    return found


def _asked(media_type: str) -> Kind:
    kind = _MEDIA_TYPES.get(media_type) or _VAGUE.get(media_type)
    if kind in (None, Kind.XML):
        known = ", ".join(["text/plain", *_MEDIA_TYPES])
        raise InputError(f"cannot be read as {media_type!r}", f"use one of {known}")
    return kind


def _signature(head: bytes, *, is_asked: bool) -> Kind | None:
    if head.startswith(b"%PDF-") and not is_asked:
        raise InputError("has no known type: it is a PDF", "give its text, or the article's page")
    for mark, kind in _SIGNATURES.items():
        if head.startswith(mark):
            return kind
    return _ROOTS.get(_root(head))


def _root(head: bytes) -> str:
    """Return the name of the root element, in lower case without prefix, "" if there is none."""
    text = _characters(head)
    before = _BEFORE_ROOT.match(text)
    start = before.end() if before else 0
    if doctype := _DOCTYPE.match(text, start):
        return doctype[1].lower().rpartition(":")[2]
    root = _ROOT.match(text, start)
    return root[1].lower() if root else ""


def _characters(head: bytes) -> str:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "replace")
    return head.decode("latin-1")


def _guess(head: bytes) -> Kind:
    """Return the likeliest kind of an input without a name: JSON by its first line, else text."""
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if text.startswith(b"["):
        return Kind.JSON
    if not text.startswith(b"{"):
        return Kind.TEXT
    first, newline, _ = text.partition(b"\n")
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        # A line that is longer than the beginning is one object a line; "{" alone is a document.
        return Kind.JSON if newline else Kind.LINES
    return Kind.LINES
