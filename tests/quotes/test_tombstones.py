"""What is deleted or merged away leaves a tombstone, whichever way it goes. Both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from quotes import decisions
from quotes.models import (
    Article,
    Extraction,
    Quotation,
    Speaker,
    SpeakerLink,
    Tombstone,
    WordingState,
)
from tests import reviewing
from tests.builders import rail_document, source

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def stones() -> set[tuple[str, str]]:
    return set(Tombstone.objects.values_list("kind", "uid"))


def raw(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize(
    "delete",
    [
        pytest.param(lambda row: row.delete(), id="row"),
        pytest.param(lambda row: Quotation.objects.filter(pk=row.pk).delete(), id="many"),
        pytest.param(
            lambda row: raw("DELETE FROM quotes_quotation WHERE id = %s", row.pk), id="past-the-orm"
        ),
    ],
)
def test_a_deleted_quotation_leaves_its_address(quotation, delete):
    for rows in (quotation.spans, quotation.fingerprints):
        rows.all().delete()
    WordingState.objects.filter(quotation=quotation).delete()
    before = datetime.now(UTC)
    delete(quotation)
    assert stones() == {("quotation", quotation.uid)}
    buried = Tombstone.objects.get().deleted_at
    assert before - timedelta(milliseconds=1) <= buried <= datetime.now(UTC)


def test_a_deleted_article_leaves_all_its_addresses(rail):
    addresses = {("quotation", uid) for uid in rail.quotations.values_list("uid", flat=True)}
    article = rail.article
    rail.quotations.all().delete()
    Extraction.objects.filter(version=rail).delete()
    article.delete()
    assert stones() == addresses | {("article", article.uid)}


def test_a_deleted_speaker_leaves_its_address(rail):
    rail.quotations.all().delete()
    SpeakerLink.objects.all().delete()
    Tombstone.objects.all().delete()
    Speaker.objects.all().delete()
    assert stones() == {("speaker", "ana-roe")}


def test_what_is_stored_again_has_no_tombstone(record):
    """Addresses are the same in a rebuilt database."""
    first = record(source(), rail_document())
    Quotation.objects.all().delete()
    Article.objects.all().delete()
    assert len(stones()) == 3
    record(source(), rail_document())
    assert stones() == set()
    assert first.version.article.uid == Article.objects.get().uid


def test_one_deleted_twice_was_deleted_last_time(quotation):
    kept = Quotation.objects.get(pk=quotation.pk)
    quotation.delete()
    first = Tombstone.objects.get().deleted_at
    kept.pk = None
    kept.save(force_insert=True)
    kept.delete()
    assert Tombstone.objects.get().deleted_at > first


def test_a_merged_speaker_leaves_the_address_until_that_is_undone():
    reviewing.stored_world()
    user = reviewing.reviewer()
    one, other = reviewing.called("Ana Rowe"), reviewing.called("Ana Roe")
    merged = decisions.merge(one, other, user)
    assert stones() == {("speaker", one.slug)}
    assert Speaker.objects.filter(slug=one.slug).exists()
    decisions.undo(merged, user)
    assert stones() == set()


def test_tombstones_read_back_as_they_compare(quotation):
    """A mirror asks for what was deleted since the last one that it knows."""
    quotation.delete()
    stone = Tombstone.objects.get()
    assert Tombstone.objects.filter(deleted_at=stone.deleted_at).exists()
    assert not Tombstone.objects.filter(deleted_at__gt=stone.deleted_at).exists()
