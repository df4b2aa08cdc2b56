"""Citations in the styles of manuals through the API: what is sent, what is counted, what fails."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches
from django.test import Client
from pytest_django import Settings

from quotes import collections, pandoc
from quotes.citation_forms import FORMS
from quotes.models import Quotation
from quotes.styled import STYLES

pytestmark = [pytest.mark.django_db, pytest.mark.database]
PROBLEM = "application/problem+json"
# "Jo" is no name that we know: the author stands as the article has it.
REFERENCE = "Jo Bloggs. (2026, March 4). Rail tax to rise. The Daily Wire. https://example.org/rail"


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """No citation of an earlier test."""
    caches["citations"].clear()


@pytest.fixture
def bibliography(quotation: Quotation) -> str:
    """The address of the bibliography of a public collection of both quotations of the article."""
    owner = User.objects.create_user("ann")
    found = collections.create(owner, "Rail", is_public=True)
    rows = Quotation.objects.filter(version=quotation.version)
    collections.add(found, [row.uid for row in rows])
    return f"/api/v1/collections/{found.uid}/bibliography/"


def cited(client: Client, quotation: Quotation, **query: str) -> Any:
    return client.get(f"/api/v1/quotations/{quotation.uid}/citation/", query)


@pytest.mark.parametrize("style", STYLES)
def test_a_styled_citation(client: Client, quotation: Quotation, style: str) -> None:
    response = cited(client, quotation, style=style, format="json")
    assert response.status_code == 200
    body = response.json()
    assert body["style"] == style
    assert body["is_note"] == STYLES[style].is_notes
    assert body["address"].endswith(f"/q/{quotation.uid}")
    assert "Ana Roe" in body["prose"]
    assert "Ana Roe" not in body["reference_text"]
    assert "Bloggs" in body["reference_text"]
    assert 'href="https://example.org/rail"' in body["reference_html"]


def test_apa(client: Client, quotation: Quotation) -> None:
    body = cited(client, quotation, style="apa").json()
    assert body["in_text"] == "(Jo Bloggs, 2026, para. 2)"
    assert body["reference_text"] == REFERENCE


@pytest.mark.parametrize("name", ["wikipedia", "markdown", "link"])
def test_forms_of_the_web(client: Client, quotation: Quotation, name: str) -> None:
    response = cited(client, quotation, style=name)
    assert response["Content-Type"].startswith(FORMS[name].media_type)
    assert "example.org/rail" in response.content.decode()


def test_who_asks_for_a_form_as_a_format_is_told_how(client: Client, quotation: Quotation) -> None:
    answer = client.get(f"/api/v1/quotations/{quotation.uid}/citation/?format=bibtex")
    assert (answer.status_code, "style=bibtex" in answer.json()["remedy"]) == (406, True)
    answer = client.get("/api/v1/quotations/?format=bibtex")
    assert (answer.status_code, "format=csv" in answer.json()["remedy"]) == (406, True)


def test_an_unknown_style_names_those_there_are(
    client: Client, quotation: Quotation, bibliography: str
) -> None:
    for response in (
        cited(client, quotation, style="word"),
        client.get(bibliography, {"style": "word"}),
    ):
        assert response.status_code == 400
        (fault,) = response.json()["errors"]
        assert fault["field"] == "style"
        assert all(name in fault["remedy"] for name in (*FORMS, *STYLES))


def test_the_schema_has_every_style(client: Client) -> None:
    schema = client.get("/api/schema/", headers={"Accept": "application/json"}).json()
    for path in ("quotations/{uid}/citation/", "collections/{uid}/bibliography/"):
        named = {
            one["name"]: one for one in schema["paths"][f"/api/v1/{path}"]["get"]["parameters"]
        }
        assert set(named["style"]["schema"]["enum"]) == {*FORMS, *STYLES}


def test_what_is_kept_is_not_counted(
    client: Client, quotation: Quotation, settings: Settings
) -> None:
    settings.RATE_LIMITS = {"cite": "1/hour"}
    first = cited(client, quotation, style="apa")
    assert first.status_code == 200
    assert '"cite";r=0' in first["RateLimit"]
    assert cited(client, quotation, style="apa").status_code == 200
    assert cited(client, quotation, style="bibtex").status_code == 200
    over = cited(client, quotation, style="mla")
    assert over.status_code == 429
    assert over["Content-Type"] == PROBLEM
    assert "citing in styles" in over.json()["detail"]


def test_pandoc_that_is_missing_is_a_503(
    client: Client, quotation: Quotation, bibliography: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> str:
        raise OSError

    pandoc.program.cache_clear()
    monkeypatch.setattr("pypandoc.get_pandoc_path", missing)
    for response in (
        cited(client, quotation, style="apa"),
        client.get(bibliography, {"style": "apa"}),
    ):
        assert response.status_code == 503
        assert response["Content-Type"] == PROBLEM
        assert "use another format" in response.json()["remedy"]
    assert cited(client, quotation, style="ris").status_code == 200
    pandoc.program.cache_clear()


def test_a_list_of_sources_has_each_article_once(client: Client, bibliography: str) -> None:
    response = client.get(bibliography, {"style": "apa"})
    assert response.status_code == 200
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert b"".join(response.streaming_content).decode() == f"{REFERENCE}\n\n"


def test_too_many_for_a_style(
    client: Client, bibliography: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = pandoc.STYLING.model_copy(update={"entries_most": 1})
    monkeypatch.setattr("api.citing.STYLING", few)
    response = client.get(bibliography, {"style": "apa"})
    assert response.status_code == 400
    (fault,) = response.json()["errors"]
    assert fault["problem"] == "2 quotations are more than 1"
