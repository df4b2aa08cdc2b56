"""Lines of words: what is kept of them, and where they may be cut."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.characters import closed, cut, is_shown, one_line
from quotes.citations import one_line as cited_line
from quotes.fields import clip
from quotes.mail import one_line as subject_line
from quotes.query_language import parse
from quotes.saved_searches import checked_name, default_name

FIREFIGHTER = "\U0001f469\U0001f3fd\u200d\U0001f692"  # a woman, a skin tone, a joiner, an engine
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
PERSIAN = "می\u200cخواهد"  # the joiner is part of how the word is spelled
NEW_LETTER = "\U0001fac8"  # came to Unicode in 2024, after the tables of Python 3.11


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(f"Crews {FIREFIGHTER} at work", id="emoji"),
        pytest.param(f"{ENGLAND} win", id="flag"),
        pytest.param(PERSIAN, id="persian"),
        pytest.param("C++\u200e (קוד)", id="mark-of-direction"),
        pytest.param("\u0600\u0661\u0662", id="arabic-number-sign"),
        pytest.param(f"A {NEW_LETTER} b", id="newer-than-python"),
        pytest.param("Zoe\u0308 Garci\u0301a", id="accents-apart"),
        pytest.param("𝒩𝑒𝓌 ＲＥＦＯＲＭ", id="mathematical"),
    ],
)
def test_what_shapes_words_stays_wherever_names_go(words):
    assert one_line(words) == clip(words, 500) == subject_line(words) == checked_name(words)
    assert one_line(words) == default_name({"q": [words]}) == words
    assert parse(f'speaker:"{words}"')


@pytest.mark.parametrize(
    ("words", "line"),
    [
        pytest.param("a\r\nBcc: x@example.org", "a Bcc: x@example.org", id="line-ends"),
        pytest.param("a\u2028b\u2029c\x85d", "a b c d", id="separators"),
        pytest.param("a\x07b\x00c\x9f", "abc", id="controls"),
        pytest.param("\u202edesrever\u202c title", "desrever title", id="override"),
        pytest.param("\u2067never ended", "never ended", id="isolate"),
        pytest.param("Har\u00adbour\u200b\ufeff\u2060 Post", "Harbour Post", id="unseen"),
        pytest.param("a\ufffe\uffff\ufdd0\U0001fffeb\ue000", "ab", id="no-characters"),
        pytest.param("\u200eBBC \u200f", "BBC", id="marks-at-the-ends"),
        pytest.param("\u200d \u200c", "", id="nothing-but-joiners"),
        pytest.param("no\u00a0break", "no break", id="blank"),
    ],
)
def test_what_no_line_holds_goes(words, line):
    assert one_line(words) == line


@given(st.text(max_size=60))
def test_a_line_is_one_line(words):
    line = one_line(words)
    assert line == one_line(line) == line.strip()
    assert len(line.splitlines()) <= 1
    assert all(map(is_shown, line))
    assert not {unicodedata.category(char) for char in line} & {"Cc", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("text", "most", "found"),
    [
        ("short", 5, "short"),
        ("longer", 5, "long…"),
        ("Zoe\u0308 spoke", 4, "Zo…"),  # not “Zoe” without its accent
        (f"ab{FIREFIGHTER}cd", 4, "ab…"),
        (f"ab{FIREFIGHTER}cd", 6, "ab…"),
        (f"ab{FIREFIGHTER}cd", 7, f"ab{FIREFIGHTER}…"),
        ("a \u200db", 3, "a…"),
        ("a" + "\u0301" * 9, 5, "a" + "\u0301" * 3 + "…"),  # accents without end are cut
    ],
)
def test_a_cut_parts_no_letter(text, most, found):
    assert cut(text, most) == found


@given(st.text(alphabet="ab \u0308\u200d\U0001f469\U0001f3fd", max_size=30), st.integers(1, 30))
def test_what_is_cut_fits(text, most):
    shown = cut(text, most)
    assert len(shown) <= most
    assert shown == text or text.startswith(shown.removesuffix("…"))


RLO, PDF, RLI, PDI = "\u202e", "\u202c", "\u2067", "\u2069"


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("plain", "plain"),
        (f"an {RLO}evorp{PDF} b", f"an {RLO}evorp{PDF} b"),
        (f"“We open {RLO}and go on,”", f"“We open {RLO}and go on{PDF},”"),  # before the marks
        (f"“We open {RLO}”", f"“We open {RLO}{PDF}”"),
        (f"{RLI}one {RLO}two", f"{RLI}one {RLO}two{PDF}{PDI}"),
        (f"{RLI}one {RLO}two{PDI} three", f"{RLI}one {RLO}two{PDI} three"),  # ends both
        (f"{PDF}{PDI} nothing was open", f"{PDF}{PDI} nothing was open"),
        (f"{RLO}one {RLI}two{PDF}", f"{RLO}one {RLI}two{PDF}{PDI}{PDF}"),  # none of the isolate's
    ],
)
def test_what_turns_letters_ends_with_its_text(text, end):
    assert closed(text) == end


@given(st.text(alphabet=f"ab ”\n{RLO}{PDF}{RLI}{PDI}\u202a\u2068", max_size=30))
def test_closing_takes_nothing_and_is_done_once(text):
    end = closed(text)
    assert closed(end) == end
    left = iter(end)
    assert all(char in left for char in text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"open {RLO}here\nand not there", f"open {RLO}here{PDF} and not there"),
        ("tax\u200bes\ufeff fall", "taxes fall"),
        ("a\ufffe\uffffb", "a b"),  # which no XML may hold
        ("a \u2028 b\r\n\r\nc", "a b c"),
    ],
)
def test_a_line_of_a_citation(text, line):
    assert cited_line(text) == line
