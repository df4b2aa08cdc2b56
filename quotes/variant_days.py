"""When an article tells that a quotation's words were said ("she said in April"). Pure."""

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import NamedTuple

from quotes import name_data

_CUT = re.compile(r"[.!?;](?=\s|$)|\n")
_BETWEEN = " … "
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


class Days(NamedTuple):
    """From a day to a day."""

    first: date
    last: date

    @property
    def is_one(self) -> bool:
        """Say whether it is a single day."""
        return self.first == self.last


@lru_cache(maxsize=4_000)
def told(context: str, day: date) -> Days | None:
    """Return when words were said, as their sentence tells; None if it does not, or two times.

    `context` is what stands before and behind them, with an omission between, or behind them;
    `day` is that of publication.
    """
    before, mark, behind = context.partition(_BETWEEN)
    if not mark:
        before, behind = "", context
    sentence = f"{_CUT.split(before)[-1]} {_CUT.split(behind)[0]}"
    found = {days for match in _pattern().finditer(sentence) if (days := _days(match, day))}
    return found.pop() if len(found) == 1 else None


def _days(match: re.Match[str], day: date) -> Days | None:
    """Return the days that a match names: the latest of that name, and not after `day`."""
    of = match.groupdict("")
    if of["last_unit"]:
        return _unit(_kinds()[of["last_unit"]], day, ago=1)
    if of["this_unit"]:
        return _unit(_kinds()[of["this_unit"]], day, ago=0)
    if of["weekday"]:
        return Days(day - 2 * _WEEK, day - _DAY)
    if of["on_weekday"]:
        then = day - timedelta(days=(day.weekday() - _weekdays().index(of["on_weekday"])) % 7)
        return Days(then, then)
    return _year(int(of["alone"])) if of["alone"] else _month(of, day)


def _month(of: dict[str, str], day: date) -> Days | None:
    """Return the month that is named, or its day."""
    month = _months().index(of["month"]) + 1
    year = int(of["year"] or (day.year if month <= day.month else day.year - 1))
    if of["is_last"] and month == day.month and not of["year"]:
        year -= 1
    number = of["before"] or of["after"]
    last = monthrange(year, month)[1]
    if not number:
        return Days(date(year, month, 1), date(year, month, last))
    if not 1 <= int(number) <= last:
        return None
    then = date(year, month, int(number))
    if then > day and not of["year"]:
        then = date(year - 1, month, min(then.day, monthrange(year - 1, month)[1]))
    return Days(then, then)


def _unit(kind: str, day: date, *, ago: int) -> Days:
    """Return the week, month or year of `day`, or the one before it."""
    if kind == "year":
        return _year(day.year - ago)
    if kind == "week":
        first = day - timedelta(days=day.weekday()) - ago * _WEEK
        return Days(first, first + 6 * _DAY)
    first = day.replace(day=1)
    first = (first - _DAY).replace(day=1) if ago else first
    return Days(first, first.replace(day=monthrange(first.year, first.month)[1]))


def _year(year: int) -> Days:
    return Days(date(year, 1, 1), date(year, 12, 31))


@cache
def _pattern() -> re.Pattern[str]:
    kinds = _kinds()

    def of(*wanted: str) -> str:
        longest = sorted((word for word in kinds if kinds[word] in wanted), key=len, reverse=True)
        # What is small may begin a sentence; what is not is a name.
        return "|".join(f"(?i:{w[0]}){w[1:]}" if w[0].islower() else w for w in longest)

    unit = of("week", "month", "year")
    month, year = "|".join(_months()), r"(?P<year>(?:19|20)\d\d)"
    return re.compile(
        rf"\b(?:(?:{of('last')})\s(?:(?P<last_unit>{unit})|(?P<weekday>{of('weekday')}))"
        rf"|(?:{of('on')})\s(?P<on_weekday>{of('weekday')})"
        rf"|(?:{of('this')})\s(?P<this_unit>{unit})"
        rf"|(?P<is_last>(?:{of('last')})\s)?(?:(?P<before>\d\d?)\s)?(?P<month>{month})"
        rf"(?:\s(?P<after>\d\d?)\b(?!\s?\d))?(?:,?\s{year})?"
        rf"|(?:{of('in')})\s(?P<alone>(?:19|20)\d\d))\b"
    )


@cache
def _kinds() -> dict[str, str]:
    return dict(name_data.rows("said_days.tsv"))  # type: ignore[arg-type]  # rows of two


@cache
def _weekdays() -> list[str]:
    return [word for word, kind in _kinds().items() if kind == "weekday"]


@cache
def _months() -> list[str]:
    """Return the months as they are written: “may” is a verb."""
    return [month.title() for (month,) in name_data.rows("months.txt")]
