"""Tables of the ways out: saved searches, webhooks, exports, collections, and what was deleted.

Part of quotes/models.py, which everything else imports from. Why the tables are cut this way:
docs/decisions/0021-ways-out.md.
"""

from django.conf import settings
from django.db import models


class SavedSearch(models.Model):
    """A search that somebody keeps: its parameters, as the search page and the API take them."""

    class Digest(models.TextChoices):
        NONE = "", "No e-mail"
        DAILY = "daily", "Every day"
        WEEKLY = "weekly", "Every Monday"

    uid = models.UUIDField(unique=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_searches"
    )
    name = models.CharField(max_length=200)
    query = models.JSONField(help_text="parameter -> values")
    feed_key = models.CharField(
        max_length=64, unique=True, help_text="in the address of its feeds: who has it reads them"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    digest = models.CharField(
        max_length=10, choices=Digest.choices, blank=True, default=Digest.NONE
    )
    digest_sent_at = models.DateTimeField(null=True, blank=True)
    digest_reached_at = models.DateTimeField(
        null=True, blank=True, help_text="changes up to here are in digests"
    )
    digest_problem = models.CharField(
        max_length=500, blank=True, default="", help_text="why the last one was not sent"
    )

    class Meta:
        verbose_name_plural = "saved searches"
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(fields=("owner", "name"), name="one_saved_search_a_name"),
        )

    def __str__(self) -> str:
        return self.name


class Webhook(models.Model):
    """An address to which the new quotations of a saved search are sent, signed.

    The secret is derived from the site's key, `uid` and `secret_version`, so none is stored.
    """

    uid = models.UUIDField(unique=True)
    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="webhooks")
    address = models.URLField(max_length=2000)
    secret_version = models.PositiveIntegerField(default=1)
    is_active = models.BooleanField(default=True)
    failures = models.PositiveIntegerField(default=0, help_text="deliveries in a row")
    problem = models.CharField(max_length=500, blank=True, help_text="why it was switched off")
    reached_at = models.DateTimeField(help_text="changes up to here are in deliveries")
    reached_id = models.BigIntegerField(default=0, help_text="and, at that moment, rows up to here")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.address


class Delivery(models.Model):
    """A message to a webhook: what is sent, and how the attempts went."""

    class State(models.TextChoices):
        PENDING = "pending", "Waiting"
        DELIVERED = "delivered", "Delivered"
        FAILED = "failed", "Given up"

    uid = models.UUIDField(unique=True)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    payload = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True, db_index=True)
    response_status = models.PositiveSmallIntegerField(null=True, blank=True)
    problem = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"{self.state} to {self.webhook_id}"


class Export(models.Model):
    """A bulk export: which rows, in which format, how far it is, and its file with its hash.

    `last_key` is the key of the last row written, `size_bytes` the length of the file up to
    there: an export that was killed cuts its file to that length and goes on behind that row.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Waiting"
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"
        CANCELLED = "cancelled", "Cancelled"
        FAILED = "failed", "Failed"

    uid = models.UUIDField(unique=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="exports",
    )
    format = models.CharField(max_length=20)
    query = models.JSONField(help_text="parameter -> values")
    schema_version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    cancel_requested = models.BooleanField(default=False)
    rows = models.PositiveBigIntegerField(default=0, help_text="written")
    last_key = models.BigIntegerField(null=True, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    counts = models.JSONField(
        default=dict, blank=True, help_text="what was counted -> value -> rows, up to `last_key`"
    )
    sha256 = models.CharField(max_length=64, blank=True, help_text="of the finished file")
    problem = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True, help_text="when it last showed life")
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"export {self.uid}"


class Collection(models.Model):
    """Quotations that somebody has put aside, in their order, with notes."""

    uid = models.UUIDField(unique=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="collections"
    )
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, max_length=5000)
    is_public = models.BooleanField(default=False, help_text="whoever reads the site may read it")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name


class CollectionItem(models.Model):
    """A quotation in a collection."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="items")
    quotation = models.ForeignKey(
        "quotes.Quotation", on_delete=models.PROTECT, related_name="collection_items"
    )
    position = models.PositiveIntegerField(help_text="order in the collection, from 0")
    note = models.TextField(blank=True, max_length=5000)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("collection", "position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("collection", "quotation"), name="a_quotation_once_a_collection"
            ),
        )

    def __str__(self) -> str:
        return f"{self.quotation_id} in {self.collection_id}"


class CollectionExport(models.Model):
    """That the quotations of a collection were taken out to be cited, and how.

    What of them has changed since is told to the collection's owner: quotes/cited.py.
    """

    uid = models.UUIDField(unique=True)
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="exports")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    format = models.CharField(max_length=20, help_text="docx, html, markdown, bibtex, ris, …")
    style = models.CharField(max_length=50, blank=True, help_text="of the citations")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"{self.format} of {self.collection_id}"


class CitedQuotation(models.Model):
    """A quotation as it stood when it was cited, and what is different of it now, if anything."""

    export = models.ForeignKey(CollectionExport, on_delete=models.CASCADE, related_name="cited")
    quotation = models.ForeignKey(
        "quotes.Quotation",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="cited",
        help_text="null once it was deleted",
    )
    uid = models.CharField(max_length=16, help_text="of the quotation")
    as_cited = models.JSONField(help_text="what a citation says of it -> what it said then")
    changes = models.JSONField(
        default=list, blank=True, help_text="what is different now, as last told"
    )
    changed_at = models.DateTimeField(null=True, blank=True, help_text="when that was noticed")
    seen_at = models.DateTimeField(null=True, blank=True, help_text="when the owner had seen it")
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("export", "pk")
        constraints = (
            models.UniqueConstraint(fields=("export", "uid"), name="a_quotation_once_an_export"),
        )
        indexes = (
            # What every page of its owner counts.
            models.Index(
                fields=("export",),
                condition=models.Q(changed_at__isnull=False, seen_at__isnull=True),
                name="changes_not_seen",
            ),
        )

    def __str__(self) -> str:
        return f"{self.uid} in {self.export_id}"


class Noticed(models.Model):
    """How far a task has looked through what changed, in the order of the changes."""

    task = models.CharField(max_length=50, primary_key=True)
    reached_at = models.DateTimeField(help_text="changes up to here were looked at")
    reached_id = models.BigIntegerField(default=0, help_text="and, at that moment, rows up to here")

    def __str__(self) -> str:
        return f"{self.task} up to {self.reached_at}"


class Tombstone(models.Model):
    """That a row which had an address is no longer there, so that mirrors can drop their copy."""

    class Kind(models.TextChoices):
        QUOTATION = "quotation", "Quotation"
        ARTICLE = "article", "Article"
        SPEAKER = "speaker", "Speaker"
        STATEMENT = "statement", "Statement"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    uid = models.CharField(max_length=250)
    deleted_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("deleted_at", "pk")
        indexes = (models.Index(fields=("kind", "deleted_at", "id"), name="tombstones_of_kind"),)
        constraints = (models.UniqueConstraint(fields=("kind", "uid"), name="one_tombstone_each"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"
