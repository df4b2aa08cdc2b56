"""/api/v1/statements/: what several articles report; its reports, and those of a quotation.

/api/v1/same-statements/: what people say of two quotations. quotes/statements.py decides.
"""

from collections.abc import Mapping
from typing import Any, cast

import django_filters as filters
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from api import fields
from api import statement_serializers as serializers
from api.fields import Expansion
from api.filters import Filters, check_known
from api.permissions import MayReview
from api.resources import Mirror, ReadOnly, ordering, since
from api.serializers import QuotationSerializer
from quotes import statement_pages, statements
from quotes.mirrors import Mirrored
from quotes.models import (
    Quotation,
    Report,
    SameStatement,
    Speaker,
    Statement,
    Tombstone,
)
from quotes.params import PAGES
from quotes.refusals import InputError
from quotes.search import newest_first
from quotes.statement_pages import Beside

_AGAINST, _MOST = "against", 10**6
_ORDERS = {
    "-last_on": ("-dated", "-id"),
    "last_on": ("dated", "id"),
    "-reports_count": ("-reports_count", "-dated", "-id"),
    "-outlets_count": ("-outlets_count", "-dated", "-id"),
    "-updated_at": ("-updated_at", "-id"),
    "updated_at": ("updated_at", "id"),
}
_REPORT_ORDERS = {"published_on": ("recency",), "-published_on": ("-recency",)}
_SAME_ORDERS = {"-made_at": ("-made_at", "-id"), "made_at": ("made_at", "id")}
_EXPANSIONS: Mapping[str, Expansion] = {
    "representative": Expansion(
        "the quotation that stands for it, whole",
        lambda: QuotationSerializer(read_only=True, allow_null=True),
        lambda rows: rows.select_related("representative__version__article__outlet"),
    ),
}


class NotThese(APIException):
    """Quotations that cannot be compared, or decided upon; the message says why."""

    status_code: int = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "refused"

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.remedy = remedy


class NotThere(NotThese):
    """A quotation that a request names, and that is not here."""

    status_code = status.HTTP_404_NOT_FOUND
    default_code = "not_found"


def _at_least(column: str, means: str) -> Any:
    """Return a filter by a whole number from 1, with what describes it."""
    schema = {"type": "integer", "minimum": 1, "maximum": _MOST, "description": means}
    return extend_schema_field(schema)(
        filters.NumberFilter(
            column, "gte", min_value=1, max_value=_MOST, decimal_places=0, help_text=means
        )
    )


_WARNED = "Whether a wording needs checking."


class StatementFilters(filters.FilterSet):  # type: ignore[misc]  # untyped library
    """Filters of the statements."""

    speaker = filters.CharFilter(method="said_by", max_length=300, help_text="A speaker's slug.")
    outlet = filters.CharFilter(
        method="reported_in", max_length=220, help_text="The slug of an outlet that reports it."
    )
    quotation = filters.CharFilter(
        method="reported_by", max_length=64, help_text="The uid of a quotation that reports it."
    )
    has_warnings = extend_schema_field({"type": "boolean", "description": _WARNED})(
        filters.TypedChoiceFilter(
            choices=[("true", "yes"), ("false", "no")],
            coerce=lambda value: value == "true",
            help_text=_WARNED,
        )
    )
    min_outlets = _at_least("outlets_count", "At least so many outlets, such as 3.")
    min_sources = _at_least("sources_count", "At least so many independent sources, such as 2.")
    first_from = filters.DateFilter(
        "first_on", "gte", help_text="First reported on that day or later: YYYY-MM-DD."
    )
    first_to = filters.DateFilter(
        "first_on", "lte", help_text="First reported on that day or earlier: YYYY-MM-DD."
    )

    class Meta:
        model = Statement
        fields: list[str] = []

    def said_by(self, rows: QuerySet[Statement], _: str, slug: str) -> QuerySet[Statement]:
        """Keep the statements of a speaker, also by the slug of one merged into it."""
        found = Speaker.objects.filter(slug=slug).values_list("pk", "merged_into").first()
        return rows.filter(speaker=found[1] or found[0]) if found else rows.none()

    def reported_in(self, rows: QuerySet[Statement], _: str, slug: str) -> QuerySet[Statement]:
        """Keep what an outlet reports."""
        mine = Report.objects.filter(
            statement=OuterRef("pk"), quotation__version__article__outlet__slug=slug
        )
        return rows.filter(Exists(mine))

    def reported_by(self, rows: QuerySet[Statement], _: str, uid: str) -> QuerySet[Statement]:
        """Keep what a quotation reports."""
        return rows.filter(reports__quotation__uid=uid)


def why_not(row: Statement) -> str:
    """Return why a statement is in no list; "" if nothing is against it."""
    if row.merged_into_id is not None:
        return "merged"
    return "" if row.is_of_several else "gone"


@extend_schema_view(
    list=extend_schema(
        summary="Statements",
        description="What several articles report in the same words, or nearly: utterances, each "
        "with how many reports it has and of how many independent sources.",
        parameters=[
            ordering(list(_ORDERS)),
            since("statements"),
            *fields.parameters(_EXPANSIONS, serializers.StatementSerializer),
        ],
    ),
    retrieve=extend_schema(
        summary="A statement",
        description="One statement: who reported it first of the articles read here, which texts "
        "are carried by several, and its reports beside the one that stands for it.",
        parameters=fields.parameters({}, serializers.StatementDetailSerializer),
    ),
)
class StatementViewSet(Mirror):
    """What several articles report."""

    lookup_field = "uid"
    queryset = Statement.objects.none()
    serializer_class = serializers.StatementSerializer
    detail_serializer_class = serializers.StatementDetailSerializer
    filter_backends = (Filters,)
    filterset_class = StatementFilters
    orderings = _ORDERS
    expansions = _EXPANSIONS
    # Reports come and go with their articles' outlets, and no statement need change.
    undated = frozenset({"outlet", "quotation", "speaker", "expand"})

    def get_queryset(self) -> QuerySet[Statement]:
        """Return the rows that the client may read; of items, those that led elsewhere too."""
        rows = Statement.objects.visible_to(self.request.user)
        if self.detail:
            return rows.for_list().select_related("merged_into")
        return rows.shown().for_list()

    def get_object(self) -> Statement:
        """Return the statement with what is counted over its reports."""
        found: Any = super().get_object()
        seen = statement_pages.seen(statement_pages.shown_reports(found, self.request.user))
        found.facts = statement_pages.facts(seen)
        page, _ = statement_pages.page_of_reports(seen, 1, size=PAGES.report_rows)
        base = next((row for row in page.rows if row.pk == found.representative_id), None)
        base = base or found.representative or next(iter(page.rows), None)
        found.found_reports = statement_pages.beside(base, page.rows) if base else []
        return cast("Statement", found)

    def mirrored(self) -> Mirrored:
        """Return every statement there is, and those that this list has."""
        rows = Statement.objects.visible_to(self.request.user)
        return Mirrored(
            kind=Tombstone.Kind.STATEMENT,
            rows=self.loaded(rows.for_list()),
            listed=lambda: self.filter_queryset(rows.shown()).select_related(None).order_by(),
            key="uid",
            why=why_not,
        )


# --- reports, side by side


class _Reports(ReadOnly):
    """Quotations beside one of them."""

    queryset = Quotation.objects.none()
    serializer_class = serializers.ReportSerializer
    orderings = _REPORT_ORDERS
    lookup_field = "uid"
    _base: Quotation | None = None

    def rows(self) -> QuerySet[Quotation]:
        """Return the quotations to be listed; `_base` is set to what they are compared with."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Quotation]:
        """Return the quotations, loaded for being compared."""
        rows = self.rows().for_list().select_related("report")  # type: ignore[attr-defined]
        return newest_first(rows.prefetch_related("spans"))

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Return the serializer of rows, each beside the wording that it is compared with."""
        if args and self._base is not None:
            beside: list[Beside] = statement_pages.beside(self._base, args[0])
            args = (beside, *args[1:])
        return super().get_serializer(*args, **kwargs)


_FIELDS = fields.parameters({}, serializers.ReportSerializer)


@extend_schema_view(
    list=extend_schema(
        summary="Its reports",
        description="The quotations that report a statement, each beside one of them, word by "
        "word, with what a person should check.",
        parameters=[
            OpenApiParameter(
                _AGAINST,
                {"type": "string", "minLength": 1, "maxLength": 64},
                description="The uid of the report that the others are compared with; without it, "
                "the one that stands for the statement.",
            ),
            ordering(list(_REPORT_ORDERS)),
            *_FIELDS,
        ],
    )
)
class StatementReportsViewSet(_Reports):
    """The reports of a statement."""

    def offered(self) -> set[str]:
        """Return the query parameters that the list takes."""
        return {*super().offered(), _AGAINST}

    def rows(self) -> QuerySet[Quotation]:
        """Return the reports; ValidationError for a wording to compare with that is none."""
        visible = Statement.objects.visible_to(self.request.user).select_related("representative")
        found = get_object_or_404(visible, uid=self.kwargs["uid"])
        reports = statement_pages.shown_reports(found, self.request.user)
        asked = self.request.query_params.get(_AGAINST)
        self._base = reports.filter(uid=asked).first() if asked else found.representative
        if asked and self._base is None:
            raise NotThere(
                f"{_AGAINST}: {asked!r} is no report of this statement",
                "use the uid of one of them",
            )
        self._base = self._base or reports.order_by("pk").first()
        return reports


@extend_schema_view(
    list=extend_schema(
        summary="Its variants",
        description="Other reports of the statement that a quotation reports, each beside it, word "
        "by word. None if no other article has it.",
        parameters=[ordering(list(_REPORT_ORDERS)), *_FIELDS],
    )
)
class QuotationVariantsViewSet(_Reports):
    """The other reports of what a quotation reports."""

    def rows(self) -> QuerySet[Quotation]:
        """Return the other reports of the quotation's statement."""
        visible = Quotation.objects.visible_to(self.request.user)
        self._base = get_object_or_404(visible, uid=self.kwargs["uid"])
        mine = Report.objects.filter(quotation=self._base).values("statement")
        others = visible.current().filter(report__statement__in=mine)
        return others.exclude(pk=self._base.pk)


# --- what people say


class SameStatementFilters(filters.FilterSet):  # type: ignore[misc]  # untyped library
    """Filters of what people have decided of two quotations."""

    quotation = filters.CharFilter(
        method="about", max_length=64, help_text="The uid of one of the two."
    )

    class Meta:
        model = SameStatement
        fields: list[str] = []

    def about(self, rows: QuerySet[SameStatement], _: str, uid: str) -> QuerySet[SameStatement]:
        """Keep the decisions about a quotation."""
        return rows.filter(Q(one__uid=uid) | Q(other__uid=uid))


@extend_schema_view(
    list=extend_schema(
        summary="The same or not",
        description="What people have decided of two quotations: that they report one statement, "
        "or do not. Undone decisions included.",
        parameters=[
            ordering(list(_SAME_ORDERS)),
            *fields.parameters({}, serializers.SameStatementSerializer),
        ],
    ),
    retrieve=extend_schema(
        summary="A decision on the same statement",
        description="One decision: of which two, what, by whom, when, why.",
        parameters=fields.parameters({}, serializers.SameStatementSerializer),
    ),
)
class SameStatementViewSet(ReadOnly):
    """What people have decided of two quotations, newest first."""

    permission_classes = (MayReview,)
    lookup_value_regex = "[0-9]{1,15}"
    lookup_field = "id"
    queryset = SameStatement.objects.none()
    serializer_class = serializers.SameStatementSerializer
    detail_serializer_class = serializers.SameStatementSerializer
    filter_backends = (Filters,)
    filterset_class = SameStatementFilters
    orderings = _SAME_ORDERS

    def get_queryset(self) -> QuerySet[SameStatement]:
        """Return all decisions: who may read at all may read what was decided."""
        return SameStatement.objects.select_related("one", "other", "by", "undone_by")

    @extend_schema(
        summary="Say whether it is the same",
        description="Decides that two quotations report one statement, or that they do not. What "
        "was decided of the two before is undone by it.",
        request=serializers.DecideSameSerializer,
        responses={201: serializers.SameStatementSerializer},
        examples=[
            OpenApiExample(
                "A decision",
                {"one": "3k7x9m2p4q8r", "other": "5t6v8w1y2z3a", "is_same": True},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Decide of two quotations."""
        check_known(request, {"format"})
        sent = serializers.DecideSameSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        one, other = (self._quotation(name, sent.validated_data[name]) for name in ("one", "other"))
        try:
            decision = statements.decide(
                one,
                other,
                is_same=sent.validated_data["is_same"],
                by=cast("User", request.user),
                comment=sent.validated_data["comment"],
            )
        except InputError as error:
            raise NotThese(error.problem, error.remedy) from error
        return self._told(decision.pk, status.HTTP_201_CREATED)

    def _quotation(self, field: str, uid: str) -> Quotation:
        found = Quotation.objects.visible_to(self.request.user).filter(uid=uid).first()
        if found is None:
            raise NotThere(f"{field}: no quotation has the uid {uid!r}", "look it up")
        return found

    @extend_schema(
        summary="Undo what was said",
        description="Takes back a decision: what the program says of the two counts again. One "
        "that is undone already stays so.",
        request=serializers.NothingSerializer,
        responses=serializers.SameStatementSerializer,
    )
    def undo(self, request: Request, id: int) -> Response:  # noqa: A002  in the path
        """Undo a decision."""
        check_known(request, {"format"})
        serializers.NothingSerializer(data=request.data).is_valid(raise_exception=True)
        decision = get_object_or_404(self.get_queryset(), pk=id)
        statements.undo(decision, by=cast("User", request.user))
        return self._told(decision.pk, status.HTTP_200_OK)

    def _told(self, key: int, code: int) -> Response:
        row = self.get_queryset().get(pk=key)
        data = serializers.SameStatementSerializer(row).data
        return Response(data, status=code, headers={"Location": data["url"]})
