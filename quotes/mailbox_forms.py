"""What account holders send about their e-mail."""

from typing import Any

from django import forms
from django.http import QueryDict

from quotes.mailboxes import ADDRESS_CHARS
from quotes.models import SavedSearch


class AddressForm(forms.Form):
    """An address to be confirmed."""

    address = forms.CharField(
        label="Your e-mail address",
        max_length=ADDRESS_CHARS,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": "Give an address, as name@example.org."},
    )

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="m-%s", label_suffix="", **kwargs)


class DigestForm(forms.Form):
    """How often what is new for a saved search is sent."""

    digest = forms.ChoiceField(
        label="How often", choices=SavedSearch.Digest.choices, required=False
    )

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="d-%s", label_suffix="", **kwargs)
