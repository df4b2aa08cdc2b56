"""What contexts say for and against, one row a case; and what holds for any two profiles."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp.document import SpeakerKind
from quotes.speaker_evidence import Profile, compare, read_role

PERSON, BODY = SpeakerKind.PERSON, SpeakerKind.ORGANISATION


def person(role="", name="John Smith", **fields):
    return Profile(kind=PERSON, names=(name,), roles=(role,) if role else (), **fields)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param(("Labour leader", "leader of Labour"), ("Labour leader", ""), id="same-role"),
        pytest.param(("senator", ""), ("senator", "footballer"), id="fields"),
        pytest.param(
            ("French minister", "minister"), ("French minister", "German minister"), id="c"
        ),
        pytest.param(("Texas mayor", "US mayor"), ("Texas mayor", "Ohio mayor"), id="parts"),
        pytest.param(("mayor", ""), ("mayor", "chess grandmaster"), id="unrelated"),
        pytest.param(("former mayor", "mayor"), ("mayor", "governor"), id="former"),
    ],
)
def test_roles(better, worse):
    more, less = (compare(person(a), person(b)).score for a, b in (better, worse))
    assert more > less


def test_the_best_of_many_roles_speaks():
    known = person()._replace(roles=("footballer", "president of Liberia"))
    assert compare(known, person("Liberian president")).score > 0.9


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        pytest.param({"company": frozenset({"ana roe"})}, "the same others speak", id="company"),
        pytest.param({"dates": (date(1910, 1, 1),)}, "more than a lifetime", id="lifetime"),
        pytest.param({"dates": (date(1975, 1, 1),)}, "a generation apart", id="generation"),
        pytest.param({"dates": (date(1995, 1, 1),)}, "decades apart", id="decades"),
        pytest.param({"countries": frozenset({"FR"})}, "outlets of different", id="outlets"),
        pytest.param(
            {"company": frozenset({"john smith"}), "keys": frozenset({"jon smith"})},
            "one article has both",
            id="side-by-side",
        ),
    ],
)
def test_the_reason_says_what_spoke(fields, words):
    one = person(
        company=frozenset({"ana roe"}),
        dates=(date(2019, 1, 1),),
        countries=frozenset({"GB"}),
        keys=frozenset({"john smith"}),
    )
    reason = compare(one, person(**fields)).reason
    assert words in reason
    assert reason.startswith("same name; which many people bear")


def test_kinds_are_apart():
    assert compare(person(), Profile(kind=BODY, names=("John Smith",))).score == 0.0
    group = Profile(kind=SpeakerKind.GROUP, names=("United Nations",))
    assert compare(group, Profile(kind=BODY, names=("UN",))).score > 0.95


def test_identifiers_decide():
    one, other = person(wikidata_id="Q1"), person(wikidata_id="Q2")
    assert compare(one, other).score == 0.0
    assert compare(one, person(name="Ana Roe", wikidata_id="Q1")).score == 0.99


def test_nothing_is_nobody():
    assert compare(Profile(kind=PERSON, names=()), person()).score < 0.01
    assert compare(person(name=""), person(name="")).score < 0.01


def test_a_role_is_read():
    role = read_role("the former French foreign minister")
    assert role.places == {"FR"}
    assert role.words == {"foreign", "minister"}
    assert role.fields == {"politics"}


ROLES = st.sampled_from(
    ["", "US senator", "Texas mayor", "footballer", "the Kyiv mayor", "x" * 500]
)
PROFILES = st.builds(
    Profile,
    kind=st.sampled_from([PERSON, BODY]),
    names=st.lists(
        st.sampled_from(
            ["Ana Roe", "John Smith", "J. Smith", "UN", "SDF", "Labour Party", "", "习"]
        ),
        max_size=3,
    ).map(tuple),
    roles=st.lists(ROLES, max_size=3).map(tuple),
    countries=st.frozensets(st.sampled_from(["US", "GB"])),
    about=st.frozensets(st.sampled_from(["US", "GB"])),
    dates=st.lists(st.dates(), max_size=3).map(tuple),
    company=st.frozensets(st.sampled_from(["ana roe", "john smith"])),
    keys=st.frozensets(st.sampled_from(["ana roe", "john smith"])),
    wikidata_id=st.sampled_from(["", "Q1", "Q2"]),
)


@given(PROFILES, PROFILES)
def test_symmetric_and_a_probability(one, other):
    there, back = compare(one, other), compare(other, one)
    assert there.score == pytest.approx(back.score)
    assert 0.0 <= there.score <= 1.0
    assert len(there.reason) <= 200
