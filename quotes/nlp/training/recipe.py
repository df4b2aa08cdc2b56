"""Rebuild every shipped file: the recipe as steps, run in order, each once.

What is finished is skipped, what was interrupted goes on, what has other inputs or options runs
again. The stages, their options and the reference machine's times are in recipe.json.
"""

import argparse
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from quotes.nlp.training import steps
from quotes.nlp.training.corpora import corpora
from quotes.nlp.training.install import MODELS
from quotes.nlp.training.steps import Records, Step, StepError

logger = logging.getLogger(__name__)

FILE = Path(__file__).with_name("recipe.json")
ROOT = Path(__file__).parents[3]
CHECKPOINT, LOG = "checkpoint.pt", "log.jsonl"
_INTERRUPTED = 130
_TAGGER_FILES = ("model.onnx", "heads.npz", "labels.json", "tokenizer.json")
_STANZA_FILES = ("tokenize.pt", "mwt.pt", "lemma.pt", "resources.json")
_STANZA_TRAINED = ("tokenize", "mwt", "lemma")


class Stage(BaseModel):
    """One stage of the network: trained with options, or the mean of two stages' weights.

    `made` says how the stage was made that the shipped weights come from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    what: str
    minutes: float
    init: str | None = None
    train: dict[str, int | float] | None = None
    blend: tuple[str, str] | None = None
    share: float | None = None
    made: str

    @model_validator(mode="after")
    def _one_kind(self) -> "Stage":
        if (self.train is None) == (self.blend is None):
            raise ValueError(f"stage {self.name}: give either `train` or `blend`")
        if self.blend is not None and self.share is None:
            raise ValueError(f"stage {self.name}: `blend` needs a `share`")
        return self


class Recipe(BaseModel):
    """All stages in order, which one is exported, and the minutes that other steps take."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: str
    reference: str
    stages: tuple[Stage, ...]
    export: str
    minutes: dict[str, float]

    @model_validator(mode="after")
    def _in_order(self) -> "Recipe":
        before: set[str] = set()
        for stage in self.stages:
            for other in (stage.init, *(stage.blend or ())):
                if other is not None and other not in before:
                    raise ValueError(f"stage {stage.name}: {other} is no stage before it")
            before.add(stage.name)
        if self.export not in before:
            raise ValueError(f"`export` names {self.export}, which is no stage")
        return self


@cache
def recipe() -> Recipe:
    """Return the recipe of the shipped weights."""
    return Recipe.model_validate_json(FILE.read_text(encoding="utf-8"))


def _options(**values: object) -> Iterator[str]:
    for name, value in values.items():
        yield f"--{name.replace('_', '-')}"
        yield str(value)


class Plan:
    """The steps for one data folder, work folder and seed. `models` is where the weights go."""

    def __init__(
        self,
        data: Path,
        work: Path,
        *,
        seed: int | None = None,
        threads: int = 1,
        accept_other: bool = False,
        models: Path = MODELS,
    ) -> None:
        self.data, self.work, self.models = data.resolve(), work.resolve(), models
        self._seed, self._threads, self._recipe = seed, threads, recipe()
        self._accepted = ("--accept-other",) if accept_other else ()
        self._stanza = self.work / "stanza"
        self._built, self._figures = self.work / "models", self.work / "figures"

    def steps(self) -> list[Step]:
        """Return all steps, in the order in which they run."""
        tagger, stanza = self._built / "quote_tagger", self._built / "stanza"
        return [
            self._step("corpora", "--data", self.data, *self._accepted, inputs=[self.data]),
            self._prepare(),
            *map(self._stanza_train, _STANZA_TRAINED),
            self._package("stanza-package", stanza, ()),
            *map(self._stage, self._recipe.stages),
            self._export(tagger),
            self._install(tagger, stanza),
            *self._measurements(),
            self._card(),
        ]

    def _step(
        self,
        name: str,
        *arguments: object,
        inputs: Sequence[Path] = (),
        outputs: Sequence[Path] = (),
        command: str | None = None,
        **more: Any,
    ) -> Step:
        called = ("-m", "quotes.nlp.training", command or name) if command != "manage.py" else ()
        words = (sys.executable, *called, *map(str, arguments))
        minutes = more.pop("minutes", None) or self._recipe.minutes[name]
        return Step(name, words, tuple(inputs), tuple(outputs), minutes, **more)

    def _corpora(self, *prefixes: str) -> tuple[Path, ...]:
        names = [part.name for item in corpora() if item.package is None for part in item.files]
        used = [name for name in names if name.startswith(prefixes) and "coref-train" not in name]
        return tuple(self.data / name for name in used)

    def _prepare(self) -> Step:
        seeded = () if self._seed is None else _options(seed=self._seed)
        return self._step(
            "stanza-prepare", "--data", self.data, "--work", self._stanza, *seeded,
            inputs=(*self._corpora("ud-ewt-gum"), self.data / "ud-gum-test.conllu.gz"),
            outputs=[self._stanza / "data" / name for name in _STANZA_TRAINED],
            scratch=self._stanza,
        )  # fmt: skip

    def _stanza_train(self, processor: str) -> Step:
        return self._step(
            f"stanza-train-{processor}", processor, "--work", self._stanza,
            command="stanza-train",
            inputs=[self._stanza / "data" / processor],
            outputs=[self._stanza / "models" / f"{processor}.pt"],
        )  # fmt: skip

    def _package(self, name: str, out: Path, figures: Sequence[Path]) -> Step:
        given = [word for file in figures for word in ("--figures", str(file))]
        trained = [self._stanza / "models" / f"{p}.pt" for p in _STANZA_TRAINED]
        return self._step(
            name, "--models", self._stanza / "models", "--out", out, "--data", self.data, *given,
            command="stanza-package",
            inputs=[*trained, *figures],
            outputs=[out / "manifest.json"] if figures else [out / f for f in _STANZA_FILES],
        )  # fmt: skip

    def _checkpoint(self, stage: str) -> Path:
        return self.work / "tagger" / stage / CHECKPOINT

    def _stage(self, stage: Stage) -> Step:
        out = self._checkpoint(stage.name)
        if stage.blend is not None:
            pair = [self._checkpoint(name) for name in stage.blend]
            return self._step(
                f"tagger-{stage.name}", *pair, *_options(share=stage.share, out=out),
                command="tagger-blend", inputs=pair, outputs=[out], minutes=stage.minutes,
                scratch=out.parent,
            )  # fmt: skip
        options = dict(stage.train or {})
        if self._seed is not None:  # added: networks that are to differ keep on differing
            options["seed"] += self._seed
        start = [] if stage.init is None else [self._checkpoint(stage.init)]
        given = [word for file in start for word in ("--init", str(file))]
        return self._step(
            f"tagger-{stage.name}", "--data", self.data, "--out", out.parent, *given,
            *_options(**options, threads=self._threads),
            command="tagger-train", minutes=stage.minutes,
            inputs=[*self._corpora("polnear", "ud-ewt-gum", "ner-worldwide"), *start],
            outputs=[out], scratch=out.parent, progress=out.parent / LOG,
        )  # fmt: skip

    def _export(self, out: Path) -> Step:
        source = self._checkpoint(self._recipe.export)
        return self._step(
            "tagger-export", "--data", self.data, "--checkpoint", source, "--out", out,
            inputs=[source], outputs=[out / name for name in _TAGGER_FILES], scratch=out,
            noted=("--commit", commit(), "--command", "python -m quotes.nlp.training all"),
        )  # fmt: skip

    def _install(self, tagger: Path, stanza: Path) -> Step:
        built = [*(tagger / n for n in _TAGGER_FILES), *(stanza / n for n in _STANZA_FILES)]
        put = [self.models / f.relative_to(self._built) for f in built]
        return self._step("install", "--from", self._built, inputs=built, outputs=put)

    def _measurements(self) -> Iterator[Step]:
        """Yield the steps that measure what is installed; the confidence is fitted first."""
        tagger, stanza = self.models / "quote_tagger", self.models / "stanza"
        dev = self.data / "polnear-dev.jsonl.gz"
        weights = [tagger / name for name in _TAGGER_FILES]
        weights += [stanza / name for name in _STANZA_FILES]
        fitted = tagger / "calibration.json"
        given: dict[str, Any] = {"inputs": [dev, *weights, fitted]}
        out = {
            n: self._figures / f"{n}.json" for n in ("evaluation", "mentions", "tagger", "stanza")
        }
        yield self._step(
            "confidence-fit", "--data", self.data, inputs=[dev, *weights],
            outputs=[fitted, tagger / "confidence.json", tagger / "reliability.svg"],
        )  # fmt: skip
        yield self._step(
            "tagger-evaluate", "--data", self.data, **given, outputs=[out["tagger"]],
            stdout=out["tagger"],
        )  # fmt: skip
        yield self._step(
            "evaluate", ROOT / "manage.py", "evaluate", dev, "--ci", "--json", out["evaluation"],
            command="manage.py", **given, outputs=[out["evaluation"]],
        )  # fmt: skip
        yield self._step(
            "mentions-evaluate", "--data", self.data, "--out", out["mentions"], **given,
            outputs=[out["mentions"]],
        )  # fmt: skip
        measured = self._corpora("ud-", "ner-worldwide-dev", "gum-coref-dev")
        yield self._step(
            "stanza-evaluate", "--data", self.data, "--models", stanza, "--out", out["stanza"],
            inputs=[*weights, *(f for f in measured if "ewt-gum" not in f.name)],
            outputs=[out["stanza"]],
        )  # fmt: skip
        yield self._package("stanza-figures", stanza, [out["stanza"]])

    def _card(self) -> Step:
        names = ("evaluation", "mentions", "tagger", "stanza")
        files = {name: self._figures / f"{name}.json" for name in names}
        files["confidence"] = self.models / "quote_tagger" / "confidence.json"
        given = [word for name, file in files.items() for word in (f"--{name}", str(file))]
        weights = [self.models / "quote_tagger" / name for name in _TAGGER_FILES]
        return self._step(
            "card", *given, "--failures", inputs=[*files.values(), *weights],
            outputs=[self.models / "MODEL_CARD.md"],
        )  # fmt: skip


def commit() -> str:
    """Return the commit of the code that runs, "unknown" where there is no repository."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)  # noqa: S603
    return done.stdout.strip() or "unknown"


def environment(threads: int) -> dict[str, str]:
    """Return what the steps' environment has besides this one's: threads, no hub, fixed hashes."""
    return {
        "OMP_NUM_THREADS": str(threads),
        "MKL_NUM_THREADS": str(threads),
        "PYTHONHASHSEED": "0",
        "HF_HUB_OFFLINE": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])),
    }


def chosen(plan: Sequence[Step], until: str | None) -> list[Step]:
    """Return the steps up to and with `until`; SystemExit names those there are."""
    names = [step.name for step in plan]
    if until is None:
        return list(plan)
    if until not in names:
        raise SystemExit(f"{until}: no such step; there are {', '.join(names)}")
    return list(plan[: names.index(until) + 1])


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--work", type=Path, required=True, help="folder for all that is made")
    parser.add_argument("--seed", type=int, help="added to all seeds of recipe.json")
    parser.add_argument("--threads", type=int, default=1, help="processor cores to use")
    parser.add_argument("--accept-other", action="store_true",
                        help="go on with corpora of another release")  # fmt: skip
    parser.add_argument("--until", metavar="STEP", help="stop after this step")
    parser.add_argument("--again", metavar="STEP", action="append", default=[],
                        help="run this step afresh (may be given several times)")  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="print the plan, run nothing")
    parser.epilog = (
        "The step `install` writes the new weights into quotes/nlp/models/ of this checkout; with\n"
        "`--until tagger-export` nothing outside --work is written. Changed code does not make\n"
        "steps run again (each record has the commit it was made with): say so with --again."
    )


def main(options: argparse.Namespace) -> None:
    """Run the command; SystemExit with its message where a step fails."""
    plan = Plan(
        options.data, options.work, seed=options.seed, threads=options.threads,
        accept_other=options.accept_other,
    )  # fmt: skip
    todo = chosen(plan.steps(), options.until)
    records = Records(plan.work / "records")
    for name in options.again:
        records.forget(chosen(todo, name)[-1])
    if options.dry_run:
        print(steps.shown_plan(todo, records))  # noqa: T201 - the command's result
        return
    run = partial(steps.run_command, folder=ROOT, environment=environment(options.threads))
    try:
        steps.run_all(todo, records, run, facts={"code": commit()})
    except StepError as error:
        raise SystemExit(str(error)) from error
    except KeyboardInterrupt:
        logger.error("interrupted; the same command goes on from here")  # noqa: TRY400
        raise SystemExit(_INTERRUPTED) from None
