"""The search in words of PostgreSQL's full text."""

# ruff: noqa: S608  statements are built of constants, values are bound

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from django.db import connections
from django.db.models import FloatField
from django.db.models.expressions import RawSQL

from quotes.models import QuotationQuerySet
from quotes.params import SEARCH, SearchParams
from quotes.query_language import All, Either, Not, Words
from quotes.search_documents import LAST_KEY, ROWS
from quotes.search_frequencies import Frequencies, frequencies
from quotes.search_index import keys_of_days, tag
from quotes.search_index_postgresql import pairs
from quotes.search_newest import Recency, Stretch
from quotes.search_terms import EVERY, Sought, Tag, Term, ranked_keys
from quotes.search_weights import PHRASE_FIRST, REVIEWED_FIRST, WEIGHTS

_LABELS = {"content": "A", "speaker": "B", "mention": "C", "title": "D"}
_FIELDS = {"said": "A", "speaker": "B", "title": "D"}
_WEIGHTS = (
    "{" + ", ".join(str(WEIGHTS[f]) for f in sorted(_LABELS, key=_LABELS.__getitem__)[::-1]) + "}"
)
_WHERE = f"{ROWS}.vector @@ %s::tsquery AND {ROWS}.key >= %s AND {ROWS}.key < %s"
_JOIN = f"{ROWS}.quotation_id = quotes_quotation.id"
_KEY = f"{ROWS}.key"
# In the order of such an expression no index can be walked: the matches are looked up and sorted.
_KEY_LOOKED_UP = f"({_KEY} + 0)"


def matching(rows: QuotationQuerySet, what: Sought) -> QuotationQuerySet:
    """Keep the matches; few enough are looked up, and many come upon from the newest row."""
    joined: Any = rows.extra(  # noqa: S610  bound
        tables=[ROWS],
        where=[_WHERE + what.where, _JOIN],
        params=[match(what.whole()), what.low, what.high, *what.bound],
    )
    return _recent(
        joined, Recency(order(what.whole(), frequencies(rows.db)), stretches(rows.db, what))
    )


def _recent(rows: Any, recency: Recency) -> QuotationQuerySet:
    found: QuotationQuerySet = rows.annotate(recency=recency)
    return found


def stretches(using: str, what: Sought, *, params: SearchParams = SEARCH) -> list[Stretch]:
    """Return the stretches in which the newest matches are to be looked up.

    None where they are better come upon from the newest row, or where that is for the planner to
    judge: in a range of days, and before the database has counted its words.
    """
    known = frequencies(using) if (what.low, what.high) == (0, LAST_KEY) else None
    if known is None:
        return []
    share = known.share(what.whole())
    if share > params.looked_up_share:
        return []
    found = [Stretch("", (), _KEY_LOOKED_UP)]
    tags: list[Term] = []
    covered = 0.0
    for year, part in known.years():
        covered += part
        tags.append(Tag(tag("y", year)))
        if covered > params.stretch_share:
            break
        if known.rows * share * covered >= params.stretch_expected * params.counted:
            low, _ = keys_of_days(date(year, 1, 1), None)
            where = f"{ROWS}.vector @@ %s::tsquery AND {_KEY} >= %s"
            return [Stretch(where, (match(Either(tuple(tags))), low), _KEY_LOOKED_UP), *found]
    return found


def order(term: Term, known: Frequencies | None, *, params: SearchParams = SEARCH) -> str:
    """Return the key by which the matches of a term are sorted: see `Stretch.key`.

    The planner takes a phrase for as frequent as its words, so that it walks all rows in search
    of one that hardly any has. Looking it up costs as much as its rarest word is frequent.
    """
    is_few = known is not None and known.share(term) <= params.phrase_share
    return _KEY_LOOKED_UP if is_few and _has_phrase(term) else _KEY


def _has_phrase(term: Term) -> bool:
    """Say whether a phrase is sought that the index does not count, as it does common pairs."""
    if isinstance(term, (All, Either)):
        return any(map(_has_phrase, term.parts))
    if not isinstance(term, Words) or len(term.words) == 1 or term.field == "cue":
        return False
    return term.is_prefix or len(pairs(term.words)) < len(term.words) - 1


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
    return _recent(joined, Recency(_KEY)).annotate(relevance=relevance)


def _newest(using: str, what: Sought, term: Term, most: int) -> list[int]:
    """Return the keys of the newest matches of `term` within `what`'s range and conditions."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"SELECT key FROM {ROWS} WHERE {_WHERE}{what.where} "
            f"ORDER BY {order(term, frequencies(using))} DESC LIMIT %s",
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
    besides = [f"'{pair}'" for pair in pairs(_whole(term))]
    return f"({' & '.join([found, *besides])})"


def _whole(term: Words) -> tuple[str, ...]:
    return term.words[:-1] if term.is_prefix else term.words


def _lexemes(term: Words, label: str) -> list[str]:
    marks = [""] * (len(term.words) - 1) + ["*" if term.is_prefix else ""]
    return [
        f"'{word}'" + (f":{mark}{label}" if mark or label else "")
        for word, mark in zip(term.words, marks, strict=True)
    ]
