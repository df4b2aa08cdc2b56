"""Files -> `SourceText`: canonical text, metadata and where they came from. No ORM, no Django.

Text is evidence, so it is never mended: a plain text is its decoded characters exactly (only a
byte order mark goes), and what cannot be read for certain is refused, with the problem and its
remedy, while the rest is read on.
"""

import json
import os
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from quotes.encodings import decode
from quotes.markup import MarkupError, main_text
from quotes.nlp.document import Frozen
from quotes.params import DEFAULTS, Params
from quotes.refusals import InputError, Refusal

__all__ = [
    "STDIN",
    "InputError",
    "Refusal",
    "SourceText",
    "article_text",
    "canonical_url",
    "checked_text",
    "clip",
    "json_lines",
    "parse_date",
    "read",
]

STDIN = "-"
# Column widths of the tables: a longer title or name is clipped, a longer address or id refused.
_TITLE_CHARS, _NAME_CHARS, _URL_CHARS, _ID_CHARS, _LANGUAGE_CHARS = 500, 200, 2000, 500, 35
_IDENTITY_BYTES = 2000
# Newspapers begin in 1605; a year far from now is a typing error, and breaks date arithmetic.
_YEARS = range(1600, 2200)
_TRACKING = re.compile(r"(?i)(utm_\w+|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid|igshid|ref_src)$")
_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?([\w.:-]+)"""
)
_DECLARED_WITHIN_BYTES = 2048


class SourceText(Frozen):
    """One text as it was read: what it says, what its origin says about it, and how it was read.

    `source_sha256` is the hash of the bytes that were read; `text_extractor` names what made text
    of them. `retrieved_at` and `published_at` are aware; a date without time or zone is only
    in `published_on`.
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
    method: str
    media_type: str
    source_sha256: str
    text_extractor: str
    retrieved_at: datetime

    @property
    def sha256(self) -> str:
        """The SHA-256 of the text's UTF-8 bytes, hexadecimal."""
        return sha256(self.text.encode()).hexdigest()

    @property
    def identity(self) -> str:
        """What makes two readings the same article.

        "url:<canonical address>", else "id:<outlet, or the file>:<origin's id>", else
        "text:<hash>". Ids read from standard input without an outlet say nothing beyond
        their stream, so there the text decides.
        """
        if self.url:
            return _indexable("url", canonical_url(self.url))
        namespace = self.outlet or (
            "" if self.origin == STDIN else str(Path(self.origin).resolve())
        )
        if self.origin_id and namespace:
            return _indexable("id", f"{namespace}:{self.origin_id}")
        return f"text:{self.sha256}"


def _indexable(kind: str, value: str) -> str:
    """Return an identity short enough for an index of PostgreSQL (a third of a page at most)."""
    if len(value.encode()) <= _IDENTITY_BYTES:
        return f"{kind}:{value}"
    return f"{kind}:sha256:{sha256(value.encode()).hexdigest()}"


class Line(NamedTuple):
    """One object of a JSON input with its line number and the hash of its bytes."""

    number: int
    fields: dict[str, Any]
    sha256: str


def read(
    paths: Iterable[str | Path], *, params: Params = DEFAULTS
) -> Iterator[SourceText | Refusal]:
    """Yield what `paths` hold, in order: a SourceText each, or a Refusal, never an exception.

    A path is a file, a folder (its files in sorted order, subfolders included, hidden ones and
    those of other types not), or "-": JSON lines on standard input.
    """
    for given in paths:
        path = None
        for path in _files(str(given)):
            try:
                yield from _read_one(path, params)
            except InputError as error:
                yield error.refusal(path)
            except OSError as error:
                problem = f"cannot be read ({error.strerror or error})"
                yield InputError(problem, "check the path and its rights").refusal(path)
        if path is None:
            yield InputError("holds no file of a known type", _KNOWN).refusal(str(given))


def _files(given: str) -> Iterator[str]:
    """Yield `given` itself unless it is a folder, else the files of known types below it."""
    if given == STDIN or not Path(given).is_dir():
        yield given
        return
    for folder, subfolders, names in os.walk(given):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and Path(name).suffix.lower() in _READERS:
                yield str(Path(folder) / name)


def _read_one(path: str, params: Params) -> Iterator[SourceText | Refusal]:
    if path == STDIN:
        yield from _read_lines(sys.stdin.buffer, path, params)
        return
    reader = _READERS.get(Path(path).suffix.lower())
    if reader is None:
        raise InputError(_unreadable(path), _KNOWN)
    if Path(path).exists() and not Path(path).is_file():
        raise InputError("is not a regular file", "name a file or a folder")
    with Path(path).open("rb") as file:
        yield from reader(file, path, params)


def _unreadable(path: str) -> str:
    if not Path(path).exists():
        return "does not exist"
    return f"has no known type (suffix {Path(path).suffix!r})"


def _read_text(file: BinaryIO, origin: str, params: Params) -> Iterator[SourceText]:
    data = _whole(file, params)
    text, encoding = decode(data, params=params)
    yield SourceText(
        text=checked_text(text, params),
        origin=origin,
        method="text",
        media_type="text/plain",
        source_sha256=sha256(data).hexdigest(),
        text_extractor=f"decoded as {encoding}",
        retrieved_at=datetime.now(UTC),
    )


def _read_html(file: BinaryIO, origin: str, params: Params) -> Iterator[SourceText]:
    data = _whole(file, params)
    declared = _DECLARED.search(data[:_DECLARED_WITHIN_BYTES])
    label = declared.group(1).decode("ascii", "replace") if declared else None
    text, _ = decode(data, label, params=params)
    yield _from_html(
        text,
        params,
        origin=origin,
        method="html",
        media_type="text/html",
        source_sha256=sha256(data).hexdigest(),
        retrieved_at=datetime.now(UTC),
    )


def _from_html(html: str, params: Params, **known: Any) -> SourceText:
    """Return the main text of a page; what the page says of itself gives way to `known`."""
    _refuse_controls(html, params)
    try:
        page = main_text(html)
    except MarkupError as error:
        raise InputError(str(error), "give the article's page itself, or its plain text") from error
    url = page.url if _is_web_address(page.url) else ""
    found: dict[str, Any] = {
        "title": clip(page.title, _TITLE_CHARS),
        "byline": clip(page.author, _TITLE_CHARS),
        "outlet": clip(page.site_name, _NAME_CHARS),
        "language": clip(page.language, _LANGUAGE_CHARS),
        "published_on": page.published_on,
        "url": url,
        "outlet_domain": domain_of(url),
    }
    given = {name: value for name, value in known.items() if value or name not in found}
    text = checked_text(page.text, params)
    return SourceText(**{**found, **given, "text": text, "text_extractor": page.extractor})


def _read_lines(file: BinaryIO, origin: str, params: Params) -> Iterator[SourceText | Refusal]:
    for line in json_lines(file, origin, params=params):
        yield line if isinstance(line, Refusal) else _from_line(line, origin, params)


def _read_json(file: BinaryIO, origin: str, params: Params) -> Iterator[SourceText | Refusal]:
    """Read one object, a list of objects, or JSON lines under another name."""
    data = _whole(file, params)
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        file.seek(0)
        yield from _read_lines(file, origin, params)
        return
    for number, item in enumerate(value if isinstance(value, list) else [value], start=1):
        if not isinstance(item, dict):
            yield InputError(*_NOT_AN_OBJECT).refusal(origin, number)
            continue
        digest = sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()
        yield _from_line(Line(number, item, digest), origin, params)


_NOT_AN_OBJECT = ("is not a JSON object", 'write {"id": …, "text": …} on one line')
_READERS: dict[str, Callable[[BinaryIO, str, Params], Iterator[SourceText | Refusal]]] = {
    ".txt": _read_text,
    ".html": _read_html,
    ".htm": _read_html,
    ".xhtml": _read_html,
    ".jsonl": _read_lines,
    ".ndjson": _read_lines,
    ".json": _read_json,
}


_KNOWN = f"name a file ending in one of {', '.join(sorted(_READERS))}"


def json_lines(
    file: BinaryIO, origin: str, *, params: Params = DEFAULTS
) -> Iterator[Line | Refusal]:
    """Yield each line of `file` as an object with its line number, or why it is none.

    Holds one line in memory. Empty lines are passed over; numbers count from 1.
    """
    number = 0
    while data := file.readline(params.max_input_bytes + 1):
        number += 1
        if len(data) > params.max_input_bytes:
            _skip_rest_of_line(file, data)
            yield _too_large(params).refusal(origin, number)
            continue
        data = data.removeprefix(b"\xef\xbb\xbf") if number == 1 else data
        if data.strip():
            yield _parsed(data.strip(), origin, number)


def _skip_rest_of_line(file: BinaryIO, data: bytes) -> None:
    while data and not data.endswith(b"\n"):
        data = file.readline(1 << 20)


def _parsed(data: bytes, origin: str, number: int) -> Line | Refusal:
    remedy = "write one JSON object a line, in UTF-8"
    try:
        fields = json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        problem = f"is not UTF-8 (byte {error.start} of the line)"
        return Refusal(origin=origin, line=number, problem=problem, remedy=remedy)
    except (ValueError, RecursionError) as error:
        problem = f"is not JSON ({error})"
        return Refusal(origin=origin, line=number, problem=problem, remedy=remedy)
    if not isinstance(fields, dict):
        return InputError(*_NOT_AN_OBJECT).refusal(origin, number)
    return Line(number, fields, sha256(data).hexdigest())


def _from_line(line: Line, origin: str, params: Params) -> SourceText | Refusal:
    try:
        return _article(line, origin, params)
    except InputError as error:
        return error.refusal(origin, line.number)


def _article(line: Line, origin: str, params: Params) -> SourceText:
    """Return the article of a JSON object; keys that it does not know are ignored."""
    fields = line.fields
    published_on, published_at = _published(fields)
    url = _url(fields)
    known = {
        "title": clip(string(fields, "title", "headline"), _TITLE_CHARS),
        "byline": clip(string(fields, "byline", "author"), _TITLE_CHARS),
        "section": clip(string(fields, "section"), _NAME_CHARS),
        "language": clip(string(fields, "language"), _LANGUAGE_CHARS),
        "outlet": clip(string(fields, "outlet", "publisher"), _NAME_CHARS),
        "outlet_domain": domain_of(url),
        "published_on": published_on,
        "published_at": published_at,
        "url": url,
        "origin": origin,
        "origin_id": identifier(fields),
        "method": "jsonl",
        "source_sha256": line.sha256,
        "retrieved_at": datetime.now(UTC),
    }
    if "text" not in fields and fields.get("html"):
        html = string(fields, "html")
        return _from_html(html, params, **known, media_type="text/html")
    text = article_text(fields, params=params)
    return SourceText(
        text=text, media_type="application/json", text_extractor="JSON string", **known
    )


def _text_of(fields: dict[str, Any]) -> str:
    text = fields.get("text")
    if not isinstance(text, str):
        found = "no" if text is None else f"a {type(text).__name__} as"
        raise InputError(f'has {found} "text"', 'give the article\'s text as a string in "text"')
    return text


def article_text(
    fields: dict[str, Any], *, allow_empty: bool = False, params: Params = DEFAULTS
) -> str:
    """Return the "text" of a JSON object; InputError if it is none that can be processed."""
    text = _text_of(fields)
    return text if allow_empty and not text.strip() else checked_text(text, params)


def string(fields: dict[str, Any], *names: str) -> str:
    """Return the first of the fields `names` that is given, "" if none; InputError if no string."""
    for name in names:
        value = fields.get(name)
        if value is None:
            continue
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            value = ", ".join(value)
        if not isinstance(value, str):
            problem = f'has a {type(value).__name__} as "{name}"'
            raise InputError(problem, f'give "{name}" as a string or leave it out')
        _refuse_surrogates(value, f'"{name}"')
        if value.strip():
            return value
    return ""


def identifier(fields: dict[str, Any]) -> str:
    """Return the origin's own id of an article, a number as digits, "" if none is given."""
    value = fields.get("id")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    text = clip(string({"id": value}, "id"), _ID_CHARS + 1)
    if len(text) > _ID_CHARS:
        raise InputError('has too long an "id"', f"use at most {_ID_CHARS} characters")
    return text


def _url(fields: dict[str, Any]) -> str:
    url = string(fields, "url").strip()
    if url and not _is_web_address(url):
        problem = f'has no web address as "url" ({clip(url, 80)!r})'
        raise InputError(problem, f"use http:// or https://, at most {_URL_CHARS} characters")
    return url


def _is_web_address(url: str) -> bool:
    if not 0 < len(url) <= _URL_CHARS or any(c.isspace() or not c.isprintable() for c in url):
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


def _published(fields: dict[str, Any]) -> tuple[date | None, datetime | None]:
    """Return the day of publication, and the moment where time and zone are given."""
    for name in ("published_at", "published", "date", "published_on"):
        if written := string(fields, name).strip():
            try:
                return parse_date(written)
            except ValueError as error:
                problem = f'has no date as "{name}" ({clip(written, 80)!r})'
                remedy = "write it as 2017-07-05 or 2017-07-05T08:00:00+00:00, or leave it out"
                raise InputError(problem, remedy) from error
    return None, None


def parse_date(written: str) -> tuple[date, datetime | None]:
    """Return the day, and the moment if time and zone are given, of an ISO 8601 or RFC 5322 date.

    Raises ValueError if it is neither, or its year is none of a newspaper's.
    """
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        moment = parsedate_to_datetime(written)
    if moment.year not in _YEARS:
        raise ValueError(f"{written!r}: year outside {_YEARS}")
    return moment.date(), moment if moment.tzinfo else None


def clip(words: str, limit_chars: int) -> str:
    """Return `words` as one line of printable text, cut with an ellipsis to `limit_chars`."""
    shown = "".join(c if c.isprintable() or c.isspace() else "" for c in words)
    line = " ".join(shown.split())
    return line if len(line) <= limit_chars else line[: limit_chars - 1].rstrip() + "…"


def checked_text(text: str, params: Params = DEFAULTS) -> str:
    """Return `text` as it is if it can be stored and processed, else raise InputError."""
    if not text.strip():
        raise InputError("is empty", "give a text with words in it")
    if len(text) > params.max_text_chars:
        problem = f"is too large ({len(text):,} characters)"
        raise InputError(problem, f"split it: at most {params.max_text_chars:,} characters a text")
    _refuse_surrogates(text, "the text")
    _refuse_controls(text, params)
    return text


def _refuse_surrogates(text: str, where: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        problem = f"has half a surrogate pair in {where} (character {error.start})"
        raise InputError(problem, "write the character whole, or take it out") from error


def _refuse_controls(text: str, params: Params) -> None:
    remedy = "give plain text, HTML or JSON lines"
    if "\0" in text:
        raise InputError("is binary (it holds NUL characters)", remedy)
    # Category Cc alone would catch tabs and line ends, which every text has.
    controls = sum(unicodedata.category(c) == "Cc" and c not in "\t\n\r\f\v\x85" for c in set(text))
    if controls:
        count = sum(unicodedata.category(c) == "Cc" and c not in "\t\n\r\f\v\x85" for c in text)
        if count > params.max_control_share * len(text):
            raise InputError(f"is binary ({count} control characters)", remedy)


def _whole(file: BinaryIO, params: Params) -> bytes:
    data = file.read(params.max_input_bytes + 1)
    if len(data) > params.max_input_bytes:
        raise _too_large(params)
    return data


def _too_large(params: Params) -> InputError:
    problem = f"is too large (over {params.max_input_bytes:,} bytes)"
    return InputError(problem, "split it, or raise max_input_bytes")
