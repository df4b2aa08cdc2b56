"""The network in torch: its CRF agrees with the decoder's, and shipped weights can be read."""

import json

import numpy as np
import pytest

from quotes.nlp.decoding import TAGS, Lattice, constraints

torch = pytest.importorskip("torch")


def test_crf_loss_is_the_log_likelihood_of_exhaustive_sums() -> None:
    from quotes.nlp.training.tagger_train import _log_partition  # noqa: PLC0415

    chance = np.random.default_rng(0)
    scores = [chance.normal(0, 1, (n, len(TAGS))).astype(np.float32) for n in (2, 5)]
    learned = chance.normal(0, 1, (len(TAGS), len(TAGS))).astype(np.float32)
    moves, start, end = (torch.from_numpy(part) for part in constraints())
    padded = torch.nn.utils.rnn.pad_sequence(
        [torch.from_numpy(s) for s in scores], batch_first=True
    )
    totals = _log_partition(
        padded, torch.tensor([2, 5]), moves + torch.from_numpy(learned), start, end
    )
    lattice = Lattice(scores, learned)
    for row, total in enumerate(totals.tolist()):
        last = lattice._forward[row, len(scores[row]) - 1] + lattice._end
        assert total == pytest.approx(float(np.logaddexp.reduce(last)), abs=1e-3)


def test_the_shipped_model_can_be_trained_on() -> None:
    pytest.importorskip("onnx", reason="needs the extra: training")
    from quotes.nlp.encoder import DIRECTORY, LABELS  # noqa: PLC0415
    from quotes.nlp.training.tagger_model import TaggerNetwork, shipped_state  # noqa: PLC0415

    labels = json.loads((DIRECTORY / LABELS).read_text("utf-8"))["labels"]
    network = TaggerNetwork(labels=labels)
    state = shipped_state(DIRECTORY)
    result = network.load_state_dict(state, strict=False)
    assert set(result.missing_keys) == {"word.weight", "position.weight"}
    assert not result.unexpected_keys
    assert all(torch.isfinite(value).all() for value in state.values())
