"""Addresses of the API: /api/v1/, its schema and its documentation."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter

from api import errors, problems
from api.account_views import AccountView
from api.article_views import ArticleViewSet
from api.extract_views import ExtractView
from api.outlet_views import OutletViewSet
from api.quotation_views import QuotationViewSet
from api.run_views import RunViewSet
from api.saved_search_views import SavedSearchViewSet
from api.speaker_views import SpeakerViewSet
from api.webhook_views import WebhookViewSet

router = DefaultRouter()
router.include_format_suffixes = False
router.register("quotations", QuotationViewSet, basename="quotation")
router.register("articles", ArticleViewSet, basename="article")
router.register("speakers", SpeakerViewSet, basename="speaker")
router.register("outlets", OutletViewSet, basename="outlet")
router.register("runs", RunViewSet, basename="run")
router.register("saved-searches", SavedSearchViewSet, basename="saved-search")
router.register("webhooks", WebhookViewSet, basename="webhook")

v1 = [
    path("account/", AccountView.as_view(), name="account"),
    path("extract/", ExtractView.as_view(), name="extract"),
    *router.urls,
]

# Swagger UI styles its own elements inline; its scripts come from this site alone.
docs = csp_update({"style-src": [SELF, UNSAFE_INLINE]})(
    SpectacularSwaggerSplitView.as_view(url_name="api-schema")
)

urlpatterns = [
    path("v1/", include((v1, "api"))),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", docs, name="api-docs"),
    path("problems/", problems.page, name="api-problems"),
    re_path("", errors.not_found),
]
