"""Exports in the API: asked for, followed, downloaded, cancelled, deleted; whose they are."""

import json
from hashlib import sha256
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from quotes import exports
from quotes.downloads import wanted
from quotes.models import Export
from quotes.params import EXPORTS

pytestmark = pytest.mark.django_db
PATH = "/api/v1/exports/"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def ann(client):
    user = User.objects.create_user("ann")
    client.force_login(user)
    return user


def post(client, path=PATH, **body):
    return client.post(path, json.dumps(body), content_type="application/json")


def status_of(client, path):
    response = client.get(path)
    response.close()
    return response.status_code


def finished(ann, name="csv", query=None):
    return exports.work(exports.create(name, query or {}, owner=ann))


@pytest.mark.usefixtures("rail")
def test_an_export_from_the_asking_to_the_download(client, ann):
    asked = post(client, format="csv", query={"kind": ["direct"]})
    assert asked.status_code == 202
    body = asked.json()
    assert asked["Location"] == body["url"]
    assert (body["state"], body["rows"], body["download"]) == ("pending", 0, None)
    early = client.get(f"{body['url']}download/")
    assert early.status_code == 409
    assert early["Retry-After"] == "5"
    assert "waiting" in early.json()["detail"]
    exports.work(Export.objects.get(owner=ann))
    done = client.get(body["url"]).json()
    assert (done["state"], done["rows"], done["query"]) == ("finished", 1, {"kind": ["direct"]})
    assert done["counts"]["kind"] == {"direct": 1}
    file = client.get(done["download"])
    data = b"".join(file.streaming_content)
    assert file["ETag"] == f'"{sha256(data).hexdigest()}"' == f'"{done["sha256"]}"'
    assert file["Content-Disposition"].startswith('attachment; filename="quotations-')
    assert len(data) == done["size_bytes"] == int(file["Content-Length"])
    manifest = client.get(done["manifest"]).json()
    assert (manifest["rows"], manifest["sha256"]) == (1, done["sha256"])
    assert [one["uid"] for one in client.get(PATH).json()["results"]] == [done["uid"]]


@pytest.mark.usefixtures("rail")
def test_a_download_that_broke_off_goes_on(client, ann):
    export = finished(ann)
    path = f"{PATH}{export.uid}/download/"
    whole = b"".join(client.get(path).streaming_content)
    tag = f'"{export.sha256}"'
    part = client.get(path, headers={"Range": "bytes=10-", "If-Range": tag})
    assert part.status_code == 206
    assert part["Content-Range"] == f"bytes 10-{len(whole) - 1}/{len(whole)}"
    assert whole[:10] + b"".join(part.streaming_content) == whole
    other = client.get(path, headers={"Range": "bytes=10-", "If-Range": '"other"'})
    assert (other.status_code, b"".join(other.streaming_content)) == (200, whole)
    beyond = client.get(path, headers={"Range": f"bytes={len(whole)}-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(whole)}")
    assert beyond.json()["remedy"] == f"ask for less than its {len(whole)} bytes"
    same = client.get(path, headers={"If-None-Match": tag})
    assert same.status_code == 304


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=2-", (2, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=-99", (0, 10)),
        ("bytes=2-99", (2, 10)),
        ("bytes=10-", (10, 10)),
        ("bytes=-0", (10, 10)),
        ("bytes=5-2", None),
        ("bytes=-", None),
        ("bytes=1-2,4-5", None),
        ("rows=1-2", None),
        ("bytes=٣-", None),
        ("", None),
    ],
)
def test_ranges(header, expected):
    assert wanted(header, 10) == expected


@given(st.from_regex(r"bytes=\d{0,20}-\d{0,20}", fullmatch=True), st.integers(0, 1000))
def test_a_range_lies_in_the_file(header, size):
    found = wanted(header, size)
    assert found is None or found[1] <= size


@pytest.mark.parametrize(
    ("body", "field", "problem"),
    [
        ({"format": "xml"}, "format", "xml"),
        ({}, "format", "required"),
        ({"format": "csv", "query": {"colour": ["red"]}}, "query.colour", "not offered"),
        ({"format": "csv", "query": {"kind": ["sung"]}}, "query.kind", "sung"),
        ({"format": "articles", "query": {"q": ["tax"]}}, "query.q", "not offered for articles"),
        ({"format": "csv", "query": ["kind"]}, "query", "no object"),
    ],
)
@pytest.mark.usefixtures("ann")
def test_what_cannot_be_exported_is_named(client, body, field, problem):
    response = post(client, **body)
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["field"] == field
    assert problem in error["problem"]
    assert error["remedy"]


def test_too_many_at_once(client, ann):
    for _ in range(EXPORTS.export_active_most):
        exports.create("csv", {}, owner=ann)
    response = post(client, format="csv")
    assert response.status_code == 409
    assert "wait or run already" in response.json()["detail"]
    assert response.json()["remedy"] == "wait until one is finished, or cancel one"


def test_an_export_belongs_to_its_account(client, ann):
    export = finished(ann)
    paths = [f"{PATH}{export.uid}/{rest}" for rest in ("", "download/", "manifest/")]
    assert [status_of(client, path) for path in paths] == [200, 200, 200]
    other = Client()
    other.force_login(User.objects.create_user("bob"))
    assert [status_of(other, path) for path in paths] == [404, 404, 404]
    assert [Client().get(path).status_code for path in [PATH, *paths]] == [401, 401, 401, 401]
    assert post(Client(), format="csv").status_code == 401
    assert client.get(f"{PATH}{uuid4()}/").status_code == 404
    assert client.get(f"{PATH}none/").status_code == 404


def test_cancelled_deleted_expired(client, ann):
    waiting = exports.create("csv", {}, owner=ann)
    assert post(client, f"{PATH}{waiting.uid}/cancel/").json()["state"] == "cancelled"
    gone = client.get(f"{PATH}{waiting.uid}/download/")
    assert (gone.status_code, gone.json()["remedy"]) == (409, "ask for it again")
    export = finished(ann)
    path = exports.path_of(export)
    Export.objects.filter(pk=export.pk).update(expires_at=timezone.now())
    exports.clean(timezone.now())
    assert not path.exists()
    assert client.get(f"{PATH}{export.uid}/download/").status_code == 410
    assert client.get(f"{PATH}{export.uid}/").json()["download"] is None
    assert client.delete(f"{PATH}{export.uid}/").status_code == 204
    assert client.get(f"{PATH}{export.uid}/").status_code == 404


def test_queries_do_not_grow_with_the_exports(client, ann, django_assert_max_num_queries):
    for _ in range(10):
        exports.cancel(exports.create("csv", {}, owner=ann))
    for size in (1, 10):
        with django_assert_max_num_queries(8):
            assert len(client.get(f"{PATH}?page_size={size}").json()["results"]) == size
