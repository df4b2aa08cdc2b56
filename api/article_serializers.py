"""Stored articles and their versions -> JSON, with the first quotations in place."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from api.serializers import (
    ArticleLinkSerializer,
    FactualityField,
    ReadOften,
    SpanSerializer,
    absolute,
)
from quotes.models import ArticleVersion, Quotation, QuotationSpan
from quotes.params import ACCESS

COPIES_SHOWN = 50
CURRENT, CARRIED, VANISHED = "current", "carried", "vanished"
FATES = (CURRENT, CARRIED, VANISHED)


class QuotationInPlaceSerializer(ReadOften, serializers.ModelSerializer[Quotation]):
    """A quotation inside its article: who, where its words stand, and what became of it."""

    content = serializers.SerializerMethodField()
    predecessor = serializers.CharField(
        source="predecessor.uid",
        default=None,
        allow_null=True,
        read_only=True,
        help_text="the uid of the same words in an earlier version; null: they were new in this",
    )
    successors = serializers.SerializerMethodField(
        help_text="the uids of the same words in later versions"
    )
    fate = serializers.SerializerMethodField(
        help_text="current: in the article as it is now; carried: a later version has it too; "
        "vanished: the next version has not"
    )
    factuality = FactualityField()

    class Meta:
        model = Quotation
        fields = (
            "uid", "kind", "act", "factuality", "speaker_name", "speaker_kind", "confidence",
            "speaker_confidence", "review", "content", "predecessor", "successors", "fate",
        )  # fmt: skip

    @extend_schema_field(SpanSerializer(many=True))
    def get_content(self, quotation: Quotation) -> Any:
        """Return the spans of the content."""
        return [
            {"start": span.start, "end": span.end, "exact": span.exact, "rule": span.rule}
            for span in quotation.spans_of(QuotationSpan.Role.CONTENT)
        ]

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_successors(self, quotation: Quotation) -> list[str]:
        """Return the uids of the quotations that continue this one."""
        return sorted(later.uid for later in quotation.successors.all())

    @extend_schema_field(serializers.ChoiceField(choices=FATES))
    def get_fate(self, quotation: Quotation) -> str:
        """Return what became of it."""
        if quotation.version.is_current:
            return CURRENT
        return CARRIED if quotation.successors.all() else VANISHED


def of_version(version: ArticleVersion) -> QuerySet[Quotation]:
    """Return the quotations of both acts that the latest extraction of a version has, in no order.

    Loaded for `QuotationInPlaceSerializer`: three queries.
    """
    content = QuotationSpan.objects.filter(role=QuotationSpan.Role.CONTENT)
    rows = version.quotations.filter(status=Quotation.Status.CURRENT).order_by()
    # Said to be of this article, as else SQLite reads all quotations where few have predecessors.
    versions = ArticleVersion.objects.filter(article=version.article_id).order_by().values("pk")
    later = Quotation.objects.filter(version__in=versions).order_by().only("uid", "predecessor")
    return rows.select_related("version", "predecessor").prefetch_related(
        Prefetch("spans", content), Prefetch("successors", later)
    )


class ArticleSerializer(ArticleLinkSerializer):
    """An article as lists show it: its current version, without the text."""

    api_url = serializers.SerializerMethodField(help_text="this article in the API")
    quotation_count = serializers.IntegerField(read_only=True, help_text="of speech")
    language_note = serializers.CharField(
        read_only=True, help_text="what was not read because it is not in English; empty if nothing"
    )

    class Meta(ArticleLinkSerializer.Meta):
        fields = (  # type: ignore[assignment]
            *ArticleLinkSerializer.Meta.fields, "api_url", "quotation_count", "language_note",
            "text_note", "method", "updated_at",
        )  # fmt: skip

    def get_api_url(self, version: ArticleVersion) -> str:
        """Return the address of the article in the API."""
        return absolute(reverse("api:article-detail", args=[version.article.uid]))


class CopiesSerializer(serializers.Serializer[Any]):
    """The other articles that are copies of the same piece, as of a wire story."""

    group = serializers.IntegerField()
    url = serializers.CharField(help_text="all of the group, as a list")
    articles = ArticleLinkSerializer(
        many=True, help_text=f"the others, current versions, the first {COPIES_SHOWN}"
    )


class ArticleDetailSerializer(ArticleSerializer):
    """An article version with its text, and its first quotations in text order, both acts."""

    text = serializers.CharField(source="text.content")
    length_chars = serializers.IntegerField(source="text.length_chars", help_text="code points")
    quotations = serializers.SerializerMethodField(
        help_text=f"the first {ACCESS.article_quotations} in the text; all are at `quotations_url`"
    )
    quotations_total = serializers.SerializerMethodField(help_text="of this version, both acts")
    quotations_url = serializers.SerializerMethodField(help_text="all of them, as a list")
    copies = serializers.SerializerMethodField(help_text="null if there are none")
    versions_url = serializers.SerializerMethodField(help_text="the article's versions")
    source_sha256 = serializers.CharField(help_text="of the bytes that were read")

    class Meta(ArticleSerializer.Meta):
        fields = (  # type: ignore[assignment]
            *ArticleSerializer.Meta.fields, "media_type", "text_extractor", "source_sha256",
            "length_chars", "versions_url", "copies", "text", "quotations_total",
            "quotations_url", "quotations",
        )  # fmt: skip

    @extend_schema_field(QuotationInPlaceSerializer(many=True))
    def get_quotations(self, version: ArticleVersion) -> Any:
        """Return the first quotations of this version that its latest extraction has."""
        rows = of_version(version).order_by("position", "pk")[: ACCESS.article_quotations]
        return QuotationInPlaceSerializer(rows, many=True).data

    def get_quotations_total(self, version: ArticleVersion) -> int:
        """Return how many the latest extraction has."""
        return of_version(version).count()

    def get_quotations_url(self, version: ArticleVersion) -> str:
        """Return the address of the list of them."""
        place = [version.article.uid, version.number]
        return absolute(reverse("api:article-version-quotations", args=place))

    @extend_schema_field(CopiesSerializer(allow_null=True))
    def get_copies(self, version: ArticleVersion) -> Any:
        """Return the articles that are copies of this one."""
        if version.copies_id is None:
            return None
        others = ArticleVersion.objects.current().filter(copies=version.copies_id)
        rows = others.exclude(article=version.article_id).select_related("article__outlet")
        first: Iterable[ArticleVersion] = rows.order_by("dated", "pk")[:COPIES_SHOWN]
        url = absolute(f"{reverse('api:article-list')}?copies={version.copies_id}")
        found = {"group": version.copies_id, "url": url, "articles": first}
        return CopiesSerializer(found).data

    def get_versions_url(self, version: ArticleVersion) -> str:
        """Return the address of the list of the article's versions."""
        return absolute(reverse("api:article-versions", args=[version.article.uid]))


class VersionSerializer(ArticleSerializer):
    """A version of an article, without its text."""

    version_url = serializers.SerializerMethodField(help_text="this version in the API")
    source_sha256 = serializers.CharField(help_text="of the bytes that were read")

    class Meta(ArticleSerializer.Meta):
        fields = (  # type: ignore[assignment]
            *ArticleSerializer.Meta.fields, "version_url", "source_sha256"
        )  # fmt: skip

    def get_version_url(self, version: ArticleVersion) -> str:
        """Return the address of the version in the API."""
        place = [version.article.uid, version.number]
        return absolute(reverse("api:article-version", args=place))
