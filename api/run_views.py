"""/api/v1/runs/: the runs of the extractor, how far they are and what they changed."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view

from api import fields
from api import run_serializers as serializers
from api.filters import Filters, RunFilters
from api.resources import ReadOnly, ordering
from quotes import run_reports
from quotes.models import ExtractionRun

_ORDERS = {"-started_at": ("-started_at", "-id"), "started_at": ("started_at", "id")}


@extend_schema_view(
    list=extend_schema(
        summary="Runs",
        description="Each configuration of the extractor at work: code, models, lexicons and "
        "thresholds, under one fingerprint. Quotations name the run that found them.",
        parameters=[ordering(list(_ORDERS)), *fields.parameters({}, serializers.RunSerializer)],
    ),
    retrieve=extend_schema(
        summary="A run",
        description="One run with the hashes of all that made it, how far it is, and what it "
        "changed.",
        parameters=fields.parameters({}, serializers.RunDetailSerializer),
    ),
)
class RunViewSet(ReadOnly):
    """Runs of the extractor, with how far they are and what they changed."""

    lookup_field = "uid"
    lookup_value_converter = "uuid"
    queryset = ExtractionRun.objects.none()
    serializer_class = serializers.RunSerializer
    detail_serializer_class = serializers.RunDetailSerializer
    filter_backends = (Filters,)
    filterset_class = RunFilters
    orderings = _ORDERS

    def get_queryset(self) -> QuerySet[Any]:
        """Return all runs: who may read at all may read of each."""
        return ExtractionRun.objects.all()

    def paginate_queryset(self, queryset: Any) -> list[Any] | None:
        """Return the runs of a page, with how far they are and what they changed; two queries."""
        runs = list(super().paginate_queryset(queryset) or [])
        done, changes = run_reports.done_by(runs), run_reports.changes_by(runs)
        for run in runs:
            run.progress = run_reports.progress_of(run, done=done.get(run.pk, 0))
            run.change_count = changes.get(run.pk, 0)
        return runs

    def get_object(self) -> ExtractionRun:
        """Return the run, with how far it is and what it changed."""
        run: Any = super().get_object()
        run.progress = run_reports.progress_of(run)
        run.counts = run_reports.counts_of(run_reports.changes_of(run))
        run.change_count = sum(run.counts.values())
        return run  # type: ignore[no-any-return]
