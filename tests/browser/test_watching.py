"""Pages of long work follow it while it goes on, and say when it has ended."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, expect

from tests.browser.site import Site
from tests.browser.world import ROOT

pytestmark = pytest.mark.browser


@pytest.fixture
def open_run(site: Site) -> Iterator["subprocess.Popen[str]"]:
    """A run at work in a process of its own; its uid is the first line that it prints."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.browser.open_run"],
        cwd=ROOT, env=site.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    yield process
    process.kill()
    process.communicate()


def test_a_run_is_followed_to_its_end(
    visitor: BrowserContext, site: Site, open_run: "subprocess.Popen[str]"
):
    assert open_run.stdin and open_run.stdout  # noqa: PT018  for the types
    page = visitor.new_page()
    page.goto(site.address + reverse("run", args=[open_run.stdout.readline().strip()]))
    state, again = page.locator("[data-run-state]"), page.locator("[data-run-again]")
    expect(state).to_have_text("Running")
    asked = re.compile("/progress/$")
    page.route(asked, lambda route: route.abort("connectionrefused"))
    expect(again).to_have_text("No answer: look again")
    page.unroute(asked)
    expect(page.locator("[data-run-said]")).to_contain_text("answers again", timeout=60_000)
    expect(again).to_have_text("Look again")
    open_run.stdin.write("end\n")
    open_run.stdin.flush()
    expect(state).to_have_text("Finished")
    expect(again).to_have_text("Show the whole report")
    expect(page.locator("[data-run-said]")).to_contain_text("The run has ended")
    page.close()
