"""One bounded exchange over HTTP with a public host. No Django, no robots.txt: see fetching.py.

Nothing is taken from the environment (proxies, .netrc), no cookie is kept, no credentials are sent.
"""

import ssl
import time
from collections.abc import Callable, Collection
from functools import cache
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import urljoin

import httpcore2
import httpx2

from quotes.network import PublicBackend, Resolver, check_public, system_resolver
from quotes.params import FETCHING, FetchParams
from quotes.refusals import InputError

_REDIRECTS = {301, 302, 303, 307, 308}
_SCHEMES = {"http": 80, "https": 443}
# Web servers' usual ports: others are other services, which read a request as commands.
_PORTS = {80, 443, 8000, 8008, 8080, 8443, 8888}
_ENCODINGS = {"", "identity", "gzip", "x-gzip", "deflate"}
_ADDRESS_CHARS = 2000


class FetchError(InputError):
    """An address could not be fetched, or may not be.

    `status` is the host's answer (None if it gave none), `retry_after_s` the seconds for which
    it asks to be left alone, `is_lasting` says that trying again would change nothing.
    """

    def __init__(
        self,
        problem: str,
        remedy: str,
        *,
        status: int | None = None,
        retry_after_s: float | None = None,
        is_lasting: bool = False,
    ) -> None:
        super().__init__(problem, remedy)
        self.status, self.retry_after_s, self.is_lasting = status, retry_after_s, is_lasting


class Hosts(NamedTuple):
    """Whom to ask for the addresses of hosts, which may be private, and whose certificates hold."""

    allowed: Collection[str] = ()
    resolver: Resolver = system_resolver
    certificates: ssl.SSLContext | None = None


class Request(NamedTuple):
    """What is asked of a host: GET, or POST with a body."""

    headers: dict[str, str]
    method: str = "GET"
    body: bytes = b""


class Answer(NamedTuple):
    """What a host answered: status, headers (names in lower case), body as it is without coding."""

    address: str
    status: int
    headers: dict[str, str]
    body: bytes


def checked_address(address: str, *, allowed: Collection[str] = ()) -> httpx2.URL:
    """Return `address` as one that may be asked for, as far as can be told without asking.

    Raises FetchError for other schemes than http and https, credentials, odd ports, and IP
    addresses that are not public. A host of `allowed` may be any, at any port.
    """
    if not 0 < len(address) <= _ADDRESS_CHARS or not address.isprintable():
        problem = f"is no web address of at most {_ADDRESS_CHARS} printable characters"
        raise FetchError(problem, "give http:// or https:// and the host", is_lasting=True)
    try:
        url = httpx2.URL(address)
    except (httpx2.InvalidURL, ValueError) as error:
        remedy = "give http:// or https://, the host and the path"
        raise FetchError(f"is no web address ({error})", remedy, is_lasting=True) from error
    if url.scheme not in _SCHEMES or not url.host:
        remedy = "give http:// or https:// and the host"
        raise FetchError("is no web address", remedy, is_lasting=True)
    if url.userinfo:
        remedy = "leave out what stands before the @: no credentials are sent"
        raise FetchError("has credentials in it", remedy, is_lasting=True)
    if url.host.lower() not in allowed:
        _check_host(url)
    return url.copy_with(fragment=None)


def _check_host(url: httpx2.URL) -> None:
    if url.port is not None and url.port not in _PORTS:
        remedy = f"use one of {', '.join(map(str, sorted(_PORTS)))}"
        raise FetchError(
            f"names port {url.port}, which is no web server's", remedy, is_lasting=True
        )
    try:
        literal = str(ip_address(url.host))
    except ValueError:
        return
    try:
        check_public(url.host, [literal])
    except InputError as error:
        raise FetchError(error.problem, error.remedy, is_lasting=True) from error


def exchange(
    request: Request,
    address: str,
    *,
    before: Callable[[str], None] | None = None,
    hosts: Hosts = Hosts(),  # noqa: B008  immutable
    params: FetchParams = FETCHING,
) -> Answer:
    """Return what `address` answers after its redirects, which are followed for GET only.

    Each address on the way is checked, and `before` called with it, before it is asked; the time
    that `before` takes does not count. Raises FetchError if there is no answer within the limits
    of `params` on time, bytes and redirects. Any status is an answer.
    """
    left_s = params.total_timeout_s
    for _ in range(params.redirects + 1):
        url = checked_address(address, allowed=hosts.allowed)
        if before is not None:
            before(str(url))
        started = time.monotonic()
        answer = _ask(request, url, started + left_s, hosts, params)
        left_s -= time.monotonic() - started
        target = answer.headers.get("location")
        if request.method != "GET" or answer.status not in _REDIRECTS or not target:
            return answer
        address = urljoin(str(url), target)
    raise FetchError(
        f"redirects more than {params.redirects} times",
        "give the address where it ends",
        is_lasting=True,
    )


def _ask(
    request: Request, url: httpx2.URL, deadline: float, hosts: Hosts, params: FetchParams
) -> Answer:
    backend = PublicBackend(deadline=deadline, allowed=hosts.allowed, resolver=hosts.resolver)
    timeout = httpx2.Timeout(params.read_timeout_s, connect=params.connect_timeout_s)
    transport = _Transport(backend, hosts.certificates or _certificates())
    sent = {**request.headers, "Accept-Encoding": "gzip, deflate"}
    try:
        with (
            httpx2.Client(transport=transport, timeout=timeout, trust_env=False) as client,
            client.stream(
                request.method, url, headers=sent, content=request.body or None
            ) as response,
        ):
            return _answer(response, params)
    except FetchError:
        raise
    except InputError as error:
        raise FetchError(error.problem, error.remedy) from error
    except httpx2.TimeoutException as error:
        remedy = "try again later"
        raise FetchError(f"does not answer in time ({type(error).__name__})", remedy) from error
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        remedy = "check the address in a browser, or try again later"
        problem = f"cannot be fetched ({str(error)[:200] or type(error).__name__})"
        raise FetchError(problem, remedy) from error


def _answer(response: httpx2.Response, params: FetchParams) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    coding = headers.get("content-encoding", "").strip().lower()
    if coding not in _ENCODINGS:
        remedy = "nothing can be done here: it was asked for gzip at most"
        raise FetchError(f"is coded as {coding[:60]!r}, which was not asked for", remedy)
    body = bytearray()
    # Of a redirect only the headers are wanted; of an error, no more than its beginning.
    wanted = response.status_code == HTTPStatus.OK
    for piece in response.iter_bytes():
        body += piece
        if len(body) > params.max_bytes and wanted:
            problem = f"is too large (over {params.max_bytes:,} bytes)"
            raise FetchError(problem, "download it and give it as a file", is_lasting=True)
        if not wanted and len(body) >= params.error_bytes:
            break
    kept = bytes(body) if wanted else bytes(body[: params.error_bytes])
    return Answer(str(response.url), response.status_code, headers, kept)


class _Transport(httpx2.HTTPTransport):
    """httpx2's own transport, over connections that are checked."""

    def __init__(self, backend: PublicBackend, certificates: ssl.SSLContext) -> None:
        super().__init__(verify=certificates, trust_env=False)
        self._pool: Any = httpcore2.ConnectionPool(
            ssl_context=certificates, network_backend=backend, max_keepalive_connections=0
        )


@cache
def _certificates() -> ssl.SSLContext:
    """Return the trusted certificates; read once, as that takes longer than many a fetch."""
    return httpx2.create_ssl_context(trust_env=False)
