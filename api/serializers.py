"""Stored rows -> JSON. Representation only; offsets are code points into the article's text."""

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from quotes.models import (
    ACTS,
    FACTUALITIES,
    KINDS,
    ArticleVersion,
    ExtractionRun,
    Outlet,
    Quotation,
    QuotationSpan,
    Speaker,
    SpeakerLink,
)
from quotes.paths import path_of
from quotes.plain_words import DIFFERENCES
from quotes.snippets import Snippet
from quotes.verification import State, Verdict


def absolute(path: str) -> str:
    """Return the public address of a path of this site."""
    return f"{settings.SITE_URL}{path}"


class ReadOften:
    """A serializer that asks which of its fields are read once, not for each row of a list.

    DRF asks each time: a fifth of the API's list (docs/decisions/0034).
    """

    fields: Any

    @cached_property
    def _readable_fields(self) -> list[serializers.Field[Any, Any, Any, Any]]:
        return [field for field in self.fields.values() if not field.write_only]


class OutletSerializer(ReadOften, serializers.ModelSerializer[Outlet]):
    """An outlet: name, slug, domain."""

    class Meta:
        model = Outlet
        fields = ("slug", "name", "domain")


class SpanSerializer(serializers.ModelSerializer[QuotationSpan]):
    """A piece of the text: [start, end) in code points, its words, and the rule that took it."""

    class Meta:
        model = QuotationSpan
        fields = ("start", "end", "exact", "rule")


class SpansSerializer(serializers.Serializer[Any]):
    """The spans of a quotation by role; the evidence leads from the cue to the speaker's name."""

    content = SpanSerializer(many=True)
    cue = SpanSerializer(many=True)
    source = SpanSerializer(many=True)  # type: ignore[assignment]  # a role, not DRF's option
    medium = SpanSerializer(many=True)
    mention = SpanSerializer(many=True)
    antecedent = SpanSerializer(many=True)
    name = SpanSerializer(many=True)

    def to_representation(self, instance: Quotation) -> dict[str, Any]:
        """Return the spans by role."""
        roles = {role: instance.spans_of(role) for role in QuotationSpan.Role.values}
        return dict(super().to_representation(roles))


class SpeakerLinkSerializer(ReadOften, serializers.ModelSerializer[Speaker]):
    """A speaker, as a quotation names it."""

    address = serializers.SerializerMethodField(help_text="the speaker's page")

    class Meta:
        model = Speaker
        fields = ("slug", "name", "kind", "wikidata_id", "address")

    def get_address(self, speaker: Speaker) -> str:
        """Return the address of the speaker's page."""
        return absolute(speaker.get_absolute_url())


class ArticleLinkSerializer(ReadOften, serializers.ModelSerializer[ArticleVersion]):
    """An article version, as a quotation or a list names it."""

    uid = serializers.CharField(source="article.uid")
    address = serializers.SerializerMethodField(help_text="the article's page")
    url = serializers.CharField(source="article.url", help_text="the publisher's address")
    outlet = OutletSerializer(source="article.outlet", allow_null=True)
    version = serializers.IntegerField(source="number")
    text_sha256 = serializers.CharField(source="text_id")
    copies_group = serializers.IntegerField(
        source="copies_id",
        allow_null=True,
        help_text="articles of one group are copies of one piece: one source; null if no other",
    )

    class Meta:
        model = ArticleVersion
        fields = (
            "uid", "address", "url", "title", "byline", "section", "language", "outlet",
            "published_on", "published_at", "retrieved_at", "version", "is_current",
            "text_sha256", "copies_group",
        )  # fmt: skip

    def get_address(self, version: ArticleVersion) -> str:
        """Return the address of the article's page at this version."""
        return absolute(version.get_absolute_url())


class HighlightsSerializer(serializers.Serializer[Any]):
    """Where a quotation has the words sought, and the piece of it that is shown around them."""

    ranges = serializers.ListField(
        child=serializers.ListField(
            child=serializers.IntegerField(min_value=0), min_length=2, max_length=2
        ),
        help_text="[start, end) in code points into `content`; none: names or the title have them",
    )
    start = serializers.IntegerField(help_text="where in `content` the piece begins")
    text = serializers.CharField(help_text="the piece, as it stands")
    html = serializers.SerializerMethodField(help_text="the piece, escaped, the words in <mark>")

    def get_html(self, snippet: Snippet) -> str:
        """Return the piece as HTML."""
        pieces = (format_html("<mark>{}</mark>" if is_marked else "{}", words)
                  for words, is_marked in snippet.pieces())  # fmt: skip
        return "".join(pieces)


class FactualityField(serializers.ChoiceField):
    """Whether the article reports that a quotation was said; null if that was not looked at."""

    def __init__(self, **options: Any) -> None:
        means = "whether the article reports that it was said; null: stored before this was known"
        given = {"choices": FACTUALITIES, "allow_null": True, "read_only": True, "help_text": means}
        super().__init__(**{**given, **options})

    def to_representation(self, value: str) -> Any:
        """Return the value, null for the empty one."""
        return value or None


class QuotationSerializer(ReadOften, serializers.ModelSerializer[Quotation]):
    """A quotation as lists show it."""

    url = serializers.SerializerMethodField(help_text="this quotation in the API")
    address = serializers.SerializerMethodField(help_text="its page; permanent")
    factuality = FactualityField()
    speaker = SpeakerLinkSerializer(allow_null=True, help_text="null if unknown or anonymous")
    article = ArticleLinkSerializer(source="version")
    highlights = HighlightsSerializer(
        read_only=True, required=False, help_text="only in an answer to `q`"
    )

    class Meta:
        model = Quotation
        fields = (
            "uid", "url", "address", "kind", "act", "factuality", "content", "prefix", "suffix",
            "paragraph_index", "cue", "mention", "medium", "speaker", "speaker_name",
            "speaker_kind", "speaker_role", "confidence", "speaker_confidence", "status", "review",
            "reviewed_at", "article", "created_at", "updated_at", "highlights",
        )  # fmt: skip

    def get_url(self, quotation: Quotation) -> str:
        """Return the address of the quotation in the API."""
        return absolute(path_of("api:quotation-detail", quotation.uid))

    def get_address(self, quotation: Quotation) -> str:
        """Return the address of the quotation's page."""
        return absolute(quotation.get_absolute_url())


class RunLinkSerializer(serializers.Serializer[Any]):
    """The extraction run that found it: code, models and lexicons by their hashes."""

    uid = serializers.UUIDField()
    url = serializers.SerializerMethodField(help_text="this run in the API")
    started_at = serializers.DateTimeField()
    code_version = serializers.CharField()
    code_sha256 = serializers.CharField()
    models = serializers.DictField(source="model_hashes", child=serializers.CharField())
    lexicons = serializers.DictField(source="lexicon_hashes", child=serializers.CharField())
    fingerprint = serializers.CharField()

    def get_url(self, run: ExtractionRun) -> str:
        """Return the address of the run in the API."""
        return absolute(reverse("api:run-detail", args=[run.uid]))


class LinkReasonSerializer(serializers.ModelSerializer[SpeakerLink]):
    """Why the article's name is this speaker's, how probably, and whether people said so."""

    class Meta:
        model = SpeakerLink
        fields = ("name", "role", "reason", "score", "decided")


class QuotationDetailSerializer(QuotationSerializer):
    """A quotation with its spans, the evidence for its speaker, and the run that found it."""

    spans = SpansSerializer(source="*")
    speaker_link = serializers.SerializerMethodField(
        help_text="why its article's name is this speaker's; null without a speaker"
    )
    run = RunLinkSerializer(source="extraction.run")
    predecessor = serializers.CharField(
        source="predecessor.uid",
        default=None,
        read_only=True,
        allow_null=True,
        help_text="the uid of the same words in an earlier version of the article",
    )

    highlights = None  # type: ignore[assignment]  # an item is not sought

    class Meta(QuotationSerializer.Meta):
        fields = (  # type: ignore[assignment]
            *QuotationSerializer.Meta.fields[:-1], "predecessor", "spans", "speaker_link", "run"
        )  # fmt: skip

    @extend_schema_field(LinkReasonSerializer(allow_null=True))
    def get_speaker_link(self, quotation: Quotation) -> Any:
        """Return the article's link to the speaker, that of the quotation's name first."""
        links = SpeakerLink.objects.filter(
            article=quotation.version.article_id, speaker=quotation.speaker_id
        )
        own = sorted(links, key=lambda link: link.name != quotation.speaker_name)
        return LinkReasonSerializer(own[0]).data if own else None


class CurrentVersionSerializer(serializers.ModelSerializer[ArticleVersion]):
    """The version of an article that is current now."""

    version = serializers.IntegerField(source="number")
    url = serializers.SerializerMethodField(help_text="the article in the API")
    address = serializers.SerializerMethodField(help_text="its page")
    text_sha256 = serializers.CharField(source="text_id")

    class Meta:
        model = ArticleVersion
        fields = ("version", "url", "address", "text_sha256")

    def get_url(self, version: ArticleVersion) -> str:
        """Return the address of the article in the API."""
        return absolute(reverse("api:article-detail", args=[version.article.uid]))

    def get_address(self, version: ArticleVersion) -> str:
        """Return the address of the article's page at this version."""
        return absolute(version.get_absolute_url())


class InsteadSerializer(serializers.ModelSerializer[Quotation]):
    """The quotation that the current version has in the place of another."""

    url = serializers.SerializerMethodField(help_text="that quotation in the API")

    class Meta:
        model = Quotation
        fields = ("uid", "url", "content", "speaker_name")

    def get_url(self, quotation: Quotation) -> str:
        """Return the address of the quotation in the API."""
        return absolute(reverse("api:quotation-detail", args=[quotation.uid]))


class VerificationSerializer(serializers.Serializer[Verdict]):
    """How a quotation's words stand, checked at this moment: what its permanent address says."""

    state = serializers.ChoiceField(
        choices=[state.value for state in State],
        help_text="verified: the words are at their place in the stored text, which has its hash, "
        "and no later version has others instead; changed: the article's current version has other "
        "words there; orphaned: they no longer stand there, or the stored text is not what it was",
    )
    verified = serializers.SerializerMethodField(help_text="whether `state` is verified")
    checked_at = serializers.SerializerMethodField()
    permalink = serializers.SerializerMethodField(help_text="the address that says this to people")
    text_sha256 = serializers.SerializerMethodField(help_text="of the text that it is of")
    problems = serializers.ListField(
        child=serializers.CharField(), help_text="what of the stored evidence does not agree"
    )
    current = CurrentVersionSerializer(
        allow_null=True, help_text="where the quotation is of a former version; else null"
    )
    instead = InsteadSerializer(
        allow_null=True, help_text="what the current version has in its place; null if none is told"
    )
    differences = serializers.SerializerMethodField(help_text="how that differs, the gravest first")

    def get_verified(self, verdict: Verdict) -> bool:
        """Return whether all is well."""
        return verdict.state is State.VERIFIED

    def get_checked_at(self, _: Verdict) -> datetime:
        """Return the time of the check: now."""
        return timezone.now()

    def get_permalink(self, _: Verdict) -> str:
        """Return the quotation's permanent address."""
        return absolute(reverse("permalink", args=[self._quotation.uid]))

    def get_text_sha256(self, _: Verdict) -> str:
        """Return the hash by which the text is kept."""
        return self._quotation.version.text_id

    @extend_schema_field(
        serializers.ListField(child=serializers.ChoiceField(choices=list(DIFFERENCES)))
    )
    def get_differences(self, verdict: Verdict) -> list[str]:
        """Return the kinds of differences between the two wordings."""
        return list(verdict.found.differences) if verdict.found and verdict.found.new else []

    @property
    def _quotation(self) -> Quotation:
        found: Quotation = self.context["quotation"]
        return found


class StrictTextField(serializers.CharField):
    """A JSON string; numbers are not made into one, and the text stays as it is."""

    def to_internal_value(self, data: Any) -> str:
        """Return the string; ValidationError for anything else."""
        if not isinstance(data, str):
            self.fail("invalid")
        return data

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Return the string, blank or not, NUL or not: what the text holds is for the extractor."""
        if data is serializers.empty:
            self.fail("required")
        return self.to_internal_value(data)


@extend_schema_field({})
class PlainJSONField(serializers.JSONField):
    """Any JSON value that can be written back: no infinite numbers, no lone surrogates."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the value; ValidationError if it has no JSON text."""
        try:
            json.dumps(data, allow_nan=False, ensure_ascii=False).encode()
        except ValueError:
            self.fail("invalid")
        return data


class TextSerializer(serializers.Serializer[Any]):
    """A text to extract quotations from."""

    text = StrictTextField(allow_blank=True, help_text="the article, plain text")
    id = PlainJSONField(required=False, allow_null=True, help_text="given back as it is")


class ExtractedQuotationSerializer(serializers.Serializer[Any]):
    """A quotation found in a posted text; the format of `manage.py extract`."""

    content = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))
    cue = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))
    source = serializers.ListField(  # type: ignore[assignment]  # a role, not DRF's option
        child=serializers.ListField(child=serializers.IntegerField())
    )
    kind = serializers.ChoiceField(choices=KINDS)
    act = serializers.ChoiceField(choices=ACTS)
    factuality = serializers.ChoiceField(choices=FACTUALITIES)
    speaker = serializers.CharField(allow_null=True)
    medium = serializers.CharField(allow_null=True)
    confidence = serializers.FloatField(
        min_value=0, max_value=1, help_text="probability that content and source are both right"
    )
    speaker_confidence = serializers.FloatField(
        min_value=0, max_value=1, help_text="probability that the speaker is right too"
    )


class SkippedSerializer(serializers.Serializer[Any]):
    """A passage that was not read because it is in another language; offsets in code points."""

    start = serializers.IntegerField()
    end = serializers.IntegerField()
    language = serializers.CharField(help_text="BCP 47")


class ExtractionSerializer(serializers.Serializer[Any]):
    """The quotations of a posted text, and its language: only English is read."""

    id = PlainJSONField()
    language = serializers.CharField(help_text="BCP 47; “und” if it is not clear: read as English")
    note = serializers.CharField(
        allow_null=True, help_text="what was not read, or is in doubt, for the language's sake"
    )
    skipped = SkippedSerializer(many=True)
    quotes = ExtractedQuotationSerializer(many=True)
