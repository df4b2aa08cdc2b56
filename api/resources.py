"""What the resources of /api/v1/ share: who may read, lists and items, order, fields, mirrors."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from api import conditional, fields
from api.fields import EXPAND, FIELDS, Expansions
from api.filters import PAGING, check_known
from api.mirroring import SINCE, MirrorPages
from api.permissions import MayKeep, MayRead, require_account
from quotes import mirrors
from quotes.mirrors import Mirrored

__all__ = ["Kept", "MayRead", "Mirror", "ReadOnly", "ordering"]


class ReadOnly(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]):
    """A list and its items; `detail_serializer_class` represents an item.

    `expansions` are of a list's rows, `detail_expansions` of an item. Query parameters are those
    of the filters, of pages, and `fields` and `expand`; any other is an error.
    """

    permission_classes: Any = (MayRead,)
    detail_serializer_class: type[Any]
    orderings: Mapping[str, tuple[str, ...]]
    expansions: Expansions = {}
    detail_expansions: Expansions = {}
    # Filters that may be given several times.
    repeated: frozenset[str] = frozenset()
    # What a list shows under these may change while no row does.
    undated: frozenset[str] = frozenset()
    _changed: datetime | None = None

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the rows that pass the filters; an unknown parameter is an error."""
        check_known(request, self.offered(), repeated=self.repeated)
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one item."""
        more = {EXPAND} if self.detail_expansions else set()
        check_known(request, {FIELDS, "format"} | more)
        return super().retrieve(request, *args, **kwargs)

    def offered(self) -> set[str]:
        """Return the query parameters that the list takes."""
        filters = {
            name
            for backend in self.filter_backends
            for name in getattr(backend, "names", lambda _: ())(self)
        }
        return {*filters, *PAGING, FIELDS, *([EXPAND] if self.expansions else [])}

    def expandable(self) -> Expansions:
        """Return what can be expanded here."""
        return self.detail_expansions if self.detail else self.expansions

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows that pass, loaded for what the request wants expanded."""
        rows = super().filter_queryset(queryset) if not self.detail else queryset
        return self.loaded(rows)

    def loaded(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return `rows`, loaded for what the request wants expanded."""
        expansions = self.expandable()
        for name in fields.expanded(self.request, expansions):
            rows = expansions[name].load(rows)
        return rows

    def get_serializer_class(self) -> type[Any]:
        """Return the serializer of a list's row or of one item."""
        return self.detail_serializer_class if self.detail else self.serializer_class  # type: ignore[return-value]

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Return the serializer, with what is to be expanded and only the fields asked for."""
        serializer = super().get_serializer(*args, **kwargs)
        fields.add(serializer, self.expandable(), fields.expanded(self.request, self.expandable()))
        if names := fields.asked(self.request, FIELDS):
            fields.keep(serializer, names)
        return serializer

    def changed_at(self) -> datetime | None:
        """Return when what is shown last changed, if that is known."""
        return self._changed

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the response with its validators; 304 where the client has it already."""
        response = super().finalize_response(request, response, *args, **kwargs)
        changed = self.changed_at() if response.status_code == 200 else None  # noqa: PLR2004  OK
        return conditional.prepare(self.request, response, changed=changed)


class Kept(ReadOnly):
    """What an account keeps: its own rows only, for reading too."""

    permission_classes = (MayKeep,)
    filter_backends = ()
    lookup_field = "uid"

    def get_queryset(self) -> QuerySet[Any]:
        """Return the rows of the account that asks."""
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return self.own(require_account(self.request, "these belong to an account"))

    def own(self, account: User) -> QuerySet[Any]:
        """Return the rows of `account`."""
        raise NotImplementedError


class Mirror(ReadOnly):
    """A list that clients can mirror by `updated_since`, removals included."""

    pagination_class = MirrorPages
    paginator: Any

    def mirrored(self) -> Mirrored:
        """Return the rows that the list may ever show, and those that it does."""
        raise NotImplementedError

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the rows that pass the filters, or what changed in that list since a time."""
        check_known(request, self.offered(), repeated=self.repeated)
        if SINCE not in request.query_params:
            if not self.undated & set(request.query_params):
                self._changed = mirrors.last_change(self.mirrored())
            return super().list(request, *args, **kwargs)
        return Response(self.paginator.changes(self.mirrored(), request, self._represented))

    def offered(self) -> set[str]:
        """Return the query parameters that the list takes."""
        return {*super().offered(), SINCE}

    def _represented(self, rows: Sequence[Any]) -> Any:
        return self.get_serializer(rows, many=True).data


def ordering(orderings: Sequence[str]) -> OpenApiParameter:
    """Return the documented parameter `ordering` of a list."""
    return OpenApiParameter(
        "ordering", OpenApiTypes.STR, enum=list(orderings), default=orderings[0],
        description="A leading minus is descending.",
    )  # fmt: skip


def since(what: str) -> OpenApiParameter:
    """Return the documented parameter `updated_since` of a list of `what`."""
    return OpenApiParameter(
        SINCE,
        OpenApiTypes.DATETIME,
        description=f"What changed in this list since: {what} in the order of their changes, and "
        "for each that the list does not have (any more) its `uid`, the reason (`removed`) and "
        "the time. To keep a mirror: begin with 1970-01-01T00:00:00Z, follow `next` to the end, "
        "and give `next_since` the next time. ISO 8601 with a time zone.",
    )
