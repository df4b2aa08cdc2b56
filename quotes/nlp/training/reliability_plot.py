"""Reliability as a picture: how often quotations of a confidence were right. SVG, deterministic."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from quotes.nlp.training.confidence_figures import Bin, interval

_SIDE, _MARGIN, _GAP, _TICKS = 320, 56, 48, 5
_STYLE = """text{font:13px system-ui,sans-serif;fill:#222}.note{fill:#555;font-size:12px}
.frame{fill:none;stroke:#888}.even{stroke:#888;stroke-dasharray:4 4}.seen{fill:#0b5394}
.span{stroke:#0b5394;stroke-width:2}.line{fill:none;stroke:#0b5394;stroke-opacity:.4}
@media(prefers-color-scheme:dark){text{fill:#ddd}.note{fill:#aaa}.seen{fill:#6fa8dc}
.span,.line{stroke:#6fa8dc}}"""


def plot(panels: Mapping[str, Sequence[Bin]]) -> str:
    """Return an SVG with a panel for each of `panels`: stated against observed, bin by bin.

    Bars are Wilson's 95 % intervals; points on the broken line are perfectly calibrated.
    """
    width = _MARGIN + len(panels) * (_SIDE + _GAP)
    height = _SIDE + 2 * _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        f"<title>Reliability: {escape(', '.join(panels))}</title>",
        f"<style>{_STYLE}</style>",
    ]
    for number, (title, found) in enumerate(panels.items()):
        left = _MARGIN + number * (_SIDE + _GAP)
        parts += [f'<g transform="translate({left} {_MARGIN})">', *_panel(title, found), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _panel(title: str, found: Sequence[Bin]) -> Iterator[str]:
    total = sum(b.size for b in found)
    yield f'<text x="0" y="-28" font-weight="700">{escape(title)}</text>'
    note = f"{total} quotations, {len(found)} bins, 95 % intervals"
    yield f'<text x="0" y="-10" class="note">{note}</text>'
    yield f'<rect class="frame" width="{_SIDE}" height="{_SIDE}"/>'
    yield f'<line class="even" x1="0" y1="{_SIDE}" x2="{_SIDE}" y2="0"/>'
    yield from _axes()
    points = " ".join(f"{_x(b.stated)},{_y(b.observed)}" for b in found)
    yield f'<polyline class="line" points="{points}"/>'
    for b in found:
        low, high = interval(round(b.observed * b.size), b.size)
        x = _x(b.stated)
        yield f'<line class="span" x1="{x}" y1="{_y(low)}" x2="{x}" y2="{_y(high)}"/>'
        yield f'<circle class="seen" cx="{x}" cy="{_y(b.observed)}" r="4"/>'


def _axes() -> Iterator[str]:
    for tick in range(_TICKS + 1):
        share = tick / _TICKS
        label = f"{share:.0%}"
        yield f'<text x="{_x(share)}" y="{_SIDE + 18}" text-anchor="middle">{label}</text>'
        yield f'<text x="-8" y="{_y(share)}" dy="4" text-anchor="end">{label}</text>'
    yield (
        f'<text x="{_SIDE / 2}" y="{_SIDE + 38}" text-anchor="middle" class="note">'
        "stated confidence (across) against share that is right (up)</text>"
    )


def _x(share: float) -> str:
    return f"{share * _SIDE:.1f}"


def _y(share: float) -> str:
    return f"{(1 - share) * _SIDE:.1f}"
