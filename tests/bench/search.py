"""How long searches take: `python -m tests.bench.search`, or `make bench ARGS=--search`.

Measures the database that TRACKER_DATABASE_URL names, best one of `python -m tests.bench.corpus`.
Each shape of query is asked with words, speakers and days drawn from the stored quotations
themselves, by a fixed seed. Of a search all is measured but the HTML: reading the query, counting
by facet, ranking, loading the rows, marking the words. Of a page and of the API's list the whole
answer is, asked in the process. Seconds of CPU, the database server's included (Linux), so
that other work on the machine matters less; with the data in memory that is what a machine with
nothing else to do takes. By the clock too. Each query is asked twice, the better counts; a shape's
first query is asked beforehand. Writes to bench/results/search/.
"""

import argparse
import json
import os
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from tests.bench.machine import ROOT, commit, machine

SEED, ROUNDS, TRIES = 20261121, 40, 2
RESULTS = ROOT / "bench" / "results" / "search"
_WORD = re.compile(r"[a-z]{2,}")


class Shape(NamedTuple):
    """A shape of query: a query string for each round, and the address; "" for the search alone."""

    name: str
    address: str
    queries: list[str]


class Sample:
    """Words, phrases, speakers and days of stored quotations."""

    def __init__(self, rounds: int) -> None:
        from django.db.models import Max

        from quotes.models import Quotation

        self.random = random.Random(SEED)  # noqa: S311  no secret
        last = Quotation.objects.aggregate(last=Max("pk"))["last"]
        keys = [self.random.randrange(1, last) for _ in range(rounds * 3)]
        rows = Quotation.objects.select_related("speaker", "version").filter(pk__in=keys)
        self.rows = [row for row in rows if row.speaker and row.version.published_on][:rounds]
        self.contents = [_WORD.findall(row.content.lower()) for row in self.rows]

    def common(self) -> Iterator[str]:
        """Yield a common word for each: the shortest of its quotation."""
        for words in self.contents:
            yield min(words, key=len)

    def rare(self) -> Iterator[str]:
        """Yield a rare word for each: the longest of its quotation."""
        for words in self.contents:
            yield max(words, key=len)

    def phrases(self) -> Iterator[str]:
        """Yield three words for each that stand together in its quotation."""
        for words in self.contents:
            at = self.random.randrange(max(1, len(words) - 2))
            yield " ".join(words[at : at + 3])

    def two(self) -> Iterator[tuple[str, str]]:
        """Yield two words for each, of the same quotation."""
        for words in self.contents:
            yield words[0], words[-1]


def shapes(rounds: int) -> list[Shape]:
    """Return the ten shapes of the search page, and those of the API's list."""
    from urllib.parse import urlencode

    sample = Sample(rounds)
    people = [row.speaker.name for row in sample.rows]
    slugs = [row.speaker.slug for row in sample.rows]
    days = [row.version.published_on.isoformat() for row in sample.rows]

    def q(queries: Any, **more: str) -> list[str]:
        return [urlencode({"q": query, **more}) for query in queries]

    both = list(zip(people, sample.common(), days, strict=True))
    page = [
        ("common word, newest", q(sample.common(), sort="newest")),
        ("common word, by relevance", q(sample.common())),
        ("two words, by relevance", q(" ".join(pair) for pair in sample.two())),
        ("rare word", q(sample.rare())),
        ("phrase", q(f'"{phrase}"' for phrase in sample.phrases())),
        ("prefix", q(f"{word[:4]}*" for word in sample.rare())),
        ("exclusion", q(f"{one} -{two}" for one, two in sample.two() if one != two)),
        ("speaker: field", q(f'speaker:"{name}"' for name in people)),
        ("speaker:, said:, after:", q(f'speaker:"{n}" said:{w} after:2012' for n, w, _ in both)),
        ("filters only", [urlencode({"kind": "direct", "speaker": slug}) for slug in slugs]),
    ]
    everything = ["" for _ in slugs]
    listed = [
        ("everything", everything),
        ("q, common word", q(sample.common())),
        ("q, phrase", q(f'"{phrase}"' for phrase in sample.phrases())),
        ("speaker", [urlencode({"speaker": slug}) for slug in slugs]),
        ("days", [urlencode({"published_to": day}) for day in days]),
    ]
    return [
        *(Shape(name, "", queries) for name, queries in page),
        Shape("page: common word, by relevance", "/quotes/", page[1][1]),
        *(Shape(f"API: {name}", "/api/v1/quotations/", queries) for name, queries in listed),
    ]


def measure(shape: Shape) -> dict[str, Any]:
    """Return the milliseconds of CPU of a shape, of the clock, and its number of queries."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    ask = partial(_asked, Client(), shape.address) if shape.address else _searched
    cpu, clock = [], []
    for query in [shape.queries[0], *shape.queries]:
        took = [timed_both(partial(ask, query), connection) for _ in range(TRIES)]
        cpu.append(min(one for one, _ in took))
        clock.append(min(two for _, two in took))
    with CaptureQueriesContext(connection) as asked:
        ask(query)
    return {
        "shape": shape.name,
        "median_cpu_ms": share(cpu[1:], 0.5),
        "p95_cpu_ms": share(cpu[1:], 0.95),
        "max_cpu_ms": share(cpu[1:], 1),
        "p95_clock_ms": share(clock[1:], 0.95),
        "queries": len(asked),
    }


def _asked(client: Any, path: str, query: str) -> None:
    response = client.get(f"{path}?{query}")
    if response.status_code != 200:
        raise SystemExit(f"{path}?{query}: {response.status_code} {response.content[:300]!r}")


def _searched(query: str) -> None:
    """Search as the page does: read the query, count by facet, load the rows, mark the words."""
    from django.http import QueryDict

    from quotes.forms import QuotationFilter
    from quotes.models import Quotation
    from quotes.search_pages import results

    form = QuotationFilter(QueryDict(query))
    if not form.is_valid():
        raise SystemExit(f"{query}: {form.problems()}")
    results(form, Quotation.objects.current().for_list())


def timed_both(do: Callable[[], None], connection: Any) -> tuple[float, float]:
    """Return the milliseconds of CPU, the database server's included, and of the clock."""
    cpu, clock = _cpu_ms(connection), time.perf_counter()
    do()
    return _cpu_ms(connection) - cpu, (time.perf_counter() - clock) * 1000


def _cpu_ms(connection: Any) -> float:
    """Return the CPU time of this process and of the server's that answers it, milliseconds."""
    own = time.process_time() * 1000
    if connection.vendor == "sqlite":
        return own
    server = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return own + int(server.read_text(encoding="ascii").split()[0]) / 1e6


def share(times: list[float], part: float) -> float:
    """Return the time in milliseconds within which so large a part of `times` lies."""
    return round(sorted(times)[min(len(times) - 1, int(len(times) * part))], 1)


def sizes() -> dict[str, int]:
    """Return the bytes of the database and of the search's tables."""
    from django.db import connection

    from quotes.search_documents import ROWS, WORDS

    if connection.vendor == "postgresql":
        ask: dict[str, str] = {
            "database": "SELECT pg_database_size(current_database())",
            "search": f"SELECT pg_total_relation_size('{ROWS}')",
        }
    else:
        ask = {
            "database": "SELECT sum(pgsize) FROM dbstat",
            "search": f"SELECT sum(pgsize) FROM dbstat WHERE name LIKE '{WORDS}%'",  # noqa: S608
        }
    found = {}
    with connection.cursor() as cursor:
        for name, sql in ask.items():
            cursor.execute(sql)
            found[name] = int(cursor.fetchone()[0])
    return found


def shown(rows: list[dict[str, Any]]) -> str:
    """Return the figures as a table in Markdown."""
    lines = [
        "| shape | median CPU ms | p95 CPU ms | most CPU ms | p95 by the clock | queries |",
        "|---|---|---|---|---|---|",
    ]
    names = ("shape", "median_cpu_ms", "p95_cpu_ms", "max_cpu_ms", "p95_clock_ms", "queries")
    lines += [f"| {' | '.join(str(row[name]) for name in names)} |" for row in rows]
    return "\n".join(lines)


def main() -> None:
    """Measure, print, record; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.search", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="queries of each shape")
    parser.add_argument("--only", default="", help="shapes whose name contains this")
    parser.add_argument("--rebuild", action="store_true", help="build the index anew, timed")
    parser.add_argument("--no-record", action="store_true", help="print only")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.RATE_LIMITS = {}
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        # The work of other processes would not be counted.
        with connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")
    record: dict[str, Any] = {
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        **commit(),
        "machine": machine(),
        "database": server_of(connection),
        "quotations": count_of(connection),
    }
    if options.rebuild:
        record["build_s"] = _timed(_rebuild)
    wanted = [shape for shape in shapes(options.rounds) if options.only in shape.name]
    record["shapes"] = [_measured(shape) for shape in wanted]
    record["bytes"] = sizes()
    sys.stdout.write(shown(record["shapes"]) + "\n")
    if not options.no_record:
        RESULTS.mkdir(parents=True, exist_ok=True)
        name = record["date"].replace("-", "").replace(":", "")
        path = RESULTS / f"{name}-{connection.vendor}.json"
        path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        sys.stdout.write(f"\nrecorded in {path.relative_to(ROOT)}\n")


def _measured(shape: Shape) -> dict[str, Any]:
    figures = measure(shape)
    sys.stderr.write(f"{figures}\n")
    return figures


def _timed(do: Callable[[], None]) -> float:
    start = time.perf_counter()
    do()
    return round(time.perf_counter() - start, 1)


def _rebuild() -> None:
    from quotes import search_index

    search_index.install("default", is_stale=True)


def server_of(connection: Any) -> str:
    """Return the name and version of the database."""
    if connection.vendor == "sqlite":
        from django.db.backends.sqlite3.base import Database

        return f"SQLite {Database.sqlite_version}"
    connection.ensure_connection()
    return f"PostgreSQL {connection.pg_version // 10_000}"


def count_of(connection: Any) -> int:
    """Return the number of quotations stored."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM quotes_quotation")
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    main()
