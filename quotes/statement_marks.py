"""Marks of stored quotations, by which those are found that may report the same utterance.

A mark is a number: of a run of words, or of a speaker on a day. Part of quotes/statements.py.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from django.db import connection

from quotes.chunks import chunks
from quotes.models import Fingerprint
from quotes.params import VARIANTS, VariantParams
from quotes.statement_wordings import Known
from quotes.variants import Wording, digests

_BATCH = 400
_KEEP = "INSERT INTO quotes_fingerprint (quotation_id, digest) VALUES (%s, %s)"
# Of each mark the newest quotations only, however many have it.
_FIND = """
    WITH wanted (mark) AS (VALUES {values})
    SELECT wanted.mark, f.quotation_id
    FROM wanted JOIN quotes_fingerprint f ON f.digest = wanted.mark
    WHERE f.quotation_id >= COALESCE((
        SELECT g.quotation_id FROM quotes_fingerprint g WHERE g.digest = wanted.mark
        ORDER BY g.quotation_id DESC LIMIT 1 OFFSET {most}
    ), 0)
"""


class Marks(NamedTuple):
    """What a quotation is found by: its runs of words; its speaker's day, the days near that."""

    runs: list[int]
    day: int | None
    near: list[int]


@lru_cache(maxsize=2_000)
def marks_of(wording: Wording, *, params: VariantParams = VARIANTS) -> Marks:
    """Return the marks of a quotation; without a speaker it has none of days."""
    runs = digests(wording.text, params=params)
    if wording.speaker is None:
        return Marks(runs, None, [])
    return Marks(
        runs,
        _day_mark(wording.speaker, wording.day),
        [_day_mark(wording.speaker, day) for day in _days_near(wording.day, params.near_days)],
    )


def _days_near(day: date | None, reach: int) -> list[date | None]:
    """Return the days on which the same may be reported; what has no date is near its like only.

    Whoever is dated is found by runs of words, from either side.
    """
    if day is None:
        return [None]
    low = max(day.toordinal() - reach, 1)
    high = min(day.toordinal() + reach, date.max.toordinal())
    first = date.fromordinal(low)
    return [first + timedelta(days=n) for n in range(high - low + 1)]


@lru_cache(maxsize=20_000)
def _day_mark(speaker: int, day: date | None) -> int:
    told = f"said by {speaker} on {day.isoformat() if day else 'no day'}"
    return int.from_bytes(blake2b(told.encode(), digest_size=8).digest(), signed=True)


def keep(quotations: Iterable[Known]) -> None:
    """Store the marks of quotations that have none."""
    rows = []
    for one in quotations:
        marks = marks_of(one.wording)
        own = marks.runs if marks.day is None else [*marks.runs, marks.day]
        rows += [(one.pk, mark) for mark in own]
    # As rows, not as objects: of a million quotations there are twelve million.
    with connection.cursor() as cursor:
        cursor.executemany(_KEEP, rows)


def drop(keys: Iterable[int]) -> None:
    """Delete the marks of quotations."""
    for chunk in chunks(sorted(keys)):
        Fingerprint.objects.filter(quotation__in=chunk).delete()


def sharing(
    wordings: Mapping[int, Wording], *, params: VariantParams = VARIANTS
) -> dict[int, set[int]]:
    """Return key -> the keys of stored quotations that share a mark with it, itself left out.

    Of one mark at most the newest `mark_quotations` (of a speaker's day `day_quotations`): two
    queries for each 400 marks, however many quotations are stored.
    """
    own = {pk: marks_of(wording, params=params) for pk, wording in wordings.items()}
    runs = find((mark for marks in own.values() for mark in marks.runs), params.mark_quotations)
    days = find((mark for marks in own.values() for mark in marks.near), params.day_quotations)
    found = {}
    for pk, marks in own.items():
        keys = [runs[mark] for mark in marks.runs] + [days[mark] for mark in marks.near]
        found[pk] = {key for own_keys in keys for key in own_keys} - {pk}
    return found


def find(marks: Iterable[int], most: int) -> dict[int, list[int]]:
    """Return mark -> the keys of the newest quotations with it, at most `most` + 1 of each."""
    found: dict[int, list[int]] = defaultdict(list)
    for chunk in chunks(sorted(set(marks)), _BATCH):
        # Numbers of our own making, not a user's.
        values = ", ".join(f"(CAST({mark} AS bigint))" for mark in chunk)
        with connection.cursor() as cursor:
            cursor.execute(_FIND.format(values=values, most=most))
            for mark, quotation in cursor.fetchall():
                found[mark].append(quotation)
    return found
