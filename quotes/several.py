"""Fields of which a query string may hold several values; they are shown as one box or choice."""

from typing import Any

from django import forms
from django.utils.safestring import SafeString

from quotes.quick_html import format_html, format_html_join


class OneMore(forms.Widget):
    """A field for one more value of several; those that are not ticked beside it come along."""

    ticked: frozenset[str] = frozenset()

    def value_from_datadict(self, data: Any, _files: Any, name: str) -> list[str]:
        """Return all values that are not blank, each once."""
        return list(dict.fromkeys(value for value in data.getlist(name) if value.strip()))

    def render(self, name: str, value: Any, *args: Any, **kwargs: Any) -> SafeString:
        """Return the field with the last value, and the others as hidden ones."""
        own = [one for one in value or [] if one not in self.ticked]
        form = self.attrs.get("form", "")
        others = format_html_join(
            "",
            '<input type="hidden" name="{}" value="{}"{}>',
            ((name, one, format_html(' form="{}"', form) if form else "") for one in own[:-1]),
        )
        return others + super().render(name, own[-1] if own else "", *args, **kwargs)


class OneMoreInput(OneMore, forms.TextInput):
    """A text box for one more value."""


class OneMoreSelect(OneMore, forms.Select):
    """A choice of one more value."""


class SeveralField(forms.Field):
    """Several values, each of `most_chars` characters at most, without blanks around them."""

    widget = OneMoreInput

    def __init__(self, *, most_chars: int, **kwargs: Any) -> None:
        self.most_chars = most_chars
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Have the browser stop where the field does."""
        return super().widget_attrs(widget) | {"maxlength": str(self.most_chars)}

    def to_python(self, value: Any) -> list[str]:
        """Return the values; ValidationError for one that is too long or has a NUL."""
        return [self._one.clean(one) for one in value or []]

    @property
    def _one(self) -> forms.CharField:
        return forms.CharField(max_length=self.most_chars)
