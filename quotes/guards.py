"""Rules that the database itself enforces, so that no code path can break them.

1. A canonical text is never changed.
2. The words of a quotation's span are the words of its article version's text.
3. So that this stays true, an article version keeps its text, a quotation its version.
4. What a text was made of, byte for byte, is never changed.

Beside them stand the triggers of quotes/tombstones.py. All are taken off before migrations and put
back after (quotes/apps.py): SQLite drops a table's triggers when it rebuilds the table, and cannot
rename a table that others' triggers name. `substr` counts code points on both databases.
"""

from django.db import connections

from quotes import tombstones, triggers

# Tables whose rows are never changed, and what to say.
_IMMUTABLE = (
    ("quotes_canonicaltext", "a stored text is never changed: store a new article version"),
    ("quotes_sourcebytes", "kept bytes are never changed: they are addressed by their hash"),
)
_MISMATCH = "the span does not hold the words of its text"

# Statements that may not change a column: table, column, what to say.
_FIXED = (
    ("quotes_articleversion", "text_id", "an article version keeps its text: store a new version"),
    ("quotes_quotation", "version_id", "a quotation stays with its article version"),
)

_TEXT_OF_SPAN = """
    SELECT substr(t.content, NEW.start + 1, NEW."end" - NEW.start)
    FROM quotes_quotation q
    JOIN quotes_articleversion v ON v.id = q.version_id
    JOIN quotes_canonicaltext t ON t.sha256 = v.text_id
    WHERE q.id = NEW.quotation_id
"""


def _sqlite(tables: set[str]) -> list[str]:
    statements = [
        f"""CREATE TRIGGER {_kept(table)} BEFORE UPDATE ON {table}
        BEGIN SELECT RAISE(ABORT, '{problem}'); END"""
        for table, problem in _IMMUTABLE
        if table in tables
    ]
    statements += [
        f"""CREATE TRIGGER guard_span_{event.lower()} BEFORE {event} ON quotes_quotationspan
        WHEN NEW.exact IS NOT ({_TEXT_OF_SPAN})
        BEGIN SELECT RAISE(ABORT, '{_MISMATCH}'); END"""
        for event in ("INSERT", "UPDATE")
    ]
    statements += [
        f"""CREATE TRIGGER {_fixed(table)} BEFORE UPDATE OF {column} ON {table}
        WHEN NEW.{column} IS NOT OLD.{column}
        BEGIN SELECT RAISE(ABORT, '{problem}'); END"""
        for table, column, problem in _FIXED
    ]
    return statements + (tombstones.sqlite() if tombstones.TABLE in tables else [])


def _kept(table: str) -> str:
    return f"guard_kept_{table.removeprefix('quotes_')}"


def _fixed(table: str) -> str:
    return f"guard_fixed_{table.removeprefix('quotes_')}"


def _postgresql(tables: set[str]) -> list[str]:
    kept = [
        f"""CREATE OR REPLACE TRIGGER {_kept(table)} BEFORE UPDATE ON {table}
        FOR EACH ROW EXECUTE FUNCTION guard_fixed('{problem}')"""
        for table, problem in _IMMUTABLE
        if table in tables
    ]
    fixed = [
        f"""CREATE OR REPLACE TRIGGER {_fixed(table)} BEFORE UPDATE OF {column} ON {table}
        FOR EACH ROW WHEN (NEW.{column} IS DISTINCT FROM OLD.{column})
        EXECUTE FUNCTION guard_fixed('{problem}')"""
        for table, column, problem in _FIXED
    ]
    return [
        """CREATE OR REPLACE FUNCTION guard_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
        END $$""",
        f"""CREATE OR REPLACE FUNCTION guard_span() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.exact IS DISTINCT FROM ({_TEXT_OF_SPAN}) THEN
                RAISE EXCEPTION '{_MISMATCH}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END $$""",
        """CREATE OR REPLACE TRIGGER guard_span BEFORE INSERT OR UPDATE ON quotes_quotationspan
        FOR EACH ROW EXECUTE FUNCTION guard_span()""",
        *kept,
        *fixed,
        *(tombstones.postgresql() if tombstones.TABLE in tables else ()),
    ]


_GUARDED = (
    ("guard_text_update", "quotes_canonicaltext"),
    ("guard_span", "quotes_quotationspan"),
    ("guard_span_insert", "quotes_quotationspan"),
    ("guard_span_update", "quotes_quotationspan"),
    *((_kept(table), table) for table, _ in _IMMUTABLE),
    *((_fixed(table), table) for table, _, _ in _FIXED),
    *tombstones.triggers(),
)


def remove(using: str) -> None:
    """Take the guards off the database `using` while a migration alters its tables."""
    triggers.drop(using, _GUARDED)


def install(using: str) -> None:
    """Install the guards on the database `using`, replacing older ones.

    Of a database that was migrated back, those that its tables allow.
    """
    remove(using)
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    statements = {"sqlite": _sqlite, "postgresql": _postgresql}[connection.vendor](tables)
    triggers.execute(using, statements)
