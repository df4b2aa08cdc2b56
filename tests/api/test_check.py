"""POST /api/v1/check/: the answer, its offsets, its limits."""

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from api import check_views
from quotes.draft_judging import Status
from quotes.models import Quotation
from quotes.params import CHECKING

CHECK = "/api/v1/check/"
TEXT = "😀 “It must,” Ana Roe told reporters.\n\n“It must not,” said Ana Roe.\n"
pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("extractor")]


def post(client: Client, body: Any, **headers: str) -> Any:
    return client.post(CHECK, json.dumps(body), content_type="application/json", headers=headers)


@pytest.mark.usefixtures("rail")
def test_a_draft_is_checked(client: Client) -> None:
    body = post(client, {"text": TEXT, "id": 7}).json()
    assert (body["id"], body["read_to"], body["left_out"]) == (7, len(TEXT), 0)
    assert set(body["counts"]) == {status.value for status in Status}
    first = body["quotations"][0]
    assert (first["result"], first["speaker"], first["kind"]) == ("verbatim", "Ana Roe", "direct")
    assert TEXT[first["start"] : first["end"]] == "“It must,”"
    assert [TEXT[start:end] for start, end in first["pieces"]] == ["It must,"]
    (source,) = first["sources"]
    stored = Quotation.objects.get(uid=source["quotation"])
    assert stored.content == "“It must,”"
    assert source["same_speaker"] == "same"
    assert client.get(source["url"].partition("8000")[2]).status_code == 200


@pytest.mark.usefixtures("rail")
def test_line_breaks_are_the_senders(client: Client) -> None:
    text = "One line.\r\n\r\nAna Roe said: “It must.”\r\n"
    (found,) = post(client, {"text": text}).json()["quotations"]
    assert text[found["start"] : found["end"]] == "“It must.”"


def test_a_text_without_quotations(client: Client) -> None:
    body = post(client, {"text": ""}).json()
    assert body["quotations"] == []
    assert sum(body["counts"].values()) == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 400), ({"text": 1}, 400), ({"text": "a" * (CHECKING.draft_most_chars + 1)}, 413)],
)
def test_what_is_refused(client: Client, body: Any, status: int) -> None:
    answer = post(client, body)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


def test_the_body_is_bounded(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    small = CHECKING.model_copy(update={"draft_most_chars": 10})
    monkeypatch.setattr(check_views, "CHECKING", small)
    assert post(client, {"text": "a" * 20_000}).status_code == 413


def test_private_trackers_ask_who_it_is(client: Client, settings: Settings) -> None:
    settings.PUBLIC_READS = False
    assert post(client, {"text": TEXT}).status_code == 401


def test_drafts_are_counted_as_extractions(client: Client, settings: Settings) -> None:
    settings.RATE_LIMITS = {"extract": "1/hour"}
    assert [post(client, {"text": ""}).status_code for _ in range(2)] == [200, 429]
