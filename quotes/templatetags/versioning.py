"""Template tags: other versions of an article, and other articles with its text."""

from typing import Any

from django import template
from django.template.context import Context

from quotes import copies
from quotes.models import ArticleVersion, Quotation

register = template.Library()


@register.inclusion_tag("quotes/_carriers.html", takes_context=True)
def carriers(context: Context, version: ArticleVersion) -> dict[str, Any]:
    """Return who else carries the text of `version`: one source, however many they are."""
    visible = ArticleVersion.objects.visible_to(context["user"])
    return {"found": copies.carriers(version, visible)}


@register.inclusion_tag("quotes/_fate.html", takes_context=True)
def fate_of(context: Context, quotation: Quotation) -> dict[str, Any]:
    """Return what a quotation was in a former version, and whether people decided on it there."""
    former = None
    if quotation.predecessor_id is not None:
        earlier = Quotation.objects.visible_to(context["user"]).filter(pk=quotation.predecessor_id)
        former = earlier.select_related("version__article", "speaker").first()
    return {
        "quotation": quotation,
        "former": former,
        "is_hint": former is not None and bool(former.review) and not quotation.review,
    }
