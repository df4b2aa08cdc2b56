"""Classes of errors, with examples in their context: what to read before changing a rule."""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from quotes.nlp import lexicon
from quotes.nlp.document import Frozen, Span
from quotes.nlp.evaluation.counting import NOTHING, Aligned, align
from quotes.nlp.evaluation.units import ROLES, Attribution, GoldArticle, Item, source_is_right
from quotes.params import EVALUATION, EvaluationParams


class Example(Frozen):
    """One error: what the gold has, what was predicted (either may be None), and where."""

    article: str
    gold: Attribution | None
    found: Attribution | None
    text: str

    def lines(self, params: EvaluationParams = EVALUATION) -> Iterator[str]:
        """Yield the example as lines of text: the place, gold and prediction, the context."""
        for name, given in (("gold", self.gold), ("predicted", self.found)):
            if given is not None:
                parts = [f"{role}: {self._words(given.spans(role), params)}" for role in ROLES]
                yield f"{name:<10}{' | '.join(parts)}"
        yield f"{'context':<10}{self._context(params)}"

    def _words(self, spans: Sequence[Span], params: EvaluationParams) -> str:
        pieces = (" ".join(span.of(self.text).split()) for span in spans)
        return _cut(" […] ".join(pieces), params.example_chars) or "–"

    def _context(self, params: EvaluationParams) -> str:
        content = [s for given in (self.gold, self.found) if given for s in given.content]
        start = max(0, min(span.start for span in content) - params.example_context_chars)
        stop = min(len(self.text), max(span.end for span in content) + params.example_context_chars)
        words = " ".join(self.text[start:stop].split())
        shown = _cut(words, params.example_chars + 2 * params.example_context_chars)
        return f"{'…' if start else ''}{shown}{'…' if stop < len(self.text) else ''}"


def _cut(words: str, limit_chars: int) -> str:
    """Return `words` without its middle if it is longer than `limit_chars`."""
    if len(words) <= limit_chars:
        return words
    half = (limit_chars - 3) // 2
    return f"{words[:half].rstrip()} … {words[-half:].lstrip()}"


class ErrorClass(Frozen):
    """A class of errors: its name, how many there are, and some of them."""

    name: str
    count: int
    examples: tuple[Example, ...]


def classes(
    judged: Iterable[tuple[GoldArticle, Sequence[Attribution]]],
    examples: int,
    *,
    params: EvaluationParams = EVALUATION,
) -> list[ErrorClass]:
    """Return the classes of errors, the most frequent first, with up to `examples` of each.

    Examples are drawn at random, the same ones each time.
    """
    found: dict[str, list[Example]] = defaultdict(list)
    for article, predictions in judged:
        for name, example in _errors(article, predictions, params):
            found[name].append(example)
    draw = random.Random(params.bootstrap_seed)  # noqa: S311  a choice of examples, not a secret
    ordered = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return [
        ErrorClass(
            name=name,
            count=len(several),
            examples=tuple(draw.sample(several, min(examples, len(several)))),
        )
        for name, several in ordered
    ]


def _errors(
    article: GoldArticle, predictions: Sequence[Attribution], params: EvaluationParams
) -> Iterator[tuple[str, Example]]:
    aligned = align(article, predictions, params=params)

    def example(gold: int | None, found: int | None) -> Example:
        return Example(
            article=article.id,
            gold=None if gold is None else aligned.gold_given[gold],
            found=None if found is None else aligned.found_given[found],
            text=article.text,
        )

    for index, gold in enumerate(aligned.gold):
        other = aligned.pairs.get(index)
        if other is None:
            nearest = _nearest(gold, aligned.found)
            yield _missed(gold, overlapping=nearest is not None), example(index, nearest)
        elif not source_is_right(gold, aligned.found[other]):
            name = _wrong_source(aligned, index, other, article.text)
            yield name, example(index, other)
    yield from ((name, example(None, index)) for index, name in _spurious(aligned))


def _nearest(gold: Item, found: Sequence[Item]) -> int | None:
    """Return the prediction that shares most words with `gold`, None if none shares any."""
    shared = [len(item.content & gold.content) for item in found]
    most = max(shared, default=0)
    return shared.index(most) if most else None


def _missed(gold: Item, *, overlapping: bool) -> str:
    how = "boundaries too far off" if overlapping else "missed"
    return f"{how}: {gold.kind.value}, {'speech cue' if gold.speech else 'other cue or none'}"


def _wrong_source(aligned: Aligned, index: int, other: int, text: str) -> str:
    gold, found = aligned.gold_given[index], aligned.found_given[other]
    if not aligned.gold[index].source:
        return "wrong source: given where the gold has none"
    if not aligned.found[other].source:
        return "wrong source: left empty"
    if _is_pronoun(gold, text):
        return "wrong source: for a pronoun"
    if _is_pronoun(found, text):
        return "wrong source: a pronoun instead"
    return "wrong source: another mention"


def _is_pronoun(given: Attribution, text: str) -> bool:
    return lexicon.pronoun(" ".join(span.of(text) for span in given.source)) is not None


def _spurious(aligned: Aligned) -> Iterator[tuple[int, str]]:
    anywhere = NOTHING.union(*(item.content for item in aligned.gold))
    taken = set(aligned.pairs.values())
    for index, item in enumerate(aligned.found):
        if index not in taken:
            where = "overlaps gold" if item.content & anywhere else "no gold there"
            yield index, f"spurious, {where}: {item.kind.value}"
