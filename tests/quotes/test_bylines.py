import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from quotes.bylines import Author, authors


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
        pytest.param("Martin Luther King Jr.", ["King, Martin Luther, Jr"], id="suffix"),
        pytest.param("Roe, Jane", ["Roe, Jane"], id="inverted"),
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


@given(st.text(max_size=80))
def test_any_byline_gives_sound_authors(byline):
    for author in authors(byline):
        assert author.name.strip() == author.name != ""
        assert author.csl()


@pytest.mark.parametrize("fields", [{}, {"family": "Roe"}, {"family": "R", "literal": "R"}])
def test_author_needs_exactly_one_form(fields):
    with pytest.raises(ValidationError):
        Author(**fields | ({"given": "J"} if "literal" in fields else {}))
