"""Template tags: citing a quotation on its page."""

from typing import Any

from django import template
from django.template.context import Context

from quotes import cite_pages, verification
from quotes.models import Quotation

register = template.Library()


@register.inclusion_tag("quotes/_cite_box.html", takes_context=True)
def cite_box(context: Context, quotation: Quotation) -> dict[str, Any]:
    """Return what the box that cites a quotation shows; wants the page's `verdict`.

    No query where the quotation is loaded.
    """
    c = verification.citable(quotation, context["verdict"])
    return cite_pages.box(context["request"], c)
