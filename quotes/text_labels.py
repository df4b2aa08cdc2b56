"""What a plain text says of itself in labels at its beginning: day, byline, title. Pure.

“date 2017-07-05 DAMASCUS: …”, “Published: Wednesday, 5 July 2017”, “By Jane Roe”. Only what a label
announces is taken; a day of which it is not clear which figure is the month is not.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from typing import NamedTuple

from quotes import name_data
from quotes.fields import parse_date
from quotes.params import READING, ReadingParams

_ISO = r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?)?(?![\w-])"
_MONTH = r"(?P<{0}>[A-Za-z]{{3,9}})\.?"
_NAMED = (
    rf"(?P<day1>\d{{1,2}})(?:st|nd|rd|th)? {_MONTH.format('month1')},? (?P<year1>\d{{4}})(?!\d)"
    rf"|{_MONTH.format('month2')} (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year2>\d{{4}})(?!\d)"
)
_DAY = re.compile(rf"(?:[A-Za-z]{{3,9}}\.?,? )?(?:(?P<iso>{_ISO})|{_NAMED})")
# A time behind the day; without a date's zone it is none that can be compared.
_TIME = re.compile(
    r"(?:,|\||-|–|—| at)? ?\(?\d{1,2}[:.]\d{2}(?::\d{2})? ?(?:[ap]\.?m\.?)?"
    r"(?: ?[A-Z]{1,5})?\)?(?=\s|$)",
    re.IGNORECASE,
)
_END = re.compile(r"[ \t\r]*(?:\n|$)")
_BETWEEN = re.compile(r"[\s:|–—-]*")


class Labels(NamedTuple):
    """What a text says of itself, and how many code points it takes for that; 0 if it says nothing.

    `published_at` is aware. What is not said is empty.
    """

    published_on: date | None = None
    published_at: datetime | None = None
    byline: str = ""
    title: str = ""
    end: int = 0

    @property
    def told(self) -> str:
        """Return which of these the text says, in words; "" if none."""
        said = {"day": self.published_on, "byline": self.byline, "title": self.title}
        return " and ".join(name for name, value in said.items() if value)


class _Label(NamedTuple):
    """One label: what it gives, its value as it is written, and where it ends."""

    gives: str
    value: str
    end: int


def read(text: str, *, params: ReadingParams = READING) -> Labels:
    """Return what a text says of itself in labels at its beginning.

    A line of its own may stand before them: that is its title.
    """
    head = text[: params.labelled_chars]
    start = _end(head, 0)
    found = list(_labels(head, start, params))
    first_line, _, _ = head[start:].partition("\n")
    title = ""
    if not found and len(first_line) < len(head) - start:
        found = list(_labels(head, start + len(first_line), params))
        title = first_line.strip() if found else ""
    if not found or not text[found[-1].end :].strip():
        return Labels()
    said = {label.gives: label.value for label in reversed(found)}
    day, moment = _day(said.get("published") or said.get("updated", ""))
    return Labels(day, moment, said.get("byline", ""), said.get("title", title), found[-1].end)


def _labels(head: str, at: int, params: ReadingParams) -> Iterator[_Label]:
    """Yield the labels that stand at `at`, one behind the other."""
    while True:
        at = _end(head, at)
        label = _label(head, at, params)
        if label is None:
            return
        yield label
        at = label.end


def _label(head: str, at: int, params: ReadingParams) -> _Label | None:
    word = _known().match(head, at)
    if word is None:
        return None
    gives = _gives()[" ".join(word["label"].lower().split())]
    if gives in ("published", "updated"):
        return _dated(head, word.end(), gives, is_marked=bool(word["colon"]))
    value = head[word.end() :].partition("\n")[0]
    end = word.end() + len(value)
    is_line = end < len(head) and value.strip()
    if not is_line or not (word["colon"] or (gives == "byline" and _is_names(value, params))):
        return None
    written = f"{word['label']} {value}" if word["label"].lower() == "by" else value
    return _Label(gives, " ".join(written.split()), _end(head, end))


def _dated(head: str, at: int, gives: str, *, is_marked: bool) -> _Label | None:
    """Return the label of a day: one in words, and without a colon, is a line of its own.

    “Published 5 July 2017, the report says …” is prose.
    """
    day = _DAY.match(head, at)
    if day is None or _day(day.group())[0] is None:
        return None
    time = _TIME.match(head, day.end())
    end = time.end() if time else day.end()
    if not (day["iso"] or is_marked or _END.match(head, end)):
        return None
    return _Label(gives, day.group(), _end(head, end))


def _end(head: str, at: int) -> int:
    """Return where the blanks and signs end that stand at `at`."""
    return _BETWEEN.match(head, at).end()  # type: ignore[union-attr]  # matches nothing as well


def _is_names(value: str, params: ReadingParams) -> bool:
    """Say whether a line behind “By” may be names: with capitals, and no sentence."""
    words = value.replace(",", " ").split()
    small = name_data.words("particle") | name_data.words("small")
    is_named = all(word[0].isupper() or word in small for word in words)
    return is_named and 1 < len(words) <= params.byline_words and words[-1][-1].isalpha()


def _day(written: str) -> tuple[date | None, datetime | None]:
    """Return the day, and the moment if its zone is given, of a day as `_DAY` finds it."""
    found = _DAY.match(written)
    if found is None:
        return None, None
    try:
        if found["iso"]:
            return parse_date(found["iso"])
        one = "1" if found["day1"] else "2"
        day, month, year = (found[f"{part}{one}"] for part in ("day", "month", "year"))
        return parse_date(_iso(int(year), month, int(day)))
    except ValueError:
        return None, None


def _iso(year: int, month: str, day: int) -> str:
    name = month.lower()
    number = next((n for n, full in enumerate(_months(), 1) if full.startswith(name)), 0)
    return f"{year:04}-{number:02}-{day:02}"


@cache
def _months() -> tuple[str, ...]:
    return tuple(month for (month,) in name_data.rows("months.txt"))


@cache
def _gives() -> dict[str, str]:
    return dict(name_data.rows("text_labels.tsv"))  # type: ignore[arg-type]  # rows of two


@cache
def _known() -> re.Pattern[str]:
    """Return what finds a label with the blanks behind it."""
    longest = sorted(_gives(), key=len, reverse=True)
    words = "|".join(label.replace(" ", r"[ \t]{1,3}") for label in longest)
    return re.compile(
        rf"(?P<label>{words})(?:[ \t]{{0,3}}(?P<colon>:)[ \t]*|[ \t]+)", re.IGNORECASE
    )
