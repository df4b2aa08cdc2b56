"""Training windows for the quotation tagger: articles, varied anew each epoch, in batches."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, TypeVar

import torch
from torch import Tensor

from quotes.nlp.marks import PARAGRAPH, Pair, mark_pairs
from quotes.nlp.training.polnear import IGNORE, Article, GoldSpan, edited, labels
from quotes.nlp.wordpieces import Chunk, Rows, Window, WordpieceReader, rows, windows

WINDOW, FIRST_WINDOW = 254, (80, 254)
POOL_BATCHES = 16
# Shares of articles that are varied, an epoch. PolNeAR is American; other houses write other marks.
RESTYLED, RAW_MARKS, JOINED, UPPER_HEADLINE = 0.3, 0.25, 0.15, 0.05
JOINED_BREAKS = 0.5
STYLES = (('"', '"'), ('"', '"'), ("''", "''"), ("``", "''"), ("‘", "’"), ("‘", "’"), ("'", "'"),
          ("“", "”"), ("«", "»"), ("„", "“"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """One article as chunks with its labels."""

    chunks: list[Chunk]
    tags: list[list[int]]
    spans: list[GoldSpan]
    sourced: frozenset[int]


@dataclass(frozen=True, slots=True)
class TrainingWindow:
    """One window of an example, as rows."""

    example: Example
    window: Window
    rows: Rows


class HasRows(Protocol):
    """A window of any corpus."""

    @property
    def rows(self) -> Rows:
        """The encoder's input."""


Placed = TypeVar("Placed", bound=HasRows)


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded tensors (batch, length) of some windows; `mask` is true where there is a wordpiece."""

    windows: list[TrainingWindow]
    ids: Tensor
    cases: Tensor
    quotes: Tensor
    starts: Tensor
    mask: Tensor


def restyled(article: Article, style: tuple[str, str]) -> Article:
    """Return the article with its double quotation marks written in another style.

    Single marks inside a restyled pair are left alone; offsets of the labels follow.
    """
    opening, closing = style
    edits: list[tuple[int, int, str]] = []
    for pair in mark_pairs(article.text):
        if not pair.single:
            edits += _mark_edits(pair, opening, closing)
    return edited(article, edits)


def _mark_edits(pair: Pair, opening: str, closing: str) -> Iterator[tuple[int, int, str]]:
    yield pair.start, pair.inner, opening
    if pair.closed:
        yield pair.outer, pair.end, closing


def joined(article: Article, chance: random.Random) -> Article:
    """Return the article with some of its paragraph breaks turned into spaces."""
    paragraphs = [m for m in PARAGRAPH.finditer(article.text) if m.group().strip()]
    edits = [
        (before.end(), after.start(), " ")
        for before, after in pairwise(paragraphs[1:])  # the headline stays a paragraph
        if chance.random() < JOINED_BREAKS
    ]
    return edited(article, edits)


def upper_headline(article: Article) -> Article:
    """Return the article with its first paragraph in capitals, where that keeps its length."""
    first = PARAGRAPH.search(article.text)
    if first is None or len(first.group().upper()) != len(first.group()):
        return article
    return edited(article, [(first.start(), first.end(), first.group().upper())])


def varied(article: Article, chance: random.Random) -> Article:
    """Return the article as another house might print it: marks, paragraph breaks, headline."""
    if chance.random() < RESTYLED:
        article = restyled(article, chance.choice(STYLES))
    if chance.random() < JOINED:
        article = joined(article, chance)
    if chance.random() < UPPER_HEADLINE:
        article = upper_headline(article)
    return article


def example(article: Article, reader: WordpieceReader, *, canonical: bool = True) -> Example:
    """Return the article as labelled chunks."""
    chunks = reader(article.text, canonical=canonical)
    tags, spans = labels(article, chunks)
    sourced = [s.attributions for s in spans if s.role == "source"]
    return Example(chunks, tags, spans, frozenset().union(*sourced))


def epoch_batches(
    articles: Sequence[Article], reader: WordpieceReader, size: int, seed: int
) -> list[Batch]:
    """Return one epoch's batches of `size` windows of like length; `seed` decides everything."""
    chance = random.Random(seed)  # noqa: S311 - reproducible shuffling, no secret
    found: list[TrainingWindow] = []
    for article in articles:
        canonical = chance.random() >= RAW_MARKS
        made = example(varied(article, chance), reader, canonical=canonical)
        first = chance.randint(*FIRST_WINDOW)
        found += _windows(made, first)
    chance.shuffle(found)
    return _batches(found, size, chance)


def plain_batches(articles: Sequence[Article], reader: WordpieceReader, size: int) -> list[Batch]:
    """Return batches over the articles as they are, for measuring the loss."""
    found: list[TrainingWindow] = []
    for article in articles:
        found += _windows(example(article, reader))
    return _batches(found, size, random.Random(0))  # noqa: S311


def _windows(made: Example, first: int | None = None) -> Iterator[TrainingWindow]:
    for window in windows(made.chunks, WINDOW, 0, first):
        yield TrainingWindow(made, window, rows(made.chunks, window))


def _batches(found: list[TrainingWindow], size: int, chance: random.Random) -> list[Batch]:
    return [collate(some) for some in alike(found, size, chance)]


def alike(found: Sequence[Placed], size: int, chance: random.Random) -> list[list[Placed]]:
    """Return windows in batches of `size` of like length, in the order that `chance` gives."""
    pool = POOL_BATCHES * size
    batches: list[list[Placed]] = []
    for low in range(0, len(found), pool):
        near = sorted(found[low : low + pool], key=lambda w: len(w.rows))
        batches += [near[i : i + size] for i in range(0, len(near), size)]
    chance.shuffle(batches)
    return batches


def collate(some: list[TrainingWindow]) -> Batch:
    """Return the windows as padded tensors."""
    return Batch(some, *padded([window.rows for window in some]))


def padded(some: Sequence[Rows]) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Return ids, cases, quotes, starts and mask of windows, padded: (batch, length) each."""
    length = max(map(len, some))
    ids, cases, quotes, starts = (torch.zeros(len(some), length, dtype=torch.long) for _ in "icqs")
    mask = torch.zeros(len(some), length, dtype=torch.bool)
    for i, read in enumerate(some):
        n = len(read)
        ids[i, :n] = torch.tensor(read.ids)
        cases[i, :n] = torch.tensor(read.cases)
        quotes[i, :n] = torch.tensor(read.quotes)
        starts[i, :n] = torch.tensor(read.starts)
        mask[i, :n] = True
    return ids, cases, quotes, starts, mask


def tag_targets(batch: Batch) -> Tensor:
    """Return the tag numbers (batch, length) of a batch, `IGNORE` where there is none."""
    targets = torch.full_like(batch.ids, IGNORE)
    for i, window in enumerate(batch.windows):
        for chunk, offset in window.rows.offsets.items():
            tags = window.example.tags[chunk]
            targets[i, offset : offset + len(tags)] = torch.tensor(tags)
    return targets
