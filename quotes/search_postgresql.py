"""The search in words of PostgreSQL's full text."""

# ruff: noqa: S608  statements are built of constants, values are bound

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from django.db import connections
from django.db.models import BigIntegerField, FloatField
from django.db.models.expressions import RawSQL

from quotes.models import QuotationQuerySet
from quotes.query_language import All, Either, Not, Words
from quotes.search_documents import ROWS
from quotes.search_index_postgresql import COMMON, PAIR
from quotes.search_terms import EVERY, Sought, Tag, Term, ranked_keys
from quotes.search_weights import PHRASE_FIRST, REVIEWED_FIRST, WEIGHTS

_LABELS = {"content": "A", "speaker": "B", "mention": "C", "title": "D"}
_FIELDS = {"said": "A", "speaker": "B", "title": "D"}
_WEIGHTS = (
    "{" + ", ".join(str(WEIGHTS[f]) for f in sorted(_LABELS, key=_LABELS.__getitem__)[::-1]) + "}"
)
_WHERE = f"{ROWS}.vector @@ %s::tsquery AND {ROWS}.key >= %s AND {ROWS}.key < %s"
_JOIN = f"{ROWS}.quotation_id = quotes_quotation.id"


def matching(rows: QuotationQuerySet, what: Sought) -> QuotationQuerySet:
    """Keep the matches."""
    joined: Any = rows.extra(  # noqa: S610  bound
        tables=[ROWS],
        where=[_WHERE + what.where, _JOIN],
        params=[match(what.whole()), what.low, what.high, *what.bound],
    )
    return _recent(joined)


def _recent(rows: Any) -> QuotationQuerySet:
    found: QuotationQuerySet = rows.annotate(
        recency=RawSQL(f"{ROWS}.key", (), output_field=BigIntegerField())  # noqa: S611  a constant
    )
    return found


def ranked(
    rows: QuotationQuerySet, what: Sought, newest: Sequence[int] | None = None
) -> QuotationQuerySet:
    """Keep the matches that are ranked: see `search_terms.ranked_keys`."""
    phrase = match(Words(what.phrase, "said")) if what.phrase else ""
    keys = ranked_keys(what, partial(_newest, rows.db, what), newest)
    joined: Any = rows.extra(  # noqa: S610  bound
        tables=[ROWS], where=[f"{ROWS}.key = ANY(%s)", _JOIN], params=[keys]
    )
    words = Either(what.words) if len(what.words) > 1 else what.words[0]
    # 32: the rank over itself and one, so that it is below 1.
    score = f"ts_rank_cd('{_WEIGHTS}', {ROWS}.vector, %s::tsquery, 32)"
    first = f"{REVIEWED_FIRST} * {ROWS}.reviewed::integer"
    values: tuple[str, ...] = (match(words),)
    if phrase:
        first += f" + {PHRASE_FIRST} * ({ROWS}.vector @@ %s::tsquery)::integer"
        values = (*values, phrase)
    relevance = RawSQL(  # noqa: S611  bound
        f"(round({score}::numeric, 2) + {first})::float", values, output_field=FloatField()
    )
    return _recent(joined).annotate(relevance=relevance)


def _newest(using: str, what: Sought, term: Term, most: int) -> list[int]:
    """Return the keys of the newest matches of `term` within `what`'s range and conditions."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"SELECT key FROM {ROWS} WHERE {_WHERE}{what.where} ORDER BY key DESC LIMIT %s",
            [match(term), what.low, what.high, *what.bound, most],
        )
        return [key for (key,) in cursor.fetchall()]


def match(term: Term) -> str:
    """Return a term as a tsquery: letters, digits and tags in quotation marks, operators."""
    if isinstance(term, All):
        # What must not be is looked for among something: else the index is read whole, row by row.
        only_not = all(isinstance(part, Not) for part in term.parts)
        parts = (EVERY, *term.parts) if only_not else term.parts
        return f"({' & '.join(map(match, parts))})"
    if isinstance(term, Either):
        return f"({' | '.join(map(match, term.parts))})"
    if isinstance(term, Not):
        return f"!{match(term.part)}"
    if isinstance(term, Tag):
        return f"'{term.word}'"
    assert isinstance(term, Words)  # noqa: S101  days are keys, values are tags by now
    if term.field == "cue":  # tags have no places
        return f"({' & '.join(_lexemes(term, ''))})"
    found = " <-> ".join(_lexemes(term, _FIELDS.get(term.field, "")))
    return f"({' & '.join([found, *_pairs(term)])})"


def _pairs(term: Words) -> Iterator[str]:
    """Yield the words of the index that stand for two common ones side by side."""
    whole = term.words[:-1] if term.is_prefix else term.words
    for one, two in pairwise(whole):
        if {one, two} <= COMMON:
            yield f"'{PAIR}{one}_{two}'"


def _lexemes(term: Words, label: str) -> list[str]:
    marks = [""] * (len(term.words) - 1) + ["*" if term.is_prefix else ""]
    return [
        f"'{word}'" + (f":{mark}{label}" if mark or label else "")
        for word, mark in zip(term.words, marks, strict=True)
    ]
