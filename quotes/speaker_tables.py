"""Tables of who speaks: speakers, their names, why a name is theirs, and who may be one person.

Part of quotes/models.py, which everything else imports from. Why the tables are cut this way:
docs/decisions/0014-speakers-across-articles.md.
"""

from collections.abc import Sequence
from typing import Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Substr, Upper

from quotes.nlp.document import SpeakerKind
from quotes.paths import path_of


def choices(values: Sequence[str]) -> list[tuple[str, str]]:
    """Return Django choices for an enumeration's values."""
    return [(str(value), str(value).capitalize()) for value in values]


SPEAKER_KINDS = choices(list(SpeakerKind))


class SpeakerQuerySet(models.QuerySet["Speaker"]):
    """Named queries over speakers."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Keep what `user` may read: everything if reads are public, else only when signed in."""
        return self if settings.PUBLIC_READS or user.is_authenticated else self.none()

    def for_list(self) -> Self:
        """Keep who has a current quotation of speech; the counts are columns."""
        return self.filter(quotation_count__gt=0).select_related("main_outlet")

    def roots(self) -> Self:
        """Keep who has not been merged into another."""
        return self.filter(merged_into__isnull=True)


class Speaker(models.Model):
    """A named source, one row across all articles. Anonymous sources have no row: see Quotation.

    `merged_into` is set where people found this row to be another's person; it keeps its address,
    which leads there, and has no quotations of its own. The counts, and role and outlet, which
    tell two of one name apart in a list, are of current quotations of speech, kept by
    quotes/speaker_counts.py.
    """

    slug = models.SlugField(max_length=220, unique=True)
    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=20, choices=SPEAKER_KINDS)
    wikidata_id = models.CharField(max_length=20, blank=True, db_index=True)
    description = models.CharField(
        max_length=300, blank=True, default="", help_text="from a gazetteer, or by people"
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )
    quotation_count = models.PositiveIntegerField(default=0, db_index=True)
    first_quoted_on = models.DateField(null=True, blank=True)
    last_quoted_on = models.DateField(null=True, blank=True)
    main_role = models.CharField(
        max_length=500, blank=True, default="", help_text="the role named most often"
    )
    main_outlet = models.ForeignKey(
        "quotes.Outlet",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="the outlet that quotes the speaker most often",
    )
    initial = models.GeneratedField(
        expression=Upper(Substr("name", 1, 1)),
        output_field=models.CharField(max_length=4),
        db_persist=True,
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(
        auto_now=True, help_text="when what lists show of it changed: see quotes/touches.py"
    )

    objects = SpeakerQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        indexes = (
            models.Index(fields=("name",), name="speaker_by_name"),
            models.Index(fields=("initial", "name"), name="speaker_by_initial"),
            models.Index(fields=("-quotation_count", "name"), name="speaker_by_count"),
            models.Index(fields=("kind", "-quotation_count", "name"), name="speaker_of_kind"),
            models.Index(fields=("-last_quoted_on", "name"), name="speaker_by_date"),
            models.Index(fields=("updated_at", "id"), name="speakers_as_changed"),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the path of the speaker's page."""
        return path_of("speaker", self.slug)


class KeptProfile(models.Model):
    """What was counted of a much quoted speaker's quotations: see quotes/kept_profiles.py."""

    speaker = models.OneToOneField(
        Speaker, primary_key=True, on_delete=models.CASCADE, related_name="kept_profile"
    )
    told = models.JSONField(help_text="what the page tells, but for the quotations themselves")
    speaker_as_of = models.DateTimeField(help_text="the speaker's updated_at when it was counted")
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"profile of {self.speaker_id}"


class SpeakerName(models.Model):
    """One form of a speaker's name as articles word it; `key` is what linking compares."""

    speaker = models.ForeignKey(Speaker, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=300)
    key = models.CharField(max_length=300, db_index=True)
    reason = models.CharField(max_length=100, help_text="why this name belongs to the speaker")
    score = models.FloatField(default=1.0, help_text="probability that it does")

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("speaker", "name"), name="one_row_a_speaker_name"),
        )

    def __str__(self) -> str:
        return self.name


class SpeakerNameKey(models.Model):
    """A key under which names are looked up that may be another spelling of this one.

    Only names that hold across articles have any: see quotes/speakers.py.
    """

    name = models.ForeignKey(SpeakerName, on_delete=models.CASCADE, related_name="keys")
    key = models.CharField(max_length=120, db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("name", "key"), name="one_row_a_name_and_key"),
        )

    def __str__(self) -> str:
        return self.key


class SpeakerLink(models.Model):
    """That who is called `name` in an article is this speaker: why, and how sure.

    One row a name that an article's speaker has there; where two people of one name are told
    apart, it is by these rows.
    """

    article = models.ForeignKey(
        "quotes.Article", on_delete=models.CASCADE, related_name="speaker_links"
    )
    speaker = models.ForeignKey(Speaker, on_delete=models.PROTECT, related_name="links")
    name = models.CharField(max_length=300, help_text="as the article has it")
    key = models.CharField(max_length=300, db_index=True)
    role = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=200)
    score = models.FloatField(help_text="probability that the link is right")
    decided = models.BooleanField(default=False, help_text="by people: extraction leaves it alone")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("article_id", "name")
        constraints = (
            models.UniqueConstraint(fields=("article", "key"), name="one_speaker_a_key_in_article"),
            models.CheckConstraint(
                condition=Q(score__gte=0.0, score__lte=1.0), name="link_score_in_0_1"
            ),
        )
        indexes = (
            models.Index(fields=("speaker", "-id"), name="latest_links_of_speaker"),
            models.Index(
                fields=("speaker", "score", "id"),
                condition=Q(decided=False),
                name="unsure_links_of_speaker",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} in {self.article_id}: {self.reason}"


class SpeakerSuggestion(models.Model):
    """That two speakers may be one; a suggestion, never a fact, until people decide."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        SAME = "same", "The same"
        DIFFERENT = "different", "Different"

    one = models.ForeignKey(Speaker, on_delete=models.CASCADE, related_name="suggestions")
    other = models.ForeignKey(Speaker, on_delete=models.CASCADE, related_name="suggested_for")
    reason = models.CharField(max_length=200)
    score = models.FloatField(help_text="probability that they are one")
    status = models.CharField(
        max_length=10, choices=Status.choices, default=Status.OPEN, db_index=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-score", "pk")
        constraints = (
            models.UniqueConstraint(fields=("one", "other"), name="one_suggestion_a_pair"),
            models.CheckConstraint(
                condition=Q(one__lt=F("other")), name="suggested_pairs_are_ordered"
            ),
        )
        indexes = (models.Index(fields=("status", "-score"), name="suggestions_best_first"),)

    def __str__(self) -> str:
        return f"{self.one_id} = {self.other_id}? {self.reason}"
