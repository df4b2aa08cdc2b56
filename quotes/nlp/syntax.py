"""Words' tags, trees and entities from the encoder's states: decoding, without the network. Pure.

A word's vector is the mean of its first and its last wordpiece's state; one linear layer makes
tag scores, arc, relation and entity vectors of it. Arcs and relations are biaffine (Dozat and
Manning 2017, https://arxiv.org/abs/1611.01734); entities are BIOES tags on the best path that obeys
BIOES. Source: docs/decisions/0011-one-encoder.md.
"""

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from quotes.nlp.decoding import Floats
from quotes.nlp.halves import widened
from quotes.nlp.spanning_tree import Search

ARC_SIZE, RELATION_SIZE = 160, 96
TAG_COLUMNS = ("upos", "xpos", "feats")
SLOPE = 0.1
_NO = -1e9
_BLOCK_WORDS = 256  # that share a product of matrices: more are no faster, and take memory
_LABELS_AT_ONCE = 8
Ends = Sequence[tuple[int, int]]


def pieces_of(start: int, end: int, starts: Sequence[int]) -> tuple[int, int]:
    """Return the first and the last of the wordpieces that a word of the text touches.

    `starts` are the pieces' offsets, ascending. A word that has no piece gets the one before it.
    """
    first = max(0, bisect_right(starts, start) - 1)
    last = max(first, bisect_right(starts, end - 1) - 1)
    return first, last


@dataclass(frozen=True, slots=True)
class Tagged:
    """What the states say of one sentence: a label a word in each column, and the tree.

    `heads` are word numbers from 1, 0 is the root (CoNLL-U); `entities` are BIOES tags.
    """

    upos: list[str]
    xpos: list[str]
    feats: list[str]
    heads: list[int]
    deprels: list[str]
    entities: list[str]


@dataclass(frozen=True)
class SyntaxHeads:
    """The layers on top of the encoder's states, and their labels."""

    words: Floats
    words_bias: Floats
    root: Floats
    arc: Floats
    relation: Floats
    labels: dict[str, list[str]]
    layout: dict[str, int]

    @classmethod
    def load(cls, arrays: Path, labels: Path) -> Self:
        """Read the arrays (`.npz`) and the labels; KeyError names what is missing."""
        facts = json.loads(labels.read_text(encoding="utf-8"))
        names = ("words", "words_bias", "root", "arc", "relation")
        with np.load(arrays) as stored:
            read = {name: stored[name].astype(np.float32) for name in names}
        return cls(**read, labels=facts["labels"], layout=facts["layout"])

    @cached_property
    def _relation_parts(self) -> list[Floats]:
        """The layer of relations, some labels at a time: what they give stays in the cache."""
        cuts = range(_LABELS_AT_ONCE, self.relation.shape[1], _LABELS_AT_ONCE)
        return [np.ascontiguousarray(part) for part in np.split(self.relation, cuts, axis=1)]

    def read(self, states: NDArray[Any], sentences: Sequence[Ends], search: Search) -> list[Tagged]:
        """Return what `states` (a row a wordpiece) say of sentences of words.

        A word is given as its first and last row. `search` finds the best tree with a
        single root of a matrix of arc scores, its row and column 0 the root.
        """
        found: list[Tagged] = []
        for block in _blocks(sentences, _BLOCK_WORDS):
            found += self._block(states, block, search)
        return found

    def _block(
        self, states: NDArray[Any], sentences: Sequence[Ends], search: Search
    ) -> Iterator[Tagged]:
        """Yield the same for sentences that share their matrix products."""
        ends = np.array([pair for sentence in sentences for pair in sentence], np.intp)
        if not len(ends):
            yield from (Tagged([], [], [], [], [], []) for _ in sentences)
            return
        first, last = (widened(states[rows]) for rows in ends.T)
        vectors: Floats = (first + last) * np.float32(0.5)
        parts = self._parts(vectors @ self.words + self.words_bias)
        columns = {name: self._best(name, parts[name]) for name in TAG_COLUMNS}
        asked = parts["dependent"] @ self.arc[:-1] + self.arc[-1]
        bounds = list(pairwise(accumulate(map(len, sentences), initial=0)))
        trees = [
            self._heads(asked[low:high], parts["head"][low:high], search) for low, high in bounds
        ]
        deprels = self._relations(
            parts["relation_dependent"],
            parts["relation_head"],
            [0 if head == 0 else low + head for (low, _), tree in zip(bounds, trees, strict=True)
             for head in tree],
        )  # fmt: skip
        for (low, high), tree in zip(bounds, trees, strict=True):
            yield Tagged(
                upos=columns["upos"][low:high],
                xpos=columns["xpos"][low:high],
                feats=columns["feats"][low:high],
                heads=tree,
                deprels=deprels[low:high],
                entities=self._entities(parts["entity"][low:high]),
            )

    def _parts(self, projected: Floats) -> dict[str, Floats]:
        bounds = np.cumsum(list(self.layout.values()))[:-1]
        parts = dict(zip(self.layout, np.split(projected, bounds, axis=1), strict=True))
        for name in ("dependent", "head", "relation_dependent", "relation_head"):
            parts[name] = np.maximum(parts[name], SLOPE * parts[name])
        return parts

    def _best(self, column: str, scores: Floats) -> list[str]:
        labels = self.labels[column]
        return [labels[i] for i in scores.argmax(1).tolist()]

    def _heads(self, asked: Floats, heads: Floats, search: Search) -> list[int]:
        """Return each word's head; `asked` is what dependents look for in one."""
        if not len(asked):
            return []
        scores = asked @ np.vstack([self.root, heads]).T
        scores -= scores.max(1, keepdims=True)
        scores -= np.log(np.exp(scores).sum(1, keepdims=True))
        square = np.vstack([np.zeros((1, scores.shape[1]), np.float32), scores])
        tree: list[int] = search(square)[1:].tolist()
        return tree

    def _relations(self, dependents: Floats, heads: Floats, rows: list[int]) -> list[str]:
        """Return each word's relation to its head: never "root" but for the root.

        `rows` are the heads as rows of `heads`, counted from 1; 0 is the root.
        """
        chosen = np.vstack([np.zeros((1, heads.shape[1]), np.float32), heads])[rows]
        left, right = _with_one(dependents), _with_one(chosen)[:, :, None]
        scores = np.hstack([_biaffine(left, part, right) for part in self._relation_parts])
        labels = self.labels["deprel"]
        scores[:, labels.index("root")] = _NO
        best = [labels[i] for i in scores.argmax(1).tolist()]
        return ["root" if row == 0 else label for row, label in zip(rows, best, strict=True)]

    def _entities(self, scores: Floats) -> list[str]:
        labels = self.labels["entity"]
        moves, first, last = entity_moves(tuple(labels))
        best = scores.argmax(1) if len(scores) else np.zeros(0, np.intp)
        if len(best) and first[best[0]] + moves[best[:-1], best[1:]].sum() + last[best[-1]] < 0:
            return [labels[i] for i in _best_path(scores, moves, first, last)]
        return [labels[i] for i in best.tolist()]


def _biaffine(left: Floats, layer: Floats, right: Floats) -> Floats:
    """Return the scores (words, labels) of a layer (size, labels, size) between rows."""
    asked = left @ layer.reshape(len(layer), -1)
    scores: Floats = np.matmul(asked.reshape(len(left), *layer.shape[1:]), right)[:, :, 0]
    return scores


def _blocks(sentences: Sequence[Ends], words: int) -> Iterator[Sequence[Ends]]:
    """Yield the sentences in runs that end with the word after which there are enough."""
    low = size = 0
    for high, sentence in enumerate(sentences, start=1):
        size += len(sentence)
        if size >= words or high == len(sentences):
            yield sentences[low:high]
            low, size = high, 0


def _with_one(vectors: Floats) -> Floats:
    return np.hstack([vectors, np.ones((len(vectors), 1), np.float32)])


def may_follow(before: str, after: str) -> bool:
    """Say whether a BIOES tag may follow another ("O" also stands for an edge of the sentence)."""
    inside = before[0] in "BI"
    goes_on = after[0] in "IE"
    return inside == goes_on and (not inside or before[2:] == after[2:])


_MOVES: dict[tuple[str, ...], tuple[Floats, Floats, Floats]] = {}


def entity_moves(labels: tuple[str, ...]) -> tuple[Floats, Floats, Floats]:
    """Return what is added for each move between tags, for each first and for each last tag."""
    if labels not in _MOVES:
        moves = [[0.0 if may_follow(a, b) else _NO for b in labels] for a in labels]
        first = [0.0 if may_follow("O", label) else _NO for label in labels]
        last = [0.0 if may_follow(label, "O") else _NO for label in labels]
        _MOVES[labels] = (np.array(moves), np.array(first), np.array(last))
    return _MOVES[labels]


def _best_path(scores: Floats, moves: Floats, first: Floats, last: Floats) -> list[int]:
    reached = first + scores[0]
    back = []
    for row in scores[1:]:
        options = reached[:, None] + moves
        back.append(options.argmax(0))
        reached = options.max(0) + row
    path = [int((reached + last).argmax())]
    for step in reversed(back):
        path.append(int(step[path[-1]]))
    return path[::-1]
