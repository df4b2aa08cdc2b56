"""/api/v1/jobs/: imports, exports and runs of the extractor, in one list and one form."""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from api import fields
from api import job_serializers as serializers
from api.filters import Filters
from api.paging import MergedPages
from api.permissions import has_scope, require_account
from api.resources import ReadOnly, ordering
from quotes import job_lists
from quotes.job_lists import Account, Kind, Wanted
from quotes.job_reports import Standing
from quotes.models import Import
from quotes.tokens import Scope

_ORDERS = {"-created_at": ("-created_at", "-uid"), "created_at": ("created_at", "uid")}
_WHOSE = (
    "Imports and runs are told to whoever may read, exports to the account that asked for them; "
    "operators are told of all."
)


class JobFilters(filters.FilterSet):  # type: ignore[misc]  # untyped library
    """What a list of jobs is narrowed by; job_lists.several does it."""

    kind = filters.ChoiceFilter(
        choices=[(kind.value, kind.value) for kind in Kind], help_text="What they are."
    )
    state = filters.ChoiceFilter(
        choices=[(one.value, one.value) for one in Standing],
        help_text="How they stand now; `interrupted`: nobody works at one that was to run on.",
    )
    created_from = filters.IsoDateTimeFilter(
        help_text="Begun since: ISO 8601, such as 2026-03-04T08:00:00Z."
    )
    created_to = filters.IsoDateTimeFilter(
        help_text="Begun until: ISO 8601, such as 2026-03-04T08:00:00Z."
    )
    mine = filters.ChoiceFilter(
        choices=[("true", "true")], help_text="`true`: only what this account began."
    )

    class Meta:
        model = Import
        fields: list[str] = []


class _Narrowed(Filters):
    """Takes the jobs that the filters want from each table."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> Any:
        """Return the rows of each kind that pass; ValidationError for a value that cannot be."""
        asked = self.checked(request, queryset, view).form.cleaned_data
        if asked["mine"]:
            require_account(request, "what an account began is told to that account")
        wanted = Wanted(
            Kind(asked["kind"]) if asked["kind"] else None,
            Standing(asked["state"]) if asked["state"] else None,
            asked["created_from"],
            asked["created_to"],
            bool(asked["mine"]),
        )
        return job_lists.several(_reader(request), wanted)


def _reader(request: Request) -> Account:
    """Return who reads; nobody, for a token that may not read what is not public."""
    return request.user if has_scope(request, Scope.READ) else AnonymousUser()


@extend_schema_view(
    list=extend_schema(
        summary="Jobs",
        description=f"Imports, exports and runs that read stored articles again, the newest "
        f"first. {_WHOSE}",
        parameters=[ordering(list(_ORDERS)), *fields.parameters({}, serializers.JobSerializer)],
    ),
    retrieve=extend_schema(
        summary="A job",
        description="An import, an export or a run of the extractor, by its uid, in one form for "
        f"all: state, progress, counts, time left. {_WHOSE}",
        parameters=fields.parameters({}, serializers.JobSerializer),
    ),
)
class JobViewSet(ReadOnly):
    """How imports, exports and runs of the extractor stand."""

    lookup_field = "uid"
    lookup_value_regex = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    queryset = Import.objects.none()
    serializer_class = serializers.JobSerializer
    detail_serializer_class = serializers.JobSerializer
    filter_backends = (_Narrowed,)
    filterset_class = JobFilters
    pagination_class = MergedPages
    orderings = _ORDERS

    def loaded(self, rows: Any) -> Any:
        """Return the rows as they are: nothing of a job can be expanded."""
        return rows

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        """Return the jobs of a page, in their one form."""
        return serializers.shown_all(
            super().paginate_queryset(queryset) or [], _reader(self.request)
        )

    def get_object(self) -> dict[str, Any]:
        """Return a job in the form of all; NotFound where there is none, or not for this reader."""
        uid = UUID(self.kwargs["uid"])
        found = job_lists.one(uid, _reader(self.request))
        if found is None:
            raise exceptions.NotFound(f"no import, export or run has the uid {uid}")
        return serializers.shown(found, _reader(self.request))

    def finalize_response(self, request: Any, response: Response, *args: Any, **kwargs: Any) -> Any:
        """Return the response, to be asked for anew each time: a job moves while one looks."""
        response.headers.setdefault("Cache-Control", "no-store")
        return super().finalize_response(request, response, *args, **kwargs)
