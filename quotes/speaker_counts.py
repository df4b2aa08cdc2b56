"""What lists show of speakers, kept as columns: grouping every row for a list took seconds."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, Max, Min

from quotes.chunks import chunks
from quotes.models import Quotation, Speaker

COLUMNS = ("quotation_count", "first_quoted_on", "last_quoted_on", "main_role", "main_outlet_id")


class Group(NamedTuple):
    """A speaker's current quotations of speech with one role in one outlet."""

    speaker: int
    role: str
    outlet: int | None
    quotations: int
    first: date | None
    last: date | None


def refresh(speakers: Iterable[int]) -> None:
    """Count anew the current quotations of speech of the speakers with these keys.

    Belongs into the transaction that changed them, at its end. Three statements for each 500.
    Two that count at once are both right: the second waits, and then sees the first's rows.
    """
    for keys in chunks(sorted(set(speakers))):
        with transaction.atomic():
            _refresh(keys)


def _refresh(keys: Sequence[int]) -> None:
    # No key: storing a quotation locks its speaker's key, which must not wait for this.
    rows = list(Speaker.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))
    groups: dict[int, list[Group]] = defaultdict(list)
    for group in _groups(keys):
        groups[group.speaker].append(group)
    changed = [row for row in rows if _apply(row, summary(groups[row.pk]))]
    Speaker.objects.bulk_update(changed, [name.removesuffix("_id") for name in COLUMNS])


def _groups(keys: Sequence[int]) -> Iterator[Group]:
    own = Quotation.objects.current().speech().filter(speaker__in=keys).order_by()
    counted = own.values_list("speaker_id", "speaker_role", "version__article__outlet_id").annotate(
        n=Count("pk"), first=Min("version__published_on"), last=Max("version__published_on")
    )
    return (Group(*row) for row in counted)


def summary(groups: Sequence[Group]) -> dict[str, object]:
    """Return the values of `COLUMNS` for a speaker with these groups.

    Of two roles named equally often, the one last seen counts. Of two outlets that quote the
    speaker equally often neither does: lists say "most often in".
    """
    return {
        "quotation_count": sum(group.quotations for group in groups),
        "first_quoted_on": min((g.first for g in groups if g.first), default=None),
        "last_quoted_on": max((g.last for g in groups if g.last), default=None),
        "main_role": _main_role(groups),
        "main_outlet_id": _main_outlet(groups),
    }


def _main_role(groups: Sequence[Group]) -> str:
    counts: Counter[str] = Counter()
    last: dict[str, date] = {}
    for group in groups:
        if group.role:
            counts[group.role] += group.quotations
            last[group.role] = max(last.get(group.role, date.min), group.last or date.min)
    return max(counts, key=lambda role: (counts[role], last[role], role), default="")


def _main_outlet(groups: Sequence[Group]) -> int | None:
    counts: Counter[int] = Counter()
    for group in groups:
        if group.outlet is not None:
            counts[group.outlet] += group.quotations
    (first, most), (_, next_most) = (*counts.most_common(2), (None, 0), (None, 0))[:2]
    return first if most > next_most else None


def _apply(row: Speaker, values: dict[str, object]) -> bool:
    """Set the columns of `row`; say whether one differs from before."""
    differs = any(getattr(row, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(row, name, value)
    return differs
