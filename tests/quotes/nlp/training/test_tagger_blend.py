"""The mean of two checkpoints."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from quotes.nlp.training.tagger_blend import blend  # noqa: E402 - needs torch


def checkpoint(file: Path, *, syntax_passes: int = 1, **network: object) -> Path:
    state = {"recipe": {"seed": 1, "syntax_passes": syntax_passes}, "epoch": 2, "labels": {},
             "optimizer": {}, "network": network}  # fmt: skip
    torch.save(state, file)
    return file


@pytest.mark.parametrize(("share", "mean"), [(0.0, 4.0), (0.25, 3.0), (1.0, 0.0)])
def test_weights_are_mixed_by_share(tmp_path: Path, share: float, mean: float) -> None:
    own = checkpoint(tmp_path / "own.pt", a=torch.full((2,), 4.0), b=torch.ones(1))
    other = checkpoint(tmp_path / "other.pt", a=torch.zeros(2), c=torch.ones(1))
    blend(own, other, tmp_path / "sub" / "out.pt", share=share)
    state = torch.load(tmp_path / "sub" / "out.pt", weights_only=True)
    assert state["network"]["a"].tolist() == [mean, mean]
    assert state["network"]["b"].tolist() == [1.0]
    assert set(state["network"]) == {"a", "b"}
    assert (state["epoch"], state["recipe"]["seed"]) == (2, 1)


@pytest.mark.parametrize(("passes", "mean"), [(0, 4.0), (1, 2.0)])
def test_heads_that_the_other_never_trained_are_not_mixed_in(
    tmp_path: Path, passes: int, mean: float
) -> None:
    weights = {"words.weight": torch.full((1,), 4.0), "tag.weight": torch.full((1,), 4.0)}
    own = checkpoint(tmp_path / "own.pt", **weights)
    nothing = {name: torch.zeros(1) for name in weights}
    other = checkpoint(tmp_path / "other.pt", syntax_passes=passes, **nothing)
    blend(own, other, tmp_path / "out.pt", share=0.5)
    mixed = torch.load(tmp_path / "out.pt", weights_only=True)["network"]
    assert mixed["words.weight"].tolist() == [mean]
    assert mixed["tag.weight"].tolist() == [2.0]


def test_other_shapes_are_refused(tmp_path: Path) -> None:
    own = checkpoint(tmp_path / "own.pt", a=torch.zeros(2))
    other = checkpoint(tmp_path / "other.pt", a=torch.zeros(3))
    with pytest.raises(ValueError, match=r"a has the shape \(3,\)"):
        blend(own, other, tmp_path / "out.pt", share=0.5)
    with pytest.raises(ValueError, match="between 0 and 1"):
        blend(own, own, tmp_path / "out.pt", share=1.5)
