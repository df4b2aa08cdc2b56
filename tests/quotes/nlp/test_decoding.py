"""The decoder against exhaustive search over all tag sequences."""

from itertools import pairwise, product

import numpy as np
import pytest

from quotes.nlp.decoding import (
    DISTANCES,
    TAGS,
    Lattice,
    TagSpan,
    best_link,
    constraints,
    distance_bucket,
    log_softmax,
    paragraph_bucket,
    spans_of,
    tag_index,
)

LEGAL = -1e3


def all_paths(scores: np.ndarray, moves: np.ndarray) -> dict[tuple[int, ...], float]:
    allowed, start, end = constraints()
    found = {}
    for path in product(range(len(TAGS)), repeat=len(scores)):
        score = start[path[0]] + end[path[-1]] + sum(scores[i, t] for i, t in enumerate(path))
        score += sum((moves + allowed)[a, b] for a, b in pairwise(path))
        if score > LEGAL:
            found[path] = float(score)
    return found


@pytest.mark.parametrize("seed", range(3))
def test_best_paths_and_probabilities_are_those_of_exhaustive_search(seed: int) -> None:
    random = np.random.default_rng(seed)
    size = len(TAGS)
    parts = [random.normal(0, 2, (n, size)).astype(np.float32) for n in (1, 3, 4)]
    moves = random.normal(0, 1, (size, size)).astype(np.float32)
    lattice = Lattice(parts, moves)
    for row, (scores, best) in enumerate(zip(parts, lattice.paths(), strict=True)):
        paths = all_paths(scores, moves)
        assert tuple(best) == max(paths, key=paths.__getitem__)
        total = np.logaddexp.reduce(list(paths.values()))
        for span in spans_of(best):
            having = [score for path, score in paths.items() if span in spans_of(list(path))]
            expected = np.logaddexp.reduce(having) - total
            assert lattice.log_probability(row, span) == pytest.approx(expected, abs=1e-3)
            role = {tag for tag, name in enumerate(TAGS) if name.endswith(span.role)}
            words = range(span.first, span.last + 1)
            share = sum(
                np.exp(score - total) * sum(path[word] in role for word in words) / len(words)
                for path, score in paths.items()
            )
            assert lattice.share(row, span) == pytest.approx(share, abs=1e-3)


@pytest.mark.parametrize("seed", range(3))
def test_a_span_gives_way_to_the_likeliest_of_its_role_on_its_words(seed: int) -> None:
    random = np.random.default_rng(seed)
    scores = random.normal(0, 1, (4, len(TAGS))).astype(np.float32)
    lattice = Lattice([scores], np.zeros((len(TAGS), len(TAGS)), np.float32))
    spots = [TagSpan("content", i, j) for i in range(4) for j in range(i, 4)]
    for span in spots:
        alike = [s for s in spots if s.first <= span.last and span.first <= s.last]
        best = max(alike, key=lambda other: lattice.log_probability(0, other))
        unlikely = lattice.log_probability(0, best) < np.log(0.05)
        assert lattice.likeliest(0, [span]) == [span if unlikely else best]


def test_likeliest_spans_leave_each_other_their_words() -> None:
    scores = np.zeros((4, len(TAGS)), np.float32)
    scores[0, tag_index("cue", "S")] = 9
    scores[3, tag_index("cue", "S")] = 9
    scores[1, tag_index("content", "B")] = scores[2, tag_index("content", "E")] = 9
    lattice = Lattice([scores], np.zeros((len(TAGS), len(TAGS)), np.float32))
    path = [TagSpan("cue", 0, 0), TagSpan("content", 2, 2), TagSpan("cue", 3, 3)]
    found = lattice.likeliest(0, path)
    assert found == [path[0], TagSpan("content", 1, 2), path[2]]
    taken = [TagSpan("cue", 0, 1), TagSpan("content", 2, 2)]
    assert lattice.likeliest(0, taken)[0] == TagSpan("cue", 0, 0)
    assert lattice.likeliest(0, [TagSpan("source", 0, 1), TagSpan("content", 2, 2)])[1].first == 2


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        pytest.param(["O", "S-cue", "O"], [TagSpan("cue", 1, 1)], id="single"),
        pytest.param(["B-content", "I-content", "E-content"], [TagSpan("content", 0, 2)], id="run"),
        pytest.param(
            ["S-source", "S-source"], [TagSpan("source", 0, 0), TagSpan("source", 1, 1)], id="two"
        ),
        pytest.param(["O", "O"], [], id="none"),
        pytest.param(
            ["I-cue", "O", "B-cue"], [TagSpan("cue", 0, 0), TagSpan("cue", 2, 2)], id="illegal"
        ),
    ],
)
def test_spans_of_tags(tags: list[str], spans: list[TagSpan]) -> None:
    assert spans_of([TAGS.index(tag) for tag in tags]) == spans


def test_tag_numbers_are_places_in_the_list() -> None:
    assert all(TAGS[tag_index(tag[2:], tag[0])] == tag for tag in TAGS[1:])


@pytest.mark.parametrize(("far", "bucket"), [(0, 0), (1, 12), (-1, 1), (10_000, 21), (-10_000, 10)])
def test_distances_fall_into_buckets(far: int, bucket: int) -> None:
    assert distance_bucket(far) == bucket < DISTANCES


@pytest.mark.parametrize(("apart", "bucket"), [(0, 3), (-9, 0), (9, 6)])
def test_paragraph_distances_fall_into_buckets(apart: int, bucket: int) -> None:
    assert paragraph_bucket(apart) == bucket


def test_cue_and_source_are_chosen_together() -> None:
    # The content leans to source 1, but its cue is sure of source 2.
    cues = log_softmax(np.array([-5.0, 5.0]))
    sources = log_softmax(np.array([-5.0, 1.0, 0.5]))
    cue_sources = log_softmax(np.array([[-5.0, -5.0, 5.0]]))
    link = best_link(cues, sources, cue_sources)
    assert (link.cue, link.source) == (0, 1)
    assert 0.9 < link.source_probability <= 1.0
