"""Feeds: items with their whole content become articles, items with a summary say what to do."""

import io
import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotes.ingest import Refusal, SourceText, read_stream
from quotes.readers.feeds import parse_feed

NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
BODY = (
    "<p>She said <em>no</em>: <q>Never</q>, and <a href='/x'>left</a>.</p>"
    "<blockquote>We will not be moved.</blockquote><ul><li>“One,” he said.</li></ul>"
)
TEXT = "She said no: “Never”, and left.\nWe will not be moved.\n“One,” he said."


def rss(*items: str, prolog: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{prolog}<rss version="2.0" {NAMESPACES}><channel>'
        "<title>The Daily Wire</title><link>https://example.org/</link>"
        f"<language>en-gb</language>{''.join(items)}</channel></rss>"
    ).encode()


def item(content: str = f"<content:encoded><![CDATA[{BODY}]]></content:encoded>", **more) -> str:
    fields = {
        "title": "Rail &amp;amp; <![CDATA[<b>tax</b>]]>",
        "link": "https://example.org/a?utm_source=rss",
        "guid": "77",
        "dc:creator": "Jane Doe",
        "category": "World",
        "pubDate": "Wed, 05 Jul 2017 08:00:00 +0200",
        "description": "Short.",
        **more,
    }
    return f"<item>{''.join(f'<{k}>{v}</{k}>' for k, v in fields.items())}{content}</item>"


ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>The Daily Wire</title>
<id>tag:example.org,2017:feed</id><updated>2017-07-05T08:00:00+02:00</updated>
<entry><id>tag:example.org,2017:1</id>
<title type="html">Rail &amp;amp; &lt;b&gt;tax&lt;/b&gt;</title>
<link href="https://example.org/a?utm_source=rss"/><author><name>Jane Doe</name></author>
<category term="World"/><published>2017-07-05T08:00:00+02:00</published>
<updated>2018-01-01T00:00:00Z</updated><content type="xhtml">
<div xmlns="http://www.w3.org/1999/xhtml">{BODY}</div></content></entry></feed>""".encode()
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "The Daily Wire",
    "language": "en",
    "items": [
        {
            "id": "77",
            "url": "https://example.org/a?utm_source=rss",
            "title": "Rail & tax",
            "content_html": BODY,
            "date_published": "2017-07-05T08:00:00+02:00",
            "authors": [{"name": "Jane Doe"}],
            "tags": ["World"],
        }
    ],
}


def items(data: bytes, name: str = "feed", **how) -> list:
    return list(read_stream(io.BytesIO(data), name, **how))


@pytest.mark.parametrize(
    ("data", "language"),
    [
        pytest.param(rss(item()), "en-gb", id="rss"),
        pytest.param(ATOM, "en", id="atom"),
        pytest.param(json.dumps(JSON_FEED).encode(), "en", id="json-feed"),
    ],
)
def test_an_item_with_its_content_is_an_article(data, language):
    (one,) = items(data)
    assert one.text == TEXT
    assert (one.title, one.byline, one.section) == ("Rail & tax", "Jane Doe", "World")
    assert (one.outlet, one.outlet_domain) == ("The Daily Wire", "example.org")
    assert one.published_at == datetime(2017, 7, 5, 8, tzinfo=timezone(timedelta(hours=2)))
    assert one.published_on == date(2017, 7, 5)
    assert (one.language, one.method) == (language, "feed")
    assert one.identity == "url:https://example.org/a"
    assert "We will not be moved" in one.raw.decode()


@pytest.mark.parametrize(
    ("data", "identity"),
    [
        pytest.param(ATOM.replace(b"<link", b"<no"), "id:tag:example.org,2017:1", id="tag"),
        pytest.param(rss(item(link="")), "id:The Daily Wire:77", id="feeds-own"),
    ],
)
def test_without_an_address_the_id_counts(data, identity):
    (one,) = items(data)
    assert one.identity == identity


def test_a_summary_is_no_article():
    short = item(content="", link="https://example.org/b")
    found = items(rss(item(), short, item(content="", link="")), "f.rss")
    assert isinstance(found[0], SourceText)
    assert (found[1].origin, found[1].line) == ("f.rss", 2)
    assert found[1].problem == "gives a summary only, not the article"
    assert found[1].remedy == "fetch its page https://example.org/b"
    entries = parse_feed(rss(item(), short)).entries
    assert [(entry.url, entry.is_whole) for entry in entries] == [
        ("https://example.org/a?utm_source=rss", True),
        ("https://example.org/b", False),
    ]


def test_one_bad_item_stops_no_other():
    feed = {**JSON_FEED, "items": [3, {"id": 5, "url": "javascript:x"}, *JSON_FEED["items"]]}
    found = items(json.dumps(feed).encode(), "feed.json")
    assert [getattr(one, "line", "read") for one in found] == [1, 2, "read"]


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        pytest.param("Wed, 05 Jul 2017 08:00:00 GMT", (2017, 7, 5, 8), id="rfc-822"),
        pytest.param("Wed, 5 July 2017 08:00:00 GMT", (2017, 7, 5, 8), id="long-month"),
        pytest.param("2017-07-05T08:00:00Z", (2017, 7, 5, 8), id="iso"),
        pytest.param("soon", None, id="none"),
        pytest.param("0001-01-01T00:00:00Z", None, id="no-newspapers-year"),
    ],
)
def test_dates(written, moment):
    (one,) = items(rss(item(pubDate=written)))
    assert one.published_at == (datetime(*moment, tzinfo=UTC) if moment else None)


ENTITIES = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = (
    "<!DOCTYPE rss [<!ENTITY a 'ha'>"
    + "".join(
        f"<!ENTITY {n} '{f'&{m};' * 10}'>" for m, n in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        pytest.param(rss(item(title="&x;"), prolog=ENTITIES), "declares entities", id="file"),
        pytest.param(rss(item(title="&i;"), prolog=LAUGHS), "declares entities", id="bomb"),
        pytest.param(
            rss(item(title="&i;"), prolog=LAUGHS)
            .decode()
            .replace("utf-8", "utf-16")
            .encode("utf-16"),
            "declares entities",
            id="bomb-in-utf-16",
        ),
        pytest.param(rss(), "without items", id="empty"),
        pytest.param(b"<rss", "no feed that can be read", id="cut"),
        pytest.param(b'{"version": "https://jsonfeed.org/version/1"}', "without items", id="json"),
    ],
)
def test_what_is_refused(data, problem):
    (refusal,) = items(data, "a.json" if data.startswith(b"{") else "a.rss")
    assert isinstance(refusal, Refusal)
    assert problem in refusal.problem, refusal


def test_an_article_about_entities_is_read():
    about = item(content="<content:encoded>&lt;p&gt;“&lt;!ENTITY” he said.</content:encoded>")
    (one,) = items(rss(about, prolog="<!DOCTYPE rss>"))
    assert one.text.startswith("“")


@settings(deadline=None)
@given(st.data())
def test_no_damage_breaks_the_reader(data):
    sample = bytearray(data.draw(st.sampled_from([rss(item(), item("")), ATOM])))
    for _ in range(data.draw(st.integers(1, 5))):
        sample[data.draw(st.integers(0, len(sample) - 1))] = data.draw(st.integers(0, 255))
    for one in items(bytes(sample[: data.draw(st.integers(0, len(sample)))]), "a.rss"):
        assert isinstance(one, SourceText | Refusal)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*JSON_FEED["items"][0], "author", "language"]), JSON))
def test_no_item_breaks_the_reader(one):
    feed = {**JSON_FEED, "items": [one], "title": one.get("title")}
    (found,) = items(json.dumps(feed).encode(), "a.json")
    assert isinstance(found, SourceText | Refusal)
