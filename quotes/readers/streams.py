"""Streams that can be looked into, unpacked within bounds, and kept where they can be searched."""

import io
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from gzip import GzipFile
from typing import Any, BinaryIO, cast

from quotes.fields import too_large
from quotes.refusals import InputError

_BLOCK_BYTES = 1 << 16


def with_head(file: BinaryIO, count: int) -> tuple[bytes, BinaryIO]:
    """Return the first `count` bytes of `file`, fewer at its end, and a stream with them still."""
    if file.seekable():
        start = file.tell()
        head = file.read(count)
        file.seek(start)
        return head, file
    head, read = b"", getattr(file, "read1", file.read)
    try:
        while len(head) < count and (more := read(count - len(head))):
            head += more
    except InputError:
        pass  # it is broken behind this beginning, and says so again where a reader gets there
    return head, cast("BinaryIO", io.BufferedReader(_Joined(head, file), _BLOCK_BYTES))


class _Raw(io.RawIOBase):
    """A raw stream that can only be read forwards, from what `_next` returns.

    Where that raised an InputError, it raises it again each time.
    """

    _error: InputError | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._error:
            raise self._error
        try:
            data = self._next(len(buffer))
        except InputError as error:
            self._error = error
            raise
        buffer[: len(data)] = data
        return len(data)

    def _next(self, count: int) -> bytes:
        raise NotImplementedError


class _Joined(_Raw):
    """Bytes that were read already, then the rest of a stream."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = head, rest

    def _next(self, count: int) -> bytes:
        if self._head:
            data, self._head = self._head[:count], self._head[count:]
            return data
        return self._rest.read(count)


class Budget:
    """How many bytes may come out of packed ones; InputError when more do."""

    def __init__(self, free_bytes: int, factor: int, packed_bytes: int = 0) -> None:
        self._free_bytes, self._factor = free_bytes, factor
        self.packed_bytes, self._unpacked_bytes = packed_bytes, 0

    def spend(self, count: int) -> None:
        """Note that `count` bytes came out."""
        self._unpacked_bytes += count
        if self._unpacked_bytes > max(self._free_bytes, self._factor * self.packed_bytes):
            problem = f"unpacks to over {self._factor} times its size"
            raise InputError(problem, "unpack it, and give what is in it")


class _Counted:
    """A stream whose bytes count as packed ones of a budget."""

    def __init__(self, file: BinaryIO, budget: Budget) -> None:
        self._file, self._budget = file, budget

    def read(self, count: int = -1) -> bytes:
        data = self._file.read(count)
        self._budget.packed_bytes += len(data)
        return data


class _Unzipped(_Raw):
    def __init__(self, file: BinaryIO, budget: Budget) -> None:
        packed = cast("BinaryIO", _Counted(file, budget))
        self._plain, self._budget = GzipFile(fileobj=packed, mode="rb"), budget

    def _next(self, count: int) -> bytes:
        try:
            data = self._plain.read1(count)
        except (OSError, EOFError, zlib.error) as error:
            problem = f"is broken as gzip ({error})"
            raise InputError(
                problem, "get it again; nothing behind the break can be read"
            ) from error
        self._budget.spend(len(data))
        return data


def gunzipped(file: BinaryIO, budget: Budget) -> BinaryIO:
    """Return the stream that a gzip stream holds; reading it raises InputError where it is broken.

    What stands before the break can be read.
    """
    return cast("BinaryIO", io.BufferedReader(_Unzipped(file, budget), _BLOCK_BYTES))


class _Member(_Raw):
    """A member of an archive, read within the archive's budget."""

    def __init__(self, file: Any, budget: Budget) -> None:
        self._file, self._budget = file, budget

    def _next(self, count: int) -> bytes:
        try:
            data: bytes = self._file.read(count)
        except Exception as error:  # any of five decompressors on hostile input
            problem = f"is broken in its archive ({error})"
            raise InputError(problem, "make the archive again") from error
        self._budget.spend(len(data))
        return data


def within(file: Any, budget: Budget) -> BinaryIO:
    """Return `file`, a member of an archive, as a stream that spends from the archive's budget."""
    return cast("BinaryIO", io.BufferedReader(_Member(file, budget), _BLOCK_BYTES))


@contextmanager
def searchable(file: BinaryIO, limit_bytes: int) -> Iterator[BinaryIO]:
    """Give `file` if one can move in it, else a copy of it on disk; InputError if it is large."""
    if file.seekable():
        yield file
        return
    with tempfile.TemporaryFile() as copy:
        while data := file.read(_BLOCK_BYTES):
            copy.write(data)
            if copy.tell() > limit_bytes:
                raise too_large(limit_bytes)
        copy.seek(0)
        yield cast("BinaryIO", copy)
