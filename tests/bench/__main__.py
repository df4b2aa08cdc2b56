"""Accuracy, speed and memory of extraction: `make bench`, never part of the tests.

Data: the development articles of PolNeAR, where they are (QUOTES_TRAINING_DATA, or ../shared/data),
or `--gold`; else the articles of fixtures/, for speed only. One process, one thread, CPU time.
Writes a file to bench/results/ and brings docs/benchmarks.md and its plot up to date.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from quotes.gold import Prediction, read_gold, read_predictions
from quotes.nlp.evaluation.report import render, table
from quotes.nlp.evaluation.scores import Scores, evaluate
from quotes.nlp.evaluation.units import GoldArticle
from tests.bench import page_speed, pages, search
from tests.bench.machine import ONE_THREAD, ROOT, commit, file_sha256, machine, weights_mb

REPEATED_FIXTURES = 20
DEV = "polnear-dev.jsonl.gz"
MODELS = ROOT / "quotes" / "nlp" / "models"


class Data(NamedTuple):
    """What is measured on; without `gold` there is no accuracy."""

    name: str
    sha256: str
    texts: list[tuple[str, str]]
    gold: list[GoldArticle] | None


def main() -> None:
    """Measure, print, record; see the module's docstring."""
    for flag, measuring in (("--search", search), ("--pages", page_speed)):
        if flag in sys.argv:
            sys.argv.remove(flag)
            measuring.main()
            return
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--gold", type=Path, help="other gold, as `manage.py evaluate` reads it")
    parser.add_argument("--repeat", type=int, default=3, help="times that each figure is measured")
    parser.add_argument(
        "--workers", type=int, nargs="*", default=[], help="also time `extract --workers N`"
    )
    parser.add_argument("--no-record", action="store_true", help="print only")
    parser.add_argument("--search", action="store_true", help="of searches: see search.py")
    parser.add_argument("--pages", action="store_true", help="of pages: see page_speed.py")
    options = parser.parse_args()
    data = _data(options.gold)
    record, scores = measure(data, options.repeat)
    with TemporaryDirectory() as folder:
        texts = _write_texts(data, Path(folder))
        record["workers"] = [_with_workers(n, texts, record["words"]) for n in options.workers]
    sys.stdout.write(shown(record, scores) + "\n")
    if not options.no_record:
        sys.stdout.write(f"\nrecorded in {save(record).relative_to(ROOT)}\n")
        pages.update()


def _data(gold: Path | None) -> Data:
    """Return the gold that was named, else the development articles, else the fixtures."""
    if path := gold or development():
        articles = []
        for item in read_gold([path]):
            if isinstance(item, GoldArticle):
                articles.append(item)
            else:
                sys.stderr.write(f"{item}\n")
        if not articles:
            raise SystemExit(f"{path}: no gold to measure on")
        texts = [(article.id, article.text) for article in articles]
        digest = file_sha256(path) if path.is_file() else _digest(texts)
        return Data(path.name.partition(".")[0], digest, texts, articles)
    sys.stderr.write(
        "No development data (set QUOTES_TRAINING_DATA to its folder): speed only, "
        f"on the fixtures {REPEATED_FIXTURES} times over.\n"
    )
    paths = sorted((ROOT / "fixtures" / "articles").glob("*.txt"))
    texts = [(path.stem, path.read_bytes().decode()) for path in paths] * REPEATED_FIXTURES
    return Data("fixtures", _digest(texts), texts, None)


def development() -> Path | None:
    """Return the file of the development articles, None where there is none."""
    given = os.environ.get("QUOTES_TRAINING_DATA")
    folder = Path(given) if given else ROOT.parent / "shared" / "data"
    return folder / DEV if (folder / DEV).exists() else None


def _digest(texts: list[tuple[str, str]]) -> str:
    return sha256("\0".join(text for _, text in texts).encode()).hexdigest()


def _write_texts(data: Data, folder: Path) -> Path:
    path = folder / "texts.jsonl"
    lines = (json.dumps({"id": name, "text": text}) + "\n" for name, text in data.texts)
    path.write_text("".join(lines), encoding="utf-8")
    return path


def measure(data: Data, repeat: int) -> tuple[dict[str, Any], Scores | None]:
    """Return the record of one measurement, and all scores if there is gold."""
    with TemporaryDirectory() as folder:
        texts, predictions = _write_texts(data, Path(folder)), Path(folder) / "predictions.jsonl"
        loads = [_process() for _ in range(repeat - 1)]
        figures = _process(f"--texts={texts}", f"--predictions={predictions}", f"--repeat={repeat}")
        scores = _scores(data.gold, predictions) if data.gold else None
    provenance = figures.pop("provenance")
    record = {
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        **commit(),
        "machine": machine(),
        "data": {
            "name": data.name,
            "sha256": data.sha256,
            "articles": len(data.texts),
            "words": figures["words"],
        },
        **figures,
        **_quickest_load([*loads, figures]),
        "weights_mb": weights_mb(MODELS),
        "weights": provenance["models"],
        "params": provenance["params"],
    }
    return record | ({"accuracy": _headlines(scores)} if scores else {}), scores


def _quickest_load(figures: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the load times of the process that took least CPU time to its first answer."""
    quickest = min(figures, key=lambda one: one["load_cpu_s"])
    return {name: value for name, value in quickest.items() if name.startswith("load_")}


def _process(*arguments: str) -> dict[str, Any]:
    """Return what a fresh process with one thread measures."""
    command = [sys.executable, "-m", "tests.bench.measure", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | ONE_THREAD, stdout=subprocess.PIPE, check=False
    )
    if done.returncode:
        raise SystemExit(f"{shlex.join(command)}: ended with {done.returncode}; see above")
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _scores(gold: list[GoldArticle], predictions: Path) -> Scores:
    lines = {
        p.id: p.attributions for p in read_predictions(predictions) if isinstance(p, Prediction)
    }
    return evaluate([(article, lines[article.id]) for article in gold], intervals=True)


def _headlines(scores: Scores) -> dict[str, Any]:
    every, speech = scores.groups["all"], scores.groups["speech"]
    figures = {
        "end_to_end_f1": every.end_to_end.f1,
        "speech_f1": speech.end_to_end.f1,
        "attribution_accuracy": every.attribution_accuracy,
        **{f"{role}_exact_f1": of.exact.f1 for role, of in scores.roles.items()},
        **{f"{role}_runs_f1": of.runs.f1 for role, of in scores.roles.items()},
    }
    interval = scores.intervals["groups.all.end_to_end.f1"]
    rounded: dict[str, Any] = {name: round(value, 2) for name, value in figures.items()}
    return rounded | {"interval": [round(value, 2) for value in interval]}


def _with_workers(number: int, texts: Path, words: int) -> dict[str, Any]:
    """Return the wall time of `extract --workers N` on the same texts, loading included."""
    command = [sys.executable, "manage.py", "extract", f"--workers={number}", str(texts)]
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | ONE_THREAD, stdout=subprocess.DEVNULL, check=False
    )
    if done.returncode:
        raise SystemExit(f"{shlex.join(command)}: ended with {done.returncode}; see above")
    wall_s = time.perf_counter() - start
    return {"workers": number, "wall_s": round(wall_s, 2), "words_per_s": round(words / wall_s)}


def shown(record: dict[str, Any], scores: Scores | None) -> str:
    """Return a measurement as tables for people."""
    rates = [("whole", record["whole"]), *pages.shown_stages(record)]
    rows = [("words per CPU-second", "median", "best")]
    rows += [(name, f"{rate['median']:,}", f"{rate['best']:,}") for name, rate in rates]
    phases = ", ".join(f"{name} {s}" for name, s in record["load_parts_cpu_s"].items())
    load = f"{record['load_cpu_s']} CPU ({phases}), {record['load_wall_s']} by the clock"
    facts = [
        ("data", f"{record['data']['name']}, {record['data']['articles']:,} articles"),
        ("load, s", load),
        ("peak memory, MB", f"{record['peak_rss_mb']:,} ({record['loaded_rss_mb']:,} loaded)"),
        ("shipped weights, MB", str(record["weights_mb"])),
        ("machine, GFLOP/s", f"{record['reference_gflops']['median']} on one thread"),
        ("processor", record["machine"]["processor"]),
        ("commit", record["commit"][:12] + ("" if record["clean"] else " + changes")),
    ]
    parts = ["\n".join(table(rows)), "\n".join(f"{name:<22}{value}" for name, value in facts)]
    if record.get("workers"):
        timed = [("extract --workers", "words/s", "wall s")]
        timed += [
            (str(w["workers"]), f"{w['words_per_s']:,}", str(w["wall_s"]))
            for w in record["workers"]
        ]
        parts.append("\n".join(table(timed)))
    if scores:
        parts.append(render(scores.model_copy(update={"intervals": {}})))
    return "\n\n".join(parts)


def save(record: dict[str, Any]) -> Path:
    """Write the record to a file of its own and return its path."""
    pages.RESULTS.mkdir(parents=True, exist_ok=True)
    stamp = record["date"].replace(":", "").replace("-", "")
    path = pages.RESULTS / f"{stamp}-{record['commit'][:10]}.json"
    path.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    main()
