"""Template tags: quotations as rows of a list, and what each row says of one.

Written here and not in templates because a list has 25 of them: as nodes of a template they took
half of a page's time (docs/decisions/0034-browser-tests-and-page-speed.md).
"""

from collections.abc import Sequence
from datetime import date

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from quotes.models import KINDS, SPEAKER_KINDS, Quotation
from quotes.params import SEARCH
from quotes.paths import path_of
from quotes.plain_words import Band, confidence_band
from quotes.quick_html import format_html, format_html_join
from quotes.templatetags.collecting import aside_of
from quotes.templatetags.plain import (
    in_words,
    marked,
    needs_marks,
    not_said,
    permanent,
    shortened,
)

register = template.Library()
_WORDS, _ROLE, _CUE = 400, 120, 40  # code points of each that a row shows
_KINDS, _SPEAKER_KINDS = dict(KINDS), dict(SPEAKER_KINDS)
_REVIEWED = {"confirmed": "Confirmed by a person", "corrected": "Corrected by a person"}
_REJECTED = "Not a quotation, says a person"
_NOBODY = mark_safe('<span class="who who-none">No speaker named</span>')
_ATTITUDE = mark_safe('<span class="tag tag-attitude">Belief or intention</span>\n')
_NOTHING = mark_safe("")


@register.simple_tag(takes_context=True)
def quotation_rows(context: Context, rows: Sequence[Quotation]) -> SafeString:
    """Return the rows of a list; each with a button that puts it aside, for whom it is theirs."""
    aside = aside_of(context, rows)
    return format_html_join(
        "\n", "{}", ((_row(row, aside.button(row) if aside else _NOTHING),) for row in rows)
    )


@register.simple_tag(takes_context=True)
def quotation_row(context: Context, quotation: Quotation) -> SafeString:
    """Return one row, as of a list."""
    return quotation_rows(context, [quotation])


@register.simple_tag
def plain_row(quotation: Quotation) -> SafeString:
    """Return one row, without a button."""
    return _row(quotation, _NOTHING)


@register.simple_tag
def who(quotation: Quotation, role: object = None) -> SafeString:
    """Return who is said to have said it, with a link to the speaker; `role`: as described too."""
    return _who(quotation, has_role=bool(role))


@register.simple_tag
def confidence(quotation: Quotation) -> SafeString:
    """Return how sure it is, or what a person has decided."""
    return _confidence(quotation, confidence_band(quotation.speaker_confidence))


def _row(q: Quotation, button: SafeString) -> SafeString:
    band = confidence_band(q.speaker_confidence)
    snippet = getattr(q, "snippet", None)
    return format_html(
        '<li class="row kind-{}{}" data-row>\n'
        '  <blockquote class="row-words{}"><a href="{}" data-row-link>{}</a></blockquote>\n'
        '  <p class="row-who">{}{}{}</p>\n'
        '  <p class="row-meta">\n    <span class="tag tag-{}">{}</span>\n    {}{}\n    {}\n  </p>\n'
        '  <p class="print-only">{}</p>\n  {}\n</li>',
        q.kind,
        " is-unsure" if band.is_unsure and not q.review else "",
        " needs-marks" if needs_marks(q) else "",
        q.get_absolute_url(),
        marked(snippet) if snippet else shortened(q.content, _WORDS),
        not_said(q),
        _who(q, has_role=True),
        _cue(q),
        q.kind,
        _KINDS.get(q.kind, q.kind),
        _ATTITUDE if q.act != "speech" else "",
        _confidence(q, band),
        _where(q),
        permanent(q),
        button,
    )


def _who(q: Quotation, *, has_role: bool) -> SafeString:
    if q.speaker:
        path = path_of("speaker", q.speaker.slug)
        name = format_html('<a class="who" href="{}">{}</a>', path, q.speaker.name)
    elif q.speaker_name:
        is_anonymous = q.speaker_kind == "anonymous"
        name = format_html(
            '<span class="who">{}</span> <span class="tag tag-anonymous">{}</span>',
            q.speaker_name,
            "Not named" if is_anonymous else _SPEAKER_KINDS.get(q.speaker_kind, q.speaker_kind),
        )
    else:
        name = _NOBODY
    if not (has_role and q.speaker_role):
        return name
    return name + format_html(
        '<span class="role"><bdi>{}</bdi></span>', shortened(q.speaker_role, _ROLE)
    )


def _cue(q: Quotation) -> SafeString:
    if not (q.cue or q.medium):
        return _NOTHING
    cue = (
        format_html('<span class="vh">cue: </span>“<bdi>{}</bdi>”', shortened(q.cue, _CUE))
        if q.cue
        else ""
    )
    between = ", " if q.cue and q.medium else ""
    return format_html(' <span class="row-cue">{}{}{}</span>', cue, between, q.medium)


def _confidence(q: Quotation, band: Band) -> SafeString:
    if not q.review:
        return format_html(
            '<span class="confidence is-{}">{} <span class="percent">{} %</span></span>',
            band.key,
            capfirst(band.words),
            band.percent,
        )
    return format_html(
        '<span class="reviewed{}">{} <span class="percent">program: {} %</span></span>',
        " is-rejected" if q.review == "rejected" else "",
        _REVIEWED.get(q.review, _REJECTED),
        band.percent,
    )


def _where(q: Quotation) -> SafeString:
    version = q.version
    outlet, day = version.article.outlet, version.published_on
    title = getattr(q, "title_snippet", None)
    return format_html(
        '<span class="row-where">{}{}<a href="{}">{}</a></span>',
        format_html("<bdi>{}</bdi>, ", outlet) if outlet else "",
        _day(day) if day else "",
        q.get_article_url(),
        marked(title) if title else shortened(version.display_title, SEARCH.title_chars),
    )


def _day(day: date) -> SafeString:
    return format_html('<time datetime="{}">{}</time>, ', day, in_words(day, "j M Y"))
