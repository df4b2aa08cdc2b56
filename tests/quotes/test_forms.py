"""Query strings become filters, or errors that name the field and what it accepts."""

from datetime import date

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from quotes.forms import (
    ArticleFilter,
    ArticleOptions,
    QuotationFilter,
    SpeakerFilter,
    SpeakerQuotationFilter,
    without_blanks,
)
from quotes.models import ArticleVersion, Quotation, Speaker
from tests.builders import source

FORMS = (QuotationFilter, SpeakerQuotationFilter, ArticleFilter, SpeakerFilter, ArticleOptions)


@pytest.mark.django_db
@pytest.mark.parametrize("form", FORMS)
def test_no_filters_are_valid(form):
    bound = form(QueryDict(""))
    assert bound.is_valid()
    assert (bound.number, bound.chips(), bound.problems()) == (1, [], [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "label", "accepted"),
    [
        ("kind=shouted", "Kind", "direct, indirect, mixed"),
        ("source=secret", "Source", "named, anonymous, none"),
        ("medium=smoke", "Medium", "Twitter"),
        ("sort=random", "Sort", "newest"),
        ("after=yesterday", "Published from", "2017-07-05"),
        ("before=2017-02-30", "Published to", "2017-07-05"),
        ("after=2020-02-02&before=2020-02-01", "Published to", "earlier"),
        ("min_confidence=7", "Confidence at least", "from 0 to 1"),
        ("min_confidence=-0.1", "Confidence at least", "from 0 to 1"),
        ("min_confidence=nan", "Confidence at least", "from 0 to 1"),
        ("min_confidence=high", "Confidence at least", "from 0 to 1"),
        ("outlet=The+Moon", "Outlet", "The Moon"),
        ("page=0", "page", "1"),
        ("page=two", "page", "whole number"),
        ("page=99999999999999999999", "page", "narrow it"),
        ("q=a%00b", "Words", "ull"),
        ("speaker=%00", "Speaker", "ull"),
        ("outlet=%00", "Outlet", "ull"),
        ("q=" + "x" * 401, "Words", "400"),
    ],
)
def test_what_cannot_be_used_is_named(query, label, accepted):
    form = QuotationFilter(QueryDict(query))
    assert not form.is_valid()
    ((named, message),) = form.problems()
    assert named.lower() == label.lower()
    assert accepted in message
    assert form.apply(Quotation.objects.all()).query.is_empty()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "chips"),
    [
        pytest.param("q=tax", [("Words", "tax", "")], id="one"),
        pytest.param(
            "kind=direct&kind=mixed&page=3",
            [("Kind", "Direct", "kind=mixed"), ("Kind", "Mixed", "kind=direct")],
            id="each-value-and-not-the-page",
        ),
        pytest.param("q=+&sort=oldest&speaker=", [], id="blanks-and-order-are-no-filters"),
        pytest.param(
            "q=a&source=none&sort=oldest",
            [
                ("Words", "a", "source=none&sort=oldest"),
                ("Source", "No speaker named", "q=a&sort=oldest"),
            ],
            id="order-stays",
        ),
        pytest.param("attitudes=on", [("Include beliefs and intentions", "", "")], id="a-switch"),
        pytest.param("kind=shouted", [("Kind", "shouted", "")], id="bad-values-can-be-removed"),
    ],
)
def test_chips(query, chips):
    form = QuotationFilter(QueryDict(query))
    form.is_valid()
    assert [tuple(chip) for chip in form.chips()] == chips


def test_chips_name_the_speaker_and_the_outlet(rail):
    slug = Speaker.objects.get().slug
    form = QuotationFilter(QueryDict(f"speaker={slug}&outlet={rail.article.outlet.slug}"))
    assert form.is_valid()
    assert [chip.value for chip in form.chips()] == ["Ana Roe", "The Daily Wire"]


@pytest.mark.parametrize(
    ("query", "positions"),
    [
        ("", [0, 1]),
        ("q=café", [0]),
        ("q=zebra", []),
        ("kind=direct", [1]),
        ("kind=direct&kind=indirect", [0, 1]),
        ("kind=mixed", []),
        ("speaker=roe", [0, 1]),
        ("speaker=Ms+Roe", [0, 1]),
        ("speaker=Bloggs", []),
        ("source=named", [0, 1]),
        ("source=anonymous", []),
        ("source=none", []),
        ("outlet=the+daily+wire", [0, 1]),
        ("after=2026-03-04&before=2026-03-04", [0, 1]),
        ("after=2026-03-05", []),
        ("before=2026-03-03", []),
        ("min_confidence=0.8", [0, 1]),
        ("min_confidence=0.81", []),
        ("medium=Twitter", []),
        ("q=roe&sort=oldest", [0, 1]),
        ("sort=confidence", [0, 1]),
        ("sort=relevance", [0, 1]),
    ],
)
@pytest.mark.usefixtures("rail")
def test_quotations_are_filtered(query, positions):
    found = QuotationFilter(QueryDict(query)).apply(Quotation.objects.current().for_list())
    assert sorted(row.position for row in found) == positions


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 1), ("q=RAIL", 1), ("q=boat", 0), ("outlet=The+Daily+Wire", 1), ("after=2026-03-05", 0)],
)
@pytest.mark.usefixtures("rail")
def test_articles_are_filtered(query, count):
    versions = ArticleVersion.objects.current().for_list()
    assert len(ArticleFilter(QueryDict(query)).apply(versions)) == count


def test_articles_come_newest_first_and_undated_ones_last(record):
    days = ("2026-01-01", None, "2026-03-01", "2025-12-31")
    for number, day in enumerate(days):
        record(source(f"Text {number}.\n", title=f"T{number}", published_on=day))
    found = ArticleFilter(QueryDict("")).apply(ArticleVersion.objects.current().for_list())
    assert [version.title for version in found] == ["T2", "T0", "T3", "T1"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 1),
        ("q=ms+roe", 1),
        ("q=doe", 0),
        ("kind=person", 1),
        ("kind=group", 0),
        ("sort=name", 1),
    ],
)
@pytest.mark.usefixtures("rail")
def test_speakers_are_filtered(query, count):
    assert len(SpeakerFilter(QueryDict(query)).apply(Speaker.objects.for_list())) == count


@pytest.mark.django_db
def test_anonymous_is_no_kind_of_speaker_page():
    assert not SpeakerFilter(QueryDict("kind=anonymous")).is_valid()


@pytest.mark.django_db
def test_days_are_days():
    form = ArticleFilter(QueryDict("after=2026-03-04"))
    assert form.is_valid()
    assert form.cleaned_data["after"] == date(2026, 3, 4)


class AnyQueryString(TestCase):
    """No query string, however hostile, raises."""

    @given(
        st.dictionaries(
            st.sampled_from([*QuotationFilter.base_fields, "version", "x"]), st.text(max_size=8)
        )
    )
    def test_never_raises(self, values):
        query = QueryDict(mutable=True)
        query.update(values)
        for form in FORMS:
            bound = form(query)
            bound.is_valid()
            bound.problems()
            bound.chips()
            assert bound.number >= 1 if bound.is_valid() else True

    @given(st.dictionaries(st.text(max_size=3), st.text(max_size=3)))
    def test_blanks_go_and_the_rest_stays(self, values):
        query = QueryDict(mutable=True)
        query.update(values)
        kept = QueryDict(without_blanks(query))
        assert kept.dict() == {name: value for name, value in values.items() if value.strip()}
