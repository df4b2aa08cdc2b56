"""Stanza's parser training, continued from a model with that model's own vocabulary.

Run as `python -m quotes.nlp.training.stanza_resume`, with the options of `stanza.models.parser`.
Stanza 1.15 builds the vocabulary anew from the training file even with `--continue_from`, so that
other tags in the file would shift every index that the model has learned.
"""

import sys
from typing import Any

import torch
from stanza.models import parser
from stanza.models.common.vocab import BaseVocab
from stanza.models.depparse.data import DataLoader
from stanza.models.pos.vocab import MultiVocab


def load_vocab(path: str) -> Any:
    """Return the vocabulary of a saved parser."""
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    return MultiVocab.load_state_dict(checkpoint["vocab"])


def main(argv: list[str]) -> None:
    """Train as `stanza.models.parser` does; `argv` must name a model with --continue_from."""
    vocab: BaseVocab = load_vocab(argv[argv.index("--continue_from") + 1])

    def with_vocab(*args: Any, **options: Any) -> DataLoader:
        options["vocab"] = options.get("vocab") or vocab
        return DataLoader(*args, **options)

    parser.DataLoader = with_vocab
    parser.main(argv)


if __name__ == "__main__":
    main(sys.argv[1:])
