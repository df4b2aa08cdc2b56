"""An index is built anew where it must be, and only there: at a million rows that takes minutes."""

from collections.abc import Iterable
from itertools import islice

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, migrations
from django.db.migrations import operations
from django.db.models import CharField, TextField

from quotes import search_index, triggers
from quotes.apps import _may_change_rows
from quotes.models import Quotation
from quotes.search_documents import ROWS
from quotes.search_index import INDEX

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def keys() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT key FROM {ROWS} ORDER BY key")  # noqa: S608  a constant
        return [key for (key,) in cursor.fetchall()]


@pytest.fixture
def astray(rail) -> list[int]:
    """An index that has lost its rows, which only building it anew brings back."""
    assert rail.quotations.exists()
    whole = keys()
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {ROWS}")  # noqa: S608  a constant
    return whole


@pytest.mark.usefixtures("astray")
def test_it_is_left_alone_if_nothing_has_changed():
    search_index.install("default", is_stale=False)
    assert keys() == []


def test_it_is_built_anew_if_it_is_stale(astray):
    search_index.install("default", is_stale=True)
    assert keys() == astray != []


def test_it_is_built_anew_if_it_was_built_by_another_definition(astray):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE quotes_kept_index SET digest = 'old' WHERE name = %s", [ROWS])
    search_index.install("default", is_stale=False)
    assert keys() == astray != []


def test_it_is_built_anew_if_nobody_noted_its_definition(astray):
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE quotes_kept_index")
    search_index.install("default", is_stale=False)
    assert keys() == astray != []


def test_it_is_built_anew_if_building_it_was_interrupted(astray, monkeypatch):
    def interrupted(*_statements: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(triggers, "execute", interrupted)
        with pytest.raises(KeyboardInterrupt):
            INDEX.rebuild("default")
    search_index.install("default", is_stale=False)
    assert keys() == astray != []


@pytest.mark.parametrize("after", [1, 3, 5])
def test_until_it_is_built_all_is_found_that_was(rail, monkeypatch, after):
    assert rail.quotations.exists()
    whole, carry_out = keys(), triggers.execute

    def interrupted(using: str, statements: Iterable[str]) -> None:
        carry_out(using, islice(statements, after))
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(triggers, "execute", interrupted)
        with pytest.raises(KeyboardInterrupt):
            INDEX.rebuild("default")
    assert keys() == whole != []
    search_index.install("default", is_stale=False)
    assert keys() == whole


def test_a_column_more_is_a_new_definition(astray):
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {ROWS}")
        cursor.execute(f"CREATE TABLE {ROWS} (key bigint PRIMARY KEY, quotation_id bigint)")
        cursor.execute("UPDATE quotes_kept_index SET digest = 'old' WHERE name = %s", [ROWS])
    INDEX.install("default", is_stale=False)
    assert keys() == astray != []


@pytest.mark.parametrize("lacking", [("is_current", "factuality"), ("factuality",)])
def test_one_of_a_known_definition_is_mended_instead(rail, lacking):
    """It is told by a row that it has lost, which building it anew would bring back."""
    lost, gone = rail.quotations.order_by("pk")[:2]
    rail.quotations.filter(pk=gone.pk).update(status=Quotation.Status.GONE)
    search_index.remove("default")  # they name the columns
    formers = sorted(INDEX.upgrades[connection.vendor].items(), key=lambda pair: -len(pair[1]))
    former = formers[0 if "is_current" in lacking else 1][0]
    with connection.cursor() as cursor:
        for column in lacking:
            cursor.execute(f"ALTER TABLE {ROWS} DROP COLUMN {column}")
        cursor.execute(f"DELETE FROM {ROWS} WHERE quotation_id = %s", [lost.pk])  # noqa: S608  a constant
        cursor.execute("UPDATE quotes_kept_index SET digest = %s WHERE name = %s", [former, ROWS])
    left = keys()
    search_index.install("default", is_stale=False)
    assert keys() == left != []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT quotation_id, is_current FROM {ROWS} ORDER BY quotation_id")  # noqa: S608  a constant
        current = {row: bool(is_current) for row, is_current in cursor.fetchall()}
    assert {row for row, is_current in current.items() if not is_current} == {gone.pk}
    rail.quotations.filter(pk=gone.pk).update(status=Quotation.Status.CURRENT)
    search_index.install("default", is_stale=False)
    assert len(keys()) == len(left)  # it is known by its new definition now


@pytest.mark.usefixtures("astray")
def test_migrating_with_nothing_to_do_leaves_it_alone():
    call_command("migrate", verbosity=0)
    assert keys() == []


def nothing(registry: object, editor: object) -> None:
    """Change nothing."""


@pytest.mark.parametrize(
    ("operation", "changes"),
    [
        pytest.param(operations.CreateModel("Thing", []), False, id="a table more"),
        pytest.param(
            operations.AddField("quotation", "more", CharField(default="")), False, id="a column"
        ),
        pytest.param(
            operations.AlterField("tombstone", "kind", CharField()), False, id="another's column"
        ),
        pytest.param(
            operations.AlterField("quotation", "content", TextField()), True, id="its column"
        ),
        pytest.param(operations.RenameField("speaker", "name", "n"), True, id="a column renamed"),
        pytest.param(operations.DeleteModel("Thing"), True, id="a table less"),
        pytest.param(operations.RunPython(nothing), True, id="code"),
        pytest.param(
            operations.RunPython(nothing, hints={"model_name": "statement"}),
            False,
            id="code that writes other rows",
        ),
        pytest.param(
            operations.RunPython(nothing, hints={"model_name": "speaker"}),
            True,
            id="code that writes its rows",
        ),
        pytest.param(operations.RunSQL("SELECT 1"), True, id="SQL"),
    ],
)
def test_what_may_change_rows(operation, changes):
    migration = migrations.Migration("0099_test", apps.get_app_config("quotes").label)
    migration.operations = [operation]
    assert _may_change_rows((migration, False)) is changes
    assert _may_change_rows((migration, True))


def test_migrations_of_others_change_nothing_of_ours():
    migration = migrations.Migration("0099_test", "auth")
    migration.operations = [operations.RunPython(nothing)]
    assert not _may_change_rows((migration, False))
