"""Document -> quotations: content, cue and source spans and their links, from the trained model.

No names here: who the source is, quotes/nlp/attribution.py decides.
Source: docs/decisions/0003-quotation-tagger.md.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort

from quotes.nlp.decoding import (
    RELATIONS,
    Floats,
    Heads,
    Lattice,
    Place,
    TagSpan,
    best_link,
    pointer_scores,
    spans_of,
)
from quotes.nlp.document import Document, Span
from quotes.nlp.quotations import Found, Piece, assemble
from quotes.nlp.wordpieces import Chunk, Rows, Window, WordpieceReader, rows, windows
from quotes.params import DEFAULTS, Params

DIRECTORY = Path(__file__).parent / "models" / "quote_tagger"
MODEL, HEADS, TOKENIZER = "model.onnx", "heads.npz", "tokenizer.json"
CALIBRATION, MANIFEST = "calibration.json", "manifest.json"
STAGE = "tagger"


class ModelError(RuntimeError):
    """The tagger's model files are missing, incomplete or not those of their manifest."""


@dataclass(frozen=True, slots=True)
class Slab:
    """A stretch of one document that is tagged on its own: all of it, unless it is very long."""

    document: int
    chunks: list[Chunk]
    windows: list[Window]


@dataclass(slots=True)
class Reading:
    """What the network said about one window: tag scores and link vectors, a row a wordpiece."""

    slab: int
    window: Window
    rows: Rows
    scores: Floats
    links: Floats


class Tagger:
    """Finds quotations in documents; calling it is a pipeline stage, `batch` is faster for many.

    `directory` holds the files that `python -m quotes.nlp.training tagger-export` writes; they are
    checked against its manifest, ModelError if they differ. One tagger may serve several threads.
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
        self._heads = Heads.load(directory / HEADS)
        self._reader = WordpieceReader(directory / TOKENIZER)
        self._params = params

    def __call__(self, doc: Document) -> Document:
        """Return `doc` with its quotations, in text order, their act and speaker still open."""
        return self.batch([doc])[0]

    def batch(self, docs: Sequence[Document]) -> list[Document]:
        """Return the documents with their quotations; forward passes are shared between them."""
        found: list[list[Found]] = [[] for _ in docs]
        for group in self._groups(docs):
            for slab, links in zip(group, self._tag(group), strict=True):
                found[slab.document] += links
        return [
            doc.evolve(done=STAGE, quotations=assemble(doc.text, links))
            for doc, links in zip(docs, found, strict=True)
        ]

    def spans(self, doc: Document) -> list[Piece]:
        """Return every content, cue and source span on the best path, linked or not."""
        found: list[Piece] = []
        for group in self._groups([doc]):
            for by_chunk in self._pieces(group, self._read(group)):
                found += [piece for number in sorted(by_chunk) for piece in by_chunk[number]]
        return found

    def found(self, doc: Document) -> list[Found]:
        """Return every content span with its cue and source, not yet assembled to quotations."""
        return [item for group in self._groups([doc]) for part in self._tag(group) for item in part]

    def _groups(self, docs: Sequence[Document]) -> Iterator[list[Slab]]:
        """Yield slabs that fit in memory together."""
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

    def _tag(self, slabs: Sequence[Slab]) -> list[list[Found]]:
        """Return each slab's contents with their cues and sources."""
        readings = self._read(slabs)
        pieces = self._pieces(slabs, readings)
        found: list[list[Found]] = [[] for _ in slabs]
        for reading in readings:
            slab = slabs[reading.slab]
            found[reading.slab] += self._link(slab, reading, pieces[reading.slab])
        return found

    def _read(self, slabs: Sequence[Slab]) -> list[Reading]:
        """Run the network over all windows, those of like length together."""
        todo = [
            (number, window, rows(slab.chunks, window))
            for number, slab in enumerate(slabs)
            for window in slab.windows
        ]
        order = sorted(range(len(todo)), key=lambda i: len(todo[i][2]))
        done: dict[int, Reading] = {}
        for low in range(0, len(order), self._params.window_batch):
            some = order[low : low + self._params.window_batch]
            scores, links = self._forward([todo[i][2] for i in some])
            for row, i in enumerate(some):
                length = len(todo[i][2])
                done[i] = Reading(*todo[i], scores[row, :length], links[row, :length].copy())
        return [done[i] for i in range(len(todo))]

    def _forward(self, some: Sequence[Rows]) -> tuple[Floats, Floats]:
        length = max(map(len, some))
        features = np.zeros((4, len(some), length), np.int64)
        mask = np.zeros((len(some), length), bool)
        for i, window in enumerate(some):
            n = len(window)
            features[:, i, :n] = window.ids, window.cases, window.quotes, window.starts
            mask[i, :n] = True
        scores, links = self._session.run(
            None, dict(zip(self._inputs, [*features, mask], strict=True))
        )
        return scores, links

    def _pieces(
        self, slabs: Sequence[Slab], readings: Sequence[Reading]
    ) -> list[dict[int, list[Piece]]]:
        """Return the spans on the best path of each chunk, by slab and chunk."""
        pieces: list[dict[int, list[Piece]]] = [{} for _ in slabs]
        parts = [
            (reading, number, slabs[reading.slab].chunks[number])
            for reading in readings
            for number in range(reading.window.own_low, reading.window.own_high)
        ]
        parts.sort(key=lambda part: len(part[2]))
        for low in range(0, len(parts), _LATTICE_ROWS):
            some = parts[low : low + _LATTICE_ROWS]
            words = [chunk.words() for _, _, chunk in some]
            scores = [
                reading.scores[np.array(index) + reading.rows.offsets[number]]
                for (reading, number, _), index in zip(some, words, strict=True)
            ]
            lattice = Lattice(scores, self._heads.crf)
            for row, path in enumerate(lattice.paths()):
                reading, number, chunk = some[row]
                pieces[reading.slab][number] = [
                    _piece(chunk, words[row], span, lattice, row) for span in spans_of(path)
                ]
        return pieces

    def _link(
        self, slab: Slab, reading: Reading, pieces: dict[int, list[Piece]]
    ) -> Iterator[Found]:
        """Yield the contents that this window decides on, each with its best cue and source."""
        window = reading.window
        seen = [(n, p) for n in range(window.low, window.high) for p in pieces[n]]
        spots: dict[str, list[int]] = {"source": [], "cue": [], "content": []}
        for i, (number, piece) in enumerate(seen):
            if piece.role != "content" or window.own_low <= number < window.own_high:
                spots[piece.role].append(i)
        if not spots["content"]:
            return
        offsets = [reading.rows.offsets[number] for number, _ in seen]
        ends = [(o + p.first, o + p.last) for o, (_, p) in zip(offsets, seen, strict=True)]
        vectors = np.array([0.5 * (reading.links[a] + reading.links[b]) for a, b in ends])
        places = [
            Place(a, slab.chunks[n].paragraph) for (a, _), (n, _) in zip(ends, seen, strict=True)
        ]
        tables = [
            pointer_scores(
                relation,
                self._heads,
                (vectors[spots[asking]], vectors[spots[answering]]),
                ([places[i] for i in spots[asking]], [places[i] for i in spots[answering]]),
            )
            for relation, (asking, answering) in enumerate(RELATIONS)
        ]
        sources, cues, cue_sources = tables
        for row, i in enumerate(spots["content"]):
            link = best_link(cues[row], sources[row], cue_sources)
            yield Found(
                content=seen[i][1],
                cue=seen[spots["cue"][link.cue]][1] if link.cue >= 0 else None,
                source=seen[spots["source"][link.source]][1] if link.source >= 0 else None,
                link=link,
            )


_LATTICE_ROWS = 64


def _piece(chunk: Chunk, words: list[int], span: TagSpan, lattice: Lattice, row: int) -> Piece:
    first, last = words[span.first], words[span.last]
    place = Span(start=chunk.starts[first], end=chunk.word_end(last))
    sure = lattice.log_probability(row, span), lattice.share(row, span)
    return Piece(span.role, place, first, last, *sure)


def check_files(directory: Path) -> None:
    """Raise ModelError unless `directory` holds the files of its manifest, byte for byte."""
    remedy = (
        "restore it, or write the model anew with `python -m quotes.nlp.training tagger-export`"
    )
    manifest = directory / MANIFEST
    if not manifest.exists():
        raise ModelError(f"{manifest}: missing; {remedy}")
    files = json.loads(manifest.read_text(encoding="utf-8"))["files"]
    for name in (MODEL, HEADS, TOKENIZER, CALIBRATION):
        file = directory / name
        if not file.exists():
            raise ModelError(f"{file}: missing; {remedy}")
        with file.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != files[name]["sha256"]:
                raise ModelError(f"{file}: not the file that {MANIFEST} lists; {remedy}")
