"""Articles, outlets, sources and days of a statement are those of its sure reports."""

from collections import defaultdict
from typing import Any

from django.db import migrations, models

from quotes.copies import independent

_BATCH = 500
_READ = (
    "statement_id",
    "quotation__version__article_id",
    "quotation__version__article__outlet_id",
    "quotation__version__copies_id",
    "quotation__version__published_on",
)


def recount(apps: Any, _: object) -> None:
    """Count anew what has possible reports: of all others nothing changes."""
    statements = apps.get_model("quotes", "Statement").objects
    reports = apps.get_model("quotes", "Report").objects
    last = 0
    while True:
        after = statements.filter(pk__gt=last, possible_count__gt=0).order_by("pk")
        rows = list(after[:_BATCH])
        if not rows:
            return
        last = rows[-1].pk
        sure: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        found = reports.filter(statement__in=rows).exclude(relation="possible").order_by("pk")
        for statement, *report in found.values_list(*_READ):
            sure[statement].append(tuple(report))
        for row in rows:
            own = sure[row.pk]
            row.articles_count = len({article for article, *_ in own})
            row.outlets_count = len({outlet or -article for article, outlet, *_ in own})
            row.sources_count = independent((article, group) for article, _, group, _ in own)
            days = [day for *_, day in own if day]
            if own:
                row.first_on, row.last_on = min(days, default=None), max(days, default=None)
        columns = ("articles_count", "outlets_count", "sources_count", "first_on", "last_on")
        statements.bulk_update(rows, columns)


class Migration(migrations.Migration):
    dependencies = [
        ("quotes", "0034_unsure_links"),
    ]

    operations = [
        migrations.AlterField(
            model_name="statement",
            name="articles_count",
            field=models.PositiveIntegerField(default=0, help_text="that surely report it"),
        ),
        migrations.AlterField(
            model_name="statement",
            name="outlets_count",
            field=models.PositiveIntegerField(default=0, help_text="that surely report it"),
        ),
        migrations.AlterField(
            model_name="statement",
            name="sources_count",
            field=models.PositiveIntegerField(
                default=0,
                help_text="independent ones of these articles: copies of one text count once",
            ),
        ),
        migrations.AlterField(
            model_name="statement",
            name="first_on",
            field=models.DateField(
                blank=True, help_text="earliest publication of these", null=True
            ),
        ),
        migrations.AlterField(
            model_name="statement",
            name="last_on",
            field=models.DateField(blank=True, help_text="latest publication of these", null=True),
        ),
        migrations.RunPython(recount, migrations.RunPython.noop),
    ]
