"""`fields=` and `expand=`: what is given, what is refused, and that neither costs a query a row."""

from typing import Any

import pytest
from django.test import Client

from quotes.models import Quotation
from tests import builders

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def get(client: Client, path: str, **query: Any) -> dict[str, Any]:
    answer = client.get(f"/api/v1/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.parametrize(
    ("path", "fields", "expected"),
    [
        ("quotations/", "uid", {"uid": ...}),
        ("quotations/", "content, kind", {"content": ..., "kind": ...}),
        ("quotations/", "speaker.name,article.outlet.slug",
         {"speaker": {"name": ...}, "article": {"outlet": {"slug": ...}}}),
        ("quotations/", "speaker.name,speaker",
         {"speaker": dict.fromkeys(["slug", "name", "kind", "wikidata_id", "address"], ...)}),
        ("articles/", "uid,outlet.name", {"uid": ..., "outlet": {"name": ...}}),
        ("speakers/", "slug", {"slug": ...}),
        ("outlets/", "name", {"name": ...}),
        ("runs/", "progress.state", {"progress": {"state": ...}}),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("rail")
def test_only_the_fields_asked_for(client: Client, path: str, fields: str, expected: Any) -> None:
    def shape(value: Any) -> Any:
        return {k: shape(v) for k, v in value.items()} if isinstance(value, dict) else ...

    rows = get(client, path, fields=fields)["results"]
    assert rows
    assert all(shape(row) == expected for row in rows)


@pytest.mark.usefixtures("rail")
def test_a_field_of_what_can_be_expanded_expands_it(client: Client) -> None:
    rows = get(client, "quotations/", fields="spans.cue.exact,article.text")["results"]
    assert all(set(row) == {"spans", "article"} for row in rows)
    assert all(row["article"] == {"text": builders.RAIL} for row in rows)
    assert all(set(row["spans"]) == {"cue"} for row in rows)


def test_spans_can_be_chosen_by_role(client: Client, quotation: Quotation) -> None:
    body = get(client, f"quotations/{quotation.uid}/", fields="spans.cue.exact")
    assert body == {"spans": {"cue": [{"exact": "said"}]}}


@pytest.mark.parametrize(
    ("path", "query", "field", "told"),
    [
        ("quotations/", {"fields": "colour"}, "fields", "there are uid"),
        ("quotations/", {"fields": "speaker.colour"}, "fields", "in 'speaker'; there are slug"),
        ("quotations/", {"fields": "uid.more"}, "fields", "no fields of its own"),
        ("quotations/", {"fields": "spans.colour"}, "fields", "in 'spans'; there are content"),
        ("quotations/", {"fields": "x" * 2001}, "fields", "fewer names"),
        ("quotations/", {"expand": "colour"}, "expand", "is spans, run, statement, article.text"),
        ("articles/", {"expand": "spans"}, "expand", "there is text"),
        ("outlets/", {"expand": "articles"}, "expand", "use "),
    ],
)
@pytest.mark.usefixtures("rail")
def test_unknown_names_are_told_what_there_is(
    client: Client, path: str, query: dict[str, str], field: str, told: str
) -> None:
    answer = client.get(f"/api/v1/{path}", query)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert told in f"{error['problem']}; {error['remedy']}"


@pytest.mark.parametrize(
    ("path", "expand", "holds"),
    [
        ("quotations/", "spans", lambda row: row["spans"]["content"][0]["exact"]),
        ("quotations/", "run", lambda row: row["run"]["fingerprint"]),
        ("quotations/", "article.text", lambda row: row["content"] in row["article"]["text"]),
        ("quotations/", "spans,run,article.text",
         lambda row: row["spans"] and row["run"] and row["article"]["text"]),
        ("articles/", "text", lambda row: row["text"]),
        ("speakers/", "names", lambda row: "Ms Roe" in row["names"]),
    ],
)  # fmt: skip
def test_expanding_costs_no_query_a_row(
    client: Client, record: Any, path: str, expand: str, holds: Any
) -> None:
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    counts = set()
    for rows in (1, 10):
        for number in range(rows):
            text = f"Minister {number}{rows} spoke. {builders.RAIL}"
            record(builders.source(text, origin=f"{number}.txt"), builders.rail_document(text))
        with CaptureQueriesContext(connection) as asked:
            found = get(client, path, expand=expand)["results"]
        counts.add(len(asked))
        assert all(holds(row) for row in found)
    assert len(counts) == 1
    assert counts.pop() <= 2  # the page, and what is fetched beside it


def test_the_text_of_an_item_can_be_had_with_it(client: Client, quotation: Quotation) -> None:
    body = get(client, f"quotations/{quotation.uid}/", expand="article.text")
    assert body["article"]["text"] == builders.RAIL


@pytest.mark.usefixtures("rail")
def test_changes_have_the_fields_asked_for_too(client: Client) -> None:
    query = {"updated_since": "1970-01-01T00:00:00Z", "fields": "uid", "expand": "spans"}
    assert all(set(row) == {"uid"} for row in get(client, "quotations/", **query)["results"])
