"""A document tree -> another format, through pandoc in a process of its own. Bounded.

Pandoc is given its own tree as JSON, never text of an article as markup: nothing in a title or a
name is read as Markdown, HTML or LaTeX. It runs without a shell, without files and network
(`--sandbox`), with so much memory and time and no more, and so many at once in a process of ours.
Why: docs/decisions/0030-citing-styles.md.
"""

import json
import logging
import subprocess
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import pypandoc

from quotes.params import STYLING, StylingParams
from quotes.refusals import InputError

logger = logging.getLogger(__name__)

Tree = Mapping[str, Any]
# Nothing of ours is in it: no secret, no home with somebody's templates.
_ENVIRONMENT = {"LANG": "C.UTF-8", "HOME": "/nonexistent"}
# What the citation processor leaves of American punctuation.
_INNER_MARKS = Path(__file__).parent / "citation_styles" / "inner_marks.lua"
_running = BoundedSemaphore(STYLING.pandoc_at_once)


class PandocError(InputError):
    """A document that could not be made: the problem and the remedy."""


@cache
def program() -> str:
    """Return the path of pandoc; raises PandocError where there is none."""
    try:
        path: str = pypandoc.get_pandoc_path()
    except OSError as error:
        raise PandocError(
            "the program that writes citation styles, pandoc, is not installed",
            "use another format, or ask the operator to install pypandoc-binary",
        ) from error
    return path


def convert(
    tree: Tree, to: str, *, csl: Path | None = None, params: StylingParams = STYLING
) -> bytes:
    """Return `tree` in pandoc's format `to`; with `csl`, its citations are resolved by that style.

    Raises PandocError if the tree is too large, if pandoc is missing, busy, too slow, or fails.
    """
    sent = json.dumps(tree).encode()
    if len(sent) > params.pandoc_input_bytes:
        raise PandocError(
            f"there are {len(sent)} bytes to write, more than {params.pandoc_input_bytes}",
            "take fewer quotations at a time",
        )
    command = [program(), "--from=json", f"--to={to}", "--sandbox", "--wrap=none", "--output=-"]
    if csl is not None:
        command += ["--citeproc", f"--csl={csl}", f"--lua-filter={_INNER_MARKS}"]
    memory = f"-M{params.pandoc_memory_mb}M"
    return _run([*command, "+RTS", memory, "-RTS"], sent, params)


def _run(command: list[str], sent: bytes, params: StylingParams) -> bytes:
    if not _running.acquire(timeout=params.pandoc_wait_s):
        raise PandocError("too many citations are being written just now", "try again in a moment")
    began = time.monotonic()
    try:
        done = subprocess.run(  # noqa: S603  a fixed command; what users wrote goes to its input
            command,
            input=sent,
            capture_output=True,
            timeout=params.pandoc_timeout_s,
            env=_ENVIRONMENT,
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PandocError(
            f"writing took longer than {params.pandoc_timeout_s} seconds",
            "take fewer quotations at a time, or another format",
        ) from error
    except OSError as error:
        raise PandocError(
            f"pandoc does not start: {error.strerror}", "tell the operator"
        ) from error
    finally:
        _running.release()
    took_ms = (time.monotonic() - began) * 1000
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        logger.error("pandoc failed code=%d said=%s", done.returncode, said[:500])
        raise PandocError(
            f"pandoc could not write it (code {done.returncode})",
            "take fewer quotations at a time, or another format",
        )
    logger.info("pandoc bytes=%d to=%d ms=%.0f", len(sent), len(done.stdout), took_ms)
    return done.stdout
