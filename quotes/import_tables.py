"""Tables of the ways in: imports and what became of each item, feeds, kept bytes, wire copies.

Part of quotes/models.py, which everything else imports from. Why the tables are cut this way:
docs/decisions/0019-imports.md.
"""

from django.conf import settings
from django.db import models
from django.urls import reverse


class SourceBytes(models.Model):
    """What a text was made from, byte for byte, addressed by its SHA-256: a page's HTML.

    `ArticleVersion.source_sha256` names it. Stored compressed (zlib), and never changed.
    """

    sha256 = models.CharField(max_length=64, primary_key=True)
    content = models.BinaryField(help_text="zlib")
    media_type = models.CharField(max_length=100)
    length_bytes = models.PositiveIntegerField(help_text="before it was compressed")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.sha256[:12]


class Feed(models.Model):
    """A feed that is read again and again: RSS, Atom or JSON Feed, with what its host last said."""

    uid = models.UUIDField(unique=True)
    address = models.URLField(max_length=2000, unique=True)
    title = models.CharField(max_length=500, blank=True)
    outlet = models.CharField(max_length=200, blank=True, help_text="of articles that name none")
    etag = models.CharField(max_length=500, blank=True)
    last_modified = models.CharField(max_length=100, blank=True, help_text="as the host wrote it")
    is_active = models.BooleanField(default=True)
    interval_s = models.PositiveIntegerField(default=3600, help_text="seconds between readings")
    checked_at = models.DateTimeField(null=True, blank=True)
    next_check_at = models.DateTimeField(null=True, blank=True, db_index=True)
    failures = models.PositiveIntegerField(default=0, help_text="in a row")
    problem = models.CharField(max_length=500, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("title", "address")

    def __str__(self) -> str:
        return self.title or self.address


class FeedItem(models.Model):
    """What is remembered of an item of a feed, so that its page is not fetched again and again.

    An item is settled while the feed says the same of it (`fingerprint`) and either the text that
    was made of it is stored (`identity`, `text_sha256`) or it `is_refused`.
    """

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="items")
    key = models.CharField(max_length=64, help_text="SHA-256 of its id, else of its address")
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of what the feed says of it")
    identity = models.CharField(max_length=2100, blank=True, help_text="of the article, if any")
    text_sha256 = models.CharField(max_length=64, blank=True)
    is_refused = models.BooleanField(default=False, help_text="for good")
    failures = models.PositiveSmallIntegerField(default=0, help_text="in a row")
    seen_at = models.DateTimeField(help_text="when the feed had it last")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("feed", "key"), name="one_item_a_key"),)

    def __str__(self) -> str:
        return self.identity or self.key[:12]


class Import(models.Model):
    """An import: what was to be read, by whom, how far it is and what became of it.

    `done` counts the items that are settled, in reading order, and moves in the same transaction
    as what is stored of each: an import that was killed goes on behind it. One whose state is
    RUNNING and that nobody works at was stopped (`seen_at`).
    """

    class Kind(models.TextChoices):
        FILES = "files", "Files on the server"
        UPLOAD = "upload", "Upload"
        ADDRESS = "address", "Web address"
        FEED = "feed", "Feed"
        API = "api", "API"

    class State(models.TextChoices):
        PENDING = "pending", "Waiting"
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"
        CANCELLED = "cancelled", "Cancelled"
        FAILED = "failed", "Failed"

    uid = models.UUIDField(unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    sources = models.JSONField(help_text="paths, addresses or names, in reading order")
    options = models.JSONField(default=dict, blank=True, help_text="how to read them")
    upload = models.FileField(upload_to="imports/", blank=True, max_length=300)
    feed = models.ForeignKey(
        Feed, null=True, blank=True, on_delete=models.SET_NULL, related_name="imports"
    )
    run = models.ForeignKey(
        "quotes.ExtractionRun",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="imports",
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="imports",
    )
    by_name = models.CharField(max_length=150, blank=True, help_text="kept without the account")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True, help_text="when it last showed life")
    cancel_requested = models.BooleanField(default=False)
    done = models.PositiveBigIntegerField(default=0, help_text="items settled")
    total = models.PositiveBigIntegerField(null=True, blank=True, help_text="items, if known")
    bytes_done = models.PositiveBigIntegerField(default=0)
    bytes_total = models.PositiveBigIntegerField(null=True, blank=True)
    new = models.PositiveBigIntegerField(default=0)
    changed = models.PositiveBigIntegerField(default=0)
    same = models.PositiveBigIntegerField(default=0)
    refused = models.PositiveBigIntegerField(default=0)
    problem = models.CharField(max_length=1000, blank=True, help_text="why it failed")

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"import {self.uid}"

    def get_absolute_url(self) -> str:
        """Return the path of the import's page: its progress, and what was refused."""
        return reverse("import", args=[self.uid])


class ImportItem(models.Model):
    """What became of an item of an import that stored something or was refused.

    What was stored already is counted in the import, not listed.
    """

    class Outcome(models.TextChoices):
        NEW = "new", "New"
        CHANGED = "changed", "New version"
        REFUSED = "refused", "Refused"

    job = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="items")
    number = models.PositiveBigIntegerField(help_text="its place in the import, from 1")
    origin = models.CharField(max_length=2000, blank=True, help_text="the file or address read")
    line = models.PositiveBigIntegerField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    version = models.ForeignKey(
        "quotes.ArticleVersion",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="import_items",
    )
    problem = models.CharField(max_length=1000, blank=True)
    remedy = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("job", "number")
        constraints = (models.UniqueConstraint(fields=("job", "number"), name="one_item_a_number"),)
        indexes = (models.Index(fields=("job", "outcome", "number"), name="items_by_outcome"),)

    def __str__(self) -> str:
        return f"{self.outcome}: {self.origin}"


class CopyGroup(models.Model):
    """Article versions whose texts are nearly the same: copies of one piece, as of a wire story.

    One independent source, however many outlets printed it.
    """

    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"copies {self.pk}"


class TextSignature(models.Model):
    """The MinHash signature of a text, by which near-identical ones are found."""

    text = models.OneToOneField(
        "quotes.CanonicalText", on_delete=models.CASCADE, related_name="signature"
    )
    minhash = models.BinaryField(help_text="64-bit numbers, little-endian")
    shingles = models.PositiveIntegerField(help_text="how many differing ones the text has")

    def __str__(self) -> str:
        return f"signature of {self.text_id[:12]}"


class SignatureBand(models.Model):
    """A band of a signature, hashed: texts that share one are candidates to be compared.

    There are some two dozen for each text, so the row holds numbers only.
    """

    signature = models.ForeignKey(TextSignature, on_delete=models.CASCADE, related_name="bands")
    digest = models.BigIntegerField(db_index=True, help_text="of the band's number and values")

    def __str__(self) -> str:
        return f"band of {self.signature_id}"
