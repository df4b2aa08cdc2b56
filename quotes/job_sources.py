"""What an import reads: its sources in order, each item with its number. Deterministic.

Files are read again from the start when an import goes on; what cannot be read twice (a web
address, a feed, standard input) is put aside in the import's own file as it comes, and read from
there. So the same item has the same number however often the import is stopped.
"""

import base64
import json
import logging
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from django.conf import settings

from quotes import ingest
from quotes.fields import clip
from quotes.ingest import STDIN, ReadOptions, Refusal, SourceText
from quotes.models import Import
from quotes.source_texts import is_web_address

logger = logging.getLogger(__name__)

Item = SourceText | Refusal
_SPOOL = "read.tsv"
_PROBLEM_CHARS = 300


class Numbered(NamedTuple):
    """An item, its number from 1, bytes read up to it, and how many items there are if known."""

    number: int
    item: Item
    bytes_done: int
    total: int | None


def options_of(job: Import) -> ReadOptions:
    """Return how the sources of `job` are to be read."""
    given = {name: job.options[name] for name in ReadOptions.model_fields if name in job.options}
    return ReadOptions(**given)


def folder_of(job: Import) -> Path:
    """Return the folder for files of `job` alone: what was uploaded, what was put aside."""
    return Path(settings.MEDIA_ROOT) / "imports" / str(job.uid)


def discard(job: Import) -> None:
    """Remove what was put aside for a `job` that is done."""
    path = folder_of(job) / _SPOOL
    path.unlink(missing_ok=True)
    with suppress(OSError):  # what was uploaded stays there for a while
        path.parent.rmdir()


def size_of(job: Import) -> int | None:
    """Return how many bytes the sources hold; None if one is no file or folder that is there."""
    if job.upload:
        return Path(job.upload.path).stat().st_size if Path(job.upload.path).exists() else None
    if job.feed_id or _was_uploaded(job) or any(_is_once(source) for source in job.sources):
        return None
    paths = [_path(job, source) for source in job.sources]
    if not all(path.exists() for path in paths):
        return None
    return sum(_size(path) for path in paths)


def numbered(job: Import, *, is_resumed: bool) -> Generator[Numbered, None, None]:
    """Yield all items of `job`, in order.

    A reader that fails unforeseen costs the rest of its source only: a Refusal says so.
    """
    spool = Spool(folder_of(job) / _SPOOL)
    sources = _sources(job)
    is_countable = not job.feed_id and all(is_web_address(source) for source in sources)
    position = _Position()
    number, passed = 0, 0
    try:
        for index, source in enumerate(sources):
            for item in _guarded(source, _items(job, index, spool, position, is_resumed)):
                number += 1
                total = max(number, number + len(sources) - index - 1) if is_countable else None
                yield Numbered(number, item, passed + position.bytes_done, total)
            passed += position.end()
    finally:
        spool.close()


def is_gone(job: Import) -> bool:
    """Say whether what was uploaded for `job` has been removed."""
    return not job.feed_id and not job.upload and _was_uploaded(job)


def _sources(job: Import) -> list[str]:
    """Return what is read one after the other: of uploaded files, the one that holds them all."""
    is_one = bool(job.feed_id or job.upload or _was_uploaded(job))
    sources: list[str] = job.sources
    return sources[:1] if is_one else sources


def _was_uploaded(job: Import) -> bool:
    """Say whether the sources only name what was uploaded: nobody else may name files of ours."""
    if job.kind == Import.Kind.FILES:
        return False
    return not all(is_web_address(source) for source in job.sources)


def _guarded(source: str, items: Iterator[Item]) -> Iterator[Item]:
    try:
        yield from items
    except Exception as error:  # readers meet bytes of any kind
        if isinstance(error, SpoolError):
            raise
        logger.exception("reading failed source=%s", source)
        problem = clip(f"could not be read to its end ({error})", _PROBLEM_CHARS)
        remedy = "check the file; the other sources are not affected"
        yield Refusal(origin=source, problem=problem, remedy=remedy)


def _items(
    job: Import,
    index: int,
    spool: "Spool",
    position: "_Position",
    is_resumed: bool,  # noqa: FBT001
) -> Iterator[Item]:
    """Yield what the source at `index` holds."""
    source = job.sources[index]
    options = options_of(job)
    if job.feed_id:
        return spool.through(index, lambda: _of_feed(job))
    if job.upload or _was_uploaded(job):
        return _of_upload(job, options, position)
    if is_web_address(source):
        return spool.through(index, lambda: _of_address(source, options))
    if source == STDIN:
        return spool.through(index, lambda: _of_stdin(options, is_resumed=is_resumed))
    path = _path(job, source)
    return ingest.read([str(path)], options=options, opened=position.watch)


def _path(job: Import, source: str) -> Path:
    """Return the path of a source, as it was given where that still leads there."""
    folder = job.options.get("folder")
    if folder is None or Path(folder) == Path.cwd():
        return Path(source)
    return Path(folder) / source


def _is_once(source: str) -> bool:
    return source == STDIN or is_web_address(source)


def _size(path: Path) -> int:
    if not path.is_dir():
        return path.stat().st_size
    return sum(Path(name).stat().st_size for name in ingest.files_of(str(path)))


def _of_upload(job: Import, options: ReadOptions, position: "_Position") -> Iterator[Item]:
    try:
        file = Path(job.upload.path).open("rb")  # noqa: SIM115  closed below
    except (OSError, ValueError):  # a ValueError: the import has no file any more
        yield Refusal(
            origin=job.sources[0], problem="has been removed", remedy="upload it once more"
        )
        return
    with file:
        position.watch(file)
        yield from ingest.read_stream(file, Path(file.name).name, options=options)


def _of_address(address: str, options: ReadOptions) -> Iterator[Item]:
    from quotes.fetching import FetchError, fetch  # noqa: PLC0415  not for every start

    try:
        found = fetch(address)
    except FetchError as error:
        yield error.refusal(address)
        return
    charset = f"; charset={found.charset}" if found.charset else ""
    yield from ingest.read_stream(
        BytesIO(found.body),
        address,
        media_type=f"{found.media_type}{charset}",
        address=found.address,
        options=options,
    )


def _of_feed(job: Import) -> Iterator[Item]:
    from quotes import feeds  # noqa: PLC0415  its parsers are not for every start

    if job.feed is None:
        return
    yield from feeds.check(job.feed)


def _of_stdin(options: ReadOptions, *, is_resumed: bool) -> Iterator[Item]:
    if is_resumed:
        problem = "ended with the process that read it"
        yield Refusal(origin=STDIN, problem=problem, remedy="give the rest in another import")
        return
    yield from ingest.read([STDIN], options=options)


class _Position:
    """How far the files of a source have been read: the whole ones, and into the last."""

    def __init__(self) -> None:
        self._before = 0
        self._file: BinaryIO | None = None
        self._reached = 0

    def watch(self, file: BinaryIO) -> None:
        """Note that `file` is read from now on."""
        self._before += self._size()
        self._file, self._reached = file, 0

    @property
    def bytes_done(self) -> int:
        """Return the bytes of this source that have been read."""
        if self._file is not None and not self._file.closed:
            self._reached = max(self._reached, self._file.tell())
        return self._before + self._reached

    def end(self) -> int:
        """Return the bytes of the source that has ended, and begin another."""
        whole = self._before + self._size()
        self._before, self._file, self._reached = 0, None, 0
        return whole

    def _size(self) -> int:
        if self._file is None:
            return 0
        if self._file.closed:
            return max(self._reached, Path(self._file.name).stat().st_size)
        return os.fstat(self._file.fileno()).st_size


class SpoolError(RuntimeError):
    """What was read cannot be put aside: the disk is full, say."""


class Spool:
    """Items that cannot be read twice, in a file: one a line, by the number of their source."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places: dict[int, int] = {}
        self._ended: set[int] = set()
        self._out: BinaryIO | None = None
        self._scan()

    def _scan(self) -> None:
        """Note where each source begins; cut off a line that a killed process did not finish."""
        if not self._path.exists():
            return
        end = 0
        with self._path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                source, kind, _ = line.split(b"\t", 2)
                self._places.setdefault(int(source), end)
                if kind == b"end":
                    self._ended.add(int(source))
                end += len(line)
        os.truncate(self._path, end)

    def through(self, source: int, read: Callable[[], Iterator[Item]]) -> Iterator[Item]:
        """Yield what has been put aside of `source`, then what `read` has more, putting it aside.

        What `read` yields again is told by identity and text. Raises SpoolError.
        """
        seen = set()
        for item in self._kept(source):
            seen.add(_mark(item))
            yield item
        if source in self._ended:
            return
        for item in read():
            if _mark(item) not in seen:
                self._add(source, "item" if isinstance(item, SourceText) else "refusal", item)
                yield item
        self._add(source, "end", None)

    def _kept(self, source: int) -> Iterator[Item]:
        if source not in self._places:
            return
        with self._path.open("rb") as file:
            file.seek(self._places[source])
            for line in file:
                number, kind, content = line.split(b"\t", 2)
                if int(number) != source or kind == b"end":
                    return
                yield _loaded(kind.decode(), json.loads(content))

    def _add(self, source: int, kind: str, item: Item | None) -> None:
        line = f"{source}\t{kind}\t{json.dumps(_dumped(item))}\n"
        try:
            if self._out is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._out = self._path.open("ab")
            self._out.write(line.encode())
            self._out.flush()
        except OSError as error:
            raise SpoolError(f"what was read cannot be put aside ({error.strerror})") from error

    def close(self) -> None:
        """Close the file."""
        if self._out is not None:
            self._out.close()


def _mark(item: Item) -> tuple[str, ...]:
    if isinstance(item, SourceText):
        return (item.identity, item.sha256)
    return (item.origin, str(item.line))


def _dumped(item: Item | None) -> dict[str, Any]:
    if item is None:
        return {}
    fields = item.model_dump(mode="json")
    if isinstance(item, SourceText):
        fields |= {"id_scope": item.id_scope, "raw": base64.b64encode(item.raw).decode()}
    return fields


def _loaded(kind: str, fields: dict[str, Any]) -> Item:
    if kind == "refusal":
        return Refusal(**fields)
    return SourceText(**{**fields, "raw": base64.b64decode(fields["raw"])})
