"""Template tag: the quotations beside an article's text.

Written here and not in a template because a part of a text has up to sixty of them, each of three
templates (docs/decisions/0034-browser-tests-and-page-speed.md).
"""

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString, mark_safe

from quotes.article_pages import Listed
from quotes.models import ArticleVersion
from quotes.plain_words import confidence_band
from quotes.quick_html import format_html, format_html_join
from quotes.templatetags.plain import host, not_said, shortened
from quotes.templatetags.rows import confidence, who

register = template.Library()
_WORDS, _HOST = 100, 24  # code points of each that a row shows
_NOTHING = mark_safe("")


@register.simple_tag
def side_rows(listed: Iterable[Listed], version: ArticleVersion) -> SafeString:
    """Return the rows: number, who, words, how sure, and ways to the text and the live page."""
    at = host(version.article.url)
    return format_html_join("\n", "{}", ((_row(one, at),) for one in listed))


def _row(one: Listed, at: str) -> SafeString:
    q, number = one.row, one.number
    is_unsure = confidence_band(q.speaker_confidence).is_unsure and not q.review
    return format_html(
        '<li class="side-row kind-{kind}{unsure}" id="s-{uid}" value="{number}" data-q="{uid}"'
        ' data-row>\n  <p class="side-who"><span class="side-number" aria-hidden="true">{number}'
        "</span>{not_said}{who}</p>\n"
        '  <p class="side-words"><a href="{path}" data-row-link>{words}</a></p>\n'
        '  <p class="side-meta">{named}{act}{medium} <span aria-hidden="true">·</span> {sure}\n'
        '<span class="side-ways"><a href="#q-{uid}" data-show="{uid}"'
        ' aria-label="Show quotation {number} in the text">in the text</a>{live}</span></p>\n</li>',
        kind=q.kind,
        unsure=" is-unsure" if is_unsure else "",
        uid=q.uid,
        number=number,
        not_said=not_said(q),
        who=who(q),
        path=q.get_absolute_url(),
        words=shortened(q.content, _WORDS),
        named=q.get_kind_display(),
        act=", belief or intention" if q.act != "speech" else "",
        medium=f", {q.medium}" if q.medium else "",
        sure=confidence(q),
        live=_live(one, at) if one.live else _NOTHING,
    )


def _live(one: Listed, at: str) -> SafeString:
    return format_html(
        ' <span aria-hidden="true">·</span> <a href="{}" rel="noopener noreferrer external"'
        ' aria-label="Find quotation {} at {}">at {}</a>',
        one.live,
        one.number,
        at,
        shortened(at, _HOST),
    )
