"""/api/v1/jobs/: imports, exports and runs in one list; whose, how they stand, what it costs."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from quotes import exports, jobs, locks, store, tokens
from quotes.job_lists import Job
from quotes.models import Export, ExtractionRun, Import
from quotes.tokens import Scope
from tests import builders

pytestmark = [pytest.mark.django_db, pytest.mark.database]
LIST = "/api/v1/jobs/"
BEGAN = datetime(2026, 3, 4, 8, tzinfo=UTC)
State = Import.State


@pytest.fixture(autouse=True)
def site(settings: Settings) -> None:
    settings.SITE_URL = "https://tracker.example"


@pytest.fixture
def ida() -> User:
    return User.objects.create_user("ida")


@pytest.fixture
def operator() -> User:
    user = User.objects.create_user("otto")
    user.user_permissions.add(Permission.objects.get(codename="view_export"))
    return user


def aged(job: Job, hours: int, **fields: Any) -> Job:
    """Return `job` as one that was begun some hours after BEGAN."""
    began = "started_at" if isinstance(job, ExtractionRun) else "created_at"
    type(job).objects.filter(pk=job.pk).update(**{began: BEGAN + timedelta(hours=hours)}, **fields)
    job.refresh_from_db()
    return job


@pytest.fixture
def at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ExitStack]:
    """Where locks can be held; a database in memory has none, so these are beside it."""
    if connection.vendor == "sqlite":
        monkeypatch.setattr(locks.Lock, "_path", lambda lock: tmp_path / f"{lock.ending}.lock")
    with ExitStack() as held:
        yield held


@pytest.fixture
def made(run: ExtractionRun, ida: User, operator: User, at_work: ExitStack) -> dict[str, Job]:
    """A job of every kind and standing, the oldest first."""
    feed = jobs.create("feed", ["https://example.org/f"])
    at_work.enter_context(locks.of_job(feed.uid).hold())
    of_ida = jobs.create("api", ["https://example.org/a"], by=ida)
    jsonl, csv = exports.create("jsonl", {}, owner=ida), exports.create("csv", {}, owner=operator)
    return {
        "finished": aged(jobs.create("files", ["a.txt"]), 0, state=State.FINISHED, new=2),
        "interrupted": aged(of_ida, 1, state=State.RUNNING),
        "running": aged(feed, 2, state=State.RUNNING),
        "failed": aged(csv, 3, state=State.FAILED),
        "waiting": aged(jsonl, 4),
        "stopped": aged(run, 5, planned=8),
    }


def names(client: Client, made: dict[str, Job], query: str = "", **headers: Any) -> list[str]:
    """Return which of the jobs a list has, in its order."""
    by_uid = {str(job.uid): name for name, job in made.items()}
    answer = client.get(f"{LIST}{query}", **headers)
    assert answer.status_code == 200, answer.json()
    return [by_uid[row["uid"]] for row in answer.json()["results"]]


OPEN_TO_ALL = ["stopped", "running", "interrupted", "finished"]
OF_IDA = ["stopped", "waiting", "running", "interrupted", "finished"]


def test_whose_jobs_are_told_to_whom(
    client: Client, made: dict[str, Job], ida: User, operator: User
) -> None:
    assert names(client, made) == OPEN_TO_ALL
    scopes = {"writes": {Scope.WRITE}, "reads": {Scope.READ}}
    sent = {
        name: {"headers": {"Authorization": f"Bearer {tokens.make(ida, name, scope)[1]}"}}
        for name, scope in scopes.items()
    }
    assert names(client, made, **sent["reads"]) == OF_IDA
    assert names(client, made, **sent["writes"]) == OPEN_TO_ALL, "the token may not read"
    export = f"{LIST}{made['waiting'].uid}/"
    assert client.get(export).status_code == 404, "an export is its owner's"
    assert client.get(export, **sent["writes"]).status_code == 404
    assert (
        client.get(export, **sent["reads"])
        .json()["links"]["resource"]
        .endswith(f"/api/v1/exports/{made['waiting'].uid}/")
    )
    client.force_login(operator)
    assert names(client, made) == ["stopped", "waiting", "failed", *OPEN_TO_ALL[1:]]
    told = client.get(export).json()
    assert (told["state"], told["links"]["resource"]) == ("waiting", None), "not to be fetched"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        *((f"?state={name}", [name]) for name in ("waiting", "running", "finished")),
        ("?state=interrupted", ["stopped", "interrupted"]),
        ("?state=failed", []),
        ("?state=cancelled", []),
        ("?kind=import", ["running", "interrupted", "finished"]),
        ("?kind=export", ["waiting"]),
        ("?kind=run", ["stopped"]),
        ("?kind=run&state=finished", []),
        ("?mine=true", ["waiting", "interrupted"]),
        ("?mine=true&kind=run", []),
        (
            "?created_from=2026-03-04T10:00:00Z&created_to=2026-03-04T12:00:00Z",
            ["waiting", "running"],
        ),
        ("?ordering=created_at", OF_IDA[::-1]),
    ],
)
def test_filters(
    client: Client, made: dict[str, Job], ida: User, query: str, expected: list[str]
) -> None:
    client.force_login(ida)
    assert names(client, made, query) == expected


@pytest.mark.parametrize(
    ("query", "status", "fields"),
    [
        ("?state=pending", 400, ["state"]),
        ("?kind=feed", 400, ["kind"]),
        ("?mine=false", 400, ["mine"]),
        ("?created_from=yesterday", 400, ["created_from"]),
        ("?by=ida", 400, ["by"]),
        ("?mine=true", 401, []),
    ],
)
def test_what_cannot_be_asked(client: Client, query: str, status: int, fields: list[str]) -> None:
    answer = client.get(f"{LIST}{query}")
    assert answer.status_code == status
    assert [error["field"] for error in answer.json().get("errors", [])] == fields


@pytest.mark.parametrize("size", [1, 2, 4])
@pytest.mark.parametrize("ordering", ["created_at", "-created_at"])
def test_pages_of_several_tables_have_each_job_once(
    client: Client, made: dict[str, Job], ida: User, size: int, ordering: str
) -> None:
    """Also where jobs of two tables were begun at one moment."""
    aged(made["running"], 4)
    aged(made["interrupted"], 4)
    client.force_login(ida)
    whole = names(client, made, f"?ordering={ordering}")
    assert sorted(whole) == sorted(OF_IDA)
    address, seen, previous = f"{LIST}?ordering={ordering}&page_size={size}", [], []
    while address:
        page = client.get(address).json()
        seen += [row["uid"] for row in page["results"]]
        previous.append(page["previous"])
        address = page["next"]
    assert [str(made[name].uid) for name in whole] == seen
    back = client.get(previous[-1]).json()["results"]
    last = len(seen) - (len(seen) % size or size)
    assert [row["uid"] for row in back] == seen[last - size : last]


def test_every_kind_of_job_has_one_form(client: Client, made: dict[str, Job], ida: User) -> None:
    client.force_login(ida)
    listed = {row["uid"]: row for row in client.get(LIST).json()["results"]}
    for job in (made[name] for name in OF_IDA):
        one = client.get(f"{LIST}{job.uid}/").json()
        assert one["url"] == f"https://tracker.example{LIST}{job.uid}/"
        assert listed[str(job.uid)] == one | {"seconds_left": None}
        assert one["links"]["resource"].startswith("https://tracker.example/api/v1/")
    finished = listed[str(made["finished"].uid)]
    assert (finished["kind"], finished["state"], finished["progress"]) == ("import", "finished", 1)
    assert finished["counts"] == {"new": 2, "changed": 0, "same": 0, "refused": 0}
    (row,) = client.get(f"{LIST}?kind=run&fields=uid,links.page").json()["results"]
    page = f"https://tracker.example/runs/{made['stopped'].uid}/"
    assert row == {"uid": str(made["stopped"].uid), "links": {"page": page}}


def test_a_run_of_an_import_is_found_and_not_listed(client: Client, run: ExtractionRun) -> None:
    store.close_run(run)
    assert client.get(f"{LIST}{run.uid}/").json()["state"] == "finished"
    assert client.get(LIST).json()["results"] == []
    for unknown in (uuid4(), "x"):
        answer = client.get(f"{LIST}{unknown}/")
        assert answer.status_code == 404


@pytest.mark.parametrize("rows", [1, 10])
def test_the_list_costs_the_same_however_many_rows(
    client: Client, operator: User, rows: int
) -> None:
    for _ in range(rows):
        Import.objects.filter(pk=jobs.create("files", ["a"]).pk).update(state=State.RUNNING)
        export = exports.create("csv", {}, owner=operator)
        Export.objects.filter(pk=export.pk).update(state=State.FAILED)
        aged(store.open_run(builders.provenance()), 0, planned=1)
    client.force_login(operator)
    with CaptureQueriesContext(connection) as found:
        assert len(client.get(LIST).json()["results"]) == min(25, 3 * rows)
    # Session, account, its rights (2); three tables, what the runs read. PostgreSQL: two for locks.
    assert len(found) == 8 + 2 * (connection.vendor == "postgresql")
