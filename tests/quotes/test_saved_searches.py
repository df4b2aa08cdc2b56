"""Saved searches: kept, named, deleted; their pages, and their feeds at addresses of their own."""

import json
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree as ET

import feedparser
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from quotes import characters, quotation_feeds, saved_searches
from quotes.models import Quotation, SavedSearch, Speaker
from quotes.params import SHARING
from quotes.saved_searches import SavedSearchError
from tests import builders

pytestmark = [pytest.mark.django_db, pytest.mark.database]
ATOM_NS = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def jo() -> User:
    return User.objects.create_user("jo", password="a-good-pass-phrase")


@pytest.fixture
def search(jo) -> SavedSearch:
    return saved_searches.create(jo, "Tax & <more>", {"act": ["any"]})


def feed_path(search: SavedSearch, form: str) -> str:
    return reverse("saved-feed", args=[search.feed_key, form])


# --- the rules


@pytest.mark.parametrize(
    ("name", "query", "kept"),
    [
        ("Tax", {"q": ["tax"]}, "Tax"),
        ("  Tax \n rise ", {"q": ["tax"]}, "Tax rise"),
        ("", {"q": ["tax"]}, "tax"),
        ("", {}, "All quotations"),
        ("", {"q": ["tax"], "kind": ["direct", "mixed"]}, "tax; Kind: direct, mixed"),
        ("", {"speaker_name": ["w" * 300]}, None),
    ],
)
def test_a_search_is_kept_under_a_name(jo, name, query, kept):
    search = saved_searches.create(jo, name, query)
    assert search.name == kept if kept else len(search.name) == 200
    assert len(search.feed_key) >= 32


@pytest.mark.parametrize("name", ["x" * 201, "a\u0007b", "\u2028" * 3 + "\u200b"])
def test_names_that_cannot_be_shown_are_refused(jo, name):
    with pytest.raises(SavedSearchError) as refused:
        saved_searches.create(jo, name, {})
    assert refused.value.field == "name"


@given(st.dictionaries(st.sampled_from(["q", "speaker_name"]), st.text(min_size=1, max_size=300)))
def test_default_names_fit_their_column(query):
    name = saved_searches.default_name({key: [value] for key, value in query.items()})
    assert 0 < len(name) <= saved_searches.NAME_CHARS
    assert all(map(characters.is_shown, name))
    assert characters.one_line(name) == name


def test_names_are_an_accounts_own(jo, search):
    with pytest.raises(SavedSearchError, match="already"):
        saved_searches.create(jo, search.name, {})
    other = saved_searches.create(User.objects.create_user("ina"), search.name, {})
    third = saved_searches.create(jo, "Third", {})
    with pytest.raises(SavedSearchError, match="already"):
        saved_searches.change(third, name=search.name)
    assert other.name == search.name
    assert SavedSearch.objects.get(pk=third.pk).name == "Third"


def test_there_is_a_most(jo, monkeypatch):
    few = SHARING.model_copy(update={"searches_most": 2})
    monkeypatch.setattr(saved_searches, "SHARING", few)
    saved_searches.create(jo, "1", {})
    saved_searches.create(jo, "2", {})
    with pytest.raises(SavedSearchError, match="the most"):
        saved_searches.create(jo, "3", {})


# --- the pages


@pytest.mark.usefixtures("rail")
def test_a_search_is_saved_from_the_list_of_quotations(client, jo):
    assert "Save this search" not in client.get("/quotes/?q=tax").content.decode()
    client.force_login(jo)
    body = client.get("/quotes/?q=tax&page=1").content.decode()
    assert '/saved/new/?q=tax"' in body
    asked = client.get("/saved/new/?q=tax&attitudes=on").content.decode()
    assert 'value="tax; Act: any"' in asked
    answer = client.post("/saved/new/?q=tax", {"name": "Rail <tax>"}, follow=True)
    search = SavedSearch.objects.get()
    assert (search.name, search.query, search.owner) == ("Rail <tax>", {"q": ["tax"]}, jo)
    body = answer.content.decode()
    assert "Rail &lt;tax&gt;" in body
    assert "the café tax would rise" in body
    assert feed_path(search, "atom") in body
    assert "Rail &lt;tax&gt;" in client.get("/saved/").content.decode()


def test_what_cannot_be_saved_says_why(client, jo, search):
    client.force_login(jo)
    bad = client.get("/saved/new/?min_confidence=7")
    assert (bad.status_code, "from 0 to 1" in bad.content.decode()) == (400, True)
    taken = client.post("/saved/new/?q=tax", {"name": search.name})
    assert (taken.status_code, "already" in taken.content.decode()) == (400, True)


def test_a_search_is_renamed_and_deleted_after_a_question(client, jo, search):
    client.force_login(jo)
    page = reverse("saved-search", args=[search.uid])
    told = client.post(f"{page}name/", {"name": "Other"}, follow=True).content.decode()
    assert "It is named “Other” now." in told
    assert "Not renamed" in client.post(f"{page}name/", {"name": " "}, follow=True).content.decode()
    assert (
        "Not renamed"
        in client.post(f"{page}name/", {"name": "x" * 201}, follow=True).content.decode()
    )
    assert "cannot be undone" in client.get(f"{page}delete/").content.decode()
    assert SavedSearch.objects.get().name == "Other"
    assert "is deleted" in client.post(f"{page}delete/", follow=True).content.decode()
    assert not SavedSearch.objects.exists()


def test_pages_are_their_owners(client, search):
    paths = ["", "name/", "feeds/", "delete/"]
    page = reverse("saved-search", args=[search.uid])
    for path in paths:
        method = client.post if path in {"name/", "feeds/"} else client.get
        assert "login" in method(page + path).url
    client.force_login(User.objects.create_user("ina"))
    for path in paths:
        assert client.post(page + path).status_code in (404, 405)
        assert client.get(page + path).status_code in (404, 405)
    assert search.name not in client.get("/saved/").content.decode()


def test_a_search_that_means_nothing_any_more_says_so(client, jo, search):
    SavedSearch.objects.update(query={"colour": ["red"]})
    client.force_login(jo)
    body = client.get(reverse("saved-search", args=[search.uid])).content.decode()
    assert "cannot be used any more" in body
    assert client.get(feed_path(search, "atom")).status_code == 404


# --- the feeds


def test_an_atom_feed(client, search, rail, settings):
    settings.SITE_URL = "https://tracker.example"
    answer = client.get(feed_path(search, "atom"))
    assert answer["Content-Type"].startswith("application/atom+xml")
    feed = ET.fromstring(answer.content)  # noqa: S314  our own
    assert feed.findtext(f"{ATOM_NS}title") == "Tax & <more>"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM_NS}link")}
    assert links["self"] == f"https://tracker.example{feed_path(search, 'atom')}"
    second, first = feed.findall(f"{ATOM_NS}entry")
    quotation = rail.quotations.get(position=0)
    assert first.findtext(f"{ATOM_NS}id") == f"https://tracker.example/quotes/{quotation.uid}/"
    assert first.findtext(f"{ATOM_NS}title") == "Ana Roe, as reported: the café tax would rise"
    assert second.findtext(f"{ATOM_NS}title") == "Ana Roe: “It must,”"
    content = first.findtext(f"{ATOM_NS}content") or ""
    assert "<strong><bdi>Ana Roe</bdi></strong>, <bdi>the minister</bdi>, in" in content
    assert 'href="https://tracker.example/articles/' in content
    assert "<bdi>The Daily Wire</bdi>, 4 March 2026" in content
    assert "Words and speaker are likely right; check before you rely on it. (80 %)" in content
    assert feed.findtext(f"{ATOM_NS}id") == f"urn:uuid:{search.uid}"
    assert first.findtext(f"{ATOM_NS}author/{ATOM_NS}name") == "Jo Bloggs"


@pytest.mark.parametrize(
    ("query", "home"),
    [
        pytest.param({}, "/quotes/", id="all"),
        pytest.param(
            {"q": ["rail tax"], "kind": ["direct", "mixed"], "published_from": ["2026-03-01"],
             "act": ["any"], "reviewed": ["false"]},
            "/quotes/?q=rail+tax&kind=direct&kind=mixed&reviewed=no&attitudes=on&after=2026-03-01",
            id="as-the-page-names-it",
        ),
        pytest.param(
            {"speaker": ["ana-roe"], "any_name": ["omar"]},
            "/quotes/?speaker=ana-roe&speaker=omar",
            id="a-speaker-and-a-name",
        ),
        pytest.param({"called": ["a monitor"]}, "/quotes/", id="no-filter-of-the-page"),
        pytest.param({"act": ["attitude"]}, "/quotes/", id="not-to-be-said-on-the-page"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("rail")
def test_a_feeds_home_lists_what_it_holds_for_everybody(client, jo, query, home):
    search = saved_searches.create(jo, "One", query)
    answer = client.get(feed_path(search, "json")).json()
    found, wanted = (urlsplit(address) for address in (answer["home_page_url"], home))
    assert (found.path, sorted(parse_qsl(found.query))) == (
        wanted.path,
        sorted(parse_qsl(wanted.query)),
    )
    path = f"{found.path}?{found.query}"
    assert client.get(path).status_code == 200
    client.force_login(jo)
    body = client.get(reverse("saved-search", args=[search.uid])).content.decode()
    assert ("Open it in the search" in body) == (home != "/quotes/" or not query)


@pytest.mark.parametrize(
    ("columns", "title", "said"),
    [
        ({}, "Ana Roe, as reported: ", "likely right"),
        ({"speaker_confidence": 0.3}, "Ana Roe (unsure), as reported: ", "(30 %)"),
        ({"speaker_confidence": 0.3, "review": "confirmed"}, "Ana Roe, as ", "Confirmed by people"),
        ({"speaker": None, "speaker_name": "a monitor"}, "a monitor, as reported: ", "a monitor"),
        ({"speaker": None, "speaker_name": ""}, "No speaker named, as reported: ", "No speaker"),
        ({"kind": "direct"}, "Ana Roe: “the café tax would rise”", "Direct speech"),
        ({"act": "attitude"}, "Ana Roe, as reported: ", "Belief or intention"),
    ],
)
def test_doubt_is_said(client, search, rail, columns, title, said):
    Quotation.objects.filter(pk=rail.quotations.get(position=0).pk).update(**columns)
    item = json.loads(client.get(feed_path(search, "json")).content)["items"][-1]
    assert item["title"].startswith(title)
    assert said in item["content_html"]


def test_readers_read_it_and_nothing_runs(client, search, record):
    """A text with markup, and with characters that XML cannot hold, through a feed reader."""
    text = "The minister, Ana Roe, said <script>alert(1)</script>\x0b & so on ]]> would rise.\n"
    found = builders.quotation(
        text, "<script>alert(1)</script>\x0b & so on ]]> would rise", cue="said",
        source="The minister, Ana Roe", speaker=builders.ROE,
    )  # fmt: skip
    record(
        builders.source(text, title="<b>T</b>"), builders.Document(text=text, quotations=(found,))
    )
    assert b"<script>" not in client.get(feed_path(search, "atom")).content
    (item,) = json.loads(client.get(feed_path(search, "json")).content)["items"]
    assert "<script>" not in item["content_html"]
    parsed = feedparser.parse(client.get(feed_path(search, "atom")).content, sanitize_html=False)
    assert not parsed.bozo
    content = parsed.entries[0].content[0].value
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in content
    assert "&amp; so on ]]&gt;" in content


@pytest.mark.parametrize(("key", "form"), [("", "rss"), ("", "html"), ("another", "atom")])
def test_there_is_no_feed_in_another_form_or_of_another_key(client, search, key, form):
    address = reverse("saved-feed", args=[key or search.feed_key, form])
    assert client.get(address).status_code == 404


def test_a_json_feed(client, search, rail, settings):
    settings.SITE_URL = "https://tracker.example"
    answer = client.get(feed_path(search, "json"))
    assert answer["Content-Type"].startswith("application/feed+json")
    feed = json.loads(answer.content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"https://tracker.example{feed_path(search, 'json')}"
    item = feed["items"][-1]
    uid = rail.quotations.get(position=0).uid
    assert item["id"] == item["url"] == f"https://tracker.example/quotes/{uid}/"
    assert item["external_url"] == "https://example.org/rail"
    assert "<strong><bdi>Ana Roe</bdi></strong>" in item["content_html"]
    assert item["authors"] == [{"name": "Jo Bloggs"}]


@pytest.mark.parametrize("form", ["atom", "json"])
@pytest.mark.usefixtures("rail")
def test_an_unchanged_feed_is_not_sent_again(client, search, form):
    first = client.get(feed_path(search, form))
    headers = {"If-None-Match": first["ETag"]}
    again = client.get(feed_path(search, form), headers=headers)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    # A name that changes changes no quotation of its own, yet what the feed says.
    Speaker.objects.update(name="Anna Roe")
    renamed = client.get(feed_path(search, form), headers=headers)
    assert renamed.status_code == 200
    assert "Anna Roe" in renamed.content.decode()


@pytest.mark.parametrize("status", ["rejected", "gone"])
def test_what_is_no_quotation_any_more_vanishes(client, search, rail, status):
    gone = rail.quotations.get(position=0)
    Quotation.objects.filter(pk=gone.pk).update(status=status)
    body = client.get(feed_path(search, "json")).content.decode()
    assert gone.uid not in body
    assert len(json.loads(body)["items"]) == 1


def test_the_newest_come_first_and_no_more_than_a_page(client, search, record, monkeypatch):
    monkeypatch.setattr("quotes.feed_views.SHARING", SHARING.model_copy(update={"feed_rows": 3}))
    for number in range(3):
        text = builders.RAIL.replace("café", f"café-{number}")
        found = builders.quotation(text, f"the café-{number} tax would rise", speaker=builders.ROE)
        record(builders.source(text), builders.Document(text=text, quotations=(found,)))
    items = json.loads(client.get(feed_path(search, "json")).content)["items"]
    assert [item["title"].split()[5] for item in items] == ["café-2", "café-1", "café-0"]


def test_long_words_are_cut_and_lead_to_the_whole(client, search, record):
    text = "Ana Roe said: “" + "word " * 1000 + "”\n"
    found = builders.quotation(
        text, text[text.index("“") :].strip(), speaker=builders.ROE, kind="direct"
    )
    record(builders.source(text), builders.Document(text=text, quotations=(found,)))
    (item,) = json.loads(client.get(feed_path(search, "json")).content)["items"]
    assert len(item["content_html"]) < SHARING.shared_words_chars + 1000
    assert "word…" in item["content_html"]
    assert len(item["title"]) < 150


@pytest.mark.usefixtures("rail")
def test_who_has_the_address_reads_it_on_a_private_tracker_too(client, search, settings):
    settings.PUBLIC_READS = False
    assert client.get("/quotes/").status_code == 302
    assert client.get(feed_path(search, "atom")).status_code == 200
    assert "private" in client.get(feed_path(search, "atom"))["Cache-Control"]
    old = feed_path(search, "atom")
    client.force_login(search.owner)
    client.post(reverse("saved-key", args=[search.uid]))
    search.refresh_from_db()
    client.logout()
    assert client.get(old).status_code == 404
    assert client.get(feed_path(search, "atom")).status_code == 200
    User.objects.update(is_active=False)
    assert client.get(feed_path(search, "atom")).status_code == 404
    assert client.get(feed_path(search, "rss")).status_code == 404


def test_feeds_and_pages_cost_the_same_for_one_row_and_ten(client, search, record):
    client.force_login(search.owner)
    page = reverse("saved-search", args=[search.uid])
    paths = [feed_path(search, "atom"), feed_path(search, "json"), page, "/saved/"]
    counts = []
    for number in range(10):
        text = builders.RAIL.replace("café", f"café-{number}")
        found = builders.quotation(text, f"the café-{number} tax would rise", speaker=builders.ROE)
        record(
            builders.source(text, outlet="Wire", url=f"https://example.org/{number}"),
            builders.Document(text=text, quotations=(found,)),
        )
        saved_searches.create(search.owner, f"Search {number}", {"q": [f"tax {number}"]})
        if number in (0, 9):
            counted = []
            for path in paths:
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(path).status_code == 200
                counted.append(len(queries))
            counts.append(counted)
    assert counts[0] == counts[1]
    assert counts[0][0] == 3  # the search with its owner, the newest, their rows


@given(st.text())
def test_any_text_can_stand_in_xml(text):
    shown = quotation_feeds.xml_text(text.encode("utf-8", "replace").decode())
    ET.fromstring(f"<a>{shown.replace('&', '').replace('<', '').replace('>', '')}</a>")  # noqa: S314
    assert len(shown) == len(text)
