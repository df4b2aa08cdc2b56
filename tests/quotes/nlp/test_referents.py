"""Who an article names: partial names with full ones, acronyms with expansions, doubt kept."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp.document import Document, Entity, Span, SpeakerKind
from quotes.nlp.entities import mended_entities
from quotes.nlp.referents import Match, Referents
from tests.quotes.nlp.build import LABELS_MARKED as LABELS
from tests.quotes.nlp.build import named

END = 10_000


def name_of(match: Match | None) -> str | None:
    return match.referent.name if match else None


def test_the_notation() -> None:
    doc = named("Then [P Ana Roe] of the [O IMF] left.")
    assert doc.text == "Then Ana Roe of the IMF left."
    assert [e.span.of(doc.text) for e in doc.entities] == ["Ana Roe", "IMF"]


PEOPLE = [
    pytest.param("[P Ana Roe] met [P Roe].", ["Ana Roe"], id="surname-after"),
    pytest.param("[P Roe] spoke. [P Ana Roe] won.", ["Ana Roe"], id="surname-before"),
    pytest.param("Mrs. [P Roe] met [P Ana Roe].", ["Ana Roe"], id="honorific"),
    pytest.param("[P Mrs. Roe] met [P Ana Roe].", ["Ana Roe"], id="honorific-inside"),
    pytest.param("[P Ana B. Roe] met [P Ana Roe].", ["Ana B. Roe"], id="middle-initial"),
    pytest.param("[P Ana Roe] saw [P Ana].", ["Ana Roe"], id="first-name"),
    pytest.param(
        "[P Hillary Rodham Clinton] is [P Hillary Clinton], [P Clinton].",
        ["Hillary Rodham Clinton"],
        id="three-forms",
    ),
    pytest.param("[P Ana Roe] and [P Bo Roe] left.", ["Ana Roe", "Bo Roe"], id="a-shared-surname"),
    pytest.param("[P Ana Roe] met [P Bo Poe].", ["Ana Roe", "Bo Poe"], id="two-people"),
    pytest.param("Mr. [P Roe] met Mrs. [P Roe].", ["Roe", "Roe"], id="a-couple-by-surname"),
    pytest.param("Pope [P Leo] met Queen [P Ana].", ["Pope Leo", "Queen Ana"], id="given-name"),
    pytest.param("King [P Salman II] met [P Leo].", ["King Salman II", "Leo"], id="numeral"),
    pytest.param("Sir [P Al Roe] met Sir [P Al].", ["Al Roe"], id="title-of-a-full-name"),
    pytest.param("[P JOSÉ ROE] is [P José Roe].", ["JOSÉ ROE"], id="a-headline's-capitals"),
]


@pytest.mark.parametrize(("marked", "expected"), PEOPLE)
def test_people(marked: str, expected: list[str]) -> None:
    found = Referents(named(marked)).all
    assert sorted(r.name for r in found) == sorted(expected)
    assert {r.kind for r in found} == {SpeakerKind.PERSON}


JO = "[P Ana Roe], better known as Jo, left. Later [P Jo] sang."
ATO = "Minister [P Ato Ana Roe] left. Later [P Ato Poe] sang."
COUPLE = "[P Bill Clinton] met [P Hillary Clinton]. Later [P Clinton] left."
PERSON_LOOKUPS = [
    pytest.param(COUPLE, "Mrs. Clinton", "Hillary Clinton", True, id="mrs"),
    pytest.param(COUPLE, "Mr. Clinton", "Bill Clinton", True, id="mr"),
    pytest.param(COUPLE, "Bill", "Bill Clinton", True, id="first-name"),
    pytest.param(COUPLE, "Hillary Clinton", "Hillary Clinton", True, id="full"),
    pytest.param(COUPLE, "Clinton", "Hillary Clinton", False, id="either-the-last-but-unsure"),
    pytest.param(COUPLE, "Chelsea Clinton", None, True, id="a-third"),
    pytest.param(COUPLE, "Roe", None, True, id="nobody"),
    pytest.param(JO, "Jo", "Ana Roe", True, id="another-name"),
    pytest.param(ATO, "Ato Ana", "Ana Roe", True, id="a-title-that-is-a-name-as-well"),
    pytest.param(ATO, "Ato Poe", "Ato Poe", True, id="and-is-one"),
    pytest.param(
        "[P Eva Poe] died. Her daughter [P Ana] wept. Later [P Poe] sang. [P Ana Poe] left.",
        "Poe",
        "Eva Poe",
        False,
        id="whom-the-reader-knows-by-that-name",
    ),
]


@pytest.mark.parametrize(("marked", "form", "expected", "sure"), PERSON_LOOKUPS)
def test_person(marked: str, form: str, expected: str | None, *, sure: bool) -> None:
    doc = named(marked)
    match = Referents(doc).person(form, doc.text.index("Later"))
    assert name_of(match) == expected
    if match:
        assert match.sure is sure


BODIES = [
    pytest.param(
        "The [O Syrian Democratic Forces] won. [O SDF] fighters left.",
        "SDF",
        "Syrian Democratic Forces",
        id="acronym-of-a-name",
    ),
    pytest.param(
        "The [O Free Grain Union] (FGU) won. The [O FGU] left.",
        "FGU",
        "Free Grain Union",
        id="an-expansion-in-the-article",
    ),
    pytest.param("The [O UN] left.", "UN", "United Nations", id="known-acronym"),
    pytest.param("The [O UN] left.", "United Nations", "United Nations", id="known-by-full-name"),
    pytest.param("The [O IMF] left.", "the IMF", "International Monetary Fund", id="article"),
    pytest.param(
        "[O The Washington Post] wrote. [O The Post] added.",
        "The Post",
        "Washington Post",
        id="last-word",
    ),
    pytest.param(
        "[O Konfut Foods Inc.] fell. [O Konfut] left.",
        "Konfut",
        "Konfut Foods Inc.",
        id="a-company's-beginning",
    ),
    pytest.param("[O Turkish Airlines] flew.", "Turkish", "Turkish Airlines", id="an-adjective"),
    pytest.param(
        "[O Borduria Airways] flew from [L Borduria].", "Borduria", "Borduria", id="a-place-is-not"
    ),
    pytest.param(
        "[O Konfut Foods] fell. [O Konfut] left [L Konfut].",
        "Konfut",
        "Konfut Foods",
        id="once-taken-for-a-place",
    ),
    pytest.param("[O Reuters] left.", "Reuters", "Reuters", id="plain"),
    pytest.param("[O Reuters] left.", "Bloomberg", None, id="another"),
    pytest.param("[L New York] slept.", "York", None, id="a-place-has-no-short-form"),
    pytest.param("[L Iran] denied it.", "Iran", "Iran", id="a-place"),
    pytest.param("[P Ana Roe] left.", "Roe", None, id="a-person-is-no-body"),
]


@pytest.mark.parametrize(("marked", "form", "expected"), BODIES)
def test_body(marked: str, form: str, expected: str | None) -> None:
    assert name_of(Referents(named(marked)).body(form)) == expected


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        pytest.param("[O Roe Foods] fell. Roe said so. [P Ana Roe] left.", "Roe Foods", id="first"),
        pytest.param("[O Roe Foods] and [P Ana Roe] fell. Roe said so.", None, id="both-before"),
        pytest.param("[P Ana Roe] fell. Roe said so. [O Roe Foods] left.", None, id="she-first"),
        pytest.param("Roe said so. [O Roe Foods] met [P Ana Roe].", None, id="neither-before"),
    ],
)
def test_a_company_told_of_before_its_namesake(marked: str, expected: str | None) -> None:
    doc = named(marked)
    found, at = Referents(doc), doc.text.index("Roe said")
    person = found.person("Ana Roe", at)
    assert person is not None
    assert name_of(found.company_before(person.referent, "Roe", at)) == expected


def test_an_acronym_that_two_bodies_share_is_unsure() -> None:
    doc = named("The [O Free Grain Union] sued the [O Fast Goods Union].")
    match = Referents(doc).body("FGU")
    assert match is not None
    assert not match.sure


def test_the_expansion_in_the_article_beats_the_known_one() -> None:
    doc = named("The [O American Football Players] (AFP) met. The [O AFP] left.")
    assert name_of(Referents(doc).body("AFP")) == "American Football Players"


@pytest.mark.parametrize(
    ("marked", "name", "gender"),
    [
        pytest.param("Mrs. [P Kim Roe] left.", "Kim Roe", "f", id="title"),
        pytest.param("[P Kim Roe] met Mr. [P Roe].", "Kim Roe", "m", id="title-of-a-later-mention"),
        pytest.param("[P Hillary Roe] left.", "Hillary Roe", "f", id="first-name"),
        pytest.param("[P Kim Roe] left.", "Kim Roe", None, id="unknown"),
        pytest.param("[P Malala] left.", "Malala", "f", id="a-first-name-alone"),
        pytest.param("[P Raúl Roe] left.", "Raúl Roe", "m", id="a-first-name-with-an-accent"),
    ],
)
def test_gender(marked: str, name: str, gender: str | None) -> None:
    found = {r.name: r.gender for r in Referents(named(marked)).all}
    assert found == {name: gender}


@pytest.mark.parametrize(
    ("marked", "roles"),
    [
        pytest.param("Sen. [P Ana Roe] left.", ["Sen."], id="role"),
        pytest.param("[P Sen. Ana Roe] left.", ["Sen."], id="role-inside"),
        pytest.param("Vice President [P Ana Roe] left.", ["Vice President"], id="two-words"),
        pytest.param("Mrs. [P Ana Roe] left.", [], id="an-honorific-is-no-role"),
        pytest.param("[P Ana Roe] left.", [], id="none"),
        pytest.param("It was Sen.\n[P Ana Roe] left.", [], id="another-line"),
        pytest.param("Gov. (Dr) [P Ana Roe] left.", ["Gov."], id="one-in-brackets"),
    ],
)
def test_roles_from_titles(marked: str, roles: list[str]) -> None:
    assert [r.roles for r in Referents(named(marked)).all] == [roles]


def test_mentions_are_in_text_order_and_aliases_are_the_forms() -> None:
    doc = named("[P Roe] met [P Ana Roe]. Mrs. [P Roe] left.")
    (roe,) = Referents(doc).all
    assert [span.of(doc.text) for span in roe.mentions] == ["Roe", "Ana Roe", "Roe"]
    assert roe.span.of(doc.text) == "Ana Roe"
    assert sorted(roe.aliases) == ["Ana Roe", "Roe"]
    assert roe.last_before(0) is None
    last = roe.last_before(END)
    assert last is not None
    assert last.start == doc.text.rindex("Roe")


@st.composite
def recognised(draw: st.DrawFn) -> Document:
    forms = ["Ana", "Roe", "and", "O'Neill", "J.", "Mrs.", "the", ",", "\n", "IMF", "(IMF)", "says"]
    text = "Ana " + " ".join(draw(st.lists(st.sampled_from(forms), max_size=12)))
    words = [match.span() for match in re.finditer(r"\S+", text)]
    firsts = sorted(draw(st.lists(st.integers(0, len(words) - 1), max_size=4)))
    entities = tuple(
        Entity(
            span=Span(
                start=words[first][0], end=words[draw(st.integers(first, len(words) - 1))][1]
            ),
            type=draw(st.sampled_from(sorted(LABELS.values()))),
        )
        for first in firsts
    )
    return Document(text=text, entities=entities)


@given(recognised())
def test_whatever_a_recogniser_finds_stays_inside_the_text(doc: Document) -> None:
    mended = doc.evolve(done="mended", entities=mended_entities(doc))
    for referent in Referents(mended).all:
        assert referent.name.strip()
        assert referent.mentions == sorted(referent.mentions, key=lambda span: span.start)
        assert referent.span in referent.mentions
