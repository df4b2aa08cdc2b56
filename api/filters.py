"""The query parameters of the lists. One that is not offered, or a bad value, is an error.

Those of quotations are in quotes/selections.py: stored searches and exports take the same.
"""

from collections.abc import Container, Iterable, Mapping
from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from api.errors import BadParameter
from quotes import selections
from quotes.models import (
    SPEAKER_KINDS,
    ArticleVersion,
    ExtractionRun,
    Outlet,
    Speaker,
)
from quotes.params import SEARCH
from quotes.selections import PARAMETERS, REPEATED, SelectionError
from quotes.speaker_search import named

PAGING = ("cursor", "page_size", "ordering", "format")
_ITEM = frozenset({"updated_since"})  # how a list is read, not what is in it: api/mirroring.py
_TEXT_CHARS = 500


def check_known(request: Request, offered: Iterable[str], *, repeated: Container[str] = ()) -> None:
    """Raise ValidationError for a query parameter not offered, empty, repeated, or with a NUL.

    Only `repeated` may be repeated: of anything else all but the last value would be ignored.
    """
    known = set(offered)
    wrong = {
        name: [f"not offered here; use {', '.join(sorted(known)) or 'none'}"]
        for name in request.query_params
        if name not in known
    }
    for name, value in request.query_params.items():
        if "\0" in value:
            wrong[name] = ["has a NUL character; leave it out"]
        elif not value:
            wrong.setdefault(name, ["is empty; give a value or leave it out"])
        elif name not in repeated and len(request.query_params.getlist(name)) > 1:
            wrong[name] = ["given more than once; give it once"]
    if wrong:
        raise ValidationError(wrong)


class Selection(BaseFilterBackend):
    """The filters of quotations, as stored searches and exports have them."""

    @staticmethod
    def names(_view: Any) -> list[str]:
        """Return the query parameters that narrow the list."""
        return [name for name in PARAMETERS if name not in _ITEM]

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> Any:
        """Return the rows that pass; ValidationError names the parameter and the remedy."""
        query = {
            name: request.query_params.getlist(name)
            for name in self.names(view)
            if name in request.query_params
        }
        try:
            return selections.narrow(queryset, query)  # type: ignore[arg-type]  # of quotations
        except SelectionError as error:
            raise BadParameter(
                error.parameter, error.fault, error.remedy, error.position
            ) from error

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Return the parameters as OpenAPI describes them."""
        return [_described(name) for name in self.names(view)]


def _described(name: str) -> dict[str, Any]:
    parameter = PARAMETERS[name]
    schema: dict[str, Any] = dict(parameter.schema)
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    described = {"name": name, "in": "query", "required": False, "schema": schema}
    if name in REPEATED:
        several = {"type": "array", "items": schema, "maxItems": SEARCH.values_most}
        described |= {"schema": several, "style": "form", "explode": True}
    return {**described, "description": parameter.means}


class Filters(DjangoFilterBackend):  # type: ignore[misc]  # untyped library
    """The filters of the other lists; what cannot be used is named with what would help."""

    @staticmethod
    def names(view: Any) -> list[str]:
        """Return the query parameters that narrow the list."""
        return list(view.filterset_class.base_filters)

    def filter_queryset(
        self, request: Request, queryset: QuerySet[Any], view: Any
    ) -> QuerySet[Any]:
        """Return the rows that pass; ValidationError for each value that cannot be used."""
        rows: QuerySet[Any] = self.checked(request, queryset, view).qs
        return rows

    @staticmethod
    def checked(request: Request, queryset: QuerySet[Any], view: Any) -> Any:
        """Return the filters with their values; ValidationError for each that cannot be used."""
        filterset = view.filterset_class(request.query_params, queryset=queryset, request=request)
        if not filterset.is_valid():
            raise ValidationError(_wrong(filterset))
        return filterset


def _wrong(filterset: Any) -> Mapping[str, list[str]]:
    """Return parameter -> messages "problem; remedy"."""
    wrong = {}
    for name, messages in filterset.errors.items():
        one = filterset.base_filters[name]
        choices = [str(value) for value, _ in one.extra.get("choices", ())]
        remedy = f"use one of {', '.join(choices)}" if choices else str(one.extra["help_text"])
        wrong[name] = [f"{str(message).rstrip('.')}; {remedy}" for message in messages]
    return wrong


class ArticleFilters(filters.FilterSet):  # type: ignore[misc]  # untyped library
    """Filters of the articles, by their current versions."""

    outlet = filters.CharFilter(
        "article__outlet__slug", max_length=_TEXT_CHARS, help_text="The outlet's slug."
    )
    title = filters.CharFilter(
        "title", "icontains", max_length=_TEXT_CHARS, help_text="Part of the title."
    )
    byline = filters.CharFilter(
        "byline", "icontains", max_length=_TEXT_CHARS, help_text="Part of the byline."
    )
    language = filters.CharFilter(
        "language", "iexact", max_length=35, help_text="BCP 47, such as en."
    )
    url = filters.CharFilter(
        "article__url", max_length=2000, help_text="The canonical address, in full."
    )
    text_sha256 = filters.CharFilter(
        "text_id", max_length=64, help_text="SHA-256 of the text, hexadecimal."
    )
    copies = extend_schema_field(
        {**PARAMETERS["copies"].schema, "description": PARAMETERS["copies"].means}
    )(
        filters.NumberFilter(
            "copies",
            min_value=1,
            max_value=2**53,
            decimal_places=0,
            help_text="The number of a group of copies: `copies_group` of an article.",
        )
    )
    published_from = filters.DateFilter("published_on", "gte", help_text="YYYY-MM-DD.")
    published_to = filters.DateFilter("published_on", "lte", help_text="YYYY-MM-DD.")
    retrieved_from = filters.IsoDateTimeFilter(
        "retrieved_at", "gte", help_text="ISO 8601, such as 2026-03-04T08:00:00Z."
    )
    retrieved_to = filters.IsoDateTimeFilter(
        "retrieved_at", "lte", help_text="ISO 8601, such as 2026-03-04T08:00:00Z."
    )

    class Meta:
        model = ArticleVersion
        fields: list[str] = []


class SpeakerFilters(filters.FilterSet):  # type: ignore[misc]  # untyped library
    """Filters of the speakers."""

    name = filters.CharFilter(
        method="called",
        max_length=300,
        help_text="Words that any of the speaker's names has, or their beginnings; a Wikidata "
        "identifier finds whom it belongs to.",
    )
    kind = filters.ChoiceFilter(choices=SPEAKER_KINDS, help_text="What the speaker is.")
    wikidata_id = filters.CharFilter(
        "wikidata_id", max_length=20, help_text="A Wikidata identifier, such as Q42."
    )

    class Meta:
        model = Speaker
        fields: list[str] = []

    def called(self, rows: QuerySet[Speaker], _: str, name: str) -> QuerySet[Speaker]:
        """Keep speakers one of whose names has words that begin so."""
        return named(rows, name)


class OutletFilters(filters.FilterSet):  # type: ignore[misc]  # untyped library
    """Filters of the outlets."""

    name = filters.CharFilter(
        "name", "icontains", max_length=200, help_text="Part of the outlet's name."
    )
    domain = filters.CharFilter(
        "domain", "iexact", max_length=253, help_text="The whole domain, such as example.org."
    )

    class Meta:
        model = Outlet
        fields: list[str] = []


class RunFilters(filters.FilterSet):  # type: ignore[misc]  # untyped library
    """Filters of the extractor's runs."""

    fingerprint = filters.CharFilter(
        "fingerprint", max_length=64, help_text="The hash over all that makes the extractor."
    )
    code_version = filters.CharFilter(
        "code_version", max_length=100, help_text="The whole version of the code."
    )
    started_from = filters.IsoDateTimeFilter(
        "started_at", "gte", help_text="ISO 8601, such as 2026-03-04T08:00:00Z."
    )
    started_to = filters.IsoDateTimeFilter(
        "started_at", "lte", help_text="ISO 8601, such as 2026-03-04T08:00:00Z."
    )

    class Meta:
        model = ExtractionRun
        fields: list[str] = []
