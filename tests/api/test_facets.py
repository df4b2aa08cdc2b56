"""The facets of a list of quotations, through the API: counted, narrowed, refused."""

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.database]
FACETS = "/api/v1/quotations/facets/"


def facets(client, query=""):
    response = client.get(f"{FACETS}{query}")
    assert response.status_code == 200
    found = response.json()
    return found | {
        "facets": {
            facet["name"]: [(v["value"], v["label"], v["count"]) for v in facet["values"]]
            for facet in found["facets"]
        }
    }


@pytest.mark.usefixtures("rail")
def test_counts_what_the_list_has(client):
    assert facets(client) == {
        "counted": 2,
        "over": False,
        "facets": {
            "speaker": [("ana-roe", "Ana Roe", 2)],
            "outlet": [("the-daily-wire", "The Daily Wire", 2)],
            "kind": [("direct", "Direct", 1), ("indirect", "Indirect", 1)],
            "factuality": [("factual", "Reported as said", 2)],
            "medium": [],
            "year": [("2026", "2026", 2)],
            "reviewed": [("no", "Not yet", 2)],
        },
    }


@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize(
    ("query", "counted"),
    [
        ("?q=tax", 2),
        ("?q=said:must", 1),
        ("?q=speaker:roe+kind:direct", 1),
        ("?speaker=ana-roe&kind=direct", 1),
        ("?outlet=nowhere", 0),
        ("?published_from=2027-01-01", 0),
        ("?published_from=2026-03-04&published_to=2026-03-04&q=ana", 2),
    ],
)
def test_is_narrowed_as_the_list_is(client, query, counted):
    assert facets(client, query)["counted"] == counted
    assert len(client.get(f"/api/v1/quotations/{query}").json()["results"]) == counted


@pytest.mark.parametrize(
    ("query", "field", "says"),
    [
        ("?q=foo:bar", "q", "there is no field “foo”"),
        ("?q=%22open", "q", "at character 1, the quotation mark"),
        ("?kind=spoken", "kind", "not offered"),
        ("?page=2", "page", "not offered here"),
    ],
)
def test_what_cannot_be_used_is_named(client, query, field, says):
    response = client.get(f"{FACETS}{query}")
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["field"] == field
    assert says in error["problem"]


@pytest.mark.usefixtures("rail")
def test_three_queries(client, django_assert_num_queries):
    with django_assert_num_queries(3):  # the newest matches; names of speakers; of outlets
        facets(client, "?q=tax")
