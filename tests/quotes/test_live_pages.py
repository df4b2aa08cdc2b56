"""Quotations against the publisher's page: a real server, the real readers, what is kept of it."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from quotes import live_pages, locks
from quotes.live_pages import Outcome, TooSoonError, likest_run, look, page_of
from quotes.models import Article, ImportItem, LiveCheck, Quotation
from quotes.nlp.document import Document, Kind
from quotes.params import LIVE
from quotes.refusals import InputError
from tests.builders import ROE, quotation, source
from tests.webserver import page, serving

STORY = (
    "The harbour tax has divided the town since the council put it forward in the spring.",
    "The minister, Ana Roe, said the café tax would rise by 25 per cent in March.",
    "“We must pay for the wall,” Ms Roe told reporters at the quay, “and we will.”",
    "Fishermen who had gathered at the quay met the announcement with silence and some laughter.",
)
SAID = (
    "the café tax would rise by 25 per cent in March",
    ("“We must pay for the wall,”", "“and we will.”"),
)


def markup(*paragraphs: str, around: str = "") -> str:
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return f"<html><body>{around}<article>{body}</article></body></html>"


@pytest.fixture(autouse=True)
def apart(settings, tmp_path):
    """Nothing that another test was told of hosts counts here; this machine may be asked."""
    settings.VAR_DIR = tmp_path
    settings.FETCH_ALLOW_HOSTS = frozenset({"127.0.0.1"})
    cache.clear()


@pytest.fixture
def site():
    with serving() as running:
        yield running


@pytest.fixture
def rows(record, site) -> list[Quotation]:
    """The quotations of the story, whose article is on the site."""
    text = "\n".join(STORY)
    indirect = quotation(text, SAID[0], source="The minister, Ana Roe", speaker=ROE)
    direct = quotation(text, SAID[1], source="Ms Roe", speaker=ROE, kind=Kind.DIRECT)
    version = record(
        source(text, url=f"{site.address}/story"),
        Document(text=text, quotations=(indirect, direct)),
    ).version
    return list(version.quotations.for_page().order_by("position"))


pytestmark = pytest.mark.django_db


# --- words in a page


@pytest.mark.parametrize(
    ("pieces", "text", "outcome", "found"),
    [
        pytest.param(
            ["the tax will rise"], "So the tax  will rise, he said.", "same", "", id="same"
        ),
        pytest.param(["“We must,”"], '"We must", she said', "same", "", id="other-marks"),
        pytest.param(
            ["the tax will rise in March"],
            "He said the tax will not rise in March, or ever.",
            "altered",
            "the tax will not rise in March",
            id="a-word-more",
        ),
        pytest.param(
            ["some 2,500 men are in the city"],
            "Officials said some 2,000 men are in the city now.",
            "altered",
            "some 2,000 men are in the city",
            id="another-number",
        ),
        pytest.param(
            ["We must pay for it", "and we will do so"],
            "“We must pay for it,” she said. “And we shall do so.”",
            "altered",
            "We must pay for it … And we shall do so",
            id="one-piece-of-two",
        ),
        pytest.param(
            ["the tax will rise in March"], "Rain fell on the town.", "missing", "", id="missing"
        ),
        pytest.param(["Yes"], "No, she said.", "missing", "", id="nothing-shared"),
        pytest.param(["the tax will rise"], "", "missing", "", id="empty-page"),
    ],
)
def test_what_a_page_has_of_words(pieces, text, outcome, found):
    finding = look(pieces, [page_of(text)])
    assert (finding.outcome, finding.found) == (outcome, found)


def test_words_that_stand_anywhere_are_the_same():
    pages = [page_of("the article without them"), page_of("menu the tax will rise foot")]
    assert look(["the tax will rise"], pages).outcome == Outcome.SAME


WORDS = st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), min_size=1, max_size=8)


@given(
    WORDS,
    st.lists(st.sampled_from(["x", "y", "z"]), max_size=8),
    st.lists(st.just("x"), max_size=5),
)
def test_a_run_that_is_there_is_found_whole(wanted, before, after):
    start, end, similarity = likest_run(wanted, [*before, *wanted, *after])
    assert similarity == 1.0
    assert [*before, *wanted, *after][start:end] == wanted


@given(WORDS, WORDS)
def test_runs_lie_in_the_page_and_likeness_in_its_range(wanted, words):
    start, end, similarity = likest_run(wanted, words)
    assert 0 <= start <= end <= len(words)
    assert 0.0 <= similarity <= 1.0
    assert (similarity > 0.0) == bool(set(wanted) & set(words))


# --- fetched


def test_the_same_words(site, rows):
    site.pages["/story"] = page(markup(*STORY))
    check = live_pages.check(rows[0])
    assert (check.outcome, check.address) == (Outcome.SAME, f"{site.address}/story")
    assert site.paths() == ["/story"]


def test_one_fetched_page_serves_all_quotations_of_the_article(site, rows):
    altered = STORY[1].replace("25 per cent", "35 per cent")
    site.pages["/story"] = page(markup(STORY[0], altered, *STORY[2:]))
    live_pages.check(rows[1])
    outcomes = dict(LiveCheck.objects.values_list("quotation__position", "outcome"))
    assert outcomes == {0: Outcome.ALTERED, 1: Outcome.SAME}
    kept = LiveCheck.objects.get(quotation=rows[0])
    assert kept.found == "the café tax would rise by 35 per cent in March"
    assert 0.8 < kept.similarity < 1.0
    assert site.paths() == ["/story"]


def test_words_outside_what_readers_take_for_the_article_are_not_missing(site, rows):
    site.pages["/story"] = page(markup(STORY[0], *STORY[2:], around=f"<nav>{STORY[1]}</nav>"))
    assert live_pages.check(rows[0]).outcome == Outcome.SAME


def test_words_that_are_gone_are_missing(site, rows):
    site.pages["/story"] = page(
        markup(STORY[0], STORY[3], *(f"It rained on day {n}." for n in range(9)))
    )
    check = live_pages.check(rows[0])
    assert (check.outcome, check.found) == (Outcome.MISSING, "")


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        pytest.param((404, {}, b""), "HTTP 404", id="not-there"),
        pytest.param((503, {}, b""), "HTTP 503", id="fault"),
        pytest.param((200, {"Content-Type": "text/html"}, b""), "cannot be read", id="empty"),
        pytest.param(
            (200, {"Content-Type": "text/html"}, b"x" * (LIVE.live_max_bytes + 1)),
            "too large",
            id="too-large",
        ),
        pytest.param(lambda _: None, "cannot be fetched", id="hangs-up"),
    ],
)
def test_a_page_that_cannot_be_had_is_unreachable(site, rows, reply, problem):
    site.pages["/story"] = reply
    check = live_pages.check(rows[0])
    assert check.outcome == Outcome.UNREACHABLE
    assert problem in check.problem
    assert not LiveCheck.objects.filter(quotation=rows[1]).exists()


def test_robots_are_heeded(site, rows):
    site.pages["/robots.txt"] = page("User-agent: *\nDisallow: /story", "text/plain")
    site.pages["/story"] = page(markup(*STORY))
    check = live_pages.check(rows[0])
    assert (check.outcome, site.paths()) == (Outcome.UNREACHABLE, [])
    assert "robots.txt disallows it" in check.problem


def test_a_host_that_wants_long_pauses_is_not_waited_for(site, rows):
    site.pages["/robots.txt"] = page("User-agent: *\nCrawl-delay: 50", "text/plain")
    site.pages["/story"] = page(markup(*STORY))
    assert live_pages.check(rows[0]).outcome == Outcome.SAME
    LiveCheck.objects.update(checked_at=timezone.now() - timedelta(days=1))
    check = live_pages.check(rows[0], params=LIVE.model_copy(update={"host_wait_most_s": 0.1}))
    assert check.outcome == Outcome.UNREACHABLE
    assert "50 seconds between two requests" in check.problem


def test_addresses_of_private_hosts_are_not_fetched(settings, site, rows):
    settings.FETCH_ALLOW_HOSTS = frozenset()
    assert live_pages.check(rows[0]).outcome == Outcome.UNREACHABLE
    assert site.seen == []


def test_a_page_is_fetched_once_in_a_while(site, rows):
    site.pages["/story"] = page(markup(*STORY))
    live_pages.check(rows[0])
    with pytest.raises(TooSoonError, match="a few minutes ago"):
        live_pages.check(rows[1])
    early = timezone.now() - timedelta(seconds=LIVE.again_after_s + 1)
    LiveCheck.objects.update(checked_at=early)
    live_pages.check(rows[1])
    assert site.paths() == ["/story", "/story"]


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_two_are_not_fetched_at_once(site, rows, tmp_path, monkeypatch):
    """The lock that another process would hold, held here by another descriptor."""
    monkeypatch.setattr(locks.Lock, "_path", lambda lock: tmp_path / lock.ending)
    monkeypatch.setattr(locks.connection, "vendor", "sqlite")
    with live_pages._LOCK.hold(), pytest.raises(TooSoonError, match="Another page"):
        live_pages.check(rows[0])
    assert site.seen == []


def test_without_an_address_there_is_nothing_to_compare_with(rows):
    Article.objects.update(url="")
    row = Quotation.objects.for_page().get(pk=rows[0].pk)
    with pytest.raises(InputError, match="no address"):
        live_pages.check(row)


def test_the_quotation_is_left_as_it_is(site, rows):
    site.pages["/story"] = page(markup(STORY[0], STORY[3]))
    before = Quotation.objects.filter(pk=rows[0].pk).values().get()
    live_pages.check(rows[0])
    assert Quotation.objects.filter(pk=rows[0].pk).values().get() == before


# --- the page


def press(client, row: Quotation, **headers):
    return client.post(f"/quotes/{row.uid}/compare/", headers=headers)


def test_the_button_leads_back_with_what_was_found(client, site, rows):
    html = client.get(rows[0].get_absolute_url()).content.decode()
    assert "Not compared yet" in html
    altered = STORY[1].replace("would rise", "would not rise")
    site.pages["/story"] = page(markup(STORY[0], altered, *STORY[2:]))
    assert press(client, rows[0]).url == f"{rows[0].get_absolute_url()}#live"
    html = client.get(rows[0].get_absolute_url()).content.decode()
    assert "Other words stand there" in html
    assert "a negation came or went" in html
    assert re.search(
        r"<ins><span class=\"vh\">\[here only: </span> ?not ?<span class=\"vh\">\]", html
    )
    assert "Read it as a new version" not in html
    assert "can be compared again from" in html


def test_htmx_gets_the_section_alone(client, site, rows):
    site.pages["/story"] = page(markup(*STORY))
    response = press(client, rows[0], HX_Request="true")
    html = response.content.decode()
    assert response.status_code == 200
    assert "The same words stand there" in html
    assert "<html" not in html
    again = press(client, rows[1], HX_Request="true").content.decode()
    assert "This page was compared a few minutes ago" in again


@pytest.mark.usefixtures("not_worked_at")
def test_importers_can_read_an_altered_page_as_a_new_version(client, site, rows):
    client.force_login(User.objects.create_user("imp", is_superuser=True))
    site.pages["/story"] = page(markup(STORY[0], STORY[1].replace("25", "35"), *STORY[2:]))
    press(client, rows[0])
    html = client.get(rows[0].get_absolute_url()).content.decode()
    assert "Read it as a new version" in html
    assert f'name="addresses" value="{site.address}/story"' in html
    response = client.post("/imports/new/", {"addresses": f"{site.address}/story"})
    assert response.status_code == 302
    assert response.url.startswith("/imports/")
    assert ImportItem.objects.count() == 0  # begun; it is worked at elsewhere


@pytest.fixture
def not_worked_at(monkeypatch):
    """Imports are begun and not worked at: what they do is tested elsewhere."""
    monkeypatch.setattr("quotes.jobs.launch", lambda _: None)


def test_strangers_are_limited(client, settings, site, rows):
    settings.RATE_LIMITS = {"live": "1/hour"}
    site.pages["/story"] = page(markup(*STORY))
    press(client, rows[0])
    LiveCheck.objects.all().delete()
    response = client.post(f"/quotes/{rows[0].uid}/compare/", follow=True)
    assert "1 pages in 60 minutes are compared for one reader" in response.content.decode()
    assert site.paths() == ["/story"]


def test_who_may_press(client, settings, rows):
    assert client.get(f"/quotes/{rows[0].uid}/compare/").status_code == 405
    assert client.post("/quotes/none/compare/").status_code == 404
    settings.PUBLIC_READS = False
    assert press(client, rows[0]).url.startswith("/account/login/")
