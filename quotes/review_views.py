"""The pages on which people decide about quotations, see what was decided, and undo it.

What can be decided is quotes/decisions.py's matter. A decision leads to the next quotation of the
queue; one that cannot be taken is shown again with what was typed: 400 where it cannot be, 409
with what others have decided meanwhile where they were faster.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from quotes import decisions, history, speaker_search
from quotes.forms import without_blanks
from quotes.models import Decision, Quotation, QuotationQuerySet, Speaker, SpeakerLink
from quotes.pages import for_readers, for_reviewers, render_list, suggested_outlets
from quotes.params import PAGES
from quotes.review_forms import (
    DecideForm,
    DecisionFilter,
    ReviewFilter,
    SpeakerForm,
    WordsForm,
)
from quotes.views import context_of, evidence

REFUSED, CONFLICT = 400, 409
SAVED = "review_queue"
CANDIDATES, TYPED = 40, 8
_PLACE_IN_QUEUE = ("after", "before", "done", "undone")


def person(request: HttpRequest) -> User:
    """Return who is signed in; `for_reviewers` has made sure that somebody is."""
    return cast("User", request.user)


def waiting(request: HttpRequest, form: ReviewFilter) -> QuotationQuerySet:
    """Return the quotations that wait for review, least certain first."""
    return form.apply(Quotation.objects.visible_to(request.user).current())


# --- the queue


@for_readers
def queue(request: HttpRequest) -> HttpResponse:
    """Show the next quotation that waits for review: after or before another one, if asked."""
    if not request.GET and (saved := request.session.get(SAVED)):
        return redirect(f"{request.path}?{saved}")
    form = ReviewFilter(_filters(request.GET))
    if form.is_valid() and request.GET and decisions.may_decide(request.user):
        request.session[SAVED] = without_blanks(_filters(request.GET))
    rows = waiting(request, form)
    found = _at(rows, request.GET)
    if found is None:
        return _nothing_left(request, form, rows)
    return _page(request, found, form)


@for_reviewers
def item(request: HttpRequest, uid: str) -> HttpResponse:
    """Show a quotation for review; take what is decided about it and go on in the queue."""
    found = get_object_or_404(Quotation.objects.visible_to(request.user), uid=uid)
    form = ReviewFilter(_filters(request.GET))
    if request.method != "POST":
        return _page(request, found, form)
    asked = _asked(request, found)
    filters = ReviewFilter(_filters(QueryDict(asked.data.get("queue", ""))))
    if not asked.is_valid():
        return _page(request, found, filters, asked=asked, status=REFUSED)
    try:
        decided = _TAKE[_action(request)](found, person(request), asked.cleaned_data)
    except decisions.Stale as stale:
        return _conflict(request, found, asked, stale)
    except decisions.Refused as refused:
        return _page(request, found, filters, asked=asked, refused=str(refused), status=REFUSED)
    query = _going_on(filters, after=found.uid, done=str(decided.uid))
    return redirect(f"{reverse('review')}?{query}")


def _filters(query: QueryDict) -> QueryDict:
    """Return a query without where in the queue one is."""
    kept = query.copy()
    for name in _PLACE_IN_QUEUE:
        kept.pop(name, None)
    return kept


def _going_on(form: ReviewFilter, **more: str) -> str:
    query = without_blanks(form.query)
    return "&".join(part for part in (query, urlencode(more)) if part)


def _at(rows: QuotationQuerySet, query: QueryDict) -> Quotation | None:
    """Return the row after, or before, the one that the query names; else the first."""
    for name, step in (("after", 1), ("before", -1)):
        if here := Quotation.objects.filter(uid=query.get(name, "")).first():
            sure, pk = here.speaker_confidence, here.pk
            if step > 0:
                near = Q(speaker_confidence__gt=sure) | Q(speaker_confidence=sure, pk__gt=pk)
                return rows.filter(near).first()
            near = Q(speaker_confidence__lt=sure) | Q(speaker_confidence=sure, pk__lt=pk)
            return rows.filter(near).reverse().first() or rows.first()
    return rows.first()


def _nothing_left(
    request: HttpRequest, form: ReviewFilter, rows: QuotationQuerySet
) -> HttpResponse:
    context = {
        "form": form,
        "left": _left(rows),
        "query": _going_on(form),
        "outlets": suggested_outlets(),
        **_done(request),
    }
    return render(
        request, "quotes/review_empty.html", context, status=200 if form.is_valid() else REFUSED
    )


class Left(NamedTuple):
    """How many quotations wait; counted up to a cap."""

    total: int
    capped: bool


def _left(rows: QuotationQuerySet) -> Left:
    counted = rows.order_by()[: PAGES.review_counted + 1].count()
    return Left(min(counted, PAGES.review_counted), counted > PAGES.review_counted)


def _done(request: HttpRequest) -> dict[str, Any]:
    """Return what the visitor has just decided, what they can undo, and how much they did today."""
    if not decisions.may_decide(request.user):
        return {"may_decide": False}
    own = Decision.objects.filter(by=person(request)).exclude(kind=Decision.Kind.UNDO)
    last = own.filter(undone_by=None).select_related("quotation", "speaker", "other_speaker")
    newest = last.first()
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    asked = request.GET.get("done", "")
    return {
        "may_decide": True,
        "last": newest,
        "done": newest if newest and str(newest.uid) == asked else None,
        "undone": _undone(request.GET.get("undone", "")),
        "today": own.filter(at__gte=midnight).count(),
    }


def _undone(uid: str) -> Decision | None:
    """Return the undoing of that address, None if there is none."""
    try:
        asked = UUID(uid)
    except ValueError:
        return None
    return Decision.objects.filter(uid=asked).select_related("undoes").first()


# --- one quotation


def _page(
    request: HttpRequest,
    row: Quotation,
    form: ReviewFilter,
    *,
    asked: DecideForm | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    found = Quotation.objects.for_page().get(pk=row.pk)
    text = found.version.text.content
    typed = asked if isinstance(asked, SpeakerForm) else None
    context = {
        "quotation": found,
        "form": form,
        "outlets": suggested_outlets(),
        "query": _going_on(form),
        "left": _left(waiting(request, form)),
        "context": context_of(found, text),
        "content_spans": found.spans_of("content"),
        "evidence": evidence(found, text),
        "seen": decisions.seen(found),
        "others": decisions.others_of(found).count(),
        "candidates": _candidates(found),
        "matches": typed.matches if typed else (),
        "kinds": SpeakerForm.base_fields["kind"].choices,  # type: ignore[attr-defined]
        "asked": asked,
        "refused": refused,
        "latest": decisions.of_quotation(found).select_related("undone_by").first(),
        "why_max": decisions.WHY_CHARS,
        **_done(request),
    }
    return render(request, "quotes/review.html", context, status=status)


def _candidates(row: Quotation) -> list[Speaker]:
    """Return the other speakers whom the article names."""
    quoted = Quotation.objects.filter(version=row.version, speaker__isnull=False)
    meant = SpeakerLink.objects.filter(article=row.version.article_id)
    # From the article to its few speakers: joined, all speakers would be looked through for it.
    here = quoted.order_by().values("speaker").union(meant.order_by().values("speaker"))
    found = Speaker.objects.roots().filter(pk__in=here)
    if row.speaker_id is not None:
        found = found.exclude(pk=row.speaker_id)
    return list(found.order_by("name", "pk")[:CANDIDATES])


@for_reviewers
def find_speakers(request: HttpRequest) -> HttpResponse:
    """Offer the speakers who fit what has been typed, as a part of the review page."""
    query = request.GET.get("name", "").replace("\0", "")[: decisions.NAME_CHARS]
    found, more = speaker_search.suggest(Speaker.objects.all(), query, limit=TYPED)
    context = {"matches": found, "more": more, "typed": query}
    return render(request, "quotes/_review_matches.html", context)


# --- deciding


def _action(request: HttpRequest) -> str:
    return request.POST.get("action", "")


def _asked(request: HttpRequest, row: Quotation) -> DecideForm:
    """Return the bound form of the action asked for."""
    action = _action(request)
    if action == "words":
        return WordsForm(request.POST, text=row.version.text.content)
    form = SpeakerForm(request.POST) if action == "speaker" else DecideForm(request.POST)
    if action not in _TAKE:
        form.add_error(None, f"Choose one of {', '.join(_TAKE)}: there is no action “{action}”.")
    return form


Taken = Callable[[Quotation, User, dict[str, Any]], Decision]


def _confirm(row: Quotation, user: User, asked: dict[str, Any]) -> Decision:
    return decisions.confirm(row, user, seen=asked["seen"], why=asked["why"])


def _reject(row: Quotation, user: User, asked: dict[str, Any]) -> Decision:
    return decisions.reject(row, user, seen=asked["seen"], why=asked["why"])


def _correct_words(row: Quotation, user: User, asked: dict[str, Any]) -> Decision:
    return decisions.correct_words(row, asked["pieces"], user, seen=asked["seen"], why=asked["why"])


def _correct_speaker(row: Quotation, user: User, asked: dict[str, Any]) -> Decision:
    return decisions.correct_speaker(
        row,
        asked["chosen"],
        user,
        everywhere=asked["everywhere"],
        seen=asked["seen"],
        why=asked["why"],
    )


_TAKE: dict[str, Taken] = {
    "confirm": _confirm,
    "reject": _reject,
    "words": _correct_words,
    "speaker": _correct_speaker,
}


def _conflict(
    request: HttpRequest, row: Quotation, asked: DecideForm, stale: decisions.Stale
) -> HttpResponse:
    """Show what others have decided meanwhile, and what the visitor wanted, to decide anew."""
    now = Quotation.objects.for_page().get(pk=row.pk)
    kept = [(name, value) for name, values in asked.data.lists() for value in values]  # type: ignore[attr-defined]
    left_out = {"csrfmiddlewaretoken", "seen"}
    filters = ReviewFilter(_filters(QueryDict(asked.cleaned_data["queue"])))
    context = {
        "quotation": now,
        "latest": stale.latest,
        "changes": history.differences(stale.latest) if stale.latest else (),
        "problem": str(stale),
        "wanted": _wanted(asked),
        "why": asked.cleaned_data["why"],
        "kept": [(name, value) for name, value in kept if name not in left_out],
        "seen": decisions.seen(now),
        "onward": f"{reverse('review')}?{_going_on(filters, after=now.uid)}",
    }
    return render(request, "quotes/review_conflict.html", context, status=CONFLICT)


def _wanted(asked: DecideForm) -> str:
    """Return in words what was asked for."""
    if isinstance(asked, WordsForm):
        return f"the words “{' … '.join(asked.text[a:b] for a, b in asked.cleaned_data['pieces'])}”"
    if isinstance(asked, SpeakerForm):
        chosen = asked.cleaned_data["chosen"]
        name = getattr(chosen, "name", "") or getattr(chosen, "description", "")
        return f"the speaker {name or 'nobody named'}"
    return "to mark it as not a quotation" if asked.data["action"] == "reject" else "to confirm it"


# --- what was decided


@for_readers
def history_page(request: HttpRequest, uid: str) -> HttpResponse:
    """Show all that people and runs have changed in a quotation, newest first."""
    found = get_object_or_404(Quotation.objects.visible_to(request.user).for_page(), uid=uid)
    context = {
        "quotation": found,
        "entries": history.of_quotation(found),
        "reading": history.machine_reading(found),
        "may_decide": decisions.may_decide(request.user),
    }
    return render(request, "quotes/history.html", context)


@for_readers
def decision_list(request: HttpRequest) -> HttpResponse:
    """List the decisions of everybody, newest first."""
    form = DecisionFilter(request.GET)
    rows = history.in_words(Decision.objects.select_related("quotation__version"))
    rows = rows.filter(form.condition()) if form.is_valid() else rows.none()
    return render_list(
        request,
        "quotes/decision_list.html",
        form,
        rows,
        may_decide=decisions.may_decide(request.user),
    )


@require_POST
@for_reviewers
def undo(request: HttpRequest, uid: str) -> HttpResponse:
    """Undo a decision, and go where the form says; 409 with the reason where it cannot be."""
    decision = get_object_or_404(
        Decision.objects.select_related("quotation__version", "speaker", "other_speaker"), uid=uid
    )
    onward = _onward(request, decision)
    try:
        taken = decisions.undo(decision, person(request), why=request.POST.get("why", ""))
    except decisions.Refused as refused:
        context = {
            "decision": decision,
            "problem": str(refused),
            "blocking": decisions.blocking(decision),
            "onward": onward,
        }
        return render(request, "quotes/undo_refused.html", context, status=CONFLICT)
    if onward.startswith(reverse("review")):
        onward += f"{'&' if '?' in onward else '?'}undone={taken.uid}"
    return redirect(onward)


def _onward(request: HttpRequest, decision: Decision) -> str:
    """Return where to go after undoing: an address of this site that the form gives."""
    asked = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(asked, {request.get_host()}, request.is_secure()):
        return asked
    about = decision.quotation or decision.speaker
    return about.get_absolute_url() if about else reverse("decisions")
