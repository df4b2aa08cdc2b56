"""What is pressed twice is done once, and where the reader is stays where it was."""

import re
import time
from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.site import Site
from tests.browser.test_bad_network import Held

pytestmark = pytest.mark.browser
# Times of presses are set by the test: a busy machine takes its own.
OWN_TIME = """
  window.at = 1000;
  Object.defineProperty(Event.prototype, "timeStamp", {get: () => window.at});
  performance.now = () => window.at;
"""


@pytest.fixture
def tab(own_account: BrowserContext) -> Iterator[Page]:
    """A page of the operator's, with a clock that the test sets."""
    page = own_account.new_page()
    page.add_init_script(OWN_TIME)
    yield page
    page.close()


def posts(tab: Page) -> list[str]:
    """Return a list that grows by the address of each form that is sent from now on."""
    sent: list[str] = []
    tab.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    return sent


@pytest.mark.parametrize("by", ["mouse", "key"])
def test_a_double_press_puts_aside_and_not_out_again(tab: Page, site: Site, by: str):
    """The answer comes between the two, with another button in the same place."""
    tab.goto(f"{site.address}/quotes/?q=napkin")
    row = tab.locator("#found [data-row]").last
    button = row.locator(".put-aside button")

    def press() -> None:
        if by == "mouse":
            button.dispatch_event("click", {"detail": 1, "clientX": 100, "clientY": 100})
        else:
            button.press("Enter")

    press()
    expect(row).to_contain_text("Take out")
    sent = posts(tab)
    tab.evaluate("window.at += 300")
    press()
    expect(row).to_contain_text("Take out")
    assert sent == []
    tab.evaluate("window.at += 1000")
    button.press("Enter")
    expect(button).to_have_text("Put aside")
    assert len(sent) == 1


def test_a_double_click_takes_out_one(tab: Page, site: Site):
    """The row below comes up under the pointer."""
    tab.goto(site.address + reverse("collection", args=[site.facts["collection"]]))
    rows = tab.locator("#items [data-uid]")
    count = rows.count()
    at = {"detail": 1, "clientX": 100, "clientY": 100}
    button = rows.first.locator("[name=remove]")
    button.dispatch_event("click", at)
    expect(rows).to_have_count(count - 1)
    sent = posts(tab)
    tab.evaluate("window.at += 300")
    button.dispatch_event("click", at)
    assert sent == []
    tab.evaluate("window.at += 1000")
    tab.locator("#undo-remove").click()
    expect(rows).to_have_count(count)


def test_a_double_click_confirms_one_quotation(tab: Page, site: Site):
    """The second half of it comes to the page of the next one."""
    tab.goto(site.address + reverse("review"))
    here, sent = tab.url, posts(tab)
    confirm = tab.locator("[data-key=c]")
    tab.evaluate("window.at += 300")
    confirm.click()
    assert (sent, tab.url) == ([], here)
    tab.evaluate("window.at += 1000")
    confirm.click()
    expect(tab.locator("#outcome")).to_be_focused()  # and so the keys act
    assert len(sent) == 1
    tab.evaluate("window.at += 1000")
    tab.keyboard.press("u")
    expect(tab.locator("#outcome")).to_contain_text(re.compile("undone", re.IGNORECASE))


# A page with a form -> the field that its name or address goes into.
FORMS = {
    "account-tokens": "#id_name",
    "collection-new": "#c-name",
    "import-new": "#i-addresses",
    "saved-new": "#s-name",
}
# Presses a form's button now and while its answer is awaited, as somebody does who sees nothing.
PRESS_TWICE = """button => {
  button.click();
  setTimeout(() => button.click(), 150);
}"""
AWAITED_S = 0.6


class Slow:
    """A tracker that takes its time over a form, and what it was sent."""

    def __init__(self, tab: Page, address: re.Pattern[str]) -> None:
        self.sent: list[str] = []
        tab.route(address, self._take)

    def _take(self, route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        self.sent.append(route.request.post_data or "")
        time.sleep(AWAITED_S)
        route.fulfill(content_type="text/html", body="<!doctype html><h1>Taken</h1>")


@pytest.mark.parametrize("view", FORMS)
def test_a_form_on_its_way_is_not_sent_again(tab: Page, site: Site, view: str):
    query = "?q=ferry" if view == "saved-new" else ""
    tab.goto(site.address + reverse(view) + query)
    field = tab.locator(FORMS[view])
    field.fill("https://harbour-post.example.org/once")
    slow = Slow(tab, re.compile(re.escape(site.address)))
    button = tab.locator("main form").filter(has=field).locator("button:not([type=button])")
    button.first.evaluate(PRESS_TWICE)
    expect(tab.locator("h1")).to_have_text("Taken")
    assert len(slow.sent) == 1


def test_a_form_can_be_sent_again_after_going_back(tab: Page, site: Site):
    tab.goto(site.address + reverse("account-tokens"))
    for name in ("first of two", "second of two"):
        tab.locator("#id_name").fill(name)
        tab.get_by_role("button", name="Make it").click()
        expect(tab.locator("#made-token")).to_be_visible()
        tab.go_back()


def test_the_keys_of_two_decisions_make_one(tab: Page, site: Site):
    tab.goto(site.address + reverse("review"))
    slow = Slow(tab, re.compile("/review/"))
    tab.evaluate("""() => {
      document.querySelector("[data-key=c]").click();
      setTimeout(() => document.querySelector("[data-key=x]").click(), 150);
    }""")
    expect(tab.locator("h1")).to_have_text("Taken")
    assert ["action=confirm" in one for one in slow.sent] == [True]


# --- the speaker in a review


def begin_naming(tab: Page, site: Site) -> None:
    """Open the form for another speaker, with a known one typed and so chosen."""
    tab.goto(site.address + reverse("review-quotation", args=[site.facts["other_quotation"]]))
    tab.locator("#speaker summary").click()
    tab.locator("#r-name").press_sequentially("Henrik Dahl", delay=10)
    expect(tab.locator("[data-matches] input:checked")).to_have_count(1)


LATER_MS = 400  # by then an answer would have come and been shown
SPEAKERS = re.compile(r"/review/speakers/|[?&]name=")


def test_who_is_typed_on_is_not_whom_the_list_had_chosen(tab: Page, site: Site):
    """Sent before the list of the longer name has come."""
    begin_naming(tab, site)
    Held(tab, SPEAKERS)
    tab.locator("#r-name").press_sequentially(" Junior", delay=10)
    expect(tab.locator("[data-matches] input")).to_have_count(0)
    tab.keyboard.press("Enter")
    expect(tab.locator("#refused")).to_contain_text("No speaker fits “Henrik Dahl Junior”")


def test_a_late_list_of_speakers_leaves_what_was_chosen(tab: Page, site: Site):
    begin_naming(tab, site)
    held = Held(tab, SPEAKERS)
    tab.locator("#r-name").press_sequentially("x", delay=10)
    held.wait(1)
    tab.keyboard.press("ArrowDown")
    chosen = tab.evaluate("document.activeElement.value")
    assert tab.evaluate("document.activeElement.checked")
    held.let_go()
    tab.wait_for_timeout(LATER_MS)
    assert tab.evaluate("document.activeElement.value") == chosen
    assert tab.evaluate("document.activeElement.checked")


def test_a_name_that_cannot_be_looked_up_can_be_sent(tab: Page, site: Site):
    begin_naming(tab, site)
    tab.route(SPEAKERS, lambda route: route.abort("connectionrefused"))
    tab.locator("#r-name").fill("Hen")
    expect(tab.locator("[data-speaker-status]")).to_contain_text("could not be looked up")
    tab.unroute(SPEAKERS)
    tab.locator("#r-name").press("Enter")
    expect(tab.locator("#refused")).to_contain_text("“Hen”; choose who is meant")
    expect(tab.locator("#r-name")).to_have_value("Hen")


# --- where the reader is


def test_the_box_of_collections_keeps_the_focus(tab: Page, site: Site):
    tab.goto(site.address + reverse("quotation", args=[site.facts["not_said"]]))
    tab.locator("#collect-button").press("Enter")
    out = tab.locator("#collect").get_by_role("button", name=re.compile("Take out"))
    expect(out).to_be_visible()
    expect(tab.locator("#collect:focus-within")).to_have_count(1)
    tab.evaluate("window.at += 1000")
    out.press("Enter")
    expect(out).to_have_count(0)
    expect(tab.locator("#collect:focus-within")).to_have_count(1)


def test_a_closed_message_gives_the_focus_back(tab: Page, site: Site):
    tab.goto(f"{site.address}/quotes/?q=napkin")
    tab.route(re.compile("/collections/put/"), lambda route: route.abort("connectionrefused"))
    button = tab.locator("#found .put-aside button").first
    button.press("Enter")
    close = tab.get_by_role("button", name="Close", exact=True).and_(tab.locator(".trouble *"))
    expect(close).to_be_visible()
    expect(button).to_be_focused()
    close.press("Escape")
    expect(close).to_have_count(0)
    expect(tab.locator("body :focus")).to_have_count(1)


def test_an_import_that_ends_leaves_the_reader_at_a_link(
    tab: Page, site: Site, own_account: BrowserContext
):
    """Cancelled in another tab while a link of the page has the focus."""
    address = site.address + reverse("import", args=[site.facts["cancelled_import"]])
    tab.goto(address)
    tab.locator("[data-import-again]").focus()
    other = own_account.new_page()
    other.goto(address)
    other.get_by_role("button", name="Cancel it").click()
    expect(tab.locator("[data-import-said]")).to_contain_text("has ended", timeout=20_000)
    expect(tab.locator("[data-import-again]")).to_be_focused()
    expect(tab.locator("[data-import-again]")).to_have_text("Show the whole report")
    other.close()
