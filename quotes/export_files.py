"""Rows of any number -> one file, in constant memory, resumable to the byte.

Rows go to the file in batches, in the order of their keys. Behind each batch the file is forced
to the disk and `save` is told how far it is; whoever was killed cuts the file back to there and
goes on, and the file comes out the same as if nothing had happened. Which rows: those selected
that were stored when the export began. There is no snapshot of them: each stands as it was when
its batch was written (docs/decisions/0021-ways-out.md).
"""

import gzip
import os
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from quotes import formats, interchange, selections
from quotes.formats import About, Format
from quotes.models import ArticleVersion, Quotation
from quotes.params import EXPORTS, ExportParams
from quotes.refusals import InputError

ARTICLES = "articles"
PLAIN, GZIP, ZIP = "", "gz", "zip"
BASES: dict[str, Format[Any]] = {
    **formats.by_name(formats.QUOTATION_FORMATS),
    ARTICLES: formats.ARTICLE_TEXTS,
}
NAMES = tuple(
    f"{base}.{packed}" if packed else base for base in BASES for packed in (PLAIN, GZIP, ZIP)
)
_BLOCK_BYTES = 1 << 20
# ZIP knows no time before; one that does not change makes equal files of equal rows.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_FILE_MODE = 0o600


class Progress(NamedTuple):
    """How far an export is: rows written, key of the last, bytes up to there, and counts."""

    rows: int = 0
    last_key: int = 0
    size_bytes: int = 0
    counts: dict[str, dict[str, int]] = {}


class Plan(NamedTuple):
    """What is exported: a format's name, a stored query, the moment that it began, for whom."""

    format: str
    query: selections.Query
    began: datetime
    user: AbstractBaseUser | AnonymousUser | None = None

    @property
    def base(self) -> str:
        """Return the format without its packing."""
        return self.format.partition(".")[0]

    @property
    def packed(self) -> str:
        """Return how the file is packed: PLAIN, GZIP or ZIP."""
        return self.format.partition(".")[2]

    @property
    def writer(self) -> Format[Any]:
        """Return what writes the rows."""
        return BASES[self.base]

    @property
    def file_name(self) -> str:
        """Return what the file is called where it is saved."""
        what = ARTICLES if self.base == ARTICLES else "quotations"
        end = f".{self.packed}" if self.packed else ""
        return f"{what}-{self.began:%Y%m%d-%H%M%S}.{self.writer.suffix}{end}"

    def rows(self) -> QuerySet[Any]:
        """Return the rows, unloaded and without order."""
        if self.base == ARTICLES:
            found: QuerySet[Any] = selections.select_articles(self.query, self.user)
            return found.filter(retrieved_at__lte=self.began).order_by()
        quotations = selections.select(self.query, self.user)
        return quotations.filter(created_at__lte=self.began).order_by()


def checked(name: str, query: selections.Query) -> dict[str, list[str]]:
    """Return `query` in its stored form if it can be exported as `name`, else raise InputError."""
    if name not in NAMES:
        raise InputError(f"format: {name!r} is not offered", f"use one of {', '.join(NAMES)}")
    if name.partition(".")[0] == ARTICLES:
        return selections.clean_articles(query)
    return selections.clean(query)


def write(
    plan: Plan,
    path: Path,
    done: Progress,
    save: Callable[[Progress], None],
    params: ExportParams = EXPORTS,
) -> Progress:
    """Write what is left of `plan` to `path`, and return how far it is: to the end.

    `save` is called behind each batch; what it raises stops the export, which can go on from what
    was saved last. Raises InputError if the file grows too large, OSError if it cannot be written.
    """
    with _opened(path, done.size_bytes) as file:
        about = About(interchange.absolute(f"/ns/export/{plan.file_name}"), _label(plan))
        for rows in _batches(plan, done.last_key, params):
            words = [] if done.rows else [plan.writer.head(about)]
            words += [
                plan.writer.row(row, is_first=not (done.rows or place))
                for place, row in enumerate(rows)
            ]
            size = _append(file, "".join(words), plan)
            done = _further(done, rows, size)
            if done.size_bytes > params.export_max_bytes:
                problem = f"the file is larger than {params.export_max_bytes:,} bytes"
                raise InputError(problem, "narrow the query, and export it in parts")
            save(done)
        last = plan.writer.tail(about, done.rows)
        if not done.rows:
            last = plan.writer.head(about) + last
        size = _append(file, last, plan) if last or plan.packed == GZIP else 0
    return done._replace(size_bytes=done.size_bytes + size)


def _opened(path: Path, size_bytes: int) -> BinaryIO:
    """Open the file at its end, cut back to what is known to be whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _FILE_MODE)
    file = os.fdopen(descriptor, "r+b")
    held = file.seek(0, os.SEEK_END)
    if held < size_bytes:
        file.close()
        problem = f"{path} has lost what was written: {held:,} of {size_bytes:,} bytes are left"
        raise OSError(problem)
    file.truncate(size_bytes)
    file.seek(size_bytes)
    return file


def _append(file: BinaryIO, words: str, plan: Plan) -> int:
    """Write `words` so that they outlast a crash; return how many bytes they took."""
    data = words.encode()
    if plan.packed == GZIP:
        # A member of its own, so that the file can be cut here; readers join members.
        data = gzip.compress(data, mtime=0)
    file.write(data)
    file.flush()
    os.fsync(file.fileno())
    return len(data)


def _further(done: Progress, rows: list[Any], size: int) -> Progress:
    counts = {name: Counter(values) for name, values in done.counts.items()}
    for row in rows:
        for name, value in _counted(row):
            counts.setdefault(name, Counter())[value] += 1
    return Progress(
        rows=done.rows + len(rows),
        last_key=rows[-1].pk,
        size_bytes=done.size_bytes + size,
        counts={name: dict(sorted(values.items())) for name, values in counts.items()},
    )


def _counted(row: Any) -> Iterator[tuple[str, str]]:
    """Yield what the manifest counts of a row."""
    if isinstance(row, Quotation):
        yield "kind", row.kind
        yield "factuality", row.factuality or "unknown"
        yield "review", row.review or "none"
        yield "run", str(row.extraction.run.uid)
    elif isinstance(row, ArticleVersion):
        yield "method", row.method


def _label(plan: Plan) -> str:
    asked = "; ".join(f"{label}: {value}" for label, value in selections.in_words(plan.query))
    what = "Articles" if plan.base == ARTICLES else "Quotations"
    return f"{what} ({asked})" if asked else what


# --- reading


def _batches(plan: Plan, after: int, params: ExportParams) -> Iterator[list[Any]]:
    """Yield the rows behind the key `after`, loaded, in the order of their keys.

    Keys are read by stretches that begin at multiples of `export_stretch_keys`, so that batches
    end at the same rows wherever an export was broken off, and so that a full-text search is not
    asked again for each batch.
    """
    rows = plan.rows()
    everything = rows.model._default_manager.order_by("pk")  # noqa: SLF001  public
    length = params.export_stretch_keys
    start = after // length * length
    while (
        found := everything.filter(pk__gte=start).values_list("pk", flat=True).first()
    ) is not None:
        start = found // length * length
        stretch = rows.filter(pk__gt=max(after, start - 1), pk__lt=start + length)
        keys = list(stretch.order_by("pk").values_list("pk", flat=True))
        for first in range(0, len(keys), params.export_batch_rows):
            batch = everything.filter(pk__in=keys[first : first + params.export_batch_rows])
            if loaded := list(plan.writer.load(batch)):
                yield loaded
        start += length


# --- finishing


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def zipped(path: Path, files: dict[str, Path | str]) -> None:
    """Pack files and texts into a ZIP at `path`, in constant memory, equal for equal content."""
    part = path.with_name(f"{path.name}.part")
    with ZipFile(part, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = ZipInfo(name, _ZIP_TIME)
            info.compress_type = ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            with archive.open(info, "w", force_zip64=True) as member:
                if isinstance(content, str):
                    member.write(content.encode())
                    continue
                with content.open("rb") as file:
                    while block := file.read(_BLOCK_BYTES):
                        member.write(block)
    part.replace(path)
