"""The pages of speakers. Each view reads named queries, validates by a form and renders."""

from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from quotes import decisions, history, kept_profiles, profiles, speaker_search
from quotes.forms import SpeakerFilter, SpeakerQuotationFilter
from quotes.models import Decision, Quotation, Speaker, SpeakerSuggestion
from quotes.pages import for_readers, render_list, suggested_outlets
from quotes.paging import InParts
from quotes.params import PAGES, SEARCH
from quotes.search_newest import count_to
from quotes.speaker_forms import by_slug


def shown_speakers(request: HttpRequest) -> QuerySet[Speaker]:
    """Return the speakers whom the visitor may see, merged ones too."""
    return Speaker.objects.visible_to(request.user).select_related("main_outlet")


# --- the list


@for_readers
def speakers(request: HttpRequest) -> HttpResponse:
    """List the speakers that have a current quotation."""
    form = SpeakerFilter(request.GET)
    listed = Speaker.objects.visible_to(request.user).for_list()
    return render_list(
        request,
        "quotes/speaker_list.html",
        form,
        form.apply(listed),
        letters=letters(listed, form),
        open_suggestions=SpeakerSuggestion.objects.filter(
            status=SpeakerSuggestion.Status.OPEN
        ).count(),
    )


def letters(listed: QuerySet[Speaker], form: SpeakerFilter) -> list[tuple[str, str, bool]]:
    """Return the first letters of all names: letter, query string, and whether it is chosen."""
    chosen = form.cleaned_data.get("letter", "").upper() if form.is_valid() else ""
    kept = {k: v for k, v in form.query.items() if k in {"kind", "sort"} and v}
    found = listed.order_by("initial").values_list("initial", flat=True).distinct()
    plain = sorted({letter for letter in found if letter.isalpha()})
    return [(one, urlencode({**kept, "letter": one}), one == chosen) for one in plain]


# --- one speaker


@for_readers
def speaker(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a speaker: names, roles, counts, quotations, who may be the same, decisions."""
    found = get_object_or_404(shown_speakers(request), slug=slug)
    if found.merged_into_id is not None:
        return _moved(found)
    form = SpeakerQuotationFilter(request.GET, found)
    shown = Quotation.objects.visible_to(request.user).current()
    listed = shown.for_list()
    rows = form.apply(listed)
    # A column has the number of all; narrowed, the list is counted.
    is_all = form.is_valid() and not form.chips()
    return render_list(
        request,
        "quotes/speaker.html",
        form,
        InParts(partial(form.part_of, listed, rows), partial(count_to, rows)),
        known=found.quotation_count if is_all else None,
        # As on the search's page: each page costs as much as all before it.
        cap=SEARCH.counted,
        speaker=found,
        narrowed=bool(form.chips()) or form.data.get("page", "1") != "1",
        outlets=suggested_outlets(),
        notice=_notice(request, found),
        similar=speaker_search.similar(found, limit=PAGES.similar_names),
        unsure=profiles.unsure_links(found),
        decisions=_history(found),
        may_decide=decisions.may_decide(request.user),
        profile_kept_s=PAGES.profile_kept_s,
        told=kept_profiles.told(found, shown),
    )


def _history(found: Speaker) -> list[Decision]:
    """Return the latest decisions; two queries, or one for the many of whom nobody decided."""
    keys = list(decisions.of_speaker(found).values_list("pk", flat=True)[: PAGES.decisions_shown])
    return list(history.in_words(Decision.objects.filter(pk__in=keys))) if keys else []


def _moved(merged: Speaker) -> HttpResponse:
    """Lead from a merged speaker's address to who it is now, for good, unless that is undone."""
    target = decisions.root(merged)
    response = redirect(f"{target.get_absolute_url()}?from={merged.slug}", permanent=True)
    # An undone merge gives the address back: browsers have to ask again.
    response.headers["Cache-Control"] = "no-cache"
    return response


def _notice(request: HttpRequest, found: Speaker) -> dict[str, Any] | None:
    """Return what brought the visitor here: a decision just taken, or a merged speaker."""
    if done := request.GET.get("done"):
        return {"done": _decision(found, done)}
    if slug := request.GET.get("from"):
        merged = by_slug(slug).filter(merged_into__isnull=False).first()
        if merged and decisions.root(merged) == found:
            taken = Decision.objects.filter(kind=Decision.Kind.MERGE, speaker=merged)
            return {"merged": merged, "decision": taken.filter(undone_by=None).first()}
    return None


def _decision(found: Speaker, uid: str) -> Decision | None:
    rows = {str(row.uid): row for row in decisions.of_speaker(found)[: PAGES.decisions_shown]}
    return rows.get(uid)


# --- while one types


@for_readers
def suggest(request: HttpRequest) -> HttpResponse:
    """Suggest speakers for the first letters of a name: JSON for scripts, a page for people."""
    query = request.GET.get("q", "")
    is_json = request.GET.get("format") == "json" or not request.accepts("text/html")
    if len(query) > PAGES.name_max_chars or "\0" in query:
        problem = f"A name of at most {PAGES.name_max_chars} characters can be looked up."
        return _suggested(request, query, [], more=False, problem=problem, is_json=is_json)
    found, more = speaker_search.suggest(
        Speaker.objects.visible_to(request.user),
        query,
        leave_out=by_slug(request.GET.get("not", "")).values_list("pk", flat=True),
        limit=PAGES.names_suggested,
    )
    return _suggested(request, query, found, more=more, problem="", is_json=is_json)


def _suggested(
    request: HttpRequest,
    query: str,
    found: list[speaker_search.Found],
    *,
    more: bool,
    problem: str,
    is_json: bool,
) -> HttpResponse:
    status = 400 if problem else 200
    if is_json:
        rows = [as_json(row) for row in found]
        body = {"detail": problem} if problem else {"query": query, "more": more, "speakers": rows}
        return JsonResponse(body, status=status)
    context = {"query": query, "found": found, "more": more, "problem": problem}
    return render(request, "quotes/speaker_suggest.html", context, status=status)


def as_json(found: speaker_search.Found) -> dict[str, Any]:
    """Return a suggested speaker as scripts read it."""
    row = found.speaker
    return {
        "slug": row.slug,
        "name": row.name,
        "kind": row.kind,
        "description": row.description,
        "role": row.main_role,
        "outlet": row.main_outlet.name if row.main_outlet else "",
        "quotation_count": row.quotation_count,
        "first_quoted_on": row.first_quoted_on,
        "last_quoted_on": row.last_quoted_on,
        "matched": found.matched,
        "detail": speaker_search.detail_of(row),
        "address": reverse("speaker", args=[row.slug]),
    }
