"""Names of bodies: what counts of them, one row a case; and what holds for any name."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quotes.body_names import (
    abbreviation,
    abbreviations_of,
    block_keys,
    body_key,
    countries,
    is_generic,
    is_national,
    is_shared,
)

ANY = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(["Ministry", "of", "the", "US", "Russia's", "Inc.", "UN", "Culture", "É-a"])
    ).map(" ".join),
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Centre for Policy", "Center for Policy", id="british"),
        pytest.param(
            "International Labour Organisation", "international labor organization", id="2"
        ),
        pytest.param("Apple", "Apple Inc.", id="legal-form"),
        pytest.param("Goldman Sachs", "Goldman Sachs Group, Inc.", id="group"),
        pytest.param("Kenya Red Cross", "Kenyan Red Cross", id="demonym"),
        pytest.param("US Chamber", "American Chamber", id="america"),
        pytest.param("Peru's Culture Ministry", "Ministry of Culture of Peru", id="ministry"),
        pytest.param(
            "Foreign Ministry of Mali", "Malian Ministry of Foreign Affairs", id="foreign"
        ),
        pytest.param("the Red-Cross", "Red Cross", id="hyphen-article"),
    ],
)
def test_one_body(one, other):
    assert body_key(one) == body_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Miami University", "University of Miami", id="universities"),
        pytest.param("North Korean army", "South Korean army", id="koreas"),
        pytest.param("Niger's Ministry of Health", "Nigeria's Ministry of Health", id="niger"),
        pytest.param("Guinea's army", "Equatorial Guinea's army", id="guinea"),
        pytest.param("Sudanese army", "South Sudanese army", id="sudan"),
        pytest.param(
            "Virginia Department of Health", "West Virginia Department of Health", id="va"
        ),
        pytest.param("Boston Police Department", "Boston Fire Department", id="departments"),
        pytest.param("New York State Senate", "New York City Senate", id="state-city"),
        pytest.param("Holding", "Group", id="a-company-word-is-a-name"),
    ],
)
def test_two_bodies(one, other):
    assert body_key(one) != body_key(other)


@pytest.mark.parametrize(
    ("name", "shared"),
    [
        ("Foreign Ministry", True),
        ("Labour Party", True),
        ("Supreme Court", True),
        ("Russian Foreign Ministry", False),
        ("Greenfield City Council", False),
    ],
)
def test_shared_names(name, shared):
    assert is_shared(name) == shared


@pytest.mark.parametrize(
    ("name", "generic"),
    [
        ("US Officials", True),
        ("Health Workers", True),
        ("Israeli Officials", True),
        ("National Union of Teachers", False),
        ("Green Bay Packers", False),
        ("Officials", True),
        ("", False),
    ],
)
def test_generic_names(name, generic):
    assert is_generic(name) == generic


@pytest.mark.parametrize(
    ("name", "national"),
    [
        ("the Nigerian army", True),
        ("Russia's government", True),
        ("German police", False),
        ("the US-led coalition", False),
        ("Texas government", False),
        ("army", False),
    ],
)
def test_national_names(name, national):
    assert is_national(name) == national


def test_countries():
    assert countries("North Korea's Texas office") == {"KP", "US-TX"}
    assert countries("us and them") == set()


def test_acronyms():
    assert abbreviation("the S.D.F.") == "sdf"
    assert abbreviation("UN") is None
    assert abbreviation("Syrian Democratic Forces") is None
    assert "sdf" in abbreviations_of("Syrian Democratic Forces")
    assert abbreviations_of("Word " * 500) == set()


@example("0¨0", "NFKD")
@given(ANY, st.sampled_from(["NFC", "NFD", "NFKD"]))
def test_keys_do_not_depend_on_normal_form_or_article(name, form):
    assert body_key(unicodedata.normalize(form, name)) == body_key(
        unicodedata.normalize("NFC", name)
    )
    assert body_key(f"the {name.strip()}") == body_key(name) or not name.strip()
    assert len(block_keys(name)) <= 3


@given(st.text("abcdefg ", max_size=40))
def test_keys_do_not_depend_on_case(name):
    assert body_key(name.upper()) == body_key(name)
