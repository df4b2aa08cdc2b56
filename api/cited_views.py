"""/api/v1/collections/UID/exports/ and /changes/: what was cited, and what of it is different now.

For the collection's owner alone: others get 403 for a public one, and 404 for any other.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api.collection_views import CollectionSerializer, CollectionViewSet
from api.filters import PAGING, check_known
from api.permissions import Forbidden
from api.resources import ordering
from api.serializers import absolute
from api.strict import StrictSerializer
from quotes import cited
from quotes.cited_changes import MEANINGS, is_grave
from quotes.models import CitedQuotation, Collection, CollectionExport
from quotes.params import ACCESS

_EXPORT_ORDERS = {"-created_at": ("-created_at", "-id")}
_CHANGE_ORDERS = {"-changed_at": ("-changed_at", "-id")}
_UNSEEN = OpenApiParameter("unseen", enum=["true"], description="Only what was not seen yet.")
_SEEN_EXAMPLE = {"quotations": ["0123456789abcdef"]}


class CitedExportSerializer(serializers.ModelSerializer[CollectionExport]):
    """That a collection was taken out to be cited, and how."""

    by = serializers.CharField(
        source="by.username", default=None, allow_null=True, help_text="user name; null if deleted"
    )
    quotation_count = serializers.IntegerField(source="cited_count")
    changed_count = serializers.IntegerField(
        source="changed", help_text="of those, how many are different now, seen or not"
    )

    class Meta:
        model = CollectionExport
        fields = ("uid", "format", "style", "by", "quotation_count", "changed_count", "created_at")


class CitedInSerializer(serializers.ModelSerializer[CollectionExport]):
    """The newest export in which a quotation was other than it is now."""

    class Meta:
        model = CollectionExport
        fields = ("uid", "format", "style", "created_at")


class ChangeSerializer(serializers.Serializer[Any]):
    """Something that is different of a quotation since it was cited."""

    kind = serializers.ChoiceField(choices=list(MEANINGS))
    means = serializers.SerializerMethodField(help_text="in words")
    was = serializers.CharField(help_text="as it was cited")
    now = serializers.CharField(help_text="as it is; empty where nothing is")

    def get_means(self, change: Mapping[str, str]) -> str:
        """Return what a change of this kind means."""
        return MEANINGS[change["kind"]].means


class CitedArticleSerializer(serializers.Serializer[Any]):
    """The article's current version, as it was then, and what became of the quotation in it."""

    version = serializers.IntegerField()
    title = serializers.CharField()
    byline = serializers.CharField()
    published_on = serializers.CharField(help_text="a day, or empty")
    fate = serializers.CharField(
        help_text="same, changed or vanished; empty where the quotation is of the current version"
    )
    content = serializers.CharField()
    speaker = serializers.CharField()


class AsCitedSerializer(serializers.Serializer[Any]):
    """What a citation said of a quotation, as it stood then."""

    content = serializers.CharField()
    kind = serializers.CharField()
    act = serializers.CharField()
    factuality = serializers.CharField(
        default="", help_text="empty: cited before this was looked at, or not looked at"
    )
    speaker = serializers.CharField()
    speaker_slug = serializers.CharField()
    speaker_role = serializers.CharField()
    medium = serializers.CharField()
    status = serializers.CharField()
    review = serializers.CharField()
    paragraph = serializers.IntegerField()
    version = serializers.IntegerField(help_text="of the article")
    text_sha256 = serializers.CharField()
    outlet = serializers.CharField()
    url = serializers.CharField()
    title = serializers.CharField()
    byline = serializers.CharField()
    published_on = serializers.CharField(help_text="a day, or empty")
    article = CitedArticleSerializer()


class CitedSerializer(serializers.ModelSerializer[CitedQuotation]):
    """A quotation that is not as it was cited."""

    url = serializers.SerializerMethodField(help_text="the quotation in the API; null if deleted")
    export = CitedInSerializer()
    as_cited = AsCitedSerializer()
    changes = ChangeSerializer(many=True)
    is_grave = serializers.SerializerMethodField(
        help_text="whether a text that cites it may be wrong now"
    )

    class Meta:
        model = CitedQuotation
        fields = ("uid", "url", "export", "as_cited", "changes", "is_grave", "changed_at",
                  "seen_at")  # fmt: skip

    def get_url(self, row: CitedQuotation) -> str | None:
        """Return the address of the quotation; None if it was deleted."""
        found = row.quotation is not None
        return absolute(reverse("api:quotation-detail", args=[row.uid])) if found else None

    def get_is_grave(self, row: CitedQuotation) -> bool:
        """Say whether one of the changes can make a text wrong that cites the quotation."""
        return is_grave(row.changes)


class SeenInput(StrictSerializer):
    """Which changes were seen."""

    quotations = serializers.ListField(
        child=serializers.CharField(max_length=16),
        required=False,
        max_length=ACCESS.collection_sent_most,
        help_text="uids of quotations; without it: all",
    )


class CitedViewSet(CollectionViewSet):
    """What was exported of a collection, and what changed since."""

    @property
    def orderings(self) -> Mapping[str, tuple[str, ...]]:  # type: ignore[override]
        """Return the orders of the list: of exports, or of changes."""
        return _EXPORT_ORDERS if self.action == "exports" else _CHANGE_ORDERS

    def _own(self) -> Collection:
        found = self.get_object()
        if found.owner_id != self.request.user.pk:
            raise Forbidden(
                "what was exported of this collection is its owner's matter",
                "export it yourself into a collection of your own, and read that one's changes",
            )
        return found

    @extend_schema(
        summary="What was exported",
        description="The exports of a collection by its owner, as pages and bibliographies made "
        "them. Each keeps what was cited, so that changes since are told.",
        filters=False,
        parameters=[ordering(list(_EXPORT_ORDERS))],
        responses=CitedExportSerializer(many=True),
    )
    def exports(self, request: Request, uid: UUID) -> Response:  # noqa: ARG002
        """List the exports of a collection."""
        check_known(request, set(PAGING))
        page = self.paginate_queryset(cited.exports_of(self._own()))
        return self.get_paginated_response(CitedExportSerializer(page, many=True).data)

    @extend_schema(
        summary="What changed since an export",
        description="The quotations that are not as they were cited, each once: in the newest "
        "export in which it was other. A change that is undone is not listed any more. Changes "
        "are noticed within a minute or so.",
        filters=False,
        parameters=[_UNSEEN, ordering(list(_CHANGE_ORDERS))],
        responses=CitedSerializer(many=True),
    )
    def changes(self, request: Request, uid: UUID) -> Response:  # noqa: ARG002
        """List what changed of what was cited."""
        check_known(request, {*PAGING, "unseen"})
        unseen = request.query_params.get("unseen")
        if unseen not in {None, "true"}:
            raise ValidationError({"unseen": [f"{unseen!r} is no value; use true, or leave it"]})
        rows = cited.changed(self._own(), is_unseen=True if unseen else None)
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(CitedSerializer(page, many=True).data)

    @extend_schema(
        summary="Say that changes were seen",
        description="They are counted and mailed no more, until something else changes.",
        request=SeenInput,
        responses=CollectionSerializer,
        examples=[OpenApiExample("One", _SEEN_EXAMPLE, request_only=True)],
    )
    def seen(self, request: Request, uid: UUID) -> Response:  # noqa: ARG002
        """Note that changes were seen."""
        found, asked = self._own(), self._asked(SeenInput)
        cited.mark_seen(found, asked.get("quotations"))
        return self._shown(found)
