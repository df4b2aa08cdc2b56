"""Which format an answer has: by `format=`, else by Accept; what is not offered is a problem."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.http.request import MediaType
from rest_framework import exceptions
from rest_framework.metadata import BaseMetadata
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer

from quotes.citation_forms import FORMS

# Actions that answer in the forms of a citation.
_CITING = ("citation", "bibliography")


class NotOffered(exceptions.NotAcceptable):
    """None of the formats asked for is offered; `remedy` names those that are."""

    _NONE = "none of the accepted formats is offered"

    def __init__(self, asked: str, renderers: Sequence[BaseRenderer], view: Any = None) -> None:
        super().__init__(f"the format {asked!r} is not offered here" if asked else self._NONE)
        if asked in FORMS and getattr(view, "action", "") in _CITING:
            self.remedy = f"forms of a citation are asked for as style={asked}"
            return
        offered = ", ".join(f"{one.media_type} (format={one.format})" for one in renderers)
        self.remedy = f"ask for {offered}"


class Metadata(BaseMetadata):
    """What OPTIONS tells: name, description, formats; the fields are in /api/schema/."""

    def determine_metadata(self, request: Any, view: Any) -> dict[str, Any]:  # noqa: ARG002
        """Return what is known of the resource; `renders` is of GET, as OPTIONS itself is JSON."""
        reading = getattr(view, "action_map", {}).get("get")
        offers = hasattr(view, "renderers_of") and reading
        renderers = view.renderers_of(reading) if offers else view.get_renderers()
        return {
            "name": view.get_view_name(),
            "description": view.get_view_description(),
            "renders": [one.media_type for one in renderers],
            "parses": [one.media_type for one in view.parser_classes],
        }


class Negotiation(DefaultContentNegotiation):
    """Chooses by `format=`, else by Accept; what is not offered is a problem that names what is."""

    def select_renderer(
        self,
        request: Any,
        renderers: Any,
        format_suffix: str | None = None,  # noqa: ARG002  no address of ours has one
    ) -> tuple[BaseRenderer, str]:
        """Return the renderer and the media type; raises NotOffered."""
        view = request.parser_context["view"]
        if not hasattr(view, request.method.lower()):
            return renderers[0], renderers[0].media_type  # 405, whatever the format
        asked = request.query_params.get(self.settings.URL_FORMAT_OVERRIDE)
        if asked:  # the parameter counts more than what a browser accepts by default
            try:
                (found, *_) = self.filter_renderers(renderers, asked)
            except Http404 as error:
                raise NotOffered(asked, renderers, view) from error
            return found, found.media_type
        preferred = _preferred(self.get_accept_list(request), renderers)
        if preferred is None:
            raise NotOffered("", renderers)
        return preferred, preferred.media_type


def _preferred(accepted: Sequence[str], renderers: Sequence[BaseRenderer]) -> BaseRenderer | None:
    """Return the renderer that is weighed highest (RFC 9110, 12.5.1); None if all are refused.

    The most specific range that a format falls under gives its weight (`q`, 1 if none can be read).
    Of equal ones the more specific range counts, then our own order.
    """
    ranges = [MediaType(one) for one in accepted if one.strip()] or [MediaType("*/*")]
    best, found = (0.0, 0), None
    for renderer in renderers:
        offered = renderer.media_type
        under = [(one.specificity, one.quality) for one in ranges if one.match(offered)]
        specificity, weight = max(under, default=(0, 0.0))
        if weight and (found is None or (weight, specificity) > best):
            best, found = (weight, specificity), renderer
    return found
