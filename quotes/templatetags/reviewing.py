"""Template tags: what people have decided about a quotation, where it is shown."""

from typing import Any

from django import template
from django.template.context import Context

from quotes import history
from quotes.decisions import may_decide
from quotes.models import Decision, Quotation

register = template.Library()


@register.inclusion_tag("quotes/_review_box.html", takes_context=True)
def review_box(context: Context, quotation: Quotation) -> dict[str, Any]:
    """Return what the box on a quotation's page shows: the last decisions, and how to review."""
    standing = Decision.objects.filter(quotation=quotation, undone_by=None)
    shown = standing.exclude(kind=Decision.Kind.UNDO).defer("before", "after")
    return {
        "q": quotation,
        "standing": shown if quotation.review else (),
        "may_decide": may_decide(context["user"]),
    }


@register.filter
def changed(decision: Any) -> list[history.Difference]:
    """Return what a decision changed, in words; of one that `history.in_words` has loaded."""
    return history.between(decision.was or {}, decision.became or {})
