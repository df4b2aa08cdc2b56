"""The operators' pages open, search, and leave evidence alone."""

import uuid
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import LogEntry
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quotes import (
    admin_parts,
    collections,
    decisions,
    exports,
    feeds,
    jobs,
    saved_searches,
    tokens,
    webhook_messages,
    webhooks,
)
from quotes.models import (
    ApiToken,
    ArticleVersion,
    CollectionExport,
    Delivery,
    Import,
    ImportItem,
    LiveCheck,
    Quotation,
    RateLimit,
)
from quotes.nlp.document import Document
from quotes.params import PAGES
from quotes.tokens import Scope
from tests import builders

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


@pytest.mark.parametrize("model", WATCHED)
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
    assert admin_client.post(page, {"problem": "x"}).status_code == 403
    delete = reverse(f"admin:quotes_{model}_delete", args=[rows[model].pk])
    assert admin_client.post(delete, {"post": "yes"}).status_code == 403


def test_a_limit_is_set(admin_client):
    sent = {"scope": "anon", "requests": 7, "period_s": 60, "why": "a flood"}
    assert admin_client.post(reverse("admin:quotes_ratelimit_add"), sent).status_code == 302
    limit = RateLimit.objects.get()
    page = reverse("admin:quotes_ratelimit_change", args=[limit.pk])
    assert admin_client.post(page, {**sent, "requests": 9}).status_code == 302
    assert RateLimit.objects.get().requests == 9


def act(client, model, action, *chosen):
    """Do an action of a list to the rows chosen, and return the page that tells of it."""
    sent = {"action": action, ACTION_CHECKBOX_NAME: [str(key) for key in chosen]}
    return client.post(reverse(f"admin:quotes_{model}_changelist"), sent, follow=True)


def test_tokens_are_revoked_by_uid_and_their_hashes_are_nowhere(admin_client, admin_user, traffic):
    token = traffic[0]["apitoken"]
    other, _ = tokens.make(admin_user, "laptop", {Scope.READ})
    listing = admin_client.get(reverse("admin:quotes_apitoken_changelist"))
    shown = act(admin_client, "apitoken", "revoke", token.uid)
    assert list(ApiToken.objects.all()) == [other]
    log = LogEntry.objects.get()
    assert (log.object_id, log.change_message) == (str(token.uid), "revoked")
    index = admin_client.get(reverse("admin:index"))
    for secret in (token.digest, other.digest, token.token_key):
        assert secret not in listing.text + shown.text + index.text


@pytest.mark.parametrize("chosen", ["", "not a uid", "5c0f0f0e-0000-4000-8000-000000000000"])
def test_what_is_no_token_is_not_revoked(admin_client, traffic, chosen):
    assert act(admin_client, "apitoken", "revoke", chosen).status_code == 200
    assert ApiToken.objects.get() == traffic[0]["apitoken"]


def test_a_token_has_no_page(admin_client, traffic):
    page = reverse("admin:quotes_apitoken_change", args=[traffic[0]["apitoken"].pk])
    assert admin_client.get(page).status_code == 302


def test_what_was_given_up_is_sent_again_and_nothing_else(admin_client, traffic):
    waiting = traffic[0]["delivery"]
    kept = Delivery.objects.create(uid=uuid.uuid4(), webhook=waiting.webhook, payload={},
                                   state="delivered", attempts=2)  # fmt: skip
    Delivery.objects.filter(pk=waiting.pk).update(state="failed", attempts=9, problem="was down")
    act(admin_client, "delivery", "send_again", waiting.pk, kept.pk)
    waiting.refresh_from_db()
    kept.refresh_from_db()
    assert (waiting.state, waiting.attempts, waiting.problem) == ("pending", 0, "")
    assert waiting.next_attempt_at <= timezone.now()
    assert (kept.state, kept.attempts) == ("delivered", 2)


def test_an_import_is_cancelled_and_gone_on_with(admin_client, traffic):
    job = traffic[0]["import"]
    act(admin_client, "import", "cancel", job.pk)
    job.refresh_from_db()
    assert job.state == "cancelled"
    act(admin_client, "import", "go_on", job.pk)
    job.refresh_from_db()
    assert job.state == "pending"


def test_why_an_import_cannot_be_gone_on_with_is_told(admin_client, traffic):
    job = traffic[0]["import"]
    type(job).objects.filter(pk=job.pk).update(state="finished")
    shown = act(admin_client, "import", "go_on", job.pk)
    assert "this import is finished" in shown.text


def test_a_feed_is_paused_and_read_at_once(admin_client, traffic):
    feed = traffic[0]["feed"]
    act(admin_client, "feed", "pause", feed.pk)
    feed.refresh_from_db()
    assert not feed.is_active
    act(admin_client, "feed", "read_now", feed.pk)
    feed.refresh_from_db()
    assert (feed.is_active, feed.next_check_at <= timezone.now()) == (True, True)


def test_a_webhook_is_switched_off_and_on(admin_client, traffic):
    hook = traffic[0]["webhook"]
    for action, is_active in (("switch_off", False), ("switch_on", True)):
        act(admin_client, "webhook", action, hook.pk)
        hook.refresh_from_db()
        assert hook.is_active is is_active


def test_an_export_is_cancelled(admin_client, traffic):
    export = traffic[0]["export"]
    act(admin_client, "export", "cancel", export.pk)
    export.refresh_from_db()
    assert export.state == "cancelled"


def test_who_may_only_look_may_not_act(client, django_user_model, traffic):
    looker = django_user_model.objects.create_user("looker", is_staff=True)
    names = ["view_import", "view_apitoken", "view_delivery"]
    looker.user_permissions.add(*Permission.objects.filter(codename__in=names))
    client.force_login(looker)
    rows = traffic[0]
    act(client, "import", "cancel", rows["import"].pk)
    act(client, "apitoken", "revoke", rows["apitoken"].uid)
    rows["import"].refresh_from_db()
    assert rows["import"].state == "pending"
    assert ApiToken.objects.filter(pk=rows["apitoken"].pk).exists()


# Tables that no operator reads: indexes of words, kept answers, counts, parts of other rows.
NOT_SHOWN = {
    "CollectionItem", "Change", "CopyGroup", "FeedItem", "Fingerprint", "IdempotentRequest",
    "KeptProfile", "MachineReading", "Noticed", "QuotationSpan", "Report", "RequestCount",
    "SignatureBand", "SourceBytes", "SpeakerName", "SpeakerNameKey", "TextSignature", "Tombstone",
    "WordingState",
}  # fmt: skip


def test_every_table_is_shown_or_said_to_be_none_for_operators():
    tables = {model.__name__ for model in apps.get_app_config("quotes").get_models()}
    shown = {model.__name__ for model in admin.site._registry}
    assert tables - shown == NOT_SHOWN


def queries(client, model, **query):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse(f"admin:quotes_{model}_changelist"), query).status_code == 200
    return len(asked)


LISTS = sorted(m._meta.model_name for m in admin.site._registry if m._meta.app_label == "quotes")


@pytest.mark.parametrize("model", LISTS)
def test_every_list_opens_and_is_searched(admin_client, model):
    queries(admin_client, model)
    queries(admin_client, model, q="rail")


def test_no_list_asks_more_for_more_rows(admin_client, admin_user, record, traffic):
    def fill(number):
        text = f"Ana Roe said the {number}th tax would rise."
        document = Document(text=text, quotations=(
            builders.quotation(text, f"the {number}th tax would rise", cue="said",
                               source="Ana Roe", speaker=builders.ROE),
        ))  # fmt: skip
        version = record(
            builders.source(text, origin=f"{number}.txt", url=f"https://example.org/{number}",
                            outlet=f"The {number}th Wire"), document,
        ).version  # fmt: skip
        row = version.quotations.get()
        LiveCheck.objects.create(quotation=row, outcome="same", checked_at=timezone.now())
        decisions.confirm(row, admin_user)
        tokens.make(admin_user, f"token {number}", {Scope.READ})
        hook = traffic[0]["webhook"]
        Delivery.objects.create(uid=uuid.uuid4(), webhook=hook, payload={})
        saved_searches.create(admin_user, f"search {number}", {"q": ["tax"]})
        collection = collections.create(admin_user, f"collection {number}")
        CollectionExport.objects.create(uid=uuid.uuid4(), collection=collection, by=admin_user,
                                        format="docx")  # fmt: skip

    lists = ("quotation", "article", "articleversion", "speakerlink", "extraction", "decision",
             "livecheck", "apitoken", "delivery", "savedsearch", "collection",
             "collectionexport")  # fmt: skip
    fill(1)
    before = {name: queries(admin_client, name) for name in lists}
    for number in range(2, 11):
        fill(number)
    assert {name: queries(admin_client, name) for name in lists} == before


@pytest.mark.usefixtures("rail")
def test_lists_count_no_further_than_the_pages_do(admin_client, monkeypatch):
    monkeypatch.setattr(admin_parts, "PAGES", PAGES.model_copy(update={"count_cap": 1}))
    shown = admin_client.get(reverse("admin:quotes_quotation_changelist"))
    assert shown.context["cl"].result_count == 1


@pytest.mark.usefixtures("traffic")
def test_days_are_written_so_that_nobody_reads_another(admin_client, admin_user):
    at = datetime(2026, 4, 3, 13, 5, tzinfo=UTC)
    Import.objects.update(created_at=at)
    page = admin_client.get(reverse("admin:quotes_import_changelist")).content.decode()
    assert "3 Apr 2026, 13:05 UTC" in page
    assert "p.m." not in page
    page = admin_client.get(
        reverse("admin:auth_user_change", args=[admin_user.pk])
    ).content.decode()
    assert f'value="{admin_user.date_joined:%Y-%m-%d}"' in page
    days = UserChangeForm.base_fields["last_login"]
    assert days.clean("2026-04-03 13:05") == at
    with pytest.raises(ValidationError):
        days.clean("04/03/2026 13:05")


@pytest.mark.parametrize(
    ("table", "title", "words", "found"),
    [
        ("article", "Ferry to open", "ferry", 1),
        ("article", "Ferry to open", "tram", 0),
        ("article", "", "rail minister", 1),
        ("articleversion", "", "rail minister", 1),
        ("pages", "Ferry to open", "ferry", 1),
        ("pages", "", "rail minister", 1),
        ("pages", "Ferry to open", "rail minister", 0),
    ],
)
@pytest.mark.usefixtures("rail")
def test_articles_are_found_by_what_they_are_called(admin_client, table, title, words, found):
    ArticleVersion.objects.update(title=title, opening="The rail minister")
    path = reverse("articles" if table == "pages" else f"admin:quotes_{table}_changelist")
    page = admin_client.get(path, {"q": words}).content.decode()
    called = title or "The rail minister"
    assert (called in page.partition("<main")[2]) == bool(found)


@pytest.mark.usefixtures("quotation")
def test_an_operator_reads_what_was_read_and_how_sure_it_is(admin_client, traffic):
    page = admin_client.get(reverse("admin:quotes_import_changelist")).text
    assert "a.jsonl" in page
    page = admin_client.get(reverse("admin:quotes_importitem_changelist")).text
    assert f'href="/imports/{traffic[0]["import"].uid}/#items"' in page
    Quotation.objects.update(speaker_confidence=0.16189937916401226)
    page = admin_client.get(reverse("admin:quotes_quotation_changelist")).text
    assert "unsure, 16 %" in page
    assert "0.16" not in page
    assert "Show counts" not in page, "they would read the whole table"


def test_the_first_page_leads_to_where_things_are_done(admin_client):
    page = admin_client.get(reverse("admin:index")).text.partition('id="content"')[2]
    for name in ("status", "imports", "feeds", "review", "decisions"):
        assert f'href="{reverse(name)}"' in page
