"""Counts of a speaker's quotations, kept as columns: grouping every row for a list took seconds."""

from collections.abc import Iterable

from django.db.models import Count, Max, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce

from quotes.models import Quotation, Speaker


def refresh(speakers: Iterable[int]) -> None:
    """Count anew the current quotations of speech of the speakers with these keys.

    Belongs into the transaction that changed them. One statement, however many there are.
    """
    own = Quotation.objects.current().speech().filter(speaker=OuterRef("pk")).order_by()
    counted = own.values("speaker").annotate(
        n=Count("pk"),
        first=Min("version__published_on"),
        last=Max("version__published_on"),
    )
    Speaker.objects.filter(pk__in=list(speakers)).update(
        quotation_count=Coalesce(Subquery(counted.values("n")), 0),
        first_quoted_on=Subquery(counted.values("first")),
        last_quoted_on=Subquery(counted.values("last")),
    )
