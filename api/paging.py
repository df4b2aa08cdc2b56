"""Cursor pages: stable while rows are added, and no row is counted."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

DEFAULT_ROWS = 25
MAX_ROWS = 200


class CursorPages(CursorPagination):
    """Pages of a view that names its `orderings` (parameter -> fields), the default first."""

    page_size = DEFAULT_ROWS
    max_page_size = MAX_ROWS
    page_size_query_param = "page_size"
    page_size_query_description = f"Rows a page, 1 to {MAX_ROWS}; default {DEFAULT_ROWS}."
    cursor_query_description = "Where the page begins: taken from `next` or `previous`."

    def get_ordering(
        self,
        request: Request,
        queryset: QuerySet[Any],  # noqa: ARG002
        view: Any,
    ) -> tuple[str, ...]:
        """Return the fields that order the list; ValidationError for an order not offered."""
        orderings: Mapping[str, tuple[str, ...]] = view.orderings
        asked = request.query_params.get("ordering") or next(iter(orderings))
        if asked not in orderings:
            raise ValidationError({"ordering": [f"{asked!r} is none of {', '.join(orderings)}"]})
        return orderings[asked]

    def get_page_size(self, request: Request) -> int:
        """Return the rows of a page; ValidationError unless it is a number within the limits."""
        asked = request.query_params.get(self.page_size_query_param)
        if asked is None:
            return DEFAULT_ROWS
        if not asked.isascii() or not asked.isdigit() or not 1 <= int(asked[:9]) <= MAX_ROWS:
            message = f"{asked!r} is not a whole number from 1 to {MAX_ROWS}"
            raise ValidationError({"page_size": [message]})
        return int(asked)

    def decode_cursor(self, request: Request) -> Any:
        """Return the cursor of the request; ValidationError if it is none of ours."""
        try:
            return super().decode_cursor(request)
        except Exception as error:
            message = "not a cursor of this list; take it from `next` or `previous`"
            raise ValidationError({"cursor": [message]}) from error
