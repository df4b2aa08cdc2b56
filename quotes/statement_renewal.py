"""Stored reports' warnings judged again, when the rule is another than the one they were stored by.

How far it is stands in the database, so that it can be stopped: once through for each rule. New
reports are judged by the rule of the day in any case.
"""

import logging
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from quotes.models import Noticed, Report
from quotes.statement_placing import SURE
from quotes.statement_wordings import Known, load
from quotes.variant_warnings import RULE, warnings

logger = logging.getLogger(__name__)

_ALL = 2**63 - 1
_AT_ONCE = 400


def is_due() -> bool:
    """Say whether stored reports wait to be judged by the rule of today."""
    return not Noticed.objects.filter(task=_task(), reached_id=_ALL).exists()


def judge_some() -> set[int]:
    """Judge the next few hundred reports; return the statements of those that changed, by key.

    Wants a transaction in which nobody else writes reports.
    """
    done = Noticed.objects.filter(task=_task()).values_list("reached_id", flat=True).first() or 0
    sure = Report.objects.filter(pk__gt=done, matched__isnull=False, relation__in=SURE)
    columns = ("pk", "quotation", "matched", "statement", "has_warning")
    rows = list(sure.order_by("pk").values_list(*columns)[:_AT_ONCE])
    changed = _changed(rows)
    for is_warned in (True, False):
        keys = [pk for pk, _, value in changed if value is is_warned]
        Report.objects.filter(pk__in=keys).update(has_warning=is_warned)
    reached = rows[-1][0] if len(rows) == _AT_ONCE else _ALL
    Noticed.objects.update_or_create(
        task=_task(), defaults={"reached_at": timezone.now(), "reached_id": reached}
    )
    return {statement for _, statement, _ in changed}


def _changed(rows: Sequence[tuple[Any, ...]]) -> list[tuple[int, int, bool]]:
    """Return report, statement and what holds now of those for which that is another."""
    known = load({key for _, quotation, matched, *_ in rows for key in (quotation, matched)})
    found = []
    for pk, quotation, matched, statement, was in rows:
        if quotation in known and matched in known:
            now = _is_warned(known[matched], known[quotation], was=was)
            if now is not was:
                found.append((pk, statement, now))
    return found


def _is_warned(base: Known, other: Known, *, was: bool) -> bool:
    try:
        return bool(warnings(base.wording.text, other.wording.text))
    except Exception:  # one quotation's words can break in ways of their own: the others go on
        logger.exception("not judged quotations=%s,%s", base.pk, other.pk)
        return was


def _task() -> str:
    return f"warnings by rule {RULE}"
