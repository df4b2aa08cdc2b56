"""What is typed is read as meant, or refused with the place and the remedy; and is written back."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quotes.params import DEFAULTS, SEARCH
from quotes.query_language import (
    FIELDS,
    All,
    Either,
    Is,
    Not,
    Published,
    QueryError,
    Words,
    fold,
    folded_spans,
    folded_words,
    leaves,
    parse,
    written,
)


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ("", None),
        ("- * “” ?!", None),
        ("()", None),
        ("Café", Words(("cafe",))),
        ("Rail tax", All((Words(("rail",)), Words(("tax",))))),
        ('"Rail tax" -cut', All((Words(("rail", "tax")), Not(Words(("cut",)))))),
        ('"rail-tax, now!"*', Words(("rail", "tax", "now"), "", is_prefix=True)),
        ("“rail tax”", Words(("rail", "tax"))),
        ("rai* U.S.-led", All((Words(("rai",), "", is_prefix=True), Words(("u", "s", "led"))))),
        ("--x - y", All((Not(Words(("x",))), Words(("y",))))),
        ("-(-x)", Words(("x",))),
        ("a OR b c", Either((Words(("a",)), All((Words(("b",)), Words(("c",))))))),
        ("(a OR b) c", All((Either((Words(("a",)), Words(("b",)))), Words(("c",))))),
        ("a or b", All((Words(("a",)), Words(("or",)), Words(("b",))))),
        ('speaker:"Ana Roe"', Words(("ana", "roe"), "speaker")),
        ("-Speaker:roe", Not(Words(("roe",), "speaker"))),
        ("said:wall*", Words(("wall",), "said", is_prefix=True)),
        ('outlet:"The  Wire"', Is("outlet", "The Wire")),
        ("kind:DIRECT", Is("kind", "direct")),
        ("in:abc123", Is("in", "abc123")),
        ("after:2017-07-01", Published(first=date(2017, 7, 1))),
        ("after:2017", Published(first=date(2017, 1, 1))),
        ("before:2016-02", Published(last=date(2016, 2, 29))),
        ("before:2017", Published(last=date(2017, 12, 31))),
        ("12:30", Words(("12", "30"))),
        ("https://example.org", Words(("https", "example", "org"))),
        ("he said: no", All((Words(("he",)), Words(("said",)), Words(("no",))))),
    ],
)
def test_reads(query, read):
    assert parse(query) == read


@pytest.mark.parametrize(
    ("query", "position", "problem", "remedy"),
    [
        ('rail "tax', 5, "not closed", 'a second "'),
        ("(rail", 0, "not closed", "add “)”"),
        ("rail)", 4, "closes nothing", "open it"),
        ("Trump:wall", 0, "no field “Trump”", "speaker"),
        ("a OR", 2, "both sides", "small"),
        ("OR a", 0, "both sides", "small"),
        ("a after:2017-13", 8, "“2017-13” is no day", "after:2017-07-01"),
        ("before:2017-02-30", 7, "is no day", "before:2017"),
        ("kind:spoken", 5, "cannot be “spoken”", "direct, mixed or indirect"),
        ("reviewed:maybe", 9, "cannot be “maybe”", "yes or no"),
        ("after:2017 OR x", 11, "beside OR", "by themselves"),
        ("x -after:2017", 2, "behind a minus", "by themselves"),
        ("speaker:(a)", 0, "wants a value", "right behind the colon"),
        ("x a*", 2, "begins too many words", "letters before the *"),
        ("outlet:a\x07b", 7, "no letter or mark", "leave it out"),
        ("x" * (SEARCH.longest_word + 1), 0, "longer than", "shorten"),
        ("x " * (DEFAULTS.search_max_terms + 1), 66, "terms", "fewer"),
        ("x" * (DEFAULTS.search_max_chars + 1), 500, "characters", "fewer"),
    ],
)
def test_explains(query, position, problem, remedy):
    with pytest.raises(QueryError) as caught:
        parse(query)
    error = caught.value
    assert error.position == position
    assert problem in error.problem
    assert f"at character {position + 1}," in error.problem
    assert remedy in error.remedy


ODD = st.text(alphabet=st.sampled_from('ab "“”()-*:OR\n\0éΣß²aftersaid2017'), max_size=40)


@given(st.one_of(st.text(max_size=120), ODD))
@example("a" * 600)
@example("(" * 400)
@example("-" * 400 + "x")
def test_raises_nothing_else_and_reads_what_it_writes(query):
    read, position = None, 0
    try:
        read = parse(query)
    except QueryError as error:
        position = error.position
    assert 0 <= position <= len(query)
    if read is not None:
        again = written(read)
        if len(again) <= DEFAULTS.search_max_chars:
            assert parse(again) == read
        for leaf in leaves(read):
            if isinstance(leaf, Words):
                assert all(word == "".join(folded_words(word)) for word in leaf.words)


_words = st.lists(
    st.sampled_from(["rail", "tax", "or", "2017", "été".replace("é", "e")]), min_size=1, max_size=3
)
_leaf = st.one_of(
    st.builds(Words, _words.map(tuple), st.sampled_from(["", "speaker", "said", "title", "cue"])),
    st.builds(
        Is, st.sampled_from(["outlet", "in", "medium"]), st.sampled_from(["The Wire", "a-b"])
    ),
    st.builds(Is, st.just("kind"), st.sampled_from(["direct", "mixed"])),
)


def _joined(kind, parts):
    flat = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) else [part]
    return kind(tuple(flat))


def _trees(inner):
    some = st.lists(inner, min_size=2, max_size=4)
    return st.one_of(
        some.map(lambda parts: _joined(All, parts)),
        some.map(lambda parts: _joined(Either, parts)),
        inner.map(lambda part: part.part if isinstance(part, Not) else Not(part)),
    )


@given(st.recursive(_leaf, _trees, max_leaves=8))
def test_writes_what_it_reads(query):
    text = written(query)
    if len(text) <= DEFAULTS.search_max_chars:
        assert parse(text) == query


@given(st.text(max_size=200))
@example("ΟΔΟΣ Σ ﬁ ǅ İ ß ² é")
def test_places_of_words_fold_to_the_words(text):
    found = list(folded_spans(text))
    assert [word for word, _, _ in found] == folded_words(text)
    assert all(0 <= start < end <= len(text) for _, start, end in found)
    assert all(word in fold(text[start:end]) for word, start, end in found)


def test_every_field_is_read():
    values = {"after": "2017", "before": "2017", "kind": "direct", "reviewed": "yes"}
    for field in FIELDS:
        read = parse(f"{field}:{values.get(field, 'word')}")
        assert isinstance(read, Published) or read.field == field
