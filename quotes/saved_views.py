"""Pages of saved searches: kept, renamed, deleted, and what each finds. They decide nothing."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Concatenate, NamedTuple, ParamSpec, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quotes import digests, mail, saved_searches, selections, webhooks
from quotes.digests import WEEKLY
from quotes.feed_views import feed_address, list_path
from quotes.forms import ListFilter, QuotationFilter
from quotes.mailbox_forms import DigestForm
from quotes.models import SavedSearch
from quotes.pages import render_list
from quotes.paging import InParts
from quotes.params import SEARCH, SHARING
from quotes.saved_forms import NameForm
from quotes.saved_searches import SavedSearchError
from quotes.search_newest import count_to
from quotes.selections import SelectionError

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


class Row(NamedTuple):
    """A saved search in the list, and its query in words."""

    search: SavedSearch
    words: list[tuple[str, str]]


def owner_of(request: HttpRequest) -> User:
    """Return the account that asks; the views here want one."""
    assert isinstance(request.user, User)  # noqa: S101  narrows the type
    return request.user


def for_owners(view: View[P]) -> View[P]:
    """Send visitors to the login page first; a search of another account is not found."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return view(request, *args, **kwargs)

    return cast("View[P]", guarded)


def _own(request: HttpRequest, uid: UUID) -> SavedSearch:
    return get_object_or_404(saved_searches.of(owner_of(request)), uid=uid)


@require_safe
@for_owners
def saved(request: HttpRequest) -> HttpResponse:
    """List the account's saved searches."""
    searches = saved_searches.of(owner_of(request))[: SHARING.searches_most]
    rows = [Row(search, selections.in_words(search.query)) for search in searches]
    return render(request, "quotes/saved_list.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def save(request: HttpRequest) -> HttpResponse:
    """Keep the search whose filters are in the query string, under a name."""
    filters = QuotationFilter(request.GET)
    if not filters.is_valid():
        return render(request, "quotes/saved_new.html", {"form": filters, "bad": True}, status=400)
    query = filters.selection()
    form = NameForm(request.POST or None, initial={"name": saved_searches.default_name(query)})
    if request.method == "POST" and form.is_valid():
        try:
            search = saved_searches.create(owner_of(request), form.cleaned_data["name"], query)
        except SavedSearchError as error:
            form.add_error("name", f"{error.problem}; {error.remedy}.")
        else:
            messages.success(request, f"“{search.name}” is saved.")
            return redirect("saved-search", search.uid)
    context = {"form": form, "words": selections.in_words(query)}
    return render(request, "quotes/saved_new.html", context, status=400 if form.errors else 200)


@require_safe
@for_owners
def saved_search(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show what a saved search finds, the addresses of its feeds and its webhooks."""
    search = _own(request, uid)
    try:
        rows, problem = saved_searches.found(search), ""
    except SelectionError as error:
        rows, problem = saved_searches.none(), str(error)
    return render_list(
        request,
        "quotes/saved_search.html",
        ListFilter(request.GET),
        InParts(partial(saved_searches.last_found, rows), partial(count_to, rows)),
        cap=SEARCH.counted,
        search=search,
        words=selections.in_words(search.query),
        list_path="" if problem else list_path(search.query),
        problem=problem,
        name_form=NameForm(initial={"name": search.name}),
        atom=feed_address(search, "atom"),
        json=feed_address(search, "json"),
        digest_form=DigestForm(initial={"digest": search.digest}),
        next_digest=digests.next_after(search.digest, timezone.now()) if search.digest else None,
        mails=mail.is_configured(),
        mailbox=mail.confirmed(owner_of(request)),
        webhooks=webhooks.of_search(search),
    )


@require_POST
@for_owners
def rename(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give a saved search another name."""
    search = _own(request, uid)
    form = NameForm(request.POST)
    name = form.cleaned_data["name"] if form.is_valid() else request.POST.get("name", "")
    try:
        saved_searches.change(search, name=name)
    except SavedSearchError as error:
        messages.error(request, f"Not renamed: {error.problem}; {error.remedy}.")
    else:
        messages.success(request, f"It is named “{search.name}” now.")
    return redirect("saved-search", search.uid)


@require_POST
@for_owners
def choose_digest(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Choose how often what a saved search finds is sent by e-mail."""
    search = _own(request, uid)
    form = DigestForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Not changed: a digest comes every day, every Monday or never.")
    else:
        digests.choose(search, form.cleaned_data["digest"])
        every = "every Monday" if search.digest == WEEKLY else "every day"
        told = f"on: {every}, if there is something new" if search.digest else "off"
        messages.success(request, f"Digests are {told}.")
    return redirect("saved-search", search.uid)


@require_POST
@for_owners
def change_key(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give the feeds of a saved search new addresses."""
    search = _own(request, uid)
    saved_searches.change_key(search)
    messages.success(request, "Its feeds have new addresses; the old ones work no more.")
    return redirect("saved-search", search.uid)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def delete(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask whether a saved search is to go, say what goes with it, and let it go."""
    search = _own(request, uid)
    if request.method == "POST":
        name = search.name
        search.delete()
        messages.success(request, f"“{name}” is deleted.")
        return redirect("saved-searches")
    context = {
        "search": search,
        "words": selections.in_words(search.query),
        "webhooks": webhooks.of_search(search),
    }
    return render(request, "quotes/saved_delete.html", context)
