"""Web addresses -> bytes, politely; and messages sent to web addresses. Public hosts only.

To archive an intranet, an operator allows its hosts by TRACKER_FETCH_ALLOW_HOSTS.
Source: docs/decisions/0023-fetching.md.
"""

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from django.conf import settings

from quotes import http_client, robots
from quotes.http_client import Answer, FetchError, Hosts, Request
from quotes.params import FETCHING, SHARING, FetchParams
from quotes.readers.media_types import charset, essence

__all__ = ["FetchError", "Fetched", "Hosts", "Sent", "check_address", "fetch", "send"]

_ACCEPT = (
    "text/html,application/xhtml+xml,application/atom+xml,application/rss+xml,"
    "application/feed+json,application/json;q=0.9,application/xml;q=0.9,*/*;q=0.5"
)
_REMEDIES = {
    HTTPStatus.UNAUTHORIZED: "it wants a password: give the article as a file",
    HTTPStatus.PAYMENT_REQUIRED: "it wants to be paid: give the article as a file",
    HTTPStatus.FORBIDDEN: "its host refuses programs: give the article as a file",
    HTTPStatus.NOT_FOUND: "check the address: there is nothing there",
    HTTPStatus.GONE: "it has been taken down for good",
    HTTPStatus.TOO_MANY_REQUESTS: "wait: its host wants fewer requests",
}


class Fetched(NamedTuple):
    """What was fetched from `address`, where the redirects ended; with status 304 no body.

    `charset` is what the host says of the body, "" if nothing; `retrieved_at` is aware.
    """

    address: str
    status: int
    body: bytes
    media_type: str
    charset: str
    etag: str
    last_modified: str
    retrieved_at: datetime


class Sent(NamedTuple):
    """How a message was received: the status, and the seconds to wait if the receiver says."""

    status: int
    retry_after_s: float | None


def user_agent() -> str:
    """Return who we say that we are: name, version, and where to read about us."""
    return f"{robots.NAME}/{_version()} (+{settings.SITE_URL}/about/)"


@cache
def _version() -> str:
    try:
        return version("quote-tracker")
    except PackageNotFoundError:
        return "0"


def _hosts(given: Hosts | None) -> Hosts:
    return given or Hosts(allowed=settings.FETCH_ALLOW_HOSTS)


def check_address(address: str) -> str:
    """Return `address` if it may be fetched from or sent to, as far as can be told without asking.

    Raises FetchError. The host's own addresses are checked when it is asked.
    """
    http_client.checked_address(address, allowed=settings.FETCH_ALLOW_HOSTS)
    return address


def fetch(
    address: str,
    *,
    etag: str = "",
    last_modified: str = "",
    hosts: Hosts | None = None,
    params: FetchParams = FETCHING,
    patience_s: float | None = None,
) -> Fetched:
    """Return what is at `address`, or that it has not changed since `etag`, `last_modified`.

    Keeps to robots.txt and to pauses between requests to a host, waiting for its turn, if given
    for `patience_s` at most. Raises FetchError if there is nothing, if it may not be fetched, or
    beyond the limits of `params`.
    """
    asked = _hosts(hosts)
    headers = {"User-Agent": user_agent(), "Accept": _ACCEPT}
    headers |= {"If-None-Match": etag} if etag else {}
    headers |= {"If-Modified-Since": last_modified} if last_modified else {}

    def before(hop: str) -> None:
        agent = {"User-Agent": headers["User-Agent"]}
        pause_s = robots.check_allowed(hop, headers=agent, hosts=asked, params=params)
        robots.wait_turn(hop, pause_s, patience_s=patience_s)

    answer = http_client.exchange(
        Request(headers), address, before=before, hosts=asked, params=params
    )
    is_unchanged = answer.status == HTTPStatus.NOT_MODIFIED and bool(etag or last_modified)
    if answer.status != HTTPStatus.OK and not is_unchanged:
        raise _refused(answer)
    return _fetched(answer)


def _refused(answer: Answer) -> FetchError:
    status = answer.status
    lasting = 400 <= status < 500 and status not in (  # noqa: PLR2004  client errors
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
    )
    named = {int(known): remedy for known, remedy in _REMEDIES.items()}
    return FetchError(
        f"is answered with HTTP {status}",
        named.get(status, "try again later"),
        status=status,
        retry_after_s=_retry_after_s(answer.headers),
        is_lasting=lasting,
    )


def _fetched(answer: Answer) -> Fetched:
    declared = answer.headers.get("content-type", "")
    return Fetched(
        address=answer.address,
        status=answer.status,
        body=answer.body,
        media_type=essence(declared),
        charset=charset(declared) or "",
        etag=answer.headers.get("etag", ""),
        last_modified=answer.headers.get("last-modified", ""),
        retrieved_at=datetime.now(UTC),
    )


def send(address: str, body: bytes, headers: dict[str, str], *, hosts: Hosts | None = None) -> Sent:
    """POST `body` to `address`; return how it was received. Redirects are answers, not followed.

    Raises FetchError if the host may not be sent to or does not answer in time.
    """
    limits = FETCHING.model_copy(update={"total_timeout_s": SHARING.attempt_timeout_s})
    request = Request({"User-Agent": user_agent(), **headers}, "POST", body)
    answer = http_client.exchange(request, address, hosts=_hosts(hosts), params=limits)
    return Sent(answer.status, _retry_after_s(answer.headers))


def _retry_after_s(headers: dict[str, str]) -> float | None:
    """Return the seconds of a Retry-After header, given as such or as a date; None without one."""
    written = headers.get("retry-after", "").strip()
    if not written:
        return None
    if written.isascii() and written.isdigit():
        return float(written[:9])
    try:
        moment = parsedate_to_datetime(written)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        left = (moment - datetime.now(UTC)).total_seconds()
    except (ValueError, OverflowError):
        return None
    return max(left, 0.0) if math.isfinite(left) else None
