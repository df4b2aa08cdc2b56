"""What is sent is taken by the letter of the schema, and answered in its forms."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from quotes import tokens

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


@pytest.fixture
def token() -> dict[str, str]:
    """The header of a token that may do everything."""
    user = User.objects.create_superuser("editor")
    return {"Authorization": f"Bearer {tokens.make(user, 'all', list(tokens.Scope))[1]}"}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        pytest.param("collections/", {"name": 7}, "name", id="number-as-text"),
        pytest.param("collections/", {"name": "x", "is_public": 0}, "is_public", id="0-as-false"),
        pytest.param(
            "collections/", {"name": "x", "is_public": "true"}, "is_public", id="text-as-true"
        ),
        pytest.param("collections/", {"name": "x", "colour": "red"}, "colour", id="unknown"),
        pytest.param("imports/", {"urls": [1]}, "urls", id="number-in-a-list"),
        pytest.param("imports/", {"urls": ["x"], "speed": 1}, "speed", id="unknown-of-imports"),
        pytest.param("webhooks/", {"search": 1, "address": "x"}, "search", id="number-as-uuid"),
        pytest.param("exports/", {"format": "csv", "rows": 1}, "rows", id="unknown-of-exports"),
    ],
)
def test_other_types_and_names_are_refused(
    client: Client, token: dict[str, str], path: str, body: dict[str, Any], field: str
) -> None:
    answer = client.post(f"/api/v1/{path}", body, content_type="application/json", headers=token)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("mend_mojibake", "0", id="0-as-false"),
        pytest.param("mend_mojibake", "", id="empty-as-false"),
        pytest.param("language", "", id="empty-as-none"),
        pytest.param("outlet", ["The Wire", "The Daily"], id="the-last-of-two"),
    ],
)
def test_forms_are_taken_by_the_letter(
    client: Client, token: dict[str, str], name: str, value: str | list[str]
) -> None:
    body = {"files": [SimpleUploadedFile("a.txt", b"x")], name: value}
    answer = client.post("/api/v1/imports/", body, headers=token)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [name]


def test_more_files_than_are_read_are_refused(
    client: Client, token: dict[str, str], settings: Settings
) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    body = {"files": [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(3)]}
    answer = client.post("/api/v1/imports/", body, headers=token)
    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"field": "files", "problem": "are more than 2", "remedy": "send fewer, or a zip of them"}
    ]


@pytest.mark.parametrize("form", ["csv", "jsonl", "annotation", "json"])
def test_methods_are_refused_before_formats(
    client: Client, token: dict[str, str], form: str
) -> None:
    address = f"/api/v1/quotations/?format={form}"
    assert client.trace(address, headers=token).status_code == 405


def test_a_wrong_address_is_a_problem_for_writers_too() -> None:
    answer = Client(enforce_csrf_checks=True).post("/api/v1/collections/no-uuid/items/", {})
    assert (answer.status_code, answer["Content-Type"]) == (404, PROBLEM)


@pytest.mark.parametrize("path", ["quotations/x/confirm/", "speakers/x/merge/", "imports/"])
def test_options_are_told_of_what_only_takes_writes(
    client: Client, token: dict[str, str], path: str
) -> None:
    answer = client.options(f"/api/v1/{path}", headers=token)
    assert answer.status_code == 200
    assert "POST" in answer["Allow"]
