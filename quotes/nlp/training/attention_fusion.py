"""An exported network -> the same network with each layer's attention as one operator.

Tracing writes attention as a dozen small operators over (heads, length, length). ONNX Runtime has
one kernel for them, `com.microsoft.MultiHeadAttention`, which takes about four fifths of the
network's time (docs/decisions/0011-one-encoder.md). It needs the package `onnx`, as exporting does.
"""

from pathlib import Path
from typing import Any

from quotes.nlp.training.tagger_model import HEADS, LAYERS, WIDTH

DOMAIN = "com.microsoft"
_PARTS = ("query", "key", "value")


class FusionError(ValueError):
    """The network is not one that `fuse_attention` knows."""


def fuse_attention(source: Path, target: Path) -> None:
    """Write the network `source` to `target` with fused attention; the weights are untouched.

    The fused network takes no mask: a reading is one window without padding, as the encoder gives
    it. Raises FusionError where a layer's attention is not found under the names of `write_onnx`.
    """
    import onnx  # noqa: PLC0415 - a package of the training extra

    model = onnx.load(str(source))
    graph = model.graph
    behind = {}
    for layer in range(LAYERS):
        projected, attended = _ends(graph, f"/layers.{layer}/")
        behind[projected] = _fused(f"/layers.{layer}/", projected, attended)
    nodes = []
    for node in graph.node:
        nodes.append(node)
        for output in node.output:
            nodes += behind.get(output, [])
    widths = onnx.helper.make_tensor("attention_widths", onnx.TensorProto.INT64, [3], [WIDTH] * 3)
    graph.initializer.append(widths)
    _keep_live(graph, nodes)
    model.opset_import.append(onnx.helper.make_opsetid(DOMAIN, 1))
    onnx.save(model, str(target))


def _ends(graph: Any, prefix: str) -> tuple[str, str]:
    """Return the names of what a layer's attention reads and of what it gives."""
    projected = f"{prefix}qkv/Add_output_0"
    if not any(projected in node.output for node in graph.node):
        problem = f"{projected}: not in the network; export it with write_onnx"
        raise FusionError(problem)
    for node in graph.node:
        if node.name == f"{prefix}Reshape_1":
            attended = str(node.output[0])
            node.output[0] = f"{attended}_unfused"
            return projected, attended
    problem = f"{prefix}Reshape_1: not in the network; export it with write_onnx"
    raise FusionError(problem)


def _fused(prefix: str, projected: str, attended: str) -> list[Any]:
    """Return the operators that read `projected` (n, 3 widths) and give `attended` (n, width)."""
    from onnx import helper  # noqa: PLC0415 - a package of the training extra

    parts = [f"{prefix}{part}" for part in _PARTS]
    split = helper.make_node(
        "Split", [projected, "attention_widths"], parts, name=f"{prefix}Split", axis=-1
    )
    attention = helper.make_node(
        "MultiHeadAttention",
        parts,
        [attended],
        name=f"{prefix}MultiHeadAttention",
        domain=DOMAIN,
        num_heads=HEADS,
    )
    return [split, attention]


def _keep_live(graph: Any, nodes: list[Any]) -> None:
    """Leave in the graph what its outputs depend on: operators, numbers, inputs."""
    live = {output.name for output in graph.output}
    kept = []
    for node in reversed(nodes):
        if live.intersection(node.output):
            kept.append(node)
            live.update(node.input)
    for field, left in (
        (graph.node, kept[::-1]),
        (graph.initializer, [item for item in graph.initializer if item.name in live]),
        (graph.input, [item for item in graph.input if item.name in live]),
        (graph.value_info, []),
    ):
        del field[:]
        field.extend(left)
