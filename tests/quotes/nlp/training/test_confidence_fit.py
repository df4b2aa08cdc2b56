"""Fitting the confidence: what counts as right, and what the command writes. No model is loaded."""

import gzip
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from quotes.nlp.confidence import Model
from quotes.nlp.document import Act, Document, Kind, Quotation, Signals, Span
from quotes.nlp.encoder import CALIBRATION, DIRECTORY, MANIFEST, check_files
from quotes.nlp.evaluation.units import Attribution, GoldArticle
from quotes.nlp.training.confidence_fit import (
    FIGURES,
    PLOT,
    Sample,
    as_model,
    fit,
    gold_articles,
    held_out_chances,
    judged,
    kept_figures,
    measured,
    sample_of,
)
from quotes.nlp.training.logistic import Fitted, folds

TEXT = "Ann Roe said that it rained all day. Bob hoped for much better weather. Subscribe to news."
SIGNALS = Signals(content=0.9, content_share=0.9, source_link=0.9, cue_link=0.9)


def at(words: str) -> tuple[Span, ...]:
    return (Span(start=TEXT.index(words), end=TEXT.index(words) + len(words)),)


def gold(content: str, source: str, cue: str) -> Attribution:
    return Attribution(content=at(content), source=at(source), cue=at(cue))


def found(content: str, source: str | None, act: Act = Act.SPEECH, **changes: object) -> Quotation:
    return Quotation(
        kind=Kind.INDIRECT,
        act=act,
        content=at(content),
        source=at(source) if source else (),
        confidence=0.5,
        **{"signals": SIGNALS, **changes},
    )


ARTICLE = GoldArticle(
    id="publisher_1",
    text=TEXT,
    attributions=(
        gold("that it rained all day", "Ann Roe", "said"),
        gold("for much better weather", "Bob", "hoped"),
    ),
    discards=at("Subscribe to news."),
)

JUDGED = [
    pytest.param(found("that it rained all day", "Ann Roe"), [(True, True)], id="right"),
    pytest.param(found("it rained all", "Roe"), [(True, True)], id="edges-within-half"),
    pytest.param(found("all day", "Ann Roe"), [(False, False)], id="too-little-of-the-content"),
    pytest.param(found("that it rained all day", "Bob"), [(False, True)], id="another-source"),
    pytest.param(found("that it rained all day", None), [(False, True)], id="no-source"),
    pytest.param(found("much better weather", "Bob"), [(True, False)], id="gold-is-no-speech"),
    pytest.param(found("Subscribe to news", None), [], id="struck-out-by-annotators"),
]


@pytest.mark.parametrize(("quotation", "expected"), JUDGED)
def test_right_is_what_evaluation_counts_as_right(
    quotation: Quotation, expected: list[tuple[bool, bool]]
) -> None:
    rows, sought = judged(ARTICLE, Document(text=TEXT, quotations=(quotation,)))
    assert [(row.right, row.gold_speech) for row in rows] == expected
    assert sought == 1


def test_only_one_of_two_can_be_right_for_the_same_gold() -> None:
    twice = found("that it rained all day", "Ann Roe"), found("it rained all day", "Ann Roe")
    rows, _ = judged(ARTICLE, Document(text=TEXT, quotations=twice))
    assert [row.right for row in rows] == [True, False]


def test_a_sample_is_all_articles_in_columns() -> None:
    doc = Document(
        text=TEXT,
        quotations=(
            found("that it rained all day", "Ann Roe"),
            found("for much better weather", "Ann Roe", Act.ATTITUDE),
        ),
    )
    other = ARTICLE.model_copy(update={"id": "publisher_2"})
    sample = sample_of([(ARTICLE, doc), (other, doc)])
    assert sample.articles == ["publisher_1"] * 2 + ["publisher_2"] * 2
    assert sample.right.tolist() == [True, False] * 2
    assert sample.speech.tolist() == [True, False] * 2
    assert sample.sought == 2
    assert sample.rows.shape == (4, len(sample.names))
    assert sample.rows[:, sample.names.index("attitude")].tolist() == [0.0, 1.0] * 2


@pytest.mark.parametrize(
    ("quotations", "problem"),
    [
        pytest.param((), "no quotation", id="none"),
        pytest.param((found("rained", None, signals=None),), "no quotation", id="by-layout"),
    ],
)
def test_what_cannot_be_fitted_on_is_refused(
    quotations: tuple[Quotation, ...], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        sample_of([(ARTICLE, Document(text=TEXT, quotations=quotations))])


def test_what_layout_found_is_measured_as_stated_and_not_fitted_on(sample: Sample) -> None:
    kept_out = np.arange(len(sample.right)) % 4 == 0
    stated = np.where(kept_out, 0.875, 0.0)
    mixed = replace(sample, rated=~kept_out, stated=stated)
    held = held_out_chances(mixed, folds(sample.articles, 10))
    assert (held.chances[kept_out] == 0.875).all()
    turned = replace(mixed, right=sample.right ^ kept_out)
    again = held_out_chances(turned, folds(sample.articles, 10))
    assert (again.chances == held.chances).all()


def test_the_corpus_is_read_with_what_its_annotators_struck_out(tmp_path: Path) -> None:
    item = {role: [[0, 3]] for role in ("content", "source", "cue")}
    raw = {"id": "a", "text": TEXT, "attributions": [item], "discards": [[4, 7]]}
    with gzip.open(tmp_path / "polnear-dev.jsonl.gz", "wt", encoding="utf-8") as lines:
        lines.write(json.dumps(raw) + "\n")
    (article,) = gold_articles(tmp_path, "dev")
    assert article.attributions[0].content == (Span(start=0, end=3),)
    assert article.discards == (Span(start=4, end=7),)


def drawn(articles: int, each: int = 20, publishers: int = 3) -> Sample:
    """Return a sample whose one telling column is the log odds of being right."""
    random = np.random.default_rng(3)
    count = articles * each
    odds = random.normal(1.0, 2.0, count)
    speech = random.random(count) < 0.8
    return Sample(
        names=["noise", "odds"],
        rows=np.column_stack([random.normal(size=count), odds]),
        rated=np.ones(count, bool),
        stated=np.zeros(count),
        right=random.random(count) < 1 / (1 + np.exp(-odds)),
        speech=speech,
        gold_speech=speech,
        articles=[f"publisher{n % articles % publishers}_{n % articles}" for n in range(count)],
        sought=count,
    )


@pytest.fixture(scope="module")
def sample() -> Sample:
    return drawn(24)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, sample: Sample) -> Path:
    """A model's folder in which the confidence has been fitted."""
    directory = tmp_path_factory.mktemp("model")
    for file in DIRECTORY.iterdir():
        shutil.copy(file, directory)
    fit(sample, directory)
    return directory


def test_the_figures_are_those_of_a_calibrated_model(sample: Sample) -> None:
    figures, panels = measured(sample)
    for group in ("all", "speech"):
        assert figures[group]["ece_equal_width"] < 0.06
        assert figures[group]["auc"] > 0.75
    assert 0.9 < figures["speech_kept_at_95"]["precision"] <= 1.0
    lows = list(figures["speech_from"].values())
    recalls = [low["recall"] for low in lows]
    assert recalls == sorted(recalls, reverse=True)
    assert sum(b.size for b in panels["All quotations"]) == len(sample.right)
    assert sum(b.size for b in panels["Speech"]) == sample.speech.sum()


def test_what_was_written_reads_back_and_is_the_fitted_model(sample: Sample, folder: Path) -> None:
    check_files(folder)
    model = Model.load(folder / CALIBRATION)
    assert model is not None
    ridge = json.loads((folder / CALIBRATION).read_text(encoding="utf-8"))["ridge"]
    chances = Fitted.to(sample.rows, sample.right, ridge).chances(sample.rows[:50])
    read = [
        model.probability(dict(zip(sample.names, row, strict=True)))
        for row in sample.rows[:50].tolist()
    ]
    assert read == pytest.approx(chances, abs=1e-3)


def test_figures_plot_and_manifest_tell_the_same(folder: Path) -> None:
    figures = json.loads((folder / FIGURES).read_text(encoding="utf-8"))
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["calibration"]["ece_equal_width"] == figures["all"]["ece_equal_width"]
    assert 0.5 < figures["speech_threshold"] < 1.0
    points = (folder / PLOT).read_text(encoding="utf-8").count("<circle")
    assert points == sum(map(len, figures["bins"].values()))


def test_the_same_sample_makes_the_same_files(sample: Sample, folder: Path) -> None:
    names = (CALIBRATION, FIGURES, PLOT, MANIFEST)
    before = [(folder / name).read_bytes() for name in names]
    fit(sample, folder)
    assert [(folder / name).read_bytes() for name in names] == before


@pytest.mark.parametrize(("publishers", "measured_on"), [(1, None), (2, 240)])
def test_other_publishers_are_measured_where_there_are_others(
    publishers: int, measured_on: int | None
) -> None:
    figures, _ = measured(drawn(12, publishers=publishers))
    assert figures["other_publishers"].get("quotations") == measured_on


def test_too_few_articles_are_refused() -> None:
    with pytest.raises(ValueError, match="9 articles"):
        measured(drawn(9))


def test_what_is_kept_is_counted_by_its_gold() -> None:
    sample = Sample(
        names=["x"],
        rows=np.zeros((4, 1)),
        rated=np.ones(4, bool),
        stated=np.zeros(4),
        right=np.array([True, True, False, True]),
        speech=np.array([True, True, True, False]),
        gold_speech=np.array([True, False, True, True]),
        articles=["a"] * 4,
        sought=5,
    )
    figures = kept_figures(sample, np.array([True, True, True, False]))
    assert figures["quotations"] == 3
    assert figures["precision"] == pytest.approx(2 / 3)
    assert figures["recall"] == pytest.approx(1 / 5)
    assert figures["share_of_right_speech"] == 1.0


def test_weights_of_columns_are_written_by_name() -> None:
    sample = drawn(12)
    model = as_model(Fitted.to(sample.rows, sample.right, 10.0), sample.names)
    assert abs(model["weights"]["noise"]) < 0.2 < model["weights"]["odds"]
    assert all(low <= high for low, high in model["ranges"].values())
