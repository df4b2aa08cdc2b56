"""Names as strings: which words are titles, which name is part of which, what an acronym means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp import names


@pytest.mark.parametrize(
    ("name", "titles", "own"),
    [
        pytest.param("Mr. Grassley", ["Mr."], ["Grassley"], id="honorific"),
        pytest.param("Sen. Chuck Grassley", ["Sen."], ["Chuck", "Grassley"], id="role"),
        pytest.param("Vice President Joe Biden", ["Vice", "President"], ["Joe", "Biden"], id="two"),
        pytest.param(
            "former Prime Minister David Cameron",
            ["former", "Prime", "Minister"],
            ["David", "Cameron"],
            id="three",
        ),
        pytest.param("the Rev. Al Sharpton", ["Rev."], ["Al", "Sharpton"], id="article"),
        pytest.param("Hillary Clinton", [], ["Hillary", "Clinton"], id="none"),
        pytest.param("Clinton's", [], ["Clinton"], id="possessive"),
        pytest.param("James’", [], ["James"], id="possessive-after-s"),
        pytest.param("the President", [], ["President"], id="a-title-alone-stays"),
        pytest.param("Tan Sri Ana Roe", ["Tan Sri"], ["Ana", "Roe"], id="a-title-of-two-words"),
        pytest.param("Tan Ana Roe", [], ["Tan", "Ana", "Roe"], id="half-of-it-is-a-surname"),
        pytest.param("Ato Ana Roe", ["Ato"], ["Ana", "Roe"], id="a-title-before-two-words"),
        pytest.param("Ato Roe", [], ["Ato", "Roe"], id="which-is-a-name-as-well"),
        pytest.param("Guajardo Villarreal,", [], ["Guajardo", "Villarreal"], id="trailing-comma"),
        pytest.param("Conor O’Neill", [], ["Conor", "O’Neill"], id="apostrophe-inside"),
    ],
)
def test_split_titles(name: str, titles: list[str], own: list[str]) -> None:
    assert names.split_titles(name) == (titles, own)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        pytest.param("Hillary Clinton", "Mrs. Hillary Clinton", id="honorific"),
        pytest.param("Donald J. Trump", "Donald Trump", id="middle-initial"),
        pytest.param("Donald Trump Jr.", "Donald Trump", id="suffix"),
        pytest.param("José Álvarez", "Jose Alvarez", id="accents"),
        pytest.param("CLINTON", "Clinton", id="case"),
        pytest.param("Conor O'Neill", "Conor O’Neill", id="apostrophes"),
        pytest.param("Clinton's", "Clinton", id="possessive"),
        pytest.param("Modi ji", "Modi", id="a-title-behind-the-name"),
    ],
)
def test_same_person_key(a: str, b: str) -> None:
    assert names.person_key(a) == names.person_key(b)


@pytest.mark.parametrize(
    ("short", "full", "expected"),
    [
        pytest.param("Clinton", "Hillary Rodham Clinton", True, id="surname"),
        pytest.param("Mrs. Clinton", "Hillary Rodham Clinton", True, id="honorific-surname"),
        pytest.param("Hillary", "Hillary Rodham Clinton", True, id="first-name"),
        pytest.param("Hillary Clinton", "Hillary Rodham Clinton", True, id="first-and-last"),
        pytest.param("Rodham Clinton", "Hillary Rodham Clinton", True, id="last-two"),
        pytest.param("Guajardo", "Ildefonso Guajardo Villarreal", True, id="first-surname"),
        pytest.param("Mr. Guajardo", "Ildefonso Guajardo Villarreal", True, id="mr-first-surname"),
        pytest.param("Bill Clinton", "Hillary Rodham Clinton", False, id="another-first-name"),
        pytest.param("Chelsea", "Hillary Rodham Clinton", False, id="another-name"),
        pytest.param("Clinton", "Clinton", False, id="the-same-is-no-part"),
        pytest.param("Hillary Rodham Clinton", "Clinton", False, id="longer"),
        pytest.param("Clint", "Clint Eastwood", True, id="first-of-two"),
        pytest.param("Clint", "Hillary Clinton", False, id="part-of-a-word"),
        pytest.param("Arroyo", "Gloria Macapagal-Arroyo", True, id="half-of-a-surname"),
        pytest.param("Lula", "Luiz Inácio Lula da Silva", True, id="one-of-many-names"),
        pytest.param("Rodham", "Hillary Rodham Clinton", True, id="the-first-of-two-surnames"),
    ],
)
def test_is_part_of(short: str, full: str, *, expected: bool) -> None:
    assert names.is_part_of(names.person_key(short), names.person_key(full)) is expected


WORDS = st.lists(st.text("abcdé", min_size=1, max_size=5), min_size=1, max_size=5)


@given(WORDS)
def test_a_surname_alone_is_part_of_a_longer_name(words: list[str]) -> None:
    key = names.person_key(" ".join(words))
    assert names.is_part_of(key[-1:], key) is (len(key) > 1)
    assert not names.is_part_of(key, key)
    assert not names.is_part_of((), key)


@given(st.text(alphabet="Aa .,'’sé()-\n", max_size=30))
def test_keys_of_odd_text_do_not_fail_and_ignore_case(text: str) -> None:
    assert names.person_key(text) == names.person_key(text.upper().lower())
    assert names.organisation_key(f"the {text}"[4:]) == names.organisation_key(text)


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        pytest.param("the Washington Post", "Washington Post", id="the"),
        pytest.param("The Pentagon", "Pentagon", id="capital"),
        pytest.param("a US official", "US official", id="a"),
        pytest.param("Reuters", "Reuters", id="none"),
        pytest.param("the IMF’s", "IMF", id="possessive"),
        pytest.param("Theresa May", "Theresa May", id="the-inside-a-word"),
        pytest.param("The", "The", id="an-article-alone-stays"),
    ],
)
def test_without_determiner(name: str, bare: str) -> None:
    assert names.without_determiner(name) == bare


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("IMF", True, id="capitals"),
        pytest.param("U.N.", True, id="stops"),
        pytest.param("I", False, id="one-letter"),
        pytest.param("Imf", False, id="capitalised-word"),
        pytest.param("G20", False, id="digit"),
        pytest.param("US-led", False, id="compound"),
        pytest.param("", False, id="empty"),
    ],
)
def test_is_acronym(word: str, *, expected: bool) -> None:
    assert names.is_acronym(word) is expected


@pytest.mark.parametrize(
    ("acronym", "name", "expected"),
    [
        pytest.param("SDF", "Syrian Democratic Forces", True, id="plain"),
        pytest.param("IMF", "the International Monetary Fund", True, id="article"),
        pytest.param("DOJ", "Department of Justice", True, id="small-word-counted"),
        pytest.param("CDC", "Centers for Disease Control", True, id="small-word-skipped"),
        pytest.param("U.N.", "United Nations", True, id="stops"),
        pytest.param("AFP", "Agence France-Presse", True, id="hyphen"),
        pytest.param("IMF", "Syrian Democratic Forces", False, id="others"),
        pytest.param("SD", "Syrian Democratic Forces", False, id="too-short"),
        pytest.param("S", "Syria", False, id="one-letter-is-no-acronym"),
    ],
)
def test_abbreviates(acronym: str, name: str, *, expected: bool) -> None:
    assert names.abbreviates(acronym, name) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("Roe Foods", [("roe",)], id="one-word"),
        pytest.param("the Roe Steel Holdings", [("roe", "steel"), ("roe",)], id="two-words"),
        pytest.param("Poe Roe Inc.", [("poe", "roe")], id="two-are-left"),
        pytest.param("Roe Bank", [], id="none"),
        pytest.param("Foods", [], id="something-is-left"),
    ],
)
def test_company_beginnings(name: str, expected: list[tuple[str, ...]]) -> None:
    assert list(names.company_beginnings(name)) == expected


@pytest.mark.parametrize(
    ("name", "gender"),
    [
        pytest.param("Mrs. Clinton", "f", id="mrs"),
        pytest.param("Mr Trump", "m", id="mr"),
        pytest.param("Hillary Clinton", "f", id="first-name"),
        pytest.param("Mrs. George Bush", "f", id="the-title-beats-the-first-name"),
        pytest.param("Dr. Kim Roe", None, id="neither-tells"),
        pytest.param("Grant", None, id="a-surname-alone-tells-nothing"),
        pytest.param("Sen. Lindsey Graham", None, id="a-name-of-both"),
        pytest.param("King Salman", "m", id="royal"),
    ],
)
def test_gender(name: str, gender: str | None) -> None:
    assert names.gender(name) == gender
