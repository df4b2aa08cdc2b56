"""The pages of an account: who one is, tokens made, shown once, revoked; the password."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from quotes import cited, collections, decisions, exports, limits, saved_searches, tokens
from quotes.models import (
    ApiToken,
    CitedQuotation,
    Collection,
    Decision,
    Export,
    Mailbox,
    Quotation,
    SavedSearch,
    Webhook,
)
from quotes.tokens import Scope

pytestmark = pytest.mark.django_db
TOKENS = "/account/tokens/"
TOKEN = re.compile(r"qtr_[0-9a-f]{64}")
PASSWORD = "a-good-pass-phrase"


@pytest.fixture
def jo() -> User:
    return User.objects.create_user("jo", "jo@example.org", PASSWORD)


@pytest.fixture
def own(client, jo) -> Client:
    client.force_login(jo)
    return client


def made(client, **asked) -> tuple[str, str]:
    """Make a token by the form; return the token and the page."""
    response = client.post(TOKENS, {"name": "a program", "scopes": ["read"], **asked})
    page = response.content.decode()
    found = TOKEN.findall(page)
    assert response.status_code == 200, page
    assert len(found) == 1
    return found[0], page


def answered(client, token: str) -> int:
    header = {"Authorization": f"Bearer {token}"}
    return client.get("/api/v1/quotations/", headers=header).status_code


@pytest.mark.parametrize("path", ["/account/", TOKENS, "/account/password/", "/account/delete/"])
def test_strangers_are_sent_to_sign_in(client, path):
    response = client.get(path)
    assert response.status_code == 302
    assert response["Location"] == f"/account/login/?next={path}"
    assert client.post(path).status_code in (302, 405)
    assert ApiToken.objects.count() == 0


def test_a_token_is_shown_once_and_works(own, jo, caplog):
    token, page = made(own, scopes=["read", "review"], lifetime="90")
    assert "shown this once" in page
    assert answered(own, token) == 200
    row = ApiToken.objects.get(user=jo)
    assert row.scopes == ["read", "review"]
    assert row.expiry - row.created == pytest.approx(timedelta(days=90), abs=timedelta(minutes=1))
    response = own.get(TOKENS)
    again = response.content.decode()
    assert "a program" in again
    assert not TOKEN.search(again)
    assert token[15:] not in again
    assert "no-store" in response["Cache-Control"]
    assert token not in caplog.text
    assert token not in str(own.session.items())


def test_the_answer_that_shows_it_is_not_kept_by_browsers(own):
    response = own.post(TOKENS, {"name": "a program", "scopes": ["read"]})
    assert "no-store" in response["Cache-Control"]


def test_a_token_without_end(own, jo):
    made(own, lifetime="")
    assert ApiToken.objects.get(user=jo).expiry is None
    assert "until you revoke it" in own.get(TOKENS).content.decode()


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"name": ""}, "required"),
        ({"name": "x" * 101}, "at most 100"),
        ({"name": "a\0b"}, "Null characters"),
        ({"scopes": []}, "at least one thing"),
        ({"scopes": ["admin"]}, "not one of the available choices"),
        ({"lifetime": "10000"}, "not one of the available choices"),
    ],
)
def test_what_cannot_be_made_is_said(own, asked, problem):
    response = own.post(TOKENS, {"name": "a program", "scopes": ["read"], **asked})
    assert response.status_code == 400
    assert problem in response.content.decode()
    assert ApiToken.objects.count() == 0


def test_names_are_taken_once_and_shown_escaped(own):
    made(own, name="<b>me</b>")
    response = own.post(TOKENS, {"name": "<b>me</b>", "scopes": ["read"]})
    assert response.status_code == 400
    page = response.content.decode()
    assert "choose another name" in page
    assert "<b>me</b>" not in page


def test_more_fields_than_the_form_has_change_nothing(own, jo):
    other = User.objects.create_superuser("root")
    made(own, user=other.pk, user_id=other.pk, expiry="", is_superuser="1")
    assert ApiToken.objects.get().user == jo


def test_revoking(own, jo):
    token, _ = made(own)
    row = ApiToken.objects.get(user=jo)
    path = reverse("account-token-revoke", args=[row.uid])
    assert f'href="{path}"' in own.get(TOKENS).content.decode()
    asked = own.get(path).content.decode()
    assert "The API refuses programs that send it from then on" in asked
    assert "May read" in asked
    assert answered(own, token) == 200  # asking is not doing
    response = own.post(path, follow=True)
    assert "is revoked" in response.content.decode()
    assert answered(own, token) == 401
    assert own.get(path).status_code == 404


def test_one_that_is_over_has_nothing_left_to_stop(own, jo):
    row, _ = tokens.make(jo, "a program", {Scope.READ})
    ApiToken.objects.update(expiry=row.created)
    asked = own.get(reverse("account-token-revoke", args=[row.uid])).content.decode()
    assert "It does not work any more" in asked
    assert "refuses" not in asked


def test_nobody_revokes_or_sees_the_token_of_another(own):
    other = User.objects.create_user("max")
    row, _ = tokens.make(other, "of max", {Scope.READ})
    path = reverse("account-token-revoke", args=[row.uid])
    assert [own.post(path).status_code, own.get(path).status_code] == [404, 404]
    assert "of max" not in own.get(TOKENS).content.decode()
    assert ApiToken.objects.count() == 1


def test_forms_want_a_csrf_token(jo):
    client = Client(enforce_csrf_checks=True)
    client.force_login(jo)
    row, _ = tokens.make(jo, "a program", {Scope.READ})
    for path in (TOKENS, reverse("account-token-revoke", args=[row.uid]), "/account/password/"):
        assert client.post(path, {"name": "x", "scopes": ["read"]}).status_code == 403
    assert ApiToken.objects.count() == 1


def test_a_token_opens_no_page_and_makes_no_token(client, jo):
    _, token = tokens.make(jo, "a program", set(Scope))
    header = {"Authorization": f"Bearer {token}"}
    response = client.post(TOKENS, {"name": "x", "scopes": ["read"]}, headers=header)
    assert response.status_code == 302
    assert ApiToken.objects.count() == 1


def test_one_that_is_over_is_shown_as_such(own, jo):
    row, _ = tokens.make(jo, "old", {Scope.READ}, lifetime=timedelta(days=1))
    ApiToken.objects.filter(pk=row.pk).update(expiry=timezone.now())
    assert ">Over<" in own.get(TOKENS).content.decode()


def test_who_one_is_and_what_is_used(own, jo, settings):
    settings.RATE_LIMITS = {"user": "6000/hour", "write": "7/day"}
    limits.forget()
    jo.groups.add(Group.objects.get(name="Reviewers"))
    token, _ = made(own)
    answered(own, token)
    page = own.get("/account/").content.decode()
    assert "Reviewers" in page
    assert re.search(r"May review</dt><dd>yes", page)
    assert re.search(r"May import articles</dt><dd>no", page)
    assert "5,999 left of 6,000 in 60 minutes; all again in 60 minutes" in page
    assert "7 left of 7 in 24 hours" in page
    assert "1 token<" in page
    limits.forget()


def change(client, **more):
    asked = {
        "old_password": PASSWORD,
        "new_password1": "another-good-phrase",
        "new_password2": "another-good-phrase",
    }
    return client.post("/account/password/", {**asked, **more}, follow=True)


@pytest.mark.parametrize(("asked", "status"), [({"revoke": "on"}, 401), ({}, 200)])
def test_a_new_password_ends_other_sessions_and_tokens_if_asked(own, asked, status):
    token, _ = made(own)
    elsewhere = Client()
    elsewhere.login(username="jo", password=PASSWORD)
    assert "password is changed" in change(own, **asked).content.decode()
    assert own.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    assert answered(Client(), token) == status


def test_a_wrong_password_changes_nothing(own, jo):
    token, _ = made(own)
    page = change(own, old_password="wrong", revoke="on").content.decode()
    assert "Old password" in page
    assert answered(own, token) == 200
    jo.refresh_from_db()
    assert jo.check_password(PASSWORD)


def test_revoking_tokens_is_the_default(own):
    assert re.search(r'name="revoke"[^>]*checked', own.get("/account/password/").content.decode())


def test_the_menu_leads_there(own):
    assert 'href="/account/"' in own.get("/about/").content.decode()
    assert 'href="/account/"' not in Client().get("/about/").content.decode()


def test_admins_see_and_revoke_but_do_not_make(client, jo):
    client.force_login(User.objects.create_superuser("root"))
    row, token = tokens.make(jo, "a program", {Scope.READ})
    page = client.get("/admin/quotes/apitoken/").content.decode()
    assert "a program" in page
    assert token[15:] not in page
    assert client.get("/admin/quotes/apitoken/add/").status_code == 403
    revoke = {"action": "revoke", "_selected_action": [str(row.uid)]}
    client.post("/admin/quotes/apitoken/", revoke)
    assert answered(client, token) == 401


def test_a_limit_that_an_admin_sets_holds_at_once(client, jo, settings):
    settings.RATE_LIMITS = {"user": "100/hour"}
    limits.forget()
    assert limits.limits_of(jo, ["user"])[0].requests == 100
    client.force_login(User.objects.create_superuser("root"))
    asked = {"scope": "user", "user": jo.pk, "requests": 3, "period_s": 60, "why": "too many"}
    client.post("/admin/quotes/ratelimit/add/", asked)
    assert limits.limits_of(jo, ["user"])[0].requests == 3
    limits.forget()


@pytest.mark.parametrize("public", [True, False])
def test_signing_in_says_that_the_tracker_is_private_only_where_it_is(client, settings, public):
    settings.PUBLIC_READS = public
    page = client.get("/account/login/").text
    assert ("This tracker is private" in page) is not public
    assert "gives out accounts" in page


# --- leaving


def full(jo) -> Export:
    """Give an account one of each thing that is its own, and a decision; return the export."""
    tokens.make(jo, "desk", {Scope.READ})
    row = collections.create(jo, "Rail", is_public=True)
    quotation = Quotation.objects.first()
    collections.add(row, [quotation.uid])
    cited.keep(row, form="ris", by=jo)
    search = saved_searches.create(jo, "Tax", {"q": ["tax"]})
    Webhook.objects.create(
        uid=row.uid, search=search, address="https://hook.example/", reached_at=timezone.now()
    )
    Mailbox.objects.create(user=jo, address="jo@example.org")
    jo.groups.add(Group.objects.get(name="Reviewers"))
    decisions.confirm(quotation, User.objects.get(pk=jo.pk))
    export = exports.create("jsonl", {}, owner=jo)
    return exports.work(export)


OWN = (ApiToken, Collection, CitedQuotation, SavedSearch, Webhook, Mailbox, Export)


@pytest.mark.database
@pytest.mark.usefixtures("rail")
def test_an_account_goes_with_all_that_is_its_own_and_nothing_else(own, jo):
    other = collections.create(User.objects.create_user("other"), "Theirs")
    file = exports.path_of(full(jo))
    assert file.exists()
    page = own.get("/account/delete/").content.decode()
    for told in ("1 collection with its notes, 1 of which others can read", "1 saved search",
                 "1 export, 1 token", "your 1 decision on",
                 "under the name “<bdi>jo</bdi>”"):  # fmt: skip
        assert told in page
    response = own.post("/account/delete/", {"proof": PASSWORD})
    assert "Your account is deleted" in response.content.decode()
    assert not User.objects.filter(username="jo").exists()
    assert not file.exists()
    assert [model.objects.count() for model in OWN] == [0, 1, 0, 0, 0, 0, 0]
    assert Collection.objects.get() == other
    decision = Decision.objects.get()
    assert (decision.by, decision.by_name) == (None, "jo")
    assert own.get("/account/").status_code == 302


@pytest.mark.parametrize("proof", ["", "wrong", "jo"])
def test_an_account_stays_without_its_password(own, jo, proof):
    response = own.post("/account/delete/", {"proof": proof})
    assert response.status_code == 400
    assert "Your password:" in response.content.decode()
    assert User.objects.filter(pk=jo.pk).exists()


@pytest.mark.parametrize(("proof", "status"), [("somebody", 400), ("jo", 200)])
def test_an_account_without_a_password_is_named(own, jo, proof, status):
    jo.set_unusable_password()
    jo.save()
    own.force_login(jo)
    assert own.post("/account/delete/", {"proof": proof}).status_code == status
    assert User.objects.filter(pk=jo.pk).exists() == (status != 200)


@pytest.mark.parametrize("path", ["/account/delete/", "admin"])
def test_whom_the_admins_log_names_stays(client, path):
    root = User.objects.create_superuser("root", password=PASSWORD)
    table = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(user=root, content_type=table, action_flag=DELETION)
    client.force_login(root)
    if path == "admin":
        path = reverse("admin:auth_user_delete", args=[root.pk])
    assert "deactivate" in client.get(path).content.decode() or "untick" in client.get(path).text
    client.post(path, {"proof": PASSWORD, "post": "yes"})
    assert User.objects.filter(pk=root.pk).exists()
    assert LogEntry.objects.filter(user=root).exists()


@pytest.mark.database
@pytest.mark.usefixtures("rail")
def test_an_operator_deletes_an_account_and_the_log_says_so(client, jo):
    file = exports.path_of(full(jo))
    client.force_login(User.objects.create_superuser("root"))
    path = reverse("admin:auth_user_delete", args=[jo.pk])
    page = client.get(path).content.decode()
    assert "1 collections, 1 saved searches, 1 tokens, 1 exports; 1 decisions stay" in page
    client.post(path, {"post": "yes"})
    assert not User.objects.filter(username="jo").exists()
    assert not file.exists()
    assert LogEntry.objects.get().object_repr == "jo"
    several = {"action": "delete_selected", "_selected_action": [
        User.objects.create_user(name).pk for name in ("a", "b")], "post": "yes"}  # fmt: skip
    client.post(reverse("admin:auth_user_changelist"), several)
    assert [user.username for user in User.objects.all()] == ["root"]
