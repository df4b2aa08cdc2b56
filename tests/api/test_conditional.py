"""Conditional requests, caching, HEAD and OPTIONS."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.http import http_date, parse_http_date

from quotes import mirrors
from quotes.models import ArticleVersion, Quotation, Speaker, SpeakerName, Tombstone
from tests import reviewing

pytestmark = [pytest.mark.django_db, pytest.mark.database]
API = "/api/v1/"
LISTS = ["quotations/", "articles/", "speakers/", "outlets/", "runs/"]
AN_HOUR = timedelta(hours=1)


@pytest.fixture
def old(quotation: Quotation) -> Quotation:
    """A quotation of which everything was last changed an hour ago."""
    for model in (Quotation, ArticleVersion, Speaker):
        model.objects.update(updated_at=timezone.now() - AN_HOUR)
    quotation.extraction.__class__.objects.update(created_at=timezone.now() - AN_HOUR)
    return quotation


def items(quotation: Quotation) -> list[str]:
    return [
        f"quotations/{quotation.uid}/",
        f"quotations/{quotation.uid}/citation/",
        f"quotations/{quotation.uid}/annotation/",
        f"articles/{quotation.version.article.uid}/",
        f"articles/{quotation.version.article.uid}/versions/",
        f"articles/{quotation.version.article.uid}/versions/1/",
        "speakers/ana-roe/",
        "outlets/the-daily-wire/",
        f"runs/{quotation.extraction.run.uid}/",
    ]


def test_what_is_known_is_not_sent_again(client: Client, old: Quotation) -> None:
    for path in [*LISTS, *items(old)]:
        first = client.get(API + path)
        assert first.status_code == 200, path
        assert not first["ETag"].startswith("W/")
        for sent in (first["ETag"], f'"x", {first["ETag"]}', "*"):
            again = client.get(API + path, headers={"If-None-Match": sent})
            assert (again.status_code, again.content) == (304, b""), path
            assert again["ETag"] == first["ETag"]
            assert again["Cache-Control"] == first["Cache-Control"]
            assert set(again["Vary"].split(", ")) >= {"Accept", "Authorization", "Cookie"}
        other = client.get(API + path, headers={"If-None-Match": '"other"'})
        assert other.status_code == 200


@pytest.mark.parametrize("path", ["quotations/", "articles/", "speakers/", "quotations/UID/"])
def test_a_time_tells_that_nothing_has_changed(client: Client, old: Quotation, path: str) -> None:
    path = API + path.replace("UID", old.uid)
    at = client.get(path)["Last-Modified"]
    assert client.get(path, headers={"If-Modified-Since": at}).status_code == 304
    earlier = http_date(parse_http_date(at) - 2)
    assert client.get(path, headers={"If-Modified-Since": earlier}).status_code == 200
    Quotation.objects.update(status="gone", updated_at=timezone.now())
    Speaker.objects.update(quotation_count=0)
    assert client.get(path, headers={"If-Modified-Since": at}).status_code == 200


def test_an_etag_goes_before_a_time(client: Client, old: Quotation) -> None:
    assert old.pk
    at = client.get(f"{API}quotations/")["Last-Modified"]
    sent = {"If-Modified-Since": at, "If-None-Match": '"other"'}
    assert client.get(f"{API}quotations/", headers=sent).status_code == 200


def test_a_deletion_is_a_change(client: Client, old: Quotation) -> None:
    path = f"{API}quotations/"
    at = client.get(path)["Last-Modified"]
    old.delete()
    Tombstone.objects.update(deleted_at=timezone.now() - timedelta(minutes=1))
    Quotation.objects.update(updated_at=timezone.now() - AN_HOUR)
    assert client.get(path, headers={"If-Modified-Since": at}).status_code == 200


@pytest.mark.usefixtures("rail")
def test_what_may_still_change_unseen_has_no_time(client: Client) -> None:
    # Just stored: a change of the same moment may be about to be committed.
    assert not client.get(f"{API}quotations/").has_header("Last-Modified")


def test_a_writer_holds_times_back(client: Client, old: Quotation, monkeypatch: Any) -> None:
    assert old.pk
    monkeypatch.setattr(mirrors, "mark", lambda: timezone.now() - 2 * AN_HOUR)
    assert not client.get(f"{API}quotations/").has_header("Last-Modified")


@pytest.mark.parametrize("query", ["q=tax", "any_name=roe", "expand=spans"])
def test_what_a_time_does_not_cover_has_none(client: Client, old: Quotation, query: str) -> None:
    assert old.pk
    assert not client.get(f"{API}quotations/?{query}").has_header("Last-Modified")


def test_a_new_name_is_seen_by_its_etag(client: Client, old: Quotation) -> None:
    path = f"{API}speakers/ana-roe/"
    tag = client.get(path)["ETag"]
    SpeakerName.objects.create(speaker=old.speaker, name="A. Roe", key="a roe", reason="x")
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_what_is_not_as_expected_is_a_problem(client: Client, old: Quotation) -> None:
    path = f"{API}quotations/{old.uid}/"
    answer = client.get(path, headers={"If-Match": '"other"'})
    assert answer.status_code == 412
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["remedy"]
    assert client.get(path, headers={"If-Match": client.get(path)["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    ("is_public", "is_known", "expected"),
    [(True, False, "public"), (True, True, "private"), (False, True, "private")],
)
def test_caches_of_others_keep_what_is_for_all(
    client: Client, old: Quotation, settings: Any, is_public: Any, is_known: Any, expected: str
) -> None:
    settings.PUBLIC_READS = is_public
    if is_known:
        client.force_login(reviewing.reviewer())
    for path in [*LISTS, *items(old)]:
        assert client.get(API + path)["Cache-Control"] == f"{expected}, no-cache"


@pytest.mark.parametrize("path", ["quotations/?colour=red", "quotations/nope/", "nothing/"])
def test_errors_are_kept_by_nobody(client: Client, path: str) -> None:
    answer = client.get(API + path)
    assert answer.status_code in (400, 404)
    assert not answer.has_header("ETag")
    assert "no-store" in answer.headers.get("Cache-Control", "no-store")


def test_head_has_the_headers_of_get(client: Client, old: Quotation) -> None:
    for path in [*LISTS, *items(old)]:
        whole, head = client.get(API + path), client.head(API + path)
        assert (head.status_code, head.content) == (200, b"")
        for name in ("ETag", "Content-Type", "Content-Length", "Cache-Control"):
            assert head[name] == whole[name], (path, name)


def test_options_name_the_methods(client: Client, old: Quotation) -> None:
    for path in [*LISTS, *items(old)]:
        answer = client.options(API + path)
        assert answer.status_code == 200
        assert {"GET", "HEAD", "OPTIONS"} <= set(answer["Allow"].split(", "))
        assert not answer.has_header("ETag")
