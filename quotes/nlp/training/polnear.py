"""PolNeAR 1.0 (Newell, Margolin, Ruths 2018): reading, labelling, and text edits that keep offsets.

The corpus is read from a folder that the user gives (`polnear-train.jsonl.gz` and `-dev`); none of
its text is part of this project.
"""

import gzip
import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quotes.nlp.decoding import ROLES, tag_index
from quotes.nlp.wordpieces import Chunk

Range = tuple[int, int]
Attribution = dict[str, list[Range]]
IGNORE = -100


@dataclass(frozen=True, slots=True)
class Article:
    """One article: its text, and each attribution's ranges by role, in code points."""

    id: str
    text: str
    attributions: list[Attribution]


@dataclass(frozen=True, slots=True)
class GoldSpan:
    """A labelled run of words: first wordpieces of its first and last word in chunk `chunk`."""

    role: str
    chunk: int
    first: int
    last: int
    attributions: frozenset[int]


def corpus_file(data: Path, split: str) -> Path:
    """Return the file of a split ("train" or "dev"); FileNotFoundError says what is missing."""
    file = data / f"polnear-{split}.jsonl.gz"
    if not file.exists():
        raise FileNotFoundError(f"{file}: no PolNeAR split there; give its folder with --data")
    return file


def load(data: Path, split: str) -> list[Article]:
    """Return the articles of a split, by id."""
    with gzip.open(corpus_file(data, split), "rt", encoding="utf-8") as lines:
        articles = [_article(json.loads(line)) for line in lines]
    return sorted(articles, key=lambda article: article.id)


def sha256(file: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _article(raw: dict[str, Any]) -> Article:
    attributions = [
        {role: [(start, end) for start, end in item[role]] for role in ROLES}
        for item in raw["attributions"]
    ]
    return Article(raw["id"], raw["text"], attributions)


def edited(article: Article, edits: Iterable[tuple[int, int, str]]) -> Article:
    """Return the article with `(start, end, replacement)` edits made and its ranges moved along.

    Edits are in text order and disjoint. A range that begins or ends inside an edited stretch is
    moved to that stretch's border.
    """
    parts: list[str] = []
    old, new = [0], [0]
    at = length = 0
    for start, end, replacement in edits:
        parts += [article.text[at:start], replacement]
        length += start - at
        old += [start, end]
        new += [length, length + len(replacement)]
        length += len(replacement)
        at = end
    text = "".join([*parts, article.text[at:]])
    if not parts:
        return article

    def moved(offset: int) -> int:
        index = bisect_right(old, offset) - 1
        limit = new[index + 1] if index + 1 < len(new) else len(text)
        return min(new[index] + offset - old[index], limit)

    def ranges(pairs: list[Range]) -> list[Range]:
        return [(moved(s), moved(e)) for s, e in pairs if moved(s) < moved(e)]

    attributions = [
        {role: ranges(pairs) for role, pairs in item.items()} for item in article.attributions
    ]
    return Article(article.id, text, attributions)


def labels(article: Article, chunks: Sequence[Chunk]) -> tuple[list[list[int]], list[GoldSpan]]:
    """Return the tag of every wordpiece, by chunk, and the labelled spans.

    Only a word's first wordpiece has a tag; the others have `IGNORE`. Where attributions nest, the
    one listed first keeps the words. A source that several attributions share is one span of all.
    """
    starts = [(start, c, i) for c, k in enumerate(chunks) for i, start in enumerate(k.starts)]
    owners: dict[tuple[int, int], tuple[str, set[int]]] = {}
    for number, item in enumerate(article.attributions):
        for role in ROLES:
            for start, end in item[role]:
                _claim((start, end), (role, number), starts, chunks, owners)
    tags: list[list[int]] = []
    spans: list[GoldSpan] = []
    for number, chunk in enumerate(chunks):
        found = _runs(number, chunk, owners)
        spans += found
        tags.append(_tags(chunk, found))
    return tags, spans


def _claim(
    bounds: Range,
    owner: tuple[str, int],
    starts: list[tuple[int, int, int]],
    chunks: Sequence[Chunk],
    owners: dict[tuple[int, int], tuple[str, set[int]]],
) -> None:
    role, number = owner
    at = bisect_right(starts, (bounds[0], -1, -1))
    while at < len(starts) and starts[at][0] < bounds[1]:
        _, chunk, index = starts[at]
        if chunks[chunk].first[index]:
            held = owners.setdefault((chunk, index), (role, set()))
            if held[0] == role and (role == "source" or not held[1]):
                held[1].add(number)
        at += 1


def _runs(
    number: int, chunk: Chunk, owners: dict[tuple[int, int], tuple[str, set[int]]]
) -> list[GoldSpan]:
    """Return the maximal runs of words with the same owner."""
    found: list[GoldSpan] = []
    previous: tuple[str, set[int]] | None = None
    for index in chunk.words():
        owner = owners.get((number, index))
        if owner and owner == previous:
            last = found.pop()
            found.append(GoldSpan(last.role, number, last.first, index, last.attributions))
        elif owner:
            found.append(GoldSpan(owner[0], number, index, index, frozenset(owner[1])))
        previous = owner
    return found


def _tags(chunk: Chunk, spans: Sequence[GoldSpan]) -> list[int]:
    tags = [0 if first else IGNORE for first in chunk.first]
    for span in spans:
        for index in range(span.first, span.last + 1):
            if chunk.first[index]:
                tags[index] = tag_index(span.role, "I")
        tags[span.first] = tag_index(span.role, "B")
        tags[span.last] = tag_index(span.role, "S" if span.first == span.last else "E")
    return tags
