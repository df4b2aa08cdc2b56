"""What the pages of statements show: reports side by side, compared word by word. Reads only.

A page of reports costs the same number of queries however many there are; what is counted over
all of them (who was first, how it spread, how many sources) comes from one query of few columns.
Why: docs/decisions/0028-statement-pages.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from quotes import copies, highlights, statement_facts, variants
from quotes.models import (
    CanonicalText,
    Quotation,
    QuotationQuerySet,
    Report,
    SameStatement,
    Statement,
)
from quotes.paging import Page
from quotes.params import PAGES, PageParams
from quotes.statement_facts import First, OutletVerbs, Seen, Sources, Spread
from quotes.wording import Piece

Reader = AbstractBaseUser | AnonymousUser
_LONGEST_WAY = 50  # statements that lead to each other


def led_to(statement: Statement) -> Statement:
    """Return the statement that `statement` leads to: itself, unless it was another's."""
    seen = {statement.pk}
    while statement.merged_into is not None and len(seen) < _LONGEST_WAY:
        statement = statement.merged_into
        if statement.pk in seen:
            break
        seen.add(statement.pk)
    return statement


# --- word by word


class Change(StrEnum):
    """What a run of words is against the wording that is compared with."""

    SAME = "same"
    ADDED = "added"
    LEFT_OUT = "left out"


class Run(NamedTuple):
    """A run of words; all runs that are not left out, end to end, are the wording itself."""

    text: str
    change: Change


@lru_cache(maxsize=512)
def runs(base: str, other: str) -> tuple[Run, ...]:
    """Return `other` against `base`: what is the same, what it adds, what it leaves out."""
    sides = variants.side_by_side(base, other)
    return tuple(interleaved(sides.old, sides.new))


def interleaved(old: Sequence[Piece], new: Sequence[Piece]) -> list[Run]:
    """Return two sides of a comparison as one, in the words of the new side where both agree.

    Both sides may be cut at different places where they are the same.
    """
    found: list[Run] = []
    before, after = list(reversed(old)), list(reversed(new))
    while before or after:
        if before and before[-1].differs:
            found.append(Run(before.pop().text, Change.LEFT_OUT))
        elif after and after[-1].differs:
            found.append(Run(after.pop().text, Change.ADDED))
        elif not after:
            before.pop()
        else:
            one = after.pop()
            here = len(before[-1].text) if before else len(one.text)
            found.append(Run(one.text[:here], Change.SAME))
            if before:
                rest = before.pop()
                if len(rest.text) > len(one.text):
                    before.append(rest._replace(text=rest.text[len(one.text) :]))
            if one.text[here:]:
                after.append(one._replace(text=one.text[here:]))
    return _joined(found)


def _joined(found: Iterable[Run]) -> list[Run]:
    """Return the runs, neighbours of one kind put together."""
    runs: list[Run] = []
    for run in found:
        if runs and runs[-1].change == run.change:
            runs[-1] = Run(runs[-1].text + run.text, run.change)
        else:
            runs.append(run)
    return runs


# --- what is counted over all reports


_READ = (
    "pk",
    "uid",
    "report__relation",
    "cue",
    "version__published_on",
    "version__published_at",
    "version__title",
    "version__opening",
    "version__article_id",
    "version__copies_id",
    "version__article__outlet_id",
    "version__article__outlet__name",
    "speaker_id",
)


def shown_reports(statement: Statement | int, user: Reader) -> "QuotationQuerySet":
    """Return the quotations that report a statement and may be shown."""
    return Quotation.objects.visible_to(user).current().filter(report__statement=statement)


def seen(quotations: QuotationQuerySet, *, params: PageParams = PAGES) -> list[Seen]:
    """Return what is counted of the reports that `quotations` are, the earliest first; one query.

    At most `reports_read` of them, those that were stored first. Wants what `shown_reports` gives.
    """
    rows = quotations.order_by("report__pk").values_list(*_READ)[: params.reports_read]
    found = [
        Seen(
            quotation=key,
            uid=uid,
            possible=relation == Report.Relation.POSSIBLE,
            cue=cue,
            day=day,
            at=at,
            title=title or opening,
            article=article,
            copies=group,
            outlet=outlet,
            outlet_name=name or "",
            speaker=speaker,
        )
        for (
            key,
            uid,
            relation,
            cue,
            day,
            at,
            title,
            opening,
            article,
            group,
            outlet,
            name,
            speaker,
        ) in rows
    ]
    return sorted(found, key=lambda one: one.place)


def as_seen(row: Quotation) -> Seen:
    """Return a quotation that is loaded for its page as one of the reports that are counted."""
    version, outlet = row.version, row.version.article.outlet
    return Seen(
        quotation=row.pk,
        uid=row.uid,
        possible=False,
        cue=row.cue,
        day=version.published_on,
        at=version.published_at,
        title=version.title or version.opening,
        article=version.article_id,
        copies=version.copies_id,
        outlet=version.article.outlet_id,
        outlet_name=outlet.name if outlet else "",
        speaker=row.speaker_id,
    )


@dataclass(frozen=True)
class Facts:
    """What is said of a statement as a whole: of its sure reports, and apart how many may be.

    `carrying` is of all: that possible reports are copies of one text is told of each. `is_named`:
    they name one speaker, who is one across articles.
    `earlier` is the earliest of those that only may report it, if it is before `first`.
    """

    sources: Sources
    is_named: bool
    possible: int
    first: First | None
    earlier: First | None
    spread: Spread | None
    verbs: tuple[OutletVerbs, ...]
    carrying: Mapping[int, int]
    is_capped: bool


def facts(rows: Sequence[Seen], *, params: PageParams = PAGES) -> Facts:
    """Return what reports say together."""
    sure = [one for one in rows if not one.possible]
    possible = [one for one in rows if one.possible]
    first, maybe = statement_facts.first(sure), statement_facts.first(possible)
    pairs = [(one.article, one.copies) for one in sure]
    speakers = {one.speaker for one in sure}
    return Facts(
        sources=statement_facts.sources(sure, copies.independent(pairs)),
        is_named=len(speakers) == 1 and None not in speakers,
        possible=len(possible),
        first=first,
        earlier=maybe if maybe and (first is None or _before(maybe, first)) else None,
        spread=statement_facts.spread(sure),
        verbs=statement_facts.verbs(sure),
        carrying=statement_facts.carrying(rows),
        is_capped=len(rows) >= params.reports_read,
    )


def _before(one: First, other: First) -> bool:
    """Say whether one is earlier for certain: by the day, or by times that both have."""
    if one.day != other.day:
        return one.day < other.day
    return bool(one.at and other.at and one.at < other.at)


# --- a page of reports


class Check(StrEnum):
    """What checking a report's words again has shown."""

    VERIFIED = "verified"
    CHANGED = "changed"
    LONG = "long"


class Beside(NamedTuple):
    """A report beside the wording that it is compared with.

    `copies` is how many articles here carry its text, if several do.
    """

    quotation: Quotation
    is_base: bool
    is_possible: bool
    runs: Sequence[Run]
    warnings: tuple[variants.WordingWarning, ...]
    check: Check
    copies: int

    @property
    def differs(self) -> bool:
        """Say whether the wording is not the same."""
        return any(run.change != Change.SAME for run in self.runs)


def page_of_reports(
    rows: Sequence[Seen], number: int, *, size: int, beside: Sequence[int] = ()
) -> tuple[Page[Quotation], dict[int, Quotation]]:
    """Return page `number` of reports, the sure ones first, and by key what else was wanted.

    Each part is in the order of `rows`. Two queries for all rows, with what lists show and the
    spans, those with the keys `beside` too; a number past the end has none.
    """
    ordered = sorted(rows, key=lambda one: one.possible)
    start = (number - 1) * size
    keys = [one.quotation for one in ordered[start : start + size]]
    by_key = {row.pk: row for row in loaded([*keys, *beside])}
    shown = [by_key[key] for key in keys if key in by_key]
    wanted = {key: by_key[key] for key in beside if key in by_key}
    return Page(shown, number, size, len(ordered), capped=False), wanted


def loaded(keys: Sequence[int]) -> list[Quotation]:
    """Return the quotations with these keys, in their order, loaded for `beside`; two queries."""
    wanted = Quotation.objects.filter(pk__in=keys).for_list().select_related("report")
    by_key = {row.pk: row for row in wanted.prefetch_related("spans")}
    return [by_key[key] for key in keys if key in by_key]


def beside(
    base: Quotation, rows: Sequence[Quotation], carrying: Mapping[int, int] | None = None
) -> list[Beside]:
    """Return quotations compared with `base`, checked again against their stored texts.

    One query, for the texts. `carrying` is how many articles carry the text of a group of copies.
    """
    checks = checked(rows)
    groups = carrying or {}
    return [_beside(base, row, checks[row.pk], groups) for row in rows]


def _beside(base: Quotation, row: Quotation, check: Check, groups: Mapping[int, int]) -> Beside:
    is_base = row.pk == base.pk
    report = getattr(row, "report", None)
    return Beside(
        quotation=row,
        is_base=is_base,
        is_possible=report is not None and report.relation == Report.Relation.POSSIBLE,
        runs=[Run(row.content, Change.SAME)] if is_base else runs(base.content, row.content),
        warnings=() if is_base else variants.warnings(base.content, row.content),
        check=check,
        copies=groups.get(row.version.copies_id, 0) if row.version.copies_id else 0,
    )


def checked(rows: Sequence[Quotation], *, params: PageParams = PAGES) -> dict[int, Check]:
    """Return whether the words of quotations stand in their stored texts, which have their hash.

    One query. Texts longer than `checked_chars` are left to the quotations' own pages.
    """
    wanted = {row.version.text_id for row in rows}
    short = CanonicalText.objects.filter(pk__in=wanted, length_chars__lte=params.checked_chars)
    texts = dict(short.values_list("pk", "content"))
    return {row.pk: _check(row, texts.get(row.version.text_id)) for row in rows}


def _check(row: Quotation, text: str | None) -> Check:
    if text is None:
        return Check.LONG
    pieces = [highlights.Piece(span.start, span.end, span.exact) for span in row.spans.all()]
    wrong = highlights.mismatches(text, row.version.text_id, pieces)
    return Check.CHANGED if wrong else Check.VERIFIED


# --- what people have decided


def decided(statement: Statement, *, params: PageParams = PAGES) -> list[SameStatement]:
    """Return what people have decided of a statement's reports, newest first.

    One query of keys, as of most nobody has decided, or two.
    """
    reports = Report.objects.filter(statement=statement).values("quotation")
    about = SameStatement.objects.filter(Q(one__in=reports) | Q(other__in=reports))
    keys = list(about.values_list("pk", flat=True)[: params.same_shown])
    whole = SameStatement.objects.select_related("one", "other", "by", "undone_by")
    return list(whole.filter(pk__in=keys)) if keys else []


def other_reports(
    quotation: Quotation, user: Reader, *, params: PageParams = PAGES
) -> tuple[Report | None, list[Seen]]:
    """Return the report that a quotation is, and others of its statement, the earliest first.

    Two queries at most: none follows where it reports none. At most `box_reports` others.
    """
    mine = Report.objects.filter(quotation=quotation).select_related("statement").first()
    if mine is None:
        return None, []
    others = shown_reports(mine.statement_id, user).exclude(pk=quotation.pk)
    few = params.model_copy(update={"reports_read": params.box_reports})
    return mine, seen(others, params=few)
