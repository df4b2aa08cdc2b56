"""The pages on which people merge, rename, tell apart speakers; to split: speaker_split_views.py.

What is decided, and whether it may be, is quotes/decisions.py's; here it is shown before, asked
for, and answered: 409 with what has changed where somebody was faster, 400 where it cannot be.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from quotes import decisions, kept_profiles, speaker_search
from quotes.forms import ListFilter
from quotes.models import (
    ArticleVersion,
    Decision,
    Quotation,
    Speaker,
    SpeakerSuggestion,
)
from quotes.pages import for_reviewers, render_list
from quotes.params import PAGES
from quotes.search import Filters, search
from quotes.speaker_forms import (
    ChooseForm,
    DecisionForm,
    EditForm,
    MergeForm,
    by_slug,
    own,
)

CONFLICT, REFUSED = 409, 400


def person(request: HttpRequest) -> User:
    """Return who is signed in; `for_reviewers` has made sure that somebody is."""
    return cast("User", request.user)


def asked_for(slug: str) -> Speaker:
    """Return the speaker of that address, or who it has been merged into; Http404 for none."""
    return decisions.root(get_object_or_404(by_slug(slug).select_related("main_outlet")))


def done(decision: Decision, shown: Speaker) -> HttpResponse:
    """Lead to a speaker's page, which tells of the decision and offers to undo it."""
    return redirect(f"{shown.get_absolute_url()}?done={decision.uid}")


@dataclass(frozen=True)
class Answer:
    """Why a decision was not taken: a sentence, the status, and who was faster, if known."""

    problem: str = ""
    status: int = 200
    latest: Decision | None = None

    @classmethod
    def of(cls, refused: decisions.Refused) -> "Answer":
        """Return the answer to a decision that was refused."""
        if isinstance(refused, decisions.Stale):
            return cls(str(refused), CONFLICT, refused.latest)
        return cls(str(refused), REFUSED)


FINE = Answer()


def again(form: Any, one: Speaker) -> Any:
    """Return the form as it was filled in, but as of now: to be looked at and sent again."""
    data = form.data.copy()
    data["seen"] = decisions.seen(one)
    form.data = data
    return form


# --- merge


@for_reviewers
def merge(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose another speaker, see both side by side, and decide that they are one."""
    one = asked_for(slug)
    if request.method != "POST":
        return _merge_page(request, one, FINE)
    form = MergeForm(request.POST)
    if not form.is_valid():
        problem = " ".join(message for _, message in form.problems())
        return _merge_page(request, one, Answer(problem, REFUSED))
    into: Speaker = form.cleaned_data["into"]
    try:
        taken = decisions.merge(
            one,
            into,
            person(request),
            seen=form.cleaned_data["seen"],
            into_seen=form.cleaned_data["into_seen"],
            why=form.cleaned_data["why"],
        )
    except decisions.Refused as refused:
        return _merge_page(request, one, Answer.of(refused), into)
    return done(taken, into)


def _merge_page(
    request: HttpRequest, one: Speaker, answer: Answer, into: Speaker | None = None
) -> HttpResponse:
    asked = request.GET.get("into", "")
    choose = ChooseForm({"into": asked} if asked else None, leave_out=one)
    if asked and choose.is_valid():
        into = choose.cleaned_data["into"]
    if into == one and answer.status != CONFLICT:
        answer = Answer(_is_itself(one, asked or request.POST.get("into", "")), REFUSED)
    found = speaker_search.suggest(Speaker.objects.all(), asked, leave_out=[one.pk], limit=10)[0]
    context = {
        "speaker": one,
        "choose": choose,
        "asked": asked,
        "candidates": choose.namesakes or [row.speaker for row in found],
        "similar": speaker_search.similar(one, limit=PAGES.similar_names),
        "answer": answer,
    }
    if into is not None and into != one:
        form = MergeForm(
            initial={
                "into": into.slug,
                "seen": decisions.seen(one),
                "into_seen": decisions.seen(into),
                "why": request.POST.get("why", "")[: decisions.WHY_CHARS],
            }
        )
        context |= {"into": into, "form": form, "preview": preview(one, into)}
    return render(request, "quotes/speaker_merge.html", context, status=answer.status)


def _is_itself(one: Speaker, asked: str) -> str:
    """Return why `one` cannot be merged into who was asked for, which is `one` in the end."""
    merged = by_slug(asked).filter(merged_into__isnull=False).first()
    if merged is None:
        return f"{one.name} cannot be merged into itself; choose another speaker."
    return (
        f"{merged.name} has been merged into {one.name}, so the two are one already and the merge"
        " would go in a circle; undo the earlier merge to turn it round."
    )


class Fact(NamedTuple):
    """What is said of both speakers before a merge, and of the one that is left after it."""

    label: str
    one: str
    other: str
    after: str
    differs: bool = False


class Preview(NamedTuple):
    """What a merge would do: facts side by side, articles that quote both, a word of warning.

    `is_least`: there may be more such articles than were counted.
    """

    facts: list[Fact]
    together: list[ArticleVersion]
    together_count: int
    is_least: bool
    warnings: list[str]


def preview(one: Speaker, into: Speaker) -> Preview:
    """Return what merging `one` into `into` would do. Four queries; five of much quoted ones."""
    names = [sorted({s.name, *s.names.values_list("name", flat=True)}) for s in (one, into)]
    few, many = sorted((one, into), key=lambda row: row.quotation_count)
    is_least = kept_profiles.is_kept(few)
    # Of thousands the newest are looked at: each costs a look at its article.
    looked_at: Any = _newest_versions(few) if is_least else own(few).order_by().values("version")
    with_many = Exists(own(many).filter(version=OuterRef("pk")))
    both = ArticleVersion.objects.current().filter(with_many, pk__in=looked_at)
    together = both.count()
    return Preview(
        _facts(one, into, names),
        list(both.select_related("article__outlet").order_by("-pk")[:5]) if together else [],
        together,
        is_least,
        list(_warnings(one, into, f"{'At least ' if is_least else ''}{together:,}", together)),
    )


def _newest_versions(one: Speaker) -> list[int]:
    """Return the keys of the article versions of a speaker's newest quotations, each once."""
    rows: Any = search(Quotation.objects.current(), "", filters=Filters(speakers=(one.pk,)))
    newest = rows.order_by("-recency").values_list("version_id", flat=True)
    return list(dict.fromkeys(newest[: PAGES.ticks_read]))


def _facts(one: Speaker, into: Speaker, names: list[list[str]]) -> list[Fact]:
    total = one.quotation_count + into.quotation_count
    both = sorted({*names[0], *names[1]})
    return [
        Fact("Name", one.name, into.name, into.name),
        _fact("Kind", one.get_kind_display(), into.get_kind_display()),
        _fact("Description", one.description, into.description),
        _fact("Wikidata", one.wikidata_id, into.wikidata_id),
        Fact("Mostly", one.main_role, into.main_role, ""),
        Fact("Outlet", str(one.main_outlet or ""), str(into.main_outlet or ""), ""),
        Fact("Quoted", dates(one), dates(into), ""),
        Fact("Quotations", f"{one.quotation_count:,}", f"{into.quotation_count:,}", f"{total:,}"),
        Fact("Names", _listed(names[0]), _listed(names[1]), _listed(both)),
        Fact("Address", one.slug, into.slug, f"{into.slug}; {one.slug} leads there"),
    ]


def _listed(names: list[str]) -> str:
    more = len(names) - PAGES.profile_rows
    return "; ".join(names[: PAGES.profile_rows]) + (f" and {more} more" if more > 0 else "")


def _fact(label: str, one: str, into: str) -> Fact:
    return Fact(label, one, into, into, differs=bool(one and into and one != into))


def dates(speaker: Speaker) -> str:
    """Return from when to when a speaker is quoted, in words."""
    first, last = speaker.first_quoted_on, speaker.last_quoted_on
    if not first or not last:
        return "not dated"
    spelled = [f"{day.day} {day:%b} {day.year}" for day in (first, last)]
    return spelled[0] if first == last else " to ".join(spelled)


def _warnings(one: Speaker, into: Speaker, how_many: str, together: int) -> list[str]:
    warnings = []
    if one.wikidata_id and into.wikidata_id and one.wikidata_id != into.wikidata_id:
        warnings.append("Wikidata has them as two.")
    if (one.kind == "person") != (into.kind == "person"):
        warnings.append("One is a person, the other is not.")
    if together:
        times = "article quotes" if together == 1 else "articles quote"
        warnings.append(f"{how_many} {times} both of them: there they are likely two.")
    return warnings


# --- edit


@for_reviewers
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a speaker's name, kind, description or Wikidata identifier."""
    one = asked_for(slug)
    known = ("name", "kind", "description", "wikidata_id")
    if request.method != "POST":
        initial = {name: getattr(one, name) for name in known} | {"seen": decisions.seen(one)}
        return _edit_page(request, one, EditForm(initial=initial), FINE)
    form = EditForm(request.POST)
    if not form.is_valid():
        return _edit_page(request, one, form, Answer("This cannot be kept yet.", REFUSED))
    data = form.cleaned_data
    try:
        taken = decisions.rename(
            one,
            person(request),
            **{name: data[name] for name in known},
            seen=data["seen"],
            why=data["why"],
        )
    except decisions.Refused as refused:
        answer = Answer.of(refused)
        form = again(form, one) if answer.status == CONFLICT else form
        return _edit_page(request, one, form, answer)
    return done(taken, one)


def _edit_page(
    request: HttpRequest, one: Speaker, form: DecisionForm, answer: Answer
) -> HttpResponse:
    context = {"speaker": one, "form": form, "answer": answer}
    return render(request, "quotes/speaker_edit.html", context, status=answer.status)


# --- told apart, and the queue of suggestions


@require_POST
@for_reviewers
def different(request: HttpRequest, slug: str) -> HttpResponse:
    """Decide that two speakers who look alike are two."""
    one = asked_for(slug)
    other = asked_for(request.POST.get("other", ""))
    form = DecisionForm(request.POST)
    if not form.is_valid():
        problem = " ".join(message for _, message in form.problems())
        return conflict(request, Answer(problem, REFUSED), one)
    try:
        taken = decisions.tell_apart(one, other, person(request), why=form.cleaned_data["why"])
    except decisions.Refused as refused:
        return conflict(request, Answer.of(refused), one)
    return done(taken, one)


def conflict(request: HttpRequest, answer: Answer, shown: Speaker | None) -> HttpResponse:
    """Say on a page of its own why a decision was not taken, and where to look again."""
    context = {"answer": answer, "speaker": shown}
    return render(request, "quotes/speaker_conflict.html", context, status=answer.status)


@for_reviewers
def suggestions(request: HttpRequest) -> HttpResponse:
    """List the pairs who may be one, the most likely first."""
    rows = SpeakerSuggestion.objects.filter(
        status=SpeakerSuggestion.Status.OPEN,
        one__merged_into__isnull=True,
        other__merged_into__isnull=True,
    ).select_related("one__main_outlet", "other__main_outlet")
    form = ListFilter(request.GET)
    taken = _taken(request.GET.get("done", ""))
    return render_list(
        request,
        "quotes/speaker_suggestions.html",
        form,
        rows.order_by("-score", "pk") if form.is_valid() else rows.none(),
        taken=taken,
    )


def _taken(uid: str) -> Decision | None:
    try:
        asked = UUID(uid)
    except ValueError:
        return None
    return Decision.objects.select_related("speaker", "other_speaker").filter(uid=asked).first()


@require_POST
@for_reviewers
def decide_suggestion(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide on a pair from the queue that they are one, or two."""
    found = get_object_or_404(SpeakerSuggestion.objects.select_related("one", "other"), pk=pk)
    try:
        taken = _decide(request, found)
    except decisions.Refused as refused:
        return conflict(request, Answer.of(refused), found.one)
    page = request.POST.get("page", "")
    paged = f"&page={page}" if page.isdecimal() else ""
    return redirect(f"{reverse('speaker-suggestions')}?done={taken.uid}{paged}")


def _decide(request: HttpRequest, found: SpeakerSuggestion) -> Decision:
    shown = speaker_search.seen_pair(found)
    if found.status != SpeakerSuggestion.Status.OPEN or request.POST.get("seen") != shown:
        raise decisions.Stale(decisions.of_speaker(found.one).first())
    answer = request.POST.get("answer")
    if answer == "same":
        return decisions.accept(found, person(request))
    if answer == "different":
        return decisions.tell_apart(found.one, found.other, person(request))
    raise decisions.Refused("Say whether they are the same or different.")
