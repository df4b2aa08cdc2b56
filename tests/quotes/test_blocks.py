"""Blocks: a paragraph a line, inline elements neither split nor glue, nothing visible is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.blocks import html_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param("<p>One.</p><p>Two.</p>", "One.\nTwo.", id="paragraphs"),
        pytest.param("One.<br>Two.<br><br>Three.", "One.\nTwo.\nThree.", id="breaks"),
        pytest.param("<p>a<b>b</b>c <i>d</i> e</p>", "abc d e", id="inline"),
        pytest.param("<p>  a \n\t b&nbsp;c </p>", "a b\u00a0c", id="white-space"),
        pytest.param("<div>a<p>b</p>c</div>", "a\nb\nc", id="text-around"),
        pytest.param("<ul><li>a<li>b</ul>", "a\nb", id="list"),
        pytest.param("<table><tr><td>a</td><td>b</td></tr></table>", "a b", id="row"),
        pytest.param("<p>a<!-- no -->b<script>no</script>c</p>", "abc", id="hidden"),
        pytest.param("<p><q>a <q>b</q> c</q></p>", "“a ‘b’ c”", id="quotations"),
        pytest.param("<p><q>a <b>b</b></q>, c</p>", "“a b”, c", id="quotation-ends-in-a-tag"),
        pytest.param("<p><q></q>", "“”", id="empty-quotation"),
        pytest.param("5 < 6 &amp; 7", "5 < 6 & 7", id="no-tags"),
        pytest.param("", "", id="empty"),
        pytest.param("<script>no</script>", "", id="nothing-visible"),
    ],
)
def test_text(html, text):
    assert html_text(html) == text


@given(st.text())
def test_anything_has_a_text(html):
    text = html_text(html)
    assert all(line.strip(" ") == line and line for line in text.split("\n")) or not text


INLINE = st.sampled_from(["b", "i", "span", "a", "em", "strong", "sup", "mark", "time"])


@given(st.lists(st.tuples(st.text(alphabet="ab c", max_size=6), INLINE), min_size=1))
def test_inline_tags_change_nothing(parts):
    plain = "".join(words for words, _ in parts)
    tagged = "".join(f"<{tag}>{words}</{tag}>" for words, tag in parts)
    assert html_text(f"<p>{tagged}</p>") == html_text(f"<p>{plain}</p>") == " ".join(plain.split())
