"""Training windows for words, trees and entities: corpora as running text."""

import gzip
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from quotes.nlp.boundaries import joined
from quotes.nlp.syntax import pieces_of
from quotes.nlp.training.stanza_data import entity_sentences
from quotes.nlp.training.tagger_data import FIRST_WINDOW, WINDOW, alike
from quotes.nlp.wordpieces import Chunk, Rows, Window, WordpieceReader, rows, windows

TREEBANK, ENTITIES = "ud-ewt-gum-{}.conllu.gz", "ner-worldwide-{}.tsv.gz"
MIN_COUNT = 3


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a treebank or entity corpus: its place in the text and its labels by column."""

    start: int
    end: int
    labels: dict[str, str]
    head: int = -1


@dataclass(frozen=True, slots=True)
class Text:
    """A document as text, with its sentences."""

    text: str
    sentences: list[list[Word]]


@dataclass(frozen=True, slots=True)
class PlacedSentence:
    """A sentence in a window: first and last row of every word in the window, and the words."""

    first: list[int]
    last: list[int]
    words: list[Word]


@dataclass(frozen=True, slots=True)
class SyntaxWindow:
    """One window and the sentences that lie wholly in it."""

    rows: Rows
    sentences: list[PlacedSentence]


def treebank(data: Path, split: str) -> list[Text]:
    """Return the documents of the treebanks' split as running text."""
    with gzip.open(data / TREEBANK.format(split), "rt", encoding="utf-8") as lines:
        return [_document(paragraphs) for paragraphs in _documents(lines)]


Raw = tuple[str, list[str]]  # a sentence's text and its lines


def _documents(lines: Iterable[str]) -> Iterator[list[list[Raw]]]:
    document: list[list[Raw]] = []
    text, rows_ = "", list[str]()
    for raw in lines:
        line = raw.rstrip("\n")
        if line.startswith("# newdoc") and document:
            yield document
            document = []
        if line.startswith(("# newdoc", "# newpar")) and (not document or document[-1]):
            document.append([])
        elif line.startswith("# text = "):
            text = line.removeprefix("# text = ").strip()
        elif line and line[0].isdigit():
            rows_.append(line)
        elif not line and rows_:
            if not document:
                document.append([])
            document[-1].append((text, rows_))
            rows_ = []
    if document:
        yield document


def _document(paragraphs: list[list[Raw]]) -> Text:
    parts: list[str] = []
    sentences: list[list[Word]] = []
    at = 0
    for paragraph in paragraphs:
        for text, lines in paragraph:
            sentences.append(_sentence(text, lines, at))
            parts.append(text)
            at += len(text) + 1
            parts.append(" ")
        if parts:
            parts[-1] = "\n"
    return Text("".join(parts), sentences)


def _sentence(text: str, lines: list[str], offset: int) -> list[Word]:
    words: list[Word] = []
    at = 0
    inside: list[tuple[int, int]] = []  # places of the coming words of a multi-word token
    for line in lines:
        column = line.split("\t")
        identifier, form = column[0], column[1]
        if "." in identifier:
            continue
        if "-" in identifier:
            start = text.index(form, at)
            at = start + len(form)
            low, high = map(int, identifier.split("-"))
            forms = [row.split("\t")[1] for row in lines if row.split("\t")[0].isdigit()]
            inside = _parts(form, forms[low - 1 : high], start)
            continue
        if inside:
            start, end = inside.pop(0)
        else:
            start = text.index(form, at)
            end = at = start + len(form)
        labels = {"upos": column[3], "xpos": column[4], "feats": column[5], "deprel": column[7]}
        words.append(Word(start + offset, end + offset, labels, int(column[6]) - 1))
    return words


def _parts(form: str, forms: Sequence[str], start: int) -> list[tuple[int, int]]:
    if "".join(forms) != form:
        return [(start, start + len(form))] * len(forms)
    places = []
    for part in forms:
        places.append((start, start + len(part)))
        start += len(part)
    return places


def entity_texts(data: Path, split: str, chance: random.Random, size: int = 40) -> list[Text]:
    """Return the entity corpus as texts of `size` sentences in paragraphs of one to three."""
    with gzip.open(data / ENTITIES.format(split), "rt", encoding="utf-8") as lines:
        sentences = list(entity_sentences(lines))
    parts = (sentences[low : low + size] for low in range(0, len(sentences), size))
    return [_entity_text(part, chance) for part in parts]


def _entity_text(sentences: list[list[dict[str, str]]], chance: random.Random) -> Text:
    parts: list[str] = []
    placed: list[list[Word]] = []
    at = room = 0
    for sentence in sentences:
        tokens = [token["text"] for token in sentence]
        text, places = joined(tokens)
        labels = bioes([token["ner"].strip() for token in sentence])
        placed.append(
            [
                Word(start + at, end + at, {"entity": label})
                for (start, end), label in zip(places, labels, strict=True)
            ]
        )
        room = room - 1 if room else chance.randint(0, 2)
        parts += [text, " " if room else "\n"]
        at += len(text) + 1
    return Text("".join(parts), placed)


def bioes(tags: Sequence[str]) -> list[str]:
    """Return BIO tags as BIOES; an I- without a beginning begins one."""
    out = []
    for i, tag in enumerate(tags):
        if tag == "O":
            out.append(tag)
            continue
        before = tags[i - 1] if i else "O"
        after = tags[i + 1] if i + 1 < len(tags) else "O"
        begins = tag[0] == "B" or before[2:] != tag[2:]
        ends = after != f"I-{tag[2:]}"
        out.append(("S" if ends else "B") + tag[1:] if begins else ("E" if ends else "I") + tag[1:])
    return out


def vocabularies(texts: Iterable[Text]) -> dict[str, list[str]]:
    """Return the labels of every column seen at least `MIN_COUNT` times, most frequent first."""
    counts: dict[str, Counter[str]] = {}
    for text in texts:
        for sentence in text.sentences:
            for word in sentence:
                for column, label in word.labels.items():
                    counts.setdefault(column, Counter())[label] += 1
    return {
        column: [label for label, n in sorted(c.items(), key=_rank) if n >= MIN_COUNT]
        for column, c in counts.items()
    }


def _rank(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]


def epoch_windows(
    texts: Sequence[Text], reader: WordpieceReader, chance: random.Random
) -> list[SyntaxWindow]:
    """Return the texts as windows, cut anew by `chance`, with the sentences whole within each."""
    found = []
    for text in texts:
        chunks = reader(text.text)
        for window in windows(chunks, WINDOW, 0, chance.randint(*FIRST_WINDOW)):
            made = placed(text, chunks, window)
            if made.sentences:
                found.append(made)
    return found


def placed(text: Text, chunks: Sequence[Chunk], window: Window) -> SyntaxWindow:
    """Return the window with the rows of every word of its sentences."""
    read = rows(chunks, window)
    starts: list[int] = []
    places: list[int] = []
    for number in range(window.low, window.high):
        starts += chunks[number].starts
        places += range(read.offsets[number], read.offsets[number] + len(chunks[number]))
    low, high = chunks[window.low].starts[0], chunks[window.high - 1].ends[-1]
    sentences = []
    for words in text.sentences:
        if words[0].start >= low and words[-1].end <= high:
            ends = [pieces_of(word.start, word.end, starts) for word in words]
            first, last = [places[a] for a, _ in ends], [places[b] for _, b in ends]
            sentences.append(PlacedSentence(first, last, words))
    return SyntaxWindow(read, sentences)


def batches(
    found: list[SyntaxWindow], size: int, chance: random.Random
) -> list[list[SyntaxWindow]]:
    """Return the windows in batches of like length, shuffled."""
    chance.shuffle(found)
    return alike(found, size, chance)
