"""/api/v1/stats/timeline: how many quotations of a list were published when."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.filters import Selection, check_known
from api.permissions import MayRead
from api.search_views import PARAMETERS_OF_QUOTATIONS
from quotes import plots
from quotes.histogram import Timeline, timeline
from quotes.models import Quotation
from quotes.params import SEARCH
from quotes.selections import REPEATED, SelectionError

_OFFERED = tuple(Selection.names(None))
_UNITS = [unit.name for unit in plots.UNITS]


class BinSerializer(serializers.Serializer[Any]):
    """Days side by side, and how many quotations they have."""

    first = serializers.DateField(help_text="its first day")
    last = serializers.DateField(help_text="its last day")
    count = serializers.IntegerField(help_text="about, where the timeline is estimated")


class TimelineSerializer(serializers.Serializer[Any]):
    """Quotations by day of publication, from the first to the last."""

    unit = serializers.ChoiceField(
        choices=_UNITS,
        allow_null=True,
        help_text="length of a bin; null where all are of one day, or none is",
    )
    estimated = serializers.BooleanField(
        help_text="whether the counts are reckoned from some of the days"
    )
    low = serializers.BooleanField(
        help_text="whether an estimate is on the low side, as one day has very many"
    )
    looked_at = serializers.IntegerField(help_text="quotations that the counts rest on")
    undated = serializers.IntegerField(help_text="quotations of articles that have no day")
    undated_over = serializers.BooleanField(help_text="whether more than `undated` have none")
    bins = BinSerializer(many=True)


class TimelineView(APIView):
    """Counts of quotations by time of publication."""

    permission_classes = (MayRead,)

    @extend_schema(
        summary="Quotations by time of publication",
        description="The list of quotations with the same parameters, by day, month, year or "
        f"longer, so that there are at most {SEARCH.timeline_bars} bins. Up to "
        f"{SEARCH.timeline_counted} quotations are counted; of more the counts are estimated from "
        f"some of the days, with at most {SEARCH.timeline_estimated_bars} bins, and `estimated` "
        "says so.",
        parameters=PARAMETERS_OF_QUOTATIONS,
        responses=TimelineSerializer,
    )
    def get(self, request: Request) -> Response:
        """Return the timeline of what the parameters select."""
        check_known(request, (*_OFFERED, "format"), repeated=REPEATED)
        query = {
            name: request.query_params.getlist(name)
            for name in _OFFERED
            if name in request.query_params
        }
        rows = Quotation.objects.visible_to(request.user).current()
        try:
            found = timeline(rows, query)
        except SelectionError as error:
            raise ValidationError({error.parameter: [error.message]}) from error
        return Response(TimelineSerializer(_record(found)).data)


def _record(found: Timeline) -> dict[str, Any]:
    bars = [
        {"first": bar.first, "last": bar.last, "count": bar.number}
        for bar in (found.plot.bars if found.plot else ())
    ]
    if found.only:
        number = found.looked_at - found.undated
        bars = [{"first": found.only, "last": found.only, "count": number}]
    return {
        "unit": found.plot.unit if found.plot else None,
        "estimated": found.is_estimated,
        "low": found.is_floor,
        "looked_at": found.looked_at,
        "undated": found.undated,
        "undated_over": found.undated_over,
        "bins": bars,
    }
