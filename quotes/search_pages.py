"""What the page of search results shows beside its rows: facets as links, snippets, suggestions."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

from django.forms import BoundField
from django.http import QueryDict

from quotes import facets, histogram, plots, query_language, selections
from quotes.forms import QuotationFilter, replaced
from quotes.models import Quotation, QuotationQuerySet
from quotes.paging import Page
from quotes.params import PAGES, SEARCH
from quotes.query_language import All, Either, Not, Query, QueryError, Words
from quotes.snippets import snippets, title_snippets
from quotes.speaker_search import alike


@dataclass(frozen=True, slots=True)
class FacetChoice:
    """A value of a facet: to be ticked, or a link that narrows the list to it or widens it.

    `count` is None where nothing was counted.
    """

    label: str
    value: str
    count: int | None
    query: str
    is_active: bool
    key: str


Control = Literal["checkbox", "radio", "link"]


class FacetChoices(NamedTuple):
    """A facet's values, and by what they are chosen; `others` is how many more there are."""

    name: str
    label: str
    choices: list[FacetChoice]
    others: int
    control: Control


class GroupField(NamedTuple):
    """A field of a group, with its label there, "" for none."""

    field: BoundField
    label: str


class Group(NamedTuple):
    """All that narrows a list by one thing: the facet, if there is one, and what is typed."""

    name: str
    label: str
    facet: FacetChoices | None
    fields: list[GroupField]


class Meant(NamedTuple):
    """A speaker whose name is like one that was typed, and the query string that looks there."""

    typed: str
    name: str
    query: str


class Results(NamedTuple):
    """A page of results. `ranked` is how many were ranked, if there are more than these, else 0."""

    page: Page[Quotation]
    facets: list[FacetChoices]
    ranked: int
    meant: list[Meant]
    counted: int
    newest_query: str


def results(form: QuotationFilter, quotes: QuotationQuerySet) -> Results:
    """Return the page of `quotes` that a valid form asks for.

    Each row gets its `snippet`, and its `title_snippet`: None where the title has no such words.
    Six queries at most, and two for each facet that is ticked, each bounded: the matches are
    counted, by facet too, among the newest `SEARCH.counted`, and ranked among the newest
    `SEARCH.ranked`.
    """
    form.show_as_ticks()
    found = form.found(quotes)
    counted = facets.facets(found)
    most = SEARCH.ranked if form.by_relevance else SEARCH.counted
    total, start = min(counted.total, most), (form.number - 1) * PAGES.list_rows
    stop = min(start + PAGES.list_rows, most)
    rows = (
        list(form.apply(quotes, newest=counted.newest, part=slice(start, stop)))
        if start < most and total
        else []
    )
    _add_snippets(rows, form.cleaned_data["q"])
    return Results(
        Page(rows, form.number, PAGES.list_rows, total, counted.is_capped or counted.total > most),
        _choices(form, counted, quotes),
        most if form.by_relevance and counted.total > most else 0,
        [] if counted.total else list(_meant(form)),
        SEARCH.counted,
        _with(form.query, {"sort": "newest"}),
    )


def _add_snippets(rows: Sequence[Any], query: str) -> None:
    if query:
        found = snippets(rows, query)
        titles = title_snippets((row.version.title for row in rows), query)
        for row in rows:
            row.snippet = found[row.pk]
            row.title_snippet = titles.get(row.version.title)


# --- facets


def _choices(
    form: QuotationFilter, counted: facets.Facets, quotes: QuotationQuerySet
) -> list[FacetChoices]:
    ticked, selection = form.ticked(), form.selection()
    found = []
    for facet in counted.facets:
        shown = facet
        if chosen := ticked.get(facet.name):
            # What else may be ticked is not among the matches: counted without this filter.
            wider = {name: values for name, values in selection.items() if name != facet.name}
            shown = facets.facet(selections.narrow(quotes, wider), facet.name, list(chosen))
        choices = [
            _choice(form.query, facet.name, value, set(chosen.values()) if chosen else None)
            for value in shown.values
        ]
        if facet.name == "reviewed":
            counts = {choice.value: choice.count or 0 for choice in choices}
            found.append(_reviews(form, facet.label, counts))
            continue
        control: Control = "checkbox" if facet.name in selections.REPEATED else "link"
        found.append(FacetChoices(facet.name, facet.label, choices, shown.others, control))
    # One value that all have narrows nothing, unless it is what the list has been narrowed to.
    return [f for f in found if len(f.choices) > 1 or any(c.is_active for c in f.choices)]


def _reviews(form: QuotationFilter, label: str, counts: Mapping[str, int] | None) -> FacetChoices:
    """Return what can be asked of reviews, of which one holds; without `counts`, none is said."""
    asked = form.query.get("reviewed", "")
    choices = []
    for value, words in form.REVIEWS:
        rest = sum(counts.values()) if counts and not value else 0
        count = None if counts is None else counts.get(value, rest)
        key = f"facet-reviewed-{value or 'any'}"
        query = replaced(form.query, {"reviewed": [value]})
        choices.append(FacetChoice(words, value, count, query, value == asked, key))
    return FacetChoices("reviewed", label, choices, 0, "radio")


# What stands under the values of a facet, by the field's name, with what it is called there.
_TYPED: dict[str, dict[str, str]] = {
    "speaker": {"speaker": "By name"},
    "outlet": {"outlet": "By name"},
    "kind": {},
    "factuality": {},
    "medium": {"medium": "Choose"},
    "year": {"after": "From", "before": "To"},
    "reviewed": {},
}
# Fields that are those values themselves.
_OWN_FIELDS = frozenset({"kind", "factuality"})


def groups(form: QuotationFilter, facets_shown: Sequence[FacetChoices]) -> list[Group]:
    """Return the filters of the page by what they narrow, each in one place.

    Where the form cannot be used there are no facets: its own fields stand for them.
    """
    shown = {facet.name: facet for facet in facets_shown}
    shown.setdefault("reviewed", _reviews(form, facets.LABELS["reviewed"], None))
    found = []
    for name, typed in _TYPED.items():
        label = "Published" if name == "year" else facets.LABELS[name]
        fields = [GroupField(form[field], words) for field, words in typed.items()]
        if name in _OWN_FIELDS and not form.is_valid():
            fields.append(GroupField(form[name], ""))
        found.append(Group(name, label, shown.get(name), fields))
    return found


def _choice(
    query: QueryDict, facet: str, value: facets.Value, chosen: Set[str] | None
) -> FacetChoice:
    asked = _parameters(facet, value.value)
    if facet in selections.REPEATED:
        is_active = chosen is not None and value.value in chosen
    else:
        is_active = all(query.get(name) == one for name, one in asked.items())
    changed = {name: [] if is_active else [one] for name, one in asked.items()}
    key = "".join(char if char.isalnum() else "-" for char in value.value)
    return FacetChoice(
        value.label, value.value, value.count, replaced(query, changed), is_active,
        f"facet-{facet}-{key}",
    )  # fmt: skip


def _parameters(facet: str, value: str) -> dict[str, str]:
    if facet == "year":
        return {"after": f"{int(value):04}-01-01", "before": f"{int(value):04}-12-31"}
    return {facet: value}


# --- while one types


def begun(
    form: QuotationFilter, found: Results, quotes: QuotationQuerySet
) -> tuple[QuotationFilter, Results, str]:
    """Return form and results for words that begin as the last one typed, which found nothing.

    With the word that was completed; as they were, with "", where that finds nothing either.
    """
    typed = form.cleaned_data["q"]
    parts = typed.split()
    last = parts[-1] if parts else ""
    if not (last.isalnum() and len(last) >= SEARCH.least_prefix):
        return form, found, ""
    query = form.query.copy()
    query["q"] = f"{typed.rstrip()}*"
    longer = type(form)(query)
    if not longer.is_valid():
        return form, found, ""
    more = results(longer, quotes)
    return (longer, more, last) if more.page.total else (form, found, "")


# --- when


class Bar(NamedTuple):
    """A bar of the timeline: its plot's, and the query string that narrows the list to its days."""

    bar: plots.Bar
    first: date
    last: date
    query: str


class TimelineOf(NamedTuple):
    """The timeline of a list, with links; `wider_query` takes away the days of the list, if any."""

    timeline: histogram.Timeline
    bars: list[Bar]
    wider_query: str | None


def timeline_of(form: QuotationFilter, quotes: QuotationQuerySet) -> TimelineOf:
    """Return the timeline of what a valid form asks of `quotes`."""
    found = histogram.timeline(quotes, form.selection())
    after, before = form.cleaned_data.get("after"), form.cleaned_data.get("before")
    bars = []
    for bar in found.plot.bars if found.plot else ():
        first, last = max(bar.first, after or bar.first), min(bar.last, before or bar.last)
        days = {"after": first.isoformat(), "before": last.isoformat()}
        bars.append(Bar(bar, first, last, _with(form.query, days)))
    wider = _with(form.query, {"after": "", "before": ""}) if after or before else None
    return TimelineOf(found, bars, wider)


# --- did you mean


def _meant(form: QuotationFilter) -> Iterator[Meant]:
    """Yield the speakers whose names are like one that was typed, which found nothing."""
    typed = form.cleaned_data["speaker"].words
    if typed:
        for speaker in alike(typed):
            yield Meant(typed, speaker.name, _with(form.query, {"speaker": speaker.slug}))
        return
    try:
        query = query_language.parse(form.cleaned_data["q"])
    except QueryError:  # pragma: no cover  the form is valid
        return
    for name in _names(query):
        for speaker in alike(" ".join(name.words)):
            words = Words(tuple(query_language.folded_words(speaker.name)), "speaker")
            if words.words == name.words:  # it is known: something else of the query is at fault
                continue
            assert query is not None  # noqa: S101  it has a name
            changed = query_language.written(_replaced(query, name, words))
            yield Meant(" ".join(name.words), speaker.name, _with(form.query, {"q": changed}))


def _names(query: Query | None) -> list[Words]:
    """Return what may be a name: words for the speaker, else all of the query if it is bare."""
    parts = query.parts if isinstance(query, All) else (query,) if query else ()
    asked = [p for p in parts if isinstance(p, Words) and p.field == "speaker"]
    if asked:
        return asked
    bare = [p for p in parts if isinstance(p, Words) and not p.field]
    whole = tuple(word for part in bare for word in part.words)
    return [Words(whole)] if whole and len(bare) == len(parts) else []


def _replaced(query: Query, old: Words, new: Words) -> Query:
    """Return `query` with `new` for `old`, or `new` alone where `old` is all of it."""
    if not old.field:
        return new
    if isinstance(query, (All, Either)):
        return type(query)(tuple(_replaced(part, old, new) for part in query.parts))
    if isinstance(query, Not):
        return Not(_replaced(query.part, old, new))
    return new if query == old else query


def _with(query: QueryDict, values: Mapping[str, str]) -> str:
    return replaced(query, {name: [value] for name, value in values.items()})
