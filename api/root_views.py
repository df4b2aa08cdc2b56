"""Where the API begins: /api/ leads to what describes it, /api/v1/ to what it has."""

from collections.abc import Mapping
from typing import ClassVar

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.serializers import absolute

# What describes the API, and its only version, by what they are called.
_BEGINNINGS = {
    "documentation": "api-docs",
    "schema": "api-schema",
    "problems": "api-problems",
    "v1": "api:root",
}
_ADDRESSES = {"type": "object", "additionalProperties": {"type": "string", "format": "uri"}}


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """Lead people to the documentation; name it, the schema and the versions to programs."""
    # One who takes anything, such as curl, is a program: the first of those preferred alike.
    types = ["application/json", "text/html"]
    if request.get_preferred_type(types) == "text/html":
        answer: HttpResponse = redirect("api-docs")
    else:
        named = {name: absolute(reverse(view)) for name, view in _BEGINNINGS.items()}
        answer = JsonResponse(named)
    patch_vary_headers(answer, ("Accept",))
    return answer


class ResourcesView(APIView):
    """The addresses of what the API has, by name; `resources` are the names of their views."""

    permission_classes = (AllowAny,)
    resources: ClassVar[Mapping[str, str]] = {}

    @extend_schema(
        summary="What there is",
        description="Names each resource with its address. What belongs to accounts, and what "
        "takes only POST (`check`, `extract`), is named to everybody.",
        tags=["root"],
        operation_id="root_retrieve",
        responses={200: _ADDRESSES},
    )
    def get(self, _request: Request) -> Response:
        """Return name -> address."""
        named = self.resources.items()
        return Response({name: absolute(reverse(f"api:{view}")) for name, view in named})
