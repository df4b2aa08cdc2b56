"""The full-text index on PostgreSQL: one table of vectors and of what is counted, under GIN."""

# ruff: noqa: S608  statements are built of constants, values are bound

from collections.abc import Sequence
from itertools import pairwise

from quotes.nlp import lexicon
from quotes.search_documents import (
    COLUMNS,
    CURRENT,
    FROM,
    GAP,
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

# A vector of PostgreSQL holds 1 MB; more of one field than this is no quotation that one looks up.
_FIELD_CHARS = 100_000
COMMON = lexicon.words("english_words.txt")
PAIR = f"{MARK}p"
_COMMON = "'{" + ",".join(sorted(COMMON)) + "}'"
_DAY = "COALESCE(v.published_on - DATE '0001-01-01' + 1, 0)::bigint"
_YEAR = "EXTRACT(YEAR FROM v.published_on)::integer"
_MEDIUM = "NULLIF(regexp_replace(lower(q.medium), '[^[:alnum:]]+', '', 'g'), '')"
_CUE = f"""COALESCE((SELECT array_agg('{MARK}c' || word) FROM regexp_split_to_table(
    lower(q.cue), '[^[:alnum:]]+') word WHERE word <> ''), '{{}}')"""
_TAGS = ", ".join(f"'{MARK}' || ({tag.format(medium=_MEDIUM, year=_YEAR)})" for tag in TAGS)
_INDEXES = (
    # A list of what is not in it yet would be read through by every search.
    f"""CREATE INDEX IF NOT EXISTS {ROWS}_vector ON {ROWS} USING gin (vector)
    WITH (fastupdate = off)""",
    # A speaker's rows, newest first; a timeline counts them without reading them.
    f"""CREATE INDEX IF NOT EXISTS {ROWS}_speaker ON {ROWS} (speaker_id, key)
    INCLUDE (act, {CURRENT})""",
    f"CREATE INDEX IF NOT EXISTS {ROWS}_reviewed ON {ROWS} (key) WHERE reviewed",
)
_TABLES = (
    f"""CREATE TABLE IF NOT EXISTS {ROWS} ({
        ", ".join(f"{name} {kind}" for name, (kind, _) in COLUMNS.items())
    }, vector tsvector NOT NULL, PRIMARY KEY (quotation_id), UNIQUE (key))""",
    # The planner reads newest first or looks up all matches, whichever its statistics say is less.
    f"ALTER TABLE {ROWS} ALTER COLUMN vector SET STATISTICS 1000",
    # Accents go, and what is no letter or digit parts words, as SQLite's tokeniser does it:
    # left to itself, PostgreSQL reads "US-led", "25m" and "and/or" as words of other kinds.
    f"""CREATE OR REPLACE FUNCTION {WORDS}_plain(words text) RETURNS text
    LANGUAGE sql IMMUTABLE AS $$
        SELECT regexp_replace(regexp_replace(
            normalize(lower(left(words, {_FIELD_CHARS})), NFKD), '[\u0300-\u036f]', '', 'g'),
            '[^[:alnum:]]+', ' ', 'g')
    $$""",
    f"""CREATE OR REPLACE FUNCTION {WORDS}_words(words text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE AS $$ SELECT to_tsvector('simple', {WORDS}_plain(words)) $$""",
    # Pairs of adjacent words that nearly every text has, as one word each: a phrase of such words
    # would else be looked for in every row that has them all ("common grams").
    f"""CREATE OR REPLACE FUNCTION {WORDS}_pairs(words text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE AS $$
        SELECT array_to_tsvector(
            COALESCE(array_agg(DISTINCT '{PAIR}' || one || '_' || two), '{{}}'))
        FROM (SELECT word AS one, lead(word) OVER (ORDER BY place) AS two
            FROM regexp_split_to_table({WORDS}_plain(words), ' ') WITH ORDINALITY w(word, place)
        ) pairs
        WHERE one = ANY({_COMMON}) AND two = ANY({_COMMON})
    $$""",
)


def pairs(words: Sequence[str]) -> list[str]:
    """Return the words of the index that stand for two common ones side by side in `words`."""
    return [f"{PAIR}{one}_{two}" for one, two in pairwise(words) if {one, two} <= COMMON]


def _fill(where: str) -> str:
    words = {
        "A": "q.content",
        "B": NAMES.format(concat="string_agg"),
        "C": "q.mention",
        "D": "v.title",
    }
    vector = " || ".join(
        f"setweight({WORDS}_words({w}) || $v${GAP}:1$v$::tsvector, '{weight}')"
        for weight, w in words.items()
    )
    # Where one field ends and the next begins does not matter: phrases are looked for besides.
    paired = f"{WORDS}_pairs(" + " || ' ' || ".join(words.values()) + ")"
    tags = f"array_to_tsvector(array_remove(ARRAY[{_TAGS}], NULL) || {_CUE})"
    columns = ", ".join(sql.format(day=_DAY, year=_YEAR) for _, sql in COLUMNS.values())
    names = [name for name in (*COLUMNS, "vector") if name != "quotation_id"]
    again = ", ".join(f"{name} = EXCLUDED.{name}" for name in names)
    return f"""INSERT INTO {ROWS}({", ".join(COLUMNS)}, vector)
        SELECT {columns}, {vector} || {paired} || {tags} {FROM} WHERE {where}
        ON CONFLICT (quotation_id) DO UPDATE SET {again}"""


def _trigger(table: str, event: str, columns: str, wheres: tuple[str, ...]) -> tuple[str, str]:
    if (table, event) == ("quotes_quotation", "DELETE"):
        body = f"DELETE FROM {ROWS} WHERE quotation_id = OLD.id;"
    else:
        body = " ".join(f"{_fill(where)};" for where in wheres)
    name = trigger(table, event)
    function = f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN {body} RETURN NULL; END $$"""
    made = f"""CREATE OR REPLACE TRIGGER {name} AFTER {event}{columns} ON {table}
        FOR EACH ROW EXECUTE FUNCTION {name}()"""
    return function, made


_TRUNCATE = f"search_{WORDS}_truncate"
_ON_TRUNCATE = (
    f"""CREATE OR REPLACE FUNCTION {_TRUNCATE}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN TRUNCATE {ROWS}; RETURN NULL; END $$""",
    f"""CREATE OR REPLACE TRIGGER {_TRUNCATE} AFTER TRUNCATE ON quotes_quotation
    FOR EACH STATEMENT EXECUTE FUNCTION {_TRUNCATE}()""",
)

# Digest of a former definition -> what makes of an index built by it one of this.
UPGRADES = {
    "88796ec1aacebaef8df0d2dd8e6e0b028cb40f0b2b50102d2d896c581069dd63": (
        *WITH_CURRENT,
        *WITH_FACTUALITY,
        f"ALTER INDEX {ROWS}_vector SET (fastupdate = off)",
        f"SELECT gin_clean_pending_list('{ROWS}_vector')",
        *_INDEXES,
        f"ANALYZE {ROWS}",
    ),
    "d1b3835a21504bcd4aa6d12cf481d8d2c77897b372c9b1e97e523483d6461f02": WITH_FACTUALITY,
}


def statements() -> list[str]:
    """Return what makes the table and triggers where they are missing."""
    kept = [statement for event in events() for statement in _trigger(*event)]
    return [*_TABLES, *_INDEXES, *kept, *_ON_TRUNCATE]


def rebuild() -> list[str]:
    """Return what makes and fills the table anew, also one of an earlier make."""
    return [
        *(f"DROP TABLE IF EXISTS {table}" for table in (WORDS, ROWS)),
        *_TABLES,
        # In order of the keys, so that the newest lie side by side on the disk.
        _fill("TRUE ORDER BY 1"),
        *_INDEXES,
        f"ANALYZE {ROWS}",
    ]
