"""Quotations that comparing failed on are stored all the same, and known."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("quotes", "0031_digests_by_time_alone"),
    ]

    operations = [
        migrations.AddField(
            model_name="wordingstate",
            name="problem",
            field=models.CharField(
                blank=True,
                help_text="on what comparing failed; tried again by `manage.py statements`",
                max_length=300,
            ),
        ),
        migrations.AddIndex(
            model_name="wordingstate",
            index=models.Index(
                condition=models.Q(("problem", ""), _negated=True),
                fields=["quotation"],
                name="wordings_that_failed",
            ),
        ),
    ]
