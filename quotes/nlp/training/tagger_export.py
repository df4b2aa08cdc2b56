"""Write a checkpoint as the model that is shipped: int8 ONNX, pointer biases, tokenizer, manifest.

Weights and embeddings are int8, activations are quantised as they come, outlying channels scaled
down before (smoothing.py). (Weights of 7 bits, which spare processors without VNNI their saturating
sums, scored lower on one.)
"""

import argparse
import json
import shutil
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from quotes.nlp.encoder import CALIBRATION, FILES, HEADS, LABELS, MANIFEST, MODEL, TOKENIZER
from quotes.nlp.training.attention_fusion import fuse_attention
from quotes.nlp.training.polnear import Article, corpus_file, load, sha256
from quotes.nlp.training.smoothing import smoothed
from quotes.nlp.training.tagger_data import plain_batches
from quotes.nlp.training.tagger_model import TaggerNetwork, encoder_folder
from quotes.nlp.wordpieces import WordpieceReader

INPUTS, OUTPUTS = ("ids", "case", "quote", "start", "mask"), ("tag", "link", "states")
QUANTISED = ("MatMul", "Gemm", "Gather")
HEAD_ARRAYS = ("none", "distance", "paragraph", "crf", "mix", "root", "arc", "relation")
OPSET = 17
SMOOTHING_ARTICLES = 30  # of the training split: how large the channels become
# Until it is fitted (confidence-fit), the confidence is the network's own.
UNFITTED: dict[str, Any] = {"bias": 0.0, "weights": {}}


def write_onnx(network: TaggerNetwork, file: Path) -> None:
    """Write the network in float32."""
    ids = torch.randint(1000, 2000, (2, 40))
    zeros, mask = torch.zeros_like(ids), torch.ones(2, 40, dtype=torch.bool)
    axes = {name: {0: "batch", 1: "length"} for name in (*INPUTS, *OUTPUTS)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracing exporter warns that it is not the newest
        torch.onnx.export(
            network.eval(), (ids, zeros, zeros, zeros, mask), str(file),
            input_names=list(INPUTS), output_names=list(OUTPUTS), dynamic_axes=axes,
            opset_version=OPSET, dynamo=False,
        )  # fmt: skip


def quantise(source: Path, target: Path, *, reduce_range: bool = False) -> None:
    """Write the float32 model `source` with int8 weights and embeddings."""
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415 - needs onnx

    quantize_dynamic(
        str(source),
        str(target),
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=reduce_range,
        op_types_to_quantize=list(QUANTISED),
    )


def write_manifest(directory: Path, **facts: Any) -> None:
    """Write hash and size of every file of the model, and `facts` about how it was made."""
    manifest = directory / MANIFEST
    known = json.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else {}
    files = {
        name: {"sha256": sha256(directory / name), "bytes": (directory / name).stat().st_size}
        for name in FILES
    }
    whole = {**known, **facts, "files": files}
    manifest.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")


def export(
    checkpoint: Path, directory: Path, articles: Sequence[Article], *, reduce_range: bool = False
) -> dict[str, Any]:
    """Write the model of `checkpoint` to `directory`; return the checkpoint's recipe.

    `articles` show how large its channels become.
    """
    state = torch.load(checkpoint, weights_only=True)
    network = TaggerNetwork(labels=state["labels"])
    network.load_state_dict(state["network"])
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        full, small = Path(folder) / "full.onnx", Path(folder) / "small.onnx"
        reader = WordpieceReader(encoder_folder() / TOKENIZER)
        write_onnx(smoothed(network, plain_batches(articles, reader, 1)), full)
        quantise(full, small, reduce_range=reduce_range)
        fuse_attention(small, directory / MODEL)
    arrays = {name: getattr(network, name).detach().numpy() for name in HEAD_ARRAYS}
    arrays |= {
        "words": network.words.weight.detach().numpy().T,
        "words_bias": network.words.bias.detach().numpy(),
    }
    halves = {name: array.astype(np.float16) for name, array in arrays.items()}
    np.savez(directory / HEADS, allow_pickle=False, **halves)
    facts = {"labels": state["labels"], "layout": network.layout}
    (directory / LABELS).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    shutil.copyfile(encoder_folder() / TOKENIZER, directory / TOKENIZER)
    if not (directory / CALIBRATION).exists():
        (directory / CALIBRATION).write_text(json.dumps(UNFITTED) + "\n", encoding="utf-8")
    return {**state["recipe"], "finished_epochs": state["epoch"]}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder of the model's files")
    parser.add_argument("--commit", default="", help="commit of the training code")
    parser.add_argument("--command", default="", help="the training command, for the manifest")
    parser.add_argument("--reduce-range", action="store_true", help="weights of 7 bits")


def main(options: argparse.Namespace) -> None:
    """Run the command."""
    articles = load(options.data, "train")[:SMOOTHING_ARTICLES]
    recipe = export(options.checkpoint, options.out, articles, reduce_range=options.reduce_range)
    write_manifest(
        options.out,
        commit=options.commit,
        command=options.command,
        recipe=recipe,
        data_sha256={s: sha256(corpus_file(options.data, s)) for s in ("train", "dev")},
    )
