"""Bulk exports: whole, equal to the byte after a kill, limited, cancelled, cleaned away."""

import csv
import gzip
import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from hashlib import sha256
from io import StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from quotes import export_files, exports, ingest
from quotes.export_files import NAMES, Plan, Progress
from quotes.ingest import SourceText
from quotes.models import ArticleVersion, Export, Quotation
from quotes.nlp.document import Document, Kind
from quotes.params import EXPORTS
from quotes.refusals import InputError
from tests import builders

SMALL = EXPORTS.model_copy(update={"export_batch_rows": 2, "export_stretch_keys": 3})
pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def stored(record):
    """Nine quotations in three articles, with characters outside the first plane."""
    for number in range(3):
        text = f"{builders.RAIL}“🙂 =1+{number},” they said.\r\n"
        extra = builders.quotation(text, f"“🙂 =1+{number},”", kind=Kind.DIRECT)
        quotations = (*builders.rail_document(text).quotations, extra)
        source = builders.source(
            text,
            url=f"https://example.org/{number}",
            outlet="The Wire",
            title=f"Rail {number}",
            byline="Jo Bloggs",
            published_on="2026-03-04",
            language="en",
            section="News",
        )
        record(source, Document(text=text, quotations=quotations))


def plan(name, query=None):
    return Plan(name, query or {}, timezone.now())


def unpacked(path: Path, name: str) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if name.endswith(".gz") else data


def read(base: str, data: bytes) -> int:
    """Return how many rows a file has, having read it as its format says."""
    text = data.decode()
    if base in ("jsonl", "articles"):
        return len([json.loads(line) for line in text.splitlines()])
    if base == "csv":
        return len(list(csv.DictReader(StringIO(text, newline=""))))
    document = json.loads(text)
    if base == "annotation":
        assert document["total"] == len(document["first"]["items"])
        return document["total"]
    return len(document["@graph" if base == "schemaorg" else "bundle"])


PLAIN = [name for name in NAMES if not name.endswith(".zip")]


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("name", PLAIN)
def test_an_export_goes_on_where_it_stopped(tmp_path, name):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    asked = plan(name)
    points = [Progress()]
    expected = export_files.write(asked, whole, Progress(), points.append, SMALL)
    assert len(points) >= 3
    for point in points:
        # What was written after the point is cut away, however much of it there is.
        broken.write_bytes(whole.read_bytes()[: point.size_bytes] + b"half a row")
        assert export_files.write(asked, broken, point, lambda _: None, SMALL) == expected
        assert broken.read_bytes() == whole.read_bytes()
    base = name.partition(".")[0]
    count = ArticleVersion.objects.count() if base == "articles" else Quotation.objects.count()
    assert read(base, unpacked(whole, name)) == count == expected.rows
    assert expected.size_bytes == whole.stat().st_size


@pytest.mark.parametrize("name", PLAIN)
def test_an_export_of_nothing_is_a_whole_document(tmp_path, name):
    done = export_files.write(plan(name), tmp_path / "none", Progress(), lambda _: None)
    assert read(name.partition(".")[0], unpacked(tmp_path / "none", name)) == 0 == done.rows


@pytest.mark.usefixtures("stored")
def test_the_same_rows_however_they_are_batched(tmp_path):
    asked = plan("jsonl", {"kind": ["direct"]})
    export_files.write(asked, tmp_path / "small", Progress(), lambda _: None, SMALL)
    done = export_files.write(asked, tmp_path / "large", Progress(), lambda _: None)
    assert (tmp_path / "small").read_bytes() == (tmp_path / "large").read_bytes()
    assert done.rows == 6
    assert done.counts["kind"] == {"direct": 6}
    assert done.counts["review"] == {"none": 6}


@pytest.mark.usefixtures("stored")
def test_what_is_stored_later_is_left_out_and_what_changes_is_as_written(tmp_path):
    asked = plan("jsonl")
    row = Quotation.objects.order_by("-pk")[0]

    saved = []

    def save(far):
        saved.append(far.rows)
        if len(saved) == 1:
            Quotation.objects.filter(pk=row.pk).update(cue="changed")
            fresh = Quotation.objects.get(pk=row.pk)
            fresh.pk, fresh.uid, fresh.created_at = None, "late", None
            fresh.position = 99
            fresh.save()

    export_files.write(asked, tmp_path / "file", Progress(), save, SMALL)
    lines = [json.loads(line) for line in (tmp_path / "file").read_text().splitlines()]
    assert len(lines) == 9 > saved[0]
    assert lines[-1]["cue"] == "changed"


@pytest.mark.usefixtures("stored")
def test_a_file_that_lost_bytes_is_no_ground_to_go_on_from(tmp_path):
    saved = []
    export_files.write(plan("csv"), tmp_path / "file", Progress(), saved.append, SMALL)
    os.truncate(tmp_path / "file", 5)
    with pytest.raises(OSError, match="has lost"):
        export_files.write(plan("csv"), tmp_path / "file", saved[0], lambda _: None, SMALL)


@pytest.mark.usefixtures("stored")
def test_a_file_too_large_is_refused(tmp_path):
    little = SMALL.model_copy(update={"export_max_bytes": 100})
    with pytest.raises(InputError, match=r"larger than 100 bytes; narrow the query"):
        export_files.write(plan("csv"), tmp_path / "file", Progress(), lambda _: None, little)


# --- the table


@pytest.fixture
def ann():
    return User.objects.create_user("ann")


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("name", NAMES)
def test_a_finished_export_has_its_file_and_manifest(ann, name):
    export = exports.work(exports.create(name, {"outlet": ["the-wire"]}, owner=ann))
    assert export.state == Export.State.FINISHED
    path = exports.path_of(export)
    assert exports.is_there(export)
    assert (export.size_bytes, export.sha256) == (
        path.stat().st_size,
        sha256(path.read_bytes()).hexdigest(),
    )
    manifest = exports.manifest(export)
    assert manifest["rows"] == export.rows == (3 if name.startswith("articles") else 9)
    assert manifest["schema_version"] == 1
    assert manifest["query"] == {"outlet": ["the-wire"]}
    assert "belong to their speakers and publishers" in manifest["terms"]
    assert path.stat().st_mode & 0o077 == 0 or name.endswith(".zip")
    if name.endswith(".zip"):
        with ZipFile(path) as archive:
            inside = json.loads(archive.read("manifest.json"))
            data = archive.read(inside["file"])
        assert inside["sha256"] == sha256(data).hexdigest()
        assert read(name.partition(".")[0], data) == export.rows
        assert not exports._data_path(export).exists()


@pytest.mark.parametrize(
    ("name", "query", "problem"),
    [
        ("xml", {}, "'xml' is not offered"),
        ("csv", {"colour": ["red"]}, "colour: is not offered"),
        ("csv", {"kind": ["sung"]}, "'sung' is not offered"),
        ("articles", {"q": ["tax"]}, "q: is not offered for articles"),
    ],
)
def test_what_cannot_be_exported_is_refused(name, query, problem):
    with pytest.raises(InputError, match=problem):
        exports.create(name, query)
    assert not Export.objects.exists()


def test_an_account_has_only_so_many(ann):
    for _ in range(EXPORTS.export_active_most):
        exports.create("csv", {}, owner=ann)
    with pytest.raises(exports.LimitError, match="2 exports of yours wait or run already; wait"):
        exports.create("csv", {}, owner=ann)
    assert exports.create("csv", {}, owner=User.objects.create_user("bob"))
    Export.objects.filter(owner=ann).update(state=Export.State.FAILED)
    for _ in range(EXPORTS.export_kept_most - EXPORTS.export_active_most):
        exports.cancel(exports.create("csv", {}, owner=ann))
    with pytest.raises(exports.LimitError, match="20 exports of yours are kept already; delete"):
        exports.create("csv", {}, owner=ann)


@pytest.mark.usefixtures("stored")
def test_an_export_is_what_its_owner_may_read(ann, settings):
    settings.PUBLIC_READS = False
    assert exports.work(exports.create("csv", {}, owner=ann)).rows == 9
    assert list(exports.of(ann)) == list(Export.objects.all())
    assert list(exports.of(User.objects.create_user("bob"))) == []


@pytest.mark.usefixtures("stored")
def test_a_cancelled_export_leaves_nothing(ann, monkeypatch):
    waiting = exports.cancel(exports.create("csv", {}, owner=ann))
    assert waiting.state == Export.State.CANCELLED
    running = exports.create("csv", {}, owner=ann)
    monkeypatch.setattr(export_files, "EXPORTS", SMALL)
    Export.objects.filter(pk=running.pk).update(cancel_requested=True)
    assert exports.work(running).state == Export.State.CANCELLED
    assert not exports.path_of(running).exists()
    assert exports.work(running).state == Export.State.CANCELLED
    done = exports.work(exports.create("csv", {}, owner=ann))
    assert exports.cancel(done).state == Export.State.FINISHED
    assert exports.is_there(done)


def test_a_full_disk_is_told(ann, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "file"
    (tmp_path / "file").write_text("in the way")
    export = exports.work(exports.create("csv", {}, owner=ann))
    assert export.state == Export.State.FAILED
    assert "could not be written; tell the operator" in export.problem
    assert str(tmp_path) not in export.problem


@pytest.mark.usefixtures("stored")
def test_files_expire_and_then_their_entries(ann):
    export = exports.work(exports.create("csv", {}, owner=ann))
    days = timedelta(days=EXPORTS.export_keep_days)
    assert exports.clean(timezone.now() + days - timedelta(minutes=1)) == 0
    assert exports.clean(timezone.now() + days) == 1
    assert not exports.is_there(Export.objects.get(pk=export.pk))
    exports.clean(timezone.now() + 2 * days)
    assert not Export.objects.exists()


@pytest.mark.usefixtures("stored")
def test_deleting_takes_the_file_along(ann):
    export = exports.work(exports.create("csv.gz", {}, owner=ann))
    path = exports.path_of(export)
    exports.delete(export)
    assert not path.exists()
    assert not Export.objects.exists()


# --- articles come back


@pytest.mark.usefixtures("stored")
def test_articles_read_back_as_they_were(tmp_path):
    path = tmp_path / "articles.jsonl"
    export_files.write(plan("articles"), path, Progress(), lambda _: None)
    back = list(ingest.read([path]))
    assert len(back) == 3
    for source in back:
        assert isinstance(source, SourceText)
        version = ArticleVersion.objects.get(article__identity=source.identity)
        assert source.text == version.text.content
        for name in ("title", "byline", "section", "language", "published_on", "published_at"):
            assert getattr(source, name) == getattr(version, name)
        assert source.outlet == version.article.outlet.name


# --- the command

ROOT = Path(__file__).parents[2]


@pytest.mark.usefixtures("stored")
def test_the_command_writes_a_file_and_its_manifest(tmp_path, capsys):
    out = tmp_path / "out.csv"
    call_command("export", str(out), "--format", "csv", "--query", "kind=direct")
    assert read("csv", out.read_bytes()) == 6
    manifest = json.loads((tmp_path / "out.csv.manifest.json").read_text())
    assert manifest["sha256"] == sha256(out.read_bytes()).hexdigest()
    assert manifest["file"] == "out.csv"
    assert "6 rows" in capsys.readouterr().out
    assert {path.name for path in tmp_path.glob("out*")} == {"out.csv", "out.csv.manifest.json"}


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--format", "xml"], "'xml' is not offered; use one of jsonl"),
        (["--format", "csv", "--query", "kind"], "has no value; write it as NAME=VALUE"),
        (["--format", "csv", "--query", "kind=sung"], "'sung' is not offered; give one of direct"),
    ],
)
def test_the_command_names_what_is_wrong(tmp_path, words, problem):
    with pytest.raises(CommandError, match=problem):
        call_command("export", str(tmp_path / "out"), *words)


def test_the_command_overwrites_nothing(tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(CommandError, match="is there already"):
        call_command("export", str(tmp_path / "out"), "--format", "csv")
    (tmp_path / "other.part").write_text("mine")
    with pytest.raises(CommandError, match="is there already"):
        call_command("export", str(tmp_path / "other"), "--format", "csv")


@pytest.mark.usefixtures("stored")
def test_the_command_goes_on_only_with_the_same_words(tmp_path):
    out = tmp_path / "out"
    kept = {"format": "csv", "query": {}, "began": timezone.now().isoformat()}
    kept["done"] = Progress()._asdict()
    (tmp_path / "out.progress").write_text(json.dumps(kept))
    with pytest.raises(CommandError, match="is of another export"):
        call_command("export", str(out), "--format", "jsonl")
    call_command("export", str(out), "--format", "csv")
    assert read("csv", out.read_bytes()) == 9


# --- a process that is really killed

STORE = """
from quotes import store
from quotes.nlp.document import Document, Kind
from tests import builders
run = store.open_run(builders.provenance())
text = "\\n".join(f"“Word {{n}} 🙂,” they said." for n in range({count}))
found = tuple(
    builders.quotation(text, f"“Word {{n}} 🙂,”", kind=Kind.DIRECT) for n in range({count})
)
store.record(builders.source(text), Document(text=text, quotations=found), run)
"""
ROWS = 3 * EXPORTS.export_batch_rows + 7
TIMEOUT_S = 120


def test_a_killed_process_leaves_what_another_finishes(tmp_path):
    """SIGKILL in the middle, twice: the file comes out as that of an export left in peace."""
    database = f"sqlite:///{tmp_path / 'db.sqlite3'}"
    environment = {**os.environ, "TRACKER_DATABASE_URL": database}

    def manage(*words):
        command = [sys.executable, "manage.py", *map(str, words)]
        return {"args": command, "cwd": ROOT, "env": environment}

    def run(**command):
        return subprocess.run(check=True, capture_output=True, text=True, **command)

    run(**manage("migrate", "-v0"))
    run(**manage("shell", "-v0", "-c", STORE.format(count=ROWS)))
    run(**manage("export", tmp_path / "whole", "--format", "prov.gz"))
    out, state = tmp_path / "out", tmp_path / "out.progress"

    def rows_done():
        return json.loads(state.read_text())["done"]["rows"] if state.exists() else 0

    for killed_from in (1, EXPORTS.export_batch_rows + 1):
        command = manage("export", out, "--format", "prov.gz")
        with subprocess.Popen(**command, stdout=-3, stderr=-3) as process:
            deadline = time.monotonic() + TIMEOUT_S
            while rows_done() < killed_from and process.poll() is None:
                assert time.monotonic() < deadline
                time.sleep(0.005)
            process.send_signal(signal.SIGKILL)
        assert killed_from <= rows_done() < ROWS
        assert not out.exists()
    done = run(**manage("export", out, "--format", "prov.gz"))
    assert f"{ROWS:,} rows" in done.stdout
    assert out.read_bytes() == (tmp_path / "whole").read_bytes()
    assert len(json.loads(gzip.decompress(out.read_bytes()))["bundle"]) == ROWS
