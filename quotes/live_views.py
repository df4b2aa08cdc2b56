"""Comparing a quotation with the publisher's page, when a reader asks for it."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from quotes import limits, live_pages
from quotes.models import Quotation
from quotes.plain_words import duration
from quotes.refusals import InputError
from quotes.templatetags.live import shown


@require_POST
def compare(request: HttpRequest, uid: str) -> HttpResponse:
    """Compare a quotation with the publisher's page; show what was found, or why not."""
    if not (settings.PUBLIC_READS or request.user.is_authenticated):
        return redirect_to_login(reverse("quotation", args=[uid]), reverse("login"))
    found = get_object_or_404(Quotation.objects.visible_to(request.user).for_page(), uid=uid)
    note = _compared(request, found)
    if "HX-Request" in request.headers:
        return render(request, "quotes/_live_check.html", {**shown(request, found), "note": note})
    if note:
        messages.info(request, note)
        return redirect(found)
    return redirect(f"{found.get_absolute_url()}#live")


def _compared(request: HttpRequest, found: Quotation) -> str:
    """Compare; return why that was not done, "" if it was."""
    over = limits.exceeded(limits.spend(limits.client_of(request), [limits.LIVE]))
    if over is not None:
        most = f"{over.limit.requests} pages in {duration(over.limit.period_s)}"
        return f"{most} are compared for one reader; wait {duration(over.ends_in_s)}."
    try:
        live_pages.check(found)
    except InputError as error:
        return f"{error.problem}; {error.remedy}."
    return ""
