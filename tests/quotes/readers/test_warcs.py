"""WARC files: their pages and texts, in constant memory, with where and when they were fetched."""

import gzip
import io
import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotes.ingest import Refusal, SourceText, read_stream
from quotes.params import Params

PAGE = (
    "<!doctype html><html lang=en><head><title>Rail</title></head><body><article>"
    "<p>The minister said on Tuesday that the tax on rail would rise, “café” or not.</p>"
    "<blockquote>We will not be moved.</blockquote></article></body></html>"
)
CHUNKED = f"{len(PAGE.encode()):x}\r\n{PAGE}\r\n0\r\n\r\n".encode()
CHUNKS = ("Content-Type: text/html", "Transfer-Encoding: chunked")
PACKED = gzip.compress(PAGE.encode(), mtime=0)
DATE = "2017-07-05T08:00:00Z"


def record(  # noqa: PLR0913  what a record has, each by its name
    *,
    kind: str = "response",
    address: str = "https://example.org/a",
    status: str = "200 OK",
    headers: tuple[str, ...] = ("Content-Type: text/html; charset=utf-8",),
    body: bytes = PAGE.encode(),
    media_type: str = "",
    more: tuple[str, ...] = (),
) -> bytes:
    """Return a record of a WARC file as the standard has it (ISO 28500)."""
    if kind in ("response", "revisit"):
        body = "\r\n".join((f"HTTP/1.1 {status}", *headers, "", "")).encode() + body
        media_type = "application/http; msgtype=response"
    lines = (
        "WARC/1.1",
        f"WARC-Type: {kind}",
        f"WARC-Target-URI: {address}",
        f"WARC-Date: {DATE}",
        "WARC-Record-ID: <urn:uuid:1>",
        f"Content-Type: {media_type}",
        f"Content-Length: {len(body)}",
        *more,
    )
    return "\r\n".join((*lines, "", "")).encode() + body + b"\r\n\r\n"


def warc(*records: dict, packed: bool = True) -> bytes:
    made = (record(**one) for one in records)
    return b"".join(map(gzip.compress, made) if packed else made)


def items(data: bytes, name: str = "a.warc.gz", **how) -> list:
    return list(read_stream(io.BytesIO(data), name, **how))


@pytest.mark.parametrize("packed", [True, False])
def test_a_response_is_an_article_with_its_provenance(packed):
    (item,) = items(warc({}, packed=packed))
    assert item.text.startswith("The minister said")
    assert item.text.endswith("We will not be moved.")
    assert (item.url, item.identity) == ("https://example.org/a", "url:https://example.org/a")
    assert item.retrieved_at == datetime(2017, 7, 5, 8, tzinfo=UTC)
    assert (item.origin_id, item.method) == ("<urn:uuid:1>", "warc")
    assert (item.raw.decode(), item.outlet_domain) == (PAGE, "example.org")


@pytest.mark.parametrize(
    ("header", "body"),
    [
        pytest.param("Content-Encoding: gzip", PACKED, id="gzip"),
        pytest.param("Content-Encoding: gzip", PAGE.encode(), id="undone-already"),
        pytest.param(
            "Transfer-Encoding: chunked",
            CHUNKED,
            id="chunked",
        ),
        pytest.param("Transfer-Encoding: chunked", PAGE.encode(), id="chunks-undone"),
    ],
)
def test_encodings_of_the_transfer_are_undone(header, body):
    headers = ("Content-Type: text/html", header)
    (item,) = items(warc({"headers": headers, "body": body}))
    assert item.raw.decode() == PAGE
    assert "“café”" in item.text


def test_the_header_says_the_encoding():
    headers = ("Content-Type: text/html; charset=windows-1252",)
    (item,) = items(warc({"headers": headers, "body": PAGE.encode("cp1252")}))
    assert "“café”" in item.text


def test_what_is_no_page_is_passed_over():
    records = [
        {"kind": "warcinfo", "media_type": "application/warc-fields"},
        {"kind": "request", "body": b"GET / HTTP/1.1\r\n\r\n"},
        {"kind": "revisit"},
        {"kind": "metadata", "media_type": "application/warc-fields"},
        {"status": "404 Not Found"},
        {"status": "301 Moved"},
        {"headers": ("Content-Type: image/png",), "body": b"\x89PNG"},
        {"headers": ("Content-Type: text/plain",), "address": "https://example.org/robots.txt"},
        {
            "headers": ("Content-Type: text/plain",),
            "body": b"Said she.",
            "address": "https://x.org/t",
        },
        {"kind": "resource", "media_type": "text/html", "address": "https://example.org/r"},
    ]
    found = items(warc(*records))
    assert [one.url for one in found] == ["https://x.org/t", "https://example.org/r"]
    assert found[0].text == "Said she."
    (refusal,) = items(warc(*records[:8]))
    assert refusal.problem == "holds no page (8 records of other kinds)"


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        pytest.param({"body": b""}, "no article text", id="empty"),
        pytest.param({"body": b"<p>\x00</p>"}, "binary", id="binary"),
        pytest.param(
            {
                "headers": ("Content-Type: text/html", "Content-Encoding: gzip"),
                "body": PACKED[:-20],
            },
            "cut off",
            id="gzip-cut",
        ),
        pytest.param(
            {
                "headers": ("Content-Type: text/html", "Content-Encoding: gzip"),
                "body": gzip.compress(b"<p>" + b"a" * 3_000_000),
            },
            "too large",
            id="gzip-bomb",
        ),
        pytest.param(
            {
                "headers": ("Content-Type: text/html", "Content-Encoding: br"),
                "body": b"\x0b\x02\x80",
            },
            "Brotli",
            id="brotli",
        ),
    ],
)
def test_one_bad_record_stops_no_other(bad, problem):
    found = items(warc(bad, {}), params=Params(max_input_bytes=100_000))
    assert problem in found[0].problem
    assert "(https://example.org/a)" in found[0].origin
    assert isinstance(found[1], SourceText)


def test_what_the_crawler_cut_off_is_noted():
    (item,) = items(warc({"more": ("WARC-Truncated: length",)}))
    assert "the crawler cut the page off (length)" in item.text_note


@pytest.mark.parametrize("packed", [True, False])
def test_a_cut_file_keeps_what_was_read(packed):
    data = warc({"address": "https://e.org/1"}, {"address": "https://e.org/2"}, packed=packed)
    for cut in range(len(data) * 3 // 4, len(data) - 5, 7):
        found = items(data[:cut], "a.warc.gz" if packed else "a.warc")
        assert found[0].url == "https://e.org/1"
        assert isinstance(found[-1], Refusal) or found[-1].text == found[0].text


def test_a_page_may_not_pass_for_another_outlets():
    claim = PAGE.replace("<title>", '<link rel=canonical href="https://other.org/x"><title>')
    (item,) = items(warc({"body": claim.encode()}))
    assert item.url == "https://example.org/a"


def test_memory_does_not_grow_with_the_file():
    body = PAGE.replace("not be moved", "not be moved " * 400).encode()

    def peak(count: int) -> int:
        data = warc(*({"address": f"https://e.org/{i}", "body": body} for i in range(count)))
        tracemalloc.start()
        assert sum(1 for _ in read_stream(io.BytesIO(data), "a.warc.gz")) == count
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(3)
    assert peak(60) < 1.5 * peak(12)


SAMPLE = warc(
    {"address": "https://e.org/1", "body": CHUNKED, "headers": CHUNKS},
    {"headers": ("Content-Type: text/html", "Content-Encoding: gzip"), "body": PACKED},
    packed=False,
)


@settings(deadline=None)
@given(st.data())
def test_no_damage_breaks_the_reader(data):
    damaged = bytearray(SAMPLE)
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    for item in items(bytes(damaged[: data.draw(st.integers(0, len(damaged)))]), "a.warc"):
        assert isinstance(item, SourceText | Refusal)
