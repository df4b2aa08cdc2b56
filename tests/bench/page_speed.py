"""How long the server takes for every page: `make bench ARGS=--pages`.

Measures the database that TRACKER_DATABASE_URL names, best one of `python -m tests.bench.corpus`.
Every page of the table that the browser's tests have (tests/browser/addresses.py) is asked for in
this process, as nobody and as an operator, with quotations, speakers and articles drawn from those
stored by a fixed seed, the most quoted speaker and the longest article among them, and what
`python -m tests.bench.plant` has put there: speakers with 10,000 and 100,000 quotations, a million
characters, a statement with 1,200 unlike reports. The profiles of much quoted speakers have been
counted before, as the task does; at the end their pages are asked for without. Milliseconds of
CPU, the database server's included (Linux), and of the clock; each address twice, the better
counts; the first of each page beforehand; a page that is far too slow in fewer rounds. What an
account needs to have is made in a transaction that is rolled back at the end, so nothing is
written. Writes to bench/results/pages/.
"""

import argparse
import json
import os
import random
import sys
import time
import uuid
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from tests.bench import page_large
from tests.bench.machine import ROOT, commit, machine
from tests.bench.search import SEED, TRIES, count_of, server_of, share, timed_both
from tests.browser.addresses import PAGES, Page
from tests.browser.world import Facts
from tracker.memory import settle

RESULTS = ROOT / "bench" / "results" / "pages"
ROUNDS = 20
MOST_MS = 100.0
PAGE_MOST_S = 10.0  # a page that takes so long in all is known to be slow


class Account(NamedTuple):
    """Who asks, and what of theirs pages are about."""

    user: Any
    client: Any
    facts: Facts


def account() -> Account:
    """Make an operator with one of each thing that an account keeps."""
    from django.contrib.auth.models import User
    from django.test import Client

    from quotes import collections, mailboxes, saved_searches, tokens
    from quotes.models import Export, Feed, Import, Mailbox, Quotation

    user = User.objects.create_superuser(f"bench-{uuid.uuid4()}")
    client = Client()
    client.force_login(user)
    search = saved_searches.create(user, "bench", {"q": ["government"]})
    collection = collections.create(user, "bench")
    newest = Quotation.objects.current().order_by("-pk").values_list("uid", flat=True)
    collections.add(collection, list(newest[:50]))
    job = Import.objects.create(uid=uuid.uuid4(), kind="upload", sources=["a"], state="finished")
    feed = Feed.objects.create(uid=uuid.uuid4(), address="https://example.org/feed")
    Export.objects.create(uid=uuid.uuid4(), owner=user, format="jsonl", query={}, schema_version=1)
    token, _ = tokens.make(user, "bench", {tokens.Scope.READ})
    mailbox = Mailbox.objects.create(user=user, address="bench@example.org")
    stop = mailboxes.stop_changes_address(user).rstrip("/")
    facts = {
        "saved_search": str(search.uid),
        "collection": str(collection.uid),
        "import": str(job.uid),
        "feed": str(feed.uid),
        "token": str(token.uid),
        "mail_confirm": mailboxes.confirm_token(mailbox),
        "mail_stop": stop.rpartition("/")[2],
    }
    return Account(user, client, facts)


def drawn(rounds: int) -> list[Facts]:
    """Return what addresses are made of, for each round: stored things, the largest among them."""
    from django.db.models import Max

    from quotes.models import ExtractionRun, Quotation, Speaker, Statement

    chance = random.Random(SEED)  # noqa: S311  no secret
    last = Quotation.objects.aggregate(last=Max("pk"))["last"]
    keys = [chance.randrange(1, last) for _ in range(rounds * 4)]
    rows = Quotation.objects.current().select_related("speaker", "version__article")
    sample = [row for row in rows.filter(pk__in=keys) if row.speaker][: rounds + 1]
    most = Speaker.objects.order_by("-quotation_count").first()
    statements = list(Statement.objects.shown().order_by("-reports_count", "pk")[:rounds])
    run = ExtractionRun.objects.latest("pk")
    facts = []
    for number, (row, other) in enumerate(pairwise(sample)):
        speaker = most if number == 0 and most else row.speaker
        facts.append({
            "quotation": row.uid,
            "other_quotation": other.uid,
            "speaker": speaker.slug if speaker else "",
            "article": row.version.article.uid,
            "run": str(run.uid),
            **({"statement": statements[number % len(statements)].uid} if statements else {}),
        })  # fmt: skip
    return facts


def measure(page: Page, client: Any, facts: list[Facts]) -> dict[str, Any] | None:
    """Return the figures of a page; None where what it is about is not stored."""
    try:
        paths = [page.path(one) for one in facts]
    except KeyError:
        return None
    return measured(page.label, paths, client, page.status)


def measured(label: str, paths: list[str], client: Any, status: int = 200) -> dict[str, Any] | None:
    """Return the figures of addresses that are one page; None where the first is not there."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    cpu, clock, sizes = [], [], []
    if not _is_there(client, paths[0], status):
        return None
    for path in paths:
        took = [timed_both(partial(client.get, path), connection) for _ in range(TRIES)]
        cpu.append(min(one for one, _ in took))
        clock.append(min(two for _, two in took))
        if sum(clock) > PAGE_MOST_S * 1000:
            break
    with CaptureQueriesContext(connection) as asked:
        sizes.append(len(client.get(paths[-1]).content))
    return {
        "page": label,
        "median_cpu_ms": share(cpu, 0.5),
        "p95_cpu_ms": share(cpu, 0.95),
        "max_cpu_ms": share(cpu, 1),
        "median_clock_ms": share(clock, 0.5),
        "p95_clock_ms": share(clock, 0.95),
        "queries": len(asked),
        "kb": round(max(sizes) / 1000),
        "slowest": paths[cpu.index(max(cpu))],
    }


def _is_there(client: Any, path: str, status: int) -> bool:
    found = client.get(path).status_code
    if found not in (status, 404):
        raise SystemExit(f"{path}: {found}, not {status}")
    return found == status


def shown(rows: list[dict[str, Any]]) -> str:
    """Return the figures as a table in Markdown, the slowest pages first."""
    names = ("page", "who", "median_cpu_ms", "p95_cpu_ms", "p95_clock_ms", "queries", "kb")
    lines = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    slowest_first = sorted(rows, key=lambda row: -row["p95_cpu_ms"])
    lines += [f"| {' | '.join(str(row[name]) for name in names)} |" for row in slowest_first]
    return "\n".join(lines)


def main() -> None:
    """Measure, print, record; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.page_speed", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="addresses of each page")
    parser.add_argument("--only", default="", help="pages whose name begins with this")
    parser.add_argument("--large", action="store_true", help="only what is planted: page_large.py")
    parser.add_argument("--no-record", action="store_true", help="print only")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection, transaction
    from django.test import Client

    settle()  # as the server does
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.RATE_LIMITS = {}
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        # The work of other processes would not be counted.
        with connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")
    rows = []
    with transaction.atomic():
        who = account()
        facts = [who.facts | one for one in drawn(options.rounds)]
        page_large.counted([one["speaker"] for one in facts])
        clients = {"visitor": Client(), "account": who.client}
        for page in PAGES if not options.large else ():
            if page.name.startswith(options.only):
                rows += _measured(page, facts, clients)
        if not options.only:
            rows += _large(clients, page_large.addresses(who.user), options.rounds)
            page_large.uncounted()
            rows += _large(clients, page_large.before_counted(), options.rounds)
        transaction.set_rollback(True)
    sys.stdout.write(shown(rows) + "\n")
    slow = [f"{row['page']} ({row['who']})" for row in rows if row["p95_cpu_ms"] > MOST_MS]
    sys.stdout.write(f"\nabove {MOST_MS:.0f} ms: {', '.join(slow) or 'none'}\n")
    if not options.no_record:
        path = save(connection, rows)
        sys.stdout.write(f"recorded in {path.relative_to(ROOT)}\n")


def _measured(page: Page, facts: list[Facts], clients: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the figures of a page for each who may see it."""
    found = []
    for who, client in clients.items():
        if page.who not in ("all", who, {"account": "owner"}.get(who)):
            continue
        figures = measure(page, client, facts)
        sys.stderr.write(f"{who}: {figures or f'{page.label}: nothing stored'}\n")
        if figures:
            found.append({**figures, "who": who})
    return found


def _large(
    clients: dict[str, Any], wanted: list[page_large.Large], rounds: int
) -> list[dict[str, Any]]:
    """Return the figures of what is largest, each asked for `rounds` times."""
    found = []
    for one in wanted:
        for who, client in clients.items():
            if one.is_own and who != "account":
                continue
            figures = measured(one.label, [one.path] * rounds, client)
            sys.stderr.write(f"{who}: {figures or f'{one.label}: not there'}\n")
            if figures:
                found.append({**figures, "who": who})
    return found


def save(connection: Any, rows: list[dict[str, Any]]) -> Path:
    """Write the figures to a file of their own and return its path."""
    record = {
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        **commit(),
        "machine": machine(),
        "database": server_of(connection),
        "quotations": count_of(connection),
        "pages": rows,
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    stamp = record["date"].replace("-", "").replace(":", "")
    path = RESULTS / f"{stamp}-{connection.vendor}.json"
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    main()
