"""Tables of statements: which quotations report the same utterance, and what of a live page stands.

Part of quotes/models.py, which everything else imports from. Why the tables are cut this way:
docs/decisions/0027-statements.md.
"""

from datetime import date
from typing import Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from quotes.paths import path_of


class StatementQuerySet(models.QuerySet["Statement"]):
    """Named queries over statements."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Keep what `user` may read: everything if reads are public, else only when signed in."""
        return self if settings.PUBLIC_READS or user.is_authenticated else self.none()

    def shown(self) -> Self:
        """Keep those that several articles report, or may report, and that lead nowhere else."""
        several = Q(articles_count__gte=2) | Q(possible_count__gte=1, reports_count__gte=2)
        return self.filter(several, merged_into__isnull=True)

    def for_list(self) -> Self:
        """Load what a row of a list shows, in one query."""
        return self.select_related("representative__speaker", "speaker")


class Statement(models.Model):
    """An utterance that several quotations report; one that a single quotation has, has no row.

    `uid` derives from the first quotation that was put in, so that a database built anew in the
    same order has the same addresses. One that turned out to be another's keeps its address, which
    leads there. The counts are of its reports that may be shown, kept by quotes/statements.py.
    """

    uid = models.CharField(max_length=16, unique=True)
    # Indexed below where it is set: most are NULL, and SQLite would read all of these by an index
    # rather than the few of a page in their order.
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="merged",
        db_index=False,
    )
    representative = models.ForeignKey(
        "quotes.Quotation",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="the report whose words stand for it in lists",
    )
    speaker = models.ForeignKey(
        "quotes.Speaker",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="statements",
        help_text="of the representative",
    )
    reports_count = models.PositiveIntegerField(
        default=0, help_text="quotations, possible ones too"
    )
    possible_count = models.PositiveIntegerField(default=0, help_text="that only may report it")
    articles_count = models.PositiveIntegerField(default=0, help_text="that surely report it")
    outlets_count = models.PositiveIntegerField(
        default=0, help_text="known outlets of these articles"
    )
    without_outlet_count = models.PositiveIntegerField(
        default=0, help_text="of these articles, whose outlet is not known"
    )
    sources_count = models.PositiveIntegerField(
        default=0, help_text="independent ones of these articles: copies of one text count once"
    )
    has_warnings = models.BooleanField(
        default=False, help_text="a report drops a negation, changes a number or closes an ellipsis"
    )
    first_on = models.DateField(null=True, blank=True, help_text="earliest publication of these")
    last_on = models.DateField(null=True, blank=True, help_text="latest publication of these")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    # A NULL has no place in a cursor: what has no date comes last, as the oldest.
    dated = models.GeneratedField(
        expression=Coalesce("last_on", models.Value(date.min)),
        output_field=models.DateField(),
        db_persist=True,
    )

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ("-dated", "-pk")
        indexes = (
            models.Index(fields=("updated_at", "id"), name="statements_as_changed"),
            models.Index(fields=("dated", "id"), name="statements_by_day"),
            models.Index(fields=("reports_count", "dated", "id"), name="statements_by_reports"),
            models.Index(fields=("outlets_count", "dated", "id"), name="statements_by_outlets"),
            models.Index(fields=("speaker", "dated"), name="statements_of_speaker"),
            models.Index(
                fields=("merged_into",),
                condition=Q(merged_into__isnull=False),
                name="statements_that_lead",
            ),
        )

    def __str__(self) -> str:
        return f"statement {self.uid}"

    def get_absolute_url(self) -> str:
        """Return the path of the statement's stable page."""
        return path_of("statement", self.uid)

    @property
    def is_of_several(self) -> bool:
        """Say whether several articles report it, or may: else it is listed nowhere."""
        is_doubtful = self.possible_count > 0 and self.reports_count > 1
        return self.articles_count > 1 or is_doubtful


class Report(models.Model):
    """That a quotation reports a statement, and by which other report it was put there.

    The `first` is the longest as said, with which the others are compared; not the earliest.
    `possible` marks an indirect report of words that another has, or a likeness that is not
    enough: shown as doubt, never counted as sure.
    """

    class Relation(models.TextChoices):
        FIRST = "first", "What the others are compared with"
        EXACT = "exact", "The same words"
        NEAR = "near", "Nearly the same words"
        PART = "part", "Part of a longer one, or the longer one"
        POSSIBLE = "possible", "Possibly the same utterance"
        PEOPLE = "people", "Put together by people"

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="reports")
    quotation = models.OneToOneField(
        "quotes.Quotation", on_delete=models.CASCADE, related_name="report"
    )
    relation = models.CharField(max_length=10, choices=Relation.choices)
    matched = models.ForeignKey(
        "quotes.Quotation",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="the report that it was compared with",
    )
    similarity = models.FloatField(help_text="of the words of the two, in [0, 1]")
    has_warning = models.BooleanField(
        default=False,
        help_text="one of the two drops a negation, changes a number or closes an ellipsis",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("statement", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(similarity__gte=0.0, similarity__lte=1.0), name="similarity_in_0_1"
            ),
        )

    def __str__(self) -> str:
        return f"{self.quotation_id} reports {self.statement_id}"


class Fingerprint(models.Model):
    """A mark of a quotation, by which those are found that may report the same utterance.

    One of a run of its words, or of its speaker and day (quotes/statement_marks.py).
    """

    quotation = models.ForeignKey(
        "quotes.Quotation", on_delete=models.CASCADE, related_name="fingerprints"
    )
    digest = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=("digest", "quotation"), name="quotations_of_mark"),)

    def __str__(self) -> str:
        return f"{self.digest} of {self.quotation_id}"


class WordingState(models.Model):
    """That a quotation has been compared with the others, by which wording and which speaker.

    What is not so any more (words or speaker corrected, quotation gone) is compared anew. What
    comparing failed on has a `problem`, and is in no statement until it is tried again.
    """

    quotation = models.OneToOneField(
        "quotes.Quotation", on_delete=models.CASCADE, related_name="wording_state"
    )
    fingerprint = models.CharField(
        max_length=64,
        help_text="over all that is looked at, and the thresholds; empty: to be compared",
    )
    problem = models.CharField(
        max_length=300,
        blank=True,
        help_text="on what comparing failed; tried again by `manage.py statements`",
    )
    compared_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = (
            models.Index(fields=("id",), condition=Q(fingerprint=""), name="wordings_to_compare"),
            models.Index(
                fields=("quotation",), condition=~Q(problem=""), name="wordings_that_failed"
            ),
        )

    def __str__(self) -> str:
        return f"{self.quotation_id} compared"


class SameStatement(models.Model):
    """What a person has decided of two quotations: that they report one utterance, or do not."""

    one = models.ForeignKey("quotes.Quotation", on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey("quotes.Quotation", on_delete=models.CASCADE, related_name="+")
    is_same = models.BooleanField()
    comment = models.CharField(max_length=1000, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ("-made_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="pair_in_order"),
            models.UniqueConstraint(
                fields=("one", "other"), condition=Q(undone_at__isnull=True), name="one_word_a_pair"
            ),
        )

    def __str__(self) -> str:
        return f"{self.one_id} {'=' if self.is_same else '≠'} {self.other_id}"


class LiveCheck(models.Model):
    """What the publisher's page had of a quotation's words when it was last compared with it."""

    class Outcome(models.TextChoices):
        SAME = "same", "The words stand there"
        ALTERED = "altered", "Other words stand there"
        MISSING = "missing", "The words do not stand there"
        UNREACHABLE = "unreachable", "The page could not be read"

    quotation = models.OneToOneField(
        "quotes.Quotation", on_delete=models.CASCADE, related_name="live_check"
    )
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    address = models.CharField(max_length=2000, blank=True, help_text="that answered in the end")
    found = models.TextField(blank=True, help_text="the likest words of the page, if not the same")
    similarity = models.FloatField(null=True, blank=True)
    problem = models.CharField(max_length=500, blank=True)
    checked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.outcome} of {self.quotation_id}"
