"""What hosts ask of programs that read them: robots.txt (RFC 9309), and pauses between requests."""

import logging
import time
from fcntl import LOCK_EX, LOCK_NB, flock
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from protego import Protego

from quotes.http_client import FetchError, Hosts, Request, exchange
from quotes.network import RefusedAddressError
from quotes.params import FETCHING, FetchParams

logger = logging.getLogger(__name__)

# What robots.txt may call us: a group for this name goes before the one for all.
NAME = "QuoteTracker"
_LOOK_AGAIN_S = 0.1
_DISALLOW_ALL = "User-agent: *\nDisallow: /\n"
_ERRORS = range(HTTPStatus.INTERNAL_SERVER_ERROR, 600)
_BUSY = HTTPStatus.TOO_MANY_REQUESTS


class Rules(NamedTuple):
    """A host's robots.txt, and `problem`: why it could not be read, so that nothing is allowed."""

    text: str
    problem: str = ""


def check_allowed(
    address: str, *, headers: dict[str, str], hosts: Hosts, params: FetchParams = FETCHING
) -> float:
    """Return the seconds that the host of `address` wants between requests, if it allows this one.

    Raises FetchError if robots.txt disallows it, or cannot be read for a fault of the host
    (RFC 9309, 2.3.1.4). A host without a robots.txt allows everything.
    """
    rules = _rules(address, headers, hosts, params)
    if rules.problem:
        problem = f"may not be fetched while its host’s robots.txt fails ({rules.problem})"
        raise FetchError(problem, "try again later")
    parsed = Protego.parse(rules.text)
    if not parsed.can_fetch(address, NAME):
        remedy = "ask the publisher, or give the article as a file"
        raise FetchError("may not be fetched: robots.txt disallows it", remedy, is_lasting=True)
    delay = parsed.crawl_delay(NAME) or 0.0
    return min(max(delay, params.host_pause_s), params.crawl_delay_most_s)


def _rules(address: str, headers: dict[str, str], hosts: Hosts, params: FetchParams) -> Rules:
    parts = urlsplit(address)
    place = f"{parts.scheme}://{parts.netloc}/robots.txt"
    key = f"robots:{sha256(place.encode()).hexdigest()}"
    kept = cache.get(key)
    if kept is not None:
        return Rules(*kept)
    rules = _read(place, headers, hosts, params)
    keep_s = params.robots_failure_keep_s if rules.problem else params.robots_keep_s
    cache.set(key, tuple(rules), keep_s)
    return rules


def _read(place: str, headers: dict[str, str], hosts: Hosts, params: FetchParams) -> Rules:
    try:
        answer = exchange(Request(headers), place, hosts=hosts, params=params)
    except FetchError as error:
        if isinstance(error.__cause__, RefusedAddressError):
            raise  # no word of the host's: it is not asked for anything
        logger.info("robots address=%s problem=%s", place, error.problem)
        return Rules(_DISALLOW_ALL, error.problem)
    if answer.status in _ERRORS or answer.status == _BUSY:
        return Rules(_DISALLOW_ALL, f"HTTP {answer.status}")
    if answer.status != HTTPStatus.OK:
        return Rules("")
    return Rules(answer.body[: params.robots_bytes].decode("utf-8", "replace"))


def wait_turn(address: str, pause_s: float, *, patience_s: float | None = None) -> None:
    """Wait until the host of `address` has had `pause_s` seconds of rest, then take the turn.

    Counts for all threads and processes of this machine that share the folder `var`: each waits
    for a lock on the host's file, whose time says when the host was asked last. Raises FetchError,
    and takes no turn, where that would take longer than `patience_s`.
    """
    until = None if patience_s is None else time.monotonic() + patience_s
    with _turn_file(address).open("ab") as file:
        _lock(file, until)
        path = Path(file.name)
        rested_s = time.time() - path.stat().st_mtime
        if path.stat().st_size and 0 <= rested_s < pause_s:
            if until is not None and time.monotonic() + pause_s - rested_s > until:
                raise _busy(pause_s)
            time.sleep(pause_s - rested_s)
        file.truncate(0)
        file.write(b".")


def _lock(file: BinaryIO, until: float | None) -> None:
    if until is None:
        flock(file, LOCK_EX)
        return
    while True:
        try:
            flock(file, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise _busy(0.0) from None
            time.sleep(_LOOK_AGAIN_S)
        else:
            return


def _busy(pause_s: float) -> FetchError:
    wants = f", which wants {pause_s:.0f} seconds between two requests" if pause_s else ""
    return FetchError(f"cannot be asked for now: its host is being read{wants}", "try again soon")


def _turn_file(address: str) -> Path:
    folder: Path = settings.VAR_DIR / "hosts"
    folder.mkdir(parents=True, exist_ok=True)
    host = (urlsplit(address).netloc or address).lower()
    return folder / sha256(host.encode()).hexdigest()[:32]
