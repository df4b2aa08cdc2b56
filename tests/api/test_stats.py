"""Quotations by time of publication, through the API: the page's numbers, narrowed, refused."""

import pytest

from tests.builders import RAIL, rail_document, source

pytestmark = [pytest.mark.django_db, pytest.mark.database]
TIMELINE = "/api/v1/stats/timeline/"


@pytest.fixture
def two_months(record, rail):
    text = f"{RAIL} again"
    record(source(text, origin="b", published_on="2026-05-09"), rail_document(text))
    text = f"{RAIL} undated"
    record(source(text, origin="c"), rail_document(text))
    return rail


def timeline(client, query=""):
    response = client.get(f"{TIMELINE}{query}")
    assert response.status_code == 200
    return response.json()


@pytest.mark.usefixtures("two_months")
def test_counts_by_time(client):
    empty = {"first": "2026-04-01", "last": "2026-04-30", "count": 0}
    assert timeline(client) == {
        "unit": "month",
        "estimated": False,
        "low": False,
        "looked_at": 6,
        "undated": 2,
        "undated_over": False,
        "bins": [
            {"first": "2026-03-01", "last": "2026-03-31", "count": 2},
            empty,
            {"first": "2026-05-01", "last": "2026-05-31", "count": 2},
        ],
    }


@pytest.mark.usefixtures("two_months")
@pytest.mark.parametrize(
    ("query", "counts"),
    [
        ("?kind=direct", [1, 0, 1]),
        ("?published_from=2026-04-01", [2]),
        ("?q=before:2026-04-01", [2]),
        ("?speaker=nobody", []),
    ],
)
def test_is_narrowed_as_the_list_is(client, query, counts):
    found = timeline(client, query)
    assert [one["count"] for one in found["bins"]] == counts
    listed = client.get(f"/api/v1/quotations/{query}").json()["results"]
    assert sum(counts) + found["undated"] == len(listed)


@pytest.mark.parametrize(
    ("query", "field"), [("?kind=spoken", "kind"), ("?q=%22open", "q"), ("?colour=red", "colour")]
)
def test_refusals_name_the_parameter(client, query, field):
    response = client.get(f"{TIMELINE}{query}")
    assert response.status_code == 400
    assert field in str(response.json()["errors"])


def test_a_private_tracker_shows_nothing(client, settings):
    settings.PUBLIC_READS = False
    assert client.get(TIMELINE).status_code == 401
