"""The full-text index of the quotations, kept in step by the database's own triggers.

One row a quotation: its content, its speaker's names, the mention, the article's title, and what
lists are filtered and counted by. SQLite has words in an FTS5 table and the rest in one beside it,
PostgreSQL both in one table under a GIN index. It holds nothing that the tables do not, so it can
be built anew at any time.

Two things make it quick at a million quotations (docs/decisions/0025-search.md):

- `key` sorts by day of publication, then by quotation, in one number. It is the FTS5 table's own
  row number, so that the newest matches are read without reading all, and a range of days is a
  range of keys. Quotations without a day have the lowest.
- What is filtered by is a word among the words: `tag("s", 12)` is the speaker with key 12. Such
  words begin with a character that no typed word has.
"""

from datetime import date

from quotes import search_index_postgresql, search_index_sqlite
from quotes.kept_index import KeptIndex
from quotes.search_documents import KEY_BITS, LAST_KEY, MARK, ROWS, WORDS, trigger_names

__all__ = ["ROWS", "WORDS", "install", "keys_of_days", "rebuild", "remove", "tag", "trigger_names"]


def tag(kind: str, value: object = "") -> str:
    """Return the word that stands for a property of a quotation; kinds: search_documents.py."""
    return f"{MARK}{kind}{value}"


def keys_of_days(first: date | None, last: date | None) -> tuple[int, int]:
    """Return the keys [low, high) of what was published from `first` to `last`, both inclusive."""
    low = (first.toordinal() if first else 1) << KEY_BITS
    return low, (last.toordinal() + 1) << KEY_BITS if last else LAST_KEY


INDEX = KeptIndex(
    ROWS,
    trigger_names(),
    {
        "sqlite": search_index_sqlite.statements(),
        "postgresql": search_index_postgresql.statements(),
    },
    {"sqlite": search_index_sqlite.rebuild(), "postgresql": search_index_postgresql.rebuild()},
    {"sqlite": search_index_sqlite.UPGRADES, "postgresql": search_index_postgresql.UPGRADES},
)
remove, install, rebuild = INDEX.remove, INDEX.install, INDEX.rebuild
