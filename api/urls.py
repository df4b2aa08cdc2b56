"""Addresses of the API: /api/v1/, its schema and its documentation."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from api import errors, problems
from api.account_views import AccountView
from api.check_views import CheckView
from api.cited_views import CitedViewSet
from api.collection_views import CollectionViewSet
from api.export_views import ExportViewSet
from api.extract_views import ExtractView
from api.import_views import ImportViewSet
from api.job_views import JobViewSet
from api.outlet_views import OutletViewSet
from api.quotation_views import QuotationViewSet
from api.review_views import DecisionViewSet, QuotationReviewViewSet, SpeakerReviewViewSet
from api.root_views import ResourcesView, root
from api.run_views import RunViewSet
from api.saved_search_views import SavedSearchViewSet
from api.search_views import QuotationFacetsView
from api.speaker_views import SpeakerViewSet
from api.statement_views import (
    QuotationVariantsViewSet,
    SameStatementViewSet,
    StatementReportsViewSet,
    StatementViewSet,
)
from api.stats_views import TimelineView
from api.webhook_views import WebhookViewSet
from api.write_views import ArticlesViewSet

_QUOTATION, _SPEAKER = "quotations/<slug:uid>", "speakers/<slug:slug>"
reviews = [
    *(
        path(
            f"{_QUOTATION}/{name}/",
            QuotationReviewViewSet.as_view({method: action}),
            name=f"quotation-{name}",
        )
        for name, method, action in (
            ("confirm", "post", "confirm"),
            ("reject", "post", "reject"),
            ("correct-words", "post", "correct_words"),
            ("correct-speaker", "post", "correct_speaker"),
            ("history", "get", "history"),
        )
    ),
    *(
        path(
            f"{_SPEAKER}/{name}/",
            SpeakerReviewViewSet.as_view({method: action}),
            name=f"speaker-{name}",
        )
        for name, method, action in (
            ("merge", "post", "merge"),
            ("split", "post", "split"),
            ("rename", "post", "rename"),
            ("tell-apart", "post", "tell_apart"),
            ("history", "get", "history"),
        )
    ),
    path(
        "decisions/<uuid:uid>/undo/",
        DecisionViewSet.as_view({"post": "undo"}),
        name="decision-undo",
    ),
]

_COLLECTION = "collections/<uuid:uid>"
kept = [
    *(
        path(
            f"{_COLLECTION}/{address}/",
            CollectionViewSet.as_view(dict(methods)),
            name=f"collection-{name}",
        )
        for name, address, methods in (
            ("items", "items", {"get": "items", "post": "add"}),
            ("remove", "items/remove", {"post": "remove"}),
            ("move", "items/move", {"post": "move"}),
            ("item", "items/<slug:quotation>", {"patch": "annotate"}),
            ("bibliography", "bibliography", {"get": "bibliography"}),
        )
    ),
    *(
        path(
            f"{_COLLECTION}/{address}/",
            CitedViewSet.as_view(dict(methods)),
            name=f"collection-{name}",
        )
        for name, address, methods in (
            ("changes", "changes", {"get": "changes"}),
            ("seen", "changes/seen", {"post": "seen"}),
            ("exports", "exports", {"get": "exports"}),
        )
    ),
]

compared = [
    path(
        "statements/<slug:uid>/reports/",
        StatementReportsViewSet.as_view({"get": "list"}),
        name="statement-reports",
    ),
    path(
        f"{_QUOTATION}/variants/",
        QuotationVariantsViewSet.as_view({"get": "list"}),
        name="quotation-variants",
    ),
    path(
        "same-statements/<int:id>/undo/",
        SameStatementViewSet.as_view({"post": "undo"}),
        name="same-statement-undo",
    ),
]

router = SimpleRouter()
router.register("quotations", QuotationViewSet, basename="quotation")
router.register("articles", ArticlesViewSet, basename="article")
router.register("speakers", SpeakerViewSet, basename="speaker")
router.register("statements", StatementViewSet, basename="statement")
router.register("same-statements", SameStatementViewSet, basename="same-statement")
router.register("outlets", OutletViewSet, basename="outlet")
router.register("decisions", DecisionViewSet, basename="decision")
router.register("collections", CollectionViewSet, basename="collection")
router.register("runs", RunViewSet, basename="run")
router.register("imports", ImportViewSet, basename="import")
router.register("jobs", JobViewSet, basename="job")
router.register("saved-searches", SavedSearchViewSet, basename="saved-search")
router.register("webhooks", WebhookViewSet, basename="webhook")
router.register("exports", ExportViewSet, basename="export")

RESOURCES = {
    **{prefix: f"{basename}-list" for prefix, _, basename in router.registry},
    "quotations/facets": "quotation-facets",
    "stats/timeline": "stats-timeline",
    "check": "check",
    "extract": "extract",
    "account": "account",
}

v1 = [
    path("", ResourcesView.as_view(resources=RESOURCES), name="root"),
    path("account/", AccountView.as_view(), name="account"),
    path("check/", CheckView.as_view(), name="check"),
    path("extract/", ExtractView.as_view(), name="extract"),
    path("stats/timeline/", TimelineView.as_view(), name="stats-timeline"),
    path("quotations/facets/", QuotationFacetsView.as_view(), name="quotation-facets"),
    *reviews,
    *kept,
    *compared,
    *router.urls,
]

# Swagger UI styles its own elements inline; its scripts come from this site alone.
docs = csp_update({"style-src": [SELF, UNSAFE_INLINE]})(
    SpectacularSwaggerSplitView.as_view(url_name="api-schema", template_name="api/docs.html")
)

urlpatterns = [
    path("", root, name="api-root"),
    path("v1/", include((v1, "api"))),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", docs, name="api-docs"),
    path("problems/", problems.page, name="api-problems"),
    re_path("", errors.not_found),
]
