"""Stored marks and warnings made anew, when the rule is another than the one they were stored by.

How far it is stands in the database, so that it can be stopped: once through for each rule. What is
stored from then on is marked and judged by the rule of the day in any case.
"""

import logging
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from quotes import statement_marks, statement_writing
from quotes.models import Noticed, Report, WordingState
from quotes.statement_counts import refresh
from quotes.statement_placing import SURE
from quotes.statement_wordings import Known, load
from quotes.variant_warnings import RULE, warnings

logger = logging.getLogger(__name__)

_ALL = 2**63 - 1
_AT_ONCE = 400


def is_due() -> bool:
    """Say whether something stored waits to be made anew by the rules of today."""
    return _is_due(_marks_task()) or _is_due(_warnings_task())


def renew_marks() -> int:
    """Give stored quotations the marks of today's rule, a few hundred at a time.

    Those that may find others by them, as their day is not known, are left to the task that
    compares later; return how many.
    """
    left = 0
    while _is_due(_marks_task()):
        with transaction.atomic():
            statement_writing.lock()
            some = _mark_some()
            statement_writing.note(dict.fromkeys(some, ""))
        left += len(some)
    return left


def _mark_some() -> list[int]:
    task = _marks_task()
    compared = WordingState.objects.exclude(fingerprint="").filter(pk__gt=_reached(task))
    rows = list(compared.order_by("pk").values_list("pk", "quotation")[:_AT_ONCE])
    known = load(key for _, key in rows)
    statement_marks.complete(known.values())
    _reach(task, rows)
    return [pk for pk, one in known.items() if one.wording.speaker and not one.wording.day]


def renew_warnings() -> int:
    """Judge stored reports by the rule of today, a few hundred at a time.

    Return how many statements changed.
    """
    touched = set[int]()
    while _is_due(_warnings_task()):
        with transaction.atomic():
            statement_writing.lock()
            some = _judge_some()
            refresh(some)
        touched |= some
    return len(touched)


def _judge_some() -> set[int]:
    task = _warnings_task()
    sure = Report.objects.filter(pk__gt=_reached(task), matched__isnull=False, relation__in=SURE)
    columns = ("pk", "quotation", "matched", "statement", "has_warning")
    rows = list(sure.order_by("pk").values_list(*columns)[:_AT_ONCE])
    changed = _changed(rows)
    for is_warned in (True, False):
        keys = [pk for pk, _, value in changed if value is is_warned]
        Report.objects.filter(pk__in=keys).update(has_warning=is_warned)
    _reach(task, rows)
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


def _warnings_task() -> str:
    return f"warnings by rule {RULE}"


def _marks_task() -> str:
    return f"marks by rule {statement_marks.RULE}"


def _is_due(task: str) -> bool:
    return not Noticed.objects.filter(task=task, reached_id=_ALL).exists()


def _reached(task: str) -> int:
    return Noticed.objects.filter(task=task).values_list("reached_id", flat=True).first() or 0


def _reach(task: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Note that a task has gone through these rows, which begin with their keys, in their order."""
    reached = rows[-1][0] if len(rows) == _AT_ONCE else _ALL
    Noticed.objects.update_or_create(
        task=task, defaults={"reached_at": timezone.now(), "reached_id": reached}
    )
