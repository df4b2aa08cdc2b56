"""One article in every format (fixtures/formats) is the same article, and stored as it is."""

import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotes.ingest import ReadOptions, Refusal, SourceText, read, read_stream
from quotes.nlp.language import note
from quotes.params import Params

FORMATS = Path(__file__).parents[2] / "fixtures" / "formats"
TEXT = (FORMATS / "ferry.txt").read_text(encoding="utf-8")
RICH = ("html", "jsonl", "rss", "atom", "feed.json", "ninjs.json", "newsml.xml", "warc.gz", "zip")


def first(suffix: str) -> SourceText:
    item = next(read([FORMATS / f"ferry.{suffix}"]))
    assert isinstance(item, SourceText), item
    return item


@pytest.mark.parametrize("suffix", RICH)
def test_every_format_gives_the_same_article(suffix):
    item = first(suffix)
    assert item.text == TEXT.rstrip("\n")
    assert (item.title, item.byline, item.outlet) == (
        "Ferry fares to rise",
        "Jane Doe",
        "The Harbour Post",
    )
    assert item.published_at is not None
    assert (item.published_at.isoformat(), item.published_on) == (
        "2026-03-04T08:00:00+01:00",
        date(2026, 3, 4),
    )
    assert item.language.lower() == "en-gb"
    assert item.text_note == ""
    has_no_section = suffix in ("ninjs.json", "newsml.xml")
    assert item.section == ("" if has_no_section else "Local")


def test_an_article_is_the_same_whatever_it_came_in():
    identities = {suffix: first(suffix).identity for suffix in RICH}
    urn = "id:urn:newsml:example.org:20260304:ferry"
    assert {identities.pop("ninjs.json"), identities.pop("newsml.xml")} == {urn}
    assert set(identities.values()) == {"url:https://www.example.org/local/ferry-fares"}


def test_a_folder_of_all_formats_is_read_in_order_twice_the_same():
    once, again = ([str(item.origin) for item in read([FORMATS])] for _ in range(2))
    assert once == again == sorted(once)
    assert len(once) == 1 + len(RICH) + 1 + 1  # plain text, Spanish, the item with a summary only


@pytest.mark.parametrize("suffix", ["txt", *RICH])
def test_standard_input_takes_every_format(suffix, monkeypatch):
    data = (FORMATS / f"ferry.{suffix}").read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    item = next(read(["-"]))
    assert isinstance(item, SourceText), item
    assert item.text.rstrip("\n") == TEXT.rstrip("\n")
    assert item.origin in ("-", "-/local/ferry.html")


def test_other_languages_are_read_but_not_extracted(extractor):
    (item,) = read([FORMATS / "ferry-es.ninjs.json"])
    assert (item.language, "«A nadie le gusta esto" in item.text) == ("es", True)
    doc = extractor(item.text)
    assert (doc.language, doc.quotations) == ("es", ())
    assert "Spanish" in note(doc)


# --- options


def test_options_fill_in_what_is_not_given():
    options = ReadOptions(outlet="The Wire", language="en")
    (bare,) = read([FORMATS / "ferry.txt"], options=options)
    assert (bare.outlet, bare.language) == ("The Wire", "en")
    (rich,) = read([FORMATS / "ferry.html"], options=options)
    assert (rich.outlet, rich.language) == ("The Harbour Post", "en-GB")


def test_an_id_in_a_stream_counts_only_with_its_outlet():
    data = b'{"id": 1, "text": "Said."}'
    (bare,) = read_stream(io.BytesIO(data), "a.jsonl")
    (named,) = read_stream(io.BytesIO(data), "a.jsonl", options=ReadOptions(outlet="The Wire"))
    assert bare.identity.startswith("text:")
    assert named.identity == "id:The Wire:1"


def test_the_media_type_that_is_asked_for_counts():
    html = b"<!doctype html><p>Said."
    (item,) = read_stream(io.BytesIO(html), "a", options=ReadOptions(media_type="text/plain"))
    assert item.text == html.decode()


def test_a_fetched_text_has_its_address():
    address = "https://example.org/a.txt"
    (item,) = read_stream(io.BytesIO(b"Said."), "a.txt", address=address)
    assert (item.url, item.outlet_domain) == (address, "example.org")


# --- mojibake

WRONG = "â€œCafÃ©â€\x9d, said Zoë; ½ ﬁne ＡＢ &amp; “so”."
RIGHT = "“Café”, said Zoë; ½ ﬁne ＡＢ &amp; “so”."
LOOSE = Params(max_control_share=0.5)


def test_mojibake_is_kept_and_noted():
    (item,) = read_stream(io.BytesIO(WRONG.encode()), "a.txt", params=LOOSE)
    assert item.text == WRONG
    assert "mojibake" in item.text_note
    assert item.text_extractor == "decoded as utf-8"


def test_mojibake_is_mended_on_request_and_nothing_else_is():
    options = ReadOptions(mend_mojibake=True)
    (item,) = read_stream(io.BytesIO(WRONG.encode()), "a.txt", options=options)
    assert (item.text, item.text_note) == (RIGHT, "")
    assert "mojibake mended by ftfy" in item.text_extractor
    (same,) = read_stream(io.BytesIO(RIGHT.encode()), "a.txt", options=options)
    assert (same.text, same.text_extractor) == (RIGHT, "decoded as utf-8")


@settings(deadline=None)
@given(st.text(alphabet=st.characters(max_codepoint=0x17F, exclude_categories=["Cc", "Cs"])))
def test_without_request_no_text_changes(text):
    for item in read_stream(io.BytesIO(text.encode()), "a.txt"):
        assert isinstance(item, Refusal) or item.text == text.removeprefix("\ufeff")


# --- anything


SAMPLES = [path.read_bytes() for path in sorted(FORMATS.iterdir())]
SUFFIXES = st.sampled_from(
    [".txt", ".html", ".jsonl", ".json", ".rss", ".xml", ".warc", ".zip", ".gz", ".jsonl.gz", ""]
)
SMALL = Params(max_input_bytes=50_000)


@settings(deadline=None)
@given(st.binary(max_size=300) | st.sampled_from(SAMPLES), SUFFIXES, st.booleans())
def test_any_bytes_under_any_name_end_in_items(data, suffix, mend):
    options = ReadOptions(mend_mojibake=mend)
    found = list(read_stream(io.BytesIO(data), f"a{suffix}", options=options, params=SMALL))
    assert found
    for item in found:
        assert item.origin.startswith("a")
        assert item.remedy if isinstance(item, Refusal) else item.text.strip()


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(SAMPLES), st.data())
def test_any_damage_under_any_name_ends_in_items(sample, data):
    damaged = bytearray(sample)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    suffix = data.draw(SUFFIXES)
    for item in read_stream(io.BytesIO(bytes(damaged)), f"a{suffix}", params=SMALL):
        assert isinstance(item, SourceText | Refusal)
