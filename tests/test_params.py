"""Every threshold has a default, a unit or a reason, and a line in docs/thresholds.md."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from pydantic import BaseModel, ValidationError

from quotes import params as package
from quotes.params import (
    CONTEXT_EVIDENCE,
    DEFAULTS,
    EPITHET_WEIGHTS,
    LAYOUT_CONFIDENCE,
    NAME_EVIDENCE,
    RULE_RELIABILITY,
    Params,
)

THRESHOLDS_MD = (Path(__file__).parents[1] / "docs" / "thresholds.md").read_text(encoding="utf-8")
DEFAULT_VALUES = [value for value in vars(package).values() if isinstance(value, BaseModel)]
ALL = [type(defaults) for defaults in DEFAULT_VALUES]
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


@pytest.mark.parametrize("defaults", DEFAULT_VALUES, ids=lambda p: type(p).__name__)
def test_thresholds_cannot_be_changed(defaults: BaseModel) -> None:
    name = next(iter(type(defaults).model_fields))
    with pytest.raises(ValidationError, match="frozen"):
        setattr(defaults, name, 1)


def test_whatever_a_module_defines_can_be_imported_from_the_package() -> None:
    defined = {
        name
        for module in iter_modules(package.__path__)
        for name, value in vars(import_module(f"quotes.params.{module.name}")).items()
        if name.isupper() or getattr(value, "__module__", "") == f"quotes.params.{module.name}"
    }
    assert len(defined) > len(ALL)
    assert defined == set(package.__all__)


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
