"""The page of the feeds that are read: added, paused, removed, and how they do."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from quotes import feeds as feed_list
from quotes import tasks
from quotes.forms import ListFilter
from quotes.models import Feed
from quotes.paging import page_of
from quotes.params import PAGES
from quotes.refusals import InputError
from quotes.saved_forms import FeedForm

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
_RIGHT = "quotes.add_import"
_HOUR_S = 3600


def for_importers(view: View[P]) -> View[P]:
    """Send visitors to the login page, and tell those who may not import that they may not."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.has_perm(_RIGHT):
            raise PermissionDenied(f"{request.user.get_username()} may not import")
        return view(request, *args, **kwargs)

    return cast("View[P]", guarded)


@require_http_methods(["GET", "HEAD", "POST"])
@for_importers
def feeds(request: HttpRequest) -> HttpResponse:
    """List the feeds, and add one."""
    form = FeedForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        assert isinstance(request.user, User)  # noqa: S101  narrows the type
        try:
            feed = feed_list.add(
                given["address"],
                by=request.user,
                outlet=given["outlet"],
                interval_s=round(given["hours"] * _HOUR_S),
            )
        except InputError as error:
            form.add_error("address", f"{error.problem}; {error.remedy}.")
        else:
            tasks.later("feeds")
            messages.success(request, f"{feed.address} is added, and read as soon as possible.")
            return redirect("feeds")
    shown = ListFilter(request.GET)
    number = shown.number if shown.is_valid() else 1
    page = page_of(Feed.objects.all(), number, size=PAGES.list_rows, cap=PAGES.count_cap)
    context = {"form": form, "filter": shown, "page": page}
    bad = bool(form.errors) or not shown.is_valid()
    return render(request, "quotes/feed_list.html", context, status=400 if bad else 200)


@require_POST
@for_importers
def change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Pause a feed, go on with it, or have it read now."""
    feed = get_object_or_404(Feed, uid=uid)
    asked = request.POST.get("do", "")
    if asked == "pause":
        feed_list.pause(feed)
        messages.success(request, f"{feed} is paused.")
    elif asked in {"resume", "now"}:
        feed_list.resume(feed)
        tasks.later("feeds")
        messages.success(request, f"{feed} is read as soon as possible.")
    else:
        messages.error(request, "Nothing was changed: press one of the buttons.")
    return redirect("feeds")


@require_http_methods(["GET", "HEAD", "POST"])
@for_importers
def remove(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask whether a feed is to go, and let it go; its articles stay."""
    feed = get_object_or_404(Feed, uid=uid)
    if request.method == "POST":
        name = str(feed)
        feed.delete()
        messages.success(request, f"{name} is removed.")
        return redirect("feeds")
    return render(request, "quotes/feed_delete.html", {"feed": feed})
