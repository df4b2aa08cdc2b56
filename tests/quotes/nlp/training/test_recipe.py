"""The recipe of the shipped weights as steps: whole, in order, inputs made before they are read."""

import argparse
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from quotes.nlp.training import __main__ as command
from quotes.nlp.training import corpora, recipe, tagger_train
from quotes.nlp.training.recipe import Plan, Recipe, chosen
from quotes.nlp.training.steps import Step


@pytest.fixture
def plan(tmp_path: Path) -> list[Step]:
    return Plan(tmp_path / "data", tmp_path / "work", models=tmp_path / "models").steps()


def test_every_input_is_a_corpus_or_made_by_an_earlier_step(
    plan: list[Step], tmp_path: Path
) -> None:
    packed = {part.name for item in corpora.corpora() for part in item.files}
    made = {tmp_path / "data"}
    for step in plan:
        for path in step.inputs:
            assert path in made or (path.parent == tmp_path / "data" and path.name in packed), step
        made |= set(step.outputs)


def test_everything_that_the_library_loads_is_made(plan: list[Step], tmp_path: Path) -> None:
    made = {path.relative_to(tmp_path / "models") for step in plan for path in step.outputs
            if path.is_relative_to(tmp_path / "models")}  # fmt: skip
    shipped = {path.relative_to(recipe.MODELS) for path in recipe.MODELS.rglob("*")
               if path.is_file() and path.name not in ("manifest.json", "README.md")}  # fmt: skip
    assert {path for path in shipped if path.parent.name} <= made
    assert Path("MODEL_CARD.md") in made


def test_nothing_outside_the_work_folder_is_written_before_the_install(
    plan: list[Step], tmp_path: Path
) -> None:
    for step in chosen(plan, "tagger-export"):
        assert all(path.is_relative_to(tmp_path / "work") for path in step.outputs)
    for step in plan:
        assert step.scratch is None or step.scratch.is_relative_to(tmp_path / "work")


@pytest.mark.parametrize("position", range(len(Plan(Path("data"), Path("work")).steps())))
def test_every_command_can_be_parsed(plan: list[Step], position: int) -> None:
    words = [*plan[position].command, *plan[position].noted]
    if words[1].endswith("manage.py"):
        assert words[2] == "evaluate"
        return
    assert words[1:3] == ["-m", "quotes.nlp.training"]
    name, rest = words[3], words[4:]
    if name in command.STANZA:
        stanza = pytest.importorskip("quotes.nlp.training.stanza_models")
        assert stanza._arguments([name, *rest]).command == name
    else:
        assert command.parser_of(name).parse_args(rest)


def test_the_recipe_gives_options_that_training_has() -> None:
    known = {field.name for field in tagger_train.Recipe.__dataclass_fields__.values()}
    for stage in recipe.recipe().stages:
        assert set(stage.train or {}) <= known


def test_a_seed_is_added_to_all_seeds(tmp_path: Path) -> None:
    def seeds(seed: int | None) -> list[str]:
        found = Plan(tmp_path, tmp_path / "work", seed=seed).steps()
        words = [word for step in found for word in step.command]
        return [words[i + 1] for i, word in enumerate(words) if word == "--seed"]

    own = [int(s.train["seed"]) for s in recipe.recipe().stages if s.train]
    assert seeds(None) == [str(seed) for seed in own]
    assert seeds(5) == ["5", *(str(seed + 5) for seed in own)]  # the first: news-like paragraphs


STAGE = {"name": "A", "what": "x", "minutes": 1, "made": "x", "train": {"seed": 1}}


@pytest.mark.parametrize(
    ("stages", "export", "problem"),
    [
        ([STAGE | {"init": "B"}], "A", "stage A: B is no stage before it"),
        ([STAGE], "C", "`export` names C"),
        ([STAGE | {"train": None}], "A", "give either `train` or `blend`"),
        (
            [STAGE, STAGE | {"name": "B", "train": None, "blend": ["A", "A"]}],
            "B",
            "needs a `share`",
        ),
        ([STAGE | {"spelt": 1}], "A", "Extra inputs"),
    ],
)
def test_a_broken_recipe_is_refused(
    stages: list[dict[str, Any]], export: str, problem: str
) -> None:
    with pytest.raises(ValidationError, match=problem):
        Recipe(about="", reference="", stages=stages, export=export, minutes={})


def test_dry_run_prints_the_plan_and_runs_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work = tmp_path / "work"
    command.main(["all", "--data", str(tmp_path), "--work", str(work), "--dry-run",
                  "--until", "tagger-A1"])  # fmt: skip
    said = capsys.readouterr().out
    assert "run     tagger-A1" in said
    assert "tagger-A2" not in said
    assert not work.exists()


def test_missing_corpora_stop_the_run_with_the_list(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="corpora ended with status 1"):
        command.main(["all", "--data", str(tmp_path), "--work", str(tmp_path / "work")])
    assert "polnear-train.jsonl.gz (train): MISSING" in capfd.readouterr().out


@pytest.mark.parametrize("option", ["--until", "--again"])
def test_an_unknown_step_is_named(tmp_path: Path, option: str) -> None:
    words = ["all", "--data", str(tmp_path), "--work", str(tmp_path), option, "nonesuch"]
    with pytest.raises(SystemExit, match="nonesuch: no such step; there are corpora, stanza"):
        command.main(words)


def test_help_explains_the_whole(capsys: pytest.CaptureFixture[str]) -> None:
    command.main(["--help"])
    said = capsys.readouterr().out
    for name in [*command.COMMANDS, *command.STANZA]:
        assert f"  {name} " in said
    assert "goes on where it was" in said


@pytest.mark.parametrize("name", list(command.COMMANDS))
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        command.main([name, "--help"])
    assert f"python -m quotes.nlp.training {name}" in capsys.readouterr().out
    assert isinstance(command.parser_of(name), argparse.ArgumentParser)
