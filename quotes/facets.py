"""What a list can be narrowed to, with counts: speakers, outlets, kinds, media, years, reviews.

Counted among the newest matches up to `SEARCH.counted`, so that the cost is bounded at any
size; where there are more, `is_capped` says so and the counts are of those.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from quotes import plain_words
from quotes.models import Outlet, Quotation, QuotationQuerySet, Speaker
from quotes.params import SEARCH
from quotes.search_newest import newest

# Facet -> its label and the index's column.
_FACETS: dict[str, tuple[str, str]] = {
    "speaker": ("Speaker", "speaker_id"),
    "outlet": ("Outlet", "outlet_id"),
    "kind": ("Kind", "kind"),
    "factuality": ("Said or not", "factuality"),
    "medium": ("Medium", "medium"),
    "year": ("Year", "year"),
    "reviewed": ("Reviewed", "reviewed"),
}
NAMES = tuple(_FACETS)
LABELS = {name: label for name, (label, _) in _FACETS.items()}


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a facet: as parameters take it, for readers, and how many have it."""

    value: str
    label: str
    count: int


class Facet(NamedTuple):
    """A facet with its commonest values; `others` is how many more values there are."""

    name: str
    label: str
    values: tuple[Value, ...]
    others: int


class Facets(NamedTuple):
    """The facets of `total` matches, the newest of more if `is_capped`; `newest` are their keys."""

    total: int
    is_capped: bool
    facets: tuple[Facet, ...]
    newest: tuple[int, ...] = ()


def facets(found: QuotationQuerySet) -> Facets:
    """Return the facets of what `search.search` found, in at most three queries."""
    columns = [column for _, column in _FACETS.values()]
    rows = newest(found, ["key", *columns], SEARCH.counted + 1)
    counted = rows[: SEARCH.counted]
    keys, *values = zip(*counted, strict=True) if counted else ((),)
    counts = dict(zip(_FACETS, map(Counter, values), strict=bool(counted)))
    tops = {name: _top(counts.get(name, Counter())) for name in _FACETS}
    return Facets(
        total=len(counted),
        is_capped=len(rows) > len(counted),
        newest=keys,
        facets=tuple(
            Facet(
                name,
                label,
                _values(name, tops[name]),
                max(0, sum(_is_value(v) for v in counts.get(name, ())) - len(tops[name])),
            )
            for name, (label, _) in _FACETS.items()
        ),
    )


def facet(found: QuotationQuerySet, name: str, keep: Sequence[Hashable]) -> Facet:
    """Return one facet of what `search.search` found, with the values `keep` whatever their count.

    Of `found` without the filter of that facet it says what else may be ticked. Two queries at
    most; counted among the newest.
    """
    label, column = _FACETS[name]
    rows = newest(found, [column], SEARCH.counted)
    counts = Counter(row[0] for row in rows)
    top = _top(counts)
    shown = {key for key, _ in top}
    top += [(key, counts[key]) for key in keep if key not in shown]
    others = sum(_is_value(value) for value in counts.keys() - {key for key, _ in top})
    return Facet(name, label, _values(name, top), others)


def _is_value(value: Hashable) -> bool:
    return value is not None and value != ""


def _top(counts: "Counter[Any]") -> list[tuple[Any, int]]:
    some = ((value, count) for value, count in counts.items() if _is_value(value))
    return sorted(some, key=lambda pair: (-pair[1], pair[0]))[: SEARCH.facet_values]


def _values(name: str, top: Iterable[tuple[Any, int]]) -> tuple[Value, ...]:
    found = list(top)
    named = {"speaker": _speakers, "outlet": _outlets}.get(name)
    words = named([key for key, _ in found]) if named and found else {}
    kinds = dict(Quotation._meta.get_field("kind").flatchoices)  # noqa: SLF001  public
    values = []
    for key, count in found:
        if named:
            if key in words:
                values.append(Value(*words[key], count))
        elif name == "reviewed":
            values.append(Value("yes" if key else "no", "By people" if key else "Not yet", count))
        elif name == "factuality":
            values.append(
                Value(key or plain_words.UNKNOWN, plain_words.FACTUALITY_NAMES[key], count)
            )
        else:
            values.append(Value(str(key), str(kinds.get(key, key)), count))
    return tuple(values)


def _speakers(keys: list[int]) -> dict[int, tuple[str, str]]:
    rows = Speaker.objects.filter(pk__in=keys).values_list("pk", "slug", "name")
    return {pk: (slug, name) for pk, slug, name in rows}


def _outlets(keys: list[int]) -> dict[int, tuple[str, str]]:
    rows = Outlet.objects.filter(pk__in=keys).values_list("pk", "slug", "name")
    return {pk: (slug, name) for pk, slug, name in rows}
