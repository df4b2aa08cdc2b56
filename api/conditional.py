"""Conditional requests (RFC 9110): ETag and Last-Modified, and 304 for what a client has already.

The ETag is a hash of the body, so it is strong, and right for every format and every reader; it
saves the transfer, not the work. Last-Modified is given where times tell for certain that nothing
has changed since, and only once nothing older can be committed any more (quotes/mirrors.py).
"""

from datetime import datetime
from hashlib import sha256
from math import ceil
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from rest_framework import status
from rest_framework.request import Request

from api.errors import MEDIA_TYPE, document
from quotes import mirrors

_TAG_CHARS = 32
_READS = ("GET", "HEAD")


def certain(changed: datetime | None) -> int | None:
    """Return `changed` as a Last-Modified, in seconds since 1970, rounded up.

    None where a change of before may yet appear: a client that came back with that time would be
    told that nothing is new.
    """
    if changed is None:
        return None
    whole = ceil(changed.timestamp())
    return whole if whole < mirrors.mark().timestamp() else None


def prepare(request: Request, response: Any, *, changed: datetime | None) -> Any:
    """Return `response` with who may keep it; a read one is given validators once it is written.

    `changed` is when what it shows last changed, None if that is not known.
    """
    # Who asks decides whether it may be kept by others, whatever it shows.
    patch_vary_headers(response, ("Accept", "Authorization", "Cookie"))
    if request.method not in _READS or response.status_code != status.HTTP_200_OK:
        response.headers.setdefault("Cache-Control", "no-store")
        return response
    response.headers.setdefault("Cache-Control", f"{_whose(request)}, no-cache")
    if getattr(response, "streaming", False):
        return response
    last = certain(changed)

    def validate(written: HttpResponse) -> HttpResponse:
        return _validated(request._request, written, last)  # noqa: SLF001  Django's own request

    if hasattr(response, "add_post_render_callback"):
        response.add_post_render_callback(validate)
        return response
    return validate(response)


def _whose(request: Request) -> str:
    is_known = request.auth is not None or bool(request.user and request.user.is_authenticated)
    return "private" if is_known or not settings.PUBLIC_READS else "public"


def _validated(request: HttpRequest, response: HttpResponse, last: int | None) -> HttpResponse:
    """Return the response with its validators, or 304 or 412 as the request's conditions say."""
    tag = f'"{sha256(response.content).hexdigest()[:_TAG_CHARS]}"'
    response.headers["ETag"] = tag
    if last is not None:
        response.headers["Last-Modified"] = http_date(last)
    answer: Any = get_conditional_response(request, tag, last, response)
    if answer.status_code != status.HTTP_412_PRECONDITION_FAILED:
        known: HttpResponse = answer
        return known
    problem = document(answer.status_code, "what is here is not what was asked for", request.path)
    return JsonResponse(problem, status=answer.status_code, content_type=MEDIA_TYPE)


def newest(*times: datetime | None) -> datetime | None:
    """Return the latest of the times that are known."""
    known = [time for time in times if time is not None]
    return max(known, default=None)
