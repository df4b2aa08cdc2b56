"""Train the quotation tagger on PolNeAR: one command, resumable, reproducible.

Cross entropy on the tags first, then the CRF likelihood in the last epoch; the three link losses
throughout; one learning-rate schedule over all. On one AVX2 core an epoch takes about 15 minutes.
Source: docs/decisions/0003-quotation-tagger.md.
"""

import argparse
import json
import logging
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from quotes.nlp.decoding import (
    LINK_SIZE,
    RELATIONS,
    TAGS,
    constraints,
    distance_bucket,
    paragraph_bucket,
)
from quotes.nlp.training import syntax_data, syntax_loss
from quotes.nlp.training.polnear import IGNORE, GoldSpan, load
from quotes.nlp.training.syntax_data import SyntaxWindow
from quotes.nlp.training.tagger_data import (
    Batch,
    TrainingWindow,
    epoch_batches,
    plain_batches,
    tag_targets,
)
from quotes.nlp.training.tagger_model import (
    HEAD_NAMES,
    TaggerNetwork,
    encoder_folder,
    shipped_state,
)
from quotes.nlp.wordpieces import WordpieceReader

logger = logging.getLogger(__name__)

WARMUP, FLOOR = 0.06, 0.02
LOG_EVERY = 25
SNAPSHOT_EVERY = 500
WORD_HEADS = frozenset({"mix", "words", "root", "arc", "relation"})
HEADS_RATE = 2e-3  # of the heads trained alone
Losses = dict[str, float]
_NO = -1e9


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides the weights, besides data and code."""

    epochs: int = 4
    crf_epochs: int = 1
    batch: int = 8
    learning_rate: float = 2e-4
    head_factor: float = 10.0
    link_weight: float = 0.5
    weight_decay: float = 0.01
    dropout: float = 0.1
    masked: float = 0.0
    syntax_passes: int = 3
    entity_passes: float = 0.6
    syntax_weight: float = 0.1
    entity_weight: float = 0.4
    warm_heads: int = 160
    seed: int = 1
    articles: int | None = None


def trains_words(recipe: Mapping[str, Any]) -> bool:
    """Whether a checkpoint's recipe trains the heads for words, trees and entities."""
    return any(recipe.get(name) for name in ("syntax_passes", "entity_passes", "warm_heads"))


def crf_loss(network: TaggerNetwork, batch: Batch, scores: Tensor) -> Tensor:
    """Return the CRF's negative log-likelihood per word; every chunk is a sequence."""
    emissions: list[Tensor] = []
    gold: list[Tensor] = []
    for i, window in enumerate(batch.windows):
        for number, offset in window.rows.offsets.items():
            words = window.example.chunks[number].words()
            tags = window.example.tags[number]
            emissions.append(scores[i, [offset + w for w in words]])
            gold.append(torch.tensor([tags[w] for w in words]))
    lengths = torch.tensor([len(tags) for tags in gold])
    padded = nn.utils.rnn.pad_sequence(emissions, batch_first=True)
    path = nn.utils.rnn.pad_sequence(gold, batch_first=True)
    moves, start, end = (torch.from_numpy(part) for part in constraints())
    moves = moves + network.crf
    inside = (torch.arange(padded.shape[1]) < lengths[:, None]).float()
    total = _log_partition(padded, lengths, moves, start, end)
    gained = (padded.gather(2, path[:, :, None])[:, :, 0] * inside).sum(1)
    gained = gained + (moves[path[:, :-1], path[:, 1:]] * inside[:, 1:]).sum(1)
    return (total - gained).sum() / lengths.sum()


def _log_partition(
    emissions: Tensor, lengths: Tensor, moves: Tensor, start: Tensor, end: Tensor
) -> Tensor:
    forward = start + emissions[:, 0]
    for step in range(1, emissions.shape[1]):
        reached = (forward[:, :, None] + moves).logsumexp(1) + emissions[:, step]
        forward = torch.where((step < lengths)[:, None], reached, forward)
    return (forward + end).logsumexp(1)


def link_loss(network: TaggerNetwork, batch: Batch, links: Tensor) -> Tensor:
    """Return the mean negative log-likelihood of the right partners of all spans, per relation."""
    total = links.new_zeros(())
    count = 0
    for i, window in enumerate(batch.windows):
        low, high = window.window.low, window.window.high
        spans = [s for s in window.example.spans if low <= s.chunk < high]
        if not spans:
            continue
        first = torch.tensor([window.rows.offsets[s.chunk] + s.first for s in spans])
        last = torch.tensor([window.rows.offsets[s.chunk] + s.last for s in spans])
        vectors = 0.5 * (links[i, first] + links[i, last])
        for relation in range(len(RELATIONS)):
            loss, asked = _relation_loss(network, window, spans, vectors, relation)
            total = total + loss
            count += asked
    return total / max(1, count)


def _gold_targets(
    window: TrainingWindow, span: GoldSpan, targets: Sequence[GoldSpan], role: str
) -> list[int]:
    """Return the right columns: 0 for no partner, else 1 + the partner's index; [] if unknown."""
    right = [1 + k for k, t in enumerate(targets) if t.attributions & span.attributions]
    if right or role != "source":
        return right
    # A source outside this window cannot be learned from; no source at all can.
    return [] if span.attributions & window.example.sourced else [0]


def _relation_loss(
    network: TaggerNetwork,
    window: TrainingWindow,
    spans: Sequence[GoldSpan],
    vectors: Tensor,
    relation: int,
) -> tuple[Tensor, int]:
    asking, answering = RELATIONS[relation]
    to = [k for k, s in enumerate(spans) if s.role == answering]
    targets = [spans[k] for k in to]
    gold = {
        k: right
        for k, s in enumerate(spans)
        if s.role == asking and (right := _gold_targets(window, s, targets, answering))
    }
    if not gold:
        return vectors.new_zeros(()), 0
    asked_rows = list(gold)
    scores = network.none[relation].expand(len(asked_rows), 1)
    if to:
        size = 2 * relation * LINK_SIZE
        queries = vectors[asked_rows, size : size + LINK_SIZE]
        keys = vectors[to, size + LINK_SIZE : size + 2 * LINK_SIZE]
        far, paragraphs = _distances(window, [spans[k] for k in asked_rows], targets)
        biases = network.distance[relation][far] + network.paragraph[relation][paragraphs]
        scores = torch.cat([scores, queries @ keys.T / LINK_SIZE**0.5 + biases], 1)
    allowed = torch.full_like(scores, _NO)
    for row, right in enumerate(gold.values()):
        allowed[row, right] = 0
    return -(scores.log_softmax(1) + allowed).logsumexp(1).sum(), len(asked_rows)


def _distances(
    window: TrainingWindow, asking: Sequence[GoldSpan], targets: Sequence[GoldSpan]
) -> tuple[Tensor, Tensor]:
    chunks, offsets = window.example.chunks, window.rows.offsets

    def place(span: GoldSpan) -> int:
        return offsets[span.chunk] + span.first

    def paragraph(span: GoldSpan) -> int:
        return chunks[span.chunk].paragraph

    far = [[distance_bucket(place(t) - place(s)) for t in targets] for s in asking]
    apart = [[paragraph_bucket(paragraph(t) - paragraph(s)) for t in targets] for s in asking]
    return torch.tensor(far), torch.tensor(apart)


class Training:
    """A run: network, optimiser, and where its checkpoints and log lie."""

    def __init__(self, recipe: Recipe, data: Path, out: Path, start: Path | None = None) -> None:
        torch.manual_seed(recipe.seed)
        out.mkdir(parents=True, exist_ok=True)
        folder = encoder_folder()
        self.recipe, self.out = recipe, out
        self.reader = WordpieceReader(folder / "tokenizer.json")
        self.articles = load(data, "train")[: recipe.articles]
        self.dev = load(data, "dev")[: recipe.articles]
        chance = random.Random(recipe.seed)  # noqa: S311 - reproducible, no secret
        self.treebank = syntax_data.treebank(data, "train")[: recipe.articles]
        self.entities = syntax_data.entity_texts(data, "train", chance)[: recipe.articles]
        self.labels = syntax_data.vocabularies([*self.treebank, *self.entities])
        self.index = {
            column: {label: n for n, label in enumerate(found)}
            for column, found in self.labels.items()
        }
        self.network = TaggerNetwork(recipe.dropout, self.labels, masked=recipe.masked)
        self.network.load_encoder(folder)
        self.network.freeze_embeddings()
        if start is not None:
            self.network.load_state_dict(starting_state(start), strict=False)
        self.optimizer = self._optimizer()
        self.epoch = 0

    def _optimizer(self) -> torch.optim.AdamW:
        head: list[nn.Parameter] = []
        body: list[nn.Parameter] = []
        for name, parameter in self.network.named_parameters():
            if parameter.requires_grad:
                (head if name.split(".")[0] in HEAD_NAMES else body).append(parameter)
        groups: list[dict[str, Any]] = [
            {"params": body, "weight_decay": self.recipe.weight_decay, "factor": 1.0},
            {"params": head, "weight_decay": 0.0, "factor": self.recipe.head_factor},
        ]
        return torch.optim.AdamW(
            groups, lr=self.recipe.learning_rate, betas=(0.9, 0.98), fused=True
        )

    @property
    def checkpoint(self) -> Path:
        """Return the file of the last finished epoch."""
        return self.out / "checkpoint.pt"

    def resume(self) -> None:
        """Continue after the last finished epoch, if any; ValueError if it is another's."""
        if not self.checkpoint.exists():
            return
        state = torch.load(self.checkpoint, weights_only=True)
        if state["recipe"] != asdict(self.recipe):
            raise ValueError(
                f"{self.checkpoint}: made with {state['recipe']}, not {asdict(self.recipe)}; "
                "give the same options or another --out"
            )
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.epoch = state["epoch"]

    def save(self) -> None:
        """Write the checkpoint; a crash while writing leaves the former one."""
        state = {
            "recipe": asdict(self.recipe),
            "epoch": self.epoch,
            "labels": self.labels,
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        partial = self.checkpoint.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(self.checkpoint)

    def log(self, **values: Any) -> None:
        """Append one JSON line to `log.jsonl`."""
        line = json.dumps(values)
        logger.info("%s", line)
        with (self.out / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(line + "\n")

    def losses(self, batch: Batch, *, crf: bool) -> tuple[Tensor, Tensor]:
        """Return the tag loss and the link loss of a batch."""
        inputs = (batch.ids, batch.cases, batch.quotes, batch.starts, batch.mask)
        scores, links, _ = self.network(*inputs)
        if crf:
            return crf_loss(self.network, batch, scores), link_loss(self.network, batch, links)
        targets = tag_targets(batch).view(-1)
        tags = functional.cross_entropy(scores.view(-1, len(TAGS)), targets, ignore_index=IGNORE)
        return tags, link_loss(self.network, batch, links)

    def step(self, batch: Batch | list[SyntaxWindow], *, rate: float, crf: bool) -> Losses:
        """Take one step at `rate` of the top learning rate; return the losses by name."""
        recipe = self.recipe
        for group in self.optimizer.param_groups:
            group["lr"] = recipe.learning_rate * rate * group["factor"]
        if isinstance(batch, Batch):
            tags, links = self.losses(batch, crf=crf)
            parts = {"tags": tags, "links": links}
            total = tags + recipe.link_weight * links
        else:
            parts = syntax_loss.loss(self.network, batch, self.index)
            weight = recipe.entity_weight if "entity" in parts else recipe.syntax_weight
            total = weight * torch.stack(list(parts.values())).sum()
        self.optimizer.zero_grad()
        total.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        return {name: float(value.detach()) for name, value in parts.items()}

    def warm_heads(self) -> None:
        """Train the word, tree and entity heads on the encoder as it is, for `warm_heads` steps.

        Fresh heads would else pull the encoder about in the first steps; and a blended encoder's
        states are new to its heads (`--epochs 0` does nothing but this).
        """
        chance = random.Random(self.recipe.seed)  # noqa: S311
        found = syntax_data.epoch_windows(self.treebank, self.reader, chance)
        made = syntax_data.batches(found, self.recipe.batch, chance)
        found = syntax_data.epoch_windows(self.entities, self.reader, chance)
        made += syntax_data.batches(found, self.recipe.batch, chance)[: len(made)]
        chance.shuffle(made)
        made *= 1 + self.recipe.warm_heads // len(made)
        self.network.train()
        body = [p for p in self.network.parameters() if p.requires_grad]
        fresh = [p for n, p in self.network.named_parameters() if n.split(".")[0] in WORD_HEADS]
        for parameter in body:
            parameter.requires_grad_(False)  # noqa: FBT003
        for parameter in fresh:
            parameter.requires_grad_(True)  # noqa: FBT003
        optimizer = torch.optim.AdamW(fresh, weight_decay=0.0)
        means = Means()
        for number, batch in enumerate(made[: self.recipe.warm_heads], start=1):
            optimizer.param_groups[0]["lr"] = HEADS_RATE * schedule(number / self.recipe.warm_heads)
            parts = syntax_loss.loss(self.network, batch, self.index)
            optimizer.zero_grad()
            torch.stack(list(parts.values())).sum().backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            means.add({name: float(value.detach()) for name, value in parts.items()})
            if number % LOG_EVERY == 0:
                self.log(warming=number, **means.take())
        for parameter in body:
            parameter.requires_grad_(True)  # noqa: FBT003

    def batches(self, seed: int) -> list[Batch | list[SyntaxWindow]]:
        """Return the epoch's batches of all tasks, shuffled together."""
        size, chance = self.recipe.batch, random.Random(seed)  # noqa: S311
        made: list[Batch | list[SyntaxWindow]] = list(
            epoch_batches(self.articles, self.reader, size, seed)
        )
        for _ in range(self.recipe.syntax_passes):
            found = syntax_data.epoch_windows(self.treebank, self.reader, chance)
            made += syntax_data.batches(found, size, chance)
        found = syntax_data.epoch_windows(self.entities, self.reader, chance)
        drawn = syntax_data.batches(found, size, chance)
        made += drawn[: round(self.recipe.entity_passes * len(drawn))]
        chance.shuffle(made)
        return made

    def run_epoch(self) -> None:
        """Train one epoch, measure the development losses, save."""
        recipe, began = self.recipe, time.monotonic()
        seed = recipe.seed * 1000 + self.epoch
        torch.manual_seed(seed)
        self.network.train()
        crf = self.epoch >= recipe.epochs - recipe.crf_epochs
        batches = self.batches(seed)
        means = Means()
        for number, batch in enumerate(batches, start=1):
            rate = schedule((self.epoch + number / len(batches)) / recipe.epochs)
            means.add(self.step(batch, rate=rate, crf=crf))
            if number % LOG_EVERY == 0:
                spent = time.monotonic() - began
                left = spent / number * (len(batches) * (recipe.epochs - self.epoch) - number)
                self.log(epoch=self.epoch + 1, step=number, of=len(batches), seconds=round(spent),
                         minutes_left=round(left / 60), **means.take())  # fmt: skip
            if number % SNAPSHOT_EVERY == 0:
                state = {"network": self.network.state_dict(), "labels": self.labels,
                         "recipe": asdict(recipe), "epoch": self.epoch}  # fmt: skip
                torch.save(state, self.out / "snapshot.pt")
        self.epoch += 1
        self.save()
        seconds = round(time.monotonic() - began)
        self.log(epoch=self.epoch, crf=crf, seconds=seconds, dev=self.dev_losses(crf=crf))

    def dev_losses(self, *, crf: bool) -> dict[str, float]:
        """Return the mean losses on the development split, without dropout."""
        self.network.eval()
        batches = plain_batches(self.dev, self.reader, self.recipe.batch)
        means = Means()
        with torch.inference_mode():
            for batch in batches:
                tags, links = self.losses(batch, crf=crf)
                means.add({"tags": float(tags), "links": float(links)})
        return means.take()


def schedule(done: float) -> float:
    """Return the share of the top learning rate when the share `done` of all steps is done."""
    return min(1.0, done / WARMUP) * max(FLOOR, 1.0 - done)


class Means:
    """Means of named values since the last look."""

    def __init__(self) -> None:
        self._sums: dict[str, float] = {}
        self._counts: dict[str, int] = {}

    def add(self, values: Losses) -> None:
        """Count values in."""
        for name, value in values.items():
            self._sums[name] = self._sums.get(name, 0.0) + value
            self._counts[name] = self._counts.get(name, 0) + 1

    def take(self) -> Losses:
        """Return the means, and begin anew."""
        means = {name: round(total / self._counts[name], 4) for name, total in self._sums.items()}
        self._sums, self._counts = {}, {}
        return means


def starting_state(start: Path) -> dict[str, Tensor]:
    """Return the weights to start from: a checkpoint file's, or a shipped model's (a folder)."""
    if start.is_dir():
        return shipped_state(start)
    state: dict[str, Tensor] = torch.load(start, weights_only=True)["network"]
    return state


def train(recipe: Recipe, data: Path, out: Path, start: Path | None = None) -> Path:
    """Run (or finish) the recipe; return the checkpoint of its last epoch.

    `start` is the folder of a shipped model to continue from instead of the bare encoder.
    """
    run = Training(recipe, data, out, start)
    run.resume()
    run.log(recipe=asdict(recipe), articles=len(run.articles), resumed_after=run.epoch)
    if run.epoch == 0:
        run.warm_heads()
        run.save()
    while run.epoch < recipe.epochs:
        run.run_epoch()
    return run.checkpoint


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options, one for each field of `Recipe`."""
    parser.add_argument("--out", type=Path, required=True, help="folder of checkpoint and log")
    parser.add_argument(
        "--init", type=Path, help="folder of a shipped model, or checkpoint, to continue from"
    )
    parser.add_argument("--threads", type=int, default=1, help="processor cores to use")
    defaults = asdict(Recipe())
    for name, value in defaults.items():
        kind = type(value) if value is not None else int
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, default=value)


def main(options: argparse.Namespace) -> None:
    """Run the command."""
    torch.set_num_threads(options.threads)
    recipe = Recipe(**{name: getattr(options, name) for name in asdict(Recipe())})
    train(recipe, options.data, options.out, options.init)
