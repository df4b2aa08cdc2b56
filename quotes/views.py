"""The pages. Each view reads named queries, validates by a form and renders; it decides nothing."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Concatenate, NamedTuple, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db.models import Count, Max, Min, QuerySet
from django.db.models.functions import ExtractYear
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from quotes import citations, highlights, marked, plain_words
from quotes.forms import (
    ArticleFilter,
    ArticleOptions,
    ListFilter,
    QuotationFilter,
    SpeakerFilter,
    SpeakerQuotationFilter,
)
from quotes.models import (
    Article,
    ArticleVersion,
    Outlet,
    Quotation,
    QuotationQuerySet,
    Speaker,
)
from quotes.nlp.document import Kind
from quotes.paging import page_of
from quotes.params import PAGES

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

HOME_ROWS, HOME_SPEAKERS = 6, 12
OUTLETS_SUGGESTED = 200
OTHERS_SHOWN = 5
SIDE_ROWS = 300
CONTEXT_PARAGRAPHS = 1
EVIDENCE_ROLES = ("cue", "medium", "mention", "antecedent", "name")
CITE_FORMATS: dict[str, tuple[Callable[[citations.CitableQuotation], str], str]] = {
    "bib": (citations.bibtex, "application/x-bibtex"),
    "ris": (citations.ris, "application/x-research-info-systems"),
    "csl.json": (citations.csl_json, "application/vnd.citationstyles.csl+json"),
}


def for_readers(view: View[P]) -> View[P]:
    """Send visitors of a private tracker to the login page first."""

    @require_safe
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if settings.PUBLIC_READS or request.user.is_authenticated:
            return view(request, *args, **kwargs)
        return redirect_to_login(request.get_full_path(), reverse("login"))

    return cast("View[P]", guarded)


def shown_quotations(request: HttpRequest) -> QuotationQuerySet:
    """Return the current quotations that the visitor may read, loaded for a list."""
    return Quotation.objects.visible_to(request.user).current().for_list()


def suggested_outlets() -> QuerySet[Outlet]:
    """Return the outlets that the filter suggests while one types."""
    return Outlet.objects.all()[:OUTLETS_SUGGESTED]


def render_list(
    request: HttpRequest, template: str, form: ListFilter, rows: QuerySet[Any], **context: Any
) -> HttpResponse:
    """Return a page of a list, with status 400 where the form says what cannot be used."""
    page = page_of(
        rows,
        form.number if form.is_valid() else 1,
        size=PAGES.list_rows,
        cap=PAGES.count_cap,
    )
    status = 200 if form.is_valid() else 400
    return render(request, template, {"form": form, "page": page, **context}, status=status)


# --- home and about


@for_readers
def home(request: HttpRequest) -> HttpResponse:
    """Show what this is, by what it holds."""
    quotes = shown_quotations(request).speech()
    speakers = Speaker.objects.visible_to(request.user).for_list()
    specimen = quotes.filter(
        speaker__isnull=False,
        kind__in=[Kind.DIRECT, Kind.MIXED],
        speaker_confidence__gte=PAGES.confidence_likely_from,
    )
    return render(
        request,
        "quotes/home.html",
        {
            "specimen": specimen.order_by("-speaker_confidence", "-id").first(),
            "latest": quotes[:HOME_ROWS],
            "speakers": speakers.order_by(*SpeakerFilter.SORTS["most"])[:HOME_SPEAKERS],
            "counts": {
                "quotations": quotes.order_by().count(),
                "speakers": Speaker.objects.visible_to(request.user).count(),
                "articles": Article.objects.count(),
                "outlets": Outlet.objects.count(),
            },
        },
    )


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Explain how quotations are found, what confidence means, and where the limits are."""
    return render(
        request,
        "quotes/about.html",
        {"params": PAGES, "kinds": plain_words.KIND_MEANS, "bands": plain_words.CONFIDENCE_MEANS},
    )


# --- quotations


@for_readers
def quotations(request: HttpRequest) -> HttpResponse:
    """List quotations: search, filters, order, pages."""
    form = QuotationFilter(request.GET)
    rows = form.apply(shown_quotations(request))
    return render_list(
        request, "quotes/quotation_list.html", form, rows, outlets=suggested_outlets()
    )


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Lead to the list of quotations, which is the search."""
    query = request.META.get("QUERY_STRING", "")
    return redirect(reverse("quotations") + (f"?{query}" if query else ""))


@for_readers
def permalink(request: HttpRequest, uid: str) -> HttpResponse:
    """Lead from the permanent short address to the quotation's page."""
    return redirect(get_object_or_404(Quotation.objects.visible_to(request.user), uid=uid))


class Step(NamedTuple):
    """A step of the evidence for the speaker, for the reader."""

    name: str
    words: str
    means: str
    paragraph: int


def evidence(quotation: Quotation, text: str) -> list[Step]:
    """Return the chain from the quotation to its speaker, in the order in which it was built."""
    parts = highlights.blocks(text)
    spans = [span for role in EVIDENCE_ROLES for span in quotation.spans_of(role)]
    if not quotation.spans_of("mention"):
        spans = quotation.spans_of("source") + spans
    steps: list[Step] = []
    told: set[str] = set()
    for span in spans:
        # An antecedent is found by the rule of its mention: once explained is enough.
        rule = "" if span.rule in told else span.rule
        told.add(rule)
        steps.append(
            Step(
                plain_words.STEP_NAMES.get(span.role, span.role),
                span.exact,
                plain_words.step_means(span.role, rule),
                highlights.paragraph_at(parts, span.start),
            )
        )
    return steps


def context_of(quotation: Quotation, text: str) -> list[highlights.MarkedBlock]:
    """Return the paragraphs of the quotation and one each side, marked by role."""
    shown = quotation.spans_of("content") + quotation.spans_of("cue")
    shown += quotation.spans_of("source")
    marks = [highlights.Mark(span.start, span.end, span.role) for span in shown]
    parts = highlights.blocks(text)
    numbers = [highlights.paragraph_at(parts, span.start) for span in shown]
    numbers += [highlights.paragraph_at(parts, span.end - 1) for span in shown]
    return highlights.around(
        highlights.marked_blocks(text, marks),
        min(numbers, default=quotation.paragraph_index) - CONTEXT_PARAGRAPHS,
        max(numbers, default=quotation.paragraph_index) + CONTEXT_PARAGRAPHS,
    )


def neighbours(quotation: Quotation, rows: QuotationQuerySet) -> dict[str, Quotation | None]:
    """Return the quotations before and after this one in its article."""
    inside = rows.filter(version=quotation.version).speech()
    return {
        "previous": inside.filter(position__lt=quotation.position).order_by("-position").first(),
        "next": inside.filter(position__gt=quotation.position).order_by("position").first(),
    }


@for_readers
def quotation(request: HttpRequest, uid: str) -> HttpResponse:
    """Show a quotation in its context, with speaker, evidence, provenance and citation."""
    found = get_object_or_404(Quotation.objects.visible_to(request.user).for_page(), uid=uid)
    text = found.version.text.content
    rows = shown_quotations(request)
    others = rows.speech().filter(speaker=found.speaker).exclude(pk=found.pk)
    citable = found.citable()
    return render(
        request,
        "quotes/quotation.html",
        {
            "quotation": found,
            "content_spans": found.spans_of("content"),
            "context": context_of(found, text),
            "evidence": evidence(found, text),
            "problems": found.mismatches(),
            "run": found.extraction.run,
            "others": others[:OTHERS_SHOWN] if found.speaker else (),
            "citation": citations.plain_text(citable),
            "address": citable.address,
            "live": citations.text_fragment_url(citable) if found.version.article.url else "",
            "formats": CITE_FORMATS,
            **neighbours(found, rows),
        },
    )


@for_readers
def cite(request: HttpRequest, uid: str, form: str) -> HttpResponse:
    """Send the citation as a file that a reference manager imports."""
    if form not in CITE_FORMATS:
        raise Http404(f"no citation format {form!r}; there are {', '.join(CITE_FORMATS)}")
    found = get_object_or_404(Quotation.objects.visible_to(request.user).for_page(), uid=uid)
    write, media_type = CITE_FORMATS[form]
    return HttpResponse(
        write(found.citable()),
        content_type=f"{media_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="quote-{found.uid}.{form}"'},
    )


# --- articles


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


@for_readers
def article(request: HttpRequest, uid: str) -> HttpResponse:
    """Show an article's stored text with its quotations in place."""
    form = ArticleOptions(request.GET)
    versions = list(
        ArticleVersion.objects.visible_to(request.user)
        .filter(article__uid=uid)
        .with_language_note()
        .order_by("-number")
    )
    version = version_asked(form, versions)
    quotes = Quotation.objects.visible_to(request.user).filter(
        version=version, status=Quotation.Status.CURRENT
    )
    rows = list(quotes.for_list().prefetch_related("spans").order_by("position"))
    attitudes = form.is_valid() and form.cleaned_data["attitudes"]
    found = [row for row in rows if attitudes or row.act == "speech"]
    return render(
        request,
        "quotes/article.html",
        {
            "form": form,
            "version": version,
            "versions": versions,
            "quotations": found,
            "listed": found[:SIDE_ROWS],
            "attitudes": attitudes,
            "attitude_count": sum(row.act != "speech" for row in rows),
            "blocks": marked.marked_article(version.text.content, found),
        },
        status=200 if form.is_valid() else 400,
    )


# --- speakers


@for_readers
def speakers(request: HttpRequest) -> HttpResponse:
    """List the speakers that have a current quotation."""
    form = SpeakerFilter(request.GET)
    rows = form.apply(Speaker.objects.visible_to(request.user).for_list())
    return render_list(request, "quotes/speaker_list.html", form, rows)


class Bar(NamedTuple):
    """A row of a small chart: `share` is its length in percent of the longest."""

    label: str
    quotations: int
    share: float
    query: str


def bars(rows: Iterable[tuple[Any, int]], *, query: str = "", unknown: str = "") -> list[Bar]:
    """Return rows of values and counts as bars; `query` is a parameter that filters by a value."""
    pairs = list(rows)
    longest = max((count for _, count in pairs), default=1)
    return [
        Bar(
            str(value or unknown).capitalize() if query == "kind" else str(value or unknown),
            count,
            round(100 * count / longest, 1),
            f"{query}={value}" if query and value else "",
        )
        for value, count in pairs
    ]


def charts(quotes: QuotationQuerySet) -> dict[str, list[Bar]]:
    """Return counts by kind, outlet and year, in three queries."""
    plain = quotes.order_by()
    outlets = plain.values_list("version__article__outlet__name").annotate(n=Count("pk"))
    years = plain.annotate(year=ExtractYear("version__published_on")).values_list("year")
    return {
        "Kind": bars(
            plain.values_list("kind").annotate(n=Count("pk")).order_by("-n"), query="kind"
        ),
        "Outlet": bars(outlets.order_by("-n")[:8], unknown="not known"),
        "Year": bars(years.annotate(n=Count("pk")).order_by("-year")[:20], unknown="not dated"),
    }


@for_readers
def speaker(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a speaker: names, roles, counts and quotations."""
    found = get_object_or_404(Speaker.objects.visible_to(request.user), slug=slug)
    form = SpeakerQuotationFilter(request.GET)
    own = Quotation.objects.visible_to(request.user).current().filter(speaker=found)
    speech = own.speech()
    roles = (
        own.exclude(speaker_role="")
        .order_by()
        .values_list("speaker_role")
        .annotate(n=Count("pk"), seen=Max("version__published_on"))
        .order_by("-n", "speaker_role")[:12]
    )
    return render_list(
        request,
        "quotes/speaker.html",
        form,
        form.apply(own.for_list()),
        speaker=found,
        names=found.names.exclude(name=found.name),
        roles=roles,
        charts=charts(speech),
        span=speech.aggregate(
            total=Count("pk"),
            first=Min("version__published_on"),
            last=Max("version__published_on"),
        ),
        outlets=suggested_outlets(),
    )
