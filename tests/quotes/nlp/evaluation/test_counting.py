"""Counts of one article, and spans as a sequence labeller is scored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp.document import Span
from quotes.nlp.evaluation.counting import align, count, labelled_runs
from quotes.nlp.evaluation.units import Attribution
from tests.quotes.nlp.evaluation.build import DEAD, FALL, ROSE, TEXT, WIN, article, of, said


def runs(text: str, *given: Attribution) -> list[tuple[str, str]]:
    return [(role, text[start:end]) for role, start, end in labelled_runs(text, given)]


def test_runs_are_maximal_and_signs_belong_to_them() -> None:
    assert runs(TEXT, WIN) == [
        ("content", "“We will win,”"),
        ("cue", "said"),
        ("source", "Ana Roe, the mayor"),
    ]


def test_fragments_count_by_themselves_and_paragraphs_end_runs() -> None:
    text = "“A b,” he said. “C d.\n“E f.”"
    quotation = of(text, ("“A b,”", "“C d.\n“E f.”"), "he", "said")
    content = [words for role, words in runs(text, quotation) if role == "content"]
    assert content == ["“A b,”", "“C d.", "“E f.”"]


def test_a_source_that_two_share_is_one_run_and_of_nested_contents_the_first_keeps_the_words() -> (
    None
):
    text = "Roe said that Low said no."
    outer = of(text, "that Low said no", "Roe", "said")
    inner = of(text, "no", "Low")
    assert runs(text, outer, inner) == [
        ("source", "Roe"),
        ("cue", "said"),
        ("content", "that Low said no"),
    ]
    assert runs(text, of(text, "no", "Roe"), of(text, "that", "Roe"))[0] == ("source", "Roe")


def test_neighbours_of_different_attributions_are_two_runs() -> None:
    text = "“No.” “Go.”"
    assert runs(text, of(text, "“No.”"), of(text, "“Go.”")) == [
        ("content", "“No.”"),
        ("content", "“Go.”"),
    ]


def test_a_prediction_that_lies_half_in_discarded_text_is_not_judged() -> None:
    half = Span(start=TEXT.index("is dead"), end=TEXT.index("is dead") + 7)
    aligned = align(article(discards=(half,)), [DEAD, said("plan is dead")])
    assert aligned.found_given == [DEAD]


def test_what_has_no_words_is_not_judged() -> None:
    signs = Attribution(content=(Span(start=0, end=1),))
    counts = count(article(WIN, signs), [WIN, signs])
    assert (counts["gold", "all"], counts["found:all", "all"]) == (1, 1)


@pytest.mark.parametrize(
    ("group", "gold", "found", "right"),
    [
        pytest.param("all", 4, 3, 2, id="all"),
        pytest.param("direct", 1, 1, 1, id="direct"),
        pytest.param("mixed", 1, 0, 0, id="mixed"),
        pytest.param("indirect", 2, 2, 1, id="indirect"),
        pytest.param("speech", 3, 3, 1, id="speech-has-all-predictions-and-its-own-gold"),
    ],
)
def test_groups(group: str, gold: int, found: int, right: int) -> None:
    wrong = said("prices rose", "Bo Low")
    counts = count(article(), [WIN, DEAD, wrong])
    assert counts["gold", group] == gold
    assert counts["found:all", group] == found
    assert counts["gold:right", group] == right


def test_a_quotation_told_in_two_predictions_is_found_tolerantly() -> None:
    whole = said("“We will win,” said Ana Roe, the mayor. She added that", "Bo Low")
    parts = [said("“We will win,”", "Bo Low"), said("Roe, the mayor. She added that", "Bo Low")]
    strict = count(article(whole), parts)
    assert strict["gold:matched", "all"] == 1
    assert strict["found:held", "all"] == 2
    assert strict["gold:held", "all"] == 1
    assert strict["gold:held-right", "all"] == 1
    less = count(article(whole), [parts[0]])
    assert less["gold:held", "all"] == 0


def test_gold_against_itself_is_all_right() -> None:
    counts = count(article(), [WIN, FALL, DEAD, ROSE])
    for what in ("matched", "right", "right-by-place", "held", "held-right"):
        assert counts[f"gold:{what}", "all"] == counts[f"found:{what}", "all"] == 4
    for role in ("content", "source", "cue"):
        assert counts["spans:exact", role] == counts["spans:gold", role] == 4
        assert counts["runs:exact", role] == counts["runs:gold", role]


SPANS = st.tuples(st.integers(0, len(TEXT) - 2), st.integers(1, 30)).map(
    lambda pair: Span(start=pair[0], end=min(len(TEXT), pair[0] + pair[1]))
)
GIVEN = st.builds(
    Attribution,
    content=st.lists(SPANS, min_size=1, max_size=2).map(tuple),
    source=st.lists(SPANS, max_size=1).map(tuple),
    cue=st.lists(SPANS, max_size=1).map(tuple),
)


@given(st.lists(GIVEN, max_size=4), st.lists(GIVEN, max_size=4))
def test_nothing_is_right_more_often_than_it_is_there(
    gold: list[Attribution], found: list[Attribution]
) -> None:
    counts = count(article(*gold) if gold else article(WIN), found)
    for group in ("all", "direct", "mixed", "indirect", "speech"):
        for side, total in (("gold", "gold"), ("found", "found:all")):
            right, matched = counts[f"{side}:right", group], counts[f"{side}:matched", group]
            assert right <= matched <= counts[total, group]
            assert counts[f"{side}:held-right", group] <= counts[f"{side}:held", group]
        assert counts["asked:right", group] <= counts["asked", group]
    for role in ("content", "source", "cue"):
        for name in ("spans", "runs"):
            least = min(counts[f"{name}:gold", role], counts[f"{name}:found", role])
            assert counts[f"{name}:exact", role] <= least
    kinds = ("direct", "mixed", "indirect")
    for what in ("gold", "found:all", "gold:right", "found:right", "found:held"):
        assert counts[what, "all"] == sum(counts[what, kind] for kind in kinds)
