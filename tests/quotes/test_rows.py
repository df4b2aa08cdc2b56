"""Quotations as JSON and back: what decisions and machine readings keep."""

import json

import pytest

from quotes.models import Quotation, QuotationSpan
from quotes.rows import SHOWN_COLUMNS, StoreError, content_of, fields_json, restore, spans_json
from tests.builders import RAIL, span

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def through_json(value):
    return json.loads(json.dumps(value))


def test_what_is_shown_survives_json(rail):
    rows = list(rail.quotations.order_by("position").prefetch_related("spans"))
    first, second = ((fields_json(row), spans_json(row.spans.all())) for row in rows)
    row = Quotation.objects.select_related("version__text").get(pk=rows[1].pk)
    spans = restore(row, *map(through_json, first))
    row.spans.all().delete()
    row.save()
    QuotationSpan.objects.bulk_create(spans)
    row = Quotation.objects.prefetch_related("spans").get(pk=row.pk)
    assert (fields_json(row), spans_json(row.spans.all())) == first != second
    assert [s.exact for s in row.spans_of("content")] == [row.content]


def test_the_shown_columns_are_all_but_bookkeeping():
    kept = {"id", "uid", "version_id", "extraction_id", "position", "review", "reviewed_at"}
    kept |= {"created_at", "updated_at", "predecessor_id"}
    columns = {field.attname for field in Quotation._meta.concrete_fields}
    assert columns - kept == set(SHOWN_COLUMNS)


def test_some_columns_only(quotation):
    assert restore(quotation, {"speaker_name": "Jo"}, []) == []
    assert (quotation.speaker_name, quotation.cue) == ("Jo", "said")


@pytest.mark.parametrize("name", ["uid", "position", "review", "nothing"])
def test_other_columns_are_refused(quotation, name):
    with pytest.raises(
        StoreError, match=f"quotation {quotation.uid}: \\['{name}'\\] are not among"
    ):
        restore(quotation, {name: "1"}, [])


def test_a_span_outside_the_text_is_refused(quotation):
    far = {"role": "content", "position": 0, "start": 0, "end": len(RAIL) + 1, "rule": ""}
    with pytest.raises(StoreError, match="outside its text"):
        restore(quotation, {}, [far])


def test_spans_keep_an_order_of_their_own(quotation):
    spans = list(quotation.spans.all())
    assert spans_json(spans) == spans_json(reversed(spans))
    assert content_of(spans_json(spans)) == [span(RAIL, "the café tax would rise")]
