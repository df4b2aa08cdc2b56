"""The pages of articles: the list, and one with its quotations in place."""

from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from quotes import article_pages
from quotes.article_pages import Wanted
from quotes.forms import ArticleFilter, ArticleOptions
from quotes.models import ArticleVersion, Quotation, SourceBytes, Speaker
from quotes.pages import for_readers, render_list, suggested_outlets
from quotes.params import PAGES
from quotes.versions import Fate, compare, tally

# How many parts come by themselves while one reads on; then one is asked, or the foot of the page
# could never be reached.
_BY_ITSELF = 3
_KEPT = ("version", "attitudes", "speaker")


@for_readers
def articles(request: HttpRequest) -> HttpResponse:
    """List articles, each in its current version."""
    form = ArticleFilter(request.GET)
    versions = ArticleVersion.objects.visible_to(request.user).current().for_list()
    return render_list(
        request,
        "quotes/article_list.html",
        form,
        form.apply(versions),
        outlets=suggested_outlets(),
    )


def version_asked(form: ArticleOptions, versions: list[ArticleVersion]) -> ArticleVersion:
    """Return the version that the visitor asks for, the current one if none; Http404 if unknown."""
    number = form.cleaned_data.get("version") if form.is_valid() else None
    for version in versions:
        if version.number == number or (number is None and version.is_current):
            return version
    raise Http404(f"the article has no version {number}")


def tally_since(
    former: ArticleVersion, version: ArticleVersion, request: HttpRequest
) -> dict[Fate, int]:
    """Return how many quotations are new, changed, vanished and the same since a former version."""
    return tally(compare(former, version, Quotation.objects.visible_to(request.user)))


@for_readers
def article(request: HttpRequest, uid: str) -> HttpResponse:
    """Show an article's stored text with its quotations in place; of a long one a part.

    A part that is asked for while one reads on (by htmx) comes alone.
    """
    form = ArticleOptions(request.GET)
    versions = _versions(request, uid)
    version = version_asked(form, versions)
    status = 200 if form.is_valid() else 400
    context = {"form": form, "version": version, **_text(request, form, version)}
    if "HX-Request" in request.headers and form.is_valid() and form.cleaned_data["part"]:
        response = render(request, "quotes/_article_part.html", context)
    else:
        former = next((other for other in versions if other.number < version.number), None)
        # Of thousands of quotations the comparison has a page of its own.
        is_told = former is not None and len(context["lines"]) <= PAGES.verified_among
        context |= {
            "versions": versions,
            "former": former,
            "tally": tally_since(former, version, request) if former and is_told else None,
        }
        response = render(request, "quotes/article.html", context, status=status)
    patch_vary_headers(response, ("HX-Request",))
    return response


def _versions(request: HttpRequest, uid: str) -> list[ArticleVersion]:
    kept = SourceBytes.objects.filter(sha256=OuterRef("source_sha256"))
    return list(
        ArticleVersion.objects.visible_to(request.user)
        .filter(article__uid=uid)
        .with_language_note()
        .annotate(kept_bytes=Subquery(kept.values("length_bytes")[:1]))
        .order_by("-number")
    )


def _text(request: HttpRequest, form: ArticleOptions, version: ArticleVersion) -> dict[str, Any]:
    asked = form.cleaned_data if form.is_valid() else {}
    quotes = Quotation.objects.visible_to(request.user).filter(
        version=version, status=Quotation.Status.CURRENT
    )
    every = article_pages.lines_of(quotes)
    attitudes = bool(asked.get("attitudes"))
    lines = [line for line in every if attitudes or line.act == "speech"]
    slug = asked.get("speaker", "")
    speaker = Speaker.objects.filter(slug=slug).first() if slug else None
    chosen = {
        line: number
        for number, line in enumerate(lines, start=1)
        if not slug or (speaker and line.speaker_id == speaker.pk)
    }
    parts = article_pages.text_parts(version)
    wanted = Wanted(asked.get("part"), asked.get("quote", ""), asked.get("paragraph"))
    if slug and chosen and not any(wanted):  # where the speaker is quoted first
        wanted = wanted._replace(paragraph=next(iter(chosen)).paragraph)
    part = article_pages.chosen_part(parts, wanted, quotes)
    if part is None:
        raise Http404(f"the article has {len(parts)} parts")
    some = quotes.filter(speaker=speaker) if speaker else quotes
    shown = article_pages.shown_part(version, parts, part, some, chosen, wanted.quote)
    by_itself = (asked.get("run") or 0) + 1
    speakers, more_speakers, others = article_pages.choices(lines, speaker)
    return {
        "lines": lines,
        "total": len(lines),
        "found": len(chosen),
        "shown": shown,
        "attitudes": attitudes,
        "attitude_count": sum(line.act != "speech" for line in every),
        "speaker": speaker,
        "speaker_asked": slug,
        "speakers": speakers,
        "more_speakers": more_speakers,
        "other_speakers": others,
        "following": article_pages.following(list(chosen), shown) if len(parts) > 1 else None,
        "kept_query": _kept(request.GET),
        "all_query": _kept(request.GET, without="speaker"),
        "run": by_itself if by_itself < _BY_ITSELF else None,
    }


def _kept(query: QueryDict, without: str = "") -> str:
    """Return what a link to another part keeps of the query string, with "&" at its end."""
    kept = QueryDict(mutable=True)
    for name in _KEPT:
        value = query.get(name)
        if value and name != without:
            kept[name] = str(value)
    return f"{kept.urlencode()}&" if kept else ""
