"""The page of results is what the recorded results make it; the plot is sound and repeats."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.bench import pages
from tests.bench.chart import People, Point, chart

NAMESPACE = "{http://www.w3.org/2000/svg}"
RESULT = {
    "date": "2026-11-21T08:00:00Z",
    "commit": "abcdef1234567890",
    "clean": True,
    "data": {"name": "polnear-dev", "words": 1000},
    "whole": {"median": 2500, "best": 2600},
    "stages": {
        "tagger": {"median": 7000, "best": 7100},
        "quick": {"median": 900_000, "best": 900_000},
        "idle": {"median": None, "best": None},
    },
    "peak_rss_mb": 900,
    "load_cpu_s": 3.2,
    "reference_gflops": {"median": 90.5, "best": 91.0},
    "machine": {"processor": "Some CPU (avx2)"},
    "accuracy": {"end_to_end_f1": 75.04, "speech_f1": 82.7, "interval": [72.2, 77.8]},
}


def test_the_page_and_the_plot_are_up_to_date() -> None:
    """`make bench` writes both; after a change by hand: pages.update()."""
    rows = pages.results()
    content = pages.PAGE.read_text(encoding="utf-8")
    assert content == pages.page(content, rows)
    assert pages.PLOT.read_text(encoding="utf-8") == pages.plot(rows)


def test_every_recorded_result_says_what_made_it() -> None:
    rows = pages.results()
    assert rows
    for row in rows:
        assert row["commit"]
        assert row["data"]["words"] > 0
        assert row["whole"]["median"] <= row["whole"]["best"]


def test_the_page_names_every_other_system_with_its_figures() -> None:
    content = pages.PAGE.read_text(encoding="utf-8")
    for system in json.loads(pages.SYSTEMS.read_text(encoding="utf-8"))["systems"]:
        speed = f"{system['words_per_cpu_s']:,}".replace(",", " ")
        figures = f"{system['end_to_end_f1']}, {system['speech_f1']} | {speed} |"
        assert [line for line in content.splitlines() if figures in line and system["name"] in line]
        assert system["source"]


def test_a_row_of_the_table() -> None:
    *_, row = pages.index([RESULT]).splitlines()
    assert row == (
        "| 2026-11-21 08:00 | `abcdef1234` | polnear-dev, 1,000 words | 2,500 (best 2,600) "
        "| tagger 7,000 | 75.0, 82.7 | 900 | 3.2 | 90.5 | Some CPU (avx2) |"
    )


def test_results_are_read_oldest_first_whatever_their_format(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text(json.dumps(RESULT))
    before = {
        "date": "2026-11-20",
        "commit": "f" * 12,
        "clean": False,
        "articles": 2,
        "words": 10,
        "words_per_cpu_s": 5,
        "stage_words_per_cpu_s": {"tagger": 7},
        "peak_rss_mb": 1,
        "load_cpu_s": 1.0,
        "machine": "x86_64, Some CPU, Python 3.11.7",
    }
    (tmp_path / "a.jsonl").write_text(json.dumps(before) + "\n")
    rows = pages.results(tmp_path)
    assert [row["date"][:10] for row in rows] == ["2026-11-20", "2026-11-21"]
    older = pages.index(rows).splitlines()[-1]
    assert "| `ffffffffff` + changes | 2 articles, 10 words | 5 (best 5) | tagger 7 | – |" in older


def test_a_page_without_a_place_for_results_is_refused() -> None:
    with pytest.raises(SystemExit, match="has no place for the results"):
        pages.page("# Benchmarks\n", [])


POINTS = [
    Point("slow & sure", 700, 75.0, (72.0, 78.0), "ours"),
    Point("earlier", 600, 70.0, None, "earlier"),
    Point("fast", 2_500_000, 20.0),
]


def drawn(points: list[Point]) -> ET.Element:
    return ET.fromstring(chart(points, People("people", 75.3), ["a note"]))  # noqa: S314


def test_the_plot_is_xml_with_a_description_and_all_names() -> None:
    words = " ".join(text.text or "" for text in drawn(POINTS).iter(f"{NAMESPACE}text"))
    assert "slow & sure 75.0" in words
    assert "fast 20.0 (2,500,000 words/s →)" in words
    assert "people: 75.3" in words
    assert "a note" in words
    described = drawn(POINTS).findtext(f"{NAMESPACE}desc")
    assert described == (
        "slow & sure: 75.0 at 700 words/s; earlier: 70.0 at 600 words/s; "
        "fast: 20.0 at 2,500,000 words/s"
    )


@pytest.mark.parametrize(
    ("one", "other", "axis"),
    [
        pytest.param(Point("a", 700, 50), Point("b", 5000, 50), "cx", id="faster-is-to-the-right"),
        pytest.param(Point("a", 700, 70), Point("b", 700, 30), "cy", id="better-is-higher"),
    ],
)
def test_places(one: Point, other: Point, axis: str) -> None:
    first, second = (
        float(c.get(axis) or 0) for c in drawn([one, other]).iter(f"{NAMESPACE}circle")
    )
    assert first < second


def test_the_plot_is_the_same_each_time_and_light_or_dark() -> None:
    text = chart(POINTS, People("people", 75.3), [])
    assert text == chart(POINTS, People("people", 75.3), [])
    assert "prefers-color-scheme: dark" in text
