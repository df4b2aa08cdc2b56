"""The pages: with data and without, with hostile text and hostile addresses."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import bibtexparser
import pytest
import rispy
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.urls import reverse
from protego import Protego

from quotes.models import Article, Outlet, Quotation, Speaker
from quotes.nlp.document import Act, Document, Kind, SpeakerKind
from quotes.nlp.document import Speaker as Found
from tests.builders import MONITOR, ROE, quotation, source, span

pytestmark = pytest.mark.django_db
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr", "rect"}
LISTS = ("home", "quotations", "articles", "speakers", "about", "login")
EVIL = '<script>alert("x")</script>'


@pytest.fixture(autouse=True)
def static_root(settings, tmp_path):
    """A collected folder, which WhiteNoise warns about where it is missing."""
    settings.STATIC_ROOT = tmp_path


class Page(HTMLParser):
    """A page as read strictly: what is left open or closed wrongly is an error."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.errors: list[str] = []
        self.ids: list[str] = []
        self.refs: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.text: list[str] = []
        self.inside: dict[str, str] = {}
        self._holders: list[tuple[int, str]] = []
        self.feed(html)
        self.close()
        if self.open:
            self.errors.append(f"left open: {self.open}")

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.attributes |= set(values)
        if "id" in values:
            self.ids.append(values["id"])
        self.refs += [values[name] for name in ("for", "aria-labelledby") if name in values]
        self.refs += (values.get("aria-describedby") or "").split()
        if tag == "a":
            self.links.append(values["href"])
        if tag == "script" and "src" not in values:
            self.errors.append("a script without a source")
        if tag == "a" and "a" in self.open:
            self.errors.append("a link inside a link")
        if tag not in VOID:
            self.open.append(tag)
            if "id" in values:
                self._holders.append((len(self.open), values["id"]))
                self.inside[values["id"]] = ""

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.errors.append(f"</{tag}> inside {self.open[-2:]} at {self.getpos()}")
            return
        if self._holders and self._holders[-1][0] == len(self.open):
            self._holders.pop()
        self.open.pop()

    def handle_data(self, data):
        self.text.append(data)
        for _, name in self._holders:
            self.inside[name] += data


def read(client: Client, address: str, status: int = 200) -> Page:
    response = client.get(address)
    assert response.status_code == status
    page = Page(response.content.decode())
    assert page.errors == []
    assert len(page.ids) == len(set(page.ids)), "an id twice"
    assert set(page.refs) <= set(page.ids), "a label for nothing"
    assert not {"style", "onclick", "onload", "onerror"} & page.attributes
    return page


def words(page: Page) -> str:
    return " ".join("".join(page.text).split())


@pytest.fixture
def hostile(record) -> Quotation:
    """A quotation in which every part that came from outside is markup."""
    text = f"{EVIL} & <b>\n“{EVIL},” said {EVIL}</p>.\n"
    speaker = Found(name=EVIL, kind=SpeakerKind.PERSON, role=f'" onclick="{EVIL}')
    found = quotation(text, f"“{EVIL},”", cue="said", speaker=speaker, kind=Kind.DIRECT)
    page = source(
        text,
        title=f"{EVIL} title",
        byline=EVIL,
        outlet=f"{EVIL} Post",
        section=EVIL,
        url="https://example.org/?a=%22%3E%3Cscript%3E",
    )
    return record(page, Document(text=text, quotations=(found,))).version.quotations.get()


@pytest.fixture
def anonymous(record) -> Quotation:
    text = "The city fell, a monitor said.\n"
    found = quotation(text, "The city fell", cue="said", source="a monitor", speaker=MONITOR)
    return record(source(text), Document(text=text, quotations=(found,))).version.quotations.get()


def addresses(found: Quotation) -> list[str]:
    pages = [found.get_absolute_url(), found.version.get_absolute_url()]
    return pages + ([found.speaker.get_absolute_url()] if found.speaker else [])


# --- every page


@pytest.mark.parametrize("name", LISTS)
def test_pages_without_data(client, name):
    read(client, reverse(name))


@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize("name", LISTS)
def test_pages_with_data(client, name):
    read(client, reverse(name))


def test_an_empty_tracker_says_how_to_begin(client):
    for name in ("home", "quotations", "articles"):
        assert "manage.py ingest" in words(read(client, reverse(name)))


def test_home_shows_what_it_holds(client, quotation):
    page = read(client, reverse("home"))
    # A count follows its label in the markup, as <dl> wants it, and stands before it on screen.
    for part in ("quotations 2", "named speaker 1", "article 1", "Ana Roe", quotation.content):
        assert part in words(page)
    assert quotation.get_absolute_url() in page.links


@pytest.mark.parametrize("fixture", ["quotation", "hostile", "anonymous"])
def test_detail_pages(client, request, fixture):
    for address in addresses(request.getfixturevalue(fixture)):
        read(client, address)


def test_hostile_text_is_shown_as_text(client, hostile):
    lists = [reverse(name) for name in LISTS] + ["/quotes/?q=script&outlet=" + EVIL]
    for address in [*addresses(hostile), *lists]:
        response = client.get(address)
        assert b"<script>alert" not in response.content
        assert b'onclick="' not in response.content
        assert "<b>" not in response.content.decode()
    page = read(client, hostile.get_absolute_url())
    assert EVIL in words(page)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
def test_only_web_addresses_become_links(client, quotation, url):
    Article.objects.update(url=url)
    for address in addresses(quotation):
        assert not [link for link in read(client, address).links if link.startswith(url[:5])]


# --- quotations


@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["the café tax would rise", "“It must,”"]),
        ("q=café", ["the café tax would rise"]),
        ("kind=direct", ["“It must,”"]),
        ("outlet=the-daily-wire&kind=indirect", ["the café tax would rise"]),
        ("speaker=nobody", []),
        ("after=2027-01-01", []),
    ],
)
def test_filters_filter(client, query, shown):
    text = words(read(client, f"/quotes/?{query}"))
    for row in ("the café tax would rise", "“It must,”"):
        assert (row in text) == (row in shown)
    if not shown:
        assert "No quotations" in text
        assert "Nothing matches" in text


@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("/quotes/?kind=shouted", "“shouted” is not one of direct, indirect, mixed"),
        ("/quotes/?q=%00", "Words:"),
        ("/quotes/?page=x", "whole number"),
        ("/articles/?after=soon", "2017-07-05"),
        ("/speakers/?sort=size", "name, latest"),
    ],
)
def test_bad_filters_are_explained_and_list_nothing(client, address, part):
    text = words(read(client, address, status=400))
    assert part in text
    assert "café" not in text


@pytest.mark.usefixtures("rail")
def test_a_page_past_the_last_leads_back(client):
    page = read(client, "/quotes/?kind=direct&page=9")
    assert "There is no page 9" in words(page)
    assert "/quotes/?kind=direct" in page.links


def test_paging_keeps_the_filters(client, record):
    text = "\n".join(f"Ana Roe said thing{n} is so." for n in range(30))
    found = tuple(quotation(text, f"thing{n} is so", speaker=ROE) for n in range(30))
    record(source(text), Document(text=text, quotations=found))
    first = read(client, "/quotes/?kind=indirect&q=&speaker=roe")
    assert "30 quotations, showing 1–25" in words(first)
    assert "?kind=indirect&speaker=roe&page=2" in first.links
    second = read(client, "/quotes/?kind=indirect&speaker=roe&page=2")
    assert "showing 26–30" in words(second)
    assert len([link for link in second.links if re.fullmatch(r"/quotes/\w+/", link)]) == 5


def test_beliefs_are_listed_only_when_asked_for(client, record):
    text = "Ana Roe hopes that it rains.\n"
    found = quotation(text, "that it rains", cue="hopes", speaker=ROE, act=Act.ATTITUDE)
    version = record(source(text), Document(text=text, quotations=(found,))).version
    for address in ("/quotes/", version.get_absolute_url()):
        assert "Belief" not in words(read(client, address)).replace("beliefs", "")
        assert "that it rains" in words(read(client, f"{address}?attitudes=on"))
    hidden = read(client, version.get_absolute_url())
    assert not [link for link in hidden.links if link.startswith("/quotes/") and len(link) > 10]


def test_search_and_short_addresses_lead_on(client, quotation):
    assert client.get("/search/?q=tax&kind=direct").url == "/quotes/?q=tax&kind=direct"
    assert client.get("/search/").url == "/quotes/"
    from_paper = quotation.uid.upper().replace("0", "O").replace("1", "I")
    for short in (f"/q/{quotation.uid}", f"/q/{quotation.uid}/", f"/q/{from_paper}"):
        assert client.get(short).url == quotation.get_absolute_url()


@pytest.mark.usefixtures("anonymous")
def test_anonymous_sources_say_so(client):
    text = words(read(client, "/quotes/?source=anonymous"))
    assert "a monitor Not named" in text
    assert not Speaker.objects.exists()


# --- one quotation


def test_a_quotation_explains_itself(client, quotation):
    page = read(client, quotation.get_absolute_url())
    text = words(page)
    for part in (
        "the café tax would rise",
        "Ana Roe",
        "the minister",
        "Rail tax to rise",
        "The Daily Wire",
        "4 March 2026",
        "Reported in the article’s own words",
        "Words verified",
        "The sentence names the source; the article has no fuller form",
        "paragraph 2",
        "Likely 80 %",
    ):
        assert part in text
    assert quotation.version.text_id in text.replace(" ", "")
    assert "[words begin]" in text
    assert "said cue" in text
    assert f"/q/{quotation.uid}" in page.inside["citation"]


def test_words_and_their_text_are_checked_at_each_view(client, quotation):
    if connection.vendor != "sqlite":
        pytest.skip("takes SQLite's guards away")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER guard_kept_canonicaltext")
        cursor.execute("UPDATE quotes_canonicaltext SET content = replace(content, 'é', 'e')")
    text = words(read(client, quotation.get_absolute_url()))
    assert "Words orphaned" in text
    assert "the stored text no longer has the SHA-256" in text
    assert "Words verified" not in text


def test_a_quotation_that_is_gone_keeps_its_address(client, quotation):
    Quotation.objects.filter(pk=quotation.pk).update(status=Quotation.Status.GONE)
    assert "No longer found." in words(read(client, quotation.get_absolute_url()))
    assert "café" not in words(read(client, "/quotes/"))


def test_doubt_is_said_in_words(client, quotation):
    """The words are sure; who is meant by "she" is not, and that is what counts."""
    Quotation.objects.update(confidence=0.97, speaker_confidence=0.31)
    for address in (quotation.get_absolute_url(), "/quotes/", quotation.version.get_absolute_url()):
        response = client.get(address)
        assert "Unsure" in response.content.decode()
        assert "is-unsure" in response.content.decode()


def test_a_page_tells_the_words_from_their_speaker(client, quotation):
    Quotation.objects.update(confidence=0.97, speaker_confidence=0.31)
    text = words(read(client, quotation.get_absolute_url()))
    assert "Unsure 31 %" in text
    assert "the source named beside them are right: 97 %" in text


def test_the_specimen_is_one_whose_speaker_is_sure(client, quotation):
    Quotation.objects.update(speaker_confidence=0.2)
    assert client.get("/").context["specimen"] is None
    mixed = {"speaker_confidence": 0.75, "kind": Kind.MIXED}
    Quotation.objects.filter(pk=quotation.pk).update(**mixed)
    assert client.get("/").context["specimen"] == quotation


def test_no_speaker_is_a_result(client, record):
    text = "“We will never know,” it went.\n"
    found = quotation(text, "“We will never know,”", kind=Kind.DIRECT)
    stored = record(source(text), Document(text=text, quotations=(found,))).version.quotations.get()
    text = words(read(client, stored.get_absolute_url()))
    assert "No speaker named" in text
    assert "Why no speaker?" in text


def test_neighbours_are_linked(client, rail):
    first, second = rail.quotations.order_by("position")
    assert second.get_absolute_url() in read(client, first.get_absolute_url()).links
    assert first.get_absolute_url() in read(client, second.get_absolute_url()).links


@pytest.mark.parametrize(
    ("form", "media_type", "parse", "title"),
    [
        (
            "bib",
            "application/x-bibtex",
            lambda text: bibtexparser.parse_string(text).entries[0]["title"],
            "{Rail tax to rise}",
        ),
        (
            "ris",
            "application/x-research-info-systems",
            lambda text: rispy.loads(text.replace("\r\n", "\n"))[0]["title"],
            "Rail tax to rise",
        ),
        (
            "csl.json",
            "application/vnd.citationstyles.csl+json",
            lambda text: json.loads(text)[0]["title"],
            "Rail tax to rise",
        ),
    ],
)
def test_citations_download(client, quotation, form, media_type, parse, title):
    address = reverse("cite", args=[quotation.uid, form])
    response = client.get(address)
    assert response.headers["Content-Type"] == f"{media_type}; charset=utf-8"
    assert f'quote-{quotation.uid}.{form}"' in response.headers["Content-Disposition"]
    assert parse(response.content.decode()) == title
    assert address in read(client, quotation.get_absolute_url()).links


# --- articles


def shown_text(client: Client, address: str) -> str:
    return read(client, address).inside["article-text"]


def test_the_marked_text_is_the_stored_text(client, rail, hostile):
    for version in (rail, hostile.version):
        assert shown_text(client, version.get_absolute_url()) == version.text.content


def test_nested_overlapping_and_crossing_quotations_leave_the_text_as_it_is(client, record):
    text = "  “He said ‘we go home now’ twice,” she said.\n\n“And\nnever again.”  \n"
    spans = (
        "“He said ‘we go home now’ twice,”",
        "we go home",
        "home now’ twice",
        "“And\nnever again.”",
    )
    found = tuple(quotation(text, words, speaker=ROE, kind=Kind.DIRECT) for words in spans)
    found = tuple(sorted(found, key=lambda q: q.content[0].start))
    version = record(source(text), Document(text=text, quotations=found)).version
    page = read(client, version.get_absolute_url())
    assert page.inside["article-text"] == version.text.content
    for row in version.quotations.all():
        assert f"q-{row.uid}" in page.ids
        assert row.get_absolute_url() in page.links


def test_paragraphs_have_addresses(client, rail):
    assert {"p1", "p2", "p3"} <= set(read(client, rail.get_absolute_url()).ids)


def test_versions_are_told_apart(client, record):
    old_text, url = (
        "Rail tax\n\nThe minister, Ana Roe, said the café tax would rise.\n",
        "https://e.org/a",
    )
    old = record(source(old_text, url=url)).version
    new = record(source(old_text + "It will not.\n", url=url)).version
    old.refresh_from_db()
    assert old.article == new.article
    current = read(client, new.get_absolute_url())
    assert "It will not." in words(current)
    assert old.get_absolute_url() in current.links
    former = words(read(client, old.get_absolute_url()))
    assert "The article has changed since" in former
    assert "It will not." not in former


# --- speakers


def test_a_speaker_has_names_roles_and_quotations(client, quotation):
    text = words(read(client, quotation.speaker.get_absolute_url()))
    for part in ("Ana Roe", "Ms Roe", "the minister", "Person", "2 quotations", "café", "2026"):
        assert part in text


@pytest.mark.usefixtures("rail")
def test_speakers_are_found_by_any_name(client):
    assert "Ana Roe" in words(read(client, "/speakers/?q=ms+roe"))
    assert "Nobody matches" in words(read(client, "/speakers/?q=mr+doe"))


# --- addresses that lead nowhere


@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize(
    "address",
    [
        "/nope/",
        "/quotes/0000000000000000/",
        "/quotes/%00/",
        "/quotes/../../etc/passwd",
        "/q/none/",
        "/articles/none/",
        "/speakers/none/",
        "/speakers/" + "x" * 3000 + "/",
        "/quotes/none/cite.bib",
    ],
)
def test_wrong_addresses_have_a_page(client, address):
    assert "Nothing at this address" in words(read(client, address, status=404))


def test_unknown_versions_and_formats_have_a_page(client, quotation):
    for address in (
        f"/articles/{quotation.version.article.uid}/?version=7",
        f"/quotes/{quotation.uid}/cite.docx",
    ):
        read(client, address, status=404)


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_pages_are_read_only(client, method):
    assert getattr(client, method)("/quotes/").status_code == 405


@pytest.mark.usefixtures("rail")
def test_faults_have_a_page(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("quotes.search_views.results", lambda *_, **__: 1 / 0)
    assert "Something broke here" in words(read(client, "/quotes/", status=500))


@pytest.mark.usefixtures("rail")
def test_scripts_and_styles_come_from_here_only(client):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


# --- private trackers


def test_a_private_tracker_asks_for_a_login(client, settings, quotation):
    settings.PUBLIC_READS = False
    lists = [reverse(name) for name in ("home", "quotations", "articles", "speakers")]
    cite = reverse("cite", args=[quotation.uid, "bib"])
    for address in [*lists, *addresses(quotation), cite, f"/q/{quotation.uid}/"]:
        response = client.get(address)
        assert response.status_code == 302
        assert response.url.startswith(reverse("login"))
        assert "Roe" not in response.content.decode()
    client.force_login(User.objects.create_user("reader"))
    assert "café" in words(read(client, "/quotes/"))


def test_login_goes_on_to_the_page_that_was_asked_for(client, settings):
    settings.PUBLIC_READS = False
    User.objects.create_user("reader", password="a long enough phrase")
    address = client.get("/speakers/?q=roe").url
    form = {"username": "reader", "password": "a long enough phrase", "next": "/speakers/?q=roe"}
    assert client.post(address, form).url == "/speakers/?q=roe"
    assert "Sign out" in words(read(client, "/speakers/"))
    assert client.post(reverse("logout")).url == reverse("home")


def test_a_wrong_password_is_explained(client):
    response = client.post(reverse("login"), {"username": "x", "password": "y"})
    assert "correct username and password" in response.content.decode()


# --- what a page costs


def many(record, count: int) -> Quotation:
    """Store `count` articles, speakers and outlets, and an article with `count` quotations."""
    for n in range(count):
        text = f"Item{n} is so, Ana{n} Roe said.\n"
        who = Found(name=f"Ana{n} Roe", kind=SpeakerKind.PERSON, role=f"role {n}")
        found = quotation(text, f"Item{n} is so", cue="said", source=f"Ana{n} Roe", speaker=who)
        record(
            source(text, outlet=f"Outlet {n}", published_on="2026-01-02"),
            Document(text=text, quotations=(found,)),
        )
    text = "".join(f"Thing{n} is so, Ana Roe said.\n" for n in range(count))
    found = tuple(
        quotation(text, f"Thing{n} is so", source=(span(text, "Ana Roe", n),), speaker=ROE)
        for n in range(count)
    )
    version = record(source(text, outlet="Big"), Document(text=text, quotations=found)).version
    return version.quotations.get(position=0)


QUERIES = {
    # the newest; specimen; latest; most quoted; newest key; counts of quotations (two), speakers,
    # articles, outlets
    "home": 10,
    # matches counted by facet; their speakers, outlets; rows; timeline; outlets to suggest
    "quotations": 6,
    "articles": 3,  # count; rows; outlets to suggest
    "speakers": 4,  # first letters; pairs to decide on; count; rows
    # quotation; spans; decisions and changes of its history; one before; one after; others of the
    # speaker; what the publisher's page had
    "quotation": 8,
    "article": 5,  # versions; a line of each quotation; text; quotations of the part; spans
    # speaker; pairs; like names; unsure links; decisions; profile; names; links; by slug; rows;
    # statements; outlets to suggest
    "speaker": 12,
}


@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("rows", [1, 10])
def test_queries_do_not_grow_with_rows(client, record, django_assert_num_queries, name, rows):
    found = many(record, rows)
    pages = {
        "quotation": found.get_absolute_url(),
        "article": found.version.get_absolute_url(),
        "speaker": found.speaker.get_absolute_url(),
    }
    address = pages.get(name) or reverse(name)
    assert Outlet.objects.count() == rows + 1
    with django_assert_num_queries(QUERIES[name]):
        client.get(address)


def test_the_first_load_is_light(client, quotation):
    response = client.get(quotation.get_absolute_url())
    files = [finders.find(f"quotes/{name}") for name in ("tracker.css", "tracker.js", "icon.svg")]
    total = len(response.content) + sum(Path(name).stat().st_size for name in files)
    assert total < 150_000


@pytest.mark.usefixtures("static_root")
def test_browsers_find_the_icon_where_they_look(client):
    response = client.get("/favicon.ico")
    assert response.status_code == 302
    assert response.url.endswith(".svg")


@pytest.mark.parametrize("is_public", [True, False])
def test_crawlers_are_told_what_they_may_read(client, quotation, settings, is_public):
    settings.PUBLIC_READS = is_public
    response = client.get("/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    rules = Protego.parse(response.content.decode())
    own = quotation.get_absolute_url()
    for path in ("/", own, f"/q/{quotation.uid}", quotation.speaker.get_absolute_url()):
        assert rules.can_fetch(path, "AnyBot") is is_public
    article = quotation.version.get_absolute_url()
    for path in (article, "/api/v1/quotations/", "/admin/", "/account/login/", f"{own}?style=apa"):
        assert not rules.can_fetch(path, "AnyBot")
