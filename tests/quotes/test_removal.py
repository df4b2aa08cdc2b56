"""An article that is removed takes along what rests on it, and nothing else. Both databases."""

import re

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import timezone

from quotes import cited, collections, decisions, removal
from quotes.models import (
    Article,
    ArticleVersion,
    CanonicalText,
    CitedQuotation,
    Decision,
    MachineReading,
    Quotation,
    Tombstone,
)
from tests.builders import source
from tests.reviewing import called, reviewer, said, stored_world

pytestmark = [pytest.mark.django_db, pytest.mark.database]
LIST = reverse("admin:quotes_article_changelist")


@pytest.fixture
def tax() -> Article:
    """The article with six quotations; one of them was corrected, and that was undone."""
    article = stored_world().tax.article
    decisions.undo(decisions.reject(said("It must"), reviewer("rita")), reviewer("max"))
    decisions.confirm(said("doubts"), User.objects.get(username="rita"))
    return article


def test_what_rests_on_it_goes_and_the_rest_stays(tax):
    texts = set(tax.versions.values_list("text_id", flat=True))
    uids = set(Quotation.objects.filter(version__article=tax).values_list("uid", flat=True))
    kept = set(Quotation.objects.exclude(uid__in=uids).values_list("uid", flat=True))
    assert removal.remove(tax) == removal.Removed(
        versions=1, quotations=6, decisions=3, collected=0
    )
    assert set(Quotation.objects.values_list("uid", flat=True)) == kept
    assert not Decision.objects.exists()
    assert not MachineReading.objects.exists()
    assert not CanonicalText.objects.filter(pk__in=texts).exists()
    buried = Tombstone.objects.filter(kind__in=["quotation", "article"])
    assert set(buried.values_list("uid", flat=True)) == uids | {tax.uid}
    assert called("Ana Roe").quotation_count == 2
    assert called("Ana Rowe").quotation_count == 0


def test_what_others_have_too_stays(tax, record):
    text = tax.versions.get().text.content
    other = record(source(text, url="https://example.org/copy", origin="copy.txt")).version
    removal.remove(tax)
    assert ArticleVersion.objects.get(pk=other.pk).text.content == text


def test_whoever_collected_and_cited_is_told(tax):
    owner = User.objects.create_user("jo")
    collection = collections.create(owner, "Rail")
    collections.add(collection, [said("doubts").uid, said("the strike").uid])
    cited.keep(collection, form="ris", by=owner)
    removal.remove(tax)
    assert [item.quotation.content for item in collections.all_items(collection)] == [
        "the strike would end"
    ]
    cited.notice(until=timezone.now())
    changed = CitedQuotation.objects.filter(changed_at__isnull=False)
    assert [change["kind"] for row in changed for change in row.changes] == ["deleted"]


@pytest.mark.parametrize("how", ["merge", "split"])
def test_what_was_decided_on_its_speakers_can_still_be_undone(tax, how):
    rita = User.objects.get(username="rita")
    if how == "merge":
        taken = decisions.merge(called("Ana Rowe"), called("Ana Roe"), rita)
    else:
        roe = called("Ana Roe")
        new = decisions.NewSpeaker("Ana Roe", "person", description="a baker")
        taken = decisions.split(roe, decisions.Part(articles=frozenset({tax.pk})), new, rita)
    removal.remove(tax)
    decisions.undo(taken, rita)
    assert called("Ana Rowe").merged_into is None
    assert {row.speaker.slug for row in Quotation.objects.all()} == {"ana-roe"}


# --- as operators do it


def remove(client, article, **sent):
    chosen = {"action": "remove", ACTION_CHECKBOX_NAME: [article.pk]}
    return client.post(LIST, {**chosen, **sent})


def test_it_is_asked_why_and_kept_who_did_it(admin_client, admin_user, tax):
    asked = remove(admin_client, tax).text
    assert "1 version, 6 quotations, 3 decisions on them, 0 places in collections" in asked
    for why in (" ", "x" * 501):
        assert "Say why" in remove(admin_client, tax, remove="yes", why=why).text
    assert Article.objects.filter(pk=tax.pk).exists()
    done = remove(admin_client, tax, remove="yes", why="a court’s order")
    assert done.status_code == 302
    assert not Article.objects.filter(pk=tax.pk).exists()
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (admin_user, tax.uid)
    assert entry.change_message == "removed with 6 quotations: a court’s order"


def test_who_may_only_look_removes_nothing(client, tax):
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_article"))
    client.force_login(viewer)
    assert "Remove the articles" not in client.get(LIST).text
    remove(client, tax, remove="yes", why="because")
    assert Article.objects.filter(pk=tax.pk).exists()


def test_its_addresses_say_that_it_is_removed(client, settings, tax):
    uid = said("doubts").uid
    removal.remove(tax)
    for address in (
        f"/q/{uid}",
        f"/quotes/{uid}/",
        f"/quotes/{uid}/history/",
        f"/articles/{tax.uid}/",
    ):
        response = client.get(address)
        assert response.status_code == 404
        assert "was removed by those who run this tracker" in response.text
        assert re.search(r"<title>Removed (article|quotation) ", response.text)
        assert "never one of this tracker" not in response.text
    settings.PUBLIC_READS = False
    assert "was removed" not in client.get(f"/nope/{uid}/").text
