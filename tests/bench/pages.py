"""The page of all recorded results, and the plot beside it, from bench/results/. Deterministic."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.chart import People, Point, chart
from tests.bench.machine import ROOT

RESULTS = ROOT / "bench" / "results"
SYSTEMS = ROOT / "bench" / "other_systems.json"
PAGE = ROOT / "docs" / "benchmarks.md"
PLOT = ROOT / "docs" / "benchmarks.svg"
BEGIN, END = "<!-- results: written by make bench -->", "<!-- end of results -->"
# Only on the same articles can figures stand in one plot.
COMPARABLE = "polnear-dev"
Row = dict[str, Any]


def results(folder: Path = RESULTS) -> list[Row]:
    """Return the recorded results, oldest first; those of before this format as far as they go."""
    rows = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")]
    for path in sorted(folder.glob("*.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines()
        rows += [_from_before(json.loads(line)) for line in lines]
    return sorted(rows, key=lambda row: (row["date"], row["commit"], row["data"]["words"]))


def _from_before(line: Row) -> Row:
    stages = line["stage_words_per_cpu_s"].items()
    return {
        "date": line["date"],
        "commit": line["commit"],
        "clean": line["clean"],
        "data": {"name": f"{line['articles']} articles", "words": line["words"]},
        "whole": {"best": line["words_per_cpu_s"], "median": line["words_per_cpu_s"]},
        "stages": {name: {"best": rate, "median": rate} for name, rate in stages},
        "peak_rss_mb": line["peak_rss_mb"],
        "load_cpu_s": line["load_cpu_s"],
        "machine": {"processor": line["machine"].split(", ")[1]},
    }


def index(rows: list[Row]) -> str:
    """Return the table of results, newest first, as Markdown."""
    heads = (
        "date",
        "commit",
        "data",
        "words / CPU-s",
        "by stage",
        "end-to-end F1: all, speech",
        "peak MB",
        "load CPU-s",
        "GFLOP/s",
        "processor",
    )
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    lines += [f"| {' | '.join(_cells(row))} |" for row in reversed(rows)]
    return "\n".join(lines)


def _cells(row: Row) -> Iterator[str]:
    yield row["date"][:16].replace("T", " ")
    yield f"`{row['commit'][:10]}`{'' if row['clean'] else ' + changes'}"
    yield f"{row['data']['name']}, {row['data']['words']:,} words"
    yield f"{row['whole']['median']:,} (best {row['whole']['best']:,})"
    yield ", ".join(f"{name} {rate['median']:,}" for name, rate in shown_stages(row))
    yield _accuracy(row)
    yield f"{row['peak_rss_mb']:,}"
    yield str(row["load_cpu_s"])
    yield str(row.get("reference_gflops", {}).get("median", "–"))
    yield row["machine"]["processor"]


def shown_stages(row: Row) -> list[tuple[str, Row]]:
    """Return the stages that take a hundredth of the time or more, the slowest first."""
    timed = [(name, rate) for name, rate in row["stages"].items() if rate["median"]]
    limit = 100 * row["whole"]["median"]
    return sorted((t for t in timed if t[1]["median"] <= limit), key=lambda t: t[1]["median"])


def _accuracy(row: Row) -> str:
    accuracy = row.get("accuracy")
    if not accuracy:
        return "–"
    return f"{accuracy['end_to_end_f1']:.1f}, {accuracy['speech_f1']:.1f}"


def plot(rows: list[Row]) -> str:
    """Return the plot of the latest result with accuracy, earlier ones, and other systems."""
    systems = json.loads(SYSTEMS.read_text(encoding="utf-8"))
    points = [
        Point(s["name"], s["words_per_cpu_s"], s["end_to_end_f1"], tuple(s["interval"]))
        for s in systems["systems"]
    ]
    measured = [row for row in rows if row.get("accuracy") and row["data"]["name"] == COMPARABLE]
    for row in measured:
        last = row is measured[-1]
        accuracy = row["accuracy"]
        points.append(
            Point(
                f"this project, {row['date'][:10]}:",
                row["whole"]["median"],
                accuracy["end_to_end_f1"],
                tuple(accuracy["interval"]),
                "ours" if last else "earlier",
            )
        )
    people = People("two trained people, with each other", systems["people"]["end_to_end_f1"])
    return chart(points, people, list(_notes(measured)))


def _notes(measured: list[Row]) -> Iterator[str]:
    yield (
        "Bars: 95 % intervals. Other systems were timed on another machine of the class "
        "(docs/benchmarks.md)."
    )
    if measured:
        row = measured[-1]
        rate = row["reference_gflops"]["median"]
        yield f"This project: {row['machine']['processor']}; {rate} GFLOP/s on one thread."


def page(content: str, rows: list[Row]) -> str:
    """Return the page `content` with its table of results brought up to date."""
    before, _, rest = content.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise SystemExit(f"{PAGE}: has no place for the results; write {BEGIN} and {END} there")
    return f"{before}{BEGIN}\n\n{index(rows)}\n\n{END}{after}"


def update() -> None:
    """Write page and plot anew from the recorded results."""
    rows = results()
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), rows), encoding="utf-8")
    PLOT.write_text(plot(rows), encoding="utf-8")
