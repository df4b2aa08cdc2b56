"""How well a quotation answers a query: the formula by which SQLite ranks. Pure, for few rows."""

import json
import re
from functools import lru_cache
from typing import Any

from quotes.query_language import fold
from quotes.search_weights import PHRASE_FIRST, WEIGHTS

RELEVANCE = "quotes_relevance"
# Words of a content among which one hit counts half of what many would.
_SHORT_WORDS = 25
_WORD = re.compile(r"[^\W_]+")


def relevance(words: str, *columns: str | None) -> float:
    """Return how well a quotation with `columns` (WEIGHTS' order) answers `words`, in JSON.

    Each term counts by the best column that has it; in the content, more if it is said often in
    few words. Below 1, but that PHRASE_FIRST is added where the phrase stands in the content.
    """
    phrase, terms = _terms(words)
    texts = [f" {' '.join(_WORD.findall(fold(column or '')))} " for column in columns]
    length = texts[0].count(" ") / _SHORT_WORDS
    total = 0.0
    for term in terms:
        best = max(
            (w for w, t in zip(WEIGHTS.values(), texts, strict=True) if term in t), default=0
        )
        hits = texts[0].count(term)
        total += best * (0.5 + 0.49 * hits / (hits + length))
    first = PHRASE_FIRST if phrase and phrase in texts[0] else 0.0
    return round(first + total / max(1, len(terms)), 2)


@lru_cache(maxsize=64)
def _terms(words: str) -> tuple[str, list[str]]:
    phrase, *terms = (" ".join(term) for term in json.loads(words))
    return f" {phrase} " if phrase else "", [f" {term}" for term in terms]


def add_function(connection: Any) -> None:
    """Give a new connection to SQLite the function by which it ranks."""
    connection.connection.create_function(
        RELEVANCE, 1 + len(WEIGHTS), relevance, deterministic=True
    )
