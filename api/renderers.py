"""Formats other than JSON: by Accept or `format=`; what is offered, and how pages are linked.

A view names its `formats` (quotes/formats.py). Rows go to the format as they are stored, past the
serializers; a problem stays a problem in JSON, whatever was asked for.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import QuerySet
from rest_framework import exceptions
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param

from api.resources import ReadOnly
from quotes.formats import About, Format

JSON = "json"
# What says how JSON is to look, or asks for what only JSON has words for.
_JSON_ONLY = ("fields", "expand", "updated_since")


class FormatRenderer(BaseRenderer):
    """Writes rows in a `writer`'s format, a page of them or one."""

    writer: Format[Any]
    # The writer gives bytes in UTF-8, and says so where the media type leaves it open.
    charset = None
    render_style = "binary"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Return the document of the rows in `data`; of a problem, its JSON."""
        known = renderer_context or {}
        if known["response"].exception or data is None:
            return bytes(JSONRenderer().render(data, accepted_media_type, known))
        if not isinstance(data, Mapping):
            return self.writer.item(data).encode()
        return self.writer.document(data["results"], _about(known["request"], data)).encode()


def _about(request: Request, page: Mapping[str, Any]) -> About:
    address = f"{settings.SITE_URL}{request.get_full_path()}"
    return About(
        address=address,
        label="Quotations",
        part_of=remove_query_param(address, "cursor"),
        next=page.get("next") or "",
        previous=page.get("previous") or "",
    )


def _renderer_of(writer: Format[Any]) -> type[FormatRenderer]:
    named = {"writer": writer, "format": writer.name, "media_type": writer.media_type}
    return type(type(writer).__name__, (FormatRenderer,), {"__doc__": writer.means, **named})


class _AsStored:
    """Stands for a serializer where rows go to a format as they are."""

    def __init__(self, rows: Any) -> None:
        self.data = rows


class OffersFormats(ReadOnly):
    """A resource whose list and items are offered in `formats` too."""

    formats: ClassVar[tuple[Format[Any], ...]]

    def get_renderers(self) -> list[BaseRenderer]:
        """Return JSON first, and the formats where they are offered."""
        return self.renderers_of(self.action)

    def renderers_of(self, action: str) -> list[BaseRenderer]:
        """Return what `action` is rendered with."""
        own = self.formats if action in ("list", "retrieve") else ()
        return [JSONRenderer(), *(_renderer_of(writer)() for writer in own)]

    def writer(self) -> Format[Any] | None:
        """Return what writes the format that was asked for; None for JSON."""
        return getattr(getattr(self.request, "accepted_renderer", None), "writer", None)

    def loaded(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return `rows` with what the format shows of them."""
        writer = self.writer()
        if writer is None:
            return super().loaded(rows)
        wrong = [name for name in _JSON_ONLY if name in self.request.query_params]
        if wrong:
            message = f"is not offered in the format {writer.name}; ask for format={JSON}"
            raise exceptions.ValidationError({name: [message] for name in wrong})
        return writer.load(rows)

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Return the serializer, or what hands the rows to the format as they are."""
        if self.writer() is None:
            return super().get_serializer(*args, **kwargs)
        return _AsStored(args[0])

    def changed_at(self) -> datetime | None:
        """Return when what is shown last changed; not known of what only formats show."""
        return None if self.writer() else super().changed_at()

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the response with the pages beside it as links (RFC 8288), and its own type."""
        found = super().finalize_response(request, response, *args, **kwargs)
        if isinstance(found, Response) and not found.exception:
            writer = self.writer()
            if writer and found.content_type is None:
                found.content_type = writer.content_type
            if links := _links(found.data):
                found.headers["Link"] = links
        return found


def _links(data: Any) -> str:
    if not isinstance(data, Mapping):
        return ""
    named = (("next", data.get("next")), ("prev", data.get("previous")))
    return ", ".join(f'<{address}>; rel="{rel}"' for rel, address in named if address)


# --- the schema


def describe_formats(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Say of each format but JSON that it is not shaped as JSON is; return the schema."""
    for path in result["paths"].values():
        for operation in path.values():
            for response in operation.get("responses", {}).values():
                for media_type, body in response.get("content", {}).items():
                    _describe(media_type, body)
    return result


def _describe(media_type: str, body: dict[str, Any]) -> None:
    main = media_type.partition(";")[0]
    if main in ("application/ld+json", "application/prov+json"):
        body["schema"] = {"type": "object", "description": "docs/formats.md"}
    elif main in ("text/csv", "application/x-ndjson"):
        body["schema"] = {"type": "string", "description": "docs/formats.md"}
