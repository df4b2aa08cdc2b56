"""Limits on the requests to /api/v1/: which count, what every answer says, what 429 says."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quotes import limits, tokens
from quotes.models import RateLimit
from quotes.tokens import Scope

pytestmark = [pytest.mark.django_db, pytest.mark.database]
QUOTATIONS, EXTRACT = "/api/v1/quotations/", "/api/v1/extract/"
POLICY = re.compile(r'"(\w+)";q=(\d+);w=(\d+)')
LEFT = re.compile(r'"(\w+)";r=(\d+);t=(\d+)')


@pytest.fixture(autouse=True)
def limited(settings):
    settings.RATE_LIMITS = {
        "anon": "3/minute",
        "user": "6/hour",
        "write": "5/minute",
        "extract": "2/day",
    }
    limits.forget()
    yield
    limits.forget()


@pytest.fixture
def bearer():
    user = User.objects.create_user("jo")
    _, token = tokens.make(user, "a program", {Scope.READ})
    return {"Authorization": f"Bearer {token}"}


def left(response) -> dict[str, int]:
    """Return scope -> what is left; both headers have to be there and to agree."""
    policy, now = POLICY.findall(response["RateLimit-Policy"]), LEFT.findall(response["RateLimit"])
    assert [p[0] for p in policy] == [n[0] for n in now]
    assert all(int(n[1]) <= int(p[1]) and 0 < int(n[2]) <= int(p[2])
               for p, n in zip(policy, now, strict=True))  # fmt: skip
    return {scope: int(remaining) for scope, remaining, _ in now}


def extract(client, **kwargs):
    return client.post(EXTRACT, "{}", content_type="application/json", **kwargs)


def test_every_answer_says_what_is_left_and_one_too_many_is_429(client):
    assert [left(client.get(QUOTATIONS)) for _ in range(3)] == [
        {"anon": 2}, {"anon": 1}, {"anon": 0},
    ]  # fmt: skip
    response = client.get(QUOTATIONS)
    assert response.status_code == 429
    assert left(response) == {"anon": 0}
    assert 0 < int(response["Retry-After"]) <= 60
    problem = response.json()
    assert response["Content-Type"] == "application/problem+json"
    assert "3 requests in 60 seconds" in problem["detail"]
    assert "send a token" in problem["remedy"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (QUOTATIONS, 200),
        (f"{QUOTATIONS}?unheard=of", 400),
        (f"{QUOTATIONS}0123456789abcdef/", 404),
        ("/api/v1/unheard-of/", 404),
        ("/api/v1/", 200),
        ("/api/schema/", 200),
    ],
)
def test_errors_are_counted_and_say_so_too(client, path, status):
    response = client.get(path)
    assert response.status_code == status
    assert left(response) == {"anon": 2}


def test_pages_are_not_counted(client):
    assert "RateLimit" not in client.get("/about/")
    assert left(client.get(QUOTATIONS)) == {"anon": 2}


@pytest.mark.parametrize("path", [QUOTATIONS, "/api/v1/unheard-of/"])
def test_guessing_tokens_is_limited(client, path):
    header = {"Authorization": "Bearer qtr_guess"}
    answers = [client.get(path, headers=header) for _ in range(4)]
    assert answers[0].status_code in (401, 404)
    assert answers[3].status_code == 429
    assert "Retry-After" in answers[3]
    assert left(answers[3]) == {"anon": 0}


def test_a_private_tracker_counts_strangers(client, settings):
    settings.PUBLIC_READS = False
    assert [client.get(QUOTATIONS).status_code for _ in range(4)] == [401, 401, 401, 429]


def test_accounts_have_a_limit_of_their_own(client, bearer):
    for _ in range(4):
        client.get(QUOTATIONS)
    assert left(client.get(QUOTATIONS, headers=bearer)) == {"user": 5}


def test_a_session_and_a_token_of_one_account_count_together(client, bearer):
    client.get(QUOTATIONS, headers=bearer)
    client.force_login(User.objects.get(username="jo"))
    assert left(client.get(QUOTATIONS)) == {"user": 4}


def test_writes_and_what_has_a_scope_of_its_own_count_twice(client, bearer):
    assert left(extract(client)) == {"anon": 2, "extract": 1}
    assert left(extract(client, headers=bearer)) == {"user": 5, "extract": 1}
    assert left(client.post(QUOTATIONS, {}, headers=bearer)) == {"user": 4, "write": 4}
    response = [extract(client, headers=bearer) for _ in range(2)][-1]
    assert response.status_code == 429
    assert "one client for extracting" in response.json()["detail"]
    assert int(response["Retry-After"]) > 60


@pytest.mark.parametrize(("proxies", "same"), [(0, True), (1, False)])
def test_only_our_own_proxy_says_whose_a_request_is(client, monkeypatch, proxies, same):
    from rest_framework.settings import api_settings  # noqa: PLC0415

    monkeypatch.setattr(api_settings, "NUM_PROXIES", proxies)
    client.get(QUOTATIONS, headers={"X-Forwarded-For": "203.0.113.1, 192.0.2.1"})
    second = client.get(QUOTATIONS, headers={"X-Forwarded-For": "203.0.113.1, 192.0.2.2"})
    assert left(second) == {"anon": 1 if same else 2}


def test_nobody_at_all(client):
    RateLimit.objects.create(scope="anon", requests=0, period_s=60)
    limits.forget()
    assert client.get(QUOTATIONS).status_code == 429


def test_a_count_costs_one_query_and_none_without_limits(
    client, settings, django_assert_num_queries
):
    limited_to, settings.RATE_LIMITS = settings.RATE_LIMITS, {}
    with CaptureQueriesContext(connection) as uncounted:
        assert "RateLimit" not in client.get(QUOTATIONS)
    queries = len(uncounted)
    assert not any("requestcount" in query["sql"] for query in uncounted)
    settings.RATE_LIMITS = limited_to
    client.get(QUOTATIONS)
    with django_assert_num_queries(queries + 1):
        client.get(QUOTATIONS)
