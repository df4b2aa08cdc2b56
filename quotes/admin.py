"""The operators' view of the tables: what was stored and found is shown, not edited.

Here are articles, texts, quotations, speakers and decisions; quotes/admin_traffic.py has what comes
in and goes out, quotes/admin_accounts.py what people keep. What is corrected, is corrected on the
site's pages, where who did it and why is kept and can be undone.
"""

from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.text import Truncator

from quotes import (
    admin_accounts,  # noqa: F401  registers its tables
    admin_traffic,  # noqa: F401
    removal,
    speaker_search,
)
from quotes.admin_parts import Admin, CappedPaginator, Inline, Listed, ReadOnly
from quotes.decision_log import WHY_CHARS
from quotes.models import (
    Article,
    ArticleVersion,
    CanonicalText,
    Decision,
    Extraction,
    ExtractionRun,
    LiveCheck,
    Outlet,
    Quotation,
    QuotationQuerySet,
    QuotationSpan,
    SameStatement,
    Speaker,
    SpeakerLink,
    SpeakerName,
    SpeakerSuggestion,
    Statement,
)
from quotes.plain_words import confidence_band
from quotes.search import QueryError, search

FOUND = 1000  # of a search: more is looked for on the site's own pages

admin.site.site_header = admin.site.site_title = "Quote Tracker: operators"
admin.site.index_template = "admin/operators.html"


class Spans(ReadOnly, Inline):
    """The spans of a quotation."""

    model = QuotationSpan
    extra = 0
    fields = ("role", "position", "start", "end", "exact", "rule")


class Decisions(ReadOnly, Inline):
    """What people have decided on a quotation."""

    model = Decision
    extra = 0
    fields = readonly_fields = ("at", "kind", "by_name", "why")


class Names(ReadOnly, Inline):
    """The names of a speaker."""

    model = SpeakerName
    extra = 0
    fields = ("name", "key", "reason", "score")


class Versions(ReadOnly, Inline):
    """The versions of an article, without their texts."""

    model = ArticleVersion
    extra = 0
    fields = ("number", "is_current", "title", "published_on", "retrieved_at", "origin")
    show_change_link = True


@admin.register(Quotation)
class QuotationAdmin(Listed):
    """Quotations, found by the site's own search; the newest first."""

    list_display = (
        "uid", "page", "speaker_name", "words", "kind", "factuality", "sure", "status", "review",
    )  # fmt: skip
    # Outlets and media are many: the search has fields for them.
    list_filter = ("status", "review", "act", "factuality", "kind", "speaker_kind")
    search_fields = ("content",)
    search_help_text = (
        'words, "a phrase", -without, begin*, speaker:Roe, outlet:wire, medium:X; the newest 1000'
    )
    ordering = ("-pk",)
    inlines: ClassVar = [Spans, Decisions]

    @admin.display(description="content")
    def words(self, row: Any) -> str:
        """Return the words, cut where they are long."""
        return Truncator(row.content).chars(120)

    @admin.display(description="confidence", ordering="speaker_confidence")
    def sure(self, row: Any) -> str:
        """Return how sure words and speaker are, in words and percent."""
        band = confidence_band(row.speaker_confidence)
        return f"{band.words}, {band.percent} %"

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuotationQuerySet, bool]:
        """Return the newest quotations that match, none of them doubled; say why if none can."""
        if not search_term.strip():
            return queryset, False
        try:
            found: Any = search(queryset, search_term)
            found = found.order_by("-recency")
            return queryset.filter(pk__in=list(found.values_list("pk", flat=True)[:FOUND])), False
        except QueryError as error:
            self.message_user(request, f"The search {error}", messages.ERROR)
            return queryset.none(), False


@admin.register(ArticleVersion)
class ArticleVersionAdmin(Listed):
    """Versions with where their text came from."""

    list_display = ("display_title", "number", "is_current", "published_on", "method", "origin",
                    "page")  # fmt: skip
    list_filter = ("is_current",)
    list_select_related = ("article",)
    search_fields = ("title", "opening", "origin", "article__uid__exact")
    search_help_text = "words of the title, a part of the file or address, an article's uid"
    ordering = ("-pk",)


@admin.register(Article)
class ArticleAdmin(Listed):
    """Articles by their address."""

    list_display = ("uid", "title", "outlet", "url", "created_at", "page")
    list_select_related = ("outlet",)
    search_fields = ("uid__exact", "url", "outlet__name", "versions__title", "versions__opening")
    search_help_text = "words of a title, a uid, a part of the address, an outlet"
    ordering = ("-pk",)
    inlines: ClassVar = [Versions]
    actions = ["remove"]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the articles, each with what its current version is called."""
        current = ArticleVersion.objects.filter(article=OuterRef("pk"), is_current=True)
        called = current.values_list(Coalesce(NullIf("title", Value("")), "opening"))
        return super().get_queryset(request).annotate(called=Subquery(called[:1]))

    @admin.display(description="title")
    def title(self, row: Any) -> str:
        """Return what the article is called: its title, or its first words."""
        return row.called or ""

    def has_remove_permission(self, request: HttpRequest) -> bool:
        """Say whether the visitor may remove articles: those who may delete rows of the table."""
        return bool(request.user.has_perm("quotes.delete_article"))

    @admin.action(description="Remove the articles for good", permissions=["remove"])
    def remove(self, request: HttpRequest, rows: Any) -> TemplateResponse | None:
        """Ask for the reason, say what goes along, then remove; that it was done is kept."""
        why = " ".join(request.POST.get("why", "").split())
        if "remove" not in request.POST or not why or len(why) > WHY_CHARS:
            return self._asked(request, list(rows), why)
        table = ContentType.objects.get_for_model(Article)
        for article in list(rows):
            removed = removal.remove(article)
            LogEntry.objects.create(
                user=cast("User", request.user), content_type=table, object_id=article.uid,
                object_repr=f"{article.uid} {article.url}"[:200], action_flag=DELETION,
                change_message=f"removed with {removed.quotations} quotations: {why}",
            )  # fmt: skip
            self.message_user(request, f"{article.uid} is removed.", messages.SUCCESS)
        return None

    def _asked(self, request: HttpRequest, rows: list[Article], why: str) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "Remove articles for good",
            "articles": [(row, removal.extent(row)) for row in rows],
            "checkbox": ACTION_CHECKBOX_NAME,
            "why": why,
            "problem": f"Say why, in at most {WHY_CHARS} characters."
            if "remove" in request.POST
            else "",
        }
        return TemplateResponse(request, "admin/quotes/article/remove.html", context)


@admin.register(Speaker)
class SpeakerAdmin(Listed):
    """Speakers; reviewers correct them on their pages, where that is kept and can be undone."""

    list_display = ("name", "kind", "quotation_count", "slug", "wikidata_id", "merged_into", "page")
    list_filter = ("kind",)
    list_select_related = ("merged_into",)
    search_fields = ("name",)
    search_help_text = "how words of any of their names begin, or a Wikidata identifier"
    inlines: ClassVar = [Names]

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """Return the speakers found by the site's own search of names."""
        del request
        return speaker_search.named(queryset, search_term), False


@admin.register(SpeakerLink)
class SpeakerLinkAdmin(Listed):
    """Who is meant by a name in an article, why, and how surely."""

    list_display = ("name", "speaker", "article", "role", "reason", "score", "decided")
    list_filter = ("decided",)
    list_select_related = ("speaker", "article")
    search_fields = ("article__uid__exact", "speaker__slug__exact")
    search_help_text = "an article's uid, or the last part of a speaker's address"
    ordering = ("-pk",)


@admin.register(SpeakerSuggestion)
class SpeakerSuggestionAdmin(Listed):
    """Speakers who may be one; people decide on the site's own pages."""

    list_display = ("one", "other", "reason", "score", "status")
    list_filter = ("status",)
    list_select_related = ("one", "other")
    search_fields = ("one__name", "other__name")


@admin.register(Outlet)
class OutletAdmin(Admin):
    """Outlets."""

    list_display = ("name", "slug", "domain")
    search_fields = ("name", "domain")
    readonly_fields = ("slug",)
    paginator = CappedPaginator
    show_full_result_count = False


@admin.register(ExtractionRun)
class ExtractionRunAdmin(Listed):
    """Runs with the versions and hashes of what made the quotations."""

    list_display = ("uid", "started_at", "finished_at", "code_version", "fingerprint", "page")
    search_fields = ("fingerprint", "code_version")


@admin.register(CanonicalText)
class CanonicalTextAdmin(Listed):
    """The immutable texts."""

    list_display = ("sha256", "length_chars")
    search_fields = ("sha256__exact",)
    search_help_text = "the whole SHA-256"


@admin.register(Extraction)
class ExtractionAdmin(Listed):
    """Which run processed which version."""

    list_display = ("version", "run", "created_at", "quotation_count")
    list_select_related = ("version__article", "run")
    search_fields = ("version__article__uid__exact",)
    ordering = ("-pk",)


@admin.register(Decision)
class DecisionAdmin(Listed):
    """What people have decided; they decide, and undo, on the pages."""

    list_display = ("at", "kind", "by_name", "quotation", "speaker", "other_speaker", "why")
    list_filter = ("kind", "at")
    list_select_related = ("quotation", "speaker", "other_speaker")
    search_fields = ("by_name", "why", "speaker__name", "quotation__uid")


@admin.register(Statement)
class StatementAdmin(Listed):
    """Utterances that several quotations report; who belongs together is decided on their pages."""

    list_display = ("uid", "representative", "speaker", "reports_count", "possible_count",
                    "outlets_count", "sources_count", "first_on", "last_on", "page")  # fmt: skip
    list_filter = ("has_warnings",)
    list_select_related = ("representative", "speaker")
    search_fields = ("uid__exact", "speaker__slug__exact")
    search_help_text = "a uid, or the last part of a speaker's address"
    ordering = ("-pk",)


@admin.register(SameStatement)
class SameStatementAdmin(Listed):
    """What people have decided of pairs of quotations: one utterance, or two."""

    list_display = ("made_at", "one", "is_same", "other", "by", "comment", "undone_at")
    list_filter = ("is_same", "made_at")
    list_select_related = ("one", "other", "by")
    search_fields = ("one__uid__exact", "other__uid__exact", "by__username", "comment")


@admin.register(LiveCheck)
class LiveCheckAdmin(Listed):
    """What publishers' pages had of quotations when they were compared."""

    list_display = ("quotation", "outcome", "similarity", "checked_at", "address", "problem")
    list_filter = ("outcome",)
    list_select_related = ("quotation",)
    search_fields = ("quotation__uid__exact", "address")
    search_help_text = "a quotation's uid, or a part of the address"
    ordering = ("-pk",)
