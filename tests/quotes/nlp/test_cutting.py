"""The tokenizer's network read directly, against Stanza's own processor on the same models."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import stanza
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotes.nlp.boundaries import Piece
from quotes.nlp.cutting import FEATURES, Cutter, units_of
from quotes.nlp.cutting_network import PlainNetwork
from quotes.nlp.stanza_packages import SHIPPED, load

PARAGRAPHS = (
    "“We can’t go,” she said. “Not now.”",
    "He met Mr. Li at 5 p.m. in St. Ives. They don't talk, it's said; we've been.",
    "Mail a.b@c.org or see https://example.org/a,b?c=1. Then call.",
    "a\u2003\u2003b\tc  d \x97 e.",
    "Smile \U0001f600. 你好。Привет.",
    "No end",
    "x",
)


@pytest.fixture(scope="module")
def tokenize() -> Any:
    return load(SHIPPED, None).processors["tokenize"]


@pytest.fixture(scope="module")
def cutter(tokenize: Any) -> Cutter:
    return Cutter(tokenize.trainer)


def by_stanza(tokenize: Any, paragraph: str) -> list[list[Piece]]:
    (document,) = tokenize.bulk_process([stanza.Document([], text=paragraph)])
    return [
        [Piece(t.start_char, t.end_char, bool(t.misc and "MWT" in t.misc)) for t in s.tokens]
        for s in document.sentences
    ]


@pytest.mark.parametrize("paragraph", [*PARAGRAPHS, "Rain fell, he said. " * 80, "ab " * 500])
def test_cuts_as_stanza_does(tokenize: Any, cutter: Cutter, paragraph: str) -> None:
    paragraph = paragraph.strip()
    assert cutter([paragraph])[0] == by_stanza(tokenize, paragraph)


def test_plain_batches_have_the_classes_of_packed_ones(tokenize: Any) -> None:
    """Texts of many lengths in one batch, their features drawn at random."""
    draw = np.random.default_rng(1)
    fixtures = Path(__file__).parents[3] / "fixtures" / "articles"
    lines = [line for file in fixtures.glob("*.txt") for line in file.read_text().splitlines()]
    texts = [units_of(line).characters for line in lines if 0 < len(line) < 1000]
    texts.sort(key=len, reverse=True)
    known, model = tokenize.trainer.vocab, tokenize.trainer.model.eval()
    rows = [
        ([known.unit2id(c) for c in text], draw.integers(0, 2, (len(text), 5)).astype(np.float32))
        for text in texts
    ]
    pad = known.unit2id("<PAD>")
    lengths = [len(text) + 1 for text in texts]
    units = torch.full((len(rows), lengths[0]), pad)
    features = torch.zeros(len(rows), lengths[0], 5)
    for i, (numbers, row) in enumerate(rows):
        units[i, : len(numbers)] = torch.tensor(numbers)
        features[i, : len(numbers)] = torch.from_numpy(row)
    with torch.inference_mode():
        scores = model(units, features, lengths).numpy()
    found = PlainNetwork(model).classes(rows, pad)
    assert len(found) > 30
    for i, classes in enumerate(found):
        assert classes.tolist() == scores[i, : len(texts[i])].argmax(1).tolist()
    assert set(np.concatenate(found).tolist()) >= {0, 1, 2, 3}


@pytest.mark.parametrize(
    "change", [{"rnn_layers": 2}, {"conv_res": "3"}, {"hierarchical": False}, {"use_mwt": False}]
)
def test_another_build_of_network_is_refused(tokenize: Any, change: dict[str, Any]) -> None:
    other = SimpleNamespace(args={**tokenize.trainer.model.args, **change}, charmodel=None)
    with pytest.raises(ValueError, match="train"):
        PlainNetwork(other)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.text(alphabet="aB1 .,’“”'\u2003\x97é", max_size=30), max_size=5))
def test_a_paragraph_is_cut_the_same_whatever_is_beside_it(
    cutter: Cutter, paragraphs: list[str]
) -> None:
    together = cutter(paragraphs)
    assert together == [cutter([paragraph])[0] for paragraph in paragraphs]
    for paragraph, sentences in zip(paragraphs, together, strict=True):
        covered = [i for s in sentences for p in s for i in range(p.start, p.end)]
        assert covered == sorted(set(covered))
        left = set(range(len(paragraph))) - set(covered)
        assert all(paragraph[i].isspace() or paragraph[i] == "\x97" for i in left)
        assert all(sentences)


@pytest.mark.parametrize(
    ("paragraph", "characters", "places"),
    [
        pytest.param("ab", ["a", "b"], [0, 1], id="plain"),
        pytest.param("a \t b ", ["a", " ", "b"], [0, 1, 4], id="white-space"),
        pytest.param("", [], [], id="empty"),
        pytest.param("\x97\x97", [" "], [0], id="control-characters"),
    ],
)
def test_units(paragraph: str, characters: list[str], places: list[int]) -> None:
    assert units_of(paragraph) == (characters, places)


def test_another_kind_of_tokenizer_is_refused() -> None:
    args = {"feat_funcs": [*FEATURES, "dictionary"], "use_dictionary": True}
    with pytest.raises(ValueError, match="the tokenizer wants the features"):
        Cutter(SimpleNamespace(args=args))
