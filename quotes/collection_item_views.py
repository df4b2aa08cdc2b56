"""What is done to the items of a collection: put in, moved, annotated, taken out. Posts only.

Each leads back to where it came from, so that it works without scripts; with them the page swaps
the part that has changed.
"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from quotes import collections
from quotes.collection_forms import NoteForm, Pasted, PasteForm
from quotes.collection_pages import (
    forget_removed,
    keep_removed,
    own_collection,
    render_collection,
    user_of,
)
from quotes.collections import CollectionError, Step
from quotes.models import Collection, Quotation
from quotes.saved_views import for_owners

_STEPS = {step.value for step in Step}


def _back(request: HttpRequest, collection: Collection, item: str = "") -> HttpResponse:
    """Lead back to the page of the collection where the request came from, there to an item.

    A script that changes a part of the page keeps its place by itself.
    """
    address = reverse("collection", args=[collection.uid])
    wanted = request.POST.get("next", "").partition("#")[0]
    back = wanted if wanted.split("?")[0] == address else address
    is_whole = item.isalnum() and "HX-Request" not in request.headers
    return redirect(f"{back}#item-{item}" if is_whole else back)


@require_POST
@for_owners
def add(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Put in the quotations that were pasted; what is none is shown with its line."""
    collection = own_collection(request, uid)
    forget_removed(request)
    form = PasteForm(request.POST)
    if not form.is_valid():
        return render_collection(request, collection, paste=form)
    found: list[Pasted] = form.cleaned_data["quotations"]
    asked = {one.uid for one in found if one.uid}
    known = set(Quotation.objects.filter(uid__in=asked).values_list("uid", flat=True))
    try:
        count = collections.add(collection, [one.uid for one in found if one.uid in known])
    except CollectionError as error:
        form.add_error("quotations", f"The collection {error.problem}; {error.remedy}.")
        return render_collection(request, collection, paste=form)
    there = len({one.uid for one in found} & known) - count
    _tell_added(request, count, there)
    unknown = [one for one in found if one.uid not in known]
    if unknown:
        left = PasteForm(initial={"quotations": "\n".join(one.text for one in unknown)})
        return render_collection(request, own_collection(request, uid), paste=left, unknown=unknown)
    return redirect("collection", uid)


def _tell_added(request: HttpRequest, count: int, there: int) -> None:
    if count:
        messages.success(request, f"{count} put in, at the end.")
    if there:
        is_one = there == 1
        messages.info(request, f"{there} {'was' if is_one else 'were'} in it already.")


@require_POST
@for_owners
def move(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Put an item elsewhere: a step up or down, to an end, before another, or to a number."""
    collection = own_collection(request, uid)
    forget_removed(request)
    try:
        moved = _move(request, collection)
    except CollectionError as error:
        messages.error(request, f"Not moved: the collection {error.problem}; {error.remedy}.")
        return _back(request, collection)
    return _back(request, collection, moved)


def _move(request: HttpRequest, collection: Collection) -> str:
    """Return the uid of the quotation that was moved."""
    sent = request.POST
    for step in _STEPS & sent.keys():
        collections.shift(collection, sent[step], Step(step))
        return sent[step]
    quotation = sent.get("quotation", "")
    if sent.get("place", "").isdecimal():
        collections.place(collection, quotation, int(sent["place"][:9]))
    else:
        collections.move(collection, [quotation], before=sent.get("before") or None)
    return quotation


@require_POST
@for_owners
def annotate(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Set the note of an item."""
    collection = own_collection(request, uid)
    form = NoteForm(request.POST)
    if not form.is_valid():
        problem = form["note"].errors or ["Name a quotation of the collection."]
        messages.error(request, f"Not noted. {problem[0]}")
        return _back(request, collection)
    sent = form.cleaned_data
    wrong = ""
    try:
        was = request.POST.get("was")
        item = collections.annotate(collection, sent["quotation"], sent["note"], was=was)
    except CollectionError as error:
        wrong = f"the collection {error.problem}; {error.remedy}"
    else:
        if item is None:
            wrong = "the quotation has been taken out of the collection meanwhile"
    if wrong:
        messages.error(request, f"Not noted: {wrong}. You had written: “{sent['note']}”")
    return _back(request, collection, sent["quotation"])


@require_POST
@for_owners
def remove(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take an item out, and remember it, so that it can be put back where it stood."""
    collection = own_collection(request, uid)
    item = collections.item_of(collection, request.POST.get("remove", ""))
    if item is not None:
        keep_removed(request, collection, item)
        collections.remove(collection, [item.quotation.uid])
    return _back(request, collection)


@require_POST
@for_owners
def restore(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Put the item back that was taken out last, where it stood and with its note."""
    collection = own_collection(request, uid)
    sent = request.POST
    quotation, before = sent.get("quotation", ""), sent.get("before") or None
    if before and collections.item_of(collection, before) is None:
        before = None  # gone meanwhile
    try:
        collections.add(collection, [quotation], note=sent.get("note", "")[:5000], before=before)
    except CollectionError as error:
        messages.error(request, f"Not put back: the collection {error.problem}; {error.remedy}.")
        quotation = ""
    forget_removed(request)
    return _back(request, collection, quotation)


# --- putting aside, from anywhere


@require_POST
@for_owners
def put(request: HttpRequest) -> HttpResponse:
    """Put a quotation aside, or take it out again: in the collection named, or the last used."""
    user, sent = user_of(request), request.POST
    quotation = get_object_or_404(
        Quotation.objects.visible_to(user), uid=sent.get("quotation", "")[:16]
    )
    uid = sent.get("collection", "")
    own = collections.own(user)
    collection = get_object_or_404(own, uid=_uuid(uid)) if uid else collections.last_used(user)
    problem = ""
    try:
        if sent.get("take"):
            collections.remove(collection, [quotation.uid])
        else:
            collections.add(collection, [quotation.uid])
    except CollectionError as error:
        problem = f"“{collection.name}” {error.problem}; {error.remedy}."
    if request.headers.get("HX-Request"):
        return _fragment(request, quotation, collection, problem)
    if problem:
        messages.error(request, problem)
    return redirect(_came_from(request, quotation))


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        return UUID(int=0)


def _fragment(
    request: HttpRequest, quotation: Quotation, collection: Collection, problem: str
) -> HttpResponse:
    """Return the button or the box that was pressed, as it is now."""
    context = {"q": quotation, "current": collection, "problem": problem, "request": request}
    if request.POST.get("part") == "box":
        template = "quotes/_collect_answer.html"
    else:
        template = "quotes/_put_aside.html"
        context["is_in"] = collections.item_of(collection, quotation.uid) is not None
        context["next"] = request.POST.get("next", "")
    response = render(request, template, context)
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


def _came_from(request: HttpRequest, quotation: Quotation) -> str:
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return quotation.get_absolute_url()


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def choose(request: HttpRequest, uid: str) -> HttpResponse:
    """Show the collections that a quotation can be put into, and make a new one with it."""
    user = user_of(request)
    rows = Quotation.objects.visible_to(user).for_list()
    quotation = get_object_or_404(rows, uid=uid)
    if request.method == "POST":
        name = request.POST.get("name", "").strip()[:200]
        made = collections.create(user, name or collections.FIRST_NAME)
        collections.add(made, [quotation.uid])
        messages.success(request, f"It is in “{made.name}”.")
        return redirect("collection", made.uid)
    return render(request, "quotes/collection_choose.html", {"q": quotation})
