"""Write the mean of two checkpoints' weights, as a checkpoint to continue from or to export.

The mean of a fine-tuned network and its start scores better than either (Wortsman et al. 2022,
"Robust fine-tuning of zero-shot models"); so does that of two networks trained apart from one start
(Wortsman et al. 2022, "Model soups").
"""

import argparse
from pathlib import Path
from typing import Any

import torch

from quotes.nlp.training.tagger_train import WORD_HEADS, trains_words


def blend(own: Path, other: Path, out: Path, *, share: float) -> None:
    """Write `own` with `share` of the weights of `other`, in [0, 1].

    What only `own` has stays as it is there, and so do the heads for words, trees and entities
    where `other` never trained them. ValueError if the two have weights of other shapes.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"--share {share}: give the weight of the second, between 0 and 1")
    state: dict[str, Any] = torch.load(own, weights_only=True)
    mixed_in: dict[str, Any] = torch.load(other, weights_only=True)
    before: dict[str, Any] = mixed_in["network"]
    untrained = frozenset() if trains_words(mixed_in["recipe"]) else WORD_HEADS
    mixed = dict(state["network"])
    for name in mixed.keys() & before.keys():
        if name.split(".")[0] in untrained:
            continue
        if mixed[name].shape != before[name].shape:
            raise ValueError(
                f"{other}: {name} has the shape {tuple(before[name].shape)}, in {own} "
                f"{tuple(mixed[name].shape)}; blend checkpoints of one network and one corpus"
            )
        mixed[name] = (1.0 - share) * mixed[name] + share * before[name]
    kept = {name: state[name] for name in ("recipe", "epoch", "labels")}
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_suffix(".partial")
    torch.save({**kept, "network": mixed}, partial)
    partial.replace(out)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("own", type=Path, help="checkpoint whose labels and recipe are kept")
    parser.add_argument("other", type=Path, help="checkpoint to mix in")
    parser.add_argument("--share", type=float, required=True, help="weight of the second")
    parser.add_argument("--out", type=Path, required=True, help="checkpoint to write")


def main(options: argparse.Namespace) -> None:
    """Run the command."""
    blend(options.own, options.other, options.out, share=options.share)
