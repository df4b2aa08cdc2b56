"""What people come to do, done in a real browser by keyboard alone."""

import re
from collections.abc import Iterator
from typing import Any, cast

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import audit
from tests.browser.conftest import FIRST_DRAFT_MS
from tests.browser.site import Site
from tests.browser.world import DRAFT

pytestmark = pytest.mark.browser
TABS_MOST = 150
NARRATIVE = "\n\nThe rain went on all night, and in the morning the quay stood under water."
LONG_DRAFT_CHARS = 190_000


@pytest.fixture
def tab(account: BrowserContext, site: Site) -> Iterator[Page]:
    """A page of the operator's browser, whose clipboard may be read."""
    account.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.address)
    page = account.new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    yield page
    page.close()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what `selector` finds has the focus, as somebody without a mouse does."""
    for _ in range(TABS_MOST):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by {TABS_MOST} presses of Tab")


def test_search_narrow_open_cite_copy(tab: Page, site: Site):
    tab.goto(site.address)
    tab.keyboard.press("/")
    tab.keyboard.type("bridge")
    tab.keyboard.press("Enter")
    tab.wait_for_url(re.compile("q=bridge"))
    tab.wait_for_load_state()
    rows = tab.locator("#found [data-row]")
    before = rows.count()
    assert before

    tab_to(tab, "#facets input")
    name = tab.evaluate("document.activeElement.closest('label').textContent.trim()")
    tab.keyboard.press("Space")
    tab.wait_for_url(re.compile("q=bridge.+speaker=|speaker=.+q=bridge"))
    expect(tab.locator("#found .chips")).to_contain_text(name)
    assert 0 < rows.count() < before

    tab.keyboard.press("Escape")
    tab.locator("body").press("j")
    expect(tab.locator("[data-row-link]:focus")).to_have_count(1)
    tab.keyboard.press("Enter")
    tab.wait_for_url(re.compile("/quotes/[0-9a-z]+/"))
    expect(tab.locator("h1")).to_be_visible()

    tab_to(tab, "#cite-style")
    for _ in ("Markdown", "MLA"):  # what begins so; of more letters each would have to be quick
        tab.keyboard.press("m")
    expect(tab.locator("#cite-result")).to_contain_text("qtd. in")
    tab_to(tab, "#cite-result .copy")
    tab.keyboard.press("Enter")
    shown = tab.locator("#cite-result").evaluate(
        "e => [...e.querySelectorAll('textarea, input')].map(f => f.value)"
    )
    tab.wait_for_function(
        "shown => navigator.clipboard.readText()"
        ".then(text => shown.includes(text.replaceAll('\\r', '')))",
        arg=shown,
    )


def test_review_with_two_keys_and_undo(tab: Page, site: Site):
    tab.goto(site.address + reverse("review"))
    first = tab.url
    tab.keyboard.press("c")
    expect(tab.locator("#outcome")).to_be_focused()  # and so the keys act
    assert tab.url != first
    tab.keyboard.press("u")
    expect(tab.locator("#outcome")).to_contain_text(re.compile("undone", re.IGNORECASE))


def test_put_aside_into_a_collection(tab: Page, site: Site):
    tab.goto(site.address + reverse("quotations") + "?q=napkin")
    row = tab.locator("#found [data-row]").first
    uid = row.locator("[data-row-link]").get_attribute("href").strip("/").rpartition("/")[2]
    tab_to(tab, f"#aside-{uid}")
    tab.keyboard.press("Enter")
    expect(row).to_contain_text("Take out")
    expect(row).to_contain_text("napkin")  # the button was changed, not the list
    tab.goto(site.address + reverse("collections"))
    tab_to(tab, "main a[href*='/collections/']")
    tab.goto(site.address + reverse("collection", args=[site.facts["collection"]]))
    expect(tab.locator(f"#item-{uid}")).to_be_visible()
    tab.goto(site.address + reverse("quotations") + "?q=napkin")
    tab_to(tab, f"#aside-{uid}")
    tab.keyboard.press("Enter")
    expect(row).to_contain_text("Put aside")


def test_the_histogram_is_brushed(tab: Page, site: Site):
    tab.goto(site.address + reverse("quotations") + "?q=ferries")
    expect(tab.locator("[data-brush] input").first).to_be_visible()
    found = tab.locator("#found [data-row]")
    before = found.count()
    tab_to(tab, "[data-brush] input, .timeline input[type=range]")
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("Enter")
    tab.wait_for_url(re.compile("after="))
    expect(tab.locator("#found .chips")).to_contain_text(re.compile("from", re.IGNORECASE))
    assert found.count() < before


def test_a_draft_is_checked_and_cited(tab: Page, site: Site, axe: Axe):
    tab.goto(site.address + reverse("check"))
    tab_to(tab, "main textarea")
    tab.keyboard.insert_text(DRAFT)
    tab_to(tab, "main button.primary")
    tab.keyboard.press("Enter")
    items = tab.locator(".check-item")
    expect(items).to_have_count(4, timeout=FIRST_DRAFT_MS)
    kinds = [items.nth(i).get_attribute("data-status") for i in range(4)]
    assert kinds == ["verbatim", "altered", "other-speaker", "not-found"]
    expect(items.nth(1)).to_contain_text("A negation differs")
    assert audit.accessibility(tab, axe) + audit.width(tab) + audit.outline(tab) == []
    tab.set_viewport_size({"width": 390, "height": 900})
    assert audit.accessibility(tab, axe) + audit.width(tab) == []


def test_a_long_draft_says_how_far_it_is_read(tab: Page, site: Site):
    """No machine reads it in one stint; what was found by then can be had before its end."""
    tab.goto(site.address + reverse("check"))
    text = DRAFT + NARRATIVE * (LONG_DRAFT_CHARS // len(NARRATIVE))
    draft = {"name": "draft.txt", "mimeType": "text/plain", "buffer": text.encode()}
    tab.locator("main input[type=file]").set_input_files(cast("Any", draft))
    tab_to(tab, "main button.primary")
    tab.keyboard.press("Enter")
    expect(tab.locator("main button.primary")).to_be_disabled()
    said, words = tab.locator(".check-busy [role=status]"), re.compile(r"\d+ % read, 4 quotations")
    expect(said).to_contain_text(words, timeout=FIRST_DRAFT_MS)
    bar = tab.get_by_role("progressbar", name="How much of the draft is read")
    assert 0 < bar.evaluate("bar => bar.value") < 1
    tab_to(tab, ".check-busy button")
    tab.keyboard.press("Enter")
    expect(tab.locator(".check-item")).to_have_count(4, timeout=FIRST_DRAFT_MS)
    expect(tab.get_by_role("note")).to_contain_text("Not read to its end")
    expect(tab.get_by_role("button", name="Read on")).to_be_visible()


def test_a_draft_is_checked_without_scripts(plain: BrowserContext, site: Site):
    page = plain.new_page()
    page.goto(site.address + reverse("check"))
    page.locator("main textarea").fill(DRAFT)
    page.locator("main button.primary").click(timeout=FIRST_DRAFT_MS)
    expect(page.locator(".check-item")).to_have_count(4, timeout=FIRST_DRAFT_MS)
    page.close()


def test_search_works_without_scripts(plain: BrowserContext, site: Site):
    page = plain.new_page()
    page.goto(site.address)
    page.locator("main input[type=search]").fill("napkin")
    page.locator("main input[type=search]").press("Enter")
    rows = page.locator("#found [data-row]")
    expect(rows).not_to_have_count(0)
    page.locator("#facets input[type=checkbox]").first.check()
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url(re.compile("outlet=[a-z]"))
    expect(page.locator("#facets input[type=checkbox]:checked")).to_have_count(1)
    expect(rows).not_to_have_count(0)
    page.close()
