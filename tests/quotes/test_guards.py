"""Attempts to store words that the text does not have: through the ORM and past it, on both."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from quotes import guards
from quotes.models import CanonicalText, QuotationSpan
from tests.builders import RAIL, Document, source
from tests.builders import quotation as found

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def refused(action, match):
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        action()


def test_true_words_are_accepted(quotation):
    start = RAIL.index("café")
    span = QuotationSpan(quotation=quotation, role="medium", position=9, start=start, end=start + 4)
    span.exact = "café"
    span.save()


@pytest.mark.parametrize(
    ("exact", "shift"),
    [
        pytest.param("the café tax would fall", 0, id="other-word"),
        pytest.param("The café tax would rise", 0, id="other-case"),
        pytest.param("the café tax would rise", 1, id="one-off"),
        pytest.param("the café tax would ris", 0, id="too-short"),
        pytest.param("the café tax would rise ", 0, id="trailing-space"),
        pytest.param("the cafe\u0301 tax would rise", 0, id="other-normal-form"),
        pytest.param("", 0, id="empty"),
        pytest.param("the café tax would rise", 100_000, id="beyond-the-end"),
    ],
)
@pytest.mark.parametrize("how", ["create", "bulk_create", "save", "update", "raw"])
def test_false_words_are_refused(quotation, exact, shift, how):
    span = quotation.spans.get(role="content")
    start, end = span.start + shift, span.end + shift
    fields = {"quotation": quotation, "role": "content", "start": start, "end": end, "exact": exact}

    def save():
        span.start, span.end, span.exact = start, end, exact
        span.save()

    def raw():
        with connection.cursor() as cursor:
            cursor.execute(
                'UPDATE quotes_quotationspan SET start = %s, "end" = %s, exact = %s WHERE id = %s',
                (start, end, exact, span.pk),
            )

    actions = {
        "create": lambda: QuotationSpan.objects.create(position=9, **fields),
        "bulk_create": lambda: QuotationSpan.objects.bulk_create(
            [QuotationSpan(position=9, **fields)]
        ),
        "save": save,
        "update": lambda: quotation.spans.filter(pk=span.pk).update(
            start=start, end=end, exact=exact
        ),
        "raw": raw,
    }
    refused(actions[how], "the span does not hold the words of its text")
    assert quotation.spans.get(pk=span.pk).exact == "the café tax would rise"


def test_offsets_are_code_points_beyond_the_basic_plane(record):
    text = "😀 Ana Roe 𝒔aid 😀 it must."
    said = found(text, "it must", cue="𝒔aid", source="Ana Roe")
    version = record(source(text), Document(text=text, quotations=(said,))).version
    assert version.quotations.get().spans_of("cue")[0].exact == "𝒔aid"


@pytest.mark.parametrize("how", ["save", "update", "raw"])
def test_a_stored_text_never_changes(rail, how):
    def save():
        rail.text.content = "Other words."
        rail.text.save()

    def raw():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE quotes_canonicaltext SET length_chars = 1")

    update = lambda: CanonicalText.objects.update(content="Other words.")  # noqa: E731
    refused({"save": save, "update": update, "raw": raw}[how], "a stored text is never changed")
    assert CanonicalText.objects.get().content == RAIL


def test_a_version_cannot_be_given_another_text(rail, record):
    """Else the spans of its quotations would lie."""
    other = record(source(RAIL.upper())).version
    refused(
        lambda: type(rail).objects.filter(pk=rail.pk).update(text=other.text),
        "keeps its text",
    )


def test_a_quotation_cannot_move_to_another_version(quotation, record):
    other = record(source(RAIL.upper())).version
    refused(
        lambda: type(quotation).objects.filter(pk=quotation.pk).update(version=other),
        "stays with its article version",
    )


@pytest.mark.django_db(transaction=True)
def test_guards_are_back_after_every_migration():
    """SQLite loses a table's triggers when a migration rebuilds it."""
    target = MigrationExecutor(connection).loader.graph.leaf_nodes("quotes")[0]
    call_command("migrate", "quotes", "zero", verbosity=0)
    call_command("migrate", *target, verbosity=0)
    guards.install("default")  # harmless to repeat
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        names = {row[0] for row in cursor.fetchall()}
    expected = {"guard_kept_canonicaltext", "guard_kept_sourcebytes", "tombstone_delete_speaker"}
    assert expected | {"search_quotation_insert"} <= names
    assert any(name.startswith("guard_span") for name in names)
