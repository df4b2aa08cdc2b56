"""What hangs on one quotation: citation, annotation, verification; and extraction; and errors."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import rispy
from django.conf import settings
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from quotes import store
from quotes.models import CanonicalText, Quotation
from quotes.nlp.document import Document
from tests import builders

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    ("style", "media_type", "holds"),
    [
        ("text", "text/plain", "Ana Roe"),
        ("bibtex", "application/x-bibtex", "title = {{Rail tax to rise}}"),
        ("ris", "application/x-research-info-systems", "TI  - Rail tax to rise"),
        ("csl", "application/vnd.citationstyles.csl+json", '"title": "Rail tax to rise"'),
    ],
)
def test_citation_in_each_style(
    client: Client, quotation: Quotation, style: str, media_type: str, holds: str
) -> None:
    response = client.get(f"/api/v1/quotations/{quotation.uid}/citation/", {"style": style})
    assert response.status_code == 200
    assert response["Content-Type"].startswith(media_type)
    assert holds in response.content.decode()


def test_ris_is_read_by_a_reference_manager(client: Client, quotation: Quotation) -> None:
    response = client.get(f"/api/v1/quotations/{quotation.uid}/citation/", {"style": "ris"})
    entry = rispy.loads(response.content.decode())[0]
    assert entry["title"] == "Rail tax to rise"


def test_annotation_selects_the_words_of_the_text(client: Client, quotation: Quotation) -> None:
    body = client.get(f"/api/v1/quotations/{quotation.uid}/annotation/").json()
    assert body["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
    quote, position = body["target"][0]["selector"]
    text = quotation.version.text.content
    assert text[position["start"] : position["end"]] == quote["exact"] == quotation.content


def test_verification_says_so_when_all_is_well(client: Client, quotation: Quotation) -> None:
    body = client.get(f"/api/v1/quotations/{quotation.uid}/verify/").json()
    stored = CanonicalText.objects.get()
    assert datetime.fromisoformat(body.pop("checked_at")) <= timezone.now()
    assert body == {
        "state": "verified",
        "verified": True,
        "permalink": f"{settings.SITE_URL}/q/{quotation.uid}",
        "text_sha256": stored.sha256,
        "problems": [],
        "current": None,
        "instead": None,
        "differences": [],
    }


def test_verification_tells_what_the_article_says_now(client: Client, quotation: Quotation) -> None:
    address = quotation.version.article.url
    text = builders.RAIL.replace("would rise", "would not rise")
    said = "the café tax would not rise"
    found = builders.quotation(text, said, source="The minister, Ana Roe", speaker=builders.ROE)
    source = builders.source(text, url=address, retrieved_at=timezone.now() + timedelta(days=1))
    document = Document(text=text, quotations=(found,))
    later = store.record(source, document, store.open_run(builders.provenance("2"))).version
    assert later.number == 2
    body = client.get(f"/api/v1/quotations/{quotation.uid}/verify/").json()
    assert (body["state"], body["verified"], body["problems"]) == ("changed", False, [])
    assert body["differences"] == ["negation", "words"]
    assert body["instead"]["content"] == said
    assert (body["current"]["version"], body["current"]["text_sha256"]) == (2, source.sha256)
    assert client.get(body["instead"]["url"].removeprefix(settings.SITE_URL)).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "field"),
    [
        pytest.param("get", "quotations/?colour=red", None, 400, "colour", id="unknown-filter"),
        pytest.param("get", "quotations/?kind=loud", None, 400, "kind", id="no-such-kind"),
        pytest.param("get", "quotations/?act=maybe", None, 400, "act", id="no-such-act"),
        pytest.param("get", "quotations/?min_confidence=7", None, 400, "min_confidence", id="7"),
        pytest.param(
            "get", "quotations/?min_confidence=NaN", None, 400, "min_confidence", id="nan"
        ),
        pytest.param("get", "quotations/?published_from=x", None, 400, "published_from", id="day"),
        pytest.param("get", "quotations/?page_size=0", None, 400, "page_size", id="no-rows"),
        pytest.param("get", "quotations/?page_size=9999", None, 400, "page_size", id="too-many"),
        pytest.param("get", "quotations/?cursor=x", None, 404, "cursor", id="cursor"),
        pytest.param("get", "quotations/?cursor=cD14", None, 404, "cursor", id="forged-cursor"),
        pytest.param("get", "quotations/?act=", None, 400, "act", id="empty-filter"),
        pytest.param("get", "quotations/?act=any&act=speech", None, 400, "act", id="twice"),
        pytest.param("get", "quotations/nope/?x=1", None, 400, "x", id="items-take-none"),
        pytest.param("get", "quotations/?ordering=mood", None, 400, "ordering", id="ordering"),
        pytest.param("get", "quotations/?q=a%00b", None, 400, "q", id="nul"),
        pytest.param("get", f"quotations/?q={'x' * 501}", None, 400, "q", id="long-query"),
        pytest.param("get", "quotations/nope/", None, 404, None, id="no-such-quotation"),
        pytest.param("get", "articles/nope/", None, 404, None, id="no-such-article"),
        pytest.param("get", "nothing/", None, 404, None, id="no-such-list"),
        pytest.param("post", "quotations/", "{}", 405, None, id="lists-are-read-only"),
        pytest.param("get", "extract/", None, 405, None, id="extract-is-posted-to"),
        pytest.param("post", "extract/", "{", 400, None, id="broken-json"),
        pytest.param("post", "extract/", "[" * 200_000, 400, None, id="nested-json"),
        pytest.param("post", "extract", "{}", 404, None, id="post-without-the-slash"),
        pytest.param("post", "extract/", "[1]", 400, "non_field_errors", id="not-an-object"),
        pytest.param("post", "extract/", "{}", 400, "text", id="no-text"),
        pytest.param("post", "extract/", '{"text": 1e400}', 400, "text", id="text-is-a-number"),
        pytest.param("post", "extract/", '{"text": "", "id": 1e400}', 400, "id", id="infinite-id"),
        pytest.param(
            "post", "extract/", '{"text": "", "id": "\\ud800"}', 400, "id", id="id-without-letters"
        ),
        pytest.param("post", "extract/", '{"text": ["x"]}', 400, "text", id="text-is-a-list"),
    ],
)
def test_errors_are_problems_that_name_the_field(
    client: Client, method: str, path: str, body: str | None, status: int, field: str | None
) -> None:
    arguments: dict[str, Any] = {"content_type": "application/json"} if method == "post" else {}
    response = getattr(client, method)(f"/api/v1/{path}", body, **arguments)
    assert response.status_code == status, response.content
    assert response["Content-Type"] == PROBLEM
    problem = response.json()
    assert problem["status"] == status
    assert problem["instance"] == f"/api/v1/{path}".split("?")[0]
    if field:
        assert field in {error["field"] for error in problem["errors"]}


def test_other_media_types_are_refused(client: Client) -> None:
    response = client.post("/api/v1/extract/", "text=hello", content_type="text/plain")
    assert response.status_code == 415
    assert "Content-Type: application/json" in response.json()["remedy"]


def test_long_texts_are_refused(client: Client, settings: Settings) -> None:
    settings.API_EXTRACT_MAX_CHARS = 10
    response = client.post("/api/v1/extract/", {"text": "x" * 11}, content_type="application/json")
    assert response.status_code == 413
    assert "11 characters" in response.json()["detail"]


def test_large_bodies_are_refused_unread(client: Client, settings: Settings) -> None:
    settings.API_EXTRACT_MAX_CHARS = 10
    body = json.dumps({"text": "x", "id": "y" * 20_000})
    response = client.post("/api/v1/extract/", body, content_type="application/json")
    assert response.status_code == 413


def test_readers_without_the_slash_are_sent_on(client: Client) -> None:
    response = client.get("/api/v1/quotations?act=any")
    assert response.status_code == 301
    assert response["Location"] == "/api/v1/quotations/?act=any"


def test_a_failure_is_a_problem_without_its_details(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr("api.quotation_views.QuotationViewSet.get_queryset", fail)
    client.raise_request_exception = False
    response = client.get("/api/v1/quotations/")
    assert response.status_code == 500
    assert response["Content-Type"] == PROBLEM
    assert "secret" not in response.content.decode()


@pytest.mark.usefixtures("extractor")
def test_extraction_returns_what_the_command_prints_and_stores_nothing(client: Client) -> None:
    text = "“No,” said Ana Roe, the mayor. She added that taxes would fall."
    posted = {"id": {"any": "thing"}, "text": text}
    response = client.post("/api/v1/extract/", posted, content_type="application/json")
    body = response.json()
    assert response.status_code == 200
    assert body["id"] == {"any": "thing"}
    found = [(text[slice(*q["content"][0])], q["speaker"]) for q in body["quotes"]]
    assert found == [("“No,”", "Ana Roe"), ("that taxes would fall", "Ana Roe")]
    assert not Quotation.objects.exists()


@pytest.mark.usefixtures("extractor")
@given(text=st.text(alphabet=st.characters(exclude_categories=()), max_size=40))
@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_gets_an_answer(client: Client, text: str) -> None:
    body = json.dumps({"text": text})
    response = client.post("/api/v1/extract/", body, content_type="application/json")
    assert response.status_code in (200, 400)
    if response.status_code == 200:
        spans = [span for quote in response.json()["quotes"] for span in quote["content"]]
        assert all(0 <= start < end <= len(text) for start, end in spans)


def test_clients_that_ask_too_often_are_told_when_to_come_back(
    client: Client, settings: Settings
) -> None:
    settings.RATE_LIMITS = {"extract": "1/hour"}
    for expected in (400, 429):
        response = client.post("/api/v1/extract/", "{}", content_type="application/json")
        assert response.status_code == expected
    assert int(response["Retry-After"]) > 0
    assert response["Content-Type"] == PROBLEM
