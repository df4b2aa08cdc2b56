"""Differences of two wordings until quotes/variants.py is there, which replaces this."""

from typing import NamedTuple

from django.contrib.auth.models import User
from django.utils import timezone

from quotes import wording
from quotes.models import Quotation, Report, SameStatement, Statement
from quotes.refusals import InputError


COMMENT_CHARS = 1000


class Sides(NamedTuple):
    """Two wordings in pieces."""

    old: list[wording.Piece]
    new: list[wording.Piece]


class Warning(NamedTuple):  # noqa: A001
    """What a person should look at: the kind, and the words of each side."""

    kind: str
    one: str
    other: str


def side_by_side(one: str, other: str) -> Sides:
    """Return two wordings cut where they differ."""
    return Sides(*wording.sides(one, other))


def warnings(one: str, other: str) -> tuple[Warning, ...]:
    """Return what turned from one wording to the other."""
    kinds = wording.differences(one, other)
    return tuple(Warning(kind, one, other) for kind in kinds if kind in {"number", "negation"})


def statement_of(quotation: Quotation) -> Statement | None:
    """Return the statement that a quotation reports."""
    report = Report.objects.filter(quotation=quotation).select_related("statement").first()
    return report.statement if report else None


def decide(
    one: Quotation, other: Quotation, *, is_same: bool, by: User, comment: str = ""
) -> SameStatement:
    """Keep what a person says of two quotations."""
    if one.pk == other.pk:
        raise InputError("a quotation is always the same as itself", "name two")
    first, second = sorted((one, other), key=lambda row: row.pk)
    return SameStatement.objects.create(
        one=first, other=second, is_same=is_same, by=by, comment=comment
    )


def undo(decision: SameStatement, *, by: User) -> None:  # noqa: ARG001
    """Take it back."""
    decision.undone_at = timezone.now()
    decision.save()
