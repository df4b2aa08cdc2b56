"""How many articles of a statement have no known outlet: these count as no outlet any more."""

from typing import Any

from django.db import migrations, models


class AddColumn(migrations.AddField):
    """As AddField, but SQLite adds the column as it is: Django would write the table anew."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Add the column, with zero for all rows, in a time that they do not lengthen."""
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(
                "ALTER TABLE quotes_statement ADD COLUMN without_outlet_count integer unsigned "
                "NOT NULL DEFAULT 0 CHECK (without_outlet_count >= 0)"
            )
        else:
            super().database_forwards(app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):
    dependencies = [("quotes", "0037_factuality")]

    operations = [
        AddColumn(
            model_name="statement",
            name="without_outlet_count",
            field=models.PositiveIntegerField(
                default=0, help_text="of these articles, whose outlet is not known"
            ),
        ),
        migrations.AlterField(
            model_name="statement",
            name="outlets_count",
            field=models.PositiveIntegerField(
                default=0, help_text="known outlets of these articles"
            ),
        ),
    ]
