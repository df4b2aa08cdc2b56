"""Answers that are kept for requests that are sent again: until when, and their removal."""

from datetime import datetime, timedelta

from quotes.models import IdempotentRequest
from quotes.params import ACCESS, AccessParams


def clean(now: datetime, params: AccessParams = ACCESS) -> int:
    """Remove the answers that are kept no longer; return how many."""
    before = now - timedelta(hours=params.answers_kept_hours)
    removed, _ = IdempotentRequest.objects.filter(created_at__lt=before).delete()
    return removed
