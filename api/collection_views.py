"""/api/v1/collections/: quotations that accounts put aside, in their order, with notes.

Whoever owns a collection changes it; public ones are read by whoever may read at all. One that is
neither is not there: 404.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_view,
)
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api import citing, fields
from api.filters import PAGING, check_known
from api.permissions import Forbidden, MayWrite, has_scope, require_account
from api.resources import ReadOnly, ordering
from api.serializers import QuotationSerializer, absolute
from api.strict import StrictSerializer
from quotes import cited, collection_exports, collections
from quotes.citation_forms import FORMS
from quotes.collections import CollectionError
from quotes.models import Collection, CollectionItem
from quotes.params import ACCESS
from quotes.tokens import Scope

_ORDERS = {
    "-updated_at": ("-updated_at", "-id"),
    "updated_at": ("updated_at", "id"),
    "name": ("name", "id"),
    "-name": ("-name", "-id"),
}
_ITEM_ORDERS = {"position": ("position", "id")}
_MINE = OpenApiParameter("mine", enum=["true"], description="Only the account's own.")
_EXAMPLE_UIDS = {"quotations": ["0123456789abcdef", "fedcba9876543210"]}


class CollectionSerializer(serializers.ModelSerializer[Collection]):
    """A collection, without its items."""

    url = serializers.SerializerMethodField(help_text="this collection in the API")
    items_url = serializers.SerializerMethodField(help_text="what is in it")
    owner = serializers.CharField(source="owner.username", help_text="user name")
    item_count = serializers.IntegerField()
    changed_since_export = serializers.SerializerMethodField(
        help_text="quotations that are not as they were exported, and whose changes were not seen; "
        "null for all but the owner"
    )
    changes_url = serializers.SerializerMethodField(help_text="what changed, for the owner")
    exports_url = serializers.SerializerMethodField(help_text="what was exported, for the owner")

    class Meta:
        model = Collection
        fields = (
            "uid", "url", "items_url", "name", "description", "is_public", "owner", "item_count",
            "changed_since_export", "changes_url", "exports_url", "created_at", "updated_at",
        )  # fmt: skip

    def get_changed_since_export(self, collection: Any) -> int | None:
        """Return how many changes the owner has not seen; None for anybody else."""
        user = self.context["request"].user
        return collection.changed_count if collection.owner_id == user.pk else None

    def get_changes_url(self, collection: Collection) -> str:
        """Return the address of what changed."""
        return absolute(reverse("api:collection-changes", args=[collection.uid]))

    def get_exports_url(self, collection: Collection) -> str:
        """Return the address of what was exported."""
        return absolute(reverse("api:collection-exports", args=[collection.uid]))

    def get_url(self, collection: Collection) -> str:
        """Return the address of the collection in the API."""
        return absolute(reverse("api:collection-detail", args=[collection.uid]))

    def get_items_url(self, collection: Collection) -> str:
        """Return the address of its items."""
        return absolute(reverse("api:collection-items", args=[collection.uid]))


class CollectionInput(StrictSerializer):
    """What a collection is made of."""

    name = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=5000, allow_blank=True, required=False)
    is_public = serializers.BooleanField(
        required=False, help_text="whoever may read here may read it"
    )


class CollectionChange(CollectionInput):
    """What of a collection is to change; what is left out stays."""

    name = serializers.CharField(max_length=200, required=False)


class ItemSerializer(serializers.ModelSerializer[CollectionItem]):
    """A quotation in a collection."""

    quotation = QuotationSerializer()

    class Meta:
        model = CollectionItem
        fields = ("quotation", "note", "added_at")


def _uids() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=16),
        min_length=1,
        max_length=ACCESS.collection_sent_most,
        help_text="uids of quotations",
    )


class AddInput(StrictSerializer):
    """What is put into a collection."""

    quotations = _uids()
    note = serializers.CharField(max_length=5000, allow_blank=True, default="")
    before = serializers.CharField(
        max_length=16, required=False, allow_null=True, help_text="without it: at the end"
    )


class RemoveInput(StrictSerializer):
    """What is taken out of a collection."""

    quotations = _uids()


class MoveInput(StrictSerializer):
    """What is put elsewhere in a collection, in this order."""

    quotations = _uids()
    before = serializers.CharField(
        max_length=16, allow_null=True, help_text="uid of another in it; null: to the end"
    )


class NoteInput(StrictSerializer):
    """A note on an item."""

    note = serializers.CharField(max_length=5000, allow_blank=True)


@extend_schema_view(
    list=extend_schema(
        summary="Collections",
        description="Public collections, and the account's own.",
        parameters=[
            _MINE,
            ordering(list(_ORDERS)),
            *fields.parameters({}, CollectionSerializer),
        ],
    ),
    retrieve=extend_schema(
        summary="A collection",
        description="One collection, without its items.",
        parameters=fields.parameters({}, CollectionSerializer),
    ),
)
class CollectionViewSet(ReadOnly):
    """Collections of quotations."""

    permission_classes = (MayWrite,)
    filter_backends = ()
    lookup_field = "uid"
    lookup_value_converter = "uuid"
    queryset = Collection.objects.none()
    serializer_class = CollectionSerializer
    detail_serializer_class = CollectionSerializer

    @property
    def orderings(self) -> Mapping[str, tuple[str, ...]]:  # type: ignore[override]
        """Return the orders of the list: of collections, or of one's items."""
        return _ITEM_ORDERS if self.action == "items" else _ORDERS

    def offered(self) -> set[str]:
        """Return the query parameters that the list takes."""
        return {*super().offered(), "mine"}

    def get_queryset(self) -> QuerySet[Any]:
        """Return the collections that the client may read, for writing its own too."""
        request = self.request
        needed = Scope.READ if request.method in SAFE_METHODS else Scope.WRITE
        rows = collections.readable_by(request.user)
        if not has_scope(request, needed):
            rows = rows.filter(is_public=True)
        mine = request.query_params.get("mine")
        if mine not in (None, "true"):
            raise ValidationError({"mine": [f"{mine!r} is no value; use true, or leave it out"]})
        if mine:
            account = require_account(request, "collections of one's own are an account's")
            rows = rows.filter(owner=account)
        return cited.with_changed(collections.with_counts(rows), request.user)

    def get_object(self) -> Collection:
        """Return the collection; Forbidden where another's is to be changed."""
        found: Collection = super().get_object()
        if self.request.method not in SAFE_METHODS and found.owner_id != self.request.user.pk:
            raise Forbidden(
                "this collection is another account's", "make one of your own, and change that"
            )
        return found

    def _asked(self, serializer: type[StrictSerializer]) -> dict[str, Any]:
        check_known(self.request, {"format"})
        sent = serializer(data=self.request.data)
        sent.is_valid(raise_exception=True)
        return dict(sent.validated_data)

    def _shown(self, collection: Collection, code: int = status.HTTP_200_OK) -> Response:
        rows = collections.with_counts(Collection.objects.filter(pk=collection.pk))
        row = cited.with_changed(rows, self.request.user).get()
        data = CollectionSerializer(row, context=self.get_serializer_context()).data
        headers = {"Location": data["url"]} if code == status.HTTP_201_CREATED else None
        return Response(data, status=code, headers=headers)

    @extend_schema(
        summary="Make a collection",
        description="Makes an empty collection of the account's own.",
        request=CollectionInput,
        responses={201: CollectionSerializer},
        examples=[OpenApiExample("Rail", {"name": "Rail fares"}, request_only=True)],
    )
    def create(self, request: Request) -> Response:
        """Make a collection."""
        owner = require_account(request, "a collection belongs to an account")
        asked = self._asked(CollectionInput)
        return self._shown(collections.create(owner, **asked), status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change a collection",
        description="Its name, its description, who may read it; what is left out stays.",
        request=CollectionChange,
        responses=CollectionSerializer,
        examples=[OpenApiExample("Let others read it", {"is_public": True}, request_only=True)],
    )
    def partial_update(self, request: Request, uid: UUID) -> Response:  # noqa: ARG002
        """Change a collection."""
        found, asked = self.get_object(), self._asked(CollectionChange)
        for name, value in asked.items():
            setattr(found, name, value)
        found.save(update_fields=[*asked, "updated_at"])
        return self._shown(found)

    @extend_schema(
        summary="Delete a collection",
        description="The quotations stay; what was put together, and the notes, go.",
        request=None,
        responses={204: None},
    )
    def destroy(self, request: Request, uid: UUID) -> Response:  # noqa: ARG002
        """Delete a collection."""
        self.get_object().delete()
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="What is in it",
        description="The quotations in the collection's order, with notes.",
        filters=False,
        parameters=[ordering(list(_ITEM_ORDERS))],
        responses=ItemSerializer(many=True),
    )
    def items(self, request: Request, uid: UUID) -> Response:  # noqa: ARG002
        """List the items of a collection."""
        check_known(request, set(PAGING))
        page = self.paginate_queryset(collections.items(self.get_object()))
        return self.get_paginated_response(ItemSerializer(page, many=True).data)

    @extend_schema(
        summary="Put quotations in",
        description="At the end, or before another, in the order given. What is in it already "
        "stays where it is.",
        request=AddInput,
        responses=CollectionSerializer,
        examples=[OpenApiExample("Two", {**_EXAMPLE_UIDS, "note": "chapter 2"}, request_only=True)],
    )
    def add(self, request: Request, uid: UUID) -> Response:  # noqa: ARG002
        """Put quotations in."""
        found, asked = self.get_object(), self._asked(AddInput)
        try:
            collections.add(
                found, asked["quotations"], note=asked["note"], before=asked.get("before")
            )
        except CollectionError as error:
            raise _wrong(error) from error
        return self._shown(found)

    @extend_schema(
        summary="Take quotations out",
        description="What is not in it is passed over.",
        request=RemoveInput,
        responses=CollectionSerializer,
        examples=[OpenApiExample("Two", _EXAMPLE_UIDS, request_only=True)],
    )
    def remove(self, request: Request, uid: UUID) -> Response:  # noqa: ARG002
        """Take quotations out."""
        found, asked = self.get_object(), self._asked(RemoveInput)
        collections.remove(found, asked["quotations"])
        return self._shown(found)

    @extend_schema(
        summary="Put them in another order",
        description="Puts quotations of the collection, in the order given, before another one.",
        request=MoveInput,
        responses=CollectionSerializer,
        examples=[OpenApiExample("To the end", {**_EXAMPLE_UIDS, "before": None},
                                 request_only=True)],
    )  # fmt: skip
    def move(self, request: Request, uid: UUID) -> Response:  # noqa: ARG002
        """Put items elsewhere."""
        found, asked = self.get_object(), self._asked(MoveInput)
        try:
            collections.move(found, asked["quotations"], before=asked["before"])
        except CollectionError as error:
            raise _wrong(error) from error
        return self._shown(found)

    @extend_schema(
        summary="Note something on an item",
        description="Sets the note of a quotation in the collection; empty takes it away.",
        request=NoteInput,
        responses=ItemSerializer,
        examples=[OpenApiExample("A note", {"note": "check the date"}, request_only=True)],
    )
    def annotate(self, request: Request, uid: UUID, quotation: str) -> Response:  # noqa: ARG002
        """Set the note of an item."""
        found, asked = self.get_object(), self._asked(NoteInput)
        item = collections.annotate(found, quotation, asked["note"])
        if item is None:
            raise NotFound
        return Response(ItemSerializer(item).data)

    @extend_schema(
        summary="Its bibliography",
        description="The citations of all its quotations, in its order, as one file: plain text, "
        "BibTeX, RIS, CSL-JSON, templates of Wikipedia, links. In the style of a manual: its list "
        "of sources, each article once and in the order of the style, as plain text. What the "
        "owner takes is noted as an export, so that changes since are told; the same again, with "
        "nothing changed, is the same export.",
        filters=False,
        parameters=[citing.PARAMETER],
        responses=citing.RESPONSES,
    )
    def bibliography(self, request: Request, uid: UUID) -> StreamingHttpResponse:
        """Return the citations of a collection."""
        check_known(request, {"style"})
        name = citing.style_asked(request)
        collection = self.get_object()
        found = collection_exports.citable(collection)
        if name in FORMS:
            written = collection_exports.data(collection, name)
            form = FORMS[name]
        else:
            written = iter([citing.styled_list(request, found, name)])
            form = FORMS["text"]
        if isinstance(request.user, User) and collection.owner_id == request.user.pk:
            kept = (name, "") if name in FORMS else ("references-text", name)
            cited.keep(collection, form=kept[0], style=kept[1], by=request.user)
        file = f'attachment; filename="collection-{uid}.{form.ending}"'
        return StreamingHttpResponse(
            written, content_type=form.header, headers={"Content-Disposition": file}
        )


def _wrong(error: CollectionError) -> ValidationError:
    return ValidationError({"quotations": [f"{error.problem}; {error.remedy}"]})
