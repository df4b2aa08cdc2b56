"""/api/v1/speakers/: speakers across articles."""

from django.db.models import QuerySet
from drf_spectacular.utils import (
    extend_schema,
    extend_schema_view,
)

from api import serializers
from api.filters import (
    SpeakerFilters,
)
from api.resources import ReadOnly, ordering
from quotes.models import Speaker

_SPEAKER_ORDERS = {
    "name": ("name", "id"),
    "-name": ("-name", "-id"),
    "-quotation_count": ("-quotation_count", "name", "id"),
}


@extend_schema_view(
    list=extend_schema(
        summary="Speakers",
        description="Named speakers with at least one current quotation of speech. Anonymous "
        "sources are never merged into one, so they are no speakers: filter quotations instead.",
        parameters=[ordering(list(_SPEAKER_ORDERS))],
    ),
    retrieve=extend_schema(
        summary="A speaker", description="One speaker with the names that articles use."
    ),
)
class SpeakerViewSet(ReadOnly):
    """Speakers across articles."""

    lookup_field = "slug"
    queryset = Speaker.objects.none()
    serializer_class = serializers.SpeakerSerializer
    detail_serializer_class = serializers.SpeakerDetailSerializer
    filterset_class = SpeakerFilters
    orderings = _SPEAKER_ORDERS

    def get_queryset(self) -> QuerySet[Speaker]:
        """Return the rows that the client may read."""
        rows = Speaker.objects.visible_to(self.request.user).for_list()
        return rows.prefetch_related("names") if self.detail else rows
