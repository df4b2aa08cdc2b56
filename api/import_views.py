"""/api/v1/imports/: begun, looked at, cancelled, gone on with."""

from typing import Any, cast
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import QueryDict
from django_filters import rest_framework as filters
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_view,
)
from rest_framework import exceptions, status
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api import fields
from api import import_serializers as serializers
from api.filters import PAGING, Filters, check_known
from api.idempotency import PARAMETER, once
from api.permissions import MayImport
from api.resources import ReadOnly, ordering
from api.serializers import absolute
from quotes import job_lists, job_uploads, jobs
from quotes.job_reports import Standing
from quotes.jobs import JobError
from quotes.models import Import, ImportItem
from quotes.refusals import InputError

_ORDERS = {"-created_at": ("-created_at", "-id"), "created_at": ("created_at", "id")}
_ITEM_ORDERS = {"number": ("number", "id"), "-number": ("-number", "-id")}
_OPTIONS = ("outlet", "language", "encoding", "media_type", "mend_mojibake")
_EXAMPLE = {"urls": ["https://example.org/news/rail-tax.html"], "outlet": "The Daily Wire"}


class NotNow(exceptions.APIException):
    """What was asked of a job is not possible as it stands."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class ImportFilters(filters.FilterSet):  # type: ignore[misc]  # untyped library
    """Filters of imports."""

    state = filters.ChoiceFilter(
        choices=[(one.value, one.value) for one in Standing],
        method="standing",
        help_text="How they stand now; `interrupted`: nobody works at one that was to run on.",
    )
    kind = filters.ChoiceFilter(choices=Import.Kind.choices, help_text="What was read.")

    class Meta:
        model = Import
        fields: list[str] = []

    def standing(self, rows: QuerySet[Import], _: str, value: str) -> QuerySet[Import]:
        """Keep imports that stand so."""
        return job_lists.of_standing(rows, Standing(value))


@extend_schema_view(
    list=extend_schema(
        summary="Imports",
        description="All imports, however they were begun, the newest first. `seconds_left` is "
        "told of a single import only.",
        parameters=[ordering(list(_ORDERS)), *fields.parameters({}, serializers.ImportSerializer)],
    ),
    retrieve=extend_schema(
        summary="An import",
        description="How far it is, and what became of its items.",
        parameters=fields.parameters({}, serializers.ImportSerializer),
    ),
)
class ImportViewSet(ReadOnly):
    """Imports: what they read, how far they are, what was refused."""

    permission_classes = (MayImport,)
    parser_classes = (JSONParser, MultiPartParser)
    lookup_field = "uid"
    lookup_value_converter = "uuid"
    queryset = Import.objects.none()
    serializer_class = serializers.ImportSerializer
    detail_serializer_class = serializers.ImportSerializer
    filter_backends = (Filters,)
    filterset_class = ImportFilters
    orderings = _ORDERS

    def get_queryset(self) -> QuerySet[Any]:
        """Return all imports: who may read at all may read of each."""
        return Import.objects.select_related("run")

    def paginate_queryset(self, queryset: Any) -> list[Any] | None:
        """Return the rows of a page; of imports, with how far each is."""
        rows = list(super().paginate_queryset(queryset) or [])
        if rows and isinstance(rows[0], Import):
            serializers.with_progress(rows)
        return rows

    @extend_schema(
        summary="Begin an import",
        description="Takes web addresses as JSON, or files as `multipart/form-data` (a field "
        "`files` for each). Answers at once, with 202 and the import that was begun; its progress "
        "is at the address in `Location`. What is stored already is not stored twice. Send an "
        "`Idempotency-Key` so that a request whose answer was lost can be sent again: it begins no "
        "second import.",
        parameters=[PARAMETER],
        request={
            "application/json": serializers.NewImportSerializer,
            "multipart/form-data": serializers.NewUploadSerializer,
        },
        responses={202: serializers.ImportSerializer},
        examples=[
            OpenApiExample("Addresses", _EXAMPLE, request_only=True, media_type="application/json")
        ],
    )
    def create(self, request: Request) -> Response:
        """Begin an import."""
        return once(request, cast("User", request.user), lambda: self._begun(request))

    def _begun(self, request: Request) -> Response:
        is_form = isinstance(request.data, QueryDict)  # a form without files lacks them
        job = self._of_files(request) if is_form else self._of_addresses(request)
        jobs.launch(job)
        location = {"Location": absolute(reverse("api:import-detail", args=[job.uid]))}
        return self._shown(job, status.HTTP_202_ACCEPTED, location)

    def _of_addresses(self, request: Request) -> Import:
        posted = serializers.NewImportSerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        given = posted.validated_data
        options = _options(given)
        return jobs.create(Import.Kind.API, given["urls"], by=request.user, options=options)

    def _of_files(self, request: Request) -> Import:
        posted = serializers.NewUploadSerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        given = posted.validated_data
        files = given["files"]
        try:
            with job_uploads.as_one(files) as upload:
                names = [job_uploads.safe_name(file.name or "") for file in files]
                options = {**_options(given), "uploaded": True}
                return jobs.create(
                    Import.Kind.API, names, by=request.user, options=options, upload=upload
                )
        except InputError as error:
            raise exceptions.ValidationError({"files": [str(error)]}) from error

    def _shown(
        self, job: Import, code: int = status.HTTP_200_OK, headers: dict[str, str] | None = None
    ) -> Response:
        shown = serializers.ImportSerializer(job, context=self.get_serializer_context())
        return Response(shown.data, status=code, headers=headers)

    @extend_schema(
        summary="What became of its items",
        description="Each item that was stored or refused, with the reason and what would help. "
        "What was stored already is counted in the import, not listed.",
        parameters=[
            OpenApiParameter(
                "outcome", str, enum=list(ImportItem.Outcome.values), description="Only these."
            ),
            ordering(list(_ITEM_ORDERS)),
        ],
        responses=serializers.ImportItemSerializer(many=True),
    )
    @action(
        detail=True,
        serializer_class=serializers.ImportItemSerializer,
        detail_serializer_class=serializers.ImportItemSerializer,
        orderings=_ITEM_ORDERS,
        filter_backends=(),
    )
    def items(self, request: Request, uid: UUID) -> Response:  # noqa: ARG002  in the path
        """List the items that stored something or were refused."""
        check_known(request, {"outcome", *PAGING})
        rows = self.get_object().items.select_related("version__article").defer("version__text")
        if outcome := request.query_params.get("outcome"):
            if outcome not in ImportItem.Outcome.values:
                known = ", ".join(ImportItem.Outcome.values)
                raise exceptions.ValidationError({"outcome": [f"{outcome!r} is none of {known}"]})
            rows = rows.filter(outcome=outcome)
        page = self.paginate_queryset(rows) or []
        context = self.get_serializer_context()
        shown = serializers.ImportItemSerializer(page, many=True, context=context)
        return self.get_paginated_response(shown.data)

    @extend_schema(
        summary="Cancel an import",
        description="It stops after the article that it is at; what is stored stays, and it can "
        "be gone on with. One that has ended stays as it is.",
        request=None,
        responses=serializers.ImportSerializer,
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, uid: UUID) -> Response:  # noqa: ARG002
        """Cancel an import."""
        job: Import = self.get_object()
        jobs.cancel(job)
        return self._shown(job)

    @extend_schema(
        summary="Go on with an import",
        description="One that was cancelled, failed or was interrupted goes on behind the last "
        "item that is settled: nothing is stored or counted twice. 409 if it is finished.",
        request=None,
        responses={202: serializers.ImportSerializer},
    )
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, uid: UUID) -> Response:  # noqa: ARG002
        """Go on with an import."""
        job: Import = self.get_object()
        try:
            jobs.resume(job)
        except JobError as error:
            raise NotNow(str(error)) from error
        return self._shown(job, status.HTTP_202_ACCEPTED)


def _options(given: dict[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in _OPTIONS if given.get(name)}
