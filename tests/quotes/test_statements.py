"""Quotations that report one utterance are found, whatever is stored, changed or decided when."""

import pytest
from django.core.management import call_command

from quotes import statements
from quotes.models import Quotation, Report, Statement

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def members(statement: Statement) -> dict[str, str]:
    """Return words -> relation of the reports of a statement."""
    rows = statement.reports.values_list("quotation__content", "relation")
    return dict(rows)


def test_the_two_articles_report_one_statement(extractor: object):  # noqa: ARG001  loads models
    call_command("ingest", "--quiet", "fixtures/articles")
    whole = Quotation.objects.get(content__contains="remainder of the overall")
    part = Quotation.objects.get(content__contains="help preserve” the remaining")
    statement = statements.statement_of(whole)
    assert statement == statements.statement_of(part)
    assert part.report.relation == Report.Relation.PART
    assert (statement.reports_count, statement.possible_count) == (2, 0)
    assert (statement.articles_count, statement.sources_count) == (2, 2)
    assert statement.representative == whole
    assert not statement.has_warnings
