"""Text to sentences, tokens, trees and entities through Stanza.

Only this module, what it is split into (`cutting`, `stanza_packages`) and the processor that
extends Stanza import it.

Every line of a text is a paragraph of its own, so no sentence crosses a newline. Stanza proposes
tokens and sentence ends, `boundaries` corrects them. With the shipped models, tags, trees and
entities come from the encoder's states (`syntax`), which the tagger has made already; with one of
Stanza's official packages they are Stanza's own. Reasons: docs/decisions/0002-stanza-offline.md and
0011-one-encoder.md.
"""

import logging
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import stanza
import torch

from quotes.nlp.boundaries import Piece, correct, joined, plain
from quotes.nlp.cutting import Cutter
from quotes.nlp.document import Document, Entity, Sentence, Span, Token
from quotes.nlp.encoder import HEADS, LABELS, Encoder, States
from quotes.nlp.stanza_packages import (
    MAX_TOKEN_CHARS,
    OFFICIAL_PROCESSORS,
    SHIPPED,
    best_tree,
    install_fast_trees,
    load,
)
from quotes.nlp.syntax import SyntaxHeads, Tagged, pieces_of
from quotes.params import DEFAULTS, Params

logger = logging.getLogger(__name__)

# Encoded data and the like: the tokenizer takes minutes over one, and there are no words in it.
_BLOB = re.compile(rf"(\S{{{MAX_TOKEN_CHARS},}})")


class ParseError(RuntimeError):
    """One document could not be parsed; `index` is its place in the batch."""

    def __init__(self, message: str, *, index: int) -> None:
        super().__init__(message)
        self.index = index


class Named(NamedTuple):
    """An entity in a paragraph: code points and class."""

    start: int
    end: int
    type: str


class Word(NamedTuple):
    """A syntactic word before the models have described it.

    `text` is in plain marks, for the models; `own` says whether the characters from `start` to
    `end` are its own, or those of the token that it shares with others ("don't").
    """

    text: str
    start: int
    end: int
    own: bool = True


class Reading(NamedTuple):
    """A paragraph as models read it: its words by sentence, what they are, and the entities.

    `shared` are the tokens that stand for several words: sentence, first word, word after the last.
    """

    sentences: list[list[Word]]
    tagged: list[Tagged]
    lemmas: list[list[str]]
    named: list[Named]
    shared: list[tuple[int, int, int]]


_PICTURES = ("So", "Zs", "Cs")  # emoji and the space before them are no part of a name
_Job = tuple[int, Document, States | None]
_Words = tuple[list[list[list[Word]]], int]  # of a paragraph's tokens, and where it starts


@dataclass(frozen=True)
class _Paragraph:
    """One line of one document, or part of one: which document, where in it, and its words."""

    document: int
    start: int
    text: str

    @property
    def readable(self) -> bool:
        """Whether there may be words in it, so that Stanza should see it."""
        return not _BLOB.fullmatch(self.text)


class Parser:
    """The parsing stage: fills `sentences` and `entities` and notes "parse" as done.

    `package` is "shipped" (the project's own models), or one of Stanza's official packages
    ("default", "default_accurate"), which `download` has put into `directory`. Loading raises
    ParserLoadError. The same texts and models give the same result.
    """

    def __init__(
        self,
        package: str = SHIPPED,
        directory: Path | None = None,
        *,
        encoder: Encoder | None = None,
        params: Params = DEFAULTS,
        corrections: bool = True,
        fast_trees: bool = True,
    ) -> None:
        self._params = params
        self._corrections = corrections
        self._pipeline = load(package, directory)
        self._encoder = (encoder or Encoder(params=params)) if package == SHIPPED else None
        if self._encoder:
            folder = self._encoder.directory
            self._heads = SyntaxHeads.load(folder / HEADS, folder / LABELS)
            self._cutter = Cutter(self._pipeline.processors["tokenize"].trainer)
            self._expansions: dict[str, list[Word]] = {}
        if fast_trees:
            install_fast_trees()

    def __call__(self, doc: Document) -> Document:
        """Return `doc` parsed; ParseError if Stanza fails on the text."""
        return self.batch([doc])[0]

    def batch(
        self,
        docs: Sequence[Document],
        states: Sequence[States] | None = None,
        *,
        on_error: Callable[[ParseError], None] | None = None,
    ) -> list[Document]:
        """Return `docs` parsed, in order; `states` are what the tagger's encoder said of them.

        Documents share work, but not failures: one that Stanza cannot parse is given to
        `on_error` and returned as it came ("parse" not done). Without `on_error` its ParseError
        is raised after the others were tried.
        """
        read = states if states is not None else self._states(docs)
        parsed: list[Document] = []
        errors: list[ParseError] = []
        for group in _groups(docs, self._params.parse_batch_chars):
            parsed += self._isolated([(i, docs[i], read[i]) for i in group], errors)
        for error in errors:
            if on_error is None:
                raise error
            on_error(error)
        return parsed

    def _states(self, docs: Sequence[Document]) -> Sequence[States | None]:
        return self._encoder.states(docs) if self._encoder else [None] * len(docs)

    def _isolated(self, jobs: list[_Job], errors: list[ParseError]) -> list[Document]:
        try:
            return self._parse([(doc, states) for _, doc, states in jobs])
        except Exception as error:  # noqa: BLE001  Stanza raises anything; the text must be named
            if len(jobs) > 1:
                logger.warning("batch failed, one by one now: documents=%d %r", len(jobs), error)
                return [doc for job in jobs for doc in self._isolated([job], errors)]
            index, doc, _ = jobs[0]
            message = (
                f"document {index} ({len(doc.text)} characters, {doc.text[:40]!r}): "
                f"Stanza failed with {error!r}; leave it out or report it with its text"
            )
            failure = ParseError(message, index=index)
            failure.__cause__ = error
            errors.append(failure)
            return [doc]

    def _parse(self, jobs: list[tuple[Document, States | None]]) -> list[Document]:
        paragraphs = [
            paragraph
            for number, (doc, _) in enumerate(jobs)
            for paragraph in _paragraphs(number, doc.text)
        ]
        readable = [paragraph for paragraph in paragraphs if paragraph.readable]
        states = [(jobs[paragraph.document][1], paragraph.start) for paragraph in readable]
        results = iter(self._readings([paragraph.text for paragraph in readable], states))
        sentences: list[list[Sentence]] = [[] for _ in jobs]
        entities: list[list[Entity]] = [[] for _ in jobs]
        for paragraph in paragraphs:
            text = jobs[paragraph.document][0].text
            if not paragraph.readable:
                sentences[paragraph.document].append(_blob(paragraph))
                continue
            reading = next(results)
            sentences[paragraph.document] += _sentences(reading, text, paragraph.start)
            entities[paragraph.document] += _entities(reading.named, text, paragraph.start)
        return [
            doc.evolve(done="parse", sentences=tuple(found), entities=tuple(named))
            for (doc, _), found, named in zip(jobs, sentences, entities, strict=True)
        ]

    def annotate(self, paragraphs: list[str]) -> list[Any]:
        """Return each paragraph by itself as a document of Stanza's own, as evaluation needs it.

        Raises what Stanza raises.
        """
        states = self._states([Document(text=text) for text in paragraphs])
        readings = self._readings(paragraphs, [(read, 0) for read in states])
        return [_stanza_document(*pair) for pair in zip(readings, paragraphs, strict=True)]

    def _readings(
        self, paragraphs: list[str], read: list[tuple[States | None, int]]
    ) -> list[Reading]:
        """Return what the models read in each paragraph.

        `read` has the states of its text, and where in that text the paragraph starts.
        """
        with torch.inference_mode():
            if self._encoder is None:
                return self._by_stanza(paragraphs)
            words = [self._words(*cut) for cut in self._cut(paragraphs)]
            return [
                reading
                for states, group in _by_text(words, read)
                for reading in self._by_encoder(group, states)
            ]

    # ---------------------------------------------------------------- the shipped models
    def _cut(self, paragraphs: list[str]) -> Iterator[tuple[str, list[list[Piece]]]]:
        """Yield each paragraph with the tokens of its sentences."""
        for text, sentences in zip(paragraphs, self._cutter(paragraphs), strict=True):
            yield text, self._corrected(sentences, text)

    def _corrected(self, sentences: list[list[Piece]], text: str) -> list[list[Piece]]:
        if not self._corrections:
            return sentences
        return correct(sentences, text, max_tokens=self._params.max_sentence_tokens)

    def _words(self, text: str, sentences: list[list[Piece]]) -> list[list[list[Word]]]:
        """Return the words of each token of each sentence."""
        return [[self._expanded(piece, text) for piece in sentence] for sentence in sentences]

    def _expanded(self, piece: Piece, text: str) -> list[Word]:
        form = plain(text[piece.start : piece.end])
        if not piece.multiword:
            return [Word(form, piece.start, piece.end)]
        if form not in self._expansions:
            self._expansions[form] = self._expansion(form)
        return [
            Word(word.text, piece.start + word.start, piece.start + word.end, word.own)
            for word in self._expansions[form]
        ]

    def _expansion(self, form: str) -> list[Word]:
        """Return the words that a token stands for, as Stanza's model for them says."""
        token = {"id": (1,), "text": form, "start_char": 0, "end_char": len(form)}
        document = stanza.Document([[{**token, "misc": "MWT=Yes"}]], text=form)
        (sentence,) = self._pipeline.process(document, processors="mwt").sentences
        return words_of(sentence)

    def _by_encoder(self, paragraphs: list[_Words], states: States) -> Iterator[Reading]:
        """Yield the reading of each of a text's paragraphs."""
        flat = [
            ([[word for token in sentence for word in token] for sentence in tokens], start)
            for tokens, start in paragraphs
        ]
        found = described(self._heads, flat, states)
        for (tokens, _), (sentences, _), tagged in zip(paragraphs, flat, found, strict=True):
            yield Reading(
                sentences,
                tagged,
                [self._lemmas(*pair) for pair in zip(sentences, tagged, strict=True)],
                [name for pair in zip(sentences, tagged, strict=True) for name in named_in(*pair)],
                list(_shared(tokens)),
            )

    def _lemmas(self, words: list[Word], tagged: Tagged) -> list[str]:
        """Return the words' lemmas, from the dictionary that Stanza's lemmatizer has learned.

        The processor itself would first number every letter for a network that ours has not.
        """
        known = self._pipeline.processors["lemma"].trainer
        asked = [(word.text, upos) for word, upos in zip(words, tagged.upos, strict=True)]
        return [lemma or "_" for lemma in known.predict_dict(asked)]

    # ---------------------------------------------------------------- Stanza's own packages
    def _by_stanza(self, paragraphs: list[str]) -> list[Reading]:
        if not paragraphs:
            return []
        # Not through the pipeline, which would expand multi-word tokens before they are corrected.
        tokenize = self._pipeline.processors["tokenize"]
        documents = tokenize.bulk_process([stanza.Document([], text=text) for text in paragraphs])
        documents = [self._retokenized(document) for document in documents]
        documents = self._pipeline.process(documents, processors=OFFICIAL_PROCESSORS[1:-1])
        named = self._recognized(documents)
        return [_stanza_reading(*pair) for pair in zip(documents, named, strict=True)]

    def _retokenized(self, document: Any) -> Any:
        """Return a document of the same text with tokens corrected and written in plain marks."""
        text = document.text
        sentences = [
            [Piece(t.start_char, t.end_char, _is_multiword(t)) for t in sentence.tokens]
            for sentence in document.sentences
        ]
        corrected = self._corrected(sentences, text)
        tokens = [[_as_dict(n, p, text) for n, p in enumerate(s, start=1)] for s in corrected]
        return stanza.Document(tokens, text=text)

    def _recognized(self, documents: list[Any]) -> list[list[Named]]:
        """Return the entities of documents, found with the words as tokens.

        Entity corpora part "We've" and "May's" into words; Stanza alone would show the recogniser
        the whole tokens, and it makes persons of them.
        """
        split = [
            stanza.Document([_as_words(s) for s in document.sentences], text=document.text)
            for document in documents
        ]
        done = self._pipeline.process(split, processors="ner")
        return [[Named(e.start_char, e.end_char, e.type) for e in doc.ents] for doc in done]

    def label(self, sentences: Sequence[Sequence[str]]) -> list[list[str]]:
        """Return the entity tag (BIOES) of every token of tokenized sentences, for evaluation.

        With the shipped models only: the sentences are read as one text, a line each.
        """
        if self._encoder is None:
            raise ValueError("only the shipped models label tokens that are given")
        places, lines, at = [], [], 0
        for words in sentences:
            line, ends = joined([plain(word) for word in words])
            places.append([(low + at, high + at) for low, high in ends])
            lines.append(line)
            at += len(line) + 1
        states = self._encoder.states([Document(text="\n".join(lines))])[0]
        rows = [[pieces_of(*place, states.starts) for place in sentence] for sentence in places]
        found = self._heads.read(states.vectors, rows, best_tree)
        return [tagged.entities for tagged in found]


def _groups(docs: Sequence[Document], limit_chars: int) -> Iterator[list[int]]:
    """Yield the indices of `docs` in runs of at most `limit_chars` together, or of one."""
    group: list[int] = []
    size = 0
    for index, doc in enumerate(docs):
        if group and size + len(doc.text) > limit_chars:
            yield group
            group, size = [], 0
        group.append(index)
        size += len(doc.text)
    if group:
        yield group


def _paragraphs(number: int, text: str) -> Iterator[_Paragraph]:
    """Yield the lines of `text` that hold more than white space."""
    start = 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            yield from _runs(number, start, line)
        start += len(line)


def _runs(number: int, start: int, line: str) -> Iterator[_Paragraph]:
    """Yield a line in parts: strings of characters that no word has, and what is between them."""
    for part in _BLOB.split(line):
        if body := part.strip():
            yield _Paragraph(number, start + part.index(body), body)
        start += len(part)


def _is_multiword(token: Any) -> bool:
    return bool(token.misc and "MWT=Yes" in token.misc)


def _as_dict(number: int, piece: Piece, text: str) -> dict[str, Any]:
    """Return the token in Stanza's own form, in the marks that the models know."""
    fields: dict[str, Any] = {
        "id": (number,),
        "text": plain(text[piece.start : piece.end]),
        "start_char": piece.start,
        "end_char": piece.end,
    }
    return {**fields, "misc": "MWT=Yes"} if piece.multiword else fields


def _as_words(sentence: Any) -> list[dict[str, Any]]:
    """Return the sentence's words in Stanza's own form, each a token of its own."""
    words = []
    for number, word in enumerate(sentence.words, start=1):
        start, end = characters(word)
        fields = {"text": plain(word.text), "start_char": start, "end_char": end}
        words.append({"id": (number,), **fields})
    return words


def characters(word: Any) -> tuple[int, int]:
    """Return where a word stands: its own characters if it has some, else its token's."""
    if word.start_char is not None:
        return word.start_char, word.end_char
    return word.parent.start_char, word.parent.end_char


def described(
    heads: SyntaxHeads,
    paragraphs: Sequence[tuple[Sequence[Sequence[Word]], int]],
    states: States,
) -> list[list[Tagged]]:
    """Return tags, trees and entities of each paragraph's sentences of words.

    `states` are those of the text; a paragraph comes with where in that text its words begin.
    """
    rows = [
        [pieces_of(word.start + start, word.end + start, states.starts) for word in words]
        for sentences, start in paragraphs
        for words in sentences
    ]
    # A text of nothing that the encoder has a wordpiece for has tokens all the same.
    vectors = states.vectors if states.starts else np.zeros((1, len(heads.words)), np.float16)
    found = iter(heads.read(vectors, rows, best_tree))
    return [list(islice(found, len(sentences))) for sentences, _ in paragraphs]


def _by_text(
    words: list[list[list[list[Word]]]], read: list[tuple[States | None, int]]
) -> Iterator[tuple[States, list[_Words]]]:
    """Yield the paragraphs' words by the text that they stand in, with its states."""
    low = 0
    for _, group in groupby(read, key=lambda item: id(item[0])):
        places = list(group)
        states = places[0][0]
        own = words[low : low + len(places)]
        low += len(places)
        if states is not None:
            yield states, [(w, start) for w, (_, start) in zip(own, places, strict=True)]


def words_of(sentence: Any) -> list[Word]:
    """Return the words of a sentence of Stanza's."""
    return [Word(w.text, *characters(w), own=w.start_char is not None) for w in sentence.words]


def _stanza_reading(document: Any, named: list[Named]) -> Reading:
    """Return what Stanza's document says, and the entities that were found apart from it."""
    sentences = [sentence.words for sentence in document.sentences]
    tagged = [
        Tagged(
            upos=[word.upos or "X" for word in words],
            xpos=[word.xpos or "" for word in words],
            feats=[word.feats or "_" for word in words],
            heads=[word.head for word in words],
            deprels=[word.deprel for word in words],
            entities=[],
        )
        for words in sentences
    ]
    lemmas = [[word.lemma or word.text for word in words] for words in sentences]
    found = [words_of(sentence) for sentence in document.sentences]
    return Reading(found, tagged, lemmas, named, [])


def _shared(tokens: list[list[list[Word]]]) -> Iterator[tuple[int, int, int]]:
    """Yield the tokens of several words: sentence, first word, word after the last."""
    for number, sentence in enumerate(tokens):
        at = 0
        for words in sentence:
            if len(words) > 1:
                yield number, at, at + len(words)
            at += len(words)


def _stanza_document(reading: Reading, text: str) -> Any:
    """Return a reading as a document of Stanza's."""
    tokens = {(number, low): high for number, low, high in reading.shared}
    sentences = []
    for number, words in enumerate(reading.sentences):
        entries: list[dict[str, Any]] = []
        tagged, lemmas = reading.tagged[number], reading.lemmas[number]
        for i, word in enumerate(words):
            if high := tokens.get((number, i)):
                start, end = word.start, words[high - 1].end
                place = {"start_char": start, "end_char": end}
                entries.append({"id": (i + 1, high), "text": text[start:end], **place})
            place = {"start_char": word.start, "end_char": word.end} if word.own else {}
            entries.append(
                {
                    "id": (i + 1,),
                    "text": _written(word, text),
                    "lemma": lemmas[i],
                    "upos": tagged.upos[i],
                    "xpos": tagged.xpos[i],
                    "feats": tagged.feats[i],
                    "head": tagged.heads[i],
                    "deprel": tagged.deprels[i],
                    **place,
                }
            )
        sentences.append(entries)
    return stanza.Document(sentences, text=text)


def _written(word: Word, text: str) -> str:
    return text[word.start : word.end] if word.own else word.text


def _blob(paragraph: _Paragraph) -> Sentence:
    """Return a string without words as a sentence of one token."""
    text = paragraph.text
    span = Span(start=paragraph.start, end=paragraph.start + len(text))
    token = Token(span=span, text=text, lemma=text, upos="X", head=-1, deprel="root")
    return Sentence(span=span, tokens=(token,))


def _sentences(reading: Reading, text: str, offset: int) -> Iterator[Sentence]:
    parts = zip(reading.sentences, reading.tagged, reading.lemmas, strict=True)
    for words, tagged, lemmas in parts:
        tokens = tuple(
            _token(word, tagged, i, lemmas[i], text, offset) for i, word in enumerate(words)
        )
        span = Span(start=tokens[0].span.start, end=tokens[-1].span.end)
        yield Sentence(span=span, tokens=tokens)


def _token(word: Word, tagged: Tagged, i: int, lemma: str, text: str, offset: int) -> Token:
    start, end = word.start + offset, word.end + offset
    feats = tagged.feats[i]
    return Token(
        span=Span(start=start, end=end),
        text=text[start:end] if word.own else word.text,
        lemma=lemma,
        upos=tagged.upos[i],
        xpos=tagged.xpos[i],
        feats="" if feats == "_" else feats,
        head=tagged.heads[i] - 1,
        deprel=tagged.deprels[i],
    )


def named_in(words: Sequence[Word], tagged: Tagged) -> Iterator[Named]:
    """Yield the entities of a sentence."""
    start = 0
    for word, tag in zip(words, tagged.entities, strict=True):
        if tag[0] in "BS":
            start = word.start
        if tag[0] in "ES":
            yield Named(start, word.end, tag[2:])


def _entities(named: Iterable[Named], text: str, offset: int) -> Iterable[Entity]:
    for entity in named:
        start, end = entity.start + offset, entity.end + offset
        while start < end and unicodedata.category(text[end - 1]) in _PICTURES:
            end -= 1
        if start == end:
            continue
        span = Span(start=start, end=end)
        yield Entity(span=span, type=entity.type)
