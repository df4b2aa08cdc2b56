"""The golden answers: what a reader finds in the articles of fixtures/."""

import json
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parents[3] / "fixtures"
GOLDEN: dict[str, list[dict[str, Any]]] = json.loads(
    (FIXTURES / "golden" / "quotations.json").read_text(encoding="utf-8")
)["articles"]


def readings(row: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Return the pieces of a quotation, and those without the ones that a reader may leave out."""
    pieces: list[str] = row["content"]
    return pieces, [piece for piece in pieces if piece not in row.get("optional", [])]
