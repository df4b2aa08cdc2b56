"""Every rule has its sentence, and words never claim more than the figure beside them."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes import plain_words
from quotes.nlp.document import Act, Kind
from quotes.params import RULE_RELIABILITY

EVIDENCE = re.compile(r'Evidence\([^)]*rule="([a-z-]+)"')


def rules_of_attribution() -> set[str]:
    folder = Path(plain_words.__file__).parent / "nlp"
    found = {rule for path in folder.glob("*.py") for rule in EVIDENCE.findall(path.read_text())}
    return found | set(RULE_RELIABILITY)


@pytest.mark.parametrize("rule", sorted(rules_of_attribution()))
def test_every_rule_has_its_sentence(rule):
    assert plain_words.is_explained(rule)


@pytest.mark.parametrize(
    ("confidence", "key", "percent"),
    [
        (1.0, "very-likely", 100),
        (0.9999, "very-likely", 99),
        (0.9, "very-likely", 90),
        (0.8999, "likely", 89),
        (0.7, "likely", 70),
        (0.6999, "plausible", 69),
        (0.5, "plausible", 50),
        (0.29, "unsure", 29),
        (0.0, "unsure", 0),
    ],
)
def test_bands(confidence, key, percent):
    band = plain_words.confidence_band(confidence)
    assert (band.key, band.percent) == (key, percent)
    assert band.is_unsure == (confidence < 0.5)


def test_words_and_source_have_their_own_sentence():
    assert plain_words.words_confidence(0.9999).endswith("right: 99 %.")


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_confidence_never_reads_as_less(a, b):
    order = ["unsure", "plausible", "likely", "very-likely"]
    low, high = (plain_words.confidence_band(value) for value in sorted((a, b)))
    assert order.index(low.key) <= order.index(high.key)
    assert low.percent <= high.percent


@pytest.mark.parametrize(
    ("facts", "doubt"),
    [
        ({"confidence": 0.7}, ""),
        ({"confidence": 0.69}, "found by a program, plausible (69 %), and not reviewed"),
        ({"confidence": 0.36}, "found by a program, unsure (36 %), and not reviewed"),
        ({"confidence": 0.36, "review": "confirmed"}, ""),
        (
            {"confidence": 0.9, "status": "rejected", "review": "rejected"},
            "no quotation, a person found",
        ),
        ({"confidence": 0.9, "status": "gone"}, "the program no longer finds it in the article"),
        (
            {"confidence": 0.4, "act": "attitude"},
            (
                "a belief, hope or intention that the article ascribes; nobody need have said it; "
                "found by a program, unsure (40 %), and not reviewed"
            ),
        ),
    ],
)
def test_whoever_cites_is_told_what_is_doubtful(facts, doubt):
    assert plain_words.doubt(**facts) == doubt


def test_every_kind_act_and_band_is_explained():
    assert set(plain_words.KIND_MEANS) == {kind.value for kind in Kind}
    assert set(plain_words.ACT_MEANS) == {act.value for act in Act}


@pytest.mark.parametrize(
    ("role", "rule", "words"),
    [
        pytest.param("mention", "pronoun", "A pronoun; only one", id="known"),
        pytest.param("cue", "", "This word says", id="no-rule"),
        pytest.param("name", "brand-new", "(Rule: brand-new.)", id="unknown-rules-keep-their-name"),
    ],
)
def test_steps(role, rule, words):
    assert words in plain_words.step_means(role, rule)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        pytest.param(0, "0 seconds", id="none"),
        pytest.param(1, "1 second", id="one"),
        pytest.param(119, "119 seconds", id="before-minutes"),
        pytest.param(121, "3 minutes", id="rounded-up"),
        pytest.param(3_600, "60 minutes", id="an-hour"),
        pytest.param(86_400, "24 hours", id="a-day"),
        pytest.param(172_800, "2 days", id="days"),
    ],
)
def test_durations(seconds, words):
    assert plain_words.duration(seconds) == words
