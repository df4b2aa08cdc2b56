"""What pages show of a statement, kept as columns: how many report it, where, when, who first.

Part of quotes/statements.py. One function counts, whatever has changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.utils import timezone

from quotes import copies, variant_words
from quotes.chunks import chunks
from quotes.models import Quotation, Report, Statement
from quotes.variants import standing

Relation = Report.Relation
COLUMNS = (
    "representative_id",
    "speaker_id",
    "reports_count",
    "possible_count",
    "articles_count",
    "outlets_count",
    "without_outlet_count",
    "sources_count",
    "has_warnings",
    "first_on",
    "last_on",
)
_READ = (
    "statement_id",
    "relation",
    "has_warning",
    "quotation_id",
    "quotation__uid",
    "quotation__content",
    "quotation__kind",
    "quotation__review",
    "quotation__speaker_id",
    "quotation__version__published_on",
    "quotation__version__article_id",
    "quotation__version__copies_id",
    "quotation__version__article__outlet_id",
)


class Member(NamedTuple):
    """A report of a statement, and what of its quotation and article is counted."""

    statement: int
    relation: str
    has_warning: bool
    quotation: int
    uid: str
    text: str
    kind: str
    review: str
    speaker: int | None
    day: date | None
    article: int
    copies: int | None
    outlet: int | None


def refresh(statements: Iterable[int]) -> None:
    """Count anew the reports of the statements with these keys; those that do not differ stay.

    Belongs into the transaction that changed them, at its end. Three statements for each 500.
    """
    for chunk in chunks(sorted(set(statements))):
        members: dict[int, list[Member]] = defaultdict(list)
        rows = Report.objects.filter(statement__in=chunk).order_by("pk").values_list(*_READ)
        for row in rows:
            members[row[0]].append(Member(*row))
        stored = list(Statement.objects.filter(pk__in=chunk).order_by("pk"))
        changed = [row for row in stored if _apply(row, summary(members[row.pk]))]
        for row in changed:
            row.updated_at = timezone.now()
        names = [name.removesuffix("_id") for name in COLUMNS]
        # An insertion that meets itself: `bulk_update` builds an expression for every value.
        Statement.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["pk"],
            update_fields=[*names, "updated_at"],
        )


def summary(members: Sequence[Member]) -> dict[str, object]:
    """Return the values of `COLUMNS` for a statement with these reports.

    All but how many reports there are is of the sure ones only, as on the statement's page. An
    article whose outlet is not known is no outlet; how many of them there are is counted apart.
    """
    best = representative(members)
    possible = [member for member in members if member.relation == Relation.POSSIBLE]
    sure = [member for member in members if member.relation != Relation.POSSIBLE]
    days = [member.day for member in sure or members if member.day]
    # Who is known leads: the longest report may be one that does not name its speaker.
    leads = [member.speaker for member in sure if member.relation == Relation.FIRST]
    named = [*leads, *([best.speaker] if best else [])]
    return {
        "representative_id": best.quotation if best else None,
        "speaker_id": next(filter(None, named), None),
        "reports_count": len(members),
        "possible_count": len(possible),
        "articles_count": len({member.article for member in sure}),
        "outlets_count": len({member.outlet for member in sure if member.outlet}),
        "without_outlet_count": len({member.article for member in sure if not member.outlet}),
        "sources_count": copies.independent((m.article, m.copies) for m in sure),
        "has_warnings": any(member.has_warning for member in sure),
        "first_on": min(days, default=None),
        "last_on": max(days, default=None),
    }


def representative(members: Sequence[Member]) -> Member | None:
    """Return the report whose words stand for all: reviewed ones first, then the longest as said.

    A possible one only if there is no other.
    """

    def rank(member: Member) -> tuple[object, ...]:
        words = variant_words.read(member.text, member.kind)
        said, count = standing(words)
        is_reviewed = member.review in (Quotation.Review.CONFIRMED, Quotation.Review.CORRECTED)
        return member.relation == Relation.POSSIBLE, not is_reviewed, -said, -count, member.uid

    return min(members, key=rank, default=None)


def _apply(row: Statement, values: dict[str, object]) -> bool:
    """Set the columns of `row`; say whether one differs from before."""
    differs = any(getattr(row, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(row, name, value)
    return differs
