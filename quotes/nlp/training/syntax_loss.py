"""Losses of the word, tree and entity heads on windows of running text."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from quotes.nlp.syntax import SLOPE, TAG_COLUMNS
from quotes.nlp.training.polnear import IGNORE
from quotes.nlp.training.syntax_data import PlacedSentence, SyntaxWindow
from quotes.nlp.training.tagger_data import padded
from quotes.nlp.training.tagger_model import TaggerNetwork

Index = Mapping[str, Mapping[str, int]]


def loss(network: TaggerNetwork, some: Sequence[SyntaxWindow], index: Index) -> dict[str, Tensor]:
    """Return the mean loss per word of every column, and of arcs ("head"), that the words have."""
    *_, states = network(*padded([window.rows for window in some]))
    states = network.dropout(states)
    sentences = [(i, s) for i, window in enumerate(some) for s in window.sentences]
    means = [0.5 * (states[i, s.first] + states[i, s.last]) for i, s in sentences]
    vectors = network.words(nn.utils.rnn.pad_sequence(means, batch_first=True))
    parts = dict(zip(network.layout, vectors.split(list(network.layout.values()), -1), strict=True))
    placed = [s for _, s in sentences]
    present = placed[0].words[0].labels
    found = {
        column: _cross_entropy(parts[column], _targets(placed, column, index[column]))
        for column in (*TAG_COLUMNS, "entity")
        if column in present
    }
    if "deprel" in present:
        found |= _tree_loss(network, parts, placed, index["deprel"])
    return found


def _targets(placed: Sequence[PlacedSentence], column: str, index: Mapping[str, int]) -> Tensor:
    rows = [torch.tensor([index.get(w.labels[column], IGNORE) for w in s.words]) for s in placed]
    return nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=IGNORE)


def _cross_entropy(scores: Tensor, targets: Tensor) -> Tensor:
    return functional.cross_entropy(scores.flatten(0, 1), targets.flatten(), ignore_index=IGNORE)


def _tree_loss(
    network: TaggerNetwork,
    parts: Mapping[str, Tensor],
    placed: Sequence[PlacedSentence],
    index: Mapping[str, int],
) -> dict[str, Tensor]:
    lengths = torch.tensor([len(s.words) for s in placed])
    heads = nn.utils.rnn.pad_sequence(
        [torch.tensor([w.head + 1 for w in s.words]) for s in placed],
        batch_first=True,
        padding_value=IGNORE,
    )
    arcs = arc_scores(network, parts["dependent"], parts["head"])
    columns = torch.arange(arcs.shape[2])
    arcs = arcs.masked_fill((columns[None, :] > lengths[:, None])[:, None, :], -1e9)
    known = heads.clamp(min=0)
    relations = relation_scores(network, parts["relation_dependent"], parts["relation_head"], known)
    targets = _targets(placed, "deprel", index)
    return {"head": _cross_entropy(arcs, heads), "deprel": _cross_entropy(relations, targets)}


def arc_scores(network: TaggerNetwork, dependents: Tensor, heads: Tensor) -> Tensor:
    """Return the score (sentence, dependent, head) of every arc; head 0 is the root."""
    dependents = network.dropout(functional.leaky_relu(dependents, SLOPE))
    heads = network.dropout(functional.leaky_relu(heads, SLOPE))
    root = network.root.expand(heads.shape[0], 1, -1)
    heads = torch.cat([root, heads], 1)
    ones = dependents.new_ones(*dependents.shape[:2], 1)
    return torch.cat([dependents, ones], -1) @ network.arc @ heads.transpose(1, 2)


def relation_scores(
    network: TaggerNetwork, dependents: Tensor, heads: Tensor, known: Tensor
) -> Tensor:
    """Return the score (sentence, dependent, relation) for the heads given; 0 is the root."""
    dependents = network.dropout(functional.leaky_relu(dependents, SLOPE))
    heads = network.dropout(functional.leaky_relu(heads, SLOPE))
    heads = torch.cat([heads.new_zeros(heads.shape[0], 1, heads.shape[2]), heads], 1)
    chosen = heads.gather(1, known[:, :, None].expand(-1, -1, heads.shape[2]))
    ones = dependents.new_ones(*dependents.shape[:2], 1)
    left, right = torch.cat([dependents, ones], -1), torch.cat([chosen, ones], -1)
    return torch.einsum("sdi,irj,sdj->sdr", left, network.relation, right)
