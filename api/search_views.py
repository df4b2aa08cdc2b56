"""/api/v1/quotations/facets/: what a list of quotations can be narrowed to, with counts."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.filters import Selection, check_known
from api.permissions import MayRead
from quotes import facets, selections
from quotes.models import Quotation
from quotes.params import SEARCH
from quotes.selections import PARAMETERS, REPEATED, SelectionError

_OFFERED = tuple(Selection.names(None))
PARAMETERS_OF_QUOTATIONS = [
    OpenApiParameter(
        name,
        {"type": "array", "items": value, "maxItems": SEARCH.values_most}
        if name in REPEATED
        else value,
        description=PARAMETERS[name].means,
    )
    for name in _OFFERED
    for choices in [PARAMETERS[name].choices]
    for value in [{**PARAMETERS[name].schema, **({"enum": list(choices)} if choices else {})}]
]


class FacetValueSerializer(serializers.Serializer[Any]):
    """A value of a facet."""

    value = serializers.CharField(help_text="as the list's parameter takes it")
    label = serializers.CharField(help_text="for readers")  # type: ignore[assignment]  # a value's
    count = serializers.IntegerField()


class FacetSerializer(serializers.Serializer[Any]):
    """A facet with its commonest values."""

    name = serializers.ChoiceField(choices=facets.NAMES)
    values = FacetValueSerializer(many=True, help_text="the commonest first")
    others = serializers.IntegerField(help_text="how many more values there are")


class FacetsSerializer(serializers.Serializer[Any]):
    """The facets of a list of quotations."""

    counted = serializers.IntegerField(help_text=f"quotations counted, {SEARCH.counted} at most")
    over = serializers.BooleanField(
        help_text="whether more match; then the counts are of the newest ones"
    )
    facets = FacetSerializer(many=True)


class QuotationFacetsView(APIView):
    """Counts of speakers, outlets, kinds, media, years and reviews among quotations."""

    permission_classes = (MayRead,)

    @extend_schema(
        summary="Facets of quotations",
        description="What the list of quotations with the same parameters can be narrowed to, "
        f"counted among its newest {SEARCH.counted}. A value of `year` is a year of publication: "
        "give it as `published_from` and `published_to`; `reviewed` has `yes` and `no`, which are "
        "`true` and `false` there.\n\nRunnable: "
        "`curl 'http://127.0.0.1:8000/api/v1/quotations/facets/?q=wall'`.",
        parameters=PARAMETERS_OF_QUOTATIONS,
        responses=FacetsSerializer,
    )
    def get(self, request: Request) -> Response:
        """Return the facets of what the parameters select."""
        check_known(request, (*_OFFERED, "format"), repeated=REPEATED)
        query = {
            name: request.query_params.getlist(name)
            for name in _OFFERED
            if name in request.query_params
        }
        rows = Quotation.objects.visible_to(request.user).current()
        try:
            found = facets.facets(selections.narrow(rows, query))
        except SelectionError as error:
            raise ValidationError({error.parameter: [error.message]}) from error
        return Response(
            FacetsSerializer(
                {"counted": found.total, "over": found.is_capped, "facets": found.facets}
            ).data
        )
