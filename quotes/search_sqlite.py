"""The search in words of SQLite's FTS5."""

# ruff: noqa: S608  statements are built of constants, values are bound

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import connections
from django.db.models import FloatField
from django.db.models.expressions import RawSQL

from quotes.models import QuotationQuerySet
from quotes.query_language import All, Either, Not, Words
from quotes.search_documents import ROWS, WORDS
from quotes.search_newest import Recency
from quotes.search_relevance import RELEVANCE
from quotes.search_terms import EVERY, Sought, Tag, Term, ranked_keys
from quotes.search_weights import REVIEWED_FIRST, WEIGHTS

_COLUMNS = {"said": "content", "speaker": "speaker", "title": "title", "cue": "tags"}


def matching(rows: QuotationQuerySet, what: Sought) -> QuotationQuerySet:
    """Keep the matches; FTS5 gives them newest first, as its row numbers are the keys."""
    joined: Any = rows.extra(  # noqa: S610  bound
        tables=[WORDS, ROWS],
        where=[
            f"{WORDS} MATCH %s AND {WORDS}.rowid >= %s AND {WORDS}.rowid < %s",
            f"{ROWS}.key = {WORDS}.rowid AND {ROWS}.quotation_id = quotes_quotation.id{what.where}",
        ],
        params=[match(what.whole()), what.low, what.high, *what.bound],
    )
    return _recent(joined, f"{WORDS}.rowid")


def _recent(rows: Any, key: str) -> QuotationQuerySet:
    found: QuotationQuerySet = rows.annotate(recency=Recency(key))
    return found


def ranked(
    rows: QuotationQuerySet, what: Sought, newest: Sequence[int] | None = None
) -> QuotationQuerySet:
    """Keep the matches that are ranked: see `search_terms.ranked_keys`."""
    keys = ranked_keys(what, partial(_newest, rows.db, what), newest)
    joined: Any = rows.extra(  # noqa: S610  bound
        tables=[WORDS, ROWS],
        where=[
            f"{ROWS}.key IN (SELECT value FROM json_each(%s))",
            f"{WORDS}.rowid = {ROWS}.key AND {ROWS}.quotation_id = quotes_quotation.id",
        ],
        params=[json.dumps(keys)],
    )
    words = json.dumps([what.phrase, *(word.words for word in what.words)])
    columns = ", ".join(f"{WORDS}.{column}" for column in WEIGHTS)
    relevance = RawSQL(  # noqa: S611  bound
        f"{RELEVANCE}(%s, {columns}) + {REVIEWED_FIRST} * {ROWS}.reviewed",
        (words,),
        output_field=FloatField(),
    )
    return _recent(joined, f"{ROWS}.key").annotate(relevance=relevance)


def _newest(using: str, what: Sought, term: Term, most: int) -> list[int]:
    """Return the keys of the newest matches of `term` within `what`'s range and conditions."""
    join = f"JOIN {ROWS} ON {ROWS}.key = {WORDS}.rowid" if what.where else ""
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"""SELECT {WORDS}.rowid FROM {WORDS} {join} WHERE {WORDS} MATCH %s
            AND {WORDS}.rowid >= %s AND {WORDS}.rowid < %s{what.where}
            ORDER BY {WORDS}.rowid DESC LIMIT %s""",
            [match(term), what.low, what.high, *what.bound, most],
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
