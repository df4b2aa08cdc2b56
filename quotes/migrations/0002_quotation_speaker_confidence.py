from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("quotes", "0001_tables")]

    operations = [
        migrations.AddField(
            model_name="quotation",
            name="speaker_confidence",
            field=models.FloatField(
                null=True, help_text="probability that words, source and speaker are all right"
            ),
        ),
    ]
