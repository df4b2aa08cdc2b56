"""Template tags: what the publisher's page has of a quotation."""

from datetime import timedelta
from typing import Any

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.utils import timezone

from quotes import wording
from quotes.job_reports import RIGHT
from quotes.models import LiveCheck, Quotation
from quotes.params import LIVE
from quotes.plain_words import DIFFERENCES
from quotes.source_texts import is_web_address

register = template.Library()


@register.inclusion_tag("quotes/_live_check.html", takes_context=True)
def live_check(context: Context, quotation: Quotation) -> dict[str, Any]:
    """Return what the box on a quotation's page shows of the publisher's page. One query."""
    return shown(context["request"], quotation)


def shown(request: HttpRequest, quotation: Quotation) -> dict[str, Any]:
    """Return the same for a view that has just compared."""
    address = quotation.version.article.url
    if not is_web_address(address):
        return {"q": quotation, "can_compare": False}
    check = LiveCheck.objects.filter(quotation=quotation).first()
    context: dict[str, Any] = {
        "request": request,
        "q": quotation,
        "address": address,
        "can_compare": True,
        "check": check,
        "may_import": request.user.has_perm(RIGHT),
    }
    if check is not None:
        free = check.checked_at + timedelta(seconds=LIVE.again_after_s)
        context["free_at"] = free if free > timezone.now() else None
    if check is not None and check.outcome == LiveCheck.Outcome.ALTERED:
        old, new = wording.sides(quotation.content, check.found)
        kinds = wording.differences(quotation.content, check.found)
        means = [DIFFERENCES[kind] for kind in kinds]
        context |= {"old": old, "new": new, "means": means}
    return context
