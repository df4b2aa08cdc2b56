"""Query -> QuerySet: full-text search over the quotations. Hides the search backend.

Words are all required, "words in quotes" stand together, -word must be absent, word* begins a
word. Case and accents do not count. Whatever is typed is bound as a parameter, never parsed as
SQL or as a backend's own syntax.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connections
from django.db.models.expressions import RawSQL

from quotes.models import QuotationQuerySet
from quotes.params import DEFAULTS
from quotes.search_index import TABLE

_TERM = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))(?P<star>\*?)')
_WORD = re.compile(r"[^\W_]+")
# Columns in the index's order: content, speaker, mention, title. On PostgreSQL D, C, B, A.
_SQLITE_WEIGHTS = "10.0, 8.0, 2.0, 3.0"
_POSTGRESQL_WEIGHTS = "{0.3, 0.2, 0.8, 1.0}"


class Term(NamedTuple):
    """Words that stand together in what is sought, or, if `excluded`, do not."""

    words: tuple[str, ...]
    excluded: bool = False
    is_prefix: bool = False


def parse(query: str) -> list[Term]:
    """Return the terms of what a reader typed; marks that are no words say nothing."""
    terms = []
    for found in _TERM.finditer(query[: DEFAULTS.search_max_chars]):
        words = found["phrase"] if found["phrase"] is not None else found["word"]
        parts = tuple(folded_words(words))
        is_prefix = bool(found["star"]) or words.endswith("*")
        if parts:
            terms.append(Term(parts, excluded=bool(found["minus"]), is_prefix=is_prefix))
    return terms[: DEFAULTS.search_max_terms]


def folded_words(words: str) -> list[str]:
    """Return the words of letters and digits in `words` as the index compares them."""
    return _WORD.findall(_fold(words))


def _fold(words: str) -> str:
    # Lower case before and after: compatibility forms unfold to capitals.
    plain = unicodedata.normalize("NFKD", words.lower()).lower()
    return "".join(c for c in plain if not unicodedata.combining(c))


def search(
    quotes: QuotationQuerySet, query: str, *, by_relevance: bool = False
) -> QuotationQuerySet:
    """Keep the quotations that match `query` in content, speaker's names, mention or title.

    An empty query keeps all; one without a single word, such as "?!", none. `by_relevance`
    annotates `relevance` (more is better, of no unit) and puts the highest first.
    """
    terms = parse(query)
    if not terms:
        return quotes.none() if query.strip() else quotes
    if connections[quotes.db].vendor == "postgresql":
        return _postgresql(quotes, terms, by_relevance)
    return _sqlite(quotes, terms, by_relevance)


def _split(terms: Sequence[Term]) -> tuple[list[Term], list[Term]]:
    return [t for t in terms if not t.excluded], [t for t in terms if t.excluded]


def _sqlite(
    quotes: QuotationQuerySet,
    terms: Sequence[Term],
    by_relevance: bool,  # noqa: FBT001
) -> QuotationQuerySet:
    wanted, unwanted = _split(terms)
    rows = f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s"  # noqa: S608  a constant
    for term in unwanted:
        quotes = quotes.exclude(pk__in=RawSQL(rows, (_fts5(term),)))  # noqa: S611  bound
    if not wanted:
        return quotes
    match = " AND ".join(map(_fts5, wanted))
    if not by_relevance:
        return quotes.filter(pk__in=RawSQL(rows, (match,)))  # noqa: S611
    # bm25 works only where the table itself is matched, so the index is joined here.
    joined: Any = quotes.extra(  # noqa: S610  bound
        tables=[TABLE],
        where=[f"{TABLE} MATCH %s", f"{TABLE}.rowid = quotes_quotation.id"],
        params=[match],
    )
    rank = RawSQL(f"-bm25({TABLE}, {_SQLITE_WEIGHTS})", ())  # noqa: S611
    ranked: QuotationQuerySet = joined.annotate(relevance=rank).order_by("-relevance", "-pk")
    return ranked


def _fts5(term: Term) -> str:
    """Return a term as an FTS5 string: letters and digits only, so nothing to escape."""
    return f'"{" ".join(term.words)}"' + ("*" if term.is_prefix else "")


def _postgresql(
    quotes: QuotationQuerySet,
    terms: Sequence[Term],
    by_relevance: bool,  # noqa: FBT001
) -> QuotationQuerySet:
    wanted, unwanted = _split(terms)
    rows = f"SELECT quotation_id FROM {TABLE} WHERE vector @@ to_tsquery('simple', %s)"  # noqa: S608
    for term in unwanted:
        quotes = quotes.exclude(pk__in=RawSQL(rows, (_tsquery(term),)))  # noqa: S611
    if not wanted:
        return quotes
    match = " & ".join(map(_tsquery, wanted))
    found = quotes.filter(pk__in=RawSQL(rows, (match,)))  # noqa: S611
    if not by_relevance:
        return found
    rank = f"""(SELECT ts_rank_cd('{_POSTGRESQL_WEIGHTS}', vector, to_tsquery('simple', %s))
        FROM {TABLE} WHERE quotation_id = quotes_quotation.id)"""  # noqa: S608
    relevance = RawSQL(rank, (match,))  # noqa: S611
    return found.annotate(relevance=relevance).order_by("-relevance", "-pk")


def _tsquery(term: Term) -> str:
    """Return a term as a tsquery: quoted letters and digits only, the last one open if prefix."""
    last = ":*" if term.is_prefix else ""
    lexemes = (f"'{word}'" for word in term.words)
    return f"({' <-> '.join(lexemes)}{last})"
