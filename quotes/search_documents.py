"""What the full-text index holds of a quotation, in SQL that both databases understand.

`{…}` in an expression stands for what they write differently.
"""

WORDS, ROWS = "quotes_search", "quotes_search_row"
# A key is days since the year 1 above this many bits of the quotation's own key.
KEY_BITS = 41
LAST_KEY = (1 << 63) - 1
# No letter or digit, so that nobody types a word with it; FTS5 takes it for part of a word.
MARK = "\ue000"
CURRENT = "is_current"
# Follows each field's words, so that no phrase reaches from one field into the next.
GAP = f"{MARK}g"

# What is kept in columns, for ordering, counting and conditions, with its type.
COLUMNS = {
    "key": ("bigint", "({day} << 41) + q.id"),
    "quotation_id": ("bigint", "q.id"),
    "speaker_id": ("bigint", "q.speaker_id"),
    "outlet_id": ("bigint", "a.outlet_id"),
    "kind": ("varchar(10)", "q.kind"),
    "act": ("varchar(10)", "q.act"),
    "factuality": ("varchar(12) NOT NULL DEFAULT ''", "q.factuality"),
    "medium": ("varchar(50)", "q.medium"),
    "year": ("integer", "{year}"),
    "reviewed": ("boolean", "q.review <> ''"),
    # What lists show: then they are counted, ranked and ordered by the index's rows alone.
    CURRENT: ("boolean NOT NULL DEFAULT TRUE", "q.status = 'current' AND v.is_current"),
}
# One word each; NULL is left out. The tag's kind is its first letter.
#   x all, k kind, r reviewed, s speaker, o outlet, m medium, y year, a article, f who the source
#   is, t that it is not reported as said, and how; c, added by each database, a word of the cue.
# What most rows have is asked of their columns instead: such a word stands in a list as long as
# the table, which takes longer to read than all else of a query.
TAGS = (
    "'x'",
    "'k' || q.kind",
    "CASE WHEN q.review <> '' THEN 'ryes' ELSE 'rno' END",
    "'s' || q.speaker_id",
    "'o' || a.outlet_id",
    "'m' || {medium}",
    "'y' || {year}",
    "'a' || a.uid",
    """CASE WHEN q.speaker_id IS NOT NULL THEN 'fnamed' WHEN q.speaker_kind = 'anonymous'
    THEN 'fanonymous' WHEN q.speaker_name = '' THEN 'fnone' END""",
    "CASE WHEN q.factuality NOT IN ('', 'factual') THEN 't' || q.factuality END",
)
NAMES = """COALESCE(q.speaker_name, '') || ' ' || COALESCE(s.name, '') || ' ' || COALESCE(
    (SELECT {concat}(n.name, ' ') FROM quotes_speakername n WHERE n.speaker_id = q.speaker_id), '')
"""
FROM = """
    FROM quotes_quotation q
    JOIN quotes_articleversion v ON v.id = q.version_id
    JOIN quotes_article a ON a.id = v.article_id
    LEFT JOIN quotes_speaker s ON s.id = q.speaker_id
"""
# What a change touches: the trigger's table, the columns that matter, the quotations concerned.
_NAMES_TABLE = "quotes_speakername"
_WATCHED = (
    (
        "quotes_quotation",
        """content, speaker_id, speaker_name, speaker_kind, mention, cue, medium, kind, act,
        factuality, status, review, version_id""",
        "q.id = {row}.id",
    ),
    ("quotes_articleversion", "title, published_on, is_current", "q.version_id = {row}.id"),
    ("quotes_article", "outlet_id, uid", "v.article_id = {row}.id"),
    ("quotes_speaker", "name", "q.speaker_id = {row}.id"),
    (_NAMES_TABLE, "name, speaker_id", "q.speaker_id = {row}.speaker_id"),
)
# The models whose columns an index reads: this one, and that of the speakers' names.
MODELS = frozenset({"quotation", "articleversion", "article", "speaker", "speakername"})

# An index without CURRENT, of the first makes, gets it: few rows are of former versions.
WITH_CURRENT = (
    f"ALTER TABLE {ROWS} ADD COLUMN {CURRENT} {COLUMNS[CURRENT][0]}",
    f"""UPDATE {ROWS} SET {CURRENT} = FALSE WHERE quotation_id IN (
        SELECT q.id FROM quotes_quotation q JOIN quotes_articleversion v ON v.id = q.version_id
        WHERE q.status <> 'current' OR NOT v.is_current)""",  # noqa: S608  constants
)

# One without factuality gets it: none of its quotations had been looked at for that.
WITH_FACTUALITY = (f"ALTER TABLE {ROWS} ADD COLUMN factuality {COLUMNS['factuality'][0]}",)


def trigger(table: str, event: str) -> str:
    """Return the name of the trigger on an event of a table."""
    return f"search_{table.removeprefix('quotes_')}_{event.lower()}"


def events() -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Return table, event, its columns ("" for all) and the conditions on quotations to redo."""
    found: list[tuple[str, str, str, tuple[str, ...]]] = []
    for table, columns, where in _WATCHED:
        new, old = where.format(row="NEW"), where.format(row="OLD")
        is_list = table == _NAMES_TABLE
        found.append((table, "UPDATE", f" OF {columns}", (new, old) if is_list else (new,)))
        if is_list or table == "quotes_quotation":
            found += [(table, "INSERT", "", (new,)), (table, "DELETE", "", (old,))]
    return found


def trigger_names() -> list[tuple[str, str]]:
    """Return (trigger, its table) for every trigger that keeps the index in step."""
    return [(trigger(table, event), table) for table, event, _, _ in events()]
