"""Boxes that suggest while one types: what is chosen from does not change under one's hands."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.browser.site import Site

pytestmark = pytest.mark.browser
LATER_MS = 400  # more than a box waits before it asks


class Box(NamedTuple):
    """A page with a box that suggests, where it asks, what is typed first and then more.

    `found`: what the first suggestion for all of it has.
    """

    view: str
    selector: str
    source: re.Pattern[str]
    first: str
    more: str
    found: str


BOXES = {
    "head": Box(
        "about", "#head-q", re.compile(r"/search/suggest/"), "ferris", " on bridge", "on “bridge”"
    ),
    "picker": Box(
        "speaker-merge",
        "[data-picker] input[role=combobox]",
        re.compile(r"/speakers/suggest/"),
        "iv",
        "o b",
        "Ivo Brandt",
    ),
}


@pytest.fixture(params=BOXES.values(), ids=BOXES)
def box(request: pytest.FixtureRequest) -> Box:
    """Each box in turn."""
    chosen: Box = request.param
    return chosen


@pytest.fixture
def tab(account: BrowserContext, site: Site, box: Box) -> Iterator[Page]:
    """The page of the box."""
    page = account.new_page()
    parts = {"slug": site.facts["speaker"]} if box.view == "speaker-merge" else {}
    page.goto(site.address + reverse(box.view, kwargs=parts))
    yield page
    page.close()


class Held:
    """The answers to a box, each held back until it is let go."""

    def __init__(self, page: Page, box: Box) -> None:
        self.routes: list[Route] = []
        self.page = page
        page.route(box.source, self.hold)

    def hold(self, route: Route) -> None:
        """Keep it."""
        self.routes.append(route)

    def let_go(self) -> None:
        """Let the last one through as soon as it has been asked for, and wait until it is in."""
        self.wait()
        self.routes.pop().continue_()
        self.page.wait_for_timeout(LATER_MS)

    def wait(self) -> None:
        """Wait until one is asked for."""
        for _ in range(100):
            if self.routes:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("nothing was asked for")


def listed(tab: Page, box: Box) -> Locator:
    return tab.locator(f"#{tab.locator(box.selector).get_attribute('id')}-list [role=option]")


def test_a_late_answer_leaves_what_is_chosen(tab: Page, box: Box):
    field = tab.locator(box.selector)
    field.press_sequentially(box.first, delay=10)
    options = listed(tab, box)
    expect(options.first).to_be_visible()
    held = Held(tab, box)
    field.press_sequentially(box.more, delay=10)
    held.wait()
    tab.keyboard.press("ArrowDown")
    held.let_go()
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", re.compile("-0$"))


def test_a_late_answer_opens_no_list_that_was_closed(tab: Page, box: Box):
    field = tab.locator(box.selector)
    field.press_sequentially(box.first, delay=10)
    expect(listed(tab, box).first).to_be_visible()
    held = Held(tab, box)
    field.press_sequentially(box.more, delay=10)
    held.wait()
    tab.keyboard.press("Escape")
    held.let_go()
    expect(listed(tab, box).first).to_be_hidden()


def test_back_in_the_box_the_list_answers_what_is_in_it(tab: Page, box: Box):
    """Typed, chosen from what was there, and gone back up before the answer had come."""
    field = tab.locator(box.selector)
    field.press_sequentially(box.first, delay=10)
    options = listed(tab, box)
    expect(options.first).to_be_visible()
    words = (box.first + box.more).replace(" ", "+")
    with tab.expect_response(lambda answer: f"q={words}" in answer.url):
        field.press_sequentially(box.more, delay=10)
        tab.keyboard.press("ArrowDown")
        tab.keyboard.press("ArrowUp")
    expect(options.first).to_contain_text(box.found)
