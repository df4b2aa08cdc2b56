"""What is sent to have a draft checked, read and bounded; what was found goes back signed.

A draft is nowhere kept, so each step sends it anew. What the models read of it comes along, signed
and bound to the draft's words, so that they need not read it again for each citation.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, cast

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload
from django.http import QueryDict

from quotes import draft_reading, draft_texts
from quotes.draft_reading import Reading
from quotes.draft_texts import DraftText
from quotes.nlp.document import Quotation as Said
from quotes.params import CHECKING
from quotes.refusals import InputError
from quotes.styled import STYLES

_SALT = "quotes.drafts.said"
FIRST_STYLE = next(iter(STYLES))


class InMemory(MemoryFileUploadHandler):
    """Keeps an uploaded draft in memory, never in a file, and stops what is too large."""

    activated = True
    received = 0

    def handle_raw_input(self, *_: Any, **__: Any) -> None:
        """Take files of every size: `receive_data_chunk` bounds them."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Keep a part of the file; StopUpload where it becomes too large."""
        self.received += len(raw_data)
        if self.received > CHECKING.upload_most_bytes:
            raise StopUpload(connection_reset=False)
        return super().receive_data_chunk(raw_data, start)


class CheckForm(forms.Form):
    """A draft: pasted, or as a file."""

    text = forms.CharField(
        label="Your draft",
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={
                "rows": 14,
                "autocomplete": "off",
                "spellcheck": "false",
                "aria-describedby": "c-text-hint c-text_error",
            }
        ),
    )
    upload = forms.FileField(
        label="Or its file",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(
            attrs={
                "accept": ".docx,.html,.htm,.md,.markdown,.txt",
                "aria-describedby": "c-upload-hint c-upload_error",
            }
        ),
    )

    def __init__(
        self, data: QueryDict | None = None, files: Any = None, *, is_cut: bool = False
    ) -> None:
        """Take what was sent; `is_cut` if its file was too large to be received."""
        super().__init__(data, files, auto_id="c-%s", label_suffix="")
        self.is_cut = is_cut

    def clean_text(self) -> str:
        """Return the draft with one kind of line break, "" for none; ValidationError if long."""
        given: str = self.cleaned_data["text"]
        try:
            return draft_texts.checked(given) if given.strip() else ""
        except InputError as error:
            raise forms.ValidationError(f"This {error.problem}; {error.remedy}.") from error

    def clean_upload(self) -> DraftText | None:
        """Return what the file holds; ValidationError says why it cannot be read."""
        file = cast("UploadedFile[Any] | None", self.cleaned_data["upload"])
        try:
            if self.is_cut:
                problem = f"has more than {CHECKING.upload_most_bytes:,} bytes"
                raise InputError(problem, "check it in parts, or paste its text")  # noqa: TRY301
            if file is None:
                return None
            return draft_texts.read_draft(file.read(), file.name or "")
        except InputError as error:
            raise forms.ValidationError(f"This {error.problem}; {error.remedy}.") from error

    def clean(self) -> dict[str, Any]:
        """Return the values; ValidationError unless there is either a text or a file."""
        given: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(given.get("text")) == bool(given.get("upload")):
            raise forms.ValidationError("Paste a draft, or choose its file.")
        return given

    def draft(self) -> DraftText:
        """Return the draft."""
        given = self.cleaned_data
        return given["upload"] or DraftText(given["text"], self.data.get("format", "text"))


# --- what comes along


def seal(text: str, reading: Reading) -> str:
    """Return what was read of a draft as one line that only this site can have written."""
    said = [q.model_dump(mode="json", exclude_defaults=True) for q in reading.said]
    value = {"of": _hash(text), "said": said, "read_to": reading.read_to}
    return signing.dumps(value, salt=_SALT, compress=True)


def unseal(text: str, sealed: str) -> Reading | None:
    """Return what was read of this very draft, None if it is another's or nothing of ours."""
    try:
        value = signing.loads(sealed, salt=_SALT)
    except signing.BadSignature:
        return None
    if value["of"] != _hash(text):
        return None
    said = [Said.model_validate(row) for row in value["said"]]
    return draft_reading.again(text, said, value["read_to"])


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Wanted:
    """What a visitor has chosen in a checked draft: citations, their style, what to do now.

    `chosen` is number of the draft's quotation -> uid of the stored one; `verb` what was pressed,
    such as "insert", "all", "collect", "read-on", "" for nothing. What is no choice is passed over.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        """Read what was sent; `do` is one of "insert:3:uid", "undo:3", "undo-all", "all"."""
        query = cast("QueryDict", data)
        self.style = query.get("style", "")
        if self.style not in STYLES:
            self.style = FIRST_STYLE
        self.format = query.get("format", "text")
        if self.format not in draft_texts.FORMATS:
            self.format = "text"
        self.chosen: dict[int, str] = {}
        for value in query.getlist("inserted")[: CHECKING.quotations_most]:
            self._insert(value)
        verb, _, rest = query.get("do", "").partition(":")
        if verb == "insert":
            self._insert(rest)
        elif verb == "undo" and rest.isascii() and rest.isdecimal():
            self.chosen.pop(int(rest[:6]), None)
        elif verb == "undo-all":
            self.chosen.clear()
        self.verb = verb

    def _insert(self, value: str) -> None:
        number, _, uid = value.partition(":")
        if number.isascii() and number.isdecimal() and uid:
            self.chosen[int(number[:6])] = uid[:16]
