"""Answers that come late, out of order, as an error or never: it is said, and nothing is lost."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.site import Site

pytestmark = pytest.mark.browser
SEARCH = re.compile(r"/quotes/\?")
NOTED = re.compile(r"/collections/[^/]+/note/$")


@pytest.fixture
def tab(own_account: BrowserContext) -> Iterator[Page]:
    """A page of a browser that may be signed out."""
    page = own_account.new_page()
    yield page
    page.close()


class Held:
    """The requests of a page that fit, each held back until it is let go."""

    def __init__(self, page: Page, address: re.Pattern[str]) -> None:
        self.page = page
        self.is_open = False
        self.routes: list[Route] = []
        page.route(address, self._take)

    def _take(self, route: Route) -> None:
        if self.is_open:
            route.continue_()
        else:
            self.routes.append(route)

    def let_go(self) -> None:
        """Let all through that were held, the last first, and those that come."""
        self.is_open = True
        for route in reversed(self.routes):
            route.continue_()

    def wait(self, count: int) -> None:
        """Wait until so many have been asked for."""
        for _ in range(200):
            if len(self.routes) >= count:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{len(self.routes)} were asked for, not {count}")


def expect_trouble(tab: Page, said: str) -> None:
    """Wait until the page says that something is wrong, and `said` of it."""
    expect(tab.locator(".trouble p")).to_be_visible()
    expect(tab.locator(".trouble p")).to_contain_text(said)


class Fault(NamedTuple):
    """A way in which a request comes to nothing, and what the page says of it."""

    happen: Callable[[Route], None]
    said: str


def page_of(status: int, title: str) -> Callable[[Route], None]:
    """Return what answers with a page of the tracker's own kind."""
    html = f"<!doctype html><main><h1>{title}</h1><p>Try again in a minute.</p></main>"
    return lambda route: route.fulfill(status=status, content_type="text/html", body=html)


FAULTS = {
    "gone": Fault(lambda route: route.abort("connectionrefused"), "did not answer"),
    "broken": Fault(page_of(500, "Something broke here"), "Something broke here."),
    "forbidden": Fault(page_of(403, "Not allowed"), "Not allowed."),
    "too-much": Fault(page_of(429, "Too much"), "Too much."),
    "not-there": Fault(page_of(404, "Nothing is here"), "Nothing is here."),
    "proxy": Fault(lambda route: route.fulfill(status=502, body="no"), "with an error (502)"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_search_that_fails_is_told_and_can_be_tried_again(tab: Page, site: Site, fault: Fault):
    tab.goto(f"{site.address}/quotes/?q=bridge")
    rows = tab.locator("#found [data-row]").count()
    tab.route(SEARCH, fault.happen)
    box = tab.locator("main input[type=search]")
    box.fill("ferries")
    expect_trouble(tab, fault.said)
    assert tab.url.endswith("?q=bridge")
    expect(tab.locator("#found")).to_have_class(re.compile("is-stale"))
    expect(tab.locator("#found [data-row]")).to_have_count(rows)
    expect(box).to_have_value("ferries")
    expect(box).to_be_focused()
    tab.unroute(SEARCH)
    tab.get_by_role("button", name="Try again").press("Enter")
    tab.wait_for_url(re.compile("q=ferries"))
    expect(tab.locator(".trouble p")).to_have_count(0)
    expect(tab.locator("#found")).not_to_have_class(re.compile("is-stale"))


def open_note(tab: Page, site: Site, place: int = 0) -> str:
    """Open the note of a collection's item; return the uid of its quotation."""
    tab.goto(site.address + reverse("collection", args=[site.facts["collection"]]))
    row = tab.locator("#items [data-uid]").nth(place)
    row.locator(".item-edit summary").click()
    return str(row.get_attribute("data-uid"))


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_note_that_cannot_be_sent_is_not_lost(tab: Page, site: Site, fault: Fault):
    uid = open_note(tab, site)
    note = tab.locator(f"#note-{uid}")
    note.fill("It was raining then.")
    tab.route(NOTED, fault.happen)
    tab.locator(f"#keep-{uid}").click()
    expect_trouble(tab, fault.said)
    expect(note).to_have_value("It was raining then.")
    tab.unroute(NOTED)
    tab.get_by_role("button", name="Try again").click()
    expect(tab.locator(f"#item-{uid} .item-note")).to_contain_text("It was raining then.")
    expect(tab.locator(".trouble p")).to_have_count(0)


def test_who_was_signed_out_signs_in_again_and_sends_what_was_typed(
    tab: Page, site: Site, own_account: BrowserContext
):
    uid = open_note(tab, site)
    note = tab.locator(f"#note-{uid}")
    note.fill("As she told us twice.")
    session = [one for one in own_account.cookies() if one["name"] == "sessionid"]
    own_account.clear_cookies(name="sessionid")
    tab.locator(f"#keep-{uid}").click()
    expect_trouble(tab, "signed out")
    expect(note).to_have_value("As she told us twice.")
    expect(tab.get_by_role("link", name="Sign in, in a new tab")).to_have_attribute(
        "href", re.compile("^/account/login/\\?next=%2Fcollections%2F")
    )
    own_account.add_cookies(session)  # type: ignore[arg-type]  as they were read
    # Signing in changes the token of forms: what this page was made with does not count any more.
    own_account.add_cookies([{"name": "csrftoken", "value": "a" * 32, "url": site.address}])
    tab.get_by_role("button", name="Try again").click()
    expect(tab.locator(f"#item-{uid} .item-note")).to_contain_text("As she told us twice.")


def test_a_plain_form_has_the_token_of_who_signed_in_elsewhere(
    tab: Page, site: Site, own_account: BrowserContext
):
    tab.goto(site.address + reverse("account-tokens"))
    own_account.add_cookies([{"name": "csrftoken", "value": "b" * 32, "url": site.address}])
    tab.locator("#id_name").fill("after signing in elsewhere")
    tab.get_by_role("button", name="Make it").click()
    expect(tab.locator("main")).to_contain_text("after signing in elsewhere")
    expect(tab.locator("h1")).not_to_contain_text("Not allowed")


def test_what_is_written_stays_when_the_list_comes_back(tab: Page, site: Site):
    """A note half written, and another item moved meanwhile."""
    uid = open_note(tab, site)
    tab.locator(f"#note-{uid}").fill("Not yet don")
    other = str(tab.locator("#items [data-uid]").nth(2).get_attribute("data-uid"))
    with tab.expect_response(re.compile("/collections/.+/$")):
        tab.locator(f"#up-{other}").click()
    expect(tab.locator("#items [data-uid]").nth(1)).to_have_attribute("data-uid", other)
    expect(tab.locator(f"#note-{uid}")).to_have_value("Not yet don")
    expect(tab.locator(f"#note-{uid}")).to_be_visible()
    tab.locator(f"#down-{other}").click()
    expect(tab.locator("#items [data-uid]").nth(2)).to_have_attribute("data-uid", other)


def test_what_is_written_on_while_a_note_is_sent_stays(tab: Page, site: Site):
    uid = open_note(tab, site)
    note = tab.locator(f"#note-{uid}")
    note.fill("The first half")
    held = Held(tab, NOTED)
    tab.locator(f"#keep-{uid}").click()
    held.wait(1)
    note.fill("The first half, and the second")
    held.let_go()
    expect(tab.locator(f"#item-{uid} .item-note")).to_have_text("Note: The first half")
    expect(note).to_have_value("The first half, and the second")
    expect(note).to_be_visible()


def test_steps_that_wait_for_each_other_are_all_shown(tab: Page, site: Site):
    tab.goto(site.address + reverse("collection", args=[site.facts["collection"]]))
    uid = str(tab.locator("#items [data-uid]").nth(3).get_attribute("data-uid"))
    moved = re.compile("/collections/[^/]+/move/$")
    held = Held(tab, moved)
    for _ in range(3):
        tab.locator(f"#up-{uid}").press("Enter")
    held.wait(1)
    assert len(held.routes) == 1  # one after the other, so that none overtakes
    held.let_go()
    expect(tab.locator("#items [data-uid]").nth(0)).to_have_attribute("data-uid", uid)
    expect(tab.locator(f"#up-{uid}")).to_be_focused()
    tab.reload()
    expect(tab.locator("#items [data-uid]").nth(0)).to_have_attribute("data-uid", uid)


def test_a_note_that_is_kept_leaves_the_focus_at_its_item(tab: Page, site: Site):
    uid = open_note(tab, site)
    tab.locator(f"#note-{uid}").fill("Kept by key.")
    tab.locator(f"#keep-{uid}").press("Enter")
    expect(tab.locator(f"#item-{uid} .item-note")).to_contain_text("Kept by key.")
    expect(tab.locator(f"#edit-{uid}")).to_be_focused()


def test_the_citation_is_of_the_style_that_was_chosen_last(tab: Page, site: Site):
    """The keys step through the styles faster than answers come."""
    tab.goto(site.address + reverse("quotation", args=[site.facts["quotation"]]))
    asked = re.compile("/cite")
    held = Held(tab, asked)
    for style in ("mla", "chicago-notes", "ieee"):
        tab.locator("#cite-style").select_option(value=style)
    held.wait(3)
    held.let_go()
    expect(tab.locator("#cite-result .hint")).to_contain_text("IEEE")
    expect(tab.locator("#cite-result .hint")).not_to_contain_text("MLA")


def test_two_citations_pressed_at_once_are_both_put_in(tab: Page, site: Site):
    check_two(tab, site)
    checked = re.compile("/check/$")
    held = Held(tab, checked)
    for number in ("1", "2"):
        tab.locator(f"[data-cite='{number}']").first.click()
    held.wait(1)
    held.let_go()
    expect(tab.locator("#check-result [name=inserted]")).to_have_count(2)
    expect(tab.locator("[data-undo]")).to_have_count(2)


def test_a_citation_that_failed_is_not_said_to_be_there(tab: Page, site: Site):
    check_two(tab, site)
    tab.route(re.compile("/check/$"), lambda route: route.abort("connectionrefused"))
    button = tab.locator("[data-cite='1']").first
    button.click()
    expect_trouble(tab, "did not answer")
    expect(tab.locator(".draft-text .cited")).to_have_count(0)
    expect(button).to_have_text(re.compile("^Cite "))
    expect(tab.locator("#check-said")).to_be_empty()


def check_two(tab: Page, site: Site) -> None:
    """Have a draft with two verbatim quotations checked."""
    tab.goto(site.address + reverse("check"))
    tab.locator("main textarea").fill(
        "“A bridge is a promise, and this one could no longer be kept,” Maud Ferris said.\n\n"
        "“This sum was written on a napkin,” said Henrik Dahl."
    )
    tab.locator("main button.primary").click()
    expect(tab.locator(".check-item")).to_have_count(2, timeout=60_000)


@pytest.mark.parametrize(
    "fault", [FAULTS["gone"], FAULTS["broken"], FAULTS["proxy"]], ids=["gone", "broken", "proxy"]
)
def test_a_draft_is_kept_while_the_tracker_is_gone(tab: Page, site: Site, fault: Fault):
    tab.goto(site.address + reverse("check"))
    draft = {
        "name": "draft.txt",
        "mimeType": "text/plain",
        "buffer": b"\xe2\x80\x9cNo,\xe2\x80\x9d she said.",
    }
    tab.locator("main input[type=file]").set_input_files(draft)  # type: ignore[arg-type]
    checked = re.compile("/check/$")
    tab.route(checked, fault.happen)
    tab.locator("main button.primary").click()
    expect_trouble(tab, fault.said)
    assert tab.url.endswith("/check/")
    assert tab.locator("main input[type=file]").evaluate("field => field.files.length") == 1
    expect(tab.locator("main button.primary")).to_be_enabled()
    tab.unroute(checked)
    tab.get_by_role("button", name="Try again").click()
    expect(tab.locator("#check-result")).to_be_visible(timeout=60_000)


def test_a_waiting_import_says_that_the_tracker_is_silent_and_when_it_is_back(
    tab: Page, site: Site, own_account: BrowserContext
):
    asked = re.compile("/imports/.+/progress/$")
    tab.route(asked, lambda route: route.abort("connectionrefused"))
    tab.goto(site.address + reverse("import", args=[site.facts["waiting_import"]]))
    said = tab.locator("[data-import-said]")
    expect(said).to_contain_text("does not answer", timeout=20_000)
    tab.unroute(asked)
    expect(said).to_contain_text("answers again", timeout=30_000)
    # In a private tracker who is signed out is sent to sign in.
    sign_in = f"{site.address}/account/login/?next=/"
    tab.route(asked, lambda route: route.fulfill(status=302, headers={"Location": sign_in}))
    own_account.clear_cookies(name="sessionid")
    expect_trouble(tab, "signed out")
