"""Uploaded files: safe names, limits, several as one, removed after a while."""

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from quotes import ingest, job_sources, job_uploads, jobs
from quotes.ingest import Refusal
from quotes.models import Import
from quotes.params import JobParams
from quotes.refusals import InputError


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("a.txt", "a.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\news of today.html", "news_of_today.html"),
        ("<script>.txt", "script.txt"),
        (".hidden.txt", "hidden.txt"),
        ("..", "upload"),
        ("", "upload"),
        ("a" * 300 + ".jsonl.gz", "a" * 91 + ".jsonl.gz"),
    ],
)
def test_safe_names(given_name, name):
    assert job_uploads.safe_name(given_name) == name


@given(st.text())
def test_safe_names_hold_no_path(name):
    safe = job_uploads.safe_name(name)
    assert re.fullmatch(r"[-\w.]{1,100}", safe)
    assert not safe.startswith(".")


def file(name: str, content: bytes = b"He said no.") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ([], "holds no file"),
        ([file("a.txt")] * 3, "has 3 files"),
        ([file("a", b"x" * 21)], "large"),
    ],
)
def test_what_is_too_much_is_refused(files, problem):
    limits = JobParams(upload_max_files=2, upload_max_bytes=20)
    with pytest.raises(InputError, match=problem) as caught:
        job_uploads.check(files, limits)
    assert caught.value.remedy


def test_one_file_stays_as_it_is_and_several_are_packed_in_order():
    with job_uploads.as_one([file("b.txt", b"1")]) as one:
        assert (one.name, one.read()) == ("b.txt", b"1")
    several = [file("b.txt", b"1"), file("a/b.txt", b"2"), file("a.txt", b"3"), file("c.pdf", b"4")]
    with job_uploads.as_one(several) as packed:
        assert packed.name == "upload.zip"
        archive = ZipFile(BytesIO(packed.read()))
    found = [(name, archive.read(name)) for name in archive.namelist()]
    assert found == [
        ("b.txt", b"1"),
        ("b-2.txt", b"2"),
        ("a.txt", b"3"),
        ("c.pdf", b"4"),
    ]


def test_what_is_of_no_known_type_is_refused_by_its_name_beside_others_as_alone(tmp_path):
    """A table that was chosen beside an article is no article, and not passed over either."""
    chosen = {
        "table.csv": b"title,text\nA,B\n",
        "paper.pdf": b"%PDF-1.7",
        "note": b"The minister, Ana Roe, said taxes would fall.",
        "a.txt": b"The minister, Ana Roe, said no.",
        "page.aspx": (Path(__file__).parents[2] / "fixtures/formats/ferry.html").read_bytes(),
    }
    with job_uploads.as_one([file(name, data) for name, data in chosen.items()]) as packed:
        (tmp_path / "upload.zip").write_bytes(packed.read())
    found = {
        item.origin.rpartition("/")[2]: item for item in ingest.read([tmp_path / "upload.zip"])
    }
    assert found.keys() == chosen.keys()
    refused = {name for name, item in found.items() if isinstance(item, Refusal)}
    assert refused == {"table.csv", "paper.pdf"}
    assert found["table.csv"].problem == "has no known type (suffix '.csv')"
    with ZipFile(tmp_path / "theirs.zip", "w") as archive:
        archive.writestr("table.csv", "a,b")
    (only,) = ingest.read([tmp_path / "theirs.zip"])
    assert only.problem == "holds no file of a known type"


@pytest.mark.django_db
def test_files_of_imports_that_ended_long_ago_are_removed(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    old, new, running = (
        jobs.create("upload", ["a.txt"], upload=ContentFile(b"He said no.", name="a.txt"))
        for _ in range(3)
    )
    now = timezone.now()
    ended = Import.objects.filter(pk__in=(old.pk, new.pk))
    ended.update(state=Import.State.CANCELLED, finished_at=now)
    Import.objects.filter(pk=old.pk).update(finished_at=now - timedelta(days=31))
    (job_sources.folder_of(old) / "read.tsv").write_text("")
    assert job_uploads.clean() == 1
    assert not job_sources.folder_of(old).exists()
    old.refresh_from_db()
    assert not old.upload
    assert all(job_sources.folder_of(job).exists() for job in (new, running))
    assert job_uploads.clean() == 0
