"""`updated_at` moves with everything that a list shows of a row, on the database itself."""

from datetime import UTC, datetime

import pytest
from django.db.models import F

from quotes import decisions, store
from quotes.models import (
    Article,
    ArticleVersion,
    Extraction,
    Outlet,
    Quotation,
    Speaker,
)
from quotes.nlp.document import Document
from tests import builders, reviewing

pytestmark = [pytest.mark.django_db, pytest.mark.database]
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
MODELS = {"quotation": Quotation, "version": ArticleVersion, "speaker": Speaker}


@pytest.fixture
def moved(rail):  # noqa: ARG001  stores the article
    """Set every time far back; return what says which tables have rows with a newer one."""
    for model in MODELS.values():
        model.objects.update(updated_at=LONG_AGO)

    def tables():
        return {
            name
            for name, model in MODELS.items()
            if model.objects.filter(updated_at__gt=LONG_AGO).exists()
        }

    assert tables() == set()
    return tables


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(lambda: Speaker.objects.update(name="Ana Rowe"),
                     {"quotation", "speaker"}, id="speaker-renamed"),
        pytest.param(lambda: Speaker.objects.update(wikidata_id="Q1"),
                     {"quotation", "speaker"}, id="speaker-identified"),
        pytest.param(lambda: Speaker.objects.update(description="minister"),
                     {"speaker"}, id="speaker-described"),
        pytest.param(lambda: Speaker.objects.update(quotation_count=F("quotation_count") + 1),
                     {"speaker"}, id="speaker-counted"),
        pytest.param(lambda: Speaker.objects.update(name=F("name")), set(), id="nothing-differs"),
        pytest.param(lambda: ArticleVersion.objects.update(is_current=False),
                     {"quotation", "version"}, id="version-is-former"),
        pytest.param(lambda: ArticleVersion.objects.update(text_note="cut"),
                     {"version"}, id="version-noted"),
        pytest.param(lambda: Outlet.objects.update(name="Another Wire"),
                     {"quotation", "version"}, id="outlet-renamed"),
        pytest.param(lambda: Article.objects.update(outlet=None),
                     {"quotation", "version"}, id="outlet-unknown"),
        pytest.param(lambda: Quotation.objects.update(status="gone"), {"version"}, id="gone"),
        pytest.param(lambda: Article.objects.update(created_at=LONG_AGO), set(), id="not-shown"),
    ],
)  # fmt: skip
def test_a_change_touches_what_shows_it(moved, change, expected):
    change()
    assert moved() == expected


def test_an_extraction_touches_its_version(moved, rail):
    run = store.open_run(builders.provenance("2"))
    Extraction.objects.create(version=rail, run=run, quotation_count=0)
    assert moved() == {"version"}


def test_reading_again_the_same_touches_no_quotation(moved, rail):
    store.record_again(rail, builders.rail_document(), store.open_run(builders.provenance("2")))
    assert moved() == {"version"}


def test_a_quotation_no_longer_found_touches_all(moved, rail):
    run = store.open_run(builders.provenance("2"))
    store.record_again(rail, Document(text=builders.RAIL), run)
    assert moved() == {"quotation", "version", "speaker"}


def test_a_rejection_touches_all(moved):
    decisions.reject(reviewing.said("It must"), reviewing.reviewer())
    assert moved() == {"quotation", "version", "speaker"}


def test_times_that_triggers_write_are_found_again(moved):
    # A cursor compares the time that was read with the time that is stored.
    Speaker.objects.update(name="Ana Rowe")
    for model in (Speaker, Quotation):
        for row in model.objects.exclude(updated_at=LONG_AGO):
            assert model.objects.filter(pk=row.pk, updated_at=row.updated_at).exists()
    assert moved()
