"""Scores as aligned text tables, for people."""

from collections.abc import Iterator, Sequence

from quotes.nlp.evaluation.counting import GROUPS
from quotes.nlp.evaluation.errors import ErrorClass
from quotes.nlp.evaluation.scores import Rates, Scores
from quotes.nlp.evaluation.units import ROLES

Row = tuple[str, ...]


def table(rows: Sequence[Row]) -> list[str]:
    """Return `rows` as aligned lines: the first column to the left, the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def render(scores: Scores) -> str:
    """Return all figures of `scores` as text; a dash where there was nothing to measure."""
    head = (
        f"{scores.articles:,} articles, {scores.words:,} words, "
        f"{scores.gold:,} attributions in the gold, {scores.predicted:,} predicted"
    )
    parts = [[head], table(_roles(scores)), table(_groups(scores))]
    if scores.speakers:
        parts.append(table(_speakers(scores)))
    if scores.intervals:
        parts.append(table(_intervals(scores)))
    return "\n\n".join("\n".join(part) for part in parts)


def render_errors(errors: Sequence[ErrorClass]) -> str:
    """Return the classes of errors with their examples as text."""
    return "\n\n".join("\n".join(_error_lines(error)) for error in errors)


def _error_lines(error: ErrorClass) -> Iterator[str]:
    yield f"{error.name}: {error.count:,}"
    for example in error.examples:
        yield f"  - {example.article}"
        yield from (f"      {line}" for line in example.lines())


def _roles(scores: Scores) -> list[Row]:
    columns = ("exact P", "R", "F1", "partial F1", "token P", "R", "F1", "runs F1")
    rows: list[Row] = [("spans", *columns)]
    for role in ROLES:
        of = scores.roles[role]
        cells = (*_prf(of.exact), _one(of.partial.f1), *_prf(of.tokens), _one(of.runs.f1))
        rows.append((role, *cells))
    return rows


def _groups(scores: Scores) -> list[Row]:
    columns = ("gold", "found R", "source right", "end to end P", "R", "F1", "tolerant F1")
    rows: list[Row] = [("attributions", *columns)]
    for name in GROUPS:
        of = scores.groups[name]
        if not of.gold and not of.predicted:
            rows.append((name, "0", *["–"] * (len(columns) - 1)))
            continue
        accuracy = _one(of.attribution_accuracy) if of.asked else "–"
        rows.append(
            (
                name,
                f"{of.gold:,}",
                _one(of.found.recall),
                accuracy,
                *_prf(of.end_to_end),
                _one(of.end_to_end_tolerant.f1),
            )
        )
    return rows


def _speakers(scores: Scores) -> list[Row]:
    of = scores.speakers
    if of is None:
        return []
    return [
        ("speakers", "gold", "matched", "right", "or partial", "of all gold", "or partial"),
        (
            "resolved name",
            f"{of.gold:,}",
            f"{of.matched:,}",
            *(_one(value) if of.matched else "–" for value in (of.accuracy, of.accuracy_partial)),
            _one(of.end_to_end),
            _one(of.end_to_end_partial),
        ),
    ]


def _intervals(scores: Scores) -> list[Row]:
    rows: list[Row] = [("95 % intervals over articles", "figure", "from", "to")]
    for path, (low, high) in scores.intervals.items():
        rows.append((_readable(path), _one(scores.figure(path)), _one(low), _one(high)))
    return rows


def _readable(path: str) -> str:
    """Return "end to end f1, all" for "groups.all.end_to_end.f1"."""
    _, subject, *what = path.split(".")
    return f"{' '.join(what).replace('_', ' ')}, {subject}"


def _prf(rates: Rates) -> tuple[str, str, str]:
    return _one(rates.precision), _one(rates.recall), _one(rates.f1)


def _one(value: float) -> str:
    return f"{value:.1f}"
