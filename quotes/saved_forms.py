"""What owners of saved searches and of feeds send, checked; errors name the remedy."""

from typing import Any

from django import forms
from django.http import QueryDict

from quotes import fetching, saved_searches
from quotes.models import Feed
from quotes.params import FETCHING
from quotes.refusals import InputError

_OUTLET_CHARS = 200


class NameForm(forms.Form):
    """A name for a saved search; `required` only where there is no other."""

    name = forms.CharField(
        label="Name", max_length=saved_searches.NAME_CHARS, required=False, strip=True
    )

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="s-%s", label_suffix="", **kwargs)


class AddressField(forms.CharField):
    """A web address that may be fetched from or sent to."""

    def clean(self, value: Any) -> str:
        """Return the address; ValidationError with the problem and the remedy."""
        address: str = super().clean(value)
        try:
            return fetching.check_address(address.strip())
        except InputError as error:
            raise forms.ValidationError(f"This {error.problem}; {error.remedy}.") from error


class FeedForm(forms.Form):
    """A feed to be read again and again."""

    address = AddressField(
        label="Address of the feed",
        max_length=2000,
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
        error_messages={"required": "Give the address of an RSS, Atom or JSON feed."},
    )
    outlet = forms.CharField(
        label="Outlet, if its articles name none", max_length=_OUTLET_CHARS, required=False
    )
    hours = forms.FloatField(
        label="Hours between readings",
        initial=1,
        min_value=FETCHING.feed_pause_least_s / 3600,
        max_value=FETCHING.feed_pause_most_s / 3600,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="f-%s", label_suffix="", **kwargs)

    def clean_address(self) -> str:
        """Refuse a feed that is listed already."""
        address: str = self.cleaned_data["address"]
        if Feed.objects.filter(address=address).exists():
            raise forms.ValidationError("This feed is in the list already.")
        return address
