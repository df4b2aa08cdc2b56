"""Pages of imports: begin one, see how far it is and what was refused, cancel it, go on with it."""

import csv
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from quotes import job_reports, job_uploads, jobs, statement_failures
from quotes.import_forms import ImportFilter, ItemFilter, NewImport
from quotes.job_reports import RIGHT, Progress
from quotes.models import Import, ImportItem
from quotes.pages import for_readers
from quotes.paging import page_of
from quotes.params import JOBS, PAGES

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
_COLUMNS = ("number", "origin", "line", "problem", "remedy")


def for_importers(view: View[P]) -> View[P]:
    """Send visitors to the login page, and tell those who may not import that they may not."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.has_perm(RIGHT):
            return view(request, *args, **kwargs)
        if request.user.is_authenticated:
            raise PermissionDenied(f"{request.user.get_username()} may not import")
        return redirect_to_login(request.get_full_path(), reverse("login"))

    return cast("View[P]", guarded)


@for_readers
def imports(request: HttpRequest) -> HttpResponse:
    """List the imports, the newest first."""
    form = ImportFilter(request.GET)
    number = form.number if form.is_valid() else 1
    page = page_of(
        form.apply(Import.objects.all()), number, size=PAGES.list_rows, cap=PAGES.count_cap
    )
    may_see_all = request.user.has_perm(RIGHT)
    rows = job_reports.rows_of(page.rows, may_see_all=may_see_all)
    context = {"form": form, "page": page, "rows": rows, "may_import": may_see_all}
    return render(
        request, "quotes/import_list.html", context, status=200 if form.is_valid() else 400
    )


@for_importers
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Show what is needed to begin an import, and begin it."""
    if request.method != "POST":
        return render(request, "quotes/import_new.html", {"form": NewImport(), "limits": JOBS})
    form = NewImport(request.POST, request.FILES)
    if not form.is_valid():
        context = {"form": form, "limits": JOBS}
        return render(request, "quotes/import_new.html", context, status=400)
    return redirect(_begun(request, form))


def _begun(request: HttpRequest, form: NewImport) -> Import:
    options, by = form.options(), request.user
    if addresses := form.cleaned_data["addresses"]:
        job = jobs.create(Import.Kind.ADDRESS, addresses, by=by, options=options)
    else:
        files = form.cleaned_data["upload"]
        with job_uploads.as_one(files) as upload:
            names = [job_uploads.safe_name(file.name or "") for file in files]
            kept = {**options, "uploaded": True}
            job = jobs.create(Import.Kind.UPLOAD, names, by=by, options=kept, upload=upload)
    jobs.launch(job)
    return job


@for_readers
def show(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show an import: how far it is, what became of its items."""
    job = get_object_or_404(Import.objects.select_related("run", "feed"), uid=uid)
    form = ItemFilter(request.GET)
    number = form.number if form.is_valid() else 1
    rows = job_reports.items_of(job, form.outcome_asked)
    page = page_of(rows, number, size=PAGES.list_rows, cap=PAGES.count_cap)
    progress = job_reports.progress_of(job)
    may_see_all = request.user.has_perm(RIGHT)
    context = {
        "job": job,
        "progress": progress,
        "words": job_reports.words_of(job, progress),
        "source": job_reports.source_words(job, may_see_all=may_see_all),
        "counts": _counts(job),
        "form": form,
        "page": page,
        "items": [
            (job_reports.item_shown(item, job, may_see_all=may_see_all), item) for item in page.rows
        ],
        "may_import": may_see_all,
        "every_ms": JOBS.live_every_ms,
        "uncompared": statement_failures.failed_in(job.run) if job.run else 0,
    }
    return render(request, "quotes/import.html", context, status=200 if form.is_valid() else 400)


def _counts(job: Import) -> list[tuple[str, str, int]]:
    labels = ((one.value, one.label) for one in ImportItem.Outcome)
    counts = [(kind, label, getattr(job, kind)) for kind, label in labels]
    return [*counts, ("", "Stored already", job.same)]


@for_readers
def progress(_request: HttpRequest, uid: UUID) -> HttpResponse:
    """Send how far an import is, for the script that keeps its page up to date."""
    job = get_object_or_404(Import, uid=uid)
    found: Progress = job_reports.progress_of(job)
    answer = {
        "state": found.standing,
        "state_words": found.standing.words,
        "live": found.standing.is_live,
        "percent": found.percent,
        "words": job_reports.words_of(job, found),
        "counts": {
            name: f"{getattr(job, name):,}" for name in ("new", "changed", "same", "refused")
        },
    }
    return JsonResponse(answer, headers={"Cache-Control": "no-store"})


@for_readers
def refused(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Send all that was refused as CSV, row by row."""
    job = get_object_or_404(Import, uid=uid)
    lines = _csv_lines(job, may_see_all=request.user.has_perm(RIGHT))
    name = f'attachment; filename="refused-{uid}.csv"'
    headers = {"Content-Disposition": name, "Content-Type": "text/csv; charset=utf-8"}
    answer: Any = StreamingHttpResponse(lines, headers=headers)
    return cast("HttpResponse", answer)


class _Echo:
    """A file for csv.writer that keeps nothing."""

    def write(self, line: str) -> str:
        return line


def _csv_lines(job: Import, *, may_see_all: bool) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(_COLUMNS)
    for item in job_reports.items_of(job, ImportItem.Outcome.REFUSED).iterator(chunk_size=2000):
        origin = job_reports.item_shown(item, job, may_see_all=may_see_all)
        cells = (item.number, origin, item.line, item.problem, item.remedy)
        yield writer.writerow([_harmless(cell) for cell in cells])


def _harmless(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{cell}"
    return cell


@for_importers
@require_POST
def cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Stop an import after the item that is being settled."""
    job = get_object_or_404(Import, uid=uid)
    jobs.cancel(job)
    messages.info(request, "It stops after the article that it is at. What is stored stays.")
    return redirect(job)


@for_importers
@require_POST
def resume(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Have an import gone on with that was stopped."""
    job = get_object_or_404(Import, uid=uid)
    try:
        jobs.resume(job)
        messages.info(request, "It is gone on with behind the last item that is settled.")
    except jobs.JobError as error:
        messages.error(request, f"This cannot be gone on with: {error}.")
    return redirect(job)
