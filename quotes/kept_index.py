"""An index table that the database's own triggers keep in step with the tables that it reads.

It holds nothing that these do not, so it can be built anew at any time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connections

from quotes import triggers


@dataclass(frozen=True, slots=True)
class KeptIndex:
    """An index: its table, its (trigger, table of the trigger) pairs, and SQL by database vendor.

    `statements` make table and triggers where they are missing, `rebuilds` fill the table anew.
    """

    table: str
    triggers: Sequence[tuple[str, str]]
    statements: Mapping[str, Sequence[str]]
    rebuilds: Mapping[str, Sequence[str]]

    def remove(self, using: str) -> None:
        """Drop the triggers on the database `using`: SQLite cannot alter tables that they name."""
        triggers.drop(using, self.triggers)

    def install(self, using: str, *, is_stale: bool) -> None:
        """Install table and triggers on the database `using`; rebuild it if new or `is_stale`."""
        is_new = self.table not in connections[using].introspection.table_names()
        self.remove(using)
        triggers.execute(using, self.statements[connections[using].vendor])
        if is_new or is_stale:
            self.rebuild(using)

    def rebuild(self, using: str) -> None:
        """Fill the table anew on the database `using`."""
        triggers.execute(using, self.rebuilds[connections[using].vendor])
