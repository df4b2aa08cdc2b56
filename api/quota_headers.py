"""What is left of a client's limits, on every answer of the API.

The headers are those of draft-ietf-httpapi-ratelimit-headers. Apart from api/throttling.py, which
DRF's views import.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse

from api import errors
from api.throttling import TooMany, client_of, spend
from quotes import limits
from quotes.limits import Quota, exceeded

API = "/api/"


class RateLimitHeaders:
    """Middleware: what is left, on every answer of the API.

    What no view has counted (a token that is none, an address that is none) is counted here, and
    answered 429 where it is too much: guessing is limited too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the answer with its headers."""
        response = self.get_response(request)
        if not request.path_info.startswith(API):
            return response
        quotas: list[Quota] | None = getattr(request, "quotas", None)
        if quotas is None:
            client = client_of(request)
            quotas = spend(request, client, [limits.USER if client.user else limits.ANON])
            if over := exceeded(quotas):
                response = _too_many(request, over)
        if quotas:
            response["RateLimit-Policy"] = ", ".join(
                f'"{q.limit.scope}";q={q.limit.requests};w={q.limit.period_s}' for q in quotas
            )
            response["RateLimit"] = ", ".join(
                f'"{q.limit.scope}";r={q.remaining};t={q.ends_in_s}' for q in quotas
            )
        return response


def _too_many(request: HttpRequest, quota: Quota) -> HttpResponse:
    error = TooMany(quota)
    problem = errors.document(error.status_code, str(error.detail), request.path)
    problem["remedy"] = error.remedy
    return JsonResponse(
        problem,
        status=error.status_code,
        content_type=errors.MEDIA_TYPE,
        headers={"Retry-After": str(quota.ends_in_s)},
    )
