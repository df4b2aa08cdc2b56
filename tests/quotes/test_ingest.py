"""What is read is what was written; what cannot be read is refused, and stops nothing else."""

import io
import json
import os
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.encodings import NAMES, decode
from quotes.ingest import (
    Refusal,
    SourceText,
    canonical_url,
    clip,
    json_lines,
    parse_date,
    read,
    read_stream,
)
from quotes.params import Params
from quotes.refusals import InputError
from quotes.source_texts import ReadOptions

SMALL = Params(max_input_bytes=2000, max_text_chars=500)
FIXTURES = Path(__file__).parents[2] / "fixtures" / "articles"
ENGLISH = (FIXTURES / "004_d9abd85e07581483.txt").read_text(encoding="utf-8")
PAGE = """<!doctype html><html lang="en"><head><title>Rail tax rises | The Daily Wire</title>
<meta property="og:title" content="Rail tax rises"><meta name="author" content="Jane Doe">
<meta property="og:site_name" content="The Daily Wire">
<link rel="canonical" href="https://www.example.org/rail">
<meta property="article:published_time" content="2026-03-04T10:11:12+02:00"></head>
<body><nav><a href="/">Home</a></nav><article><h1>Rail tax rises</h1>
<p>The minister said on Tuesday that the tax on rail would rise next year, after a debate.</p>
<blockquote><p>We will <em>not</em> be moved by the lobby.</p><p>Nor by you.</p></blockquote>
<p>She added that the decision was final and that nobody could change it, whatever they said.</p>
</article><footer>Copyright</footer></body></html>"""


def read_bytes(tmp_path, data: bytes, name: str = "a.txt", params: Params = SMALL):
    path = tmp_path / name
    path.write_bytes(data)
    return list(read([path], params=params))


def one(tmp_path, data: bytes, name: str = "a.txt", params: Params = SMALL) -> SourceText:
    (item,) = read_bytes(tmp_path, data, name, params)
    assert isinstance(item, SourceText), item
    return item


# --- plain text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param(b"Said she.\n", "Said she.\n", id="as-it-is"),
        pytest.param(
            b" \ttwo  spaces\r\n\r\nsaid\x0c", " \ttwo  spaces\r\n\r\nsaid\x0c", id="space"
        ),
        pytest.param("e\u0301 \u00e9 ﬁ “”".encode(), "e\u0301 \u00e9 ﬁ “”", id="not-normalised"),
        pytest.param(b"\xef\xbb\xbfSaid", "Said", id="byte-order-mark"),
        pytest.param("\ufeffSaid “so”".encode("utf-16-le"), "Said “so”", id="utf-16"),
        pytest.param(ENGLISH.encode("cp1252"), ENGLISH, id="windows-1252-for-certain"),
        pytest.param("caf\u00c3\u00a9".encode(), "caf\u00c3\u00a9", id="mojibake-is-evidence"),
        pytest.param("😀 said".encode(), "😀 said", id="beyond-the-basic-plane"),
    ],
)
def test_text_is_its_characters_exactly(tmp_path, data, text):
    item = one(tmp_path, data, params=Params())
    assert item.text == text
    assert item.source_sha256 == sha256(data).hexdigest()
    assert item.sha256 == sha256(text.encode()).hexdigest()
    assert item.identity == f"text:{item.sha256}"
    assert item.retrieved_at.tzinfo is not None


SAID = "“It’s £3,” said Zoë."


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        pytest.param("a.txt", SAID.encode("cp1252"), SAID, id="text"),
        pytest.param("a.txt", SAID.encode(), SAID, id="utf-8-is-told-for-certain"),
        pytest.param(
            "a.html",
            b'<head><meta charset="iso-8859-15"></head><article><p>It\'s \xa43, said Zo\xeb.</p>',
            "It's €3, said Zoë.",
            id="a-page-says-it-itself",
        ),
        pytest.param(
            "a.html",
            f"<article><p>{SAID}</p></article>".encode("cp1252"),
            SAID,
            id="a-page-does-not-say",
        ),
    ],
)
def test_what_somebody_says_of_the_encoding(tmp_path, name, data, text):
    path = tmp_path / name
    path.write_bytes(data)
    (item,) = read([path], options=ReadOptions(encoding="windows-1252"))
    assert isinstance(item, SourceText), item
    assert item.text.strip() == text


def test_every_encoding_that_can_be_said_is_read():
    for name in NAMES:
        assert decode(b"\xa1\xa1", said=name)[1] not in ("utf-8", "")


def test_doubt_about_an_encoding_names_the_remedy_that_there_is():
    for said, remedy in ((None, "save it as UTF-8"), ("", "save it as UTF-8, or say in which")):
        with pytest.raises(InputError) as error:
            decode(b"Zo\xeb", said=said)
        assert error.value.remedy.startswith(remedy)
    with pytest.raises(InputError, match="said to be"):
        decode(b"Zo\xeb \x98", said="windows-1251")


@given(st.text().filter(lambda text: text.strip() and not text.startswith("\ufeff")))
def test_utf8_round_trips(text):
    assert decode(text.encode()) == (text, "utf-8")


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        pytest.param("a.txt", b"", "is empty", id="empty"),
        pytest.param("a.txt", b" \n\t\r\n", "is empty", id="white-space"),
        pytest.param("a.txt", b"\xef\xbb\xbf", "is empty", id="only-a-mark"),
        pytest.param("a.txt", b"PK\x03\x04\x00\x00\xff\xfe", "broken zip", id="zip"),
        pytest.param("a.txt", b"a\x00b", "binary", id="nul-in-utf-8"),
        pytest.param("a.txt", bytes(range(1, 32)) * 4, "binary", id="control-characters"),
        pytest.param("a.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary", id="image"),
        pytest.param("a.txt", os.urandom(300), "", id="noise"),
        pytest.param("a.txt", b"a" * 3000, "too large", id="too-many-bytes"),
        pytest.param("a.txt", b"a" * 501, "too large", id="too-many-characters"),
        pytest.param("a.txt", "Zoë a dit".encode("latin-1"), "no encoding", id="wrong-encoding"),
        pytest.param("a.txt", "Привет".encode("koi8-r"), "no encoding", id="other-encoding"),
        pytest.param("a.txt", b"\xff\xfea\x00\x00\xd8", "utf-16", id="broken-utf-16"),
        pytest.param("a.html", b"<<<>>", "no article text", id="html-without-text"),
        pytest.param("a.html", b"<html><body><script>x()</script>", "no article", id="html-script"),
        pytest.param("a.html", b"", "no article text", id="html-empty"),
        pytest.param("a.html", b"<p>\x00</p>", "binary", id="html-nul"),
        pytest.param(
            "a.html", b'<meta charset="utf-8"><p>\xe9t\xe9', "no encoding", id="html-lies-of-utf-8"
        ),
        pytest.param("a.jsonl", b"{", "is not JSON", id="json-broken"),
        pytest.param("a.jsonl", b"[1]", "not a JSON object", id="json-list"),
        pytest.param("a.jsonl", b'"text"', "not a JSON object", id="json-string"),
        pytest.param("a.jsonl", b"[" * 1900, "is not JSON", id="json-deep"),
        pytest.param("a.jsonl", b'{"text": "\xff"}', "not UTF-8", id="json-not-utf-8"),
        pytest.param("a.jsonl", b'{"text": "' + b"a" * 3000, "too large", id="json-large"),
        pytest.param("a.jsonl", b"{}", 'no "text"', id="json-no-text"),
        pytest.param("a.jsonl", b'{"text": ["a"]}', "list", id="json-text-list"),
        pytest.param("a.jsonl", b'{"text": null}', 'no "text"', id="json-text-null"),
        pytest.param("a.jsonl", b'{"text": " "}', "is empty", id="json-text-empty"),
        pytest.param("a.jsonl", rb'{"text": "a\u0000"}', "binary", id="json-nul"),
        pytest.param("a.jsonl", rb'{"text": "a\ud800"}', "surrogate", id="json-surrogate"),
        pytest.param("a.jsonl", rb'{"text": "a", "title": "\ud800"}', '"title"', id="json-title"),
        pytest.param("a.jsonl", b'{"text": "a", "title": 5}', '"title"', id="json-title-number"),
        pytest.param("a.jsonl", b'{"text": "a", "id": {}}', '"id"', id="json-id-object"),
        pytest.param("a.jsonl", b'{"text": "a", "date": "soon"}', '"date"', id="json-date"),
        pytest.param("a.jsonl", b'{"text": "a", "date": "0001-01-01"}', '"date"', id="json-year"),
        pytest.param(
            "a.jsonl", b'{"text": "a", "date": 20170705}', '"date"', id="json-date-number"
        ),
        pytest.param(
            "a.jsonl", b'{"text": "a", "url": "javascript:alert(1)"}', '"url"', id="json-script-url"
        ),
        pytest.param("a.jsonl", b'{"text": "a", "url": "http://[::1"}', '"url"', id="json-bad-url"),
        pytest.param("a.jsonl", b'{"html": "<p></p>"}', "no article text", id="json-html-empty"),
        pytest.param("a.json", b'[{"text": "a"}', "is not JSON", id="json-document-broken"),
        pytest.param("a.pdf", b"%PDF-1.7", "no known type", id="unsupported"),
    ],
)
def test_refuses_and_says_why(tmp_path, name, data, problem):
    (item,) = read_bytes(tmp_path, data, name)
    assert isinstance(item, Refusal)
    assert problem in item.problem
    assert item.remedy
    assert str(tmp_path / name) in str(item)
    assert item.line == (1 if "jsonl" in name else None) or name == "a.json"


def test_one_bad_input_stops_no_other(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.txt").write_text("hidden")
    (tmp_path / "notes.pdf").write_text("found beside, so passed over")
    (tmp_path / "a.txt").write_bytes(b"\x00")
    (tmp_path / "sub" / "b.txt").write_text("Said b.")
    lines = ['{"text": "Said c1."}', "", "broken", '{"text": "Said c4."}']
    (tmp_path / "c.jsonl").write_text("\n".join(lines))
    items = list(read([tmp_path, tmp_path / "missing.txt", tmp_path / "sub"]))
    shown = [item.text if isinstance(item, SourceText) else item.problem for item in items]
    assert shown[0].startswith("is binary")
    assert shown[1] == "Said c1."
    assert shown[2].startswith("is not JSON")
    assert items[2].line == 3
    assert shown[3:5] == ["Said c4.", "Said b."]
    assert "No such file" in shown[5]
    assert shown[6] == "Said b."


def test_unreadable_file_is_refused(tmp_path):
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    path = tmp_path / "a.txt"
    path.write_text("Said.")
    path.chmod(0)
    (item,) = read([path])
    assert "cannot be read" in item.problem


def test_a_folder_without_articles_is_refused(tmp_path):
    (tmp_path / "notes.pdf").write_text("%PDF")
    (item,) = read([tmp_path])
    assert (item.problem, item.origin) == ("holds no file of a known type", str(tmp_path))


def test_a_folder_link_to_itself_ends(tmp_path):
    (tmp_path / "a.txt").write_text("Said.")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert len(list(read([tmp_path]))) == 1


# --- HTML


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252", "iso-8859-1", "utf-16"])
def test_page_and_what_it_says_of_itself(tmp_path, charset):
    page = PAGE.replace("debate", "“café” debate")
    if charset not in ("utf-8", "utf-16"):
        page = page.replace("<head>", f'<head><meta charset="{charset}">')
    codec = "cp1252" if charset == "iso-8859-1" else charset
    item = one(tmp_path, page.encode(codec), "a.html", Params())
    assert "after a “café” debate." in item.text
    assert "Copyright" not in item.text
    assert (item.title, item.byline, item.outlet) == (
        "Rail tax rises",
        "Jane Doe",
        "The Daily Wire",
    )
    assert (item.published_on, item.language) == (date(2026, 3, 4), "en")
    assert item.identity == "url:https://www.example.org/rail"
    assert (item.outlet_domain, item.method) == ("example.org", "html")
    assert item.text_extractor.startswith("trafilatura ")


def test_block_quotes_and_clauses_are_kept_in_paragraphs(tmp_path):
    lines = one(tmp_path, PAGE.encode(), "a.html", Params()).text.split("\n")
    assert "We will not be moved by the lobby." in lines
    assert "Nor by you." in lines
    assert any(line.startswith("She added that the decision was final") for line in lines)


@given(st.binary(max_size=400))
def test_no_page_breaks_the_reader(data):
    (item,) = read_stream(io.BytesIO(data), "a.html", params=SMALL)
    assert isinstance(item, Refusal) or item.text.strip()


# --- JSON lines


def test_fields_of_a_line(tmp_path):
    fields = {
        "id": 7,
        "text": "Said “so”.",
        "title": "  Rail\n tax ",
        "published": "2017-07-05T08:00:00+02:00",
        "publisher": "The Daily Wire",
        "url": "http://www.example.org/a?id=3&utm_source=x#top",
        "author": ["A. Roe", "B. Poe"],
        "section": "World",
        "language": "en",
        "score": 1.5,
    }
    item = one(tmp_path, json.dumps(fields).encode(), "a.jsonl")
    zone = timezone(timedelta(hours=2))
    assert item.published_at == datetime(2017, 7, 5, 8, tzinfo=zone)
    assert item.published_on == date(2017, 7, 5)
    assert (item.title, item.byline) == ("Rail tax", "A. Roe, B. Poe")
    assert (item.outlet, item.outlet_domain) == ("The Daily Wire", "example.org")
    assert (item.origin_id, item.method) == ("7", "jsonl")
    assert item.identity == "url:https://www.example.org/a?id=3"


@pytest.mark.parametrize(
    ("fields", "identity"),
    [
        pytest.param({"id": "x", "outlet": "A"}, "id:A:x", id="outlets-id"),
        pytest.param({}, f"text:{sha256(b'Said.').hexdigest()}", id="text"),
    ],
)
def test_identity(tmp_path, fields, identity):
    item = one(tmp_path, json.dumps({"text": "Said.", **fields}).encode(), "a.jsonl")
    assert item.identity == identity


def test_ids_of_two_files_are_two(tmp_path):
    first = one(tmp_path, b'{"id": 1, "text": "Said."}', "a.jsonl")
    second = one(tmp_path, b'{"id": 1, "text": "Said."}', "b.jsonl")
    assert first.identity != second.identity


def test_identity_fits_an_index_however_long_the_address(tmp_path):
    long = "https://example.org/" + "ü" * 1500
    item = one(tmp_path, json.dumps({"text": "Said.", "url": long}).encode(), "a.jsonl", Params())
    assert len(item.identity.encode()) <= 2100


def test_standard_input_is_json_lines(monkeypatch):
    stdin = io.TextIOWrapper(io.BytesIO(b'\xef\xbb\xbf{"id": 1, "text": "Said."}\n'))
    monkeypatch.setattr("sys.stdin", stdin)
    (item,) = read(["-"])
    assert (item.text, item.origin) == ("Said.", "-")
    assert item.identity.startswith("text:")


@pytest.mark.parametrize("data", [b'{"text": "Said."}', b'[{"text": "Said."}]'])
def test_json_document(tmp_path, data):
    assert one(tmp_path, data, "a.json").text == "Said."


def test_html_in_a_line(tmp_path):
    line = {"html": PAGE, "title": "Given", "date": "2020-01-01"}
    item = one(tmp_path, json.dumps(line).encode(), "a.jsonl", Params())
    assert (item.title, item.published_on) == ("Given", date(2020, 1, 1))
    assert (item.byline, item.media_type) == ("Jane Doe", "text/html")


def test_an_overlong_line_is_passed_over_and_counted():
    file = io.BytesIO(b'{"id": 1}\n' + b"x" * 5000 + b'\n{"id": 3}\n')
    first, second, third = json_lines(file, "f", params=SMALL)
    assert (first.number, third.number, third.fields) == (1, 3, {"id": 3})
    assert (second.line, "too large" in second.problem) == (2, True)


@given(st.binary(max_size=300))
def test_no_line_breaks_the_reader(data):
    list(json_lines(io.BytesIO(data), "f", params=SMALL))


# --- parts


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://Example.ORG:80", "https://example.org/"),
        ("https://example.org/a/?b=2&a=1", "https://example.org/a/?b=2&a=1"),
        ("https://example.org/A?utm_medium=x&q=1&fbclid=2#f", "https://example.org/A?q=1"),
        ("https://example.org:8443/", "https://example.org:8443/"),
    ],
)
def test_canonical_url(url, expected):
    assert canonical_url(url) == expected
    assert canonical_url(expected) == expected


@pytest.mark.parametrize(
    ("written", "day", "moment"),
    [
        ("2017-07-05", date(2017, 7, 5), None),
        ("2017-07-05T08:00:00", date(2017, 7, 5), None),
        ("2017-07-05T08:00:00Z", date(2017, 7, 5), datetime(2017, 7, 5, 8, tzinfo=UTC)),
        (
            "Wed, 05 Jul 2017 08:00:00 +0000",
            date(2017, 7, 5),
            datetime(2017, 7, 5, 8, tzinfo=UTC),
        ),
    ],
)
def test_parse_date(written, day, moment):
    assert parse_date(written) == (day, moment)


@given(st.text(), st.integers(1, 50))
def test_clip_is_one_short_line(words, limit):
    shown = clip(words, limit)
    assert len(shown) <= limit
    assert "\n" not in shown
    assert "\0" not in shown


def test_a_text_full_of_what_wrong_decoding_leaves_is_told_what_mends_it():
    """UTF-8 that was read as Latin-1 and saved: the second bytes are control characters there."""
    text = "“We will,” Ana Roe said. “We must,” she added. ".encode().decode("latin-1")
    (refused,) = read_stream(io.BytesIO(text.encode()), name="a.txt")
    assert refused.problem == "holds 8 control characters, as texts do that were decoded wrongly"
    assert refused.remedy == "have wrongly decoded texts mended, or give it in UTF-8"
    (mended,) = read_stream(
        io.BytesIO(text.encode()), name="a.txt", options=ReadOptions(mend_mojibake=True)
    )
    assert mended.text.startswith("“We will,” Ana Roe said.")
    (binary,) = read_stream(io.BytesIO("\x01\x02 a \x9f".encode()), name="a.txt")
    assert "is binary" in binary.problem
