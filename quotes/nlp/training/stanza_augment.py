"""Treebank sentences turned into news prose, to teach the tokenizer what treebanks have little of.

Curly and single quotation marks, quotations with their speech tags, titles, dates, initials and
abbreviations, headlines, a missing space after a stop. Pure: the caller gives the random source.
Reasons and figures: docs/decisions/0002-stanza-offline.md.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import chain
from random import Random

from quotes.nlp.lexicon import rows


@dataclass(frozen=True)
class Surface:
    """One token as written: its form, whether white space follows, whether it is several words."""

    form: str
    space: bool = True
    multiword: bool = False
    name: bool = False


@dataclass(frozen=True)
class Mix:
    """How often each change is made, as a probability for each chance to make it."""

    whole_sentence: float = 0.2
    quotation: float = 0.5
    curly_apostrophes: float = 0.5
    no_space: float = 0.06
    headline: float = 0.08
    curly_marks: float = 0.6
    titled_sentence: float = 0.4
    title: float = 0.5
    initial: float = 0.4
    frame_inside: float = 0.25
    frame_before: float = 0.3
    frame_after: float = 0.7
    middle_initial: float = 0.25


Sentence = list[Surface]
Paragraph = list[Sentence]

_PAIRS = (("“", "”"),) * 5 + (("‘", "’"),) * 2 + (('"', '"'),) * 3 + (("'", "'"), ("«", "»"))
_SHORTEST = 3  # tokens of a sentence that is worth a frame
_COLUMNS = 10  # of a CoNLL-U line
_NO_SPACE_BEFORE = {",", ".", "?", "!", ":", ";", ")", "-"}
_NO_SPACE_AFTER = {"(", "-", "$"}
_STOPS = {".", "!", "?"}
_ANY_DOUBLE = {'"', "“", "”", "``", "''"}
_INITIALS = "ABCDEFGHJKLMPRSTVW"


def read_paragraphs(lines: Iterable[str]) -> Iterator[Paragraph]:
    """Yield the paragraphs of a CoNLL-U file as written tokens (multi-word tokens unexpanded)."""
    paragraph: Paragraph = []
    sentence: Sentence = []
    covered = 0
    for line in chain(lines, [""]):
        if line.startswith(("# newpar", "# newdoc")) and paragraph:
            yield paragraph
            paragraph = []
        columns = line.rstrip("\n").split("\t")
        if len(columns) == _COLUMNS:
            number = columns[0]
            if "-" in number:
                covered = int(number.split("-")[1])
            elif "." in number or int(number) <= covered:
                continue
            sentence.append(_surface(columns))
        elif not line.strip() and sentence:
            paragraph.append(sentence)
            sentence, covered = [], 0
    if paragraph:
        yield paragraph


def _surface(columns: Sequence[str]) -> Surface:
    return Surface(
        form=columns[1],
        space="SpaceAfter=No" not in columns[9],
        multiword="-" in columns[0],
        name=columns[3] == "PROPN" and columns[1].istitle() and columns[1].isalpha(),
    )


def written(paragraph: Paragraph) -> tuple[str, str]:
    """Return a paragraph's text and its labels, one digit a character, as Stanza reads them.

    0 inside a token, 1 its end, 2 a sentence's end; 3 and 4 the same for a multi-word token.
    """
    text, labels = [], []
    for sentence in paragraph:
        for i, token in enumerate(sentence):
            end = 1 + 2 * token.multiword + (i == len(sentence) - 1)
            text.append(token.form + " " * token.space)
            labels.append("0" * (len(token.form) - 1) + str(end) + "0" * token.space)
    return "".join(text).rstrip(), "".join(labels)[: len("".join(text).rstrip())]


class Newsroom:
    """Rewrites paragraphs as news; the same `random` and `names` give the same paragraphs."""

    def __init__(self, random: Random, names: Sequence[str], mix: Mix | None = None) -> None:
        self._random = random
        self._mix = mix or Mix()
        self._names = list(names)

    def rewrite(self, paragraph: Paragraph) -> list[Paragraph]:
        """Return what stands for `paragraph`: short paragraphs, sometimes a headline before."""
        out, rest = [], list(paragraph)
        while rest:
            length = self._random.choice((1, 2, 2, 3, 3, 4))
            out += self._short(rest[:length])
            rest = rest[length:]
        return out

    def _short(self, paragraph: Paragraph) -> list[Paragraph]:
        mix = self._mix
        out = [self._sentence(sentence) for sentence in paragraph]
        if self._happens(mix.whole_sentence):
            out.insert(self._random.randrange(len(out) + 1), self._frame("whole"))
        if self._happens(mix.quotation):
            out = self._quoted(out)
        if self._happens(mix.curly_apostrophes):
            out = [[_curly_apostrophe(token) for token in sentence] for sentence in out]
        if self._happens(mix.no_space):
            out = self._unspaced(out)
        headline = [self._headline(paragraph[0])] if self._happens(mix.headline) else []
        return [*headline, out]

    def _sentence(self, sentence: Sentence) -> Sentence:
        """Return `sentence` with titles, initials, dates and curly marks here and there."""
        out = _restyled(sentence, self._happens(self._mix.curly_marks))
        if self._happens(self._mix.titled_sentence):
            out = self._titled(out)
        ends = len(out) > _SHORTEST and out[-1].form == "." and not out[-2].space
        return self._extended(out) if ends and self._happens(self._mix.frame_inside) else out

    def _extended(self, sentence: Sentence) -> Sentence:
        """Return `sentence` with a frame before its final stop."""
        *body, last, stop = sentence
        frame = self._frame("inside")
        last = replace(last, space=frame[0].form not in _NO_SPACE_BEFORE)
        if frame[-1].form.endswith("."):  # an abbreviation's stop ends the sentence too
            return [*body, last, *frame]
        return [*body, last, *frame[:-1], replace(frame[-1], space=False), stop]

    def _titled(self, sentence: Sentence) -> Sentence:
        out: Sentence = []
        for i, token in enumerate(sentence):
            first = token.name and not (i and (sentence[i - 1].name or not sentence[i - 1].space))
            follows = token.name and i > 0 and sentence[i - 1].name and sentence[i - 1].space
            if first and self._happens(self._mix.title):
                out.append(Surface(self._random.choice(_abbreviations("title"))))
            elif follows and self._happens(self._mix.initial):
                out.append(Surface(self._random.choice(_INITIALS) + "."))
            out.append(token)
        return out

    def _quoted(self, paragraph: Paragraph) -> Paragraph:
        """Return the paragraph with one run of its sentences quoted and attributed."""
        start = self._random.randrange(len(paragraph))
        run = paragraph[start : start + self._random.choice((1, 1, 1, 2, 3))]
        if any(token.form in _ANY_DOUBLE for sentence in run for token in sentence):
            return paragraph
        opening, closing = self._random.choice(_PAIRS)
        before = self._frame("before") if self._happens(self._mix.frame_before) else []
        last = run[-1]
        tail: Sentence = []
        if not before and last[-1].form in _STOPS and self._happens(self._mix.frame_after):
            tail = self._frame("after" if last[-1].form == "." else "asked")
            if last[-1].form == ".":
                last = [*last[:-1], Surface(",", space=False)]
        last = [*last[:-1], replace(last[-1], space=False), Surface(closing), *tail]
        quoted = [*run[:-1], last]
        quoted[0] = [*before, Surface(opening, space=False), *quoted[0]]
        return [*paragraph[:start], *quoted, *paragraph[start + len(run) :]]

    def _headline(self, sentence: Sentence) -> Paragraph:
        """Return a sentence as a headline: no stop at its end, in capitals or title case."""
        body = sentence[:-1] if sentence[-1].form in _STOPS and len(sentence) > 1 else sentence
        change = self._random.choice((str.upper, _title, str))
        return [[replace(token, form=change(token.form)) for token in body]]

    def _unspaced(self, paragraph: Paragraph) -> Paragraph:
        """Return the paragraph with no space between two of its sentences."""
        if len(paragraph) == 1:
            return paragraph
        at = self._random.randrange(len(paragraph) - 1)
        left = paragraph[at]
        if left[-1].form not in _STOPS or not paragraph[at + 1][0].form[0].isupper():
            return paragraph
        glued = [*left[:-1], replace(left[-1], space=False)]
        return [*paragraph[:at], glued, *paragraph[at + 1 :]]

    def _happens(self, probability: float) -> bool:
        return self._random.random() < probability

    def _frame(self, kind: str) -> Sentence:
        tokens = []
        for word in self._random.choice(_frames(kind)).split():
            tokens += self._filled(word)
        return _respaced(tokens)

    def _filled(self, word: str) -> Sentence:
        choose = self._random.choice
        if word == "NAME":
            full = choose((False, True, True))
            parts = [Surface(choose(self._names), name=True) for _ in range(1 + full)]
            if full and self._happens(self._mix.middle_initial):
                parts.insert(1, Surface(choose(_INITIALS) + "."))
            return parts
        if word == "NUMBER":
            return [Surface(str(self._random.randint(1, 31)))]
        classes = {"TITLE": "title", "MONTH": "month", "PLACE": "inner"}
        return [Surface(choose(_abbreviations(classes[word])) if word in classes else word)]


def _restyled(sentence: Sentence, curly: bool) -> Sentence:  # noqa: FBT001  a private switch
    """Return the sentence with straight marks made curly, if wanted and if they come in pairs."""
    marks = [i for i, token in enumerate(sentence) if token.form in {'"', "``", "''"}]
    if not curly or len(marks) % 2:
        return list(sentence)
    out = list(sentence)
    for n, i in enumerate(marks):
        out[i] = replace(out[i], form="”" if n % 2 else "“")
    return out


def _curly_apostrophe(token: Surface) -> Surface:
    return replace(token, form=token.form.replace("'", "’")) if len(token.form) > 1 else token


def _title(form: str) -> str:
    return form[:1].upper() + form[1:]


def _respaced(tokens: Sentence) -> Sentence:
    out = [replace(token, space=token.form not in _NO_SPACE_AFTER) for token in tokens]
    for i, token in enumerate(tokens[1:], start=1):
        if token.form in _NO_SPACE_BEFORE:
            out[i - 1] = replace(out[i - 1], space=False)
    return out


@cache
def _abbreviations(kind: str) -> tuple[str, ...]:
    # Single-use ones ("St.", "Inc.") read oddly as places, which does not matter to a tokenizer.
    return tuple(word for word, c in rows("abbreviations.txt") if c == kind and word[0].isupper())


@cache
def _frames(kind: str) -> tuple[str, ...]:
    text = (resources.files(__package__) / "news_patterns.txt").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return tuple(tokens for name, tokens in lines if name == kind)


def names(paragraphs: Iterable[Paragraph]) -> list[str]:
    """Return the distinct capitalised proper nouns of the treebank, sorted."""
    found = {t.form for p in paragraphs for sentence in p for t in sentence if t.name}
    return sorted(name for name in found if re.fullmatch(r"[A-Z][a-z]{2,}", name))
