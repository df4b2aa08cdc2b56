"""Cursor pages: stable while rows are added, and no row is counted.

A cursor names the row where a page ends by all its sort keys, so that a page costs the same
however deep it lies and however many rows share a date. It is signed: only ours are followed.
"""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

from django.core import signing
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Field, Q, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from api.errors import BadCursor
from quotes.search_newest import first

DEFAULT_ROWS = 25
MAX_ROWS = 200
_SALT = "api.paging"


class CursorPages(CursorPagination):
    """Pages of a view that names its `orderings` (parameter -> fields), the default first.

    The fields of an order are never NULL and end in a unique one.
    """

    page_size = DEFAULT_ROWS
    max_page_size = MAX_ROWS
    page_size_query_param = "page_size"
    page_size_query_description = f"Rows a page, 1 to {MAX_ROWS}; default {DEFAULT_ROWS}."
    cursor_query_description = "Where the page begins: taken from `next` or `previous`."

    def paginate_queryset(
        self,
        queryset: QuerySet[Any],  # type: ignore[override]  # lists here are never plain sequences
        request: Request,
        view: Any = None,
    ) -> list[Any]:
        """Return the rows of the page that the request's cursor begins, else of the first."""
        self._address = request.build_absolute_uri()
        self._order = self.get_ordering(request, queryset, view)
        size = self.get_page_size(request)
        cursor = self._cursor(request)
        backward = cursor is not None and cursor["backward"]
        order = _reversed(self._order) if backward else self._order
        found = self.first(queryset, order, cursor["keys"] if cursor else None, size + 1)
        page, more = found[:size], len(found) > size
        self._rows = page[::-1] if backward else page
        self._has_next = bool(page) and (more or backward)
        self._has_previous = bool(page) and (more if backward else bool(cursor))
        return self._rows

    def first(
        self, rows: Any, order: Sequence[str], keys: Sequence[Any] | None, most: int
    ) -> list[Any]:
        """Return the first `most` rows in `order`; behind the one that has `keys`, if given."""
        beyond = None if keys is None else _beyond(rows, order, keys)
        return first(rows, order, most, beyond)

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
            message = f"{asked!r} is no order of this list; use one of {', '.join(orderings)}"
            raise ValidationError({"ordering": [message]})
        return orderings[asked]

    def get_page_size(self, request: Request) -> int:
        """Return the rows of a page; ValidationError unless it is a number within the limits."""
        asked = request.query_params.get(self.page_size_query_param)
        if asked is None:
            return DEFAULT_ROWS
        if not asked.isascii() or not asked.isdigit() or not 1 <= int(asked[:9]) <= MAX_ROWS:
            message = f"{asked!r} is no number of rows; give a whole number from 1 to {MAX_ROWS}"
            raise ValidationError({"page_size": [message]})
        return int(asked)

    def get_next_link(self) -> str | None:
        """Return the address of the page after this one, None on the last."""
        return self._link(self._rows[-1], backward=False) if self._has_next else None

    def get_previous_link(self) -> str | None:
        """Return the address of the page before this one, None on the first."""
        return self._link(self._rows[0], backward=True) if self._has_previous else None

    def _link(self, row: Any, *, backward: bool) -> str:
        keys = [getattr(row, name.lstrip("-")) for name in self._order]
        content = {"order": list(self._order), "backward": backward, "keys": keys}
        return replace_query_param(self._address, self.cursor_query_param, signed(content))

    def _cursor(self, request: Request) -> dict[str, Any] | None:
        """Return the request's cursor; BadCursor if it is not of this list and order."""
        asked = request.query_params.get(self.cursor_query_param)
        return None if asked is None else read_cursor(asked, list(self._order))


class MergedPages(CursorPages):
    """Pages of a list that several tables make up, whose rows have the same sort keys."""

    def first(
        self,
        rows: Sequence[QuerySet[Any]],
        order: Sequence[str],
        keys: Sequence[Any] | None,
        most: int,
    ) -> list[Any]:
        """Return the first `most` rows of all tables, merged; one query a table."""
        read: list[Any] = []
        for table in rows:
            read += super().first(table, order, keys, most)
        for name in reversed(order):
            read.sort(key=attrgetter(name.lstrip("-")), reverse=name.startswith("-"))
        return read[:most]


def signed(content: Mapping[str, Any]) -> str:
    """Return a cursor that holds `content`, signed; `order` in it names the order of the list."""
    return signing.dumps(content, salt=_SALT, serializer=_Json, compress=True)


def read_cursor(asked: str, order: Any) -> dict[str, Any]:
    """Return what a cursor holds; BadCursor unless it is of this list and order."""
    try:
        cursor: dict[str, Any] = signing.loads(asked, salt=_SALT, serializer=_Json)
    except (signing.BadSignature, ValueError):
        cursor = {}
    if cursor.get("order") != order:
        raise BadCursor("not a cursor of this list and order")
    return cursor


class _Json(signing.JSONSerializer):
    """JSON with dates, at full precision."""

    def dumps(self, obj: Any) -> bytes:
        return _Encoder(separators=(",", ":")).encode(obj).encode()


class _Encoder(DjangoJSONEncoder):
    def default(self, o: Any) -> Any:
        # Django's encoder cuts microseconds, and rows would be skipped or repeated.
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)


def _reversed(order: Sequence[str]) -> tuple[str, ...]:
    return tuple(name[1:] if name.startswith("-") else f"-{name}" for name in order)


def _beyond(rows: QuerySet[Any], order: Sequence[str], keys: Sequence[Any]) -> Q:
    """Return the condition that a row comes after the one with `keys` in `order`."""
    after, same, bound = Q(pk__in=[]), Q(), Q()
    for name, key in zip(order, keys, strict=True):
        field, lookup = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
        value = _field(rows, field).to_python(key)
        if not bound:
            # Said twice, as databases do not look into an OR for where to begin in an index.
            bound = Q(**{f"{field}__{lookup}e": value})
        after |= same & Q(**{f"{field}__{lookup}": value})
        same &= Q(**{field: value})
    return bound & after


def _field(rows: QuerySet[Any], name: str) -> "Field[Any, Any]":
    annotated = rows.query.annotations.get(name)
    found: Field[Any, Any] = (
        annotated.output_field if annotated is not None else rows.model._meta.get_field(name)  # noqa: SLF001  public
    )
    return found
