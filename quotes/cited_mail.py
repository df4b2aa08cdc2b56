"""What has changed of cited quotations -> one letter to their owner, once it has lasted a while.

A letter's rows are marked before it is sent, so that killed at any moment, on any number of
machines, each change is in one letter at most; what a server does not take for now is tried again.
Why: docs/decisions/0031-collections-and-what-was-cited.md.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.contrib.auth.models import User
from django.db.models import Max, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from quotes import mail, mailboxes
from quotes.cited_changes import MEANINGS, STANDING, Change
from quotes.interchange import absolute
from quotes.models import CitedQuotation, Collection
from quotes.params import CITED, CitedParams

logger = logging.getLogger(__name__)

_FAILURES_MOST = 3  # in a row: then the mail server is down
_WORDS_CHARS = 600


class Line(NamedTuple):
    """A change in a letter."""

    label: str
    was: str
    now: str


class Entry(NamedTuple):
    """A changed quotation in a letter: as cited and since when, where it is, and what changed."""

    words: str
    cited_at: datetime
    address: str
    lines: tuple[Line, ...]


class Group(NamedTuple):
    """The changed quotations of a collection."""

    collection: Collection
    address: str
    entries: tuple[Entry, ...]


def due(now: datetime | None = None, *, params: CitedParams = CITED) -> QuerySet[User]:
    """Return the accounts that are to be written to; none while there is no mail server."""
    now = now or timezone.now()
    if not mail.is_configured():
        return User.objects.none()
    waiting = _waiting(now, params).values("export__collection__owner")
    written = CitedQuotation.objects.filter(
        mailed_at__gt=now - timedelta(seconds=params.mail_pause_s)
    )
    users = User.objects.filter(pk__in=waiting, is_active=True).filter(
        mailbox__confirmed_at__isnull=False, mailbox__tells_of_changes=True
    )
    return users.exclude(pk__in=written.values("export__collection__owner")).order_by("pk")


def _waiting(now: datetime, params: CitedParams) -> QuerySet[CitedQuotation]:
    lasting = now - timedelta(seconds=params.mail_settle_s)
    rows = CitedQuotation.objects.filter(changed_at__isnull=False, seen_at__isnull=True)
    return rows.filter(changed_at__lte=lasting, mailed_at__isnull=True)


def send_due(*, now: datetime | None = None, params: CitedParams = CITED) -> int:
    """Write to each account that is due about all that waits for it; return how many letters."""
    now = now or timezone.now()
    sent = failures = 0
    for user in due(now, params=params):
        waiting = _waiting(now, params).filter(export__collection__owner=user)
        if not waiting.update(mailed_at=now):
            continue  # somebody else writes it, or it was seen meanwhile
        mine = CitedQuotation.objects.filter(export__collection__owner=user, mailed_at=now)
        try:
            subject, text, html = letter(user, mine, params=params)
            mail.send(user, subject, text, html, stop=mailboxes.stop_changes_address(user))
        except mail.MailError as error:
            logger.warning("changes not told user=%s problem=%s", user.pk, error.problem)
            if error.is_passing:
                mine.update(mailed_at=None)
                failures += 1
            if failures == _FAILURES_MOST:
                break
        else:
            sent, failures = sent + 1, 0
    return sent


# --- what is in a letter


def letter(
    user: User, rows: QuerySet[CitedQuotation], *, params: CitedParams = CITED
) -> tuple[str, str, str]:
    """Return subject, text and HTML of a letter about `rows`, a quotation of a collection once."""
    newest = rows.order_by().values("export__collection", "uid").annotate(newest=Max("pk"))
    keys = newest.values("newest")
    found = CitedQuotation.objects.filter(pk__in=keys).select_related(
        "export__collection", "quotation"
    )
    total = found.count()
    shown = found.order_by("export__collection__name", "export__collection", "pk")
    groups = _groups(list(shown[: params.changes_shown]))
    subject = f"{total} cited quotation{'' if total == 1 else 's'} changed"
    context = {
        "subject": subject,
        "groups": groups,
        "total": total,
        "others": total - sum(len(group.entries) for group in groups),
        "collections": absolute(reverse("collections")),
        "account": absolute(reverse("account-mail")),
        "stop": mailboxes.stop_changes_address(user),
    }
    return (
        subject,
        render_to_string("quotes/mail/changes.txt", context),
        render_to_string("quotes/mail/changes.html", context),
    )


def _groups(rows: Sequence[CitedQuotation]) -> list[Group]:
    entries: dict[Collection, list[Entry]] = {}
    for row in rows:
        entries.setdefault(row.export.collection, []).append(_entry(row))
    return [
        Group(one, absolute(reverse("collection", args=[one.uid])), tuple(own))
        for one, own in entries.items()
    ]


def _entry(row: CitedQuotation) -> Entry:
    lines = tuple(map(_line, row.changes))
    address = absolute(row.quotation.get_absolute_url()) if row.quotation else ""
    return Entry(_short(row.as_cited["content"]), row.export.created_at, address, lines)


def _line(change: Change) -> Line:
    label = MEANINGS[change["kind"]].label
    if change["kind"] in STANDING:
        return Line(label, "", "")
    return Line(label, _short(change["was"]), _short(change["now"]))


def _short(words: str) -> str:
    return Truncator(" ".join(words.split())).chars(_WORDS_CHARS)
