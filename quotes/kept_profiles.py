"""What a speaker's page tells of all quotations; of a much quoted speaker as a task counted it.

Counting reads every quotation with its article: 10,000 of them take half a second, and many times
that from a disk. So the profile of who has `profile_kept_from` or more is a row, counted in the
background (the task "profiles") whenever something has changed, and says when it was counted and
of how many. Until the first has been counted, the page tells of the newest ones and says so.
Why: docs/decisions/0034-browser-tests-and-page-speed.md.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from pydantic import TypeAdapter, ValidationError

from quotes import profiles, tasks
from quotes.models import KeptProfile, Quotation, QuotationQuerySet, Speaker
from quotes.nlp.document import Act
from quotes.params import PAGES
from quotes.profiles import Naming, Profile, Reporter, Said, Share, Table, Use
from quotes.search import Filters, newest_part, search

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Told:
    """What is told of a speaker's quotations: tables, and the rest of the profile without them.

    `counted_at` is None for what was counted just now. `is_part`: of the newest quotations only.
    """

    names: Table[Naming]
    roles: Table[Use]
    outlets: Table[Share]
    reporters: Table[Reporter]
    profile: Profile
    counted_at: datetime | None = None
    is_part: bool = False


def told(speaker: Speaker, current: QuotationQuerySet) -> Told:
    """Return what is told of a speaker's quotations of speech; `current` are all current ones.

    Three queries, or one where what is kept of the speaker is told, or six where that has not been
    counted yet; the task is asked to count anew what has changed since.
    """
    if not is_kept(speaker):
        return _counted(speaker, profiles.said(current.speech().filter(speaker=speaker)))
    row = KeptProfile.objects.filter(speaker=speaker).first()
    known = _read(row) if row else None
    if row is None or known is None or _is_due(row, speaker):
        tasks.later("profiles")
    return known or _of_newest(speaker, current)


def is_kept(speaker: Speaker) -> bool:
    """Say whether a speaker is quoted so much that what is counted is kept."""
    return speaker.quotation_count >= PAGES.profile_kept_from


def _of_newest(speaker: Speaker, current: QuotationQuerySet) -> Told:
    filters = Filters(act=Act.SPEECH, speakers=(speaker.pk,))
    most = PAGES.profile_newest
    newest = newest_part(current, search(current, "", filters=filters), slice(0, most))
    return _counted(speaker, profiles.said(newest), most=most)


def _counted(speaker: Speaker, rows: Iterable[Said], *, most: int | None = None) -> Told:
    found = profiles.profile(rows)
    return Told(
        is_part=most is not None,
        names=profiles.table(profiles.namings(speaker, found.names, most=most)),
        roles=profiles.table(found.roles),
        outlets=profiles.table(found.outlets),
        reporters=profiles.table(found.reporters),
        # The tables have all that is shown of these, which can be thousands of rows.
        profile=replace(found, names=(), roles=(), outlets=(), reporters=()),
    )


@cache
def _shape() -> TypeAdapter[Told]:
    return TypeAdapter(Told)


def _read(row: KeptProfile) -> Told | None:
    """Return what is kept; None if an earlier version of the program wrote it in another shape."""
    try:
        return _shape().validate_python(row.told)
    except ValidationError:
        return None


# --- counting anew, in the background


def _is_due(row: KeptProfile, speaker: Speaker) -> bool:
    changed = row.speaker_as_of != speaker.updated_at
    return row.counted_at <= _before(PAGES.counts_kept_s if changed else PAGES.profile_kept_s)


def _before(seconds: float) -> datetime:
    return timezone.now() - timedelta(seconds=seconds)


def due() -> QuerySet[Speaker]:
    """Return the much quoted speakers whose profile is to be counted, the most quoted first.

    Those whose row has none or is old, and those that have changed since, though not each second.
    """
    changed = ~Q(kept_profile__speaker_as_of=F("updated_at"))
    rows = Speaker.objects.roots().filter(quotation_count__gte=PAGES.profile_kept_from)
    return rows.filter(
        Q(kept_profile=None)
        | Q(changed, kept_profile__counted_at__lte=_before(PAGES.counts_kept_s))
        | Q(kept_profile__counted_at__lte=_before(PAGES.profile_kept_s))
    ).order_by("-quotation_count", "name")


def count_due() -> int:
    """Count the profiles that are due, each once; return how many. Drop those not kept any more."""
    few = Q(speaker__quotation_count__lt=PAGES.profile_kept_from)
    KeptProfile.objects.filter(few).delete()
    keys = list(due().values_list("pk", flat=True))
    for key in keys:
        count(key)
    return len(keys)


def count(key: int) -> None:
    """Count the profile of the speaker with that key and keep it."""
    speaker = Speaker.objects.filter(pk=key).first()
    if speaker is None:
        return
    # What changes while it is counted makes it due again.
    as_of, at = speaker.updated_at, timezone.now()
    own = Quotation.objects.current().speech().filter(speaker=speaker)
    found = replace(_counted(speaker, profiles.said(own)), counted_at=at)
    KeptProfile.objects.update_or_create(
        speaker=speaker,
        defaults={
            "told": _shape().dump_python(found, mode="json"),
            "speaker_as_of": as_of,
            "counted_at": at,
        },
    )
    logger.info("counted profile speaker=%s quotations=%d", key, found.profile.total)
