import json
import unicodedata
from datetime import date
from urllib.parse import unquote

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from quotes.bylines import Author
from quotes.citations import (
    CitableQuotation,
    attribution,
    bibtex,
    csl_json,
    in_prose,
    nested,
    one_line,
    plain_text,
    ris,
    text_fragment_url,
    words_quoted,
)

NEWS = CitableQuotation(
    uid="k3x9",
    address="https://quotes.example/quotations/k3x9/",
    archived_text="https://quotes.example/articles/a1/",
    content=("“We will rebuild,”", "“and we will start today.”"),
    kind="direct",
    speaker="Jane Roe",
    speaker_role="the mayor",
    speaker_kind="person",
    medium="statement",
    article_title="City “cannot wait”, says mayor",
    authors=(Author(family="Doe", given="John"), Author(literal="Press & Wire")),
    outlet="The Herald",
    published_on=date(2017, 7, 4),
    retrieved_on=date(2026, 11, 21),
    url="https://herald.example/city_news?id=1&p=2",
    paragraph_index=4,
    language="en-GB",
    text_sha256="ab" * 32,
)
BARE = NEWS.model_copy(
    update={
        "speaker": "",
        "speaker_role": "",
        "speaker_kind": None,
        "medium": "",
        "article_title": "",
        "authors": (),
        "outlet": "",
        "published_on": None,
        "url": "",
        "language": "",
    }
)


def changed(base=NEWS, **changes):
    return CitableQuotation(**{**dict(base), **changes})


# --- prose


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        pytest.param(
            {},
            "Jane Roe, the mayor (statement): “We will rebuild, … and we will start today.” "
            "Quoted in John Doe and Press & Wire, “City ‘cannot wait’, says mayor”, The Herald, "
            "4 July 2017, paragraph 4. https://herald.example/city_news?id=1&p=2 "
            "(retrieved 21 November 2026). "
            "Archived quotation: https://quotes.example/quotations/k3x9/",
            id="direct",
        ),
        pytest.param(
            {"kind": "indirect", "content": ("that the city would rebuild",), "authors": ()},
            "Jane Roe, the mayor (statement), as paraphrased by the article: that the city would "
            "rebuild. Reported in “City ‘cannot wait’, says mayor”, The Herald, 4 July 2017, "
            "paragraph 4. https://herald.example/city_news?id=1&p=2 "
            "(retrieved 21 November 2026). "
            "Archived quotation: https://quotes.example/quotations/k3x9/",
            id="indirect-words-stand-in-no-marks",
        ),
        pytest.param(
            {"kind": "mixed", "content": ("that it was “a start”",), "authors": (), "url": ""},
            "Jane Roe, the mayor (statement), partly in the speaker’s own words: that it was "
            "“a start”. Quoted in “City ‘cannot wait’, says mayor”, The Herald, 4 July 2017, "
            "paragraph 4. Archived quotation: https://quotes.example/quotations/k3x9/",
            id="mixed",
        ),
    ],
)
def test_plain_text(changes, text):
    assert plain_text(changed(**changes)) == text


@pytest.mark.parametrize(
    ("names", "listed"),
    [
        ((), "in “City"),
        (("Roe",), "in Roe, “City"),
        (("Roe", "Poe"), "in Roe and Poe, “City"),
        (("Roe", "Poe", "Lee"), "in Roe, Poe and Lee, “City"),
    ],
)
def test_authors_in_plain_text(names, listed):
    authors = tuple(Author(literal=name) for name in names)
    assert listed in plain_text(changed(authors=authors))


@pytest.mark.parametrize(
    ("name", "here", "said"),
    [
        ("operator", "The operator", "the operator"),
        ("operator", "an operator", "an operator"),
        ("operator", "its operator", "operator"),
        ("operator", "the ferry operator", "operator"),
        ("Rail Union", "The Rail Union", "the Rail Union"),
        ("Rail Union", "Rail Union", "Rail Union"),
        ("eBay", "eBay", "eBay"),
    ],
)
def test_a_name_keeps_its_article(name, here, said):
    assert in_prose(name, ["it", here]) == said


def test_what_is_doubtful_goes_with_what_is_taken():
    doubted = changed(doubt="no quotation, a person found")
    told = "check first: no quotation, a person found"
    assert plain_text(doubted).endswith(f"quotations/k3x9/ ({told})")
    for written in (bibtex(doubted), ris(doubted), csl_json(doubted)):
        assert f"quotations/k3x9/; {told}" in written


def test_plain_text_says_what_is_not_known():
    assert plain_text(BARE) == (
        "Speaker not identified: “We will rebuild, … and we will start today.” "
        "Quoted in [Untitled article], n.d., paragraph 4. "
        "Archived quotation: https://quotes.example/quotations/k3x9/"
    )
    monitor = changed(BARE, speaker="a monitor", speaker_kind="anonymous")
    assert plain_text(monitor).startswith("A monitor (not named in the article): “")


@pytest.mark.parametrize(
    ("words", "inside"),
    [
        ("“No,”", "No,"),
        ('"No,"', "No,"),
        ("“He said “no””", "He said ‘no’"),
        ('"He said "no""', "He said ‘no’"),
        ('"no" means "no"', "‘no’ means ‘no’"),
        ("the “big” one", "the ‘big’ one"),
        ('and the "big" one will stay."', "and the ‘big’ one will stay."),
        ("“An open paragraph", "An open paragraph"),
        ('a 6" pipe', 'a 6" pipe'),
        ('"', ""),
        ("", ""),
    ],
)
def test_nested_marks(words, inside):
    assert nested(words) == inside


@given(st.text(alphabet='“”" aA.,\n', min_size=1, max_size=30))
def test_direct_words_lose_only_marks(piece):
    quoted = words_quoted(changed(content=(piece,)))
    letters = [c for c in quoted if c.isalpha()]
    assert letters == [c for c in piece if c.isalpha()]
    assert quoted[0] == "“"
    assert quoted[-1] == "”"


# --- reference formats


def test_bibtex_of_a_newspaper_article():
    assert bibtex(NEWS) == (
        "@article{quote-k3x9,\n"
        "  author = {{Doe}, {John} and {Press \\& Wire}},\n"
        "  title = {{City “cannot wait”, says mayor}},\n"
        "  journaltitle = {The Herald},\n"
        "  entrysubtype = {newspaper},\n"
        "  date = {2017-07-04},\n"
        "  url = {https://herald.example/city_news?id=1&p=2},\n"
        "  urldate = {2026-11-21},\n"
        "  langid = {british},\n"
        "  note = {Quotes Jane Roe in paragraph 4; archived at"
        " https://quotes.example/quotations/k3x9/},\n"
        "  abstract = {Jane Roe, the mayor (statement):"
        " “We will rebuild, … and we will start today.”},\n"
        "}\n"
    )


def test_bibtex_without_an_outlet_is_online():
    assert bibtex(BARE) == (
        "@online{quote-k3x9,\n"
        "  title = {{[Untitled article]}},\n"
        "  url = {https://quotes.example/articles/a1/},\n"
        "  urldate = {2026-11-21},\n"
        "  note = {Quotes an unidentified speaker in paragraph 4; archived at"
        " https://quotes.example/quotations/k3x9/},\n"
        "  abstract = {Speaker not identified:"
        " “We will rebuild, … and we will start today.”},\n"
        "}\n"
    )


def test_ris_of_a_newspaper_article():
    assert ris(NEWS).split("\r\n") == [
        "TY  - NEWS",
        "ID  - quote-k3x9",
        "AU  - Doe, John",
        "AU  - Press & Wire",
        "TI  - City “cannot wait”, says mayor",
        "T2  - The Herald",
        "PY  - 2017",
        "DA  - 2017/07/04/",
        "UR  - https://herald.example/city_news?id=1&p=2",
        "Y2  - 2026/11/21/",
        "LA  - en-GB",
        "AB  - Jane Roe, the mayor (statement): “We will rebuild, … and we will start today.”",
        "N1  - Quotes Jane Roe in paragraph 4; archived at https://quotes.example/quotations/k3x9/",
        "ER  - ",
        "",
    ]


def test_ris_without_an_outlet_is_electronic():
    (record,) = rispy.loads(ris(BARE), newline="\r\n")
    assert record["type_of_reference"] == "ELEC"
    assert {"date", "year", "secondary_title", "authors"}.isdisjoint(record)


def test_csl_json_of_a_newspaper_article():
    (item,) = json.loads(csl_json(NEWS))
    custom = item.pop("custom")["quotation"]
    assert item == {
        "id": "quote-k3x9",
        "type": "article-newspaper",
        "title": "City “cannot wait”, says mayor",
        "container-title": "The Herald",
        "author": [{"family": "Doe", "given": "John"}, {"literal": "Press & Wire"}],
        "issued": {"date-parts": [[2017, 7, 4]]},
        "accessed": {"date-parts": [[2026, 11, 21]]},
        "URL": "https://herald.example/city_news?id=1&p=2",
        "language": "en-GB",
        "archive": "Quote Tracker",
        "archive_location": "https://quotes.example/quotations/k3x9/",
        "note": "Quotes Jane Roe in paragraph 4; archived at"
        " https://quotes.example/quotations/k3x9/",
        "abstract": "Jane Roe, the mayor (statement):"
        " “We will rebuild, … and we will start today.”",
    }
    assert custom["content"] == ["“We will rebuild,”", "“and we will start today.”"]
    assert (custom["speaker"], custom["paragraph"]) == ("Jane Roe", 4)


def test_csl_json_without_an_outlet_is_a_webpage():
    (item,) = json.loads(csl_json(BARE))
    assert item["type"] == "webpage"
    assert {"issued", "container-title", "author"}.isdisjoint(item)


@pytest.mark.parametrize("made", [bibtex, ris, csl_json])
def test_the_speaker_is_never_an_author(made):
    text = made(changed(speaker="Zebra Speaker"))
    assert "Zebra Speaker" in text
    for line in text.splitlines():
        assert "Zebra" not in line or not line.lstrip().lower().startswith(("author", "au", '"fam'))


TITLES = st.text(
    st.one_of(
        st.sampled_from("\\{}$%&#_^~`'\"-<>,@=\r\n\t \u2028\x00\x85“”ﬁé漢🙂"),
        st.characters(exclude_categories=("Cs",)),
    ),
    max_size=40,
)


def bibtex_field(text, name):
    library = bibtexparser.parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    assert not library.failed_blocks
    (entry,) = library.entries
    return entry[name]


def comparable(text):
    # The decoder composes accents (e + U+0301), as TeX does, and takes \textasciicircum and
    # \textasciitilde for the accents on their own: the same characters to a reader.
    return unicodedata.normalize("NFC", text).translate(str.maketrans("ˆ˜", "^~"))


@given(TITLES)
def test_any_title_survives_bibtex(title):
    c = changed(article_title=title, outlet=title)
    if bibtex(c).count(r"\textbrace"):
        return  # TeX knows the name of a lone brace, this decoder does not: see below
    assert comparable(bibtex_field(bibtex(c), "title")) == comparable(c.title)


@pytest.mark.parametrize("title", ["}", "{", "a}{b", "{{}"])
def test_a_lone_brace_does_not_unbalance_bibtex(title):
    text = bibtex(changed(article_title=title))
    assert text.count("{") == text.count("}")
    assert "textbrace" in bibtexparser.parse_string(text).entries[0]["title"]


@given(TITLES)
def test_any_title_survives_ris(title):
    c = changed(article_title=title)
    (record,) = rispy.loads(ris(c), newline="\r\n")
    assert record["title"] == c.title


@given(TITLES, TITLES)
def test_any_title_and_content_survive_csl_json(title, content):
    c = changed(article_title=title, content=(content,))
    (item,) = json.loads(csl_json(c))
    assert item["title"] == c.title
    assert item["custom"]["quotation"]["content"] == [content]


@given(TITLES)
def test_one_line_is_one_line(text):
    assert len(one_line(text).splitlines()) <= 1
    assert one_line(one_line(text)) == one_line(text)


def test_a_key_is_safe():
    with pytest.raises(ValidationError):
        changed(uid="a}, b")


# --- the live page


@pytest.mark.parametrize(
    ("url", "content", "fragment"),
    [
        pytest.param("https://h.example/a", ("a-b, c&d",), "#:~:text=a%2Db%2C%20c%26d", id="marks"),
        pytest.param("https://h.example/a", ("one", "two"), "#:~:text=one&text=two", id="pieces"),
        pytest.param("https://h.example/a#top", ("one",), "#top:~:text=one", id="fragment"),
        pytest.param(
            "https://h.example/a",
            ("first line here\nsecond line",),
            "#:~:text=first%20line%20here,second%20line",
            id="over-lines",
        ),
        pytest.param(
            "https://h.example/a",
            (" ".join(f"word{n}" for n in range(60)),),
            "#:~:text=word0%20word1%20word2%20word3%20word4,"
            "word55%20word56%20word57%20word58%20word59",
            id="long",
        ),
        pytest.param("https://h.example/a", ("“é”",), "#:~:text=%E2%80%9C%C3%A9%E2%80%9D", id="u"),
    ],
)
def test_text_fragment(url, content, fragment):
    expected = url.split("#")[0] + fragment
    assert text_fragment_url(changed(url=url, content=content)) == expected


RLO, PDF = "\u202e", "\u202c"


def test_what_turns_letters_turns_none_of_the_citation():
    c = changed(
        content=(f"“We open {RLO}it,”",), speaker=f"Tom {RLO}Berg", url="https://a.example/"
    )
    assert attribution(c).startswith(f"Tom {RLO}Berg{PDF}, the mayor")
    assert attribution(c).endswith(f"“We open {RLO}it{PDF}”")
    for cited in (plain_text(c), bibtex(c), ris(c)):
        assert cited.count(RLO) == cited.count(PDF) > 1
    # What a browser looks for, and the data, have the words as they are stored.
    assert PDF not in unquote(text_fragment_url(c))
    assert json.loads(csl_json(c))[0]["custom"]["quotation"]["content"] == [*c.content]
