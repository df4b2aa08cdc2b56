"""Template tags: other versions of an article, and other articles with its text."""

from typing import Any

from django import template
from django.template.context import Context

from quotes import copies, versions
from quotes.models import ArticleVersion, Quotation
from quotes.versions import Fate

register = template.Library()


@register.inclusion_tag("quotes/_carriers.html", takes_context=True)
def carriers(context: Context, version: ArticleVersion) -> dict[str, Any]:
    """Return who else carries the text of `version`: one source, however many they are."""
    visible = ArticleVersion.objects.visible_to(context["user"])
    return {"found": copies.carriers(version, visible)}


@register.inclusion_tag("quotes/_fate.html", takes_context=True)
def fate_of(context: Context, quotation: Quotation) -> dict[str, Any]:
    """Return what became of a quotation in the current version, and what it was in a former one."""
    version, user = quotation.version, context["user"]
    visible = Quotation.objects.visible_to(user)
    found = current = None
    if not version.is_current:
        mine = ArticleVersion.objects.visible_to(user).filter(article=version.article_id)
        current = mine.filter(is_current=True).first()
    if current:
        found = versions.in_current(quotation, current, visible)
    former = None
    if quotation.predecessor_id is not None:
        earlier = visible.filter(pk=quotation.predecessor_id)
        former = earlier.select_related("version__article", "speaker").first()
    return {
        "quotation": quotation,
        "version": version,
        "current": current,
        "found": found,
        "is_same": found is not None and found.fate == Fate.SAME,
        "former": former,
        "is_hint": former is not None and bool(former.review) and not quotation.review,
    }
