"""The least sure links of a speaker are found by an index, however many links there are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("quotes", "0033_kept_profiles"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="speakerlink",
            index=models.Index(
                condition=models.Q(("decided", False)),
                fields=["speaker", "score", "id"],
                name="unsure_links_of_speaker",
            ),
        ),
    ]
