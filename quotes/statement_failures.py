"""What of the quotations is not compared with others: it waits, or comparing failed on it.

Reads only; quotes/statements.py notes both. Every answer is bounded, whatever is stored.
"""

from typing import NamedTuple

from django.db.models import QuerySet

from quotes.models import ExtractionRun, Quotation, WordingState
from quotes.params import PAGES, STATUS
from quotes.statement_wordings import shown

# What compares all that is not compared, those that failed too.
REMEDY = "manage.py statements"


class Uncompared(NamedTuple):
    """How many quotations wait for the task, and on how many comparing failed.

    Both are counted up to `PAGES.count_cap`. `has_new`: some of those stored first or last were
    never looked at, as where an older version of the program has stored them.
    """

    waiting: int
    failed: int
    has_new: bool


def uncompared() -> Uncompared:
    """Return what of all quotations is not compared; at most four queries."""
    open_ = WordingState.objects.filter(fingerprint="").order_by()
    waiting = open_.filter(problem="")[: PAGES.count_cap].count()
    failed = _failed()[: PAGES.count_cap].count()
    return Uncompared(waiting, failed, any(_has_new(order) for order in ("pk", "-pk")))


def _has_new(order: str) -> bool:
    """Say whether one of the first quotations in this order was never looked at."""
    first = shown().order_by(order).values("pk")[: STATUS.quotations_looked_at]
    return Quotation.objects.filter(pk__in=first, wording_state=None).exists()


def failed_in(run: ExtractionRun) -> int:
    """Return on how many quotations that `run` read comparing failed; `PAGES.count_cap` are asked.

    First those that failed, which are few: joined at once, all that the run read were gone through.
    """
    failed = _failed()[: PAGES.count_cap].values("quotation")
    return Quotation.objects.filter(pk__in=failed, extraction__run=run).count()


def _failed() -> QuerySet[WordingState]:
    return WordingState.objects.exclude(problem="").order_by()
