"""What account holders send: a token to make, a password to change."""

from datetime import timedelta

from django import forms
from django.contrib.auth.forms import PasswordChangeForm

from quotes.tokens import NAME_CHARS, SCOPES_MEAN, Scope

LIFETIMES = {
    "30": "30 days",
    "90": "90 days",
    "365": "A year",
    "": "Until I revoke it",
}


class TokenForm(forms.Form):
    """A token to make."""

    name = forms.CharField(
        label="What it is for",
        max_length=NAME_CHARS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        choices=[(str(scope), f"{scope.capitalize()}: {SCOPES_MEAN[scope]}") for scope in Scope],
        widget=forms.CheckboxSelectMultiple,
        initial=[str(Scope.READ)],
        error_messages={"required": "Choose at least one thing that the token may do."},
    )
    lifetime = forms.ChoiceField(
        label="How long it works", choices=[*LIFETIMES.items()], required=False, initial="90"
    )

    def clean_scopes(self) -> list[Scope]:
        """Return the scopes."""
        return [Scope(name) for name in self.cleaned_data["scopes"]]

    def clean_lifetime(self) -> timedelta | None:
        """Return the lifetime, None for one without end."""
        days: str = self.cleaned_data["lifetime"]
        return timedelta(days=int(days)) if days else None


class PasswordForm(PasswordChangeForm):
    """A new password; whoever knew the old one may have made tokens too."""

    revoke = forms.BooleanField(
        label="Revoke all my tokens too: programs that use them will stop",
        required=False,
        initial=True,
    )
