"""Putting built models in place: all or nothing, and only what its manifest vouches for."""

import json
from pathlib import Path

import pytest

from quotes.nlp.training.install import KINDS, install
from quotes.nlp.training.stanza_data import sha256


@pytest.fixture
def built(tmp_path: Path) -> Path:
    for kind in KINDS:
        folder = tmp_path / "built" / kind
        folder.mkdir(parents=True)
        (folder / "weights").write_bytes(kind.encode())
        files = {"weights": {"sha256": sha256(folder / "weights")}}
        (folder / "manifest.json").write_text(json.dumps({"files": files}))
    return tmp_path / "built"


def test_what_was_built_takes_the_place_of_what_was_there(built: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    (models / "stanza").mkdir(parents=True)
    (models / "stanza" / "weights").write_text("old")
    put = install(built, models)
    assert (models / "stanza" / "weights").read_text() == "stanza"
    assert len(put) == 4
    assert not list(models.rglob("*.partial"))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda f: (f / "stanza" / "weights").write_text("x"), "weights is not the file"),
        (lambda f: (f / "stanza" / "weights").unlink(), "weights is not the file"),
        (lambda f: (f / "stanza" / "manifest.json").unlink(), "manifest.json is missing"),
    ],
)
def test_a_damaged_build_changes_nothing(
    built: Path, tmp_path: Path, change: object, named: str
) -> None:
    change(built)  # type: ignore[operator]
    with pytest.raises(SystemExit, match=named):
        install(built, tmp_path / "models")
    assert not (tmp_path / "models").exists()
