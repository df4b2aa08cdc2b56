"""The article of a page: its lines as a reader sees them, and a note where some seem to be missing.

The pages are in tests/quotes/pages.py.
"""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotes.article_blocks import shaped
from quotes.blocks import blocks, html_text, joined, parsed
from quotes.markup import MarkupError, main_text
from quotes.params import ReadingParams
from tests.quotes.pages import CLOSING, HEAD, MIDDLE, OPENING, PLAIN, SHAPES, Shape, paragraphs

ASIDE = "“A passage that stands by itself in the middle,” said the harbour master on Monday."


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_every_line_comes_out_as_it_is(shape):
    page = main_text(shape.html)
    assert page.text.split("\n") == list(shape.lines)
    assert page.note == ""
    assert page.extractor.startswith("trafilatura ")
    assert (page.title, page.site_name) == ("Ferry fares to rise", "The Harbour Post")


def around(markup: str) -> str:
    body = f"<article>{paragraphs(OPENING, MIDDLE)}{markup}{paragraphs(CLOSING)}</article>"
    return Shape("", body, ()).html


@pytest.mark.parametrize(
    "markup",
    [
        "<div class=embed><blockquote>{}</blockquote></div>",
        "<aside><blockquote>{}</blockquote></aside>",
        "<figure><blockquote>{}</blockquote></figure>",
        "<div class=bar><p>{}</p></div>",
        "<div class=footer-note><p>{}</p></div>",
        "<div class=article__body-notloaded>{}</div>",
    ],
)
def test_what_the_extractor_drops_is_noted(markup):
    page = main_text(around(markup.format(ASIDE)))
    assert ASIDE not in page.text
    assert page.text.split("\n") == list(PLAIN)
    assert page.note.startswith("a passage of the page's article (65 letters) may be missing")
    assert ASIDE[:40] in page.note


@pytest.mark.parametrize(
    "markup",
    [
        "<aside><p>{}</p></aside>",
        "<div class=related-stories><p>{}</p></div>",
        "<div class=newsletter><p>{}</p></div>",
        "<form><p>{}</p></form>",
        "<p style='display: none'>{}</p>",
        "<nav><p>{}</p></nav>",
        "<figure><figcaption>{}</figcaption></figure>",
        "<div class=bar><a href=/other>{}</a></div>",
    ],
)
def test_what_stands_beside_an_article_is_not_missed(markup):
    assert main_text(around(markup.format(ASIDE))).note == ""


def test_a_dropped_clause_comes_back_with_its_paragraph():
    root = parsed(f"<article>{paragraphs(*PLAIN)}</article>")
    without = joined(blocks(root)).replace(", and neither do I", "")
    assert shaped(root, without).text.split("\n") == list(PLAIN)


def test_an_extracted_text_that_is_not_the_pages_stands():
    root = parsed(f"<article>{paragraphs(*PLAIN)}</article>")
    other = "Another text altogether, as from the page's data, that nobody sees on the page."
    found = shaped(root, other)
    assert (found.text, found.is_shaped, found.missing) == (other, False, ())


def test_a_page_that_says_it_is_not_free_is_noted():
    stub = Shape(
        "",
        f"<article>{paragraphs(OPENING)}</article>",
        (),
        '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":"False"}'
        "</script>",
    )
    assert "not free to read" in main_text(stub.html).note


def test_a_page_is_read_in_time_proportional_to_its_size():
    def seconds(count: int) -> float:
        html = around(paragraphs(*(f"He said {i} that it was so, they say." for i in range(count))))
        started = time.process_time()
        main_text(html)
        return time.process_time() - started

    seconds(50)
    assert seconds(4000) < 20 * max(seconds(800), 0.05)
    with pytest.raises(MarkupError, match="over 500 elements"):
        main_text(around("<p>x" * 600), limits=ReadingParams(max_page_elements=500))


@settings(deadline=None, max_examples=30)
@given(st.lists(st.text(alphabet="abc \u00a0“”é-", max_size=80), min_size=1, max_size=6))
def test_a_page_of_paragraphs_gives_them_back(lines):
    wanted = [" ".join(line.split(" ")).strip(" ") for line in lines]
    wanted = [" ".join(filter(None, line.split(" "))) for line in wanted]
    html = f"<article>{paragraphs(OPENING, *lines, CLOSING)}</article>"
    assert html_text(html).split("\n") == [OPENING, *filter(None, wanted), CLOSING]


TAGS = ["p", "div", "b", "a", "q", "br", "li", "blockquote", "article", "td", "script", "nav", "h2"]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(TAGS) | st.sampled_from(["He said no.", "x", " ", "&lt;"])))
def test_no_soup_breaks_it(parts):
    html = "".join(f"<{part}>" if part in TAGS else part for part in parts)
    try:
        page = main_text(f"<html><head>{HEAD}</head><body>{html}")
    except MarkupError:
        return
    assert page.text.strip()
