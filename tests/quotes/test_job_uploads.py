"""Uploaded files: safe names, limits, several as one, removed after a while."""

import re
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from quotes import job_sources, job_uploads, jobs
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
        ("c.pdf.txt", b"4"),  # read as it looks or refused, and not passed over
    ]


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
