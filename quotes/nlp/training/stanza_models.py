"""Trains, evaluates and packages the project's Stanza models, with Stanza's own training modules.

`python -m quotes.nlp.training stanza-prepare|stanza-train|stanza-evaluate|stanza-package`.
Options that differ from Stanza's defaults make models that train on one CPU core within minutes;
what each costs in accuracy stands in docs/decisions/0002-stanza-offline.md.
"""

import argparse
import json
import logging
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from quotes.nlp.training import stanza_evaluate
from quotes.nlp.training.stanza_data import (
    SHORT,
    TrainingError,
    prepare,
    run_stanza,
    sha256,
)

logger = logging.getLogger(__name__)

PROCESSORS = ("tokenize", "mwt", "lemma")
# Steps (epochs for mwt and lemma) that the figures in the decision record come from.
_STEPS = {"tokenize": 3000, "mwt": 2, "lemma": 1}
_MODULES = {
    "tokenize": "stanza.models.tokenizer",
    "mwt": "stanza.models.mwt_expander",
    "lemma": "stanza.models.lemmatizer",
}
_OPTIONS = {
    "tokenize": (
        "--lang en --txt_file {data}/tokenize/{short}.train.txt"
        " --label_file {data}/tokenize/{short}-ud-train.toklabels"
        " --mwt_json_file {data}/tokenize/{short}-ud-dev-mwt.json"
        " --dev_txt_file {data}/tokenize/{short}.dev.txt"
        " --dev_label_file {data}/tokenize/{short}-ud-dev.toklabels"
        " --dev_conll_gold {data}/tokenize/{short}.dev.gold.conllu"
        " --conll_file {work}/tokenize.dev.conllu"
        " --max_seqlen 300 --eval_steps 200 --report_steps 100 --use_mwt --steps {steps}"
    ),
    "mwt": (
        "--train_file {data}/mwt/{short}.train.in.conllu"
        " --eval_file {data}/mwt/{short}.dev.in.conllu"
        " --gold_file {data}/mwt/{short}.dev.gold.conllu"
        " --output_file {work}/mwt.dev.conllu --data_dir {data}/mwt --num_epoch {steps}"
    ),
    "lemma": (
        "--train_file {data}/lemma/{short}.train.in.conllu"
        " --eval_file {data}/lemma/{short}.dev.in.conllu"
        " --output_file {work}/lemma.dev.conllu --data_dir {data}/lemma"
        " --dict_only --num_epoch {steps}"
    ),
}


def train(processor: str, work: Path, *, steps: int | None = None) -> Path:
    """Train one processor on what `prepare` left in `work`; return the model's path.

    `steps` are optimizer steps (epochs for mwt and lemma). TrainingError if something is missing
    or Stanza fails.
    """
    data = work / "data"
    if not (data / processor).is_dir():
        raise TrainingError(f"{data / processor} is missing; run stanza-prepare first")
    models = work / "models"
    models.mkdir(exist_ok=True)
    options = _OPTIONS[processor].format(
        data=data, work=work, short=SHORT, steps=steps or _STEPS[processor]
    )
    common = ["--mode", "train", "--shorthand", SHORT, "--cpu"]
    where = ["--save_dir", str(models), "--save_name", f"{processor}.pt"]
    module = _MODULES[processor]
    origin: dict[str, Any] = {
        "module": module,
        "options": [*common, *(word.replace(str(work), "WORK") for word in options.split())],
        "commit": _commit(),
    }
    start = time.monotonic()
    # Before and after: a run stopped by the clock leaves its best model, and must say whose it is.
    stanza_evaluate.write(origin, models / f"{processor}.json")
    run_stanza(work, module, *common, *where, *options.split())
    origin["minutes"] = round((time.monotonic() - start) / 60, 1)
    stanza_evaluate.write(origin, models / f"{processor}.json")
    return models / f"{processor}.pt"


def package(models: Path, out: Path, data: Path | None, figures: dict[str, Any]) -> None:
    """Write the models in half precision with a manifest: hashes, sizes, figures, data, commit.

    What is not there stays as it is in `out`. Stanza computes in single precision all the same.
    """
    out.mkdir(parents=True, exist_ok=True)
    sources = [models / f"{name}.pt" for name in PROCESSORS]
    for source in filter(Path.is_file, sources):
        loaded = torch.load(source, map_location="cpu", weights_only=True)
        torch.save(without_folders(halved(loaded)), out / source.name)
    origins = {path.stem: json.loads(path.read_text("utf-8")) for path in models.glob("*.json")}
    resources = {"en": {"lang_name": "English", "packages": {}}}
    (out / "resources.json").write_text(json.dumps(resources) + "\n", "utf-8")
    written = manifest(out, data, figures, origins)
    stanza_evaluate.write(written, out / "manifest.json")


def halved(value: Any) -> Any:
    """Return `value` with every single precision tensor in it, however deep, in half precision."""
    if isinstance(value, torch.Tensor):
        return value.half() if value.dtype == torch.float32 else value
    if isinstance(value, dict):
        return type(value)((key, halved(item)) for key, item in value.items())
    if isinstance(value, list | tuple):
        return type(value)(halved(item) for item in value)
    return value


def without_folders(model: dict[str, Any]) -> dict[str, Any]:
    """Return a model with the name alone of each file and folder in its training options.

    The same training in another folder would else give another file, with a stranger's folders
    in it. Only the options are looked at: a vocabulary may have "/" as a word.
    """
    options = {
        name: Path(value).name if isinstance(value, str) and Path(value).is_absolute() else value
        for name, value in model.get("config", {}).items()
    }
    return {**model, "config": options} if options else model


def manifest(
    folder: Path, data: Path | None, figures: dict[str, Any], origins: dict[str, Any]
) -> dict[str, Any]:
    """Return what a reader needs to trust the files in `folder`: their hashes and origins.

    What is not given (no data, no figures, no origin of a processor) stays as it was.
    """
    kept = (folder / "manifest.json").is_file()
    old = json.loads((folder / "manifest.json").read_text("utf-8")) if kept else {}
    files = sorted([*folder.glob("*.pt"), folder / "resources.json"])
    used = sorted(data.glob("*.gz")) if data else []
    kinds = ("ud-", "ner-", "gum-coref-dev")
    return {
        "files": {p.name: {"sha256": sha256(p), "bytes": p.stat().st_size} for p in files},
        "data": {p.name: sha256(p) for p in used if p.name.startswith(kinds)}
        or old.get("data", {}),
        "figures": figures or old.get("figures", {}),
        "training": {**old.get("training", {}), **origins},
        "commit": _commit(),
    }


def _commit() -> str:
    command = ["git", "rev-parse", "HEAD"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    return done.stdout.strip() or "unknown"


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m quotes.nlp.training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    prepare_ = commands.add_parser("stanza-prepare", help="corpora to Stanza's training files")
    prepare_.add_argument("--data", type=Path, required=True, help="folder with the corpora")
    prepare_.add_argument("--seed", type=int, default=1)
    train_ = commands.add_parser("stanza-train", help="train one processor")
    train_.add_argument("processor", choices=PROCESSORS)
    train_.add_argument("--steps", type=int, help="optimizer steps; epochs for mwt and lemma")
    for command in (prepare_, train_):
        command.add_argument("--work", type=Path, default=Path("training-work/stanza"))
    evaluate_ = commands.add_parser("stanza-evaluate", help="score a folder of models")
    evaluate_.add_argument("--data", type=Path, required=True)
    evaluate_.add_argument("--no-corrections", action="store_true")
    package_ = commands.add_parser("stanza-package", help="half precision and manifest")
    package_.add_argument("--out", type=Path, required=True)
    package_.add_argument("--data", type=Path, help="folder with the corpora, for their hashes")
    package_.add_argument("--figures", type=Path, help="JSON that stanza-evaluate wrote")
    for command in (evaluate_, package_):
        command.add_argument("--models", type=Path, required=True)
    evaluate_.add_argument("--out", type=Path, help="where to write the figures as JSON")
    return parser.parse_args(argv)


def main(argv: Sequence[str]) -> None:
    """Run the sub-command `argv[0]`; SystemExit with its message where something is missing."""
    options = _arguments(argv)
    try:
        _run(options)
    except TrainingError as error:
        raise SystemExit(str(error)) from error


def _run(options: argparse.Namespace) -> None:
    if options.command == "stanza-prepare":
        options.work.mkdir(parents=True, exist_ok=True)
        prepare(options.data, options.work, seed=options.seed)
    elif options.command == "stanza-train":
        train(options.processor, options.work, steps=options.steps)
    elif options.command == "stanza-evaluate":
        corrections = not options.no_corrections
        figures = stanza_evaluate.evaluate(options.models, options.data, corrections=corrections)
        print(stanza_evaluate.table(figures))  # noqa: T201  the result of the command
        if options.out:
            stanza_evaluate.write(figures, options.out)
    else:
        figures = json.loads(options.figures.read_text("utf-8")) if options.figures else {}
        package(options.models, options.out, options.data, figures)
