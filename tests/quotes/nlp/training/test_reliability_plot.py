"""The reliability plot: well-formed, the same each time, points where they belong."""

from xml.etree import ElementTree as ET

from quotes.nlp.training.confidence_figures import Bin
from quotes.nlp.training.reliability_plot import plot

SVG = "{http://www.w3.org/2000/svg}"
PANELS = {"All & sundry": [Bin(20, 0.25, 0.5), Bin(20, 0.75, 1.0)], "Speech": [Bin(5, 0.5, 0.4)]}


def test_every_bin_is_a_point_in_its_panel() -> None:
    root = ET.fromstring(plot(PANELS))  # noqa: S314  our own
    panels = root.findall(f"{SVG}g")
    points = [
        [(c.attrib["cx"], c.attrib["cy"]) for c in panel.iter(f"{SVG}circle")] for panel in panels
    ]
    assert points == [[("80.0", "160.0"), ("240.0", "0.0")], [("160.0", "192.0")]]


def test_titles_are_escaped_and_counted() -> None:
    texts = [text.text for text in ET.fromstring(plot(PANELS)).iter(f"{SVG}text")]  # noqa: S314
    assert "All & sundry" in texts
    assert "40 quotations, 2 bins, 95 % intervals" in texts


def test_an_interval_stands_around_its_point() -> None:
    root = ET.fromstring(plot(PANELS))  # noqa: S314
    points = root.findall(f".//{SVG}circle")
    spans = [line for line in root.iter(f"{SVG}line") if line.attrib["class"] == "span"]
    for point, span in zip(points, spans, strict=True):
        assert float(span.attrib["y2"]) <= float(point.attrib["cy"]) <= float(span.attrib["y1"])


def test_the_same_bins_make_the_same_bytes() -> None:
    assert plot(PANELS) == plot(dict(PANELS))
