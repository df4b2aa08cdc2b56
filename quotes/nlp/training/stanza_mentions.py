"""Named persons, places and organizations in GUM's coreference files: a second look at entities.

Other texts and other annotators than the recogniser's own corpus, and seen by no model as entities.
GUM marks every mention; those count that are made of proper nouns and what joins them ("of", "-"),
less a leading article and a possessive. Format: the column MISC of CoNLL-U, `Entity=…`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

CLASSES = {"person": "Person", "place": "Location", "organization": "Organization"}
# What the recogniser's classes count as here; the rest GUM does not mark as we do.
COUNTED = {"Facility": "Location", **{name: name for name in CLASSES.values()}}
GENRES = ("bio", "court", "interview", "news", "voyage")

_COLUMNS = 10
_ENTITY = re.compile(r"(?:^|\|)Entity=([^|]*)")
_BRACKET = re.compile(r"\((?P<opened>[^()]+)(?P<closed>\)?)|(?P<ends>[^()]+)\)")
_LEADING, _TRAILING = {"DET", "PUNCT", "ADP"}, {"PUNCT", "PART"}
_JOINED = {"PROPN", "ADP", "PUNCT", "DET", "NUM"}

Mention = tuple[int, int, str]  # first word, word after the last, class


@dataclass
class Words:
    """One sentence: its words, their parts of speech, its mentions as GUM has them."""

    words: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)

    def trimmed(self, start: int, end: int) -> tuple[int, int]:
        """Return the span without a leading article and a trailing possessive or mark."""
        while start < end and self.tags[start] in _LEADING:
            start += 1
        while start < end and self.tags[end - 1] in _TRAILING:
            end -= 1
        return start, end

    def named(self) -> Iterator[Mention]:
        """Yield the mentions that are names, trimmed, with the recogniser's classes."""
        for first, after, kind in self.mentions:
            start, end = self.trimmed(first, after)
            tags = self.tags[start:end]
            edges = {*tags[:1], *tags[-1:]}
            if kind in CLASSES and tags and edges <= {"PROPN"} and set(tags) <= _JOINED:
                yield start, end, CLASSES[kind]


def read(lines: Iterable[str]) -> Iterator[Words]:
    """Yield the sentences of a GUM file whose genre is one of GENRES."""
    sentence, wanted = Words(), True
    opened: dict[str, list[tuple[int, str]]] = {}
    for line in lines:
        columns = line.rstrip("\n").split("\t")
        if line.startswith("# newdoc"):
            wanted = any(f"_{genre}_" in line for genre in GENRES)
        elif len(columns) == _COLUMNS and columns[0].isdigit():
            sentence.words.append(columns[1])
            sentence.tags.append(columns[3])
            if entity := _ENTITY.search(columns[9]):
                sentence.mentions += _closed(entity.group(1), len(sentence.words) - 1, opened)
        elif not line.strip() and sentence.words:
            if wanted:
                yield sentence
            sentence, opened = Words(), {}


def _closed(
    annotation: str, word: int, opened: dict[str, list[tuple[int, str]]]
) -> Iterator[Mention]:
    """Yield the mentions that end at `word`, keeping track of those that start there."""
    for bracket in _BRACKET.finditer(annotation):
        fields = (bracket["opened"] or bracket["ends"]).split("-")
        if bracket["opened"]:
            opened.setdefault(fields[0], []).append((word, fields[1]))
        if (bracket["closed"] or bracket["ends"]) and opened.get(fields[0]):
            start, kind = opened[fields[0]].pop()
            yield start, word + 1, kind
