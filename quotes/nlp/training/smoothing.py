"""A network -> the same network, its int8 steps no longer spent on a few outlying channels.

int8 gives all numbers that enter a product one scale. In this network one of 384 channels (of 1,536
neurons) is ten to thirty times as large as the others, which are left with a tenth of the steps.
Such channels are scaled down before the product and their weights up, which changes nothing but
the rounding. Source: Xiao et al. 2023, "SmoothQuant", here for outliers only;
docs/decisions/0011-one-encoder.md.
"""

from collections.abc import Iterable
from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.nn import functional

from quotes.nlp.training.tagger_data import Batch
from quotes.nlp.training.tagger_model import TaggerNetwork

# A channel may be this many times as large as the middle one before it is scaled down. 1.5 to 4
# and powers of the size gave the same error: a third of that without.
OUTLYING = 3.0
SMOOTHED = ("up", "down")


class ScaledLinear(nn.Linear):
    """A linear layer whose input channels are scaled first; its weights undo the scale."""

    scale: Tensor

    def __init__(self, linear: nn.Linear, scale: Tensor) -> None:
        super().__init__(linear.in_features, linear.out_features)
        with torch.no_grad():
            self.weight.copy_(linear.weight / scale)
            self.bias.copy_(linear.bias)
        self.register_buffer("scale", scale)

    def forward(self, x: Tensor) -> Tensor:
        """Return what the layer without scales gives, but for rounding."""
        return functional.linear(x * self.scale, self.weight, self.bias)


def smoothed(network: TaggerNetwork, batches: Iterable[Batch]) -> TaggerNetwork:
    """Return a copy of the network that tells the same, with outlying channels scaled down.

    `batches` of one window each, so that no padding counts, show how large the channels become.
    """
    network = deepcopy(network).eval()
    largest = _largest(network, batches)
    for layer in network.layers:
        for name in SMOOTHED:
            linear = getattr(layer, name)
            sizes = largest[linear]
            scale = (OUTLYING * sizes.median() / sizes.clamp(min=1e-6)).clamp(max=1.0)
            setattr(layer, name, ScaledLinear(linear, scale))
    return network


def _largest(network: TaggerNetwork, batches: Iterable[Batch]) -> dict[nn.Module, Tensor]:
    """Return the largest absolute value of each input channel of every layer to be smoothed."""
    largest: dict[nn.Module, Tensor] = {}

    def note(linear: nn.Module, inputs: tuple[Tensor, ...], _: Tensor) -> None:
        sizes = inputs[0].abs().amax((0, 1))
        largest[linear] = torch.maximum(largest.get(linear, sizes), sizes)

    watched = [getattr(layer, name) for layer in network.layers for name in SMOOTHED]
    hooks = [linear.register_forward_hook(note) for linear in watched]
    with torch.inference_mode():
        for batch in batches:
            network(batch.ids, batch.cases, batch.quotes, batch.starts, batch.mask)
    for hook in hooks:
        hook.remove()
    return {linear: sizes.clone() for linear, sizes in largest.items()}
