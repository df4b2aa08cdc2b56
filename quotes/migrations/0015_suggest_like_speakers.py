"""Suggest stored speakers whom today's keys would link; rows are never merged by a migration."""

from collections.abc import Iterable, Iterator
from itertools import combinations, groupby
from typing import Any

from django.db import migrations

from quotes.name_data import outlet_country
from quotes.nlp.document import SpeakerKind
from quotes.params import LINKING
from quotes.speaker_evidence import Profile, compare

BATCH = 500
# A key that so many share says too little: their pairs would be thousands.
MOST_HOLDERS = 20


def fill(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    batch: set[tuple[int, int]] = set()
    for pair in _pairs(apps):
        batch.add(pair)
        if len(batch) >= BATCH:
            _suggest(apps, batch)
            batch = set()
    _suggest(apps, batch)


def _pairs(apps: Any) -> Iterator[tuple[int, int]]:
    """Yield pairs of speakers whose names share a key."""
    names = apps.get_model("quotes", "SpeakerName").objects.exclude(key="")
    keys = apps.get_model("quotes", "SpeakerNameKey").objects
    shared = (
        names.order_by("key").values_list("key", "speaker_id"),
        keys.order_by("key").values_list("key", "name__speaker_id"),
    )
    for rows in shared:
        for _, group in groupby(rows.iterator(chunk_size=2000), key=lambda row: row[0]):
            holders = sorted({pk for _, pk in group})
            if len(holders) <= MOST_HOLDERS:
                yield from combinations(holders, 2)


def _suggest(apps: Any, batch: Iterable[tuple[int, int]]) -> None:
    suggestions = apps.get_model("quotes", "SpeakerSuggestion")
    profiles = _profiles(apps, {pk for pair in batch for pk in pair})
    rows = []
    for one, other in sorted(batch):
        if one not in profiles or other not in profiles:
            continue
        verdict = compare(profiles[one], profiles[other])
        if verdict.score >= LINKING.suggest_from:
            rows.append(
                suggestions(one_id=one, other_id=other, reason=verdict.reason, score=verdict.score)
            )
    suggestions.objects.bulk_create(rows, ignore_conflicts=True)


def _profiles(apps: Any, wanted: set[int]) -> dict[int, Profile]:
    speakers = apps.get_model("quotes", "Speaker").objects
    names: dict[int, list[str]] = {}
    held = apps.get_model("quotes", "SpeakerName").objects.filter(speaker__in=wanted)
    for pk, name in held.exclude(key="").order_by("pk").values_list("speaker_id", "name"):
        names.setdefault(pk, []).append(name)
    rows = speakers.filter(pk__in=wanted, merged_into=None).select_related("main_outlet")
    return {row.pk: _profile(row, names.get(row.pk, [row.name])) for row in rows}


def _profile(row: Any, names: list[str]) -> Profile:
    outlet = outlet_country(row.main_outlet.domain) if row.main_outlet else ""
    return Profile(
        kind=SpeakerKind(row.kind),
        names=tuple(names[:20]),
        roles=tuple(filter(None, [row.main_role])),
        countries=frozenset(filter(None, [outlet])),
        dates=tuple(day for day in (row.first_quoted_on, row.last_quoted_on) if day),
        wikidata_id=row.wikidata_id,
    )


class Migration(migrations.Migration):
    dependencies = [("quotes", "0014_fill_speaker_links")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
