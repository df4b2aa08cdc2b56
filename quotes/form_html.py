"""The HTML of a form's fields, as Django's templates write it, in a tenth of their time.

A search form has nine fields and fifty choices, each of which Django renders by up to three
templates: a sixth of what a page of a list took (docs/decisions/0034).
What is not written here, and groups of choices, are left to those templates.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.safestring import SafeString

from quotes.quick_html import format_html, format_html_join

_Widget = dict[str, Any]


class QuickForms(DjangoTemplates):
    """Writes labels, input fields, choices; all else Django's templates render (FORM_RENDERER)."""

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> str:
        """Return the HTML that the template of that name gives."""
        if template_name == _LABEL:
            return _label(context)
        write = _WRITTEN.get(template_name)
        widget = context.get("widget")
        if write is None or widget is None or any(name for name, *_ in _groups(widget)):
            return super().render(template_name, context, request)
        return write(widget)


def _groups(widget: _Widget) -> Iterable[tuple[Any, list[_Widget], int]]:
    found: Iterable[tuple[Any, list[_Widget], int]] = widget.get("optgroups", ())
    return found


def _attributes(widget: _Widget) -> SafeString:
    attributes: dict[str, Any] = widget["attrs"] or {}
    given = [(name, value) for name, value in attributes.items() if value is not False]
    return format_html_join(
        "",
        "{}",
        (
            (format_html(" {}" if value is True else ' {}="{}"', name, value),)
            for name, value in given
        ),
    )


def _label(label: dict[str, Any]) -> SafeString:
    if not label["use_tag"]:
        return format_html("{}", label["label"])
    return format_html("<{0}{1}>{2}</{0}>", label["tag"], _attributes(label), label["label"])


def _input(widget: _Widget) -> SafeString:
    value = widget["value"]
    return format_html(
        '<input type="{}" name="{}"{}{}>',
        widget["type"],
        widget["name"],
        "" if value is None else format_html(' value="{}"', value),
        _attributes(widget),
    )


def _options(widget: _Widget) -> list[_Widget]:
    return [option for _, options, _ in _groups(widget) for option in options]


def _select(widget: _Widget) -> SafeString:
    options = format_html_join(
        "",
        '\n  <option value="{}"{}>{}</option>',
        ((one["value"], _attributes(one), one["label"]) for one in _options(widget)),
    )
    name, attributes = widget["name"], _attributes(widget)
    return format_html('<select name="{}"{}>{}\n</select>', name, attributes, options)


def _boxes(widget: _Widget) -> SafeString:
    own = widget["attrs"]
    outer = {name: own[name] for name in ("id", "class") if own.get(name)}
    boxes = format_html_join("", "<div>\n    {}</div>", ((_box(one),) for one in _options(widget)))
    return format_html("<div{}>{}\n</div>", _attributes({"attrs": outer}), boxes)


def _box(option: _Widget) -> SafeString:
    if not option["wrap_label"]:
        return _input(option)
    key = option["attrs"].get("id")
    label = format_html(' for="{}"', key) if key else ""
    return format_html("<label{}>{}\n {}</label>", label, _input(option), option["label"])


_LABEL, _PLACE = "django/forms/label.html", "django/forms/widgets/{}.html"
_WRITTEN: dict[str, Callable[[_Widget], SafeString]] = {
    **{
        _PLACE.format(kind): _input
        for kind in (
            *("checkbox", "date", "email", "hidden", "input"),
            *("number", "password", "text", "url"),
        )
    },
    _PLACE.format("select"): _select,
    _PLACE.format("checkbox_select"): _boxes,
    _PLACE.format("radio"): _boxes,
}
