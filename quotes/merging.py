"""Who a merged speaker has become, and a lock for those who change who is one with whom.

People merge speakers by `Speaker.merged_into` (quotes/speaker_decisions.py); everyone who looks a
speaker up follows it to the end.
"""

from collections.abc import Iterable

from django.db import connection

from quotes.models import Speaker

# Any number will do that nothing else in this database locks.
_SPEAKERS_LOCK = 0x5350_4B52


def roots(speakers: Iterable[int]) -> dict[int, int]:
    """Return key of a speaker -> key of who it has been merged into in the end, itself if nobody.

    One query for each step of the longest chain; keys that are not stored are left out.
    """
    found = {pk: pk for pk in speakers}
    known: dict[int, int | None] = {}
    while missing := {end for end in found.values() if end not in known}:
        rows = Speaker.objects.filter(pk__in=missing).values_list("pk", "merged_into_id")
        known |= dict.fromkeys(missing) | dict(rows)
        found = {pk: known[end] or end for pk, end in found.items()}
    stored = set(Speaker.objects.filter(pk__in=set(found.values())).values_list("pk", flat=True))
    return {pk: end for pk, end in found.items() if end in stored}


def root(speaker: Speaker) -> Speaker:
    """Return who `speaker` has been merged into in the end; itself if nobody."""
    while speaker.merged_into is not None:
        speaker = speaker.merged_into
    return speaker


def lock_speakers(*, shared: bool = False) -> None:
    """Wait until nobody else is merging or splitting speakers, until this transaction ends.

    Those who only look speakers up and link to them take it `shared`: they do not wait for each
    other, but for those who merge, who else would leave a quotation with a merged speaker. On
    SQLite, whose writers queue anyway, it does nothing.
    """
    if connection.vendor == "postgresql":
        kind = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {kind}(%s)", [_SPEAKERS_LOCK])
