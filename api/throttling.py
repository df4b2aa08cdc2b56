"""How many requests a client may send: counted before a view answers, told with every answer.

Counted are all requests of an account, else of an address; those that change something (`write`);
and, where a view names a `throttle_scope` of its own, those of that scope in their place. Every
answer says what is left (api/quota_headers.py). The numbers are quotes/limits.py's.
"""

from collections.abc import Sequence
from typing import Any, cast

from django.contrib.auth.models import User
from django.http import HttpRequest
from rest_framework.exceptions import ErrorDetail, Throttled
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from quotes import limits
from quotes.limits import Client, Quota, exceeded

_OF = {
    limits.ANON: "anonymous clients of one address",
    limits.USER: "one account",
    limits.WRITE: "one account for changing something",
    limits.EXTRACT: "one client for extracting",
    limits.EXPORT: "one account for exporting",
    limits.CITE: "one client for citing in styles",
}


class TooMany(Throttled):
    """More requests than a limit allows; `wait` is in how many seconds there may be more."""

    def __init__(self, quota: Quota) -> None:
        limit = quota.limit
        super().__init__(wait=quota.ends_in_s)
        whose = _OF.get(limit.scope, limit.scope)
        self.detail = ErrorDetail(
            f"{limit.requests} requests in {limit.period_s} seconds are taken of {whose}",
            self.default_code,
        )
        self.remedy = f"wait {quota.ends_in_s} seconds"
        if limit.scope == limits.ANON:
            self.remedy += ", or send a token: accounts have a limit of their own"


class Limits(BaseThrottle):
    """Counts a request for all limits that it falls under."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Return True; raises TooMany where one of the limits is exceeded."""
        client = client_of(request)
        own = getattr(view, "throttle_scope", "")
        changes = request.method not in SAFE_METHODS
        scopes = [limits.USER if client.user else limits.ANON]
        if changes:
            scopes.append(own or limits.WRITE)
        quotas = spend(request._request, client, scopes)  # noqa: SLF001  DRF's way
        if over := exceeded(quotas):
            raise TooMany(over)
        return True


def client_of(request: Request | HttpRequest) -> Client:
    """Return whose request it is: the account's, else that of an address, as our proxy tells it."""
    user = request.user if isinstance(request.user, User) else None
    return Client(user, BaseThrottle().get_ident(cast("Request", request)) or "")


def spend(http: HttpRequest, client: Client, scopes: Sequence[str]) -> list[Quota]:
    """Count a request; return what is used, which is kept with it for its headers."""
    quotas = limits.spend(client, scopes)
    http.quotas = quotas  # type: ignore[attr-defined]
    return quotas
