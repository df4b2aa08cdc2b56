"""`manage.py extract_stored` with the shipped models: reads again, stops, goes on, tells."""

# ruff: noqa: S603, S608  the commands are ours; tables are named in this file

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from quotes import store
from quotes.models import (
    Article,
    ArticleVersion,
    Change,
    Extraction,
    ExtractionRun,
    Quotation,
    QuotationSpan,
    Speaker,
)
from quotes.nlp.document import Document
from tests.builders import UN, provenance, quotation, source
from tests.quotes.test_run_lock import HOLD

ROOT = Path(__file__).parents[4]
TIMEOUT_S = 240.0
TABLES = (Article, ArticleVersion, Change, Extraction, ExtractionRun, Quotation, QuotationSpan)
NOTHING = "Nothing to do: of {} chosen, all were read by the extractor of today\n"


def text(number: int) -> str:
    return f"The minister, Ana Roe, said tax {number} would rise."


def old_article(number: int, **fields: Any) -> ArticleVersion:
    """Store an article as an old extractor read it: with another speaker than the right one."""
    said = quotation(text(number), f"tax {number} would rise", speaker=UN)
    given = {"url": f"https://example.org/{number}", "published_on": f"2026-01-{number:02}"}
    doc = Document(text=text(number), quotations=(said,))
    run = ExtractionRun.objects.first() or store.open_run(provenance("old"))
    return store.record(source(text(number), **{**given, **fields}), doc, run).version


def contents() -> list[list[dict[str, Any]]]:
    return [list(table.objects.order_by("pk").values()) for table in (*TABLES, Speaker)]


def speakers() -> set[str]:
    return set(Quotation.objects.values_list("speaker__name", flat=True))


pytestmark = pytest.mark.usefixtures("extractor")


@pytest.mark.django_db
class TestHere:
    """In this process."""

    @pytest.mark.parametrize("workers", [1, 2])
    def test_reads_again_and_tells(self, tmp_path, capsys, workers):
        versions = [old_article(number) for number in (1, 2, 3)]
        uids = set(Quotation.objects.values_list("uid", flat=True))
        file = tmp_path / "report.json"
        call_command("extract_stored", json=str(file), workers=workers)
        run = ExtractionRun.objects.get(planned=3)
        assert run.finished_at
        shown = capsys.readouterr().out.splitlines()
        assert shown[0].split() == ["Articles", "read", "again", "3", "of", "3"]
        assert shown[1].split() == ["that", "changed", "3"]
        assert ["Another", "speaker", "3"] in [line.split() for line in shown]
        assert shown[-1] == f"http://127.0.0.1:8000/runs/{run.uid}/"
        report = json.loads(file.read_text())
        assert (report["run"], report["planned"], report["done"]) == (str(run.uid), 3, 3)
        assert {kind: n for kind, n in report["changes"].items() if n} == {"speaker": 3}
        assert {row["article"] for row in report["rows"]} == {v.article.uid for v in versions}
        assert {(row["before"], row["after"]) for row in report["rows"]} == {
            ("United Nations", "Ana Roe")
        }
        assert set(Quotation.objects.values_list("uid", flat=True)) == uids
        assert speakers() == {"Ana Roe"}

    def test_again_there_is_nothing_to_do(self, capsys):
        old_article(1)
        call_command("extract_stored")
        capsys.readouterr()
        before = contents()
        call_command("extract_stored")
        assert capsys.readouterr().out == NOTHING.format(1)
        call_command("extract_stored", json="-")
        report = json.loads(capsys.readouterr().out)
        assert (report["run"], report["planned"], report["rows"]) == (None, 0, [])
        assert contents() == before

    def test_a_dry_run_tells_the_same_and_stores_nothing(self, capsys):
        for number in (1, 2):
            old_article(number)
        before = contents()
        call_command("extract_stored", "--dry-run", json="-")
        dry = json.loads(capsys.readouterr().out)
        assert contents() == before
        call_command("extract_stored", json="-")
        stored = json.loads(capsys.readouterr().out)
        assert dry["run"] is None
        assert {k: v for k, v in dry.items() if k not in ("run", "address")} == {
            k: v for k, v in stored.items() if k not in ("run", "address")
        }
        call_command("extract_stored", "--dry-run")
        assert capsys.readouterr().out == NOTHING.format(2)

    @pytest.mark.parametrize("dry", [False, True])
    def test_a_poisonous_article_stops_no_other(self, capsys, extractor, monkeypatch, dry):
        for number in (1, 2, 3):
            old_article(number)
        poison = ArticleVersion.objects.get(text__content=text(2)).article.uid
        real = extractor.batch

        def batch(texts):
            texts = list(texts)
            if text(2) in texts:
                raise RuntimeError("poisoned")
            return real(texts)

        with monkeypatch.context() as patch:
            patch.setattr(extractor, "batch", batch)
            with pytest.raises(CommandError, match="1 could not be processed") as raised:
                call_command("extract_stored", dry_run=dry)
        assert raised.value.returncode == 1
        shown = capsys.readouterr()
        assert f"article {poison} (version 1): could not be processed (poisoned); its" in shown.err
        assert shown.out.splitlines()[0].split()[-3:] == ["2", "of", "3"]
        if dry:
            return
        run = ExtractionRun.objects.first()
        assert run.problems == [
            {"article": poison, "version": 1, "problem": "could not be processed (poisoned)"}
        ]
        assert run.finished_at
        assert speakers() == {"Ana Roe", "United Nations"}
        call_command("extract_stored")  # tries that one again, in a run of its own
        assert ExtractionRun.objects.first().extractions.count() == 1
        assert speakers() == {"Ana Roe"}

    @pytest.mark.parametrize(
        ("chosen", "read"),
        [
            pytest.param(["--outlet", "the daily wire"], {1}, id="outlet"),
            pytest.param(["--outlet=the-daily-wire", "--outlet=Post"], {1, 2}, id="outlets"),
            pytest.param(["--since", "2026-01-02"], {2, 3}, id="since"),
            pytest.param(["--since", "2026-01-02", "--outlet", "Post"], {2}, id="both"),
            pytest.param([], {1, 2, 3}, id="all"),
            pytest.param(["--all-versions"], {1, 2, 3, 4}, id="versions"),
            pytest.param(["--all"], {1, 2, 3, 4}, id="all-versions"),
        ],
    )
    def test_chooses(self, chosen, read):
        old_article(1, outlet="The Daily Wire")
        old_article(2, outlet="Post")
        old_article(4, url="https://example.org/3")  # changed later, so not current
        old_article(3)
        call_command("extract_stored", *chosen)
        run = ExtractionRun.objects.first()
        texts = run.extractions.values_list("version__text__content", flat=True)
        assert set(texts) == {text(number) for number in read}

    def test_chooses_articles(self):
        uids = [old_article(number).article.uid for number in (1, 2, 3)]
        call_command("extract_stored", "--article", *uids[:1], "--article", uids[2])
        done = Extraction.objects.filter(run__planned=2)
        assert set(done.values_list("version__article__uid", flat=True)) == {uids[0], uids[2]}

    @pytest.mark.parametrize(
        ("given", "complaint"),
        [
            (["--outlet", "Wire"], "no outlet named 'Wire' is stored.*there is The Daily Wire"),
            (
                ["--article", "nosuch"],
                "no article with the uid nosuch is stored; a uid is the last",
            ),
            (["--since", "soon"], "'soon' is no day: write year-month-day"),
            (["--json", "/nowhere/report.json"], "cannot be written.*give --json another file"),
            (["--background", "--dry-run"], "leave out --background"),
            (["--workers", "many"], "give 1 or more, or auto"),
        ],
    )
    def test_refuses(self, given, complaint):
        old_article(1, outlet="The Daily Wire")
        before = contents()
        with pytest.raises(CommandError, match=complaint):
            call_command("extract_stored", *given)
        assert contents() == before

    def test_an_article_that_a_stopped_run_has_read_is_not_read_again(self, extractor):
        for number in (1, 2):
            old_article(number)
        run = store.open_run(extractor.provenance)
        run.planned = 2
        run.selection = {"outlets": [], "articles": [], "since": None, "all_versions": False}
        run.save()
        version = ArticleVersion.objects.get(text__content=text(1))
        store.record_again(version, extractor(text(1)), run)
        other = store.open_run(provenance("another"))
        other.planned = 5
        other.save()
        call_command("extract_stored")
        run.refresh_from_db()
        assert (run.planned, run.extractions.count(), bool(run.finished_at)) == (2, 2, True)
        other.refresh_from_db()  # was left for good: it ended when it last did something
        assert other.finished_at == other.started_at


# --- in processes of their own

STORE = """
from tests.quotes.management.commands.test_extract_stored import old_article
for number in range(1, {count} + 1):
    old_article(number, published_on="2026-01-01")
"""


class Place:
    """A database of its own, with commands that work on it."""

    def __init__(self, folder: Path) -> None:
        self.database = folder / "db.sqlite3"
        self.folder = folder
        self.environment = {
            **os.environ,
            "TRACKER_DATABASE_URL": f"sqlite:///{self.database}",
            "TRACKER_VAR_DIR": str(folder / "var"),
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "manage.py", *arguments]

    def manage(self, *arguments: str, status: int = 0) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            self.command(*arguments),
            cwd=ROOT,
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
        )
        assert done.returncode == status, done.stderr
        return done

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            self.command(*arguments),
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def ask(self, query: str) -> Any:
        connection = sqlite3.connect(self.database, timeout=30)
        try:
            return connection.execute(query).fetchone()[0]
        finally:
            connection.close()

    def read_again(self) -> int:
        """Return how many articles have been read by another run than the first."""
        return self.ask("SELECT count(*) FROM quotes_extraction WHERE run_id > 1")


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def place(tmp_path) -> Callable[[int], Place]:
    def made(count: int) -> Place:
        found = Place(tmp_path)
        found.manage("migrate", "-v0")
        found.manage("shell", "-v0", "-c", STORE.format(count=count))
        return found

    return made


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_killed_run_is_gone_on_with_and_stores_nothing_twice(place, workers):
    """SIGKILL in the middle: what is stored is whole; the same run does the rest, and only that."""
    count = 60
    here = place(count)
    with here.start("extract_stored", "--workers", workers) as process:
        until(lambda: here.read_again() >= 3 or process.poll() is not None)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    before = here.read_again()
    assert 3 <= before < count
    assert here.ask("SELECT count(*) FROM quotes_change") == before
    assert here.ask("SELECT count(*) FROM quotes_extractionrun WHERE finished_at IS NULL") == 2
    done = here.manage("extract_stored")
    assert f"{count} of {count}" in done.stdout
    assert here.read_again() == count
    assert here.ask("SELECT count(*) FROM quotes_change") == count
    assert here.ask("SELECT count(*) FROM quotes_quotation") == count
    assert here.ask("SELECT count(*) FROM quotes_extractionrun") == 2
    assert here.ask("SELECT count(DISTINCT uid) FROM quotes_quotation") == count


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_it_cleanly(place, how):
    here = place(60)
    with here.start("extract_stored") as process:
        until(lambda: here.read_again() or process.poll() is not None)
        process.send_signal(how)
        _, complaints = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 130
    assert complaints.strip() == (
        "CommandError: stopped; what was stored stays, run the same again to go on"
    )
    assert here.ask("SELECT finished_at IS NULL FROM quotes_extractionrun WHERE id > 1")


def test_in_the_background(place):
    here = place(4)
    shown = here.manage("extract_stored", "--background").stdout
    run, page, log = (line.split(maxsplit=1)[1] for line in shown.splitlines())
    assert page == f"http://127.0.0.1:8000/runs/{run}/"
    assert Path(log).parent == here.folder / "var" / "log"
    uid = run.replace("-", "")
    finished = f"SELECT finished_at IS NOT NULL FROM quotes_extractionrun WHERE uid = '{uid}'"
    until(lambda: here.ask(finished))
    until(lambda: page in Path(log).read_text())
    assert "4 of 4" in Path(log).read_text()
    assert here.read_again() == 4


def test_beside_another_it_is_refused(place):
    here = place(1)
    with here.start("shell", "-v0", "-c", HOLD) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        for options in ([], ["--background"]):
            problem = here.manage("extract_stored", *options, status=1).stderr
            assert "another extract_stored is at work on this database (process" in problem
        process.kill()
    assert here.read_again() == 0


def test_in_the_background_with_nothing_to_do_it_says_so(place):
    here = place(0)
    shown = here.manage("extract_stored", "--background").stdout
    assert shown.startswith(NOTHING.format(0))


def test_in_the_background_what_cannot_start_says_why(place):
    here = place(1)
    here.environment["TRACKER_STANZA_PACKAGE"] = "default"
    here.environment["TRACKER_STANZA_DIR"] = str(here.folder / "none")
    problem = here.manage("extract_stored", "--background", status=1).stderr
    assert "CommandError: it did not start; " in problem
    assert "manage.py download_models" in problem
    assert here.ask("SELECT count(*) FROM quotes_extractionrun") == 1
