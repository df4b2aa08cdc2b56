"""Tables of what people decide, what the machine says beside it, and what a new run changed.

Part of quotes/models.py, which everything else imports from. Why the tables are cut this way:
docs/decisions/0015-people-decide.md.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Decision(models.Model):
    """One decision of a person: who, when, why, and what it changed. Never edited or deleted.

    `before` and `after` hold what is needed to show and to undo it. Undoing is a decision too,
    which names the one that it undoes.
    """

    class Kind(models.TextChoices):
        CONFIRM = "confirm", "Confirmed"
        SPEAKER = "speaker", "Speaker corrected"
        SPAN = "span", "Words corrected"
        REJECT = "reject", "Not a quotation"
        MERGE = "merge", "Speakers merged"
        SPLIT = "split", "Speaker split"
        RENAME = "rename", "Speaker renamed"
        DIFFERENT = "different", "Speakers told apart"
        CARRIED = "carried", "Decided on an earlier version"
        UNDO = "undo", "Undone"

    uid = models.UUIDField(unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="decisions"
    )
    by_name = models.CharField(max_length=150, help_text="kept when the account is gone")
    via = models.CharField(
        max_length=120,
        blank=True,
        default="",
        help_text="empty: the pages; else “API”, and the name of the token",
    )
    at = models.DateTimeField(auto_now_add=True)
    why = models.CharField(max_length=500, blank=True)
    quotation = models.ForeignKey(
        "quotes.Quotation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="decisions",
    )
    speaker = models.ForeignKey(
        "quotes.Speaker", null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    other_speaker = models.ForeignKey(
        "quotes.Speaker", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    undoes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by"
    )
    batch = models.UUIDField(
        null=True, blank=True, db_index=True, help_text="of decisions taken, and undone, as one"
    )

    class Meta:
        ordering = ("-at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(quotation__isnull=False) | Q(speaker__isnull=False),
                name="decision_is_about_something",
            ),
        )
        indexes = (models.Index(fields=("quotation", "-at"), name="decisions_of_quotation"),)

    def __str__(self) -> str:
        return f"{self.kind} by {self.by_name}"


class MachineReading(models.Model):
    """What extraction says of a quotation that people have decided on; it changes nothing shown.

    `fields` are columns of Quotation, `spans` rows of QuotationSpan, so that an undone decision
    gives back what the newest extractor says. `found` is False if that no longer finds it.
    """

    quotation = models.OneToOneField(
        "quotes.Quotation", on_delete=models.CASCADE, related_name="machine_reading"
    )
    extraction = models.ForeignKey("quotes.Extraction", on_delete=models.PROTECT, related_name="+")
    fields = models.JSONField()
    spans = models.JSONField()
    found = models.BooleanField(default=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"machine reading of {self.quotation_id}"


class Change(models.Model):
    """What an extraction changed in a quotation that an earlier one had found, or found new."""

    class Kind(models.TextChoices):
        NEW = "new", "New"
        GONE = "gone", "No longer found"
        BACK = "back", "Found again"
        SPEAKER = "speaker", "Another speaker"
        WORDS = "words", "Other words"
        FACTUALITY = "factuality", "Said or not"
        KEPT = "kept", "Kept, because reviewed"

    extraction = models.ForeignKey(
        "quotes.Extraction", on_delete=models.CASCADE, related_name="changes"
    )
    quotation = models.ForeignKey(
        "quotes.Quotation", on_delete=models.CASCADE, related_name="changes"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    before = models.CharField(max_length=500, blank=True)
    after = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("extraction_id", "quotation_id", "kind")
        constraints = (
            models.UniqueConstraint(
                fields=("extraction", "quotation", "kind"), name="one_change_a_kind"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} in {self.extraction_id}"
