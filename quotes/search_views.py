"""The page of the search, and what it asks for while one types. They decide nothing.

The same address gives the whole page, or to a script (`HX-Request`) the parts that have changed.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from quotes.forms import QuotationFilter
from quotes.models import QuotationQuerySet
from quotes.pages import for_readers, shown_quotations, suggested_outlets
from quotes.query_language import FIELDS
from quotes.search_pages import begun, groups, results, timeline_of
from quotes.search_suggestions import recognised, suggested

FORM = "search-form"
_PARTS = ("HX-Request", "HX-Target", "HX-Boosted", "X-Typing")


@for_readers
def quotations(request: HttpRequest) -> HttpResponse:
    """List quotations: search, filters, order, pages."""
    form = QuotationFilter(request.GET)
    form.belong_to(FORM)
    is_valid = form.is_valid()
    shown = shown_quotations(request)
    found = results(form, shown) if is_valid else None
    begins = ""
    if found and not found.page.total and "X-Typing" in request.headers:
        # A word is often half typed: what begins so is shown, at an address that says so.
        form, found, begins = begun(form, found, shown)
    context: dict[str, Any] = {"form": form, "begins": begins, "form_id": FORM}
    context |= found._asdict() if found else {}
    context["groups"] = groups(form, found.facets if found else [])
    if found and not found.page.capped:
        # Little to count: at once. Of more, the page asks for it when it is shown.
        context |= _when(request, form, shown)
    if _wants_part(request):
        response = _part(request, form, context)
    else:
        context |= {"outlets": suggested_outlets(), "fields": FIELDS}
        status = 200 if is_valid else 400
        response = render(request, "quotes/quotation_list.html", context, status=status)
    patch_vary_headers(response, _PARTS)
    return response


def _wants_part(request: HttpRequest) -> bool:
    return request.headers.get("HX-Target", "").endswith("#found")


def _part(request: HttpRequest, form: QuotationFilter, context: dict[str, Any]) -> HttpResponse:
    """Return what has changed; of a query that cannot be read only why, so that results stay."""
    # After a link the fields show what it asks for; while one types they are left alone.
    context["by_link"] = "HX-Boosted" in request.headers
    if context["by_link"]:
        context["outlets"] = suggested_outlets()
    response = render(request, "quotes/_search_answer.html", context)
    if form.is_valid():
        query = form.shared_query
        response["HX-Push-Url"] = f"{request.path}?{query}" if query else request.path
    else:
        # Half typed, it is no error that a browser should log.
        response["HX-Reswap"] = "none"
    return response


def _when(request: HttpRequest, form: QuotationFilter, shown: QuotationQuerySet) -> dict[str, Any]:
    """Return the timeline of a valid form's list, and whose name is in its words."""
    asked = form.cleaned_data
    return {
        **timeline_of(form, shown)._asdict(),
        "list_path": reverse("quotations"),
        "recognised": [] if asked["speaker"] else recognised(asked["q"], request.user),
    }


@for_readers
def timeline(request: HttpRequest) -> HttpResponse:
    """Show when the matches of a search were published: a part of its page, or a page."""
    form = QuotationFilter(request.GET)
    is_valid = form.is_valid()
    context: dict[str, Any] = {"form": form, "form_id": FORM}
    if is_valid:
        context |= _when(request, form, shown_quotations(request))
    is_part = "HX-Request" in request.headers
    template = "quotes/_timeline_answer.html" if is_part else "quotes/timeline.html"
    response = render(request, template, context, status=200 if is_valid else 400)
    patch_vary_headers(response, _PARTS)
    return response


@for_readers
def suggest(request: HttpRequest) -> HttpResponse:
    """Suggest speakers and quotations for what is in a search box so far: a list's entries."""
    typed = request.GET.get("q", "")
    return render(request, "quotes/_suggestions.html", suggested(typed, request.user)._asdict())


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Lead to the list of quotations, which is the search."""
    query = request.META.get("QUERY_STRING", "")
    return redirect(reverse("quotations") + (f"?{query}" if query else ""))
