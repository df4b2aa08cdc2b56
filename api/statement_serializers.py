"""Statements and their reports -> JSON; and what reviewers say of two quotations."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from api.serializers import ArticleLinkSerializer, SpeakerLinkSerializer, absolute
from api.strict import StrictSerializer, TrueOrFalse
from quotes.models import KINDS, Quotation, Report, SameStatement, Statement
from quotes.statement_pages import Beside, Change, Check
from quotes.statements import COMMENT_CHARS


class StatementSerializer(serializers.ModelSerializer[Statement]):
    """A statement as lists show it. Counts are of the reports that may be shown."""

    url = serializers.SerializerMethodField(help_text="this statement in the API")
    address = serializers.SerializerMethodField(help_text="its page; permanent")
    content = serializers.CharField(
        source="representative.content",
        default=None,
        allow_null=True,
        read_only=True,
        help_text="the words of the report that stands for it; null if none is shown any more",
    )
    quotation = serializers.CharField(
        source="representative.uid",
        default=None,
        allow_null=True,
        read_only=True,
        help_text="the uid of that report",
    )
    speaker = SpeakerLinkSerializer(allow_null=True, help_text="of that report")

    class Meta:
        model = Statement
        fields = (
            "uid", "url", "address", "content", "quotation", "speaker", "reports_count",
            "possible_count", "articles_count", "outlets_count", "without_outlet_count",
            "sources_count", "has_warnings", "first_on", "last_on", "created_at", "updated_at",
        )  # fmt: skip

    def get_url(self, statement: Statement) -> str:
        """Return the address of the statement in the API."""
        return absolute(reverse("api:statement-detail", args=[statement.uid]))

    def get_address(self, statement: Statement) -> str:
        """Return the address of the statement's page."""
        return absolute(statement.get_absolute_url())


class SeenSerializer(serializers.Serializer[Any]):
    """A report by the quotation that it is, and the outlet."""

    quotation = serializers.CharField(source="uid", help_text="its uid")
    outlet = serializers.CharField(source="outlet_name", help_text="empty if not known")


class FirstReportSerializer(serializers.Serializer[Any]):
    """The earliest reports, of the articles read here: not who said it first."""

    published_on = serializers.DateField(source="day")
    published_at = serializers.DateTimeField(
        source="at", allow_null=True, help_text="null: only days are known"
    )
    reports = SeenSerializer(many=True, help_text="several: none of them is earlier")
    untimed = SeenSerializer(
        many=True, help_text="of the same day without a time: any may be as early"
    )
    undated = serializers.IntegerField(help_text="how many reports have no date")


class WordsSerializer(serializers.Serializer[Any]):
    """A run of words: the same in both, in this report only, or in the other wording only."""

    text = serializers.CharField()
    change = serializers.ChoiceField(choices=[each.value for each in Change])


class WarningSerializer(serializers.Serializer[Any]):
    """Where the wordings part in something that can turn what was said: for a person to check."""

    kind = serializers.ChoiceField(choices=["negation", "number", "ellipsis"])
    here = serializers.CharField(source="other", help_text="empty: nothing stands there")
    there = serializers.CharField(source="one", help_text="in the wording compared with")


class ReportSerializer(serializers.Serializer[Beside]):
    """A report beside the wording that it is compared with."""

    uid = serializers.CharField(source="quotation.uid", help_text="of the quotation")
    url = serializers.SerializerMethodField(help_text="the quotation in the API")
    address = serializers.SerializerMethodField(help_text="the quotation's page")
    content = serializers.CharField(source="quotation.content")
    kind = serializers.ChoiceField(source="quotation.kind", choices=KINDS)
    cue = serializers.CharField(source="quotation.cue")
    speaker_name = serializers.CharField(source="quotation.speaker_name")
    speaker_confidence = serializers.FloatField(source="quotation.speaker_confidence")
    review = serializers.ChoiceField(
        source="quotation.review", choices=Quotation.Review.choices, allow_blank=True
    )
    article = ArticleLinkSerializer(source="quotation.version")
    relation = serializers.ChoiceField(
        source="quotation.report.relation",
        choices=Report.Relation.choices,
        help_text="how it came to the statement; `possible` is not counted as a report",
    )
    similarity = serializers.FloatField(
        source="quotation.report.similarity", help_text="of the words compared then, in [0, 1]"
    )
    differences = WordsSerializer(
        source="runs", many=True, help_text="`content` is all but what is left out"
    )
    warnings = WarningSerializer(many=True)
    check = serializers.ChoiceField(
        choices=[each.value for each in Check],
        help_text="whether its words stand in the stored text, checked now; long: not checked here",
    )

    def get_url(self, one: Beside) -> str:
        """Return the address of the quotation in the API."""
        return absolute(reverse("api:quotation-detail", args=[one.quotation.uid]))

    def get_address(self, one: Beside) -> str:
        """Return the address of the quotation's page."""
        return absolute(one.quotation.get_absolute_url())


class StatementDetailSerializer(StatementSerializer):
    """A statement with who reported it first, its sources, and its first reports."""

    merged_into = serializers.CharField(
        source="merged_into.uid",
        default=None,
        allow_null=True,
        read_only=True,
        help_text="the uid of the statement that it was found to be; null if none",
    )
    first_report = FirstReportSerializer(
        source="facts.first", allow_null=True, help_text="null if no report has a date"
    )
    wire_texts = serializers.ListField(
        source="facts.sources.wires",
        child=serializers.IntegerField(),
        help_text="of each text that several of the articles carry, how many do",
    )
    reports = ReportSerializer(
        source="found_reports",
        many=True,
        help_text="the earliest first, those that only may report it last, compared with "
        "`quotation`; for more than a page see `reports_url`",
    )
    reports_url = serializers.SerializerMethodField(help_text="all reports")

    class Meta(StatementSerializer.Meta):
        fields = (  # type: ignore[assignment]
            *StatementSerializer.Meta.fields, "merged_into", "first_report", "wire_texts",
            "reports", "reports_url",
        )  # fmt: skip

    def get_reports_url(self, statement: Statement) -> str:
        """Return the address of the list of all reports."""
        return absolute(reverse("api:statement-reports", args=[statement.uid]))


# --- what people say


class SameStatementSerializer(serializers.ModelSerializer[SameStatement]):
    """What a person has decided of two quotations."""

    url = serializers.SerializerMethodField(help_text="this decision in the API")
    one = serializers.SlugRelatedField[Any](slug_field="uid", read_only=True)
    other = serializers.SlugRelatedField[Any](slug_field="uid", read_only=True)
    by = serializers.SerializerMethodField(help_text="empty: an account that is gone")
    undone_by = serializers.SerializerMethodField(help_text="empty: it stands, or not known")

    class Meta:
        model = SameStatement
        fields = (
            "id", "url", "one", "other", "is_same", "comment", "by", "made_at", "undone_at",
            "undone_by",
        )  # fmt: skip

    def get_url(self, decision: SameStatement) -> str:
        """Return the address of the decision in the API."""
        return absolute(reverse("api:same-statement-detail", args=[decision.pk]))

    def get_by(self, decision: SameStatement) -> str:
        """Return the name of who decided."""
        return _name(decision.by)

    def get_undone_by(self, decision: SameStatement) -> str:
        """Return the name of who undid it."""
        return _name(decision.undone_by)


def _name(user: Any) -> str:
    return (user.get_full_name() or user.get_username()) if user else ""


class DecideSameSerializer(StrictSerializer):
    """Whether two quotations report one statement."""

    one = serializers.CharField(max_length=64, help_text="the uid of a quotation")
    other = serializers.CharField(max_length=64, help_text="the uid of another")
    is_same = TrueOrFalse()
    comment = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=COMMENT_CHARS
    )


class NothingSerializer(StrictSerializer):
    """An empty object."""

    def validate(self, attrs: Mapping[str, Any]) -> Any:
        """Return what was sent, which is nothing."""
        return attrs
