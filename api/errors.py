"""Every error as problem details (RFC 9457): what was wrong with which field, and the remedy."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

MEDIA_TYPE = "application/problem+json"
_REMEDIES = {
    status.HTTP_401_UNAUTHORIZED: "sign in: this tracker is private",
    status.HTTP_403_FORBIDDEN: "sign in: this tracker is private",
    status.HTTP_404_NOT_FOUND: "look the address up in the list that it belongs to",
    status.HTTP_405_METHOD_NOT_ALLOWED: "use one of the methods that the Allow header names",
    status.HTTP_406_NOT_ACCEPTABLE: "ask for application/json",
    status.HTTP_413_REQUEST_ENTITY_TOO_LARGE: "send a shorter text, or use `manage.py extract`",
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: "send JSON with Content-Type: application/json",
    status.HTTP_429_TOO_MANY_REQUESTS: "wait as long as the Retry-After header says",
    status.HTTP_503_SERVICE_UNAVAILABLE: "try again after the seconds that Retry-After names",
}


class TextTooLong(exceptions.APIException):
    """A posted text is longer than this server extracts while a client waits."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_long"


class Busy(exceptions.APIException):
    """All extraction is taken at the moment; `wait_s` seconds from now it may not be."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "busy"

    def __init__(self, wait_s: int) -> None:
        super().__init__("the extractor is busy with other texts")
        self.wait = wait_s


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the problem for an error that an API view raised; None for one not foreseen."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    response = exception_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return response
    invalid = isinstance(error, exceptions.ValidationError)
    detail = "the request cannot be used as it is" if invalid else str(error.detail)
    problem = document(response.status_code, detail, context["request"].path)
    if invalid:
        problem["errors"] = list(_fields(error.detail))
    response.data = problem
    response.content_type = MEDIA_TYPE
    return response


def document(code: int, detail: str, instance: str) -> dict[str, Any]:
    """Return problem details for an HTTP status: type, title, status, detail, instance, remedy."""
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(code).phrase,
        "status": code,
        "detail": detail,
        "instance": instance,
    }
    if code in _REMEDIES:
        problem["remedy"] = _REMEDIES[code]
    return problem


def _fields(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Yield {field, problem} for each message of a validation error, however deep."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _fields(inner, f"{path}.{name}".strip("."))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _fields(inner, path)
    else:
        yield {"field": path or "body", "problem": str(detail)}


def not_found(request: HttpRequest, *_: Any, **__: Any) -> JsonResponse:
    """Return the problem for an address below /api/ that no view serves."""
    problem = document(status.HTTP_404_NOT_FOUND, "there is nothing at this address", request.path)
    return JsonResponse(problem, status=problem["status"], content_type=MEDIA_TYPE)
