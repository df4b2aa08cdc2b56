"""The institutions: that the file is sound and agrees with the short list, and how it is read."""

import re

import pytest

from quotes import gazetteer, name_data
from quotes.gazetteer import institutions, named, read, readings
from quotes.nlp import lexicon

NONE: frozenset[str] = frozenset()
COUNTRIES = {row[0] for row in name_data.rows("places.tsv")}


def test_there_are_many_of_all_continents():
    assert len(institutions()) >= 250
    held = {one.country for one in institutions()}
    assert held >= {
        "US",
        "GB",
        "FR",
        "RU",
        "TR",
        "IL",
        "ZA",
        "NG",
        "KE",
        "CN",
        "JP",
        "IN",
        "AU",
        "BR",
    }
    assert sum(bool(one.wikidata_id) for one in institutions()) >= 100


@pytest.mark.parametrize("one", institutions(), ids=lambda one: one.name)
def test_a_row_is_sound(one):
    assert one.name == " ".join(one.name.split())
    assert all(form == form.strip() != "" for form in (*one.forms, *one.forms_in_context))
    assert one.country in COUNTRIES | {"", "EH"}
    assert re.fullmatch(r"(Q[1-9][0-9]*)?", one.wikidata_id)
    assert named(one.name) == one
    assert all(one in readings(form) for form in (*one.forms, *one.forms_in_context))


def test_identifiers_are_of_one_institution_each():
    known = [one.wikidata_id for one in institutions() if one.wikidata_id]
    assert len(known) == len(set(known))


@pytest.mark.parametrize("row", lexicon.rows("organisations.tsv"), ids=lambda row: row[0])
def test_it_agrees_with_the_short_list_used_inside_articles(row):
    name, *short = row
    for form in (name, *(short[0].split("|") if short else ())):
        found = named(form)
        assert found is not None
        assert found.name == name


@pytest.mark.parametrize(
    ("name", "about", "expected"),
    [
        pytest.param("UN", NONE, "United Nations", id="acronym"),
        pytest.param("the U.N.", NONE, "United Nations", id="stops"),
        pytest.param("Nato", NONE, "North Atlantic Treaty Organization", id="title-case"),
        pytest.param("who", NONE, None, id="small-letters-are-words"),
        pytest.param("Who", NONE, None, id="short-acronyms-are-not-title-case"),
        pytest.param("world health organisation", NONE, "World Health Organization", id="any-case"),
        pytest.param("Labour Party", NONE, None, id="of-many"),
        pytest.param("Labour Party", {"GB"}, "UK Labour Party", id="of-britain"),
        pytest.param("Labour Party", {"GB-SCT"}, "UK Labour Party", id="of-scotland"),
        pytest.param("Labour Party", {"GB", "NZ"}, None, id="of-two"),
        pytest.param("Labour Party", {"US"}, None, id="of-neither"),
        pytest.param("ECB", NONE, "European Central Bank", id="the-known-one"),
        pytest.param("ECB", {"DE"}, "European Central Bank", id="elsewhere"),
        pytest.param("ECB", {"GB"}, None, id="cricket-or-bank"),
        pytest.param("SDF", {"SY"}, "Syrian Democratic Forces", id="syria"),
        pytest.param("SDF", {"JP"}, "Japan Self-Defense Forces", id="japan"),
        pytest.param("SDF", NONE, None, id="nowhere"),
        pytest.param("Springfield", {"US"}, None, id="unknown"),
        pytest.param("", NONE, None, id="nothing"),
    ],
)
def test_read(name, about, expected):
    found = read(name, frozenset(about))
    assert (found.name if found else None) == expected


def test_a_form_that_is_sure_twice_is_refused(monkeypatch):
    one = gazetteer.Institution("Ana", "", "", "", ("X1",), ())
    monkeypatch.setattr(gazetteer, "institutions", lambda: (one, one._replace(name="Bo")))
    gazetteer._index.cache_clear()
    with pytest.raises(ValueError, match="'X1' is sure for 'Ana' and for 'Bo'"):
        gazetteer._index()
    monkeypatch.undo()
    gazetteer._index.cache_clear()
