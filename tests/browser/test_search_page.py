"""The search page and the search boxes in a real browser: typing, going back, brushing."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.site import Site

pytestmark = pytest.mark.browser
LIST = "/quotes/"
FERRIS = "facet-speaker-maud-ferris"


@pytest.fixture
def tab(visitor: BrowserContext, site: Site) -> Iterator[Page]:  # noqa: ARG001  it must run
    """A page whose errors are the test's."""
    page = visitor.new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    yield page
    page.close()
    assert problems == []


def test_results_while_one_types(tab: Page, site: Site):
    tab.goto(site.address + LIST)
    box = tab.locator("main input[type=search]")
    box.press_sequentially("bridg", delay=20)
    tab.wait_for_url(re.compile(r"\?q=bridg\*$|\?q=bridg%2A$"))  # half a word, and says so
    expect(tab.locator("#found")).to_contain_text("words that begin so")
    box.press_sequentially("e", delay=20)
    tab.wait_for_url(re.compile(r"\?q=bridge$"))
    expect(tab.locator("#found [data-row]").first).to_be_visible()
    expect(tab.locator("#search-said")).to_have_text(re.compile(r"\d+ quotations"))
    expect(box).to_be_focused()
    expect(tab).to_have_title(re.compile("^“bridge”"))  # what is found is in its place by then
    count = tab.locator("#found .count").inner_text()
    tab.reload()
    expect(tab.locator("#found .count")).to_have_text(count)  # the address gives the same
    tab.go_back()  # all that was typed is one step
    tab.wait_for_url(re.compile(f"{LIST}$"))


def test_the_last_answer_wins(tab: Page, site: Site):
    """The answer for the first word comes after that for the second."""
    tab.goto(f"{site.address}{LIST}?sort=newest")
    held: list[Route] = []

    def hold(route: Route) -> None:
        if "q=bridge&" in route.request.url or route.request.url.endswith("q=bridge"):
            held.append(route)
        else:
            route.continue_()

    tab.route(re.compile(r"/quotes/\?"), hold)
    box = tab.locator("main input[type=search]")
    with tab.expect_request(re.compile(r"/quotes/\?.*q=bridge")):
        box.fill("bridge")
    box.fill("ferries")
    tab.wait_for_url(re.compile("q=ferries"))
    for route in held:
        route.continue_()
    tab.wait_for_timeout(400)
    assert "q=ferries" in tab.url
    expect(tab.locator("#found .chips")).to_contain_text("ferries")
    assert len(held) == 1


def test_what_is_half_typed_leaves_the_results(tab: Page, site: Site):
    tab.goto(f"{site.address}{LIST}?q=bridge")
    rows = tab.locator("#found [data-row]").count()
    box = tab.locator("main input[type=search]")
    box.fill('"old bridge')
    expect(tab.locator("#q-problem")).to_contain_text("quotation mark")
    expect(box).to_have_attribute("aria-invalid", "true")
    assert tab.locator("#found [data-row]").count() == rows
    assert tab.url.endswith("?q=bridge")
    box.fill('"old bridge"')
    expect(tab.locator("#q-problem .error")).to_have_count(0)


def test_several_of_a_facet_are_ticked_and_back_takes_one_off(tab: Page, site: Site):
    tab.goto(f"{site.address}{LIST}?q=bridge")
    dahl, ferris = tab.locator("#facet-speaker-henrik-dahl"), tab.locator(f"#{FERRIS}")
    dahl.check()
    tab.wait_for_url(re.compile(r"q=bridge&speaker=henrik-dahl$"))
    expect(tab.locator("#found .chips")).to_contain_text("Henrik Dahl")
    expect(dahl).to_be_focused()
    of_one = tab.locator("#found [data-row]").count()
    ferris.check()  # still offered, though no match is hers
    tab.wait_for_url(re.compile(r"speaker=.+&speaker="))
    expect(tab.locator("#found .chips")).to_contain_text("Maud Ferris")
    assert tab.locator("#found [data-row]").count() > of_one
    tab.go_back()
    tab.wait_for_url(re.compile(r"speaker=henrik-dahl$"))
    expect(ferris).not_to_be_checked()
    expect(dahl).to_be_checked()


def test_what_is_chosen_stays_while_one_types(tab: Page, site: Site):
    tab.goto(f"{site.address}{LIST}?q=bridge")
    tab.get_by_role("radio", name="Not yet").check()
    tab.wait_for_url(re.compile(r"q=bridge.*reviewed=no"))
    expect(tab.get_by_role("radio", name="Not yet")).to_be_focused()
    tab.get_by_label("By name").first.press_sequentially("ferris", delay=20)
    tab.wait_for_url(re.compile(r"q=bridge&speaker=ferris.*reviewed=no"))
    expect(tab.get_by_label("By name").first).to_be_focused()
    tab.locator("#found").get_by_role("link", name="Reviewed").click()
    tab.wait_for_url(re.compile(r"q=bridge&speaker=ferris$"))
    expect(tab.get_by_role("radio", name="Any")).to_be_checked()
    expect(tab.get_by_label("By name").first).to_have_value("ferris")


def test_the_timeline_is_brushed_with_mouse_and_keys(tab: Page, site: Site):
    tab.goto(f"{site.address}{LIST}?q=bridge")
    bars = tab.locator("#timeline svg a")
    first, last = bars.first.get_attribute("data-first"), bars.last.get_attribute("data-last")
    area = tab.locator("#timeline svg").bounding_box()
    assert area
    y = area["y"] + area["height"] / 2
    tab.mouse.move(area["x"] + 2, y)
    tab.mouse.down()
    tab.mouse.move(area["x"] + area["width"] / 2, y, steps=5)
    tab.mouse.up()
    tab.wait_for_url(re.compile("after=.+before="))
    assert f"after={first}" in tab.url
    assert f"before={last}" not in tab.url
    expect(tab.locator("#f-after")).to_have_value(str(first))

    tab.goto(f"{site.address}{LIST}?q=bridge")
    slider = tab.locator("#brush-from")
    assert slider.get_attribute("aria-valuetext")
    slider.focus()
    tab.keyboard.press("ArrowRight")
    tab.wait_for_url(re.compile("after=.+before="))
    assert f"after={first}" not in tab.url
    assert f"before={last}" in tab.url
    tab.get_by_role("link", name="All dates").click()
    tab.wait_for_url(re.compile(r"q=bridge$"))


def test_a_finger_brushes_across_and_scrolls_along(browser: Browser, site: Site):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    devtools = context.new_cdp_session(page)

    def drag(by_x: float, by_y: float) -> None:
        """Put a finger on the first bar and move it."""
        page.goto(f"{site.address}{LIST}?q=bridge", wait_until="networkidle")
        svg = page.locator("#timeline svg")
        svg.scroll_into_view_if_needed()
        area = svg.bounding_box()
        assert area
        x, y = area["x"] + 4, area["y"] + area["height"] / 2
        at = [{"x": x, "y": y}]
        devtools.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": at})
        for step in range(1, 9):
            at = [{"x": x + by_x * step / 8, "y": y + by_y * step / 8}]
            devtools.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": at})
        devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    drag(180, 8)
    page.wait_for_url(re.compile("after=.+before="))
    expect(page.locator("#found .chips")).to_contain_text("from", ignore_case=True)
    drag(3, -160)
    page.wait_for_function("scrollY > 100")
    page.wait_for_timeout(400)
    assert page.url.endswith("?q=bridge")
    context.close()


def test_nothing_moves_by_itself(tab: Page, site: Site):
    tab.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => { for (const e of list.getEntries())"
        " if (!e.hadRecentInput) window.moved += e.value; })"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    tab.goto(f"{site.address}{LIST}?q=bridge", wait_until="networkidle")
    assert tab.evaluate("window.moved") < 0.01


def test_the_timeline_that_comes_later_takes_no_focus(tab: Page, site: Site):
    """As where so many are found that the page does not wait for it."""
    tab.goto(f"{site.address}{LIST}?q=bridge")
    expect(tab.locator("[data-brush].can-brush")).to_be_visible()
    tab.evaluate("document.querySelector('[data-brush]').id = 'before'")
    tab.evaluate("void htmx.ajax('GET', '/search/timeline/?q=ferries', '#timeline')")
    expect(tab.locator("#before")).to_have_count(0)
    expect(tab.locator("[data-brush].can-brush")).to_be_visible()
    tab.keyboard.press("Tab")
    expect(tab.locator(".skip")).to_be_focused()


def test_the_box_of_the_head_suggests(tab: Page, site: Site):
    tab.goto(site.address + "/about/")
    tab.keyboard.press("/")
    box = tab.locator("#head-q")
    box.press_sequentially("Ferris on bridge", delay=15)
    options = tab.locator("#head-q-list [role=option]")
    expect(options.first).to_contain_text("Maud Ferris on “bridge”")
    expect(box).to_have_attribute("aria-expanded", "true")
    tab.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "head-q-list-0")
    expect(options.first).to_have_attribute("aria-selected", "true")
    tab.keyboard.press("Escape")
    expect(tab.locator("#head-q-list")).to_be_hidden()
    expect(box).to_have_value("Ferris on bridge")
    tab.keyboard.press("ArrowDown")
    expect(options.first).to_be_visible()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    tab.wait_for_url(re.compile("speaker=.*ferris.*q=bridge"))


def test_the_keys_are_listed(tab: Page, site: Site):
    tab.goto(site.address + "/about/")
    tab.keyboard.press("?")
    expect(tab.locator("#key-list")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(tab.locator("#key-list")).to_be_hidden()
    tab.keyboard.press("/")
    tab.keyboard.type("?")
    expect(tab.locator("#key-list")).to_be_hidden()
