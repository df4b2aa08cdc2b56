"""Fixtures of the browser's tests. Of the folder, not of the session: what drives the browser has
a loop of its own running in this thread, in which Django refuses to ask the database.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.site import Site, browser_path, running


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium, without a window."""
    path = browser_path()
    if path is None:
        pytest.skip("no Chromium: install one, or name it in TRACKER_TEST_BROWSER")
    with sync_playwright() as driver:
        # The tests may run as root in a container, where the sandbox cannot.
        running_browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running_browser
        running_browser.close()


@pytest.fixture(scope="package")
def axe() -> Axe:
    """The rules of accessibility."""
    return Axe()


@pytest.fixture(scope="package")
def site(browser: Browser) -> Iterator[Site]:  # noqa: ARG001  no site without a browser
    """A tracker with things of every kind in it."""
    with running() as started:
        yield started


@pytest.fixture(scope="package")
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of nobody who is signed in."""
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture(scope="package")
def account(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A browser in which the operator is signed in."""
    context = browser.new_context()
    context.add_cookies([cookie_of(site)])
    yield context
    context.close()


@pytest.fixture(scope="package")
def plain(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of nobody who is signed in, without scripts."""
    context = browser.new_context(java_script_enabled=False)
    yield context
    context.close()


@pytest.fixture(scope="package")
def plain_account(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A browser in which the operator is signed in, without scripts."""
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([cookie_of(site)])
    yield context
    context.close()


@pytest.fixture
def own_account(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A browser of the test's own in which the operator is signed in: it may be signed out."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_cookies([cookie_of(site)])
    yield context
    context.close()


def cookie_of(site: Site) -> Any:
    """Return the cookie of the operator's session."""
    return {"name": "sessionid", "value": site.facts["session"], "url": site.address}
