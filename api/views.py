"""The endpoints of /api/v1/: read what is stored, and extract from a posted text.

Views choose rows and representation; rules are elsewhere. Reads follow the setting PUBLIC_READS.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from threading import Lock
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_view,
)
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from api import serializers
from api.errors import Busy, TextTooLong, Unprocessable
from api.filters import (
    ArticleFilters,
    QuotationFilters,
    SpeakerFilters,
    check_known,
    offered_by,
)
from api.parsing import BoundedJSONParser
from quotes import citations
from quotes.extraction import configured_extractor
from quotes.models import ArticleVersion, Quotation, QuotationSpan, Speaker
from quotes.nlp.document import Span

WAIT_S = 20
CITATIONS: dict[str, tuple[Callable[[citations.CitableQuotation], str], str]] = {
    "text": (citations.plain_text, "text/plain; charset=utf-8"),
    "bibtex": (citations.bibtex, "application/x-bibtex; charset=utf-8"),
    "ris": (citations.ris, "application/x-research-info-systems; charset=utf-8"),
    "csl": (citations.csl_json, "application/vnd.citationstyles.csl+json"),
}
# CSL-JSON is JSON, everything else text.
_CITATION_RESPONSES: dict[tuple[int, str], Any] = {
    (200, media_type.split(";")[0]): {"type": "array", "items": {"type": "object"}}
    if style == "csl"
    else str
    for style, (_, media_type) in CITATIONS.items()
}
# A NULL has no place in a cursor: articles without a date come last, as the oldest.
_DATED = Coalesce("version__published_on", Value(date.min))
_ARTICLE_DATED = Coalesce("published_on", Value(date.min))


class MayRead(BasePermission):
    """Everybody if reads are public, else whoever is signed in."""

    message = "this tracker is private"

    def has_permission(self, request: Request, view: Any) -> bool:  # noqa: ARG002
        """Say whether the request may read."""
        return settings.PUBLIC_READS or bool(request.user and request.user.is_authenticated)


class ReadOnly(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]):
    """A list and its items; `detail_serializer_class` represents an item."""

    permission_classes = (MayRead,)
    detail_serializer_class: type[Any]
    filterset_class: type[Any]
    orderings: Mapping[str, tuple[str, ...]]

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the rows that pass the filters; an unknown parameter is an error."""
        check_known(request, offered_by(self.filterset_class))
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one item; it takes no parameters."""
        check_known(request, {"format"})
        return super().retrieve(request, *args, **kwargs)

    def get_serializer_class(self) -> type[Any]:
        """Return the serializer of a list's row or of one item."""
        return self.detail_serializer_class if self.detail else self.serializer_class  # type: ignore[return-value]


def ordering(orderings: Sequence[str]) -> OpenApiParameter:
    """Return the documented parameter `ordering` of a list."""
    return OpenApiParameter(
        "ordering", OpenApiTypes.STR, enum=list(orderings), default=orderings[0],
        description="A leading minus is descending.",
    )  # fmt: skip


_QUOTATION_ORDERS = {
    "-published_on": ("-dated", "-id"),
    "published_on": ("dated", "id"),
    "-updated_at": ("-updated_at", "-id"),
    "updated_at": ("updated_at", "id"),
    "-confidence": ("-confidence", "-id"),
    "confidence": ("confidence", "id"),
}


@extend_schema_view(
    list=extend_schema(
        summary="Quotations",
        description="Current quotations of current article versions; speech, unless `act` says "
        "otherwise. Runnable: `curl 'http://127.0.0.1:8000/api/v1/quotations/?q=wall'`.",
        parameters=[ordering(list(_QUOTATION_ORDERS))],
    ),
    retrieve=extend_schema(
        summary="A quotation",
        description="One quotation with its spans, the evidence for its speaker and the run that "
        "found it. A quotation that is no longer found says so in `status`.",
    ),
)
class QuotationViewSet(ReadOnly):
    """Quotations, with citation, annotation and verification of each."""

    lookup_field = "uid"
    queryset = Quotation.objects.none()
    serializer_class = serializers.QuotationSerializer
    detail_serializer_class = serializers.QuotationDetailSerializer
    filterset_class = QuotationFilters
    orderings = _QUOTATION_ORDERS

    def get_queryset(self) -> QuerySet[Quotation]:
        """Return the rows that the client may read."""
        rows = Quotation.objects.visible_to(self.request.user)
        if self.detail:
            return rows.for_page()
        return rows.current().for_list().annotate(dated=_DATED)

    @extend_schema(
        summary="Cite it",
        description="A citation of the article that names the speaker: plain text, BibTeX, RIS or "
        "CSL-JSON.",
        parameters=[OpenApiParameter("style", enum=list(CITATIONS), default="text")],
        responses=_CITATION_RESPONSES,
    )
    @action(detail=True)
    def citation(self, request: Request, uid: str) -> HttpResponse:  # noqa: ARG002
        """Return a citation in the style asked for."""
        check_known(request, {"style"})
        style = request.query_params.get("style", "text")
        if style not in CITATIONS:
            raise ValidationError({"style": [f"{style!r} is none of {', '.join(CITATIONS)}"]})
        write, media_type = CITATIONS[style]
        return HttpResponse(write(self.get_object().citable()), content_type=media_type)

    @extend_schema(
        summary="As a W3C Web Annotation",
        description="JSON-LD with a TextQuoteSelector and a TextPositionSelector for each piece.",
        responses={200: OpenApiTypes.OBJECT},
    )
    @action(detail=True)
    def annotation(self, request: Request, uid: str) -> Response:  # noqa: ARG002  in the path
        """Return the quotation as a Web Annotation."""
        check_known(request, {"format"})
        quotation: Quotation = self.get_object()
        text = quotation.version.text.content
        pieces = quotation.spans_of(QuotationSpan.Role.CONTENT)
        anchored = [citations.anchor(text, Span(start=p.start, end=p.end)) for p in pieces]
        extraction = quotation.extraction
        return Response(
            citations.web_annotation(
                quotation.citable(),
                anchored,
                made_by=extraction.run.code_version,
                made_at=extraction.created_at,
            )
        )

    @extend_schema(
        summary="Verify it",
        description="Slices the stored text again and compares it, and its hash, with what is "
        "stored of the quotation.",
        responses=serializers.VerificationSerializer,
    )
    @action(detail=True)
    def verify(self, request: Request, uid: str) -> Response:  # noqa: ARG002
        """Return whether the quotation still matches its text."""
        check_known(request, {"format"})
        quotation: Quotation = self.get_object()
        problems = quotation.mismatches()
        text_sha256 = quotation.version.text_id
        checked = {"verified": not problems, "text_sha256": text_sha256, "problems": problems}
        return Response(serializers.VerificationSerializer(checked).data)


_ARTICLE_ORDERS = {"-published_on": ("-dated", "-id"), "published_on": ("dated", "id")}


@extend_schema_view(
    list=extend_schema(
        summary="Articles",
        description="The current version of each article, without its text.",
        parameters=[ordering(list(_ARTICLE_ORDERS))],
    ),
    retrieve=extend_schema(
        summary="An article",
        description="The current version with its text and, in place, its quotations of both acts.",
    ),
)
class ArticleViewSet(ReadOnly):
    """Articles, by their current versions."""

    lookup_field = "article__uid"
    lookup_url_kwarg = "uid"
    queryset = ArticleVersion.objects.none()
    serializer_class = serializers.ArticleSerializer
    detail_serializer_class = serializers.ArticleDetailSerializer
    filterset_class = ArticleFilters
    orderings = _ARTICLE_ORDERS

    def get_queryset(self) -> QuerySet[ArticleVersion]:
        """Return the rows that the client may read."""
        rows = ArticleVersion.objects.visible_to(self.request.user).current().for_list()
        return rows.select_related("text") if self.detail else rows.annotate(dated=_ARTICLE_DATED)


_SPEAKER_ORDERS = {
    "name": ("name", "id"),
    "-name": ("-name", "-id"),
    "-quotation_count": ("-quotation_count", "name", "id"),
}


@extend_schema_view(
    list=extend_schema(
        summary="Speakers",
        description="Named speakers with at least one current quotation of speech. Anonymous "
        "sources are never merged into one, so they are no speakers: filter quotations instead.",
        parameters=[ordering(list(_SPEAKER_ORDERS))],
    ),
    retrieve=extend_schema(
        summary="A speaker", description="One speaker with the names that articles use."
    ),
)
class SpeakerViewSet(ReadOnly):
    """Speakers across articles."""

    lookup_field = "slug"
    queryset = Speaker.objects.none()
    serializer_class = serializers.SpeakerSerializer
    detail_serializer_class = serializers.SpeakerDetailSerializer
    filterset_class = SpeakerFilters
    orderings = _SPEAKER_ORDERS

    def get_queryset(self) -> QuerySet[Speaker]:
        """Return the rows that the client may read."""
        rows = Speaker.objects.visible_to(self.request.user).for_list()
        return rows.prefetch_related("names") if self.detail else rows


class ExtractView(APIView):
    """Extraction of a posted text; nothing is stored."""

    permission_classes = (MayRead,)
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "extract"
    parser_classes = (BoundedJSONParser,)
    # Models serve one text at a time: a second thread would only slow the first.
    _lock = Lock()

    @extend_schema(
        summary="Extract",
        description="Finds and attributes the quotations of a posted English text and stores "
        "nothing. Offsets are code points into `text` (JavaScript: `Array.from(text)`). What is in "
        "another language is not read: `language`, `note` and `skipped` say so. Texts longer than "
        "the server's limit are refused with 413.",
        request=serializers.TextSerializer,
        responses=serializers.ExtractionSerializer,
        examples=[
            OpenApiExample(
                "A sentence", {"id": 1, "text": "“No,” said Ana Roe."}, request_only=True
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Return the quotations of the posted text."""
        # They bring PyTorch: not for every start.
        from quotes.nlp import as_json  # noqa: PLC0415
        from quotes.nlp.parse import ParseError  # noqa: PLC0415

        posted = serializers.TextSerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        text: str = posted.validated_data["text"]
        limit = settings.API_EXTRACT_MAX_CHARS
        if len(text) > limit:
            raise TextTooLong(f"text has {len(text)} characters, more than {limit}")
        if not self._lock.acquire(timeout=WAIT_S):
            raise Busy(WAIT_S)
        try:
            doc = configured_extractor()(text)
        except ParseError as error:
            raise Unprocessable(str(error)) from error
        finally:
            self._lock.release()
        return Response(as_json(doc, posted.validated_data.get("id")))
