"""Every page in a real browser: accessible, light, still, in one width, usable without scripts."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import BrowserContext, expect
from playwright.sync_api import Page as BrowserPage

from quotes import urls
from quotes.cite_pages import COOKIE
from tests.browser import audit
from tests.browser.addresses import OTHERS, PAGES, STATES, Page
from tests.browser.site import Site

pytestmark = pytest.mark.browser
EVERY = PAGES + STATES
FOR_VISITORS = [page for page in EVERY if page.who in ("all", "visitor")]
FOR_ACCOUNTS = [page for page in EVERY if page.who != "visitor"]


def labels(pages: list[Page]) -> list[str]:
    return [page.label for page in pages]


def named(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from named(pattern.url_patterns)
        elif pattern.name:
            yield pattern.name


def test_every_named_address_is_a_page_or_said_to_be_none():
    names = set(named(urls.urlpatterns))
    assert names == {page.name for page in PAGES} | set(OTHERS)
    assert not {page.name for page in PAGES} & set(OTHERS)
    assert names <= set(get_resolver().reverse_dict)


@pytest.mark.parametrize("page", FOR_VISITORS, ids=labels(FOR_VISITORS))
def test_a_page_for_visitors(visitor: BrowserContext, site: Site, axe: Axe, page: Page):
    with audit.opened(visitor) as visit:
        address = site.address + page.path(site.facts)
        assert audit.all_of(visit, axe, address, page.status) == []


@pytest.mark.parametrize("page", FOR_ACCOUNTS, ids=labels(FOR_ACCOUNTS))
def test_a_page_for_those_signed_in(account: BrowserContext, site: Site, axe: Axe, page: Page):
    with audit.opened(account) as visit:
        address = site.address + page.path(site.facts)
        assert audit.all_of(visit, axe, address, page.status) == []


# A preview that comes by itself with scripts and by a button without; and what is true of a moment.
_NEVER_THE_SAME = ("collection-export", "status")
WITHOUT_SCRIPTS = [
    page for page in PAGES if page.who != "visitor" and page.name not in _NEVER_THE_SAME
]
# What only scripts can do is offered by scripts only.
OFFERED_BY_SCRIPTS = {
    "Copy",
    "Drag over the bars to narrow the list",
    "From",  # of the sliders beside the bars; the fields of days say "Published from"
    "Keys: j and k next and previous pair, s the same, d different.",
    "Single keys act, when you are not typing",
    "To",
    "⠿ Drag",
}


_MINUTE = re.compile(r"\d\d:\d\d UTC")


@pytest.mark.parametrize("page", WITHOUT_SCRIPTS, ids=labels(WITHOUT_SCRIPTS))
def test_a_page_says_the_same_without_scripts(
    account: BrowserContext, plain_account: BrowserContext, site: Site, page: Page
):
    address = site.address + page.path(site.facts)
    # A style that was chosen before comes by itself with scripts, and by a button without.
    account.clear_cookies(name=COOKIE)
    with audit.opened(account) as with_scripts, audit.opened(plain_account) as without:
        with_scripts.load(address, 1280)
        without.page.goto(address)
        more = _said(with_scripts.page) - _said(without.page)
        assert more <= OFFERED_BY_SCRIPTS


def _said(page: BrowserPage) -> set[str]:
    """Return the lines of a page without the minute at which it was made."""
    return {_MINUTE.sub("", line) for line in audit.lines_of(page)}


NEED_ACCOUNTS = [page for page in PAGES if page.who == "account"]


@pytest.mark.parametrize("page", NEED_ACCOUNTS, ids=labels(NEED_ACCOUNTS))
def test_what_needs_an_account_leads_to_signing_in(visitor: BrowserContext, site: Site, page: Page):
    answer = visitor.request.get(site.address + page.path(site.facts), max_redirects=0)
    assert (answer.status, "/account/login/" in answer.headers.get("location", "")) == (302, True)


@pytest.mark.parametrize("name", ["article", "statement", "quotation"])
def test_on_paper_there_are_no_ways_on_and_doubt_is_seen(
    visitor: BrowserContext, site: Site, name: str
):
    """A page's own styles come before those of print, which win; circles are not printed empty."""
    page = next(page for page in PAGES if page.name == name)
    tab = visitor.new_page()
    tab.emulate_media(media="print")
    tab.goto(site.address + page.path(site.facts))
    for ways in (".side-ways", ".row-meta > a[data-row-link]", "nav", "button"):
        expect(tab.locator(ways).locator("visible=true")).to_have_count(0)
    circles = "e => getComputedStyle(e, '::before').printColorAdjust"
    assert tab.locator(".confidence").first.evaluate(circles) == "exact"
    assert not tab.locator("#cite-result").count() or (
        tab.locator("#cite-result").evaluate("e => getComputedStyle(e).minHeight") == "0px"
    )
    tab.close()
