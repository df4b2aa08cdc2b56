"""Tables, constraints and named queries. No NLP, and nothing here writes by itself: see store.py.

Text is sacred: `CanonicalText` is addressed by its hash and never changes, and the database
itself refuses a `QuotationSpan` whose words are not the text's words (quotes/guards.py).
Why the tables are cut this way: docs/decisions/0004-data-model.md.
"""

from datetime import date
from typing import Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from quotes import highlights, plain_words
from quotes.account_tables import (
    ApiToken,
    IdempotentRequest,
    Mailbox,
    RateLimit,
    RequestCount,
)
from quotes.bylines import authors
from quotes.citations import CitableQuotation, in_prose
from quotes.decision_tables import Change, Decision, MachineReading
from quotes.import_tables import (
    CopyGroup,
    Feed,
    FeedItem,
    Import,
    ImportItem,
    SignatureBand,
    SourceBytes,
    TextSignature,
)
from quotes.nlp.document import Act, Factuality, Kind, SpeakerKind
from quotes.paths import path_of
from quotes.sharing_tables import (
    CitedQuotation,
    Collection,
    CollectionExport,
    CollectionItem,
    Delivery,
    Export,
    Noticed,
    SavedSearch,
    Tombstone,
    Webhook,
)
from quotes.speaker_tables import (
    SPEAKER_KINDS,
    KeptProfile,
    Speaker,
    SpeakerLink,
    SpeakerName,
    SpeakerNameKey,
    SpeakerQuerySet,
    SpeakerSuggestion,
    choices,
)
from quotes.statement_tables import (
    Fingerprint,
    LiveCheck,
    Report,
    SameStatement,
    Statement,
    StatementQuerySet,
    WordingState,
)

__all__ = [
    "ACTS",
    "FACTUALITIES",
    "KINDS",
    "SAID",
    "SPEAKER_KINDS",
    "ApiToken",
    "Article",
    "ArticleVersion",
    "CanonicalText",
    "Change",
    "CitedQuotation",
    "Collection",
    "CollectionExport",
    "CollectionItem",
    "CopyGroup",
    "Decision",
    "Delivery",
    "Export",
    "Extraction",
    "ExtractionRun",
    "Feed",
    "FeedItem",
    "Fingerprint",
    "IdempotentRequest",
    "Import",
    "ImportItem",
    "KeptProfile",
    "LiveCheck",
    "MachineReading",
    "Mailbox",
    "Noticed",
    "Outlet",
    "Quotation",
    "QuotationQuerySet",
    "QuotationSpan",
    "RateLimit",
    "Report",
    "RequestCount",
    "SameStatement",
    "SavedSearch",
    "SignatureBand",
    "SourceBytes",
    "Speaker",
    "SpeakerLink",
    "SpeakerName",
    "SpeakerNameKey",
    "SpeakerQuerySet",
    "SpeakerSuggestion",
    "Statement",
    "StatementQuerySet",
    "TextSignature",
    "Tombstone",
    "Webhook",
    "WordingState",
]

KINDS = choices(list(Kind))
ACTS = choices(list(Act))
FACTUALITIES = choices(list(Factuality))
# Whether the article reports that it was said; stored before that was looked at: "".
SAID = frozenset({"", Factuality.FACTUAL.value})
# Roles of spans that call the speaker something.
_CALLING = ("source", "mention", "antecedent")


class Outlet(models.Model):
    """A publisher of articles, such as a newspaper or a news site."""

    name = models.CharField(max_length=200, unique=True)
    slug = models.SlugField(max_length=220, unique=True)
    domain = models.CharField(max_length=253, blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class CanonicalText(models.Model):
    """One text, stored once, addressed by the SHA-256 of its UTF-8 bytes; immutable."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    content = models.TextField()
    length_chars = models.PositiveIntegerField(help_text="code points")

    def __str__(self) -> str:
        return self.sha256[:12]


class Article(models.Model):
    """A published piece at one address; what it said at a given time is an ArticleVersion.

    `identity` is what makes two imports the same article: "url:<canonical address>", else
    "id:<origin's own id>", else "text:<hash>". `uid` is derived from it, so that a rebuilt
    database gives the same addresses.
    """

    uid = models.CharField(max_length=16, unique=True)
    identity = models.CharField(max_length=2100, unique=True)
    outlet = models.ForeignKey(
        Outlet, null=True, blank=True, on_delete=models.PROTECT, related_name="articles"
    )
    url = models.URLField(max_length=2000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.uid

    def get_absolute_url(self) -> str:
        """Return the path of the article's page."""
        return path_of("article", self.uid)


class ArticleVersionQuerySet(models.QuerySet["ArticleVersion"]):
    """Named queries over article versions."""

    def current(self) -> Self:
        """Keep the newest version of each article."""
        return self.filter(is_current=True)

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Keep what `user` may read: everything if reads are public, else only when signed in."""
        return self if settings.PUBLIC_READS or user.is_authenticated else self.none()

    def for_list(self) -> Self:
        """Load what a list shows, without the texts; `quotation_count` is of current speech."""
        # A subquery is counted for the rows of a page only; a join would group the whole table.
        shown = Quotation.objects.filter(version=OuterRef("pk")).order_by()
        counted = (
            shown.filter(status=Quotation.Status.CURRENT, act=Act.SPEECH)
            .values("version")
            .annotate(count=models.Count("pk"))
            .values("count")
        )
        return self.with_language_note().annotate(quotation_count=Coalesce(Subquery(counted), 0))

    def with_language_note(self) -> Self:
        """Load the outlet; `language_note` is what the latest extraction left unread, and why."""
        latest = Extraction.objects.filter(version=OuterRef("pk")).order_by("-pk")
        note = Coalesce(Subquery(latest.values("language_note")[:1]), models.Value(""))
        return self.select_related("article__outlet").annotate(language_note=note)


class ArticleVersion(models.Model):
    """What an article said when it was retrieved: an immutable text and where it came from."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(help_text="1 is the oldest version of the article")
    is_current = models.BooleanField(default=True)
    text = models.ForeignKey(CanonicalText, on_delete=models.PROTECT, related_name="versions")
    title = models.CharField(max_length=500, blank=True)
    opening = models.CharField(max_length=100, blank=True, help_text="first words of the text")
    byline = models.CharField(max_length=500, blank=True)
    section = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=35, blank=True, help_text="BCP 47")
    published_on = models.DateField(null=True, blank=True, db_index=True)
    published_at = models.DateTimeField(null=True, blank=True)
    retrieved_at = models.DateTimeField(help_text="when the tracker read it")
    returned_at = models.DateTimeField(
        null=True, blank=True, help_text="when its address showed this text again after another"
    )
    method = models.CharField(max_length=20, help_text="how: text, html, jsonl")
    origin = models.CharField(max_length=2000, blank=True, help_text="the file or address read")
    origin_id = models.CharField(max_length=500, blank=True, help_text="the origin's own id")
    media_type = models.CharField(max_length=100, blank=True)
    source_sha256 = models.CharField(max_length=64, help_text="of the bytes that were read")
    text_extractor = models.CharField(max_length=100, help_text="what made text of the bytes")
    text_note = models.CharField(
        max_length=500, blank=True, default="", help_text="in what the text looks incomplete"
    )
    copies = models.ForeignKey(
        CopyGroup,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="versions",
        help_text="versions of near-identical texts; null if there is no other",
    )
    updated_at = models.DateTimeField(
        auto_now=True, help_text="when what lists show of it changed: see quotes/touches.py"
    )
    # A NULL has no place in a cursor: what has no date comes last, as the oldest.
    dated = models.GeneratedField(
        expression=Coalesce("published_on", models.Value(date.min)),
        output_field=models.DateField(),
        db_persist=True,
    )

    objects = ArticleVersionQuerySet.as_manager()

    class Meta:
        ordering = (F("published_on").desc(nulls_last=True), "-id")
        constraints = (
            models.UniqueConstraint(fields=("article", "number"), name="one_version_a_number"),
            models.UniqueConstraint(fields=("article", "text"), name="one_version_a_text"),
            models.UniqueConstraint(
                fields=("article",), condition=Q(is_current=True), name="one_current_version"
            ),
        )
        indexes = (
            models.Index(fields=("updated_at", "id"), name="versions_as_changed"),
            models.Index(fields=("dated", "id"), name="versions_by_day"),
        )

    def __str__(self) -> str:
        return f"{self.display_title} (version {self.number})"

    def get_absolute_url(self) -> str:
        """Return the path of the article's page, at this version unless it is the current one."""
        path = self.article.get_absolute_url()
        return path if self.is_current else f"{path}?version={self.number}"

    @property
    def display_title(self) -> str:
        """What stands for the article in lists and citations: its title, else its first words."""
        return self.title or self.opening or self.article.uid


class ExtractionRun(models.Model):
    """One configuration of the extractor at work: what made the quotations that name it (PROV)."""

    uid = models.UUIDField(unique=True)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    fingerprint = models.CharField(
        max_length=64, db_index=True, help_text="hash over everything below"
    )
    code_version = models.CharField(max_length=100)
    code_sha256 = models.CharField(max_length=64)
    model_hashes = models.JSONField(help_text="model file -> SHA-256")
    lexicon_hashes = models.JSONField(help_text="lexicon file -> SHA-256")
    params = models.JSONField(help_text="threshold -> value")
    planned = models.PositiveIntegerField(
        null=True, blank=True, help_text="article versions that it set out to process, if known"
    )
    selection = models.JSONField(
        default=dict, blank=True, help_text="which stored articles it was to read again"
    )
    problems = models.JSONField(
        default=list, blank=True, help_text="article versions that it could not process, and why"
    )

    class Meta:
        ordering = ("-started_at",)

    def __str__(self) -> str:
        return f"run {self.uid}"

    def get_absolute_url(self) -> str:
        """Return the path of the run's page: its progress, and what it changed."""
        return reverse("run", args=[self.uid])


class Extraction(models.Model):
    """That a run has processed an article version, and what came of it."""

    version = models.ForeignKey(
        ArticleVersion, on_delete=models.CASCADE, related_name="extractions"
    )
    run = models.ForeignKey(ExtractionRun, on_delete=models.PROTECT, related_name="extractions")
    created_at = models.DateTimeField(auto_now_add=True)
    quotation_count = models.PositiveIntegerField()
    language = models.CharField(
        max_length=35, blank=True, default="", help_text="recognised, BCP 47; und if not clear"
    )
    language_note = models.CharField(
        max_length=500, blank=True, default="", help_text="what was not read, and why"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("version", "run"), name="one_extraction_a_run"),
        )

    def __str__(self) -> str:
        return f"{self.version_id} by {self.run_id}"


class QuotationQuerySet(models.QuerySet["Quotation"]):
    """Named queries over quotations."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Keep what `user` may read: everything if reads are public, else only when signed in."""
        return self if settings.PUBLIC_READS or user.is_authenticated else self.none()

    def current(self) -> Self:
        """Keep quotations that the latest extraction of the current article version has."""
        return self.filter(status=Quotation.Status.CURRENT, version__is_current=True)

    def speech(self) -> Self:
        """Keep reported speech and writing; beliefs and intentions are stored but not shown."""
        return self.filter(act=Act.SPEECH)

    def count_shown(self) -> int:
        """Return how many are current and of speech, in two queries.

        Counted in the index, less those of former versions, which are few: joining every row to
        its version takes ten times as long.
        """
        rows = self.speech().filter(status=Quotation.Status.CURRENT).order_by()
        former = ArticleVersion.objects.filter(is_current=False)
        return rows.count() - rows.filter(version__in=former.values("pk")).count()

    def for_list(self) -> Self:
        """Load what a row of a list shows, in one query; never the article's text."""
        return self.select_related("speaker", "version__article__outlet")

    def for_page(self) -> Self:
        """Load what a quotation's page shows: text, spans and provenance."""
        return self.select_related(
            "speaker", "version__article__outlet", "version__text", "extraction__run"
        ).prefetch_related("spans")


class Quotation(models.Model):
    """A quotation at a stable address. `uid` is kept when a later run finds the same words again.

    `content`, `cue` and `mention` repeat the words of the spans (pieces joined by " … ") for
    search and lists; the spans are what is verified. A source that the article does not name has
    no `speaker`, only `speaker_name` ("a monitor") with kind "anonymous", and is never merged
    across articles. No source at all: `speaker_name` is empty.

    The columns and spans are what is shown. Once people have decided something (`review`), only
    they change them; what extraction says then is kept in its MachineReading.
    """

    class Status(models.TextChoices):
        CURRENT = "current", "Current"
        GONE = "gone", "No longer found"
        REJECTED = "rejected", "Not a quotation"

    class Review(models.TextChoices):
        NONE = "", "Not reviewed"
        CONFIRMED = "confirmed", "Confirmed"
        CORRECTED = "corrected", "Corrected"
        REJECTED = "rejected", "Not a quotation"

    uid = models.CharField(max_length=16, unique=True)
    version = models.ForeignKey(ArticleVersion, on_delete=models.CASCADE, related_name="quotations")
    extraction = models.ForeignKey(
        Extraction,
        on_delete=models.PROTECT,
        related_name="quotations",
        help_text="the latest extraction that found it",
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CURRENT)
    predecessor = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="successors",
        help_text="the same words in an earlier version of the article",
    )
    position = models.PositiveIntegerField(help_text="order in the article, from 0")
    paragraph_index = models.PositiveIntegerField(help_text="of its first word, from 1")
    kind = models.CharField(max_length=10, choices=KINDS)
    act = models.CharField(max_length=10, choices=ACTS)
    factuality = models.CharField(
        max_length=12,
        blank=True,
        default="",
        choices=FACTUALITIES,
        help_text="whether the article reports that it was said; empty: stored before this was",
    )
    content = models.TextField()
    prefix = models.CharField(max_length=100, blank=True, help_text="words just before it")
    suffix = models.CharField(max_length=100, blank=True, help_text="words just after it")
    cue = models.CharField(max_length=500, blank=True)
    mention = models.CharField(max_length=1000, blank=True, help_text="the source as it stands")
    medium = models.CharField(max_length=50, blank=True)
    speaker = models.ForeignKey(
        Speaker, null=True, blank=True, on_delete=models.PROTECT, related_name="quotations"
    )
    speaker_name = models.CharField(max_length=300, blank=True, help_text="as the article has it")
    speaker_kind = models.CharField(max_length=20, blank=True, choices=SPEAKER_KINDS)
    speaker_role = models.CharField(max_length=500, blank=True)
    confidence = models.FloatField(help_text="probability that words and source are both right")
    speaker_confidence = models.FloatField(
        help_text="probability that words, source and speaker are all right"
    )
    review = models.CharField(
        max_length=10,
        blank=True,
        default=Review.NONE,
        choices=Review.choices,
        db_index=True,
        help_text="what people have decided; their decisions are in Decision",
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(
        auto_now=True, help_text="when what lists show of it changed: see quotes/touches.py"
    )

    objects = QuotationQuerySet.as_manager()

    class Meta:
        ordering = (F("version__published_on").desc(nulls_last=True), "-version_id", "position")
        constraints = (
            models.CheckConstraint(
                condition=Q(confidence__gte=0.0, confidence__lte=1.0), name="confidence_in_0_1"
            ),
            models.CheckConstraint(
                condition=Q(speaker_confidence__gte=0.0, speaker_confidence__lte=F("confidence")),
                name="speaker_confidence_is_part",
            ),
            models.CheckConstraint(
                condition=Q(paragraph_index__gte=1), name="paragraphs_count_from_1"
            ),
            models.CheckConstraint(condition=~Q(content=""), name="content_is_not_empty"),
        )
        indexes = (
            models.Index(fields=("version", "status", "position"), name="quotation_in_article"),
            models.Index(fields=("speaker", "status", "act"), name="quotation_of_speaker"),
            models.Index(
                fields=("review", "status", "act", "speaker_confidence", "id"),
                name="quotations_to_review",
            ),
            models.Index(fields=("updated_at", "id"), name="quotations_as_changed"),
            models.Index(fields=("confidence", "id"), name="quotations_by_confidence"),
        )

    def __str__(self) -> str:
        turned = "" if self.is_said else f", {self.factuality}"
        return f"{self.speaker_name or 'unattributed'}{turned}: {self.content[:60]}"

    def get_absolute_url(self) -> str:
        """Return the path of the quotation's stable page."""
        return path_of("quotation", self.uid)

    def get_article_url(self) -> str:
        """Return the path of the article's page at this quotation, in whichever part it stands."""
        path = self.version.get_absolute_url()
        return f"{path}{'&' if '?' in path else '?'}quote={self.uid}#q-{self.uid}"

    @property
    def is_said(self) -> bool:
        """Say whether the article reports that it was said, as far as that was looked at."""
        return self.factuality in SAID

    def spans_of(self, role: str) -> list["QuotationSpan"]:
        """Return the spans that play `role`, in order, from the prefetched spans if any."""
        return [span for span in self.spans.all() if span.role == role]

    def mismatches(self) -> list[str]:
        """Return what of the stored words does not agree with the stored text, checked now.

        Empty if all is well. Wants `for_page` before it, else it queries for each part.
        """
        stored = self.version.text
        pieces = [highlights.Piece(s.start, s.end, s.exact) for s in self.spans.all()]
        return highlights.mismatches(stored.content, stored.sha256, pieces)

    def citable(self) -> CitableQuotation:
        """Return what a citation needs; wants `for_page` before it, else it queries for each part.

        The speaker is named as across articles where it has a row, else as the article has it.
        """
        version, article = self.version, self.version.article
        return CitableQuotation(
            uid=self.uid,
            address=f"{settings.SITE_URL}{path_of('permalink', self.uid)}",
            archived_text=f"{settings.SITE_URL}{version.get_absolute_url()}",
            content=tuple(span.exact for span in self.spans_of(QuotationSpan.Role.CONTENT)),
            kind=Kind(self.kind),
            speaker=in_prose(
                self.speaker.name if self.speaker else self.speaker_name,
                (
                    self.speaker_name,
                    *(span.exact for span in self.spans.all() if span.role in _CALLING),
                ),
            ),
            speaker_role=self.speaker_role,
            speaker_kind=SpeakerKind(self.speaker_kind) if self.speaker_kind else None,
            medium=self.medium,
            article_title=version.title,
            authors=authors(version.byline),
            outlet=article.outlet.name if article.outlet else "",
            published_on=version.published_on,
            retrieved_on=version.retrieved_at.date(),
            url=article.url,
            paragraph_index=self.paragraph_index,
            language=version.language,
            text_sha256=version.text_id,
            doubt=plain_words.doubt(
                self.speaker_confidence,
                act=self.act,
                status=self.status,
                review=self.review,
                factuality=self.factuality,
            ),
            factuality=Factuality(self.factuality or Factuality.FACTUAL),
        )


class QuotationSpan(models.Model):
    """A piece of the article's text with a role in a quotation, offsets in code points.

    The database checks that `exact` equals the text's `[start, end)` (quotes/guards.py). Roles
    after the first three are the steps of the evidence for the speaker, with the rule that took
    each step.
    """

    class Role(models.TextChoices):
        CONTENT = "content", "Content"
        CUE = "cue", "Cue"
        SOURCE = "source", "Source"
        MEDIUM = "medium", "Medium"
        MENTION = "mention", "Mention"
        ANTECEDENT = "antecedent", "Antecedent"
        NAME = "name", "Name"

    quotation = models.ForeignKey(Quotation, on_delete=models.CASCADE, related_name="spans")
    role = models.CharField(max_length=12, choices=Role.choices)
    position = models.PositiveSmallIntegerField(help_text="order within the role, from 0")
    start = models.PositiveIntegerField(help_text="code point, inclusive")
    end = models.PositiveIntegerField(help_text="code point, exclusive")
    exact = models.TextField()
    rule = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ("quotation_id", "role", "position")
        constraints = (
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="span_is_not_empty"),
            models.UniqueConstraint(
                fields=("quotation", "role", "position"), name="one_span_a_position"
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} [{self.start}, {self.end})"
