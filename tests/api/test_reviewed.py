"""What people have decided, as the API tells it."""

import pytest

from quotes import decisions
from tests import reviewing
from tests.reviewing import said

pytestmark = pytest.mark.django_db
QUOTATIONS = "/api/v1/quotations/"


@pytest.fixture
def reviewed(run):
    """One quotation confirmed, one rejected."""
    reviewing.stored_world(run)
    user = reviewing.reviewer()
    decisions.confirm(said("It must"), user)
    decisions.reject(said("nobody knew"), user)
    return said("It must")


@pytest.mark.parametrize(("asked", "count"), [("true", 1), ("false", 6), (None, 7)])
@pytest.mark.usefixtures("reviewed")
def test_filter(client, asked, count):
    rows = client.get(QUOTATIONS, {"reviewed": asked} if asked else {}).json()["results"]
    assert len(rows) == count
    assert all(bool(row["review"]) is (asked == "true") for row in rows if asked)


@pytest.mark.usefixtures("reviewed")
def test_a_value_that_cannot_be_is_refused(client):
    assert client.get(QUOTATIONS, {"reviewed": "perhaps"}).status_code == 400


def test_representation(client, reviewed):
    row = client.get(f"{QUOTATIONS}{reviewed.uid}/").json()
    assert row["review"] == "confirmed"
    assert row["reviewed_at"].startswith(f"{reviewed.reviewed_at:%Y-%m-%dT%H:%M}")
    rejected = client.get(f"{QUOTATIONS}{said('nobody knew').uid}/").json()
    assert (rejected["status"], rejected["review"]) == ("rejected", "rejected")
