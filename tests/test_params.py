"""Every threshold has a default, a unit or a reason, and a line in docs/thresholds.md."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from quotes.params import (
    ACCESS,
    CHECKING,
    CITING,
    CONTEXT_EVIDENCE,
    DEFAULTS,
    EPITHET_WEIGHTS,
    EVALUATION,
    FETCHING,
    JOBS,
    LAYOUT_CONFIDENCE,
    LINKING,
    LIVE,
    MAIL,
    NAME_EVIDENCE,
    PAGES,
    READING,
    RULE_RELIABILITY,
    SEARCH,
    SHARING,
    STYLING,
    WORKERS,
    AccessParams,
    CheckParams,
    CitedParams,
    CitingParams,
    CopyParams,
    EvaluationParams,
    ExportParams,
    FetchParams,
    JobParams,
    LinkingParams,
    LiveParams,
    MailParams,
    PageParams,
    Params,
    ReadingParams,
    SearchParams,
    SharingParams,
    StylingParams,
    VariantParams,
    VersionParams,
    WorkerParams,
)

THRESHOLDS_MD = (Path(__file__).parents[1] / "docs" / "thresholds.md").read_text(encoding="utf-8")
ALL = (
    Params,
    LinkingParams,
    WorkerParams,
    CitingParams,
    StylingParams,
    CopyParams,
    VariantParams,
    VersionParams,
    PageParams,
    LiveParams,
    MailParams,
    EvaluationParams,
    AccessParams,
    ReadingParams,
    FetchParams,
    SharingParams,
    JobParams,
    SearchParams,
    ExportParams,
    CheckParams,
    CitedParams,
)
FIELDS = [
    pytest.param(params, name, id=f"{params.__name__}.{name}")
    for params in ALL
    for name in params.model_fields
]


def row(name: str) -> list[str]:
    """Return the cells of the one table row that is about `name`."""
    lines = [line for line in THRESHOLDS_MD.splitlines() if line.startswith(f"| `{name}` |")]
    assert len(lines) == 1, f"docs/thresholds.md has {len(lines)} rows for `{name}`; write one"
    return [cell.strip() for cell in lines[0].strip("|").split("|")]


@pytest.mark.parametrize(("params", "name"), FIELDS)
def test_threshold_is_documented(params: type[BaseModel], name: str) -> None:
    _, default, unit, reason = row(name)
    assert unit
    assert reason
    value = params.model_fields[name].default
    if not isinstance(value, dict):
        assert default == f"{value:,}".replace(",", " ")


@pytest.mark.parametrize(
    ("rule", "value"),
    {
        **RULE_RELIABILITY,
        **LAYOUT_CONFIDENCE,
        **EPITHET_WEIGHTS,
        **NAME_EVIDENCE,
        **CONTEXT_EVIDENCE,
    }.items(),
)
def test_reliability_is_documented(rule: str, value: float) -> None:
    _, default, *_ = row(rule)
    assert default == str(value)


@pytest.mark.parametrize(("params", "name"), FIELDS)
def test_threshold_is_described(params: type[BaseModel], name: str) -> None:
    assert params.model_fields[name].description


@pytest.mark.parametrize("rule", RULE_RELIABILITY)
def test_reliability_is_a_probability(rule: str) -> None:
    assert 0.0 < RULE_RELIABILITY[rule] <= 1.0


@pytest.mark.parametrize(
    "defaults",
    [
        DEFAULTS,
        LINKING,
        WORKERS,
        CITING,
        STYLING,
        PAGES,
        LIVE,
        MAIL,
        EVALUATION,
        FETCHING,
        SHARING,
        ACCESS,
        READING,
        JOBS,
        SEARCH,
        CHECKING,
    ],
    ids=lambda p: type(p).__name__,
)
def test_thresholds_cannot_be_changed(defaults: BaseModel) -> None:
    name = next(iter(type(defaults).model_fields))
    with pytest.raises(ValidationError, match="frozen"):
        setattr(defaults, name, 1)


def test_unknown_threshold_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Params(antecedent_window=4)


def test_flat_names_every_threshold_once() -> None:
    flat = Params().flat()
    assert flat["antecedent_window_sentences"] == DEFAULTS.antecedent_window_sentences
    assert flat["rule_reliability.pronoun"] == RULE_RELIABILITY["pronoun"]
    tables = (RULE_RELIABILITY, LAYOUT_CONFIDENCE)
    assert len(flat) == len(Params.model_fields) - len(tables) + sum(map(len, tables))
    assert all(isinstance(value, float | int | str) for value in flat.values())
