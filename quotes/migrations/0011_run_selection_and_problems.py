from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("quotes", "0010_decision_batch")]

    operations = [
        migrations.AddField(
            model_name="extractionrun",
            name="selection",
            field=models.JSONField(
                blank=True, default=dict, help_text="which stored articles it was to read again"
            ),
        ),
        migrations.AddField(
            model_name="extractionrun",
            name="problems",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="article versions that it could not process, and why",
            ),
        ),
    ]
