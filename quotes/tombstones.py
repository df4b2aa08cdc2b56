"""Tombstones, by the database's own triggers so that no code path forgets them: for mirrors.

A quotation, an article or a speaker that is deleted leaves one with its address; so does a speaker
who is merged into another. One that is stored again, or parted from the other again, has none.
What of a row that stays has changed is told by its `updated_at` (quotes/touches.py).

Statements only: quotes/guards.py installs them with the guards.
"""

from quotes.triggers import SQLITE_NOW

TABLE = "quotes_tombstone"
# What has an address of its own: its table, the kind of its tombstone, the column of the address.
_ADDRESSED = (
    ("quotes_quotation", "quotation", "uid"),
    ("quotes_article", "article", "uid"),
    ("quotes_speaker", "speaker", "slug"),
    ("quotes_statement", "statement", "uid"),
)
_NOW = {
    "sqlite": SQLITE_NOW,
    "postgresql": "clock_timestamp()",
}


def _trigger(what: str, table: str) -> str:
    return f"tombstone_{what}_{table.removeprefix('quotes_')}"


def _bury(vendor: str, kind: str, address: str) -> str:
    return f"""INSERT INTO {TABLE}(kind, uid, deleted_at)
        VALUES ('{kind}', {address}, {_NOW[vendor]})
        ON CONFLICT (kind, uid) DO UPDATE SET deleted_at = excluded.deleted_at"""  # noqa: S608


def _raise(kind: str, address: str) -> str:
    return f"DELETE FROM {TABLE} WHERE kind = '{kind}' AND uid = {address}"  # noqa: S608


def _events(vendor: str) -> list[tuple[str, str, str, str, str]]:
    """Return trigger, table, event, condition ("" for none) and statement of each."""
    events = []
    for table, kind, column in _ADDRESSED:
        events += [
            (_trigger("delete", table), table, "DELETE", "", _bury(vendor, kind, f"OLD.{column}")),
            (_trigger("insert", table), table, "INSERT", "", _raise(kind, f"NEW.{column}")),
        ]
    speaker, merging = "quotes_speaker", "UPDATE OF merged_into_id"
    merged = "NEW.merged_into_id IS NOT NULL AND OLD.merged_into_id IS NULL"
    parted = "NEW.merged_into_id IS NULL AND OLD.merged_into_id IS NOT NULL"
    bury, unbury = _bury(vendor, "speaker", "NEW.slug"), _raise("speaker", "NEW.slug")
    events += [
        (_trigger("merge", speaker), speaker, merging, merged, bury),
        (_trigger("part", speaker), speaker, merging, parted, unbury),
    ]
    return events


def triggers() -> list[tuple[str, str]]:
    """Return (trigger, its table) for each."""
    return [(name, table) for name, table, *_ in _events("sqlite")]


def sqlite() -> list[str]:
    """Return the statements that make them on SQLite."""
    return [
        f"CREATE TRIGGER {name} AFTER {event} ON {table}"
        f"{f' WHEN {when}' if when else ''} BEGIN {statement}; END"
        for name, table, event, when, statement in _events("sqlite")
    ]


def postgresql() -> list[str]:
    """Return the statements that make them on PostgreSQL."""
    statements = []
    for name, table, event, when, statement in _events("postgresql"):
        statements += [
            f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN {statement}; RETURN NULL; END $$""",
            f"""CREATE OR REPLACE TRIGGER {name} AFTER {event} ON {table}
            FOR EACH ROW{f" WHEN ({when})" if when else ""} EXECUTE FUNCTION {name}()""",
        ]
    return statements
