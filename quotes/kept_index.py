"""An index table that the database's own triggers keep in step with the tables that it reads.

It holds nothing that these do not, so it can be built anew at any time; a table says by which
definition each was built, so that one of an earlier make is noticed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.db import connections

from quotes import triggers


@dataclass(frozen=True, slots=True)
class KeptIndex:
    """An index: its table, its (trigger, table of the trigger) pairs, and SQL by database vendor.

    `statements` make table and triggers where they are missing, `rebuilds` make and fill the table
    anew.
    """

    table: str
    triggers: Sequence[tuple[str, str]]
    statements: Mapping[str, Sequence[str]]
    rebuilds: Mapping[str, Sequence[str]]

    def remove(self, using: str) -> None:
        """Drop the triggers on the database `using`: SQLite cannot alter tables that they name."""
        triggers.drop(using, self.triggers)

    def install(self, using: str, *, is_stale: bool) -> None:
        """Install table and triggers on the database `using`.

        Rebuilds it if it is new, `is_stale`, or was built by another definition.
        """
        is_new = self.table not in connections[using].introspection.table_names()
        self.remove(using)
        if is_new or is_stale or self._built_by(using) != self._digest(using):
            self.rebuild(using)
        triggers.execute(using, self.statements[connections[using].vendor])

    def rebuild(self, using: str) -> None:
        """Make the table anew on the database `using`, and note by which definition."""
        with connections[using].cursor() as cursor:
            cursor.execute(_MADE)
            # What is interrupted half way is then of no definition, and is made at the next look.
            cursor.execute(_FORGET, [self.table])
            triggers.execute(using, self.rebuilds[connections[using].vendor])
            cursor.execute(_NOTE, [self.table, self._digest(using)])

    def _digest(self, using: str) -> str:
        vendor = connections[using].vendor
        return sha256(
            "\0".join([*self.statements[vendor], *self.rebuilds[vendor]]).encode()
        ).hexdigest()

    def _built_by(self, using: str) -> str:
        """Return the definition by which it was built; "" where nobody noted it."""
        triggers.execute(using, [_MADE])
        with connections[using].cursor() as cursor:
            cursor.execute(_ASK, [self.table])
            row = cursor.fetchone()
        return row[0] if row else ""


_KEPT = "quotes_kept_index"
_MADE = f"""CREATE TABLE IF NOT EXISTS {_KEPT} (
    name varchar(63) PRIMARY KEY, digest varchar(64) NOT NULL)"""
_NOTE = f"""INSERT INTO {_KEPT} (name, digest) VALUES (%s, %s)
    ON CONFLICT (name) DO UPDATE SET digest = excluded.digest"""  # noqa: S608  a constant
_FORGET = f"DELETE FROM {_KEPT} WHERE name = %s"  # noqa: S608  a constant
_ASK = f"SELECT digest FROM {_KEPT} WHERE name = %s"  # noqa: S608  a constant
