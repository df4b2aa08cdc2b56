"""Files and streams -> `SourceText`: canonical text, metadata, and where they came from. No ORM.

Text is evidence, so it is never mended unasked: a plain text is its decoded characters exactly
(only a byte order mark goes), and what cannot be read for certain is refused, with the problem
and its remedy, while the rest is read on. What is read how: docs/decisions/0022-reading.md.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from quotes.fields import article_text, checked_text, clip, identifier, parse_date
from quotes.params import DEFAULTS, READING, Params, ReadingParams
from quotes.readers.inputs import Input, Item, Reader
from quotes.readers.json_texts import json_lines, read_json, read_lines
from quotes.readers.pages import read_page
from quotes.readers.texts import read_text
from quotes.refusals import InputError, Refusal
from quotes.source_texts import STDIN, ReadOptions, SourceText, canonical_url

__all__ = [
    "STDIN",
    "InputError",
    "ReadOptions",
    "Refusal",
    "SourceText",
    "article_text",
    "canonical_url",
    "checked_text",
    "clip",
    "identifier",
    "json_lines",
    "parse_date",
    "read",
    "read_stream",
]

_READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".html": read_page,
    ".htm": read_page,
    ".xhtml": read_page,
    ".jsonl": read_lines,
    ".ndjson": read_lines,
    ".json": read_json,
}
_KNOWN = f"name a file ending in one of {', '.join(sorted(_READERS))}"
_OPTIONS = ReadOptions()


def read(
    paths: Iterable[str | Path],
    *,
    options: ReadOptions = _OPTIONS,
    params: Params = DEFAULTS,
    limits: ReadingParams = READING,
) -> Iterator[SourceText | Refusal]:
    """Yield what `paths` hold, in order: a SourceText each, or a Refusal, never an exception.

    A path is a file, a folder (its files in sorted order, subfolders included, hidden ones and
    those of other types not), or "-", standard input. Reading the same again yields the same
    sequence.
    """
    for given in paths:
        path = None
        for path in _files(str(given)):
            yield from _guarded(path, _opened(path, options, params, limits))
        if path is None:
            yield InputError("holds no file of a known type", _KNOWN).refusal(str(given))


def read_stream(  # noqa: PLR0913  what is known of a stream, each by its name
    file: BinaryIO,
    name: str,
    *,
    media_type: str = "",
    address: str = "",
    options: ReadOptions = _OPTIONS,
    params: Params = DEFAULTS,
    limits: ReadingParams = READING,
) -> Iterator[SourceText | Refusal]:
    """Yield what `file` holds, in order: a SourceText each, or a Refusal, never an exception.

    `name` stands in refusals and as the origin; its suffix counts as evidence of the type, as do
    `media_type` (a header's value) and the content. `address` is where `file` was fetched from.
    Ids of articles that name no outlet are not trusted beyond the stream.
    """
    given = Input(file, name, address, media_type, "stream", options, params, limits)
    yield from _guarded(name, _articles(given))


def _guarded(origin: str, items: Iterator[Item]) -> Iterator[Item]:
    """Yield `items`; where reading them ends in an error, the refusal that says so."""
    try:
        yield from items
    except InputError as error:
        yield error.refusal(origin)
    except OSError as error:
        problem = f"cannot be read ({error.strerror or error})"
        yield InputError(problem, "check the path and its rights").refusal(origin)


def _files(given: str) -> Iterator[str]:
    """Yield `given` itself unless it is a folder, else the files of known types below it."""
    if given == STDIN or not Path(given).is_dir():
        yield given
        return
    for folder, subfolders, names in os.walk(given):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and Path(name).suffix.lower() in _READERS:
                yield str(Path(folder) / name)


def _opened(
    path: str, options: ReadOptions, params: Params, limits: ReadingParams
) -> Iterator[Item]:
    if path == STDIN:
        given = Input(sys.stdin.buffer, path, id_scope="stream", options=options, params=params)
        yield from read_lines(given)
        return
    if Path(path).exists() and not Path(path).is_file():
        raise InputError("is not a regular file", "name a file or a folder")
    if Path(path).suffix.lower() not in _READERS:
        raise InputError(_unreadable(path), _KNOWN)
    with Path(path).open("rb") as file:
        yield from _articles(Input(file, path, options=options, params=params, limits=limits))


def _unreadable(path: str) -> str:
    if not Path(path).exists():
        return "does not exist"
    return f"has no known type (suffix {Path(path).suffix!r})"


def _articles(given: Input) -> Iterator[Item]:
    reader = _READERS.get(Path(given.origin).suffix.lower())
    if reader is None:
        raise InputError(f"has no known type (suffix {Path(given.origin).suffix!r})", _KNOWN)
    yield from reader(given)
