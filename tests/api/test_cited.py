"""Exports of a collection and what changed since, through the API: whose, and what they say."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quotes import cited, collections, decisions
from quotes.models import Collection, CollectionExport, Quotation
from quotes.tokens import Scope
from tests import reviewing
from tests.api.test_collections import Api
from tests.reviewing import said

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def world(run):
    return reviewing.stored_world(run)


@pytest.fixture
def jo() -> User:
    return User.objects.create_user("jo")


@pytest.fixture
def api(client, jo) -> Api:
    return Api(client, jo)


@pytest.fixture
def own(jo) -> Collection:
    """A collection of jo's with all quotations."""
    row = collections.create(jo, "Rail")
    collections.add(row, list(Quotation.objects.order_by("pk").values_list("uid", flat=True)))
    return row


def take(api, own, style: str = "ris") -> None:
    b"".join(api("GET", f"{own.uid}/bibliography/?style={style}").streaming_content)


def reject(words: str) -> None:
    user = User.objects.filter(username="rita").first() or reviewing.reviewer("rita")
    decisions.reject(said(words), user)
    cited.notice(until=timezone.now())


def test_a_bibliography_that_its_owner_takes_is_an_export(api, own):
    take(api, own)
    take(api, own, "apa")
    rows = api("GET", f"{own.uid}/exports/").json()["results"]
    assert [(row["format"], row["style"], row["by"]) for row in rows] == [
        ("references-text", "apa", "jo"),
        ("ris", "", "jo"),
    ]
    assert [row["quotation_count"] for row in rows] == [8, 8]
    assert [row["changed_count"] for row in rows] == [0, 0]


def test_taken_by_others_it_is_none(client, own):
    Collection.objects.update(is_public=True)
    other = Api(client, User.objects.create_user("max"))
    take(other, own)
    b"".join(client.get(f"/api/v1/collections/{own.uid}/bibliography/").streaming_content)
    assert not CollectionExport.objects.exists()


def test_what_changed_and_that_it_was_seen(api, own):
    take(api, own)
    assert api("GET", f"{own.uid}/").json()["changed_since_export"] == 0
    reject("doubts")
    reject("nobody knew")
    body = api("GET", f"{own.uid}/").json()
    assert body["changed_since_export"] == 2
    assert body["changes_url"].endswith(f"/api/v1/collections/{own.uid}/changes/")
    rows = api("GET", f"{own.uid}/changes/").json()["results"]
    assert [row["as_cited"]["content"] for row in rows] == ["nobody knew", "she had doubts"]
    first = rows[0]
    assert first["changes"] == [
        {
            "kind": "rejected",
            "means": "People found that nobody is quoted here.",
            "was": "current",
            "now": "rejected",
        }
    ]
    assert first["is_grave"] is True
    assert (first["seen_at"], first["export"]["format"]) == (None, "ris")
    assert first["url"].endswith(f"/api/v1/quotations/{first['uid']}/")
    seen = api("POST", f"{own.uid}/changes/seen/", {"quotations": [first["uid"]]}).json()
    assert seen["changed_since_export"] == 1
    unseen = api("GET", f"{own.uid}/changes/?unseen=true").json()["results"]
    assert [row["uid"] for row in unseen] == [rows[1]["uid"]]
    assert len(api("GET", f"{own.uid}/changes/").json()["results"]) == 2
    assert api("POST", f"{own.uid}/changes/seen/", {}).json()["changed_since_export"] == 0


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("GET", "exports/", None, 200),
        ("GET", "changes/", None, 200),
        ("GET", "changes/?unseen=no", None, 400),
        ("GET", "changes/?unheard=1", None, 400),
        ("GET", "exports/?ordering=format", None, 400),
        ("POST", "changes/seen/", {"quotations": "x"}, 400),
        ("POST", "changes/seen/", {"other": 1}, 400),
        ("POST", "changes/seen/", {"quotations": ["nobody"]}, 200),
        ("DELETE", "exports/", None, 405),
    ],
)
def test_what_is_asked_for(api, own, method, path, body, code):
    assert api(method, f"{own.uid}/{path}", body).status_code == code


ALL = [("GET", "exports/"), ("GET", "changes/"), ("POST", "changes/seen/")]


@pytest.mark.parametrize(("method", "path"), ALL)
def test_it_is_the_owners_matter(client, own, method, path):
    other = Api(client, User.objects.create_user("max"))
    assert other(method, f"{own.uid}/{path}", {}).status_code == 404
    Collection.objects.update(is_public=True)
    assert other(method, f"{own.uid}/{path}", {}).status_code == 403
    assert other("GET", f"{own.uid}/").json()["changed_since_export"] is None
    assert client.get(f"/api/v1/collections/{own.uid}/").json()["changed_since_export"] is None


@pytest.mark.parametrize(
    ("scope", "codes"), [(Scope.READ, [200, 200, 404]), (Scope.WRITE, [404, 404, 200])]
)
def test_scopes(client, jo, own, scope, codes):
    some = Api(client, jo, scope)
    assert [some(method, f"{own.uid}/{path}", {} if method == "POST" else None).status_code
            for method, path in ALL] in (codes, [*codes[:2], 403])  # fmt: skip


def test_lists_cost_the_same_with_1_and_8(api, own):
    take(api, own)

    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert api("GET", f"{own.uid}/{path}").status_code == 200
        return len(queries)

    reject("doubts")
    api("GET", f"{own.uid}/changes/")
    few = [cost("changes/"), cost("exports/")]
    for words in ("nobody knew", "It must", "no trains", "sad", "would rise"):
        reject(words)
    for style in ("bibtex", "csl", "text", "ris", "bibtex"):
        take(api, own, style)
    assert [cost("changes/"), cost("exports/")] == few
    assert len(api("GET", f"{own.uid}/exports/").json()["results"]) == 6
