"""Pages of imports: who may do what, what they show, what they cost."""

import csv
from datetime import timedelta
from html import unescape
from io import StringIO
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quotes import job_reports, jobs
from quotes.job_reports import Standing
from quotes.models import Import, ImportItem
from quotes.params import JOBS
from quotes.reviewers import IMPORTERS

pytestmark = pytest.mark.django_db
State = Import.State


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def importer(client) -> Client:
    user = User.objects.create_user("ida")
    user.groups.add(Group.objects.get(name=IMPORTERS))
    client.force_login(user)
    return client


def made(version=None, *, refused: int = 1, **fields) -> Import:
    job = jobs.create("files", ["/srv/secret/a.jsonl"])
    stored = {"done": refused + 1, "refused": refused, "new": int(version is not None)}
    Import.objects.filter(pk=job.pk).update(**{**stored, **fields})
    for number in range(1, refused + 1):
        ImportItem.objects.create(
            job=job,
            number=number,
            origin="/srv/secret/a.jsonl",
            line=number,
            outcome="refused",
            problem="is <b>empty</b>",
            remedy="=give text",
        )
    if version:
        ImportItem.objects.create(
            job=job, number=refused + 1, origin="x", outcome="new", version=version
        )
    job.refresh_from_db()
    return job


def page(client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return unescape(answer.content.decode())


def test_nothing_imported_yet(client):
    assert "Nothing has been imported yet" in page(client, reverse("imports"))
    empty = page(client, reverse("imports") + "?state=failed")
    assert "No import is in this state" in empty


@pytest.mark.parametrize("name", ["home", "quotations", "articles", "speakers", "runs", "imports"])
def test_where_nothing_is_stored_a_way_leads_to_the_first_import(client, importer, name):
    address = reverse("import-new")
    assert f'href="{address}">Import articles</a>' in page(importer, reverse(name))
    client.force_login(User.objects.create_user("eve"))
    assert "Your account may not import" in page(client, reverse(name))
    client.logout()
    assert f'href="{reverse("login")}?next={address}">Sign in to import' in page(
        client, reverse(name)
    )


def test_lists_the_newest_first_with_their_states(client, rail):
    older = made(rail, state=State.FINISHED)
    newer = made(state=State.RUNNING)
    html = page(client, reverse("imports"))
    assert html.index(str(newer.uid)) < html.index(str(older.uid))
    assert "Interrupted" in html
    assert "Finished" in html
    assert "2 items read: 1 new, 0 changed, 0 the same, 1 refused." in html
    assert str(newer.uid) not in page(client, reverse("imports") + "?state=finished")


@pytest.mark.parametrize("query", ["?state=nonsense", "?state=nonsense&page=0"])
def test_what_cannot_be_used_as_a_filter_is_said(client, query):
    assert "cannot be used as a filter" in page(client, reverse("imports") + query, 400)


@pytest.mark.parametrize("number", ["0", "x", "1.5", "99999"])
def test_a_page_that_cannot_be_leads_to_the_first(client, number):
    told = page(client, f"{reverse('imports')}?state=failed&page={number}", 400)
    assert "There is no such page" in told
    assert f'href="{reverse("imports")}?state=failed">Back to the first page' in told


def test_shows_what_became_of_items(importer, rail):
    job = made(rail, state=State.FINISHED)
    answer = importer.get(job.get_absolute_url()).content.decode()
    assert "&lt;b&gt;empty&lt;/b&gt;" in answer
    assert "/srv/secret/a.jsonl, line 1" in answer
    assert rail.get_absolute_url() in answer
    assert "Go on with it" not in answer
    only = importer.get(job.get_absolute_url() + "?outcome=refused").context["items"]
    assert [item.outcome for _, item in only] == ["refused"]


def test_readers_do_not_see_folders_and_people(client, importer, rail):
    job = made(rail, state=State.FINISHED, by_name="ida")
    assert "Begun by" in page(importer, job.get_absolute_url())
    client.logout()
    for address in (
        reverse("imports"),
        job.get_absolute_url(),
        reverse("import-refused", args=[job.uid]),
    ):
        answer = client.get(address)
        shown = b"".join(answer) if answer.streaming else answer.content
        assert b"a.jsonl" in shown
        assert b"/srv/secret" not in shown
        assert b"ida" not in shown


def test_refused_items_as_csv(importer):
    job = made(refused=3)
    answer = importer.get(reverse("import-refused", args=[job.uid]))
    rows = list(csv.DictReader(StringIO(b"".join(answer).decode())))
    assert [row["line"] for row in rows] == ["1", "2", "3"]
    assert rows[0]["problem"] == "is <b>empty</b>"
    assert rows[0]["remedy"] == "'=give text", "a spreadsheet must not compute it"


@pytest.mark.parametrize(
    ("fields", "buttons"),
    [
        ({"state": State.PENDING}, {"Cancel it"}),
        ({"state": State.RUNNING}, {"Cancel it", "Go on with it"}),
        ({"state": State.CANCELLED}, {"Go on with it"}),
        ({"state": State.FAILED, "problem": "stopped (disk full)"}, {"Go on with it"}),
        ({"state": State.FINISHED}, set()),
    ],
)
def test_offers_what_is_possible(importer, fields, buttons):
    html = page(importer, made(**fields).get_absolute_url())
    assert {button for button in ("Cancel it", "Go on with it") if button in html} == buttons
    assert fields.get("problem", "") in html
    assert ("data-import-again" in html) == (fields["state"] == State.PENDING)


def test_how_it_is_going_for_the_script(client, monkeypatch):
    job = made(state=State.RUNNING, bytes_total=200, bytes_done=50)
    monkeypatch.setattr(job_reports.locks.Lock, "is_held", lambda _: True)
    answer = client.get(reverse("import-progress", args=[job.uid]))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json() == {
        "state": "running",
        "state_words": "Running",
        "live": True,
        "percent": 25,
        "words": "2 items read, 25 % of all: 0 new, 0 changed, 0 the same, 1 refused.",
        "counts": {"new": "0", "changed": "0", "same": "0", "refused": "1"},
    }


def test_time_left_is_told_by_the_pace_of_the_last_items(monkeypatch):
    job = made(refused=11, state=State.RUNNING, done=11, total=21)
    first = job.items.order_by("number").first().at
    for number, item in enumerate(job.items.order_by("number")):
        ImportItem.objects.filter(pk=item.pk).update(at=first + timedelta(seconds=2 * number))
    monkeypatch.setattr(job_reports.locks.Lock, "is_held", lambda _: True)
    progress = job_reports.progress_of(job)
    assert progress.standing is Standing.RUNNING
    assert progress.left_s == pytest.approx(20.0)
    assert "less than a minute left" in job_reports.words_of(job, progress)


# --- beginning, cancelling, going on


@pytest.mark.usefixtures("importer")
def test_who_may(client):
    job = made(state=State.RUNNING)
    client.logout()
    posts = [reverse(name, args=[job.uid]) for name in ("import-cancel", "import-resume")]
    assert client.get(reverse("import-new")).status_code == 302
    assert all(client.post(address).status_code == 302 for address in posts)
    client.force_login(User.objects.create_user("rita"))
    assert client.get(reverse("import-new")).status_code == 403
    assert all(client.post(address).status_code == 403 for address in posts)
    job.refresh_from_db()
    assert job.state == State.RUNNING
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(username="ida"))
    assert all(strict.post(address).status_code == 403 for address in posts)


def test_private_trackers_ask_for_a_login(client, settings):
    settings.PUBLIC_READS = False
    job = made()
    for name in ("import", "import-progress", "import-refused"):
        assert client.get(reverse(name, args=[job.uid])).status_code == 302
    assert client.get(reverse("imports")).status_code == 302


def test_uploads_become_an_import(importer, django_capture_on_commit_callbacks):
    # An empty one is the import's to refuse, by its name; the others are read.
    files = [SimpleUploadedFile("../a.txt", b"He said no."), SimpleUploadedFile("../b.txt", b"")]
    how = {"outlet": "Wire", "encoding": "windows-1252", "mend_mojibake": "on"}
    form = {"upload": files, **how, "media_type": ""}
    with django_capture_on_commit_callbacks() as later:
        answer = importer.post(reverse("import-new"), form)
    assert len(later) == 1, "a process is to be started once the row is there"
    job = Import.objects.get()
    assert answer.url == job.get_absolute_url()
    assert (job.kind, job.sources, job.by_name) == ("upload", ["a.txt", "b.txt"], "ida")
    assert job.options == {**how, "mend_mojibake": True, "uploaded": True}
    assert job.upload.name == f"imports/{job.uid}/upload.zip"
    assert "Nobody has begun with it yet" in page(importer, job.get_absolute_url())


@pytest.mark.parametrize(
    ("sources", "origin", "shown"),
    [
        (["a.txt", "doc.pdf"], "upload.zip/a.txt", "a.txt"),
        (["a.txt", "doc.pdf"], "upload.zip/doc.pdf", "doc.pdf"),
        (["a.txt", "b.zip"], "upload.zip/b.zip/a.txt", "b.zip/a.txt"),
        (["upload.zip"], "upload.zip/a.txt", "upload.zip/a.txt"),
    ],
)
def test_uploads_are_shown_by_their_own_names(importer, sources, origin, shown):
    job = jobs.create("upload", sources, options={"uploaded": True})
    Import.objects.filter(pk=job.pk).update(state=State.FINISHED, done=1, refused=1)
    ImportItem.objects.create(job=job, number=1, origin=origin, outcome="refused", problem="is bad")
    assert importer.get(job.get_absolute_url()).context["items"][0][0] == shown
    table = b"".join(importer.get(reverse("import-refused", args=[job.uid]))).decode()
    assert table.splitlines()[1].split(",")[1] == shown


def test_addresses_become_an_import(importer):
    given = "https://example.org/a\n\n https://example.org/b \nhttps://example.org/a"
    importer.post(reverse("import-new"), {"addresses": given})
    job = Import.objects.get()
    assert (job.kind, job.sources) == (
        "address",
        ["https://example.org/a", "https://example.org/b"],
    )


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({}, "Choose files to upload, or give web addresses."),
        ({"addresses": "http://127.0.0.1/"}, "http://127.0.0.1/: "),
        ({"addresses": "file:///etc/passwd"}, "file:///etc/passwd: "),
        ({"addresses": "https://example.org/a", "language": "??"}, "as BCP 47 has it"),
        ({"addresses": "https://example.org/a", "encoding": "utf-9"}, "Encoding, where a text"),
        (
            {"addresses": "\n".join(f"https://example.org/{n}" for n in range(101))},
            f"give at most {JOBS.addresses_most}",
        ),
    ],
)
def test_what_cannot_be_imported_is_said(importer, form, message):
    answer = importer.post(reverse("import-new"), form)
    assert answer.status_code == 400
    assert message in unescape(answer.content.decode())
    assert not Import.objects.exists()


def test_cancelled_and_gone_on_with(importer):
    job = made(state=State.PENDING)
    assert importer.post(reverse("import-cancel", args=[job.uid])).url == job.get_absolute_url()
    job.refresh_from_db()
    assert job.state == State.CANCELLED
    importer.post(reverse("import-resume", args=[job.uid]))
    job.refresh_from_db()
    assert job.state == State.PENDING
    Import.objects.update(state=State.FINISHED)
    importer.post(reverse("import-resume", args=[job.uid]))
    assert "cannot be gone on with: this import is finished" in page(
        importer, job.get_absolute_url()
    )


def test_unknown_imports(client):
    for name in ("import", "import-progress", "import-refused"):
        assert client.get(reverse(name, args=[uuid4()])).status_code == 404


@pytest.mark.parametrize("rows", [1, 10])
def test_pages_cost_the_same_however_many_rows(client, rail, rows):
    for _ in range(rows):
        job = made(rail, refused=rows, state=State.RUNNING)
    # The list: how many, the rows. A page: the import, how many items, these.
    for address, queries in ((reverse("imports"), 2), (job.get_absolute_url(), 3)):
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(address)
        assert len(found) == queries, [query["sql"][:150] for query in found]
