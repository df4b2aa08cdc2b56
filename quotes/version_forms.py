"""The form of the page on which two versions of an article stand side by side."""

from collections.abc import Sequence
from typing import Any

from django import forms

from quotes.forms import ListFilter
from quotes.models import ArticleVersion


class VersionChoice(ListFilter):
    """Which two versions of an article stand side by side: the last two if nothing is chosen."""

    old = forms.TypedChoiceField(label="From version", required=False, coerce=int, empty_value=None)
    new = forms.TypedChoiceField(label="to version", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, versions: Sequence[ArticleVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        numbers = [("", "–"), *((v.number, str(v.number)) for v in versions)]
        for name in ("old", "new"):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - narrows the type
            field.choices = numbers
