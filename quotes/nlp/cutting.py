"""Paragraphs -> tokens and sentence ends: Stanza's tokenizer network, read without documents.

Stanza's own processor makes a document of all its objects, which the corrections then take apart
again: twice the time of the network itself. Here the same network (quotes/nlp/cutting_network.py),
features and reading of its classes give plain pieces. A paragraph is read by itself, whatever is
beside it in a batch; Stanza's own padding is read along with a text. Part of quotes/nlp/parse.py's
room: this imports Stanza.
Reasons: docs/decisions/0002-stanza-offline.md.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from stanza.models.tokenization.data import NUMERIC_RE, WHITESPACE_RE
from stanza.models.tokenization.utils import update_pred_regex

from quotes.nlp.boundaries import Piece, Pieces
from quotes.nlp.cutting_network import Classes, PlainNetwork

FEATURES = ("space_before", "capitalized", "numeric", "end_of_para", "start_of_para")
_BATCH = 24
_LONGEST = 1000  # characters that are read at once, as in Stanza
_PAD = "<PAD>"
_MAYBE_ADDRESS = re.compile(r"@|\.[^\s\"]")  # what each of Stanza's patterns of addresses has
_SENTENCE_ENDS = (2, 4)
_MULTIWORD = (3, 4)


class Units(NamedTuple):
    """A paragraph as the network sees it: white space made single spaces, and each one's place."""

    characters: list[str]
    places: list[int]


class Cutter:
    """Cuts paragraphs into sentences of tokens with a tokenizer that Stanza has loaded.

    ValueError for a tokenizer of other features or another build than the shipped one's.
    """

    def __init__(self, trainer: Any) -> None:
        wanted = tuple(trainer.args["feat_funcs"])
        if wanted != FEATURES or trainer.args["use_dictionary"]:
            raise ValueError(f"the tokenizer wants the features {wanted}; train it with {FEATURES}")
        self._network = PlainNetwork(trainer.model)
        self._vocabulary = trainer.vocab
        self._pad: int = trainer.vocab.unit2id(_PAD)
        self._known: dict[str, int] = {}
        self._learned: list[tuple[float, ...]] = []
        self._table = np.zeros((0, 4), np.float32)

    def __call__(self, paragraphs: Sequence[str]) -> list[list[Pieces]]:
        """Return the sentences of each paragraph; their pieces' places are in the paragraph."""
        units = [units_of(paragraph) for paragraph in paragraphs]
        order = sorted(range(len(units)), key=lambda i: -len(units[i].characters))
        short = [i for i in order if 0 < len(units[i].characters) < _LONGEST]
        classes: dict[int, Classes] = {
            i: self._long(units[i].characters)
            for i in order
            if len(units[i].characters) >= _LONGEST
        }
        for low in range(0, len(short), _BATCH):
            some = short[low : low + _BATCH]
            rows = [self._inputs(units[i].characters) for i in some]
            classes |= dict(zip(some, self._network.classes(rows, self._pad), strict=True))
        return [
            list(_sentences(read, classes[i])) if i in classes else []
            for i, read in enumerate(units)
        ]

    def _inputs(self, characters: list[str]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Return the numbers of the characters and their features."""
        for new in set(characters).difference(self._known):
            self._learn(new)
        if len(self._table) < len(self._learned):
            self._table = np.array(self._learned, np.float32)
        rows = self._table[[self._known[c] for c in characters]]
        features = np.zeros((len(rows), len(FEATURES)), np.float32)
        features[:, :3] = rows[:, 1:]
        features[-1, 3] = features[0, 4] = 1.0
        return rows[:, 0].astype(np.intp), features

    def _learn(self, character: str) -> None:
        """Keep a character's number and features."""
        row = (character == " ", character.isupper(), NUMERIC_RE.match(character) is not None)
        self._known[character] = len(self._learned)
        self._learned.append((self._vocabulary.unit2id(character), *map(float, row)))

    def _long(self, characters: list[str]) -> Classes:
        """Return the classes of a paragraph that is read in parts, cut at its sentences' ends."""
        numbers, features = self._inputs(characters)
        found = []
        at = 0
        while at < len(numbers):
            part = slice(at, at + _LONGEST)
            (classes,) = self._network.classes([(numbers[part], features[part])], self._pad)
            ends = np.flatnonzero(np.isin(classes, _SENTENCE_ENDS))
            if len(ends) and at < len(numbers) - _LONGEST:
                classes = classes[: ends[-1] + 1]
            found.append(classes)
            at += len(classes)
        return np.concatenate(found)


def units_of(paragraph: str) -> Units:
    """Return the paragraph's characters, each run of white space as one space."""
    flat = WHITESPACE_RE.sub(" ", paragraph.rstrip())
    if "  " not in flat:
        return Units(list(flat), list(range(len(flat))))
    places = [i for i, c in enumerate(flat) if c != " " or i == 0 or flat[i - 1] != " "]
    return Units([flat[i] for i in places], places)


def _sentences(read: Units, classes: Classes) -> Iterator[Pieces]:
    """Yield the sentences that the classes of a paragraph's characters make."""
    last = int(classes[-1])
    classes[-1] = last if last in _SENTENCE_ENDS else 4 if last in _MULTIWORD else 2
    if _MAYBE_ADDRESS.search("".join(read.characters)):
        classes = update_pred_regex(read.characters, classes)
    ends = np.flatnonzero(classes) + 1
    sentence: Pieces = []
    for low, end in pairwise([0, *ends.tolist()]):
        start = low
        while start < end and read.characters[start].isspace():
            start += 1
        if start == end:
            continue
        kind = int(classes[end - 1])
        multiword = kind in _MULTIWORD
        sentence.append(Piece(read.places[start], read.places[end - 1] + 1, multiword))
        if kind in _SENTENCE_ENDS:
            yield sentence
            sentence = []
    if sentence:
        yield sentence
