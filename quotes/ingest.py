"""Files and streams -> `SourceText`: canonical text, metadata, and where they came from. No ORM.

Text is evidence, so it is never mended unasked: a plain text is its decoded characters exactly
(only a byte order mark goes), and what cannot be read for certain is refused, with the problem
and its remedy, while the rest is read on. What is read how: docs/decisions/0022-reading.md.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from quotes.fields import article_text, checked_text, clip, identifier, parse_date
from quotes.params import DEFAULTS, READING, Params, ReadingParams
from quotes.readers.archives import members
from quotes.readers.feeds import read_feed
from quotes.readers.inputs import Input, Item, Reader
from quotes.readers.json_texts import json_lines, read_json, read_lines
from quotes.readers.kinds import REMEDY, Kind, is_known, kind_of
from quotes.readers.newsml import read_newsml
from quotes.readers.pages import read_page
from quotes.readers.streams import gunzipped, with_head
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
    "files_of",
    "identifier",
    "json_lines",
    "parse_date",
    "read",
    "read_stream",
]


def _read_warc(given: Input) -> Iterator[Item]:
    from quotes.readers.warcs import read_warc  # noqa: PLC0415  not for every start

    return read_warc(given)


_READERS: dict[Kind, Reader] = {
    Kind.TEXT: read_text,
    Kind.PAGE: read_page,
    Kind.LINES: read_lines,
    Kind.JSON: read_json,
    Kind.FEED: read_feed,
    Kind.NEWSML: read_newsml,
    Kind.WARC: _read_warc,
}
_OPTIONS = ReadOptions()


def read(
    paths: Iterable[str | Path],
    *,
    options: ReadOptions = _OPTIONS,
    params: Params = DEFAULTS,
    limits: ReadingParams = READING,
    opened: Callable[[BinaryIO], None] | None = None,
) -> Iterator[SourceText | Refusal]:
    """Yield what `paths` hold, in order: a SourceText each, or a Refusal, never an exception.

    A path is a file, a folder (its files in sorted order, subfolders included, hidden ones and
    those of other types not), or "-", standard input. Reading the same again yields the same
    sequence. `opened` is called with each file before it is read.
    """
    for given in paths:
        path = None
        for path in files_of(str(given)):
            how = {"options": options, "params": params, "limits": limits}
            yield from _guarded(path, _of_path(path, how, opened))
        if path is None:
            yield InputError("holds no file of a known type", REMEDY).refusal(str(given))


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
    yield from _guarded(name, _articles(given, name))


def _guarded(origin: str, items: Iterator[Item]) -> Iterator[Item]:
    """Yield `items`; where reading them ends in an error, the refusal that says so."""
    try:
        yield from items
    except InputError as error:
        yield error.refusal(origin)
    except OSError as error:
        problem = f"cannot be read ({error.strerror or error})"
        yield InputError(problem, "check the path and its rights").refusal(origin)


def files_of(given: str) -> Iterator[str]:
    """Yield `given` itself unless it is a folder, else the files of known types below it."""
    if given == STDIN or not Path(given).is_dir():
        yield given
        return
    for folder, subfolders, names in os.walk(given):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and is_known(name):
                yield str(Path(folder) / name)


def _of_path(
    path: str, how: dict[str, Any], opened: Callable[[BinaryIO], None] | None
) -> Iterator[Item]:
    """Yield what a file holds, or standard input."""
    if path == STDIN:
        yield from _articles(Input(sys.stdin.buffer, path, id_scope="stream", **how), "")
        return
    if Path(path).exists() and not Path(path).is_file():
        raise InputError("is not a regular file", "name a file or a folder")
    with Path(path).open("rb") as file:
        if opened:
            opened(file)
        yield from _articles(Input(file, path, **how), path)


def _articles(given: Input, name: str, depth: int = 0) -> Iterator[Item]:
    """Yield what a stream holds; `name` is what its suffix is told by, "" if it has none."""
    head, file = with_head(given.file, given.limits.sniffed_bytes)
    kind = kind_of(head, name, given.media_type, asked=given.options.media_type)
    one = given._replace(file=file)
    if reader := _READERS.get(kind):
        yield from _some(reader(one))
        return
    if depth == given.limits.max_archive_depth:
        problem = f"is packed more than {depth} times"
        raise InputError(problem, "unpack it, and give what is in it")
    inner = one._replace(media_type="")
    if kind is Kind.GZIP:
        inner = inner._replace(file=gunzipped(file, given.budget()))
        inside = name[:-3] if name.lower().endswith(".gz") else name
        yield from _articles(inner, inside, depth + 1)
    else:
        yield from _members(inner, depth + 1)


def _some(items: Iterator[Item]) -> Iterator[Item]:
    """Yield `items`; InputError if there are none, so that nobody takes nothing for success."""
    is_empty = True
    for item in items:
        is_empty = False
        yield item
    if is_empty:
        raise InputError("is empty", "give an input with articles in it")


def _members(given: Input, depth: int) -> Iterator[Item]:
    """Yield what the members of a zip archive hold; a broken one stops no other."""
    for member in members(given):
        if isinstance(member, Refusal):
            yield member
            continue
        origin = f"{given.origin}/{member.name}" if given.origin else member.name
        one = given._replace(file=member.file, origin=origin, address="")
        yield from _guarded(origin, _articles(one, member.name, depth))
