"""`python -m quotes.nlp.training COMMAND ...`: makes the shipped models from their corpora.

To rebuild everything that is shipped, with the corpora in DIR (see `corpora`; none is downloaded):

    pip install '.[training]'
    python -m quotes.nlp.training corpora --data DIR           # where to get them; are they right?
    python -m quotes.nlp.training all --data DIR --work WORK --dry-run
    python -m quotes.nlp.training all --data DIR --work WORK   # hours; says how long it will take

It can be stopped at any time: the same command goes on where it was. What it does with your
checkout, and how to rebuild a part only: `all --help`. DIR may also stand in the environment
variable QUOTES_TRAINING_DATA.
"""

import argparse
import importlib
import logging
import os
import sys
from pathlib import Path
from typing import Any

WHOLE = {
    "all": ("recipe", "rebuild every shipped file, step by step; resumable"),
    "corpora": ("corpora", "list the corpora: where to get them, their terms, what is here"),
    "pack": ("packing", "make the packed files from a corpus as it is published"),
    "card": ("card", "write the model card from the figures"),
}
TAGGER = {
    "tagger-train": ("tagger_train", "train the network: quotations, tags, trees, entities"),
    "tagger-blend": ("tagger_blend", "mean of two checkpoints' weights"),
    "tagger-export": ("tagger_export", "write a checkpoint as the int8 model that is shipped"),
    "install": ("install", "put built models where the library loads them"),
    "confidence-fit": ("confidence_fit", "fit the confidence on the dev articles, and measure it"),
    "tagger-evaluate": ("tagger_evaluate", "score a shipped model on a split"),
    "mentions-evaluate": ("mention_figures", "score by what the source is: a name, a pronoun …"),
}
STANZA = {
    "stanza-prepare": "prepare the treebanks for Stanza's training",
    "stanza-train": "train the Stanza models",
    "stanza-evaluate": "score tokens, tags, trees and entities",
    "stanza-package": "pack the Stanza models for shipping",
}
COMMANDS = {**WHOLE, **TAGGER}
DATA_VARIABLE = "QUOTES_TRAINING_DATA"


def _usage() -> str:
    lines = [str(__doc__)]
    for title, commands in (
        ("everything", WHOLE),
        ("the network", TAGGER),
        ("Stanza's models", {name: ("", text) for name, text in STANZA.items()}),
    ):
        lines += [f"{title}:", *(f"  {name:<19}{text}" for name, (_, text) in commands.items()), ""]
    return "\n".join([*lines, "Each command has --help."])


def _module(command: str) -> Any:
    return importlib.import_module(f"quotes.nlp.training.{COMMANDS[command][0]}")


def parser_of(command: str) -> argparse.ArgumentParser:
    """Return the parser of a command's options; KeyError if there is no such command."""
    module = _module(command)
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
    return parser


def _run(command: str, arguments: list[str]) -> None:
    _module(command).main(parser_of(command).parse_args(arguments))


def main(arguments: list[str]) -> None:
    """Run the command named first; SystemExit with the list of commands if there is none such."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    command = arguments[0] if arguments else ""
    if command in COMMANDS:
        _run(command, arguments[1:])
    elif command in STANZA:
        importlib.import_module("quotes.nlp.training.stanza_models").main(arguments)
    elif command in {"-h", "--help"}:
        print(_usage())  # noqa: T201 - this is what --help is for
    else:
        raise SystemExit(f"{command or 'no command'}: unknown\n{_usage()}")


if __name__ == "__main__":
    main(sys.argv[1:])
