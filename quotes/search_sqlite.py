"""The search in words of SQLite's FTS5."""

# ruff: noqa: S608  statements are built of constants, values are bound

import json
from collections.abc import Sequence
from functools import partial

from django.db import connections
from django.db.models import FloatField
from django.db.models.expressions import RawSQL

from quotes.models import QuotationQuerySet
from quotes.query_language import All, Either, Not, Words
from quotes.search_documents import CURRENT, ROWS, WORDS
from quotes.search_index_sqlite import PREFIXES
from quotes.search_newest import KEY, Asking, Recency, are_current, found_by
from quotes.search_relevance import RELEVANCE
from quotes.search_terms import EVERY, Sought, Tag, Term, ranked_keys
from quotes.search_weights import REVIEWED_FIRST, WEIGHTS

_OF_KEYS = f"{KEY} IN (SELECT value FROM json_each(%s)) AND {WORDS}.rowid = {KEY}"
_COLUMNS = {"said": "content", "speaker": "speaker", "title": "title", "cue": "tags"}


def matching(
    rows: QuotationQuerySet,
    what: Sought,
    *,
    in_ranges: bool = False,  # noqa: ARG001  they are, always
) -> QuotationQuerySet:
    """Keep the matches; FTS5 gives them newest first, as its row numbers are the keys."""
    recency = Recency(f"{WORDS}.rowid")
    recency.is_few = _gathers(what.whole())
    recency.words = Asking(
        (WORDS,),
        f"{WORDS} MATCH %s AND {WORDS}.rowid >= %s AND {WORDS}.rowid < %s",
        (match(what.whole()), what.low, what.high),
    )
    where = f"{recency.words.where} AND {KEY} = {WORDS}.rowid{what.where}"
    return found_by(
        rows, Asking((WORDS, ROWS), where, (*recency.words.bound, *what.bound)), recency
    )


def _gathers(term: Term) -> bool:
    """Say whether FTS5 gathers the rows of many words before it gives the first of any range.

    As it does of all that begin with as many letters as it keeps no list of.
    """
    if isinstance(term, (All, Either)):
        return any(map(_gathers, term.parts))
    if not isinstance(term, Words):
        return False
    return term.is_prefix and len(term.words[-1]) > max(PREFIXES)


def ranked(
    rows: QuotationQuerySet,
    what: Sought,
    newest: Sequence[int] | None = None,
    part: slice | None = None,
) -> QuotationQuerySet:
    """Keep the matches that are ranked: see `search_terms.ranked_keys`."""
    keys = ranked_keys(what, partial(_newest, rows.db), newest)
    words = json.dumps([what.phrase, *(word.words for word in what.words)])
    columns = ", ".join(f"{WORDS}.{column}" for column in WEIGHTS)
    relevance = f"{RELEVANCE}(%s, {columns}) + {REVIEWED_FIRST} * {ROWS}.reviewed"
    if part and are_current(rows):
        keys = _best(rows.db, keys, relevance, words)[part]
    asking = Asking((WORDS, ROWS), _OF_KEYS, (json.dumps(keys),))
    joined = found_by(rows, asking, Recency(KEY))
    found: QuotationQuerySet = joined.annotate(
        relevance=RawSQL(relevance, (words,), output_field=FloatField())  # noqa: S611  bound
    )
    return found


def _best(using: str, keys: list[int], relevance: str, words: str) -> list[int]:
    """Return those of `keys` that are of current quotations, the most relevant first."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"""SELECT {KEY} FROM {WORDS}, {ROWS} WHERE {_OF_KEYS} AND {CURRENT}
            ORDER BY {relevance} DESC, {KEY} DESC""",
            [json.dumps(keys), words],
        )
        return [key for (key,) in cursor.fetchall()]


def _newest(using: str, what: Sought, most: int) -> list[int]:
    """Return the keys of the newest matches, also of former versions."""
    join = f"JOIN {ROWS} ON {ROWS}.key = {WORDS}.rowid" if what.where else ""
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"""SELECT {WORDS}.rowid FROM {WORDS} {join} WHERE {WORDS} MATCH %s
            AND {WORDS}.rowid >= %s AND {WORDS}.rowid < %s{what.where}
            ORDER BY {WORDS}.rowid DESC LIMIT %s""",
            [match(what.whole()), what.low, what.high, *what.bound, most],
        )
        return [key for (key,) in cursor.fetchall()]


def match(term: Term) -> str:
    """Return a term as FTS5 reads it: letters, digits and tags in quotation marks, operators."""
    if isinstance(term, All):
        wanted = [match(part) for part in term.parts if not isinstance(part, Not)]
        unwanted = [match(part.part) for part in term.parts if isinstance(part, Not)]
        found = " AND ".join(wanted) or _EVERY
        return f"({found} NOT ({' OR '.join(unwanted)}))" if unwanted else f"({found})"
    if isinstance(term, Either):
        return f"({' OR '.join(map(match, term.parts))})"
    if isinstance(term, Not):
        return f"({_EVERY} NOT {match(term.part)})"
    if isinstance(term, Tag):
        return f'tags : "{term.word}"'
    assert isinstance(term, Words)  # noqa: S101  days are keys, values are tags by now
    field = f"{_COLUMNS[term.field]} : " if term.field else ""
    return f'{field}"{" ".join(term.words)}"{"*" if term.is_prefix else ""}'


_EVERY = match(EVERY)
