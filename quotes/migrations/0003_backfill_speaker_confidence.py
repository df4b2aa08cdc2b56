from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_ROWS = 5000


def fill_in_batches(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give each quotation its former confidence, which counted the speaker in.

    What it says of words and source alone is known once its article is extracted again.
    """
    rows = apps.get_model("quotes", "Quotation").objects.using(schema_editor.connection.alias)
    last = 0
    while True:
        unset = rows.filter(pk__gt=last, speaker_confidence=None).order_by("pk")
        keys = list(unset.values_list("pk", flat=True)[:_ROWS])
        if not keys:
            return
        batch = rows.filter(pk__gt=last, pk__lte=keys[-1], speaker_confidence=None)
        batch.update(speaker_confidence=models.F("confidence"))
        last = keys[-1]


class Migration(migrations.Migration):
    dependencies = [("quotes", "0002_quotation_speaker_confidence")]

    operations = [migrations.RunPython(fill_in_batches, migrations.RunPython.noop)]
