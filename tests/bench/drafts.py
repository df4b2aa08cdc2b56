"""How long a draft's quotations take to be looked up: `python -m tests.bench.drafts [--count N]`.

Draws quotations of the database of the settings, which wants the marks of statements (`manage.py
statements`), and gives each as a draft would: word by word, cut, with a word changed, with several
changed, or words that nobody has said. Prints by kind the CPU and wall-clock milliseconds of
`draft_candidates.keys_of`, and of checking a whole draft of so many. Changes nothing.
"""

import argparse
import json
import os
import random
import sys
import time
from typing import Any

from tests.bench.machine import commit, machine

_SEED = 6
_UNKNOWN = "nobody ever carried seven marble kettles over that frozen aqueduct before breakfast"


def drawn(count: int) -> list[tuple[str, str]]:
    """Return (speaker, words) of current quotations with some words, drawn by key."""
    from quotes.models import Quotation

    draw = random.Random(_SEED)  # noqa: S311  no secret
    last = Quotation.objects.order_by("-pk").values_list("pk", flat=True)[0]
    found: list[tuple[str, str]] = []
    while len(found) < count:
        keys = [draw.randrange(1, last) for _ in range(2 * count)]
        rows = Quotation.objects.current().filter(pk__in=keys).order_by("uid")
        said = rows.values_list("speaker__name", "content")
        found += [(name or "", words) for name, words in said if len(words.split()) > 7]
    return found[:count]


def forms(words: str, draw: random.Random) -> dict[str, str]:
    """Return the words of a quotation as drafts give them, by the name of the way."""
    plain = words.strip("“”\"' ,.").split()
    changed, turned = list(plain), list(plain)
    changed[draw.randrange(len(changed))] = "however"
    for place in range(2, len(turned), 4):
        turned[place] = "however"
    return {
        "verbatim": " ".join(plain),
        "cut": " ".join(plain[: max(6, len(plain) // 2)]),
        "altered": " ".join(changed),
        "loosely": " ".join(turned),
        "unknown": " ".join(draw.sample(_UNKNOWN.split(), 12)),
    }


def spread(values: list[float]) -> dict[str, float]:
    """Return quartile, median, 95th percentile and most of some milliseconds."""
    ordered = sorted(values)
    shares = {"p25": 0.25, "median": 0.5, "p95": 0.95}
    found = {name: round(ordered[int(len(ordered) * at)], 1) for name, at in shares.items()}
    return {**found, "most": round(ordered[-1], 1)}


def look_up(said: list[tuple[str, str]]) -> tuple[dict[str, Any], int]:
    """Return what looking each up costs, by form; and how often the source was among the found."""
    from quotes import draft_candidates
    from quotes.draft_words import wording
    from quotes.models import Quotation

    rows = Quotation.objects.current()
    draw = random.Random(_SEED)  # noqa: S311  no secret
    cpu: dict[str, list[float]] = {}
    clock: dict[str, list[float]] = {}
    missed = 0
    for name, words in said:
        for form, text in forms(words, draw).items():
            started = time.process_time(), time.perf_counter()
            keys = draft_candidates.keys_of(rows, wording(text), name)
            cpu.setdefault(form, []).append(1000 * (time.process_time() - started[0]))
            clock.setdefault(form, []).append(1000 * (time.perf_counter() - started[1]))
            if form in ("verbatim", "altered"):
                there = Quotation.objects.filter(pk__in=keys, content=words)
                missed += not there.exists()
    told = {form: {"cpu_ms": spread(cpu[form]), "clock_ms": spread(clock[form])} for form in cpu}
    return told, missed


def whole(said: list[tuple[str, str]]) -> dict[str, Any]:
    """Return what checking one draft of all these costs, without what the models take."""
    from quotes import draft_reading, drafts
    from quotes.draft_quotations import find, plain
    from quotes.models import Quotation

    draw = random.Random(_SEED)  # noqa: S311  no secret
    given = [draw.choice(list(forms(words, draw).values())) for _, words in said]
    text = "\n\n".join(f"As was said here before: “{words}.”" for words in given)
    found = find(plain(text))
    started = time.process_time(), time.perf_counter()
    report = drafts.check(
        text, draft_reading.Reading(found.quotations, 0, 0), Quotation.objects.all()
    )
    return {
        "quotations": len(report.items),
        "cpu_s": round(time.process_time() - started[0], 2),
        "clock_s": round(time.perf_counter() - started[1], 2),
        "statuses": {status.value: n for status, n in report.counts.items() if n},
    }


def main() -> None:
    """Measure and print; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.drafts", description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="quotations that are drawn")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    import django

    django.setup()
    from django.db import connection

    said = drawn(options.count)
    look_up(said[:5])
    told, missed = look_up(said)
    record = {
        **commit(),
        "machine": machine(),
        "database": connection.vendor,
        "each": told,
        "missed": missed,
        "draft": whole(said),
        "load_at_end": round(os.getloadavg()[0], 1),
    }
    sys.stdout.write(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
