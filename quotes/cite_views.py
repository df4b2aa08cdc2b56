"""A citation in the style that a visitor chooses: a part of the quotation's page."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers

from quotes import cite_pages, verification
from quotes.models import Quotation
from quotes.pages import for_readers


@for_readers
def cite_in(request: HttpRequest, uid: str) -> HttpResponse:
    """Show the citation in `?style=`, and remember the choice.

    Who asks for a part of the page gets that part, others the page itself, at its box.
    """
    name = request.GET.get("style", cite_pages.PLAIN)
    if not cite_pages.is_known(name):
        raise Http404(f"no citation style {name!r}")
    found = get_object_or_404(Quotation.objects.visible_to(request.user).for_page(), uid=uid)
    if "HX-Request" in request.headers:
        c = verification.citable(found, verification.verify(found, request.user))
        shown = cite_pages.shown(request, c, name, may_write=True)
        response = render(request, "quotes/_cite_result.html", shown)
    else:
        response = redirect(f"{found.get_absolute_url()}?{urlencode({'style': name})}#cite")
    cite_pages.remember(response, name)
    patch_vary_headers(response, ["HX-Request"])
    return response
