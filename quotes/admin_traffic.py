"""The operators' view of what comes in and goes out: imports, feeds, exports, webhooks.

Rows are shown without secrets; what an operator does about them are actions on the lists.
"""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator

from quotes import exports, feeds, job_reports, jobs, tasks, webhooks
from quotes.admin_parts import Listed
from quotes.models import Delivery, Export, Feed, Import, ImportItem, Webhook

_OPERATE = ["operate"]


@admin.register(Import)
class ImportAdmin(Listed):
    """Imports: what they read, how far they are; what was refused is in the list of items."""

    list_display = (
        "source", "page", "kind", "state", "created_at", "finished_at", "new", "changed", "same",
        "refused", "problem", "by_name",
    )  # fmt: skip
    list_filter = ("state", "kind", "created_at")
    search_fields = ("uid", "by_name", "problem", "feed__address")
    list_select_related = ("feed",)
    actions = ["cancel", "go_on"]

    @admin.display(description="source")
    def source(self, row: Any) -> str:
        """Return what it reads: files, addresses, the feed."""
        return Truncator(job_reports.source_words(row, may_see_all=True)).chars(80)

    @admin.action(description="Cancel the imports", permissions=_OPERATE)
    def cancel(self, request: HttpRequest, rows: Any) -> None:
        """Stop imports; what is stored stays, and they can be gone on with."""
        self.do_to_each(request, rows, jobs.cancel, "cancelled where they had not ended")

    @admin.action(description="Go on with the imports", permissions=_OPERATE)
    def go_on(self, request: HttpRequest, rows: Any) -> None:
        """Go on with imports that were cancelled, failed or were lost."""
        self.do_to_each(request, rows, jobs.resume, "gone on with")


@admin.register(ImportItem)
class ImportItemAdmin(Listed):
    """What became of the items of imports: those refused, with the reason and what would help."""

    list_display = ("job", "number", "outcome", "origin", "line", "problem", "remedy", "page")
    list_filter = ("outcome",)
    list_select_related = ("job",)
    search_fields = ("=job__uid",)
    search_help_text = "the uid of an import"
    ordering = ("-pk",)

    @admin.display(description="page")
    def page(self, row: Any) -> str:
        """Return a link to the page of its import."""
        return format_html('<a href="{}#items">open</a>', row.job.get_absolute_url())


@admin.register(Feed)
class FeedAdmin(Listed):
    """Feeds; they are added, changed and removed on their page."""

    list_display = ("title", "address", "is_active", "checked_at", "next_check_at", "failures",
                    "problem", "page")  # fmt: skip
    list_filter = ("is_active",)
    search_fields = ("title", "address", "problem")
    fields = readonly_fields = (
        "uid", "address", "title", "outlet", "etag", "last_modified", "is_active", "interval_s",
        "checked_at", "next_check_at", "failures", "problem", "added_by", "created_at",
    )  # fmt: skip
    actions = ["read_now", "pause"]

    @admin.display(description="page")
    def page(self, row: Any) -> str:
        """Return a link to the page of the feeds."""
        del row
        return format_html('<a href="{}">open</a>', reverse("feeds"))

    @admin.action(description="Read the feeds now", permissions=_OPERATE)
    def read_now(self, request: HttpRequest, rows: Any) -> None:
        """Read feeds as soon as possible, also those that were paused or failed."""
        self.do_to_each(request, rows, feeds.resume, "read as soon as possible")
        tasks.later("feeds")

    @admin.action(description="Pause the feeds", permissions=_OPERATE)
    def pause(self, request: HttpRequest, rows: Any) -> None:
        """Read feeds no more until they are read again."""
        self.do_to_each(request, rows, feeds.pause, "paused")


@admin.register(Export)
class ExportAdmin(Listed):
    """Exports of everybody; their owners begin and delete them."""

    list_display = ("uid", "owner", "format", "state", "rows", "size_bytes", "created_at",
                    "expires_at", "problem")  # fmt: skip
    list_filter = ("state", "format")
    list_select_related = ("owner",)
    search_fields = ("uid", "owner__username")
    actions = ["cancel"]

    @admin.action(description="Cancel the exports", permissions=_OPERATE)
    def cancel(self, request: HttpRequest, rows: Any) -> None:
        """Stop exports and remove what was written; those that are finished stay."""
        self.do_to_each(request, rows, exports.cancel, "cancelled where they had not ended")


@admin.register(Webhook)
class WebhookAdmin(Listed):
    """Webhooks and how they fare; their secrets are stored nowhere."""

    list_display = ("address", "search", "is_active", "failures", "problem", "reached_at")
    list_filter = ("is_active",)
    list_select_related = ("search",)
    search_fields = ("address", "search__name", "search__owner__username")
    fields = readonly_fields = (
        "uid", "search", "address", "is_active", "failures", "problem", "reached_at", "created_at",
    )  # fmt: skip
    actions = ["switch_on", "switch_off"]

    @admin.action(description="Switch the webhooks on", permissions=_OPERATE)
    def switch_on(self, request: HttpRequest, rows: Any) -> None:
        """Send to webhooks again, at once what waits for them."""
        self.do_to_each(request, rows, lambda row: webhooks.change(row, is_active=True), "on")
        tasks.later("deliver")

    @admin.action(description="Switch the webhooks off", permissions=_OPERATE)
    def switch_off(self, request: HttpRequest, rows: Any) -> None:
        """Send no more to webhooks; what is found meanwhile waits for them."""
        self.do_to_each(request, rows, lambda row: webhooks.change(row, is_active=False), "off")


@admin.register(Delivery)
class DeliveryAdmin(Listed):
    """Messages to webhooks, and how the attempts went."""

    list_display = ("uid", "webhook", "state", "attempts", "response_status", "problem",
                    "next_attempt_at", "delivered_at")  # fmt: skip
    list_filter = ("state",)
    list_select_related = ("webhook",)
    search_fields = ("=uid", "webhook__address")
    ordering = ("-pk",)
    actions = ["send_again"]

    @admin.action(description="Send again what was given up", permissions=_OPERATE)
    def send_again(self, request: HttpRequest, rows: Any) -> None:
        """Send messages that were given up again, as soon as possible."""
        count = webhooks.send_again(rows)
        tasks.later("deliver")
        self.message_user(request, f"{count} to be sent again.", messages.SUCCESS)
