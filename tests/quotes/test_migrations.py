"""Migrations that carry data over, on stored rows. Runs on SQLite and PostgreSQL."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from quotes import models
from quotes.models import (
    Quotation,
    SpeakerLink,
    SpeakerName,
    SpeakerNameKey,
    SpeakerSuggestion,
    Statement,
)
from quotes.nlp.document import Document, Speaker, SpeakerKind
from tests import builders
from tests import statements as shelf

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def test_a_quotation_s_former_confidence_is_that_in_its_speaker(rail):
    rows = rail.quotations
    rows.update(confidence=0.6, speaker_confidence=0.1)
    rows.filter(position=1).update(confidence=0.9)
    leaf = MigrationExecutor(connection).loader.graph.leaf_nodes("quotes")[0]
    call_command("migrate", "quotes", "0001", verbosity=0)
    call_command("migrate", *leaf, verbosity=0)
    numbers = Quotation.objects.order_by("position").values_list("confidence", "speaker_confidence")
    assert list(numbers) == [(0.6, 0.6), (0.9, 0.9)]


def test_stored_speakers_get_keys_links_and_suggestions(rail, record):  # noqa: ARG001  is stored
    """As a database of before has them: old keys, no links, one person in two spellings."""
    for number, name in enumerate(("Muammar Gaddafi", "Moammar Gadhafi", "Ana Poe")):
        text = f"{number} {builders.RAIL}"
        found = Speaker(name=name, kind=SpeakerKind.PERSON, role="the leader")
        said = builders.quotation(text, "the café tax would rise", speaker=found)
        record(builders.source(text), Document(text=text, quotations=(said,)))
    text = f"un {builders.RAIL}"
    said = builders.quotation(text, "the café tax would rise", speaker=builders.UN)
    record(builders.source(text), Document(text=text, quotations=(said,)))
    links = set(SpeakerLink.objects.values_list("article", "speaker", "name", "key", "role"))
    leaf = MigrationExecutor(connection).loader.graph.leaf_nodes("quotes")[0]
    call_command("migrate", "quotes", "0012", verbosity=0)
    SpeakerLink.objects.all().delete()
    SpeakerNameKey.objects.all().delete()
    models.Speaker.objects.update(wikidata_id="")
    _unlink("Moammar Gadhafi")
    call_command("migrate", *leaf, verbosity=0)
    after = set(SpeakerLink.objects.values_list("article", "name", "key", "role"))
    assert after == {(article, name, key, role) for article, _, name, key, role in links}
    assert SpeakerNameKey.objects.filter(name__name="Ana Roe", key__startswith="pair:").exists()
    assert models.Speaker.objects.get(slug="united-nations").wikidata_id == "Q1065"
    pair = SpeakerSuggestion.objects.get()
    assert {pair.one.name, pair.other.name} == {"Muammar Gaddafi", "Moammar Gadhafi"}
    assert (pair.status, pair.one.merged_into) == ("open", None)


def test_articles_without_an_outlet_no_longer_count_as_outlets(run):
    """As a database of before has it: the sixth article, of no known outlet, as a sixth outlet."""
    wall = shelf.wall(run)
    rows = [shelf.tell(run, n, f"Paper {n}", "“We will win”", day="2026-10-04") for n in (8, 9)]
    named = shelf.together(rows, uid="named")
    leaf = MigrationExecutor(connection).loader.graph.leaf_nodes("quotes")[0]
    call_command("migrate", "quotes", "0038", verbosity=0)
    Statement.objects.filter(pk=wall.pk).update(outlets_count=6, without_outlet_count=0)
    call_command("migrate", *leaf, verbosity=0)
    counts = Statement.objects.values_list("uid", "outlets_count", "without_outlet_count")
    assert set(counts) == {(wall.uid, 5, 1), (named.uid, 2, 0)}
    changed = Statement.objects.filter(updated_at__gt=named.updated_at)
    assert list(changed) == [wall]


def _unlink(name: str) -> None:
    """Give a name a speaker of its own, as before spellings were compared and rows had a time."""
    loader = MigrationExecutor(connection).loader
    then = loader.project_state(("quotes", "0012_speaker_name_keys")).apps
    own = then.get_model("quotes", "Speaker").objects.create(slug="own", name=name, kind="person")
    SpeakerName.objects.filter(name=name).update(speaker=own.pk)
    Quotation.objects.filter(speaker_name=name).update(speaker=own.pk)
