"""The newest of what matches a search, read in stretches of time where that is quicker.

A word that one row in two hundred has is met too seldom to walk from the newest row, and looking
up all its matches reads thousands to show hundreds. A backend that knows how frequent the words
are says in which stretches to look; here they are read, the newest first, until there are enough.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL


class Stretch(NamedTuple):
    """A stretch of time: a condition on the index's rows in SQL, "" for none; what it binds.

    `key` is the index's key so written that the database looks matches up and sorts them, and
    does not walk its rows in that order.
    """

    where: str
    bound: tuple[Any, ...]
    key: str


class Recency(RawSQL):
    """What the newest come first by: the index's key in SQL, a constant.

    Of `stretches`, if there are any, the last is of all times and each other is of the newest;
    what is found in one need not be looked for in the next.
    """

    def __init__(self, sql: str, stretches: Sequence[Stretch] = ()) -> None:
        super().__init__(sql, (), output_field=BigIntegerField())
        self.stretches = tuple(stretches)


def newest(rows: Any, columns: Sequence[str], most: int) -> list[tuple[Any, ...]]:
    """Return `columns` of the `most` newest of `rows`, which `search.search` annotated.

    As the database has them: converting each value takes longer than reading it. One query for
    each stretch that is read, of which all but the last were found too short.
    """
    recency = rows.query.annotations["recency"]
    for stretch in recency.stretches:
        narrowed = rows
        if stretch.where:
            narrowed = rows.extra(where=[stretch.where], params=stretch.bound)  # noqa: S610  bound
        order = RawSQL(stretch.key, ()).desc()  # noqa: S611  a constant
        found = _fetched(narrowed.order_by(order).values_list(*columns)[:most])
        if len(found) == most or not stretch.where:
            return found
    return _fetched(rows.order_by("-recency").values_list(*columns)[:most])


def _fetched(rows: Any) -> list[tuple[Any, ...]]:
    try:
        statement, values = rows.query.sql_with_params()
    except EmptyResultSet:
        return []
    with connections[rows.db].cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
