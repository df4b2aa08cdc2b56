"""What statements do when a quotation is deleted, as with its article.

Who followed it is placed anew. Of ours only quotes/removal.py deletes quotations.
"""

from typing import Any

from django.db.models.signals import post_delete, pre_delete

from quotes import statements
from quotes.models import Quotation, Report


def _before(*, instance: Quotation, **_: Any) -> None:
    own = Report.objects.filter(quotation=instance.pk).order_by()
    followers = Report.objects.filter(matched=instance.pk).order_by()
    instance._left_statements = (  # type: ignore[attr-defined]  # noqa: SLF001  for `_after`
        set(own.values_list("statement", flat=True)),
        set(followers.values_list("quotation", flat=True)),
    )


def _after(*, instance: Quotation, **_: Any) -> None:
    touched, followers = instance._left_statements  # type: ignore[attr-defined]  # noqa: SLF001
    statements.mend(touched, followers)


def connect() -> None:
    """Attach to the signals of deletion."""
    pre_delete.connect(_before, sender=Quotation, dispatch_uid="quotes.statements.before")
    post_delete.connect(_after, sender=Quotation, dispatch_uid="quotes.statements.after")
