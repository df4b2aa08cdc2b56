"""What stands where in a text, found by place.

Rules ask for it again and again: looking through all of a text of book length each time would
take hours.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import Generic, TypeVar

from quotes.nlp.document import Span

T = TypeVar("T")


class Placed(Generic[T]):
    """Things with the span where each stands; they may overlap and come in any order."""

    def __init__(self, placed: Iterable[tuple[Span, T]]) -> None:
        self._things = list(placed)
        spans = [span for span, _ in self._things]
        self._order = sorted(range(len(spans)), key=lambda number: spans[number].start)
        self._starts = [spans[number].start for number in self._order]
        # How far any of those up to here reaches: where none does, no look further back is needed.
        self._reach = list(accumulate((spans[number].end for number in self._order), max))

    def meeting(self, span: Span) -> list[tuple[Span, T]]:
        """Return what overlaps `span`, in the order in which it was given."""
        at = bisect_left(self._starts, span.end)
        found = []
        while at and self._reach[at - 1] > span.start:
            at -= 1
            if self._things[self._order[at]][0].meets(span):
                found.append(self._order[at])
        return [self._things[number] for number in sorted(found)]

    def any_holds(self, span: Span) -> bool:
        """Say whether `span` lies wholly inside one of the spans."""
        at = bisect_right(self._starts, span.start)
        return at > 0 and self._reach[at - 1] >= span.end
