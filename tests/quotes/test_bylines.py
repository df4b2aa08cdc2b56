import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from quotes.bylines import Author, authors, without_by


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        pytest.param("", [], id="none"),
        pytest.param("By Jane Roe", ["Roe, Jane"], id="one"),
        pytest.param("By Jane Roe and John Doe in Paris", ["Roe, Jane", "Doe, John"], id="place"),
        pytest.param("Jane Roe, Political Correspondent, AP", ["Roe, Jane"], id="job-and-agency"),
        pytest.param("By: Dr Jane Roe", ["Roe, Jane"], id="title"),
        pytest.param("J.K. Doe; Jane Roe", ["Doe, J.K.", "Roe, Jane"], id="initials"),
        pytest.param("Anne van der Berg", ["van der Berg, Anne"], id="particle"),
        pytest.param("Martin Luther King Jr.", ["King, Martin Luther, Jr."], id="suffix"),
        pytest.param("Roe, Jane", ["Roe, Jane"], id="inverted"),
        pytest.param("Roe, Jane A.", ["Roe, Jane A."], id="inverted-with-an-initial"),
        pytest.param("King, Martin, Jr", ["King, Martin, Jr."], id="inverted-with-a-suffix"),
        pytest.param(
            "Smith, John A.; García Márquez, Lucía; and van der Berg, Pieter",
            ["Smith, John A.", "García Márquez, Lucía", "van der Berg, Pieter"],
            id="inverted-list",
        ),
        pytest.param(
            "Jane Roe, Political Correspondent; J.K. Doe, AP", ["Roe, Jane", "Doe, J.K."], id="jobs"
        ),
        pytest.param(
            "Jane Roe, John Doe; Anne Poe", ["Roe, Jane", "Doe, John", "Poe, Anne"], id="mixed"
        ),
        pytest.param(
            "Reporting by Jane Roe and John Doe in Paris; Additional reporting by Bo Poe; "
            "Editing by Ann Lee",
            ["Roe, Jane", "Doe, John"],
            id="credits",
        ),
        pytest.param("Jane Roe | The Herald", ["Roe, Jane"], id="a-paper-behind"),
        pytest.param("The Herald", ["The Herald"], id="a-paper-alone"),
        pytest.param("Analysis by Jane Roe, CNN", ["Roe, Jane"], id="analysis"),
        pytest.param("Words by Jane Roe, photos by John Doe", ["Roe, Jane"], id="photos"),
        pytest.param("Photos by John Doe", [], id="no-author"),
        pytest.param("Jane Roe (Reuters)", ["Roe, Jane"], id="an-agency-in-brackets"),
        pytest.param("jroe@wire.example (Jane Roe)", ["Roe, Jane"], id="as-in-rss"),
        pytest.param("Jane Roe\nPolitical Reporter", ["Roe, Jane"], id="two-lines"),
        pytest.param("Jane Q. Roe Political editor", ["Roe, Jane Q."], id="a-job-behind"),
        pytest.param("Peter Baker and Ann Cook", ["Baker, Peter", "Cook, Ann"], id="no-jobs"),
        pytest.param("Jane Roe, Victoria Correspondent", ["Roe, Jane"], id="a-job-of-a-place"),
        pytest.param("Alex Smith", ["Smith, Alex"], id="a-first-name-of-both"),
        pytest.param("Zyxwv Q. Sommerville", ["Sommerville, Zyxwv Q."], id="an-initial-inside"),
        pytest.param("Li Wei, Kim Lee", ["Li Wei", "Kim Lee"], id="which-is-the-surname"),
        pytest.param("John A.", ["John A"], id="an-initial-is-no-family-name"),
        pytest.param("BBC News", ["BBC News"], id="outlet"),
        pytest.param("Associated Press", ["Associated Press"], id="agency-of-two-words"),
        pytest.param("AP and Reuters", ["AP", "Reuters"], id="two-agencies"),
        pytest.param("Zyxwv Sommerville", ["Zyxwv Sommerville"], id="unknown-stays-whole"),
        pytest.param("Jane Roe, Jane Roe", ["Roe, Jane"], id="twice"),
        pytest.param(" ;,and ", ["and"], id="rubble"),
    ],
)
def test_authors(byline, names):
    assert [author.inverted for author in authors(byline)] == names


@pytest.mark.parametrize(
    ("byline", "shown"),
    [
        ("By Jane Roe", "Jane Roe"),
        ("by:  Jane\nRoe", "Jane Roe"),
        ("Byron Roe", "Byron Roe"),
        ("By", ""),
    ],
)
def test_a_byline_is_shown_without_its_by(byline, shown):
    assert without_by(byline) == shown


@given(st.text(max_size=80))
def test_any_byline_gives_sound_authors(byline):
    for author in authors(byline):
        assert author.name.strip() == author.name != ""
        assert author.csl()


@pytest.mark.parametrize("fields", [{}, {"family": "Roe"}, {"family": "R", "literal": "R"}])
def test_author_needs_exactly_one_form(fields):
    with pytest.raises(ValidationError):
        Author(**fields | ({"given": "J"} if "literal" in fields else {}))
