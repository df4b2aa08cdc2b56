"""Lists as mirrors read them: what changed since a time, removals included, and where to go on."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from api.errors import BadCursor
from api.paging import CursorPages, read_cursor, signed
from quotes import mirrors
from quotes.mirrors import Entry, Mirrored, Position

SINCE = "updated_since"
_ORDER = "changes"
REMOVED = {
    "type": "object",
    "description": "In an answer to `updated_since`: the list does not have this any more. It was "
    "deleted, or is no longer found, was rejected by people, belongs to a former version of its "
    "article, was merged, is quoted no more, or the filters leave it out.",
    "required": ["uid", "removed", "updated_at"],
    "additionalProperties": False,
    "properties": {
        "uid": {"type": "string", "description": "the uid or slug by which the list names it"},
        "removed": {
            "type": "string",
            "enum": ["deleted", "gone", "rejected", "former", "merged", "unquoted", "filtered"],
        },
        "updated_at": {"type": "string", "format": "date-time"},
    },
}


class MirrorPages(CursorPages):
    """Cursor pages of a list that can be mirrored, and what changed in it since a time."""

    def changes(
        self, mirrored: Mirrored, request: Request, represent: Callable[[list[Any]], list[Any]]
    ) -> dict[str, Any]:
        """Return a page of what changed since the time asked for.

        `represent` makes of rows what the list shows of them. ValidationError for a bad time.
        """
        since = moment(request.query_params[SINCE])
        if "ordering" in request.query_params:
            message = f"changes come in their own order; leave it out with {SINCE}"
            raise ValidationError({"ordering": [message]})
        cursor = self._changes_cursor(request, since)
        # Before anything is read: what is written from here on is told again from the mark on.
        mark = parse_datetime(cursor["mark"]) if cursor else mirrors.mark()
        after = Position(parse_datetime(cursor["at"]), *cursor["after"]) if cursor else None  # type: ignore[arg-type]
        size = self.get_page_size(request)
        found, more = mirrors.page(mirrored, since=since, after=after, size=size)
        following = None
        if more:
            at, *key = found[-1].position
            content = {"order": _ORDER, "since": since, "mark": mark, "at": at, "after": key}
            address = request.build_absolute_uri()
            following = replace_query_param(address, self.cursor_query_param, signed(content))
        results = _represented(found, represent)
        # What is at the mark or behind it is told again: a mirror takes it as it comes.
        return {"next": following, "previous": None, "next_since": mark, "results": results}

    def _changes_cursor(self, request: Request, since: datetime) -> dict[str, Any] | None:
        asked = request.query_params.get(self.cursor_query_param)
        if asked is None:
            return None
        cursor = read_cursor(asked, _ORDER)
        if parse_datetime(cursor["since"]) != since:
            raise BadCursor(f"a cursor of another {SINCE}")
        return cursor

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the schema of a page: rows, and in an answer to `updated_since` removals."""
        page: dict[str, Any] = super().get_paginated_response_schema(schema)
        page["properties"]["results"] = {
            "type": "array",
            "items": {"anyOf": [schema["items"], {"$ref": "#/components/schemas/Removed"}]},
        }
        page["properties"]["next_since"] = {
            "type": "string",
            "format": "date-time",
            "description": "Only with `updated_since`: what to give as that the next time, once "
            "`next` is null.",
        }
        return page


def moment(asked: str) -> datetime:
    """Return the time asked for; ValidationError unless it has a date, a time and a zone."""
    found: datetime | None
    try:
        found = datetime.fromisoformat(asked.replace(" ", "+"))  # an unquoted + in an address
        found = found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        found = None
    if found is None:
        message = f"{asked!r} is no moment; write date, time and zone, such as 2017-07-05T08:00:00Z"
        raise ValidationError({SINCE: [message]})
    return found


def _represented(found: list[Entry], represent: Callable[[list[Any]], list[Any]]) -> list[Any]:
    """Return what the list shows of the entries that it has, and that it lacks the others."""
    shown = iter(represent([entry.row for entry in found if not entry.removed]))
    return [
        {"uid": entry.uid, "removed": entry.removed, "updated_at": entry.position.at}
        if entry.removed
        else next(shown)
        for entry in found
    ]
