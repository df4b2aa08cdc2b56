"""How many requests an account or an address may send in a time, and how many it has sent.

Limits: a row of RateLimit for the account, else one for all, else the settings' default. Counts
are rows too, so that all processes count together; one statement adds a request to all that it
counts for, however many come at once. A time begins with the first request in it. An address is
kept as a keyed hash only. Why: docs/decisions/0020-api-access.md.
"""

import ipaddress
import logging
import math
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.db.models import F
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from quotes.models import RateLimit, RequestCount
from quotes.params import ACCESS

logger = logging.getLogger(__name__)

ANON, USER, WRITE, EXTRACT, EXPORT = "anon", "user", "write", "extract", "export"
LIVE = "live"
CITE = "cite"
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_RATE = re.compile(r"([0-9]{1,9})/(second|minute|hour|day)")
_IPV6_NETWORK_BITS = 64  # what one customer has: any of its addresses is the same client
_TABLE = "quotes_requestcount"
_ADD = f"""
    INSERT INTO {_TABLE} (key, since, period_s, used) VALUES {{rows}}
    ON CONFLICT (key) DO UPDATE SET
        used = CASE WHEN {_TABLE}.since + excluded.period_s <= excluded.since
            THEN 1 ELSE {_TABLE}.used + 1 END,
        since = CASE WHEN {_TABLE}.since + excluded.period_s <= excluded.since
            THEN excluded.since ELSE {_TABLE}.since END,
        period_s = excluded.period_s
    RETURNING key, since, used
"""  # noqa: S608  a constant


@dataclass(frozen=True)
class Limit:
    """So many requests in so many seconds."""

    scope: str
    requests: int
    period_s: int


@dataclass(frozen=True)
class Quota:
    """A limit and what is used of it; it is free again after `ends_in_s` seconds."""

    limit: Limit
    used: int
    ends_in_s: int

    @property
    def remaining(self) -> int:
        """Return how many requests are left."""
        return max(0, self.limit.requests - self.used)

    @property
    def is_exceeded(self) -> bool:
        """Say whether more was sent than is taken."""
        return self.used > self.limit.requests


@dataclass(frozen=True)
class Client:
    """Whose requests are counted together: an account, else an address."""

    user: User | None
    address: str

    def key(self, scope: str) -> str:
        """Return the key of the client's count for a scope."""
        if self.user is not None:
            return f"{scope}:user:{self.user.pk}"
        digest = salted_hmac("quotes.limits", _network(self.address), algorithm="sha256")
        return f"{scope}:address:{digest.hexdigest()[:32]}"


def client_of(request: HttpRequest) -> Client:
    """Return whose request it is: the account's, else that of an address, as our proxy tells it."""
    if request.user.is_authenticated:
        return Client(request.user, "")
    address = request.META.get("REMOTE_ADDR", "")
    if settings.REST_FRAMEWORK["NUM_PROXIES"]:  # one, whose word is the last
        address = request.headers.get("X-Forwarded-For", address).rpartition(",")[2].strip()
    return Client(None, address)


def _network(address: str) -> str:
    """Return an IPv4 address as it is, of IPv6 the network, of anything else the words."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), _IPV6_NETWORK_BITS), strict=False))


def parse_rate(rate: str) -> tuple[int, int]:
    """Return the requests and the seconds of a rate such as "600/hour"; ValueError for others."""
    parts = _RATE.fullmatch(rate)
    if parts is None:
        raise ValueError(f"{rate!r} is no rate; write one like 600/hour, with {', '.join(_UNITS)}")
    return int(parts[1]), _UNITS[parts[2]]


# --- limits


class _Rows:
    """The rows of RateLimit, read at most so often; every process reads its own."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._known: Mapping[tuple[str, int | None], tuple[int, int]] = {}
        self._until = 0.0

    def read(self) -> Mapping[tuple[str, int | None], tuple[int, int]]:
        if time.monotonic() >= self._until:
            rows = RateLimit.objects.values_list("scope", "user", "requests", "period_s")
            self._known = {(scope, user): (most, s) for scope, user, most, s in rows}
            self._until = time.monotonic() + ACCESS.limits_known_s
        return self._known


_rows = _Rows()
forget = _rows.forget


def limits_of(user: User | None, scopes: Sequence[str]) -> list[Limit]:
    """Return the limits that hold for an account, None for strangers; scopes without one left out.

    What an operator changes holds everywhere after `ACCESS.limits_known_s`.
    """
    defaults: Mapping[str, str] = settings.RATE_LIMITS
    if not defaults:
        return []
    rows = _rows.read()
    found = []
    for scope in scopes:
        own = rows.get((scope, user.pk)) if user else None
        numbers = own or rows.get((scope, None))
        if numbers is None and scope in defaults:
            numbers = parse_rate(defaults[scope])
        if numbers:
            found.append(Limit(scope, *numbers))
    return found


# --- counts


def spend(client: Client, scopes: Sequence[str], *, now: float | None = None) -> list[Quota]:
    """Count a request for each scope that has a limit; return what is used, this one included.

    Where SQLite's writer keeps others waiting, the request is not counted: nobody waits to read
    for the sake of a count. `now`: seconds since 1970.
    """
    limits = limits_of(client.user, scopes)
    if not limits:
        return []
    now = time.time() if now is None else now
    try:
        counts = _add({client.key(limit.scope): limit.period_s for limit in limits}, now)
    except OperationalError as error:
        if connection.vendor != "sqlite" or connection.in_atomic_block:
            raise
        logger.warning("not counted, the database is being written: %s", error)
        return [Quota(limit, 0, limit.period_s) for limit in limits]
    _sweep.now_and_then(now)
    return [_quota(limit, counts[client.key(limit.scope)], now) for limit in limits]


def exceeded(quotas: Sequence[Quota]) -> Quota | None:
    """Return the exceeded quota that takes longest to be free again."""
    return max((q for q in quotas if q.is_exceeded), key=lambda q: q.ends_in_s, default=None)


def used(client: Client, scopes: Sequence[str], *, now: float | None = None) -> list[Quota]:
    """Return what is used of the limits of these scopes; counts nothing."""
    limits = limits_of(client.user, scopes)
    now = time.time() if now is None else now
    keys = [client.key(limit.scope) for limit in limits]
    rows = RequestCount.objects.filter(key__in=keys).values_list("key", "since", "used")
    counts = {key: (since, number) for key, since, number in rows}
    return [_quota(limit, counts.get(client.key(limit.scope)), now) for limit in limits]


def _quota(limit: Limit, count: tuple[float, int] | None, now: float) -> Quota:
    if count is None or count[0] + limit.period_s <= now:
        return Quota(limit, 0, limit.period_s)
    since, number = count
    return Quota(limit, number, max(1, math.ceil(since + limit.period_s - now)))


def _add(periods: Mapping[str, int], now: float) -> dict[str, tuple[float, int]]:
    """Add one to each key's count in one statement; return key -> (beginning, count)."""
    # In one order, so that two statements never wait for each other's rows.
    values = [part for key in sorted(periods) for part in (key, now, periods[key])]
    statement = _ADD.format(rows=", ".join(["(%s, %s, %s, 1)"] * len(periods)))
    with _impatient(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {key: (since, number) for key, since, number in cursor.fetchall()}


@contextmanager
def _impatient() -> Iterator[None]:
    """Let SQLite wait for another writer a moment only."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    usual_s = connection.settings_dict["OPTIONS"].get("timeout", 5)
    connection.connection.execute(f"PRAGMA busy_timeout = {ACCESS.count_wait_ms}")
    try:
        yield
    finally:
        connection.connection.execute(f"PRAGMA busy_timeout = {int(usual_s * 1000)}")


class _Sweep:
    """Removes counts whose time is over, now and then."""

    def __init__(self) -> None:
        self._next = 0.0

    def now_and_then(self, now: float) -> None:
        is_due = 0 < self._next <= now
        if is_due or not self._next:  # a process that has just started has other things to do
            self._next = now + ACCESS.counts_swept_every_s
        if is_due:
            try:
                RequestCount.objects.filter(since__lt=now - F("period_s")).delete()
            except OperationalError as error:  # the next time then
                logger.warning("counts not swept: %s", error)


_sweep = _Sweep()
