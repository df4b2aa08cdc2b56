"""Host names -> connections to public addresses only. No Django, no HTTP.

A name is resolved once, and the connection goes to the very addresses that were checked: a name
that points elsewhere a moment later (DNS rebinding) gains nothing. TLS still checks the name.
Source: docs/decisions/0023-fetching.md.
"""

import queue
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)
from typing import Any

import httpcore2

from quotes.refusals import InputError

Resolver = Callable[[str, int], Sequence[str]]

_UNICAST_6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
# Public by the registry, but what answers there is the machine's own cloud platform or relay.
_PLATFORM = (IPv4Network("168.63.129.16/32"), IPv4Network("192.88.99.0/24"))
_REMEDY = "give an address on the public web, or have the operator allow its host"


class RefusedAddressError(InputError):
    """A host that may not be connected to: it is not public, or not found."""


def is_public(address: str) -> bool:
    """Say whether the IP `address` is one of the public internet's, by itself and as it is routed.

    An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4) counts as itself. False for anything
    that is no IP address.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return _is_public_4(found) if isinstance(found, IPv4Address) else _is_public_6(found)


def _is_public_4(address: IPv4Address) -> bool:
    platform = any(address in network for network in _PLATFORM)
    return address.is_global and not address.is_multicast and not platform


def _is_public_6(address: IPv6Address) -> bool:
    if address.ipv4_mapped is not None:
        return _is_public_4(address.ipv4_mapped)
    if address in _NAT64:
        return _is_public_4(IPv4Address(int(address) & 0xFFFF_FFFF))
    if address.sixtofour is not None:
        return _is_public_4(address.sixtofour)
    return address in _UNICAST_6 and address.is_global and not address.is_multicast


def system_resolver(host: str, port: int) -> list[str]:
    """Return the IP addresses of `host` as the system finds them; OSError if it finds none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def resolve(host: str, port: int, *, timeout_s: float, resolver: Resolver) -> list[str]:
    """Return what `resolver` says of `host`, waiting `timeout_s` seconds at most.

    Raises RefusedAddressError if the host is not found in that time.
    """
    answers: queue.Queue[list[str] | Exception] = queue.Queue()

    def ask() -> None:
        try:
            answers.put(list(resolver(host, port)))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    # The system's resolver has no time limit of its own: it is left to end by itself.
    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=max(timeout_s, 0.0))
    except queue.Empty:
        problem = f"has a host ({host!r}) that is not found in time"
        raise RefusedAddressError(problem, "try again later") from None
    if isinstance(answer, Exception) or not answer:
        problem = f"has a host ({host!r}) that is not found"
        raise RefusedAddressError(problem, "check the address for typing errors")
    return answer


def check_public(host: str, addresses: Iterable[str]) -> None:
    """Raise RefusedAddressError unless every one of `addresses`, those of `host`, is public."""
    for address in addresses:
        if not is_public(address):
            named = "the host" if address == host else f"a host ({host!r}) that leads to"
            raise RefusedAddressError(f"has {named} {address}, which is not public", _REMEDY)


class PublicBackend(httpcore2.NetworkBackend):
    """Connects to public hosts, and to those of `allowed` (names in lower case), until `deadline`.

    `deadline` is of `time.monotonic`. Raises RefusedAddressError for other hosts; a connection
    that outlives the deadline times out, however steadily it drips.
    """

    def __init__(
        self, *, deadline: float, allowed: Collection[str] = (), resolver: Resolver
    ) -> None:
        self._deadline = deadline
        self._allowed = frozenset(allowed)
        self._resolver = resolver
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Return a connection to one of the checked addresses of `host`."""
        left = _left(self._deadline, timeout, httpcore2.ConnectTimeout)
        addresses = resolve(host, port, timeout_s=left, resolver=self._resolver)
        if host.lower() not in self._allowed:
            check_public(host, addresses)
        failure: Exception | None = None
        for address in addresses:
            left = _left(self._deadline, timeout, httpcore2.ConnectTimeout)
            try:
                stream = self._sockets.connect_tcp(
                    address, port, left, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _BoundedStream(stream, self._deadline)
        raise failure or httpcore2.ConnectError("no address")

    def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore2.NetworkStream:
        """Refuse: nothing on this machine is fetched."""
        raise RefusedAddressError("is a socket of this machine", _REMEDY)


class _BoundedStream(httpcore2.NetworkStream):
    """A connection whose every operation ends by a deadline."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = _left(self._deadline, timeout, httpcore2.ReadTimeout)
        return self._stream.read(max_bytes, left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = _left(self._deadline, timeout, httpcore2.ConnectTimeout)
        secured = self._stream.start_tls(ssl_context, server_hostname, left)
        return _BoundedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout_s: float | None, late: type[Exception]) -> float:
    """Return the seconds that an operation may take; raise `late` if there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise late("the time for the whole exchange is over")
    return left if timeout_s is None else min(left, timeout_s)
