"""WARC files: the pages and texts of a crawl, one record in memory at a time, through warcio.

Responses and resources in HTML or plain text are read; requests, metadata, revisits (which hold no
content), other media and failed responses are passed over. Provenance: the record's address, its
date as the time of retrieval, its id.
"""

import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.limitreader import LimitReader

from quotes.fields import clip, parse_date, too_large
from quotes.readers.inputs import Input, Item, article
from quotes.readers.media_types import charset, essence
from quotes.readers.pages import page_article
from quotes.refusals import InputError
from quotes.source_texts import ID_CHARS, SourceText, is_web_address

_PAGES = {"text/html", "application/xhtml+xml"}
_TYPES = {*_PAGES, "text/plain"}
_OK = "200"
_SHOWN_CHARS = 200
_BROKEN = "get it again; nothing behind the break can be read"


class _Records(ArchiveIterator):  # type: ignore[misc]  # it is untyped
    # It would print a warning of a record that does not end where it says.
    INC_RECORD = ""


class _Prompt:
    """A stream that gives what it has before it says that it is broken behind that."""

    def __init__(self, file: BinaryIO) -> None:
        self.read = getattr(file, "read1", file.read)


def read_warc(given: Input) -> Iterator[Item]:
    """Yield the article of each record that holds a page or a text; InputError where it breaks."""
    records = taken = 0
    for record in _records(given):
        records += 1
        if not _is_wanted(record):
            continue
        taken += 1
        address = record.rec_headers.get_header("WARC-Target-URI") or ""
        try:
            yield _article(given, record, address.strip("<> "))
        except InputError as error:
            yield error.refusal(f"{given.origin} ({clip(address, _SHOWN_CHARS)})")
    if not taken:
        problem = f"holds no page ({records} records of other kinds)"
        raise InputError(problem, "give a WARC file with response or resource records")


def _records(given: Input) -> Iterator[Any]:
    try:
        yield from _Records(_Prompt(given.file))
    except InputError:
        raise  # what the stream itself refused
    except ArchiveLoadFailed as error:
        raise InputError(f"is broken as WARC ({clip(str(error), 80)})", _BROKEN) from error
    except Exception as error:  # a third party's parser on hostile input
        raise InputError(f"is broken as WARC ({type(error).__name__})", _BROKEN) from error


def _is_wanted(record: Any) -> bool:
    if record.rec_type == "response":
        headers = record.http_headers
        if headers is None or headers.get_statuscode() != _OK:
            return False
    elif record.rec_type != "resource":
        return False
    address = record.rec_headers.get_header("WARC-Target-URI") or ""
    return essence(_media_type(record)) in _TYPES and not address.endswith("/robots.txt")


def _media_type(record: Any) -> str:
    headers = record.http_headers if record.rec_type == "response" else record.rec_headers
    return str(headers.get_header("Content-Type") or "")


def _article(given: Input, record: Any, address: str) -> SourceText:
    data = _payload(given, record)
    media_type = _media_type(record)
    url = address if is_web_address(address) else ""
    one = given._replace(address=url, media_type=media_type)
    known: dict[str, Any] = {
        "method": "warc",
        "origin_id": clip(record.rec_headers.get_header("WARC-Record-ID") or "", ID_CHARS),
        "retrieved_at": _retrieved_at(record),
        "text_note": _cut(record),
    }
    if essence(media_type) in _PAGES:
        return page_article(one, data, **known)
    text, encoding = given.decoded(data, charset(media_type))
    extractor = f"decoded as {encoding}"
    known |= {"url": url, "media_type": "text/plain", "text_extractor": extractor}
    return article(one, text, raw=data, source_sha256="", **known)


def _payload(given: Input, record: Any) -> bytes:
    """Return what the record holds, transfer and content encodings undone."""
    limit = given.params.max_input_bytes
    if not isinstance(record.raw_stream, LimitReader):
        raise InputError("is a record without a length", "get the file again")
    data = _up_to(record.raw_stream, limit)
    if record.raw_stream.limit:
        raise InputError("is cut off: the file ends within the record", "get the file again")
    if record.rec_type != "response":
        return data
    headers = record.http_headers
    if (headers.get_header("Transfer-Encoding") or "").lower() == "chunked":
        # It takes what is no chunk as it stands: many crawlers keep the header of undone chunks.
        data = _up_to(ChunkedDataReader(BytesIO(data)), limit)
    return _decompressed(data, (headers.get_header("Content-Encoding") or "").lower(), limit)


def _up_to(stream: Any, limit: int) -> bytes:
    parts, length = [], 0
    while part := stream.read(limit + 1 - length):
        parts.append(part)
        length += len(part)
        if length > limit:
            raise too_large(limit)
    return b"".join(parts)


def _decompressed(data: bytes, encoding: str, limit: int) -> bytes:
    """Return `data` without its content encoding; as it is where a crawler undid that already."""
    is_gzip, is_zlib = data.startswith(b"\x1f\x8b"), data[:1] == b"\x78"
    if encoding not in ("gzip", "x-gzip", "deflate") or not (is_gzip or is_zlib):
        if encoding == "br":
            raise InputError("is packed with Brotli", "let the crawler store plain or gzip content")
        return data
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # 32: gzip or zlib, by its beginning
    try:
        plain = unpacker.decompress(data, limit + 1)
    except zlib.error as error:
        raise InputError(f"is broken as {encoding}", "get the page again") from error
    if len(plain) > limit:
        raise too_large(limit)
    if not unpacker.eof:
        raise InputError(f"is cut off: its {encoding} data end too early", "get the page again")
    return plain


def _retrieved_at(record: Any) -> datetime:
    """Return when the crawler retrieved it, now if the record does not say."""
    try:
        _, moment = parse_date(record.rec_headers.get_header("WARC-Date") or "")
    except (ValueError, TypeError):
        moment = None
    return moment or datetime.now(UTC)


def _cut(record: Any) -> str:
    reason = record.rec_headers.get_header("WARC-Truncated")
    return f"the crawler cut the page off ({clip(reason, 40)})" if reason else ""
