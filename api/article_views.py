"""/api/v1/articles/: articles, by their current versions."""

from datetime import date

from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce
from drf_spectacular.utils import (
    extend_schema,
    extend_schema_view,
)

from api import serializers
from api.filters import (
    ArticleFilters,
)
from api.resources import ReadOnly, ordering
from quotes.models import ArticleVersion

# A NULL has no place in a cursor: articles without a date come last, as the oldest.
_ARTICLE_DATED = Coalesce("published_on", Value(date.min))
_ARTICLE_ORDERS = {"-published_on": ("-dated", "-id"), "published_on": ("dated", "id")}


@extend_schema_view(
    list=extend_schema(
        summary="Articles",
        description="The current version of each article, without its text.",
        parameters=[ordering(list(_ARTICLE_ORDERS))],
    ),
    retrieve=extend_schema(
        summary="An article",
        description="The current version with its text and, in place, its quotations of both acts.",
    ),
)
class ArticleViewSet(ReadOnly):
    """Articles, by their current versions."""

    lookup_field = "article__uid"
    lookup_url_kwarg = "uid"
    queryset = ArticleVersion.objects.none()
    serializer_class = serializers.ArticleSerializer
    detail_serializer_class = serializers.ArticleDetailSerializer
    filterset_class = ArticleFilters
    orderings = _ARTICLE_ORDERS

    def get_queryset(self) -> QuerySet[ArticleVersion]:
        """Return the rows that the client may read."""
        rows = ArticleVersion.objects.visible_to(self.request.user).current().for_list()
        return rows.select_related("text") if self.detail else rows.annotate(dated=_ARTICLE_DATED)
