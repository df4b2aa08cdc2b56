"""Pages of the extractor's runs: how far one is, and what it changed. They decide nothing."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import takewhile
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.formats import date_format

from quotes import run_reports, statement_failures
from quotes.forms import ListFilter
from quotes.models import Change, ExtractionRun
from quotes.pages import for_readers
from quotes.paging import Page, page_of
from quotes.params import PAGES
from quotes.run_forms import ChangeFilter, RunFilter
from quotes.run_reports import Progress, State

Row = TypeVar("Row", bound=Model)

STATE_WORDS = {
    State.RUNNING: "Running",
    State.STOPPED: "Stopped",
    State.FINISHED: "Finished",
    State.IMPORT: "Import",
}
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


class RunRow(NamedTuple):
    """A run in the list."""

    run: ExtractionRun
    state: State
    state_words: str
    words: str
    changes: int


class Piece(NamedTuple):
    """Words of which the middle differs from what they are compared with."""

    same_before: str
    other: str
    same_after: str


class Told(NamedTuple):
    """A change, with its words before and after."""

    change: Change
    before: Piece
    after: Piece


@for_readers
def runs(request: HttpRequest) -> HttpResponse:
    """List the runs of the extractor, the newest first."""
    form = RunFilter(request.GET)
    page = _page(form, ExtractionRun.objects.all())
    done, changes = run_reports.done_by(page.rows), run_reports.changes_by(page.rows)
    rows = []
    for row in page.rows:
        progress = run_reports.progress_of(row, done=done.get(row.pk, 0))
        words = STATE_WORDS[progress.state]
        rows.append(
            RunRow(row, progress.state, words, progress_words(progress), changes.get(row.pk, 0))
        )
    context = {"form": form, "page": page, "rows": rows}
    status = 200 if form.is_valid() else 400
    return render(request, "quotes/run_list.html", context, status=status)


@for_readers
def run(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a run: how far it is, and what it changed."""
    found = get_object_or_404(ExtractionRun, uid=uid)
    form = ChangeFilter(request.GET)
    changes = run_reports.changes_of(found)
    shown = changes.select_related(
        "quotation__version__article", "extraction__version__article__outlet"
    )
    page = _page(form, form.apply(shown))
    counts = run_reports.counts_of(changes)
    progress = run_reports.progress_of(found)
    context = {
        "run": found,
        "progress": progress,
        "state_words": STATE_WORDS[progress.state],
        "words": progress_words(progress),
        "counts": [(kind, Change.Kind(kind).label, n) for kind, n in counts.items()],
        "total": sum(counts.values()),
        "articles_changed": run_reports.articles_changed(found),
        "selection": selection_words(found.selection),
        "uncompared": statement_failures.failed_in(found),
        "form": form,
        "page": page,
        "told": [Told(change, *compared(change.before, change.after)) for change in page.rows],
    }
    return render(request, "quotes/run.html", context, status=200 if form.is_valid() else 400)


@for_readers
def run_progress(_request: HttpRequest, uid: UUID) -> HttpResponse:
    """Send how far a run is, for the script that keeps its page up to date."""
    progress = run_reports.progress_of(get_object_or_404(ExtractionRun, uid=uid))
    answer = {
        "state": progress.state,
        "percent": progress.percent,
        "words": progress_words(progress),
    }
    return JsonResponse(answer, headers={"Cache-Control": "no-store"})


def _page(form: ListFilter, rows: QuerySet[Row]) -> Page[Row]:
    number = form.number if form.is_valid() else 1
    return page_of(rows, number, size=PAGES.list_rows, cap=PAGES.count_cap)


# --- in words


def progress_words(progress: Progress) -> str:
    """Return how far a run is, in a sentence."""
    done, planned = f"{progress.done:,}", f"{progress.planned or 0:,}"
    failed = f" {progress.failed:,} could not be processed." if progress.failed else ""
    articles = "article" if progress.planned == 1 else "articles"
    if progress.state is State.IMPORT:
        return f"{done} article{'' if progress.done == 1 else 's'} read."
    if progress.state is State.RUNNING and progress.left_s is not None:
        return f"{done} of {planned} {articles} read, {_duration(progress.left_s)} left.{failed}"
    if progress.state is State.FINISHED and progress.remaining:
        return f"Ended early: {done} of {planned} {articles} read, the others left.{failed}"
    return f"{done} of {planned} {articles} read.{failed}"


def _duration(seconds: float) -> str:
    for unit_s, name in _UNITS:
        if seconds >= unit_s:
            count = round(seconds / unit_s)
            return f"about {count} {name}{'' if count == 1 else 's'}"
    return "less than a minute"


def selection_words(selection: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return which articles a run was to read again, as pairs of a label and a value."""
    if not selection:
        return []
    pairs = []
    if outlets := selection.get("outlets"):
        pairs.append(("Outlets", ", ".join(outlets)))
    if articles := selection.get("articles"):
        pairs.append(("Articles", ", ".join(articles)))
    if since := selection.get("since"):
        day = date_format(date.fromisoformat(since), "j F Y")
        pairs.append(("Published", f"on {day} or later"))
    versions = "all that are stored" if selection.get("all_versions") else "the current ones"
    return [*(pairs or [("Articles", "all")]), ("Versions", versions)]


def compared(before: str, after: str) -> tuple[Piece, Piece]:
    """Return both, cut where they differ, at the ends of words."""
    if not before or not after:
        return Piece("", before, ""), Piece("", after, "")
    old, new = before.split(" "), after.split(" ")
    start = _in_common(old, new)
    end = _in_common(reversed(old[start:]), reversed(new[start:]))
    return _piece(old, start, end), _piece(new, start, end)


def _in_common(one: Iterable[str], other: Iterable[str]) -> int:
    """Return how many words the two have in common at their beginning."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return sum(1 for _ in same)


def _piece(words: list[str], start: int, end: int) -> Piece:
    stop = len(words) - end
    same, other, rest = words[:start], words[start:stop], words[stop:]
    joined = [" ".join(part) for part in (same, other, rest)]
    lead = " " if same and (other or rest) else ""
    trail = " " if other and rest else ""
    return Piece(joined[0] + lead, joined[1], trail + joined[2])
