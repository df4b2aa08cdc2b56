"""The tokenizer's network that Stanza has loaded, run on plain batches. Imports PyTorch only.

Stanza packs texts of different lengths, which keeps PyTorch from its fast LSTM. Here texts lie side
by side, pads behind them, and the backward direction reads each text turned round within its own
length, so that no text sees a pad. The numbers are those of Stanza's `forward` but for the order of
sums; tests compare the classes. Reasons and figures: docs/decisions/0002-stanza-offline.md.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

Classes = NDArray[np.int64]


class PlainNetwork:
    """The network of a Stanza tokenizer; ValueError for one of another build than the shipped."""

    def __init__(self, model: Any) -> None:
        args = model.args
        if args["rnn_layers"] != 1 or args["conv_res"] is not None or model.charmodel is not None:
            raise ValueError("the tokenizer's network is no plain pair of LSTMs; train it anew")
        if not (args["hierarchical"] and args["use_mwt"]):
            raise ValueError("the tokenizer reads once, or knows no multi-word tokens; train anew")
        self._embeddings: nn.Embedding = model.embeddings
        self._layers = [_Both(model.rnn), _Both(model.rnn2)]
        first = (model.tok_clf, model.sent_clf, model.mwt_clf)
        second = (model.tok_clf2, model.sent_clf2, model.mwt_clf2)
        self._first = torch.cat([part.weight for part in first]).detach().float().T
        self._first_bias = torch.cat([part.bias for part in first]).detach().float()
        self._second = torch.cat([part.weight for part in second]).detach().float().T
        self._certainty = float(args["hier_invtemp"])

    def classes(
        self, rows: Sequence[tuple[NDArray[np.intp], NDArray[np.float32]]], pad: int
    ) -> list[Classes]:
        """Return the class of every character of every text: its numbers and its features.

        Classes are Stanza's: 0 inside a token, 1 its end, 2 a sentence's, 3 and 4 the same of a
        token that stands for several words. A text ends with one `pad` for the network to read.
        """
        lengths = [len(numbers) + 1 for numbers, _ in rows]
        longest = max(lengths)
        units = np.full((longest, len(rows)), pad)
        features = np.zeros((longest, len(rows), rows[0][1].shape[1]), np.float32)
        for i, (numbers, row) in enumerate(rows):
            units[: len(numbers), i] = numbers
            features[: len(numbers), i] = row
        with torch.inference_mode():
            embedded = self._embeddings(torch.from_numpy(units)).float()
            inputs = torch.cat([embedded, torch.from_numpy(features)], 2)
            found = self._classes(inputs, _turned(lengths)).numpy()
        return [found[: length - 1, i] for i, length in enumerate(lengths)]

    def _classes(self, inputs: Tensor, turned: Tensor) -> Tensor:
        once, again = self._layers
        read = once(inputs, turned)
        scores = read @ self._first + self._first_bias
        if self._certainty > 0:  # where a token surely goes on, the second reading need not look
            read = read * (1 - torch.sigmoid(scores[:, :, :1] * -self._certainty))
        scores = scores + again(read, turned) @ self._second
        yes = functional.logsigmoid(scores)
        no = functional.logsigmoid(-scores)
        token, ends, several = yes.unbind(2)
        inside, goes_on, single = no.unbind(2)
        return torch.stack(
            [
                inside,
                token + goes_on + single,
                token + ends + single,
                token + goes_on + several,
                token + ends + several,
            ]
        ).argmax(0)


class _Both:
    """One layer: an LSTM from the left and one from the right, side by side."""

    def __init__(self, layer: nn.LSTM) -> None:
        self._forwards, self._backwards = (_one_way(layer, end) for end in ("", "_reverse"))

    def __call__(self, inputs: Tensor, turned: Tensor) -> Tensor:
        """Return what both say of `inputs` (length, texts, size), each of half the last size."""
        left, _ = self._forwards(inputs)
        right, _ = self._backwards(_taken(inputs, turned))
        return torch.cat([left, _taken(right, turned)], 2)


def _one_way(layer: nn.LSTM, end: str) -> nn.LSTM:
    single = nn.LSTM(layer.input_size, layer.hidden_size)
    weights = layer.state_dict()
    single.load_state_dict({name: weights[name + end].float() for name in single.state_dict()})
    return single.eval().requires_grad_(requires_grad=False)


def _turned(lengths: Sequence[int]) -> Tensor:
    """Return, for each place of a batch as one run of rows, the row that the turned text has."""
    places = np.arange(max(lengths))[:, None]
    ends = np.array(lengths)[None]
    turned = np.where(places < ends, ends - 1 - places, places)
    return torch.from_numpy((turned * len(lengths) + np.arange(len(lengths))).ravel())


def _taken(batch: Tensor, rows: Tensor) -> Tensor:
    return batch.reshape(len(rows), -1).index_select(0, rows).reshape(batch.shape)
