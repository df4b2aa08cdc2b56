"""The columns that lists of speakers show, against what the quotations say."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes import speaker_counts
from quotes.models import Outlet, Quotation, Speaker
from quotes.nlp.document import Act, Document, SpeakerKind
from quotes.nlp.document import Speaker as Found
from quotes.speaker_counts import Group, summary
from tests.builders import quotation, source

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


def group(role="", outlet=None, n=1, first=None, last=None):
    return Group(1, role, outlet, n, first, last or first)


@pytest.mark.parametrize(
    ("groups", "role", "outlet"),
    [
        pytest.param([], "", None, id="nothing"),
        pytest.param([group(n=9), group("envoy")], "envoy", None, id="no-role-is-no-role"),
        pytest.param([group("envoy", n=2), group("minister", n=3)], "minister", None, id="most"),
        pytest.param(
            [group("minister", 1, 2, JUNE), group("envoy", 2, 2, MAY)],
            "minister",
            None,
            id="latest",
        ),
        pytest.param(
            [group("envoy", 1, 2), group("minister", 2, 3), group("envoy", 3, 2)],
            "envoy",
            2,
            id="summed-over-outlets",
        ),
        pytest.param([group("a", 1), group("b", 2)], "b", None, id="settled-without-dates"),
        pytest.param(
            [group("a", 1, 2), group("a", 2), group("a", None, 9)], "a", 1, id="of-known-outlets"
        ),
    ],
)
def test_main_role_and_outlet(groups, role, outlet):
    found = summary(groups)
    assert (found["main_role"], found["main_outlet_id"]) == (role, outlet)


GROUPS = st.lists(
    st.builds(
        group,
        role=st.sampled_from(["", "envoy", "minister"]),
        outlet=st.sampled_from([None, 1, 2]),
        n=st.integers(1, 9),
        first=st.none() | st.dates(),
    )
)


@given(GROUPS)
def test_a_summary_does_not_depend_on_the_order(groups):
    found = summary(groups)
    assert summary(groups[::-1]) == found
    assert found["quotation_count"] == sum(g.quotations for g in groups)
    assert found["main_role"] in {"", *(g.role for g in groups)}


@pytest.fixture
def envoy(record):
    """Three quotations of Ana Roe in two outlets and two roles, one of them a belief."""
    for n, (outlet, role, day, act) in enumerate(
        [
            ("The Wire", "envoy", "2026-05-01", Act.SPEECH),
            ("The Post", "minister", "2026-06-01", Act.SPEECH),
            ("The Post", "minister", "2026-07-01", Act.ATTITUDE),
        ]
    ):
        text = f"Item {n} is so, Ana Roe said.\n"
        who = Found(name="Ana Roe", kind=SpeakerKind.PERSON, role=role)
        found = quotation(text, f"Item {n} is so", cue="said", speaker=who, act=act)
        record(
            source(text, outlet=outlet, published_on=day),
            Document(text=text, quotations=(found,)),
        )
    return Speaker.objects.get(name="Ana Roe")


@pytest.mark.django_db
@pytest.mark.database
def test_storing_keeps_the_columns(envoy):
    assert envoy.quotation_count == 2
    assert (envoy.first_quoted_on, envoy.last_quoted_on) == (MAY, JUNE)
    assert (envoy.main_role, envoy.main_outlet) == ("minister", None)  # one in each
    assert envoy.initial == "A"


@pytest.mark.django_db
@pytest.mark.database
def test_a_speaker_without_quotations_is_counted_down(envoy):
    Quotation.objects.update(status=Quotation.Status.REJECTED)
    speaker_counts.refresh([envoy.pk])
    envoy.refresh_from_db()
    assert (envoy.quotation_count, envoy.first_quoted_on, envoy.last_quoted_on) == (0, None, None)
    assert (envoy.main_role, envoy.main_outlet) == ("", None)
    assert Outlet.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.database
@pytest.mark.parametrize("count", [1, 10])
def test_refreshing_takes_the_same_statements(envoy, django_assert_num_queries, count):
    rows = [
        Speaker(slug=f"x-{n}", name=f"X {n}", kind="person", quotation_count=9)
        for n in range(count)
    ]
    Speaker.objects.bulk_create(rows)
    Speaker.objects.filter(pk=envoy.pk).update(quotation_count=0)
    with django_assert_num_queries(5):  # lock; count; update; and a savepoint around them
        speaker_counts.refresh([envoy.pk, *(row.pk for row in rows)])
    assert list(Speaker.objects.exclude(quotation_count=0)) == [envoy]


@pytest.mark.django_db
@pytest.mark.database
def test_refreshing_nobody_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        speaker_counts.refresh([])
