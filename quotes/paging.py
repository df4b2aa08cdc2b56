"""A QuerySet -> one page of it. Counts stop at a cap, so that no list costs more than its page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, NamedTuple, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


class InParts(NamedTuple, Generic[Row]):
    """Rows that are read and counted otherwise than by slices of a query, which would sort all.

    `part_of` reads a part of them, `count_to` counts them up to a number.
    """

    part_of: Callable[[slice], Iterable[Row]]
    count_to: Callable[[int], int]


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows of one page. `total` counts all results, or up to the cap when `capped`."""

    rows: list[Row]
    number: int
    size: int
    total: int
    capped: bool

    @property
    def first(self) -> int:
        """Return the place of the first row among all results, from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        """Return the place of the last row among all results."""
        return self.first + len(self.rows) - 1

    @property
    def previous(self) -> int | None:
        """Return the number of the page before, None on the first."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """Return the number of the page after, None on the last that can be reached."""
        return self.number + 1 if self.number < self.pages else None

    @property
    def pages(self) -> int:
        """Return how many pages can be reached; at least 1."""
        return max(1, -(-self.total // self.size))


def page_of(
    rows: QuerySet[Row] | InParts[Row],
    number: int,
    *,
    size: int,
    cap: int,
    known: int | None = None,
) -> Page[Row]:
    """Return page `number` (from 1) of `rows`, `size` rows long, in two queries.

    At most `cap` results are counted or shown. A number past the last page gives no rows. `known`
    is how many there are, where that has been counted already: one query then.
    """
    some = rows if isinstance(rows, InParts) else InParts(rows.__getitem__, partial(_count, rows))
    counted = some.count_to(cap + 1) if known is None else known
    start = (number - 1) * size
    part = slice(start, min(start + size, cap))
    return Page(
        rows=list(some.part_of(part)) if start < cap else [],
        number=number,
        size=size,
        total=min(counted, cap),
        capped=counted > cap,
    )


def _count(rows: QuerySet[Any], most: int) -> int:
    # Keys only: what each row of the page is shown with need not be found for all that are counted.
    return rows.order_by().values("pk")[:most].count()
