"""Stages are found by looking, timed without each other, and left as they were."""

from collections.abc import Iterator

import pytest

from quotes.nlp import Extractor
from tests.bench.stages import OTHER, Clock, stages, timed_stages

TEXT = "The minister, Ana Roe, said taxes would fall."


class Hands:
    """A clock's hands, moved by the test."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at

    def move(self, seconds: float) -> None:
        self.at += seconds


def test_a_stage_is_charged_without_the_stages_that_it_calls() -> None:
    hands = Hands()
    clock = Clock(hands)
    inner = clock.timed("inner", lambda: hands.move(3))

    def outer() -> None:
        hands.move(1)
        inner()
        hands.move(4)

    clock.timed("outer", outer)()
    hands.move(7)
    assert clock.take() == {"outer": 5, "inner": 3, OTHER: 7}
    hands.move(2)
    assert clock.take() == {OTHER: 2}


def test_a_generator_is_charged_while_it_works() -> None:
    hands = Hands()
    clock = Clock(hands)

    def numbers() -> Iterator[int]:
        for number in range(2):
            hands.move(1)
            yield number

    found = []
    for number in clock.timed("numbers", numbers)():
        hands.move(10)
        found.append(number)
    assert found == [0, 1]
    assert clock.take() == {"numbers": 2, OTHER: 20}


def test_a_failing_stage_ends() -> None:
    hands = Hands()
    clock = Clock(hands)

    def fail() -> None:
        hands.move(1)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        clock.timed("failing", fail)()
    hands.move(2)
    assert clock.take() == {"failing": 1, OTHER: 2}


def entries(extractor: Extractor) -> dict[tuple[str, str], object]:
    return {(stage, name): vars(owner)[name] for stage, owner, name in stages(extractor)}


def test_the_extractors_stages_are_found_and_left_as_they_were(extractor: Extractor) -> None:
    extractor(TEXT)
    before = entries(extractor)
    assert len({stage for stage, _ in before}) >= 3
    with timed_stages(extractor) as clock:
        clock.take()
        doc = next(iter(extractor.batch([TEXT])))
        spent = clock.take()
    assert doc == extractor(TEXT)
    charged = {stage for stage, seconds in spent.items() if seconds} - {OTHER}
    assert len(charged) >= 2
    assert charged <= {stage for stage, _ in before}
    assert entries(extractor) == before
