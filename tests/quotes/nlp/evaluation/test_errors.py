"""Classes of errors, and what an example shows."""

import pytest

from quotes.nlp.evaluation.errors import classes
from quotes.params import EvaluationParams
from tests.quotes.nlp.evaluation.build import DEAD, FALL, GOLD, ROSE, WIN, article, of, said


def names(found: list) -> list[str]:
    return [error.name for error in classes([(article(WIN, FALL, DEAD), found)], 1)]


@pytest.mark.parametrize(
    ("found", "name"),
    [
        pytest.param([FALL, DEAD], "missed: direct, speech cue", id="missed"),
        pytest.param([WIN, FALL], "missed: indirect, other cue or none", id="missed-belief"),
        pytest.param(
            [WIN, said("plan"), FALL],
            "boundaries too far off: indirect, other cue or none",
            id="boundaries",
        ),
        pytest.param(
            [WIN, FALL, DEAD, ROSE], "spurious, no gold there: indirect", id="no-gold-there"
        ),
        pytest.param(
            [WIN, FALL, DEAD, said("dead")], "spurious, overlaps gold: indirect", id="overlaps"
        ),
        pytest.param(
            [WIN, FALL, said("that the plan is dead", "the mayor")],
            "wrong source: another mention",
            id="another",
        ),
        pytest.param(
            [WIN, FALL, said("that the plan is dead")], "wrong source: left empty", id="left-empty"
        ),
        pytest.param(
            [WIN, FALL, said("that the plan is dead", "She")],
            "wrong source: a pronoun instead",
            id="a-pronoun",
        ),
        pytest.param(
            [WIN, said("that taxes “must fall” soon", "Bo Low"), DEAD],
            "wrong source: for a pronoun",
            id="for-a-pronoun",
        ),
    ],
)
def test_classes(found: list, name: str) -> None:
    assert name in names(found)


def test_no_errors_no_classes() -> None:
    assert classes([(article(), GOLD)], 3) == []


def test_a_source_where_there_is_none() -> None:
    gold = article(said("that the plan is dead"))
    (error,) = classes([(gold, [DEAD])], 0)
    assert (error.name, error.count) == ("wrong source: given where the gold has none", 1)
    assert error.examples == ()


def test_the_most_frequent_first_and_no_more_examples_than_asked() -> None:
    judged = [(article(), [WIN]), (article(), [WIN, ROSE]), (article(), [])]
    errors = classes(judged, 2)
    assert [error.count for error in errors] == sorted((e.count for e in errors), reverse=True)
    assert all(len(error.examples) == min(2, error.count) for error in errors)
    assert classes(judged, 2) == errors


def test_an_example_shows_both_sides_in_context() -> None:
    (error,) = classes([(article(DEAD), [said("that the plan is dead", "She", "believes")])], 1)
    gold, found, context = error.examples[0].lines(EvaluationParams(example_context_chars=22))
    assert gold == "gold      content: that the plan is dead | source: Bo Low | cue: believes"
    assert found == "predicted content: that the plan is dead | source: She | cue: believes"
    assert (
        context == "context   …soon. Bo Low believes that the plan is dead. According to a repor…"
    )


def test_long_spans_are_cut_in_the_middle_and_pieces_are_marked() -> None:
    text = "One two three four five. Six, he said."
    gold = article(of(text, ("One two three four", "Six"), cue="said"), text=text)
    (error,) = classes([(gold, [])], 1)
    whole, _ = error.examples[0].lines()
    assert whole == "gold      content: One two three four […] Six | source: – | cue: said"
    cut, context = error.examples[0].lines(EvaluationParams(example_chars=11))
    assert cut.startswith("gold      content: One … Six |")
    assert context == f"context   {text}"
