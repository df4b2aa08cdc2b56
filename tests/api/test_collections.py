"""Collections through the API: whose they are, what is in them, in which order; bibliographies."""

import json
import threading

import pytest
from django.contrib.auth.models import User
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from quotes import collection_exports, collections, tokens
from quotes.models import Collection, CollectionItem, Quotation, QuotationSpan
from quotes.tokens import Scope
from tests import reviewing

pytestmark = [pytest.mark.django_db, pytest.mark.database]
COLLECTIONS = "/api/v1/collections/"


@pytest.fixture(autouse=True)
def world(run):
    return reviewing.stored_world(run)


@pytest.fixture
def jo() -> User:
    return User.objects.create_user("jo")


class Api:
    """A client with a token."""

    def __init__(self, client, user: User, *scopes: Scope) -> None:
        _, self.token = tokens.make(user, f"{scopes}", scopes or (Scope.READ, Scope.WRITE))
        self.client = client

    def __call__(self, method: str, path: str = "", body: object = None):
        return self.client.generic(
            method,
            path if path.startswith("/") else f"{COLLECTIONS}{path}",
            "" if body is None else json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.token}"},
        )


@pytest.fixture
def api(client, jo) -> Api:
    return Api(client, jo)


@pytest.fixture
def own(api) -> str:
    """The uid of a collection of jo's."""
    return api("POST", "", {"name": "Rail"}).json()["uid"]


def all_uids() -> list[str]:
    return list(Quotation.objects.order_by("pk").values_list("uid", flat=True))


def order(api, uid: str) -> list[str]:
    found, address = [], f"{uid}/items/?page_size=3"
    while address:
        body = api("GET", address).json()
        found += [row["quotation"]["uid"] for row in body["results"]]
        address = body["next"] and body["next"].removeprefix("http://testserver")
    return found


def test_made_changed_read_deleted(api):
    response = api("POST", "", {"name": "Rail", "description": "for the book"})
    assert response.status_code == 201
    body = response.json()
    assert (body["name"], body["owner"], body["item_count"]) == ("Rail", "jo", 0)
    assert body["is_public"] is False
    assert response["Location"] == body["url"]
    changed = api("PATCH", f"{body['uid']}/", {"is_public": True, "name": "Rails"}).json()
    assert (changed["name"], changed["is_public"], changed["description"]) == (
        "Rails", True, "for the book",
    )  # fmt: skip
    assert api("GET", f"{body['uid']}/").json() == changed
    assert [row["uid"] for row in api("GET").json()["results"]] == [body["uid"]]
    assert api("DELETE", f"{body['uid']}/").status_code == 204
    assert api("GET", f"{body['uid']}/").status_code == 404
    assert Quotation.objects.exists()


def test_quotations_in_an_order_that_stays(api, own):
    uids = all_uids()
    added = api("POST", f"{own}/items/", {"quotations": uids[:5], "note": "n"})
    assert added.status_code == 200
    assert added.json()["item_count"] == 5
    assert order(api, own) == uids[:5]
    # Put in again, one stays where it is; another goes before.
    api("POST", f"{own}/items/", {"quotations": [uids[5], uids[1]], "before": uids[2]})
    assert order(api, own) == [*uids[:2], uids[5], *uids[2:5]]
    api("POST", f"{own}/items/move/", {"quotations": [uids[4], uids[0]], "before": uids[5]})
    assert order(api, own) == [uids[1], uids[4], uids[0], uids[5], uids[2], uids[3]]
    api("POST", f"{own}/items/move/", {"quotations": [uids[1]], "before": None})
    assert order(api, own) == [uids[4], uids[0], uids[5], uids[2], uids[3], uids[1]]
    gone = api("POST", f"{own}/items/remove/", {"quotations": [uids[0], uids[6]]})
    assert gone.json()["item_count"] == 5
    assert order(api, own) == [uids[4], uids[5], uids[2], uids[3], uids[1]]


def test_notes(api, own):
    uids = all_uids()
    api("POST", f"{own}/items/", {"quotations": uids[:2], "note": "both"})
    response = api("PATCH", f"{own}/items/{uids[0]}/", {"note": "<b>first</b>"})
    assert response.json()["note"] == "<b>first</b>"
    rows = api("GET", f"{own}/items/").json()["results"]
    assert [row["note"] for row in rows] == ["<b>first</b>", "both"]
    assert rows[0]["quotation"]["content"]
    assert api("PATCH", f"{own}/items/{uids[5]}/", {"note": "x"}).status_code == 404


@hypothesis_settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_moves_are_as_on_a_list(jo, data):
    uids = all_uids()
    row, wanted = collections.create(jo, "any"), list(uids)
    collections.add(row, uids)
    for _ in range(data.draw(st.integers(1, 6))):
        moved = data.draw(st.lists(st.sampled_from(uids), min_size=1, max_size=4, unique=True))
        rest = [uid for uid in wanted if uid not in moved]
        before = data.draw(st.sampled_from([*rest, None]))
        place = rest.index(before) if before else len(rest)
        wanted = [*rest[:place], *moved, *rest[place:]]
        collections.move(row, moved, before=before)
        assert [item.quotation.uid for item in collections.items(row)] == wanted
    assert [c.uid for c in collection_exports.citable(row)] == wanted


def _as_on_a_list(wanted: list[str], verb: str, uid: str, before: str | None) -> list[str]:
    """Return what a plain list would be after a verb; `before` None is the end."""
    rest = [one for one in wanted if one != uid]
    if verb == "remove":
        return rest
    if verb == "add" and uid in wanted:
        return wanted
    at = wanted.index(uid) if uid in wanted else 0
    places = {"up": max(at - 1, 0), "down": at + 1, "top": 0, "end": len(rest)}
    place = places.get(verb, rest.index(before) if before in rest else len(rest))
    return [*rest[:place], uid, *rest[place:]]


@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_sequence_keeps_the_order_and_never_doubles(jo, data):
    uids = all_uids()
    row, wanted = collections.create(jo, "any"), list[str]()
    for _ in range(data.draw(st.integers(1, 12))):
        verbs = ["add", *(["remove", "move", "up", "down", "top", "end"] if wanted else [])]
        verb = data.draw(st.sampled_from(verbs))
        uid = data.draw(st.sampled_from(uids if verb == "add" else wanted))
        others = [one for one in wanted if one != uid]
        before = data.draw(st.sampled_from([*others, None]))
        if verb == "add":
            collections.add(row, [uid], before=before)
        elif verb == "remove":
            assert collections.remove(row, [uid]) == 1
        elif verb == "move":
            collections.move(row, [uid], before=before)
        else:
            collections.shift(row, uid, collections.Step(verb))
        wanted = _as_on_a_list(wanted, verb, uid, before)
        assert [item.quotation.uid for item in collections.items(row)] == wanted
    for number, uid in enumerate(wanted, start=1):
        collections.place(row, uid, number)
    assert [item.quotation.uid for item in collections.all_items(row)] == wanted


@pytest.mark.parametrize(
    ("method", "path", "body", "says"),
    [
        ("POST", "", {}, "name"),
        ("POST", "", {"name": ""}, "name"),
        ("POST", "", {"name": "x" * 201}, "200"),
        ("POST", "", {"name": "x", "owner": "root"}, "not offered"),
        ("PATCH", "{uid}/", {"owner": 1}, "not offered"),
        ("PATCH", "{uid}/", {"uid": "x"}, "not offered"),
        ("POST", "{uid}/items/", {"quotations": []}, "quotations"),
        ("POST", "{uid}/items/", {"quotations": ["x"]}, "no quotation has the uid"),
        ("POST", "{uid}/items/", {"quotations": ["x"] * 1001}, "1000"),
        ("POST", "{uid}/items/", {"quotations": "{q}", "before": "nobody"}, "does not have"),
        ("POST", "{uid}/items/move/", {"quotations": ["x"], "before": None}, "add it first"),
        ("POST", "{uid}/items/move/", {"quotations": "{q}"}, "before"),
        ("GET", "{uid}/bibliography/?style=word", None, "is no style"),
        ("GET", "?mine=perhaps", None, "is no value"),
        ("GET", "{uid}/items/?unheard=1", None, "not offered"),
    ],
)
def test_what_cannot_be_done_says_why(api, own, method, path, body, says):
    if body and body.get("quotations") == "{q}":
        body = {**body, "quotations": all_uids()[:1]}
    response = api(method, path.format(uid=own), body)
    assert response.status_code == 400, response.content
    assert says in response.content.decode()


def test_an_item_is_not_moved_before_itself_and_collections_are_bounded(api, own, monkeypatch):
    uids = all_uids()
    api("POST", f"{own}/items/", {"quotations": uids[:2]})
    asked = {"quotations": uids[:1], "before": uids[0]}
    assert api("POST", f"{own}/items/move/", asked).status_code == 400
    few = collections.ACCESS.model_copy(update={"collection_items_most": 3})
    monkeypatch.setattr(collections, "ACCESS", few)
    response = api("POST", f"{own}/items/", {"quotations": uids[2:5]})
    assert "more than 3" in response.content.decode()
    assert order(api, own) == uids[:2]


WRITES = [
    ("PATCH", "{uid}/", {"name": "x"}),
    ("DELETE", "{uid}/", None),
    ("POST", "{uid}/items/", {"quotations": ["x"]}),
    ("POST", "{uid}/items/move/", {"quotations": ["x"], "before": None}),
    ("POST", "{uid}/items/remove/", {"quotations": ["x"]}),
    ("PATCH", "{uid}/items/x/", {"note": "x"}),
]
READS = [("GET", f"{{uid}}/{part}", None) for part in ("", "items/", "bibliography/")]


@pytest.mark.parametrize(("method", "path", "body"), [*WRITES, *READS])
def test_others_see_nothing_of_a_private_one(client, own, method, path, body):
    other = Api(client, User.objects.create_user("max"))
    assert other(method, path.format(uid=own), body).status_code == 404
    assert other("GET").json()["results"] == []
    assert Collection.objects.filter(name="Rail").count() == 1


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_others_read_a_public_one_and_do_not_change_it(client, api, own, method, path, body):
    api("PATCH", f"{own}/", {"is_public": True})
    other = Api(client, User.objects.create_user("max"))
    assert other(method, path.format(uid=own), body).status_code == 403
    assert client.get(f"{COLLECTIONS}{own}/items/").status_code == 200
    assert [row["uid"] for row in client.get(COLLECTIONS).json()["results"]] == [own]
    assert other("GET", "?mine=true").json()["results"] == []


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_scopes_and_strangers(  # noqa: PLR0913, PLR0917
    client, api, own, jo, method, path, body
):
    api("PATCH", f"{own}/", {"is_public": True})
    address = f"{COLLECTIONS}{path.format(uid=own)}"
    sent = json.dumps(body or {})
    assert client.generic(method, address, sent, "application/json").status_code == 401
    assert Api(client, jo, Scope.READ)(method, path.format(uid=own), body).status_code == 403


def test_a_token_that_may_not_read_sees_nothing_private(client, own, jo):
    assert Api(client, jo, Scope.WRITE)("GET", f"{own}/").status_code == 404
    assert Api(client, jo, Scope.REVIEW)("GET").json()["results"] == []
    assert client.get(f"{COLLECTIONS}?mine=true").status_code == 401


def test_a_private_tracker(client, settings, api, own):
    api("PATCH", f"{own}/", {"is_public": True})
    settings.PUBLIC_READS = False
    assert client.get(f"{COLLECTIONS}{own}/").status_code == 401
    assert api("GET", f"{own}/").status_code == 200


@pytest.mark.parametrize("style", ["text", "bibtex", "ris", "csl"])
def test_bibliography_is_every_citation_in_order(api, own, client, style):
    uids = all_uids()[::-1]
    api("POST", f"{own}/items/", {"quotations": uids})
    response = api("GET", f"{own}/bibliography/?style={style}")
    assert response.status_code == 200
    assert f"collection-{own}." in response["Content-Disposition"]
    written = b"".join(response.streaming_content).decode()
    single = [
        client.get(f"/api/v1/quotations/{uid}/citation/", {"style": style}).content.decode()
        for uid in uids
    ]
    if style == "csl":
        assert json.loads(written) == [json.loads(one)[0] for one in single]
    else:
        places = [written.index(one) for one in single]
        assert places == sorted(places)
        assert len(written.replace("\n", "").replace("\r", "")) == sum(
            len(one.replace("\n", "").replace("\r", "")) for one in single
        )


def test_an_empty_bibliography(api, own):
    for style, expected in (("csl", b"[]\n"), ("bibtex", b"")):
        response = api("GET", f"{own}/bibliography/?style={style}")
        assert b"".join(response.streaming_content) == expected


def test_many_items_page_and_cost_the_same(api, own, django_assert_num_queries):
    row = Collection.objects.get(uid=own)
    first = Quotation.objects.order_by("pk").first()
    collections.add(row, all_uids()[:1])
    api("GET", f"{own}/items/")
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as captured:
        api("GET", f"{own}/items/")
    queries = len(captured)
    values = {name: getattr(first, name) for name in (
        "version_id", "extraction_id", "position", "paragraph_index", "kind", "act", "content",
        "confidence", "speaker_confidence",
    )}  # fmt: skip
    Quotation.objects.bulk_create(
        (Quotation(uid=f"{n:016x}", **values) for n in range(1_500)), batch_size=500
    )
    piece = first.spans.filter(role="content").values("role", "position", "start", "end", "exact")
    one = piece.get()
    QuotationSpan.objects.bulk_create(
        (QuotationSpan(quotation=q, **one) for q in Quotation.objects.filter(
            uid__startswith="000000000000")), batch_size=500,
    )  # fmt: skip
    collections_items = Quotation.objects.exclude(pk=first.pk).order_by("pk")
    CollectionItem.objects.bulk_create(
        (CollectionItem(collection=row, quotation=q, position=n + 1)
         for n, q in enumerate(collections_items)), batch_size=500,
    )  # fmt: skip
    with django_assert_num_queries(queries):
        body = api("GET", f"{own}/items/?page_size=200").json()
    assert len(body["results"]) == 200
    count = 200
    while body["next"]:
        body = api("GET", body["next"].removeprefix("http://testserver")).json()
        count += len(body["results"])
    assert count == CollectionItem.objects.filter(collection=row).count() > 1_500
    lines = sum(1 for _ in collection_exports.citable(row))
    assert lines == count


def moves_at_once() -> None:
    """Let four put things into one collection at once; assert that all are in, once each."""
    row = collections.create(User.objects.create_user("race"), "race")
    uids, failed = all_uids(), []
    gate = threading.Barrier(4)

    def put(number: int) -> None:
        try:
            gate.wait(timeout=20)
            for uid in uids[number:] + uids[:number]:
                collections.add(row, [uid])
                collections.move(row, [uid], before=None)
        except Exception as error:  # noqa: BLE001  shown below
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=put, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    found = CollectionItem.objects.filter(collection=row)
    assert sorted(found.values_list("quotation__uid", flat=True)) == sorted(uids)
    assert len(set(found.values_list("position", flat=True))) == len(uids)


@pytest.mark.django_db(transaction=True)
def test_at_once():
    if connection.vendor == "sqlite":
        pytest.skip("an in-memory SQLite database has one connection, and its writers queue")
    moves_at_once()
