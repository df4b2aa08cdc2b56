"""Stored queries select the same rows as the page and the API do, or name what is wrong."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from quotes import selections
from quotes.forms import QuotationFilter
from quotes.merging import root
from quotes.models import Quotation, Speaker
from quotes.nlp.document import Act, Document, Kind
from quotes.selections import PARAMETERS, SelectionError, clean, select
from tests import builders

WEATHER = "Officials said rain was likely. Planners hoped it would stop.\n“Dry,” they said.\n"
TAX, MUST, RAIN, STOP, DRY = (
    "the café tax would rise",
    "“It must,”",
    "rain was likely",
    "it would stop",
    "“Dry,”",
)


@pytest.fixture
def stored(rail: Any, record: Any) -> None:  # noqa: ARG001  stores the first
    """Two articles: a named speaker; an anonymous one, an attitude, and words of nobody."""
    said = builders.quotation(
        WEATHER, RAIN, cue="said", source="Officials", speaker=builders.MONITOR, medium="Twitter"
    )
    hoped = builders.quotation(WEATHER, STOP, cue="hoped", act=Act.ATTITUDE)
    dry = builders.quotation(WEATHER, DRY, kind=Kind.DIRECT, confidence=0.2)
    document = Document(text=WEATHER, quotations=(said, hoped, dry))
    record(builders.source(WEATHER, origin="weather.txt", byline="Sam Poe"), document)
    Quotation.objects.filter(content=MUST).update(review=Quotation.Review.CONFIRMED)


def selected(query: selections.Query) -> set[str]:
    return set(select(query).values_list("content", flat=True))


@pytest.mark.usefixtures("stored")
@pytest.mark.django_db
@pytest.mark.database
@pytest.mark.parametrize(
    ("query", "contents"),
    [
        pytest.param({}, {TAX, MUST, RAIN, DRY}, id="speech-by-default"),
        ({"act": ["attitude"]}, {STOP}),
        ({"act": ["any"]}, {TAX, MUST, RAIN, STOP, DRY}),
        ({"q": ["cafe"]}, {TAX}),
        pytest.param({"q": ["?!"]}, set(), id="a-search-without-words-finds-nothing"),
        ({"speaker": ["ana-roe"]}, {TAX, MUST}),
        pytest.param({"speaker": ["nobody"]}, set(), id="unknown-speaker"),
        ({"any_name": ["ms roe"]}, {TAX, MUST}),
        ({"speaker_name": ["roe"]}, {TAX, MUST}),
        ({"called": ["Ana Roe"]}, {TAX, MUST}),
        pytest.param({"called": ["Roe"]}, set(), id="called-is-the-whole-name"),
        ({"role": ["the minister"]}, {TAX, MUST}),
        ({"speaker_kind": ["anonymous"]}, {RAIN}),
        ({"source": ["named"]}, {TAX, MUST}),
        ({"source": ["anonymous"]}, {RAIN}),
        ({"source": ["none"]}, {DRY}),
        ({"kind": ["direct"]}, {MUST, DRY}),
        ({"kind": ["direct", "indirect"]}, {TAX, MUST, RAIN, DRY}),
        ({"medium": ["twitter"]}, {RAIN}),
        pytest.param({"medium": ["?!"]}, set(), id="marks-are-no-medium"),
        ({"speaker": ["ana-roe", "nobody"]}, {TAX, MUST}),
        ({"medium": ["twitter", "radio"], "speaker_kind": ["anonymous"]}, {RAIN}),
        ({"outlet": ["nowhere", "the-daily-wire"]}, {TAX, MUST}),
        ({"outlet": ["the-daily-wire"]}, {TAX, MUST}),
        ({"byline": ["poe"]}, {RAIN, DRY}),
        ({"published_from": ["2026-03-04"]}, {TAX, MUST}),
        ({"published_from": ["2026-03-05"]}, set()),
        ({"published_to": ["2026-03-04"]}, {TAX, MUST}),
        ({"min_confidence": ["0.5"]}, {TAX, MUST, RAIN}),
        ({"reviewed": ["true"]}, {MUST}),
        ({"reviewed": ["false"]}, {TAX, RAIN, DRY}),
        ({"updated_since": ["2000-01-01T00:00:00Z"]}, {TAX, MUST, RAIN, DRY}),
        ({"updated_since": ["2190-01-01T00:00:00+01:00"]}, set()),
        pytest.param({"kind": ["direct"], "source": ["named"]}, {MUST}, id="all-must-hold"),
        pytest.param({"kind": "direct"}, {MUST, DRY}, id="a-string-is-a-list-of-one"),
    ],
)
def test_a_query_selects(query, contents):
    assert selected(query) == contents


@pytest.mark.usefixtures("stored")
@pytest.mark.django_db
def test_an_article_is_selected_by_its_uid(rail):
    assert selected({"article": [rail.article.uid]}) == {TAX, MUST}
    assert selected({"article": ["other"]}) == set()


@pytest.mark.django_db
@pytest.mark.database
def test_a_merged_speaker_leads_to_who_it_is_now(quotation):
    former = Speaker.objects.create(
        slug="a-roe", name="A. Roe", kind="person", merged_into=quotation.speaker
    )
    first = Speaker.objects.create(slug="roe", name="Roe", kind="person", merged_into=former)
    assert root(first) == quotation.speaker
    assert selected({"speaker": ["roe"]}) == {TAX, MUST}


@pytest.mark.usefixtures("quotation")
@pytest.mark.django_db
def test_only_what_the_user_may_read(settings):
    settings.PUBLIC_READS = False
    assert select({}, AnonymousUser()).count() == 0
    assert select({}, User.objects.create_user("ann")).count() == 2
    assert select({}).count() == 2


@pytest.mark.django_db
def test_former_versions_and_lost_quotations_are_left_out(quotation):
    Quotation.objects.filter(pk=quotation.pk).update(status=Quotation.Status.GONE)
    assert selected({}) == {MUST}
    quotation.version.article.versions.update(is_current=False)
    assert selected({}) == set()


@pytest.mark.parametrize(
    ("query", "parameter", "problem", "remedy"),
    [
        ({"colour": ["red"]}, "colour", "not offered", "speaker"),
        ({"kind": ["shouted"]}, "kind", "'shouted'", "direct, indirect, mixed"),
        ({"kind": []}, "kind", "no value", "leave it out"),
        ({"kind": [1]}, "kind", "no list of strings", '["value"]'),
        ({"kind": {"a": "b"}}, "kind", "no list of strings", '["value"]'),
        ({"any_name": ["a", "b"]}, "any_name", "more than once", "once"),
        ({"speaker": [f"s{n}" for n in range(21)]}, "speaker", "21 values", "at most 20"),
        ({"speaker": [" "]}, "speaker", "empty", "leave it out"),
        ({"speaker_name": ["a\0b"]}, "speaker_name", "character", "leave it out"),
        ({"speaker_name": ["a\ud800b"]}, "speaker_name", "character", "leave it out"),
        ({"speaker_name": ["x" * 301]}, "speaker_name", "too long", "300"),
        ({"q": ["x" * 501]}, "q", "too long", "500"),
        ({"act": ["song"]}, "act", "'song'", "speech, attitude, any"),
        ({"reviewed": ["yes"]}, "reviewed", "'yes'", "true, false"),
        ({"published_from": ["2017-02-30"]}, "published_from", "not a day", "2017-07-05"),
        ({"published_from": ["2017-W05-1"]}, "published_from", "not a day", "2017-07-05"),
        (
            {"published_from": ["2017-07-06"], "published_to": ["2017-07-05"]},
            "published_to",
            "earlier",
            "later day",
        ),
        ({"min_confidence": ["nan"]}, "min_confidence", "'nan'", "0 to 1"),
        ({"min_confidence": ["1.1"]}, "min_confidence", "'1.1'", "0 to 1"),
        ({"updated_since": ["soon"]}, "updated_since", "not a moment", "2017-07-05T08:00:00Z"),
        ({"updated_since": ["2017-07-05T08:00:00"]}, "updated_since", "time zone", "08:00:00Z"),
    ],
)
def test_what_cannot_be_used_is_named(query, parameter, problem, remedy):
    with pytest.raises(SelectionError) as caught:
        clean(query)
    assert caught.value.parameter == parameter
    assert problem in caught.value.problem
    assert caught.value.problem.startswith(f"{parameter}: ")
    assert remedy in caught.value.remedy


def test_the_stored_form_does_not_depend_on_the_order_given():
    one = clean({"kind": ["mixed", "direct", "mixed"], "q": ["tax"]})
    assert one == clean({"q": "tax", "kind": ["direct", "mixed"]})
    assert list(one) == ["q", "kind"]
    assert clean(one) == one


@given(
    st.dictionaries(
        st.sampled_from([*PARAMETERS, "other"]),
        st.lists(st.text(max_size=20) | st.sampled_from(["direct", "1", "true", "2017-07-05"])),
    )
)
def test_any_query_is_stored_or_refused(query):
    try:
        cleaned = clean(query)
    except SelectionError as error:
        faulty = error.parameter
    else:
        assert clean(cleaned) == cleaned
        assert set(cleaned) == set(query)
        return
    assert faulty in query


@pytest.mark.usefixtures("stored")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("q=tax", {"q": ["tax"]}),
        ("speaker=ana-roe", {"speaker": ["ana-roe"]}),
        ("speaker=Ms+Roe", {"any_name": ["Ms Roe"]}),
        ("speaker=Roe&speaker=ana-roe", {"speaker": ["ana-roe"], "any_name": ["Roe"]}),
        ("medium=Twitter&medium=radio&medium=", {"medium": ["Twitter", "radio"]}),
        ("outlet=The+Daily+Wire&outlet=the-daily-wire", {"outlet": ["the-daily-wire"]}),
        ("kind=mixed&kind=direct", {"kind": ["direct", "mixed"]}),
        ("source=anonymous", {"source": ["anonymous"]}),
        ("medium=Twitter", {"medium": ["Twitter"]}),
        ("outlet=The+Daily+Wire", {"outlet": ["the-daily-wire"]}),
        (
            "after=2020-01-02&before=2020-01-03",
            {"published_from": ["2020-01-02"], "published_to": ["2020-01-03"]},
        ),
        ("min_confidence=0", {"min_confidence": ["0.0"]}),
        ("reviewed=no", {"reviewed": ["false"]}),
        ("attitudes=on", {"act": ["any"]}),
        ("sort=oldest&page=2", {}),
    ],
)
def test_the_search_page_selects_what_its_stored_query_does(page, query):
    form = QuotationFilter(QueryDict(page))
    assert form.is_valid()
    assert form.selection() == query
    shown = set(form.apply(Quotation.objects.all()).values_list("content", flat=True))
    assert shown == selected(query)


def test_in_words():
    query = clean({"kind": ["mixed", "direct"], "q": ["tax"]})
    assert selections.in_words(query) == [("Words", "tax"), ("Kind", "direct, mixed")]
    query = selections.clean({"factuality": ["unknown", "future"]})
    assert selections.in_words(query) == [("Said or not", "Announced, Not looked at")]
