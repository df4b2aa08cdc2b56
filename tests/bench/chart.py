"""Accuracy against speed as an SVG, readable light and dark; the same input, the same bytes."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 760, 470
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 58, 86
SPEEDS = (500, 10_000)
FIGURES = (0, 100)
# Both palettes keep a contrast of 4.5 for text against their ground.
STYLE = """
  .ground { fill: #ffffff }
  text { font: 13px system-ui, sans-serif; fill: #24292f;
    paint-order: stroke; stroke: #ffffff; stroke-width: 3px }
  .small { font-size: 11.5px; fill: #57606a }
  .title { font-size: 15px; font-weight: 600 }
  .grid { stroke: #d8dee4; stroke-width: 1 }
  .people { stroke: #57606a; stroke-width: 1.5; stroke-dasharray: 6 4 }
  .other { fill: #57606a }
  .whisker { stroke: #57606a; stroke-width: 1.5 }
  .earlier { fill: none; stroke: #0969da; stroke-width: 1.5 }
  .ours { fill: #0969da }
  .ours-whisker { stroke: #0969da; stroke-width: 1.5 }
  .ours-name { font-weight: 600; fill: #0550ae }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 }
    text { fill: #e6edf3; stroke: #0d1117 }
    .small { fill: #9da7b1 }
    .grid { stroke: #30363d }
    .people, .whisker { stroke: #9da7b1 }
    .other { fill: #9da7b1 }
    .earlier, .ours-whisker { stroke: #58a6ff }
    .ours { fill: #58a6ff }
    .ours-name { fill: #79c0ff }
  }
""".strip("\n")


class Point(NamedTuple):
    """A system: words per CPU-second, end-to-end F1 in per cent, and its interval if known."""

    name: str
    speed: float
    figure: float
    interval: tuple[float, float] | None = None
    kind: str = "other"


class People(NamedTuple):
    """How well two people agree, by the same figure."""

    name: str
    figure: float


def chart(points: Sequence[Point], people: People, notes: Sequence[str]) -> str:
    """Return the plot as SVG; points too fast for the axis stand at its end, with their speed."""
    high = max([SPEEDS[1], *(p.speed for p in points if p.kind != "other")]) * 1.15
    body = [*_axes(high), *_people(people), *_points(points, high), *_notes(notes)]
    described = "; ".join(f"{p.name}: {p.figure:.1f} at {p.speed:,.0f} words/s" for p in points)
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    named = 'role="img" aria-labelledby="title description"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {named}>',
        '<title id="title">Accuracy against speed of quotation extraction</title>',
        f'<desc id="description">{escape(described)}</desc>',
        f"<style>\n{STYLE}\n</style>",
        f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}"/>',
        *body,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _x(speed: float, high: float) -> float:
    share = math.log(speed / SPEEDS[0]) / math.log(high / SPEEDS[0])
    return round(LEFT + min(1.0, max(0.0, share)) * (WIDTH - LEFT - RIGHT), 1)


def _y(figure: float) -> float:
    share = (figure - FIGURES[0]) / (FIGURES[1] - FIGURES[0])
    return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def _text(x: float, y: float, words: str, *, style: str = "", anchor: str = "start") -> str:
    kind = f' class="{style}"' if style else ""
    return f'<text x="{x:g}" y="{y:g}"{kind} text-anchor="{anchor}">{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    return f'<line class="{style}" x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"/>'


def _axes(high: float) -> Iterator[str]:
    yield _text(LEFT, 24, "Who said what: accuracy against speed", style="title")
    about = "end-to-end F1 on PolNeAR’s development articles: words and source both right"
    yield _text(LEFT, 43, about, style="small")
    for figure in range(FIGURES[0], FIGURES[1] + 1, 20):
        yield _line(LEFT, _y(figure), WIDTH - RIGHT, _y(figure), "grid")
        yield _text(LEFT - 8, _y(figure) + 4, str(figure), style="small", anchor="end")
    for speed in (500, 1000, 2000, 5000, 10_000, 20_000, 50_000):
        if speed <= high:
            x = _x(speed, high)
            yield _line(x, TOP, x, HEIGHT - BOTTOM, "grid")
            yield _text(x, HEIGHT - BOTTOM + 18, f"{speed:,}", style="small", anchor="middle")
    middle = (LEFT + WIDTH - RIGHT) / 2
    about = "words per second of CPU time (one process, one thread)"
    yield _text(middle, HEIGHT - BOTTOM + 37, about, style="small", anchor="middle")


def _people(people: People) -> Iterator[str]:
    y = _y(people.figure)
    yield _line(LEFT, y, WIDTH - RIGHT, y, "people")
    words = f"{people.name}: {people.figure:.1f}"
    yield _text(WIDTH - RIGHT - 4, y - 7, words, style="small", anchor="end")


def _points(points: Sequence[Point], high: float) -> Iterator[str]:
    for point in points:
        x, y = _x(point.speed, high), _y(point.figure)
        ours = point.kind != "other"
        if point.interval and point.kind != "earlier":
            low, top = (_y(value) for value in point.interval)
            yield _line(x, low, x, top, "ours-whisker" if ours else "whisker")
        yield f'<circle class="{point.kind}" cx="{x:g}" cy="{y:g}" r="{6 if ours else 5}"/>'
        if point.kind == "earlier":
            continue
        faster = f" ({point.speed:,.0f} words/s →)" if point.speed > high else ""
        left = x > WIDTH - RIGHT - 170
        place = (x - 11, "end") if left else (x + 11, "start")
        style = "ours-name" if ours else ""
        words = f"{point.name} {point.figure:.1f}{faster}"
        # Ours below its point, where people's line does not run through it.
        yield _text(place[0], y + (20 if ours else 4.5), words, style=style, anchor=place[1])


def _notes(notes: Sequence[str]) -> Iterator[str]:
    for number, note in enumerate(notes):
        yield _text(LEFT, HEIGHT - BOTTOM + 57 + 15 * number, note, style="small")
