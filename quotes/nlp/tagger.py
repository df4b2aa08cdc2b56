"""Document -> quotations: content, cue and source spans and their links, from the trained model.

No names here: who the source is, quotes/nlp/attribution.py decides.
Source: docs/decisions/0003-quotation-tagger.md.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from quotes.nlp.decoding import (
    RELATIONS,
    Heads,
    Lattice,
    Place,
    TagSpan,
    best_link,
    pointer_scores,
    spans_of,
)
from quotes.nlp.document import Document, Span
from quotes.nlp.encoder import DIRECTORY, HEADS, Encoder, Slab, StateKeeper, States, WindowReading
from quotes.nlp.quotations import Found, Piece, assemble
from quotes.nlp.wordpieces import Chunk
from quotes.params import DEFAULTS, Params

STAGE = "tagger"


class Tagger:
    """Finds quotations in documents; calling it is a pipeline stage, `batch` is faster for many.

    `directory` holds the model's files (quotes/nlp/encoder.py), ModelError if they are not those of
    its manifest. One tagger may serve several threads.
    """

    def __init__(
        self, directory: Path = DIRECTORY, *, params: Params = DEFAULTS, threads: int = 1
    ) -> None:
        self.encoder = Encoder(directory, params=params, threads=threads)
        self._heads = Heads.load(directory / HEADS)

    def __call__(self, doc: Document) -> Document:
        """Return `doc` with its quotations, in text order, their act and speaker still open."""
        return self.batch([doc])[0]

    def batch(self, docs: Sequence[Document]) -> list[Document]:
        """Return the documents with their quotations."""
        return self.tag(docs)[0]

    def tag(self, docs: Sequence[Document]) -> tuple[list[Document], list[States]]:
        """Return the documents with their quotations, and their states for the parser."""
        found: list[list[Found]] = [[] for _ in docs]
        kept = StateKeeper(len(docs))
        for group in self.encoder.groups(docs):
            readings = self.encoder.read(group)
            kept.add(group, readings)
            for slab, links in zip(group, self._tag(group, readings), strict=True):
                found[slab.document] += links
        tagged = [
            doc.evolve(done=STAGE, quotations=assemble(doc.text, links))
            for doc, links in zip(docs, found, strict=True)
        ]
        return tagged, kept.states()

    def spans(self, doc: Document) -> list[Piece]:
        """Return every content, cue and source span that was found, linked or not."""
        found: list[Piece] = []
        for group in self.encoder.groups([doc]):
            for by_chunk in self._pieces(group, self.encoder.read(group)):
                found += [piece for number in sorted(by_chunk) for piece in by_chunk[number]]
        return found

    def found(self, doc: Document) -> list[Found]:
        """Return every content span with its cue and source, not yet assembled to quotations."""
        groups = self.encoder.groups([doc])
        parts = (part for group in groups for part in self._tag(group, self.encoder.read(group)))
        return [item for part in parts for item in part]

    def _tag(self, slabs: Sequence[Slab], readings: Sequence[WindowReading]) -> list[list[Found]]:
        """Return each slab's contents with their cues and sources."""
        pieces = self._pieces(slabs, readings)
        found: list[list[Found]] = [[] for _ in slabs]
        for reading in readings:
            slab = slabs[reading.slab]
            found[reading.slab] += self._link(slab, reading, pieces[reading.slab])
        return found

    def _pieces(
        self, slabs: Sequence[Slab], readings: Sequence[WindowReading]
    ) -> list[dict[int, list[Piece]]]:
        """Return the spans of each chunk, at their likeliest edges, by slab and chunk."""
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
                    _piece(chunk, words[row], span, lattice, row)
                    for span in lattice.likeliest(row, spans_of(path))
                ]
        return pieces

    def _link(
        self, slab: Slab, reading: WindowReading, pieces: dict[int, list[Piece]]
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
