"""What the search page asks for while one types: parts of itself, the timeline, suggestions."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quotes.models import Speaker
from quotes.nlp.document import Document
from quotes.params import SEARCH
from quotes.search_suggestions import recognised, suggested
from tests.builders import RAIL, ROE, quotation, rail_document, source

pytestmark = [pytest.mark.django_db, pytest.mark.database]
PART = {"HX-Request": "true", "HX-Target": "section#found"}
TYPING = {**PART, "X-Typing": "yes"}
BY_LINK = {**PART, "HX-Boosted": "true"}


def part(client, query, headers=TYPING):
    answer = client.get("/quotes/", query, headers=headers)
    assert answer.status_code == 200
    return answer, answer.content.decode()


# --- parts


@pytest.mark.usefixtures("rail")
def test_a_part_is_what_changed(client):
    answer, html = part(client, {"q": "tax", "medium": "", "page": ""})
    assert "<html" not in html
    assert html.count('id="found"') == 1
    for oob in (
        "facets-note",
        "facet-speaker",
        "facet-year",
        "recognised",
        "timeline-source",
        "q-problem",
    ):
        assert re.search(rf'id="{oob}"[^>]* hx-swap-oob', html)
    assert 'id="f-q"' not in html  # what one types in is left alone
    assert "“tax” · Quote Tracker</title>" in html
    assert answer["HX-Push-Url"] == "/quotes/?q=tax"
    assert {"HX-Request", "HX-Target"} <= set(re.split(", ?", answer["Vary"]))
    whole = client.get("/quotes/", {"q": "tax"})
    assert whole["Vary"] == answer["Vary"]
    assert "HX-Push-Url" not in whole
    assert "<html" in whole.content.decode()


@pytest.mark.usefixtures("rail")
def test_after_a_link_the_fields_follow(client):
    _, html = part(client, {"q": "tax", "kind": "direct"}, BY_LINK)
    assert re.search(r'value="direct"[^>]* checked', html)
    assert re.search(r'id="search-q"[^>]* hx-swap-oob', html)
    assert 'value="tax"' in html


@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"q": '"rail'}, "the quotation mark"),
        ({"after": "soon"}, "Published from: Write a day"),
        ({"q": "x" * 401}, "at most 400 characters"),
        ({"kind": "spoken"}, "is not one of"),
    ],
)
def test_what_cannot_be_read_is_said_beside_the_box(client, query, says):
    answer, html = part(client, query)
    assert answer["HX-Reswap"] == "none"  # the results stay
    assert "HX-Push-Url" not in answer
    assert says in unescape(html)
    assert 'id="found"' not in html
    assert client.get("/quotes/", query).status_code == 400


@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize(
    ("typed", "rows", "address"),
    [
        ("ris", 2, "q=ris%2A"),  # rise, in words and title
        ("café ri", 1, "q=caf%C3%A9+ri%2A"),
        ("rise", 2, "q=rise"),
        ("r", 0, "q=r"),  # too short to begin a word
        ("quux", 0, "q=quux"),
        ('"ris"', 0, "q=%22ris%22"),
    ],
)
def test_half_a_word_finds_what_begins_so(client, typed, rows, address):
    answer, html = part(client, {"q": typed, "sort": "newest"})
    assert html.count("data-row-link") == rows
    assert answer["HX-Push-Url"] == f"/quotes/?{address}&sort=newest"
    assert ("words that begin so" in html) == ("%2A" in address)
    whole = client.get(f"/quotes/?{address}").content.decode()
    assert whole.count("data-row-link") == rows  # the address gives the same


@pytest.mark.usefixtures("rail")
def test_only_typing_completes_words(client):
    for headers in (PART, BY_LINK, {}):
        answer = client.get("/quotes/", {"q": "ris"}, headers=headers)
        assert "data-row-link" not in answer.content.decode()


@pytest.mark.parametrize("articles", [1, 10])
def test_queries_do_not_grow(client, record, articles):
    for n in range(articles):
        text = f"{RAIL} {n}"
        fields = {"origin": str(n), "published_on": f"2026-03-{n + 1:02}", "outlet": f"Wire {n}"}
        record(source(text, **fields), rail_document(text))
    with CaptureQueriesContext(connection) as done:
        part(client, {"q": "tax"})
    # Facets and the keys that rank 1, their names 2, the best 1, rows 1, the timeline 1, whose name
    # it is 1.
    assert len(done) == 7


# --- the timeline


@pytest.mark.usefixtures("rail")
def test_bars_narrow_the_list(client, record):
    text = f"{RAIL} again"
    record(source(text, origin="b", published_on="2026-05-09"), rail_document(text))
    html = client.get("/search/timeline/", {"q": "tax", "page": "2"}).content.decode()
    assert "By month" in html
    links = re.findall(r'<th scope="row"><a href="([^"]*)">([^<]*)</a></th><td[^>]*>(\d+)', html)
    assert [(unescape(to), label, number) for to, label, number in links] == [
        ("/quotes/?q=tax&after=2026-03-01&before=2026-03-31", "March 2026", "2"),
        ("/quotes/?q=tax&after=2026-05-01&before=2026-05-31", "May 2026", "1"),
    ]
    narrowed = client.get(unescape(links[0][0])).content.decode()
    assert "<strong>2</strong> quotations" in narrowed
    assert 'href="/quotes/?q=tax">All dates' in narrowed


@pytest.mark.usefixtures("rail")
def test_bars_stay_within_the_days_asked_for(client, record):
    text = f"{RAIL} again"
    record(source(text, origin="b", published_on="2026-05-09"), rail_document(text))
    asked = {"after": "2026-03-02", "before": "2026-05-20"}
    html = client.get("/search/timeline/", asked).content.decode()
    assert 'data-first="2026-03-02" data-last="2026-03-31"' in html
    assert 'data-first="2026-05-01" data-last="2026-05-20"' in html


@pytest.mark.usefixtures("rail")
def test_of_many_the_page_asks_for_it_later(client, monkeypatch):
    few = SEARCH.model_copy(update={"counted": 1})
    monkeypatch.setattr("quotes.facets.SEARCH", few)
    monkeypatch.setattr("quotes.search_pages.SEARCH", few)
    html = client.get("/quotes/", {"q": "tax"}).content.decode()
    assert 'href="/search/timeline/?q=tax"' in html  # without a script
    assert 'hx-get="/search/timeline/?q=tax" hx-trigger="load"' in html
    answer = client.get("/search/timeline/", {"q": "tax"}, headers={"HX-Request": "true"})
    later = answer.content.decode()
    assert "<html" not in later
    assert "All of 4 March 2026." in later
    assert 'id="recognised"' in later


@pytest.mark.parametrize("path", ["/quotes/", "/speakers/ana-roe/"])
@pytest.mark.parametrize(
    ("counted", "sort", "told"),
    [(1, "confidence", 1), (1, "newest", 0), (1_000, "confidence", 0)],
)
@pytest.mark.usefixtures("rail")
def test_of_many_only_the_newest_are_in_order_of_confidence(
    client, monkeypatch, path, counted, sort, told
):
    few = SEARCH.model_copy(update={"counted": counted})
    for module in ("facets", "search_pages", "search", "speaker_views"):
        monkeypatch.setattr(f"quotes.{module}.SEARCH", few)
    html = client.get(path, {"min_confidence": "0.1", "sort": sort}).content.decode()
    assert html.count("In order of confidence, of the newest 1 that match.") == told


def test_estimates_say_so(client, record, monkeypatch):
    for n in range(3):
        text = f"{RAIL} {n}"
        record(source(text, origin=str(n), published_on=f"202{n}-01-01"), rail_document(text))
    record(source(origin="c"), rail_document())
    few = SEARCH.model_copy(update={"timeline_counted": 2})
    monkeypatch.setattr("quotes.histogram.timeline.__kwdefaults__", {"params": few})
    html = client.get("/search/timeline/").content.decode()
    assert "Estimated from" in html
    assert "about 2" in html
    assert "2 without a date left out" in html


@pytest.mark.parametrize("path", ["/quotes/", "/search/timeline/", "/search/suggest/"])
def test_a_private_tracker_shows_nothing(client, settings, path):
    settings.PUBLIC_READS = False
    assert client.get(path, {"q": "tax"}).status_code == 302
    answer = client.get(path, {"q": "tax"}, headers=PART)
    assert (answer["HX-Refresh"], answer.content) == ("true", b"")


def test_a_wrong_filter_has_no_timeline(client):
    answer = client.get("/search/timeline/", {"kind": "spoken"})
    assert (answer.status_code, "is not one of" in answer.content.decode()) == (400, True)


# --- suggestions


@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize(
    ("typed", "name", "rest"),
    [
        ("Roe on rail tax", "Ana Roe", "rail tax"),
        ("ana roe about the café", "Ana Roe", "the café"),
        ("Ana Roe", "Ana Roe", ""),
        ("ana r", "Ana Roe", ""),  # half typed
        ("ro", "Ana Roe", ""),
        ("Ms Roe tax", "Ana Roe", "tax"),  # an alias
        ("ro tax", None, None),  # whole words of a name, unless it is all that is typed
        ("tax", None, None),
        ("speaker:roe", None, None),
        ('"roe"', None, None),
        ("", None, None),
        ("?!", None, None),
    ],
)
def test_speakers_are_recognised(typed, name, rest):
    found = recognised(typed, User())
    assert [(one.speaker.name, one.rest) for one in found] == ([(name, rest)] if name else [])


@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize(
    ("typed", "number"),
    [("tax", 1), ("ta", 1), ("tax rise", 1), ("quux", 0), ('"tax', 0), ("x" * 501, 0), ("", 0)],
)
def test_quotations_are_suggested(typed, number):
    found = suggested(typed, User()).quotations
    assert len({hit.quotation.content for hit in found if "tax" in hit.quotation.content}) == number


@pytest.mark.usefixtures("rail")
def test_suggestions_are_options_that_lead_on(client):
    html = client.get("/search/suggest/", {"q": "Roe on tax"}).content.decode()
    assert html.count('role="option"') >= 1
    slug = Speaker.objects.get(name="Ana Roe").slug
    assert f'data-href="/quotes/?speaker={slug}&amp;q=tax"' in html
    assert "<html" not in html
    assert client.get("/search/suggest/").content.strip() == b""


def test_markup_in_words_is_text(client, record):
    text = "Ana Roe said a <b>tax</b> is due."
    row = quotation(text, "a <b>tax</b> is due", speaker=ROE)
    record(source(text), Document(text=text, quotations=(row,)))
    html = client.get("/search/suggest/", {"q": "tax"}).content.decode()
    assert "<b>" not in html
    assert "&lt;b&gt;" in html


@pytest.mark.parametrize("articles", [1, 10])
def test_suggestions_are_bounded(record, articles):
    for n in range(articles):
        text = f"{RAIL} {n}"
        record(source(text, origin=str(n)), rail_document(text))
    with CaptureQueriesContext(connection) as done:
        found = suggested("Roe on tax", User())
    assert len(found.quotations) <= SEARCH.suggested_quotations
    assert len(done) <= 2 * SEARCH.suggested_words + 3
    with CaptureQueriesContext(connection) as again:
        suggested("Roe on tax", User())
    assert len(again) == len(done)
