"""The newest of what a search found, from the index's rows alone where these know all of it.

Of current quotations the index has all that lists are narrowed, counted and ordered by. To join
the quotations and their versions as well takes ten times as long: a thousand rows, each on a page
of its own. So a search of nothing but current quotations says how the index's rows alone answer
it, and here they are read so; any other search is read with its joins.

On PostgreSQL a word that one row in two hundred has is met too seldom to walk from the newest row,
and looking up all its matches reads thousands to show hundreds. The backend then says in which
stretches of time to look; they are read, the newest first, until there are enough.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import BigIntegerField, Q
from django.db.models.expressions import RawSQL

from quotes.models import Quotation, QuotationQuerySet
from quotes.params import SEARCH
from quotes.search_documents import CURRENT, KEY_BITS, ROWS

KEY = f"{ROWS}.key"
_FIRST_DAY = 1 << KEY_BITS  # the lowest key of what has a day
# Of so many more than are wanted some are of former versions, or of another act.
_SPARE = 100
_CHANGED = "updated_at"


# The order from the oldest on, of rows that have `recency`: what has no day comes last.
OLDEST_FIRST = (RawSQL(f"{KEY} < %s", (_FIRST_DAY,)), "recency")  # noqa: S611  a constant


class Stretch(NamedTuple):
    """A stretch of time: a condition on the index's rows in SQL, "" for none; what it binds.

    `key` is the index's key so written that the database looks matches up and sorts them, or
    walks its rows in that order.
    """

    where: str
    bound: tuple[Any, ...]
    key: str


class Recency(RawSQL):
    """What the newest come first by: the index's key in SQL, a constant.

    Of `stretches`, if there are any, the last is of all times and each other is of the newest;
    what is found in one need not be looked for in the next. `alone` is how the index's rows alone
    answer the search, if they do. `is_few` says that all matches are looked up as quickly as a
    sample of them is. `words` asks the index of words alone, which knows of no other condition,
    where it gives its keys without a look at any row.
    """

    alone: "Alone | None" = None
    is_few = False
    words: "Asking | None" = None

    def __init__(self, sql: str, stretches: Sequence[Stretch] = ()) -> None:
        super().__init__(sql, (), output_field=BigIntegerField())
        self.stretches = tuple(stretches)


class Asking(NamedTuple):
    """What a search asks of the index: its tables, a condition in SQL, and what that binds."""

    tables: tuple[str, ...]
    where: str
    bound: tuple[Any, ...]


class Alone(NamedTuple):
    """A search that the index's rows alone answer, as long as its rows are narrowed no further."""

    asking: Asking
    narrowed: Any


def are_current(rows: QuotationQuerySet) -> bool:
    """Say whether `rows` are all current quotations: nothing else is asked of them."""
    return bool(rows.query.where == Quotation.objects.current().query.where)


def found_by(
    rows: QuotationQuerySet, asking: Asking, recency: Recency, alone: Asking | None = None
) -> QuotationQuerySet:
    """Return those of `rows` that the index gives for `asking`, annotated with `recency`.

    `alone` is what the index's rows alone are asked, where `rows` are narrowed by more than the
    index needs to be told; else they are asked the same if `rows` are just the current ones.
    """
    joined: Any = rows.extra(  # noqa: S610  bound
        tables=list(asking.tables),
        where=[f"{ROWS}.quotation_id = quotes_quotation.id", asking.where],
        params=list(asking.bound),
    )
    if alone is None and are_current(rows):
        alone = asking
    if alone is not None:
        alone = alone._replace(where=f"{alone.where} AND {ROWS}.{CURRENT}")
        recency.alone = Alone(alone, joined.query.where)
    found: QuotationQuerySet = joined.annotate(recency=recency)
    return found


def newest(rows: Any, columns: Sequence[str], most: int) -> list[tuple[Any, ...]]:
    """Return `columns` of the index for the `most` newest of `rows`, which `search` annotated.

    As the database has them: converting each value takes longer than reading it. One query for
    each stretch that is read, of which all but the last were found too short.
    """
    recency = rows.query.annotations["recency"]
    found: list[tuple[Any, ...]] = []
    for stretch in recency.stretches or (Stretch("", (), recency.sql),):
        found = _read(rows, columns, most, stretch)
        if len(found) == most:
            break
    return found


def count_to(rows: Any, most: int) -> int:
    """Return how many `rows` there are, up to `most`: by the index, without their joins."""
    return 0 if rows.query.is_empty() else len(newest(rows, ["key"], most))


def first(rows: Any, order: Sequence[str], most: int, beyond: Q | None = None) -> list[Any]:
    """Return the first `most` of `rows` in `order`, each whole; `beyond` a place, if one is given.

    The newest of what has stretches are two queries: their keys are found first. What a search
    found is on SQLite sorted by its changes only where its first are not among the first of all.
    """
    recency = rows.query.annotations.get("recency")
    rows = rows if beyond is None else rows.filter(beyond)
    if recency is not None and order[0].lstrip("-") == _CHANGED:
        if connections[rows.db].vendor == "sqlite":
            found = _among_first(rows, order, most, Q() if beyond is None else beyond)
            if len(found) == most:
                return found
    elif tuple(order) == ("-recency",) and recency.stretches:
        keys = [key for (key,) in newest(rows, ["key"], most)]
        marks = ", ".join(["%s"] * len(keys))
        rows = rows.extra(where=[f"{KEY} IN ({marks})"], params=keys) if keys else rows.none()  # noqa: S610  bound
    return list(rows.order_by(*order)[:most])


def _among_first(rows: Any, order: Sequence[str], most: int, beyond: Q) -> list[Any]:
    """Return as many of the first `most` of `rows` as are among the first `SEARCH.walked` of all.

    Those of `order`, which begins with the time of change, by its index. None where there are
    fewer in all. Three queries.
    """
    walked = Quotation.objects.using(rows.db).filter(beyond).order_by(*order)
    last = walked.values_list(_CHANGED, flat=True)[SEARCH.walked - 1 : SEARCH.walked].first()
    if last is None:
        return []
    # What changes meanwhile is the last of all: it must not end the page, where the next begins.
    bound = Q(**{f"{_CHANGED}__{'gte' if order[0].startswith('-') else 'lte'}": last})
    keys = list(walked.filter(bound).values_list("pk", flat=True)[: SEARCH.walked])
    return list(rows.filter(bound, pk__in=keys).order_by(*order)[:most])


def oldest_keys(rows: Any, most: int) -> list[int]:
    """Return the index's keys of the `most` oldest of `rows`; what has no day comes last."""
    recency = rows.query.annotations["recency"]
    key = recency.stretches[-1].key if recency.stretches else recency.sql
    found: list[tuple[Any, ...]] = []
    for side in (">=", "<"):
        if len(found) < most:
            some = Stretch(f"{key} {side} %s", (_FIRST_DAY,), key)
            found += _read(rows, ["key"], most - len(found), some, is_newest=False)
    return [key for (key,) in found]


def last_stored(rows: Any, most: int) -> list[int]:
    """Return the primary keys of the `most` of `rows` that were stored last, the last first.

    Where the index of words gives all keys at once, which end in the quotations' own, the last of
    them are looked at first: to join each of a hundred thousand takes most of a second.
    """
    recency = rows.query.annotations["recency"]
    if recency.words is not None:
        asking, some = recency.words, most + _SPARE
        (table,), key = asking.tables, recency.sql
        sql = f"""SELECT {key} FROM {table} WHERE {asking.where}
            ORDER BY {key} & {_FIRST_DAY - 1} DESC LIMIT %s"""  # noqa: S608  constants
        keys = [key for (key,) in _fetched(rows.db, sql, (*asking.bound, some))]
        marks = ", ".join(["%s"] * len(keys))
        last = rows.extra(where=[f"{key} IN ({marks})"], params=keys) if keys else rows.none()  # noqa: S610  bound
        found = list(last.order_by("-pk").values_list("pk", flat=True)[:most])
        if len(found) == most or len(keys) < some:
            return found
    return list(rows.order_by("-pk").values_list("pk", flat=True)[:most])


def oldest(rows: Any, columns: Sequence[str], most: int) -> list[tuple[Any, ...]]:
    """Return `columns` of the index for the `most` oldest of `rows`, as `newest` does."""
    return _read(rows, columns, most, is_newest=False)


def statement(
    rows: Any,
    columns: Sequence[str],
    most: int,
    *,
    stretch: Stretch | None = None,
    is_newest: bool = True,
) -> tuple[str, tuple[Any, ...]]:
    """Return the SQL that reads `columns` of the `most` newest or oldest of `rows`, and its values.

    Of those in `stretch`, if one is given. Raises EmptyResultSet if there can be none.
    """
    recency = rows.query.annotations["recency"]
    where, bound, key = stretch or ("", (), recency.sql)
    alone: Alone | None = recency.alone
    some = Stretch(where, bound, key)
    if alone is None or rows.query.where != alone.narrowed:
        return _joined(rows, columns, some, most, is_newest=is_newest)
    return _of_index(alone.asking, columns, some, most, is_newest=is_newest)


def newest_keys(using: str, asking: Asking, recency: Recency, most: int) -> list[int]:
    """Return the keys of the `most` newest rows of the index that there are for `asking`."""
    found: list[int] = []
    for stretch in recency.stretches or (Stretch("", (), recency.sql),):
        rows = _fetched(using, *_of_index(asking, ["key"], stretch, most, is_newest=True))
        found = [key for (key,) in rows]
        if len(found) == most:
            break
    return found


def _of_index(
    asking: Asking, columns: Sequence[str], stretch: Stretch, most: int, *, is_newest: bool
) -> tuple[str, tuple[Any, ...]]:
    also = f" AND {stretch.where}" if stretch.where else ""
    asked = ", ".join(f"{ROWS}.{column}" for column in columns)
    sql = f"""SELECT {asked} FROM {", ".join(asking.tables)} WHERE {asking.where}{also}
        ORDER BY {stretch.key} {"DESC" if is_newest else "ASC"} LIMIT %s"""  # noqa: S608  constants
    return sql, (*asking.bound, *stretch.bound, most)


def _joined(
    rows: Any, columns: Sequence[str], stretch: Stretch, most: int, *, is_newest: bool
) -> tuple[str, tuple[Any, ...]]:
    if stretch.where:
        rows = rows.extra(where=[stretch.where], params=stretch.bound)  # noqa: S610  bound
    order = RawSQL(stretch.key, ())  # noqa: S611  a constant
    asked = {
        f"asked_{column}": RawSQL(f"{ROWS}.{column}", (), output_field=BigIntegerField())  # noqa: S611
        for column in columns
    }
    some = rows.select_related(None).annotate(**asked)
    some = some.order_by(order.desc() if is_newest else order.asc()).values_list(*asked)[:most]
    sql, values = some.query.sql_with_params()
    return sql, tuple(values)


def _read(
    rows: Any,
    columns: Sequence[str],
    most: int,
    stretch: Stretch | None = None,
    *,
    is_newest: bool = True,
) -> list[tuple[Any, ...]]:
    try:
        sql, values = statement(rows, columns, most, stretch=stretch, is_newest=is_newest)
    except EmptyResultSet:
        return []
    return _fetched(rows.db, sql, values)


def _fetched(using: str, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connections[using].cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
