"""The OpenAPI schema and its documentation: valid, without warnings, served from this site."""

import json
import os
import re
import shutil
import subprocess
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from quotes import jobs, tokens
from quotes.models import Decision, Quotation
from quotes.nlp.document import Document, Speaker, SpeakerKind
from tests import builders, statements
from tests.reviewing import reviewer


def test_schema_is_valid_without_a_warning() -> None:
    written = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=written)
    assert written.getvalue().startswith("openapi: 3.1.0")


def schema() -> dict[str, Any]:
    written = StringIO()
    call_command("spectacular", "--format", "openapi-json", stdout=written)
    found: dict[str, Any] = json.loads(written.getvalue())
    return found


def operations(found: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in found["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_endpoint_is_described(settings: Any) -> None:
    settings.SITE_URL = "https://quotes.example.org"
    found = schema()
    assert len(found["paths"]) >= 15
    for path, method, operation in operations(found):
        assert operation.get("summary"), (path, method)
        assert operation.get("tags"), (path, method)
        (sample,) = operation["x-codeSamples"]
        assert "curl -s" in sample["source"], (path, method)
        assert "https://quotes.example.org/api/" in sample["source"], (path, method)
        assert sample["source"] in operation["description"], (path, method)
        assert operation["description"].split("\n")[0], (path, method)
        assert {"4XX", "5XX"} <= set(operation["responses"]), (path, method)


def test_parameters_are_described_and_bounded() -> None:
    for path, _, operation in operations(schema()):
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "query" and parameter["name"] != "cursor":
                assert parameter.get("description"), (path, parameter["name"])
            if parameter["name"] == "page_size":
                assert (parameter["schema"]["minimum"], parameter["schema"]["maximum"]) == (1, 200)


def test_schemas_are_named() -> None:
    found = schema()
    names = set(found["components"]["schemas"])
    assert {"Quotation", "QuotationDetail", "Article", "ArticleDetail", "Version", "Speaker",
            "OutletRow", "Run", "Span", "Problem", "Removed"} <= names  # fmt: skip
    rows = found["components"]["schemas"]["PaginatedQuotationList"]["properties"]
    assert "next_since" in rows
    assert {"$ref": "#/components/schemas/Removed"} in rows["results"]["items"]["anyOf"]


SHELL = shutil.which("bash") or "/bin/sh"
needs_curl = pytest.mark.skipif(not shutil.which("curl"), reason="wants curl")


def ran(source: str, token: str = "") -> bytes:
    """Run an example as it stands, but so that a refusal fails; return what it printed."""
    command = source.replace("curl -s", "curl -s --fail-with-body")
    done = subprocess.run(  # noqa: S603  what the schema offers
        [SHELL, "-c", command], capture_output=True, check=False, env={**os.environ, "TOKEN": token}
    )
    assert (done.returncode, bool(done.stdout), done.stderr) == (0, True, b""), (source, done)
    return done.stdout


@pytest.mark.django_db
@needs_curl
def test_the_examples_of_reading_run_as_they_stand(
    live_server: Any, settings: Any, record: Any
) -> None:
    settings.SITE_URL = live_server.url
    for name in ("one", "two"):  # the first of several is meant, where lists are cut to no field
        document = builders.rail_document()
        record(builders.source(document.text, origin=name, outlet=name), document)
    statements.wall(statements.run_of_tests())
    public = ("quotations", "articles", "speakers", "outlets", "runs", "statements")
    count = 0
    for path, method, operation in operations(schema()):
        if method == "get" and path.split("/")[3] in public:
            ran(operation["x-codeSamples"][0]["source"])
            count += 1
    assert count >= 12


@pytest.mark.django_db
@needs_curl
def test_the_examples_of_deciding_and_of_jobs_run_as_they_stand(
    live_server: Any, settings: Any, record: Any, quotation: Quotation
) -> None:
    settings.SITE_URL = live_server.url
    text = "It is too much, Bo Lind said."
    lind = Speaker(name="Bo Lind", kind=SpeakerKind.PERSON)
    said = builders.quotation(text, "It is too much", source="Bo Lind", speaker=lind)
    record(builders.source(text, origin="two.txt"), Document(text=text, quotations=(said,)))
    user = reviewer()
    _, token = tokens.make(user, "examples", set(tokens.Scope))
    for name in "ab":
        jobs.create("files", [f"{name}.jsonl"])
    found = schema()["paths"]
    for path in (
        "/api/v1/speakers/{slug}/merge/",
        "/api/v1/decisions/{uid}/undo/",
        "/api/v1/speakers/{slug}/tell-apart/",
        "/api/v1/speakers/{slug}/rename/",
        "/api/v1/quotations/{uid}/confirm/",
        "/api/v1/quotations/{uid}/correct-speaker/",
        "/api/v1/quotations/{uid}/reject/",
    ):
        told = json.loads(ran(found[path]["post"]["x-codeSamples"][0]["source"], token))
        assert told["by"] == user.get_full_name(), told
    told = json.loads(ran(found["/api/v1/jobs/{uid}/"]["get"]["x-codeSamples"][0]["source"], token))
    assert told["kind"] == "import"
    assert Decision.objects.filter(quotation__version=quotation.version).exists()
    assert Decision.objects.count() == 7


def test_no_example_sets_what_a_shell_keeps_for_itself() -> None:
    for path, method, operation in operations(schema()):
        source = operation["x-codeSamples"][0]["source"]
        names = set(re.findall(r"^(\w+)=", source, re.MULTILINE))
        assert not names & {"UID", "EUID", "PPID", "PATH", "HOME"}, (path, method)
        assert "…" not in source.split("-d '")[0], (path, method)


@pytest.mark.django_db
def test_documentation_loads_nothing_from_elsewhere(client: Client) -> None:
    response = client.get("/api/docs/")
    assert response.status_code == 200
    page = response.content.decode()
    links = re.findall(r"(?:src|href)=\"([^\"]+)\"", page)
    assert links
    assert all(link.startswith(("/", "?")) for link in links), links
    assert "<script>" not in page
