"""How many articles of a statement have no known outlet: these count as no outlet any more."""

from django.db import migrations, models

from quotes.migrations._add_column import AddColumn


class Migration(migrations.Migration):
    dependencies = [("quotes", "0037_factuality")]

    operations = [
        AddColumn(
            model_name="statement",
            name="without_outlet_count",
            field=models.PositiveIntegerField(
                default=0, help_text="of these articles, whose outlet is not known"
            ),
            sqlite="without_outlet_count integer unsigned NOT NULL DEFAULT 0 "
            "CHECK (without_outlet_count >= 0)",
        ),
        migrations.AlterField(
            model_name="statement",
            name="outlets_count",
            field=models.PositiveIntegerField(
                default=0, help_text="known outlets of these articles"
            ),
        ),
    ]
