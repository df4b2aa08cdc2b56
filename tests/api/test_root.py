"""Where the API begins."""

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/json, text/html;q=0.5"])
def test_programs_are_told_where_to_go_on(client: Client, accept: str) -> None:
    answer = client.get("/api/", headers={"Accept": accept})
    assert set(answer.json()) == {"documentation", "schema", "problems", "v1"}
    for address in answer.json().values():
        assert client.get(address).status_code == 200, address
    assert "Accept" in answer["Vary"]


def test_people_are_led_to_the_documentation(client: Client) -> None:
    answer = client.get("/api/", headers={"Accept": BROWSER})
    assert (answer.status_code, answer["Location"]) == (302, reverse("api-docs"))
    assert "Accept" in answer["Vary"]
    assert client.get("/api", headers={"Accept": BROWSER}, follow=True).status_code == 200


def test_every_resource_is_named_and_answers(client: Client) -> None:
    named = client.get("/api/v1/").json()
    posted = {"check", "extract"}
    own = {"collections", "exports", "saved-searches", "webhooks", "jobs"}
    assert posted | own | {"quotations", "quotations/facets", "stats/timeline", "account"} < set(
        named
    )
    for name, address in named.items():
        expected = {405} if name in posted else {200, 401} if name in own else {200}
        assert client.get(address).status_code in expected, name


@pytest.mark.parametrize("path", ["/api/", "/api/v1/"])
def test_nothing_is_written_there(client: Client, path: str) -> None:
    assert client.post(path, {}, content_type="application/json").status_code == 405
