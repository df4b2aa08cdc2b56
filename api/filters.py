"""The query parameters of the lists. One that is not offered, or a bad value, is an error."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from quotes.models import (
    ACTS,
    KINDS,
    SPEAKER_KINDS,
    ArticleVersion,
    Quotation,
    QuotationQuerySet,
    Speaker,
    SpeakerName,
)
from quotes.nlp.document import Act
from quotes.search import search

PAGING = ("cursor", "page_size", "ordering", "format")


def check_known(request: Request, offered: set[str]) -> None:
    """Raise ValidationError for a query parameter not offered, empty, repeated, or with a NUL.

    Only `kind` may be repeated: of anything else all but the last value would be ignored.
    """
    wrong = {
        name: [f"not offered here; use {', '.join(sorted(offered)) or 'none'}"]
        for name in request.query_params
        if name not in offered
    }
    for name, value in request.query_params.items():
        if "\0" in value:
            wrong[name] = ["has a NUL character; leave it out"]
        elif not value:
            wrong.setdefault(name, ["is empty; give a value or leave it out"])
        elif name != "kind" and len(request.query_params.getlist(name)) > 1:
            wrong[name] = ["given more than once; give it once"]
    if wrong:
        raise ValidationError(wrong)


class QuotationFilters(filters.FilterSet):  # type: ignore[misc]  # untyped library
    """Filters of the quotations; all that are given must hold."""

    q = filters.CharFilter(
        method="matching",
        max_length=500,
        help_text='Full text over content, speaker, mention and title: all words, "a phrase", '
        "-without, begin*.",
    )
    speaker = filters.CharFilter("speaker__slug", help_text="The speaker's slug.")
    speaker_name = filters.CharFilter(
        "speaker_name", "icontains", help_text="Part of the name or description in the article."
    )
    speaker_kind = filters.ChoiceFilter(choices=SPEAKER_KINDS)
    kind = filters.MultipleChoiceFilter(choices=KINDS, help_text="Repeat it for several.")
    act = filters.ChoiceFilter(
        choices=[*ACTS, ("any", "Any")],
        method="acting",
        help_text="speech (the default), attitude, or any.",
    )
    medium = filters.CharFilter("medium", "iexact", help_text="Such as statement, Twitter.")
    outlet = filters.CharFilter("version__article__outlet__slug", help_text="The outlet's slug.")
    article = filters.CharFilter("version__article__uid", help_text="The article's uid.")
    published_from = filters.DateFilter("version__published_on", "gte", help_text="YYYY-MM-DD.")
    published_to = filters.DateFilter("version__published_on", "lte", help_text="YYYY-MM-DD.")
    min_confidence = filters.NumberFilter(
        "confidence", "gte", min_value=0, max_value=1, help_text="0 to 1; in words and source."
    )
    reviewed = filters.ChoiceFilter(
        choices=[("true", "Yes"), ("false", "No")],
        method="looked_at",
        help_text="Whether people have decided on it.",
    )
    updated_since = filters.IsoDateTimeFilter(
        "updated_at", "gte", help_text="ISO 8601 with a time zone."
    )

    class Meta:
        model = Quotation
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Quotation]) -> QuerySet[Quotation]:
        """Return the rows that pass; only speech unless `act` says otherwise."""
        rows: QuerySet[Quotation] = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("act") else rows.filter(act=Act.SPEECH)

    def matching(self, rows: QuotationQuerySet, _: str, query: str) -> QuotationQuerySet:
        """Keep the rows that the full-text search finds."""
        return search(rows, query)

    def looked_at(self, rows: QuotationQuerySet, _: str, reviewed: str) -> QuotationQuerySet:
        """Keep the rows that people have, or have not, decided on."""
        none = Q(review=Quotation.Review.NONE)
        return rows.exclude(none) if reviewed == "true" else rows.filter(none)

    def acting(self, rows: QuotationQuerySet, _: str, act: str) -> QuotationQuerySet:
        """Keep the rows of an act; "any" keeps all."""
        return rows if act == "any" else rows.filter(act=act)


class ArticleFilters(filters.FilterSet):  # type: ignore[misc]  # untyped library
    """Filters of the articles, by their current versions."""

    outlet = filters.CharFilter("article__outlet__slug", help_text="The outlet's slug.")
    title = filters.CharFilter("title", "icontains", help_text="Part of the title.")
    url = filters.CharFilter("article__url", help_text="The canonical address.")
    text_sha256 = filters.CharFilter("text_id", help_text="SHA-256 of the text, hexadecimal.")
    published_from = filters.DateFilter("published_on", "gte", help_text="YYYY-MM-DD.")
    published_to = filters.DateFilter("published_on", "lte", help_text="YYYY-MM-DD.")

    class Meta:
        model = ArticleVersion
        fields: list[str] = []


class SpeakerFilters(filters.FilterSet):  # type: ignore[misc]  # untyped library
    """Filters of the speakers."""

    name = filters.CharFilter(method="called", help_text="Part of any of the speaker's names.")
    kind = filters.ChoiceFilter(choices=SPEAKER_KINDS)

    class Meta:
        model = Speaker
        fields: list[str] = []

    def called(self, rows: QuerySet[Speaker], _: str, name: str) -> QuerySet[Speaker]:
        """Keep speakers one of whose names contains `name`."""
        named = SpeakerName.objects.filter(name__icontains=name)
        return rows.filter(Q(name__icontains=name) | Q(pk__in=named.values("speaker")))


def offered_by(filterset: type[Any]) -> set[str]:
    """Return the query parameters that a list with these filters takes."""
    return {*filterset.base_filters, *PAGING}
