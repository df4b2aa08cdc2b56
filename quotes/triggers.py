"""Triggers of both databases: taken off, and what makes them and their tables carried out.

SQLite cannot alter tables that triggers name, so all are taken off before migrations.
"""

from collections.abc import Iterable

from django.db import connections

# SQLite's clock has milliseconds, Django's writing of times leaves out a zero fraction: with a
# last digit that is none, a time reads back as it was written, which cursors compare.
SQLITE_NOW = "strftime('%Y-%m-%d %H:%M:%f001', 'now')"


def drop(using: str, triggers: Iterable[tuple[str, str]]) -> None:
    """Drop `triggers`, (name, its table) each, on the database `using`, where they are there."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for name, table in triggers:
            if table in existing:
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def execute(using: str, statements: Iterable[str]) -> None:
    """Carry out `statements` on the database `using`, in order."""
    with connections[using].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
