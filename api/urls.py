"""Addresses of the API: /api/v1/, its schema and its documentation."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter

from api import errors, problems
from api.article_views import ArticleViewSet
from api.extract_views import ExtractView
from api.outlet_views import OutletViewSet
from api.quotation_views import QuotationViewSet
from api.run_views import RunViewSet
from api.speaker_views import SpeakerViewSet

router = DefaultRouter()
router.include_format_suffixes = False
router.register("quotations", QuotationViewSet, basename="quotation")
router.register("articles", ArticleViewSet, basename="article")
router.register("speakers", SpeakerViewSet, basename="speaker")
router.register("outlets", OutletViewSet, basename="outlet")
router.register("runs", RunViewSet, basename="run")

v1 = [path("extract/", ExtractView.as_view(), name="extract"), *router.urls]

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
