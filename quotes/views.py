"""The pages. Each view reads named queries, validates by a form and renders; it decides nothing."""

from bisect import bisect_right
from typing import Any, NamedTuple

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from quotes import (
    addresses,
    citations,
    highlights,
    history,
    kept_counts,
    plain_words,
    verification,
)
from quotes.citation_forms import FORMS
from quotes.forms import (
    SpeakerFilter,
)
from quotes.models import (
    SAID,
    Quotation,
    QuotationQuerySet,
    Speaker,
)
from quotes.nlp.document import Act, Kind
from quotes.pages import for_readers, shown_quotations
from quotes.params import PAGES
from quotes.search import Filters, newest_first, search

HOME_ROWS, HOME_SPEAKERS, SPECIMEN_FROM = 6, 12, 200
OTHERS_SHOWN = 5
CONTEXT_PARAGRAPHS = 1
EVIDENCE_ROLES = ("cue", "medium", "mention", "antecedent", "name")
# By the ending of the file that a reference manager imports; the text is on the page itself.
CITE_FORMATS = {form.ending: form for name, form in FORMS.items() if name != "text"}

# What no crawler should read: others' texts, what is somebody's own, what costs much to make.
_NOT_CRAWLED = (
    "articles", "statements", "compare", "search", "check", "review", "decisions", "collections",
    "saved-searches", "exports", "imports", "feeds", "runs", "status", "account", "api-root",
    "admin:index",
)  # fmt: skip


# --- home and about


@for_readers
def home(request: HttpRequest) -> HttpResponse:
    """Show what this is, by what it holds."""
    # By the search's index: in the tables' own order PostgreSQL would sort all articles first.
    shown: Any = newest_first(shown_quotations(request).speech())
    quotes = shown.order_by("-recency")
    speakers = Speaker.objects.visible_to(request.user).for_list()
    # Of the newest, which an index gives: the best of all would be looked for among all.
    specimen = shown_quotations(request).filter(
        pk__in=list(quotes.values_list("pk", flat=True)[:SPECIMEN_FROM]),
        speaker__isnull=False,
        kind__in=[Kind.DIRECT, Kind.MIXED],
        factuality__in=SAID,
        speaker_confidence__gte=PAGES.confidence_likely_from,
    )
    return render(
        request,
        "quotes/home.html",
        {
            "specimen": specimen.order_by("-speaker_confidence", "-id").first(),
            "latest": quotes[:HOME_ROWS],
            "speakers": speakers.order_by(*SpeakerFilter.SORTS["most"])[:HOME_SPEAKERS],
            "counts": kept_counts.counts(),
        },
    )


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Explain how quotations are found, what confidence means, and where the limits are."""
    means = plain_words.FACTUALITY_MEANS
    return render(
        request,
        "quotes/about.html",
        {
            "params": PAGES,
            "kinds": plain_words.KIND_MEANS,
            "not_said": {label: means[key] for key, label in plain_words.NOT_SAID.items()},
            "bands": plain_words.CONFIDENCE_MEANS,
        },
    )


@require_safe
def favicon(_: HttpRequest) -> HttpResponse:
    """Lead to the icon from where browsers look for it: pages of others (the admin) name none."""
    return redirect(static("quotes/icon.svg"))


def robots(_: HttpRequest) -> HttpResponse:
    """Say what programs that follow links may read (RFC 9309): docs/decisions/0033.

    Stored articles are their publishers' texts, and a filtered list has addresses without end.
    """
    closed = [*map(reverse, _NOT_CRAWLED), "/*?"] if settings.PUBLIC_READS else ["/"]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


# --- quotations


@for_readers
def permalink(request: HttpRequest, uid: str) -> HttpResponse:
    """Lead from the permanent short address, as it is read on paper, to the quotation's page."""
    rows = Quotation.objects.visible_to(request.user)
    return redirect(get_object_or_404(rows, uid=addresses.as_read(uid)))


class Step(NamedTuple):
    """A step of the evidence for the speaker, for the reader."""

    name: str
    words: str
    means: str
    paragraph: int
    href: str


def evidence(quotation: Quotation, text: str) -> list[Step]:
    """Return the chain from the quotation to its speaker, in the order in which it was built."""
    starts = highlights.paragraph_places(text)
    path = quotation.version.get_absolute_url()
    joint = "&" if "?" in path else "?"
    spans = [span for role in EVIDENCE_ROLES for span in quotation.spans_of(role)]
    if not quotation.spans_of("mention"):
        spans = quotation.spans_of("source") + spans
    steps: list[Step] = []
    told: set[str] = set()
    for span in spans:
        # An antecedent is found by the rule of its mention: once explained is enough.
        rule = "" if span.rule in told else span.rule
        told.add(rule)
        number = bisect_right(starts, span.start)
        steps.append(
            Step(
                plain_words.STEP_NAMES.get(span.role, span.role),
                span.exact,
                plain_words.step_means(span.role, rule),
                number,
                f"{path}{joint}paragraph={number}#p{number}",
            )
        )
    return steps


def context_of(quotation: Quotation, text: str) -> list[highlights.MarkedBlock]:
    """Return the paragraphs of the quotation and one each side, marked by role."""
    shown = quotation.spans_of("content") + quotation.spans_of("cue")
    shown += quotation.spans_of("source")
    marks = [highlights.Mark(span.start, span.end, span.role) for span in shown]
    starts = highlights.paragraph_places(text)
    numbers = [bisect_right(starts, span.start) for span in shown]
    numbers += [bisect_right(starts, span.end - 1) for span in shown]
    return highlights.marked_paragraphs(
        text,
        marks,
        min(numbers, default=quotation.paragraph_index) - CONTEXT_PARAGRAPHS,
        max(numbers, default=quotation.paragraph_index) + CONTEXT_PARAGRAPHS,
    )


_SHORT = ("uid", "content", "factuality")  # all that a link to a quotation shows


def neighbours(quotation: Quotation, rows: QuotationQuerySet) -> dict[str, Quotation | None]:
    """Return the quotations before and after this one in its article."""
    inside = rows.filter(version=quotation.version).speech().select_related(None).only(*_SHORT)
    return {
        "previous": inside.filter(position__lt=quotation.position).order_by("-position").first(),
        "next": inside.filter(position__gt=quotation.position).order_by("position").first(),
    }


def others_of(quotation: Quotation, rows: QuotationQuerySet) -> list[Quotation]:
    """Return the newest of `rows` by the same speaker; one query, none where nobody is named.

    By the search's index, which has the newest of thousands.
    """
    if quotation.speaker_id is None:
        return []
    filters = Filters(act=Act.SPEECH, speakers=(quotation.speaker_id,))
    dated = rows.select_related(None).select_related("version")
    dated = dated.only(*_SHORT, "version__published_on")
    found: Any = search(dated, "", filters=filters)
    newest = found.order_by("-recency")[: OTHERS_SHOWN + 1]
    return [row for row in newest if row.pk != quotation.pk][:OTHERS_SHOWN]


@for_readers
def quotation(request: HttpRequest, uid: str) -> HttpResponse:
    """Show a quotation in its context, with speaker, evidence, provenance and citation.

    Its words are sliced and its text's hash is compared anew, each time.
    """
    found = _of_page(request, uid)
    verdict = verification.verify(found, request.user)
    text = verification.stored_text(found) or ""
    rows = shown_quotations(request)
    citable = found.citable()
    steps = history.of_quotation(found)
    return render(
        request,
        "quotes/quotation.html",
        {
            "quotation": found,
            "content_spans": found.spans_of("content"),
            "context": context_of(found, text),
            "evidence": evidence(found, text),
            "verdict": verdict,
            "checked_at": timezone.now(),
            "short_address": f"{settings.SITE_URL}{reverse('permalink', args=[found.uid])}",
            "steps": steps[: PAGES.history_steps],
            "more_steps": len(steps) if len(steps) > PAGES.history_steps else 0,
            "run": found.extraction.run,
            "others": others_of(found, rows),
            "address": citable.address,
            "live": citations.text_fragment_url(citable) if found.version.article.url else "",
            **neighbours(found, rows),
        },
    )


def _of_page(request: HttpRequest, uid: str) -> Quotation:
    """Return a quotation with all that its page shows, though its stored text be missing."""
    mine = Quotation.objects.visible_to(request.user).filter(uid=uid)
    found = mine.for_page().first()
    return found or get_object_or_404(mine.for_list().prefetch_related("spans"))


@for_readers
def cite(request: HttpRequest, uid: str, form: str) -> HttpResponse:
    """Send the citation as a file that a reference manager imports."""
    if form not in CITE_FORMATS:
        raise Http404(f"no citation format {form!r}; there are {', '.join(CITE_FORMATS)}")
    found = get_object_or_404(Quotation.objects.visible_to(request.user).for_page(), uid=uid)
    style = CITE_FORMATS[form]
    return HttpResponse(
        style.write(verification.citable(found, verification.verify(found, request.user))),
        content_type=f"{style.media_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="quote-{found.uid}.{form}"'},
    )
