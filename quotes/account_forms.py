"""What account holders send: a token to make, a password to change, that they leave."""

from datetime import timedelta

from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.models import User
from django.http import QueryDict

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


class RemovalForm(forms.Form):
    """That an account is to go: its password, or its name where it has none, as one proves it."""

    proof = forms.CharField(
        label="Your password",
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, user: User, data: QueryDict | None = None) -> None:
        super().__init__(data, label_suffix="")
        self.user = user
        if not user.has_usable_password():
            self.fields["proof"] = forms.CharField(label="Your user name", max_length=150)

    def clean_proof(self) -> str:
        """Return what was given; ValidationError if it is not the account's own."""
        given: str = self.cleaned_data["proof"]
        if self.user.has_usable_password():
            if not self.user.check_password(given):
                raise forms.ValidationError("That is not your password.")
        elif given != self.user.get_username():
            raise forms.ValidationError("That is not your user name.")
        return given


class PasswordForm(PasswordChangeForm):
    """A new password; whoever knew the old one may have made tokens too."""

    revoke = forms.BooleanField(
        label="Revoke all my tokens too: programs that use them will stop",
        required=False,
        initial=True,
    )
