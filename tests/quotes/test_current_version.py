"""Which text of an article is the current one, and the bytes that it was made of."""

import zlib
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from django.db import IntegrityError, transaction

from quotes import methods, store
from quotes.models import SourceBytes, Speaker
from tests.builders import RAIL, rail_document, source

pytestmark = [pytest.mark.django_db, pytest.mark.database]
URL = "https://example.org/rail"
A, B = RAIL, RAIL + "Corrected."


def day(number: int) -> datetime:
    return datetime(2026, 3, number, tzinfo=UTC)


def given(text: str, method: str, number: int):
    return source(text, url=URL, method=method, retrieved_at=day(number))


def current(record, *readings: tuple[str, str, int]) -> str:
    """Record readings of one address in this order; return which text is the current one."""
    for text, method, number in readings:
        one = given(text, method, number)
        version = record(one, rail_document() if text == A else None).version
    versions = version.article.versions
    assert versions.filter(is_current=True).count() == 1
    return "A" if versions.get(is_current=True).text.content == A else "B"


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        pytest.param([(A, "web", 1), (B, "web", 2)], "B", id="changed"),
        pytest.param([(A, "web", 1), (B, "web", 2), (A, "web", 3)], "A", id="back-again"),
        pytest.param([(A, "html", 1), (B, "web", 2), (A, "html", 3)], "B", id="old-file-again"),
        pytest.param([(A, "web", 1), (B, "web", 2), (A, "html", 3)], "B", id="file-of-old-text"),
        pytest.param([(A, "html", 1), (B, "html", 2), (A, "web", 3)], "A", id="files-then-live"),
        pytest.param([(A, "web", 1), (B, "web", 4), (A, "web", 3)], "B", id="fetched-before"),
        pytest.param([(B, "web", 4), (A, "warc", 3)], "B", id="older-record-of-an-archive"),
        pytest.param([(B, "warc", 3), (A, "warc", 4)], "A", id="newer-record-of-an-archive"),
        pytest.param([(A, "web", 1), (B, "warc", 2), (A, "warc", 3)], "B", id="archive-again"),
        pytest.param([(B, "web", 1), (A, "html", 1)], "A", id="new-text-of-unknown-age-is-news"),
        pytest.param(
            [(A, "web", 1), (B, "web", 2), (A, "web", 3), (B, "web", 4)], "B", id="to-and-fro"
        ),
        pytest.param(
            [(A, "web", 1), (B, "web", 2), (A, "web", 5), (B, "web", 4)], "A", id="to-and-late-fro"
        ),
    ],
)
def test_which_text_is_current(record, readings, expected):
    assert current(record, *readings) == expected


def test_being_current_again_is_noted_and_counted(record):
    first, second = given(A, methods.WEB, 1), given(B, methods.WEB, 2)
    version = record(first, rail_document()).version
    record(second)
    assert Speaker.objects.get(name="Ana Roe").quotation_count == 0
    again = given(A, methods.WEB, 3)
    known = store.find_version(again)
    assert store.seen_again(again, known)
    assert not store.seen_again(again, store.find_version(again))
    version.refresh_from_db()
    assert (version.is_current, version.returned_at, version.number) == (True, day(3), 1)
    assert version.retrieved_at == day(1)
    assert Speaker.objects.get(name="Ana Roe").quotation_count == 2


def test_an_older_text_that_comes_later_has_the_next_number(record):
    record(given(B, methods.WEB, 4))
    version = record(given(A, methods.WARC, 3)).version
    assert (version.number, version.is_current) == (2, False)


# --- the bytes


PAGE = f"<html><p>{RAIL}</p></html>".encode()


def page(text: str = RAIL, raw: bytes = PAGE, **fields):
    fields = {"url": URL, "raw": raw, "source_sha256": sha256(raw).hexdigest(), **fields}
    return source(text, method="html", media_type="text/html", **fields)


def test_bytes_are_kept_once_and_compressed(record):
    for url in (URL, "https://example.com/copy"):
        record(page(url=url))
    kept = SourceBytes.objects.get()
    assert zlib.decompress(kept.content) == PAGE
    assert (kept.sha256, kept.length_bytes) == (sha256(PAGE).hexdigest(), len(PAGE))
    assert kept.media_type == "text/html"


def test_a_text_without_bytes_keeps_none(record):
    record(source())
    assert not SourceBytes.objects.exists()


def test_the_note_on_the_text_is_stored(record):
    assert record(source(text_note="a list is missing")).version.text_note == "a list is missing"


def test_kept_bytes_are_never_changed(record):
    record(page())
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        SourceBytes.objects.update(length_bytes=1)
