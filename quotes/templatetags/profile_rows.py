"""Template tags: the rows of a speaker's profile: bars, roles, names, shares, reporters, doubts.

Written here and not in templates because a profile has up to two hundred of them: as nodes of
templates they took a quarter of the page of a speaker whose profile has not been kept
(docs/decisions/0034-browser-tests-and-page-speed.md).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from quotes.models import SpeakerLink
from quotes.paths import path_of
from quotes.plain_words import confidence_band
from quotes.plots import Bar
from quotes.profiles import Naming, Reason, Reporter, Share, Sighting, Stretch, Use
from quotes.quick_html import format_html, format_html_join
from quotes.templatetags.plain import in_words, shortened
from quotes.templatetags.speakers import in_articles

register = template.Library()
_NAME, _ROLE, _TITLE = 200, 120, 90  # code points of each that a row shows
_NOTHING = mark_safe("")
_UNDATED = mark_safe('<span class="hint">not dated</span>')
_ALIAS = mark_safe('<span class="hint">as an alias</span>')
_AS_WRITTEN = mark_safe('<span class="hint">as an article has it</span>')
_BY_PEOPLE = mark_safe('<span class="tag tag-people">Decided by people</span>')
_AN_ARTICLE = "an article"


# --- the plot


@register.simple_tag
def plot_bars(bars: Iterable[Bar]) -> SafeString:
    """Return the bars of a plot that are not of height 0, each a link to its quotations."""
    return format_html_join("", "{}", ((_bar(bar),) for bar in bars if bar.number))


def _bar(bar: Bar) -> SafeString:
    left = f"{bar.left:.0f}"
    return format_html(
        '<a href="{}" tabindex="-1"><title>{}: {}</title>'
        '<rect class="plot-hit" x="{}" width="10" height="100"></rect>'
        '<rect class="plot-bar" x="{}.8" y="{}" width="8.4" height="{}"></rect></a>',
        _of_days(bar),
        bar.label,
        f"{bar.number:,}",
        left,
        left,
        f"{bar.top:.2f}",
        f"{bar.height:.2f}",
    )


@register.simple_tag
def plot_rows(bars: Iterable[Bar]) -> SafeString:
    """Return the same bars as rows of a table."""
    row = '<tr><th scope="row"><a href="{}">{}</a></th><td class="num">{}</td></tr>'
    cells = ((_of_days(bar), bar.label, f"{bar.number:,}") for bar in bars if bar.number)
    return format_html_join("", row, cells)


def _of_days(bar: Bar) -> str:
    return f"?after={bar.first.isoformat()}&before={bar.last.isoformat()}#quotations"


# --- roles and names


@register.simple_tag
def use_rows(uses: Iterable[Use], spans: object = None) -> SafeString:
    """Return rows of words in use: how often, first and last where; `spans`: drawn over time."""
    return format_html_join("", "{}", ((_use(use, has_span=bool(spans)),) for use in uses))


def _use(use: Use, *, has_span: bool) -> SafeString:
    return format_html(
        '<tr><th scope="row">{}</th><td class="num" data-label="Quotations">{}</td>'
        '<td data-label="First">{}</td><td data-label="Last">{}</td>{}</tr>',
        _narrowing(use.query, shortened(use.words, _NAME)),
        f"{use.quotations:,}",
        _sighting(use.first),
        _sighting(use.last),
        _span(use.stretch) if has_span else _NOTHING,
    )


def _narrowing(query: str, words: str) -> SafeString:
    return format_html('<a href="?{}#quotations">{}</a>', query, words)


def _sighting(seen: Sighting | None) -> SafeString:
    if seen is None:
        return _UNDATED
    return format_html(
        '<a href="{}" title="{}"><time datetime="{}">{}</time></a>',
        path_of("article", seen.article),
        seen.title,
        seen.day.isoformat(),
        in_words(seen.day, "j M Y"),
    )


def _span(stretch: Stretch | None) -> SafeString:
    drawn = _NOTHING
    if stretch:
        drawn = format_html(
            '<svg class="stretch" viewBox="0 0 100 10" preserveAspectRatio="none"'
            ' focusable="false"><rect class="stretch-all" width="100" height="10"></rect>'
            '<rect x="{}" width="{}" height="10"></rect></svg>',
            f"{stretch.start:.2f}",
            f"{stretch.length:.2f}",
        )
    return format_html('<td class="stretch-cell" aria-hidden="true">{}</td>', drawn)


@register.simple_tag
def name_rows(names: Iterable[Naming]) -> SafeString:
    """Return rows of the forms of a name: how often it is used, and why it is the speaker's."""
    return format_html_join("", "{}", ((_naming(row),) for row in names))


def _naming(row: Naming) -> SafeString:
    name = shortened(row.name, _NAME)
    reasons = format_html_join("", "{}", ((_reason(one),) for one in row.reasons))
    return format_html(
        '<tr><th scope="row">{}</th><td class="num" data-label="Quotations">{}</td>'
        '<td data-label="Why it is theirs">{}</td></tr>',
        _narrowing(row.use.query, name) if row.use else name,
        f"{row.use.quotations:,}" if row.use else _ALIAS,
        reasons or _AS_WRITTEN,
    )


def _reason(reason: Reason) -> SafeString:
    sure = _NOTHING
    if reason.by_people:
        sure = _BY_PEOPLE
    elif reason.score < 1:
        sure = _likelihood(reason.score, is_sure=reason.is_sure)
    where = f", {in_articles(reason)}" if reason.articles else ""
    return format_html('<p class="reason">{}{} {}</p>', reason.why, where, sure)


def _likelihood(score: float, *, is_sure: bool) -> SafeString:
    band = confidence_band(score)
    return format_html(
        '<span class="confidence is-{}">{}{} <span class="percent">{} %</span></span>',
        band.key,
        "" if is_sure or band.is_unsure else "not sure, ",
        band.words,
        band.percent,
    )


@register.simple_tag
def unsure_links(links: Sequence[SpeakerLink]) -> SafeString:
    """Return the links that nobody should take for granted, with their articles."""
    return format_html_join("", "{}", ((_link(link),) for link in links))


def _link(link: SpeakerLink) -> SafeString:
    return format_html(
        '<li>“<bdi>{}</bdi>”{} in {} {} <span class="hint">{}</span></li>',
        shortened(link.name, _ROLE),
        format_html(", <bdi>{}</bdi>,", shortened(link.role, _ROLE)) if link.role else "",
        _article(link),
        _likelihood(link.score, is_sure=False),
        link.reason,
    )


def _article(link: SpeakerLink) -> SafeString:
    article: Any = link.article  # with `shown`, its current version
    link_to = '<a href="{}">{}</a>{}'
    outlet = format_html(", <bdi>{}</bdi>", article.outlet) if article.outlet else ""
    versions = [
        (version.get_absolute_url(), shortened(version.display_title, _TITLE), outlet)
        for version in article.shown
    ]
    return format_html_join(
        "", link_to, versions or [(article.get_absolute_url(), _AN_ARTICLE, "")]
    )


# --- outlets, kinds, media; who quotes


@register.simple_tag
def share_rows(shares: Iterable[Share]) -> SafeString:
    """Return rows of values with a bar each, and the link that narrows to it, if there is one."""
    row = (
        '<tr><th scope="row">{}</th><td><svg viewBox="0 0 100 10" preserveAspectRatio="none"'
        ' aria-hidden="true" focusable="false"><rect width="{}" height="10"></rect></svg>'
        '<span class="num">{}</span></td></tr>'
    )
    cells = (
        (
            _narrowing(share.query, share.label) if share.query else share.label,
            f"{share.share:.1f}",
            f"{share.quotations:,}",
        )
        for share in shares
    )
    return format_html_join("", row, cells)


@register.simple_tag
def reporter_rows(reporters: Iterable[Reporter]) -> SafeString:
    """Return rows of authors who quote the speaker, with their outlets."""
    row = (
        '<tr><th scope="row">{}</th><td data-label="Outlet">{}</td>'
        '<td class="num" data-label="Quotations">{}</td></tr>'
    )
    cells = (
        (
            _narrowing(one.query, one.author) if one.query else one.author,
            one.outlet,
            f"{one.quotations:,}",
        )
        for one in reporters
    )
    return format_html_join("", row, cells)
