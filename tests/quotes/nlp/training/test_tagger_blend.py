"""The mean of two checkpoints."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from quotes.nlp.training.tagger_blend import blend  # noqa: E402 - needs torch


def checkpoint(file: Path, **network: object) -> Path:
    state = {"recipe": {"seed": 1}, "epoch": 2, "labels": {}, "optimizer": {}, "network": network}
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
    assert (state["epoch"], state["recipe"]) == (2, {"seed": 1})


def test_other_shapes_are_refused(tmp_path: Path) -> None:
    own = checkpoint(tmp_path / "own.pt", a=torch.zeros(2))
    other = checkpoint(tmp_path / "other.pt", a=torch.zeros(3))
    with pytest.raises(ValueError, match=r"a has the shape \(3,\)"):
        blend(own, other, tmp_path / "out.pt", share=0.5)
    with pytest.raises(ValueError, match="between 0 and 1"):
        blend(own, own, tmp_path / "out.pt", share=1.5)
