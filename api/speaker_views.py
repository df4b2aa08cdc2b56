"""/api/v1/speakers/: speakers across articles."""

from collections.abc import Mapping

from django.db.models import QuerySet
from drf_spectacular.utils import (
    extend_schema,
    extend_schema_view,
)
from rest_framework import serializers as drf

from api import fields
from api import speaker_serializers as serializers
from api.fields import Expansion
from api.filters import Filters, SpeakerFilters
from api.renderers import OffersFormats
from api.resources import Mirror, ordering, since
from quotes.formats import SPEAKER_FORMATS
from quotes.mirrors import Mirrored
from quotes.models import Speaker, Tombstone

_ORDERS = {
    "name": ("name", "id"),
    "-name": ("-name", "-id"),
    "-quotation_count": ("-quotation_count", "name", "id"),
    "-updated_at": ("-updated_at", "-id"),
    "updated_at": ("updated_at", "id"),
}
_EXPANSIONS: Mapping[str, Expansion] = {
    "names": Expansion(
        "the names that articles use",
        lambda: drf.SlugRelatedField(many=True, read_only=True, slug_field="name"),
        lambda rows: rows.prefetch_related("names"),
    ),
}


def why_not(row: Speaker) -> str:
    """Return why a speaker is in no list; "" if nothing is against it."""
    if row.merged_into_id is not None:
        return "merged"
    return "" if row.quotation_count else "unquoted"


@extend_schema_view(
    list=extend_schema(
        summary="Speakers",
        description="Named speakers with at least one current quotation of speech. Anonymous "
        "sources are never merged into one, so they are no speakers: filter quotations instead.",
        parameters=[
            ordering(list(_ORDERS)),
            since("speakers"),
            *fields.parameters(_EXPANSIONS, serializers.SpeakerSerializer),
        ],
    ),
    retrieve=extend_schema(
        summary="A speaker",
        description="One speaker with the names that articles use, and why they are the speaker's. "
        "One who was found to be another says who in `merged_into`.",
        parameters=fields.parameters({}, serializers.SpeakerDetailSerializer),
    ),
)
class SpeakerViewSet(OffersFormats, Mirror):
    """Speakers across articles."""

    lookup_field = "slug"
    queryset = Speaker.objects.none()
    serializer_class = serializers.SpeakerSerializer
    detail_serializer_class = serializers.SpeakerDetailSerializer
    formats = SPEAKER_FORMATS
    filter_backends = (Filters,)
    filterset_class = SpeakerFilters
    orderings = _ORDERS
    expansions = _EXPANSIONS
    undated = frozenset({"name", "expand"})

    def get_queryset(self) -> QuerySet[Speaker]:
        """Return the rows that the client may read; of items, those without quotations too."""
        rows = Speaker.objects.visible_to(self.request.user)
        if self.detail:
            return rows.select_related("merged_into").prefetch_related("names")
        return rows.for_list()

    def mirrored(self) -> Mirrored:
        """Return every speaker there is, and those that this list has."""
        rows = Speaker.objects.visible_to(self.request.user)
        return Mirrored(
            kind=Tombstone.Kind.SPEAKER,
            rows=self.loaded(rows.select_related("main_outlet")),
            listed=lambda: self.filter_queryset(rows.for_list()).select_related(None).order_by(),
            key="slug",
            why=why_not,
        )
