"""Files that are uploaded for an import: checked, packed as one, removed after a while."""

import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import UUID

from django.core.exceptions import SuspiciousFileOperation
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.text import get_valid_filename

from quotes import job_sources
from quotes.job_reports import PACKED
from quotes.models import Import
from quotes.params import JOBS, JobParams
from quotes.readers.archives import CHOSEN
from quotes.refusals import InputError

_NAME_CHARS = 100
_NO_NAME = "upload"
# Held in memory while several files are packed; more goes to a temporary file.
_MEMORY_BYTES = 10_000_000


def safe_name(name: str) -> str:
    """Return the last part of a file's name with letters, digits, dots, hyphens, underscores only.

    Its ending stays, since the type is told by it.
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    try:
        valid = get_valid_filename(last).lstrip(".")
    except SuspiciousFileOperation:  # nothing of it is left
        valid = ""
    path = PurePosixPath(valid or _NO_NAME)
    suffixes = "".join(path.suffixes[-2:])[-_NAME_CHARS // 2 :]
    return path.name[: len(path.name) - len(suffixes)][: _NAME_CHARS - len(suffixes)] + suffixes


def check(files: Sequence["UploadedFile[Any]"], params: JobParams = JOBS) -> None:
    """Raise InputError if these are no files that one import takes."""
    if not files:
        raise InputError("holds no file", "choose one file or several")
    if len(files) > params.upload_max_files:
        problem = f"has {len(files)} files"
        raise InputError(problem, f"upload at most {params.upload_max_files}, or a zip of them")
    size = sum(file.size or 0 for file in files)
    if size > params.upload_max_bytes:
        problem = f"is too large ({size:,} bytes)"
        remedy = f"upload at most {params.upload_max_bytes:,} bytes, or use manage.py ingest"
        raise InputError(problem, remedy)


@contextmanager
def as_one(files: Sequence["UploadedFile[Any]"], params: JobParams = JOBS) -> "Iterator[File[Any]]":
    """Yield `files` as one under a safe name: several as a zip, in their order.

    Raises InputError as `check` does.
    """
    check(files, params)
    if len(files) == 1:
        yield File(files[0].file, name=safe_name(files[0].name or ""))
        return
    with tempfile.SpooledTemporaryFile(max_size=_MEMORY_BYTES) as packed:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file, name in zip(files, _names(files), strict=True):
                info = zipfile.ZipInfo(name)
                info.compress_type, info.comment = zipfile.ZIP_DEFLATED, CHOSEN
                with archive.open(info, "w") as member:
                    for chunk in file.chunks():
                        member.write(chunk)
        packed.seek(0)
        yield File(packed, name=PACKED)


def _names(files: Sequence["UploadedFile[Any]"]) -> list[str]:
    """Return safe names, each once: a second a.txt is a-2.txt."""
    names: list[str] = []
    for file in files:
        name = safe_name(file.name or "")
        path, count = PurePosixPath(name), 1
        while name in names:
            count += 1
            name = f"{path.stem}-{count}{path.suffix}"
        names.append(name)
    return names


def clean(params: JobParams = JOBS) -> int:
    """Remove the files of imports that ended long ago; return how many imports lost theirs."""
    before = timezone.now() - timedelta(days=params.upload_keep_days)
    ended = Import.objects.exclude(state__in=(Import.State.PENDING, Import.State.RUNNING))
    jobs = list(ended.filter(finished_at__lt=before).exclude(upload=""))
    for job in jobs:
        job.upload.delete(save=False)
        Import.objects.filter(pk=job.pk).update(upload="")
    for job in [*jobs, *_with_leftovers(before)]:
        job_sources.discard(job)
    return len(jobs)


def _with_leftovers(before: datetime) -> Iterator[Import]:
    """Yield imports that ended before `before` and have put something aside still."""
    root = job_sources.folder_of(Import(uid=UUID(int=0))).parent
    if not root.is_dir():
        return
    uids = [path.name for path in root.iterdir() if _is_uid(path)]
    ended = Import.objects.exclude(state__in=(Import.State.PENDING, Import.State.RUNNING))
    yield from ended.filter(uid__in=uids, finished_at__lt=before)


def _is_uid(path: Path) -> bool:
    with suppress(ValueError):
        return bool(UUID(path.name))
    return False
