"""The data files of names: headings, rows, and how they are looked up."""

import re

import pytest

from quotes import name_data
from quotes.name_data import (
    DATA,
    formal_names,
    outlet_country,
    place_spans,
    plain,
    rewrite,
    variant,
)

FILES = sorted(path.name for path in DATA.iterdir())


@pytest.mark.parametrize("name", FILES)
def test_a_file_names_its_source_and_licence(name):
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    heading = " ".join(line for line in lines if line.startswith("#"))
    assert "Source:" in heading
    assert "Licence:" in heading
    rows = name_data.rows(name)
    assert rows
    assert len(rows) == len(set(rows))


def test_patterns_are_regular_expressions():
    for name in ("spelling_sounds.tsv", "body_spellings.tsv"):
        assert all(re.compile(row[0]) for row in name_data.rows(name))


def test_a_spelling_stands_for_one_name():
    forms = [
        plain(form)
        for name, others in name_data.rows("name_variants.tsv")
        for form in (name, *others.split("|"))
    ]
    assert len(forms) == len(set(forms))


def test_a_word_names_one_place():
    words = [word for _, forms in name_data.rows("places.tsv") for word in forms.split("|")]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("South Sudan's ministry in Sudan", ["SS", "SD"]),
        ("US-led", ["US"]),
        ("non-US", []),
        ("between us and America", ["US"]),
        ("West Virginia, then Virginia", ["US-WV", "US-VA"]),
        ("Omani Romanian", ["OM", "RO"]),
        ("Chilean chile", ["CL"]),
    ],
)
def test_places(text, codes):
    assert [code for _, _, code in place_spans(text)] == codes


@pytest.mark.parametrize(
    ("domain", "country"),
    [
        ("www.nytimes.com", "US"),
        ("edition.cnn.com", "US"),
        ("news.co.uk", "GB"),
        ("abc.net.au", "AU"),
        ("lemonde.fr", "FR"),
        ("example.org", ""),
        ("t.co", ""),
        ("fr", ""),
        ("", ""),
    ],
)
def test_countries_of_outlets(domain, country):
    assert outlet_country(domain) == country


def test_spellings_of_one_name():
    assert variant("mohamed") == variant("muhammad")
    assert rewrite("zelenskyy") == rewrite("zelensky") == rewrite("zelenskiy")
    assert rewrite("hassan") != rewrite("hussein")
    assert "william" in formal_names("bill")
    assert "robert" not in formal_names("bill")
