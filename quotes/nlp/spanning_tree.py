"""Exact shortcuts for the maximum spanning tree of a dependency parse. Pure; numpy only.

Scores are a square matrix, `scores[d, h]` for the arc from head `h` to dependent `d`; row and
column 0 are the artificial root. A tree is the array of heads, with `heads[0] == 0`.
Source: Chu and Liu 1965, Edmonds 1967; for the single root Stanojević and Cohen 2021,
https://aclanthology.org/2021.emnlp-main.823/
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Heads = NDArray[np.intp]
Search = Callable[[Any], Heads]
# What an arc from the root costs, log probabilities: as little as possible, for what is forbidden
# outright sends the search through contraction after contraction.
_ROOT_COSTS = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)


def best_tree(scores: NDArray[Any], search: Search) -> Heads | None:
    """Return the best tree with a single root, None if `search` found only others.

    `search` returns the best tree with any number of roots, and may change what it is given. All
    trees with one root pay a cost of root arcs once, so where the best of all pays it once, it is
    the best of these. `scores` is left as it is.
    """
    heads = greedy_tree(scores)
    for cost in _ROOT_COSTS:
        if heads is not None:
            return heads
        arcs = scores.astype(np.float64)
        arcs[:, 0] -= cost
        found = search(arcs)
        heads = found if np.count_nonzero(found[1:] == 0) == 1 else None
    return heads


def greedy_tree(scores: NDArray[Any]) -> Heads | None:
    """Return the best head of every word where these form a tree with one root, else None.

    No tree can score more than every word with its best head, so such a tree is the optimum over
    all trees, and over those with a single root. `scores` is left as it is.
    """
    arcs = scores.astype(np.float64)
    np.fill_diagonal(arcs, -np.inf)
    heads: Heads = arcs.argmax(axis=1)
    heads[0] = 0
    if np.count_nonzero(heads[1:] == 0) != 1 or cycles(heads):
        return None
    return heads


def cycles(heads: Heads) -> list[NDArray[np.bool_]]:
    """Return the cycles of a head array, each a mask over its nodes; the root's loop is none.

    Every node has one head, so following heads once from each node finds all in linear time.
    """
    after = heads.tolist()
    walk_of = [0] * len(after)  # 0: not seen; else the walk that first came by
    walk_of[0] = -1
    found = []
    for walk in range(1, len(after)):
        node, path = walk, []
        while walk_of[node] == 0:
            walk_of[node] = walk
            path.append(node)
            node = after[node]
        if walk_of[node] == walk and path and len(loop := path[path.index(node) :]) > 1:
            mask = np.zeros(len(after), dtype=bool)
            mask[loop] = True
            found.append(mask)
    return found
