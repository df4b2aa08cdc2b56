"""Pictures of every page, for people: `python -m tests.browser.screenshots [NAME…]`.

Of the pages of addresses.py with the world of world.py, as an operator sees them, into
docs/screenshots: 1280 pixels wide, the chief ones also on a phone and in dark colours. Cut below
`MOST_HIGH`, as WebP. With names, only those pages; the others' pictures stay.
"""

import argparse
import base64
import os
from collections.abc import Iterator
from typing import NamedTuple

import django
from playwright.sync_api import Page as Tab
from playwright.sync_api import sync_playwright

from tests.browser.addresses import PAGES, Page
from tests.browser.audit import WIDTHS
from tests.browser.site import Site, browser_path, running
from tests.browser.world import DRAFT, ROOT

FOLDER = ROOT / "docs" / "screenshots"
CHIEF = ("home", "quotations", "quotation", "article", "speaker", "statement", "check",
         "collection", "review")  # fmt: skip
MOST_HIGH, QUALITY = 1500, 38
PHONE = 390  # px, of most of them; what is tested is narrower
TIMEOUT_MS = 120_000  # the first draft waits for the models
TOTAL_MOST_BYTES = 3_000_000
# What shows more of a page than its plain address does.
QUERIES = {"quotations": "q=ferries"}


class Shot(NamedTuple):
    """A picture: of which page, how wide, in which colours."""

    page: Page
    width: str
    colours: str

    @property
    def name(self) -> str:
        """Return the name of its file, without the ending."""
        extra = [self.width] * (self.width != "desk") + [self.colours] * (self.colours != "light")
        return "-".join([self.page.name, *extra])


def shots(names: list[str]) -> Iterator[Shot]:
    """Yield the pictures of the pages called `names`, of all if there are none."""
    for page in PAGES:
        if names and page.name not in names:
            continue
        shown = page._replace(query=QUERIES.get(page.name, page.query))
        yield Shot(shown, "desk", "light")
        if page.name in CHIEF:
            yield Shot(shown, "phone", "light")
            yield Shot(shown, "desk", "dark")


def take(tab: Tab, site: Site, shot: Shot) -> bytes:
    """Return the picture as WebP."""
    tab.emulate_media(color_scheme="dark" if shot.colours == "dark" else "light")
    width = PHONE if shot.width == "phone" else WIDTHS[shot.width]
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto(site.address + shot.page.path(site.facts), wait_until="networkidle")
    if shot.page.name == "check":
        tab.locator("main textarea").first.fill(DRAFT)
        tab.locator("main form").first.get_by_role("button", name="Check").first.click()
        tab.locator("#check-result").wait_for()
    height = min(MOST_HIGH, tab.evaluate("document.documentElement.scrollHeight"))
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    devtools = tab.context.new_cdp_session(tab)
    taken = devtools.send("Page.captureScreenshot", {
        "format": "webp", "quality": QUALITY, "clip": clip, "captureBeyondViewport": True,
    })  # fmt: skip
    devtools.detach()
    return base64.b64decode(taken["data"])


def main() -> None:
    """Take the pictures and write them; SystemExit where there is no browser."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.browser.screenshots", description=__doc__
    )
    parser.add_argument("names", nargs="*", help="of pages, as in quotes/urls.py")
    wanted = list(shots(parser.parse_args().names))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    django.setup()
    path = browser_path()
    if path is None:
        raise SystemExit("no Chromium: install one, or name it in TRACKER_TEST_BROWSER")
    FOLDER.mkdir(exist_ok=True)
    with running() as site, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        visitor, account = browser.new_context(), browser.new_context()
        account.add_cookies(
            [{"name": "sessionid", "value": site.facts["session"], "url": site.address}]
        )
        tabs = {"visitor": visitor.new_page(), "account": account.new_page()}
        for tab in tabs.values():
            tab.set_default_timeout(TIMEOUT_MS)
        for shot in wanted:
            tab = tabs["visitor" if shot.page.who == "visitor" else "account"]
            (FOLDER / f"{shot.name}.webp").write_bytes(take(tab, site, shot))
        browser.close()
    total = sum(path.stat().st_size for path in FOLDER.glob("*.webp"))
    if total > TOTAL_MOST_BYTES:
        raise SystemExit(f"{total:,} bytes of pictures; at most {TOTAL_MOST_BYTES:,}")


if __name__ == "__main__":
    main()
