"""Bulk exports: asked for, worked at, cancelled, kept for a while with a manifest, deleted.

The rows and the file are export_files.py's matter; here is what the table Export says of them.
Who asked may read the file, nobody else. Why it is so: docs/decisions/0021-ways-out.md.
"""

import errno
import json
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from quotes import export_files, locks, selections, tasks
from quotes.export_files import GZIP, ZIP, Plan, Progress
from quotes.formats import SCHEMA_VERSION
from quotes.models import Export
from quotes.params import EXPORTS
from quotes.refusals import InputError

logger = logging.getLogger(__name__)

State = Export.State
OPEN = (State.PENDING, State.RUNNING)
PACKED_TYPES = {GZIP: "application/gzip", ZIP: "application/zip"}
TERMS = (
    "The words quoted, and the texts of articles, belong to their speakers and publishers: what "
    "you may do with them is for the law and their terms to say. Speakers were found by software "
    "unless `review` says otherwise: look at `attribution` and the confidences before you rely "
    "on one."
)
CONSISTENCY = (
    "Rows that were stored before `began` and selected when they were written, each as it was at "
    "that moment; what has changed since `began` is found by `updated_since`."
)


class CancelledError(Exception):
    """The export was cancelled while it ran."""


class LimitError(InputError):
    """The account has as many exports as it may have."""


# --- asking


def create(name: str, query: selections.Query, *, owner: User | None = None) -> Export:
    """Store an export that waits, in the format `name` (one of export_files.NAMES); return it.

    Raises InputError for a format or query that cannot be used, LimitError for one too many.
    """
    cleaned = export_files.checked(name, query)
    clean(timezone.now())
    with transaction.atomic():
        if owner:
            _check_limits(owner)
        return Export.objects.create(
            uid=uuid4(),
            owner=owner,
            format=name,
            query=cleaned,
            schema_version=SCHEMA_VERSION,
        )


def _check_limits(owner: User) -> None:
    User.objects.select_for_update().get(pk=owner.pk)  # one at a time, on PostgreSQL
    own = Export.objects.filter(owner=owner)
    if own.filter(state__in=OPEN).count() >= EXPORTS.export_active_most:
        problem = f"{EXPORTS.export_active_most} exports of yours wait or run already"
        raise LimitError(problem, "wait until one is finished, or cancel one")
    if own.count() >= EXPORTS.export_kept_most:
        problem = f"{EXPORTS.export_kept_most} exports of yours are kept already"
        raise LimitError(problem, "delete one that you do not need any more")


def launch(export: Export) -> None:
    """Have the export worked at, elsewhere; do not wait for it."""
    tasks.later("export", str(export.uid))


def of(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Export]:
    """Return the exports that `user` may see: his own."""
    return Export.objects.filter(owner=user.pk) if user.pk else Export.objects.none()


def waiting() -> QuerySet[Export]:
    """Return the exports that are to be worked at, the oldest first; also those broken off."""
    return Export.objects.filter(state__in=OPEN).order_by("created_at", "pk")


# --- working


def work(export: Export) -> Export:
    """Write what is left of `export`; return it as it is then. Does nothing if it has ended.

    Can be killed and called again. Raises BusyError while another process works at it. What goes
    wrong is the export's `problem`, for whoever asked; the unforeseen is logged and raised too.
    """
    with locks.of_job(export.uid).hold():
        export.refresh_from_db()
        if export.state not in OPEN:
            return export
        try:
            _write(export)
        except CancelledError:
            _end(export, State.CANCELLED)
        except InputError as error:
            _end(export, State.FAILED, str(error))
        except OSError as error:
            logger.exception("export failed uid=%s", export.uid)
            _end(export, State.FAILED, _disk_problem(error))
        except Exception:
            _end(export, State.FAILED, "the export failed; tell the operator its uid and the time")
            raise
    return export


def _disk_problem(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk of this server is full; try again later, or tell the operator"
    return "the file could not be written; tell the operator the uid and the time"


def _write(export: Export) -> None:
    now = timezone.now()
    export.started_at = export.started_at or now
    export.state, export.seen_at = State.RUNNING, now
    export.save(update_fields=["started_at", "state", "seen_at"])
    plan, path = plan_of(export), _data_path(export)
    done = export_files.write(plan, path, _progress(export), lambda far: _save(export, far))
    export.rows, export.size_bytes, export.counts = done.rows, done.size_bytes, done.counts
    export.finished_at = timezone.now()
    export.expires_at = export.finished_at + timedelta(days=EXPORTS.export_keep_days)
    export.sha256 = export_files.sha256_of(path)
    if plan.packed == ZIP:
        _pack(export, plan, path)
    # Whoever cancels now is too late: the file is there.
    export.state = State.FINISHED
    export.save()
    logger.info("exported uid=%s rows=%d bytes=%d", export.uid, export.rows, export.size_bytes)


def _pack(export: Export, plan: Plan, data: Path) -> None:
    """Put data and manifest into a ZIP, which is what is kept."""
    name = plan.file_name.removesuffix(f".{ZIP}")
    listed = json.dumps(manifest(export) | {"file": name}, ensure_ascii=False, indent=2)
    export_files.zipped(path_of(export), {name: data, "manifest.json": f"{listed}\n"})
    data.unlink()
    export.size_bytes = path_of(export).stat().st_size
    export.sha256 = export_files.sha256_of(path_of(export))


def _progress(export: Export) -> Progress:
    return Progress(export.rows, export.last_key or 0, export.size_bytes, export.counts)


def _save(export: Export, far: Progress) -> None:
    """Note how far the export is, in one step; CancelledError if nobody wants it any more."""
    moved = Export.objects.filter(pk=export.pk, cancel_requested=False).update(
        rows=far.rows,
        last_key=far.last_key,
        size_bytes=far.size_bytes,
        counts=far.counts,
        seen_at=timezone.now(),
    )
    if not moved:
        raise CancelledError


def _end(export: Export, state: State, problem: str = "") -> None:
    """Note that the export ended without a file, and remove what was written of it."""
    _remove_files(export)
    export.state, export.problem = state, problem[:1000]
    export.finished_at = timezone.now()
    export.size_bytes = 0
    export.save(update_fields=["state", "problem", "finished_at", "size_bytes"])


def cancel(export: Export) -> Export:
    """Cancel an export that waits or runs; one that has ended stays as it is. Return it."""
    asked = Export.objects.filter(pk=export.pk, state__in=OPEN)
    asked.update(cancel_requested=True)
    # Who waits, or was broken off, has nobody who would notice.
    if asked.exists():
        try:
            with locks.of_job(export.uid).hold():
                export.refresh_from_db()
                if export.state in OPEN:
                    _end(export, State.CANCELLED)
        except locks.BusyError:
            logger.info("cancelled uid=%s: its process will notice", export.uid)
    export.refresh_from_db()
    return export


def delete(export: Export) -> None:
    """Delete an export with its file; one that runs is cancelled first.

    Raises BusyError where its process has not noticed yet.
    """
    if cancel(export).state in OPEN:
        raise locks.BusyError("the export is being cancelled")
    _remove_files(export)
    export.delete()


def clean(now: datetime) -> int:
    """Remove the files of exports that have expired, and old entries; return how many files."""
    expired = Export.objects.filter(expires_at__lte=now)
    removed = sum(_remove_files(export) for export in expired)
    keep = timedelta(days=2 * EXPORTS.export_keep_days)
    Export.objects.exclude(state__in=OPEN).filter(finished_at__lte=now - keep).delete()
    return removed


# --- files


def plan_of(export: Export) -> Plan:
    """Return what the export writes."""
    began = export.started_at or export.created_at
    return Plan(export.format, export.query, began, export.owner)


def path_of(export: Export) -> Path:
    """Return where the finished file of an export is."""
    end = f".{ZIP}" if plan_of(export).packed == ZIP else ""
    return _data_path(export).with_name(f"{export.uid}{end}")


def _data_path(export: Export) -> Path:
    """Return where the rows are written; a ZIP is made of it at the end."""
    name = f"{export.uid}.data" if plan_of(export).packed == ZIP else str(export.uid)
    return Path(settings.MEDIA_ROOT) / "exports" / name


def is_there(export: Export) -> bool:
    """Say whether the file of an export can be downloaded."""
    return export.state == State.FINISHED and path_of(export).exists()


def _remove_files(export: Export) -> bool:
    """Remove what there is of an export's files; say whether there was any."""
    paths = {path_of(export), _data_path(export)}
    there = [path for path in paths if path.exists()]
    for path in there:
        path.unlink(missing_ok=True)
    return bool(there)


def media_type_of(export: Export) -> str:
    """Return the media type of an export's file."""
    plan = plan_of(export)
    return PACKED_TYPES.get(plan.packed, plan.writer.media_type)


def manifest(export: Export) -> dict[str, Any]:
    """Return what a finished export holds and how it came about, as JSON."""
    return manifest_of(plan_of(export), _progress(export), export.sha256, export.finished_at)


def manifest_of(
    plan: Plan, done: Progress, sha256: str, finished: datetime | None
) -> dict[str, Any]:
    """Return the manifest of a file of `plan` with that SHA-256; fields as in docs/formats.md."""
    counts: Mapping[str, Mapping[str, int]] = done.counts
    return {
        "schema_version": SCHEMA_VERSION,
        "format": plan.format,
        "media_type": plan.writer.media_type,
        "file": plan.file_name,
        "query": {name: list(values) for name, values in plan.query.items()},
        "rows": done.rows,
        "counts": counts,
        "size_bytes": done.size_bytes,
        "sha256": sha256,
        "began": plan.began.isoformat(),
        "finished": finished.isoformat() if finished else None,
        "consistency": CONSISTENCY,
        "site": settings.SITE_URL,
        "software": f"quote-tracker {_version()}",
        "terms": TERMS,
    }


def _version() -> str:
    try:
        return metadata.version("quote-tracker")
    except metadata.PackageNotFoundError:
        return "from its source tree"
