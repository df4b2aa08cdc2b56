"""What a digest has reached is a time; the key that was to go with it was never read."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("quotes", "0030_statements_that_lead"),
    ]

    operations = [
        migrations.RemoveField(model_name="savedsearch", name="digest_reached_id"),
    ]
