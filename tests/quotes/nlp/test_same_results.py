"""The same text, the same answer: whatever stands beside it, before it, or works on it.

Real models. What is compared are whole documents, so parse, spans and confidence to the last bit:
a difference there is one that some text somewhere will show.
"""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotes.extraction import extract_groups, with_quotations_only
from quotes.nlp import Document, Extractor, as_json
from quotes.nlp.decoding import TAGS, Lattice, TagSpan
from quotes.params import DEFAULTS

ARTICLES = sorted((Path(__file__).parents[3] / "fixtures" / "articles").glob("*.txt"))
# One paragraph and one sentence, so long that the tagger reads it in several windows.
LONG = (
    "The minister, Ana Roe, said on Tuesday that "
    + ", ".join(
        f"the {place} of the {thing} would cost “{cost} crowns” a year"
        for place in ("upkeep", "repair", "renewal", "insurance", "loss")
        for thing, cost in (("bridge", 40), ("harbour", 512), ("railway", 1_300), ("canal", 7))
    )
    + ", and that nobody had told her so before."
)
SHORT = (
    "",
    "Yes",
    " \n\t\n",
    "“",
    "Ana Roe said no.",
    "“We can’t go,” she said. “Not now.”",
    "\nPrices fell, according to a report.\nNobody knew why.\n",
    "TAXES WILL RISE, SAYS ROE",
    "The group's chairman, Bo Li, told reporters: 'It was late.'",
    "He warned that it might snow. The talks went on, the statement read.",
)
TEXTS = (*SHORT, LONG, *(path.read_bytes().decode() for path in ARTICLES))


def read(lattice: Lattice, row: int) -> list[float]:
    """Return a sequence's best path and what it says of some spans."""
    words = int(lattice._lengths[row])
    spans = [TagSpan("content", 0, words - 1), TagSpan("cue", words // 2, words // 2)]
    sure = [(lattice.log_probability(row, span), lattice.share(row, span)) for span in spans]
    return [*lattice.paths()[row], *(number for pair in sure for number in pair)]


@settings(max_examples=30, deadline=None)
@given(lengths=st.lists(st.integers(1, 40), min_size=2, max_size=70), seed=st.integers(0, 99))
def test_a_sequence_is_read_alike_among_others(lengths: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    moves = rng.normal(size=(len(TAGS), len(TAGS))).astype(np.float32)
    scores = [(rng.normal(size=(n, len(TAGS))) * 3).astype(np.float32) for n in lengths]
    together = Lattice(scores, moves)
    for row in (0, len(scores) - 1):
        assert read(together, row) == read(Lattice([scores[row]], moves), 0)


@pytest.fixture(scope="module")
def alone(extractor: Extractor) -> dict[str, Document]:
    """Each text's document, extracted by itself."""
    return {text: extractor(text) for text in TEXTS}


def in_parts(extractor: Extractor, texts: list[str], size: int) -> list[Document]:
    parts = [texts[low : low + size] for low in range(0, len(texts), size)]
    return [doc for part in parts for doc in extractor.batch(part)]


def test_the_texts_are_worth_comparing(alone: dict[str, Document]) -> None:
    assert sum(len(doc.quotations) for doc in alone.values()) > 20
    assert alone[LONG].quotations
    assert len(re.findall(r"\w+|[^\w\s]", LONG)) > 250
    assert len(TEXTS) < DEFAULTS.extract_batch_texts  # so that they all go together below


@pytest.mark.parametrize(("size", "reverse"), [(2, False), (5, True), (len(TEXTS), True)])
def test_in_batches(
    extractor: Extractor, alone: dict[str, Document], size: int, *, reverse: bool
) -> None:
    texts = list(TEXTS)[:: -1 if reverse else 1]
    assert in_parts(extractor, texts, size) == [alone[text] for text in texts]


def test_many_times_over(extractor: Extractor, alone: dict[str, Document]) -> None:
    texts = [LONG, *SHORT] * 2 + [LONG] * 20
    assert list(extractor.batch(texts)) == [alone[text] for text in texts]


@st.composite
def groupings(draw: st.DrawFn) -> list[list[str]]:
    """Draw some of the texts in some order, cut into groups."""
    texts = draw(st.permutations([*SHORT, LONG]))
    texts = texts[: draw(st.integers(1, len(texts)))]
    cuts = draw(st.sets(st.integers(1, len(texts))))
    return [texts[a:b] for a, b in pairwise([0, *sorted(cuts | {len(texts)})])]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(groups=groupings())
def test_in_any_company(
    extractor: Extractor, alone: dict[str, Document], groups: list[list[str]]
) -> None:
    for group in groups:
        assert list(extractor.batch(group)) == [alone[text] for text in group]


@pytest.mark.parametrize("workers", [1, 2])
def test_in_other_processes(alone: dict[str, Document], workers: int) -> None:
    def groups() -> Iterator[list[str]]:
        texts = [*TEXTS, *reversed(TEXTS)]
        yield texts[:1]
        yield []
        for low in range(1, len(texts), 4):
            yield texts[low : low + 4]

    given_back: list[str] = []
    for group, found in extract_groups(groups(), list, with_quotations_only, workers=workers):
        given_back += group
        assert found == [with_quotations_only(alone[text]) for text in group]
        answers = [json.dumps(as_json(doc, 0)) for doc in found if isinstance(doc, Document)]
        assert answers == [json.dumps(as_json(alone[text], 0)) for text in group]
    assert given_back == [*TEXTS, *reversed(TEXTS)]
