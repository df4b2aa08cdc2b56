"""The operators' view of the tables. Texts and what the extractor made are shown, not edited."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.http import HttpRequest

from quotes import limits
from quotes.models import (
    ApiToken,
    Article,
    ArticleVersion,
    CanonicalText,
    Decision,
    Delivery,
    Export,
    Extraction,
    ExtractionRun,
    Feed,
    Import,
    ImportItem,
    Outlet,
    Quotation,
    QuotationQuerySet,
    QuotationSpan,
    RateLimit,
    SavedSearch,
    Speaker,
    SpeakerLink,
    SpeakerName,
    SpeakerSuggestion,
    Webhook,
)
from quotes.search import QueryError, search

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
    _Inline = admin.TabularInline[Any, Any]
else:  # Django's own classes take no parameters
    _Admin = admin.ModelAdmin
    _Inline = admin.TabularInline


class ReadOnly:
    """Mixin: rows are seen, but neither added, changed nor deleted by hand."""

    def has_add_permission(self, *_: Any) -> bool:
        """Return False: only store.py adds."""
        return False

    def has_change_permission(self, *_: Any) -> bool:
        """Return False: stored evidence does not change."""
        return False

    def has_delete_permission(self, *_: Any) -> bool:
        """Return False: what is cited must stay."""
        return False


class Spans(ReadOnly, _Inline):
    """The spans of a quotation."""

    model = QuotationSpan
    extra = 0
    fields = ("role", "position", "start", "end", "exact", "rule")


class Decisions(ReadOnly, _Inline):
    """What people have decided on a quotation."""

    model = Decision
    extra = 0
    fields = readonly_fields = ("at", "kind", "by_name", "why")


class Names(ReadOnly, _Inline):
    """The names of a speaker."""

    model = SpeakerName
    extra = 0
    fields = ("name", "key", "reason", "score")


class Versions(ReadOnly, _Inline):
    """The versions of an article, without their texts."""

    model = ArticleVersion
    extra = 0
    fields = ("number", "is_current", "title", "published_on", "retrieved_at", "origin")
    show_change_link = True


@admin.register(Quotation)
class QuotationAdmin(ReadOnly, _Admin):
    """Quotations, found by the site's own search."""

    list_display = (
        "uid", "speaker_name", "kind", "cue", "content", "confidence", "speaker_confidence",
        "status",
    )  # fmt: skip
    list_filter = ("status", "act", "kind", "speaker_kind", "medium", "version__article__outlet")
    list_select_related = ("speaker",)
    search_fields = ("content",)
    search_help_text = 'words, "a phrase", -without, begin*'
    inlines: ClassVar = [Spans, Decisions]
    show_full_result_count = False

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuotationQuerySet, bool]:
        """Return the quotations that match, which are never doubled; say why if none can."""
        try:
            return search(queryset, search_term), False
        except QueryError as error:
            self.message_user(request, f"The search {error}", messages.ERROR)
            return queryset.none(), False


@admin.register(ArticleVersion)
class ArticleVersionAdmin(ReadOnly, _Admin):
    """Versions with where their text came from."""

    list_display = ("display_title", "number", "is_current", "published_on", "method", "origin")
    list_filter = ("is_current", "method", "language", "article__outlet")
    list_select_related = ("article",)
    search_fields = ("title", "opening", "origin", "article__uid")
    date_hierarchy = "published_on"


@admin.register(Article)
class ArticleAdmin(ReadOnly, _Admin):
    """Articles by their address."""

    list_display = ("uid", "outlet", "url", "created_at")
    list_filter = ("outlet",)
    list_select_related = ("outlet",)
    search_fields = ("uid", "url", "identity")
    inlines: ClassVar = [Versions]


@admin.register(Speaker)
class SpeakerAdmin(ReadOnly, _Admin):
    """Speakers; reviewers correct them on their pages, where that is kept and can be undone."""

    list_display = ("name", "kind", "slug", "wikidata_id", "merged_into")
    list_filter = ("kind",)
    list_select_related = ("merged_into",)
    search_fields = ("name", "slug", "names__name", "wikidata_id")
    inlines: ClassVar = [Names]


@admin.register(SpeakerLink)
class SpeakerLinkAdmin(ReadOnly, _Admin):
    """Who is meant by a name in an article, why, and how surely."""

    list_display = ("name", "speaker", "article", "role", "reason", "score", "decided")
    list_filter = ("decided",)
    list_select_related = ("speaker", "article")
    search_fields = ("name", "speaker__name", "article__uid")
    show_full_result_count = False


@admin.register(SpeakerSuggestion)
class SpeakerSuggestionAdmin(ReadOnly, _Admin):
    """Speakers who may be one; people decide on the site's own pages."""

    list_display = ("one", "other", "reason", "score", "status")
    list_filter = ("status",)
    list_select_related = ("one", "other")
    search_fields = ("one__name", "other__name")


@admin.register(Outlet)
class OutletAdmin(_Admin):
    """Outlets."""

    list_display = ("name", "slug", "domain")
    search_fields = ("name", "domain")
    readonly_fields = ("slug",)


@admin.register(ExtractionRun)
class ExtractionRunAdmin(ReadOnly, _Admin):
    """Runs with the versions and hashes of what made the quotations."""

    list_display = ("uid", "started_at", "finished_at", "code_version", "fingerprint")
    search_fields = ("fingerprint", "code_version")


@admin.register(CanonicalText)
class CanonicalTextAdmin(ReadOnly, _Admin):
    """The immutable texts."""

    list_display = ("sha256", "length_chars")
    search_fields = ("sha256",)


@admin.register(Extraction)
class ExtractionAdmin(ReadOnly, _Admin):
    """Which run processed which version."""

    list_display = ("version", "run", "created_at", "quotation_count")
    list_select_related = ("version__article", "run")


@admin.register(Decision)
class DecisionAdmin(ReadOnly, _Admin):
    """What people have decided; they decide, and undo, on the pages."""

    list_display = ("at", "kind", "by_name", "quotation", "speaker", "other_speaker", "why")
    list_filter = ("kind", "at")
    list_select_related = ("quotation", "speaker", "other_speaker")
    search_fields = ("by_name", "why", "speaker__name", "quotation__uid")
    date_hierarchy = "at"


@admin.register(Import)
class ImportAdmin(ReadOnly, _Admin):
    """Imports: what they read, how far they are; what was refused is in the list of items."""

    list_display = (
        "uid", "kind", "state", "by_name", "created_at", "finished_at", "new", "changed", "same",
        "refused", "problem",
    )  # fmt: skip
    list_filter = ("state", "kind")
    search_fields = ("uid", "by_name", "problem", "feed__address")
    date_hierarchy = "created_at"


@admin.register(ImportItem)
class ImportItemAdmin(ReadOnly, _Admin):
    """What became of the items of imports: those refused, with the reason and what would help."""

    list_display = ("job", "number", "outcome", "origin", "line", "problem", "remedy")
    list_filter = ("outcome",)
    list_select_related = ("job",)
    search_fields = ("job__uid", "origin", "problem")
    raw_id_fields = ("version",)
    show_full_result_count = False


@admin.register(Feed)
class FeedAdmin(ReadOnly, _Admin):
    """Feeds; they are added, paused and removed on their page."""

    list_display = ("title", "address", "is_active", "checked_at", "next_check_at", "failures",
                    "problem")  # fmt: skip
    list_filter = ("is_active",)
    search_fields = ("title", "address", "problem")
    fields = readonly_fields = (
        "uid", "address", "title", "outlet", "etag", "last_modified", "is_active", "interval_s",
        "checked_at", "next_check_at", "failures", "problem", "added_by", "created_at",
    )  # fmt: skip


@admin.register(Export)
class ExportAdmin(ReadOnly, _Admin):
    """Exports of everybody; their owners begin, cancel and delete them."""

    list_display = ("uid", "owner", "format", "state", "rows", "size_bytes", "created_at",
                    "expires_at", "problem")  # fmt: skip
    list_filter = ("state", "format")
    list_select_related = ("owner",)
    search_fields = ("uid", "owner__username")


@admin.register(SavedSearch)
class SavedSearchAdmin(ReadOnly, _Admin):
    """Saved searches, without the key by which their feeds are read."""

    list_display = ("name", "owner", "created_at")
    list_select_related = ("owner",)
    search_fields = ("name", "owner__username")
    exclude = ("feed_key",)


@admin.register(Webhook)
class WebhookAdmin(ReadOnly, _Admin):
    """Webhooks and how they fare; their secrets are stored nowhere."""

    list_display = ("address", "search", "is_active", "failures", "problem", "reached_at")
    list_filter = ("is_active",)
    list_select_related = ("search",)
    search_fields = ("address", "search__name", "search__owner__username")
    fields = readonly_fields = (
        "uid", "search", "address", "is_active", "failures", "problem", "reached_at", "created_at",
    )  # fmt: skip


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, _Admin):
    """Messages to webhooks, and how the attempts went."""

    list_display = ("uid", "webhook", "state", "attempts", "response_status", "problem",
                    "next_attempt_at", "delivered_at")  # fmt: skip
    list_filter = ("state",)
    list_select_related = ("webhook",)
    search_fields = ("uid", "webhook__address", "problem")
    show_full_result_count = False


@admin.register(ApiToken)
class ApiTokenAdmin(_Admin):
    """The tokens of everybody: whose, for what, last used. They can be revoked here, not made.

    The hash of a token, which is its key, is in the addresses of these pages; it opens nothing.
    """

    list_display = ("name", "user", "scopes", "created", "expiry", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("name", "user__username")
    fields = readonly_fields = (
        "name",
        "user",
        "scopes",
        "created",
        "expiry",
        "last_used_at",
    )

    def has_add_permission(self, *_: Any) -> bool:
        """Return False: whose a token is makes it, on the page of the account."""
        return False


@admin.register(RateLimit)
class RateLimitAdmin(_Admin):
    """Limits that go before those of the settings."""

    list_display = ("scope", "user", "requests", "period_s", "why")
    list_select_related = ("user",)
    autocomplete_fields = ("user",)

    def save_model(self, *args: Any, **kwargs: Any) -> None:
        """Save it; it holds in this process at once, in others after a moment."""
        super().save_model(*args, **kwargs)
        limits.forget()

    def delete_model(self, *args: Any, **kwargs: Any) -> None:
        """Delete it; as in save_model."""
        super().delete_model(*args, **kwargs)
        limits.forget()
