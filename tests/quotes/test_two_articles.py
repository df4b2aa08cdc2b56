"""The main job, end to end with real models: two articles in, quotations stored, shown, served."""

from datetime import date
from html import unescape

import pytest
from django.core.management import call_command
from django.test import Client

from quotes.models import ArticleVersion, Quotation, QuotationSpan, Speaker
from tests.quotes.nlp.golden import FIXTURES, GOLDEN, readings

CERTAIN = 0.5
pytestmark = pytest.mark.django_db


@pytest.fixture
def _ingested(extractor: object) -> None:  # noqa: ARG001  loads the models once a session
    call_command("ingest", "--quiet", str(FIXTURES / "articles"))


def stored(number: int) -> Quotation:
    """Return the stored quotation of a golden number, by the longest piece that it must have."""
    for name, rows in GOLDEN.items():
        for row in rows:
            if row["n"] == number:
                words = max(readings(row)[1], key=len).strip(" .,")
                return Quotation.objects.get(
                    version__origin__endswith=name, content__contains=words
                )
    raise AssertionError(number)


@pytest.mark.usefixtures("_ingested")
@pytest.mark.parametrize(
    ("numbers", "name"),
    [((2, 3, 4, 5, 13, 14, 15), "US Central Command"), ((9, 18, 19), "United Nations")],
)
def test_one_speaker_across_the_articles(numbers: tuple[int, ...], name: str) -> None:
    speakers = {stored(number).speaker for number in numbers}
    assert speakers == {Speaker.objects.get(name=name)}


@pytest.mark.usefixtures("_ingested")
@pytest.mark.parametrize("number", [1, 7])
def test_sources_without_a_name_have_no_speaker_row(number: int) -> None:
    quotation = stored(number)
    assert quotation.speaker is None
    assert quotation.speaker_kind == "anonymous"


@pytest.mark.usefixtures("_ingested")
def test_every_stored_slice_is_the_text_of_the_file() -> None:
    for version in ArticleVersion.objects.select_related("text"):
        name = version.origin.rsplit("/", 1)[-1]
        text = (FIXTURES / "articles" / name).read_bytes().decode()
        assert version.text.content == text
        for span in QuotationSpan.objects.filter(quotation__version=version):
            assert text[span.start : span.end] == span.exact


@pytest.mark.usefixtures("_ingested")
def test_the_day_that_a_text_labels_itself_with_is_its_day() -> None:
    dated = ArticleVersion.objects.get(published_on__isnull=False)
    assert dated.text.content.startswith(" date 2017-07-05 DAMASCUS: US-backed forces")
    assert dated.published_on == date(2017, 7, 5)
    assert dated.display_title.startswith("DAMASCUS: US-backed forces")


@pytest.mark.usefixtures("_ingested")
def test_a_second_time_stores_nothing() -> None:
    before = set(Quotation.objects.values_list("pk", "uid", "updated_at"))
    call_command("ingest", "--quiet", str(FIXTURES / "articles"))
    assert set(Quotation.objects.values_list("pk", "uid", "updated_at")) == before


@pytest.mark.usefixtures("_ingested")
def test_every_quotation_has_a_page_that_verifies_it(client: Client) -> None:
    for rows in GOLDEN.values():
        for row in rows:
            quotation = stored(row["n"])
            page = unescape(client.get(quotation.get_absolute_url()).content.decode())
            assert "Words verified" in page
            assert all(piece in page for piece in row["content"])
            assert quotation.speaker_name in page


@pytest.mark.usefixtures("_ingested")
def test_the_api_serves_them_with_their_speakers(client: Client) -> None:
    rows = client.get("/api/v1/quotations/", {"page_size": 200}).json()["results"]
    sure = {row["uid"] for row in rows if row["speaker_confidence"] >= CERTAIN}
    golden = {stored(row["n"]).uid for rows in GOLDEN.values() for row in rows}
    assert golden <= {row["uid"] for row in rows}
    assert sure <= golden
    mcgurk = client.get("/api/v1/quotations/", {"speaker": "brett-mcgurk"}).json()["results"]
    assert [row["medium"] for row in mcgurk] == ["Twitter"]
