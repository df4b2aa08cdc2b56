"""/api/v1/exports/: bulk exports of an account, from the asking to the download."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import JsonResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import exceptions, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api.errors import MEDIA_TYPE, document
from api.filters import check_known
from api.permissions import require_account
from api.resources import Kept, ordering
from api.saved_search_views import QueryField
from api.serializers import absolute
from api.strict import StrictSerializer
from quotes import downloads, exports, limits
from quotes.downloads import Download
from quotes.export_files import BASES, NAMES
from quotes.locks import BusyError
from quotes.models import Export
from quotes.refusals import InputError
from quotes.selections import SelectionError

RETRY_S = 5
_ORDERS = {"-created_at": ("-created_at", "-id"), "created_at": ("created_at", "id")}
_EXAMPLE = {"format": "csv.gz", "query": {"kind": ["direct", "mixed"], "reviewed": ["true"]}}
_FILE_TYPES = sorted({*exports.PACKED_TYPES.values(), *(one.media_type for one in BASES.values())})
_FILE = {(code, name): OpenApiTypes.BINARY for code in (200, 206) for name in _FILE_TYPES}
_RANGE = OpenApiParameter(
    "Range",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="bytes=1000- gives the file from its byte 1000 on: 206.",
)


class NotYet(exceptions.APIException):
    """The export has no file yet, or never will; `remedy` says what would help."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "not_finished"

    def __init__(self, detail: str, remedy: str, *, wait_s: int | None = None) -> None:
        super().__init__(detail)
        self.remedy = remedy
        if wait_s is not None:
            self.wait = wait_s


class Gone(exceptions.APIException):
    """The export's file was deleted when its time was over."""

    status_code = status.HTTP_410_GONE
    default_code = "expired"
    remedy = "ask for the export again"


class TooManyExports(exceptions.APIException):
    """The account has as many exports as it may have."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "too_many_exports"

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.remedy = remedy


class ExportSerializer(serializers.ModelSerializer[Export]):
    """An export: what was asked, how far it is, and where its file is."""

    url = serializers.SerializerMethodField(help_text="this export in the API")
    format = serializers.ChoiceField(NAMES, help_text="gz and zip: packed so")
    query = QueryField(read_only=True)
    counts = serializers.DictField(
        child=serializers.DictField(child=serializers.IntegerField()),
        help_text="rows by kind, review and run, as far as it is",
    )
    rows = serializers.IntegerField(help_text="written so far")
    size_bytes = serializers.IntegerField(help_text="of the file, as far as it is")
    download = serializers.SerializerMethodField(help_text="its file; null if there is none")
    manifest = serializers.SerializerMethodField(help_text="what is in it; null before the end")

    class Meta:
        model = Export
        fields = (
            "uid", "url", "format", "query", "schema_version", "state", "rows", "size_bytes",
            "sha256", "counts", "problem", "download", "manifest", "created_at", "started_at",
            "finished_at", "expires_at",
        )  # fmt: skip

    def get_url(self, export: Export) -> str:
        """Return the address of the export in the API."""
        return _address("export-detail", export)

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_download(self, export: Export) -> str | None:
        """Return the address of the file."""
        return _address("export-download", export) if exports.is_there(export) else None

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_manifest(self, export: Export) -> str | None:
        """Return the address of the manifest."""
        is_done = export.state == Export.State.FINISHED
        return _address("export-manifest", export) if is_done else None


def _address(name: str, export: Export) -> str:
    return absolute(reverse(f"api:{name}", args=[export.uid]))


class ExportInput(StrictSerializer):
    """What is to be exported."""

    format = serializers.ChoiceField(NAMES, help_text="docs/formats.md")
    query = QueryField(
        required=False, help_text="parameters of the list of quotations, each with its values"
    )


@extend_schema_view(
    list=extend_schema(
        summary="Exports",
        description="The account's own, finished ones until they expire.",
        parameters=[ordering(list(_ORDERS))],
    ),
    retrieve=extend_schema(
        summary="An export", description="How far it is, and where its file is."
    ),
)
class ExportViewSet(Kept):
    """Bulk exports of an account."""

    throttle_scope = limits.EXPORT
    lookup_value_regex = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    queryset = Export.objects.none()
    serializer_class = ExportSerializer
    detail_serializer_class = ExportSerializer
    orderings = _ORDERS

    def own(self, account: User) -> QuerySet[Export]:
        """Return the exports of `account`."""
        return exports.of(account)

    @extend_schema(
        summary="Export",
        description="Has all that a query selects written to a file, in the background: 202 with "
        "the address where its progress is told. `articles` gives articles with their texts, as "
        "`manage.py ingest` reads them back, and takes only outlet, article, byline, "
        "published_from and published_to.",
        request=ExportInput,
        responses={202: ExportSerializer},
        examples=[OpenApiExample("Reviewed quotations", _EXAMPLE, request_only=True)],
    )
    def create(self, request: Request) -> Response:
        """Ask for an export."""
        posted = ExportInput(data=request.data)
        posted.is_valid(raise_exception=True)
        owner = require_account(request, "an export belongs to an account")
        given = posted.validated_data
        try:
            export = exports.create(given["format"], given.get("query") or {}, owner=owner)
        except exports.LimitError as error:
            raise TooManyExports(error.problem, error.remedy) from error
        except SelectionError as error:
            wrong = {"query": {error.parameter: [error.message]}}
            raise exceptions.ValidationError(wrong) from error
        except InputError as error:
            raise exceptions.ValidationError([str(error)]) from error
        exports.launch(export)
        return self._shown(export, status.HTTP_202_ACCEPTED)

    @extend_schema(
        summary="Cancel an export",
        description="One that waits ends at once, one that runs within a batch of rows; one that "
        "has ended stays as it is.",
        request=None,
        responses={202: ExportSerializer},
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, uid: Any) -> Response:  # noqa: ARG002  in the path
        """Cancel an export."""
        return self._shown(exports.cancel(self.get_object()), status.HTTP_202_ACCEPTED)

    @extend_schema(
        summary="Delete an export",
        description="Its file goes with it. One that runs is cancelled: ask again then.",
        request=None,
        responses={204: None},
    )
    def destroy(self, request: Request, uid: Any) -> Response:  # noqa: ARG002
        """Delete an export."""
        try:
            exports.delete(self.get_object())
        except BusyError as error:
            raise NotYet(str(error), "ask again in a few seconds", wait_s=RETRY_S) from error
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="Download an export",
        description="The file, with its SHA-256 as its ETag. A download that broke off goes on "
        "with `Range` (curl -C -).",
        parameters=[_RANGE],
        responses=_FILE,
    )
    @action(detail=True)
    def download(self, request: Request, uid: Any) -> HttpResponseBase:  # noqa: ARG002
        """Return the file."""
        check_known(request, set())
        export = self._finished()
        name = exports.plan_of(export).file_name
        file = Download(exports.path_of(export), exports.media_type_of(export), name, export.sha256)
        try:
            sent = downloads.respond(request._request, file)  # noqa: SLF001  Django's own
        except FileNotFoundError as error:
            raise Gone("the file has been deleted") from error
        if sent.status_code == status.HTTP_416_REQUESTED_RANGE_NOT_SATISFIABLE:
            problem = document(sent.status_code, "the file is not that long", request.path)
            problem["remedy"] = f"ask for less than its {export.size_bytes} bytes"
            known = {name: sent.headers[name] for name in ("Content-Range", "ETag")}
            return JsonResponse(
                problem, status=sent.status_code, content_type=MEDIA_TYPE, headers=known
            )
        return sent

    @extend_schema(
        summary="The manifest of an export",
        description="What the file holds: schema version, query, rows, SHA-256, counts, terms.",
        responses=OpenApiTypes.OBJECT,
    )
    @action(detail=True)
    def manifest(self, request: Request, uid: Any) -> Response:  # noqa: ARG002
        """Return the manifest."""
        check_known(request, {"format"})
        return Response(exports.manifest(self._finished()))

    def _finished(self) -> Export:
        """Return the export; NotYet if it has no file and never had."""
        export: Export = self.get_object()
        if export.state in exports.OPEN:
            problem = f"the export is {export.get_state_display().lower()}"
            raise NotYet(problem, f"ask again in {RETRY_S} seconds", wait_s=RETRY_S)
        if export.state != Export.State.FINISHED:
            problem = f"the export is {export.get_state_display().lower()}: {export.problem}"
            raise NotYet(problem.rstrip(": "), "ask for it again")
        return export

    def _shown(self, export: Export, code: int) -> Response:
        shown = ExportSerializer(export).data
        return Response(shown, status=code, headers={"Location": shown["url"]})
