"""What a reader yields: a text with its metadata and origin, and by what it is told apart. Pure."""

import re
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal, Self
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic import Field, model_validator

from quotes.nlp.document import Frozen

STDIN = "-"
# Column widths of the tables: a longer title or name is clipped, a longer address or id refused.
TITLE_CHARS, NAME_CHARS, URL_CHARS, ID_CHARS, LANGUAGE_CHARS = 500, 200, 2000, 500, 35
NOTE_CHARS, EXTRACTOR_CHARS = 500, 100
_IDENTITY_BYTES = 2000
_TRACKING = re.compile(r"(?i)(utm_\w+|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid|igshid|ref_src)$")


class ReadOptions(Frozen):
    """How inputs are to be read.

    `outlet` and `language` (BCP 47) count where an article names none, `encoding` (one of
    encodings.NAMES) where a text is not UTF-8 and does not say what it is. `media_type` says what
    the input is once it is unpacked, whatever its name and content suggest. `mend_mojibake` undoes
    wrong decodings that happened before we saw the text; without it such a text is kept as it is,
    and noted.
    """

    outlet: str = ""
    language: str = ""
    encoding: str = ""
    media_type: str = ""
    mend_mojibake: bool = False


class SourceText(Frozen):
    """One text as it was read: what it says, what its origin says about it, and how it was read.

    `source_sha256` is the hash of the bytes that the text was made from; `raw` is those bytes
    where they are worth keeping (a page's HTML), else empty. `text_extractor` names what made
    text of them, `text_note` in what the text looks incomplete or damaged, "" if in nothing.
    `retrieved_at` and `published_at` are aware; a date without time or zone is only in
    `published_on`. `id_scope` says within what `origin_id` names one article: the file that was
    read, nothing beyond the stream that was read, or everywhere.
    """

    text: str
    title: str = ""
    byline: str = ""
    section: str = ""
    language: str = ""
    published_on: date | None = None
    published_at: datetime | None = None
    outlet: str = ""
    outlet_domain: str = ""
    url: str = ""
    origin: str
    origin_id: str = ""
    id_scope: Literal["file", "stream", "world"] = Field("file", exclude=True)
    method: str
    media_type: str
    source_sha256: str
    raw: bytes = Field(b"", exclude=True, repr=False)
    text_extractor: str
    text_note: str = ""
    retrieved_at: datetime

    @model_validator(mode="after")
    def _raw_is_the_source(self) -> Self:
        if self.raw and sha256(self.raw).hexdigest() != self.source_sha256:
            raise ValueError(f"{self.origin}: raw is not what source_sha256 is the hash of")
        return self

    @property
    def sha256(self) -> str:
        """The SHA-256 of the text's UTF-8 bytes, hexadecimal."""
        return sha256(self.text.encode()).hexdigest()

    @property
    def identity(self) -> str:
        """What makes two readings the same article.

        "url:<canonical address>", else "id:<an id that is unique everywhere>", else
        "id:<outlet, or the file>:<origin's id>", else "text:<hash>". Ids of a stream (standard
        input, an upload) without an outlet say nothing beyond it, so there the text decides.
        """
        if self.url:
            return _indexable("url", canonical_url(self.url))
        if self.origin_id and self.id_scope == "world":
            return _indexable("id", self.origin_id)
        is_stream = self.id_scope == "stream" or self.origin == STDIN
        namespace = self.outlet or ("" if is_stream else str(Path(self.origin).resolve()))
        if self.origin_id and namespace:
            return _indexable("id", f"{namespace}:{self.origin_id}")
        return f"text:{self.sha256}"


def _indexable(kind: str, value: str) -> str:
    """Return an identity short enough for an index of PostgreSQL (a third of a page at most)."""
    if len(value.encode()) <= _IDENTITY_BYTES:
        return f"{kind}:{value}"
    return f"{kind}:sha256:{sha256(value.encode()).hexdigest()}"


def is_web_address(url: str) -> bool:
    """Say whether `url` is an http(s) address that can be stored."""
    if not 0 < len(url) <= URL_CHARS or any(c.isspace() or not c.isprintable() for c in url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def canonical_url(url: str) -> str:
    """Return `url` in the form by which articles are told apart.

    That is https, the host in lower case, no default port, no fragment, no tracking parameters;
    other parameters stay in their order. Stored addresses hang on it: do not change it.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not _TRACKING.match(name)]
    query = parts.query if len(kept) == len(pairs) else urlencode(kept)
    return urlunsplit(("https", host + port, parts.path or "/", query, ""))


def domain_of(url: str) -> str:
    """Return the host of `url` without "www.", "" if it has none."""
    return ((urlsplit(url).hostname or "") if url else "").removeprefix("www.")
