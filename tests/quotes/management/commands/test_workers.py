"""`--workers` of extract and ingest: what they print and store, deaths, interrupts. Real models."""

import json
import os
import signal
import subprocess
import sys
import time
from argparse import ArgumentTypeError
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from quotes.management.arguments import worker_count
from quotes.models import ExtractionRun, Quotation
from quotes.nlp.workers import available_cpus
from tests.quotes.nlp.worker_tasks import answer_or_die

ROOT = Path(__file__).parents[4]
TIMEOUT_S = 120.0


def write(path: Path, texts: list[str]) -> str:
    rows = [
        {"id": f"n{n}", "url": f"https://example.org/{n}", "text": t} for n, t in enumerate(texts)
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return str(path)


def sayings(count: int) -> list[str]:
    return [f"The minister, Ana Roe, said tax {number} would rise." for number in range(count)]


@pytest.mark.parametrize(
    ("given", "count"),
    [("1", 1), ("12", 12), ("0", available_cpus()), ("auto", available_cpus())],
)
def test_worker_count(given: str, count: int) -> None:
    assert worker_count(given) == count


@pytest.mark.parametrize("given", ["-1", "many", "", "1.5"])
def test_a_wrong_worker_count_is_refused(given: str) -> None:
    with pytest.raises(ArgumentTypeError, match="give 1 or more, or auto"):
        worker_count(given)
    with pytest.raises(CommandError, match="give 1 or more, or auto"):
        call_command("extract", f"--workers={given}")


def test_extract_prints_the_same(tmp_path, capsys):
    path = write(tmp_path / "in.jsonl", ["", *sayings(9), "“", "Ana Roe said no. " * 300])
    call_command("extract", path)
    alone = capsys.readouterr().out
    call_command("extract", path, "--workers", "2")
    assert capsys.readouterr().out == alone
    assert len(alone.splitlines()) == 12


def test_a_text_that_kills_its_process_is_refused_alone(tmp_path, capsys, monkeypatch, caplog):
    monkeypatch.setattr("quotes.management.commands.extract.answer", answer_or_die)
    path = write(tmp_path / "in.jsonl", [*sayings(1), "He said lethal.", *sayings(1)])
    with pytest.raises(CommandError, match="1 refused"):
        call_command("extract", path, workers=2)
    shown = capsys.readouterr()
    assert [json.loads(line)["id"] for line in shown.out.splitlines()] == ["n0", "n2"]
    assert f"{path}:2: could not be processed (the process that worked on it died" in shown.err
    assert "was killed by signal 9" in caplog.text


@pytest.mark.django_db
def test_ingest_stores_the_same_in_order(tmp_path, capsys):
    call_command("ingest", write(tmp_path / "first.jsonl", sayings(1)), "--quiet")
    capsys.readouterr()
    call_command("ingest", write(tmp_path / "in.jsonl", sayings(3)), "--workers", "2", "--quiet")
    assert "Articles: 2 new, 0 changed, 1 same, 0 refused" in capsys.readouterr().out
    stored = [f"The minister, Ana Roe, said {q.content}." for q in Quotation.objects.order_by("pk")]
    assert stored == sayings(3)
    assert len(set(ExtractionRun.objects.values_list("fingerprint", flat=True))) == 1


@pytest.mark.django_db
def test_nothing_new_starts_no_process(tmp_path, capsys, monkeypatch):
    path = write(tmp_path / "in.jsonl", sayings(3))
    call_command("ingest", path, "--quiet")

    def start(*_):
        raise AssertionError("nothing is new, so no process is needed")

    monkeypatch.setattr("quotes.nlp.workers._Process", start)
    call_command("ingest", path, "--quiet", "--workers", "2")
    assert "0 new, 0 changed, 3 same" in capsys.readouterr().out


def test_ctrl_c_ends_all_without_complaints(tmp_path):
    path = write(tmp_path / "in.jsonl", sayings(400))
    command = [sys.executable, "manage.py", "extract", "--workers", "2", path]
    with subprocess.Popen(  # noqa: S603  our own command
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline().startswith('{"id": "n0"')
        os.killpg(process.pid, signal.SIGINT)
        _, complaints = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 130
    assert "interrupted" in complaints
    assert "Traceback" not in complaints
    assert gone(process.pid)


def gone(session: int) -> bool:
    """Say whether nobody of a process group is left; Python's own helper ends a little later."""
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        try:
            os.killpg(session, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
