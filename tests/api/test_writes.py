"""POST /api/v1/articles/: what becomes of it, refusals, keys; what races do."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.utils import timezone

from api import extract_views
from quotes import extraction, tokens
from quotes.models import Article, ArticleVersion, ExtractionRun, IdempotentRequest, Import
from quotes.params import ACCESS
from quotes.tokens import Scope

ARTICLES = "/api/v1/articles/"
TEXT = "Rail fares will rise, the minister, Ana Roe, said on Monday. “It must be,” she added."
GIVEN = {
    "text": TEXT,
    "title": "Rail fares to rise",
    "byline": "Jo Bloggs",
    "outlet": "The Daily Wire",
    "url": "https://example.org/rail-fares",
    "published_on": "2026-03-04",
    "language": "en",
}
pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("extractor")]


def importer(name: str = "jo") -> str:
    """Return the token of a new account that may import."""
    user = User.objects.create_user(name)
    user.user_permissions.add(Permission.objects.get(codename="add_import"))
    return tokens.make(user, "desk", {Scope.WRITE})[1]


@pytest.fixture
def token() -> str:
    return importer()


def post(client, token: str, body: object, **headers: str):
    return client.post(
        ARTICLES,
        body if isinstance(body, str) else json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", **headers},
    )


def test_a_short_text_is_stored_at_once(client, token):
    response = post(client, token, GIVEN)
    assert response.status_code == 201, response.content
    body = response.json()
    assert (body["text"], body["title"]) == (TEXT, GIVEN["title"])
    assert {q["speaker_name"] for q in body["quotations"]} == {"Ana Roe"}
    assert response["Location"].endswith(f"/api/v1/articles/{body['uid']}/")
    assert client.get(response["Location"].removeprefix("http://127.0.0.1:8000")).json() == body
    version = ArticleVersion.objects.get()
    assert version.article.outlet.name == GIVEN["outlet"]
    assert version.byline == GIVEN["byline"]
    assert str(version.published_on) == GIVEN["published_on"]
    assert Import.objects.count() == 0


def test_what_is_stored_already_is_200_and_a_changed_text_another_version(client, token):
    first = post(client, token, GIVEN)
    second = post(client, token, GIVEN)
    assert second.status_code == 200
    assert second.json()["uid"] == first.json()["uid"]
    changed = post(client, token, {**GIVEN, "text": TEXT + " It was late."})
    assert changed.status_code == 201
    assert changed.json()["uid"] == first.json()["uid"]
    assert ArticleVersion.objects.count() == 2
    assert ExtractionRun.objects.count() == 1


def test_a_page_is_read(client, token):
    page = f"<html><head><title>Rail</title></head><body><article><p>{TEXT}</p></article></body>"
    response = post(client, token, {"html": page, "url": "https://example.org/page"})
    assert response.status_code == 201, response.content
    assert "Ana Roe" in response.json()["text"]


@pytest.fixture
def launched(monkeypatch):
    """The jobs that were launched, which here nobody works at."""
    found: list[Import] = []
    monkeypatch.setattr("quotes.jobs.tasks.later", lambda *asked: found.append(asked))
    return found


def test_a_long_text_becomes_an_import_that_stores_it(client, token, launched):
    from quotes import jobs  # noqa: PLC0415

    text = f"{TEXT}\n" * (ACCESS.article_at_once_chars // len(TEXT) + 1)
    response = post(client, token, {**GIVEN, "text": text})
    assert response.status_code == 202, response.content
    job = Import.objects.get()
    assert response["Location"].endswith(f"/api/v1/imports/{job.uid}/")
    assert (job.by.username, job.kind) == ("jo", "api")
    assert len(launched) == 1
    assert ArticleVersion.objects.count() == 0
    jobs.work(job)
    assert ArticleVersion.objects.get().title == GIVEN["title"]


def test_an_address_becomes_an_import(client, token, launched):
    asked = {"url": "https://example.org/news", "outlet": "The Daily Wire"}
    response = post(client, token, asked)
    assert response.status_code == 202, response.content
    job = Import.objects.get()
    assert job.sources == ["https://example.org/news"]
    assert job.options == {"outlet": "The Daily Wire"}
    assert len(launched) == 1


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({}, 400, "one of text, html, url"),
        ({"text": "a", "html": "b"}, 400, "not both"),
        ({"text": 5}, 400, "text"),
        ({"text": "a", "unheard": 1}, 400, "not offered here"),
        ({"url": "https://example.org/", "title": "x"}, 400, "leave it out"),
        ({"url": "http://127.0.0.1/"}, 400, "url"),
        ({"url": "file:///etc/passwd"}, 400, "url"),
        ({"text": ""}, 422, "empty"),
        ({"text": " \n"}, 422, "empty"),
        ({"text": "a\0b"}, 422, '"errors":[{"field":"text","problem":"is binary'),
        ({"text": "Words.", "language": "the English one"}, 400, '"field":"language"'),
        ({"html": "<p></p>"}, 422, '"errors":[{"field":"html"'),
        ({"text": "Words.", "published_on": "yesterday"}, 422, '"field":"published_on"'),
        ({"text": "Words.", "published": "yesterday"}, 422, '"field":"published"'),
        ({"text": "Words.", "date": "yesterday"}, 422, '"field":"date"'),
        ({"text": "Words.", "url": "nowhere"}, 422, '"field":"url"'),
        ("[]", 400, "dictionary"),
        ("{", 400, "JSON"),
        ("[" * 100_000, 400, "JSON"),
    ],
)
def test_what_cannot_be_taken_says_why(client, token, body, status, says):
    response = post(client, token, body)
    assert response.status_code == status, response.content
    assert says in response.content.decode()
    assert response["Content-Type"] == "application/problem+json"
    assert Article.objects.count() == Import.objects.count() == 0


def test_too_large_and_other_media_types(client, token):
    response = post(client, token, json.dumps({"text": "a" * ACCESS.article_most_bytes}))
    assert response.status_code == 413
    assert "imports" in response.json()["remedy"]
    header = {"Authorization": f"Bearer {token}"}
    response = client.post(ARTICLES, "text", content_type="text/plain", headers=header)
    assert response.status_code == 415


def test_who_may(client):
    assert client.post(ARTICLES, GIVEN, content_type="application/json").status_code == 401
    user = User.objects.create_user("max")
    _, no_right = tokens.make(user, "a", {Scope.WRITE})
    assert post(client, no_right, GIVEN).status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="add_import"))
    _, no_scope = tokens.make(user, "b", {Scope.READ, Scope.REVIEW})
    assert post(client, no_scope, GIVEN).status_code == 403
    assert client.get(ARTICLES).status_code == 200
    assert Article.objects.count() == 0


# --- keys


def test_the_same_again_is_answered_as_before(client, token):
    first = post(client, token, GIVEN, **{"Idempotency-Key": "k1"})
    again = post(client, token, json.dumps(dict(reversed(GIVEN.items()))),
                 **{"Idempotency-Key": "k1"})  # fmt: skip
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Location"] == first["Location"]
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert post(client, token, GIVEN, **{"Idempotency-Key": "k2"}).status_code == 200


def test_another_body_under_the_same_key_is_422(client, token):
    post(client, token, GIVEN, **{"Idempotency-Key": "k"})
    response = post(client, token, {**GIVEN, "title": "x"}, **{"Idempotency-Key": "k"})
    assert response.status_code == 422
    assert "another key" in response.json()["remedy"]


def test_keys_of_others_are_others(client, token):
    post(client, token, GIVEN, **{"Idempotency-Key": "k"})
    response = post(client, importer("max"), {**GIVEN, "title": "x"}, **{"Idempotency-Key": "k"})
    assert response.status_code == 200


def test_what_was_refused_can_be_sent_again(client, token):
    assert post(client, token, {"text": ""}, **{"Idempotency-Key": "k"}).status_code == 422
    assert post(client, token, GIVEN, **{"Idempotency-Key": "k"}).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_keys_that_are_none(client, token, key):
    assert post(client, token, GIVEN, **{"Idempotency-Key": key}).status_code == 400


def test_in_progress_is_409_until_its_process_must_be_dead(client, token):
    user = User.objects.get(username="jo")
    post(client, token, GIVEN, **{"Idempotency-Key": "k"})
    row = IdempotentRequest.objects.get(user=user)
    IdempotentRequest.objects.filter(pk=row.pk).update(status=None, body=None)
    response = post(client, token, GIVEN, **{"Idempotency-Key": "k"})
    assert response.status_code == 409
    assert int(response["Retry-After"]) > 0
    long_ago = timezone.now() - timedelta(seconds=ACCESS.answer_awaited_s + 1)
    IdempotentRequest.objects.filter(pk=row.pk).update(created_at=long_ago)
    assert post(client, token, GIVEN, **{"Idempotency-Key": "k"}).status_code == 200


def test_after_a_day_a_key_is_free_again(client, token):
    post(client, token, GIVEN, **{"Idempotency-Key": "k"})
    old = timezone.now() - timedelta(hours=ACCESS.answers_kept_hours, seconds=1)
    IdempotentRequest.objects.update(created_at=old)
    response = post(client, token, {**GIVEN, "title": "x"}, **{"Idempotency-Key": "k"})
    assert response.status_code == 200


def one_key_at_once() -> None:
    """Let six send the same with one key at once; assert that it is done once, answered alike."""
    import threading  # noqa: PLC0415

    token, answers = importer("race"), []
    gate = threading.Barrier(6)

    def send() -> None:
        try:
            gate.wait(timeout=30)
            answers.append(post(Client(), token, GIVEN, **{"Idempotency-Key": "race"}))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = sorted(answer.status_code for answer in answers)
    assert set(statuses) <= {201, 409}, statuses
    assert statuses[0] == 201, statuses
    assert ArticleVersion.objects.count() == 1
    assert IdempotentRequest.objects.count() == 1
    assert post(Client(), token, GIVEN, **{"Idempotency-Key": "race"}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_one_key_at_once():
    if connection.vendor == "sqlite":
        pytest.skip("an in-memory SQLite database has one connection; on a file: below")
    one_key_at_once()


_ON_A_FILE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.conf import settings
settings.ALLOWED_HOSTS = ["testserver"]
settings.RATE_LIMITS = {}
from tests.api import test_writes
test_writes.one_key_at_once()
print("held")
"""


def test_one_key_at_once_on_an_sqlite_file(tmp_path):
    import os  # noqa: PLC0415
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "TRACKER_DATABASE_URL": f"sqlite://{tmp_path}/db.sqlite3",
        "TRACKER_VAR_DIR": str(tmp_path),
    }
    done = subprocess.run(  # noqa: S603  of constants
        [sys.executable, "-c", _ON_A_FILE], check=False, capture_output=True, text=True,
        env=environment, cwd=Path(__file__).parents[2], timeout=300,
    )  # fmt: skip
    assert done.stdout.strip() == "held", done.stderr[-3000:]


def test_one_extraction_at_a_time_else_busy(client, token, monkeypatch):
    monkeypatch.setattr(extract_views, "WAIT_S", 1)
    with extraction._one_at_a_time:
        response = post(client, token, GIVEN, **{"Idempotency-Key": "k"})
    assert response.status_code == 503
    assert "Retry-After" in response
    assert IdempotentRequest.objects.count() == 0
