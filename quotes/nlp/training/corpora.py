"""The corpora that the shipped weights are made from: where they are published, terms, checks.

`python -m quotes.nlp.training corpora --data DIR` lists them and says of each packed file whether
it is there and the one that was used. The list is corpora.json; nothing is downloaded.
"""

import argparse
import gzip
import hashlib
import importlib.util
import json
import textwrap
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from quotes.nlp.evaluation.units import ROLES

LIST = Path(__file__).with_name("corpora.json")
_WIDTH = 100


class State(StrEnum):
    """What became of a file that is asked for."""

    OK = "ok"
    REPACKED = "ok, packed otherwise"
    OTHER = "OTHER CONTENT"
    DAMAGED = "UNREADABLE"
    MISSING = "MISSING"


_REMEDIES = {
    State.OK: "",
    State.REPACKED: "the same content: nothing to do",
    State.OTHER: "another release? Figures may differ; for the same, get the release named above",
    State.DAMAGED: "no packed corpus, or a broken one: make it again",
    State.MISSING: "get the corpus and pack it as said above",
}


class Part(BaseModel):
    """One packed file: its use (train, dev, test, start, unused) and its hashes.

    `sha256` is of the file's bytes, `content_sha256` of what training reads in it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    use: str
    sha256: str
    content_sha256: str


class Corpus(BaseModel):
    """One corpus, or the pretrained encoder. `package` names the Python package that holds it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    title: str
    source: str
    where: str
    release: str
    licence: str
    meaning: str
    trains: str
    layout: str
    get: str
    package: str | None = None
    files: tuple[Part, ...]


@cache
def corpora() -> tuple[Corpus, ...]:
    """Return all corpora, in the order of the list."""
    listed: dict[str, Any] = json.loads(LIST.read_text(encoding="utf-8"))
    return tuple(Corpus.model_validate(item) for item in listed["corpora"])


def corpus(key: str) -> Corpus:
    """Return the corpus of that key; KeyError names those there are."""
    known = {item.key: item for item in corpora()}
    if key not in known:
        raise KeyError(f"{key}: no such corpus; there are {', '.join(known)}")
    return known[key]


def content_sha256(file: Path) -> str:
    """Return the SHA-256 of what training reads in a file, however it is packed.

    Of JSON lines that is text, discards and attributions by id; of other files all that they hold.
    OSError or EOFError if it cannot be unpacked, ValueError or KeyError if it holds no articles.
    """
    digest = hashlib.sha256()
    if file.name.endswith(".jsonl.gz"):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            articles = sorted(map(_substance, map(json.loads, lines)))
        digest.update(json.dumps(articles).encode())
        return digest.hexdigest()
    with gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _substance(article: dict[str, Any]) -> list[Any]:
    """Return what training reads of an article; not its author, nor names of attributions."""
    items = [[item[role] for role in ROLES] for item in article["attributions"]]
    return [article["id"], article["text"], article["discards"], items]


def state_of(part: Part, file: Path) -> State:
    """Return whether `file` is the packed file `part`."""
    if not file.is_file():
        return State.MISSING
    with file.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() == part.sha256:
            return State.OK
    try:
        same = content_sha256(file) == part.content_sha256
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return State.DAMAGED
    return State.REPACKED if same else State.OTHER


def folder_of(item: Corpus, data: Path) -> Path:
    """Return where the files of a corpus lie: in `data`, or in the installed package."""
    if item.package is None:
        return data
    found = importlib.util.find_spec(item.package)
    if found is None or found.origin is None:
        return data / item.package
    return Path(found.origin).parent / "model"


def checked(data: Path) -> Iterator[tuple[Corpus, Part, State]]:
    """Yield each packed file with what became of it."""
    for item in corpora():
        folder = folder_of(item, data)
        for part in item.files:
            yield item, part, state_of(part, folder / part.name)


def report(data: Path, *, accept_other: bool = False) -> tuple[str, bool]:
    """Return the list with the state of every file, and whether all that is used is right.

    `accept_other` takes any content that can be read for right.
    """
    lines: list[str] = []
    right = True
    accepted = [State.OK, State.REPACKED, *([State.OTHER] if accept_other else [])]
    states = {(item.key, part.name): state for item, part, state in checked(data)}
    for item in corpora():
        lines += [f"{item.key}: {item.title}", *_described(item)]
        for part in item.files:
            state = states[item.key, part.name]
            right &= state in accepted or part.use == "unused"
            remedy = f" — {_REMEDIES[state]}" if _REMEDIES[state] else ""
            lines.append(f"    {part.name} ({part.use}): {state}{remedy}")
        lines.append("")
    return "\n".join(lines), right


def _described(item: Corpus) -> Iterator[str]:
    rows = {
        "source": item.source,
        "from": f"{item.where}; release {item.release}",
        "terms": f"{item.licence}. {item.meaning}",
        "trains": item.trains,
        "packed as": item.layout,
        "make": item.get,
    }
    for name, text in rows.items():
        hanging = " " * 15
        yield from textwrap.wrap(
            text, _WIDTH, initial_indent=f"    {name + ':':<11}", subsequent_indent=hanging
        )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument(
        "--accept-other", action="store_true", help="content of another release is no error"
    )
    parser.epilog = "Ends with status 1 if a file that is used is missing or another one."


def main(options: argparse.Namespace) -> None:
    """Run the command."""
    text, right = report(options.data, accept_other=options.accept_other)
    print(text)  # noqa: T201 - the command's result
    if not right:
        raise SystemExit(1)
