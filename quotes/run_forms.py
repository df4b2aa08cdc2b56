"""Query strings of the pages of runs -> validated filters, and from those to QuerySets."""

from django import forms
from django.db.models import Q, QuerySet

from quotes.forms import ListFilter
from quotes.models import Change


class RunFilter(ListFilter):
    """The list of runs has pages only."""


class ChangeFilter(ListFilter):
    """Which changes of a run: of one kind; with some words in them, before or after."""

    kind = forms.ChoiceField(
        label="What changed", required=False, choices=[("", "Anything"), *Change.Kind.choices]
    )
    q = forms.CharField(
        label="Words or names",
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    def apply(self, changes: QuerySet[Change]) -> QuerySet[Change]:
        """Return those of `changes` that pass, none if a value cannot be used."""
        if not self.is_valid():
            return changes.none()
        if kind := self.cleaned_data["kind"]:
            changes = changes.filter(kind=kind)
        if words := self.cleaned_data["q"]:
            changes = changes.filter(
                Q(before__icontains=words)
                | Q(after__icontains=words)
                | Q(quotation__content__icontains=words)
            )
        return changes
