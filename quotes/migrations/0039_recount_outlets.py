"""Counts the outlets of statements anew: an article whose outlet is not known counted as one."""

from collections import defaultdict
from typing import Any

from django.db import migrations
from django.utils import timezone

_BATCH = 500
_READ = (
    "statement_id",
    "quotation__version__article_id",
    "quotation__version__article__outlet_id",
)


def recount(apps: Any, _: object) -> None:
    """Count anew, 500 at a time; where an article has no outlet the statement is noted as changed."""
    statements = apps.get_model("quotes", "Statement").objects
    reports = apps.get_model("quotes", "Report").objects.exclude(relation="possible")
    last = 0
    while True:
        after = statements.filter(pk__gt=last, articles_count__gt=0).order_by("pk")
        keys = list(after.values_list("pk", flat=True)[:_BATCH])
        if not keys:
            return
        last = keys[-1]
        found: dict[int, dict[int, int | None]] = defaultdict(dict)
        sure = reports.filter(statement__in=keys).order_by().values_list(*_READ)
        for statement, article, outlet in sure:
            found[statement][article] = outlet
        concerned = {pk: own for pk, own in found.items() if None in own.values()}
        rows = list(statements.filter(pk__in=concerned).order_by("pk"))
        for row in rows:
            known = [outlet for outlet in concerned[row.pk].values() if outlet is not None]
            row.outlets_count = len(set(known))
            row.without_outlet_count = len(concerned[row.pk]) - len(known)
            row.updated_at = timezone.now()
        statements.bulk_update(rows, ["outlets_count", "without_outlet_count", "updated_at"])


class Migration(migrations.Migration):
    dependencies = [("quotes", "0038_articles_without_outlet")]

    operations = [
        # Of no other table's rows, so that no index of quotations need be built anew.
        migrations.RunPython(recount, migrations.RunPython.noop, hints={"model_name": "statement"})
    ]
