"""Deciding through the API: the rules, the history and the marks of the pages; who may."""

import json

import pytest
from django.contrib.auth.models import User

from quotes import decisions, tokens
from quotes.models import Decision, Quotation, Speaker
from quotes.tokens import Scope
from tests import reviewing
from tests.reviewing import called, said

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def world(run):
    return reviewing.stored_world(run)


@pytest.fixture
def jo() -> User:
    return reviewing.reviewer("jo")


@pytest.fixture
def api(client, jo):
    """Return a function that posts with a reviewer's token: path below /api/v1/, body, headers."""
    _, token = tokens.make(jo, "desk", {Scope.REVIEW})

    def post(path: str, body: object = None, **headers: str):
        return client.post(
            f"/api/v1/{path}",
            json.dumps({} if body is None else body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}", **headers},
        )

    return post


def of(row: Quotation | Speaker) -> str:
    """Return the address of a quotation or speaker below /api/v1/."""
    return f"quotations/{row.uid}/" if isinstance(row, Quotation) else f"speakers/{row.slug}/"


def seen(client, row) -> str:
    return client.get(f"/api/v1/{of(row)}history/").json()["seen"]


CASES = [
    ("It must", "confirm/", {}, "confirm"),
    ("It must", "reject/", {"why": "a headline"}, "reject"),
    ("It must", "correct-words/", {"words": "told reporters"}, "span"),
    ("It must", "correct-words/", {"pieces": [{"start": 0, "end": 7}]}, "span"),
    ("It must", "correct-speaker/", {"speaker": "ana-rowe"}, "speaker"),
    ("It must", "correct-speaker/", {"unnamed": "a monitor"}, "speaker"),
    ("It must", "correct-speaker/", {"unnamed": ""}, "speaker"),
    ("It must", "correct-speaker/", {"new_speaker": {"name": "Zoe Lee"}}, "speaker"),
    ("Ana Rowe", "merge/", {"into": "ana-roe"}, "merge"),
    ("Ana Roe", "split/", {"names": ["Ana Roe"], "to": "ana-rowe"}, "split"),
    ("Ana Roe", "rename/", {"name": "Dr Ana Roe", "description": "minister"}, "rename"),
    ("Ana Roe", "tell-apart/", {"other": "ana-rowe"}, "different"),
]


def about(words: str) -> Quotation | Speaker:
    return called(words) if words.startswith("Ana") else said(words)


@pytest.mark.parametrize(("words", "action", "body", "kind"), CASES)
def test_every_decision_is_taken_told_and_undone(  # noqa: PLR0913, PLR0917
    client, api, jo, words, action, body, kind
):
    if action == "split/":  # else it would be all of her
        Quotation.objects.filter(pk=said("We strike").pk).update(speaker_name="Roe")
    before, row = reviewing.snapshot(), about(words)
    response = api(f"{of(row)}{action}", {"seen": seen(client, row), **body})
    assert response.status_code == 201, response.content
    told = response.json()
    stored = Decision.objects.get(uid=told["uid"])
    assert (stored.by, stored.by_name, stored.kind) == (jo, "Jo Roe", kind)
    assert stored.via == told["via"] == "API, token “desk”"
    assert told["why"] == stored.why == body.get("why", "")
    assert response["Location"].endswith(f"/api/v1/decisions/{told['uid']}/")
    listed = client.get("/api/v1/decisions/").json()["results"][0]
    assert listed["uid"] == told["uid"]
    assert client.get(f"/api/v1/decisions/{told['uid']}/").json() == listed
    assert told["seen"] == seen(client, row)
    undone = api(f"decisions/{told['uid']}/undo/", {"why": "a mistake"})
    assert undone.status_code == 201
    assert undone.json()["undoes"] == told["uid"]
    again = client.get(f"/api/v1/decisions/{told['uid']}/").json()
    assert again["undone_by"] == undone.json()["uid"]
    if kind != "split" and "new_speaker" not in body:
        assert reviewing.snapshot()["Quotation"] == before["Quotation"]


@pytest.mark.parametrize(("words", "action", "body", "kind"), CASES)
def test_nothing_is_overwritten_unseen(client, api, words, action, body, kind):  # noqa: ARG001
    row = about(words)
    response = api(f"{of(row)}{action}", body)
    assert response.status_code == 428
    assert "If-Match" in response.json()["detail"]
    assert api(f"{of(row)}{action}", body, **{"If-Match": "*"}).status_code == 428
    old, sam = seen(client, row), reviewing.reviewer("sam")
    if isinstance(row, Quotation):
        decisions.confirm(row, sam)
    else:
        decisions.rename(row, sam, description="somebody")
    count, shown = Decision.objects.count(), reviewing.snapshot()
    response = api(f"{of(row)}{action}", {"seen": old, **body})
    assert response.status_code == 409
    problem = response.json()
    assert response["Content-Type"] == "application/problem+json"
    assert "Sam Roe" in problem["detail"]
    assert problem["latest"]["by"] == "Sam Roe"
    assert problem["latest"]["changes"]
    assert problem["seen"] == seen(client, row)
    assert problem["remedy"]
    assert Decision.objects.count() == count
    assert reviewing.snapshot() == shown


@pytest.mark.parametrize("how", ["field", "updated_at", "header", "weak"])
def test_the_mark_comes_in_the_body_or_as_a_header(client, api, how):
    row = said("It must")
    told = client.get(f"/api/v1/quotations/{row.uid}/").json()["updated_at"]
    mark = seen(client, row)
    headers = {"header": {"If-Match": f'"{mark}"'}, "weak": {"If-Match": f'W/"{mark}"'}}
    body = {"field": {"seen": mark}, "updated_at": {"seen": told}}
    response = api(f"{of(row)}confirm/", body.get(how, {}), **headers.get(how, {}))
    assert response.status_code == 201


def test_answers_go_on_from_each_other(client, api):
    row = said("It must")
    first = api(f"{of(row)}confirm/", {"seen": seen(client, row)}).json()
    second = api(f"{of(row)}correct-speaker/", {"seen": first["seen"], "speaker": "ana-rowe"})
    assert second.status_code == 201
    assert api(f"{of(row)}reject/", {"seen": first["seen"]}).status_code == 409


@pytest.mark.parametrize(
    ("words", "action", "body", "status", "field", "says"),
    [
        ("It must", "confirm/", {"unheard": 1}, 400, "unheard", "not offered"),
        ("It must", "confirm/", {"why": "x" * 501}, 400, "why", "500"),
        ("It must", "confirm/", [], 400, "non_field_errors", "dictionary"),
        ("It must", "correct-words/", {}, 400, "pieces", "one of"),
        ("It must", "correct-words/", {"pieces": [{"start": 5}]}, 400, "pieces.0.end", "required"),
        ("It must", "correct-words/", {"pieces": []}, 422, None, ""),
        ("It must", "correct-words/", {"pieces": [{"start": 0, "end": 10**6}]}, 422, None, ""),
        ("It must", "correct-words/", {"words": "never said"}, 400, "words", "does not have"),
        ("It must", "correct-words/", {"words": "said"}, 400, "words", "times"),
        ("It must", "correct-speaker/", {}, 400, "speaker", "one of"),
        ("It must", "correct-speaker/", {"speaker": "ana-roe", "unnamed": ""}, 400, "speaker", "o"),
        ("It must", "correct-speaker/", {"speaker": "nobody"}, 400, "speaker", "nobody"),
        ("It must", "correct-speaker/", {"speaker": "ana-roe"}, 422, None, "already"),
        ("It must", "correct-speaker/", {"new_speaker": {"name": "Ana Rowe"}}, 400, "new_speaker",
         "ana-rowe"),
        ("It must", "correct-speaker/", {"new_speaker": {"name": "A", "kind": "anonymous"}}, 400,
         "new_speaker.kind", "not a valid choice"),
        ("Ana Roe", "merge/", {"into": "ana-roe"}, 422, None, "itself"),
        ("Ana Roe", "merge/", {"into": "nobody"}, 400, "into", "nobody"),
        ("Ana Roe", "split/", {"to": "ana-rowe"}, 422, None, "Choose"),
        ("Ana Roe", "split/", {"to": "ana-rowe", "articles": ["x"]}, 400, "articles", "x"),
        ("Ana Roe", "rename/", {}, 422, None, "already"),
        ("Ana Roe", "rename/", {"wikidata_id": "12"}, 422, None, "Q1065"),
        ("Ana Roe", "tell-apart/", {"other": "ana-roe"}, 422, None, "one already"),
    ],
)  # fmt: skip
def test_what_cannot_be_decided_says_why(  # noqa: PLR0913, PLR0917
    client, api, words, action, body, status, field, says
):
    row = about(words)
    sent = {"seen": seen(client, row), **body} if isinstance(body, dict) else body
    response = api(f"{of(row)}{action}", sent)
    assert response.status_code == status, response.content
    problem = response.json()
    assert problem["remedy"]
    if field:
        assert field in {error["field"] for error in problem["errors"]}
        assert says in response.content.decode()
    else:
        assert says in problem["detail"]
    assert Decision.objects.count() == 0


def test_another_of_a_name_is_said_to_be(client, api):
    row = said("It must")
    new = {"name": "Ana Rowe", "another": True}
    body = {"seen": seen(client, row), "new_speaker": new}
    assert api(f"{of(row)}correct-speaker/", body).status_code == 201
    assert Speaker.objects.filter(name="Ana Rowe").count() == 2


def test_everywhere_is_one_decision_each_and_undone_as_one(client, api):
    row = said("It must")
    body = {"seen": seen(client, row), "speaker": "ana-rowe", "everywhere": True}
    told = api(f"{of(row)}correct-speaker/", body).json()
    assert told["batch"]
    assert Decision.objects.filter(batch=told["batch"]).count() > 1
    api(f"decisions/{told['uid']}/undo/")
    assert said("It must").speaker == called("Ana Roe")


def test_undoing_what_another_builds_upon_names_that(client, api):
    row = said("It must")
    first = api(f"{of(row)}correct-speaker/", {"seen": seen(client, row), "speaker": "ana-rowe"})
    mark = first.json()["seen"]
    second = api(f"{of(row)}correct-speaker/", {"seen": mark, "unnamed": ""}).json()
    response = api(f"decisions/{first.json()['uid']}/undo/")
    assert response.status_code == 409
    assert response.json()["blocking"]["uid"] == second["uid"]
    assert api(f"decisions/{second['uid']}/undo/").status_code == 201
    assert api(f"decisions/{second['uid']}/undo/").status_code == 409


@pytest.mark.parametrize(("words", "action", "body", "kind"), CASES)
def test_who_may_decide(client, settings, words, action, body, kind):  # noqa: ARG001
    settings.PUBLIC_READS = True
    row = about(words)
    sent = json.dumps({"seen": decisions.seen(row), **body})
    reader, max_ = reviewing.reviewer("rea"), User.objects.create_user("max")
    _, no_review = tokens.make(reader, "a", {Scope.READ, Scope.WRITE})
    _, no_right = tokens.make(max_, "b", {Scope.REVIEW})
    for token, status in ((None, 401), (no_review, 403), (no_right, 403)):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        path = f"/api/v1/{of(row)}{action}"
        response = client.post(path, sent, content_type="application/json", headers=headers)
        assert response.status_code == status
        assert response.json()["remedy"]
    assert Decision.objects.count() == 0


def test_undoing_takes_the_same_right(client, api):
    row = said("It must")
    told = api(f"{of(row)}confirm/", {"seen": seen(client, row)}).json()
    path = f"/api/v1/decisions/{told['uid']}/undo/"
    assert client.post(path, {}, content_type="application/json").status_code == 401
    _, token = tokens.make(reviewing.reviewer("rea"), "a", {Scope.WRITE})
    header = {"Authorization": f"Bearer {token}"}
    assert client.post(path, {}, content_type="application/json", headers=header).status_code == 403


def test_a_session_decides_as_on_the_pages(client, jo):
    client.force_login(jo)
    row = said("It must")
    body = {"seen": decisions.seen(row)}
    path = f"/api/v1/{of(row)}confirm/"
    assert client.post(path, body, content_type="application/json").json()["via"] == "API"
    page = client.get(f"/quotes/{row.uid}/history/").content.decode()
    assert "through the API" in page


def test_strangers_read_history_where_reads_are_public(client, settings, jo):
    row = said("It must")
    decisions.confirm(row, jo)
    body = client.get(f"/api/v1/{of(row)}history/").json()
    assert body["entries"][0]["decision"]["kind"] == "confirm"
    assert body["machine_reading"]["Speaker"] == "Ana Roe"
    settings.PUBLIC_READS = False
    for path in (f"{of(row)}history/", f"{of(called('Ana Roe'))}history/", "decisions/"):
        assert client.get(f"/api/v1/{path}").status_code == 401


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ({}, ["merge", "reject", "confirm"]),
        ({"ordering": "at"}, ["confirm", "reject", "merge"]),
        ({"kind": "reject"}, ["reject"]),
        ({"by": "jo"}, ["merge", "confirm"]),
        ({"speaker": "ana-roe"}, ["merge"]),
    ],
)
def test_the_list_of_decisions(client, jo, query, kinds):
    sam = reviewing.reviewer("sam")
    decisions.confirm(said("It must"), jo)
    decisions.reject(said("nobody knew"), sam)
    decisions.merge(called("Ana Rowe"), called("Ana Roe"), jo)
    rows = client.get("/api/v1/decisions/", query).json()["results"]
    assert [row["kind"] for row in rows] == kinds
    of_one = client.get("/api/v1/decisions/", {"quotation": said("It must").uid}).json()["results"]
    assert [row["kind"] for row in of_one] == ["confirm"]


@pytest.mark.parametrize("path", ["decisions/", "quotations/{uid}/history/"])
def test_lists_cost_the_same_for_one_and_for_ten(client, jo, django_assert_max_num_queries, path):
    row = said("It must")
    for _ in range(10):
        decisions.confirm(row, jo)
        with django_assert_max_num_queries(6):
            assert client.get(f"/api/v1/{path.format(uid=row.uid)}").status_code == 200


def test_what_is_not_there(api):
    for path in ("quotations/0123456789abcdef/confirm/", "speakers/nobody/merge/"):
        assert api(path, {"seen": "x"}).status_code == 404
    uid = "00000000-0000-4000-8000-000000000000"
    assert api(f"decisions/{uid}/undo/").status_code == 404
