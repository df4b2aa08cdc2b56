"""Statements through the API: lists, items, reports side by side, mirrors, what people say."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from quotes import tokens
from quotes.models import ExtractionRun, Quotation, SameStatement, Speaker, Statement
from tests import reviewing
from tests import statements as shelf

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def wall(run: ExtractionRun) -> Statement:
    """The statement of tests/statements.py."""
    return shelf.wall(run)


def get(client: Client, path: str, status: int = 200, **query: Any) -> Any:
    answer = client.get(f"/api/v1/{path}", query)
    assert answer.status_code == status, answer.content
    return answer.json()


# --- the list


def test_a_statement_says_what_is_counted_of_it(client: Client, wall: Statement) -> None:
    (row,) = get(client, "statements/")["results"]
    assert row["uid"] == wall.uid
    assert row["content"] == shelf.WALL
    assert row["quotation"] == shelf.named("Morning Wire").uid
    assert row["speaker"]["slug"] == "us-central-command"
    assert (row["reports_count"], row["possible_count"]) == (7, 1)
    counts = [row[f"{of}_count"] for of in ("articles", "outlets", "without_outlet")]
    assert counts == [6, 5, 1]
    assert (row["first_on"], row["last_on"]) == ("2026-10-02", "2026-10-05")
    assert row["url"].endswith(f"/api/v1/statements/{wall.uid}/")
    assert row["address"].endswith(f"/statements/{wall.uid}/")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"speaker": "us-central-command"}, 1),
        ({"speaker": "nobody"}, 0),
        ({"outlet": "harbour-post"}, 1),
        ({"outlet": "nowhere"}, 0),
        ({"has_warnings": "false"}, 1),
        ({"has_warnings": "true"}, 0),
        ({"min_outlets": "5"}, 1),
        ({"min_outlets": "6"}, 0),
        ({"min_sources": "2"}, 1),
        ({"first_from": "2026-10-02", "first_to": "2026-10-02"}, 1),
        ({"first_from": "2026-10-03"}, 0),
        ({"ordering": "-reports_count", "fields": "uid,speaker.name"}, 1),
        ({"ordering": "-outlets_count", "expand": "representative"}, 1),
    ],
)
@pytest.mark.usefixtures("wall")
def test_filters(client: Client, query: dict[str, str], count: int) -> None:
    assert len(get(client, "statements/", **query)["results"]) == count


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"min_outlets": "many"}, "min_outlets"),
        ({"has_warnings": "perhaps"}, "has_warnings"),
        ({"first_from": "yesterday"}, "first_from"),
        ({"ordering": "loudest"}, "ordering"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_used_is_named(client: Client, query: dict[str, str], field: str) -> None:
    told = get(client, "statements/", 400, **query)
    assert [error["field"] for error in told["errors"]] == [field]
    assert all(error["remedy"] for error in told["errors"])


def test_pages_and_queries(
    client: Client, run: ExtractionRun, django_assert_num_queries: Any
) -> None:
    for n in range(6):
        rows = [shelf.tell(run, 10 * n + k, f"Paper {n}{k}", f"“We will win war {n},”",
                           day=f"2026-01-0{n + 1}") for k in range(2)]  # fmt: skip
        shelf.together(rows, uid=f"st{n}", last_on=f"2026-01-0{n + 1}")
    first = get(client, "statements/", page_size=4)
    assert [row["uid"] for row in first["results"]] == ["st5", "st4", "st3", "st2"]
    following = client.get(first["next"]).json()
    assert [row["uid"] for row in following["results"]] == ["st1", "st0"]
    for size in (1, 6):
        # when something last changed: rows, tombstones (and by which clock); rows
        with django_assert_num_queries(4 if connection.vendor == "postgresql" else 3):
            get(client, "statements/", page_size=size)
        with django_assert_num_queries(1):
            get(client, "statements/", page_size=size, expand="representative")


def test_a_list_is_known_by_its_tag(client: Client, wall: Statement) -> None:
    tag = client.get("/api/v1/statements/").headers["ETag"]
    again = client.get("/api/v1/statements/", headers={"If-None-Match": tag})
    assert again.status_code == 304
    Statement.objects.filter(pk=wall.pk).update(outlets_count=3)
    changed = client.get("/api/v1/statements/", headers={"If-None-Match": tag})
    assert changed.status_code == 200


# --- one statement, and its reports


def test_who_was_first_and_which_are_copies(client: Client, wall: Statement) -> None:
    found = get(client, f"statements/{wall.uid}/")
    first = found["first_report"]
    assert (first["published_on"], first["published_at"]) == ("2026-10-03", "2026-10-03T08:00:00Z")
    assert [one["outlet"] for one in first["reports"]] == ["Morning Wire"]
    assert [one["outlet"] for one in first["untimed"]] == ["The Observer"]
    assert first["undated"] == 1
    assert found["wire_texts"] == [3]
    assert len(found["reports"]) == 7
    assert found["merged_into"] is None


def test_reports_are_beside_one_of_them(client: Client, wall: Statement) -> None:
    turned = shelf.named("National Courier")
    rows = {row["uid"]: row for row in get(client, f"statements/{wall.uid}/reports/")["results"]}
    row = rows[turned.uid]
    assert {"text": "not ", "change": "added"} in row["differences"] or any(
        each["change"] == "added" and "not" in each["text"] for each in row["differences"]
    )
    told = "".join(each["text"] for each in row["differences"] if each["change"] != "left out")
    assert told == row["content"]
    assert {one["kind"] for one in row["warnings"]} == {"negation", "number"}
    assert row["check"] == "verified"
    assert rows[shelf.named("Morning Gazette").uid]["relation"] == "possible"
    other = get(client, f"statements/{wall.uid}/reports/", against=turned.uid)["results"]
    same = next(row for row in other if row["uid"] == turned.uid)
    assert [each["change"] for each in same["differences"]] == ["same"]


def test_reports_by_pages(client: Client, wall: Statement, django_assert_num_queries: Any) -> None:
    address = f"statements/{wall.uid}/reports/"
    days = []
    page = get(client, address, page_size=3)
    while True:
        days += [row["article"]["published_on"] for row in page["results"]]
        if not page["next"]:
            break
        page = client.get(page["next"]).json()
    dated = [day for day in days if day]
    assert dated == sorted(dated)
    assert len(days) == 7
    for size in (1, 7):
        # statement with its representative; rows; spans; texts
        with django_assert_num_queries(4):
            get(client, address, page_size=size)


def test_variants_of_a_quotation(client: Client, wall: Statement, quotation: Quotation) -> None:
    mine = shelf.named("Harbour Post")
    found = get(client, f"quotations/{mine.uid}/variants/")["results"]
    assert mine.uid not in {row["uid"] for row in found}
    assert len(found) == wall.reports_count - 1
    assert get(client, f"quotations/{quotation.uid}/variants/")["results"] == []
    rows = get(client, "quotations/", expand="statement", fields="uid,statement")["results"]
    assert {row["uid"]: row["statement"] for row in rows}[mine.uid] == wall.uid
    assert {row["uid"]: row["statement"] for row in rows}[quotation.uid] is None


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("statements/nothing/", 404),
        ("statements/nothing/reports/", 404),
        ("quotations/nothing/variants/", 404),
        ("statements/st0001wa11/reports/?against=nothing", 404),
        ("statements/st0001wa11/?colour=red", 400),
    ],
)
@pytest.mark.usefixtures("wall")
def test_wrong_addresses(client: Client, path: str, status: int) -> None:
    assert client.get(f"/api/v1/{path}").status_code == status


def test_a_statement_that_was_another_says_which(client: Client, wall: Statement) -> None:
    Statement.objects.create(uid="st00030ld", merged_into=wall)
    found = get(client, "statements/st00030ld/")
    assert found["merged_into"] == wall.uid
    assert (found["content"], found["reports"], found["first_report"]) == (None, [], None)


# --- mirrors


def changed(client: Client) -> dict[str, str | None]:
    """Return what a mirror is told: uid -> why it is not listed, None if it is."""
    rows = get(client, "statements/", updated_since="1970-01-01T00:00:00Z")["results"]
    return {row["uid"]: row.get("removed") for row in rows}


def test_a_mirror_hears_of_what_changes_and_goes(client: Client, wall: Statement) -> None:
    assert changed(client)[wall.uid] is None
    Statement.objects.filter(pk=wall.pk).update(articles_count=1)
    assert changed(client)[wall.uid] is None  # another may report it
    Statement.objects.filter(pk=wall.pk).update(possible_count=0)
    assert changed(client)[wall.uid] == "gone"
    other = Statement.objects.create(uid="st0ther", articles_count=2)
    Statement.objects.filter(pk=wall.pk).update(merged_into=other)
    assert changed(client)[wall.uid] == "merged"
    assert changed(client)[other.uid] is None
    Statement.objects.filter(pk=wall.pk).update(merged_into=None)
    Statement.objects.filter(pk=other.pk).delete()
    assert changed(client)[other.uid] == "deleted"


def test_what_a_row_shows_of_others_moves_it(client: Client, wall: Statement) -> None:
    Statement.objects.update(updated_at="2020-01-01T00:00:00Z")
    Speaker.objects.filter(pk=wall.speaker_id).update(name="Central Command")
    wall.refresh_from_db()
    assert wall.updated_at.year > 2020
    Statement.objects.update(updated_at="2020-01-01T00:00:00Z")
    Quotation.objects.filter(pk=wall.representative_id).update(content="“other”")
    wall.refresh_from_db()
    assert wall.updated_at.year > 2020
    assert get(client, "statements/")["results"][0]["speaker"]["name"] == "Central Command"


# --- what people say


def deciding(scopes: set[Any], user: User) -> dict[str, str]:
    _, token = tokens.make(user, "t", scopes)
    return {"Authorization": f"Bearer {token}"}


def say(client: Client, headers: dict[str, str], **body: Any) -> Any:
    return client.post(
        "/api/v1/same-statements/", body, content_type="application/json", headers=headers
    )


def test_a_reviewer_says_and_undoes(client: Client, wall: Statement) -> None:
    user = reviewing.reviewer()
    headers = deciding({tokens.Scope.REVIEW, tokens.Scope.READ}, user)
    one, other = shelf.named("Morning Gazette"), shelf.named("Morning Wire")
    answer = say(client, headers, one=one.uid, other=other.uid, is_same=False, comment="a guess")
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert {told["one"], told["other"]} == {one.uid, other.uid}
    assert (told["is_same"], told["comment"], told["by"]) == (False, "a guess", "Jo Roe")
    assert answer.headers["Location"] == told["url"]
    assert get(client, "same-statements/", quotation=one.uid)["results"] == [told]
    assert get(client, f"same-statements/{told['id']}/") == told
    undo = client.post(f"/api/v1/same-statements/{told['id']}/undo/", {},
                       content_type="application/json", headers=headers)  # fmt: skip
    assert undo.status_code == 200, undo.content
    assert undo.json()["undone_at"]
    assert undo.json()["undone_by"] == "Jo Roe"
    assert wall.pk


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"is_same": "yes"}, "is_same"),
        ({"other": None}, "other"),
        ({"colour": "red"}, "colour"),
        ({"comment": "x" * 1001}, "comment"),
    ],
)
@pytest.mark.usefixtures("wall")
def test_what_cannot_be_said_is_explained(client: Client, body: dict[str, Any], field: str) -> None:
    headers = deciding({tokens.Scope.REVIEW}, reviewing.reviewer())
    one, other = shelf.named("Morning Gazette"), shelf.named("Morning Wire")
    sent = {"one": one.uid, "other": other.uid, "is_same": True, **body}
    answer = say(client, headers, **sent)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert say(client, headers, **{**sent, field: None}).status_code == 400
    assert not SameStatement.objects.exists()


def test_a_quotation_is_not_two(client: Client, wall: Statement) -> None:
    headers = deciding({tokens.Scope.REVIEW}, reviewing.reviewer())
    assert wall.representative
    uid = wall.representative.uid
    answer = say(client, headers, one=uid, other=uid, is_same=True)
    assert answer.status_code == 422
    assert "not two" in answer.json()["detail"]
    answer = say(client, headers, one=uid, other="nothing", is_same=True)
    assert answer.status_code == 404
    assert "no quotation has the uid 'nothing'" in answer.json()["detail"]
    assert answer.json()["remedy"] == "look it up"


@pytest.mark.usefixtures("wall")
def test_only_reviewers_say(client: Client) -> None:
    one, other = shelf.named("Morning Gazette").uid, shelf.named("Morning Wire").uid
    body = {"one": one, "other": other, "is_same": True}
    assert say(client, {}, **body).status_code == 401
    kim = User.objects.create_user("kim")
    assert say(client, deciding({tokens.Scope.REVIEW}, kim), **body).status_code == 403
    sam = reviewing.reviewer("sam")
    assert say(client, deciding({tokens.Scope.READ}, sam), **body).status_code == 403
    assert not SameStatement.objects.exists()
