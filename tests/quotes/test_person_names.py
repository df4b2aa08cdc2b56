"""How names of persons relate, one row a case; and what holds for any two names."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.person_names import (
    Relation,
    block_keys,
    distance,
    initial_key,
    is_common,
    is_full,
    parse,
    relation,
    skeleton,
    sound,
    suffix_missing,
)

WORDS = (
    "Ana Roe Bill William Mohammed bin Salman al-Assad Xi Jinping Jean-Luc O'Neill Jr. III J. José"
    " Łukasz Müller Zelensky Zelenskyy Владимир Путин 习近平 Dr. de la Cruz"
)
NAMES = st.lists(st.sampled_from(WORDS.split()), max_size=6).map(" ".join)
ANY = st.one_of(NAMES, st.text(max_size=60))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("Ana Roe", "ana ROE", Relation.SAME, id="case"),
        pytest.param("Lech Wałęsa", "Lech Walesa", Relation.SAME, id="stroke"),
        pytest.param("İbrahim Kalın", "Ibrahim Kalin", Relation.SAME, id="dots"),
        pytest.param("Kim Jong-un", "Kim Jong Un", Relation.SAME, id="hyphen"),
        pytest.param("Dr. Ana Roe", "Ana Roe", Relation.SAME, id="title"),
        pytest.param("Bashar al-Assad", "Bashar Assad", Relation.SAME, id="particle"),
        pytest.param("Gerhard Schröder", "Gerhard Schroeder", Relation.SPELLING, id="umlaut"),
        pytest.param("Mao Zedong", "Mao Tse-tung", Relation.SPELLING, id="wade-giles"),
        pytest.param("Abdul Aziz Roe", "Abdulaziz Roe", Relation.SPELLING, id="abdul"),
        pytest.param("Sergei Lavrov", "Sergey Lavrov", Relation.SPELLING, id="cyrillic"),
        pytest.param("Xi Jinping", "Jinping Xi", Relation.ORDER, id="order"),
        pytest.param("Park Geun-hye", "Geunhye Park", Relation.ORDER, id="order-joined"),
        pytest.param("James Martin", "Martin James", Relation.DIFFERENT, id="two-first-names"),
        pytest.param("Ana Maria Roe", "Ana Roe", Relation.MIDDLE, id="middle"),
        pytest.param("Ana M. Roe", "Ana Roe", Relation.INITIAL, id="middle-initial"),
        pytest.param("Ana M. Roe", "Ana Maria Roe", Relation.INITIAL, id="initial-fits"),
        pytest.param("Ana M. Roe", "Ana Lucia Roe", Relation.DIFFERENT, id="initial-differs"),
        pytest.param("George W. Bush", "George H.W. Bush", Relation.DIFFERENT, id="initials"),
        pytest.param("J. Edgar Hoover", "John Edgar Hoover", Relation.ABBREVIATED, id="first"),
        pytest.param("Bill Roe", "William Roe", Relation.NICKNAME, id="nickname"),
        pytest.param("Chuck Roe", "Bill Roe", Relation.DIFFERENT, id="two-nicknames"),
        pytest.param("Ana Roe", "Ana Roe Doe", Relation.LONGER, id="longer"),
        pytest.param("Aung San", "Aung San Suu Kyi", Relation.DIFFERENT, id="much-longer"),
        pytest.param("V. Putin", "Vladimir Putin", Relation.ABBREVIATED, id="abbreviated"),
        pytest.param("Hassan Roe", "Hussein Roe", Relation.DIFFERENT, id="hassan-hussein"),
        pytest.param("Sergei Ivanov", "Sergei Ivanova", Relation.DIFFERENT, id="ova"),
        pytest.param("Mario Draghi", "Maria Draghi", Relation.DIFFERENT, id="o-a"),
        pytest.param("Mr. Robin Roe", "Ms. Robin Roe", Relation.DIFFERENT, id="titles-of-sexes"),
        pytest.param("John Roe Jr.", "John Roe Sr.", Relation.DIFFERENT, id="father-and-son"),
        pytest.param("John Paul I", "John Paul II", Relation.DIFFERENT, id="numerals"),
        pytest.param("Alexander Lukashenko", "Alexander Lukashenka", Relation.NEAR, id="vowel"),
        pytest.param("Bill Clinton", "Hillary Clinton", Relation.DIFFERENT, id="surname-only"),
        pytest.param("", "Ana Roe", Relation.DIFFERENT, id="nothing"),
        pytest.param("Путин Владимир", "Владимир Путин", Relation.ORDER, id="cyrillic-order"),
    ],
)
def test_relation(one, other, expected):
    assert relation(one, other) == expected
    assert relation(other, one) == expected


@pytest.mark.parametrize(
    ("name", "parts", "suffix"),
    [
        ("Sen. John F. Kennedy Jr.", ("john", "f", "kennedy"), "jr"),
        ("Robert S. Mueller III", ("robert", "s", "mueller"), "iii"),
        ("Jinping Xi", ("jinping", "xi"), ""),
        ("Abdel Fattah el-Sisi", ("abdfattah", "sisi"), ""),
        ("Mr", ("mr",), ""),
        ("…", (), ""),
    ],
)
def test_parse(name, parts, suffix):
    assert parse(name).parts == parts
    assert parse(name).suffix == suffix


def test_suffix_missing():
    assert suffix_missing("Donald Trump", "Donald Trump Jr.")
    assert not suffix_missing("Donald Trump", "Donald J. Trump")


@pytest.mark.parametrize(
    ("name", "common"),
    [
        ("John Smith", True),
        ("Zhang Wei", True),
        ("Mark Carney", False),
        ("Volodymyr Zelensky", False),
        ("Smith", True),
    ],
)
def test_common_names(name, common):
    assert is_common(name) == common


@pytest.mark.parametrize(
    ("name", "full"), [("Ana Roe", True), ("J. Roe", False), ("Roe", False), ("", False)]
)
def test_full_names(name, full):
    assert is_full(name) == full
    assert (initial_key(name) is not None) == full


def test_a_very_long_name_has_few_parts_and_keys():
    name = " ".join(f"Name{i}" for i in range(100))
    assert len(parse(name).parts) == 8
    assert len(block_keys(name)) <= 20


@given(ANY, ANY)
def test_the_relation_is_symmetric(one, other):
    assert relation(one, other) == relation(other, one)


@given(ANY)
def test_a_name_is_itself(name):
    expected = Relation.SAME if parse(name).parts else Relation.DIFFERENT
    assert relation(name, name) == expected


@given(NAMES, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_parts_do_not_depend_on_case_or_normal_form(name, form):
    assert parse(unicodedata.normalize(form, name)) == parse(name)
    # The capitals of a numeral tell it from a name.
    bare = " ".join(word for word in name.split() if word != "III")
    assert parse(bare.lower()).parts == parse(bare).parts


@given(ANY, ANY)
def test_names_that_may_be_one_share_a_key(one, other):
    if is_full(one) and is_full(other) and relation(one, other) is not Relation.DIFFERENT:
        assert set(block_keys(one)) & set(block_keys(other))


@given(st.text("abcdefghijklmnopqrstuvwxyz", max_size=20), st.text("aehiou", max_size=4))
def test_sounds_are_stable_and_distances_symmetric(part, other):
    assert sound(part) == sound(part)
    assert distance(part, other) == distance(other, part)
    assert distance(part, part) == 0.0
    if sound(part) == sound(other):
        assert skeleton(part) == skeleton(other)
