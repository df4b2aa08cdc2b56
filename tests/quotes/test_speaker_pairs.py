"""Precision and recall of links on the labelled pairs, and that candidates are found by keys."""

import pytest

from quotes.nlp.document import Speaker
from quotes.speaker_evidence import compare
from quotes.speakers import institution, link_key, lookup_keys, stored_keys
from tests.quotes import speaker_pairs
from tests.quotes.speaker_pairs import HALVES, Pair, figures, is_linked

PAIRS = speaker_pairs.read()


def half(name: str) -> list[Pair]:
    return [pair for pair in PAIRS if pair.half == name]


@pytest.mark.parametrize("name", [*HALVES, "all"])
def test_precision_and_recall(name: str) -> None:
    found = figures(PAIRS if name == "all" else half(name))
    assert found.precision >= 0.98, found
    assert found.recall >= 0.85, found


def test_the_halves_are_of_one_kind() -> None:
    tune, held = (half(name) for name in HALVES)
    assert len(PAIRS) == len(tune) + len(held) >= 200
    assert {pair.category for pair in tune} == {pair.category for pair in held}
    assert abs(sum(p.same for p in tune) - sum(p.same for p in held)) <= 10
    assert sum(not pair.same for pair in held) >= 50


def test_the_comparison_is_symmetric() -> None:
    for pair in PAIRS:
        there, back = compare(pair.one, pair.other), compare(pair.other, pair.one)
        assert there.score == pytest.approx(back.score), pair


def test_the_figures_count_what_is_linked() -> None:
    same = next(p for p in PAIRS if p.same and is_linked(compare(p.one, p.other)))
    other = next(p for p in PAIRS if not p.same and not is_linked(compare(p.one, p.other)))
    assert figures([same, other]) == (1, 1, 1, 2)
    wrong = same._replace(same=False)
    assert figures([same, wrong]).precision == 0.5
    assert figures([same, other._replace(same=True)]).recall == 0.5


@pytest.mark.parametrize("pair", [p for p in PAIRS if is_linked(compare(p.one, p.other))])
def test_what_is_linked_is_found_by_its_keys(pair: Pair) -> None:
    """Whichever of the two is stored first, if its name holds across articles."""
    reachable = []
    for stored, asked in ((pair.one, pair.other), (pair.other, pair.one)):
        first, second = (Speaker(name=p.names[0], kind=p.kind) for p in (stored, asked))
        across = link_key(first, stored.about)
        if across is None:
            continue
        known = institution(first, stored.about)
        name = known.name if known else first.name
        asked_for = institution(second, asked.about)
        reachable.append(
            across == link_key(second, asked.about)
            or not set(stored_keys(name, first.kind)).isdisjoint(
                lookup_keys(asked_for.name if asked_for else second.name, second.kind)
            )
        )
    assert reachable
    assert all(reachable)


def test_the_command_prints_both_halves(capsys: pytest.CaptureFixture[str]) -> None:
    speaker_pairs.main(["--errors"])
    tune, held, *errors = capsys.readouterr().out.splitlines()
    assert tune.startswith("tune: ")
    assert held.startswith("held: ")
    assert "precision" in held
    wrong = [p for p in half("tune") if p.same != is_linked(compare(p.one, p.other))]
    assert len(errors) == len(wrong)
