"""/api/v1/account/: what a client is known as, its scopes and limits."""

import pytest
from django.contrib.auth.models import Permission, User

from quotes import limits, tokens
from quotes.tokens import Scope

pytestmark = [pytest.mark.django_db, pytest.mark.database]
ACCOUNT = "/api/v1/account/"


@pytest.fixture(autouse=True)
def limited(settings):
    settings.RATE_LIMITS = {"anon": "3/minute", "user": "6/hour", "write": "5/minute"}
    limits.forget()
    yield
    limits.forget()


def test_a_stranger(client, settings):
    settings.PUBLIC_READS = False
    body = client.get(ACCOUNT).json()
    assert (body["username"], body["scopes"], body["token"]) == (None, [], None)
    assert (body["may_review"], body["may_import"]) == (False, False)
    assert body["limits"] == [
        {"scope": "anon", "requests": 3, "period_s": 60, "used": 1, "remaining": 2,
         "resets_in_s": 60}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("scopes", "may"),
    [
        ({Scope.READ}, (False, False)),
        ({Scope.REVIEW}, (True, False)),
        ({Scope.WRITE}, (False, True)),
        (set(Scope), (True, True)),
    ],
)
def test_a_token(client, scopes, may):
    jo = User.objects.create_user("jo")
    for codename in ("add_decision", "add_import"):
        jo.user_permissions.add(Permission.objects.get(codename=codename))
    row, token = tokens.make(jo, "a program", scopes)
    response = client.get(ACCOUNT, headers={"Authorization": f"Bearer {token}"})
    body = response.json()
    assert body["username"] == "jo"
    assert set(body["scopes"]) == set(body["token"]["scopes"]) == scopes
    assert body["token"]["uid"] == str(row.uid)
    assert (body["may_review"], body["may_import"]) == may
    assert [limit["scope"] for limit in body["limits"]] == ["user", "write"]
    assert token not in response.content.decode()
    assert row.digest not in response.content.decode()


def test_a_session(client):
    client.force_login(User.objects.create_user("jo"))
    body = client.get(ACCOUNT).json()
    assert body["scopes"] == ["read", "write", "review"]
    assert (body["may_review"], body["token"]) == (False, None)
    assert client.post(ACCOUNT).status_code == 405
