"""The box that cites: plain at first, then as asked for, remembered, honest if it fails."""

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from lxml import html
from pytest_django import Settings

from quotes import pandoc, styled_cache
from quotes.cite_pages import COOKIE
from quotes.models import Quotation
from quotes.styled import STYLES

pytestmark = [pytest.mark.django_db, pytest.mark.database]
PART = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def static_root(settings, tmp_path):
    """A collected folder, which WhiteNoise warns about where it is missing."""
    settings.STATIC_ROOT = tmp_path


@pytest.fixture(autouse=True)
def nothing_kept():
    """No citation of an earlier test."""
    caches["citations"].clear()


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What pandoc was asked for, run by run."""
    asked: list[str] = []
    convert = pandoc.convert

    def noted(tree, to, **known):
        asked.append(to)
        return convert(tree, to, **known)

    monkeypatch.setattr(pandoc, "convert", noted)
    return asked


def page_of(client: Client, quotation: Quotation, **query: str) -> html.HtmlElement:
    response = client.get(quotation.get_absolute_url(), query)
    assert response.status_code == 200
    return html.fromstring(response.content.decode())


def value(page: html.HtmlElement, identifier: str) -> str:
    (found,) = page.xpath("//*[@id=$name]", name=identifier)
    return " ".join(found.text_content().split())


def chosen(page: html.HtmlElement) -> str:
    (found,) = page.xpath("//select[@id='cite-style']//option[@selected]/@value")
    return str(found)


def test_a_first_view_is_plain_and_runs_nothing(client, quotation, runs):
    page = page_of(client, quotation)
    assert chosen(page) == "text"
    assert value(page, "citation").startswith("Ana Roe")
    assert not runs
    names = page.xpath("//select[@id='cite-style']//option/@value")
    assert names[: len(STYLES)] == list(STYLES)
    assert {"text", "bibtex", "ris", "csl", "wikipedia", "markdown", "link"} < set(names)


def test_a_style_in_the_address_is_written_once(client, quotation, runs):
    page = page_of(client, quotation, style="apa")
    assert chosen(page) == "apa"
    assert value(page, "cite-in-text") == "(Jo Bloggs, 2026, para. 2)"
    assert value(page, "cite-prose").endswith("(Jo Bloggs, 2026, para. 2).")
    assert value(page, "cite-reference") == (
        "Jo Bloggs. (2026, March 4). Rail tax to rise. The Daily Wire. https://example.org/rail"
    )
    assert page_of(client, quotation, style="apa").xpath("//*[@id='cite-prose']")
    assert runs == ["json"]


def test_a_part_of_the_page_and_the_choice_is_remembered(client, quotation, runs):
    address = reverse("cite-in", args=[quotation.uid])
    response = client.get(address, {"style": "chicago-notes"}, headers=PART)
    assert response.status_code == 200
    assert "HX-Request" in response["Vary"]
    part = html.fromstring(f"<div>{response.content.decode()}</div>")
    assert value(part, "cite-in-text").startswith("Ana Roe, ")
    cookie = response.cookies[COOKIE]
    assert (cookie.value, cookie["samesite"], cookie["httponly"]) == ("chicago-notes", "Lax", True)
    assert chosen(page_of(client, quotation)) == "chicago-notes"
    assert runs == ["json"]


def test_without_scripts_the_form_leads_back_to_the_page(client, quotation):
    address = reverse("cite-in", args=[quotation.uid])
    (form,) = page_of(client, quotation).xpath("//form[@action=$to]", to=address)
    assert form.get("method") == "get"
    response = client.get(address, {"style": "mla"})
    assert response.status_code == 302
    assert response["Location"] == f"{quotation.get_absolute_url()}?style=mla#cite"


def test_a_remembered_style_that_is_not_kept_comes_later(client, quotation, runs):
    client.cookies[COOKIE] = "apa"
    page = page_of(client, quotation)
    assert not runs
    assert chosen(page) == "apa"
    assert value(page, "citation").startswith("Ana Roe")
    (result,) = page.xpath("//*[@id='cite-result']")
    assert result.get("hx-trigger") == "load"
    assert result.get("hx-get").endswith("/cite/?style=apa")


@pytest.mark.parametrize("name", ["nope", "../apa", "<script>", ""])
def test_a_style_that_there_is_not(client, quotation, name):
    address = reverse("cite-in", args=[quotation.uid])
    assert client.get(address, {"style": name}).status_code == 404
    client.cookies[COOKIE] = name
    assert chosen(page_of(client, quotation)) == "text"


@pytest.mark.parametrize("name", ["bibtex", "ris", "csl", "wikipedia", "markdown", "link"])
def test_forms_need_no_program(client, quotation, runs, name):
    assert value(page_of(client, quotation, style=name), "citation")
    assert not runs


def test_it_says_so_where_pandoc_is_missing(client, quotation, monkeypatch):
    def missing() -> str:
        raise OSError

    pandoc.program.cache_clear()
    monkeypatch.setattr("pypandoc.get_pandoc_path", missing)
    page = page_of(client, quotation, style="apa")
    pandoc.program.cache_clear()
    (notice,) = page.xpath("//*[@id='cite-result']/*[@role='alert']")
    assert "Not in APA now" in notice.text_content()
    assert "not installed" in notice.text_content()
    assert value(page, "citation").startswith("Ana Roe")


def test_a_limit_of_its_own(client, quotation, settings: Settings, runs):
    settings.RATE_LIMITS = {"cite": "1/hour"}
    address = reverse("cite-in", args=[quotation.uid])
    assert "cite-prose" in client.get(address, {"style": "apa"}, headers=PART).content.decode()
    # What is kept is free.
    assert "cite-prose" in client.get(address, {"style": "apa"}, headers=PART).content.decode()
    over = client.get(address, {"style": "mla"}, headers=PART).content.decode()
    assert "are written for one reader" in over
    assert "Not in MLA now" in over
    assert runs == ["json"]


def test_another_wording_is_another_citation(quotation):
    rows = Quotation.objects.for_page()
    c = rows.get(pk=quotation.pk).citable()
    first = styled_cache.cite(c, "apa")
    assert styled_cache.kept(c, "apa") == first
    assert styled_cache.kept(c, "mla") is None
    assert styled_cache.kept(c.model_copy(update={"paragraph_index": 3}), "apa") is None


def test_a_private_tracker_sends_to_the_login(client, quotation, settings: Settings):
    settings.PUBLIC_READS = False
    address = reverse("cite-in", args=[quotation.uid])
    response = client.get(address, {"style": "apa"})
    assert response.status_code == 302
    assert "/account/login/" in response["Location"]
    # A part of a page has the page loaded anew, which leads there.
    assert client.get(address, {"style": "apa"}, headers=PART)["HX-Refresh"] == "true"


def test_the_box_costs_no_query(quotation, django_assert_num_queries):
    found = Quotation.objects.for_page().get(pk=quotation.pk)
    with django_assert_num_queries(0):
        found.citable()
