"""Give stored names the keys by which names are looked up today; harmless to repeat.

A name that is no longer safe across articles keeps its key: what it has linked stays together
until people split it. Known institutions get their identifier where they have none.
"""

from typing import Any

from django.db import migrations

from quotes import speakers
from quotes.nlp.document import Speaker, SpeakerKind

BATCH = 500


def fill(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    names = apps.get_model("quotes", "SpeakerName")
    keys = apps.get_model("quotes", "SpeakerNameKey")
    across = names.objects.exclude(key="").exclude(key__startswith="in ")
    found = list(across.order_by("pk").values_list("pk", flat=True))
    for low in range(0, len(found), BATCH):
        rows = list(names.objects.filter(pk__in=found[low : low + BATCH]).select_related("speaker"))
        for row in rows:
            kind = SpeakerKind(row.speaker.kind)
            row.key = speakers.link_key(Speaker(name=row.name, kind=kind)) or row.key
        names.objects.bulk_update(rows, ["key"])
        keys.objects.bulk_create(
            (
                keys(name=row, key=key)
                for row in rows
                for key in speakers.stored_keys(row.name, SpeakerKind(row.speaker.kind))
            ),
            ignore_conflicts=True,
        )
        _identify(apps.get_model("quotes", "Speaker"), {row.speaker_id: row.name for row in rows})


def _identify(speaker: Any, named: dict[int, str]) -> None:
    rows = list(speaker.objects.filter(pk__in=named, wikidata_id="", merged_into=None))
    known = []
    for row in rows:
        one = speakers.institution(Speaker(name=named[row.pk], kind=SpeakerKind(row.kind)))
        if one:
            row.wikidata_id, row.description = one.wikidata_id, row.description or one.description
            known.append(row)
    speaker.objects.bulk_update(known, ["wikidata_id", "description"])


class Migration(migrations.Migration):
    dependencies = [("quotes", "0012_speaker_name_keys")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
