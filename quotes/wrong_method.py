"""The answer to somebody who opens an address that only takes a form, or sends a form to a page.

It happens to people: who presses a button after the session has ended is asked to sign in, and
comes back to the button's address, with nothing sent. Django's own answer is an empty page.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import Resolver404, resolve

_API = "/api/"  # which says in its own form what is wrong


class WrongMethodPages:
    """Middleware: an empty 405 becomes a page that leads back to where the button stands."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the answer, or the page in place of an empty one."""
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or response.content:
            return response
        if request.path_info.startswith(_API) or not request.accepts("text/html"):
            return response
        page = render(request, "405.html", {"nearest": nearest(request.path_info)}, status=405)
        page["Allow"] = response["Allow"]
        return page


def nearest(path: str) -> str:
    """Return the longest address above `path` that is a named one of the same things, "/" if none.

    What stands in it must stand for the same thing in `path`: above `statements/decisions/5/undo/`,
    the address `statements/decisions/` would be that of a statement called “decisions”.
    """
    own = resolve(path).kwargs.items()
    parts = path.strip("/").split("/")
    for length in range(len(parts) - 1, 0, -1):
        above = f"/{'/'.join(parts[:length])}/"
        try:
            found = resolve(above)
        except Resolver404:
            continue
        if found.kwargs.items() <= own:
            return above
    return "/"
