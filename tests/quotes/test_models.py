"""Constraints of the tables and the named queries."""

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, transaction

from quotes.models import ArticleVersion, Quotation, QuotationSpan, Speaker
from quotes.nlp.document import Act, Document
from tests.builders import RAIL, ROE, source
from tests.builders import quotation as found

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        pytest.param("confidence", -0.1, id="confidence-below-0"),
        pytest.param("confidence", 1.1, id="confidence-above-1"),
        pytest.param("speaker_confidence", -0.1, id="speaker-below-0"),
        pytest.param("speaker_confidence", 0.81, id="surer-of-the-speaker-than-of-the-source"),
        pytest.param("paragraph_index", 0, id="paragraph-0"),
        pytest.param("content", "", id="no-content"),
    ],
)
def test_impossible_quotations_are_refused(quotation, column, value):
    with pytest.raises(IntegrityError), transaction.atomic():
        Quotation.objects.filter(pk=quotation.pk).update(**{column: value})


def test_empty_span_is_refused(quotation):
    with pytest.raises(IntegrityError), transaction.atomic():
        QuotationSpan.objects.create(
            quotation=quotation, role="cue", position=5, start=3, end=3, exact=""
        )


def test_one_current_version(record):
    old = record(source(url="https://example.org/a")).version
    record(source(RAIL + "More.", url="https://example.org/a"))
    with pytest.raises(IntegrityError), transaction.atomic():
        ArticleVersion.objects.filter(pk=old.pk).update(is_current=True)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        pytest.param("Rail tax to rise", "Rail tax to rise", id="title"),
        pytest.param("", "Rail tax The minister, Ana Roe, said the café tax", id="first-words"),
    ],
)
def test_display_title(record, title, shown):
    version = record(source(title=title)).version
    assert version.display_title.startswith(shown)
    assert len(version.display_title) <= 100
    assert str(version) == f"{version.display_title} (version 1)"


def test_old_versions_have_their_own_address(record):
    old = record(source(url="https://example.org/a")).version
    new = record(source(RAIL + "More.", url="https://example.org/a")).version
    old.refresh_from_db()
    assert old.get_absolute_url() == f"{new.get_absolute_url()}?version=1"
    assert list(ArticleVersion.objects.current()) == [new]


def test_lists_show_speech_that_is_current(record):
    said = found(RAIL, "the café tax would rise", speaker=ROE)
    thought = found(RAIL, "“It must,”", speaker=ROE, act=Act.ATTITUDE)
    record(source(), Document(text=RAIL, quotations=(said, thought)))
    assert list(Quotation.objects.current().speech()) == [Quotation.objects.get(act=Act.SPEECH)]
    assert ArticleVersion.objects.for_list().get().quotation_count == 1
    assert Speaker.objects.for_list().get().quotation_count == 1


@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize("objects", [Quotation.objects, ArticleVersion.objects, Speaker.objects])
def test_reads_are_public_or_private_by_setting(settings, objects):
    assert objects.visible_to(AnonymousUser()).exists()
    settings.PUBLIC_READS = False
    assert not objects.visible_to(AnonymousUser()).exists()
    assert objects.visible_to(User(username="reader")).exists()


@pytest.mark.parametrize("count", [1, 10])
def test_lists_and_pages_have_fixed_queries(record, django_assert_num_queries, count):
    for number in range(count):
        text = f"{number} {RAIL}"
        record(
            source(text, outlet="A"),
            Document(text=text, quotations=(found(text, "“It must,”", speaker=ROE),)),
        )
    with django_assert_num_queries(1):
        for row in Quotation.objects.current().for_list():
            assert row.speaker.name
            assert row.version.article.outlet.name
            assert row.version.display_title
    with django_assert_num_queries(2):  # the quotations, their spans
        for row in Quotation.objects.for_page():
            assert row.spans_of("content")[0].exact in row.version.text.content
            assert row.extraction.run.fingerprint
    with django_assert_num_queries(1):
        assert all(v.article.outlet.name for v in ArticleVersion.objects.for_list())
