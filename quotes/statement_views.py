"""The pages of statements: their list, one with its reports side by side, and any quotations.

People with review rights say here what is the same statement and what is not; that is
quotes/statements.py's matter, which these pages only ask.
"""

from collections.abc import Sequence
from typing import cast

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from quotes import decisions, statement_pages, statements
from quotes.forms import without_blanks
from quotes.models import Quotation, SameStatement, Statement
from quotes.pages import for_readers, for_reviewers, render_list, suggested_outlets
from quotes.params import PAGES
from quotes.refusals import InputError
from quotes.statement_facts import Seen
from quotes.statement_forms import CompareForm, SameForm, StatementFilter, shown_to

REFUSED, CONFLICT = 400, 409
_MOST_PAGES = -(-PAGES.reports_read // PAGES.report_rows)


# --- the list


@for_readers
def statement_list(request: HttpRequest) -> HttpResponse:
    """List the statements that several quotations report."""
    form = StatementFilter(request.GET)
    quotations = Quotation.objects.visible_to(request.user).current()
    rows = form.apply(shown_to(request.user).for_list(), quotations)
    return render_list(
        request,
        "quotes/statement_list.html",
        form,
        rows,
        outlets=suggested_outlets(),
        matches=PAGES.statement_matches,
    )


# --- one statement


@for_readers
def statement(request: HttpRequest, uid: str) -> HttpResponse:
    """Show a statement: all its reports beside one of them, who was first, how it spread."""
    found = get_object_or_404(
        Statement.objects.visible_to(request.user).select_related("merged_into"), uid=uid
    )
    if found.merged_into_id is not None:
        return _moved(found)
    return _page(request, found)


def _moved(merged: Statement) -> HttpResponse:
    """Lead for good to the statement that this one turned out to be, unless that is undone."""
    response = redirect(statement_pages.led_to(merged), permanent=True)
    # What people undo gives the address back: browsers have to ask again.
    response.headers["Cache-Control"] = "no-cache"
    return response


def _page(request: HttpRequest, found: Statement, *, asked: SameForm | None = None) -> HttpResponse:
    seen = statement_pages.seen(statement_pages.shown_reports(found, request.user))
    facts = statement_pages.facts(seen)
    number, problem = _number(request.GET.get("page", ""))
    keys, unknown = _base(request, found, seen)
    page, loaded = statement_pages.page_of_reports(
        seen, number, size=PAGES.report_rows, beside=keys
    )
    base, shown = (loaded[keys[0]], loaded[keys[1]]) if loaded else (None, None)
    rows = statement_pages.beside(base, page.rows, facts.carrying) if base else []
    problems = [text for text in (problem, unknown) if text]
    if asked is not None:
        problems += asked.problems()
    return render(
        request,
        "quotes/statement.html",
        {
            "statement": found,
            "base": base,
            "representative": shown,
            "facts": facts,
            "page": page,
            "rows": rows,
            "sure": [row for row in rows if not row.is_possible],
            "possible": [row for row in rows if row.is_possible],
            "warned": [row for row in rows if row.warnings and not row.is_possible],
            "seen": seen,
            "against": request.GET.get("against", "") if base and not unknown else "",
            "without_against": _without_against(request),
            "decided": statement_pages.decided(found),
            "done": request.GET.get("done", ""),
            "undone": request.GET.get("undone", ""),
            "may_decide": decisions.may_decide(request.user),
            "problems": problems,
            "asked": asked,
        },
        status=REFUSED if problems else 200,
    )


def _number(asked: str) -> tuple[int, str]:
    """Return the number of the page asked for, and what is wrong with it."""
    if not asked:
        return 1, ""
    if asked.isascii() and asked.isdigit() and 1 <= int(asked[:9]) <= _MOST_PAGES:
        return int(asked), ""
    return 1, f"“{asked[:20]}” is no page; a page is a whole number, such as 1."


def _without_against(request: HttpRequest) -> str:
    """Return the query string of the same page, to which the report to compare with is added."""
    query = request.GET.copy()
    for name in ("done", "undone", "against"):
        query.pop(name, None)
    kept = without_blanks(query)
    return f"{kept}&" if kept else ""


def _base(request: HttpRequest, found: Statement, seen: Sequence[Seen]) -> tuple[list[int], str]:
    """Return the keys of the report that the others are compared with, and of that for all.

    None where there is no report. The first is the one that the reader asks for, if it is one;
    what is wrong with it comes third.
    """
    keys = {one.uid: one.quotation for one in seen}
    asked, problem = request.GET.get("against", ""), ""
    key = keys.get(asked)
    if asked and key is None:
        problem = f"“{asked[:30]}” is no report of this statement; choose one of those below."
    if not seen:
        return [], problem
    first = found.representative_id
    usual = first if first is not None and first in keys.values() else seen[0].quotation
    return [usual if key is None else key, usual], problem


# --- what people say of it


@require_POST
@for_reviewers
def decide(request: HttpRequest, uid: str) -> HttpResponse:
    """Take what a reviewer says of a quotation and a report of this statement: one, or two."""
    found = get_object_or_404(Statement.objects.visible_to(request.user), uid=uid)
    form = SameForm(request.POST)
    taken = _taken(request, form) if form.is_valid() else None
    if taken is None:
        return _page(request, found, asked=form)
    return redirect(f"{_now(found, taken).get_absolute_url()}?done={taken.pk}#decided")


def _now(found: Statement, taken: SameStatement) -> Statement:
    """Return where to go on: to this statement, unless both quotations are another's now."""
    found.refresh_from_db()
    here = statement_pages.led_to(found)
    if here.reports.filter(quotation__in=[taken.one_id, taken.other_id]).exists():
        return here
    moved = statements.statement_of(taken.one) or statements.statement_of(taken.other)
    return moved or here


def _taken(request: HttpRequest, form: SameForm) -> SameStatement | None:
    """Return the decision; None, with the reason in the form, where it cannot be taken."""
    visible = Quotation.objects.visible_to(request.user)
    named = {row.uid: row for row in visible.filter(uid__in=form.uids)}
    for field, name in form.named():
        if name not in named:
            form.add_error(field, f"There is no quotation “{name}” here; copy its address again.")
            return None
    one, other = (named[name] for _, name in form.named())
    try:
        return statements.decide(
            one,
            other,
            is_same=form.cleaned_data["is_same"],
            by=cast("User", request.user),
            comment=form.cleaned_data["comment"],
        )
    except InputError as error:
        form.add_error(None, f"{error.problem}: {error.remedy}")
        return None


@require_POST
@for_reviewers
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was said of two quotations, and go to the statement that they lead to."""
    decision = get_object_or_404(SameStatement.objects.select_related("one", "other"), pk=pk)
    problem = ""
    try:
        statements.undo(decision, by=cast("User", request.user))
    except InputError as error:
        problem = f"{error.problem}: {error.remedy}"
    now = statements.statement_of(decision.one) or statements.statement_of(decision.other)
    onward = now.get_absolute_url() if now else decision.one.get_absolute_url()
    if problem:
        context = {"decision": decision, "problem": problem, "onward": onward}
        return render(request, "quotes/statement_not_undone.html", context, status=CONFLICT)
    return redirect(f"{onward}?undone={decision.pk}#decided" if now else onward)


# --- any quotations


@for_readers
def compare(request: HttpRequest) -> HttpResponse:
    """Show quotations beside the first of them, whether or not they report one statement."""
    form = CompareForm(request.GET)
    is_valid = form.is_valid()
    problems = [str(message) for messages in form.errors.values() for message in messages]
    found = _named(request, form.uids[: PAGES.quotations_compared])
    missing = [uid for uid, row in found.items() if row is None]
    problems += [f"There is no quotation “{uid}” here; copy its address again." for uid in missing]
    rows = [row for row in found.values() if row is not None]
    beside = statement_pages.beside(rows[0], rows) if len(rows) > 1 and is_valid else []
    context = {
        "form": form,
        "rows": [(row, _first(form.uids, row.quotation.uid)) for row in beside],
        "base": rows[0] if rows else None,
        "given": form.uids[: PAGES.quotations_compared] or ["", ""],
        "warned": [row for row in beside if row.warnings],
        "problems": problems,
        "most": PAGES.quotations_compared,
    }
    return render(request, "quotes/compare.html", context, status=REFUSED if problems else 200)


def _named(request: HttpRequest, uids: list[str]) -> dict[str, Quotation | None]:
    """Return the quotations with these uids, in their order; None for what is not here."""
    visible = Quotation.objects.visible_to(request.user)
    keys = dict(visible.filter(uid__in=uids).values_list("uid", "pk"))
    rows = {
        row.uid: row for row in statement_pages.loaded([keys[uid] for uid in uids if uid in keys])
    }
    return {uid: rows.get(uid) for uid in uids}


def _first(uids: list[str], uid: str) -> str:
    """Return the query string that compares the others with `uid`."""
    query = QueryDict(mutable=True)
    query.setlist("q", [uid, *(other for other in uids if other != uid)])
    return without_blanks(query)
