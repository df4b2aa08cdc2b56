"""/api/v1/imports/: begun, looked at, cancelled, gone on with; what it costs."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quotes import jobs, tokens
from quotes.models import Import, ImportItem
from quotes.params import JOBS
from quotes.tokens import Scope
from tests.quotes.quick_extractor import QuickExtractor

pytestmark = pytest.mark.django_db
LIST = "/api/v1/imports/"
State = Import.State


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.SITE_URL = "https://tracker.example"


@pytest.fixture
def ida() -> User:
    user = User.objects.create_user("ida")
    user.user_permissions.add(Permission.objects.get(codename="add_import"))
    return user


@pytest.fixture
def token(ida) -> dict[str, str]:
    """The header of a token that may write."""
    return {"Authorization": f"Bearer {tokens.make(ida, 'feeder', {Scope.READ, Scope.WRITE})[1]}"}


@pytest.fixture
def job(rail) -> Import:
    """An import of a file with a new article and two refusals, interrupted."""
    job = jobs.create("files", ["/srv/in/a.jsonl"])
    Import.objects.filter(pk=job.pk).update(
        state=State.RUNNING, done=3, new=1, refused=2, bytes_done=30, bytes_total=40
    )
    for number in (1, 2):
        ImportItem.objects.create(
            job=job,
            number=number,
            origin="/srv/in/a.jsonl",
            line=number,
            outcome="refused",
            problem="is empty",
            remedy="give a text",
        )
    ImportItem.objects.create(
        job=job, number=3, origin="/srv/in/a.jsonl", outcome="new", version=rail
    )
    job.refresh_from_db()
    return job


def address(job: Import, action: str = "") -> str:
    return f"{LIST}{job.uid}/{action}"


def test_an_import(client, job):
    found = client.get(address(job)).json()
    assert found["uid"] == str(job.uid)
    assert found["url"] == f"https://tracker.example/api/v1/imports/{job.uid}/"
    assert found["address"] == f"https://tracker.example/imports/{job.uid}/"
    assert (found["kind"], found["state"], found["progress"]) == ("files", "interrupted", 0.75)
    assert found["counts"] == {"new": 1, "changed": 0, "same": 0, "refused": 2}
    assert found["source"] == "a.jsonl", "folders of the server are not for everybody"
    assert found["items"] == f"{found['url']}items/"
    assert client.get(LIST).json()["results"] == [found]


def test_those_who_import_see_whole_paths(client, job, ida):
    client.force_login(ida)
    assert client.get(address(job)).json()["source"] == "/srv/in/a.jsonl"
    items = client.get(address(job, "items/")).json()["results"]
    assert {item["origin"] for item in items} == {"/srv/in/a.jsonl"}


def test_items(client, job, rail):
    items = client.get(address(job, "items/")).json()["results"]
    assert [item["number"] for item in items] == [1, 2, 3]
    refused = client.get(address(job, "items/?outcome=refused&page_size=1")).json()
    (first,) = refused["results"]
    assert first == {
        "number": 1,
        "outcome": "refused",
        "origin": "a.jsonl",
        "line": 1,
        "article": None,
        "version": None,
        "article_url": None,
        "problem": "is empty",
        "remedy": "give a text",
        "at": first["at"],
    }
    assert client.get(refused["next"]).json()["results"][0]["number"] == 2
    (new,) = client.get(address(job, "items/?outcome=new")).json()["results"]
    assert (new["article"], new["version"]) == (rail.article.uid, 1)
    assert new["article_url"].endswith(f"/api/v1/articles/{rail.article.uid}/")


@pytest.mark.parametrize(
    ("query", "field"),
    [("?outcome=odd", "outcome"), ("?nonsense=1", "nonsense"), ("?ordering=x", "ordering")],
)
def test_parameters_that_items_do_not_take(client, job, query, field):
    answer = client.get(address(job, f"items/{query}"))
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_filters_and_order(client, job):
    other = jobs.create("address", ["https://example.org/a"])
    both = [row["uid"] for row in client.get(LIST).json()["results"]]
    assert both == [str(other.uid), str(job.uid)]
    assert [row["uid"] for row in client.get(f"{LIST}?ordering=created_at").json()["results"]] == [
        *reversed(both)
    ]
    found = (
        ("state=interrupted", job.uid),
        ("state=waiting", other.uid),
        ("kind=address", other.uid),
    )
    for query, uid in found:
        assert [row["uid"] for row in client.get(f"{LIST}?{query}").json()["results"]] == [str(uid)]
    assert client.get(f"{LIST}?state=pending").status_code == 400, "the answers say waiting"
    (row,) = client.get(f"{LIST}?kind=files&fields=uid,counts.refused").json()["results"]
    assert row == {"uid": str(job.uid), "counts": {"refused": 2}}


# --- beginning


def test_addresses_become_an_import(client, token, django_capture_on_commit_callbacks):
    how = {"outlet": "Wire", "encoding": "windows-1252"}
    body = {"urls": ["https://example.org/a", "https://example.org/a"], **how}
    with django_capture_on_commit_callbacks() as later:
        answer = client.post(LIST, body, content_type="application/json", headers=token)
    assert answer.status_code == 202, answer.json()
    assert len(later) == 1
    job = Import.objects.get()
    assert answer.headers["Location"] == answer.json()["url"]
    assert client.get(answer.headers["Location"]).json()["uid"] == str(job.uid)
    assert (job.kind, job.sources, job.options) == (
        "api",
        ["https://example.org/a"],
        how,
    )
    assert (answer.json()["state"], job.by_name) == ("waiting", "ida")


def test_files_become_an_import_that_can_be_worked_at(client, token, monkeypatch):
    for module in ("quotes.jobs", "quotes.extraction"):
        monkeypatch.setattr(f"{module}.configured_extractor", QuickExtractor)
    files = [SimpleUploadedFile(f"{n}.txt", f"Ana Roe said {n}.".encode()) for n in "ab"]
    answer = client.post(LIST, {"files": files, "language": "en"}, headers=token)
    assert answer.status_code == 202, answer.json()
    jobs.work(Import.objects.get())
    found = client.get(answer.headers["Location"]).json()
    assert (found["state"], found["progress"], found["done"]) == ("finished", 1.0, 2)
    assert found["counts"]["new"] == 2
    assert found["run"]


def test_a_key_begins_one_import_of_addresses(client, token):
    body, key = {"urls": ["https://example.org/a"]}, {**token, "Idempotency-Key": "k"}
    refused = client.post(LIST, {"urls": []}, content_type="application/json", headers=key)
    assert refused.status_code == 400  # what was refused is not kept
    first, again = (
        client.post(LIST, body, content_type="application/json", headers=key) for _ in range(2)
    )
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json()
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    other = {"urls": ["https://example.org/b"]}
    answer = client.post(LIST, other, content_type="application/json", headers=key)
    assert answer.status_code == 422
    assert Import.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "text", "language", "status"),
    [
        pytest.param("a.txt", "One.", "en", 202, id="same"),
        pytest.param("a.txt", "Two.", "en", 422, id="bytes"),
        pytest.param("b.txt", "One.", "en", 422, id="name"),
        pytest.param("a.txt", "One.", "de", 422, id="option"),
    ],
)
def test_a_key_begins_one_import_of_files(client, token, name, text, language, status):
    key = {**token, "Idempotency-Key": "k"}

    def send(name, text, language):
        sent = {"files": [SimpleUploadedFile(name, text.encode())], "language": language}
        return client.post(LIST, sent, headers=key)

    first = send("a.txt", "One.", "en")
    assert first.status_code == 202, first.json()
    again = send(name, text, language)
    assert again.status_code == status
    job = Import.objects.get()
    with job.upload.open() as kept:
        assert kept.read() == b"One."
    if status == 202:
        assert again.json() == first.json()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "urls"),
        ({"urls": []}, "urls"),
        ({"urls": ["http://127.0.0.1/"]}, "urls"),
        ({"urls": ["https://example.org/a"], "language": "??"}, "language"),
        ({"urls": ["https://example.org/a"], "media_type": "x/y"}, "media_type"),
        ({"urls": ["https://example.org/a"], "encoding": "utf-9"}, "encoding"),
        ({"urls": [f"https://example.org/{n}" for n in range(JOBS.addresses_most + 1)]}, "urls"),
    ],
)
def test_what_cannot_be_imported_names_the_field(client, token, body, field):
    answer = client.post(LIST, body, content_type="application/json", headers=token)
    assert answer.status_code == 400
    assert {error["field"].split(".")[0] for error in answer.json()["errors"]} == {field}
    assert not Import.objects.exists()


def test_who_may(client, job, ida):
    actions = [LIST, address(job, "cancel/"), address(job, "resume/")]
    assert [client.post(action).status_code for action in actions] == [401] * 3
    reader = {"Authorization": f"Bearer {tokens.make(ida, 'reader', {Scope.READ})[1]}"}
    assert [client.post(one, headers=reader).status_code for one in actions] == [403] * 3
    client.force_login(User.objects.create_user("rita"))
    assert [client.post(one).status_code for one in actions] == [403] * 3


# --- cancelling, going on


def test_cancelled_and_gone_on_with(client, token, job):
    answer = client.post(address(job, "cancel/"), headers=token)
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    answer = client.post(address(job, "resume/"), headers=token)
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    Import.objects.update(state=State.FINISHED)
    answer = client.post(address(job, "resume/"), headers=token)
    assert answer.status_code == 409
    assert "is finished" in answer.json()["detail"]


def test_unknown(client, token):
    for action in ("", "items/"):
        assert client.get(f"{LIST}{uuid4()}/{action}").status_code == 404
    assert client.post(f"{LIST}{uuid4()}/cancel/", headers=token).status_code == 404


# --- what it costs


@pytest.mark.parametrize("rows", [1, 10])
def test_lists_cost_the_same_however_many_rows(client, rail, rows):
    for _ in range(rows):
        job = jobs.create("files", ["a.jsonl"])
        Import.objects.filter(pk=job.pk).update(state=State.RUNNING)
    for number in range(rows):
        ImportItem.objects.create(
            job=job, number=number + 1, origin="a", outcome="new", version=rail
        )
    limits = sum("requestcount" in query["sql"] for query in _queries(client, LIST))
    # The imports. Of items: the import, the items with version and article.
    assert len(_queries(client, LIST)) - limits == 1
    assert len(_queries(client, address(job, "items/"))) - limits == 2


def _queries(client, path: str) -> list[dict[str, str]]:
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return found.captured_queries


def test_a_form_without_files_lacks_files(client, token):
    answer = client.post(LIST, {"outlet": "The Wire"}, headers=token)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert (error["field"], error["remedy"]) == ("files", "give it")
