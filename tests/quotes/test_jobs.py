"""Imports: each item once, whatever stops them. Runs on SQLite and PostgreSQL."""

# ruff: noqa: S603  the commands are ours

import io
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import OperationalError, connection

from quotes import job_reports, job_sources, jobs, store
from quotes.job_reports import Standing
from quotes.models import (
    Article,
    ArticleVersion,
    Extraction,
    ExtractionRun,
    Import,
)
from quotes.nlp.document import Document
from quotes.params import DEFAULTS
from tests import builders
from tests.quotes.quick_extractor import QuickExtractor

ROOT = Path(__file__).parents[2]
State, Kind = Import.State, Import.Kind
COUNTS = ("done", "new", "changed", "same", "refused")


def article(number: int, words: str = "rise") -> dict[str, str]:
    text = f"The minister, Ana Roe, said tax {number} would {words}."
    return {"url": f"https://example.org/{number}", "text": text}


def lines(folder: Path, *objects: Any, name: str = "articles.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(item) + "\n" for item in objects), encoding="utf-8")
    return path


def counts(job: Import) -> dict[str, int]:
    job.refresh_from_db()
    return {name: getattr(job, name) for name in COUNTS}


def of(done: int, *, new: int = 0, changed: int = 0, same: int = 0, refused: int = 0):
    return {"done": done, "new": new, "changed": changed, "same": same, "refused": refused}


@pytest.fixture
def quick(monkeypatch):
    """An extractor that finds what stands between “said” and the full stop, without models."""
    extractor = QuickExtractor()
    for module in ("quotes.jobs", "quotes.extraction"):
        monkeypatch.setattr(f"{module}.configured_extractor", lambda: extractor)
    return extractor


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


def imported(path: Path, tell: jobs.Tell | None = None, **options: Any) -> Import:
    job = jobs.create(Kind.FILES, [str(path)], options=options)
    jobs.work(job, tell)
    return job


# --- what becomes of items


@pytest.mark.database
@pytest.mark.django_db
@pytest.mark.usefixtures("quick")
def test_counts_and_lists_what_became_of_each_item(tmp_path):
    imported(lines(tmp_path, article(1), article(2), name="before.jsonl"))
    given = [article(1), article(2, "fall"), {"text": 5}, article(3), article(3), {"text": "a\0"}]
    job = imported(lines(tmp_path, *given))
    assert counts(job) == of(6, new=1, changed=1, same=2, refused=2)
    assert job.state == State.FINISHED
    assert job.total == 6
    assert job.bytes_done == job.bytes_total == (tmp_path / "articles.jsonl").stat().st_size
    rows = list(job.items.values_list("number", "outcome", "line", "version__article__url"))
    assert rows == [
        (2, "changed", None, "https://example.org/2"),
        (3, "refused", 3, None),
        (4, "new", None, "https://example.org/3"),
        (6, "refused", 6, None),
    ]
    poor = job.items.get(number=3)
    assert poor.origin.endswith("articles.jsonl")
    assert poor.problem == 'has a number as "text"'
    assert poor.remedy
    assert job.run
    assert job.run.finished_at
    assert Extraction.objects.filter(run=job.run).count() == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("quick")
def test_tells_of_every_item_in_order(tmp_path):
    told: list[jobs.Settled] = []
    path = lines(tmp_path, article(1), {"text": 5}, article(1), article(2))
    imported(path, told.append)
    assert [(one.number, one.outcome) for one in told] == [
        (1, "new"),
        (2, "refused"),
        (3, "same"),
        (4, "new"),
    ]
    assert [bool(one.version) for one in told] == [True, False, True, True]
    assert told[-1].bytes_done <= path.stat().st_size


@pytest.mark.django_db
def test_one_poisonous_article_among_many_is_reported_and_the_rest_is_stored(tmp_path, quick):
    given = [article(number) for number in range(300)]
    given[137]["text"] = "He said poison."
    job = imported(lines(tmp_path, *given))
    assert counts(job) == of(300, new=299, refused=1)
    poor = job.items.get(outcome="refused")
    assert (poor.number, poor.problem) == (138, "could not be processed (poisoned)")
    assert quick.poisoned


@pytest.mark.django_db
@pytest.mark.usefixtures("quick")
def test_an_article_whose_rows_the_database_refuses_is_reported(tmp_path, monkeypatch):
    real = store.record

    def record(source, doc, run):
        if "tax 1 " in source.text:
            wrong = builders.quotation(doc.text, "tax 1", speaker=builders.ROE)
            doc = Document(text=doc.text, quotations=(wrong.model_copy(update={"kind": "none"}),))
        return real(source, doc, run)

    monkeypatch.setattr(store, "record", record)
    job = imported(lines(tmp_path, *(article(number) for number in range(3))))
    assert counts(job) == of(3, new=2, refused=1)
    assert job.items.get(outcome="refused").problem.startswith("could not be processed (")


@pytest.mark.django_db
@pytest.mark.usefixtures("quick")
def test_a_reader_that_breaks_costs_its_own_source_only(tmp_path, monkeypatch):
    good = lines(tmp_path, article(1), name="good.jsonl")
    bad = lines(tmp_path, article(2), name="bad.jsonl")
    real = job_sources.ingest.read

    def read(paths, **kwargs):
        yield from real(paths, **kwargs)
        if paths == [str(bad)]:
            raise ZeroDivisionError("broken")

    monkeypatch.setattr(job_sources.ingest, "read", read)
    job = jobs.create(Kind.FILES, [str(bad), str(good)])
    jobs.work(job)
    assert counts(job) == of(3, new=2, refused=1)
    assert job.items.get(outcome="refused").problem == "could not be read to its end (broken)"


# --- stopped and gone on with


def stop_after(number: int, error: type[BaseException]) -> Callable[[jobs.Settled], None]:
    def tell(settled: jobs.Settled) -> None:
        if settled.number == number:
            raise error(f"after {number}")

    return tell


@pytest.mark.database
@pytest.mark.django_db
@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("number", [1, 4, 17])
def test_goes_on_behind_the_last_settled_item(tmp_path, number):
    """Wherever it is stopped, between items that are new, the same, changed and refused."""
    imported(lines(tmp_path, *(article(n) for n in range(0, 40, 4)), name="before.jsonl"))
    given: list[Any] = [article(n, "fall" if n % 8 == 0 else "rise") for n in range(40)]
    given[2] = given[17] = {"text": 5}
    path = lines(tmp_path, *given)
    whole = of(40, new=28, changed=5, same=5, refused=2)
    job = jobs.create(Kind.FILES, [str(path)])
    with pytest.raises(KeyboardInterrupt):
        jobs.work(job, stop_after(number, KeyboardInterrupt))
    assert counts(job)["done"] <= number
    assert job_reports.progress_of(job).standing is Standing.INTERRUPTED
    jobs.work(job)
    assert counts(job) == whole
    assert job.items.count() == 35
    assert ArticleVersion.objects.count() == Extraction.objects.count() == 10 + 28 + 5
    assert ExtractionRun.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("quick")
def test_cancelled_between_items_and_gone_on_with(tmp_path):
    job = jobs.create(Kind.FILES, [str(lines(tmp_path, *map(article, range(30))))])

    def cancel(settled: jobs.Settled) -> None:
        if settled.number == 7:
            Import.objects.filter(pk=job.pk).update(cancel_requested=True)

    jobs.work(job, cancel)
    assert counts(job) == of(7, new=7)
    assert (job.state, bool(job.finished_at)) == (State.CANCELLED, True)
    jobs.work(job)  # nobody asked for it
    assert counts(job) == of(7, new=7)
    jobs.resume(job)
    assert (job.state, job.finished_at) == (State.PENDING, None)
    jobs.work(job)
    assert counts(job) == of(30, new=30)


@pytest.mark.django_db
def test_cancelled_before_anybody_began(tmp_path):
    job = jobs.create(Kind.FILES, [str(lines(tmp_path, article(1)))])
    jobs.cancel(job)
    assert job.state == State.CANCELLED
    jobs.work(job)
    assert counts(job) == of(0)
    assert not list(jobs.waiting())


@pytest.mark.django_db
@pytest.mark.usefixtures("quick")
def test_what_has_ended_is_neither_cancelled_nor_gone_on_with(tmp_path):
    job = imported(lines(tmp_path, article(1)))
    jobs.cancel(job)
    assert job.state == State.FINISHED
    with pytest.raises(jobs.JobError, match="is finished"):
        jobs.resume(job)


@pytest.mark.django_db
@pytest.mark.usefixtures("quick")
def test_a_full_disk_fails_the_import_and_it_can_be_gone_on_with(tmp_path, monkeypatch):
    real = store.record

    def record(source, doc, run):
        if "tax 5 " in source.text:
            raise OperationalError("database or disk is full")
        return real(source, doc, run)

    monkeypatch.setattr(store, "record", record)
    job = jobs.create(Kind.FILES, [str(lines(tmp_path, *map(article, range(9))))])
    with pytest.raises(OperationalError):
        jobs.work(job)
    assert counts(job) == of(5, new=5)
    assert job.state == State.FAILED
    assert "database or disk is full" in job.problem
    monkeypatch.setattr(store, "record", real)
    jobs.resume(job)
    jobs.work(job)
    assert counts(job) == of(9, new=9)
    assert job.problem == ""


@pytest.mark.django_db
def test_an_error_that_nobody_foresaw_shows_no_details(tmp_path, monkeypatch):
    job = jobs.create(Kind.FILES, [str(lines(tmp_path, article(1)))])
    monkeypatch.setattr(jobs, "extract_groups", lambda *_, **__: (_ for _ in [1 / 0]))
    with pytest.raises(ZeroDivisionError):
        jobs.work(job)
    job.refresh_from_db()
    assert "ZeroDivisionError" in job.problem
    assert "division by zero" not in job.problem


@pytest.mark.django_db
@pytest.mark.usefixtures("quick")
def test_an_import_in_which_all_was_the_same_can_be_dropped(tmp_path):
    path = lines(tmp_path, article(1))
    first, again = imported(path), imported(path)
    for job in (first, again):
        jobs.drop_if_same(job)
    assert list(Import.objects.values_list("uid", flat=True)) == [first.uid]


# --- uploads, and what cannot be read twice


@pytest.mark.django_db
@pytest.mark.usefixtures("quick")
def test_an_upload_is_read_from_its_file_until_that_is_removed(tmp_path):
    content = lines(tmp_path, article(1), article(2)).read_bytes()
    upload = ContentFile(content, name="a.jsonl")
    job = jobs.create(
        Kind.UPLOAD, ["a.jsonl"], options={"uploaded": True, "outlet": "Wire"}, upload=upload
    )
    jobs.work(job)
    assert counts(job) == of(2, new=2)
    assert Article.objects.filter(outlet__name="Wire").count() == 2
    Import.objects.filter(pk=job.pk).update(state=State.CANCELLED, upload="")
    job.refresh_from_db()
    with pytest.raises(jobs.JobError, match="files have been removed"):
        jobs.resume(job)


@pytest.mark.django_db
@pytest.mark.usefixtures("quick")
def test_what_cannot_be_read_twice_is_put_aside(monkeypatch):
    """What was read of a stream is kept; the rest is gone with its process, and that is said."""
    content = "".join(json.dumps(article(n)) + "\n" for n in range(40)).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    job = jobs.create(Kind.FILES, ["-"])
    with pytest.raises(KeyboardInterrupt):
        jobs.work(job, stop_after(2, KeyboardInterrupt))
    assert counts(job)["done"] in (1, 2)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    jobs.work(job)
    read_ahead = DEFAULTS.extract_batch_texts
    assert counts(job) == of(read_ahead + 1, new=read_ahead, refused=1)
    assert job.items.get(outcome="refused").problem == "ended with the process that read it"
    assert not job_sources.folder_of(job).exists()


# --- two processes

CHILD = """
import sys
from quotes import extraction, jobs
from quotes.models import Import
from tests.quotes.quick_extractor import QuickExtractor
quick = QuickExtractor(pause_s=0.002)
jobs.configured_extractor = extraction.configured_extractor = lambda: quick
job = Import.objects.get(uid="{uid}")
try:
    jobs.work(job, lambda one: print(one.number, flush=True))
except jobs.locks.BusyError as error:
    print("busy", flush=True)
print("end", flush=True)
"""


@pytest.fixture
def elsewhere(tmp_path):
    """The environment of other processes at a database of their own kind, migrated."""
    if connection.vendor == "postgresql":
        url = os.environ["TRACKER_DATABASE_URL"].replace(
            "/postgres?", f"/{connection.settings_dict['NAME']}?"
        )
        return {**os.environ, "TRACKER_DATABASE_URL": url, "TRACKER_VAR_DIR": str(tmp_path)}
    url = f"sqlite:///{tmp_path / 'db.sqlite3'}"
    environment = {**os.environ, "TRACKER_DATABASE_URL": url, "TRACKER_VAR_DIR": str(tmp_path)}
    shell(environment, "migrate", "-v0")
    return environment


def shell(environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def code(environment: dict[str, str], source: str) -> Any:
    """Return what `source`, run elsewhere, prints as JSON."""
    return json.loads(shell(environment, "shell", "-v0", "-c", source))


CREATE = """
from quotes import jobs
print('"%s"' % jobs.create("files", [{path!r}]).uid)
"""
FOUND = """
import json
from quotes.models import *
job = Import.objects.get(uid="{uid}")
print(json.dumps({{
    "state": job.state,
    "counts": [job.done, job.new, job.changed, job.same, job.refused],
    "items": list(job.items.values_list("number", "outcome", "line", "version__text")),
    "articles": sorted(Article.objects.values_list("identity", flat=True)),
    "rows": [m.objects.count() for m in (ArticleVersion, Extraction, Quotation, ExtractionRun)],
}}))
"""


def child(environment: dict[str, str], uid: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-v0", "-c", CHILD.format(uid=uid)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_killed_at_any_moment_it_ends_as_if_it_had_not_been(tmp_path, elsewhere):
    """SIGKILL, again and again; in the end rows and counts are those of an undisturbed import."""
    given: list[Any] = [article(n) for n in range(60)]
    given[10] = given[50] = {"text": 5}
    given[30], given[55] = given[29], article(3, "fall")
    path = lines(tmp_path, *given)
    uid = code(elsewhere, CREATE.format(path=str(path)))
    drawn = random.Random(7)  # noqa: S311  where to kill
    kills = 0
    while True:
        with child(elsewhere, uid) as process:
            assert process.stdout
            left = drawn.randint(5, 20)
            for said in process.stdout:
                left -= 1
                if left == 0:
                    process.send_signal(signal.SIGKILL)
                    kills += 1
                if said == "end\n":
                    break
            else:
                continue
            break
    assert kills >= 2
    after = code(elsewhere, FOUND.format(uid=uid))
    assert after["state"] == "finished"
    assert after["counts"] == [60, 56, 1, 1, 2]
    assert [number for number, *_ in after["items"]] == [n for n in range(1, 61) if n != 31]
    assert after["rows"] == [57, 57, 57, 1]
    assert len(after["articles"]) == 56


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_two_processes_never_work_at_one_import(tmp_path, elsewhere):
    path = lines(tmp_path, *map(article, range(100)))
    uid = code(elsewhere, CREATE.format(path=str(path)))
    with child(elsewhere, uid) as first:
        assert first.stdout
        assert first.stdout.readline() == "1\n"
        with child(elsewhere, uid) as second:
            assert second.communicate()[0] == "busy\nend\n"
        first.send_signal(signal.SIGKILL)
    found = code(elsewhere, FOUND.format(uid=uid))
    assert found["state"] == "running"  # and nobody is at it
    if connection.vendor == "sqlite":
        assert list(tmp_path.glob(f"*job-{uid}.lock"))
    with child(elsewhere, uid) as third:
        assert third.communicate()[0].endswith("end\n")
    assert code(elsewhere, FOUND.format(uid=uid))["counts"] == [100, 100, 0, 0, 0]
    assert not list(tmp_path.glob("*job-*.lock"))
