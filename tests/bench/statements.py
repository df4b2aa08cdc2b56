"""How long comparing takes: `python -m tests.bench.statements [--plant SHARE] [--most COUNT]`.

Compares all quotations of the database of the settings from nothing on, as `manage.py statements
--anew` does, then a few articles as the store does, and prints and records the CPU time. `--plant`
first turns a share of the quotations into reports of others' utterances, of the same speaker on the
same day: cut, altered or as they are. For a database made for it: it changes what is stored.
"""

import argparse
import json
import os
import random
import re
import resource
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench.machine import ROOT, commit, machine

RESULTS = ROOT / "bench" / "results" / "statements"
_SEED = 6
_PLANT_CHUNK = 5_000
_PLANT = """
    UPDATE quotes_quotation
    SET content = %s, kind = %s, act = %s, status = %s, speaker_id = %s, version_id = %s
    WHERE id = %s
"""
_ARTICLES = 100


def plant(share: float) -> int:
    """Turn `share` of the quotations into reports of the one stored before; return how many.

    The guards, which keep a quotation with its article, are off meanwhile.
    """
    from quotes import guards

    guards.remove("default")
    try:
        return _plant(share)
    finally:
        guards.install("default")


def _plant(share: float) -> int:
    from django.db import connection, transaction

    from quotes.models import ArticleVersion, Quotation

    draw = random.Random(_SEED)  # noqa: S311  no secret
    on_day: dict[Any, list[int]] = {}
    for pk, day in ArticleVersion.objects.values_list("pk", "published_on").iterator(2_000):
        on_day.setdefault(day, []).append(pk)
    planted, first, last = 0, 0, None
    read = ("pk", "content", "kind", "act", "status", "speaker_id", "version__published_on")
    while True:
        after = Quotation.objects.filter(pk__gt=first).order_by("pk").values_list(*read)
        rows, changed = list(after[:_PLANT_CHUNK]), []
        if not rows:
            return planted
        for row in rows:
            if last is None or draw.random() >= share:
                last = row
                continue
            version = draw.choice(on_day[last[-1]])
            changed.append((_altered(last[1], draw), *last[2:6], version, row[0]))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(_PLANT, changed)
        planted, first = planted + len(changed), rows[-1][0]


def _altered(text: str, draw: random.Random) -> str:
    """Return words as another outlet may have them: the same, cut, or with a word less."""
    words = re.sub(r"[“”\"]", "", text).split()
    way = draw.random()
    if way < 0.4 and len(words) > 8:
        words = words[: max(6, len(words) // 2)]
    elif way < 0.7 and len(words) > 8:
        words.pop(draw.randrange(1, len(words)))
    return "“" + " ".join(words) + "”"


def compare(most: int) -> dict[str, Any]:
    """Compare from nothing on, at most so many quotations; return what it took."""
    from quotes import statements

    statements.forget_all()
    start, clock, read, compared = time.process_time(), time.perf_counter(), 0, 0
    steps = []
    for passed, placed in statements.place_all():
        read, compared = read + passed, compared + placed
        if read // 50_000 > (read - passed) // 50_000:
            steps.append({"read": read, "cpu_s": round(time.process_time() - start, 1)})
            sys.stderr.write(f"{steps[-1]}\n")
        if most and read >= most:
            break
    spent = time.process_time() - start
    return {
        "read": read,
        "compared": compared,
        "cpu_s": round(spent, 1),
        "clock_s": round(time.perf_counter() - clock, 1),
        "cpu_ms_each": round(1000 * spent / max(1, read), 3),
        "cpu_min_for_a_million": round(spent / max(1, read) * 1_000_000 / 60, 1),
        "steps": steps,
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000),
        "own_mb": own_mb(),
    }


def own_mb() -> int:
    """Return the megabytes that are this process's own, without the database's file, mapped."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"^RssAnon:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) // 1000 if found else 0


def one_article() -> dict[str, Any]:
    """Place articles as new ones among all others; return queries and CPU time of each."""
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    from quotes import statements
    from quotes.models import WordingState

    keys = list(
        WordingState.objects.order_by("-pk").values_list("quotation__version", flat=True)[
            : 40 * _ARTICLES
        ]
    )
    queries, cpu = [], []
    for version in list(dict.fromkeys(keys))[:_ARTICLES]:
        own = WordingState.objects.filter(quotation__version=version)
        pks = list(own.values_list("quotation", flat=True))
        with transaction.atomic():
            start = time.process_time()
            with CaptureQueriesContext(connection) as asked:
                statements.place_quotations(pks, anew=True)
            cpu.append((time.process_time() - start) * 1000)
            queries.append(len(asked))
    cpu.sort()
    return {
        "articles": len(cpu),
        "median_cpu_ms": round(cpu[len(cpu) // 2], 1),
        "p95_cpu_ms": round(cpu[int(len(cpu) * 0.95)], 1),
        "most_queries": max(queries),
    }


def found() -> dict[str, Any]:
    """Return what is stored after comparing."""
    from quotes.models import Fingerprint, Report, Statement

    return {
        "statements": Statement.objects.filter(reports_count__gte=2).count(),
        "reports": Report.objects.count(),
        "marks": Fingerprint.objects.count(),
    }


def main() -> None:
    """Measure, print, record; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.statements", description=__doc__)
    parser.add_argument("--plant", type=float, default=0.0, help="share of planted reports")
    parser.add_argument("--most", type=int, default=0, help="compare only so many quotations")
    parser.add_argument("--no-record", action="store_true", help="print only")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    import django

    django.setup()
    from django.db import connection

    from quotes.models import Quotation

    record: dict[str, Any] = {
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        **commit(),
        "machine": machine(),
        "database": connection.vendor,
        "quotations": Quotation.objects.count(),
        "planted": plant(options.plant) if options.plant else 0,
    }
    record["all"] = compare(options.most)
    record["found"] = found()
    record["one_article"] = one_article()
    record["load_at_end"] = round(os.getloadavg()[0], 1)
    sys.stdout.write(json.dumps(record, indent=1) + "\n")
    if not options.no_record:
        RESULTS.mkdir(parents=True, exist_ok=True)
        name = record["date"].replace("-", "").replace(":", "")
        path = RESULTS / f"{name}-{connection.vendor}.json"
        path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        sys.stdout.write(f"\nrecorded in {path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
