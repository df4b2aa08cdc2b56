"""Marks of stored quotations, by which those are found that may report the same utterance.

A mark is a number: of a run of words, of a speaker on a day, or of a speaker with or without one.
Part of quotes/statements.py.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import date, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

from django.db import connection

from quotes import variant_words
from quotes.chunks import chunks
from quotes.models import Fingerprint
from quotes.params import VARIANTS, VariantParams
from quotes.statement_wordings import Known
from quotes.variants import Wording, digests

# The next number whenever another mark is stored: what lacks it gets it in the background
# (quotes/statement_renewal.py).
RULE = 2
_BATCH = 400
_KEEP = "INSERT INTO quotes_fingerprint (quotation_id, digest) VALUES (%s, %s)"
# Of each mark the newest quotations only, however many have it.
_FIND = """
    WITH wanted (mark) AS (VALUES {values})
    SELECT wanted.mark, f.quotation_id{words}
    FROM wanted JOIN quotes_fingerprint f ON f.digest = wanted.mark{of_words}
    WHERE f.quotation_id >= COALESCE((
        SELECT g.quotation_id FROM quotes_fingerprint g WHERE g.digest = wanted.mark
        ORDER BY g.quotation_id DESC LIMIT 1 OFFSET {most}
    ), 0)
"""
# Of a speech its beginning: what is sought there has other marks as well.
_WORDS = ", SUBSTR(q.content, 1, 4000)"
_OF_WORDS = " JOIN quotes_quotation q ON q.id = f.quotation_id"


class Said(NamedTuple):
    """By which marks of its speaker a quotation is found, and finds others.

    `own`: on its day, and whether it has one; `near`: on the days near that; `wide`: all that the
    speaker said on days that cannot be held against its own, as one of the two is not known. Of
    these only what has its words is looked at.
    """

    own: list[int]
    near: list[int]
    wide: list[int]


@lru_cache(maxsize=2_000)
def marks_of(wording: Wording, *, params: VariantParams = VARIANTS) -> list[int]:
    """Return the marks of a quotation's runs of words."""
    return digests(wording.text, params=params)


def _said(wording: Wording, params: VariantParams) -> Said:
    """Return the marks of a quotation's speaker; none if that is not known."""
    if wording.speaker is None:
        return Said([], [], [])
    dated, undated = _mark(wording.speaker, "some day"), _mark(wording.speaker, "no day")
    if wording.day is None:
        return Said([undated], [], [dated, undated])
    near = [_mark(wording.speaker, day) for day in _days_near(wording.day, params.near_days)]
    return Said([_mark(wording.speaker, wording.day.isoformat()), dated], near, [undated])


def _days_near(day: date, reach: int) -> list[str]:
    """Return the days on which the same may be reported, as ISO 8601."""
    low = max(day.toordinal() - reach, 1)
    high = min(day.toordinal() + reach, date.max.toordinal())
    first = date.fromordinal(low)
    return [(first + timedelta(days=n)).isoformat() for n in range(high - low + 1)]


@lru_cache(maxsize=20_000)
def _mark(speaker: int, day: str) -> int:
    told = f"said by {speaker} on {day}"
    return int.from_bytes(blake2b(told.encode(), digest_size=8).digest(), signed=True)


def keep(quotations: Iterable[Known], *, params: VariantParams = VARIANTS) -> None:
    """Store the marks of quotations that have none."""
    rows = []
    for one in quotations:
        marks = [*marks_of(one.wording, params=params), *_said(one.wording, params).own]
        rows += [(one.pk, mark) for mark in marks]
    _keep(rows)


def complete(quotations: Iterable[Known], *, params: VariantParams = VARIANTS) -> None:
    """Store those marks of their speakers that quotations should have, and have not."""
    wanted = {(one.pk, mark) for one in quotations for mark in _said(one.wording, params).own}
    for chunk in chunks(sorted({pk for pk, _ in wanted})):
        rows = Fingerprint.objects.filter(quotation__in=chunk).order_by()
        wanted -= set(rows.values_list("quotation_id", "digest"))
    _keep(sorted(wanted))


def _keep(rows: list[tuple[int, int]]) -> None:
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

    Of one mark at most the newest `mark_quotations` (of a speaker's day `day_quotations`, of
    `speaker_quotations` without days to compare `mark_quotations`, those that have most of its
    words): three queries for each 400 marks, however many quotations are stored.
    """
    own = {pk: marks_of(wording, params=params) for pk, wording in wordings.items()}
    runs = find((mark for marks in own.values() for mark in marks), params.mark_quotations)
    found = of_speakers(wordings, params=params)
    for pk, marks in own.items():
        found[pk] = found[pk].union(*(runs[mark] for mark in marks)) - {pk}
    return found


def of_speakers(
    wordings: Mapping[int, Wording], *, params: VariantParams = VARIANTS
) -> dict[int, set[int]]:
    """Return key -> the keys of stored quotations of its speaker that may report the same."""
    own = {pk: _said(wording, params) for pk, wording in wordings.items()}
    days = find((mark for marks in own.values() for mark in marks.near), params.day_quotations)
    wide = {mark for marks in own.values() for mark in marks.wide}
    told: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for mark, pk, words in _rows(wide, params.speaker_quotations, words=True):
        told[mark].append((pk, words.casefold()))
    found = {}
    for pk, marks in own.items():
        rows = [row for mark in marks.wide for row in told.get(mark, ())]
        stems = variant_words.telling(variant_words.norms_of(wordings[pk].text)) if rows else set()
        found[pk] = _likeliest(stems, rows, params.mark_quotations)
        found[pk].update(key for mark in marks.near for key in days[mark])
    return found


def _likeliest(stems: Set[str], rows: Iterable[tuple[int, str]], most: int) -> set[int]:
    """Return the keys of at most so many texts that have one of these words, those with most.

    Most of the words that there can be in common: a short one may be part of a long one.
    """
    shares = []
    for pk, words in rows:
        if hits := sum(stem in words for stem in stems):
            shares.append((hits / min(len(stems), 1 + words.count(" ")), pk))
    return {pk for _, pk in heapq.nlargest(most, shares)}


def find(marks: Iterable[int], most: int) -> dict[int, list[int]]:
    """Return mark -> the keys of the newest quotations with it, at most `most` + 1 of each."""
    found: dict[int, list[int]] = defaultdict(list)
    for mark, pk in _rows(set(marks), most, words=False):
        found[mark].append(pk)
    return found


def _rows(marks: Set[int], most: int, *, words: bool) -> Iterator[tuple[Any, ...]]:
    """Yield mark and key, with the `words` if wanted, of the newest quotations with each mark."""
    more = {"words": _WORDS, "of_words": _OF_WORDS} if words else {"words": "", "of_words": ""}
    for chunk in chunks(sorted(marks), _BATCH):
        # Numbers of our own making, not a user's.
        values = ", ".join(f"(CAST({mark} AS bigint))" for mark in chunk)
        with connection.cursor() as cursor:
            cursor.execute(_FIND.format(values=values, most=most, **more))
            yield from cursor.fetchall()
