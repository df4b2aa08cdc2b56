"""What the pages share: who may read, what a list shows and how it is rendered."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from quotes.decisions import may_decide
from quotes.forms import ListFilter
from quotes.models import Outlet, Quotation, QuotationQuerySet
from quotes.paging import InParts, page_of
from quotes.params import PAGES

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

OUTLETS_SUGGESTED = 200


def for_readers(view: View[P]) -> View[P]:
    """Send visitors of a private tracker to the login page first."""

    @require_safe
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if settings.PUBLIC_READS or request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if "HX-Request" in request.headers:
            # A part of a page: the page is loaded anew, and leads to the login.
            return HttpResponse(headers={"HX-Refresh": "true"})
        return redirect_to_login(request.get_full_path(), reverse("login"))

    return cast("View[P]", guarded)


def for_reviewers(view: View[P]) -> View[P]:
    """Send visitors to the login page, and tell those who may not decide that they may not."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if may_decide(request.user):
            return view(request, *args, **kwargs)
        if request.user.is_authenticated:
            raise PermissionDenied(f"{request.user.get_username()} may not review")
        return redirect_to_login(request.get_full_path(), reverse("login"))

    return cast("View[P]", guarded)


def shown_quotations(request: HttpRequest) -> QuotationQuerySet:
    """Return the current quotations that the visitor may read, loaded for a list."""
    return Quotation.objects.visible_to(request.user).current().for_list()


def suggested_outlets() -> QuerySet[Outlet, str]:
    """Return the names of the outlets that the filter suggests while one types."""
    return Outlet.objects.values_list("name", flat=True)[:OUTLETS_SUGGESTED]


def render_list(
    request: HttpRequest,
    template: str,
    form: ListFilter,
    rows: QuerySet[Any] | InParts[Any],
    *,
    known: int | None = None,
    cap: int = PAGES.count_cap,
    **context: Any,
) -> HttpResponse:
    """Return a page of a list, with status 400 where the form says what cannot be used.

    `known` is how many rows there are, where that has been counted already; at most `cap` of them
    are counted and paged through.
    """
    page = page_of(
        rows,
        form.number if form.is_valid() else 1,
        size=PAGES.list_rows,
        cap=cap,
        known=known,
    )
    status = 200 if form.is_valid() else 400
    return render(request, template, {"form": form, "page": page, **context}, status=status)
