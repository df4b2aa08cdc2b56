"""The operators' view of what accounts keep and may do: tokens, limits, collections, mail.

What people write for themselves (notes, the words of their searches' feeds) is not shown.
"""

import logging
import uuid
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from quotes import account_removal, limits
from quotes.admin_parts import Admin, CappedPaginator, Listed
from quotes.locks import BusyError
from quotes.models import (
    ApiToken,
    CitedQuotation,
    Collection,
    CollectionExport,
    Mailbox,
    RateLimit,
    SavedSearch,
)
from quotes.refusals import InputError

logger = logging.getLogger(__name__)


admin.site.unregister(User)


@admin.register(User)
class AccountAdmin(UserAdmin):  # type: ignore[type-arg]  # at run time it takes none
    """Accounts: who may what, who still comes; removed as their holders remove them themselves."""

    list_display = ("username", "email", "is_active", "is_staff", "last_login", "date_joined")

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Return what goes with accounts, in words, and those that must stay."""
        del request
        # Of an action that was confirmed these are rows of a query, else a list of one.
        users = list(objs)
        kept = [f"{user}: {_LOGGED}" for user in users if account_removal.is_kept(user)]
        lost = [f"{user}: {_words(account_removal.extent(user))}" for user in users]
        return lost, {"accounts": len(users)}, set(), kept

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Remove an account with all that is its own; that it was done is kept."""
        self._remove(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Remove several, as in delete_model."""
        for user in queryset:
            self._remove(request, user)

    def _remove(self, request: HttpRequest, user: User) -> None:
        try:
            account_removal.remove(user)
        except (InputError, BusyError) as error:
            self.message_user(request, f"{user} stays: {error}", messages.ERROR)


_LOGGED = "named in the log of what was done here; untick “Active” instead"


def _words(extent: account_removal.Extent) -> str:
    parts = (f"{count} {name.replace('_', ' ')}" for name, count in extent._asdict().items()
             if name not in {"decisions", "public"})  # fmt: skip
    return f"{', '.join(parts)}; {extent.decisions} decisions stay under its name"


@admin.register(ApiToken)
class ApiTokenAdmin(Listed):
    """The tokens of everybody: whose, for what, last used. They are revoked here, made elsewhere.

    The key of the table is the hash of the token, so this is a list without pages of its rows:
    they are named by their uid, and no hash is in an address, a form or the log of changes.
    """

    list_display = ("name", "user", "scopes", "created", "expiry", "last_used_at")
    list_display_links = None
    list_select_related = ("user",)
    search_fields = ("name", "user__username", "=uid")
    actions = ["revoke"]

    def get_object(self, *_: Any) -> None:
        """Return None: no row has a page."""

    @admin.display(description=mark_safe('<input type="checkbox" id="action-toggle">'))
    def action_checkbox(self, row: Any) -> SafeString:
        """Return the box by which a row is chosen, under its uid."""
        return format_html(
            '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">',
            ACTION_CHECKBOX_NAME, row.uid, f"Select {row}",
        )  # fmt: skip

    def response_action(self, request: HttpRequest, queryset: Any, *args: Any, **more: Any) -> Any:
        """Return what an action answers; the rows chosen are known by their uids."""
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        sent = request.POST.copy()
        keys = ApiToken.objects.filter(uid__in=[uid for uid in chosen if _is_uid(uid)])
        sent.setlist(ACTION_CHECKBOX_NAME, list(keys.values_list("pk", flat=True)))
        request.POST = sent  # type: ignore[assignment]  # as immutable as it was made
        return super().response_action(request, queryset, *args, **more)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Say whether the visitor may revoke tokens: those who may delete them."""
        return bool(request.user.has_perm("quotes.delete_apitoken"))

    @admin.action(description="Revoke the tokens", permissions=["revoke"])
    def revoke(self, request: HttpRequest, rows: Any) -> None:
        """Revoke tokens, at once and for good; that it was done is kept."""
        table = ContentType.objects.get_for_model(ApiToken)
        for token in list(rows):
            LogEntry.objects.create(
                user=cast("User", request.user), content_type=table, object_id=str(token.uid),
                object_repr=f"{token} of {token.user}"[:200], action_flag=DELETION,
                change_message="revoked",
            )  # fmt: skip
            token.delete()
            logger.info("revoked token=%s by=%s", token.uid, request.user.pk)
            self.message_user(request, f"“{token}” of {token.user} is revoked.", messages.SUCCESS)


def _is_uid(value: str) -> bool:
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True


@admin.register(RateLimit)
class RateLimitAdmin(Admin):
    """Limits that go before those of the settings."""

    list_display = ("scope", "user", "requests", "period_s", "why")
    list_select_related = ("user",)
    autocomplete_fields = ("user",)
    paginator = CappedPaginator

    def save_model(self, *args: Any, **kwargs: Any) -> None:
        """Save it; it holds in this process at once, in others after a moment."""
        super().save_model(*args, **kwargs)
        limits.forget()

    def delete_model(self, *args: Any, **kwargs: Any) -> None:
        """Delete it; as in save_model."""
        super().delete_model(*args, **kwargs)
        limits.forget()

    def delete_queryset(self, *args: Any, **kwargs: Any) -> None:
        """Delete several; as in save_model."""
        super().delete_queryset(*args, **kwargs)
        limits.forget()


@admin.register(SavedSearch)
class SavedSearchAdmin(Listed):
    """Saved searches, without the key by which their feeds are read."""

    list_display = ("name", "owner", "digest", "digest_sent_at", "digest_problem", "created_at")
    list_filter = ("digest",)
    list_select_related = ("owner",)
    search_fields = ("name", "owner__username")
    exclude = ("feed_key",)


@admin.register(Collection)
class CollectionAdmin(Listed):
    """Collections, without what people wrote into them."""

    list_display = ("uid", "owner", "is_public", "created_at", "updated_at")
    list_filter = ("is_public",)
    list_select_related = ("owner",)
    search_fields = ("=uid", "owner__username")
    fields = readonly_fields = ("uid", "owner", "is_public", "created_at", "updated_at")
    ordering = ("-pk",)


@admin.register(CollectionExport)
class CollectionExportAdmin(Listed):
    """That collections were taken out to be cited, as what and by whom."""

    list_display = ("uid", "by", "format", "style", "created_at")
    list_filter = ("format",)
    list_select_related = ("by",)
    search_fields = ("=uid", "=collection__uid", "by__username")
    fields = readonly_fields = ("uid", "by", "format", "style", "created_at")
    ordering = ("-pk",)


@admin.register(CitedQuotation)
class CitedQuotationAdmin(Listed):
    """Quotations that were cited; what of them has changed since, and whether that was told."""

    list_display = ("uid", "quotation", "changes", "changed_at", "seen_at", "mailed_at")
    list_filter = ("changed_at",)
    list_select_related = ("quotation",)
    search_fields = ("uid__exact", "=export__uid")
    ordering = ("-pk",)


@admin.register(Mailbox)
class MailboxAdmin(Listed):
    """Where accounts have their mail sent, whether that is confirmed, and why it failed."""

    list_display = ("address", "user", "confirmed_at", "asked_at", "tells_of_changes", "problem")
    list_filter = ("tells_of_changes", "confirmed_at")
    list_select_related = ("user",)
    search_fields = ("address", "user__username", "problem")
