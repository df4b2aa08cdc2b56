"""Which format an answer has: by `format=`, else by Accept; what is not offered is a problem."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from rest_framework import exceptions
from rest_framework.metadata import BaseMetadata
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer


class NotOffered(exceptions.NotAcceptable):
    """None of the formats asked for is offered; `remedy` names those that are."""

    def __init__(self, detail: str, renderers: Sequence[BaseRenderer]) -> None:
        super().__init__(detail)
        offered = ", ".join(f"{one.media_type} (format={one.format})" for one in renderers)
        self.remedy = f"ask for {offered}"


class Metadata(BaseMetadata):
    """What OPTIONS tells: name, description, formats; the fields are in /api/schema/."""

    def determine_metadata(self, request: Any, view: Any) -> dict[str, Any]:  # noqa: ARG002
        """Return what is known of the resource."""
        return {
            "name": view.get_view_name(),
            "description": view.get_view_description(),
            "renders": [one.media_type for one in view.get_renderers()],
            "parses": [one.media_type for one in view.parser_classes],
        }


class Negotiation(DefaultContentNegotiation):
    """Chooses by `format=`, else by Accept; what is not offered is a problem that names what is."""

    def select_renderer(
        self, request: Any, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the renderer and the media type; raises NotOffered."""
        view = request.parser_context["view"]
        if not hasattr(view, request.method.lower()):
            return renderers[0], renderers[0].media_type  # 405, whatever the format
        asked = request.query_params.get(self.settings.URL_FORMAT_OVERRIDE)
        try:
            if asked:  # the parameter counts more than what a browser accepts by default
                (found, *_) = self.filter_renderers(renderers, asked)
                return found, found.media_type
            chosen: tuple[BaseRenderer, str] = super().select_renderer(
                request, renderers, format_suffix
            )
        except Http404 as error:
            raise NotOffered(f"the format {asked!r} is not offered here", renderers) from error
        except exceptions.NotAcceptable as error:
            raise NotOffered("none of the accepted formats is offered", renderers) from error
        return chosen
