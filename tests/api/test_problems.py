"""Every error is a problem whose type leads to a page of ours, and which says what would help."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from rest_framework import exceptions, serializers

from api import errors
from api.problems import PROBLEMS

pytestmark = pytest.mark.django_db


def test_the_page_describes_every_type(client: Client) -> None:
    page = client.get("/api/problems/")
    assert page.status_code == 200
    for problem in PROBLEMS.values():
        assert f'id="{problem.slug}"' in page.content.decode()
        assert problem.remedy.replace("'", "&#x27;")[:20] in page.content.decode()


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("/api/v1/quotations/?colour=red", "*/*", 400),
        ("/api/v1/quotations/nope/", "*/*", 404),
        ("/api/v1/nothing/", "*/*", 404),
        ("/api/v1/articles/nope/versions/", "*/*", 404),
        ("/api/v1/articles/nope/versions/1/", "*/*", 404),
        ("/api/v1/articles/nope/versions/0/", "*/*", 404),
        ("/api/v1/runs/nope/", "*/*", 404),
        ("/api/v1/outlets/nope/", "*/*", 404),
        ("/api/v1/outlets/", "image/png", 406),
    ],
)
def test_a_type_leads_to_the_page(client: Client, path: str, accept: str, status: int) -> None:
    answer = client.get(path, headers={"Accept": accept})
    problem = answer.json()
    assert (answer.status_code, problem["status"]) == (status, status)
    assert answer["Content-Type"] == "application/problem+json"
    leads = urlsplit(problem["type"])
    page = client.get(leads.path).content.decode()
    assert f'id="{leads.fragment}"' in page
    assert f'<h2 id="{leads.fragment}">{problem["title"]}</h2>' in page
    assert problem["remedy"]


def test_who_asks_for_no_resource_is_led_to_those_there_are(client: Client) -> None:
    remedy = client.get("/api/v1/quotes/").json()["remedy"]
    address, _, rest = remedy.partition(" ")
    assert rest == "lists the resources there are"
    assert "quotations" in client.get(urlsplit(address).path).json()


@pytest.mark.parametrize("path", ["/api/v1/quotations/", "/", "/nothing/"])
def test_a_host_that_is_not_served_is_told_so(client: Client, path: str) -> None:
    answer = client.get(path, headers={"Host": "evil.example"})
    assert answer.status_code == 400
    if path.startswith("/api/"):
        assert answer["Content-Type"] == "application/problem+json"
        assert "host name" in answer.json()["detail"]
    else:
        assert "This request cannot be read" in answer.content.decode()


def test_statuses_without_a_type_say_so() -> None:
    problem = errors.document(418, "no coffee", "/")
    assert (problem["type"], problem["title"]) == ("about:blank", "I'm a Teapot")


class Posted(serializers.Serializer[Any]):
    """A body with fields of several kinds."""

    name = serializers.CharField(max_length=3)
    inner = serializers.DictField(child=serializers.IntegerField(max_value=5))


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        ({"q": ["is empty; give a value"]},
         [{"field": "q", "problem": "is empty", "remedy": "give a value"}]),
        ({"a": {"b": [exceptions.ErrorDetail("No.", "required")]}},
         [{"field": "a.b", "problem": "No", "remedy": "give it"}]),
        (["all wrong; begin anew"],
         [{"field": "body", "problem": "all wrong", "remedy": "begin anew"}]),
    ],
)  # fmt: skip
def test_each_field_has_its_remedy(detail: Any, expected: Any, rf: Any) -> None:
    answer = errors.handle(exceptions.ValidationError(detail), {"request": rf.get("/x/")})
    assert answer is not None
    assert answer.data["errors"] == expected


def test_what_a_serializer_refuses_has_remedies(rf: Any) -> None:
    posted = Posted(data={"name": "long", "inner": {"x": 9}})
    assert not posted.is_valid()
    answer = errors.handle(exceptions.ValidationError(posted.errors), {"request": rf.get("/x/")})
    assert answer is not None
    told = {error["field"]: error["remedy"] for error in answer.data["errors"]}
    assert told == {"name": "give fewer characters", "inner.x": "give a smaller number"}


def test_a_bad_parameter_says_where(rf: Any) -> None:
    error = errors.BadParameter("q", "at character 3: no", "close it", 2)
    answer = errors.handle(error, {"request": rf.get("/x/")})
    assert answer is not None
    assert answer.data["errors"] == [
        {"field": "q", "problem": "at character 3: no", "remedy": "close it", "position": 2}
    ]
