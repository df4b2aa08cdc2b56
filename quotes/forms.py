"""Query strings of the list pages -> validated filters, and from those to QuerySets.

Every form is bound to the query string. A value that cannot be used gives an error that names
the field and what it accepts; the page shows it and no results, never a wrong list.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, cast
from urllib.parse import urlencode

from django import forms
from django.db.models import F, Q, QuerySet
from django.http import QueryDict

from quotes import plain_words, selections
from quotes.models import ArticleVersionQuerySet, Outlet, QuotationQuerySet, Speaker
from quotes.nlp import lexicon
from quotes.nlp.document import Kind, SpeakerKind
from quotes.params import PAGES, SEARCH
from quotes.search import (
    MOST_CERTAIN_FIRST,
    OLDEST_FIRST,
    at_keys,
    most_certain,
    newest_part,
    oldest_first,
)
from quotes.selections import ANONYMOUS, NAMED, UNNAMED, SelectionError
from quotes.several import OneMore, OneMoreInput, OneMoreSelect, SeveralField
from quotes.speaker_search import named

LAST_PAGE = PAGES.count_cap // PAGES.list_rows
NOT_FILTERS = {"page", "sort"}
NAMED_KINDS = [
    ("", "Any"),
    *((kind.value, kind.value.capitalize()) for kind in SpeakerKind if kind != "anonymous"),
]


class Chip(NamedTuple):
    """An active filter in words, and the query string that takes it away."""

    label: str
    value: str
    query: str


def choices_of(values: list[str], any_label: str) -> list[tuple[str, str]]:
    """Return choices that begin with "any"."""
    return [("", any_label), *((value, value) for value in values)]


def media() -> list[str]:
    """Return the media that a quotation can have, in order of the alphabet."""
    return sorted({row[1] for row in lexicon.rows("media.tsv")}, key=str.lower)


def date_field(label: str) -> forms.DateField:
    """Return an optional day, as a date picker sends it."""
    return forms.DateField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Write a day as year-month-day, such as 2017-07-05."},
    )


class ListFilter(forms.Form):
    """What all lists share: a page number, and filters that can be taken away one by one."""

    page = forms.IntegerField(
        required=False, min_value=1, max_value=LAST_PAGE, widget=forms.HiddenInput
    )

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, auto_id="f-%s")
        self.query = data
        self.label_suffix = ""
        for name, field in self.fields.items():
            if isinstance(field, forms.ChoiceField):
                accepted = ", ".join(str(value) for value, _ in _flat(field) if value)
                field.error_messages["invalid_choice"] = f"“%(value)s” is not one of {accepted}."
            if isinstance(field, forms.IntegerField) and name in {"page", "part", "version"}:
                field.error_messages["invalid"] = f"A {name} is a whole number, such as 1."
                field.error_messages["min_value"] = f"The first {name} is 1."
            if name == "page":
                last = f"A list shows {LAST_PAGE:,} pages; narrow it to see the rest."
                field.error_messages["max_value"] = last

    def belong_to(self, form_id: str) -> None:
        """Have the fields belong to the form with that id, wherever on the page they stand."""
        for field in self.fields.values():
            field.widget.attrs["form"] = form_id

    @property
    def number(self) -> int:
        """Return the page asked for; 1 if none is."""
        return self.cleaned_data.get("page") or 1

    def chips(self) -> list[Chip]:
        """Return the active filters in the order of the fields."""
        return list(self._chips())

    def _chips(self) -> Iterator[Chip]:
        for name, field in self.fields.items():
            if name in NOT_FILTERS:
                continue
            for value in dict.fromkeys(self.query.getlist(name)):
                if value.strip():
                    yield Chip(
                        str(field.label or name),
                        self._worded(name, field, value),
                        self._without(name, value),
                    )

    def _worded(self, name: str, field: forms.Field, value: str) -> str:
        cleaned = self.cleaned_data.get(name)
        if isinstance(cleaned, AskedSpeakers):
            cleaned = cleaned.known
        if isinstance(cleaned, dict) and value in cleaned:
            return str(cleaned[value].name)
        if isinstance(cleaned, (Outlet, Speaker)):
            return cleaned.name
        if isinstance(field, forms.ChoiceField):
            return dict(_flat(field)).get(value, value)
        return "" if isinstance(field, forms.BooleanField) else value.replace("\x00", "�")

    def _without(self, name: str, value: str) -> str:
        query = self.query.copy()
        query.setlist(name, [other for other in query.getlist(name) if other != value])
        query.pop("page", None)
        return without_blanks(query)

    @property
    def first_page_query(self) -> str:
        """Return the query string of the same list's first page."""
        query = self.query.copy()
        query.pop("page", None)
        return without_blanks(query)

    @property
    def shared_query(self) -> str:
        """Return the query string of this page of the list, as it is shared: without blanks."""
        return without_blanks(self.query)

    @property
    def has_wrong_filter(self) -> bool:
        """Say whether something is wrong with what narrows the list, beside its words and page."""
        return bool(self.errors.keys() - {"page", "q"})

    def problems(self) -> list[tuple[str, str]]:
        """Return the errors as pairs of a field's label and what is wrong with its value."""
        return [
            (str(self.fields[name].label or name) if name in self.fields else "", str(message))
            for name, messages in self.errors.items()
            for message in messages
        ]


def _flat(field: forms.ChoiceField) -> list[tuple[str, str]]:
    choices = cast("Iterable[tuple[Any, Any]]", field.choices)
    return [(str(value), str(label)) for value, label in choices]


def replaced(query: QueryDict, values: Mapping[str, Sequence[str]]) -> str:
    """Return `query` as a string with `values` for its own, on the first page, without blanks."""
    kept = {name: given for name, given in query.lists() if name != "page"} | dict(values)
    return urlencode([(n, value) for n, given in kept.items() for value in given if value.strip()])


def without_blanks(query: QueryDict) -> str:
    """Return `query` as a string without the parameters that are empty."""
    kept = query.copy()
    for name in list(kept):
        kept.setlist(name, [value for value in kept.getlist(name) if value.strip()])
    return kept.urlencode()


def outlet_called(asked: str) -> Outlet:
    """Return the outlet of that name or slug; ValidationError if none is stored."""
    found = Outlet.objects.filter(Q(slug=asked) | Q(name__iexact=asked)).first()
    if found is None:
        raise forms.ValidationError(
            f"No outlet named “{asked}” is stored; give its full name as articles show it."
        )
    return found


class DaysMixin(forms.Form):
    """A filter on the days of publication."""

    after = date_field("Published from")
    before = date_field("Published to")

    def clean(self) -> dict[str, Any]:
        """Refuse a range of days that ends before it begins."""
        cleaned = super().clean() or self.cleaned_data
        after, before = cleaned.get("after"), cleaned.get("before")
        if after and before and after > before:
            self.add_error("before", f"{before} is earlier than the first day, {after}.")
        return cleaned


class OutletMixin(DaysMixin):
    """A filter on the outlet and on the days of publication."""

    outlet = forms.CharField(
        label="Outlet",
        required=False,
        max_length=220,
        widget=forms.TextInput(attrs={"list": "outlets", "autocomplete": "off"}),
    )

    def clean_outlet(self) -> Outlet | None:
        """Return the outlet of that name or slug; an error if none is stored."""
        asked: str = self.cleaned_data["outlet"]
        return outlet_called(asked) if asked else None

    def published(self, prefix: str) -> Q:
        """Return the condition on a version at `prefix` ("version__", or "" for itself)."""
        cleaned, condition = self.cleaned_data, Q()
        if cleaned.get("outlet"):
            condition &= Q(**{f"{prefix}article__outlet": cleaned["outlet"]})
        if cleaned.get("after"):
            condition &= Q(**{f"{prefix}published_on__gte": cleaned["after"]})
        if cleaned.get("before"):
            condition &= Q(**{f"{prefix}published_on__lte": cleaned["before"]})
        return condition


@dataclass(frozen=True, slots=True)
class AskedSpeakers:
    """Speakers by the values that name them, any of whom may have said it, and words of a name."""

    known: dict[str, Speaker]
    words: str = ""

    def __bool__(self) -> bool:
        """Say whether speakers are asked for at all."""
        return bool(self.known or self.words)


class QuotationFilter(DaysMixin, ListFilter):
    """Search and filters of quotations; of speakers, outlets, kinds, media several may be given."""

    SORTS: ClassVar[dict[str, tuple[Any, ...]]] = {
        "newest": ("-recency",),
        "oldest": OLDEST_FIRST,
        "confidence": MOST_CERTAIN_FIRST,
    }

    q = forms.CharField(
        label="Words",
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    speaker = SeveralField(label="Speaker", required=False, most_chars=300)
    kind = forms.MultipleChoiceField(
        label="Kind",
        required=False,
        choices=[(kind.value, kind.value.capitalize()) for kind in Kind],
        widget=forms.CheckboxSelectMultiple,
    )
    factuality = forms.MultipleChoiceField(
        label="Said or not",
        required=False,
        choices=[(value, label) for value, label in plain_words.FACTUALITY_NAMES.items() if value]
        + [(plain_words.UNKNOWN, plain_words.FACTUALITY_NAMES[""])],
        widget=forms.CheckboxSelectMultiple,
    )
    source = forms.ChoiceField(
        label="Source",
        required=False,
        choices=[
            ("", "Any"),
            (NAMED, "Named speaker"),
            (ANONYMOUS, "Anonymous source"),
            (UNNAMED, "No speaker named"),
        ],
    )
    medium = forms.MultipleChoiceField(label="Medium", required=False, widget=OneMoreSelect)
    outlet = SeveralField(
        label="Outlet",
        required=False,
        most_chars=220,
        widget=OneMoreInput(attrs={"list": "outlets", "autocomplete": "off"}),
    )
    min_confidence = forms.FloatField(
        label="Confidence at least",
        required=False,
        min_value=0.0,
        max_value=1.0,
        widget=forms.NumberInput(attrs={"step": "0.05", "placeholder": "0 to 1"}),
        error_messages={
            "invalid": "Confidence is a number from 0 to 1, such as 0.8.",
            "min_value": "Confidence is a number from 0 to 1, such as 0.8.",
            "max_value": "Confidence is a number from 0 to 1, such as 0.8.",
        },
    )
    REVIEWS: ClassVar[list[tuple[str, str]]] = [
        ("", "Any"), ("yes", "By people"), ("no", "Not yet")
    ]  # fmt: skip
    reviewed = forms.ChoiceField(label="Reviewed", required=False, choices=REVIEWS)
    attitudes = forms.BooleanField(label="Include beliefs and intentions", required=False)
    sort = forms.ChoiceField(
        label="Sort",
        required=False,
        choices=[
            ("", "Automatic"),
            ("relevance", "Relevance"),
            ("newest", "Newest"),
            ("oldest", "Oldest"),
            ("confidence", "Confidence"),
        ],
    )
    field_order = (
        "q",
        "speaker",
        "kind",
        "factuality",
        "source",
        "medium",
        "outlet",
        "after",
        "before",
    )

    def __init__(self, data: QueryDict) -> None:
        medium = self.base_fields["medium"]
        assert isinstance(medium, forms.ChoiceField)  # noqa: S101 - narrows the type
        medium.choices = choices_of(media(), "Any")
        super().__init__(data)

    def clean_speaker(self) -> AskedSpeakers:
        """Return the speakers at these slugs, and what else is given as words of a name."""
        asked: list[str] = self.cleaned_data["speaker"]
        known = selections.speakers_at(asked) if asked else {}
        words = [one for one in asked if one not in known]
        if len(words) > 1:
            raise forms.ValidationError(
                f"“{words[0]}” and “{words[1]}” are no addresses of speakers; "
                "give words of one name, or tick the speakers."
            )
        return AskedSpeakers(known, *words)

    def clean_outlet(self) -> dict[str, Outlet]:
        """Return the outlets of these names or slugs by what was given; an error if one is none."""
        asked: list[str] = self.cleaned_data["outlet"]
        return {one: outlet_called(one) for one in asked[: SEARCH.values_most + 1]}

    def ticked(self) -> dict[str, dict[Any, str]]:
        """Return facet -> its values that are asked for, by the key of the index; if valid."""
        cleaned = self.cleaned_data
        return {
            "speaker": {one.pk: one.slug for one in cleaned["speaker"].known.values()},
            "outlet": {one.pk: one.slug for one in cleaned["outlet"].values()},
            "kind": {one: one for one in cleaned["kind"]},
            "factuality": dict(
                zip(
                    selections.stored_factualities(cleaned["factuality"]),
                    cleaned["factuality"],
                    strict=True,
                )
            ),
            "medium": {one: one for one in cleaned["medium"]},
            "reviewed": {one == "yes": one for one in [cleaned["reviewed"]] if one},
        }

    def show_as_ticks(self) -> None:
        """Leave the values that are ticked beside the fields out of these; wants a valid form."""
        cleaned = self.cleaned_data
        ticked = {"speaker": cleaned["speaker"].known, "outlet": cleaned["outlet"]}
        for name, values in {**ticked, "medium": cleaned["medium"]}.items():
            widget = self.fields[name].widget
            assert isinstance(widget, OneMore)  # noqa: S101 - narrows the type
            widget.ticked = frozenset(values)

    def clean(self) -> dict[str, Any]:
        """Refuse what the selection of quotations refuses, such as a search that it cannot read."""
        cleaned = super().clean()
        if not self.errors:
            try:
                selections.clean(self._selected(cleaned))
            except SelectionError as error:
                self.add_error(self._FIELDS.get(error.parameter, error.parameter), error.message)
        return cleaned

    # Parameters of a selection that have another name on the page.
    _FIELDS: ClassVar[dict[str, str]] = {
        "any_name": "speaker",
        "published_from": "after",
        "published_to": "before",
        "act": "attitudes",
    }

    def selection(self) -> dict[str, list[str]]:
        """Return the filters as a stored query (quotes/selections.py); wants a valid form."""
        return selections.clean(self._selected(self.cleaned_data))

    def _selected(self, cleaned: dict[str, Any]) -> dict[str, list[str]]:
        asked = cleaned.get("speaker") or AskedSpeakers({})
        confidence = cleaned.get("min_confidence")
        after, before = cleaned.get("after"), cleaned.get("before")
        given = {
            "q": cleaned.get("q"),
            "any_name": asked.words,
            "source": cleaned.get("source"),
            "published_from": after.isoformat() if after else "",
            "published_to": before.isoformat() if before else "",
            "min_confidence": "" if confidence is None else str(confidence),
            "reviewed": {"yes": "true", "no": "false"}.get(cleaned.get("reviewed", ""), ""),
            "act": selections.ANY_ACT if cleaned.get("attitudes") else "",
        }
        several = {
            "speaker": [speaker.slug for speaker in asked.known.values()],
            "outlet": [outlet.slug for outlet in cleaned.get("outlet", {}).values()],
            "kind": cleaned.get("kind"),
            "factuality": cleaned.get("factuality"),
            "medium": cleaned.get("medium"),
        }
        chosen = {name: [value] for name, value in given.items() if value}
        return chosen | {name: values for name, values in several.items() if values}

    @property
    def by_relevance(self) -> bool:
        """Say whether results are put in order of relevance; wants a valid form."""
        cleaned = self.cleaned_data
        return bool(cleaned["q"].strip()) and cleaned["sort"] in {"", "relevance"}

    def found(self, quotes: QuotationQuerySet) -> QuotationQuerySet:
        """Return those of `quotes` that pass, in no order; wants a valid form."""
        return selections.narrow(quotes, self.selection())

    def apply(
        self,
        quotes: QuotationQuerySet,
        *,
        newest: Sequence[int] | None = None,
        part: slice | None = None,
    ) -> QuotationQuerySet:
        """Return those of `quotes` that pass, ordered; none if a value cannot be used.

        By relevance, only the newest matches. The keys of the newest may be known, and only `part`
        be wanted, which is given as it is here: see quotes/search.py.
        """
        if not self.is_valid():
            return quotes.none()
        if self.by_relevance:
            selection = self.selection()
            return selections.narrow(quotes, selection, by_relevance=True, newest=newest, part=part)
        sort = self.SORTS.get(self.cleaned_data["sort"], self.SORTS["newest"])
        if newest is not None and part and sort == self.SORTS["newest"]:
            return at_keys(quotes, newest[part])
        found: QuotationQuerySet = self.found(quotes).order_by(*sort)
        return self.part_of(quotes, found, part) if part else found

    def part_of(
        self, quotes: QuotationQuerySet, found: QuotationQuerySet, part: slice
    ) -> QuotationQuerySet:
        """Return a part of `found`, which is what `apply` returns of `quotes`.

        From the oldest on, and past the first page of the newest, by the index's order: of ten
        thousand only those of the part are read. By confidence of the newest only, as
        `most_certain` says.
        """
        if not self.is_valid() or self.by_relevance:
            return found[part]
        sorts = {"oldest": oldest_first, "confidence": most_certain}
        sort = sorts.get(self.cleaned_data["sort"], newest_part if part.start else None)
        return sort(quotes, found, part) if sort else found[part]


def speaker_condition(asked: Speaker | str) -> Q:
    """Return the condition for a speaker, or for names (also former ones) that contain words."""
    if isinstance(asked, Speaker):
        return Q(speaker=asked)
    return selections.by_any_name(asked) if asked else Q()


class SpeakerQuotationFilter(QuotationFilter):
    """The same on a speaker's own page, where the speaker is given, and how articles word it.

    The speaker is asked for by the search's index, which gives the newest of thousands at once.
    """

    speaker = None  # type: ignore[assignment]
    source = None  # type: ignore[assignment]
    called = forms.CharField(
        label="Called", required=False, max_length=300, strip=False, widget=forms.HiddenInput
    )
    role = forms.CharField(
        label="Described as",
        required=False,
        max_length=500,
        strip=False,
        widget=forms.HiddenInput,
    )
    by = forms.CharField(
        label="Reported by", required=False, max_length=500, widget=forms.HiddenInput
    )

    def __init__(self, data: QueryDict, owner: Speaker | None = None) -> None:
        super().__init__(data)
        self.owner = owner

    def _selected(self, cleaned: dict[str, Any]) -> dict[str, list[str]]:
        own = {
            "called": cleaned.get("called"),
            "role": cleaned.get("role"),
            "byline": cleaned.get("by"),
            "speaker": self.owner.slug if self.owner else "",
        }
        given = {name: [value] for name, value in own.items() if value}
        return super()._selected(cleaned) | given


class ArticleFilter(OutletMixin, ListFilter):
    """Search and filters of articles."""

    q = forms.CharField(
        label="Title",
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    field_order = ("q", "outlet", "after", "before")

    def apply(self, versions: ArticleVersionQuerySet) -> ArticleVersionQuerySet:
        """Return those of `versions` that pass; none if a value cannot be used."""
        if not self.is_valid():
            return versions.none()
        # Counting quotations groups the rows, and a grouped query drops the model's own order.
        # By day, what has none last; of this order PostgreSQL has an index too.
        newest = ("-dated", "-id")
        versions = versions.filter(self.published("")).order_by(*newest)
        title = self.cleaned_data["q"]
        # What has no title is listed by its first words, and so is found by them.
        called = Q(title__icontains=title) | Q(title="", opening__icontains=title)
        return versions.filter(called) if title else versions


class SpeakerFilter(ListFilter):
    """Search, filters and order of speakers."""

    SORTS: ClassVar[dict[str, tuple[Any, ...]]] = {
        "most": ("-quotation_count", "name", "pk"),
        "name": ("name", "pk"),
        "latest": (F("last_quoted_on").desc(nulls_last=True), "name", "pk"),
    }

    q = forms.CharField(
        label="Name",
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    kind = forms.ChoiceField(label="Kind", required=False, choices=NAMED_KINDS)
    letter = forms.CharField(
        label="Begins with", required=False, max_length=4, widget=forms.HiddenInput
    )
    sort = forms.ChoiceField(
        label="Sort",
        required=False,
        choices=[("", "Most quoted"), ("name", "Name"), ("latest", "Last quoted")],
    )

    def apply(self, speakers: QuerySet[Speaker]) -> QuerySet[Speaker]:
        """Return those of `speakers` that pass, ordered; none if a value cannot be used."""
        if not self.is_valid():
            return speakers.none()
        cleaned = self.cleaned_data
        if cleaned["kind"]:
            speakers = speakers.filter(kind=cleaned["kind"])
        if cleaned["letter"]:
            speakers = speakers.filter(initial=cleaned["letter"].upper())
        speakers = named(speakers, cleaned["q"])
        return speakers.order_by(*self.SORTS[cleaned["sort"] or "most"])


class ArticleOptions(ListFilter):
    """What an article's page shows: which version and part of it, whose quotations, beliefs too.

    `quote` and `paragraph` name what the part must have in it; `run` counts parts that came by
    themselves.
    """

    version = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)
    attitudes = forms.BooleanField(label="Include beliefs and intentions", required=False)
    speaker = forms.SlugField(required=False, max_length=400)
    part = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)
    quote = forms.SlugField(required=False, max_length=16)
    paragraph = forms.IntegerField(required=False, min_value=1, max_value=10_000_000)
    run = forms.IntegerField(required=False, min_value=0, max_value=100)
