"""Mounts the pages, the API and the admin."""

from django.contrib import admin
from django.urls import include, path

handler400 = "api.errors.bad_request"
urlpatterns = [
    path("", include("quotes.urls")),
    path("api/", include("api.urls")),
    path("admin/", admin.site.urls),
]
