"""Figures by what the source is: types of mentions, counts, intervals over articles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp.document import Document
from quotes.nlp.evaluation.units import Attribution, GoldArticle
from quotes.nlp.grammar import Grammar
from quotes.nlp.training.mention_figures import (
    TYPES,
    Type,
    counted,
    figures,
    measured,
    rates,
    type_of,
)
from tests.quotes.nlp.build import article, name, quote, said, span_in

TEXT = "\n".join(
    [
        said(name("Ana Roe", "nsubj>said")),
        said("she/PRON/nsubj>said"),
        said("the mayor/NOUN/nsubj>said"),
        said("a report/NOUN/nsubj>said"),
    ]
)


def parsed(*sources: str | None) -> Document:
    """The four sentences; a quotation found in as many of them as sources are given."""
    doc = article(TEXT, person="Ana Roe")
    starts = [sentence.span.start for sentence in doc.sentences]
    found = []
    for source, start in zip(sources, starts, strict=False):
        content = span_in(doc.text, "prices fell", start)
        at = () if source is None else (span_in(doc.text, source, start),)
        made = article(TEXT, [quote("prices fell")]).quotations[0]
        found.append(made.evolve(content=(content,), source=at))
    return doc.model_copy(update={"quotations": tuple(found)})


def gold(doc: Document, *sources: str | None) -> GoldArticle:
    marked = parsed(*sources).quotations
    items = tuple(Attribution(content=q.content, source=q.source) for q in marked)
    return GoldArticle(id="a", text=doc.text, attributions=items)


SOURCES = ("Ana Roe", "She", "The mayor", "A report")


@pytest.mark.parametrize(("source", "kind"), list(zip((*SOURCES, None), TYPES, strict=True)))
def test_what_a_source_is(source: str | None, kind: Type) -> None:
    doc = parsed()
    spans = () if source is None else (span_in(doc.text, source),)
    given_ = Attribution(content=(doc.sentences[0].span,), source=spans)
    assert type_of(Grammar(doc), given_) is kind


def test_an_article_is_counted_by_type() -> None:
    doc = parsed("Ana Roe", None, "The mayor")
    table = counted(gold(doc, *SOURCES), doc)
    rows = dict(zip(TYPES, table.tolist(), strict=True))
    # gold, found, right; predicted, right
    assert rows[Type.NAME] == [1, 1, 1, 1, 1]
    assert rows[Type.PRONOUN] == [1, 1, 0, 0, 0]
    assert rows[Type.DESCRIPTION] == [1, 1, 1, 1, 1]
    assert rows[Type.DOCUMENT] == [1, 0, 0, 0, 0]
    assert rows[Type.NONE] == [0, 0, 0, 1, 0]


def test_measured_figures_have_every_type_and_sound_intervals() -> None:
    doc = parsed("Ana Roe", None, "The mayor")
    found = measured([(gold(doc, *SOURCES), doc)] * 3)
    assert found["articles"] == 3
    named = found["types"]["name"]
    assert (named["gold"], named["f1"]) == (3, [100.0, 100.0, 100.0])
    assert found["types"]["document"]["recall"] == [0.0, 0.0, 0.0]


def test_nothing_to_measure_is_refused() -> None:
    with pytest.raises(ValueError, match="no article"):
        measured([])


def test_rates_of_counts() -> None:
    found = rates([10, 8, 6, 12, 6])
    assert found["found"] == 80
    assert found["source_right"] == 75
    assert (found["precision"], found["recall"]) == (50, 60)
    assert found["f1"] == pytest.approx(2 * 50 * 60 / 110)
    assert all(value == 0 for value in rates([0, 0, 0, 0, 0]).values())


TABLE = st.tuples(*[st.integers(0, 9)] * 4).map(
    # right <= found <= gold, and of the predictions at most all are right.
    lambda n: [n[0] + n[1] + n[2], n[0] + n[1], n[0], n[0] + n[3], n[0]]
)


@given(st.lists(st.lists(TABLE, min_size=5, max_size=5), min_size=1, max_size=6))
def test_figures_lie_in_their_intervals_range_and_repeat(rows: list[list[list[int]]]) -> None:
    tables = [np.array(row, dtype=np.int64) for row in rows]
    found = figures(tables)
    assert figures(tables) == found
    for of in found.values():
        for key, triple in of.items():
            if key not in ("gold", "predicted"):
                _, low, high = triple
                assert 0 <= low <= high <= 100
                assert len(tables) > 1 or triple[0] == low == high
