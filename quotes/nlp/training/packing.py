"""From the corpora as they are published to the packed files that training reads.

`python -m quotes.nlp.training pack CORPUS --from FOLDER --data DIR`. Says afterwards whether what
it made is what the shipped weights were trained on; of another release it need not be.
"""

import argparse
import csv
import gzip
import json
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from quotes import brat
from quotes.nlp.document import Span
from quotes.nlp.evaluation.units import ROLES
from quotes.nlp.training.corpora import State, corpus, state_of

logger = logging.getLogger(__name__)

DOCUMENTS = Path(__file__).with_name("corpus_documents.tsv")
PACKED = ("polnear", "ewt-gum", "pud", "worldwide", "gum-coref")
_NEWDOC, _FILE = "# newdoc id = ", "# file "
_KEPT_COMMENTS = ("# newdoc", "# newpar", "# sent_id", "# text =")
_NO_SPACE = "SpaceAfter=No"
_COLUMNS = 10


class PackError(RuntimeError):
    """A published corpus is not as expected; the message names what, and what to do."""


def polnear(folder: Path, split: str) -> Iterator[dict[str, Any]]:
    """Yield the articles of a part of PolNeAR as published, by id.

    `folder` has metadata.tsv and, for each part, text/ and attributions/. Of several annotations
    of an article the first by name is taken.
    """
    part = folder / split
    known = _metadata(folder / "metadata.tsv")
    texts = sorted((part / "text").glob("*.txt"))
    if not texts:
        raise PackError(f"{part / 'text'}: no texts; --from must name PolNeAR's folder data")
    for file in texts:
        found = sorted((part / "attributions").glob(f"{file.stem}_????.ann"))
        if not found:
            raise PackError(f"{part / 'attributions'}: no annotation of {file.name}")
        yield _article(file, found[0], known.get(file.stem, {}))


def _metadata(file: Path) -> dict[str, dict[str, str]]:
    if not file.is_file():
        raise PackError(f"{file} is missing; --from must name PolNeAR's folder data")
    with file.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["filename"]: row for row in rows}


def _article(file: Path, annotations: Path, known: dict[str, str]) -> dict[str, Any]:
    text = file.read_bytes().decode("utf-8")
    read = brat.read(annotations.read_bytes().decode("utf-8"), text)
    items = sorted(read.attributions, key=lambda roles: roles["content"][0].start)
    return {
        "id": file.stem,
        "publisher": known.get("publisher", ""),
        "date": known.get("publication_date", ""),
        "title": known.get("title", ""),
        "author": known.get("author", ""),
        "text": text,
        "discards": _pairs(read.discards),
        "attributions": [{role: _pairs(roles[role]) for role in ROLES} for roles in items],
    }


def _pairs(spans: Iterable[Span]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]


def documents(packed: str) -> list[str]:
    """Return the names of the documents of a packed file, in order."""
    with DOCUMENTS.open(encoding="utf-8", newline="") as lines:
        rows = (line.rstrip("\n").split("\t") for line in lines if not line.startswith("#"))
        return [name for file, name in rows if file == packed]


def conllu(folder: Path, packed: str, *, whole: bool) -> Iterator[str]:
    """Yield the lines of the documents of a packed file from the treebanks below `folder`.

    Unless `whole`, without enhanced dependencies and annotation of other kinds. PackError names
    documents that are not there.
    """
    wanted = documents(packed)
    found = dict(_documents(folder, frozenset(wanted)))
    missing = [name for name in wanted if name not in found]
    if missing:
        few = ", ".join(missing[:3])
        raise PackError(
            f"{folder}: {len(missing)} of {len(wanted)} documents of {packed} are not there "
            f"({few} …); --from must name the folder that has the treebanks' repositories"
        )
    for name in wanted:
        yield from found[name] if whole else plain(found[name])


def _documents(folder: Path, wanted: frozenset[str]) -> Iterator[tuple[str, list[str]]]:
    for file in sorted(folder.rglob("*-ud-*.conllu")):
        name, lines = "", list[str]()
        for line in file.read_text(encoding="utf-8").split("\n"):
            if line.startswith(_NEWDOC):
                if name in wanted:
                    yield name, lines
                name, lines = line.removeprefix(_NEWDOC).strip(), []
            lines.append(line)
        if name in wanted:
            yield name, lines[:-1] if lines[-1] == "" else lines


def plain(lines: Iterable[str]) -> Iterator[str]:
    """Yield CoNLL-U lines with only what training reads: text, tags, trees, spaces."""
    for line in lines:
        if line.startswith("#"):
            if line.startswith(_KEPT_COMMENTS) and not line.startswith("# newpar_block"):
                yield line
            continue
        columns = line.split("\t")
        if len(columns) != _COLUMNS:
            yield line
        elif "." not in columns[0]:  # words that are only in the enhanced graph
            spaced = _NO_SPACE if _NO_SPACE in columns[9].split("|") else "_"
            yield "\t".join([*columns[:8], "_", spaced])


def worldwide(folder: Path, packed: str) -> Iterator[str]:
    """Yield the lines of the articles of a packed file of en-worldwide-newswire."""
    for name in documents(packed):
        file = folder / name
        if not file.is_file():
            raise PackError(f"{file} is missing; --from must name the folder processed_annotated")
        yield f"{_FILE}{name}"
        yield from file.read_bytes().decode("utf-8").removesuffix("\n").split("\n")


def write(file: Path, lines: Iterable[str]) -> None:
    """Write lines gzipped; the same lines give the same bytes. A failure leaves no file."""
    partial = file.with_suffix(".partial")
    with partial.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as stream:
        for line in lines:
            stream.write(f"{line}\n".encode())
    partial.replace(file)


def pack(key: str, folder: Path, data: Path) -> dict[str, State]:
    """Make the packed files of a corpus in `data`; return what each is, compared with ours."""
    data.mkdir(parents=True, exist_ok=True)
    made: dict[str, State] = {}
    for part in corpus(key).files:
        file = data / part.name
        if file.exists():
            logger.warning("%s is there already and stays as it is", file)
        else:
            write(file, _lines(key, folder, part.name))
        made[part.name] = state_of(part, file)
    return made


def _lines(key: str, folder: Path, packed: str) -> Iterator[str]:
    if key == "polnear":
        split = packed.removeprefix("polnear-").partition(".")[0]
        return (json.dumps(article, ensure_ascii=False) for article in polnear(folder, split))
    if key == "worldwide":
        return worldwide(folder, packed)
    return conllu(folder, packed, whole=key == "gum-coref")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("corpus", choices=PACKED)
    parser.add_argument("--from", dest="folder", type=Path, required=True, metavar="FOLDER")


def main(options: argparse.Namespace) -> None:
    """Run the command; SystemExit with its message where the published corpus is not as expected.

    Exit status 0 also where the content is another one: the list says so.
    """
    try:
        made = pack(options.corpus, options.folder, options.data)
    except (PackError, brat.AnnotationError) as error:
        raise SystemExit(str(error)) from error
    for name, state in made.items():
        print(f"{options.data / name}: {state}")  # noqa: T201 - the command's result
