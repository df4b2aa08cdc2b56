"""Who may do what in /api/v1/: nobody, sessions, tokens and their scopes, accounts' rights."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from knox.crypto import hash_token
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory, force_authenticate

from api import permissions
from quotes import tokens
from quotes.models import ApiToken
from quotes.tokens import Scope

pytestmark = [pytest.mark.django_db, pytest.mark.database]
QUOTATIONS = "/api/v1/quotations/"
READ, WRITE, REVIEW = Scope.READ, Scope.WRITE, Scope.REVIEW


@pytest.fixture
def jo() -> User:
    return User.objects.create_user("jo", "jo@example.org", "a-good-pass-phrase")


def give(user: User, codename: str) -> User:
    user.user_permissions.add(Permission.objects.get(codename=codename))
    return User.objects.get(pk=user.pk)


def outcome(permission, user, auth, method: str) -> str:
    http = APIRequestFactory().generic(method, "/api/v1/things/")
    force_authenticate(http, user, auth)
    request = Request(http)
    request.user, request.auth = user, auth
    try:
        return "yes" if permission().has_permission(request, None) else "no"
    except NotAuthenticated as error:
        return "401" if "token" in error.remedy else "no remedy"
    except PermissionDenied as error:
        return "403" if error.remedy else "no remedy"


PRIVATE, PUBLIC = False, True
SESSION = None
NOBODY = object()


@pytest.mark.parametrize(
    ("permission", "public", "who", "rights", "answers"),
    [
        ("MayRead", PUBLIC, NOBODY, "", ("yes", "yes")),
        ("MayRead", PRIVATE, NOBODY, "", ("401", "401")),
        ("MayRead", PRIVATE, SESSION, "", ("yes", "yes")),
        ("MayRead", PRIVATE, {READ}, "", ("yes", "yes")),
        ("MayRead", PRIVATE, {WRITE, REVIEW}, "", ("403", "403")),
        ("MayRead", PUBLIC, {WRITE}, "", ("yes", "yes")),
        ("MayKeep", PUBLIC, NOBODY, "", ("401", "401")),
        ("MayKeep", PUBLIC, SESSION, "", ("yes", "yes")),
        ("MayKeep", PUBLIC, {READ}, "", ("yes", "403")),
        ("MayKeep", PUBLIC, {WRITE}, "", ("403", "yes")),
        ("MayWrite", PUBLIC, NOBODY, "", ("yes", "401")),
        ("MayWrite", PRIVATE, NOBODY, "", ("401", "401")),
        ("MayWrite", PRIVATE, SESSION, "", ("yes", "yes")),
        ("MayWrite", PUBLIC, {READ, REVIEW}, "add_decision", ("yes", "403")),
        ("MayWrite", PUBLIC, {WRITE}, "", ("yes", "yes")),
        ("MayReview", PUBLIC, NOBODY, "", ("yes", "401")),
        ("MayReview", PUBLIC, SESSION, "", ("yes", "403")),
        ("MayReview", PUBLIC, SESSION, "add_import", ("yes", "403")),
        ("MayReview", PUBLIC, SESSION, "add_decision", ("yes", "yes")),
        ("MayReview", PUBLIC, {REVIEW}, "", ("yes", "403")),
        ("MayReview", PUBLIC, {REVIEW}, "add_decision", ("yes", "yes")),
        ("MayReview", PUBLIC, {READ, WRITE}, "add_decision", ("yes", "403")),
        ("MayImport", PUBLIC, NOBODY, "", ("yes", "401")),
        ("MayImport", PUBLIC, SESSION, "", ("yes", "403")),
        ("MayImport", PUBLIC, SESSION, "add_import", ("yes", "yes")),
        ("MayImport", PUBLIC, {WRITE}, "", ("yes", "403")),
        ("MayImport", PUBLIC, {WRITE}, "add_import", ("yes", "yes")),
        ("MayImport", PRIVATE, {WRITE}, "add_import", ("403", "yes")),
        ("MayImport", PUBLIC, {READ, REVIEW}, "add_import", ("yes", "403")),
    ],
)
def test_who_may(settings, jo, permission, public, who, rights, answers):  # noqa: PLR0913, PLR0917
    settings.PUBLIC_READS = public
    user = give(jo, rights) if rights else jo
    auth = None
    if who is NOBODY:
        user = AnonymousUser()
    elif who is not SESSION:
        auth = tokens.make(user, "a program", who)[0]
    asked = getattr(permissions, permission)
    assert tuple(outcome(asked, user, auth, method) for method in ("GET", "POST")) == answers


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Token", "token"])
def test_both_schemes_work(client, settings, jo, scheme):
    settings.PUBLIC_READS = False
    _, token = tokens.make(jo, "a program", {READ})
    response = client.get(QUOTATIONS, headers={"Authorization": f"{scheme} {token}"})
    assert response.status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("Bearer", id="no-token"),
        pytest.param("Bearer ", id="empty"),
        pytest.param("Bearer qtr_" + "0" * 64, id="unknown"),
        pytest.param("Bearer {token}0", id="one-character-more"),
        pytest.param("Bearer {token} {token}", id="two"),
        pytest.param("Bearer {start}" + "0" * 53, id="its-beginning"),
        pytest.param("Bearer \xff\xfe", id="no-ascii"),
        pytest.param("Token \x00", id="nul"),
        pytest.param("Bearer " + "a" * 100_000, id="long"),
    ],
)
@pytest.mark.parametrize("public", [True, False])
def test_a_bad_token_is_401_and_says_so(client, settings, jo, header, public):
    settings.PUBLIC_READS = public
    _, token = tokens.make(jo, "a program", {READ})
    header = header.format(token=token, start=token[:15])
    response = client.get(QUOTATIONS, headers={"Authorization": header})
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'
    assert response["Content-Type"] == "application/problem+json"
    assert "/account/tokens/" in response.json()["remedy"]
    assert token not in response.content.decode()


def test_another_scheme_is_not_ours(client, settings):
    settings.PUBLIC_READS = True
    assert client.get(QUOTATIONS, headers={"Authorization": "Basic am86am8="}).status_code == 200


def test_a_token_in_the_address_is_none(client, settings, jo):
    settings.PUBLIC_READS = False
    _, token = tokens.make(jo, "a program", {READ})
    for name in ("token", "access_token"):
        assert client.get(QUOTATIONS, {name: token}).status_code == 401


def asked(client, token: str) -> int:
    return client.get(QUOTATIONS, headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_token_that_is_over_is_refused_and_stays_listed(client, jo):
    row, token = tokens.make(jo, "a program", {READ}, lifetime=timedelta(days=1))
    assert asked(client, token) == 200
    ApiToken.objects.filter(pk=row.pk).update(expiry=timezone.now())
    assert asked(client, token) == 401
    assert tokens.of(jo).get().name == "a program"


def test_revoked_tokens_and_those_of_closed_accounts_are_refused(client, jo):
    row, token = tokens.make(jo, "a program", {READ})
    jo.is_active = False
    jo.save()
    assert asked(client, token) == 401
    jo.is_active = True
    jo.save()
    assert asked(client, token) == 200
    assert tokens.revoke(jo, row.uid) == "a program"
    assert asked(client, token) == 401
    assert tokens.revoke(jo, row.uid) is None


def test_nobody_revokes_the_token_of_another(jo):
    row, _ = tokens.make(jo, "a program", {READ})
    assert tokens.revoke(User.objects.create_user("max"), row.uid) is None
    assert tokens.of(jo).count() == 1


def test_tokens_are_kept_as_hashes(jo):
    row, token = tokens.make(jo, "a program", {READ})
    stored = ApiToken.objects.filter(pk=row.pk).values().get()
    assert token.startswith("qtr_")
    assert len(token) == 4 + 64
    assert stored["digest"] == hash_token(token)
    assert token not in str(stored)
    assert token[15:] not in str(stored)


def test_the_last_use_is_written_once_a_minute(client, jo, django_assert_num_queries):
    with CaptureQueriesContext(connection) as without_token:
        client.get(QUOTATIONS)
    queries = len(without_token)
    row, token = tokens.make(jo, "a program", {READ})
    asked(client, token)
    row.refresh_from_db()
    first = row.last_used_at
    assert first is not None
    with django_assert_num_queries(queries + 1):  # the token with its account
        asked(client, token)
    row.refresh_from_db()
    assert row.last_used_at == first
    ApiToken.objects.filter(pk=row.pk).update(last_used_at=first - timedelta(seconds=61))
    asked(client, token)
    row.refresh_from_db()
    assert row.last_used_at > first


def test_a_session_writes_only_with_a_csrf_token(jo):
    from django.test import Client  # noqa: PLC0415

    client = Client(enforce_csrf_checks=True)
    client.force_login(jo)
    response = client.post("/api/v1/extract/", "{}", content_type="application/json")
    assert response.status_code == 403
    assert "CSRF" in response.json()["detail"]
    _, token = tokens.make(jo, "a program", {READ})
    header = {"Authorization": f"Bearer {token}"}
    response = client.post(
        "/api/v1/extract/", "{}", content_type="application/json", headers=header
    )
    assert response.status_code == 400


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\0b"])
def test_names_that_cannot_be(jo, name):
    with pytest.raises(tokens.NotMade, match="name"):
        tokens.make(jo, name, {READ})


def test_one_token_a_name_and_some_scope(jo):
    tokens.make(jo, "a program", {READ})
    with pytest.raises(tokens.NotMade, match="another name"):
        tokens.make(jo, " a  program ", {READ})
    tokens.make(User.objects.create_user("max"), "a program", {READ})
    with pytest.raises(tokens.NotMade, match="at least one"):
        tokens.make(jo, "another", ())


def test_an_account_has_a_bounded_number_of_tokens(jo):
    for number in range(tokens.ACCESS.tokens_most):
        tokens.make(jo, f"program {number}", {READ})
    with pytest.raises(tokens.NotMade, match="revoke one"):
        tokens.make(jo, "one more", {READ})
    assert tokens.revoke_all(jo) == tokens.ACCESS.tokens_most
