"""`manage.py ingest` with the shipped models: what it stores, shows, refuses; its second run."""

# ruff: noqa: S603, S607, S608, PLW1510  the commands are ours; `check` stands in the shared options

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from quotes import extraction, jobs, locks
from quotes.jobs import Settled
from quotes.management.commands.ingest import Bar
from quotes.models import Article, ArticleVersion, ExtractionRun, Import, Quotation
from quotes.nlp.encoder import ModelError
from tests.quotes.quick_extractor import QuickExtractor

ROOT = Path(__file__).parents[4]
ARTICLES = ROOT / "fixtures" / "articles"
KILL_TIMEOUT_S = 180.0

pytestmark = pytest.mark.django_db


def lines(tmp_path, *objects) -> Path:
    path = tmp_path / "articles.jsonl"
    path.write_text("\n".join(json.dumps(item) for item in objects))
    return path


def article(number: int) -> dict[str, str]:
    text = f"The minister, Ana Roe, said tax {number} would rise."
    return {"url": f"https://example.org/{number}", "text": text}


@pytest.mark.usefixtures("extractor")
def test_stores_and_shows(tmp_path, capsys):
    call_command("ingest", lines(tmp_path, article(1)), "--outlet", "The Daily Wire")
    heading, row, counts = capsys.readouterr().out.splitlines()
    assert heading.split() == ["speaker", "kind", "cue", "content", "conf.", "article"]
    assert row.startswith("Ana Roe ")
    assert "tax 1 would rise" in row
    assert "indirect" in row
    assert counts == "Articles: 1 new, 0 changed, 0 same, 0 refused"
    version = ArticleVersion.objects.get()
    assert version.article.outlet.name == "The Daily Wire"
    run = ExtractionRun.objects.get()
    assert run.finished_at is not None
    assert run.model_hashes
    assert run.lexicon_hashes


def test_other_languages_are_stored_and_not_extracted(tmp_path, capsys, client):
    """No refusal: the text is evidence in any language, and page and API say why it is bare."""
    spanish = "La ministra anunció el martes que los impuestos subirán a partir del próximo año."
    path = lines(tmp_path, {"url": "https://example.org/es", "title": "Tren", "text": spanish})
    for counts in ("1 new, 0 changed, 0 same", "0 new, 0 changed, 1 same"):
        call_command("ingest", path)
        assert capsys.readouterr().out.splitlines() == [
            "Tren: stored, not extracted: the text is in Spanish",
            f"Articles: {counts}, 0 refused",
        ]
    version = ArticleVersion.objects.get()
    assert (version.text.content, version.language) == (spanish, "es")
    assert not version.quotations.exists()
    page = client.get(version.get_absolute_url()).content.decode()
    assert "Not extracted: the text is in Spanish." in page
    (row,) = client.get("/api/v1/articles/").json()["results"]
    assert (row["language"], row["language_note"]) == (
        "es",
        "not extracted: the text is in Spanish",
    )


@pytest.mark.usefixtures("extractor")
def test_again_stores_nothing_loads_nothing_and_shows_the_same(tmp_path, capsys, monkeypatch):
    path = lines(tmp_path, article(1), article(2))
    call_command("ingest", path)
    first = capsys.readouterr().out.splitlines()
    stored = list(Quotation.objects.values())

    def load():
        raise AssertionError("nothing is new, so no model is needed")

    for module in ("quotes.extraction", "quotes.jobs"):
        monkeypatch.setattr(f"{module}.configured_extractor", load)
    call_command("ingest", path)
    second = capsys.readouterr().out.splitlines()
    assert second[:-1] == first[:-1]
    assert second[-1] == "Articles: 0 new, 0 changed, 2 same, 0 refused"
    assert list(Quotation.objects.values()) == stored
    assert ExtractionRun.objects.count() == 1


@pytest.mark.usefixtures("extractor")
def test_changed_article(tmp_path, capsys):
    call_command("ingest", lines(tmp_path, article(1)), "--quiet")
    changed = {**article(1), "text": "The minister, Ana Roe, said tax 1 would fall."}
    call_command("ingest", lines(tmp_path, changed, changed), "--quiet")
    assert "0 new, 1 changed, 1 same, 0 refused" in capsys.readouterr().out
    assert Article.objects.get().versions.get(is_current=True).number == 2


@pytest.mark.usefixtures("extractor")
def test_refused_inputs_are_named_and_the_rest_is_stored(tmp_path, capsys):
    path = lines(tmp_path, {"text": 5}, article(1), {"text": "a\0"})
    with pytest.raises(CommandError, match="3 refused"):
        call_command("ingest", path, tmp_path / "missing.txt", "--quiet")
    shown = capsys.readouterr()
    assert "Articles: 1 new, 0 changed, 0 same, 3 refused" in shown.out
    assert f"{path}:1: has a number" in shown.err
    assert f"{path}:3: is binary" in shown.err
    assert "missing.txt: cannot be read" in shown.err
    assert Article.objects.count() == 1


def test_a_text_that_breaks_the_extractor_is_refused_alone(
    tmp_path, capsys, extractor, monkeypatch
):
    real = extractor.batch

    def batch(texts):
        texts = list(texts)
        if any("poison" in text for text in texts):
            raise RuntimeError("poisoned")
        return real(texts)

    monkeypatch.setattr(extractor, "batch", batch)
    path = lines(tmp_path, article(1), {"text": "He said poison."}, article(2))
    with pytest.raises(CommandError, match="1 refused"):
        call_command("ingest", path, "--quiet")
    assert "could not be processed (poisoned)" in capsys.readouterr().err
    assert Article.objects.count() == 2


def test_models_that_do_not_load_end_the_run(tmp_path, extractor, monkeypatch):
    def batch(_):
        raise ModelError("no model")

    monkeypatch.setattr(extractor, "batch", batch)
    with pytest.raises(ModelError):
        call_command("ingest", lines(tmp_path, article(1)), "--quiet")


@pytest.mark.usefixtures("extractor")
def test_the_two_articles_are_stored_byte_for_byte(capsys):
    call_command("ingest", ARTICLES)
    assert "Articles: 2 new" in capsys.readouterr().out
    texts = {path.read_bytes() for path in ARTICLES.glob("*.txt")}
    assert {version.text.content.encode() for version in ArticleVersion.objects.all()} == texts


def test_a_reader_that_leaves_does_not_stop_the_storing(tmp_path):
    database = tmp_path / "db.sqlite3"
    environment = {**os.environ, "TRACKER_DATABASE_URL": f"sqlite:///{database}"}
    options = {"cwd": ROOT, "env": environment, "capture_output": True, "text": True}
    path = lines(tmp_path, article(1), article(2))
    command = f"{sys.executable} manage.py migrate -v0 && {sys.executable} manage.py ingest {path}"
    piped = subprocess.run(
        ["bash", "-c", f"set -o pipefail; ({command}) | true"], check=False, **options
    )
    assert (piped.returncode, piped.stderr) == (0, "")
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM quotes_article").fetchone() == (2,)
    connection.close()


def test_groups_are_small_and_complete():
    groups = list(extraction.in_groups(["a"] * 40 + ["b" * 10**6] + ["c"], len))
    assert [len(group) for group in groups] == [16, 16, 9, 1]


def test_a_killed_run_is_resumed(tmp_path):
    """SIGKILL in the middle: what is stored is whole, and the second run stores the rest only."""
    database = tmp_path / "db.sqlite3"
    environment = {**os.environ, "TRACKER_DATABASE_URL": f"sqlite:///{database}"}
    path = lines(tmp_path, *(article(number) for number in range(48)))

    def manage(*arguments):
        return [sys.executable, "manage.py", *map(str, arguments)]

    def stored(table: str) -> int:
        with sqlite3.connect(database) as connection:
            (count,) = connection.execute(f"SELECT count(*) FROM quotes_{table}").fetchone()
        connection.close()
        return count

    run = {"cwd": ROOT, "env": environment, "check": True, "capture_output": True}
    subprocess.run(manage("migrate", "-v0"), **run)
    with subprocess.Popen(
        manage("ingest", path), cwd=ROOT, env=environment, stdout=-3, stderr=-3
    ) as process:
        deadline = time.monotonic() + KILL_TIMEOUT_S
        while not stored("article") and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    before = stored("article")
    assert before >= 1
    assert stored("extraction") == stored("articleversion") == before
    done = subprocess.run(manage("ingest", path, "--quiet"), text=True, **run)
    assert f"{48 - before} new, 0 changed, {before} same, 0 refused" in done.stdout
    assert stored("article") == 48


# --- an import that can be stopped and gone on with


@pytest.fixture
def quick(monkeypatch):
    extractor = QuickExtractor()
    for module in ("quotes.jobs", "quotes.extraction"):
        monkeypatch.setattr(f"{module}.configured_extractor", lambda: extractor)
    return extractor


@pytest.mark.usefixtures("quick")
def test_ctrl_c_leaves_an_import_and_says_how_to_go_on(tmp_path, capsys, monkeypatch):
    path = lines(tmp_path, *map(article, range(40)))
    real = QuickExtractor.__call__

    def interrupted(self, text):
        if "tax 20 " in text:
            raise KeyboardInterrupt
        return real(self, text)

    monkeypatch.setattr(QuickExtractor, "__call__", interrupted)
    with pytest.raises(CommandError, match="Go on with --resume") as caught:
        call_command("ingest", path, "--quiet")
    assert caught.value.returncode == 130
    job = Import.objects.get()
    assert str(job.uid) in str(caught.value)
    assert (job.state, job.new) == (Import.State.CANCELLED, 16)
    assert not list(jobs.waiting()), "what a person stopped is not taken up by itself"
    monkeypatch.setattr(QuickExtractor, "__call__", real)
    call_command("ingest", "--resume", "last", "--quiet")
    assert "Articles: 40 new, 0 changed, 0 same, 0 refused" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no import was stopped"):
        call_command("ingest", "--resume", "last")
    with pytest.raises(CommandError, match="is finished"):
        call_command("ingest", "--resume", str(job.uid))


@pytest.mark.usefixtures("quick")
def test_an_import_in_which_all_was_the_same_leaves_no_row(tmp_path):
    for _ in range(3):
        call_command("ingest", lines(tmp_path, article(1)), "--quiet")
    assert Import.objects.get().new == 1


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "name what to read"),
        (["a.txt", "--resume", "last"], "name what to read"),
        (["--resume", "no-uid"], "no import 'no-uid'"),
        (["--resume", "last"], "no import was stopped"),
        (["-", "--background"], "leave out --background"),
    ],
)
def test_what_cannot_be_done_says_why(arguments, problem):
    with pytest.raises(CommandError, match=problem):
        call_command("ingest", *arguments)


@pytest.mark.usefixtures("quick")
def test_how_to_read_is_kept_for_going_on(django_capture_on_commit_callbacks, capsys):
    with django_capture_on_commit_callbacks() as later:
        call_command(
            "ingest", "a.odd", "--background", "--type", "text/html", "--mend-mojibake",
            "--outlet", "Wire", "--language", "en", "--workers", "2",
        )  # fmt: skip
    assert len(later) == 1
    job = Import.objects.get()
    assert f"/imports/{job.uid}/" in capsys.readouterr().out
    assert job.options == {
        "outlet": "Wire",
        "language": "en",
        "mend_mojibake": True,
        "media_type": "text/html",
        "workers": 2,
        "folder": str(Path.cwd()),
    }


@pytest.mark.usefixtures("quick")
def test_an_import_that_somebody_works_at_is_left_alone(tmp_path, monkeypatch):
    job = jobs.create("files", [str(lines(tmp_path, article(1)))])

    @contextmanager
    def hold(_):
        raise locks.BusyError(f"another process works at {job.uid} (process 7)")
        yield

    monkeypatch.setattr(locks.Lock, "hold", hold)
    with pytest.raises(CommandError, match="process 7"):
        call_command("ingest", "--resume", str(job.uid))


def test_the_bar_counts_bytes_where_sizes_are_known(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    job = Import(bytes_total=400, bytes_done=100, done=1)
    with Bar(job) as bar:
        bar.tell(Settled(2, "new", None, None, 200, None))
        bar.tell(Settled(3, "same", None, None, 400, None))
    shown = capsys.readouterr().err
    assert "400/400" in shown
    assert "3 articles" in shown
