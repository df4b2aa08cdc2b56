"""Rows in pieces that a query or a transaction can take. Pure."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

ROWS = 500
_T = TypeVar("_T")


def chunks(rows: Iterable[_T], size: int = ROWS) -> Iterator[tuple[_T, ...]]:
    """Yield `rows` in their order, in tuples of `size`; the last may be shorter.

    Of an iterator no more is taken at a time than is yielded.
    """
    left = iter(rows)
    while some := tuple(islice(left, size)):
        yield some
