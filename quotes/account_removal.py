"""Removing an account for good, with all that is its own.

What others rely on stays under the name that it bears: decisions, imports, quotations. Whoever has
worked in the admin is not removed: the log of what was done there would go along.
Why: docs/decisions/0020-api-access.md.
"""

import logging
from typing import NamedTuple

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import transaction

from quotes import exports
from quotes.models import ApiToken, Collection, Decision, Export, SavedSearch
from quotes.refusals import InputError

logger = logging.getLogger(__name__)


class Extent(NamedTuple):
    """How much goes with an account: all but `decisions`, which stay under its name."""

    collections: int
    public: int
    saved_searches: int
    tokens: int
    exports: int
    decisions: int


def extent(user: User) -> Extent:
    """Return what `remove` would remove; six queries."""
    own = Collection.objects.filter(owner=user)
    return Extent(
        collections=own.count(),
        public=own.filter(is_public=True).count(),
        saved_searches=SavedSearch.objects.filter(owner=user).count(),
        tokens=ApiToken.objects.filter(user=user).count(),
        exports=Export.objects.filter(owner=user).count(),
        decisions=Decision.objects.filter(by=user).count(),
    )


def is_kept(user: User) -> bool:
    """Say whether the account must stay, deactivated at most: the admin's log names it."""
    return LogEntry.objects.filter(user=user).exists()


def remove(user: User) -> Extent:
    """Remove an account; return what went. Raises InputError where it must stay.

    Raises BusyError while an export of it is being written: it is cancelled, and soon ends.
    """
    if is_kept(user):
        raise InputError(
            "account is named in the log of what was done in the admin",
            "have it deactivated: nobody can sign in with it then, and its tokens do not work",
        )
    went = extent(user)
    for export in Export.objects.filter(owner=user):
        exports.delete(export)
    with transaction.atomic():
        logger.info("removed account=%s", user.pk)
        user.delete()
    return went
