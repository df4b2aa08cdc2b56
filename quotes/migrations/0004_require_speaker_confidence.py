from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("quotes", "0003_backfill_speaker_confidence")]

    operations = [
        migrations.AlterField(
            model_name="quotation",
            name="speaker_confidence",
            field=models.FloatField(
                help_text="probability that words, source and speaker are all right"
            ),
        ),
        migrations.AddConstraint(
            model_name="quotation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("speaker_confidence__gte", 0.0),
                    ("speaker_confidence__lte", models.F("confidence")),
                ),
                name="speaker_confidence_is_part",
            ),
        ),
    ]
