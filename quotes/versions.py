"""Versions of an article beside each other: what became of the quotations. Reads only.

Two versions are compared as they are stored now, so what is said is right after every new run;
`Quotation.predecessor` keeps what was found when a version was stored (quotes/carrying.py).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from quotes.matching import Said, carried
from quotes.models import ArticleVersion, Quotation, QuotationQuerySet
from quotes.wording import differences

SPEAKER, FACTUALITY = "speaker", "factuality"


class Fate(StrEnum):
    """What became of a quotation from one version of an article to another."""

    NEW = "new"
    CHANGED = "changed"
    VANISHED = "vanished"
    SAME = "same"


class Compared(NamedTuple):
    """A quotation in two versions; `differences` as of quotes/wording.py, SPEAKER, FACTUALITY."""

    fate: Fate
    old: Quotation | None
    new: Quotation | None
    differences: tuple[str, ...] = ()


def said_in(row: Quotation) -> Said:
    """Return what of a quotation is compared; wants its `machine_reading`, if it is reviewed."""
    reading = getattr(row, "machine_reading", None) if row.review else None
    also = str(reading.fields["content"]) if reading else ""
    return Said(
        words=row.content,
        context=f"{row.prefix} … {row.suffix}",
        source=row.mention,
        also=also if also != row.content else "",
    )


def compare(old: ArticleVersion, new: ArticleVersion, visible: QuotationQuerySet) -> list[Compared]:
    """Return what became of the quotations of `old` in `new`, in the order of `new`.

    Those that vanished stand where they stood. One query, however many there are.
    """
    return next(iter(compare_each([(old, new)], visible)))


def compare_each(
    pairs: Sequence[tuple[ArticleVersion, ArticleVersion]], visible: QuotationQuerySet
) -> Iterator[list[Compared]]:
    """Yield for each pair, an older and a newer version, what `compare` does; one query for all."""
    shown = _shown({version.pk for pair in pairs for version in pair}, visible)
    for old, new in pairs:
        yield _of_pair(shown.get(old.pk, []), shown.get(new.pk, []))


def _of_pair(before: Sequence[Quotation], after: Sequence[Quotation]) -> list[Compared]:
    pairs = carried([said_in(row) for row in before], [said_in(row) for row in after])
    found = [_compared(before[pairs[i]], row) if i in pairs else Compared(Fate.NEW, None, row)
             for i, row in enumerate(after)]  # fmt: skip
    went = set(range(len(before))) - set(pairs.values())
    return _with_vanished(found, before, went)


def _shown(versions: Collection[int], visible: QuotationQuerySet) -> dict[int, list[Quotation]]:
    """Return, by version, the quotations that it shows, in the order of its text."""
    rows = visible.filter(version__in=versions, status=Quotation.Status.CURRENT).speech()
    rows = rows.select_related("speaker", "version", "machine_reading").order_by("position")
    found: dict[int, list[Quotation]] = {}
    for row in rows:
        found.setdefault(row.version_id, []).append(row)
    return found


def _compared(old: Quotation, new: Quotation) -> Compared:
    found = differences(old.content, new.content)
    if _speaker(old) != _speaker(new):
        found = (*found, SPEAKER)
    if old.factuality and new.factuality and old.factuality != new.factuality:
        found = (*found, FACTUALITY)
    return Compared(Fate.CHANGED if found else Fate.SAME, old, new, found)


def _speaker(row: Quotation) -> object:
    return row.speaker_name if row.speaker_id is None else row.speaker_id


def _with_vanished(
    found: list[Compared], before: Sequence[Quotation], went: set[int]
) -> list[Compared]:
    """Return `found` with those that vanished behind what stood before them."""
    places = {row.pk: place for place, row in enumerate(before)}
    rows: list[Compared] = []
    left = sorted(went)
    for one in found:
        place = places[one.old.pk] if one.old else -1
        while left and left[0] < place:
            rows.append(Compared(Fate.VANISHED, before[left.pop(0)], None))
        rows.append(one)
    return rows + [Compared(Fate.VANISHED, before[i], None) for i in left]


def current_of(rows: Iterable[Quotation]) -> dict[int, ArticleVersion]:
    """Return, by article, the current versions where a quotation is of a former one; one query."""
    articles = {row.version.article_id for row in rows if not row.version.is_current}
    if not articles:
        return {}
    found = ArticleVersion.objects.filter(article__in=articles, is_current=True)
    return {version.article_id: version for version in found}


def tally(found: Sequence[Compared]) -> dict[Fate, int]:
    """Return how many quotations have met which fate, those that none has met left out."""
    counts = {fate: sum(one.fate == fate for one in found) for fate in Fate}
    return {fate: count for fate, count in counts.items() if count}


def in_current(
    quotation: Quotation, current: ArticleVersion, visible: QuotationQuerySet
) -> Compared:
    """Return what became of a quotation of another version in the article's current one."""
    for one in compare(quotation.version, current, visible):
        if one.old and one.old.pk == quotation.pk:
            return one
    return Compared(Fate.VANISHED, quotation, None)
