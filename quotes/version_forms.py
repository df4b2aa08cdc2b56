"""The form of the page on which two versions of an article stand side by side."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from quotes.models import ArticleVersion


class VersionChoice(forms.Form):
    """Which two versions of an article stand side by side: the last two if nothing is chosen."""

    old = forms.TypedChoiceField(label="From version", required=False, coerce=int, empty_value=None)
    new = forms.TypedChoiceField(label="to version", required=False, coerce=int, empty_value=None)

    def __init__(self, data: Mapping[str, Any], *, versions: Sequence[ArticleVersion]) -> None:
        super().__init__(data, auto_id="f-%s", label_suffix="")
        numbers = [str(version.number) for version in versions]
        refused = f"“%(value)s” is no version of this article; it has {', '.join(numbers)}."
        for name in ("old", "new"):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - narrows the type
            field.choices = [("", "–"), *((number, number) for number in numbers)]
            field.error_messages["invalid_choice"] = refused
