"""The search in words of PostgreSQL's full text."""

# ruff: noqa: S608  statements are built of constants, values are bound

from collections.abc import Sequence
from functools import partial

from django.db import connections
from django.db.models import FloatField
from django.db.models.expressions import RawSQL

from quotes.models import QuotationQuerySet
from quotes.params import SEARCH, SearchParams
from quotes.query_language import All, Either, Not, Words
from quotes.search_documents import CURRENT, LAST_KEY, ROWS
from quotes.search_frequencies import Frequencies, frequencies
from quotes.search_index import tag
from quotes.search_index_postgresql import pairs
from quotes.search_newest import KEY, Asking, Recency, Stretch, are_current, found_by, newest_keys
from quotes.search_terms import EVERY, Condition, Sought, Tag, Term, ranked_keys
from quotes.search_weights import PHRASE_FIRST, REVIEWED_FIRST, WEIGHTS

_LABELS = {"content": "A", "speaker": "B", "mention": "C", "title": "D"}
_FIELDS = {"said": "A", "speaker": "B", "title": "D"}
_WEIGHTS = (
    "{" + ", ".join(str(WEIGHTS[f]) for f in sorted(_LABELS, key=_LABELS.__getitem__)[::-1]) + "}"
)
# In the order of such an expression no index can be walked: the matches are looked up and sorted.
_KEY_LOOKED_UP = f"({KEY} + 0)"
_VECTOR, _MATCHES = f"{ROWS}.vector", "{} @@ %s::tsquery"
# By the operator's function no index of words is asked: rows are walked in order of the keys.
_WALKED = "ts_match_vq({}, %s::tsquery)"
_REVIEWED_TAG, _REVIEWED = Tag(tag("r", "yes")), Condition(f"{ROWS}.reviewed")
_SPEAKER = tag("s")


def matching(
    rows: QuotationQuerySet, what: Sought, *, in_ranges: bool = False
) -> QuotationQuerySet:
    """Keep the matches; few enough are looked up, and many come upon from the newest row."""
    known = frequencies(rows.db)
    asked, asking = _asked(what, known)
    if in_ranges:
        return found_by(rows, _asking(asked, _WALKED), Recency(KEY))
    recency = Recency(order(asked, known), stretches(asked, known, SEARCH.counted))
    if known and asked.term:
        recency.is_few = known.share(asked.whole()) <= SEARCH.all_looked_up_share
    return found_by(rows, asking, recency)


def _asked(what: Sought, known: Frequencies | None) -> tuple[Sought, Asking]:
    """Return what is asked, with tags as columns where these are quicker, and how.

    Columns with an index in the order of the keys: a tag's rows have to be looked up and sorted,
    all of them. One speaker beside words is left to the words' index, which gives the few rows that
    have both; so are reviewed rows, where the words are rare enough to be looked up.
    """
    parts = what.term.parts if isinstance(what.term, All) else (what.term,) if what.term else ()
    left = tuple(part for part in parts if part != _REVIEWED_TAG)
    is_reviewed = len(left) < len(parts)
    conditions = what.conditions
    if len(left) == 1 and isinstance(left[0], Tag) and left[0].word.startswith(_SPEAKER):
        key = int(left[0].word.removeprefix(_SPEAKER))
        conditions += (Condition(f"{ROWS}.speaker_id = %s", (key,)),)
        left = ()
    asked = what._replace(term=_all(left), conditions=conditions)
    if not is_reviewed:
        return asked, _asking(asked)
    if not left or (known and known.share(asked.whole()) > SEARCH.looked_up_share):
        asked = asked._replace(conditions=(*conditions, _REVIEWED))
        return asked, _asking(asked, _WALKED)
    asked = asked._replace(term=_all((*left, _REVIEWED_TAG)))
    return asked, _asking(asked)


def _all(parts: tuple[Term, ...]) -> Term | None:
    return All(parts) if len(parts) > 1 else parts[0] if parts else None


def _asking(what: Sought, matches: str = _MATCHES) -> Asking:
    where: list[str] = []
    bound: list[str | int] = []
    if what.term is not None:
        where.append(matches.format(_VECTOR))
        bound.append(match(what.whole()))
    if what.term is None or (what.low, what.high) != (0, LAST_KEY):
        where.append(f"{KEY} >= %s AND {KEY} < %s")
        bound += [what.low, what.high]
    return Asking((ROWS,), " AND ".join(where) + what.where, (*bound, *what.bound))


def stretches(
    what: Sought, known: Frequencies | None, most: int, *, params: SearchParams = SEARCH
) -> list[Stretch]:
    """Return the stretches in which the `most` newest matches are to be looked up.

    None where they are better come upon from the newest row, or where that is for the planner to
    judge: up to some day, and before the database has counted its words.
    """
    if known is None or what.term is None or what.high != LAST_KEY or _REVIEWED in what.conditions:
        return []
    share = known.share(what.whole())
    # How rare a phrase of frequent words is, its newest matches tell.
    is_open = share > params.phrase_share and _has_phrase(what.whole())
    if share > params.looked_up_share and not is_open:
        return []
    found = [Stretch("", (), _KEY_LOOKED_UP)]
    tags: list[Term] = []
    covered = 0.0
    for year, part in known.years():
        covered += part
        tags.append(Tag(tag("y", year)))
        if covered > params.stretch_share:
            break
        expected = known.rows * share * covered
        if (
            covered >= params.phrase_stretch_share
            if is_open
            else expected >= params.stretch_expected * most
        ):
            # Said by tags only: a range of keys would have them all listed beside.
            newest = match(Either(tuple(tags)))
            return [Stretch(_MATCHES.format(_VECTOR), (newest,), _KEY_LOOKED_UP), *found]
    return found


def order(what: Sought, known: Frequencies | None, *, params: SearchParams = SEARCH) -> str:
    """Return the key by which the matches of a term are sorted: see `Stretch.key`.

    The planner takes a phrase for as frequent as its words, so that it walks all rows in search
    of one that hardly any has. Looking it up costs as much as its rarest word is frequent.
    """
    if known is None or what.term is None:
        return KEY
    is_few = known.share(what.whole()) <= params.phrase_share
    return _KEY_LOOKED_UP if is_few and _has_phrase(what.whole()) else KEY


def _has_phrase(term: Term) -> bool:
    """Say whether a phrase is sought that the index does not count, as it does common pairs."""
    if isinstance(term, (All, Either)):
        return any(map(_has_phrase, term.parts))
    if not isinstance(term, Words) or len(term.words) == 1 or term.field == "cue":
        return False
    return term.is_prefix or len(pairs(term.words)) < len(term.words) - 1


def ranked(
    rows: QuotationQuerySet,
    what: Sought,
    newest: Sequence[int] | None = None,
    part: slice | None = None,
) -> QuotationQuerySet:
    """Keep the matches that are ranked: see `search_terms.ranked_keys`."""
    phrase = match(Words(what.phrase, "said")) if what.phrase else ""
    keys = ranked_keys(what, partial(_newest, rows.db), newest)
    words = Either(what.words) if len(what.words) > 1 else what.words[0]
    # 32: the rank over itself and one, so that it is below 1.
    score = f"ts_rank_cd('{_WEIGHTS}', {ROWS}.vector, %s::tsquery, 32)"
    first = f"{REVIEWED_FIRST} * {ROWS}.reviewed::integer"
    values: tuple[str, ...] = (match(words),)
    if phrase:
        first += f" + {PHRASE_FIRST} * ({ROWS}.vector @@ %s::tsquery)::integer"
        values = (*values, phrase)
    relevance = f"(round({score}::numeric, 2) + {first})::float"
    if part and are_current(rows):
        keys = _best(rows.db, keys, relevance, values)[part]
    joined = found_by(rows, Asking((ROWS,), f"{KEY} = ANY(%s)", (keys,)), Recency(KEY))
    found: QuotationQuerySet = joined.annotate(
        relevance=RawSQL(relevance, values, output_field=FloatField())  # noqa: S611  bound
    )
    return found


def _best(using: str, keys: list[int], relevance: str, values: Sequence[str]) -> list[int]:
    """Return those of `keys` that are of current quotations, the most relevant first."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"""SELECT key FROM {ROWS} WHERE key = ANY(%s) AND {CURRENT}
            ORDER BY {relevance} DESC, key DESC""",
            [keys, *values],
        )
        return [key for (key,) in cursor.fetchall()]


def _newest(using: str, what: Sought, most: int) -> list[int]:
    """Return the keys of the newest matches, also of former versions."""
    known = frequencies(using)
    asked, asking = _asked(what, known)
    return newest_keys(
        using, asking, Recency(order(asked, known), stretches(asked, known, most)), most
    )


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
