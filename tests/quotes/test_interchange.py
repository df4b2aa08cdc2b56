"""Records and tables for programs: doubt in each, true offsets, cells that calculate nothing."""

import csv
import json
from io import StringIO

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from quotes import formats, interchange, store
from quotes.formats import (
    ARTICLE_FORMATS,
    QUOTATION_COLUMNS,
    QUOTATION_FORMATS,
    SPEAKER_FORMATS,
    About,
    by_name,
)
from quotes.interchange import Attribution, attribution_of, defused, fused
from quotes.models import ArticleVersion, Quotation, Speaker, SpeakerLink
from quotes.nlp.document import Document, Kind
from tests import builders

ABOUT = About("http://127.0.0.1:8000/api/v1/quotations/", "Quotations")
QUOTATIONS = by_name(QUOTATION_FORMATS)
pytestmark = pytest.mark.filterwarnings("error")


def loaded(name: str, rows=None):
    rows = Quotation.objects.order_by("pk") if rows is None else rows
    return QUOTATIONS[name].load(rows)


# --- doubt


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "link", "expected"),
    [
        pytest.param({}, {}, Attribution.LIKELY, id="sure-enough"),
        pytest.param({"speaker_confidence": 0.69}, {}, Attribution.UNSURE, id="speaker-unsure"),
        pytest.param({}, {"score": 0.5}, Attribution.UNSURE, id="not-sure-whose-name-it-is"),
        pytest.param({}, {"score": 0.5, "decided": True}, Attribution.LIKELY, id="people-linked"),
        pytest.param(
            {"speaker_confidence": 0.1, "review": "confirmed"},
            {"score": 0.1},
            Attribution.REVIEWED,
            id="people-decided",
        ),
        pytest.param(
            {"speaker_kind": "anonymous", "speaker": None, "review": "confirmed"},
            {},
            Attribution.ANONYMOUS,
            id="a-confirmed-anonymous-source-is-still-nobody",
        ),
        pytest.param(
            {"speaker_name": "", "speaker_kind": "", "speaker": None, "review": "confirmed"},
            {},
            Attribution.NONE,
            id="no-source",
        ),
        pytest.param({"speaker": None}, {}, Attribution.LIKELY, id="named-but-in-no-list"),
    ],
)
def test_how_far_a_speaker_is_to_be_believed(quotation, fields, link, expected):
    SpeakerLink.objects.update(**link or {"score": 1.0})
    Quotation.objects.filter(pk=quotation.pk).update(**fields)
    assert attribution_of(Quotation.objects.get(pk=quotation.pk)) == expected


# --- the API says the same


@pytest.mark.django_db
@pytest.mark.database
def test_a_record_agrees_with_the_api(quotation):
    (record, _) = (interchange.quotation_record(row) for row in loaded("jsonl"))
    shown = Client().get(f"/api/v1/quotations/{quotation.uid}/").json()
    assert {name for name in record if name not in shown} == {"attribution"}
    run = record.pop("run")
    assert run.items() <= shown["run"].items()
    article = record.pop("article")
    assert article.items() <= shown["article"].items()
    del record["attribution"]
    assert record.items() == {k: v for k, v in shown.items() if k in record}.items()


# --- queries


@pytest.mark.django_db
@pytest.mark.database
@pytest.mark.parametrize(
    ("name", "queries"),
    [("jsonl", 5), ("csv", 5), ("annotation", 5), ("schemaorg", 5), ("prov", 7)],
)
def test_queries_do_not_grow_with_the_rows(record, name, queries, django_assert_num_queries):
    for number in range(10):
        words = f"Rain {number}"
        text = f"{builders.RAIL}{words}.\n"
        found = builders.rail_document(text).quotations
        record(
            builders.source(text, url=f"https://example.org/{number}", outlet="The Wire"),
            Document(text=text, quotations=found),
        )
    one = Quotation.objects.filter(pk=Quotation.objects.first().pk)
    for rows in (one, Quotation.objects.order_by("pk")[:10]):
        with django_assert_num_queries(queries):
            assert QUOTATIONS[name].document(loaded(name, rows), ABOUT)


# --- CSV


def read_csv(text: str) -> list[dict[str, str]]:
    return [
        {name: fused(cell) for name, cell in row.items()}
        for row in csv.DictReader(StringIO(text, newline=""))
    ]


@pytest.mark.django_db
def test_a_table_has_its_columns_and_reads_back(rail):
    lines = QUOTATIONS["csv"].document(loaded("csv"), ABOUT)
    assert lines.startswith(",".join(QUOTATION_COLUMNS) + "\r\n")
    first, second = read_csv(lines)
    assert first["content"] == "the café tax would rise"
    assert second["content"] == "“It must,”"
    text = rail.text.content
    for row in (first, second):
        assert text[int(row["start"]) : int(row["end"])] == row["content"]
        assert row["attribution"] == "likely"
        assert float(row["speaker_confidence"]) == pytest.approx(0.8)


def test_the_columns_stay_in_their_order():
    # Clients read by place: a new column goes to the end, and one that goes is a new version.
    assert (QUOTATION_COLUMNS[0], QUOTATION_COLUMNS[13]) == ("uid", "speaker_confidence")
    assert len(set(QUOTATION_COLUMNS)) == len(QUOTATION_COLUMNS) == 44
    assert QUOTATION_COLUMNS[42:] == ("updated_at", "factuality")
    assert formats.SCHEMA_VERSION == 1


@pytest.mark.parametrize(
    ("written", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+44 20", "'+44 20"),
        ("-5 per cent", "'-5 per cent"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1+1", "'＝1+1"),
        (" =1+1", "' =1+1"),
        ("\t=1+1", "'\t=1+1"),
        ("\r=1+1", "'\r=1+1"),
        ("\nnew", "'\nnew"),
        ("'It must'", "''It must'"),
        ("“It must,”", "“It must,”"),
        ("a = b", "a = b"),
        ("", ""),
        (-0.5, -0.5),
        (None, None),
    ],
)
def test_cells_that_a_spreadsheet_would_calculate(written, cell):
    assert defused(written) == cell


@given(st.text() | st.from_regex(r"\s*['=+\-@＝＋－＠]+.{0,9}", fullmatch=True))
def test_what_was_defused_reads_back(words):
    cell = defused(words)
    assert fused(str(cell)) == words
    assert not str(cell).lstrip().startswith(("=", "+", "-", "@"))
    line = StringIO(newline="")
    csv.writer(line).writerow([cell, "end"])
    assert next(csv.reader(StringIO(line.getvalue(), newline=""))) == [cell, "end"]


# --- offsets

TEXTS = st.text(
    alphabet=st.sampled_from("abe\u0301“”🙂𝔸\r\n \u2028=é漢\u200d'-")
    | st.characters(codec="utf-8"),
    min_size=3,
    max_size=60,
).filter(lambda text: text.strip() and "\0" not in text)


def places(name, document):
    """Return (start, end, exact) of each piece of content in a document of one quotation."""
    if name == "jsonl":
        for span in json.loads(document)["spans"]["content"]:
            yield span["start"], span["end"], span["exact"]
    if name == "csv":
        (row,) = read_csv(document)
        for place in row["pieces"].split():
            start, end = place.split("-")
            yield int(start), int(end), None
        yield int(row["start"]), int(row["end"]), row["content"]
    if name == "annotation":
        for target in json.loads(document)["target"]:
            quote, place = target["selector"]
            yield place["start"], place["end"], quote["exact"]
            yield (
                place["start"] - len(quote["prefix"]),
                place["end"] + len(quote["suffix"]),
                quote["prefix"] + quote["exact"] + quote["suffix"],
            )
    if name == "prov":
        entities = json.loads(document)["entity"]
        (quote,) = (e for key, e in entities.items() if key.startswith("quote:"))
        for place in quote["qt:pieces"].split():
            start, end = place.split("-")
            yield int(start), int(end), quote["prov:value"]
    if name == "schemaorg":
        yield None, None, json.loads(document)["text"]


@pytest.mark.django_db
@pytest.mark.database
@pytest.mark.parametrize("name", QUOTATIONS)
def test_offsets_are_code_points_of_the_stored_text(run, name):
    @settings(max_examples=30, deadline=None)
    @given(st.data())
    def check(data):
        text = data.draw(TEXTS)
        start = data.draw(st.integers(0, len(text) - 1))
        end = data.draw(st.integers(start + 1, len(text)))
        found = builders.quotation(text, text[start:end], kind=Kind.DIRECT)
        with transaction.atomic():
            version = store.record(
                builders.source(text), Document(text=text, quotations=(found,)), run
            ).version
            document = QUOTATIONS[name].item(loaded(name, version.quotations.all())[0])
            transaction.set_rollback(True)
        pieces = list(places(name, document))
        assert pieces
        for first, last, exact in pieces:
            assert exact is None or exact == text[first:last] or first is None

    check()


# --- articles and speakers


@pytest.mark.django_db
def test_articles_and_speakers_have_their_formats(rail):
    version = by_name(ARTICLE_FORMATS)["jsonl"].load(ArticleVersion.objects.all())[0]
    record = json.loads(by_name(ARTICLE_FORMATS)["jsonl"].item(version))
    assert record["text"] == rail.text.content
    table = by_name(ARTICLE_FORMATS)["csv"].document(ArticleVersion.objects.all(), ABOUT)
    (row,) = read_csv(table)
    assert (row["title"], row["published_on"]) == ("Rail tax to rise", "2026-03-04")
    (who,) = read_csv(by_name(SPEAKER_FORMATS)["csv"].document(Speaker.objects.all(), ABOUT))
    assert (who["slug"], who["quotation_count"]) == ("ana-roe", "2")
    line = by_name(SPEAKER_FORMATS)["jsonl"].document(Speaker.objects.all(), ABOUT)
    assert json.loads(line)["name"] == "Ana Roe"
