"""What comparing fails on is stored all the same, told to operators, and compared later."""

import logging
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from quotes import (
    decisions,
    statement_failures,
    statement_marks,
    statements,
    status_pages,
    store,
    variants,
)
from quotes.models import Fingerprint, Quotation, Report, Statement, WordingState
from quotes.params import VARIANTS
from quotes.status_pages import Level
from tests import builders
from tests.quotes.test_statements import (
    OTHER,
    PART,
    WHOLE,
    article,
    counts_are_right,
    of,
    partition,
    statement_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]

POISON = "“The poisoned well of Malden was closed by the district in the spring,”"
# Databases refuse each in their own way; PostgreSQL then refuses all else of the transaction.
_SQLITE = """
    CREATE TRIGGER poisoned BEFORE INSERT ON quotes_fingerprint
    WHEN (SELECT content FROM quotes_quotation WHERE id = NEW.quotation_id) LIKE '%poisoned%'
    BEGIN SELECT RAISE(ABORT, 'poisoned words'); END
"""
_POSTGRESQL = """
    CREATE FUNCTION poisoned() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF (SELECT content FROM quotes_quotation WHERE id = NEW.quotation_id) LIKE '%poisoned%'
        THEN RAISE EXCEPTION 'poisoned words'; END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER poisoned BEFORE INSERT ON quotes_fingerprint
    FOR EACH ROW EXECUTE FUNCTION poisoned();
"""
_AWAY = {
    "sqlite": "DROP TRIGGER poisoned",
    "postgresql": "DROP TRIGGER poisoned ON quotes_fingerprint",
}


@pytest.fixture
def run():
    return store.open_run(builders.provenance())


@pytest.fixture(params=["database", "program"])
def healed(request, monkeypatch):
    """Let comparing fail on poisoned words, in the database or in what compares; return a cure."""
    if request.param == "database":
        with connection.cursor() as cursor:
            cursor.execute(_POSTGRESQL if connection.vendor == "postgresql" else _SQLITE)

        def heal() -> None:
            with connection.cursor() as cursor:
                cursor.execute(_AWAY[connection.vendor])

        return heal
    whole = variants.variant_words.norms_of

    def broken(text: str) -> tuple[str, ...]:
        if "poisoned" in text and " … " not in text:  # words, and not what stands around them
            raise ValueError(f"cannot read \0 {text[:20]}")
        return whole(text)

    monkeypatch.setattr(variants.variant_words, "norms_of", broken)
    statement_marks.marks_of.cache_clear()
    return monkeypatch.undo


def failed() -> list[str]:
    rows = WordingState.objects.exclude(problem="").values_list("quotation__content", flat=True)
    return sorted(rows)


def test_an_article_is_stored_and_all_else_of_it_compared(run, healed, caplog):
    whole = article(run, WHOLE)
    with caplog.at_level(logging.ERROR):
        poisoned = article(run, OTHER, POISON, PART)
    assert [row.content for row in poisoned.quotations.order_by("position")] == [
        OTHER,
        POISON,
        PART,
    ]
    assert statement_of(poisoned, 2) == statement_of(whole)
    assert failed() == [POISON]
    assert not Fingerprint.objects.filter(quotation=of(poisoned, 1)).exists()
    assert "poisoned" in WordingState.objects.get(quotation=of(poisoned, 1)).problem
    assert "not compared" in caplog.text
    assert counts_are_right()
    healed()
    call_command("statements", stdout=StringIO())
    assert failed() == []
    assert Fingerprint.objects.filter(quotation=of(poisoned, 1)).exists()


def test_twice_is_as_once_and_a_later_run_compares(run, healed):
    first, second = article(run, POISON, WHOLE), article(run, POISON, PART)
    before, kept = partition(), list(Statement.objects.values_list("uid"))
    for _ in range(2):
        told = StringIO()
        call_command("statements", stdout=StringIO(), stderr=told)
        assert "Comparing failed on 2 quotations" in told.getvalue()
        assert failed() == [POISON, POISON]
        assert (partition(), list(Statement.objects.values_list("uid"))) == (before, kept)
    statements.place(second)  # as when its article comes again
    assert (partition(), failed()) == (before, [POISON, POISON])
    # The task that compares what waits does not wait for it.
    assert not statements.is_waiting()
    assert statements.place_waiting() == 0
    healed()
    statements.place(second)
    assert failed() == [POISON]
    call_command("statements", stdout=StringIO())
    assert failed() == []
    assert statement_of(first) == statement_of(second) != statement_of(first, 1)
    assert counts_are_right()


@pytest.mark.usefixtures("healed")
def test_what_was_compared_leaves_its_statement_and_those_behind_it_stay(run, django_user_model):
    jo = django_user_model.objects.create_superuser("jo")
    leader, one, other = article(run, WHOLE), article(run, PART), article(run, PART)
    assert statement_of(leader) == statement_of(one) == statement_of(other)
    # Somebody corrects its words, and comparing fails on these: nobody is to see the old ones.
    Quotation.objects.filter(pk=of(leader).pk).update(content="“poisoned”")
    statements.follow([of(leader).pk])
    assert failed() == ["“poisoned”"]
    assert statement_of(leader) is None
    assert statement_of(one) == statement_of(other) is not None
    assert counts_are_right()
    decisions.confirm(of(other), jo)
    assert statement_of(one).representative == of(other)


@pytest.mark.usefixtures("healed")
def test_where_all_fail_few_are_tried_each(run, monkeypatch):
    few = VARIANTS.model_copy(update={"failures_sought": 2})
    monkeypatch.setattr(statements, "VARIANTS", few)
    words = [f"{POISON[:-2]} said the poisoned report of {day} March,”" for day in range(1, 9)]
    version = article(run, *words)
    assert version.quotations.count() == len(words)
    assert failed() == sorted(words)


@pytest.mark.usefixtures("healed")
def test_operators_are_told(run, client):
    assert status_pages.statements().words == "all quotations are compared"
    article(run, POISON)
    fact = status_pages.statements()
    assert fact.level == Level.ATTENTION
    assert "failed on 1, which are in no statement: “manage.py statements”" in fact.words
    assert "Comparing failed on 1 quotation read here" in client.get(run.get_absolute_url()).text
    WordingState.objects.update(problem="")
    assert status_pages.statements().words == "1 wait to be compared in the background"
    WordingState.objects.all().delete()
    assert statement_failures.uncompared().has_new
    assert "ome were never compared" in client.get("/status/").text
    assert not Report.objects.exists()
