"""Documents -> what the encoder says of every wordpiece: one reading for all later stages.

A document is read in slabs of windows (quotes/nlp/wordpieces.py); each window is a pass of its own,
so a text gives the same whatever it is read beside. Source: docs/decisions/0003-quotation-tagger.md
and 0011-one-encoder.md.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from quotes.nlp.decoding import Floats
from quotes.nlp.document import Document
from quotes.nlp.halves import halved
from quotes.nlp.wordpieces import Chunk, Rows, Window, WordpieceReader, rows, windows
from quotes.params import DEFAULTS, Params

DIRECTORY = Path(__file__).parent / "models" / "quote_tagger"
MODEL, HEADS, LABELS, TOKENIZER = "model.onnx", "heads.npz", "labels.json", "tokenizer.json"
CALIBRATION, MANIFEST = "calibration.json", "manifest.json"
FILES = (MODEL, HEADS, LABELS, TOKENIZER, CALIBRATION)


class ModelError(RuntimeError):
    """The model's files are missing, incomplete or not those of their manifest."""


@dataclass(frozen=True, slots=True)
class Slab:
    """A stretch of one document that is read on its own: all of it, unless it is very long."""

    document: int
    chunks: list[Chunk]
    windows: list[Window]


@dataclass(slots=True)
class WindowReading:
    """What the network said about one window, a row a wordpiece.

    Tag scores (n, 13), link vectors (n, 576) and states (n, 384) for words, trees and entities.
    """

    slab: int
    window: Window
    rows: Rows
    scores: Floats
    links: Floats
    states: NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class States:
    """The states of a document's wordpieces, in text order, and where each piece starts."""

    starts: list[int]
    vectors: NDArray[np.float16]


class Encoder:
    """Reads documents into slabs and runs the network over their windows.

    `directory` holds the files that `python -m quotes.nlp.training tagger-export` writes; they are
    checked against its manifest, ModelError if they differ. One encoder may serve several threads.
    """

    def __init__(
        self, directory: Path = DIRECTORY, *, params: Params = DEFAULTS, threads: int = 1
    ) -> None:
        check_files(directory)
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self._session = ort.InferenceSession(
            str(directory / MODEL), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = [item.name for item in self._session.get_inputs()]
        self._reader = WordpieceReader(directory / TOKENIZER)
        self._params = params
        self.directory = directory

    def groups(self, docs: Sequence[Document]) -> Iterator[list[Slab]]:
        """Yield slabs of the documents, in order, that fit in memory together."""
        group: list[Slab] = []
        size = 0
        for number, doc in enumerate(docs):
            for slab in self._slabs(number, self._reader(doc.text)):
                group.append(slab)
                size += sum(map(len, slab.chunks))
                if size >= self._params.tagger_group_wordpieces:
                    yield group
                    group, size = [], 0
        if group:
            yield group

    def _slabs(self, document: int, chunks: list[Chunk]) -> Iterator[Slab]:
        own, context = self._params.window_own_wordpieces, self._params.window_context_wordpieces
        low = size = 0
        for high, chunk in enumerate(chunks, start=1):
            size += len(chunk)
            if size >= self._params.tagger_group_wordpieces or high == len(chunks):
                part = chunks[low:high]
                yield Slab(document, part, windows(part, own, context))
                low, size = high, 0

    def read(self, slabs: Sequence[Slab]) -> list[WindowReading]:
        """Return the reading of every window, by slab and place."""
        return [
            self._forward(number, window, rows(slab.chunks, window))
            for number, slab in enumerate(slabs)
            for window in slab.windows
        ]

    def _forward(self, slab: int, window: Window, read: Rows) -> WindowReading:
        features = np.array([[read.ids], [read.cases], [read.quotes], [read.starts]], np.int64)
        scores, links, states = self._session.run(
            None, dict(zip(self._inputs, features, strict=True))
        )
        return WindowReading(slab, window, read, scores[0], links[0], halved(states[0]))

    def states(self, docs: Sequence[Document]) -> list[States]:
        """Return the states of documents that no other stage reads."""
        kept = StateKeeper(len(docs))
        for group in self.groups(docs):
            kept.add(group, self.read(group))
        return kept.states()


class StateKeeper:
    """Gathers the states of documents from readings, each piece's from the window that owns it."""

    def __init__(self, documents: int) -> None:
        self._starts: list[list[int]] = [[] for _ in range(documents)]
        self._vectors: list[list[NDArray[np.float16]]] = [[] for _ in range(documents)]

    def add(self, slabs: Sequence[Slab], readings: Sequence[WindowReading]) -> None:
        """Keep what `readings` (of `slabs`, in order) say of the wordpieces that they own."""
        for reading in readings:
            slab = slabs[reading.slab]
            for number in range(reading.window.own_low, reading.window.own_high):
                chunk, low = slab.chunks[number], reading.rows.offsets[number]
                self._starts[slab.document] += chunk.starts
                self._vectors[slab.document].append(reading.states[low : low + len(chunk)])

    def states(self) -> list[States]:
        """Return the states of every document."""
        return [
            States(starts, np.concatenate(parts) if parts else _NOTHING)
            for starts, parts in zip(self._starts, self._vectors, strict=True)
        ]


_NOTHING = np.zeros((0, 0), np.float16)


def check_files(directory: Path) -> None:
    """Raise ModelError unless `directory` holds the files of its manifest, byte for byte."""
    remedy = (
        "restore it, or write the model anew with `python -m quotes.nlp.training tagger-export`"
    )
    manifest = directory / MANIFEST
    if not manifest.exists():
        raise ModelError(f"{manifest}: missing; {remedy}")
    files = json.loads(manifest.read_text(encoding="utf-8"))["files"]
    for name in FILES:
        file = directory / name
        if not file.exists():
            raise ModelError(f"{file}: missing; {remedy}")
        with file.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != files[name]["sha256"]:
                raise ModelError(f"{file}: not the file that {MANIFEST} lists; {remedy}")
