"""Put built models where the library loads them, after checking them against their manifests."""

import argparse
import json
import shutil
from pathlib import Path

from quotes.nlp.training.stanza_data import sha256

MODELS = Path(__file__).parents[1] / "models"
KINDS = ("quote_tagger", "stanza")
MANIFEST = "manifest.json"


def install(built: Path, models: Path = MODELS) -> list[Path]:
    """Copy the models of both kinds from `built` to `models`; return the files written.

    Nothing is written unless every file is there and has the hash of its manifest: else
    SystemExit says which.
    """
    found: list[tuple[Path, Path]] = []
    for kind in KINDS:
        manifest = built / kind / MANIFEST
        if not manifest.is_file():
            raise SystemExit(f"{manifest} is missing; export or package the model first")
        for name, facts in json.loads(manifest.read_text(encoding="utf-8"))["files"].items():
            file = built / kind / name
            if not file.is_file() or sha256(file) != facts["sha256"]:
                raise SystemExit(f"{file} is not the file of its manifest; make it again")
            found.append((file, models / kind / name))
        found.append((manifest, models / kind / MANIFEST))
    for source, target in found:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f"{target.name}.partial")
        shutil.copyfile(source, partial)
        partial.replace(target)
    return [target for _, target in found]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument(
        "--from", dest="built", type=Path, required=True, help="has quote_tagger/ and stanza/"
    )


def main(options: argparse.Namespace) -> None:
    """Run the command; prints the files that were written."""
    for file in install(options.built):
        print(file)  # noqa: T201 - the command's result
