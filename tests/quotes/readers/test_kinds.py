"""The kind of an input is told by content, header and name; what disagrees is settled one way."""

import contextlib
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.readers.kinds import Kind, is_known, kind_of
from quotes.refusals import InputError

RSS = b'<?xml version="1.0"?>\n<!-- made by hand -->\n<rss version="2.0"><channel/></rss>'
NEWSML = b'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:x"/>'


@pytest.mark.parametrize(
    ("head", "name", "media_type", "kind"),
    [
        pytest.param(b"Said she.", "a.txt", "", Kind.TEXT, id="suffix"),
        pytest.param(b"Said she.", "A.TXT", "", Kind.TEXT, id="suffix-in-capitals"),
        pytest.param(b"Said she.", "", "", Kind.TEXT, id="nothing-told"),
        pytest.param(b"", "", "", Kind.TEXT, id="empty"),
        pytest.param(b'{"text": "a"}\n', "", "", Kind.LINES, id="one-line"),
        pytest.param(b'\xef\xbb\xbf{"text": "a"}', "", "", Kind.LINES, id="mark-before-json"),
        pytest.param(b'{\n "text": "a"}\n', "", "", Kind.JSON, id="document-over-lines"),
        pytest.param(b'{"text": "' + b"a" * 99, "", "", Kind.LINES, id="line-beyond-the-head"),
        pytest.param(b' [{"text": "a"}]', "", "", Kind.JSON, id="list"),
        pytest.param(RSS, "", "", Kind.FEED, id="rss"),
        pytest.param(RSS, "feed.xml", "", Kind.FEED, id="rss-named-xml"),
        pytest.param(RSS, "a.html", "text/html", Kind.FEED, id="signature-before-names"),
        pytest.param(RSS.decode().encode("utf-16"), "", "", Kind.FEED, id="rss-in-utf-16"),
        pytest.param(b'<rdf:RDF xmlns:rdf="x">', "", "", Kind.FEED, id="rss-1"),
        pytest.param(b'<a:feed xmlns:a="x">', "a.atom", "", Kind.FEED, id="atom-with-prefix"),
        pytest.param(NEWSML, "a.xml", "", Kind.NEWSML, id="newsml"),
        pytest.param(b"<!DOCTYPE html><p>x", "page.php", "", Kind.PAGE, id="doctype"),
        pytest.param(b"\n<html lang=en>", "a.txt", "text/plain", Kind.PAGE, id="page-named-text"),
        pytest.param(b"<p>x", "page", "text/html; charset=utf-8", Kind.PAGE, id="media-type"),
        pytest.param(b"{}", "a.txt", "application/json", Kind.JSON, id="media-type-before-suffix"),
        pytest.param(b"{}", "a.jsonl", "text/plain", Kind.LINES, id="vague-type-after-suffix"),
        pytest.param(b"x", "a.dat", "text/plain", Kind.TEXT, id="vague-type-at-last"),
        pytest.param(gzip.compress(b"x"), "a.html", "text/html", Kind.GZIP, id="packed-page"),
        pytest.param(b"PK\x03\x04", "a.txt", "", Kind.ZIP, id="zip-named-text"),
        pytest.param(b"WARC/1.1\r\n", "crawl", "", Kind.WARC, id="warc"),
        pytest.param(b"x", "a.warc", "", Kind.WARC, id="warc-by-name"),
    ],
)
def test_kind(head, name, media_type, kind):
    assert kind_of(head, name, media_type) is kind


@pytest.mark.parametrize(
    ("head", "asked", "kind"),
    [
        pytest.param(b"<html>", "text/plain", Kind.TEXT, id="as-the-caller-says"),
        pytest.param(b"PK\x03\x04", "application/x-ndjson", Kind.ZIP, id="unpacked-first"),
        pytest.param(b"x", "text/html; charset=utf-8", Kind.PAGE, id="parameters"),
        pytest.param(b"%PDF-1", "text/plain", Kind.TEXT, id="even-a-pdf"),
    ],
)
def test_the_caller_decides(head, asked, kind):
    assert kind_of(head, "a.xml", "application/json", asked=asked) is kind


@pytest.mark.parametrize(
    ("head", "name", "asked", "problem"),
    [
        pytest.param(b"%PDF-1.7", "a.txt", "", "it is a PDF", id="pdf"),
        pytest.param(b"x", "a.doc", "", "suffix '.doc'", id="unknown-suffix"),
        pytest.param(b"<a/>", "a.xml", "", "root 'a'", id="other-xml"),
        pytest.param(b"no xml", "a.xml", "", "root ''", id="no-xml"),
        pytest.param(b"x", "a.txt", "image/png", "cannot be read as 'image/png'", id="asked"),
        pytest.param(b"x", "a.txt", "text/xml", "cannot be read as 'text/xml'", id="asked-vague"),
    ],
)
def test_no_kind(head, name, asked, problem):
    with pytest.raises(InputError, match=problem) as caught:
        kind_of(head, name, asked=asked)
    assert caught.value.remedy


def test_files_of_a_folder():
    names = ["a.txt", "b.warc.gz", "c.pdf", "d", "e.ZIP", "f.xml"]
    assert [name for name in names if is_known(name)] == ["a.txt", "b.warc.gz", "e.ZIP", "f.xml"]


@given(st.binary(max_size=200), st.text(max_size=20), st.text(max_size=20))
def test_anything_has_a_kind_or_a_reason(head, name, media_type):
    with contextlib.suppress(InputError):
        assert kind_of(head, name, media_type) in Kind
