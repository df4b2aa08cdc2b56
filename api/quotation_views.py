"""/api/v1/quotations/: quotations, with citation, annotation and verification of each."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_view,
)
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api import serializers
from api.filters import (
    QuotationFilters,
    check_known,
)
from api.resources import ReadOnly, ordering
from quotes import citations
from quotes.models import Quotation, QuotationSpan
from quotes.nlp.document import Span

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
