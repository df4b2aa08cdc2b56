"""Drafts labelled by hand, the articles that they quote, and what the program says of them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from quotes import draft_reading, drafts, store
from quotes.extraction import configured_extractor
from quotes.models import Quotation
from tests import builders
from tests.quotes.copy_pairs import STORIES

_FILE = Path(__file__).with_name("draft_cases.txt")
_ARTICLES = Path(__file__).parents[2] / "fixtures" / "articles"


class Case(NamedTuple):
    """A draft, what each of its quotations is, what the case is about, and its half."""

    statuses: tuple[str, ...]
    about: str
    half: str
    text: str


def cases() -> Iterator[Case]:
    """Yield the labelled drafts."""
    head, lines = "", list[str]()
    for line in [*_FILE.read_text(encoding="utf-8").splitlines(), "== "]:
        if line.startswith("== "):
            if head:
                statuses, about, half = (part.strip() for part in head.split("|"))
                kinds = tuple(kind.strip() for kind in statuses.split(","))
                yield Case(kinds, about, half, "\n".join(lines).strip() + "\n")
            head, lines = line[3:], []
        elif head:
            lines.append(line)


CASES = tuple(cases())


def store_archive() -> None:
    """Store the articles that the drafts quote, as the models read them."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in _ARTICLES.glob("*.txt")}
    texts |= {name: "\n".join(paragraphs) for name, paragraphs in STORIES.items()}
    names = sorted(texts)
    run = store.open_run(builders.provenance())
    docs = configured_extractor().batch(texts[name] for name in names)
    for name, doc in zip(names, docs, strict=True):
        source = builders.source(texts[name], origin=f"{name}.txt", title=name, outlet="The Wire")
        store.record(source, doc, run)


def found(case: Case) -> list[str]:
    """Return what the program says that each quotation of a draft is, in order."""
    reading = draft_reading.read(case.text)
    report = drafts.check(case.text, reading, Quotation.objects.all())
    return [item.status.value for item in report.items]


def confusion(results: Iterable[tuple[Case, list[str]]]) -> dict[str, Counter[tuple[str, str]]]:
    """Return half -> (label, found) -> how many; "nothing" where one side has one less."""
    tables: dict[str, Counter[tuple[str, str]]] = {"tune": Counter(), "held": Counter()}
    for case, statuses in results:
        size = max(len(case.statuses), len(statuses))
        wanted = [*case.statuses, *["nothing"] * (size - len(case.statuses))]
        got = [*statuses, *["nothing"] * (size - len(statuses))]
        tables[case.half].update(zip(wanted, got, strict=True))
    return tables
