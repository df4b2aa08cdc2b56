"""Template tags: putting a quotation aside, and what of one's collections has changed."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.context import Context

from quotes import cited, collections
from quotes.models import Collection, Quotation
from quotes.params import CITED

register = template.Library()
_KNOWN = "_put_aside"


class _Aside:
    """What one page knows of the visitor's current collection: read once, however many rows."""

    def __init__(self, user: User) -> None:
        self.current: Collection | None = collections.own(user).first()
        self.asked: set[int] = set()
        self.uids: set[str] = set()

    def has(self, quotation: Quotation, rows: Sequence[Quotation]) -> bool:
        """Say whether a quotation is in it; `rows` are asked about in the same query."""
        if self.current is not None and quotation.pk not in self.asked:
            asked = [quotation, *rows]
            self.asked |= {row.pk for row in asked}
            self.uids |= collections.uids_in(self.current, asked)
        return quotation.uid in self.uids


def _aside(request: HttpRequest, user: User) -> _Aside:
    known: _Aside | None = getattr(request, _KNOWN, None)
    if known is None:
        known = _Aside(user)
        setattr(request, _KNOWN, known)
    return known


@register.inclusion_tag("quotes/_put_aside.html", takes_context=True)
def put_aside(context: Context, quotation: Quotation) -> dict[str, Any]:
    """Return the button that puts a row's quotation into the current collection, or takes it out.

    Two queries a page: the rows of the list are found as `page.rows`, or as the list `latest`.
    """
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or not isinstance(user, User):
        return {}
    listed = getattr(context.get("page"), "rows", None) or context.get("latest")
    if not isinstance(listed, list | QuerySet):
        listed = ()
    rows = [row for row in listed if isinstance(row, Quotation)]
    aside = _aside(request, user)
    return {
        "q": quotation,
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "current": aside.current,
        "is_in": aside.has(quotation, rows),
        "next": request.get_full_path(),
    }


@register.inclusion_tag("quotes/_collect_box.html", takes_context=True)
def collect_box(context: Context, quotation: Quotation) -> dict[str, Any]:
    """Return the box on a quotation's page: in which collections it is, and where it can be put.

    For a visitor who is not signed in it says how to; queries: two.
    """
    request = context["request"]
    found = {"q": quotation, "request": request, "csrf_token": context.get("csrf_token")}
    if not isinstance(request.user, User):
        return found
    holding = list(collections.holding(request.user, quotation)[: CITED.own_shown])
    keys = {one.pk for one in holding}
    own = collections.own(request.user)[: CITED.chosen_among + 1]
    return {
        **found,
        "is_signed_in": True,
        "holding": holding,
        "others": [one for one in own if one.pk not in keys][: CITED.chosen_among],
    }


@register.inclusion_tag("quotes/_collection_options.html", takes_context=True)
def all_collections(context: Context, quotation: Quotation) -> dict[str, Any]:
    """Return every collection of the visitor's, with whether the quotation is in it."""
    request = context["request"]
    holding = set(collections.holding(request.user, quotation).values_list("pk", flat=True))
    own = collections.with_counts(collections.own(request.user))[: CITED.own_shown]
    return {
        "q": quotation,
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "rows": [(one, one.pk in holding) for one in own],
    }


@register.simple_tag(takes_context=True)
def changed_since_cited(context: Context) -> int:
    """Return how many quotations that the visitor has cited are not so any more; one query.

    None of a visitor who is not signed in: 0.
    """
    user = context.get("user")
    return cited.count_unseen(user) if isinstance(user, User) else 0
