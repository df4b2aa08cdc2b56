"""Runs of the extractor -> JSON: what they are made of, how far they are, what they changed."""

from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from api.serializers import absolute
from quotes.models import ExtractionRun
from quotes.run_reports import State

STATES = [state.value for state in State]


class RunProgressSerializer(serializers.Serializer[Any]):
    """How far a run is, in article versions; null is what is not known."""

    state = serializers.ChoiceField(
        choices=STATES,
        help_text="import: it stores articles as they come in, and nothing is planned; stopped: it "
        "ended before it was done, and can be gone on with",
    )
    done = serializers.IntegerField(help_text="read")
    planned = serializers.IntegerField(allow_null=True)
    failed = serializers.IntegerField(help_text="could not be processed")
    remaining = serializers.IntegerField()
    percent = serializers.IntegerField(min_value=0, max_value=100)
    left_s = serializers.FloatField(allow_null=True, help_text="estimate, seconds")


class RunSerializer(serializers.ModelSerializer[ExtractionRun]):
    """A run of the extractor as lists show it."""

    url = serializers.SerializerMethodField(help_text="this run in the API")
    address = serializers.SerializerMethodField(help_text="the run's page")
    progress = RunProgressSerializer()
    changes = serializers.IntegerField(
        source="change_count", help_text="in quotations that were stored before"
    )

    class Meta:
        model = ExtractionRun
        fields = (
            "uid", "url", "address", "started_at", "finished_at", "fingerprint", "code_version",
            "code_sha256", "progress", "changes",
        )  # fmt: skip

    def get_url(self, run: ExtractionRun) -> str:
        """Return the address of the run in the API."""
        return absolute(reverse("api:run-detail", args=[run.uid]))

    def get_address(self, run: ExtractionRun) -> str:
        """Return the address of the run's page."""
        return absolute(run.get_absolute_url())


class ChangeCountsSerializer(serializers.Serializer[Any]):
    """How many quotations a run changed, by kind of change."""

    new = serializers.IntegerField()
    gone = serializers.IntegerField()
    back = serializers.IntegerField()
    speaker = serializers.IntegerField()
    words = serializers.IntegerField()
    kept = serializers.IntegerField(help_text="left as people decided")


class RunDetailSerializer(RunSerializer):
    """A run with all that made it what it is, by hash, and what it changed."""

    models = serializers.DictField(source="model_hashes", child=serializers.CharField())
    lexicons = serializers.DictField(source="lexicon_hashes", child=serializers.CharField())
    params = serializers.DictField(help_text="threshold -> value")
    selection = serializers.DictField(help_text="which stored articles it was to read again")
    problems = serializers.JSONField(
        help_text="article versions that it could not process, and why; the first 1000"
    )
    changes_by_kind = ChangeCountsSerializer(source="counts")

    class Meta(RunSerializer.Meta):
        fields = (  # type: ignore[assignment]
            *RunSerializer.Meta.fields, "models", "lexicons", "params", "selection", "problems",
            "changes_by_kind",
        )  # fmt: skip
