"""A network whose outlying channels are scaled down says the same."""

import pytest

torch = pytest.importorskip("torch")

from quotes.nlp.training.smoothing import OUTLYING, SMOOTHED, ScaledLinear, smoothed  # noqa: E402
from quotes.nlp.training.tagger_data import Batch  # noqa: E402
from quotes.nlp.training.tagger_model import TaggerNetwork  # noqa: E402


def window(length: int) -> Batch:
    ids = torch.randint(1000, 2000, (1, length))
    nothing = torch.zeros_like(ids)
    return Batch([], ids, nothing, nothing, nothing, torch.ones(1, length, dtype=torch.bool))


def said(network: TaggerNetwork, batch: Batch) -> list[torch.Tensor]:
    with torch.inference_mode():
        return list(network(batch.ids, batch.cases, batch.quotes, batch.starts, batch.mask))


def test_outlying_channels_are_scaled_down_and_nothing_else_changes() -> None:
    torch.manual_seed(3)
    network = TaggerNetwork().eval()
    outlier = 7
    with torch.no_grad():
        network.get_parameter("layers.2.norm1.weight")[outlier] = 40.0
    batches = [window(30), window(50)]
    before = [parameter.clone() for parameter in network.parameters()]
    found = smoothed(network, batches)

    for a, b in zip(said(network, batches[1]), said(found, batches[1]), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-4)
    for layer in found.layers:
        assert all(isinstance(getattr(layer, name), ScaledLinear) for name in SMOOTHED)
    scale = torch.as_tensor(found.get_buffer("layers.2.up.scale"))
    assert scale.argmin() == outlier
    assert scale[outlier] < 1 / OUTLYING
    assert scale.max() == 1.0
    assert (scale < 1.0).float().mean() < 0.05
    after = list(network.parameters())
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))
