"""Text to sentences, tokens, trees and entities through Stanza: the only module that imports it.

Every line of a text is a paragraph of its own, so no sentence crosses a newline. Stanza proposes
tokens and sentence ends, `boundaries` corrects them. With the shipped models, tags, trees and
entities come from the encoder's states (`syntax`), which the tagger has made already; with one of
Stanza's official packages they are Stanza's own. Nothing here reaches for the network but
`download`. Reasons: docs/decisions/0002-stanza-offline.md and 0011-one-encoder.md.
"""

import logging
import os
import re
import unicodedata
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import numpy as np
import stanza
import torch
from stanza.models.common import chuliu_edmonds
from stanza.models.depparse import head_constraints
from stanza.models.depparse import model as depparse_model
from stanza.resources.common import DEFAULT_RESOURCES_URL, DEFAULT_RESOURCES_VERSION

from quotes.nlp import spanning_tree
from quotes.nlp.boundaries import Piece, correct, joined, plain
from quotes.nlp.document import Document, Entity, Sentence, Span, SpanError, Token
from quotes.nlp.encoder import HEADS, LABELS, Encoder, States
from quotes.nlp.syntax import SyntaxHeads, Tagged, pieces_of
from quotes.params import DEFAULTS, Params

logger = logging.getLogger(__name__)

SHIPPED = "shipped"
OFFICIAL = ("default", "default_accurate")
SHIPPED_DIRECTORY = Path(__file__).parent / "models" / "stanza"

PROCESSORS = ("tokenize", "mwt", "lemma")
_OFFICIAL_PROCESSORS = ("tokenize", "mwt", "pos", "lemma", "depparse", "ner")
# Stanza caps a token at this length in any case; its own default for our models would be 300.
_MAX_TOKEN_CHARS = 1000
# Encoded data and the like: the tokenizer takes minutes over one, and there are no words in it.
_BLOB = re.compile(rf"(\S{{{_MAX_TOKEN_CHARS},}})")
# The fast tree search replaces functions inside Stanza: only in the version that it was proved on.
_PATCHED_VERSION = "1.15.0"


class ParserLoadError(RuntimeError):
    """Models could not be loaded: missing, unreadable, or not of this Stanza version."""


class ParseError(RuntimeError):
    """One document could not be parsed; `index` is its place in the batch."""

    def __init__(self, message: str, *, index: int) -> None:
        super().__init__(message)
        self.index = index


class ModelDownloadError(RuntimeError):
    """Stanza's official models could not be fetched."""


class Named(NamedTuple):
    """An entity in a paragraph: code points and class."""

    start: int
    end: int
    type: str


_PICTURES = ("So", "Zs", "Cs")  # emoji and the space before them are no part of a name
_Job = tuple[int, Document, States | None]


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
        self._pipeline = _load(package, directory)
        self._encoder = (encoder or Encoder(params=params)) if package == SHIPPED else None
        if self._encoder:
            folder = self._encoder.directory
            self._heads = SyntaxHeads.load(folder / HEADS, folder / LABELS)
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
        states = [jobs[paragraph.document][1] for paragraph in readable]
        starts = [paragraph.start for paragraph in readable]
        with torch.inference_mode():
            texts = [paragraph.text for paragraph in readable]
            results = iter(self._annotated(texts, list(zip(states, starts, strict=True))))
        sentences: list[list[Sentence]] = [[] for _ in jobs]
        entities: list[list[Entity]] = [[] for _ in jobs]
        for paragraph in paragraphs:
            text = jobs[paragraph.document][0].text
            if not paragraph.readable:
                sentences[paragraph.document].append(_blob(paragraph))
                continue
            result, named = next(results)
            sentences[paragraph.document] += _sentences(result, text, paragraph.start)
            entities[paragraph.document] += _entities(named, text, paragraph.start)
        return [
            doc.evolve(done="parse", sentences=tuple(found), entities=tuple(named))
            for (doc, _), found, named in zip(jobs, sentences, entities, strict=True)
        ]

    def annotate(self, paragraphs: list[str]) -> list[Any]:
        """Return Stanza's own document for each paragraph by itself, as evaluation needs it.

        Raises what Stanza raises.
        """
        states = self._states([Document(text=text) for text in paragraphs])
        with torch.inference_mode():
            found = self._annotated(paragraphs, [(read, 0) for read in states])
        return [document for document, _ in found]

    def _annotated(
        self, paragraphs: list[str], read: list[tuple[States | None, int]]
    ) -> list[tuple[Any, list[Named]]]:
        """Return Stanza's document and the entities of each paragraph.

        `read` has the states of its text, and where in that text the paragraph starts.
        """
        if not paragraphs:
            return []
        # Not through the pipeline, which would expand multi-word tokens before they are corrected.
        tokenize = self._pipeline.processors["tokenize"]
        documents = tokenize.bulk_process([stanza.Document([], text=text) for text in paragraphs])
        documents = [self._retokenized(document) for document in documents]
        if self._encoder is None:
            documents = self._pipeline.process(documents, processors=_OFFICIAL_PROCESSORS[1:-1])
            named = self._recognized(documents)
        else:
            documents = self._pipeline.process(documents, processors=["mwt"])
            named = [
                describe(document, self._heads, states, start)
                for document, (states, start) in zip(documents, read, strict=True)
                if states is not None
            ]
            self._lemmatize(documents)
        for document in documents:
            _restore(document)
        return list(zip(documents, named, strict=True))

    def _lemmatize(self, documents: list[Any]) -> None:
        """Give words their lemmas, from the dictionary that Stanza's lemmatizer has learned.

        The processor itself would first number every letter for a network that ours has not.
        """
        words = [w for document in documents for s in document.sentences for w in s.words]
        known = self._pipeline.processors["lemma"].trainer
        lemmas = known.predict_dict([(word.text, word.upos) for word in words])
        for word, lemma in zip(words, lemmas, strict=True):
            word.lemma = lemma or "_"

    def _retokenized(self, document: Any) -> Any:
        """Return a document of the same text with tokens corrected and written in plain marks."""
        text = document.text
        sentences = [
            [Piece(t.start_char, t.end_char, _is_multiword(t)) for t in sentence.tokens]
            for sentence in document.sentences
        ]
        if self._corrections:
            sentences = correct(sentences, text, max_tokens=self._params.max_sentence_tokens)
        tokens = [[_as_dict(n, p, text) for n, p in enumerate(s, start=1)] for s in sentences]
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
        found = self._heads.read(states.vectors, rows, _fast_one_root)
        return [tagged.entities for tagged in found]


def default_directory() -> Path:
    """Return where official packages are kept by default, as Stanza itself would decide."""
    return Path(os.environ.get("STANZA_RESOURCES_DIR", Path.home() / "stanza_resources"))


def download(package: str, directory: Path, *, timeout_s: float = 10.0) -> None:
    """Fetch one of Stanza's official English packages into `directory`, for `Parser(package, …)`.

    `timeout_s` bounds the wait for the first answer, not the download. Raises ModelDownloadError
    naming what failed and what to do; ValueError for a package that Stanza does not publish.
    """
    if package not in OFFICIAL:
        raise ValueError(f"no official package {package!r}: choose one of {', '.join(OFFICIAL)}")
    index = f"{DEFAULT_RESOURCES_URL}/resources_{DEFAULT_RESOURCES_VERSION}.json"
    _probe(index, package, timeout_s)
    try:
        stanza.download("en", model_dir=str(directory), package=package, logging_level="WARN")
        # The accurate package names a transformer that only loading it fetches.
        _official(package, directory, download_method="reuse_resources")
    except Exception as error:
        raise ModelDownloadError(
            f"package {package!r}: the download into {directory} failed ({error}); "
            "check connection, proxy and disk, then run the command again"
        ) from error


def _probe(url: str, package: str, timeout_s: float) -> None:
    """Raise ModelDownloadError unless `url` answers in time: Stanza itself would wait for ever."""
    failures: list[Exception] = [TimeoutError(f"no answer within {timeout_s:g} s")]

    def fetch() -> None:
        try:
            with urllib.request.urlopen(url, timeout=timeout_s) as answer:  # noqa: S310  Stanza's
                answer.read(1)
            failures.clear()
        except (OSError, ValueError) as error:
            failures[:] = [error]

    # Name look-up ignores timeouts, so it gets a thread that may be left behind.
    thread = Thread(target=fetch, daemon=True)
    thread.start()
    thread.join(timeout_s)
    if failures:
        raise ModelDownloadError(
            f"package {package!r}: cannot reach Stanza's model index at {url} ({failures[0]}); "
            "connect to the internet or set HTTPS_PROXY, "
            f"or keep the package {SHIPPED!r}, which needs no download"
        )


def install_fast_trees() -> bool:
    """Make Stanza's parser find its trees faster, with the same result; say whether it is in use.

    Optional: it replaces two functions of Stanza 1.15.0 and leaves any other version alone.
    """
    if stanza.__version__ != _PATCHED_VERSION:
        return False
    if depparse_model.chuliu_edmonds_one_root is not _fast_one_root:
        chuliu_edmonds.tarjan = spanning_tree.cycles
        for module in (chuliu_edmonds, depparse_model, head_constraints):
            module.chuliu_edmonds_one_root = _fast_one_root
    return True


_stock_one_root = chuliu_edmonds.chuliu_edmonds_one_root
_stock_cycles = chuliu_edmonds.tarjan


def _fast_one_root(scores: Any) -> Any:
    heads = spanning_tree.best_tree(scores, chuliu_edmonds.chuliu_edmonds)
    return heads if heads is not None else _stock_one_root(scores)


def stock_tree(scores: Any) -> Any:
    """Return the tree that Stanza's own search finds, whatever is installed; for comparison."""
    installed, chuliu_edmonds.tarjan = chuliu_edmonds.tarjan, _stock_cycles
    try:
        return _stock_one_root(scores)
    finally:
        chuliu_edmonds.tarjan = installed


def _load(package: str, directory: Path | None) -> Any:
    torch.set_num_threads(1)  # a second thread on a busy core ran 15 times slower
    if package != SHIPPED and package not in OFFICIAL:
        known = ", ".join((SHIPPED, *OFFICIAL))
        raise ParserLoadError(f"no parser package {package!r}: choose one of {known}")
    shipped = package == SHIPPED
    folder = directory or (SHIPPED_DIRECTORY if shipped else default_directory())
    try:
        if shipped:
            return _shipped(folder)
        return _official(package, folder)
    except Exception as error:
        fetch = f"run: manage.py download_models --package {package}"
        remedy = "reinstall the project" if shipped else fetch
        raise ParserLoadError(f"package {package!r} in {folder}: {error}; {remedy}") from error


def _shipped(directory: Path) -> Any:
    for name in ("resources.json", *(f"{p}.pt" for p in PROCESSORS)):
        if not (directory / name).is_file():
            raise FileNotFoundError(f"{directory / name} is missing")
    return stanza.Pipeline(
        "en",
        dir=str(directory),
        package=None,
        processors=dict.fromkeys(PROCESSORS, "news"),
        **_COMMON,
        **{f"{p}_model_path": str(directory / f"{p}.pt") for p in PROCESSORS},
    )


def _official(package: str, directory: Path, *, download_method: str | None = None) -> Any:
    options = {**_COMMON, "download_method": download_method}
    processors = ",".join(_OFFICIAL_PROCESSORS)
    return stanza.Pipeline(
        "en", dir=str(directory), package=package, processors=processors, **options
    )


_COMMON = {
    "download_method": None,
    "use_gpu": False,
    "logging_level": "WARN",
    "tokenize_max_seqlen": _MAX_TOKEN_CHARS,
}


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


def _restore(document: Any) -> None:
    """Give every token and word that has characters of its own the text as written."""
    for sentence in document.sentences:
        for item in (*sentence.tokens, *sentence.words):
            if item.start_char is not None:
                item.text = document.text[item.start_char : item.end_char]


def _blob(paragraph: _Paragraph) -> Sentence:
    """Return a string without words as a sentence of one token."""
    text = paragraph.text
    span = Span(start=paragraph.start, end=paragraph.start + len(text))
    token = Token(span=span, text=text, lemma=text, upos="X", head=-1, deprel="root")
    return Sentence(span=span, tokens=(token,))


def _sentences(result: Any, text: str, offset: int) -> Iterator[Sentence]:
    for sentence in result.sentences:
        tokens = tuple(_token(word, text, offset) for word in sentence.words)
        span = Span(start=tokens[0].span.start, end=tokens[-1].span.end)
        yield Sentence(span=span, tokens=tokens)


def _token(word: Any, text: str, offset: int) -> Token:
    start, end = characters(word)
    span = Span(start=start + offset, end=end + offset)
    if word.start_char is not None and word.text != span.of(text):
        raise SpanError(f"token {word.text!r} stands as {span.of(text)!r} at [{start}, {end})")
    return Token(
        span=span,
        text=word.text,
        lemma=word.lemma or word.text,
        upos=word.upos or "X",
        xpos=word.xpos or "",
        feats=word.feats or "",
        head=word.head - 1,
        deprel=word.deprel,
    )


def describe(document: Any, heads: SyntaxHeads, states: States, start: int = 0) -> list[Named]:
    """Give the words of a Stanza document their tags and trees; return the entities in it.

    `states` are those of a text in which the document's begins at `start`.
    """
    places = [[characters(word) for word in sentence.words] for sentence in document.sentences]
    rows = [
        [pieces_of(low + start, high + start, states.starts) for low, high in sentence]
        for sentence in places
    ]
    named: list[Named] = []
    # A text of nothing that the encoder has a wordpiece for has tokens all the same.
    vectors = states.vectors if states.starts else np.zeros((1, len(heads.words)), np.float16)
    read = heads.read(vectors, rows, _fast_one_root)
    for sentence, where, tagged in zip(document.sentences, places, read, strict=True):
        _describe(sentence, tagged)
        named += _named(where, tagged.entities)
    return named


def _describe(sentence: Any, tagged: Tagged) -> None:
    for n, word in enumerate(sentence.words):
        word.upos, word.xpos, word.head = tagged.upos[n], tagged.xpos[n], tagged.heads[n]
        word.feats = None if tagged.feats[n] == "_" else tagged.feats[n]
        word.deprel = tagged.deprels[n]


def _named(places: Sequence[tuple[int, int]], tags: Sequence[str]) -> Iterator[Named]:
    start = 0
    for (low, high), tag in zip(places, tags, strict=True):
        if tag[0] in "BS":
            start = low
        if tag[0] in "ES":
            yield Named(start, high, tag[2:])


def _entities(named: Iterable[Named], text: str, offset: int) -> Iterable[Entity]:
    for entity in named:
        start, end = entity.start + offset, entity.end + offset
        while start < end and unicodedata.category(text[end - 1]) in _PICTURES:
            end -= 1
        if start == end:
            continue
        span = Span(start=start, end=end)
        yield Entity(span=span, type=entity.type)
