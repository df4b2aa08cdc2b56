"""What the resources of /api/v1/ share: who may read, lists and items, the order of a list."""

from collections.abc import Mapping, Sequence
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
)
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from api.filters import (
    check_known,
    offered_by,
)
from api.permissions import MayRead

__all__ = ["MayRead", "ReadOnly", "ordering"]


class ReadOnly(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]):
    """A list and its items; `detail_serializer_class` represents an item."""

    permission_classes = (MayRead,)
    detail_serializer_class: type[Any]
    filterset_class: type[Any]
    orderings: Mapping[str, tuple[str, ...]]

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the rows that pass the filters; an unknown parameter is an error."""
        check_known(request, offered_by(self.filterset_class))
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one item; it takes no parameters."""
        check_known(request, {"format"})
        return super().retrieve(request, *args, **kwargs)

    def get_serializer_class(self) -> type[Any]:
        """Return the serializer of a list's row or of one item."""
        return self.detail_serializer_class if self.detail else self.serializer_class  # type: ignore[return-value]


def ordering(orderings: Sequence[str]) -> OpenApiParameter:
    """Return the documented parameter `ordering` of a list."""
    return OpenApiParameter(
        "ordering", OpenApiTypes.STR, enum=list(orderings), default=orderings[0],
        description="A leading minus is descending.",
    )  # fmt: skip
