"""Template tags of checked drafts: the draft with its quotations marked in place."""

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString

from quotes.draft_judging import STATUS_WORDS, Status
from quotes.draft_pages import Part
from quotes.quick_html import format_html, format_html_join

register = template.Library()


@register.filter
def check_status(status: Status) -> str:
    """Return a status in words, as within a line."""
    return STATUS_WORDS[status].lower()


@register.simple_tag
def marked_draft(parts: Iterable[Part]) -> SafeString:
    """Return a draft with its quotations marked; its text, put end to end, is the draft's.

    Written here and not in a template because white space between tags would be part of the text.
    """
    return format_html_join("", "{}", ((_part(part),) for part in parts))


def _part(part: Part) -> SafeString | str:
    item = part.item
    if item is None:
        return part.text
    anchor = format_html(' id="d-{}"', item.number) if part.begins else ""
    said = format_html(
        '<a class="said s-{}" href="#i-{}"{}{} title="{}">{}</a>',
        item.label.key,
        item.number,
        anchor,
        "" if part.begins else format_html(' tabindex="{}"', "-1"),
        item.label.words,
        part.text,
    )
    if not part.ends:
        return said
    sign = format_html(
        '<span class="sign s-{}"><span aria-hidden="true">{}</span><span class="vh"> {}, </span>{}'
        "</span>",
        item.label.key,
        item.label.symbol,
        item.label.words,
        item.number,
    )
    cited = format_html(' <ins class="cited">{}</ins>', item.citation) if item.citation else ""
    return format_html("{}{}{}", said, sign, cited)
