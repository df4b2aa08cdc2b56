"""What people send to the pages of collections, checked; errors name the remedy."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from django import forms
from django.http import QueryDict

from quotes.collection_exports import BIBLIOGRAPHIES, DATA, DOCUMENTS, Made
from quotes.csl_styles import STYLES
from quotes.models import Collection
from quotes.params import ACCESS

NOTE_CHARS = 5000
_SEPARATED = re.compile(r"[\s,;]+")
_UID = re.compile(r"[0-9A-Za-z_-]{1,16}")
# /q/UID/, /quotes/UID/…, /api/v1/quotations/UID/…: of this tracker, under whatever name it has.
_PATH = re.compile(r"(?:^|/)(?:q|quotes|quotations)/([0-9A-Za-z_-]{1,16})(?:/|$)")
_PASTED_CHARS = 200_000


class Pasted(NamedTuple):
    """Something pasted: the line it stands in (from 1), as it is, and the uid in it or ""."""

    line: int
    text: str
    uid: str


def pasted(text: str) -> Iterator[Pasted]:
    """Yield what stands between blanks and commas, each with the uid that it is or has.

    An address is taken by its path: `/q/UID/`, a quotation's page, or the API's address of it.
    """
    for number, line in enumerate(text.splitlines(), start=1):
        for word in filter(None, _SEPARATED.split(line)):
            yield Pasted(number, word, _uid_in(word.strip("<>\"'()[]")))


def _uid_in(word: str) -> str:
    if _UID.fullmatch(word):
        return word
    try:
        path = urlsplit(word).path
    except ValueError:
        return ""
    found = _PATH.search(path)
    return found[1] if found else ""


if TYPE_CHECKING:
    _Model = forms.ModelForm[Collection]
else:
    _Model = forms.ModelForm  # takes no parameter at run time


def _choices(made: Mapping[str, Made]) -> list[tuple[str, str]]:
    return [(name, f"{one.label} (.{one.ending})") for name, one in made.items()]


class CollectionForm(_Model):
    """Name, description and readers of a collection."""

    class Meta:
        model = Collection
        fields = ("name", "description", "is_public")
        labels = {
            "is_public": "Anyone who may read this site may read it",
            "description": "Description, if it needs one",
        }
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="c-%s", label_suffix="", **kwargs)
        self.fields["name"].error_messages["required"] = "Give it a name."


class PasteForm(forms.Form):
    """Quotations to put in: addresses or uids, as many as one request may add."""

    quotations = forms.CharField(
        label="Addresses or identifiers of quotations",
        max_length=_PASTED_CHARS,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        error_messages={
            "required": "Paste the address of a quotation, such as the one under its cite box."
        },
    )

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="p-%s", label_suffix="", **kwargs)

    def clean_quotations(self) -> list[Pasted]:
        """Return what was pasted; ValidationError for more than one request may add."""
        found = list(pasted(self.cleaned_data["quotations"]))
        if len(found) > ACCESS.collection_sent_most:
            raise forms.ValidationError(
                f"These are {len(found)}; paste at most {ACCESS.collection_sent_most} at a time."
            )
        return found


class NoteForm(forms.Form):
    """A note on an item; empty takes it away."""

    quotation = forms.CharField(max_length=16)
    note = forms.CharField(max_length=NOTE_CHARS, required=False, strip=True)


class FindForm(forms.Form):
    """Words to find within a collection, and a page of it."""

    q = forms.CharField(
        label="Find in this collection",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    page = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=ACCESS.collection_items_most,
        widget=forms.HiddenInput,
    )

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, auto_id="w-%s", label_suffix="")
        self.query = data

    @property
    def number(self) -> int:
        """Return the page asked for; 1 if none is."""
        return self.cleaned_data.get("page") or 1

    @property
    def first_page_query(self) -> str:
        """Return the query string of the first page of the same rows."""
        query = self.query.copy()
        query.pop("page", None)
        return query.urlencode()

    def problems(self) -> list[tuple[str, str]]:
        """Return the errors as pairs of a field's label and what is wrong with its value."""
        return [
            (str(self.fields[name].label or name), str(message))
            for name, messages in self.errors.items()
            for message in messages
        ]


FORM_CHOICES = [
    ("A document: words, notes, references", _choices(DOCUMENTS)),
    ("The references alone", _choices(BIBLIOGRAPHIES)),
    ("For a reference manager", _choices(DATA)),
]


class ExportForm(forms.Form):
    """In which form and style the quotations are taken out."""

    form = forms.ChoiceField(label="Form", choices=FORM_CHOICES, initial="docx")
    style = forms.ChoiceField(
        label="Style of the citations",
        choices=[(name, style.label) for name, style in STYLES.items()],
        help_text="Formats for reference managers have no style: that is chosen there.",
    )

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="x-%s", label_suffix="", **kwargs)
