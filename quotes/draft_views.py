"""Pages that check a draft. It is nowhere kept and nowhere logged: every step sends it anew."""

from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods
from rest_framework.throttling import BaseThrottle

from quotes import (
    collections,
    draft_amended,
    draft_pages,
    draft_reading,
    drafts,
    limits,
    styled,
)
from quotes.citations import CitableQuotation
from quotes.draft_amended import DOWNLOADS, Amended
from quotes.draft_forms import CheckForm, InMemory, Wanted, seal, unseal
from quotes.draft_judging import Status
from quotes.draft_reading import Reading
from quotes.draft_texts import LOST
from quotes.drafts import Report
from quotes.limits import Client, Quota
from quotes.models import Collection, Quotation
from quotes.params import CHECKING
from quotes.refusals import InputError
from quotes.styled import STYLES

# What may be cited and put aside without a second look; of others one has to choose each.
_GOOD = (Status.VERBATIM, Status.REPORTED)
_COLLECTIONS_SHOWN = 100
# What is asked for that has the models read on.
_READS = frozenset({"progress", "read-on"})


@csrf_exempt  # before the token is read, files are told to stay in memory: see _check
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Show where a draft is put in, and what became of its quotations."""
    if not (settings.PUBLIC_READS or request.user.is_authenticated):
        return redirect_to_login(reverse("check"), reverse("login"))
    handler = InMemory(request)
    if request.method == "POST":
        request.upload_handlers = [handler]
    return _check(request, handler)


@csrf_protect
@sensitive_variables()
def _check(request: HttpRequest, handler: InMemory) -> HttpResponse:
    if request.method != "POST":
        return _ask(request, CheckForm())
    sent, files = request.POST, request.FILES  # received now, if they were not for the token
    is_cut = handler.received > CHECKING.upload_most_bytes
    form = CheckForm(sent, files, is_cut=is_cut)
    if not form.is_valid():
        return _ask(request, form, status=400)
    draft = form.draft()
    wanted = Wanted(request.POST)
    reading, over = unseal(draft.text, request.POST.get("reading", "")), None
    began = reading.read_to if reading else 0
    if reading is None or (wanted.verb in _READS and not _is_read(draft.text, reading)):
        over = _exceeded(request)
        if over and reading is None:
            return _ask(request, form, status=429, over=over)
        if not over:
            most_s = CHECKING.read_stint_s
            reading = draft_reading.read(draft.text, since=reading, most_s=most_s)
    assert reading is not None  # noqa: S101  it is only without one that a limit ends it
    if wanted.verb == "progress":
        return _progress(draft.text, reading, began)
    rows = Quotation.objects.visible_to(request.user)
    report = drafts.check(draft.text, reading, rows)
    wanted.format = draft.format if form.cleaned_data["upload"] else wanted.format
    if wanted.verb == "download":
        return _download(request, report, wanted)
    return _answer(request, report, reading, wanted, over)


def _is_read(text: str, reading: Reading) -> bool:
    """Say whether there is nothing more to be read of a draft."""
    return reading.read_to >= len(text) or reading.is_enough()


def _progress(text: str, reading: Reading, began: int) -> JsonResponse:
    """Send how far a draft is read, for the script that asks until it is `done`.

    That it also is where this stint, from `began`, read nothing: a limit is reached, or the models
    are busy.
    """
    return JsonResponse(
        {
            "reading": seal(text, reading),
            "read": reading.read_to,
            "of": len(text),
            "quotations": sum(q.end <= reading.read_to for q in reading.quotations),
            "done": reading.read_to == began or _is_read(text, reading),
        }
    )


def _ask(
    request: HttpRequest, form: CheckForm, *, status: int = 200, over: Quota | None = None
) -> HttpResponse:
    context = {"form": form, "limits": CHECKING, "over": over}
    answer = render(request, "quotes/check.html", context, status=status)
    if over:
        answer["Retry-After"] = str(over.ends_in_s)
    return answer


def _exceeded(request: HttpRequest) -> Quota | None:
    """Count a reading of the models; return the limit that it exceeds, if any."""
    user = request.user if isinstance(request.user, User) else None
    address = BaseThrottle().get_ident(cast("Any", request)) or ""
    scopes = [limits.USER if user else limits.ANON, limits.EXTRACT]
    quotas = limits.spend(Client(user, address), scopes)
    request.quotas = quotas  # type: ignore[attr-defined]
    return max((q for q in quotas if q.is_exceeded), key=lambda q: q.ends_in_s, default=None)


# --- what was found


def _answer(
    request: HttpRequest, report: Report, reading: Reading, wanted: Wanted, over: Quota | None
) -> HttpResponse:
    problem, amended, previews = "", None, dict[int, str]()
    chosen = _chosen(report, wanted)
    try:
        amended = _amended(report, chosen, wanted.style)
        previews = _previews(report, wanted.style)
    except InputError as error:
        problem = f"The citations could not be written: {error.problem}; {error.remedy}."
    told = _collect(request, report, wanted)
    # A thousand more that were not looked up would be a page of their own.
    shown = report._replace(items=report.items[: CHECKING.quotations_most])
    items = draft_pages.items(shown, chosen, amended.inserted if amended else {}, previews)
    context = {
        "report": report,
        "items": items,
        "labels": draft_pages.labels(shown),
        "parts": draft_pages.parts(report.text, items),
        "chosen": chosen,
        "amended": amended,
        "whole": amended.whole(is_markdown=wanted.format != "text") if amended else "",
        "problem": problem,
        "told": told,
        "style": wanted.style,
        "styles": STYLES.values(),
        "format": wanted.format,
        "lost": LOST.get(wanted.format, ""),
        "downloads": DOWNLOADS,
        "reading": seal(report.text, reading),
        "unread": len(report.text) - report.read_to,
        "is_enough": reading.is_enough(),
        "more": len(report.items) - len(items),
        "over": over,
        "all_good": [item.number for item in items if _is_good(item.checked) and not item.chosen],
        "collections": _own_collections(request),
        "limits": CHECKING,
        "show": request.POST.get("show", ""),
    }
    return render(request, "quotes/check_result.html", context)


def _is_good(checked: drafts.Checked) -> bool:
    return checked.status in _GOOD and checked.source is not None


def _chosen(report: Report, wanted: Wanted) -> dict[int, str]:
    """Return number -> uid of what is cited, of sources that were found; wants their spans."""
    offered = {
        item.quotation.number: [source.quotation.uid for source in item.sources]
        for item in report.items
    }
    chosen = {n: uid for n, uid in wanted.chosen.items() if uid in offered.get(n, ())}
    if wanted.verb == "all":
        good = [item for item in report.items if _is_good(item)]
        for item in good:
            chosen.setdefault(item.quotation.number, offered[item.quotation.number][0])
    return dict(sorted(chosen.items()))


def _amended(report: Report, chosen: dict[int, str], style: str) -> Amended:
    """Return the draft with its citations; raises InputError where they cannot be written."""
    citable: dict[int, CitableQuotation] = {}
    for item in report.items:
        number = item.quotation.number
        for source in item.sources:
            if chosen.get(number) == source.quotation.uid:
                citable[number] = source.quotation.citable()
    quotations = [item.quotation for item in report.items]
    return draft_amended.amend(report.text, quotations, citable, style)


def _previews(report: Report, style: str) -> dict[int, str]:
    """Return number -> citation of each first source, for scripts to show before we answer.

    In a style of notes that is a number, which hangs on all others: there is none.
    """
    firsts = {item.quotation.number: item.source for item in report.items if item.source}
    if styled.style_named(style).is_notes or not firsts:
        return {}
    citations = styled.bibliography([one.quotation.citable() for one in firsts.values()], style)
    return {n: one.in_text for n, one in zip(firsts, citations, strict=True)}


def _download(request: HttpRequest, report: Report, wanted: Wanted) -> HttpResponse:
    """Send the draft with its citations as a file."""
    form = request.POST.get("do", "").partition(":")[2]
    if form not in DOWNLOADS:
        return HttpResponse("There is no such format.", status=400, content_type="text/plain")
    try:
        amended = _amended(report, _chosen(report, wanted), wanted.style)
        made = draft_amended.write(amended, form)
    except InputError as error:
        words = f"The draft could not be written: {error.problem}; {error.remedy}."
        return HttpResponse(words, status=503, content_type="text/plain; charset=utf-8")
    kind = DOWNLOADS[form]
    return HttpResponse(
        made,
        content_type=kind.media_type,
        headers={"Content-Disposition": f'attachment; filename="draft-cited.{kind.ending}"'},
    )


# --- collections


def _own_collections(request: HttpRequest) -> list[Collection]:
    if not request.user.is_authenticated:
        return []
    return list(Collection.objects.filter(owner=request.user.pk)[:_COLLECTIONS_SHOWN])


def _collect(request: HttpRequest, report: Report, wanted: Wanted) -> dict[str, Any]:
    """Put what was found into a collection of the visitor's; return what came of it."""
    if wanted.verb != "collect" or not isinstance(request.user, User):
        return {}
    uids = [item.source.quotation.uid for item in report.items if item.source and _is_good(item)]
    name = request.POST.get("new_collection", "").strip()[:200]
    uid = request.POST.get("collection", "")
    own = Collection.objects.filter(owner=request.user)
    found = next((one for one in own if str(one.uid) == uid), None) if not name else None
    try:
        if name:
            found = collections.create(request.user, name)
        if found is None:
            return {"problem": "Choose a collection, or name a new one."}
        return {"collection": found, "added": collections.add(found, uids), "found": len(uids)}
    except InputError as error:
        return {"problem": f"This {error.problem}; {error.remedy}."}
