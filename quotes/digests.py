"""What saved searches have found since the last digest -> e-mail, once a day or a week, or nothing.

A period's digest is reserved by a change of the search's row before it is sent, and how far it
reaches is kept after that. Killed in between, at any moment and on any number of machines, there is
at most one letter in a period, and each quotation is in at least one: what a lost letter had comes
with the next. What a mail server does not take for now is tried again within the period.
Source: docs/decisions/0029-search-page-and-mail.md.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from quotes import mail, mirrors, plain_words, quotation_feeds, saved_searches
from quotes.formers import before, formers
from quotes.interchange import absolute
from quotes.models import Quotation, SavedSearch
from quotes.params import MAIL, MailParams
from quotes.selections import SelectionError
from quotes.wording import fold

logger = logging.getLogger(__name__)

_STOP = "quotes.digests.stop"
_LOOKS = 20  # at what was found, until there is enough of it that is new
_FAILURES_MOST = 3  # in a row: then the mail server is down, and not one address odd
DAILY, WEEKLY = SavedSearch.Digest.DAILY, SavedSearch.Digest.WEEKLY


class Entry(NamedTuple):
    """A quotation in a letter: its words, where they stand, how sure that is, its address.

    `lead` stands before the words, "" for verbatim ones; `before` is what the article had when the
    last letter was sent, "" where it is new in it.
    """

    words: str
    lead: str
    where: str
    doubt: str
    address: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What one speaker said: the last found, and how many there are besides."""

    speaker: str
    entries: tuple[Entry, ...]
    others: int


@dataclass(frozen=True, slots=True)
class Digest:
    """What is new: by speaker, those with most first; `over` where there is more than is counted.

    `others` are new quotations of further speakers, who are not shown; `is_changed` where the
    article had one of them in other words before.
    """

    total: int
    is_over: bool
    groups: tuple[Group, ...]
    others: int
    is_changed: bool = False


# --- what people choose


def wanted_by(user: User) -> QuerySet[SavedSearch]:
    """Return the searches of which `user` wants digests, by name."""
    return saved_searches.of(user).exclude(digest="")


def choose(search: SavedSearch, digest: str) -> None:
    """Have what `search` finds from now on sent daily or weekly, or ("") not at all."""
    if digest == search.digest:
        return
    now = timezone.now()
    search.digest, search.digest_problem = digest, ""
    search.digest_sent_at = search.digest_reached_at = now if digest else None
    fields = ("digest", "digest_problem", "digest_sent_at", "digest_reached_at", "updated_at")
    search.save(update_fields=fields)


def stop_address(search: SavedSearch) -> str:
    """Return the address at which one press ends the digests of `search`, without signing in."""
    token = signing.dumps(search.uid.hex, salt=_STOP)
    return absolute(reverse("mail-stop", args=[token]))


def stopped_by(token: str) -> SavedSearch | None:
    """Return the search whose digests `token` ends; None if it ends none."""
    try:
        uid = UUID(signing.loads(token, salt=_STOP))
    except (signing.BadSignature, ValueError):
        return None
    return SavedSearch.objects.filter(uid=uid).first()


# --- when


def period_start(digest: str, now: datetime, *, params: MailParams = MAIL) -> datetime:
    """Return when the period that `now` is in began: at an hour of this day or of this Monday."""
    start = now.astimezone(UTC).replace(hour=params.digest_hour, minute=0, second=0, microsecond=0)
    if digest == WEEKLY:
        start -= timedelta(days=start.weekday())
    length = timedelta(days=7 if digest == WEEKLY else 1)
    return start if start <= now else start - length


def next_after(digest: str, now: datetime) -> datetime:
    """Return when the next digest is sent, if there is something new then."""
    return period_start(digest, now) + timedelta(days=7 if digest == WEEKLY else 1)


def due(now: datetime | None = None) -> QuerySet[SavedSearch]:
    """Return the searches whose digest waits; none while there is no mail server.

    Those that failed last come last, so that no one address holds up the others.
    """
    now = now or timezone.now()
    rows = SavedSearch.objects.none()
    if not mail.is_configured():
        return rows
    reachable = SavedSearch.objects.filter(
        owner__is_active=True, owner__mailbox__confirmed_at__isnull=False
    )
    for digest in (DAILY, WEEKLY):
        rows = rows | reachable.filter(digest=digest, digest_sent_at__lt=period_start(digest, now))
    return rows.select_related("owner").order_by("digest_problem", "digest_sent_at", "pk")


# --- sending


def send_due(*, now: datetime | None = None, until: datetime | None = None) -> int:
    """Send the digests that wait; return how many letters the mail server took.

    `until` is a time up to which everything can be seen, by default as mirrors.py finds it. Ends
    where the server takes nothing for now: what is left is due at the next look.
    """
    now, until = now or timezone.now(), until or mirrors.mark()
    sent = failures = 0
    for search in due(now):
        before = search.digest_sent_at
        mine = SavedSearch.objects.filter(pk=search.pk, digest=search.digest, digest_sent_at=before)
        if not mine.update(digest_sent_at=now):
            continue  # somebody else sends it, or it is not wanted any more
        try:
            sent += _send_one(search, until)
        except mail.MailError as error:
            failures = failures + 1 if error.is_passing else 0
            _failed(search, error, now, again=before if error.is_passing else None)
            if failures == _FAILURES_MOST:
                logger.warning("the mail server takes nothing; the rest waits")
                break
        else:
            failures = 0
    return sent


def _failed(
    search: SavedSearch, error: mail.MailError, reserved: datetime, *, again: datetime | None
) -> None:
    """Keep why a digest was not sent; what comes `again` is due at the next look."""
    mine = SavedSearch.objects.filter(pk=search.pk, digest_sent_at=reserved)
    mine.update(digest_problem=error.problem[: MAIL.mail_problem_chars])
    if again is not None:
        mine.update(digest_sent_at=again)
    logger.warning("digest not sent search=%s problem=%s", search.uid, error.problem)


def _send_one(search: SavedSearch, until: datetime) -> int:
    """Send what is new for `search`, if anything is, and note how far that reaches."""
    try:
        digest = collected(search, until)
    except SelectionError as error:
        problem = f"this search cannot be used any more: {error}"[: MAIL.mail_problem_chars]
        SavedSearch.objects.filter(pk=search.pk).update(digest_problem=problem)
        return 0
    if digest.total:
        subject, text, html = letter(search, digest)
        mail.send(search.owner, subject, text, html, stop=stop_address(search))
    reached = SavedSearch.objects.filter(pk=search.pk, digest_reached_at=search.digest_reached_at)
    reached.update(digest_reached_at=until, digest_problem="")
    return int(digest.total > 0)


# --- what is in a letter


def collected(search: SavedSearch, until: datetime, *, params: MailParams = MAIL) -> Digest:
    """Return what `search` has found since its last digest and up to `until`.

    Raises SelectionError if the search means nothing any more.
    """
    found = saved_searches.found(search).filter(
        # What is found later was also changed later, and that has an index.
        updated_at__gt=search.digest_reached_at,
        created_at__gt=search.digest_reached_at,
        created_at__lte=until,
    )
    rows, changed = _news(found.for_list(), search.digest_reached_at or until, params)
    counted = rows[: params.digest_rows]
    groups = _groups(counted, changed, params)
    shown = groups[: params.digest_speakers]
    return Digest(
        total=len(counted),
        is_over=len(rows) > len(counted),
        groups=tuple(shown),
        others=sum(len(group.entries) + group.others for group in groups[len(shown) :]),
        is_changed=any(row.pk in changed for row in counted),
    )


def _news(
    found: QuerySet[Quotation], since: datetime, params: MailParams
) -> tuple[list[Quotation], dict[int, str]]:
    """Return what no letter can have had, one more than is counted at most; and what was changed.

    A newer version of an article has quotations of its own: those that say what the article said
    at `since` are left out, those that say it otherwise come with the former words, by their key.
    """
    most, rows, changed = params.digest_rows + 1, list[Quotation](), dict[int, str]()
    for start in range(0, _LOOKS * most, most):
        some = list(found[start : start + most])
        chains = formers(some)
        for row in some:
            former = before(chains.get(row.pk, ()), since)
            if former is None or not former.says(row):
                rows.append(row)
            if former is not None and fold(former.content) != fold(row.content):
                changed[row.pk] = former.content
        if len(some) < most or len(rows) >= most:
            break
    return rows[:most], changed


def _groups(
    rows: Iterable[Quotation], changed: Mapping[int, str], params: MailParams
) -> list[Group]:
    """Return `rows` by speaker, the speakers with most first; within each in the order given."""
    by_speaker = sorted(rows, key=_speaker_key)
    groups = []
    for _, same in groupby(by_speaker, key=_speaker_key):
        said = list(same)
        shown = said[: params.digest_of_speaker]
        name = quotation_feeds.speaker_of(said[0]) or "No speaker named"
        groups.append(
            Group(
                name,
                tuple(_entry(row, changed.get(row.pk, "")) for row in shown),
                len(said) - len(shown),
            )
        )
    return sorted(groups, key=lambda g: (-len(g.entries) - g.others, g.speaker))


def _speaker_key(row: Quotation) -> tuple[str, int]:
    return (quotation_feeds.speaker_of(row), row.speaker_id or 0)


def _entry(row: Quotation, former: str) -> Entry:
    words = " ".join(quotation_feeds.shown_words(row).split())
    is_reported = row.kind != "direct"  # mixed words have marks of their own
    not_said = plain_words.not_said(row.factuality)
    version = row.version
    outlet = version.article.outlet
    day = date_format(version.published_on, "j F Y") if version.published_on else "no date"
    where = ", ".join((outlet.name if outlet else "no outlet named", day, version.display_title))
    return Entry(
        words if is_reported else quotation_feeds.in_marks(words),
        not_said or ("as reported" if is_reported else ""),
        where,
        quotation_feeds.doubt_of(row),
        absolute(row.get_absolute_url()),
        " ".join(former.split()),
    )


def letter(search: SavedSearch, digest: Digest) -> tuple[str, str, str]:
    """Return subject, text and HTML of a digest."""
    number = f"{'over ' if digest.is_over else ''}{digest.total}"
    how = "new or changed" if digest.is_changed else "new"
    subject = f"{number} {how} quotation{'' if digest.total == 1 else 's'}: {search.name}"
    context = {
        "search": search,
        "digest": digest,
        "subject": subject,
        "address": absolute(reverse("saved-search", args=[search.uid])),
        "account": absolute(reverse("account-mail")),
        "stop": stop_address(search),
        "site": settings.SITE_URL,
    }
    return (
        subject,
        render_to_string("quotes/mail/digest.txt", context),
        render_to_string("quotes/mail/digest.html", context),
    )
