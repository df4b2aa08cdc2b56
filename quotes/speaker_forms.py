"""What people say of speakers: who is meant, which part is somebody else's, what a name should be.

A form checks only what it can by itself; whether a decision may be taken is for
quotes/decisions.py to say.
"""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict

from quotes.decisions import NAME_CHARS, WHY_CHARS, NewSpeaker, Part, root
from quotes.forms import NAMED_KINDS
from quotes.models import Quotation, QuotationQuerySet, Speaker, SpeakerName
from quotes.nlp.document import SpeakerKind

NAMESAKES_READ = 20
# PostgreSQL takes no NUL: what can be no address is not looked up.
_SLUG = re.compile(r"[-\w]{1,220}")


class Namesakes(ValidationError):  # noqa: N818  a question, no error
    """Several speakers have the name that was typed; `speakers` are they, most quoted first."""

    def __init__(self, name: str, speakers: list[Speaker]) -> None:
        super().__init__(
            f"{len(speakers)} speakers are called “{name}”. Choose which one is meant."
        )
        self.speakers = speakers


class SpeakerField(forms.CharField):
    """A speaker by address or by any name; the value is who that has been merged into.

    A name is never that of `leave_out`, if anybody else has it too.
    """

    leave_out: Speaker | None = None

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", NAME_CHARS)
        super().__init__(**options)

    def clean(self, value: Any) -> Speaker | None:
        """Return the speaker; errors say who else it may be, or how to find one."""
        asked = super().clean(value)
        if not asked:
            return None
        by_address = by_slug(asked).first()
        if by_address:
            return root(by_address)
        found = called(asked)
        found = [speaker for speaker in found if speaker != self.leave_out] or found
        if len(found) > 1:
            raise Namesakes(asked, found)
        if not found:
            raise ValidationError(
                f"No speaker is called “{asked}”. Type part of the name and choose from the list."
            )
        return found[0]


def by_slug(slug: str) -> QuerySet[Speaker]:
    """Return the speaker with that address; nobody where it cannot be one."""
    return Speaker.objects.filter(slug=slug) if _SLUG.fullmatch(slug) else Speaker.objects.none()


def called(name: str) -> list[Speaker]:
    """Return the speakers of exactly that name or alias, whatever its case, most quoted first."""
    aliased = SpeakerName.objects.filter(name__iexact=name).values("speaker")
    rows = Speaker.objects.roots().filter(Q(name__iexact=name) | Q(pk__in=aliased))
    return list(
        rows.select_related("main_outlet").order_by("-quotation_count", "pk")[:NAMESAKES_READ]
    )


def why_field() -> forms.CharField:
    """Return an optional reason, which the history will show."""
    return forms.CharField(
        label="Why",
        required=False,
        max_length=WHY_CHARS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Optional; the history shows it.",
    )


class DecisionForm(forms.Form):
    """What every decision carries: a reason, and what the person saw when deciding."""

    why = why_field()
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | dict[str, str] | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.auto_id = "d-%s"
        self.label_suffix = ""

    def problems(self) -> list[tuple[str, str]]:
        """Return the errors as pairs of a field's label and what is wrong with its value."""
        return [
            (str(self.fields[name].label or "") if name in self.fields else "", str(message))
            for name, messages in self.errors.items()
            for message in messages
        ]

    @property
    def namesakes(self) -> list[Speaker]:
        """Return the speakers among whom a name that was typed leaves the choice."""
        errors = [error for listed in self.errors.as_data().values() for error in listed]
        return [row for error in errors if isinstance(error, Namesakes) for row in error.speakers]


class ChooseForm(DecisionForm):
    """Which other speaker is meant, to look at before anything is decided."""

    why = None  # type: ignore[assignment]
    seen = None  # type: ignore[assignment]
    into = SpeakerField(label="The other speaker")

    def __init__(self, data: dict[str, str] | None = None, *, leave_out: Speaker) -> None:
        super().__init__(data)
        field: Any = self.fields["into"]
        field.leave_out = leave_out


class MergeForm(DecisionForm):
    """That a speaker is who another is."""

    into = SpeakerField(label="The other speaker", widget=forms.HiddenInput)
    into_seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class EditForm(DecisionForm):
    """What a speaker is called, and what is known of it."""

    name = forms.CharField(
        label="Name",
        max_length=NAME_CHARS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="As lists and citations show it. The former name stays findable.",
    )
    kind = forms.ChoiceField(label="Kind", choices=NAMED_KINDS[1:])
    description = forms.CharField(
        label="Description",
        required=False,
        max_length=NAME_CHARS,
        help_text="A few words that tell the speaker from namesakes.",
    )
    wikidata_id = forms.CharField(
        label="Wikidata identifier",
        required=False,
        max_length=100,
        help_text="Such as Q1065; or the address of its page there.",
    )
    field_order = ("name", "kind", "description", "wikidata_id", "why")


class TickField(forms.MultipleChoiceField):
    """Several of what a page offers, each with its count; what it did not offer is refused."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, label: str) -> None:
        super().__init__(label=label, required=False)
        self.error_messages["invalid_choice"] = (
            "“%(value)s” is no longer among the choices; look at them again."
        )


class SplitForm(DecisionForm):
    """Which part of a speaker is somebody else's, and whose."""

    NEW, KNOWN = "new", "known"
    query_problem = ""

    names = TickField("Names")
    roles = TickField("Descriptions")
    articles = TickField("Articles")
    quotations = TickField("Quotations")
    to = forms.ChoiceField(
        label="They belong to",
        choices=[(NEW, "A speaker who has no page yet"), (KNOWN, "A speaker who has a page")],
        widget=forms.RadioSelect,
        initial=NEW,
    )
    new_name = forms.CharField(
        label="Name of the new speaker",
        required=False,
        max_length=NAME_CHARS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    new_kind = forms.ChoiceField(label="Kind", required=False, choices=NAMED_KINDS[1:])
    new_description = forms.CharField(
        label="Description",
        required=False,
        max_length=NAME_CHARS,
        help_text="A few words that tell the two apart.",
    )
    known = SpeakerField(label="Name or address of the other speaker", required=False)

    def __init__(self, data: QueryDict | None = None, *, speaker: Speaker, **options: Any) -> None:
        super().__init__(data, **options)
        self.speaker = speaker

    def clean(self) -> dict[str, Any]:
        """Ask for whom the part is, and for a part."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("to") == self.NEW and not cleaned.get("new_name"):
            self.add_error("new_name", "Give the new speaker a name; it may be the same one.")
        is_known = cleaned.get("to") == self.KNOWN and "known" not in self.errors
        if is_known and not cleaned.get("known"):
            self.add_error("known", "Say which speaker they belong to.")
        ticked = [cleaned.get(name) for name in ("names", "roles", "articles", "quotations")]
        if not any(ticked) and not self.errors:
            raise ValidationError("Tick what is somebody else’s: names, articles or quotations.")
        return cleaned

    def part(self) -> Part:
        """Return what was ticked; a description stands for the quotations that have it now."""
        cleaned = self.cleaned_data
        described = own(self.speaker).filter(speaker_role__in=cleaned["roles"])
        pks = {*described.values_list("pk", flat=True)} if cleaned["roles"] else set()
        return Part(
            names=frozenset(cleaned["names"]),
            articles=frozenset(map(int, cleaned["articles"])),
            quotations=frozenset(pks | set(map(int, cleaned["quotations"]))),
        )

    def target(self) -> Speaker | NewSpeaker:
        """Return whose the part is."""
        cleaned = self.cleaned_data
        if cleaned["to"] == self.KNOWN:
            known: Speaker = cleaned["known"]
            return known
        return NewSpeaker(
            name=cleaned["new_name"],
            kind=SpeakerKind(cleaned["new_kind"] or self.speaker.kind),
            description=cleaned["new_description"],
        )

    def offer(self, field: str, choices: Iterable[tuple[str, str]]) -> None:
        """Set what can be ticked in `field`, as pairs of a value and its label."""
        ticks = self.fields[field]
        assert isinstance(ticks, TickField)  # noqa: S101 - narrows the type
        ticks.choices = list(choices)


def own(speaker: Speaker) -> QuotationQuerySet:
    """Return the quotations of a speaker that a split may move: current ones, of any act."""
    return Quotation.objects.current().filter(speaker=speaker)
