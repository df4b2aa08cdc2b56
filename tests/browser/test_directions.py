"""Letters stand where they would stand without our signs beside them, whatever their script."""

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
# Where each letter of a marked quotation begins, from the paragraph's left edge.
_PLACES = """() => {
  const mark = document.querySelector(".mark"), words = mark.firstChild;
  const left = document.querySelector("p").getBoundingClientRect().left;
  return [...words.data].map((_, at) => {
    const range = document.createRange();
    range.setStart(words, at); range.setEnd(words, at + 1);
    return Math.round(range.getBoundingClientRect().left - left);
  });
}"""


@pytest.mark.parametrize(
    ("before", "words"),
    [
        pytest.param("Cohen added ", "that “שלום!”", id="hebrew-in-english"),
        pytest.param("", "“The wall (السور)”", id="arabic-in-english"),
        pytest.param("", "“We will rebuild it!”", id="english"),
    ],
)
def test_a_quotations_number_turns_none_of_its_letters(browser: Browser, before: str, words: str):
    page = browser.new_page()
    places = []
    for number in ("", ' data-n="5"'):
        page.set_content(
            f'<p class="para">{before}<a class="mark" href="#"{number}>{words}</a></p>'
        )
        page.add_style_tag(path=finders.find("quotes/tracker.css"))
        places.append(page.evaluate(_PLACES))
    page.close()
    assert places[0] == places[1]
