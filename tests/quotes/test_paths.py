import pytest
from django.urls import NoReverseMatch, reverse, set_script_prefix

from quotes.paths import path_of


@pytest.mark.parametrize("name", ["quotation", "article", "speaker", "statement", "permalink"])
@pytest.mark.parametrize("key", ["a", "0123456789ab", "ona-bacaridu_10", "any-key-0"])
def test_it_is_what_reverse_says(name, key):
    assert path_of(name, key) == reverse(name, args=[key])


def test_below_another_folder():
    assert path_of("quotation", "abc") == "/quotes/abc/"
    set_script_prefix("/archive/")
    try:
        assert path_of("quotation", "abc") == "/archive/quotes/abc/"
    finally:
        set_script_prefix("/")


@pytest.mark.parametrize("key", ["", "a/b", "a b", "é", "a\n"])
def test_what_is_no_key_is_refused_as_by_reverse(key):
    with pytest.raises(NoReverseMatch):
        path_of("quotation", key)
