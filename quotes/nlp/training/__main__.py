"""`python -m quotes.nlp.training COMMAND ...`: makes the shipped models from their corpora."""

import argparse
import importlib
import logging
import os
import sys
from pathlib import Path

TAGGER = {
    "tagger-train": ("tagger_train", "train the quotation tagger's network"),
    "tagger-export": ("tagger_export", "write a checkpoint as the int8 model that is shipped"),
    "confidence-fit": ("confidence_fit", "fit the confidence on the dev articles, and measure it"),
    "tagger-evaluate": ("tagger_evaluate", "score a shipped model on a split"),
}
STANZA = {
    "stanza-prepare": "prepare the treebanks, the entity corpus and the vectors",
    "stanza-train": "train the Stanza models",
    "stanza-evaluate": "score the Stanza models",
    "stanza-package": "pack the Stanza models for shipping",
}
DATA_VARIABLE = "QUOTES_TRAINING_DATA"


def _usage() -> str:
    lines = [f"  {name:<18}{text}" for name, (_, text) in TAGGER.items()]
    lines += [f"  {name:<18}{text}" for name, text in STANZA.items()]
    return "\n".join([str(__doc__), "", "commands (each has --help):", *lines])


def _tagger(command: str, arguments: list[str]) -> None:
    module = importlib.import_module(f"quotes.nlp.training.{TAGGER[command][0]}")
    parser = argparse.ArgumentParser(
        prog=f"python -m quotes.nlp.training {command}", description=module.__doc__
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get(DATA_VARIABLE, "../shared/data")),
        help=f"folder of the corpora (default: ${DATA_VARIABLE}, else ../shared/data)",
    )
    module.add_arguments(parser)
    module.main(parser.parse_args(arguments))


def main(arguments: list[str]) -> None:
    """Run the command named first; SystemExit with the list of commands if there is none such."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    command = arguments[0] if arguments else ""
    if command in TAGGER:
        _tagger(command, arguments[1:])
    elif command in STANZA:
        importlib.import_module("quotes.nlp.training.stanza_models").main(arguments)
    elif command in {"-h", "--help"}:
        print(_usage())  # noqa: T201 - this is what --help is for
    else:
        raise SystemExit(f"{command or 'no command'}: unknown\n{_usage()}")


if __name__ == "__main__":
    main(sys.argv[1:])
