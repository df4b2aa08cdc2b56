"""Tables for people: aligned, complete, dashes where nothing was measured."""

from quotes.nlp.evaluation.errors import classes
from quotes.nlp.evaluation.report import render, render_errors, table
from quotes.nlp.evaluation.scores import evaluate
from quotes.params import EvaluationParams
from tests.quotes.nlp.evaluation.build import DEAD, GOLD, WIN, article

EXPECTED = """\
1 articles, 29 words, 4 attributions in the gold, 2 predicted

spans    exact P     R    F1  partial F1  token P     R    F1  runs F1
content    100.0  50.0  66.7        66.7    100.0  53.3  69.6     66.7
source     100.0  50.0  66.7        66.7    100.0  66.7  80.0     66.7
cue        100.0  50.0  66.7        66.7    100.0  40.0  57.1     66.7

attributions  gold  found R  source right  end to end P      R     F1  tolerant F1
all              4     50.0         100.0         100.0   50.0   66.7         66.7
direct           1    100.0         100.0         100.0  100.0  100.0        100.0
mixed            1      0.0             –           0.0    0.0    0.0          0.0
indirect         2     50.0         100.0         100.0   50.0   66.7         66.7
speech           3     33.3         100.0         100.0   33.3   50.0         50.0"""


def test_the_whole_table() -> None:
    assert render(evaluate([(article(), [WIN, DEAD])])) == EXPECTED


def test_a_group_without_any_has_dashes() -> None:
    lines = render(evaluate([(article(WIN), [WIN])])).splitlines()
    (mixed,) = (line for line in lines if line.startswith("mixed"))
    assert mixed.split() == ["mixed", "0", *"––––––"]


def test_intervals_and_speakers_when_there_are_any() -> None:
    named = WIN.model_copy(update={"speakers": ("Ana Roe",)})
    few = EvaluationParams(bootstrap_rounds=5)
    text = render(evaluate([(article(named), [named])], intervals=True, params=few))
    assert "resolved name     1        1  100.0       100.0        100.0       100.0" in text
    assert "end to end f1, all" in text


def test_columns_are_aligned() -> None:
    assert table([("a", "b"), ("long", "1.0")]) == ["a       b", "long  1.0"]


def test_errors_with_examples() -> None:
    lines = render_errors(classes([(article(), GOLD[:3])], 1)).splitlines()
    assert lines[:2] == ["missed: indirect, speech cue: 1", "  - a"]
    assert lines[2].startswith("      gold      content: prices rose | source: a report")
