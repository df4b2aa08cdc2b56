"""What a quotation was in the former versions of its article: has a reader seen it? Reads only.

A version that is read anew has quotations of its own, most of them the words that stood there
before. Who is told of news is not told of those (docs/decisions/0026).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from quotes.models import Quotation
from quotes.wording import fold

_STEPS = 20  # versions that are looked back at
_FIELDS = ("pk", "uid", "predecessor_id", "created_at", "content", "speaker_id", "speaker_name",
           "kind", "factuality")  # fmt: skip


class Former(NamedTuple):
    """A quotation as a former version had it."""

    pk: int
    uid: str
    predecessor_id: int | None
    created_at: datetime
    content: str
    speaker_id: int | None
    speaker_name: str
    kind: str
    factuality: str

    def says(self, row: Quotation) -> bool:
        """Say whether a reader was told the same: the words, whose they are, and how."""
        return (
            fold(self.content) == fold(row.content)
            and (self.speaker_id or self.speaker_name) == (row.speaker_id or row.speaker_name)
            and (self.kind, self.factuality) == (row.kind, row.factuality)
        )


def formers(rows: Iterable[Quotation]) -> dict[int, list[Former]]:
    """Return, by key, what quotations were in former versions, the newest first; most were none.

    One query for each step back, however many quotations: none if none has a predecessor.
    """
    chains: dict[int, list[Former]] = {}
    asked = {row.pk: row.predecessor_id for row in rows if row.predecessor_id}
    for _ in range(_STEPS):
        if not asked:
            break
        values = Quotation.objects.filter(pk__in=set(asked.values())).values_list(*_FIELDS)
        found = {former.pk: former for former in map(Former._make, values)}
        there = {key: found[former] for key, former in asked.items() if former in found}
        for key, former in there.items():
            chains.setdefault(key, []).append(former)
        asked = {key: former.predecessor_id for key, former in there.items()
                 if former.predecessor_id is not None}  # fmt: skip
    return chains


def before(chain: Sequence[Former], since: datetime) -> Former | None:
    """Return what a quotation was at a time, None if it was not there yet."""
    return next((former for former in chain if former.created_at <= since), None)


def first(row: Quotation, chain: Sequence[Former]) -> Former | None:
    """Return the oldest of those that said the same without a change since, None if none did."""
    found = None
    for former in chain:
        if not former.says(row):
            break
        found = former
    return found
