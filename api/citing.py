"""How the API cites: in which forms and styles, what a styled citation is, what may go wrong.

A style that is not kept takes a run of another program, so those count against a limit of their
own; forms are free.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.status import HTTP_503_SERVICE_UNAVAILABLE

from api.errors import BadParameter
from api.throttling import TooMany, client_of, spend
from quotes import limits, styled, styled_cache
from quotes.citation_forms import FORMS
from quotes.citations import CitableQuotation
from quotes.params import STYLING
from quotes.styled import STYLES, NotWrittenError, StyleError

NAMES = (*FORMS, *STYLES)
PARAMETER = OpenApiParameter("style", enum=list(NAMES), default="text")
# CSL-JSON is JSON, everything else text.
RESPONSES: dict[tuple[int, str], Any] = {
    (200, form.media_type): {"type": "array", "items": {"type": "object"}} if name == "csl" else str
    for name, form in FORMS.items()
}


class StyledSerializer(serializers.Serializer[Any]):
    """A quotation in the style of a manual. The reference is the article's, never the speaker's."""

    style = serializers.ChoiceField(choices=list(STYLES))  # type: ignore[assignment]
    edition = serializers.CharField(help_text="the manual")
    prose = serializers.CharField(help_text="a sentence with speaker, words and citation")
    in_text = serializers.CharField(help_text="the citation alone; of note styles the note's text")
    in_text_html = serializers.CharField(help_text="the same with italics and links, escaped")
    is_note = serializers.BooleanField()
    reference_text = serializers.CharField(help_text="the article in the list of sources")
    reference_html = serializers.CharField(help_text="the same with italics and links, escaped")
    address = serializers.CharField(help_text="the quotation's permanent address")


class NotWritten(APIException):
    """A style cannot be written now: the program that writes it is missing, busy or too slow."""

    status_code = HTTP_503_SERVICE_UNAVAILABLE
    default_code = "not_written"

    def __init__(self, error: StyleError) -> None:
        super().__init__(error.problem)
        self.remedy = error.remedy


def style_asked(request: Request) -> str:
    """Return the form or style that is asked for; raises BadParameter for one of none."""
    name = request.query_params.get("style", "text")
    if name not in NAMES:
        raise BadParameter("style", f"{name!r} is no style", f"use one of {', '.join(NAMES)}")
    return name


def styled_citation(request: Request, c: CitableQuotation, style: str) -> Mapping[str, Any]:
    """Return a quotation in a style; raises TooMany and NotWritten."""
    found = styled_cache.kept(c, style)
    if found is None:
        _spend(request)
        try:
            found = styled_cache.cite(c, style)
        except StyleError as error:
            raise NotWritten(error) from error
    chosen = STYLES[style]
    about = {"style": style, "edition": chosen.edition, "is_note": chosen.is_notes}
    shown = StyledSerializer({**about, **found._asdict(), "address": c.address})
    return shown.data


def styled_list(request: Request, found: Iterator[CitableQuotation], style: str) -> str:
    """Return the list of sources of quotations, a line each with a blank one between.

    Raises BadParameter for more quotations than are written at once, TooMany and NotWritten.
    """
    _spend(request)
    # One more than is taken: then it is refused, and the rest is never loaded.
    cs = list(islice(found, STYLING.entries_most + 1))
    try:
        listed = styled.references(cs, style, params=STYLING)
    except NotWrittenError as error:
        raise NotWritten(error) from error
    except StyleError as error:
        raise BadParameter("style", error.problem, error.remedy) from error
    return "".join(f"{one.text}\n\n" for one in listed)


def _spend(request: Request) -> None:
    # Beside what the request itself has spent, which its headers tell too.
    before = getattr(request._request, "quotas", [])  # noqa: SLF001  DRF's way
    quotas = spend(request._request, client_of(request), [limits.CITE])  # noqa: SLF001
    request._request.quotas = [*before, *quotas]  # type: ignore[attr-defined]  # noqa: SLF001
    if over := limits.exceeded(quotas):
        raise TooMany(over)
