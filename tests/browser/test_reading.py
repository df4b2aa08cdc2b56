"""What a page says to who hears it, chooses its colours, or has it on paper.

What axe cannot see: whether names tell things apart, whether doubt is heard, what a printer leaves.
"""

import re
from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.addresses import PAGES
from tests.browser.conftest import FIRST_DRAFT_MS, cookie_of, opened
from tests.browser.site import Site

pytestmark = pytest.mark.browser
# Buttons, folds and links of a row, by what a screen reader calls them.
_WAYS_OF_ROWS = """() => [...document.querySelectorAll(
  "[data-row] :is(button, summary, .put-aside a, .item-moves button, .row-meta > a)")]
  .filter(e => e.checkVisibility())
  .map(e => (e.getAttribute("aria-label") ?? e.textContent).trim())"""


def path(name: str, site: Site) -> str:
    """Return the address of the page that is called `name`."""
    page = next(page for page in PAGES if page.name == name)
    return site.address + page.path(site.facts)


@pytest.fixture
def tab(account: BrowserContext) -> Iterator[Page]:
    page = account.new_page()
    yield page
    page.close()


@pytest.mark.parametrize(
    ("words", "mark", "heard", "told"),
    [
        pytest.param(
            "promise",
            "“A bridge is a promise, and this one could no longer be kept.”",
            r", quotation \d+$",
            r"^Maud Ferris, direct$",
            id="sure",
        ),
        pytest.param(
            "caliphate",
            "it the capital of a “caliphate”",
            r", quotation \d+, unsure$",
            r"^No speaker named, mixed, unsure$",
            id="unsure",
        ),
        pytest.param(
            "Sundays",
            "“nobody rides on Sundays”",
            r", quotation \d+, not reported as said$",
            r"^Signe Holm, negated, not reported as said, direct$",
            id="not said",
        ),
    ],
)
def test_a_mark_in_a_text_is_heard_with_its_number_and_its_doubt(
    tab: Page, site: Site, words: str, mark: str, heard: str, told: str
):
    tab.goto(f"{site.address}/quotes/?q={words}")
    tab.locator("[data-row]", has_text=mark).locator(".row-where a").first.click()
    link = tab.locator("a.mark[data-n]", has_text=mark)
    expect(link).to_have_accessible_name(re.compile(re.escape(mark) + heard))
    expect(link).to_have_attribute("title", re.compile(told))


@pytest.mark.parametrize("name", ["quotations", "collection", "statement", "compare"])
def test_what_is_done_with_one_of_many_says_with_which(tab: Page, site: Site, name: str):
    tab.goto(path(name, site))
    if name == "collection":  # its grips come by a script
        expect(tab.locator(".item-handle").last).to_be_visible()
    tab.wait_for_function(f"({_WAYS_OF_ROWS})().length > 1")
    names = tab.evaluate(_WAYS_OF_ROWS)
    assert sorted(names) == sorted(set(names))


def test_tables_of_a_speaker_have_names(tab: Page, site: Site):
    tab.goto(path("speaker", site))
    for name in ("Roles over time", "Names", "Who quotes Maud Ferris"):
        expect(tab.get_by_role("table", name=name, exact=True)).to_be_visible()


@pytest.mark.parametrize("name", ["account-password", "account-delete", "speaker-edit"])
def test_what_is_wrong_with_a_field_is_told_with_the_field(tab: Page, site: Site, name: str):
    tab.goto(path(name, site))
    form = tab.locator("main form[method=post]").first
    field = form.locator("input:not([type=hidden]), textarea").first
    field.fill("")
    form.evaluate("e => { e.noValidate = true; }")
    form.locator("button").first.click()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("required"))


@pytest.fixture(params=["light", "dark"])
def contrast(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Page]:
    """A page in colours of the reader's own choosing."""
    with opened(browser, forced_colors="active", color_scheme=request.param) as context:
        context.add_cookies([cookie_of(site)])
        yield context.new_page()


@pytest.mark.parametrize(
    ("name", "drawn", "by"),
    [
        ("speaker", ".plot-bar", "fill"),
        ("speaker", ".chart rect", "fill"),
        ("statement", ".spread-line", "stroke"),
        ("quotations", ".timeline .plot-bar", "fill"),
    ],
)
def test_drawings_are_seen_in_colours_of_the_readers_choosing(
    contrast: Page, site: Site, name: str, drawn: str, by: str
):
    contrast.goto(path(name, site))
    expect(contrast.locator(drawn).first).to_be_attached()
    text = contrast.locator("h1").evaluate("e => getComputedStyle(e).color")
    expect(contrast.locator(drawn).first).to_have_css(by, text)


def test_the_chosen_speaker_is_seen_in_colours_of_the_readers_choosing(contrast: Page, site: Site):
    contrast.goto(path("article", site))
    contrast.locator("a.chip-choice").first.click()
    chosen = contrast.locator("a.chip-choice[aria-current]")
    other = contrast.locator("a.chip-choice:not([aria-current])").first
    ground = "e => getComputedStyle(e).backgroundColor"
    expect(chosen).not_to_have_css("background-color", other.evaluate(ground))


@pytest.mark.parametrize(
    ("name", "shown", "hidden"),
    [
        pytest.param("collection", [".row .print-only"], [".item-tools"], id="collection"),
        pytest.param(
            "statement",
            [".report .print-only", ".spread .hint", "#decided .hint"],
            [".decide-same", ".add-report"],
            id="statement",
        ),
        pytest.param("quotation", [".statement-box .hint"], [".cite .hint"], id="quotation"),
        pytest.param("speaker", [".plot + .hint"], [".plot + .hint .no-print"], id="speaker"),
    ],
)
def test_on_paper_nothing_is_cut_short(
    tab: Page, site: Site, name: str, shown: list[str], hidden: list[str]
):
    """Each quotation has its address, a plot its greatest number, a box what it is about."""
    tab.emulate_media(media="print")
    tab.goto(path(name, site))
    for words in shown:
        expect(tab.locator(words).first).to_be_visible()
    for ways in hidden:
        expect(tab.locator(ways).first).to_be_hidden()


def test_on_paper_a_row_has_the_address_that_verifies_it(tab: Page, site: Site):
    tab.emulate_media(media="print")
    tab.goto(path("collection", site))
    row = tab.locator(f"#item-{site.facts['quotation']}")
    expect(row).to_contain_text(f"{site.address}/q/{site.facts['quotation']}")


@pytest.mark.parametrize(
    ("name", "query", "told"),
    [
        ("quotations", "page=9999", "There is no such page"),
        ("statements", "page=9999", "There is no such page"),
        ("quotations", "q=%22not+closed", "This cannot be used as a filter"),
    ],
)
def test_on_a_phone_what_is_wrong_is_in_sight(
    tab: Page, site: Site, name: str, query: str, told: str
):
    """Filters that nothing is wrong with stay folded, instead of coming before the message."""
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto(f"{path(name, site)}?{query}")
    expect(tab.get_by_role("heading", name=told)).to_be_in_viewport()


def test_on_a_phone_a_wrong_filter_is_unfolded(tab: Page, site: Site):
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto(f"{path('quotations', site)}?after=yesterday")
    expect(tab.locator("#f-after")).to_be_visible()
    expect(tab.locator("#f-after")).to_have_accessible_description(re.compile("year-month-day"))


def test_after_a_form_was_refused_one_is_at_what_is_wrong(tab: Page, site: Site):
    tab.goto(f"{site.address}{reverse('account-password')}")
    tab.locator("#id_old_password").fill("not this one")
    tab.locator("#id_new_password1").fill("quay-and-tide-31")
    tab.locator("#id_new_password2").fill("quay-and-tide-31")
    tab.locator("#id_new_password2").press("Enter")
    expect(tab.locator("#id_old_password")).to_be_focused()
    expect(tab.locator("#id_old_password")).to_have_accessible_description(re.compile("incorrect"))


def test_what_differs_from_the_archive_is_heard(tab: Page, site: Site):
    tab.goto(path("check", site))
    tab.locator("main textarea").fill(
        "“A bridge is a promise, and this one could no longer be held,” Maud Ferris said."
    )
    tab.locator("main button.primary").click()
    sides = tab.locator(".check-sides dd")
    expect(sides.first).to_contain_text("be [here only: held,]", timeout=FIRST_DRAFT_MS)
    expect(sides.last).to_contain_text("be [here only: kept")
