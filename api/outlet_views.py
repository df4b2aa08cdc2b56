"""/api/v1/outlets/: who publishes the articles."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.reverse import reverse

from api import fields
from api.filters import Filters, OutletFilters
from api.resources import ReadOnly, ordering
from api.serializers import OutletSerializer, absolute
from quotes.models import Article, ArticleVersion, Outlet, Quotation

_ORDERS = {"name": ("name", "id"), "-name": ("-name", "-id")}


class OutletRowSerializer(OutletSerializer):
    """An outlet as lists show it."""

    url = serializers.SerializerMethodField(help_text="this outlet in the API")

    class Meta(OutletSerializer.Meta):
        fields = (*OutletSerializer.Meta.fields, "url")  # type: ignore[assignment]

    def get_url(self, outlet: Outlet) -> str:
        """Return the address of the outlet in the API."""
        return absolute(reverse("api:outlet-detail", args=[outlet.slug]))


class OutletDetailSerializer(OutletRowSerializer):
    """An outlet with what is stored of it."""

    article_count = serializers.SerializerMethodField()
    quotation_count = serializers.SerializerMethodField(help_text="of speech, current")
    first_published_on = serializers.SerializerMethodField(help_text="null if no day is known")
    last_published_on = serializers.SerializerMethodField(help_text="null if no day is known")

    class Meta(OutletRowSerializer.Meta):
        fields = (  # type: ignore[assignment]
            *OutletRowSerializer.Meta.fields, "article_count", "quotation_count",
            "first_published_on", "last_published_on",
        )  # fmt: skip

    def get_article_count(self, outlet: Outlet) -> int:
        """Return how many articles are stored."""
        return Article.objects.filter(outlet=outlet).count()

    def get_quotation_count(self, outlet: Outlet) -> int:
        """Return how many current quotations of speech its articles have."""
        rows = Quotation.objects.current().speech().order_by()
        return rows.filter(version__article__outlet=outlet).count()

    def get_first_published_on(self, outlet: Outlet) -> str | None:
        """Return the day of its oldest article."""
        return self._day(outlet, "published_on")

    def get_last_published_on(self, outlet: Outlet) -> str | None:
        """Return the day of its newest article."""
        return self._day(outlet, "-published_on")

    def _day(self, outlet: Outlet, order: str) -> str | None:
        dated = ArticleVersion.objects.current().filter(published_on__isnull=False)
        days = dated.filter(article__outlet=outlet).order_by(order)
        day = days.values_list("published_on", flat=True).first()
        return None if day is None else day.isoformat()


@extend_schema_view(
    list=extend_schema(
        summary="Outlets",
        description="Who publishes the articles that are stored.",
        parameters=[ordering(list(_ORDERS)), *fields.parameters({}, OutletRowSerializer)],
    ),
    retrieve=extend_schema(
        summary="An outlet",
        description="One outlet, with how much of it is stored, and of which days.",
        parameters=fields.parameters({}, OutletDetailSerializer),
    ),
)
class OutletViewSet(ReadOnly):
    """Outlets, with how much of each is stored."""

    lookup_field = "slug"
    queryset = Outlet.objects.none()
    serializer_class = OutletRowSerializer
    detail_serializer_class = OutletDetailSerializer
    filter_backends = (Filters,)
    filterset_class = OutletFilters
    orderings = _ORDERS

    def get_queryset(self) -> QuerySet[Any]:
        """Return all outlets: who may read at all may read of each."""
        return Outlet.objects.all()
