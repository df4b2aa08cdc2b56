"""Migrations that carry data over, on stored rows. Runs on SQLite and PostgreSQL."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from quotes.models import Quotation

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
