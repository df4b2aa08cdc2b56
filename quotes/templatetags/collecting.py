"""Template tags: putting a quotation aside, and what of one's collections has changed."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.contrib.auth.models import User
from django.template.context import Context
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from quotes import cited, collections
from quotes.models import Collection, Quotation
from quotes.params import CITED
from quotes.paths import path_of
from quotes.quick_html import format_html
from quotes.templatetags.plain import shortened

register = template.Library()
_NAME = 40  # code points of a collection's name that a row shows
_TOLD = 60  # code points of the words by which a screen reader tells a row's button from others


class Aside:
    """The visitor's current collection, and which of a list's quotations are in it: two queries."""

    def __init__(self, context: Context, user: User, rows: Sequence[Quotation]) -> None:
        self._current = collections.own(user).first()
        self._uids = collections.uids_in(self._current, rows) if self._current else set()
        self._next: str = context["request"].get_full_path()
        self._token: object = context.get("csrf_token")

    def button(self, quotation: Quotation) -> SafeString:
        """Return the button that puts a row's quotation into it, or takes it out."""
        return _button(
            quotation,
            self._current,
            is_in=quotation.uid in self._uids,
            onward=self._next,
            token=self._token,
        )


def aside_of(context: Context, rows: Sequence[Quotation]) -> Aside | None:
    """Return what puts the quotations of a list aside; None for who is not signed in."""
    user = getattr(context.get("request"), "user", None)
    return Aside(context, user, rows) if isinstance(user, User) and rows else None


@register.simple_tag(takes_context=True)
def put_aside(context: Context) -> SafeString:
    """Return a row's button as it is once it has been pressed; `problem` says what went wrong."""
    return _button(
        context["q"],
        context["current"],
        is_in=context["is_in"],
        onward=context["next"],
        token=context.get("csrf_token"),
        problem=context["problem"],
    )


def _button(
    quotation: Quotation,
    current: Collection | None,
    *,
    is_in: bool,
    onward: str,
    token: object,
    problem: str = "",
) -> SafeString:
    """Return the form; in Python, as a list has 25 of them (quotes/templatetags/rows.py)."""
    uid, path = quotation.uid, reverse("collection-put")
    press, told = "Take out" if is_in else "Put aside", shortened(quotation.content, _TOLD)
    where = words = elsewhere = error = hidden = mark_safe("")
    if current is not None:
        hidden = format_html('<input type="hidden" name="collection" value="{}">', current.uid)
    if current is not None and is_in:
        words = mark_safe('<input type="hidden" name="take" value="1">')
        where = format_html(
            '<span class="put-where">In <a href="{}">{}</a></span> ',
            reverse("collection", args=[current.uid]),
            shortened(current.name, _NAME),
        )
    if is_in or problem:
        path_elsewhere = path_of("collection-choose", uid)
        elsewhere = format_html(
            '<a href="{}" aria-label="Elsewhere: {}">Elsewhere</a>', path_elsewhere, told
        )
    if problem:
        error = format_html(' <span class="error" role="alert">{}</span>', problem)
    return format_html(
        '<form class="put-aside" method="post" action="{path}" hx-post="{path}" hx-target="this"'
        ' hx-swap="outerHTML" hx-sync="this:drop">'
        '<input type="hidden" name="csrfmiddlewaretoken" value="{token}">'
        '<input type="hidden" name="quotation" value="{uid}"><input type="hidden" name="next"'
        ' value="{onward}">{hidden}{words}{where}<button class="link" type="submit"'
        ' id="aside-{uid}" aria-label="{press}: {told}">{press}</button> {elsewhere}{error}</form>',
        path=path,
        token=token,
        uid=uid,
        onward=onward,
        hidden=hidden,
        words=words,
        where=where,
        press=press,
        told=told,
        elsewhere=elsewhere,
        error=error,
    )


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
