"""Which names are one speaker's across articles, and which are not to be linked."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quotes.nlp.document import Speaker, SpeakerKind
from quotes.speakers import (
    BLOCK_KEY_CHARS,
    KEY_CHARS,
    article_key,
    canonical_key,
    link_key,
    link_reason,
    lookup_keys,
    plain_name,
    stored_keys,
)

PERSON, BODY, GROUP = SpeakerKind.PERSON, SpeakerKind.ORGANISATION, SpeakerKind.GROUP


def key(name: str, kind: SpeakerKind = BODY) -> str | None:
    return link_key(Speaker(name=name, kind=kind))


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        pytest.param("United Nations", "The UN", BODY, id="acronym-with-article"),
        pytest.param("United Nations", "the U.N.’s", BODY, id="stops-and-possessive"),
        pytest.param("US Central Command", "U.S. Central Command", BODY, id="us"),
        pytest.param("US Central Command", "United States Central Command", BODY, id="us-in-full"),
        pytest.param("US Department of State", "State Department", BODY, id="alias"),
        pytest.param("Donald Trump", "Donald J. Trump", PERSON, id="middle-initial"),
        pytest.param("Donald Trump", "Mr. Donald Trump", PERSON, id="honorific"),
        pytest.param("Elizabeth Warren", "Senator Elizabeth Warren", PERSON, id="title"),
        pytest.param("José Álvarez", "Jose Alvarez's", PERSON, id="accents"),
        pytest.param("Sinn O'Neill", "Sinn O’Neill", PERSON, id="apostrophes"),
        pytest.param("Jean-Luc Picard", "JEAN LUC  PICARD", PERSON, id="hyphen-case-space"),
    ],
)
def test_links(one, other, kind):
    assert key(one, kind) == key(other, kind) is not None


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        pytest.param("Bill Clinton", "Hillary Clinton", PERSON, id="first-names"),
        pytest.param("George W. Bush", "Jeb Bush", PERSON, id="family"),
        pytest.param("Russian Foreign Ministry", "Turkish Foreign Ministry", BODY, id="countries"),
        pytest.param("US Central Command", "Central Command", BODY, id="country-left-out"),
    ],
)
def test_keeps_apart(one, other, kind):
    assert key(one, kind) != key(other, kind)


def test_a_person_is_no_organisation():
    assert key("Johnson Matthey", PERSON) != key("Johnson Matthey", BODY)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        pytest.param("a monitor", SpeakerKind.ANONYMOUS, id="anonymous"),
        pytest.param("Trump", PERSON, id="surname"),
        pytest.param("Mr Trump", PERSON, id="title-and-surname"),
        pytest.param("J. Smith", PERSON, id="initial-and-surname"),
        pytest.param("Many experts", PERSON, id="phrase"),
        pytest.param("the coalition", GROUP, id="common-noun"),
        pytest.param("the US-led coalition", GROUP, id="name-before-common-noun"),
        pytest.param("SDF", BODY, id="acronym-of-many"),
        pytest.param("Republicans", GROUP, id="one-word-group"),
        pytest.param("Foreign Ministry", BODY, id="every-country-has-one"),
        pytest.param("the Supreme Court", BODY, id="every-country-has-one-too"),
        pytest.param("the report", SpeakerKind.DOCUMENT, id="document-without-name"),
        pytest.param("…", BODY, id="no-letters"),
        pytest.param("", PERSON, id="nothing"),
    ],
)
def test_leaves_unsafe_names_unlinked(name, kind):
    assert key(name, kind) is None


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("The UN", "United Nations"),
        ("the US military's", "US military"),
        ("Ana  Roe", "Ana Roe"),
        ("the", "the"),
    ],
)
def test_plain_name(name, shown):
    assert plain_name(name) == shown


def test_reason():
    assert link_reason("The UN") == "short for United Nations"
    assert link_reason("United Nations") == "same name"


def test_inside_an_article_a_name_is_one_and_no_other_articles():
    speaker = Speaker(name="the coalition", kind=GROUP)
    assert article_key(speaker, "a") == article_key(Speaker(name="coalition", kind=GROUP), "a")
    assert article_key(speaker, "a") != article_key(speaker, "b")


@given(
    st.text(max_size=60),
    st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]),
    st.sampled_from(SpeakerKind),
)
@example("𝓣HE 0", "NFKC", SpeakerKind.PERSON)
def test_keys_do_not_depend_on_the_normal_form(name, form, kind):
    plain = unicodedata.normalize("NFC", name)
    assert canonical_key(unicodedata.normalize(form, plain), kind) == canonical_key(plain, kind)


@given(st.text("eiouclnszéíóúçñšžÉÎÕÜ ", max_size=30))
def test_keys_of_persons_do_not_depend_on_case_or_accents(name):
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    assert canonical_key(bare) == canonical_key(name)
    assert canonical_key(name.casefold()) == canonical_key(name)


@pytest.mark.parametrize(
    ("name", "kind", "shared"),
    [
        pytest.param("Lula", PERSON, ["single:lula"], id="one-word"),
        pytest.param("J. Roe", PERSON, ["initial:j r", "single:j roe"], id="initial"),
    ],
)
def test_names_that_are_not_full_have_keys_of_their_own(name, kind, shared):
    assert set(lookup_keys(name, kind)) <= set(shared) | set(lookup_keys(name, kind))
    assert shared[-1] in lookup_keys(name, kind)
    assert shared[-1] in stored_keys(name, kind)


@given(st.text(max_size=700), st.sampled_from(SpeakerKind))
def test_keys_to_look_up_fit_their_column(name, kind):
    keys = [*stored_keys(name, kind), *lookup_keys(name, kind)]
    assert all(0 < len(key) <= BLOCK_KEY_CHARS for key in keys)
    assert len(keys) <= 60


@given(st.text(max_size=700), st.sampled_from(SpeakerKind))
def test_keys_are_stable_and_fit_their_column(name, kind):
    speaker = Speaker(name=name, kind=kind)
    linked = link_key(speaker)
    assert linked is None or 0 < len(linked) <= KEY_CHARS
    assert 0 < len(article_key(speaker, "abcdefghjkmn")) <= KEY_CHARS
    assert canonical_key(f"  {name} ", kind) == canonical_key(name, kind)
