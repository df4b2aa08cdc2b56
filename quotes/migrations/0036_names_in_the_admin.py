"""What operators' lists are called: a change of words only."""

from django.db import migrations


class Migration(migrations.Migration):
    """Names of models; the database does not change."""

    dependencies = [("quotes", "0035_sure_reports_counted")]

    operations = [
        migrations.AlterModelOptions(
            name="apitoken",
            options={"ordering": ("-created",), "verbose_name": "API token"},
        ),
        migrations.AlterModelOptions(
            name="delivery",
            options={"ordering": ("-created_at", "-pk"), "verbose_name_plural": "deliveries"},
        ),
        migrations.AlterModelOptions(
            name="savedsearch",
            options={"ordering": ("name", "pk"), "verbose_name_plural": "saved searches"},
        ),
    ]
