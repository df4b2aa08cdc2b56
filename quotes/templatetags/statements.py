"""Template tags: what a quotation and a speaker have to do with statements."""

from collections.abc import Iterable
from datetime import date
from html import escape
from typing import Any, cast

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

from quotes import copies, statement_facts, statement_pages
from quotes.models import ArticleVersion, Quotation, Speaker, Statement
from quotes.params import PAGES
from quotes.paths import path_of
from quotes.quick_html import format_html, format_html_join
from quotes.statement_facts import OutletVerbs, Seen, Spread, Step, Verb
from quotes.statement_pages import Beside, Change, Check, Run
from quotes.templatetags.plain import apart, in_words, not_said, shortened
from quotes.templatetags.rows import confidence, who

register = template.Library()
_NAMED, _DOTS = 4, 200
_CUE_CHARS, _TITLE_CHARS, _OUTLET_CHARS = 40, 110, 60  # code points of each that are shown
_CUE = ' <span class="row-cue"><span class="vh">cue: </span>“<bdi>{}</bdi>”</span>'
_COPIED = '<span class="tag">Wire text, in {} articles</span>'
_NOT_DATED = mark_safe("not dated")
_BASE = mark_safe('<span class="tag tag-base">Compared with</span>')
_SAME = mark_safe('<span class="tag">The same words</span>')
_CHECKED = {
    Check.VERIFIED: mark_safe('<span class="is-checked">Words verified</span>'),
    Check.CHANGED: mark_safe('<span class="is-mismatch">Does not match its text</span>'),
    Check.LONG: mark_safe("<span>Long text: checked on its page</span>"),
}
_MARKED = {
    Change.SAME: ("", ""),
    Change.ADDED: apart("ins", "here only"),
    Change.LEFT_OUT: apart("del", "missing here"),
}


@register.simple_tag
def compared(runs: Iterable[Run]) -> SafeString:
    """Return a wording with what it adds and leaves out marked, told in words to screen readers."""
    # Piece by piece `format_html` takes six times as long, and a page has two thousand of them.
    marked = ((_MARKED[run.change], escape(run.text)) for run in runs)
    return mark_safe("".join([f"{before}{words}{after}" for (before, after), words in marked]))  # noqa: S308  escaped above


@register.simple_tag
def report_words(report: Beside) -> SafeString:
    """Return where and when a report stands, its words compared, who said it, and its article."""
    q = report.quotation
    version = q.version
    return format_html(
        '<p class="report-where"><strong><bdi>{}</bdi></strong>'
        ' <span class="report-when">{}</span></p>\n'
        '  <blockquote class="report-words"><p>{}</p></blockquote>\n'
        '  <p class="report-article">{}{}{} <span aria-hidden="true">·</span> '
        '<a href="{}#q-{}"><cite>{}</cite></a></p>',
        version.article.outlet or "Outlet not known",
        _when(version),
        compared(report.runs),
        not_said(q),
        who(q),
        format_html(_CUE, shortened(q.cue, _CUE_CHARS)) if q.cue else "",
        version.get_absolute_url(),
        q.uid,
        shortened(version.display_title, _TITLE_CHARS),
    )


def _when(version: ArticleVersion) -> SafeString:
    at, day = version.published_at, version.published_on
    if at:
        moment = in_words(at, "c"), in_words(at, "j F Y, H:i")
        return format_html('<time datetime="{}">{} UTC</time>', *moment)
    if day:
        told = in_words(day, "Y-m-d"), in_words(day, "j F Y")
        return format_html('<time datetime="{}">{}</time>, no time given', *told)
    return _NOT_DATED


@register.simple_tag
def report_says(report: Beside) -> SafeString:
    """Return what is said of a report in short: its kind, how it compares, how sure it is."""
    q = report.quotation
    like = _BASE if report.is_base else "" if report.differs else _SAME
    copied = format_html(_COPIED, report.copies) if report.copies else ""
    return format_html(
        '<span class="tag tag-{}">{}</span>\n    {}\n    {}\n    {}\n    {}\n'
        '    <a href="{}" data-row-link aria-label="Quotation: {}">Quotation</a>',
        q.kind,
        q.get_kind_display(),
        like,
        copied,
        confidence(q),
        _CHECKED[report.check],
        q.get_absolute_url(),
        report_name(q),
    )


@register.filter
def report_name(quotation: Quotation) -> str:
    """Return what tells a report's links from those of the others: its outlet and day."""
    version = quotation.version
    outlet = shortened(str(version.article.outlet or "Outlet not known"), _OUTLET_CHARS)
    day = version.published_on
    return f"{outlet}, {in_words(day, 'j F Y') if day else _NOT_DATED}"


@register.simple_tag
def spread_dots(spread: Spread) -> SafeString:
    """Return a dot of the plot for each outlet with its name; of many, for the first."""
    return format_html_join(
        "",
        '<path class="spread-dot" d="M{} {}h0" vector-effect="non-scaling-stroke">'
        "<title>{}</title></path>",
        ((step.x, step.y, step.report.outlet_name) for step in spread.steps[:_DOTS]),
    )


@register.simple_tag
def spread_rows(steps: Iterable[Step]) -> SafeString:
    """Return each outlet's first report as a row of a table: when, which, how many by then."""
    row = '<tr><td>{}</td><td><a href="{}">{}</a></td><td class="num">{}</td></tr>'
    cells = (
        (
            _first_at(step.report),
            path_of("quotation", step.report.uid),
            shortened(step.report.outlet_name, _OUTLET_CHARS),
            f"{step.outlets:,}",
        )
        for step in steps
    )
    return format_html_join("", row, cells)


def _first_at(report: Seen) -> SafeString:
    if report.at:
        told = in_words(report.at, "c"), in_words(report.at, "j M Y, H:i")
        return format_html('<time datetime="{}">{} UTC</time>', *told)
    # Of what is drawn each has a day.
    day = cast("date", report.day)
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), in_words(day, "j M Y"))


@register.simple_tag
def verb_rows(rows: Iterable[OutletVerbs]) -> SafeString:
    """Return outlets as rows of a table, with the verbs by which they attribute the statement."""
    row = '<tr><th scope="row">{}</th><td>{}{}</td></tr>'
    cells = (
        (
            one.outlet,
            format_html_join(", ", "<q>{}</q>{}", map(_verb, one.verbs)),
            f" and {one.more:,} more" if one.more else "",
        )
        for one in rows
    )
    return format_html_join("", row, cells)


def _verb(verb: Verb) -> tuple[str, SafeString | str]:
    count = format_html(' <span class="num">{}</span>', f"{verb.reports:,}")
    return verb.words, count if verb.reports > 1 else ""


@register.inclusion_tag("quotes/_statement_box.html", takes_context=True)
def statement_of(context: Context, quotation: Quotation) -> dict[str, Any]:
    """Return who else reports what a quotation reports; two queries at most."""
    mine, others = statement_pages.other_reports(quotation, context["user"])
    sure = [one for one in others if not one.possible]
    if mine is None or not others:
        return {"statement": None}
    known = [*sure, statement_pages.as_seen(quotation)]
    outlets = list(dict.fromkeys(one.outlet_name for one in sure if one.outlet_name))
    return {
        "statement": mine.statement,
        "q": quotation,
        "is_possible": mine.relation == mine.Relation.POSSIBLE,
        "sure": len(sure),
        "possible": len(others) - len(sure),
        "outlets": outlets[:_NAMED],
        "more_outlets": max(0, len(outlets) - _NAMED),
        "unnamed": len({one.article for one in sure if not one.outlet_name}),
        "first": statement_facts.first(known),
        "articles": len({one.article for one in known}),
        "independent": copies.independent((one.article, one.copies) for one in known),
        "is_cut": len(others) >= PAGES.box_reports,
    }


@register.inclusion_tag("quotes/_statements_of.html", takes_context=True)
def statements_of(context: Context, speaker: Speaker) -> dict[str, Any]:
    """Return the newest statements of a speaker that several articles report; one query."""
    shown = Statement.objects.visible_to(context["user"]).shown().filter(speaker=speaker)
    rows = shown.select_related("representative").order_by("-dated", "-pk")
    found = list(rows[: PAGES.statements_of_speaker + 1])
    return {
        "speaker": speaker,
        "statements": found[: PAGES.statements_of_speaker],
        "has_more": len(found) > PAGES.statements_of_speaker,
    }
