"""The REST API."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Serves /api/v1/; holds no tables."""

    name = "api"
