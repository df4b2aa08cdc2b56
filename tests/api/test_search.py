"""`q=` in the list of quotations: where the words are, and what is said of a bad query."""

from typing import Any

import pytest
from django.test import Client

from quotes.models import Quotation
from tests import builders

pytestmark = [pytest.mark.django_db, pytest.mark.database]
PATH = "/api/v1/quotations/"


@pytest.mark.usefixtures("rail")
def test_a_row_says_where_it_has_the_words(client: Client) -> None:
    (row,) = client.get(PATH, {"q": "cafe ris*"}).json()["results"]
    found = row["highlights"]
    assert [row["content"][low:high] for low, high in found["ranges"]] == ["café", "rise"]
    assert found["html"] == "the <mark>café</mark> tax would <mark>rise</mark>"
    assert found["text"] == row["content"]


@pytest.mark.usefixtures("rail")
def test_words_of_the_title_leave_no_ranges(client: Client) -> None:
    rows = client.get(PATH, {"q": "title:rail"}).json()["results"]
    assert [row["highlights"]["ranges"] for row in rows] == [[], []]


def test_html_is_escaped(client: Client, record: Any) -> None:
    text = "She said <b>taxes & fees</b> rise 🚆 soon.\n"
    said = builders.quotation(text, "<b>taxes & fees</b> rise 🚆 soon", cue="said")
    record(builders.source(text), builders.Document(text=text, quotations=(said,)))
    (row,) = client.get(PATH, {"q": "fees soon"}).json()["results"]
    expected = "&lt;b&gt;taxes &amp; <mark>fees</mark>&lt;/b&gt; rise 🚆 <mark>soon</mark>"
    assert row["highlights"]["html"] == expected
    assert [row["content"][low:high] for low, high in row["highlights"]["ranges"]] == [
        "fees", "soon",
    ]  # fmt: skip


@pytest.mark.usefixtures("rail")
def test_without_a_query_there_are_none(client: Client, quotation: Quotation) -> None:
    assert "highlights" not in client.get(PATH).json()["results"][0]
    assert "highlights" not in client.get(f"{PATH}{quotation.uid}/").json()


@pytest.mark.usefixtures("rail")
def test_only_the_fields_asked_for(client: Client) -> None:
    (row,) = client.get(PATH, {"q": "cafe", "fields": "uid,highlights.html"}).json()["results"]
    assert set(row) == {"uid", "highlights"}
    assert set(row["highlights"]) == {"html"}


@pytest.mark.parametrize("query", ['tax "rise', "(tax", "mood:good", "after:soon"])
def test_a_query_that_cannot_be_read_is_explained(client: Client, query: str) -> None:
    answer = client.get(PATH, {"q": query})
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["field"] == "q"
    assert error["remedy"]
    assert 0 <= error["position"] <= len(query)


def test_two_queries_at_most_more_for_what_is_sought(
    client: Client, record: Any, django_assert_num_queries: Any
) -> None:
    for rows in (1, 10):
        for number in range(rows):
            text = f"Minister {number}{rows} spoke. {builders.RAIL}"
            record(builders.source(text, origin=f"{number}.txt"), builders.rail_document(text))
        with django_assert_num_queries(1):
            client.get(PATH, {"q": "tax"})
