"""Formats by Accept and `format=`: types, pages, links, problems; which are offered where."""

import csv
import json
from io import StringIO

import pytest
from django.test import Client

from quotes.formats import QUOTATION_COLUMNS
from quotes.models import Quotation
from tests import builders

pytestmark = [pytest.mark.django_db, pytest.mark.database]
ANNOTATIONS = 'application/ld+json;profile="http://www.w3.org/ns/anno.jsonld"'
TYPES = {
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8; header=present",
    "annotation": ANNOTATIONS,
    "schemaorg": "application/ld+json",
    "prov": "application/prov+json",
}


def count(name: str, body: str) -> int:
    """Return how many rows a page has."""
    if name == "jsonl":
        return len(body.splitlines())
    if name == "csv":
        return len(list(csv.DictReader(StringIO(body, newline=""))))
    key = {"json": "results", "annotation": "items", "schemaorg": "@graph", "prov": "bundle"}[name]
    return len(json.loads(body)[key])


@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize(("name", "media_type"), TYPES.items())
def test_a_list_in_each_format(client: Client, name: str, media_type: str) -> None:
    by_parameter = client.get(f"/api/v1/quotations/?format={name}")
    by_header = client.get("/api/v1/quotations/", headers={"Accept": media_type.partition("; ")[0]})
    for response in (by_parameter, by_header):
        assert response.status_code == 200
        assert response["Content-Type"] == media_type
        assert "Accept" in response["Vary"]
        assert count(name, response.content.decode()) == 2


@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize("name", TYPES)
def test_pages_are_linked(client: Client, name: str) -> None:
    first = client.get(f"/api/v1/quotations/?format={name}&page_size=1&kind=indirect&kind=direct")
    target, _, rest = first["Link"].partition(">")
    assert rest == '; rel="next"'
    second = client.get(target.removeprefix("<"))
    assert 'rel="prev"' in second["Link"]
    assert 'rel="next"' not in second["Link"]
    assert second["Content-Type"] == TYPES[name]
    assert count(name, first.content.decode()) == count(name, second.content.decode()) == 1
    assert first.content != second.content


@pytest.mark.parametrize("name", TYPES)
def test_an_item_in_each_format(client: Client, quotation: Quotation, name: str) -> None:
    response = client.get(f"/api/v1/quotations/{quotation.uid}/?format={name}")
    assert (response.status_code, response["Content-Type"]) == (200, TYPES[name])
    body = response.content.decode()
    if name != "csv":
        body = json.dumps(json.loads(body), ensure_ascii=False)
    assert quotation.content in body
    assert quotation.uid in body
    again = client.get(
        f"/api/v1/quotations/{quotation.uid}/?format={name}",
        headers={"If-None-Match": response["ETag"]},
    )
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.usefixtures("rail")
def test_an_annotation_page_belongs_to_its_collection(client: Client) -> None:
    path = "/api/v1/quotations/?format=annotation&page_size=1"
    page = client.get(path).json()
    assert (page["type"], len(page["items"])) == ("AnnotationPage", 1)
    assert page["partOf"]["type"] == "AnnotationCollection"
    assert page["id"].endswith(path)
    following = client.get(page["next"]).json()
    assert following["partOf"]["id"] == page["partOf"]["id"]
    assert "prev" in following
    assert "next" not in following


@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize("path", ["articles/", "speakers/", "speakers/ana-roe/"])
@pytest.mark.parametrize("name", ["jsonl", "csv", "schemaorg"])
def test_articles_and_speakers_too(client: Client, path: str, name: str) -> None:
    response = client.get(f"/api/v1/{path}?format={name}")
    assert (response.status_code, response["Content-Type"]) == (200, TYPES[name])
    assert response.content


def test_an_article_comes_with_its_text(client: Client, rail) -> None:
    path = f"/api/v1/articles/{rail.article.uid}/?format=jsonl"
    assert json.loads(client.get(path).content)["text"] == builders.RAIL


@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize(
    ("accept", "name"),
    [
        pytest.param("text/csv;q=0.9, application/json;q=0.1", "csv", id="weight"),
        pytest.param("application/json;q=0.1, text/csv;q=0.9", "csv", id="whatever-order"),
        pytest.param("*/*, text/csv", "csv", id="specific-before-any"),
        pytest.param("text/*", "csv", id="kind"),
        pytest.param("application/json;q=0, */*;q=0.1", "jsonl", id="all-but-one"),
        pytest.param("text/html, application/xhtml+xml, */*;q=0.8", "json", id="browser"),
        pytest.param("application/json;q=much, text/csv;q=0.9", "json", id="unreadable-weight"),
        pytest.param("", "json", id="empty"),
        pytest.param(", ,;q=1,/", None, id="garbage"),
        pytest.param("text/csv;q=0", None, id="refused"),
    ],
)
def test_accept_is_weighed(client: Client, accept: str, name: str | None) -> None:
    response = client.get("/api/v1/quotations/", headers={"Accept": accept})
    if name is None:
        assert response.status_code == 406
    else:
        assert (response.status_code, response["Content-Type"]) == (200, TYPES[name])


def test_options_names_the_formats_of_reading(client: Client) -> None:
    asked = {"Accept": "text/csv, application/json;q=0.1"}
    told = client.options("/api/v1/quotations/", headers=asked).json()
    assert set(told["renders"]) == {kind.partition("; charset")[0] for kind in TYPES.values()}
    assert client.options("/api/v1/runs/").json()["renders"] == ["application/json"]


@pytest.mark.parametrize(
    ("path", "accept", "offered"),
    [
        ("quotations/?format=xml", "*/*", "text/csv (format=csv)"),
        ("quotations/", "application/xml", "application/prov+json (format=prov)"),
        ("articles/?format=prov", "*/*", "text/csv (format=csv)"),
        ("runs/?format=csv", "*/*", "application/json (format=json)"),
    ],
)
def test_what_is_not_offered_names_what_is(
    client: Client, path: str, accept: str, offered: str
) -> None:
    response = client.get(f"/api/v1/{path}", headers={"Accept": accept})
    assert response.status_code == 406
    assert response["Content-Type"] == "application/problem+json"
    assert offered in response.json()["remedy"]


@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("quotations/?kind=sung", 400, id="invalid"),
        pytest.param("quotations/nobody/?", 404, id="unknown"),
    ],
)
def test_a_problem_is_json_in_every_format(
    client: Client, name: str, path: str, status: int
) -> None:
    response = client.get(f"/api/v1/{path}&format={name}")
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert response.json()["status"] == status


@pytest.mark.parametrize(
    "asked", ["fields=uid", "expand=spans", "updated_since=1970-01-01T00:00:00Z"]
)
def test_what_only_json_has_words_for(client: Client, asked: str) -> None:
    response = client.get(f"/api/v1/quotations/?format=csv&{asked}")
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["field"] == asked.partition("=")[0]
    assert error["remedy"] == "ask for format=json"


@pytest.mark.parametrize("name", [name for name in TYPES if name != "json"])
def test_queries_do_not_grow_with_the_rows(
    client: Client, record, django_assert_max_num_queries, name: str
) -> None:
    for number in range(10):
        text = f"{builders.RAIL}{number}\n"
        source = builders.source(text, url=f"https://example.org/{number}")
        record(source, builders.rail_document(text))
    most = {"prov": 13}.get(name, 11)
    for size in (1, 10):
        with django_assert_max_num_queries(most):
            client.get(f"/api/v1/quotations/?format={name}&page_size={size}")


def test_the_columns_are_the_documented_ones(client: Client, quotation: Quotation) -> None:
    response = client.get(f"/api/v1/quotations/{quotation.uid}/?format=csv")
    assert response.content.decode().startswith(",".join(QUOTATION_COLUMNS) + "\r\n")
