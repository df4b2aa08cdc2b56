"""How well a quotation answers a query: the formula by which SQLite ranks. Pure, for few rows."""

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from quotes.query_language import fold
from quotes.search_weights import PHRASE_FIRST, WEIGHTS

RELEVANCE = "quotes_relevance"
# Words of a content among which one hit counts half of what many would.
_SHORT_WORDS = 25
_WEIGHTS = tuple(WEIGHTS.values())
_WORD = re.compile(r"[^\W_]+")


def relevance(words: str, *columns: str | None) -> float:
    """Return how well a quotation with `columns` (WEIGHTS' order) answers `words`, in JSON.

    Each term counts by the best column that has it; in the content, more if it is said often in
    few words. Below 1, but that PHRASE_FIRST is added where the phrase stands in the content.
    """
    phrase, terms = _terms(words)
    content, *others = columns
    text = _text(content)
    length = text.count(" ") / _SHORT_WORDS
    total = 0.0
    for term in terms:
        hits = text.count(term)
        best = _WEIGHTS[0] if hits else _elsewhere(term, others)
        total += best * (0.5 + 0.49 * hits / (hits + length))
    first = PHRASE_FIRST if phrase and phrase in text else 0.0
    return round(first + total / max(1, len(terms)), 2)


def _elsewhere(term: str, columns: Sequence[str | None]) -> float:
    """Return the weight of the best column behind the content that has `term`; 0 if none has."""
    weights = zip(_WEIGHTS[1:], columns, strict=True)
    return max((weight for weight, column in weights if term in _text(column)), default=0.0)


def _text(column: str | None) -> str:
    return f" {' '.join(_WORD.findall(fold(column or '')))} "


@lru_cache(maxsize=64)
def _terms(words: str) -> tuple[str, list[str]]:
    phrase, *terms = (" ".join(term) for term in json.loads(words))
    return f" {phrase} " if phrase else "", [f" {term}" for term in terms]


def add_function(connection: Any) -> None:
    """Give a new connection to SQLite the function by which it ranks."""
    connection.connection.create_function(
        RELEVANCE, 1 + len(WEIGHTS), relevance, deterministic=True
    )
