"""The types of problem that the API answers with: what each means, and what helps.

Their addresses are part of a page of this site, which lists them all.
"""

from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from rest_framework import status

PATH = "/api/problems/"


class Problem(NamedTuple):
    """A type of problem: its name in addresses, its title, what it means, and what helps."""

    slug: str
    title: str
    means: str
    remedy: str

    @property
    def address(self) -> str:
        """Return the URI of the type, which leads to its description."""
        return f"{settings.SITE_URL}{PATH}#{self.slug}"


PROBLEMS = {
    status.HTTP_400_BAD_REQUEST: Problem(
        "invalid-request", "The request cannot be used as it is",
        "A parameter or a field is not offered, or has a value that cannot be taken; or the body "
        "is not JSON. “errors” names each field, what is wrong with it and what helps.",
        "correct the fields that `errors` names, or the JSON",
    ),
    status.HTTP_401_UNAUTHORIZED: Problem(
        "unknown-account", "Nobody is known to send this",
        "What was asked for is for accounts only, and the request has no token, or one that is "
        "not valid any more.",
        "send a token of yours as `Authorization: Bearer …`",
    ),
    status.HTTP_403_FORBIDDEN: Problem(
        "forbidden", "This account or token may not do that",
        "The token lacks the scope, the account lacks the permission, or a form's protection "
        "against forgery has run out.",
        "sign in anew, or send a token as `Authorization: Bearer …`",
    ),
    status.HTTP_404_NOT_FOUND: Problem(
        "not-found", "There is nothing here",
        "The address belongs to nothing that is stored, or to nothing that this account may see.",
        "look the address up in the list that it belongs to",
    ),
    status.HTTP_405_METHOD_NOT_ALLOWED: Problem(
        "method-not-allowed", "This cannot be done here",
        "The address exists, but does not take this method.",
        "use one of the methods that the Allow header names",
    ),
    status.HTTP_406_NOT_ACCEPTABLE: Problem(
        "not-acceptable", "There is no such format",
        "The Accept header, or the parameter “format”, asks for a format that is not offered here.",
        "ask for application/json",
    ),
    status.HTTP_409_CONFLICT: Problem(
        "conflict", "Something has changed meanwhile",
        "What the request builds upon is no longer so, or another request with the same key or "
        "name is there already.",
        "read it again and decide anew",
    ),
    status.HTTP_410_GONE: Problem(
        "gone", "This is no longer here",
        "It was here, and has been deleted or has run out.",
        "ask for it to be made again",
    ),
    status.HTTP_412_PRECONDITION_FAILED: Problem(
        "precondition-failed", "The condition does not hold",
        "The request was to be followed only under a condition (If-Match, If-Unmodified-Since), "
        "which is not met.",
        "read it again, and send the ETag that it has now",
    ),
    status.HTTP_413_REQUEST_ENTITY_TOO_LARGE: Problem(
        "too-large", "This is too large",
        "The body, or a text in it, is longer than is read while a client waits.",
        "send a shorter text, or use `manage.py extract`",
    ),
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: Problem(
        "unsupported-media-type", "This media type is not read",
        "The body has a media type that is not read here.",
        "send JSON with Content-Type: application/json",
    ),
    status.HTTP_422_UNPROCESSABLE_ENTITY: Problem(
        "unprocessable", "This can be read, but not worked with",
        "The request is well-formed, but its content cannot be processed.",
        "send running English text",
    ),
    status.HTTP_428_PRECONDITION_REQUIRED: Problem(
        "precondition-required", "A condition is needed",
        "To overwrite nothing unseen, the request has to say what it builds upon.",
        "send the header that `detail` names",
    ),
    status.HTTP_429_TOO_MANY_REQUESTS: Problem(
        "too-many-requests", "Too many requests",
        "More requests than the limit allows. The headers say what is left, and from when on.",
        "wait as long as the Retry-After header says",
    ),
    status.HTTP_500_INTERNAL_SERVER_ERROR: Problem(
        "server-error", "The server failed",
        "Something went wrong here that nobody has foreseen. It is in the server's log.",
        "tell the operator the time and what was asked",
    ),
    status.HTTP_503_SERVICE_UNAVAILABLE: Problem(
        "busy", "The server is busy",
        "What does the work is taken by others at the moment.",
        "try again after the seconds that Retry-After names",
    ),
}  # fmt: skip


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show every type of problem; each has the address that answers name as its `type`."""
    context = {"problems": [(int(code), problem) for code, problem in PROBLEMS.items()]}
    return render(request, "api/problems.html", context)
