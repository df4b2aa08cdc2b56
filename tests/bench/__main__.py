"""Speed and memory of extraction: `make bench`, never part of the tests.

Texts: the articles given as JSON lines (`--texts FILE`, keys id and text), else the two of
fixtures/, repeated. One process, one thread, models loaded beforehand. Prints JSON and, with
`--record`, appends it to docs/benchmarks/extraction.jsonl.
"""

import argparse
import json
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
REPEAT = 20


def main() -> None:
    """Measure and print; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, help="JSON lines with a text each")
    parser.add_argument("--record", action="store_true", help="append to docs/benchmarks/")
    arguments = parser.parse_args()
    texts = _texts(arguments.texts)
    result = measure(texts) | {
        "commit": _git("rev-parse", "--short=12", "HEAD"),
        "clean": not _git("status", "--porcelain"),
        "texts_sha256": sha256("\0".join(texts).encode()).hexdigest(),
        "articles": len(texts),
        "machine": f"{platform.machine()}, {_processor()}, Python {platform.python_version()}",
        "date": time.strftime("%Y-%m-%d"),
    }
    line = json.dumps(result, ensure_ascii=False)
    sys.stdout.write(line + "\n")
    if arguments.record:
        with (ROOT / "docs" / "benchmarks" / "extraction.jsonl").open("a") as file:
            file.write(line + "\n")


def measure(texts: list[str]) -> dict[str, Any]:
    """Return words per second of CPU time, by stage and together, and the peak memory in MB."""
    from quotes.nlp.attribution import attribute
    from quotes.nlp.document import Document
    from quotes.nlp.parse import Parser
    from quotes.nlp.tagger import Tagger

    (tagger, parser), load_s = _timed(lambda: (Tagger(), Parser()))
    words = sum(len(text.split()) for text in texts)
    docs = [Document(text=text) for text in texts]
    parser.batch(tagger.batch(docs[:1]))  # first calls allocate
    tagged, tagger_s = _timed(lambda: tagger.batch(docs))
    parsed, parser_s = _timed(lambda: parser.batch(tagged))
    done, attribution_s = _timed(lambda: [attribute(doc) for doc in parsed])
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    stages = {"tagger": tagger_s, "parser": parser_s, "attribution": attribution_s}
    return {
        "words": words,
        "quotations": sum(len(doc.quotations) for doc in done),
        "load_cpu_s": round(load_s, 2),
        "words_per_cpu_s": round(words / sum(stages.values())),
        "stage_words_per_cpu_s": {name: round(words / spent) for name, spent in stages.items()},
        "peak_rss_mb": round(peak_mb),
    }


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


def _texts(path: Path | None) -> list[str]:
    if path is None:
        articles = sorted((ROOT / "fixtures" / "articles").glob("*.txt"))
        return [article.read_bytes().decode() for article in articles] * REPEAT
    with path.open(encoding="utf-8") as file:
        return [json.loads(line)["text"] for line in file]


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if "model name" in line), "")


if __name__ == "__main__":
    main()
