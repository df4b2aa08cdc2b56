"""What reviewers send through the API, and decisions as it tells them."""

from typing import Any

from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from api.serializers import absolute
from api.strict import StrictSerializer
from quotes import decisions, history
from quotes.models import SPEAKER_KINDS, Decision
from quotes.nlp.document import SpeakerKind

_MOST = 1000
_SEEN = (
    "what the decision builds upon: `seen` of the history, or for a quotation its `updated_at`; "
    "may be sent as the header If-Match instead"
)


class DecisionSerializer(serializers.ModelSerializer[Decision]):
    """A decision: who, when, why, about what, and what it changed."""

    url = serializers.SerializerMethodField(help_text="this decision in the API")
    by = serializers.CharField(source="by_name")
    quotation = serializers.SlugRelatedField[Any](slug_field="uid", read_only=True, allow_null=True)
    speaker = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True, allow_null=True)
    other_speaker = serializers.SlugRelatedField[Any](
        slug_field="slug", read_only=True, allow_null=True
    )
    changes = serializers.SerializerMethodField(help_text="in words")
    undoes = serializers.SlugRelatedField[Any](slug_field="uid", read_only=True, allow_null=True)
    undone_by = serializers.SerializerMethodField(help_text="null: it stands")

    class Meta:
        model = Decision
        fields = (
            "uid", "url", "kind", "by", "via", "at", "why", "quotation", "speaker",
            "other_speaker", "changes", "batch", "undoes", "undone_by",
        )  # fmt: skip
        extra_kwargs = {
            "via": {"help_text": "empty: the pages; else “API”, and the name of the token"},
            "batch": {"help_text": "of decisions taken, and undone, as one"},
        }

    def get_url(self, decision: Decision) -> str:
        """Return the address of the decision in the API."""
        return absolute(reverse("api:decision-detail", args=[decision.uid]))

    @extend_schema_field(
        serializers.ListField(child=serializers.DictField(child=serializers.CharField()))
    )
    def get_changes(self, decision: Decision) -> list[dict[str, str]]:
        """Return what it changed: label, what was, what became."""
        return [each._asdict() for each in history.differences(decision)]

    def get_undone_by(self, decision: Decision) -> str | None:
        """Return the uid of the decision that undoes it."""
        undone = getattr(decision, "undone_by", None)
        return None if undone is None else str(undone.uid)


class TakenSerializer(DecisionSerializer):
    """A decision that has just been taken, and the mark for the next one."""

    seen = serializers.SerializerMethodField(
        help_text="what the next decision on the same quotation or speaker builds upon"
    )

    class Meta(DecisionSerializer.Meta):
        fields = (*DecisionSerializer.Meta.fields, "seen")  # type: ignore[assignment]

    def get_seen(self, decision: Decision) -> str:
        """Return the mark of what the decision is about, as it is now."""
        about = decision.quotation or decision.speaker
        assert about is not None  # noqa: S101 - the table's own constraint
        about.refresh_from_db()
        return decisions.seen(about)


class HistorySerializer(serializers.Serializer[Any]):
    """A change of a quotation at a time: by a decision or by a run."""

    at = serializers.DateTimeField()
    decision = DecisionSerializer(allow_null=True)
    run = serializers.UUIDField(source="change.extraction.run.uid", allow_null=True, default=None)
    change = serializers.CharField(source="change.kind", allow_null=True, default=None)
    was = serializers.CharField(source="change.before", allow_null=True, default=None)
    became = serializers.CharField(source="change.after", allow_null=True, default=None)


class QuotationHistorySerializer(serializers.Serializer[Any]):
    """All that people and runs have changed in a quotation, newest first."""

    seen = serializers.CharField(help_text="send it with a decision")
    machine_reading = serializers.DictField(
        child=serializers.CharField(),
        help_text="what the program says now of what people have decided; empty if nothing is kept",
    )
    entries = HistorySerializer(many=True)


class SpeakerHistorySerializer(serializers.Serializer[Any]):
    """The decisions on who a speaker is, newest first; not those on single quotations."""

    seen = serializers.CharField(help_text="send it with a decision")
    merged_into = serializers.CharField(allow_null=True, help_text="the slug of whom it is part of")
    decisions = DecisionSerializer(many=True)


# --- what is sent


class DecideSerializer(StrictSerializer):
    """What every decision carries: what it builds upon, and a reason."""

    seen = serializers.CharField(required=False, max_length=100, help_text=_SEEN)
    why = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=decisions.WHY_CHARS
    )


class UndoSerializer(StrictSerializer):
    """A reason for undoing a decision."""

    why = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=decisions.WHY_CHARS
    )


class PieceSerializer(StrictSerializer):
    """A piece of the article's text: [start, end) in code points."""

    start = serializers.IntegerField(min_value=0, max_value=10**9)
    end = serializers.IntegerField(min_value=1, max_value=10**9)


class CorrectWordsSerializer(DecideSerializer):
    """Which words are the quotation's: by their places, or as the article has them."""

    pieces = serializers.ListField(
        child=PieceSerializer(), required=False, max_length=decisions.MOST_PIECES
    )
    words = serializers.CharField(
        required=False,
        max_length=20_000,
        trim_whitespace=False,
        help_text="exactly as the article has them, where they stand once; pieces joined by “ … ”",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Want one of the two."""
        return _one_of(attrs, "pieces", "words")


class NewSpeakerSerializer(StrictSerializer):
    """Somebody whom the tracker does not know yet."""

    name = serializers.CharField(max_length=decisions.NAME_CHARS)
    kind = serializers.ChoiceField(
        choices=[kind for kind in SPEAKER_KINDS if kind[0] != SpeakerKind.ANONYMOUS],
        default=str(SpeakerKind.PERSON),
    )
    another = serializers.BooleanField(
        default=False, help_text="say so where the tracker knows somebody else of that name"
    )


class CorrectSpeakerSerializer(DecideSerializer):
    """Whose words they are: one of `speaker`, `new_speaker`, `unnamed`."""

    speaker = serializers.SlugField(required=False, max_length=300, help_text="a speaker's slug")
    new_speaker = NewSpeakerSerializer(required=False)
    unnamed = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=decisions.NAME_CHARS,
        help_text="how the article describes a source without a name; empty: it has no source",
    )
    everywhere = serializers.BooleanField(
        default=False,
        help_text="also of the other quotations in the article that name the same speaker, "
        "unless they are reviewed",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Want one of the three."""
        return _one_of(attrs, "speaker", "new_speaker", "unnamed")


class MergeSerializer(DecideSerializer):
    """Into whom a speaker is merged."""

    into = serializers.SlugField(max_length=300, help_text="a speaker's slug")
    into_seen = serializers.CharField(
        required=False, max_length=100, help_text="`seen` of that one's history, to be checked too"
    )


class SplitSerializer(DecideSerializer):
    """What of a speaker is somebody else's, and whose: one of `to`, `new_speaker`."""

    names = serializers.ListField(
        child=serializers.CharField(max_length=1000), required=False, max_length=_MOST,
        help_text="forms of the name, as articles have them",
    )  # fmt: skip
    articles = serializers.ListField(
        child=serializers.CharField(max_length=16), required=False, max_length=_MOST,
        help_text="uids",
    )  # fmt: skip
    quotations = serializers.ListField(
        child=serializers.CharField(max_length=16), required=False, max_length=_MOST,
        help_text="uids",
    )  # fmt: skip
    to = serializers.SlugField(required=False, max_length=300, help_text="a speaker's slug")
    new_speaker = NewSpeakerSerializer(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Want one of the two."""
        return _one_of(attrs, "to", "new_speaker")


class RenameSerializer(DecideSerializer):
    """How a speaker is shown; what is left out stays."""

    name = serializers.CharField(required=False, max_length=decisions.NAME_CHARS)
    kind = serializers.ChoiceField(
        choices=[kind for kind in SPEAKER_KINDS if kind[0] != SpeakerKind.ANONYMOUS], required=False
    )
    wikidata_id = serializers.CharField(required=False, allow_blank=True, max_length=100)
    description = serializers.CharField(
        required=False, allow_blank=True, max_length=decisions.NAME_CHARS
    )


class TellApartSerializer(DecideSerializer):
    """Who is somebody else."""

    other = serializers.SlugField(max_length=300, help_text="a speaker's slug")


def _one_of(attrs: dict[str, Any], *names: str) -> dict[str, Any]:
    if sum(name in attrs for name in names) != 1:
        raise serializers.ValidationError(
            {names[0]: [f"give one of {', '.join(names)}, and only one"]}
        )
    return attrs


def mark(sent: str) -> str:
    """Return a mark as it was sent, in the form that decisions compare: times however written."""
    try:
        when = parse_datetime(sent)
    except ValueError:
        return sent
    return sent if when is None else when.isoformat()
