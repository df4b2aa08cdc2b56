"""What is looked at on every page: accessibility, errors, weight, shifts, widths, order, focus.

Each check returns the problems as lines, an empty list if there are none. Levels and criteria:
Web Content Accessibility Guidelines 2.2, A and AA. Why these checks and these limits:
docs/decisions/0034-browser-tests-and-page-speed.md.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    BrowserContext,
    CDPSession,
    ConsoleMessage,
    Error,
    Page,
    Response,
    Route,
)

FIRST_LOAD_MOST_BYTES = 150_000
LAYOUT_SHIFT_BELOW = 0.02
WIDTHS = {"desk": 1280, "phone": 320}
HEIGHT = 900
_LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
_EVERYTHING = {"runOnly": {"type": "tag", "values": _LEVELS}, "resultTypes": ["violations"]}
_COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
_FOCUS_STEPS_MOST = 40
_SCRIPTS_LATE_S = 0.25

# How far content has moved without the visitor having done anything, as the browser counts it.
_SHIFTS = """() => new Promise(done => {
  let sum = 0;
  const add = list => { for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value; };
  new PerformanceObserver(add).observe({type: "layout-shift", buffered: true});
  requestAnimationFrame(() => setTimeout(() => done(sum), 120));
})"""
# What sticks out on the right, if the page can be scrolled sideways; its own scrollers may.
_TOO_WIDE = """() => {
  const page = document.documentElement;
  if (page.scrollWidth <= innerWidth) return [];
  const out = [...document.body.querySelectorAll("*")].filter(
    e => e.getBoundingClientRect().right > innerWidth + 1);
  const shown = out.slice(-3).map(e => e.tagName.toLowerCase() + "." + e.className);
  return [`the page is ${page.scrollWidth} px wide: ${shown.join(", ")}`];
}"""
_OUTLINE = """() => ({
  levels: [...document.querySelectorAll("h1,h2,h3,h4,h5,h6")]
    .filter(h => h.checkVisibility()).map(h => [+h.tagName[1], h.textContent.trim()]),
  landmarks: ["header", "nav", "main", "footer"].filter(n => !document.querySelector(n)),
  title: document.title, lang: document.documentElement.lang,
})"""
# The element in focus, and whether a visitor can see that it is: an outline, a shadow, a border.
_FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const look = n => { const s = getComputedStyle(n);
    return [s.outlineStyle + s.outlineWidth + s.outlineColor, s.boxShadow, s.borderColor,
            s.backgroundColor, s.textDecoration].join("|"); };
  const s = getComputedStyle(e), box = e.getBoundingClientRect();
  const outlined = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 1;
  const there = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
  const before = look(e); e.blur(); const differs = before !== look(e); e.focus();
  const name = (e.getAttribute("aria-label") || e.textContent || e.name || "").trim().slice(0, 40);
  return {what: e.tagName.toLowerCase() + " “" + name + "”", seen: outlined || differs, there};
}"""


@contextmanager
def opened(context: BrowserContext) -> Iterator["Visit"]:
    """Yield a visit in a page of its own, closed afterwards."""
    page = context.new_page()
    try:
        yield Visit(page)
    finally:
        page.close()


class Visit:
    """A page of the browser, loaded as at a first visit, and what was heard while it loaded."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.heard: list[str] = []
        self.bytes = 0
        self._devtools: CDPSession = page.context.new_cdp_session(page)
        self._devtools.send("Network.enable")
        self._devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
        self._devtools.on("Network.loadingFinished", self._add)
        # Scripts come late: what they change after the first look at the page is seen to move.
        page.route("**/htmx.min.js", _late)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.heard.append(f"error of a script: {error}"))
        page.on("requestfailed", lambda r: self.heard.append(f"not loaded: {r.url}"))

    def _add(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])

    def _hear(self, message: ConsoleMessage) -> None:
        # Chromium says of every answer of 400 and more that it could not be loaded.
        is_answer = message.text.startswith("Failed to load resource") and self._is_own(message)
        if message.type in ("error", "warning") and not is_answer:
            self.heard.append(f"console: {message.text}")

    def _is_own(self, message: ConsoleMessage) -> bool:
        return str(message.location.get("url", "")) == self.page.url

    def load(self, address: str, width: int) -> Response:
        """Load `address` afresh in a window `width` wide; return the answer to it."""
        self.bytes = 0
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        answer = self.page.goto(address, wait_until="load")
        if answer is None:
            raise Error(f"{address}: no answer")
        # Parts that are fetched as the page opens are dimmed until they are there.
        self.page.wait_for_function("() => !document.querySelector('.htmx-request')")
        return answer


def _late(route: Route) -> None:
    time.sleep(_SCRIPTS_LATE_S)
    route.continue_()


def shifts(page: Page) -> list[str]:
    """Say by how much the content has moved since the page began to load, if that is too much."""
    moved = float(page.evaluate(_SHIFTS))
    return [] if moved < LAYOUT_SHIFT_BELOW else [f"the content moved by {moved:.3f}"]


def weight(visit: Visit) -> list[str]:
    """Say how much was transferred, if that is too much."""
    if visit.bytes <= FIRST_LOAD_MOST_BYTES:
        return []
    return [f"{visit.bytes:,} bytes were transferred"]


def width(page: Page) -> list[str]:
    """Say what makes the page scroll sideways."""
    return list(page.evaluate(_TOO_WIDE))


def enlarged(page: Page) -> list[str]:
    """Say what makes the page scroll sideways where letters are twice as large as is usual.

    Browsers then count widths in these letters: a desk is half as wide.
    """
    page.set_viewport_size({"width": WIDTHS["desk"] // 2, "height": HEIGHT})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    problems = width(page)
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size({"width": WIDTHS["desk"], "height": HEIGHT})
    return problems


def outline(page: Page) -> list[str]:
    """Say what is wrong with headings, landmarks, title and language."""
    found = page.evaluate(_OUTLINE)
    levels = [level for level, _ in found["levels"]]
    problems = [f"no <{name}>" for name in found["landmarks"]]
    if levels.count(1) != 1:
        problems.append(f"{levels.count(1)} headings of the first level")
    for (before, _), (level, words) in zip(found["levels"], found["levels"][1:], strict=False):
        if level > before + 1:
            problems.append(f"a heading of level {level} after one of {before}: {words}")
    if not found["title"] or not found["lang"]:
        problems.append("no title or no language")
    return problems


def accessibility(page: Page, axe: Axe, *, colours_only: bool = False) -> list[str]:
    """Return what axe finds; `colours_only` for the same page in other colours."""
    found = axe.run(page, options=_COLOURS if colours_only else _EVERYTHING).response
    return [
        f"axe: {rule['id']}: {' '.join(map(str, node['target']))}"
        for rule in found["violations"]
        for node in rule["nodes"][:3]
    ]


def focus(page: Page) -> list[str]:
    """Walk through the page by keyboard and say where the focus is not seen."""
    problems, seen = [], 0
    page.keyboard.press("Tab")
    while seen < _FOCUS_STEPS_MOST and (at := page.evaluate(_FOCUSED)):
        seen += 1
        if not (at["seen"] and at["there"]):
            problems.append(f"the focus is not seen on {at['what']}")
        page.keyboard.press("Tab")
    return problems if seen else ["nothing can be reached by keyboard"]


def all_of(visit: Visit, axe: Axe, address: str, status: int) -> list[str]:
    """Return all problems of a page, at both widths and in light and dark."""
    problems: list[str] = []
    page = visit.page
    for name, pixels in WIDTHS.items():
        answer = visit.load(address, pixels)
        found = [] if answer.status == status else [f"status {answer.status}, not {status}"]
        found += shifts(page) + weight(visit) + width(page)
        found += accessibility(page, axe)
        if name == "desk":
            found += [f"letters twice as large: {line}" for line in enlarged(page)]
        page.emulate_media(color_scheme="dark")
        found += [f"dark: {line}" for line in accessibility(page, axe, colours_only=True)]
        problems += [f"{name}: {line}" for line in found]
    problems += outline(page)
    return problems + focus(page) + visit.heard


def lines_of(page: Page) -> set[str]:
    """Return the lines that a visitor reads in the page's content."""
    return {line for line in map(str.strip, page.inner_text("main").split("\n")) if line}
