"""Triggers that note when what lists show of a row has changed: its `updated_at` moves along.

Mirrors read by it (quotes/mirrors.py), and pages and API say by it that nothing has changed since.
A quotation's row in a list names its speaker, article and outlet, so it moves with these. What
code sets itself in the row (a quotation's own columns) it also stamps itself.

They are taken off before migrations and put back after, as the guards are (quotes/guards.py).
"""

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connections

from quotes import triggers


class Touch(NamedTuple):
    """A trigger: on which change of which table it fires, and which rows of others it stamps.

    `columns` are those that matter, none for INSERT and DELETE. `rows` are (table, condition).
    `about` tells triggers of one event apart.
    """

    table: str
    event: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, str]]
    about: str = ""

    @property
    def name(self) -> str:
        """Return the trigger's name."""
        about = f"_{self.about}" if self.about else ""
        return f"touch_by_{self.table.removeprefix('quotes_')}_{self.event.lower()}{about}"


_VERSION, _QUOTATION, _SPEAKER = "quotes_articleversion", "quotes_quotation", "quotes_speaker"
_STATEMENT = "quotes_statement"
_VERSIONS_OF_OUTLET = """article_id IN (
    SELECT id FROM quotes_article WHERE outlet_id = NEW.id)"""
_QUOTATIONS_OF_ARTICLES = """version_id IN (
    SELECT v.id FROM quotes_articleversion v WHERE v.{where})"""
_TOUCHES = (
    Touch(_SPEAKER, "UPDATE", ("slug", "name", "kind", "wikidata_id"),
          [(_QUOTATION, "speaker_id = NEW.id"), (_STATEMENT, "speaker_id = NEW.id")]),
    Touch(_VERSION, "UPDATE", ("is_current", "title", "byline", "section", "language",
                               "published_on", "published_at"),
          [(_QUOTATION, "version_id = NEW.id")]),
    # Rare: an outlet becomes known with a later version, or is named anew by hand.
    Touch("quotes_article", "UPDATE", ("outlet_id", "url"),
          [(_VERSION, "article_id = NEW.id"),
           (_QUOTATION, _QUOTATIONS_OF_ARTICLES.format(where="article_id = NEW.id"))]),
    Touch("quotes_outlet", "UPDATE", ("slug", "name", "domain"),
          [(_VERSION, _VERSIONS_OF_OUTLET),
           (_QUOTATION, _QUOTATIONS_OF_ARTICLES.format(where=_VERSIONS_OF_OUTLET))]),
    # An article's row says how many quotations it has, and what of it was not read. Whoever changes
    # these has locked the version before, so that no two wait for each other.
    Touch("quotes_extraction", "INSERT", (), [(_VERSION, "id = NEW.version_id")]),
    Touch(_QUOTATION, "UPDATE", ("status", "act"), [(_VERSION, "id = NEW.version_id")]),
    # A statement's row has the words that stand for it.
    Touch(_QUOTATION, "UPDATE", ("content",), [(_STATEMENT, "representative_id = NEW.id")],
          about="words"),
    Touch(_QUOTATION, "DELETE", (), [(_VERSION, "id = OLD.version_id")]),
)  # fmt: skip
# Rows that stamp themselves, however they are changed: many ways lead to these.
_OWN = {
    _SPEAKER: ("slug", "name", "kind", "wikidata_id", "description", "merged_into_id",
               "quotation_count", "first_quoted_on", "last_quoted_on", "main_role",
               "main_outlet_id"),
    _VERSION: ("is_current", "title", "byline", "section", "language", "published_on",
               "published_at", "text_note", "copies_id"),
}  # fmt: skip


def _own_name(table: str) -> str:
    return f"touch_own_{table.removeprefix('quotes_')}"


def _differs(columns: Sequence[str], operator: str) -> str:
    return " OR ".join(f"NEW.{name} {operator} OLD.{name}" for name in columns)


def _sqlite() -> list[str]:
    def when(columns: Sequence[str]) -> str:
        return f"WHEN {_differs(columns, 'IS NOT')}" if columns else ""

    statements = []
    for touch in _TOUCHES:
        of = f" OF {', '.join(touch.columns)}" if touch.columns else ""
        stamps = " ".join(
            f"UPDATE {table} SET updated_at = {triggers.SQLITE_NOW} WHERE {where};"  # noqa: S608  constants
            for table, where in touch.rows
        )
        statements.append(
            f"CREATE TRIGGER {touch.name} AFTER {touch.event}{of} ON {touch.table} "
            f"{when(touch.columns)} BEGIN {stamps} END"
        )
    statements += [
        f"CREATE TRIGGER {_own_name(table)} AFTER UPDATE OF {', '.join(columns)} ON {table} "  # noqa: S608
        f"{when(columns)} BEGIN UPDATE {table} SET updated_at = {triggers.SQLITE_NOW} "
        "WHERE id = NEW.id; END"
        for table, columns in _OWN.items()
    ]
    return statements


def _postgresql() -> list[str]:
    statements = [
        """CREATE OR REPLACE FUNCTION touch_own() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN NEW.updated_at := clock_timestamp(); RETURN NEW; END $$"""
    ]
    for touch in _TOUCHES:
        of = f" OF {', '.join(touch.columns)}" if touch.columns else ""
        when = f"WHEN ({_differs(touch.columns, 'IS DISTINCT FROM')})" if touch.columns else ""
        stamps = " ".join(
            f"UPDATE {table} SET updated_at = clock_timestamp() WHERE {where};"  # noqa: S608
            for table, where in touch.rows
        )
        statements += [
            f"""CREATE OR REPLACE FUNCTION {touch.name}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN {stamps} RETURN NULL; END $$""",
            f"""CREATE OR REPLACE TRIGGER {touch.name} AFTER {touch.event}{of} ON {touch.table}
            FOR EACH ROW {when} EXECUTE FUNCTION {touch.name}()""",
        ]
    statements += [
        f"CREATE OR REPLACE TRIGGER {_own_name(table)} BEFORE UPDATE ON {table} FOR EACH ROW "
        f"WHEN ({_differs(columns, 'IS DISTINCT FROM')}) EXECUTE FUNCTION touch_own()"
        for table, columns in _OWN.items()
    ]
    return statements


_TRIGGERS = (
    *((touch.name, touch.table) for touch in _TOUCHES),
    *((_own_name(table), table) for table in _OWN),
)


def remove(using: str) -> None:
    """Take the triggers off the database `using` while a migration alters its tables."""
    triggers.drop(using, _TRIGGERS)


def install(using: str) -> None:
    """Install the triggers on the database `using`, which has all tables, replacing older ones."""
    remove(using)
    statements = {"sqlite": _sqlite, "postgresql": _postgresql}[connections[using].vendor]()
    triggers.execute(using, statements)
