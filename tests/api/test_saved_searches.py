"""/api/v1/saved-searches/ and /webhooks/: whose they are, what they take, what they show."""

import json
import uuid

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from standardwebhooks import Webhook as Receiver

from quotes import saved_searches, tokens, webhooks
from quotes.models import Delivery, SavedSearch, Webhook
from quotes.tokens import Scope
from tests.webserver import serving

pytestmark = [pytest.mark.django_db, pytest.mark.database]
SEARCHES, WEBHOOKS = "/api/v1/saved-searches/", "/api/v1/webhooks/"
QUERY = {"q": ["tax"], "kind": ["direct"]}


class Api:
    """A client with a token of given scopes."""

    def __init__(self, client, user: User, *scopes: Scope) -> None:
        _, token = tokens.make(user, uuid.uuid4().hex, scopes)
        self._client, self._headers = client, {"Authorization": f"Bearer {token}"}

    def send(self, method: str, path: str, body=None):
        data = "" if body is None else json.dumps(body)
        return self._client.generic(
            method, path, data, content_type="application/json", headers=self._headers
        )

    def get(self, path: str, status: int = 200):
        answer = self.send("GET", path)
        assert answer.status_code == status, answer.content
        return answer.json()

    def post(self, path: str, body=None, status: int = 201):
        answer = self.send("POST", path, body)
        assert answer.status_code == status, answer.content
        return answer.json()


@pytest.fixture
def jo() -> User:
    return User.objects.create_user("jo")


@pytest.fixture
def api(client, jo) -> Api:
    return Api(client, jo, Scope.READ, Scope.WRITE)


@pytest.fixture
def site(settings, tmp_path):
    settings.VAR_DIR, settings.FETCH_ALLOW_HOSTS = tmp_path, frozenset({"127.0.0.1"})
    with serving() as running:
        running.pages["/hook"] = (204, {}, b"")
        yield running


@pytest.fixture
def search(jo) -> SavedSearch:
    return saved_searches.create(jo, "Tax", QUERY)


# --- saved searches


def test_digests_are_chosen(api):
    made = api.post(SEARCHES, {"query": QUERY, "digest": "weekly"})
    assert made["digest"] == "weekly"
    address = f"{SEARCHES}{made['uid']}/"
    assert api.send("PATCH", address, {"name": "Tax"}).json()["digest"] == "weekly"
    assert api.send("PATCH", address, {"digest": ""}).json()["digest"] == ""
    assert api.post(SEARCHES, {"query": {}})["digest"] == ""
    for wrong in ("hourly", None, 7):
        assert api.send("PATCH", address, {"digest": wrong}).status_code == 400


def test_a_search_is_saved_listed_changed_deleted(api, client):
    made = api.post(SEARCHES, {"name": "Tax", "query": {"kind": ["mixed", "direct"], "q": "tax"}})
    assert made["query"] == {"q": ["tax"], "kind": ["direct", "mixed"]}
    assert made["url"].endswith(f"{SEARCHES}{made['uid']}/")
    assert made["address"].endswith(f"/saved/{made['uid']}/")
    for name in ("atom", "json_feed"):
        assert client.get(made[name].partition("8000")[2]).status_code == 200
    assert api.get(SEARCHES)["results"] == [made] == [api.get(f"{SEARCHES}{made['uid']}/")]
    changed = api.send("PATCH", f"{SEARCHES}{made['uid']}/", {"name": "Rail"}).json()
    assert (changed["name"], changed["query"]) == ("Rail", made["query"])
    rotated = api.post(f"{SEARCHES}{made['uid']}/rotate-key/", status=200)
    assert rotated["atom"] != made["atom"]
    assert client.get(made["atom"].partition("8000")[2]).status_code == 404
    assert api.send("DELETE", f"{SEARCHES}{made['uid']}/").status_code == 204
    assert api.get(SEARCHES)["results"] == []


def test_a_search_needs_no_name(api):
    assert api.post(SEARCHES, {"query": QUERY})["name"] == "tax; Kind: direct"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "query"),
        ({"query": []}, "query"),
        ({"query": {"colour": ["red"]}}, "query.colour"),
        ({"query": {"kind": ["loud"]}}, "query.kind"),
        ({"query": {"q": [1]}}, "query.q"),
        ({"query": {"q": ["a", "b"]}}, "query.q"),
        ({"query": {"min_confidence": ["2"]}}, "query.min_confidence"),
        ({"query": {"published_from": ["tomorrow"]}}, "query.published_from"),
        ({"name": 7, "query": {}}, "name"),
        ({"name": "", "query": {}}, "name"),
        ({"name": "x" * 201, "query": {}}, "name"),
        ({"name": "a\u0000b", "query": {}}, "name"),
        ({"name": "Taken", "query": {}}, "name"),
    ],
)
def test_what_cannot_be_saved_names_the_field_and_the_remedy(api, jo, body, field):
    saved_searches.create(jo, "Taken", {})
    problem = api.post(SEARCHES, body, status=400)
    (error,) = problem["errors"]
    assert error["field"] == field
    assert error["problem"]
    assert error["remedy"]
    assert SavedSearch.objects.count() == 1


@pytest.mark.parametrize("path", [SEARCHES, WEBHOOKS])
def test_who_may(client, jo, search, path):
    assert client.get(path).status_code == 401
    assert client.post(path).status_code == 401
    reader, writer = Api(client, jo, Scope.READ), Api(client, jo, Scope.WRITE)
    reader.get(path)
    writer.get(path, status=403)
    reader.post(path, {"query": QUERY}, status=403)
    item = f"{SEARCHES}{search.uid}/"
    assert reader.send("DELETE", item).status_code == 403
    stranger = Api(client, User.objects.create_user("ina"), Scope.READ, Scope.WRITE)
    assert stranger.get(SEARCHES)["results"] == []
    for method in ("GET", "PATCH", "DELETE"):
        assert stranger.send(method, item, {}).status_code == 404
    assert stranger.send("POST", f"{item}rotate-key/").status_code == 404
    assert writer.send("GET", f"{SEARCHES}nonsense/").status_code in (403, 404)


def test_lists_cost_the_same_for_one_and_ten(api, jo):
    api.get(SEARCHES)  # the token's last use is written once a minute
    counts = []
    for number in range(10):
        search = saved_searches.create(jo, f"Search {number}", QUERY)
        webhooks.create(search, f"https://example.org/{number}")
        if number in (0, 9):
            counted = []
            for path in (SEARCHES, WEBHOOKS):
                with CaptureQueriesContext(connection) as queries:
                    assert len(api.get(path)["results"]) == number + 1
                counted.append([q for q in queries.captured_queries if "quotes_" in q["sql"]])
            counts.append([len(one) for one in counted])
    assert counts[0] == counts[1]


# --- webhooks


def test_a_webhook_is_made_tested_rotated_deleted(api, search, site):
    address = f"{site.address}/hook"
    made = api.post(WEBHOOKS, {"search": str(search.uid), "address": address})
    assert made["address"] == address
    path = f"{WEBHOOKS}{made['uid']}/"
    assert "secret" not in api.get(path)
    assert "secret" not in api.get(WEBHOOKS)["results"][0]
    tested = api.post(f"{path}test/", status=200)
    assert (tested["state"], tested["response_status"]) == ("delivered", 204)
    (seen,) = site.seen
    assert Receiver(made["secret"]).verify(seen.body, seen.headers)["type"] == "test"
    assert seen.headers["webhook-id"] == tested["message_id"]
    rotated = api.post(f"{path}rotate-secret/", status=200)
    assert rotated["secret"] not in ("", made["secret"])
    log = api.get(f"{path}deliveries/")["results"]
    assert [row["uid"] for row in log] == [tested["uid"]]
    assert log[0]["payload"]["type"] == "test"
    changed = api.send("PATCH", path, {"is_active": False}).json()
    assert changed["is_active"] is False
    assert api.send("DELETE", path).status_code == 204
    assert not Webhook.objects.exists()
    assert not Delivery.objects.exists()


def test_secrets_are_not_kept_by_anything_between(api, search, site):
    body = {"search": str(search.uid), "address": f"{site.address}/hook"}
    answer = api.send("POST", WEBHOOKS, body)
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"search": str(uuid.uuid4())}, "search"),
        ({"search": "nonsense"}, "search"),
        ({"address": "http://169.254.169.254/latest"}, "address"),
        ({"address": "ftp://example.org/"}, "address"),
        ({"address": 7}, "address"),
        ({"address": "https://example.org:6379/"}, "address"),
    ],
)
def test_what_cannot_be_a_webhook_names_the_field_and_the_remedy(api, search, change, field):
    body = {"search": str(search.uid), "address": "https://example.org/hook", **change}
    (error,) = api.post(WEBHOOKS, body, status=400)["errors"]
    assert error["field"] == field
    assert error["remedy"]
    assert not Webhook.objects.exists()


def test_anothers_search_cannot_be_listened_to(client, search):
    stranger = Api(client, User.objects.create_user("ina"), Scope.READ, Scope.WRITE)
    body = {"search": str(search.uid), "address": "https://example.org/hook"}
    assert stranger.post(WEBHOOKS, body, status=400)["errors"][0]["field"] == "search"
    hook = webhooks.create(search, "https://example.org/hook")
    path = f"{WEBHOOKS}{hook.uid}/"
    for method, place in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "deliveries/"),
                          ("POST", "test/"), ("POST", "rotate-secret/")):  # fmt: skip
        assert stranger.send(method, path + place, {}).status_code == 404


def test_the_log_is_paged(api, search, site):
    hook = webhooks.create(search, f"{site.address}/hook")
    for _ in range(5):
        webhooks.send_test(hook)
    path = f"{WEBHOOKS}{hook.uid}/deliveries/?page_size=2"
    seen = []
    while path:
        page = api.get(path)
        seen += [row["uid"] for row in page["results"]]
        path = page["next"]
    assert len(seen) == len(set(seen)) == 5
    assert api.send("GET", f"{WEBHOOKS}{hook.uid}/deliveries/?colour=red").status_code == 400


def test_the_schema_describes_them(client):
    schema = client.get("/api/schema/?format=json").json()
    paths = {path: set(methods) for path, methods in schema["paths"].items()}
    assert paths[SEARCHES] == {"get", "post"}
    assert paths[f"{SEARCHES}{{uid}}/"] == {"get", "patch", "delete"}
    assert paths[f"{WEBHOOKS}{{uid}}/deliveries/"] == {"get"}
    for path, operations in schema["paths"].items():
        if path.startswith((SEARCHES, WEBHOOKS)):
            for operation in operations.values():
                assert operation["summary"]
                assert "curl" in operation["description"]
