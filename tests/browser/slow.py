"""The tracker over a slow line: `site.py` runs this in place of it, see there, SLOW."""

import time
from collections.abc import Iterator
from typing import Any

from tests.browser.site import SLOW
from tracker.wsgi import application as _tracker

_PAUSE_S = 0.1 * SLOW


def application(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
    """Answer as the tracker does, bit by bit."""
    body = _tracker(environ, start_response)
    try:
        for part in body:
            yield from _slowly(part)
    finally:
        if hasattr(body, "close"):
            body.close()


def _slowly(part: bytes) -> Iterator[bytes]:
    """Yield the first byte, with which the answer has begun, and each half, each before a pause."""
    middle = 1 + len(part) // 2
    for start, end in ((0, 1), (1, middle), (middle, len(part))):
        if start < end:
            yield part[start:end]
            time.sleep(_PAUSE_S)
