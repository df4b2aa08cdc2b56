"""Whether the article reports that a quotation was said: empty for those that are stored."""

from django.db import migrations, models

from quotes.migrations._add_column import AddColumn


class Migration(migrations.Migration):
    dependencies = [("quotes", "0036_names_in_the_admin")]

    operations = [
        AddColumn(
            model_name="quotation",
            name="factuality",
            field=models.CharField(
                blank=True,
                choices=[
                    ("factual", "Factual"),
                    ("negated", "Negated"),
                    ("future", "Future"),
                    ("hypothetical", "Hypothetical"),
                ],
                default="",
                help_text="whether the article reports that it was said; "
                "empty: stored before this was",
                max_length=12,
            ),
            sqlite="factuality varchar(12) NOT NULL DEFAULT ''",
        ),
        migrations.AlterField(
            model_name="change",
            name="kind",
            field=models.CharField(
                choices=[
                    ("new", "New"),
                    ("gone", "No longer found"),
                    ("back", "Found again"),
                    ("speaker", "Another speaker"),
                    ("words", "Other words"),
                    ("factuality", "Said or not"),
                    ("kept", "Kept, because reviewed"),
                ],
                max_length=10,
            ),
        ),
    ]
