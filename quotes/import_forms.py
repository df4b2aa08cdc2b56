"""What is sent to begin an import, and the filters of its list, checked; errors name the remedy."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from quotes import job_uploads
from quotes.encodings import NAMES
from quotes.forms import ListFilter
from quotes.job_requests import TYPES, checked_addresses
from quotes.models import Import, ImportItem
from quotes.refusals import InputError

_OUTLET_CHARS, _LANGUAGE_CHARS = 200, 35


class ImportFilter(ListFilter):
    """Which imports: those of one state."""

    state = forms.ChoiceField(
        label="State", required=False, choices=[("", "Any"), *Import.State.choices]
    )

    def apply(self, rows: QuerySet[Import]) -> QuerySet[Import]:
        """Return those of `rows` that pass, none if a value cannot be used."""
        if not self.is_valid():
            return rows.none()
        state = self.cleaned_data["state"]
        return rows.filter(state=state) if state else rows


class ItemFilter(ListFilter):
    """Which items of an import: those of one outcome."""

    outcome = forms.ChoiceField(
        label="What became of them",
        required=False,
        choices=[("", "Anything"), *ImportItem.Outcome.choices],
    )

    @property
    def outcome_asked(self) -> str:
        """Return the outcome asked for, "" for any."""
        return self.cleaned_data["outcome"] if self.is_valid() else ""


class FilesInput(forms.ClearableFileInput):
    """A choice of one file or several."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several; the value is a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        """Return the files; ValidationError if they are none that an import takes."""
        given = data if isinstance(data, list | tuple) else [data] if data else []
        files = [super(FilesField, self).clean(file, initial) for file in given]
        try:
            if files:
                job_uploads.check(files)
        except InputError as error:
            raise forms.ValidationError(f"This {error.problem}; {error.remedy}.") from error
        return files


class NewImport(forms.Form):
    """Files to upload, or web addresses; and how to read them."""

    upload = FilesField(
        label="Files",
        required=False,
        # The import refuses an empty one by its name, and goes on with the others.
        allow_empty_file=True,
        widget=FilesInput(attrs={"aria-describedby": "i-upload-hint i-upload_error"}),
    )
    addresses = forms.CharField(
        label="Or web addresses, one a line",
        required=False,
        widget=forms.Textarea(
            attrs={
                "rows": 4,
                "placeholder": "https://",
                "spellcheck": "false",
                "aria-describedby": "i-addresses-hint i-addresses_error",
            }
        ),
    )
    outlet = forms.CharField(
        label="Outlet, where an article names none", max_length=_OUTLET_CHARS, required=False
    )
    language = forms.RegexField(
        r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$",
        label="Language, where none is given",
        max_length=_LANGUAGE_CHARS,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "en"}),
        error_messages={"invalid": "Write a language as BCP 47 has it, such as en or en-GB."},
    )
    encoding = forms.ChoiceField(
        label="Encoding, where a text is not UTF-8 and does not say what it is",
        choices=[("", "Tell me where it is not certain"), *((name, name) for name in NAMES)],
        required=False,
        widget=forms.Select(attrs={"aria-describedby": "i-encoding-hint i-encoding_error"}),
    )
    media_type = forms.ChoiceField(label="Read them as", choices=TYPES, required=False)
    mend_mojibake = forms.BooleanField(
        label="Mend texts that were decoded wrongly (cafÃ© for café)", required=False
    )

    def __init__(
        self, data: QueryDict | None = None, files: "MultiValueDict[str, Any] | None" = None
    ) -> None:
        super().__init__(data, files, auto_id="i-%s", label_suffix="")

    def clean_addresses(self) -> list[str]:
        """Return the addresses; ValidationError names the first that cannot be fetched."""
        try:
            return checked_addresses(self.cleaned_data["addresses"].splitlines())
        except InputError as error:
            raise forms.ValidationError(
                f"This cannot be fetched: {error.problem}; {error.remedy}."
            ) from error

    def clean(self) -> dict[str, Any]:
        """Return the values; ValidationError unless there are either files or addresses."""
        given: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(given.get("upload")) == bool(given.get("addresses")):
            raise forms.ValidationError("Choose files to upload, or give web addresses.")
        return given

    def options(self) -> dict[str, Any]:
        """Return how the sources are to be read, as an import keeps it."""
        names = ("outlet", "language", "encoding", "media_type", "mend_mojibake")
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data[name]}
