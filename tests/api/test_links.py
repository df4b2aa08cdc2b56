"""Why a name is a speaker's, as the API says it."""

import pytest
from django.test import Client

from quotes.models import Quotation, SpeakerLink

pytestmark = pytest.mark.django_db


def test_a_quotation_says_why_the_name_is_its_speakers(
    client: Client, quotation: Quotation
) -> None:
    address = f"/api/v1/quotations/{quotation.uid}/"
    assert client.get(address).json()["speaker_link"] == {
        "name": "Ana Roe",
        "role": "the minister",
        "reason": "first so named",
        "score": 1.0,
        "decided": False,
    }
    SpeakerLink.objects.update(decided=True, reason="by people")
    assert client.get(address).json()["speaker_link"]["decided"] is True


def test_without_a_speaker_there_is_no_reason(client: Client, quotation: Quotation) -> None:
    Quotation.objects.update(speaker=None)
    assert client.get(f"/api/v1/quotations/{quotation.uid}/").json()["speaker_link"] is None


def test_a_speaker_says_why_each_name_is_its_own(client: Client, quotation: Quotation) -> None:
    assert quotation.speaker is not None
    body = client.get(f"/api/v1/speakers/{quotation.speaker.slug}/").json()
    assert body["names"] == ["Ana Roe", "Ms Roe"]
    assert body["name_reasons"] == [
        {"name": "Ana Roe", "reason": "same name", "score": 1.0},
        {"name": "Ms Roe", "reason": "so called in an article that names it in full", "score": 1.0},
    ]
