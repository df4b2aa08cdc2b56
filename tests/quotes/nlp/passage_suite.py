"""Short news passages with the quotations that a reader finds in them, and whether ours agree.

The notation is explained at the head of passages/seen.txt.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from quotes.nlp import Act, Document, Quotation
from quotes.params import PAGES

FOLDER = Path(__file__).parent / "passages"
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# Golden contents leave open whether "that" or a trailing adverb belongs to them.
_SAME_WORDS = 0.8


@dataclass(frozen=True)
class Expected:
    """One quotation as a reader finds it; each field lists the answers that are equally right."""

    kinds: tuple[str, ...]
    speakers: tuple[str, ...]
    sources: tuple[str, ...]
    contents: tuple[str, ...]
    optional: bool


@dataclass(frozen=True)
class Passage:
    """A passage: what it is a case of, its text, and its golden quotations in text order."""

    name: str
    text: str
    expected: tuple[Expected, ...]

    @property
    def phenomenon(self) -> str:
        """Return the part of the name before the slash."""
        return self.name.partition("/")[0]


def passages(file: str) -> list[Passage]:
    """Return the passages of a file in the folder."""
    parts = re.split(r"^=== ", (FOLDER / file).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [_passage(part) for part in parts[1:]]


def _passage(part: str) -> Passage:
    name, _, body = part.partition("\n")
    text, *golden = re.split(r"^@", body, flags=re.MULTILINE)
    rows = [row.strip() for row in golden if row.strip() != "nothing"]
    if not golden:
        raise ValueError(f"{name}: no golden line; write `@ nothing` if there is nothing")
    return Passage(name, text.strip(), tuple(_expected(name, row) for row in rows))


def _expected(name: str, row: str) -> Expected:
    optional = row.startswith("?")
    fields = [field.strip() for field in row.removeprefix("?").split(" | ")]
    if len(fields) != 4:
        raise ValueError(f"{name}: {row!r}: need kind | speaker | source | content")
    kinds, speakers, sources, contents = (tuple(field.split("/")) for field in fields)
    return Expected(kinds, speakers, sources, contents, optional)


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _plain(name: str) -> str:
    """Return a speaker's name without its article and case, which are the speaker's own affair."""
    return re.sub(r"^the ", "", name.casefold())


def _alike(found: list[str], wanted: list[str]) -> bool:
    """Say whether two lists of words are nearly the same, as sets and in length."""
    one, other = set(found), set(wanted)
    near = len(one & other) >= _SAME_WORDS * len(one | other)
    return near and abs(len(found) - len(wanted)) <= (1 - _SAME_WORDS) * len(wanted) + 1


def faults(passage: Passage, doc: Document) -> list[str]:
    """Return what is wrong in `doc`, in words; empty if it has what a reader finds and no more.

    More means speech that would be shown as more likely right than wrong.
    """
    left = list(doc.quotations)
    wrong: list[str] = []
    for expected in passage.expected:
        best = next((q for q in left if _matches(doc, expected, q)), None)
        if best is None:
            wrong += [] if expected.optional else [f"missing: {expected.contents[0]!r}"]
            continue
        left.remove(best)
        if not expected.optional:
            wrong += _differences(doc, expected, best)
    for quotation in left:
        sure = quotation.confidence >= PAGES.confidence_unsure_below
        if sure and quotation.act is Act.SPEECH:
            words = " + ".join(span.of(doc.text) for span in quotation.content)
            wrong.append(f"invented: {words!r} ({quotation.confidence:.2f})")
    return wrong


def _matches(doc: Document, expected: Expected, quotation: Quotation) -> bool:
    found = [word for span in quotation.content for word in _words(span.of(doc.text))]
    return any(_alike(found, _words(content)) for content in expected.contents)


def _differences(doc: Document, expected: Expected, quotation: Quotation) -> list[str]:
    words = repr(expected.contents[0][:30])
    speaker = quotation.speaker.name if quotation.speaker else "-"
    source = " ".join(span.of(doc.text) for span in quotation.source)
    wrong = []
    if quotation.kind.value not in expected.kinds:
        wrong.append(f"{words}: kind {quotation.kind.value}, not {expected.kinds[0]}")
    if _plain(speaker) not in map(_plain, expected.speakers):
        wrong.append(f"{words}: speaker {speaker!r}, not {expected.speakers[0]!r}")
    if not any(_alike(_words(source), _words(wanted)) for wanted in expected.sources):
        wrong.append(f"{words}: source {source!r}, not {expected.sources[0]!r}")
    if quotation.act is not Act.SPEECH:
        wrong.append(f"{words}: not speech")
    return wrong
