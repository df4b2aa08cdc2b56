"""One fresh process that extracts and times: run by `tests.bench`, prints one JSON object.

Its environment holds every library to one thread before any is imported. Memory is that of this
process alone, so nothing that judges the result is imported here.
"""

import argparse
import json
import resource
import statistics
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

WARM_UP = "“No,” said Ana Roe, the minister. She added that taxes would fall."
MATRIX_SIDE = 1024


def main() -> None:
    """Load; with `--texts` extract them `--repeat` times; print figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, help="JSON lines with id and text")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--predictions", type=Path, help="where the quotations go")
    options = parser.parse_args()
    extractor, figures = load()
    if options.texts:
        lines = options.texts.read_text(encoding="utf-8").splitlines()
        articles = [json.loads(line) for line in lines]
        figures |= extract(extractor, articles, options.repeat, options.predictions)
        figures["provenance"] = extractor.provenance.model_dump()
        figures["fingerprint"] = extractor.provenance.fingerprint
        figures["reference_gflops"] = reference(options.repeat)
    sys.stdout.write(json.dumps(figures) + "\n")


def load() -> tuple[Any, dict[str, Any]]:
    """Return the extractor after its first answer, and what that took since the process began."""
    start = time.perf_counter()
    marks = [0.0]
    from quotes.nlp import Extractor

    marks.append(time.process_time())
    extractor = Extractor()
    extractor("")
    marks.append(time.process_time())
    extractor(WARM_UP)
    marks.append(time.process_time())
    parts = (round(after - before, 2) for before, after in pairwise(marks))
    return extractor, {
        "load_cpu_s": round(marks[-1], 2),
        "load_parts_cpu_s": dict(zip(("imports", "models", "first answer"), parts, strict=True)),
        "load_wall_s": round(time.perf_counter() - start, 2),
        "loaded_rss_mb": _peak_rss_mb(),
    }


def extract(
    extractor: Any, articles: list[dict[str, Any]], repeat: int, predictions: Path | None
) -> dict[str, Any]:
    """Return words per CPU-second of the whole and of each stage, and the peak memory."""
    from quotes.nlp import as_json
    from tests.bench.stages import timed_stages

    words = sum(len(article["text"].split()) for article in articles)
    texts = [article["text"] for article in articles]
    rounds: list[dict[str, float]] = []
    with timed_stages(extractor) as clock:
        for number in range(repeat):
            clock.take()
            found = [
                as_json(doc, article["id"])
                for doc, article in zip(extractor.batch(texts), articles, strict=True)
            ]
            rounds.append(clock.take())
            if predictions and not number:
                lines = "".join(json.dumps(line) + "\n" for line in found)
                predictions.write_text(lines, encoding="utf-8")
    names = list(dict.fromkeys(name for spent in rounds for name in spent))
    return {
        "words": words,
        "quotations": sum(len(line["quotes"]) for line in found),
        "whole": rates(words, [sum(spent.values()) for spent in rounds]),
        "stages": {name: rates(words, [spent.get(name, 0) for spent in rounds]) for name in names},
        "peak_rss_mb": _peak_rss_mb(),
    }


def rates(words: int, seconds: list[float]) -> dict[str, Any]:
    """Return words per CPU-second at best and in the middle, and the seconds of each round."""
    return {
        "best": round(words / min(seconds)) if min(seconds) else None,
        "median": round(words / statistics.median(seconds)) if min(seconds) else None,
        "cpu_s": [round(value, 3) for value in seconds],
    }


def reference(repeat: int) -> dict[str, float]:
    """Return the rate of a float32 matrix product on one thread, 10⁹ operations per CPU-second.

    A measure of the machine, by which figures of different machines can be compared.
    """
    import numpy as np

    draw = np.random.default_rng(0)
    left, right = (draw.random((MATRIX_SIDE, MATRIX_SIDE), dtype=np.float32) for _ in range(2))
    left @ right
    spent = []
    for _ in range(max(3, repeat)):
        start = time.process_time()
        for _ in range(4):
            left @ right
        spent.append((time.process_time() - start) / 4)
    operations = 2 * MATRIX_SIDE**3 / 1e9
    median = statistics.median(spent)
    return {"best": round(operations / min(spent), 1), "median": round(operations / median, 1)}


def _peak_rss_mb() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts kilobytes, macOS bytes.
    return round(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10))


if __name__ == "__main__":
    main()
