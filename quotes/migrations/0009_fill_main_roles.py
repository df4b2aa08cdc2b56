"""Note each speaker's main role and outlet; harmless to repeat, nothing to take back."""

from typing import Any

from django.db import migrations
from django.db.models import Count, Max

BATCH = 500


def fill(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    speaker = apps.get_model("quotes", "Speaker")
    shown = apps.get_model("quotes", "Quotation").objects.filter(
        status="current", act="speech", version__is_current=True
    )
    keys = list(speaker.objects.order_by("pk").values_list("pk", flat=True))
    for low in range(0, len(keys), BATCH):
        batch = keys[low : low + BATCH]
        own = shown.filter(speaker__in=batch).order_by()
        roles = _most(own.exclude(speaker_role=""), "speaker_role")
        outlets = _most(
            own.filter(version__article__outlet__isnull=False), "version__article__outlet_id"
        )
        rows = list(speaker.objects.filter(pk__in=batch))
        for row in rows:
            row.main_role = roles.get(row.pk, "")
            row.main_outlet_id = outlets.get(row.pk)
        speaker.objects.bulk_update(rows, ["main_role", "main_outlet"])


def _most(own: Any, column: str) -> dict[int, Any]:
    """Return speaker -> the value of `column` that most of its quotations have."""
    counted = own.values_list("speaker_id", column).annotate(
        n=Count("pk"), last=Max("version__published_on")
    )
    return {pk: value for pk, value, _, _ in counted.order_by("n", "last", column)}


class Migration(migrations.Migration):
    dependencies = [("quotes", "0008_speaker_lists")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
