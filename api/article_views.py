"""/api/v1/articles/: articles by their current versions, and every version of each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers as drf
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from api import article_serializers as serializers
from api import conditional, fields
from api.fields import Expansion
from api.filters import ArticleFilters, Filters, check_known
from api.renderers import OffersFormats
from api.resources import Mirror, ordering, since
from quotes.formats import ARTICLE_FORMATS
from quotes.mirrors import Mirrored
from quotes.models import Article, ArticleVersion, Tombstone
from quotes.params import ACCESS

_ORDERS = {
    "-published_on": ("-dated", "-id"),
    "published_on": ("dated", "id"),
    "-updated_at": ("-updated_at", "-id"),
    "updated_at": ("updated_at", "id"),
}
_VERSION_ORDERS = {"-version": ("-number", "-id"), "version": ("number", "id")}
_PLACE_ORDERS = {"position": ("position", "id"), "-position": ("-position", "-id")}
_FATE = "`predecessor`, `successors` and `fate` say which of them came, stayed and went."
_LIST_EXPANSIONS: Mapping[str, Expansion] = {
    "text": Expansion(
        "the text, in which the offsets count",
        lambda: drf.CharField(source="text.content", read_only=True),
        lambda rows: rows.select_related("text"),
    ),
}


@extend_schema_view(
    list=extend_schema(
        summary="Articles",
        description="The current version of each article, without its text.",
        parameters=[
            ordering(list(_ORDERS)),
            since("articles"),
            *fields.parameters(_LIST_EXPANSIONS, serializers.ArticleSerializer),
        ],
    ),
    retrieve=extend_schema(
        summary="An article",
        description="The current version with its text and, in place, its first "
        f"{ACCESS.article_quotations} quotations of both acts, all of which are at "
        "`quotations_url`; the other articles that are copies of it.",
        parameters=fields.parameters({}, serializers.ArticleDetailSerializer),
    ),
    versions=extend_schema(
        summary="The versions of an article",
        description="What the article said each time that it was read and had changed, without "
        "the texts.",
        parameters=[
            ordering(list(_VERSION_ORDERS)),
            *fields.parameters(_LIST_EXPANSIONS, serializers.VersionSerializer),
        ],
        filters=False,
        responses=serializers.VersionSerializer(many=True),
    ),
    version=extend_schema(
        summary="A version of an article",
        description="One version with its text and, in place, its first "
        f"{ACCESS.article_quotations} quotations of both acts. {_FATE}",
        parameters=fields.parameters({}, serializers.ArticleDetailSerializer),
        responses=serializers.ArticleDetailSerializer,
    ),
    version_quotations=extend_schema(
        summary="The quotations of a version",
        description="All quotations of both acts that its latest extraction has, in the order of "
        f"the text. {_FATE}",
        parameters=[
            ordering(list(_PLACE_ORDERS)),
            *fields.parameters({}, serializers.QuotationInPlaceSerializer),
        ],
        filters=False,
        responses=serializers.QuotationInPlaceSerializer(many=True),
    ),
)
class ArticleViewSet(OffersFormats, Mirror):
    """Articles by their current versions, and every version of each."""

    lookup_field = "article__uid"
    lookup_url_kwarg = "uid"
    queryset = ArticleVersion.objects.none()
    serializer_class = serializers.ArticleSerializer
    detail_serializer_class = serializers.ArticleDetailSerializer
    formats = ARTICLE_FORMATS
    filter_backends = (Filters,)
    filterset_class = ArticleFilters
    expansions = _LIST_EXPANSIONS
    undated = frozenset({"expand"})

    @property
    def orderings(self) -> Mapping[str, tuple[str, ...]]:  # type: ignore[override]
        """Return the orders of the list: of articles, of versions, or of a version's quotations."""
        return {"versions": _VERSION_ORDERS, "version_quotations": _PLACE_ORDERS}.get(
            self.action, _ORDERS
        )

    def get_serializer_class(self) -> type[Any]:
        """Return the serializer of what is shown."""
        if self.action == "versions":
            return serializers.VersionSerializer
        if self.action == "version_quotations":
            return serializers.QuotationInPlaceSerializer
        return super().get_serializer_class()

    def get_queryset(self) -> QuerySet[ArticleVersion]:
        """Return the rows that the client may read."""
        rows = ArticleVersion.objects.visible_to(self.request.user).for_list()
        if self.action in ("version", "versions"):
            return rows.select_related("text") if self.action == "version" else rows
        return rows.current().select_related("text") if self.detail else rows.current()

    def get_object(self) -> ArticleVersion:
        """Return the version, and note when it or a quotation in it last changed."""
        found: ArticleVersion = super().get_object()
        self._changed = _changed_at(found)
        return found

    def mirrored(self) -> Mirrored:
        """Return the current version of every article, and those that this list has."""
        rows = ArticleVersion.objects.visible_to(self.request.user).current()
        return Mirrored(
            kind=Tombstone.Kind.ARTICLE,
            rows=self.loaded(rows.for_list()),
            listed=lambda: self.filter_queryset(rows).order_by(),
            key="article__uid",
            why=lambda _: "",
        )

    @action(detail=True, url_path="versions")
    def versions(self, request: Request, uid: str) -> Response:
        """List the versions of an article, the newest first."""
        check_known(request, {"cursor", "page_size", "ordering", "format", "fields", "expand"})
        if not Article.objects.filter(uid=uid).exists():
            raise NotFound
        rows = self.loaded(self.get_queryset().filter(article__uid=uid))
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @action(detail=True, url_path=r"versions/(?P<number>[1-9][0-9]{0,8})")
    def version(self, request: Request, uid: str, number: str) -> Response:
        """Return one version of an article."""
        self.kwargs = {"uid": uid, "number": number}
        return self.retrieve(request)

    @action(detail=True, url_path=r"versions/(?P<number>[1-9][0-9]{0,8})/quotations")
    def version_quotations(self, request: Request, uid: str, number: str) -> Response:
        """List the quotations of one version, in the order of the text."""
        check_known(request, {"cursor", "page_size", "ordering", "format", "fields"})
        found = ArticleVersion.objects.visible_to(request.user).filter(article__uid=uid)
        version = get_object_or_404(found, number=int(number))
        page = self.paginate_queryset(serializers.of_version(version))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows that pass; of one article, the version that its address names."""
        rows = super().filter_queryset(queryset)
        number = self.kwargs.get("number")
        return rows.filter(number=int(number)) if number else rows

    def expandable(self) -> Mapping[str, Expansion]:
        """Return what can be expanded here."""
        return self.expansions if self.action == "versions" else super().expandable()


def _changed_at(version: ArticleVersion) -> datetime | None:
    newest = version.quotations.order_by("-updated_at").values_list("updated_at", flat=True)
    # Who joins the group of copies changes what is shown of the others.
    if version.copies_id is not None:
        return None
    return conditional.newest(version.updated_at, *newest[:1])
