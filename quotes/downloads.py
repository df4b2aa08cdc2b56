"""A file on the disk -> an HTTP response: whole, in part (Range), or 304; strong ETag, streamed.

Source: RFC 9110, sections 13 (conditional requests) and 14 (ranges). One range is served; who asks
for several gets the whole file, which the RFC allows.
"""

import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

_BLOCK_BYTES = 1 << 16
_DIGITS = 18
_RANGE = re.compile(rf"bytes=([0-9]{{0,{_DIGITS}}})-([0-9]{{0,{_DIGITS}}})")


class Download(NamedTuple):
    """A file to be sent: where it is, what it is, how it is to be called, and its SHA-256."""

    path: Path
    media_type: str
    name: str
    sha256: str


def respond(request: HttpRequest, file: Download) -> HttpResponseBase:
    """Return the response with the file or what of it is asked for; FileNotFoundError if gone."""
    size = file.path.stat().st_size
    tag = f'"{file.sha256}"'
    unmodified = get_conditional_response(request, etag=tag)
    if unmodified is not None:
        return _labelled(unmodified, tag)
    asked = wanted(request.headers.get("Range", ""), size)
    if asked is not None and request.headers.get("If-Range", tag) != tag:
        asked = None  # what the client has is of another file
    if asked is None:
        whole = FileResponse(
            file.path.open("rb"),
            content_type=file.media_type,
            as_attachment=True,
            filename=file.name,
        )
        return _labelled(whole, tag)
    start, end = asked
    if start >= end:
        empty = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        empty.headers["Content-Range"] = f"bytes */{size}"
        return _labelled(empty, tag)
    part = StreamingHttpResponse(
        _blocks(file.path, start, end - start),
        status=HTTPStatus.PARTIAL_CONTENT,
        content_type=file.media_type,
    )
    part.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    part.headers["Content-Length"] = str(end - start)
    part.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=file.name
    )
    return _labelled(part, tag)


def _labelled(response: HttpResponseBase, tag: str) -> HttpResponseBase:
    response.headers["ETag"] = tag
    response.headers["Accept-Ranges"] = "bytes"
    # Whose file it is decides who may have it: no shared cache may keep it.
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def wanted(header: str, size: int) -> tuple[int, int] | None:
    """Return the bytes [start, end) that a Range header asks for; None for the whole file.

    An empty stretch stands for one that the file does not have. What cannot be read is ignored,
    as the RFC asks.
    """
    found = _RANGE.fullmatch(header.strip())
    if not found or found.group(0) == "bytes=-":
        return None
    first, last = found.groups()
    if not first:
        return max(0, size - int(last)), size
    if last and int(last) < int(first):
        return None
    return int(first), min(size, int(last) + 1) if last else size


def _blocks(path: Path, start: int, length: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while length and (block := file.read(min(_BLOCK_BYTES, length))):
            length -= len(block)
            yield block
