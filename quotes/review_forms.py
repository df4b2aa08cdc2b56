"""What reviewers send -> what quotes/decisions.py takes; errors name the field and the remedy."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import User
from django.db.models import Q
from django.http import QueryDict

from quotes import decisions, speaker_search
from quotes.decisions import NewSpeaker, Unnamed, Who
from quotes.forms import ListFilter, OutletMixin, speaker_condition
from quotes.models import Decision, Quotation, QuotationQuerySet, Speaker
from quotes.nlp.document import Kind, SpeakerKind
from quotes.params import PAGES
from quotes.rows import PIECES

NEW, NAMED, NOBODY, ANONYMOUS = "new", "named", "nobody", "anonymous"
_PLACE = re.compile(r"\s*(\d{1,9})\s*[-–]\s*(\d{1,9})\s*")
_MATCHES_SHOWN = 12
_WORDS_CHARS = 20_000


def bands() -> dict[str, tuple[str, Q]]:
    """Return the bands of confidence in the speaker, least certain first: words, condition."""
    edges = [
        ("unsure", 0.0, PAGES.confidence_unsure_below),
        ("plausible", PAGES.confidence_unsure_below, PAGES.confidence_likely_from),
        ("likely", PAGES.confidence_likely_from, PAGES.confidence_very_likely_from),
        ("very-likely", PAGES.confidence_very_likely_from, 1.1),
    ]
    return {
        key: (
            key.replace("-", " ").capitalize(),
            Q(speaker_confidence__gte=low, speaker_confidence__lt=high),
        )
        for key, low, high in edges
    }


class ReviewFilter(OutletMixin, ListFilter):
    """Which quotations a reviewer wants to see; least certain first."""

    kind = forms.ChoiceField(
        label="Kind",
        required=False,
        choices=[("", "Any"), *((kind.value, kind.value.capitalize()) for kind in Kind)],
    )
    speaker = forms.CharField(label="Speaker", required=False, max_length=300)
    band = forms.ChoiceField(
        label="How sure",
        required=False,
        choices=[("", "Any"), *((key, words) for key, (words, _) in bands().items())],
    )
    field_order = ("band", "kind", "speaker", "outlet", "after", "before")

    def clean_speaker(self) -> Speaker | str:
        """Return the speaker with that slug, else the words to look for in names."""
        asked: str = self.cleaned_data["speaker"]
        return Speaker.objects.filter(slug=asked).first() or asked if asked else ""

    def apply(self, quotes: QuotationQuerySet) -> QuotationQuerySet:
        """Return those of `quotes` that wait for review and pass, least certain speaker first."""
        if not self.is_valid():
            return quotes.none()
        cleaned = self.cleaned_data
        waiting = quotes.speech().filter(review=Quotation.Review.NONE)
        waiting = waiting.filter(self.published("version__"), speaker_condition(cleaned["speaker"]))
        if cleaned["kind"]:
            waiting = waiting.filter(kind=cleaned["kind"])
        if cleaned["band"]:
            waiting = waiting.filter(bands()[cleaned["band"]][1])
        return waiting.order_by("speaker_confidence", "pk")


class DecisionFilter(ListFilter):
    """Whose decisions, of which kind."""

    person = forms.ModelChoiceField(
        User.objects.none(), label="Person", required=False, to_field_name="username",
        empty_label="Everybody",
    )  # fmt: skip
    kind = forms.ChoiceField(
        label="Decision", required=False, choices=[("", "Any"), *Decision.Kind.choices]
    )

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        person = self.fields["person"]
        assert isinstance(person, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        person.queryset = User.objects.filter(pk__in=Decision.objects.values("by"))
        person.error_messages["invalid_choice"] = "Nobody of that user name has decided anything."

    def condition(self) -> Q:
        """Return the condition on decisions; wants a valid form."""
        cleaned, condition = self.cleaned_data, Q()
        if cleaned["person"]:
            condition &= Q(by=cleaned["person"])
        if cleaned["kind"]:
            condition &= Q(kind=cleaned["kind"])
        return condition


class DecideForm(forms.Form):
    """What every decision carries: what was seen, the queue to go on with, a reason."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=100)
    queue = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)
    why = forms.CharField(
        label="Reason (optional)",
        required=False,
        max_length=decisions.WHY_CHARS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield the errors as pairs of a field's label and what is wrong with its value."""
        for name, messages in self.errors.items():
            label = self.fields[name].label if name in self.fields else ""
            yield from ((str(label or ""), str(message)) for message in messages)


class SpeakerForm(DecideForm):
    """Whose words they are: somebody known, somebody new, somebody unnamed, nobody."""

    who = forms.CharField(
        max_length=20,
        error_messages={"required": "Choose a speaker, or type a name and choose who is meant."},
    )
    name = forms.CharField(label="Name", required=False, strip=True)
    kind = forms.ChoiceField(
        label="Kind",
        required=False,
        choices=[
            (str(kind), kind.capitalize())
            for kind in SpeakerKind
            if kind is not SpeakerKind.ANONYMOUS
        ],
    )
    description = forms.CharField(label="Description", required=False, max_length=300)
    another = forms.BooleanField(label="Another one of the same name", required=False)
    everywhere = forms.BooleanField(required=False)
    matches: tuple[speaker_search.Found, ...] = ()

    def clean(self) -> dict[str, Any]:
        """Add `chosen`, the speaker as quotes/decisions.py takes it."""
        cleaned = super().clean() or self.cleaned_data
        name = cleaned.get("name", "")
        if len(name) > decisions.NAME_CHARS:
            most = decisions.NAME_CHARS
            self.add_error("name", f"The name has {len(name)} characters; {most} are the most.")
        elif not self.errors:
            cleaned["chosen"] = self._chosen(cleaned)
        return cleaned

    def _chosen(self, cleaned: dict[str, Any]) -> Who | None:
        who, name = cleaned["who"], " ".join(cleaned["name"].split())
        if who == NOBODY:
            return Unnamed()
        if who == ANONYMOUS:
            return self._anonymous(cleaned["description"])
        if who in {NEW, NAMED}:
            return self._new(name, cleaned) if who == NEW else self._named(name)
        found = (
            Speaker.objects.filter(pk=int(who)).first() if who.isascii() and who.isdigit() else None
        )
        if found is None:
            self.add_error("who", "That speaker is not stored any more; choose another.")
        return found

    def _anonymous(self, description: str) -> Unnamed | None:
        if not description:
            self.add_error("description", "Say how the article describes the source.")
            return None
        return Unnamed(description)

    def _new(self, name: str, cleaned: dict[str, Any]) -> NewSpeaker | None:
        if not name:
            self.add_error("name", "Type the name of the new speaker.")
            return None
        self.matches = tuple(row for row in self._look_up(name) if _is(row, name))
        if self.matches and not cleaned["another"]:
            self.add_error(
                "name",
                f"The tracker knows {name} already: choose below, or say that this is another"
                " one of the same name.",
            )
            return None
        return NewSpeaker(name, SpeakerKind(cleaned["kind"] or SpeakerKind.PERSON))

    def _named(self, name: str) -> Speaker | None:
        if not name:
            self.add_error("name", "Type a name, or choose one of the speakers.")
            return None
        self.matches = tuple(self._look_up(name))
        same = [row for row in self.matches if _is(row, name)]
        if len(same) == 1:
            return same[0].speaker
        known = f"{len(self.matches)} speakers fit" if self.matches else "No speaker fits"
        self.add_error("name", f"{known} “{name}”; choose who is meant, or add somebody new.")
        return None

    def _look_up(self, name: str) -> list[speaker_search.Found]:
        return speaker_search.suggest(Speaker.objects.all(), name, limit=_MATCHES_SHOWN)[0]


def _is(row: speaker_search.Found, name: str) -> bool:
    return name.casefold() in {row.speaker.name.casefold(), row.matched.casefold()}


class WordsForm(DecideForm):
    """Which words are the quotation's: quoted, or by their places in the text."""

    words = forms.CharField(
        label="The words, exactly as the article has them",
        required=False,
        strip=False,
        max_length=_WORDS_CHARS,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    places = forms.CharField(
        label="Or their places: first and last character",
        required=False,
        max_length=1000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "120–164"}),
    )
    HOW: ClassVar = "Write places as first–last, such as 120–164; further pieces after a comma."

    def __init__(self, *args: Any, text: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text = text

    def clean_places(self) -> list[tuple[int, int]]:
        """Return the places, `[start, end)` in code points."""
        asked: str = self.cleaned_data["places"]
        found = [_PLACE.fullmatch(part) for part in re.split("[,;]", asked)] if asked else []
        if not all(found):
            raise forms.ValidationError(self.HOW)
        return [(int(place[1]), int(place[2])) for place in found if place]

    def clean(self) -> dict[str, Any]:
        """Add `pieces`: the places if given, else where the words stand."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            cleaned["pieces"] = cleaned["places"] or self._places_of(cleaned["words"])
        return cleaned

    def _places_of(self, words: str) -> list[tuple[int, int]]:
        if not words.strip():
            self.add_error("words", "Quote the words, or give their places.")
            return []
        whole = places_of(words, self.text)
        parts = [words] if whole else words.split(PIECES)
        found = [(part, places_of(part, self.text)) for part in parts]
        for part, places in found:
            if len(places) != 1:
                self.add_error("words", _not_once(part, len(places)))
                return []
        return [places[0] for _, places in found]


def _not_once(part: str, count: int) -> str:
    short = " ".join(part.split())[:60]
    if not count:
        return f"The article does not have the words “{short}”; copy them from it."
    return (
        f"The article has the words “{short}” {count} times; give their places, or mark them in"
        " the text."
    )


def places_of(words: str, text: str) -> list[tuple[int, int]]:
    """Return all places of `words` in `text`; any run of blanks in one is a run in the other."""
    parts = [re.escape(part) for part in words.split()]
    if not parts:
        return []
    # As a lookahead, so that places that overlap are all seen.
    pattern = r"\s+".join(parts)
    return [match.span(1) for match in re.finditer(f"(?=({pattern}))", text)]
