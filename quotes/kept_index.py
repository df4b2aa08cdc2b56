"""An index table that the database's own triggers keep in step with the tables that it reads.

It holds nothing that these do not, so it can be built anew at any time; a table says by which
definition each was built, so that one of an earlier make is noticed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from django.db import connections, transaction

from quotes import triggers


@dataclass(frozen=True, slots=True)
class KeptIndex:
    """An index: its table, its (trigger, table of the trigger) pairs, and SQL by database vendor.

    `statements` make table and triggers where they are missing, `rebuilds` make and fill the table
    anew. `upgrades`, by the digest of a former definition, make of a table built by it one of this:
    where that takes less than to fill it anew.
    """

    table: str
    triggers: Sequence[tuple[str, str]]
    statements: Mapping[str, Sequence[str]]
    rebuilds: Mapping[str, Sequence[str]]
    upgrades: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)

    def remove(self, using: str) -> None:
        """Drop the triggers on the database `using`: SQLite cannot alter tables that they name."""
        triggers.drop(using, self.triggers)

    def install(self, using: str, *, is_stale: bool) -> None:
        """Install table and triggers on the database `using`.

        Rebuilds it if it is new, `is_stale`, or was built by another definition that none of
        `upgrades` knows.
        """
        is_new = self.table not in connections[using].introspection.table_names()
        self.remove(using)
        built_by = self._built_by(using)
        upgrade = self.upgrades.get(connections[using].vendor, {}).get(built_by)
        if is_new or is_stale or (built_by != self._digest(using) and upgrade is None):
            self.rebuild(using)
            return
        if upgrade is not None:
            self._upgrade(using, upgrade)
        triggers.execute(using, self.statements[connections[using].vendor])

    def rebuild(self, using: str) -> None:
        """Make the table anew on the database `using`, its triggers too; note by which definition.

        Until that is done, all find what the table had before, also if it never is: on PostgreSQL
        it is filled beside the old one, and takes its place at the end. Who writes to the tables
        that it reads waits, so that nothing is written that the new one does not have.
        """
        vendor = connections[using].vendor
        self._forget(using)
        with transaction.atomic(using=using):
            if vendor == "postgresql":
                beside = f"{self.table}_new"
                read = ", ".join(sorted({table for _, table in self.triggers}))
                made = (one.replace(self.table, beside) for one in self.rebuilds[vendor])
                triggers.execute(using, [f"LOCK TABLE {read} IN SHARE ROW EXCLUSIVE MODE", *made])
                self._put_in_place(using, beside)
            else:
                self.remove(using)
                triggers.execute(using, self.rebuilds[vendor])
            triggers.execute(using, self.statements[vendor])
            self._note(using)

    def _put_in_place(self, using: str, beside: str) -> None:
        """Put the table `beside` in the place of the old one, its indexes with it."""
        with connections[using].cursor() as cursor:
            cursor.execute(_INDEXES_OF, [beside])
            names = [name for (name,) in cursor.fetchall()]
        renamed = ((name, name.replace(beside, self.table)) for name in names)
        triggers.execute(
            using,
            [
                f"DROP TABLE IF EXISTS {self.table}",
                f"ALTER TABLE {beside} RENAME TO {self.table}",
                *(f"ALTER INDEX {old} RENAME TO {new}" for old, new in renamed),
            ],
        )

    def _upgrade(self, using: str, statements: Sequence[str]) -> None:
        self._forget(using)
        triggers.execute(using, statements)
        self._note(using)

    def _forget(self, using: str) -> None:
        """Note that the table is of no definition: what is interrupted is made anew next time."""
        with connections[using].cursor() as cursor:
            cursor.execute(_MADE)
            cursor.execute(_FORGET, [self.table])

    def _note(self, using: str) -> None:
        with connections[using].cursor() as cursor:
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
_INDEXES_OF = """SELECT indexname FROM pg_indexes
    WHERE tablename = %s AND schemaname = current_schema()"""
_ASK = f"SELECT digest FROM {_KEPT} WHERE name = %s"  # noqa: S608  a constant
