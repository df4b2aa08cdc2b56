"""The pages of speakers. Each view reads named queries, validates by a form and renders."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Count, Max, Min
from django.db.models.functions import ExtractYear
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from quotes.forms import SpeakerFilter, SpeakerQuotationFilter
from quotes.models import Quotation, QuotationQuerySet, Speaker
from quotes.pages import for_readers, render_list, suggested_outlets


@for_readers
def speakers(request: HttpRequest) -> HttpResponse:
    """List the speakers that have a current quotation."""
    form = SpeakerFilter(request.GET)
    rows = form.apply(Speaker.objects.visible_to(request.user).for_list())
    return render_list(request, "quotes/speaker_list.html", form, rows)


class Bar(NamedTuple):
    """A row of a small chart: `share` is its length in percent of the longest."""

    label: str
    quotations: int
    share: float
    query: str


def bars(rows: Iterable[tuple[Any, int]], *, query: str = "", unknown: str = "") -> list[Bar]:
    """Return rows of values and counts as bars; `query` is a parameter that filters by a value."""
    pairs = list(rows)
    longest = max((count for _, count in pairs), default=1)
    return [
        Bar(
            str(value or unknown).capitalize() if query == "kind" else str(value or unknown),
            count,
            round(100 * count / longest, 1),
            f"{query}={value}" if query and value else "",
        )
        for value, count in pairs
    ]


def charts(quotes: QuotationQuerySet) -> dict[str, list[Bar]]:
    """Return counts by kind, outlet and year, in three queries."""
    plain = quotes.order_by()
    outlets = plain.values_list("version__article__outlet__name").annotate(n=Count("pk"))
    years = plain.annotate(year=ExtractYear("version__published_on")).values_list("year")
    return {
        "Kind": bars(
            plain.values_list("kind").annotate(n=Count("pk")).order_by("-n"), query="kind"
        ),
        "Outlet": bars(outlets.order_by("-n")[:8], unknown="not known"),
        "Year": bars(years.annotate(n=Count("pk")).order_by("-year")[:20], unknown="not dated"),
    }


@for_readers
def speaker(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a speaker: names, roles, counts and quotations."""
    found = get_object_or_404(Speaker.objects.visible_to(request.user), slug=slug)
    form = SpeakerQuotationFilter(request.GET)
    own = Quotation.objects.visible_to(request.user).current().filter(speaker=found)
    speech = own.speech()
    roles = (
        own.exclude(speaker_role="")
        .order_by()
        .values_list("speaker_role")
        .annotate(n=Count("pk"), seen=Max("version__published_on"))
        .order_by("-n", "speaker_role")[:12]
    )
    return render_list(
        request,
        "quotes/speaker.html",
        form,
        form.apply(own.for_list()),
        speaker=found,
        names=found.names.exclude(name=found.name),
        roles=roles,
        charts=charts(speech),
        span=speech.aggregate(
            total=Count("pk"),
            first=Min("version__published_on"),
            last=Max("version__published_on"),
        ),
        outlets=suggested_outlets(),
    )
