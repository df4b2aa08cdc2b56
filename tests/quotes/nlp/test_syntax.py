"""Words, trees and entities from states: hand-made heads whose answers can be read off."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp.spanning_tree import Heads, greedy_tree
from quotes.nlp.syntax import (
    ARC_SIZE,
    RELATION_SIZE,
    SyntaxHeads,
    entity_moves,
    may_follow,
    pieces_of,
)

LABELS = {
    "upos": ["NOUN", "VERB"],
    "xpos": ["NN", "VBD"],
    "feats": ["_", "Number=Plur"],
    "entity": ["O", "B-Person", "I-Person", "E-Person", "S-Person"],
    "deprel": ["root", "nsubj", "obj"],
}
LAYOUT = {
    "upos": 2, "xpos": 2, "feats": 2, "entity": 5, "dependent": ARC_SIZE, "head": ARC_SIZE,
    "relation_dependent": RELATION_SIZE, "relation_head": RELATION_SIZE,
}  # fmt: skip
WIDTH = sum(LAYOUT.values())


def column(part: str, number: int) -> int:
    names = list(LAYOUT)
    return sum(LAYOUT[name] for name in names[: names.index(part)]) + number


def heads() -> SyntaxHeads:
    """Heads that read a state's columns as they are; arcs and relations are plain products."""
    arc = np.zeros((ARC_SIZE + 1, ARC_SIZE), np.float32)
    np.fill_diagonal(arc[:-1], 1.0)
    relation = np.zeros((RELATION_SIZE + 1, 3, RELATION_SIZE + 1), np.float32)
    for number in range(3):
        relation[number, number, -1] = 1.0
    root = np.zeros(ARC_SIZE, np.float32)
    root[0] = 1.0
    bias = np.zeros(WIDTH, np.float32)
    return SyntaxHeads(np.eye(WIDTH, dtype=np.float32), bias, root, arc, relation, LABELS, LAYOUT)


def greedy(scores: np.ndarray) -> Heads:
    found = greedy_tree(scores)
    assert found is not None
    return found


def state(**parts: int) -> np.ndarray:
    vector = np.zeros(WIDTH, np.float16)
    for name, number in parts.items():
        vector[column(name, number)] = 8.0
    return vector


def test_reads_tags_tree_and_entities() -> None:
    """Ann (to word 2) met (root) Bob (to word 2): each asks for the column its head answers to."""
    states = np.stack(
        [
            state(upos=0, xpos=0, feats=0, entity=4, dependent=1, relation_dependent=1),
            state(upos=1, xpos=1, feats=0, entity=0, dependent=0, head=1, relation_dependent=2),
            state(upos=0, xpos=0, feats=1, entity=4, dependent=1, relation_dependent=2),
        ]
    )
    (tagged,) = heads().read(states, [[(0, 0), (1, 1), (2, 2)]], greedy)
    assert tagged.upos == ["NOUN", "VERB", "NOUN"]
    assert tagged.xpos == ["NN", "VBD", "NN"]
    assert tagged.feats == ["_", "_", "Number=Plur"]
    assert tagged.heads == [2, 0, 2]
    assert tagged.deprels == ["nsubj", "root", "obj"]
    assert tagged.entities == ["S-Person", "O", "S-Person"]


def test_a_word_is_the_mean_of_its_first_and_last_piece() -> None:
    states = np.stack([state(upos=0), state(upos=1), 2 * state(upos=1)])
    read = heads().read(states, [[(0, 1)], [(0, 2)]], lambda scores: np.zeros(len(scores), int))
    assert [tagged.upos for tagged in read] == [["NOUN"], ["VERB"]]


def test_the_search_decides() -> None:
    """It gets scores with a root row, here of two words that point at each other."""
    states = np.stack([state(dependent=1, head=2), state(dependent=2, head=1)])
    seen = []

    def search(scores: np.ndarray) -> Heads:
        seen.append(scores.shape)
        return np.array([0, 0, 1])

    (tagged,) = heads().read(states, [[(0, 0), (1, 1)]], search)
    assert seen == [(3, 3)]
    assert tagged.heads == [0, 1]
    assert tagged.deprels[0] == "root"
    assert tagged.deprels[1] != "root"


def test_entities_that_break_off_are_mended() -> None:
    """Best tags "B-Person O" are no entity; the best path that obeys BIOES is taken."""
    first, second = state(entity=1), state(entity=0)
    first[column("entity", 4)] = 7.0
    (tagged,) = heads().read(
        np.stack([first, second]), [[(0, 0), (1, 1)]], lambda _: np.zeros(3, int)
    )
    assert tagged.entities == ["S-Person", "O"]


@pytest.mark.parametrize("lengths", [(3, 0, 2, 1), (200, 100, 4), (1,) * 300])
def test_sentences_are_read_as_if_alone(lengths: tuple[int, ...]) -> None:
    """They share products of matrices, and nothing else: not heads, and not the row of a head."""
    draw = np.random.default_rng(sum(lengths))
    states = draw.normal(size=(sum(lengths), WIDTH)).astype(np.float16)
    rows = [(i, i) for i in range(len(states))]
    bounds = np.cumsum([0, *lengths]).tolist()
    sentences = [rows[low:high] for low, high in pairwise(bounds)]

    def search(scores: np.ndarray) -> Heads:
        return np.asarray(scores.argmax(1))

    alone = [heads().read(states, [sentence], search)[0] for sentence in sentences]
    assert heads().read(states, sentences, search) == alone


def test_no_words_no_tags() -> None:
    (tagged,) = heads().read(np.zeros((0, WIDTH), np.float16), [[]], greedy)
    assert tagged.heads == []


@pytest.mark.parametrize(
    ("start", "end", "pieces"),
    [
        pytest.param(0, 2, (0, 0), id="one-piece"),
        pytest.param(0, 6, (0, 2), id="several"),
        pytest.param(3, 5, (0, 1), id="clitic-inside-a-piece"),
        pytest.param(7, 9, (2, 2), id="no-piece-of-its-own"),
    ],
)
def test_pieces_of_a_word(start: int, end: int, pieces: tuple[int, int]) -> None:
    assert pieces_of(start, end, [0, 4, 5]) == pieces


@given(
    st.sets(st.integers(0, 60), min_size=1).map(sorted),
    st.integers(0, 60),
    st.integers(1, 10),
)
def test_pieces_are_in_order_and_in_range(starts: list[int], start: int, length: int) -> None:
    first, last = pieces_of(start, start + length, starts)
    assert 0 <= first <= last < len(starts)
    assert starts[last] < start + length or first == last


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ("O", "O", True),
        ("O", "B-Person", True),
        ("O", "I-Person", False),
        ("B-Person", "I-Person", True),
        ("B-Person", "E-Person", True),
        ("B-Person", "E-Date", False),
        ("B-Person", "O", False),
        ("E-Person", "S-Date", True),
        ("E-Person", "I-Person", False),
    ],
)
def test_bioes_moves(before: str, after: str, *, allowed: bool) -> None:
    assert may_follow(before, after) is allowed


def test_no_path_ends_inside_an_entity() -> None:
    moves, first, last = entity_moves(tuple(LABELS["entity"]))
    assert (first == 0).tolist() == [True, True, False, False, True]
    assert (last == 0).tolist() == [True, False, False, True, True]
    assert (moves[1] == 0).tolist() == [False, False, True, True, False]
