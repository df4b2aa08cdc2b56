"""/api/v1/quotations/: quotations, with citation, annotation and verification of each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    extend_schema,
    extend_schema_view,
)
from rest_framework import serializers as drf
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api import citing, conditional, fields, serializers
from api.fields import Expansion
from api.filters import Selection, check_known
from api.renderers import OffersFormats
from api.resources import Mirror, ordering, since
from quotes import verification
from quotes.citation_forms import FORMS
from quotes.formats import QUOTATION_FORMATS, WebAnnotation, by_name
from quotes.mirrors import Mirrored
from quotes.models import Quotation, QuotationSpan, Tombstone
from quotes.params import SEARCH
from quotes.search import newest_of
from quotes.selections import REPEATED, passing
from quotes.snippets import snippets

_ORDERS = {
    # The search's own key: the day of publication, then the quotation (quotes/search.py).
    "-published_on": ("-recency",),
    "published_on": ("recency",),
    "-updated_at": ("-updated_at", "-id"),
    "updated_at": ("updated_at", "id"),
    "-confidence": ("-confidence", "-id"),
    "confidence": ("confidence", "id"),
}
# The orders that have an index, and the filters that are a range of it.
_INDEXED = {
    "confidence": frozenset({"min_confidence", "max_confidence"}),
    "updated_at": frozenset[str](),
}
_TEXT = Expansion(
    "the text of its article version, in which the offsets count",
    lambda: drf.CharField(source="text.content", read_only=True),
    lambda rows: rows.select_related("version__text"),
)
_LIST_EXPANSIONS: Mapping[str, Expansion] = {
    "spans": Expansion(
        "the pieces of the text by role, with their offsets",
        lambda: serializers.SpansSerializer(source="*", read_only=True),
        lambda rows: rows.prefetch_related(
            Prefetch("spans", QuotationSpan.objects.order_by("role", "position"))
        ),
    ),
    "run": Expansion(
        "the run that found it",
        lambda: serializers.RunLinkSerializer(source="extraction.run", read_only=True),
        lambda rows: rows.select_related("extraction__run"),
    ),
    "statement": Expansion(
        "the uid of the statement that it reports; null if no other quotation does",
        lambda: drf.CharField(source="report.statement.uid", default=None, read_only=True),
        lambda rows: rows.select_related("report__statement"),
    ),
    "article.text": _TEXT,
}


def why_not(row: Quotation) -> str:
    """Return why a quotation is in no list; "" if nothing is against it."""
    if row.status != Quotation.Status.CURRENT:
        return row.status
    return "" if row.version.is_current else "former"


@extend_schema_view(
    list=extend_schema(
        summary="Quotations",
        description="Current quotations of current article versions; speech, unless `act` says "
        "otherwise. All filters that are given must hold. With a filter, the order of `confidence` "
        f"is that of the newest {SEARCH.counted:,} that pass, and ends with them: for others "
        "narrow the days; with none but `min_confidence` and `max_confidence` it is that of all.",
        parameters=[
            ordering(list(_ORDERS)),
            since("quotations"),
            *fields.parameters(_LIST_EXPANSIONS, serializers.QuotationSerializer),
        ],
    ),
    retrieve=extend_schema(
        summary="A quotation",
        description="One quotation with its spans, the evidence for its speaker and the run that "
        "found it. A quotation that is no longer found says so in `status`.",
        parameters=fields.parameters(
            {"article.text": _TEXT}, serializers.QuotationDetailSerializer
        ),
    ),
)
class QuotationViewSet(OffersFormats, Mirror):
    """Quotations, with citation, annotation and verification of each."""

    lookup_field = "uid"
    queryset = Quotation.objects.none()
    serializer_class = serializers.QuotationSerializer
    detail_serializer_class = serializers.QuotationDetailSerializer
    formats = QUOTATION_FORMATS
    filter_backends = (Selection,)
    repeated = REPEATED
    orderings = _ORDERS
    expansions = _LIST_EXPANSIONS
    detail_expansions = {"article.text": _TEXT}
    # Names that a speaker gets or loses change what is found, but no quotation; spans and runs are
    # no part of a row.
    undated = frozenset({"q", "any_name", "speaker_name", "expand"})

    def get_queryset(self) -> QuerySet[Quotation]:
        """Return the rows that the client may read."""
        rows = Quotation.objects.visible_to(self.request.user)
        if self.detail:
            return rows.for_page().select_related("predecessor")
        return rows.current().for_list()

    def paginate_queryset(self, queryset: Any) -> Any:
        """Return the rows of a page; in the order of confidence of the newest that pass a filter.

        Without a filter, or within a range of confidence, by an index of that order; without one
        by an index of changes. These know of no other filter.
        """
        asked = self.request.query_params
        order = asked.get("ordering", "").lstrip("-")
        filters = {*Selection.names(self)} & asked.keys()
        listed: Any = self.loaded(self.get_queryset())
        if order in _INDEXED and filters <= _INDEXED[order]:
            queryset = passing(listed.speech(), {name: asked.getlist(name) for name in filters})
        elif order == "confidence":
            queryset = newest_of(listed, queryset)
        return super().paginate_queryset(queryset)

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Return the serializer; of rows that were sought, with where they have the words."""
        query = self.request.query_params.get("q")
        if query is not None and args and not self.detail:
            found = snippets(args[0], query)
            for row in args[0]:
                row.highlights = found[row.pk]
        return super().get_serializer(*args, **kwargs)

    def get_object(self) -> Quotation:
        """Return the quotation, and note when it last changed."""
        found: Quotation = super().get_object()
        self._changed = _changed_at(found)
        return found

    def mirrored(self) -> Mirrored:
        """Return every quotation there is, and those that this list has."""
        rows = Quotation.objects.visible_to(self.request.user)
        return Mirrored(
            kind=Tombstone.Kind.QUOTATION,
            rows=self.loaded(rows.for_list()),
            listed=lambda: self.filter_queryset(rows.current()).select_related(None).order_by(),
            key="uid",
            why=why_not,
        )

    @extend_schema(
        summary="Cite it",
        description="A citation of the article that names the speaker: plain text, BibTeX, RIS, "
        "CSL-JSON, a template of Wikipedia, a link; or, as JSON, in the style of a manual: a "
        "sentence for the text, the citation in it or the note, and the reference.",
        parameters=[citing.PARAMETER],
        responses=citing.RESPONSES | {(200, "application/json"): citing.StyledSerializer},
    )
    @action(detail=True)
    def citation(self, request: Request, uid: str) -> HttpResponse | Response:  # noqa: ARG002
        """Return a citation in the style asked for."""
        check_known(request, {"style", "format"})
        name = citing.style_asked(request)
        quotation = self.get_object()
        c = verification.citable(quotation, verification.verify(quotation, request.user))
        if name in FORMS:
            return HttpResponse(FORMS[name].write(c), content_type=FORMS[name].header)
        return Response(citing.styled_citation(request, c, name))

    @extend_schema(
        summary="As a W3C Web Annotation",
        description="JSON-LD with a TextQuoteSelector and a TextPositionSelector for each piece.",
        responses={(200, WebAnnotation.media_type): OpenApiTypes.OBJECT},
    )
    @action(detail=True)
    def annotation(self, request: Request, uid: str) -> HttpResponse:  # noqa: ARG002  in the path
        """Return the quotation as a Web Annotation."""
        check_known(request, {"format"})
        quotation = self.get_object()
        writer = by_name(QUOTATION_FORMATS)[WebAnnotation.name]
        (row,) = writer.load(Quotation.objects.filter(pk=quotation.pk))
        return HttpResponse(writer.item(row), content_type=writer.content_type)

    @extend_schema(
        summary="Verify it",
        description="Slices the stored text again, compares it and its hash with what is stored of "
        "the quotation, and, where the article has changed since, says whether the words still "
        "stand in its current version: verified, changed or orphaned. `q/<uid>` says the same to "
        "people.",
        responses=serializers.VerificationSerializer,
    )
    @action(detail=True)
    def verify(self, request: Request, uid: str) -> Response:  # noqa: ARG002
        """Return whether the quotation's words still stand."""
        check_known(request, {"format"})
        quotation = self.get_object()
        self._changed = None  # it is checked anew each time
        verdict = verification.verify(quotation, request.user)
        shown = serializers.VerificationSerializer(verdict, context={"quotation": quotation})
        return Response(shown.data)


def _changed_at(quotation: Quotation) -> datetime | None:
    # A run that finds the same again is named in the item, though the quotation is as it was.
    return conditional.newest(quotation.updated_at, quotation.extraction.created_at)
