"""One article, given as it stands: read, and stored at once with its quotations.

What reads it is quotes/ingest.py, what stores it quotes/store.py; larger inputs are imports
(quotes/jobs.py). Runs of a day are one, so that a thousand posted articles are not a thousand runs.
"""

import json
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any, NamedTuple

from django.utils import timezone

from quotes import store
from quotes.extraction import configured_extractor
from quotes.ingest import Refusal, SourceText, read_stream
from quotes.models import ArticleVersion, ExtractionRun
from quotes.nlp.document import Document, Provenance

ORIGIN = "API"


class Added(NamedTuple):
    """What became of an article: its version, and whether that was stored just now."""

    version: ArticleVersion
    is_new: bool


def read_object(fields: Mapping[str, Any]) -> SourceText | Refusal:
    """Return the article of an object with the names of JSON lines, or why it is none."""
    body = BytesIO(json.dumps(fields).encode())
    found = list(read_stream(body, ORIGIN, media_type="application/json"))
    if len(found) == 1:
        return found[0]
    return Refusal(origin=ORIGIN, problem="is not one article", remedy="send one at a time")


def add(source: SourceText, extract: Callable[[str], Document]) -> Added:
    """Store an article with what `extract` finds in it; one that is stored already stays.

    Two at once who add the same store it once. Raises what `extract` raises, and StoreError.
    """
    if known := store.find_version(source):
        store.seen_again(source, known)
        return Added(known, is_new=False)
    doc = extract(source.text)
    run = _run_of_today(configured_extractor().provenance)
    extraction = store.record(source, doc, run)
    store.close_run(run)
    return Added(extraction.version, is_new=extraction.run_id == run.pk)


def _run_of_today(provenance: Provenance) -> ExtractionRun:
    """Return the run under which this extractor's articles of today are, a new one if none is."""
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    found = ExtractionRun.objects.filter(
        fingerprint=provenance.fingerprint,
        started_at__gte=midnight,
        planned=None,
        selection={},
        imports=None,
    )
    return found.order_by("pk").first() or store.open_run(provenance)
