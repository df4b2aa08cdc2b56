"""What is counted of a much quoted speaker is a row."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("quotes", "0032_comparing_that_failed"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptProfile",
            fields=[
                (
                    "speaker",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="kept_profile",
                        serialize=False,
                        to="quotes.speaker",
                    ),
                ),
                (
                    "told",
                    models.JSONField(
                        help_text="what the page tells, but for the quotations themselves"
                    ),
                ),
                (
                    "speaker_as_of",
                    models.DateTimeField(help_text="the speaker's updated_at when it was counted"),
                ),
                ("counted_at", models.DateTimeField()),
            ],
        ),
    ]
