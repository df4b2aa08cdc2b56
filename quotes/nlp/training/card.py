"""The model card: a template filled from figures that commands measured. No figure is typed in.

`python -m quotes.nlp.training card` takes new figures in (`--evaluation FILE` and so on), keeps
what the card needs of them in figures/, with the hash of the network that they belong to, and
writes quotes/nlp/models/MODEL_CARD.md. `--check` only says whether the card is up to date.
"""

import argparse
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from quotes.nlp.training import card_parts
from quotes.nlp.training.install import MODELS
from quotes.nlp.training.known_failures import examined

TEMPLATE = Path(__file__).with_name("card_template.txt")
FIGURES = Path(__file__).with_name("figures")
CARD = "MODEL_CARD.md"
TAKEN = ("evaluation", "mentions", "tagger", "speakers", "stanza", "confidence", "bench")
_SLOT = re.compile(r"\{\{(\w+)\}\}")


class CardError(RuntimeError):
    """A figure that was given cannot be used; the message names it and what to do."""


def network_sha256(models: Path = MODELS) -> str:
    """Return the hash of the network that is shipped, by its manifest."""
    found: str = _read(models / "quote_tagger" / "manifest.json")["files"]["model.onnx"]["sha256"]
    return found


def _read(file: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CardError(f"{file}: {error}; run the command that measures it again") from error
    return found


def slim(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return what the card needs of figures as a command wrote them: no paths of a machine."""
    try:
        if name == "evaluation":
            return {**given["scores"], "fingerprint": given.get("fingerprint")}
        if name == "speakers":
            return {"articles": given["scores"]["articles"], **given["scores"]["speakers"]}
        if name == "bench":
            kept = ("date", "commit", "machine", "whole", "stages", "words", "peak_rss_mb",
                    "load_cpu_s", "weights_mb", "weights")  # fmt: skip
            return {key: given[key] for key in kept if key in given}
        if name == "confidence":
            return {key: value for key, value in given.items() if key != "bins"}
    except (KeyError, TypeError) as error:
        raise CardError(f"--{name}: has no {error}; give what the command wrote") from error
    return given


def take(name: str, file: Path, figures: Path = FIGURES, models: Path = MODELS) -> None:
    """Keep figures that a command wrote, as those of the network that is shipped now.

    CardError if they say that they are another's.
    """
    network = network_sha256(models)
    facts = slim(name, _read(file))
    measured = facts.pop("weights", {}).get("quote_tagger/model.onnx", network)
    if measured != network:
        raise CardError(f"{file}: measured with other weights; measure it again")
    _write(figures / f"{name}.json", {"network": network, **facts})


def _write(file: Path, facts: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(facts, indent=1, ensure_ascii=False) + "\n"
    file.write_text(text, encoding="utf-8")


def render(figures: Path = FIGURES, models: Path = MODELS) -> str:
    """Return the card; it says so where nothing was measured with the network that is shipped."""
    network = network_sha256(models)
    known = {file.stem: _read(file) for file in sorted(figures.glob("*.json"))}
    facts = card_parts.Facts(
        figures={name: found for name, found in known.items() if found.get("network") == network},
        tagger=_read(models / "quote_tagger" / "manifest.json"),
        stanza=_read(models / "stanza" / "manifest.json"),
    )

    def filled(slot: re.Match[str]) -> str:
        part: Callable[[card_parts.Facts], str] = card_parts.PARTS[slot.group(1)]
        return part(facts)

    return _SLOT.sub(filled, TEMPLATE.read_text(encoding="utf-8"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    sources = {
        "evaluation": "manage.py evaluate DIR/polnear-dev.jsonl.gz --ci --json FILE",
        "mentions": "mentions-evaluate --out FILE",
        "tagger": "tagger-evaluate > FILE",
        "speakers": "manage.py evaluate GOLD --json FILE, with gold that names speakers",
        "stanza": "stanza-evaluate --out FILE",
        "confidence": "confidence-fit, quotes/nlp/models/quote_tagger/confidence.json",
        "bench": "make bench, a file in bench/results/",
    }
    for name in TAKEN:
        parser.add_argument(f"--{name}", type=Path, metavar="FILE", help=f"from: {sources[name]}")
    parser.add_argument(
        "--failures", action="store_true", help="extract the sentences of failures.tsv again"
    )
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if out of date")


def main(options: argparse.Namespace) -> None:
    """Run the command; SystemExit with its message where a figure cannot be used."""
    try:
        for name in TAKEN:
            if (file := getattr(options, name)) is not None:
                take(name, file)
        if options.failures:
            shown = {"network": network_sha256(), "examples": list(examined())}
            _write(FIGURES / "failures.json", shown)
        text = render()
    except CardError as error:
        raise SystemExit(str(error)) from error
    card = MODELS / CARD
    if options.check:
        if not card.is_file() or card.read_text(encoding="utf-8") != text:
            raise SystemExit(f"{card} is out of date; run `card`")
        return
    card.write_text(text, encoding="utf-8")
