"""Jobs of every kind -> JSON, in one form."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from api.import_serializers import STATES
from api.serializers import absolute
from quotes import job_lists, job_reports, locks, run_lock, run_reports
from quotes.job_lists import Account, Job, Kind
from quotes.job_reports import Progress, Standing
from quotes.models import Export, ExtractionRun, Import
from quotes.run_reports import State

STANDINGS = [standing.value for standing in Standing]
_RUN_STANDINGS = {
    State.RUNNING: Standing.RUNNING,
    State.STOPPED: Standing.INTERRUPTED,
    State.FINISHED: Standing.FINISHED,
    State.IMPORT: Standing.FINISHED,
}


def _moment(help_text: str) -> serializers.DateTimeField:
    return serializers.DateTimeField(allow_null=True, help_text=help_text)


class JobLinksSerializer(serializers.Serializer[Any]):
    """Where more of a job is."""

    resource = serializers.CharField(
        allow_null=True, help_text="what it is, in the API; null for an export of somebody else's"
    )
    page = serializers.CharField(allow_null=True)
    items = serializers.CharField(allow_null=True, help_text="an import's items")


class JobSerializer(serializers.Serializer[Any]):
    """An import, an export or a run of the extractor, in one form."""

    uid = serializers.UUIDField()
    url = serializers.CharField(help_text="this job in the API")
    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    state = serializers.ChoiceField(choices=STANDINGS, help_text=STATES)
    progress = serializers.FloatField(allow_null=True, help_text="0 to 1; null if not known")
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="what is done; the names depend on the kind"
    )
    created_at = serializers.DateTimeField()
    started_at = _moment("null if nobody has begun with it")
    finished_at = _moment("null if it has not ended")
    seconds_left = serializers.FloatField(
        allow_null=True, help_text="an estimate; told of a single job only, null if not known"
    )
    problem = serializers.CharField(allow_blank=True, help_text="why it failed, if it did")
    links = JobLinksSerializer()


def shown(job: Job, user: Account) -> dict[str, Any]:
    """Return a job in the form of all jobs, with the time left."""
    if isinstance(job, Import):
        return _import(job, job_reports.progress_of(job))
    if isinstance(job, Export):
        return _export(job, user, is_held=locks.of_job(job.uid).is_held())
    return _run(job, run_reports.progress_of(job))


def shown_all(jobs: Sequence[Job], user: Account) -> list[dict[str, Any]]:
    """Return jobs in the form of all jobs; a look at all locks, a query for what runs did."""
    held = locks.held([locks.of_job(job.uid) for job in jobs if _may_be_held(job)])
    runs = [job for job in jobs if isinstance(job, ExtractionRun)]
    done = run_reports.done_by(runs) if runs else {}
    is_run_held = any(run.finished_at is None for run in runs) and run_lock.is_held()
    found = []
    for job in jobs:
        is_held = locks.of_job(job.uid) in held
        if isinstance(job, Import):
            standing = job_reports.standing_of(job, is_held=is_held)
            row = _import(job, Progress(standing, job_reports.share_of(job)))
        elif isinstance(job, Export):
            row = _export(job, user, is_held=is_held)
        else:
            progress = run_reports.progress_of(job, done=done.get(job.pk, 0), is_held=is_run_held)
            row = _run(job, progress._replace(left_s=None))
        found.append(row)
    return found


def _may_be_held(job: Job) -> bool:
    return isinstance(job, Import | Export) and job.state == Import.State.RUNNING


def _import(job: Import, progress: Progress) -> dict[str, Any]:
    counts = {name: getattr(job, name) for name in ("new", "changed", "same", "refused")}
    links = {
        "resource": _address("import-detail", job),
        "page": absolute(job.get_absolute_url()),
        "items": _address("import-items", job),
    }
    return _row(job, progress, counts, links, job.problem)


def _export(export: Export, user: Account, *, is_held: bool) -> dict[str, Any]:
    """Return an export in the form of all jobs; how many rows it will have is not known."""
    standing = job_reports.standing_of(export, is_held=is_held)
    progress = Progress(standing, 1.0 if standing is Standing.FINISHED else None)
    counts = {"rows": export.rows, "bytes": export.size_bytes}
    is_own = export.owner_id == user.pk
    resource = _address("export-detail", export) if is_own else None
    links = {"resource": resource, "page": None, "items": None}
    return _row(export, progress, counts, links, export.problem)


def _run(run: ExtractionRun, found: run_reports.Progress) -> dict[str, Any]:
    share = found.percent / 100 if found.planned else None
    share = 1.0 if found.state in (State.FINISHED, State.IMPORT) else share
    progress = Progress(_RUN_STANDINGS[found.state], share, found.left_s)
    counts = {"read": found.done, "failed": found.failed}
    page = absolute(run.get_absolute_url())
    links = {"resource": _address("run-detail", run), "page": page, "items": None}
    return _row(run, progress, counts, links, "")


def _address(name: str, job: Job) -> str:
    return absolute(reverse(f"api:{name}", args=[job.uid]))


def _row(
    job: Any, progress: Progress, counts: dict[str, int], links: dict[str, Any], problem: str
) -> dict[str, Any]:
    return {
        "uid": job.uid,
        "url": _address("job-detail", job),
        "kind": job_lists.kind_of(job).value,
        "state": progress.standing.value,
        "progress": progress.share,
        "counts": counts,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "seconds_left": progress.left_s,
        "problem": problem,
        "links": links,
    }
