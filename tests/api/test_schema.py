"""The OpenAPI schema and its documentation: valid, without warnings, served from this site."""

import json
import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client


def test_schema_is_valid_without_a_warning() -> None:
    written = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=written)
    assert written.getvalue().startswith("openapi: 3.1.0")


def test_every_endpoint_is_described() -> None:
    written = StringIO()
    call_command("spectacular", "--format", "openapi-json", stdout=written)

    paths = json.loads(written.getvalue())["paths"]
    assert len(paths) >= 10
    for path, methods in paths.items():
        for method, operation in methods.items():
            assert operation.get("summary"), (path, method)
            assert operation.get("description"), (path, method)


@pytest.mark.django_db
def test_documentation_loads_nothing_from_elsewhere(client: Client) -> None:
    response = client.get("/api/docs/")
    assert response.status_code == 200
    page = response.content.decode()
    links = re.findall(r"(?:src|href)=\"([^\"]+)\"", page)
    assert links
    assert all(link.startswith(("/", "?")) for link in links), links
    assert "<script>" not in page
