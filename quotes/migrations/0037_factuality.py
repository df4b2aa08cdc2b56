"""Whether the article reports that a quotation was said: empty for those that are stored."""

from typing import Any

from django.db import migrations, models


class AddColumn(migrations.AddField):
    """As AddField, but SQLite adds the column as it is: Django would write the table anew."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Add the column, with the empty string for all rows, in a time that they do not lengthen.

        PostgreSQL does so by itself.
        """
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(
                "ALTER TABLE quotes_quotation ADD COLUMN factuality varchar(12) NOT NULL DEFAULT ''"
            )
        else:
            super().database_forwards(app_label, schema_editor, from_state, to_state)


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
