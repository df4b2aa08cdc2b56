"""The operators' pages open, search, and leave evidence alone."""

import pytest
from django.urls import reverse

from quotes import (
    decisions,
    exports,
    feeds,
    jobs,
    saved_searches,
    tokens,
    webhook_messages,
    webhooks,
)
from quotes.models import Delivery, ImportItem, RateLimit
from quotes.tokens import Scope

MODELS = ("quotation", "article", "articleversion", "speaker", "outlet", "extractionrun")
MODELS += ("extraction", "canonicaltext", "decision")
WATCHED = ("import", "importitem", "feed", "export", "savedsearch", "webhook", "delivery")

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize("model", MODELS)
def test_lists_open(admin_client, model):
    response = admin_client.get(reverse(f"admin:quotes_{model}_changelist"))
    assert response.status_code == 200


def test_a_quotation_is_shown_with_its_spans_and_cannot_be_edited(admin_client, quotation):
    page = reverse("admin:quotes_quotation_change", args=[quotation.pk])
    shown = admin_client.get(page)
    assert shown.status_code == 200
    assert "own-name" in shown.text
    assert admin_client.post(page, {"content": "x"}).status_code == 403
    assert admin_client.get(reverse("admin:quotes_quotation_add")).status_code == 403


@pytest.mark.parametrize(
    ("query", "count"), [("café", 1), ('"it must"', 1), ("roe", 2), ("-tax", 0), ('"', 0)]
)
@pytest.mark.usefixtures("rail")
def test_search_is_the_sites_own(admin_client, query, count):
    page = reverse("admin:quotes_quotation_changelist")
    shown = admin_client.get(page, {"q": query})
    assert shown.context["cl"].result_count == count


def test_speakers_and_decisions_are_changed_on_their_pages_only(
    admin_client, admin_user, quotation
):
    decision = decisions.rename(quotation.speaker, admin_user, name="Anna Roe", why="a misprint")
    for row in (quotation.speaker, decision):
        page = reverse(f"admin:quotes_{row._meta.model_name}_change", args=[row.pk])
        shown = admin_client.get(page)
        assert shown.status_code == 200
        assert "Anna Roe" in shown.text or "a misprint" in shown.text
        assert admin_client.post(page, {"name": "x"}).status_code == 403


@pytest.fixture
def traffic(admin_user, settings):
    """A row of each table that operators watch, and a token with what none of the pages may show.

    Returns model name -> row, and the secrets.
    """
    settings.FETCH_ALLOW_HOSTS = frozenset({"127.0.0.1"})
    job = jobs.create("files", ["a.jsonl"], by=admin_user)
    item = ImportItem.objects.create(
        job=job, number=1, origin="a.jsonl", outcome="refused", problem="is empty"
    )
    search = saved_searches.create(admin_user, "Tax", {"q": ["tax"]})
    hook = webhooks.create(search, "http://127.0.0.1:9/hook")
    delivery = Delivery.objects.create(uid=job.uid, webhook=hook, payload={})
    token, told = tokens.make(admin_user, "desk", {Scope.READ})
    rows = (
        job,
        item,
        feeds.add("http://127.0.0.1:9/feed"),
        exports.create("jsonl", {}, owner=admin_user),
        search,
        hook,
        delivery,
        token,
    )
    secrets = (
        search.feed_key,
        webhook_messages.secret_of(hook),
        token.token_key,
        told,
    )
    return {row._meta.model_name: row for row in rows}, secrets


@pytest.mark.parametrize("model", [*WATCHED, "apitoken"])
def test_what_operators_watch_is_shown_without_secrets_and_not_changed(
    admin_client, traffic, model
):
    rows, secrets = traffic
    listing = admin_client.get(reverse(f"admin:quotes_{model}_changelist"))
    page = reverse(f"admin:quotes_{model}_change", args=[rows[model].pk])
    shown = admin_client.get(page)
    assert (listing.status_code, shown.status_code) == (200, 200)
    assert listing.context["cl"].result_count == 1
    for secret in secrets:
        assert str(secret) not in listing.text + shown.text
    assert admin_client.get(reverse(f"admin:quotes_{model}_add")).status_code == 403
    if model in WATCHED:
        assert admin_client.post(page, {"problem": "x"}).status_code == 403
        delete = reverse(f"admin:quotes_{model}_delete", args=[rows[model].pk])
        assert admin_client.post(delete, {"post": "yes"}).status_code == 403


def test_a_token_is_revoked_and_a_limit_is_set(admin_client, traffic):
    token = traffic[0]["apitoken"]
    admin_client.post(reverse("admin:quotes_apitoken_delete", args=[token.pk]), {"post": "yes"})
    assert not type(token).objects.filter(pk=token.pk).exists()
    sent = {"scope": "anon", "requests": 7, "period_s": 60, "why": "a flood"}
    assert admin_client.post(reverse("admin:quotes_ratelimit_add"), sent).status_code == 302
    limit = RateLimit.objects.get()
    page = reverse("admin:quotes_ratelimit_change", args=[limit.pk])
    assert admin_client.post(page, {**sent, "requests": 9}).status_code == 302
    assert RateLimit.objects.get().requests == 9
