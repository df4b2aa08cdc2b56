"""Rows of a speaker's profile: what they say, and that nothing an article says becomes HTML."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.models import Article, ArticleVersion, Outlet, SpeakerLink
from quotes.plots import plot
from quotes.profiles import Naming, Reason, Reporter, Share, Sighting, Stretch, Use
from quotes.templatetags import profile_rows as tags
from tests.quotes.test_views import Page

DAY = date(2026, 3, 4)
ATTRIBUTES = {"scope", "href", "class", "data-label", "title", "datetime", "aria-hidden"}
ATTRIBUTES |= {"viewbox", "preserveaspectratio", "focusable", "width", "height", "x"}
SEEN = Sighting(DAY, "abc", "A title")


def use(words="envoy", first=None, stretch=None):
    return Use(words, 1_234, 5, first, first, stretch, "role=envoy")


def link(score, role="", *, shown=True):
    article = Article(uid="abc", outlet=Outlet(name="The Wire", slug="the-wire"))
    version = ArticleVersion(article=article, number=1, is_current=True, title="A title")
    article.shown = [version] if shown else []
    return SpeakerLink(article=article, name="Roe", role=role, reason="surname", score=score)


def told(html):
    page = Page(f"<table>{html}</table>")
    assert page.errors == []
    # What is held apart stands in its line as it would without.
    page = Page(re.sub("</?bdi>", "", html))
    return " ".join(" ".join(page.text).split()).replace(" ,", ","), page.links


@pytest.mark.parametrize(
    ("html", "text", "links"),
    [
        pytest.param(
            tags.use_rows([use(first=SEEN)]),
            "envoy 1,234 4 Mar 2026 4 Mar 2026",
            ["?role=envoy#quotations", "/articles/abc/", "/articles/abc/"],
            id="words in use",
        ),
        pytest.param(
            tags.use_rows([use()], spans=True),
            "envoy 1,234 not dated not dated",
            ["?role=envoy#quotations"],
            id="never dated",
        ),
        pytest.param(
            tags.name_rows([Naming("Ms Roe", (), None)]),
            "Ms Roe as an alias as an article has it",
            [],
            id="an alias",
        ),
        pytest.param(
            tags.name_rows([Naming("Roe", (Reason("surname", 0.6, 2, by_people=False),), use())]),
            "Roe 1,234 surname, in 2 articles not sure, plausible 60 %",
            ["?role=envoy#quotations"],
            id="a doubtful name",
        ),
        pytest.param(
            tags.name_rows([Naming("Roe", (Reason("merged", 1.0, 0, by_people=True),), None)]),
            "Roe as an alias merged Decided by people",
            [],
            id="a name that people gave",
        ),
        pytest.param(
            tags.unsure_links([link(0.85, "the envoy")]),
            "“Roe”, the envoy, in A title, The Wire not sure, likely 85 % surname",
            ["/articles/abc/"],
            id="a doubtful link",
        ),
        pytest.param(
            tags.unsure_links([link(0.85, shown=False)]),
            "“Roe” in an article not sure, likely 85 % surname",
            ["/articles/abc/"],
            id="a link without a current version",
        ),
        pytest.param(
            tags.share_rows(
                [Share("Twitter", 1_000, 100.0, "medium=Twitter"), Share("", 1, 0, "")]
            ),
            "Twitter 1,000 1",
            ["?medium=Twitter#quotations"],
            id="shares",
        ),
        pytest.param(
            tags.reporter_rows([Reporter("Jo Bloggs", "The Wire", 2, is_sought=True)]),
            "Jo Bloggs The Wire 2",
            ["?by=Jo+Bloggs#quotations"],
            id="a reporter",
        ),
    ],
)
def test_what_a_row_says(html, text, links):
    assert told(html) == (text, links)


def test_only_bars_of_some_height_are_drawn_and_listed():
    drawn = plot({date(2026, 3, 1): 2, date(2026, 3, 4): 1_000}, max_bars=60)
    assert drawn is not None
    assert len(drawn.bars) == 4
    listed = tags.plot_rows(drawn.bars)
    assert told(listed)[1] == [
        "?after=2026-03-01&before=2026-03-01#quotations",
        "?after=2026-03-04&before=2026-03-04#quotations",
    ]
    assert "1,000" in told(listed)[0]
    assert tags.plot_bars(drawn.bars).count("<title>") == 2


@given(st.text(alphabet="<>&\"'{}a "))
def test_nothing_that_is_written_becomes_html(written):
    seen = Sighting(DAY, "abc", written)
    reason = Reason(written, 1.0, 0, by_people=False)
    for html in (
        tags.use_rows([use(written, seen, Stretch(0, 1))], spans=True),
        tags.name_rows([Naming(written, (reason,), use(written))]),
        tags.share_rows([Share(written, 1, 1.0, "x")]),
        tags.reporter_rows([Reporter(written, written, 1, is_sought=False)]),
    ):
        text, _ = told(html)
        assert " ".join(written.split()) in text  # no mark is lost, none is markup
        assert Page(html).attributes <= ATTRIBUTES
