"""The index of the speakers' names by their words, kept in step by the database's own triggers.

One row a speaker: the name and every alias, so that "roe" and "ms r" find Ana Roe while one types.
SQLite has it as an FTS5 table with an index of prefixes, PostgreSQL as vectors under a GIN index.
It holds nothing that the tables do not, so it can be built anew at any time. It reads words as
quotes/search_index.py does, which has to be installed before it.
"""

from quotes.kept_index import KeptIndex
from quotes.search_documents import WORDS as QUOTATION_WORDS

TABLE = "quotes_speaker_search"
_ALIASES = "(SELECT {concat}(n.name, ' ') FROM quotes_speakername n WHERE n.speaker_id = s.id)"
_WORDS = "s.name || ' ' || COALESCE(" + _ALIASES + ", '')"
# Trigger's table, event with its columns, and the speakers whose row is made anew.
_EVENTS = (
    ("quotes_speaker", "INSERT", "", ("NEW.id",)),
    ("quotes_speaker", "UPDATE", " OF name", ("NEW.id",)),
    ("quotes_speaker", "DELETE", "", ("OLD.id",)),
    ("quotes_speakername", "INSERT", "", ("NEW.speaker_id",)),
    ("quotes_speakername", "UPDATE", " OF name, speaker_id", ("OLD.speaker_id", "NEW.speaker_id")),
    ("quotes_speakername", "DELETE", "", ("OLD.speaker_id",)),
)


def _trigger(table: str, event: str) -> str:
    return f"names_{table.removeprefix('quotes_')}_{event.lower()}"


def trigger_names() -> list[tuple[str, str]]:
    """Return (trigger, its table) for every trigger that keeps the index in step."""
    return [(_trigger(table, event), table) for table, event, _, _ in _EVENTS]


# --- SQLite


_SQLITE_TABLE = f"""CREATE VIRTUAL TABLE IF NOT EXISTS {TABLE} USING fts5(
    words, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3')"""


def _sqlite_rows(where: str) -> str:
    words = _WORDS.format(concat="group_concat")
    return f"""INSERT INTO {TABLE}(rowid, words)
        SELECT s.id, {words} FROM quotes_speaker s WHERE {where}"""  # noqa: S608  constants


def _sqlite_trigger(table: str, event: str, columns: str, speakers: tuple[str, ...]) -> str:
    keys = f"IN ({', '.join(speakers)})"
    redo = f"DELETE FROM {TABLE} WHERE rowid {keys}; {_sqlite_rows(f's.id {keys}')};"  # noqa: S608
    name = _trigger(table, event)
    return f"CREATE TRIGGER {name} AFTER {event}{columns} ON {table} BEGIN {redo} END"


def _sqlite() -> list[str]:
    return [_SQLITE_TABLE, *(_sqlite_trigger(*event) for event in _EVENTS)]


_SQLITE_REBUILD = (f"DROP TABLE IF EXISTS {TABLE}", _SQLITE_TABLE, _sqlite_rows("1"))


# --- PostgreSQL


_POSTGRESQL_TABLES = (
    f"""CREATE TABLE IF NOT EXISTS {TABLE}
    (speaker_id bigint PRIMARY KEY, vector tsvector NOT NULL)""",
    f"CREATE INDEX IF NOT EXISTS {TABLE}_vector ON {TABLE} USING gin (vector)",
)


def _postgresql_rows(where: str) -> str:
    words = _WORDS.format(concat="string_agg")
    return f"""INSERT INTO {TABLE}(speaker_id, vector)
        SELECT s.id, {QUOTATION_WORDS}_words({words}) FROM quotes_speaker s WHERE {where}
        ON CONFLICT (speaker_id) DO UPDATE SET vector = EXCLUDED.vector"""  # noqa: S608  constants


def _postgresql_trigger(
    table: str, event: str, columns: str, speakers: tuple[str, ...]
) -> tuple[str, str]:
    keys = ", ".join(speakers)
    if (table, event) == ("quotes_speaker", "DELETE"):
        body = f"DELETE FROM {TABLE} WHERE speaker_id = OLD.id;"  # noqa: S608
    else:
        body = f"{_postgresql_rows(f's.id IN ({keys})')};"
    name = _trigger(table, event)
    function = f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN {body} RETURN NULL; END $$"""
    trigger = f"""CREATE OR REPLACE TRIGGER {name} AFTER {event}{columns} ON {table}
        FOR EACH ROW EXECUTE FUNCTION {name}()"""
    return function, trigger


_TRUNCATE = f"names_{TABLE}_truncate"
_POSTGRESQL_TRUNCATE = (
    f"""CREATE OR REPLACE FUNCTION {_TRUNCATE}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN TRUNCATE {TABLE}; RETURN NULL; END $$""",
    f"""CREATE OR REPLACE TRIGGER {_TRUNCATE} AFTER TRUNCATE ON quotes_speaker
    FOR EACH STATEMENT EXECUTE FUNCTION {_TRUNCATE}()""",
)


def _postgresql() -> list[str]:
    pairs = (_postgresql_trigger(*event) for event in _EVENTS)
    triggers = (statement for pair in pairs for statement in pair)
    return [*_POSTGRESQL_TABLES, *triggers, *_POSTGRESQL_TRUNCATE]


_POSTGRESQL_REBUILD = (
    f"DROP TABLE IF EXISTS {TABLE}",
    *_POSTGRESQL_TABLES,
    _postgresql_rows("TRUE"),
)


INDEX = KeptIndex(
    TABLE,
    trigger_names(),
    {"sqlite": _sqlite(), "postgresql": _postgresql()},
    {"sqlite": _SQLITE_REBUILD, "postgresql": _POSTGRESQL_REBUILD},
)
remove, install, rebuild = INDEX.remove, INDEX.install, INDEX.rebuild
