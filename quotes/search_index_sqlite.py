"""The full-text index on SQLite: an FTS5 table of words, and a table of what is counted."""

# ruff: noqa: S608  statements are built of constants, values are bound

from quotes.search_documents import (
    COLUMNS,
    FROM,
    MARK,
    NAMES,
    ROWS,
    TAGS,
    WITH_CURRENT,
    WITH_FACTUALITY,
    WORDS,
    events,
    trigger,
)

_DAY = "COALESCE(CAST(julianday(v.published_on) - 1721424.5 AS INTEGER), 0)"
_YEAR = "CAST(substr(v.published_on, 1, 4) AS INTEGER)"


def _without(expression: str, by: str) -> str:
    for mark in ("-", "''", "’", ".", ",", "/", "“", "”", '"', "(", ")", ":", ";"):
        expression = f"replace({expression}, '{mark}', '{by}')"
    return expression


_MEDIUM = f"NULLIF({_without('''replace(lower(q.medium), ' ', '')''', '')}, '')"
_CUE = f"replace(' ' || trim({_without('q.cue', ' ')}), ' ', ' {MARK}c')"
_TAGS = " || ".join(
    f"COALESCE(' {MARK}' || ({tag.format(medium=_MEDIUM, year=_YEAR)}), '')" for tag in TAGS
)


def _columns() -> str:
    return ", ".join(sql.format(day=_DAY, year=_YEAR) for _, sql in COLUMNS.values())


def _fill(where: str) -> list[str]:
    # In order of the keys: FTS5 writes a new segment whenever a row comes before the last one.
    names = NAMES.format(concat="group_concat")
    return [
        f"INSERT INTO {ROWS}({', '.join(COLUMNS)}) SELECT {_columns()} {FROM} WHERE {where}",
        f"""INSERT INTO {WORDS}(rowid, content, speaker, mention, title, tags)
        SELECT r.key, q.content, {names}, q.mention, v.title, {_TAGS} || {_CUE}
        {FROM} JOIN {ROWS} r ON r.quotation_id = q.id WHERE {where} ORDER BY r.key""",
    ]


def _redo(table: str, where: str) -> list[str]:
    own = table == "quotes_quotation"
    stale = where.removeprefix("q.id = ") if own else f"SELECT q.id {FROM} WHERE {where}"
    return [
        f"""DELETE FROM {WORDS} WHERE rowid IN
        (SELECT key FROM {ROWS} WHERE quotation_id IN ({stale}))""",
        f"DELETE FROM {ROWS} WHERE quotation_id IN ({stale})",
        *_fill(where),
    ]


def _trigger(table: str, event: str, columns: str, wheres: tuple[str, ...]) -> str:
    if (table, event) == ("quotes_quotation", "INSERT"):
        body = _fill(wheres[0])
    else:
        body = [statement for where in wheres for statement in _redo(table, where)]
    name = trigger(table, event)
    return f"CREATE TRIGGER {name} AFTER {event}{columns} ON {table} BEGIN {'; '.join(body)}; END"


# Letters of which FTS5 keeps lists of the words that begin with them.
PREFIXES = (2, 3)
_LISTED = " ".join(map(str, PREFIXES))
# Two words of a row are never more than its columns apart; nothing is ranked by their lengths.
_WORDS_TABLE = f"""CREATE VIRTUAL TABLE IF NOT EXISTS {WORDS} USING fts5(
    content, speaker, mention, title, tags,
    tokenize = 'unicode61 remove_diacritics 2', prefix = '{_LISTED}', columnsize = 0)"""
_ROWS_TABLE = f"""CREATE TABLE IF NOT EXISTS {ROWS} ({
    ", ".join(
        f"{name} {'integer PRIMARY KEY' if name == 'key' else kind}"
        for name, (kind, _) in COLUMNS.items()
    )
})"""
_BY_QUOTATION = f"CREATE UNIQUE INDEX IF NOT EXISTS {ROWS}_quotation ON {ROWS} (quotation_id)"

# Digest of a former definition -> what makes of an index built by it one of this.
UPGRADES = {
    "dfce166fff664d530e43dbff70073db908ce7ec57c8233494333f50477e913d7": (
        *WITH_CURRENT,
        *WITH_FACTUALITY,
    ),
    "4332ec0304e91730a5280f78ef55180e00ac31648a2f302c3cc8e34f45cada3d": WITH_FACTUALITY,
}


def statements() -> list[str]:
    """Return what makes the tables and triggers where they are missing."""
    return [_WORDS_TABLE, _ROWS_TABLE, _BY_QUOTATION, *(_trigger(*event) for event in events())]


def rebuild() -> list[str]:
    """Return what fills the tables anew, also those of an earlier make."""
    drop = [f"DROP TABLE IF EXISTS {table}" for table in (WORDS, ROWS)]
    optimise = f"INSERT INTO {WORDS}({WORDS}) VALUES('optimize')"
    return [*drop, _WORDS_TABLE, _ROWS_TABLE, _BY_QUOTATION, *_fill("1"), optimise]
