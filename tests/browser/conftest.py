"""Fixtures of the browser's tests. Of the folder, not of the session: what drives the browser has
a loop of its own running in this thread, in which Django refuses to ask the database.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.browser.site import Site, browser_path, running

# What is waited for comes sooner or later: the cores are shared with the rest of the suite.
EXPECTED_MS, DONE_MS = 20_000, 60_000
FIRST_DRAFT_MS = 180_000  # the server loads its models for it


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium, without a window."""
    path = browser_path()
    if path is None:
        pytest.skip("no Chromium: install one, or name it in TRACKER_TEST_BROWSER")
    expect.set_options(timeout=EXPECTED_MS)
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
    with opened(browser) as context:
        yield context


@pytest.fixture(scope="package")
def account(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A browser in which the operator is signed in."""
    with opened(browser) as context:
        context.add_cookies([cookie_of(site)])
        yield context


@pytest.fixture(scope="package")
def plain(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of nobody who is signed in, without scripts."""
    with opened(browser, java_script_enabled=False) as context:
        yield context


@pytest.fixture(scope="package")
def plain_account(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A browser in which the operator is signed in, without scripts."""
    with opened(browser, java_script_enabled=False) as context:
        context.add_cookies([cookie_of(site)])
        yield context


@pytest.fixture
def own_account(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A browser of the test's own in which the operator is signed in: it may be signed out."""
    with opened(browser, viewport={"width": 1280, "height": 900}) as context:
        context.add_cookies([cookie_of(site)])
        yield context


@contextmanager
def opened(browser: Browser, **given: Any) -> Iterator[BrowserContext]:
    """Yield a context of the browser that is as patient as the tests are."""
    context = browser.new_context(**given)
    context.set_default_timeout(DONE_MS)
    yield context
    context.close()


def cookie_of(site: Site) -> Any:
    """Return the cookie of the operator's session."""
    return {"name": "sessionid", "value": site.facts["session"], "url": site.address}
