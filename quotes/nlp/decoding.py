"""From the network's scores to spans and links: the tagger's decoder, free of any engine.

Tags are BIOES; a linear-chain CRF with hard BIOES constraints gives the best path and its span
marginals; three pointer relations tie contents to cues and sources.
Source: docs/decisions/0003-quotation-tagger.md.
"""

import math
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

ROLES = ("source", "cue", "content")
TAGS = ("O", *(f"{place}-{role}" for role in ROLES for place in "BIES"))
RELATIONS = (("content", "source"), ("content", "cue"), ("cue", "source"))
LINK_SIZE = 96
DISTANCES, PARAGRAPH_DISTANCES = 22, 7
IMPOSSIBLE = -1e4
_B, _I, _E, _S = range(4)


def tag_index(role: str, place: str) -> int:
    """Return the number of the tag `place`-`role`, as in B-source."""
    return 1 + 4 * ROLES.index(role) + "BIES".index(place)


@cache
def constraints() -> tuple[Floats, Floats, Floats]:
    """Return what BIOES allows as (transitions, start, end) scores: 0, or `IMPOSSIBLE`."""
    size = len(TAGS)
    moves = np.full((size, size), IMPOSSIBLE, np.float32)
    start = np.full(size, IMPOSSIBLE, np.float32)
    end = np.full(size, IMPOSSIBLE, np.float32)
    for i, tag in enumerate(TAGS):
        start[i] = 0 if tag[0] in "OBS" else IMPOSSIBLE
        end[i] = 0 if tag[0] in "OES" else IMPOSSIBLE
        for j, following in enumerate(TAGS):
            inside = following[0] in "IE" and following[2:] == tag[2:]
            if inside if tag[0] in "BI" else following[0] in "OBS":
                moves[i, j] = 0
    return moves, start, end


def distance_bucket(wordpieces: int) -> int:
    """Return the bucket (0 to 21) of a signed distance in wordpieces, logarithmic each way."""
    bucket = min(10, int(math.log2(abs(wordpieces) + 1) * 1.4))
    return bucket + 11 if wordpieces > 0 else bucket


def paragraph_bucket(paragraphs: int) -> int:
    """Return the bucket (0 to 6) of a signed distance in paragraphs, cut at 3 each way."""
    return max(-3, min(3, paragraphs)) + 3


class TagSpan(NamedTuple):
    """A run of words with one role: word indices `first` to `last`, both inside the span."""

    role: str
    first: int
    last: int


def spans_of(path: npt.NDArray[np.int64] | list[int]) -> list[TagSpan]:
    """Return the spans of a path of tag numbers; one that BIOES forbids is read as best it can be."""
    found: list[TagSpan] = []
    begun: TagSpan | None = None
    for index, number in enumerate(path):
        tag = TAGS[number]
        role = tag[2:]
        if begun and (tag[0] in "OBS" or begun.role != role):
            found.append(begun)
            begun = None
        if tag[0] == "O":
            continue
        begun = TagSpan(role, begun.first if begun else index, index)
        if tag[0] in "ES":
            found.append(begun)
            begun = None
    return [*found, begun] if begun else found
