"""Pages of collections: the lists, one of them, its exports, what changed. They decide nothing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST

from quotes import cited, collection_exports, collections
from quotes.collection_forms import CollectionForm, ExportForm, FindForm
from quotes.collection_pages import (
    for_visitors,
    own_collection,
    readable_collection,
    render_collection,
    user_of,
)
from quotes.models import Collection, CollectionExport, Quotation
from quotes.pages import for_readers
from quotes.paging import page_of
from quotes.params import CITED, PAGES, STYLING
from quotes.saved_views import for_owners
from quotes.styled import STYLES, StyleError


@for_readers
def listing(request: HttpRequest) -> HttpResponse:
    """List one's own collections, and apart from them others' that may be read."""
    public = collections.with_counts(Collection.objects.filter(is_public=True))
    public = public.order_by("-updated_at", "-pk")
    own: QuerySet[Collection] = Collection.objects.none()
    if isinstance(request.user, User):
        public = public.exclude(owner=request.user)
        own = collections.with_counts(collections.own(request.user))
        own = cited.with_changed(own, request.user)
    find = FindForm(request.GET)
    number = find.number if find.is_valid() else 1
    context = {
        "form": find,
        "own": own[: CITED.own_shown] if number == 1 else (),
        "page": page_of(public, number, size=PAGES.list_rows, cap=PAGES.count_cap),
        "new_form": CollectionForm(),
    }
    status = 200 if find.is_valid() else 400
    return render(request, "quotes/collection_list.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def new(request: HttpRequest) -> HttpResponse:
    """Make a collection."""
    form = CollectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = collections.create(user_of(request), **form.cleaned_data)
        return redirect("collection", made.uid)
    context = {"form": form}
    return render(
        request, "quotes/collection_edit.html", context, status=400 if form.errors else 200
    )


@for_readers
def show(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show what is in a collection, in its order, and to its owner what changed since an export."""
    return render_collection(request, readable_collection(request, uid))


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change a collection's name, description and readers."""
    collection = own_collection(request, uid)
    form = CollectionForm(request.POST or None, instance=collection)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("collection", uid)
    # A form that does not hold has put what was sent into the row: show it as it is stored.
    context = {"form": form, "collection": own_collection(request, uid)}
    return render(
        request, "quotes/collection_edit.html", context, status=400 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def delete(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask whether a collection is to go, say what goes with it, and let it go."""
    collection = own_collection(request, uid)
    if request.method == "POST":
        name = collection.name
        collection.delete()
        messages.success(request, f"“{name}” is deleted. The quotations stay.")
        return redirect("collections")
    context = {"collection": collection, "exports": collection.exports.count()}
    return render(request, "quotes/collection_delete.html", context)


# --- taking out


@for_visitors
def export(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Show the forms and styles with a preview; take the quotations out as a file.

    What its owner takes out is noted, so that they are told what changes.
    """
    collection = readable_collection(request, uid)
    if request.method == "POST":
        form = ExportForm(request.POST)
        if form.is_valid() and "preview" not in request.POST:
            try:
                return _file(request, collection, **form.cleaned_data)
            except StyleError as error:
                form.add_error(None, f"{error.problem}; {error.remedy}.")
    else:
        form = ExportForm()
    return _export_page(request, collection, form)


def _file(
    request: HttpRequest, collection: Collection, *, form: str, style: str
) -> HttpResponseBase:
    file = collection_exports.written(collection, form=form, style=style)
    if request.user == collection.owner:
        style = "" if form in collection_exports.DATA else style
        cited.keep(collection, form=form, style=style, by=user_of(request))
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=file.name),
        "X-Content-Type-Options": "nosniff",
    }
    if isinstance(file.body, bytes):
        return HttpResponse(file.body, content_type=file.media_type, headers=headers)
    return StreamingHttpResponse(file.body, content_type=file.media_type, headers=headers)


def _export_page(request: HttpRequest, collection: Collection, form: ExportForm) -> HttpResponse:
    is_own = request.user == collection.owner
    exports = cited.exports_of(collection)[: CITED.exports_kept] if is_own else ()
    invalid = collection.items.exclude(quotation__status=Quotation.Status.CURRENT)
    count = collection.item_count  # type: ignore[attr-defined]  # counted with it
    context = {
        "collection": collection,
        "is_own": is_own,
        "form": form,
        "exports": [(one, *_labels(one)) for one in exports],
        "invalid": invalid.count(),
        "former": collection.items.filter(quotation__version__is_current=False).count(),
        "styled_most": STYLING.entries_most,
        "is_too_long": count > STYLING.entries_most,
        **(_previewed(collection, form) if "preview" in request.POST else {}),
    }
    return render(
        request, "quotes/collection_export.html", context, status=400 if form.errors else 200
    )


def _labels(export: CollectionExport) -> tuple[str, str]:
    """Return what an export's form and style are called."""
    made, style = collection_exports.FORMS.get(export.format), STYLES.get(export.style)
    return made.label if made else export.format, style.label if style else export.style


def _previewed(collection: Collection, form: ExportForm) -> dict[str, Any]:
    """Return the first quotations in the style that is chosen, or why not."""
    if not form.is_valid() or form.cleaned_data["form"] in collection_exports.DATA:
        return {"is_previewed": True}
    try:
        found = collection_exports.preview(collection, form.cleaned_data["style"])
    except StyleError as error:
        return {"is_previewed": True, "preview_problem": f"{error.problem}; {error.remedy}."}
    return {"is_previewed": True, "preview": found}


# --- what changed


@require_POST
@for_owners
def seen(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Note that what changed was seen, of one quotation or of all."""
    collection = own_collection(request, uid)
    one = request.POST.get("quotation")
    cited.mark_seen(collection, [one] if one else None)
    return redirect("collection", uid)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def check(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Compare everything with the database and the stored texts now, and say what does not hold."""
    collection = own_collection(request, uid)
    if request.method != "POST":
        return redirect("collection", uid)
    found = cited.recheck(collection)
    return render_collection(request, own_collection(request, uid), recheck=found)
