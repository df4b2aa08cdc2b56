"""Count every speaker's quotations; harmless to repeat, nothing to take back."""

from typing import Any

from django.db import migrations
from django.db.models import Count, Max, Min, Q

BATCH = 500


def fill(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    speaker = apps.get_model("quotes", "Speaker")
    shown = Q(
        quotations__status="current",
        quotations__act="speech",
        quotations__version__is_current=True,
    )
    keys = list(speaker.objects.order_by("pk").values_list("pk", flat=True))
    for low in range(0, len(keys), BATCH):
        counted = speaker.objects.filter(pk__in=keys[low : low + BATCH]).annotate(
            n=Count("quotations", filter=shown),
            first=Min("quotations__version__published_on", filter=shown),
            last=Max("quotations__version__published_on", filter=shown),
        )
        rows = list(counted)
        for row in rows:
            row.quotation_count = row.n
            row.first_quoted_on, row.last_quoted_on = row.first, row.last
        speaker.objects.bulk_update(rows, ["quotation_count", "first_quoted_on", "last_quoted_on"])


class Migration(migrations.Migration):
    dependencies = [("quotes", "0006_speakers_and_decisions")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
