"""The full-text index of the quotations, kept in step by the database's own triggers.

One row a quotation: its content, its speaker's names, the mention and the article's title.
SQLite has it as an FTS5 table, PostgreSQL as a table of weighted vectors under a GIN index. It
holds nothing that the tables do not, so it can be built anew at any time.
"""

from quotes.kept_index import KeptIndex

TABLE = "quotes_search"
# A vector of PostgreSQL holds 1 MB; more of one field than this is no quotation that one looks up.
_FIELD_CHARS = 100_000

_NAMES = """
    COALESCE(q.speaker_name, '') || ' ' || COALESCE(s.name, '') || ' ' || COALESCE(
        (SELECT {concat}(n.name, ' ') FROM quotes_speakername n WHERE n.speaker_id = q.speaker_id),
        '')
"""
_FROM = """
    FROM quotes_quotation q
    JOIN quotes_articleversion v ON v.id = q.version_id
    LEFT JOIN quotes_speaker s ON s.id = q.speaker_id
"""
# What a change touches: the trigger's table, the columns that matter, the quotations concerned.
_WATCHED = (
    (
        "quotes_quotation",
        "content, speaker_id, speaker_name, mention, version_id",
        "q.id = {row}.id",
    ),
    ("quotes_articleversion", "title", "q.version_id = {row}.id"),
    ("quotes_speaker", "name", "q.speaker_id = {row}.id"),
    ("quotes_speakername", "name, speaker_id", "q.speaker_id = {row}.speaker_id"),
)
_NAMES_TABLE = "quotes_speakername"


def _trigger(table: str, event: str) -> str:
    return f"search_{table.removeprefix('quotes_')}_{event.lower()}"


def _events() -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Return table, event, its columns ("" for all) and the conditions on quotations to redo."""
    events: list[tuple[str, str, str, tuple[str, ...]]] = []
    for table, columns, where in _WATCHED:
        new, old = where.format(row="NEW"), where.format(row="OLD")
        is_list = table == _NAMES_TABLE
        events.append((table, "UPDATE", f" OF {columns}", (new, old) if is_list else (new,)))
        if is_list or table == "quotes_quotation":
            events += [(table, "INSERT", "", (new,)), (table, "DELETE", "", (old,))]
    return events


def trigger_names() -> list[tuple[str, str]]:
    """Return (trigger, its table) for every trigger that keeps the index in step."""
    return [(_trigger(table, event), table) for table, event, _, _ in _events()]


# --- SQLite


def _sqlite_rows(where: str) -> str:
    return f"""INSERT INTO {TABLE}(rowid, content, speaker, mention, title)
        SELECT q.id, q.content, {_NAMES.format(concat="group_concat")}, q.mention, v.title
        {_FROM} WHERE {where}"""


def _sqlite_redo(table: str, where: str) -> str:
    stale = "OLD.id" if table == "quotes_quotation" else f"SELECT q.id {_FROM} WHERE {where}"
    return f"DELETE FROM {TABLE} WHERE rowid IN ({stale}); {_sqlite_rows(where)};"  # noqa: S608


def _sqlite_trigger(table: str, event: str, columns: str, wheres: tuple[str, ...]) -> str:
    if (table, event) == ("quotes_quotation", "INSERT"):
        body = f"{_sqlite_rows(wheres[0])};"
    else:
        body = " ".join(_sqlite_redo(table, where) for where in wheres)
    name = _trigger(table, event)
    return f"CREATE TRIGGER {name} AFTER {event}{columns} ON {table} BEGIN {body} END"


_SQLITE_TABLE = f"""CREATE VIRTUAL TABLE IF NOT EXISTS {TABLE} USING fts5(
    content, speaker, mention, title, tokenize = 'unicode61 remove_diacritics 2')"""
_SQLITE_REBUILD = (f"DELETE FROM {TABLE}", _sqlite_rows("1"))  # noqa: S608


# --- PostgreSQL


_POSTGRESQL_TABLES = (
    f"""CREATE TABLE IF NOT EXISTS {TABLE}
    (quotation_id bigint PRIMARY KEY, vector tsvector NOT NULL)""",
    f"CREATE INDEX IF NOT EXISTS {TABLE}_vector ON {TABLE} USING gin (vector)",
    # Accents go, and what is no letter or digit parts words, as SQLite's tokeniser does it:
    # left to itself, PostgreSQL reads "US-led", "25m" and "and/or" as words of other kinds.
    f"""CREATE OR REPLACE FUNCTION {TABLE}_words(words text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE AS $$
        SELECT to_tsvector('simple', regexp_replace(regexp_replace(
            normalize(left(words, {_FIELD_CHARS}), NFKD), '[\u0300-\u036f]', '', 'g'),
            '[^[:alnum:]]+', ' ', 'g'))
    $$""",
)


def _postgresql_rows(where: str) -> str:
    words = {
        "A": "q.content",
        "B": _NAMES.format(concat="string_agg"),
        "C": "q.mention",
        "D": "v.title",
    }
    vector = " || ".join(
        f"setweight({TABLE}_words({w}), '{weight}')" for weight, w in words.items()
    )
    return f"""INSERT INTO {TABLE}(quotation_id, vector) SELECT q.id, {vector} {_FROM}
        WHERE {where} ON CONFLICT (quotation_id) DO UPDATE SET vector = EXCLUDED.vector"""


def _postgresql_trigger(
    table: str, event: str, columns: str, wheres: tuple[str, ...]
) -> tuple[str, str]:
    if (table, event) == ("quotes_quotation", "DELETE"):
        body = f"DELETE FROM {TABLE} WHERE quotation_id = OLD.id;"  # noqa: S608
    else:
        body = " ".join(f"{_postgresql_rows(where)};" for where in wheres)
    name = _trigger(table, event)
    function = f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN {body} RETURN NULL; END $$"""
    trigger = f"""CREATE OR REPLACE TRIGGER {name} AFTER {event}{columns} ON {table}
        FOR EACH ROW EXECUTE FUNCTION {name}()"""
    return function, trigger


_TRUNCATE = f"search_{TABLE}_truncate"
_POSTGRESQL_TRUNCATE = (
    f"""CREATE OR REPLACE FUNCTION {_TRUNCATE}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN TRUNCATE {TABLE}; RETURN NULL; END $$""",
    f"""CREATE OR REPLACE TRIGGER {_TRUNCATE} AFTER TRUNCATE ON quotes_quotation
    FOR EACH STATEMENT EXECUTE FUNCTION {_TRUNCATE}()""",
)
_POSTGRESQL_REBUILD = (f"TRUNCATE {TABLE}", _postgresql_rows("TRUE"))


def _sqlite() -> list[str]:
    return [_SQLITE_TABLE, *(_sqlite_trigger(*event) for event in _events())]


def _postgresql() -> list[str]:
    triggers = (_postgresql_trigger(*event) for event in _events())
    pairs = (statement for pair in triggers for statement in pair)
    return [*_POSTGRESQL_TABLES, *pairs, *_POSTGRESQL_TRUNCATE]


INDEX = KeptIndex(
    TABLE,
    trigger_names(),
    {"sqlite": _sqlite(), "postgresql": _postgresql()},
    {"sqlite": _SQLITE_REBUILD, "postgresql": _POSTGRESQL_REBUILD},
)
remove, install, rebuild = INDEX.remove, INDEX.install, INDEX.rebuild
