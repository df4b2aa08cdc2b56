"""One whole measurement in fresh processes, on the two articles; no figure is judged."""

from pathlib import Path

import pytest

from tests.bench.__main__ import DEV, Data, _data, development, measure, shown
from tests.bench.measure import rates, reference
from tests.bench.pages import index


@pytest.mark.parametrize(
    ("seconds", "best", "median"),
    [
        pytest.param([2.0, 1.0, 4.0], 1000, 500, id="three"),
        pytest.param([2.0], 500, 500, id="one"),
        pytest.param([0.0], None, None, id="too-quick-to-tell"),
    ],
)
def test_rates(seconds: list[float], best: int | None, median: int | None) -> None:
    assert rates(1000, seconds) == {"best": best, "median": median, "cpu_s": seconds}


def test_the_reference_computation_is_no_slower_at_best() -> None:
    rate = reference(1)
    assert 0 < rate["median"] <= rate["best"]


def test_the_development_articles_are_sought_where_the_variable_says(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("QUOTES_TRAINING_DATA", str(tmp_path))
    assert development() is None
    (tmp_path / DEV).touch()
    assert development() == tmp_path / DEV


def test_without_development_articles_speed_only_on_the_fixtures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QUOTES_TRAINING_DATA", str(tmp_path))
    data = _data(None)
    assert (data.name, data.gold, len(data.texts)) == ("fixtures", None, 40)
    assert "No development data" in capsys.readouterr().err


def test_gold_without_an_article_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no gold to measure on"):
        _data(tmp_path)


def test_a_measurement_says_how_good_how_fast_and_what_made_it() -> None:
    gold = _data(Path(__file__).parents[2] / "fixtures" / "articles")
    record, scores = measure(Data("two", gold.sha256, gold.texts, gold.gold), 1)
    assert scores
    assert scores.gold == 21
    assert record["data"]["words"] == 774
    assert record["accuracy"]["end_to_end_f1"] == round(scores.groups["all"].end_to_end.f1, 2)
    stages = record["stages"]
    assert len(stages) >= 3
    # The parts make up the whole.
    seconds = sum(stage["cpu_s"][0] for stage in stages.values())
    assert seconds == pytest.approx(record["whole"]["cpu_s"][0], abs=0.01)
    assert record["peak_rss_mb"] >= record["loaded_rss_mb"] > 0
    assert all(len(digest) == 64 for digest in record["weights"].values())
    assert record["weights_mb"] > 0
    assert f"{record['whole']['median']:,}" in shown(record, scores)
    assert "two, 774 words" in index([record])
