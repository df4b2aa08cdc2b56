"""The page of results: facets as links, highlighted words, errors at the box, suggestions."""

import re
from html import unescape
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.facets import facets
from quotes.models import Quotation
from quotes.nlp.document import Document
from quotes.params import SEARCH
from quotes.query_language import fold, folded_words
from quotes.search import newest_first
from quotes.snippets import Snippet, snippets, title_snippets
from quotes.speaker_search import alike
from tests import builders
from tests.builders import UN, quotation, source

WORDS = st.text(alphabet=st.sampled_from("ab é-ﬁß.“”\n"), max_size=60)


class Row:
    """A quotation as far as snippets ask."""

    def __init__(self, content: str) -> None:
        self.pk, self.content = 1, content


def marked(content: str, query: str) -> list[str]:
    found = snippets([Row(content)], query)[1]
    return [content[start:end] for start, end in found.ranges]


@pytest.mark.parametrize(
    ("query", "content", "expected"),
    [
        ("tax", "The Tax, a tax.", ["Tax", "tax"]),
        ("cafe", "Le Café", ["Café"]),
        ('"rail tax"', "rail “tax”; rail", ["rail “tax"]),
        ("rai*", "rails and raw", ["rails"]),
        ("rail -tax", "rail tax", ["rail"]),
        ("said:tax title:rail", "rail tax", ["tax"]),
        ("speaker:roe", "Roe", []),
        ("rail OR tax", "rail, tax", ["rail", "tax"]),
        ('"a b" "b c"', "a b c", ["a b c"]),
        ("", "rail", []),
    ],
)
def test_marks_what_answers(query, content, expected):
    assert marked(content, query) == expected


@given(WORDS, st.lists(st.text(alphabet="abé", min_size=1, max_size=4), max_size=3))
def test_every_range_folds_to_a_term(content, words):
    found = snippets([Row(content)], " ".join(words))[1]
    wanted = {fold(word) for word in words}
    last = 0
    for start, end in found.ranges:
        assert last <= start < end <= len(content)
        assert wanted & set(folded_words(content[start:end]))
        last = end
    assert "".join(text for text, _ in found.pieces()) == found.text


def test_a_long_content_is_cut_around_the_first_hit():
    content = f"{'far ' * 300}tax {'away ' * 300}"
    found = snippets([Row(content)], "tax")[1]
    assert found.goes_on
    assert found.start > 0
    assert len(found.text) <= SEARCH.snippet_chars
    assert content[found.start :].startswith(found.text)
    assert [text for text, is_hit in found.pieces() if is_hit] == ["tax"]
    assert snippets([Row("rail")], "tax")[1] == Snippet("rail", ())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("rail", ["Rail"]),
        ("title:rail said:tax", ["Rail"]),
        ("said:rail", []),
        ("speaker:roe", []),
        ('"rail tax"', ["Rail tax"]),
        ("-rail", []),
    ],
)
def test_marks_what_a_title_answers(query, expected):
    found = title_snippets(["Rail tax of Roe", "Nothing of it"], query)
    assert set(found) == ({"Rail tax of Roe"} if expected else set())
    pieces = [text for marked in found.values() for text, is_hit in marked.pieces() if is_hit]
    assert pieces == expected


def test_of_a_long_title_what_answers_is_shown():
    title = f"{'far ' * 30}tax {'away ' * 30}"
    found = title_snippets([title], "tax")[title]
    assert len(found.text) <= SEARCH.title_chars
    assert [text for text, is_hit in found.pieces() if is_hit] == ["tax"]


# --- pages


def page(client, query="", status=200, **parameters):
    response = client.get("/quotes/", {"q": query, **parameters} if query else parameters)
    assert response.status_code == status
    return response.content.decode()


def ticks(html):
    found = re.findall(
        r'<input type="checkbox" id="facet-[^"]*" name="([a-z]+)" value="([^"]*)" '
        r'form="search-form" autocomplete="off"( checked)?> <span><bdi>[^<]+</bdi></span></label> '
        r'<span class="facet-count">(\d+)</span>',
        html,
    )
    return {f"{name}={value}": (bool(ticked), int(count)) for name, value, ticked, count in found}


@pytest.mark.django_db
@pytest.mark.usefixtures("rail")
def test_several_values_of_a_facet_are_any_of_them_and_facets_all(client):
    assert ticks(page(client, "tax"))["kind=direct"] == (False, 1)
    html = page(client, "tax", kind="direct")
    # What else may be ticked is counted as if nothing of that facet were.
    assert ticks(html) == {"kind=direct": (True, 1), "kind=indirect": (False, 1)}
    assert "<strong>2</strong>" in page(client, "tax", kind=["direct", "indirect"])
    html = page(client, "tax", kind=["direct", "indirect"], speaker=["ana-roe", "nobody-at-all"])
    assert ticks(html)["speaker=ana-roe"] == (True, 0)
    assert ticks(html)["kind=direct"] == (True, 0)
    box = re.search(r'<input type="text" name="speaker" value="([^"]*)"', html)
    assert box[1] == "nobody-at-all"  # words of a name: the speaker that is known is a tick


@pytest.mark.django_db
@pytest.mark.usefixtures("rail")
def test_words_found_in_the_title_are_marked_there(client):
    assert '<mark class="hit">Rail</mark> tax to rise</a>' in page(client, "rail")
    assert "Rail tax to rise</a>" in page(client, "roe")
    assert 'Rail <mark class="hit">tax</mark> to rise</a>' in page(client, "title:tax")


@pytest.mark.django_db
def test_markup_in_a_title_is_text(client, record):
    record(builders.source(title="A <b>rail</b> tax"), builders.rail_document())
    html = page(client, "rail")
    assert "<b>" not in html
    assert '&lt;b&gt;<mark class="hit">rail</mark>&lt;/b&gt; tax</a>' in html


@pytest.mark.django_db
@pytest.mark.usefixtures("rail")
def test_years_narrow_and_widen_by_a_link(client):
    link = r'<a id="facet-year-2026" href="/quotes/\??([^"]*)"( aria-current="true")?>'
    days = {"after": "2026-01-01", "before": "2026-12-31"}
    to, active = re.search(link, page(client, "tax", **days)).groups()
    assert (to, bool(active)) == ("q=tax", True)


def reviews(html):
    found = re.findall(
        r'<input type="radio" id="facet-reviewed-[a-z]+" name="reviewed" value="([a-z]*)" '
        r'form="search-form" autocomplete="off"( checked)?> <span><bdi>[^<]+</bdi></span></label>'
        r'(?: <span class="facet-count">(\d+)</span>)?',
        html,
    )
    return [(value, bool(chosen), count) for value, chosen, count in found]


@pytest.mark.django_db
@pytest.mark.usefixtures("rail")
def test_reviews_are_one_choice_of_three_with_counts(client):
    everything = [("", True, "2"), ("yes", False, "0"), ("no", False, "2")]
    assert reviews(page(client, "tax")) == everything
    # What else may be chosen is counted as if nothing were.
    chosen = [("", False, "2"), ("yes", True, "0"), ("no", False, "2")]
    assert reviews(page(client, "tax", reviewed="yes")) == chosen
    unreadable = page(client, '"tax', status=400)
    assert reviews(unreadable) == [("", True, ""), ("yes", False, ""), ("no", False, "")]


@pytest.mark.django_db
@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize("query", ["tax", '"tax'], ids=["found", "unreadable"])
def test_each_filter_stands_in_one_place(client, query):
    html = page(client, query, status=200 if query == "tax" else 400)
    for label in ("Speaker", "Outlet", "Kind", "Medium", "Published", "Reviewed"):
        assert len(re.findall(rf">{label}</(?:legend|label)>", html)) == 1, label
    for name in ("speaker", "outlet", "medium", "after", "before", "source", "sort"):
        assert len(re.findall(rf'<(?:input|select)[^>]* id="f-{name}"', html)) == 1, name


@pytest.mark.django_db
@pytest.mark.usefixtures("rail")
def test_words_are_marked(client):
    assert '<mark class="hit">café</mark>' in page(client, "cafe")
    assert "<mark" not in page(client)


@pytest.mark.django_db
@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize(
    ("query", "says"),
    [
        ('tax "rail', "At character 5, the quotation mark"),
        ("foo:bar", "there is no field “foo”"),
        ("after:tuesday", "“tuesday” is no day, month or year"),
    ],
)
def test_errors_stand_at_the_box(client, query, says):
    html = unescape(page(client, query, status=400))
    box, error = html.index('id="f-q"'), html.index('id="f-q_error"')
    assert box < error < html.index("How to search")
    assert says in html[error : html.index("How to search")]


@pytest.mark.django_db
@pytest.mark.database
@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize("typed", ["Anna Ro", "ana roo", "Ana Rowe"])
def test_names_are_suggested_never_put_in_place(client, typed):
    assert [speaker.name for speaker in alike(typed)] == ["Ana Roe"]
    html = page(client, f'tax speaker:"{typed}"')
    assert "Did you mean" in html
    link = re.search(r'\?([^"]*)">Ana Roe</a>\?', html)
    query = parse_qs(unescape(link[1]))
    assert query == {"q": ['"tax" speaker:"ana roe"']}
    assert "<strong>" in page(client, query["q"][0])
    assert "Did you mean" in page(client, typed)
    assert "Did you mean" in page(client, speaker=typed)


@pytest.mark.django_db
@pytest.mark.usefixtures("rail")
def test_a_name_that_is_known_is_not_suggested_for_itself(client):
    assert "Did you mean Ana Roe" not in re.sub(
        "<[^>]*>", "", page(client, 'speaker:"ana roe" before:1901')
    )
    assert "Nothing matches" in page(client, 'speaker:"ana roe" before:1901')


@pytest.mark.django_db
@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize("typed", ["xy", "Zebedee Quux", "?"])
def test_nobody_is_suggested_who_is_not_alike(typed):
    assert alike(typed) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("rail")
def test_counts_stop_and_say_so(client, monkeypatch):
    monkeypatch.setattr("quotes.facets.SEARCH", SEARCH.model_copy(update={"counted": 1}))
    found = facets(newest_first(Quotation.objects.all()))
    assert (found.total, found.is_capped) == (1, True)
    assert "over 1</strong>" in page(client)


@pytest.mark.django_db
@pytest.mark.database
def test_old_addresses_keep_working(client, record):
    text = "The UN said talks failed."
    record(
        source(text), Document(text=text, quotations=(quotation(text, "talks failed", speaker=UN),))
    )
    old = urlencode({"q": 'talks "talks failed" fail* -rail', "sort": "newest", "source": "named"})
    html = client.get(f"/quotes/?{old}").content.decode()
    assert "<strong>1</strong> quotation" in html
