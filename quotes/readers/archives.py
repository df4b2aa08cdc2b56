"""Zip archives: their members in the order of their names, each read as a file would be.

Nothing is unpacked to a place that a member names. What an archive may cost is bounded: the
number of its members, and how much larger than itself each may become.
"""

import stat
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, NamedTuple

from quotes.fields import clip
from quotes.readers.inputs import Input
from quotes.readers.kinds import is_known
from quotes.readers.streams import Budget, searchable, within
from quotes.refusals import InputError, Refusal

_NAME_CHARS = 500
_IS_ENCRYPTED = 0x1
# The comment of a member that somebody chose by itself: refused by its name, never passed over.
CHOSEN = b"chosen"
# Members by which documents are told that are zip archives too.
_DOCUMENTS = {
    "[Content_Types].xml": "an Office document",
    "META-INF/container.xml": "an e-book",
    "META-INF/manifest.xml": "an OpenDocument file",
}


class Member(NamedTuple):
    """A member of an archive: its name in it, and its bytes as a stream."""

    name: str
    file: BinaryIO


def members(given: Input) -> Iterator[Member | Refusal]:
    """Yield the members of known types, sorted by name, and why others cannot be read.

    Hidden members and those of other types are passed over, as in a folder. InputError if it is
    no archive of which anything can be read.
    """
    limit = given.limits.max_archive_bytes
    with searchable(given.file, limit) as packed, _opened(packed) as archive:
        infos = _listed(archive, given.limits.max_archive_members)
        for info in infos:
            try:
                file = _member(archive, info, given.budget(info.compress_size))
                yield Member(clip(info.filename, _NAME_CHARS), file)
            except InputError as error:
                yield error.refusal(f"{given.origin}/{clip(info.filename, _NAME_CHARS)}")
    if not infos:
        raise InputError("holds no file of a known type", "put texts, pages or JSON lines into it")


def _opened(file: BinaryIO) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except Exception as error:  # the standard library's parser on hostile input
        raise InputError(f"is a broken zip archive ({error})", "make the archive again") from error


def _listed(archive: zipfile.ZipFile, limit: int) -> list[zipfile.ZipInfo]:
    infos = archive.infolist()
    if len(infos) > limit:
        problem = f"has too many members ({len(infos):,})"
        raise InputError(problem, f"split it: at most {limit:,} members an archive")
    for info in infos:
        if document := _DOCUMENTS.get(info.filename):
            raise InputError(f"is {document}", "save it as plain text or HTML")
    return sorted(filter(_is_wanted, infos), key=lambda info: (info.filename, info.header_offset))


def _is_wanted(info: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(info.filename).parts
    is_hidden = any(part.startswith(".") and part != ".." for part in parts)
    return (
        not info.is_dir()
        and not is_hidden
        and parts[:1] != ("__MACOSX",)
        and (info.comment == CHOSEN or is_known(info.filename))
    )


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> BinaryIO:
    parts = PurePosixPath(info.filename).parts
    if ".." in parts or parts[:1] == ("/",):
        problem = "has a name that leads out of its archive"
        raise InputError(problem, "make the archive again, with names below one folder")
    if info.flag_bits & _IS_ENCRYPTED:
        raise InputError("is encrypted", "unpack the archive with its password and give the files")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise InputError("is a link", "put the file itself into the archive")
    try:
        return within(archive.open(info), budget)
    except Exception as error:  # the same: among others, members that overlap
        problem = f"is broken in its archive ({error})"
        raise InputError(problem, "make the archive again") from error
