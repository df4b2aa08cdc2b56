"""Every error as problem details (RFC 9457): what was wrong with which field, and the remedy."""

import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import (
    DisallowedHost,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFilesSent,
)
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponsePermanentRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import resolve, reverse
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions, status
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import exception_handler

from api.problems import PROBLEMS

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
_SEE_DOCS = "give it as the documentation says: /api/docs/"
# What helps against an error of a field that does not say so itself, by its code.
_FIELD_REMEDIES = {
    "required": "give it",
    "null": "give a value or leave it out",
    "blank": "give a value or leave it out",
    "empty": "give at least one",
    "invalid_choice": "give one of the values that the schema lists",
    "does_not_exist": "give one that is there",
    "max_length": "give fewer characters",
    "min_length": "give more characters",
    "max_value": "give a smaller number",
    "min_value": "give a larger number",
    "not_a_list": "give a list",
    "not_a_dict": "give an object",
    "parse_error": "send valid JSON",
}


class TextTooLong(exceptions.APIException):
    """A posted text is longer than this server extracts while a client waits."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_long"
    remedy = "send a shorter text, or use `manage.py extract`"


class Unprocessable(exceptions.APIException):
    """A posted text is one that the models cannot process."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "unprocessable"


class Busy(exceptions.APIException):
    """All extraction is taken at the moment; `wait_s` seconds from now it may not be."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "busy"

    def __init__(self, wait_s: int) -> None:
        super().__init__("the extractor is busy with other texts")
        self.wait = wait_s


class BadCursor(exceptions.NotFound):
    """A cursor that names no page: `problem` says of what; 404, since the page is not there."""

    default_detail = "there is no such page"
    remedy = "take the cursor from `next` or `previous`"

    def __init__(self, problem: str) -> None:
        super().__init__()
        self.faults = [{"field": "cursor", "problem": problem, "remedy": self.remedy}]


class BadParameter(exceptions.ValidationError):
    """One parameter cannot be used: what is wrong with it, what helps, and where in its value.

    `position` counts code points from 0; None if it is the value as a whole.
    """

    def __init__(self, field: str, problem: str, remedy: str, position: int | None = None) -> None:
        super().__init__({field: [f"{problem}; {remedy}"]})
        where = {} if position is None else {"position": position}
        self.faults = [{"field": field, "problem": problem, "remedy": remedy, **where}]


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the problem for an error that an API view raised.

    One that was not foreseen is logged and becomes a 500 without its details; None while debugging,
    so that Django shows it.
    """
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, RequestDataTooBig):
        error = TextTooLong("the body is larger than is read")
        error.remedy = "send it as a file: POST /api/v1/imports/"
    elif isinstance(error, TooManyFilesSent):
        most = settings.DATA_UPLOAD_MAX_NUMBER_FILES
        error = BadParameter("files", f"are more than {most}", "send fewer, or a zip of them")
    elif isinstance(error, SuspiciousOperation):
        error = exceptions.ParseError("the body cannot be read as it is")
    response = exception_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return None if settings.DEBUG else _unforeseen(error, context["request"])
    invalid = isinstance(error, exceptions.ValidationError)
    detail = "the request cannot be used as it is" if invalid else str(error.detail)
    problem = document(response.status_code, detail, context["request"].path)
    if remedy := getattr(error, "remedy", ""):
        problem["remedy"] = remedy
    problem.update(getattr(error, "members", {}))
    if faults := getattr(error, "faults", None) or (invalid and list(_fields(error.detail))):
        problem["errors"] = faults
    # Whatever format was asked for, a problem is JSON.
    request = context["request"]
    request.accepted_renderer, request.accepted_media_type = JSONRenderer(), MEDIA_TYPE
    response.data = problem
    response.content_type = MEDIA_TYPE
    return response


def _unforeseen(error: Exception, request: Any) -> Response:
    """Return a 500 for `error`, having logged it and told Django, whose test client raises it."""
    logger.error("failed path=%s", request.path, exc_info=error)
    got_request_exception.send(sender=None, request=request)
    code = status.HTTP_500_INTERNAL_SERVER_ERROR
    problem = document(code, "the server failed at this request", request.path)
    return Response(problem, status=code, content_type=MEDIA_TYPE)


def document(code: int, detail: str, instance: str) -> dict[str, Any]:
    """Return problem details for an HTTP status: type, title, status, detail, instance, remedy."""
    known = PROBLEMS.get(code)
    problem: dict[str, Any] = {
        "type": known.address if known else "about:blank",
        "title": known.title if known else HTTPStatus(code).phrase,
        "status": code,
        "detail": detail,
        "instance": instance,
    }
    if known:
        problem["remedy"] = known.remedy
    return problem


def _fields(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Yield {field, problem, remedy} for each message of a validation error, however deep.

    Messages of ours are "problem; remedy".
    """
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _fields(inner, f"{path}.{name}".strip("."))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _fields(inner, path)
    else:
        problem, _, remedy = str(detail).partition("; ")
        yield {
            "field": path or "body",
            "problem": problem.rstrip("."),
            "remedy": remedy or _FIELD_REMEDIES.get(getattr(detail, "code", ""), _SEE_DOCS),
        }


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Return the answer to what no view was asked for: below /api/ a problem, else the page.

    What is only too large, a browser may well send: its page says how much is taken.
    """
    if not request.path.startswith("/api/"):
        if not isinstance(exception, RequestDataTooBig | TooManyFilesSent):
            return defaults.bad_request(request, exception)
        most = {
            "most_bytes": settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
            "most_files": settings.DATA_UPLOAD_MAX_NUMBER_FILES,
        }
        too_large = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
        return render(request, "413.html", most, status=too_large)
    problem = document(status.HTTP_400_BAD_REQUEST, "the request cannot be read", request.path)
    if isinstance(exception, DisallowedHost):
        problem["detail"] = "the host name that was asked for is not served here"
        problem["remedy"] = f"ask {settings.SITE_URL}, or have the operator allow the name"
    return JsonResponse(problem, status=problem["status"], content_type=MEDIA_TYPE)


@csrf_exempt
def not_found(
    request: HttpRequest, *_: Any, **__: Any
) -> JsonResponse | HttpResponsePermanentRedirect:
    """Return the problem for an address below /api/ that no view serves.

    Where only the final slash is missing, readers are sent on and writers are told, since a
    redirected POST loses its body.
    """
    detail = "there is nothing at this address"
    slashed = f"{request.path}/"
    if not request.path.endswith("/") and resolve(slashed).func is not not_found:
        if request.method in ("GET", "HEAD"):
            query = request.META.get("QUERY_STRING")
            return HttpResponsePermanentRedirect(f"{slashed}?{query}" if query else slashed)
        detail = f"addresses end in a slash: use {slashed}"
    problem = document(status.HTTP_404_NOT_FOUND, detail, request.path)
    problem["remedy"] = f"{settings.SITE_URL}{reverse('api:root')} lists the resources there are"
    return JsonResponse(problem, status=problem["status"], content_type=MEDIA_TYPE)
