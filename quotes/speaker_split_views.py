"""The page on which people say that some of a speaker's quotations are somebody else's.

What can be ticked is offered, what would move is shown before, and is decided as
speaker_edit_views.py says.
"""

from typing import Any, NamedTuple, cast

from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from quotes import decisions, kept_profiles, plain_words
from quotes.models import ArticleVersion, Quotation, Speaker
from quotes.pages import for_reviewers
from quotes.params import PAGES
from quotes.search import Filters, QueryError, search
from quotes.speaker_edit_views import (
    CONFLICT,
    FINE,
    REFUSED,
    Answer,
    again,
    asked_for,
    done,
    person,
)
from quotes.speaker_forms import SplitForm, own


@for_reviewers
def split(request: HttpRequest, slug: str) -> HttpResponse:
    """Tick what is somebody else's, see what would move, and decide that it is."""
    one = asked_for(slug)
    if request.method != "POST":
        initial = {"new_name": one.name, "new_kind": one.kind, "seen": decisions.seen(one)}
        form = _offering(SplitForm(speaker=one, initial=initial), one, request.GET.get("q", ""))
        return _split_page(request, one, form, FINE)
    form = _offering(SplitForm(request.POST, speaker=one), one, "", request.POST)
    if not form.is_valid():
        return _split_page(request, one, form, Answer("This cannot be split yet.", REFUSED))
    if "confirm" not in request.POST:
        return _split_page(request, one, form, FINE, moves(one, form.part()))
    try:
        taken = decisions.split(
            one,
            form.part(),
            form.target(),
            person(request),
            seen=form.cleaned_data["seen"],
            why=form.cleaned_data["why"],
        )
    except decisions.Refused as refused:
        return _split_page(request, one, form, Answer.of(refused))
    return done(taken, cast("Speaker", taken.other_speaker))


class Moves(NamedTuple):
    """What a split would move and what would stay, and some of what would move."""

    moved: int
    stays: int
    articles: int
    some: list[Any]


def moves(one: Speaker, part: decisions.Part) -> Moves:
    """Return what moving `part` away from `one` would do. Four queries."""
    rows = own(one)
    moved = (
        rows.filter(pk__in=rows.filter(speaker_name__in=part.names).values("pk"))
        | rows.filter(pk__in=part.quotations)
        | rows.filter(version__article__in=part.articles)
    )
    count = moved.count()
    return Moves(
        count,
        rows.count() - count,
        moved.order_by().values("version__article").distinct().count(),
        list(moved.for_list()[:5]),
    )


def _offering(form: SplitForm, one: Speaker, query: str, ticked: Any = None) -> SplitForm:
    """Offer what can be ticked: the most used names and roles, the latest articles and quotations.

    `query` narrows quotations and articles to those with its words; what was ticked before, in
    `ticked`, is offered again.
    """
    for field, uses in _words_used(one).items():
        form.offer(field, ((value, f"{value} ({n:,})") for value, n in uses))
    found = _searched(form, one, query)
    again = (
        {
            name: [int(v) for v in ticked.getlist(name) if v.isdecimal() and len(v) < 19]  # noqa: PLR2004
            for name in ("articles", "quotations")
        }
        if ticked
        else {"articles": [], "quotations": []}
    )
    form.offer("articles", _articles(own(one), found, again["articles"]))
    form.offer("quotations", _quotations(own(one), found, again["quotations"]))
    return form


def _words_used(one: Speaker) -> dict[str, list[tuple[str, int]]]:
    """Return the names and the roles of a speaker's quotations and their numbers, the most first.

    Those of a much quoted speaker as its page tells them: see quotes/kept_profiles.py.
    """
    if kept_profiles.is_kept(one):
        told = kept_profiles.told(one, Quotation.objects.current())
        names = [row.use for row in (*told.names.shown, *told.names.folded) if row.use]
        roles = [*told.roles.shown, *told.roles.folded]
        of = {"names": names, "roles": roles}
        return {field: [(use.words, use.quotations) for use in uses] for field, uses in of.items()}
    found = {}
    for field, column in (("names", "speaker_name"), ("roles", "speaker_role")):
        counted = own(one).exclude(**{column: ""}).order_by().values_list(column)
        uses = counted.annotate(n=Count("pk")).order_by("-n", column)
        found[field] = list(uses[: PAGES.ticks])
    return found


def _searched(form: SplitForm, one: Speaker, query: str) -> Any:
    """Return the speaker's quotations that `query` finds, all if it is empty, the newest first.

    What is wrong with it goes to `form`. By the search's index, which has the newest of thousands.
    """
    rows = Quotation.objects.current()
    try:
        found: Any = search(rows, query, filters=Filters(speakers=(one.pk,)))
        return found.order_by("-recency")
    except QueryError as error:
        form.query_problem = str(error)
        return rows.none()


def _articles(rows: Any, found: Any, again: list[int]) -> list[tuple[str, str]]:
    """Return the latest articles of the quotations `found`, and of `rows` those in `again`."""
    newest = found.values_list("version_id", flat=True)[: PAGES.ticks_read]
    keys = list(dict.fromkeys(newest))[: PAGES.ticks]
    versions = ArticleVersion.objects.current().select_related("article__outlet")
    by_key = versions.in_bulk(keys)
    pinned = versions.filter(Exists(rows.filter(version=OuterRef("pk"))), article__in=again)
    listed = [by_key[key] for key in keys if key in by_key]
    shown = {v.article_id: v for v in (*listed, *(pinned if again else ()))}
    return [(str(pk), _article_label(version)) for pk, version in shown.items()]


def _article_label(version: ArticleVersion) -> str:
    day = version.published_on
    parts = (
        version.display_title[:120],
        str(version.article.outlet or ""),
        f"{day.day} {day:%b} {day.year}" if day else "",
    )
    return ", ".join(part for part in parts if part)


def _quotations(rows: Any, found: Any, again: list[int]) -> list[tuple[str, str]]:
    listed = list(found.select_related("version")[: PAGES.ticks])
    pinned = list(rows.filter(pk__in=again)) if again else []
    shown = {row.pk: row for row in (*listed, *pinned)}
    return [(str(pk), f"{row.content[:160]} ({_said_by(row)})") for pk, row in shown.items()]


def _said_by(row: Quotation) -> str:
    not_said = plain_words.not_said(row.factuality, is_inside=True)
    return ", ".join(filter(None, (row.speaker_role or row.speaker_name, not_said)))


def _split_page(
    request: HttpRequest,
    one: Speaker,
    form: SplitForm,
    answer: Answer,
    planned: Moves | None = None,
) -> HttpResponse:
    if answer.status == CONFLICT:
        form = again(form, one)
    context = {
        "speaker": one,
        "form": form,
        "answer": answer,
        "planned": planned,
        "target": form.target() if planned else None,
        "q": request.GET.get("q", ""),
        "most": PAGES.ticks,
        "is_kept": kept_profiles.is_kept(one),
    }
    return render(request, "quotes/speaker_split.html", context, status=answer.status)
