"""Stored speakers -> JSON."""

from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from api.serializers import SpeakerLinkSerializer, absolute
from quotes.models import Speaker, SpeakerName


class SpeakerSerializer(SpeakerLinkSerializer):
    """A speaker as lists show it."""

    url = serializers.SerializerMethodField(help_text="this speaker in the API")
    quotation_count = serializers.IntegerField(read_only=True, help_text="of speech, current")
    first_quoted_on = serializers.DateField(read_only=True, allow_null=True)
    last_quoted_on = serializers.DateField(read_only=True, allow_null=True)

    class Meta(SpeakerLinkSerializer.Meta):
        fields = (  # type: ignore[assignment]
            *SpeakerLinkSerializer.Meta.fields, "url", "description", "quotation_count",
            "first_quoted_on", "last_quoted_on", "updated_at",
        )  # fmt: skip

    def get_url(self, speaker: Speaker) -> str:
        """Return the address of the speaker in the API."""
        return absolute(reverse("api:speaker-detail", args=[speaker.slug]))


class NameReasonSerializer(serializers.ModelSerializer[SpeakerName]):
    """A form of a speaker's name: why it is the speaker's, and how probably."""

    class Meta:
        model = SpeakerName
        fields = ("name", "reason", "score")


class SpeakerDetailSerializer(SpeakerSerializer):
    """A speaker with the names that articles use, and why they are the speaker's."""

    names: Any = serializers.SlugRelatedField(many=True, read_only=True, slug_field="name")
    name_reasons = NameReasonSerializer(source="names", many=True, read_only=True)

    merged_into = serializers.CharField(
        source="merged_into.slug",
        default=None,
        read_only=True,
        allow_null=True,
        help_text="the slug of who this one was found to be; null if nobody",
    )

    class Meta(SpeakerSerializer.Meta):
        fields = (  # type: ignore[assignment]
            *SpeakerSerializer.Meta.fields, "merged_into", "names", "name_reasons"
        )  # fmt: skip
