"""What agencies deliver: ninjs and NewsML-G2, published items with words, each version of them."""

import io
import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotes.ingest import Refusal, SourceText, read_stream
from tests.quotes.readers.test_feeds import JSON

HTML = "<p>She said <i>n</i>o.</p><p>“Never,” she <b>added</b>.</p>"
TEXT = "She said no.\n“Never,” she added."
MOMENT = datetime(2013, 7, 9, 10, 37, tzinfo=UTC)


def items(data: bytes | dict | list, name: str = "a.json") -> list:
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(read_stream(io.BytesIO(data), name))


NINJS_1 = {
    "uri": "urn:newsml:example.org:1",
    "type": "text",
    "versioncreated": "2013-07-09T10:37:00Z",
    "pubstatus": "usable",
    "language": "en",
    "byline": "Jane Doe",
    "headline": "Rail tax",
    "copyrightholder": "The Wire",
    "body_text": "She said no. “Never,” she added.",
    "body_xhtml": HTML,
}
NINJS_3 = {
    "uri": "urn:newsml:example.org:1",
    "type": "text",
    "versionCreated": "2013-07-09T10:37:00Z",
    "pubStatus": "usable",
    "language": "en",
    "by": "Jane Doe",
    "headlines": [{"role": "short", "value": "Tax"}, {"role": "main", "value": "Rail tax"}],
    "infoSources": [{"name": "The Wire"}],
    "bodies": [
        {"role": "main", "contentType": "text/plain", "value": "She said no."},
        {"role": "richtext", "contentType": "application/xhtml+xml", "value": HTML},
    ],
}


@pytest.mark.parametrize("fields", [NINJS_1, NINJS_3], ids=["1.x", "3.x"])
@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_ninjs(fields, name):
    (one,) = items(fields, name)
    assert (one.text, one.raw.decode()) == (TEXT, HTML)
    assert (one.title, one.byline, one.outlet) == ("Rail tax", "Jane Doe", "The Wire")
    assert (one.published_at, one.published_on) == (MOMENT, date(2013, 7, 9))
    assert (one.language, one.method) == ("en", "ninjs")
    assert one.identity == "id:urn:newsml:example.org:1"


def test_a_plain_body_is_taken_exactly():
    (one,) = items({k: v for k, v in NINJS_1.items() if k != "body_xhtml"})
    assert (one.text, one.media_type) == (NINJS_1["body_text"], "application/json")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param({"pubstatus": "canceled"}, "not published", id="withdrawn"),
        pytest.param({"embargoed": "2999-01-01T00:00:00Z"}, "2999", id="year-out-of-range"),
        pytest.param({"embargoed": "2190-01-01T00:00:00Z"}, "under embargo", id="embargo"),
        pytest.param({"embargoed": "soon"}, "cannot be read", id="embargo-unclear"),
        pytest.param(
            {"body_text": "", "body_xhtml": "", "type": "picture"}, "picture", id="picture"
        ),
        pytest.param({"versioncreated": "then"}, '"versioncreated"', id="date"),
        pytest.param({"headline": 5}, '"headline"', id="headline"),
    ],
)
def test_ninjs_refused(change, problem):
    first, second = items([{**NINJS_1, **change}, NINJS_1])
    assert problem in f"{first.problem} {first.remedy}"
    assert second.text == TEXT


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*NINJS_1, *NINJS_3, "embargoed"]), JSON))
def test_no_ninjs_breaks_the_reader(fields):
    (one,) = items({**fields, "uri": "urn:x"})
    assert isinstance(one, SourceText | Refusal)


# --- NewsML-G2

XHTML = f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>No</title></head><body>{HTML}</body></html>'
NITF = (
    '<nitf xmlns="http://iptc.org/std/NITF/2006-10-18/"><body><body.head><hedline><hl1>No</hl1>'
    f"</hedline></body.head><body.content>{HTML}</body.content></body></nitf>"
)


def news_item(content: str, *, guid: str = "urn:newsml:example.org:1", more: str = "") -> str:
    return (
        f'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="{guid}" version="2" '
        'xml:lang="en"><itemMeta><itemClass qcode="ninat:text"/><provider qcode="nprov:TW">'
        "<name>The Wire</name></provider><versionCreated>2013-07-09T10:37:00Z</versionCreated>"
        f'{more}</itemMeta><contentMeta><headline>Rail <i xmlns="">tax</i></headline>'
        f'<by>Jane Doe</by><language tag="en-GB"/></contentMeta>'
        f"<contentSet>{content}</contentSet></newsItem>"
    )


def inline(content: str) -> str:
    return f"<inlineXML>{content}</inlineXML>"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        pytest.param(inline(XHTML), TEXT, id="xhtml"),
        pytest.param(inline(NITF), TEXT, id="nitf"),
        pytest.param("<inlineData>She  said.\n\nNo.</inlineData>", "She  said.\n\nNo.", id="plain"),
        pytest.param(
            f'<inlineData contenttype="text/html"><![CDATA[{HTML}]]></inlineData>', TEXT, id="html"
        ),
    ],
)
def test_newsml(content, text):
    (one,) = items(news_item(content).encode(), "a.xml")
    assert one.text == text
    assert (one.title, one.byline, one.outlet) == ("Rail tax", "Jane Doe", "The Wire")
    assert (one.published_at, one.language) == (MOMENT, "en-GB")
    assert (one.identity, one.method) == ("id:urn:newsml:example.org:1", "newsml-g2")
    assert one.raw.startswith(b"<newsItem")


def message(*parts: str) -> bytes:
    return (
        '<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>'
        f"{''.join(parts)}</itemSet></newsMessage>"
    ).encode()


def test_a_message_gives_its_texts_and_what_is_wrong_with_them():
    found = items(
        message(
            news_item(inline(XHTML)),
            news_item("<remoteContent href='a.jpg'/>", guid="urn:picture"),
            "<packageItem/>",
            news_item(inline(XHTML), more='<pubStatus qcode="stat:canceled"/>'),
            news_item(inline(XHTML), guid="urn:2"),
        ),
        "a.xml",
    )
    assert [getattr(one, "origin_id", "refused") for one in found] == [
        "urn:newsml:example.org:1",
        "refused",
        "urn:2",
    ]
    assert "its provider says 'canceled'" in found[1].problem


LAUGHS = "<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {n} '{f'&{m};' * 10}'>" for m, n in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        pytest.param(
            f"<!DOCTYPE newsItem [{LAUGHS}]>" + news_item("<inlineData>&i;</inlineData>"),
            "",
            id="bomb",
        ),
        pytest.param(
            '<!DOCTYPE newsItem [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
            + news_item("<inlineData>&x;</inlineData>"),
            "declares entities",
            id="file",
        ),
        pytest.param(news_item("<inlineData>x")[:-30], "not well-formed", id="cut"),
        pytest.param(message("<packageItem/>").decode(), "holds no item", id="package"),
        pytest.param(news_item("<remoteContent/>"), "1 items without text", id="picture"),
    ],
)
def test_newsml_refused(data, problem):
    (refusal,) = items(data.encode(), "a.xml")
    assert isinstance(refusal, Refusal)
    assert problem in refusal.problem, refusal
    assert "root:" not in str(refusal)


SAMPLE = message(news_item(inline(XHTML)), news_item(inline(NITF)))


@settings(deadline=None)
@given(st.data())
def test_no_damage_breaks_the_reader(data):
    damaged = bytearray(SAMPLE)
    for _ in range(data.draw(st.integers(1, 5))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    for one in items(bytes(damaged), "a.xml"):
        assert isinstance(one, SourceText | Refusal)
