"""What a speaker's page says of the quotations: every one counted once, nothing made up."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.models import Article, Speaker, SpeakerLink, SpeakerName
from quotes.params import PAGES
from quotes.profiles import Said, namings, profile, said, table, unsure_links

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


def row(**fields) -> Said:
    plain = {
        "name": "Ana Roe",
        "role": "",
        "kind": "direct",
        "medium": "",
        "factuality": "factual",
        "day": None,
        "article": "a",
        "title": "Rail tax",
        "opening": "",
        "outlet": None,
        "outlet_slug": None,
        "byline": "",
    }
    return Said(**{**plain, **fields})


def test_nothing_is_an_empty_profile():
    found = profile([])
    assert (found.total, found.articles, found.undated, found.plot) == (0, 0, 0, None)
    assert found.names == found.roles == found.outlets == ()


def test_roles_have_their_first_and_last_article():
    found = profile(
        [
            row(role="envoy", day=JUNE, article="b", title="", opening="The envoy"),
            row(role="envoy", day=MAY, article="a"),
            row(role="envoy", article="undated"),
            row(role="minister", day=JULY, article="c"),
            row(day=JULY, article="c"),
        ]
    )
    envoy, minister = found.roles
    assert (envoy.words, envoy.quotations, envoy.articles) == ("envoy", 3, 3)
    assert envoy.first == (MAY, "a", "Rail tax")
    assert envoy.last == (JUNE, "b", "The envoy")
    assert envoy.query == "role=envoy"
    assert (minister.first, minister.last) == ((JULY, "c", "Rail tax"),) * 2
    assert envoy.stretch.start == 0
    assert envoy.stretch.length == pytest.approx(100 * 32 / 62, abs=0.01)
    assert minister.stretch.start + minister.stretch.length == pytest.approx(100, abs=0.01)


def test_the_most_frequent_comes_first_then_the_latest():
    found = profile(
        [row(name=name, day=day) for name, day in [("B", MAY), ("A", JUNE), ("C", MAY), ("C", MAY)]]
    )
    assert [use.words for use in found.names] == ["C", "A", "B"]


@pytest.mark.parametrize(
    ("byline", "author", "query"),
    [
        ("By Jane Roe", "Jane Roe", "by=Jane+Roe"),
        ("Reuters", "Reuters", "by=Reuters"),
        ("Roe, Jane", "Jane Roe", ""),
    ],
)
def test_reporters_are_found_by_the_words_of_bylines(byline, author, query):
    found = profile([row(byline=byline, outlet="The Wire")])
    assert [(*row[:3], row.query) for row in found.reporters] == [(author, "The Wire", 1, query)]


def test_two_authors_of_one_article_both_quote():
    rows = [row(byline="Jo Bloggs and Ann Other", outlet="W")] * 2 + [row(byline="Jo Bloggs")]
    found = profile(rows)
    assert [(r.author, r.outlet, r.quotations) for r in found.reporters] == [
        ("Ann Other", "W", 2),
        ("Jo Bloggs", "W", 2),
        ("Jo Bloggs", "", 1),
    ]


def test_shares_filter_where_they_can():
    found = profile([row(outlet="The Wire", outlet_slug="wire", medium="press release"), row()])
    assert [(s.label, s.query) for s in found.outlets] == [
        ("The Wire", "outlet=wire"),
        ("not known", ""),
    ]
    assert [(s.label, s.query) for s in found.media] == [("press release", "medium=press+release")]
    assert [(s.label, s.quotations, s.share) for s in found.kinds] == [("Direct", 2, 100.0)]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        pytest.param(["factual", "", "factual"], [], id="all said"),
        pytest.param(
            ["negated", "factual", "factual", ""],
            [
                ("Reported as said", "factuality=factual", 2),
                ("Negated", "factuality=negated", 1),
                ("Not looked at", "factuality=unknown", 1),
            ],
            id="some not",
        ),
    ],
)
def test_what_was_not_said_is_counted_apart(rows, told):
    found = profile([row(factuality=one) for one in rows]).factualities
    assert [(s.label, s.query, s.quotations) for s in found] == told


ROWS = st.lists(
    st.builds(
        row,
        name=st.sampled_from(["", "Ana Roe", "Roe"]),
        role=st.sampled_from(["", "envoy", "minister"]),
        kind=st.sampled_from(["direct", "indirect"]),
        day=st.none() | st.dates(),
        article=st.sampled_from("abc"),
        outlet=st.sampled_from([None, "W", "P"]),
    ),
    max_size=20,
)


@given(ROWS)
def test_every_quotation_is_counted_once(rows):
    found = profile(rows)
    assert found.total == len(rows)
    assert sum(s.quotations for s in found.kinds) == len(rows)
    assert sum(s.quotations for s in found.outlets) == len(rows)
    assert sum(use.quotations for use in found.roles) == sum(bool(r.role) for r in rows)
    assert found.undated + sum(r.day is not None for r in rows) == len(rows)
    if found.plot:
        assert found.plot.total == len(rows) - found.undated


@given(ROWS, st.randoms())
def test_the_order_does_not_matter(rows, shuffler):
    def told(found):
        uses = [(u.words, u.quotations, u.articles, u.first, u.last) for u in found.roles]
        return uses, found.kinds, found.outlets, found.reporters, found.plot

    shuffled = list(rows)
    shuffler.shuffle(shuffled)
    assert told(profile(shuffled)) == told(profile(rows))


@given(ROWS)
def test_uses_lie_inside_the_whole_time(rows):
    for use in (*profile(rows).roles, *profile(rows).names):
        if use.stretch:
            assert use.stretch.start >= 0
            assert use.stretch.length > 0
            assert use.stretch.start + use.stretch.length <= 100.02


@pytest.mark.parametrize(
    ("count", "shown", "folded", "left_out"),
    [(0, 0, 0, 0), (12, 12, 0, 0), (13, 12, 1, 0), (50, 12, 38, 0), (51, 12, 38, 1)],
)
def test_long_tables_are_folded(count, shown, folded, left_out):
    found = table(range(count))
    assert (len(found.shown), len(found.folded), found.left_out) == (shown, folded, left_out)


# --- names and links


@pytest.fixture
def ana(rail) -> Speaker:
    """The speaker of `rail`, as if linking had not written anything yet."""
    found = rail.quotations.first().speaker
    found.links.all().delete()
    found.names.all().delete()
    return found


def add_link(speaker: Speaker, name: str, n: int = 1, **fields) -> None:
    for _ in range(n):
        number = Article.objects.count()
        article = Article.objects.create(uid=f"x{number}", identity=f"x:{number}")
        given = {"reason": "same name", "score": 0.95, **fields}
        SpeakerLink.objects.create(article=article, speaker=speaker, name=name, key=name, **given)


@pytest.mark.django_db
@pytest.mark.database
def test_a_name_has_its_reasons_and_its_use(ana):
    SpeakerName.objects.create(speaker=ana, name="Ana Roe", key="k", reason="same name")
    SpeakerName.objects.create(speaker=ana, name="Ms Roe", key="", reason="alias", score=0.4)
    add_link(ana, "Ana Roe", 3)
    add_link(ana, "Ana Roe", reason="same role", score=0.7)
    add_link(ana, "A. Roe", decided=True, score=1.0, reason="said so")
    rows = profile(said(ana.quotations.all()))
    found = {naming.name: naming for naming in namings(ana, rows.names)}
    assert list(found) == ["Ana Roe", "A. Roe", "Ms Roe"]
    assert found["Ana Roe"].use.quotations == 2
    assert [(r.why, r.articles, r.is_sure) for r in found["Ana Roe"].reasons] == [
        ("same name", 3, True),
        ("same role", 1, False),
    ]
    assert found["A. Roe"].reasons[0].by_people
    assert found["A. Roe"].use is None
    assert [(r.why, r.is_sure) for r in found["Ms Roe"].reasons] == [("alias", False)]


@pytest.mark.django_db
@pytest.mark.database
def test_unsure_links_are_the_least_sure_first_and_none_that_people_made(ana):
    add_link(ana, "sure", score=PAGES.link_sure_from)
    add_link(ana, "b", score=0.5)
    add_link(ana, "a", score=0.3)
    add_link(ana, "decided", score=0.1, decided=True)
    assert [link.name for link in unsure_links(ana)] == ["a", "b"]


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 10])
def test_the_queries_do_not_grow(ana, django_assert_num_queries, rows):
    for n in range(rows):
        add_link(ana, f"N{n}", score=0.5)
    with django_assert_num_queries(1 + 2 + 2):
        namings(ana, profile(said(ana.quotations.all())).names)
        assert [link.article.shown for link in unsure_links(ana)] == [[]] * rows
