from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("quotes", "0004_require_speaker_confidence")]

    operations = [
        migrations.AddField(
            model_name="extraction",
            name="language",
            field=models.CharField(
                blank=True,
                default="",
                help_text="recognised, BCP 47; und if not clear",
                max_length=35,
            ),
        ),
        migrations.AddField(
            model_name="extraction",
            name="language_note",
            field=models.CharField(
                blank=True, default="", help_text="what was not read, and why", max_length=500
            ),
        ),
    ]
