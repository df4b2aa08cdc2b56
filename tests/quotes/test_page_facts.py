"""What a page says of itself is taken as it says it, and believed only about itself."""

from datetime import UTC, date, datetime

import pytest

from quotes.blocks import parsed
from quotes.page_facts import own_address, page_facts

HERE = "https://example.org/news/ferry"
AT = datetime(2026, 3, 4, 8, 11, 12, tzinfo=UTC)


def schema(json: str) -> str:
    return f'<script type="application/ld+json">{json}</script>'


def facts(head: str, *, address: str = HERE, lang: str = ""):
    return page_facts(parsed(f"<html {lang}><head>{head}</head><body>x</body></html>"), address)


@pytest.mark.parametrize(
    ("head", "day", "moment"),
    [
        pytest.param(
            '<meta property="article:published_time" content="2026-03-04T10:11:12+02:00">',
            date(2026, 3, 4),
            AT,
            id="open-graph",
        ),
        pytest.param(
            schema('{"@graph": [{"datePublished": "2026-03-04T08:11:12Z"}]}'),
            date(2026, 3, 4),
            AT,
            id="schema.org",
        ),
        pytest.param('<meta name="date" content="2026-03-04">', date(2026, 3, 4), None, id="day"),
        pytest.param(
            '<meta name="date" content="2026-03-04">'
            '<meta name="pubdate" content="Wed, 04 Mar 2026 08:11:12 GMT">',
            date(2026, 3, 4),
            AT,
            id="exact-first",
        ),
        pytest.param('<meta name="date" content="lately">', None, None, id="no-date"),
        pytest.param('<meta name="date" content="0001-01-01">', None, None, id="no-year-of-ours"),
        pytest.param(schema('{"datePublished": 5}'), None, None, id="number"),
        pytest.param(schema("{"), None, None, id="broken"),
        pytest.param(schema("[" * 9000), None, None, id="deep"),
    ],
)
def test_dates(head, day, moment):
    found = facts(head)
    assert (found.published_on, found.published_at) == (day, moment)


@pytest.mark.parametrize(
    ("head", "section"),
    [
        ('<meta property="article:section" content="World">', "World"),
        (schema('[{"articleSection": ["Politics", "UK"]}]'), "Politics"),
        ('<meta property="article:section" content=" ">', ""),
    ],
)
def test_section(head, section):
    assert facts(head).section == section


@pytest.mark.parametrize(
    ("lang", "head", "language"),
    [
        ("lang=en-GB", '<meta property="og:locale" content="de_DE">', "en-GB"),
        ("", '<meta property="og:locale" content="de_DE">', "de-DE"),
        ("lang=' '", "", ""),
    ],
)
def test_language(lang, head, language):
    assert facts(head, lang=lang).language == language


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ('<link rel="canonical" href="https://example.org/a">', "https://example.org/a"),
        ('<link rel="Canonical" href="/a">', "https://example.org/a"),
        (
            '<meta property="og:url" content="https://www.example.org/b">',
            "https://www.example.org/b",
        ),
        ('<link rel="canonical" href="javascript:x()">', HERE),
        ('<link rel="canonical" href="http://[">', HERE),
        ("", HERE),
    ],
)
def test_address(head, url):
    assert facts(head).url == url


@pytest.mark.parametrize(
    ("claimed", "address", "url"),
    [
        pytest.param("https://e.org/a", "", "https://e.org/a", id="nothing-known"),
        pytest.param("https://www.e.org/a", "http://m.e.org/a", "https://www.e.org/a", id="phone"),
        pytest.param("https://e.org/", "https://e.org/a", "https://e.org/a", id="front-page"),
        pytest.param("https://e.org/", "https://e.org", "https://e.org/", id="the-front-page"),
        pytest.param("https://other.org/a", "https://e.org/a", "https://e.org/a", id="another's"),
        pytest.param("https://e.org.uk/a", "https://e.org/a", "https://e.org/a", id="look-alike"),
        pytest.param("https://xe.org/a", "https://e.org/a", "https://e.org/a", id="suffix"),
        pytest.param(
            "https://www.my-paper.org/a",
            "https://www-my--paper-org.cdn.ampproject.org/c/s/www.my-paper.org/a",
            "https://www.my-paper.org/a",
            id="amp-cache",
        ),
    ],
)
def test_a_page_is_believed_about_its_own_address(claimed, address, url):
    assert own_address(claimed, address) == url


def test_many_nodes_end():
    assert facts(schema("[" + "{}," * 9000 + '{"articleSection": "Late"}]')).section == ""
