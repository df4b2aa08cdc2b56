"""From the network's scores to spans and links: the tagger's decoder, free of any engine.

Tags are BIOES; a linear-chain CRF with hard BIOES constraints gives the best path and its span
marginals; three pointer relations tie contents to cues and sources.
Source: docs/decisions/0003-quotation-tagger.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

ROLES = ("source", "cue", "content")
TAGS = ("O", *(f"{place}-{role}" for role in ROLES for place in "BIES"))
RELATIONS = (("content", "source"), ("content", "cue"), ("cue", "source"))
LINK_SIZE = 96
DISTANCES, PARAGRAPH_DISTANCES = 22, 7
IMPOSSIBLE = -1e4
_TINY = 1e-300
# No span of a probability from `_LIKELIEST` has a likelier one beside it; none below `_LEAST` is
# looked for, which bounds the search.
_LIKELIEST, _LEAST = 0.5, 0.05


def tag_index(role: str, place: str) -> int:
    """Return the number of the tag `place`-`role`, as in B-source."""
    return 1 + 4 * ROLES.index(role) + "BIES".index(place)


@cache
def constraints() -> tuple[Floats, Floats, Floats]:
    """Return what BIOES allows as (transitions, start, end) scores: 0, or `IMPOSSIBLE`."""
    size = len(TAGS)
    moves = np.full((size, size), IMPOSSIBLE, np.float32)
    start = np.full(size, IMPOSSIBLE, np.float32)
    end = np.full(size, IMPOSSIBLE, np.float32)
    for i, tag in enumerate(TAGS):
        start[i] = 0 if tag[0] in "OBS" else IMPOSSIBLE
        end[i] = 0 if tag[0] in "OES" else IMPOSSIBLE
        for j, following in enumerate(TAGS):
            inside = following[0] in "IE" and following[2:] == tag[2:]
            if inside if tag[0] in "BI" else following[0] in "OBS":
                moves[i, j] = 0
    return moves, start, end


def distance_bucket(wordpieces: int) -> int:
    """Return the bucket (0 to 21) of a signed distance in wordpieces, logarithmic each way."""
    bucket = min(10, int(math.log2(abs(wordpieces) + 1) * 1.4))
    return bucket + 11 if wordpieces > 0 else bucket


def paragraph_bucket(paragraphs: int) -> int:
    """Return the bucket (0 to 6) of a signed distance in paragraphs, cut at 3 each way."""
    return max(-3, min(3, paragraphs)) + 3


class TagSpan(NamedTuple):
    """A run of words with one role: word indices `first` to `last`, both inside the span."""

    role: str
    first: int
    last: int


def spans_of(path: npt.NDArray[np.int64] | list[int]) -> list[TagSpan]:
    """Return the spans of a path of tag numbers; an illegal one is read leniently."""
    found: list[TagSpan] = []
    begun: TagSpan | None = None
    for index, number in enumerate(path):
        tag = TAGS[number]
        role = tag[2:]
        if begun and (tag[0] in "OBS" or begun.role != role):
            found.append(begun)
            begun = None
        if tag[0] == "O":
            continue
        begun = TagSpan(role, begun.first if begun else index, index)
        if tag[0] in "ES":
            found.append(begun)
            begun = None
    return [*found, begun] if begun else found


Run = tuple[int, int, int]


@cache
def _tags_of(role: str, single: bool) -> Run:  # noqa: FBT001 - a key of the cache
    """Return the tags of a span's first word, of those inside it, and of its last."""
    begins, ends = ("S", "S") if single else ("B", "E")
    return tag_index(role, begins), tag_index(role, "I"), tag_index(role, ends)


class Lattice:
    """Best paths and span probabilities of a linear-chain CRF over several word sequences.

    `scores` holds one (words, tags) array a sequence, none of them empty; `moves` are the learned
    transition scores, to which the BIOES constraints are added.
    """

    def __init__(self, scores: Sequence[Floats], moves: Floats) -> None:
        allowed, start, end = constraints()
        self._lengths = np.array([len(part) for part in scores])
        self._scores = np.zeros((len(scores), self._lengths.max(), len(TAGS)))
        for row, part in enumerate(scores):
            self._scores[row, : len(part)] = part
        self._moves = (moves + allowed).astype(np.float64)
        self._start, self._end = start.astype(np.float64), end.astype(np.float64)
        self._reached: dict[tuple[int, int, int], float] = {}
        self._within: dict[tuple[Run, int], float] = {}

    def _inside(self, step: int) -> npt.NDArray[np.bool_]:
        """Return, as a column, which sequences have a word at `step`."""
        return (step < self._lengths)[:, None]

    def paths(self) -> list[list[int]]:
        """Return the best legal path of tag numbers for each sequence (Viterbi)."""
        count, length, _ = self._scores.shape
        back = np.zeros((length, count, len(TAGS)), np.int64)
        best = self._start + self._scores[:, 0]
        for step in range(1, length):
            reached = best[:, :, None] + self._moves
            back[step] = reached.argmax(1)
            best = np.where(self._inside(step), reached.max(1) + self._scores[:, step], best)
        return self._traced(back, (best + self._end).argmax(1))

    def _traced(self, back: npt.NDArray[np.int64], last: npt.NDArray[np.int64]) -> list[list[int]]:
        rows, tag = np.arange(len(last)), last
        path = np.zeros(back.shape[:2], np.int64)
        for step in range(len(back) - 1, -1, -1):
            path[step] = tag
            tag = np.where(step < self._lengths, back[step][rows, tag], tag)
        return [path[:n, row].tolist() for row, n in enumerate(self._lengths)]

    @cached_property
    def _forward(self) -> Doubles:
        """Log sums of all path beginnings that end in each tag, its own score included."""
        sums = np.empty_like(self._scores)
        sums[:, 0] = self._start + self._scores[:, 0]
        step_probabilities = np.exp(self._moves)
        for step in range(1, sums.shape[1]):
            reached = _log_product(sums[:, step - 1], step_probabilities) + self._scores[:, step]
            sums[:, step] = np.where(self._inside(step), reached, sums[:, step - 1])
        return sums

    @cached_property
    def _backward(self) -> Doubles:
        """Log sums of all path endings that follow each tag, its own score excluded."""
        sums = np.empty_like(self._scores)
        sums[:, -1] = self._end
        step_probabilities = np.exp(self._moves.T)
        for step in range(sums.shape[1] - 2, -1, -1):
            ahead = sums[:, step + 1] + self._scores[:, step + 1]
            reached = _log_product(ahead, step_probabilities)
            sums[:, step] = np.where(self._inside(step + 1), reached, self._end)
        return sums

    def log_probability(self, row: int, span: TagSpan) -> float:
        """Return the log probability that sequence `row` has exactly this span."""
        begins, inside, ends = run = _tags_of(span.role, span.first == span.last)
        tags = self._scores[row, span.first : span.last + 1, inside].copy()
        tags[0] = self._scores[row, span.first, begins]
        tags[-1] = self._scores[row, span.last, ends]
        within = tags.sum() + self._moved(run, len(tags))
        before = self._before(row, span.first, begins)
        after = self._backward[row, span.last, ends]
        return min(0.0, float(before + within + after - self._totals[row]))

    def _before(self, row: int, word: int, tag: int) -> float:
        """Return the log sum of all path beginnings that go on with `tag` at `word`."""
        place = row, word, tag
        if place not in self._reached:
            moved = self._forward[row, word - 1] + self._moves[:, tag] if word else None
            self._reached[place] = float(self._start[tag]) if moved is None else _log_sum(moved)
        return self._reached[place]

    def _moved(self, run: Run, length: int) -> float:
        """Return the sum of the transitions inside a span of so many words."""
        if (run, length) not in self._within:
            begins, inside, ends = run
            tags = [begins, *[inside] * (length - 2), ends][:length]
            self._within[run, length] = float(self._moves[tags[:-1], tags[1:]].sum())
        return self._within[run, length]

    @cached_property
    def _totals(self) -> list[float]:
        """Log sum of all paths, by sequence."""
        last = self._lengths - 1
        return [_log_sum(row) for row in self._forward[np.arange(len(last)), last] + self._end]

    @cached_property
    def _posteriors(self) -> Doubles:
        """Probability of each tag at each word, over all paths; nothing past a sequence's end."""
        totals = np.array(self._totals)[:, None, None]
        return np.asarray(np.exp(self._forward + self._backward - totals))

    def share(self, row: int, span: TagSpan) -> float:
        """Return how much of `span` has its role over all paths: the mean probability of a word.

        Unlike `log_probability`, doubt about where exactly the span ends costs little here.
        """
        low = tag_index(span.role, "B")
        words = self._posteriors[row, span.first : span.last + 1, low : low + len("BIES")]
        return min(1.0, float(words.sum(1).mean()))

    def likeliest(self, row: int, path: Sequence[TagSpan]) -> list[TagSpan]:
        """Return the spans of a best path, each with its likeliest edges over all paths.

        A span gives way to one of its role that shares a word with it, is likelier than it, and
        leaves the other spans their words; none is added or lost.
        """
        chosen: list[TagSpan] = []
        for number, span in enumerate(path):
            low = chosen[-1].last + 1 if chosen else 0
            following = path[number + 1 : number + 2]
            high = following[0].first if following else int(self._lengths[row])
            chosen.append(self._likelier(row, span, low, high))
        return chosen

    def _likelier(self, row: int, span: TagSpan, low: int, high: int) -> TagSpan:
        """Return the likeliest span like `span` among words `[low, high)`."""
        best, sure = span, max(self.log_probability(row, span), math.log(_LEAST))
        if sure >= math.log(_LIKELIEST):
            return span
        # A span is never likelier than either of its edges.
        begins = self._edges(row, span.role, "BS") > math.exp(sure)
        ends = self._edges(row, span.role, "ES") > math.exp(sure)
        for first in np.flatnonzero(begins[low : span.last + 1]) + low:
            after = max(int(first), span.first)
            for last in np.flatnonzero(ends[after:high]) + after:
                other = TagSpan(span.role, int(first), int(last))
                chance = self.log_probability(row, other)
                if chance > sure:
                    best, sure = other, chance
        return best

    def _edges(self, row: int, role: str, places: str) -> Doubles:
        """Return, for each word, the probability that it has `role` in one of the places."""
        tags = [tag_index(role, place) for place in places]
        return np.asarray(self._posteriors[row][:, tags].sum(1))


def _log_product(logs: Doubles, probabilities: Doubles) -> Doubles:
    """Return log(exp(logs) @ probabilities), computed without overflow.

    Not with `@`: BLAS rounds a row otherwise when there are other rows beside it.
    """
    top = logs.max(1, keepdims=True)
    product = np.einsum("ij,jk->ik", np.exp(logs - top), probabilities)
    return np.asarray(top + np.log(product + _TINY))


def _log_sum(logs: Doubles) -> float:
    top = float(logs.max())
    return top + float(np.log(np.exp(logs - top).sum()))


def log_softmax(scores: Doubles) -> Doubles:
    """Return the log probabilities along the last axis."""
    shifted = scores - scores.max(-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(-1, keepdims=True)))


@dataclass(frozen=True, slots=True)
class Heads:
    """What the network learned beside its layers: pointer biases and CRF transitions."""

    none: Floats
    distance: Floats
    paragraph: Floats
    crf: Floats

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read an `.npz` with the four arrays; KeyError names one that is missing."""
        with np.load(file) as arrays:
            return cls(*(arrays[name].astype(np.float32) for name in cls.__slots__))


class Place(NamedTuple):
    """Where a span stands: its first row in a window, and its paragraph."""

    row: int
    paragraph: int


Places = Sequence[Place]


def pointer_scores(
    relation: int, heads: Heads, vectors: tuple[Floats, Floats], places: tuple[Places, Places]
) -> Doubles:
    """Return log probabilities (asking, 1 + answering); column 0 means: points to nothing.

    `vectors` and `places` are those of the spans that ask and of those that may answer.
    """
    asking, answering = vectors
    low = 2 * relation * LINK_SIZE
    queries, keys = asking[:, low : low + LINK_SIZE], answering[:, low + LINK_SIZE :][:, :LINK_SIZE]
    scores = np.full((len(asking), 1 + len(answering)), float(heads.none[relation]))
    for row, here in enumerate(places[0]):
        far = [distance_bucket(there.row - here.row) for there in places[1]]
        apart = [paragraph_bucket(there.paragraph - here.paragraph) for there in places[1]]
        biases = heads.distance[relation][far] + heads.paragraph[relation][apart]
        scores[row, 1:] = keys @ queries[row] / math.sqrt(LINK_SIZE) + biases
    return log_softmax(scores)


class Link(NamedTuple):
    """The cue and the source chosen for a content (-1: none), with their probabilities."""

    cue: int
    source: int
    cue_probability: float
    source_probability: float


def best_link(cues: Doubles, sources: Doubles, cue_sources: Doubles) -> Link:
    """Return the pair that maximises the sum of the three pointers' log probabilities.

    `cues` (1 + cues) and `sources` (1 + sources) are one content's pointers, `cue_sources` (cues,
    1 + sources) those of every cue.
    """
    agreement = np.concatenate([np.zeros((1, len(sources))), cue_sources])
    joint = cues[:, None] + sources[None, :] + agreement
    cue, source = divmod(int(joint.argmax()), len(sources))
    weights = np.exp(joint - joint.max())
    weights /= weights.sum()
    return Link(cue - 1, source - 1, float(weights[cue].sum()), float(weights[:, source].sum()))
