"""Forms for the web: Wikipedia's templates, Markdown, links. Written from their own rules."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.bylines import Author
from quotes.citation_forms import FORMS
from tests.quotes.test_citations import BARE, NEWS, TITLES, changed

FRAGMENT = (
    "https://herald.example/city_news?id=1&p=2"
    "#:~:text=%E2%80%9CWe%20will%20rebuild%2C%E2%80%9D"
    "&text=%E2%80%9Cand%20we%20will%20start%20today.%E2%80%9D"
)


def test_cite_news():
    """Template:Cite news: names in parts, `author` for others, the day as in prose."""
    assert FORMS["wikipedia"].write(NEWS) == (
        "{{cite news |last1=Doe |first1=John |author2=Press &#38; Wire "
        "|title=City “cannot wait”, says mayor "
        "|url=https://herald.example/city_news?id=1&p=2 |work=The Herald |date=4 July 2017 "
        "|access-date=21 November 2026 |at=para. 4 "
        "|quote=We will rebuild, … and we will start today.}}\n"
    )


def test_cite_web_where_no_outlet_is_known():
    assert FORMS["wikipedia"].write(BARE) == (
        "{{cite web |title=&#91;Untitled article&#93; |url=https://quotes.example/articles/a1/ "
        "|access-date=21 November 2026 |at=para. 4 "
        "|quote=We will rebuild, … and we will start today.}}\n"
    )


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"language": "de"}, " |language=de "),
        (
            {"kind": "mixed", "content": ("that it was “a start”",)},
            " |quote=that it was ‘a start’}}",
        ),
        (
            {"authors": (Author(family="Roe", given="Ann", suffix="Jr."),)},
            "|last1=Roe |first1=Ann, Jr. ",
        ),
        ({"url": "https://x.example/a''b|c]d e"}, " |url=https://x.example/a%27%27b%7Cc%5Dd%20e "),
        ({"article_title": "a|b"}, " |title=a&#124;b "),
        (
            {"article_title": "[[A]] {{x}}"},
            " |title=&#91;&#91;A&#93;&#93; &#123;&#123;x&#125;&#125; ",
        ),
        ({"article_title": "It's ''so''"}, " |title=It's &#39;&#39;so&#39;&#39; "),
        ({"article_title": "<ref> ~~~~"}, " |title=&#60;ref&#62; &#126;&#126;&#126;&#126; "),
        ({"article_title": "see http://x"}, " |title=see http&#58;//x "),
    ],
)
def test_cite_news_escapes(changes, part):
    assert part in FORMS["wikipedia"].write(changed(**changes))


def test_a_paraphrase_is_no_quote():
    c = changed(kind="indirect", content=("that it would",))
    assert "quote=" not in FORMS["wikipedia"].write(c)


@given(TITLES, TITLES)
def test_any_title_stays_inside_its_template(title, outlet):
    written = FORMS["wikipedia"].write(changed(article_title=title, outlet=outlet))
    inside = written.removeprefix("{{").removesuffix("}}\n")
    assert not set("{}[]<>\n") & set(inside)
    names = [part.partition("=")[0] for part in inside.split(" |")[1:]]
    assert names[:4] == ["last1", "first1", "author2", "title"]
    assert names[-1] == "quote"
    assert len(names) == len(set(names))
    shown = unescape(re.search(r"\|title=(.*?) \|url=", written)[1])
    assert shown == changed(article_title=title).title


def test_markdown_link():
    assert FORMS["markdown"].write(NEWS) == (
        "Jane Roe, the mayor (statement): “We will rebuild, … and we will start today.” "
        f"([The Herald, 4 July 2017]({FRAGMENT}), "
        "[archived quotation](https://quotes.example/quotations/k3x9/))\n"
    )


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"outlet": "*A* [b](c) <d>"}, r"([\*A\* \[b\](c) \<d\>, 4 July 2017]("),
        ({"outlet": "www.x.example"}, r"[www\.x.example, 4 July 2017]("),
        ({"outlet": "", "published_on": None}, "([City “cannot wait”, says mayor]("),
        ({"url": "https://x.example/a(b)"}, "](https://x.example/a%28b%29#:~:text="),
        ({"doubt": "unsure, *36 %*"}, r"/k3x9/); check first: unsure, \*36 %\*)"),
    ],
)
def test_markdown_escapes(changes, part):
    assert part in FORMS["markdown"].write(changed(**changes))


@given(st.text(alphabet="()<>[]\\` *_ab", max_size=20))
def test_no_address_leaves_its_brackets(path):
    written = FORMS["markdown"].write(changed(url=f"https://x.example/{path}"))
    address = written.rpartition("), [archived quotation](")[0].rpartition("](")[2]
    assert not set("()<> \\`") & set(address)


def test_plain_link():
    assert FORMS["link"].write(NEWS) == f"{FRAGMENT}\n"


def test_endings_are_no_two_alike():
    assert len({form.ending for form in FORMS.values()}) == len(FORMS)
