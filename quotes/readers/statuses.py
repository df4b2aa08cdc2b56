"""Whether a provider has published an item: IPTC's publishing status, and embargoes."""

from datetime import UTC, datetime

from quotes.fields import parse_date
from quotes.refusals import InputError


def refuse_unpublished(status: str, embargoed: str) -> None:
    """Raise InputError if an item is withheld, withdrawn or under embargo still.

    `status` is "usable" or "" for what is published; `embargoed` a date, "" if there is none.
    """
    if status not in ("", "usable"):
        problem = f"is not published: its provider says {status!r}"
        raise InputError(problem, "leave it out, or give the version that is usable")
    if not embargoed:
        return
    try:
        day, moment = parse_date(embargoed)
    except (ValueError, TypeError) as error:
        problem = f"has an embargo that cannot be read ({embargoed[:40]!r})"
        raise InputError(problem, "write it as 2017-07-05T08:00:00+00:00") from error
    now = datetime.now(UTC)
    if (moment > now) if moment else (day >= now.date()):
        raise InputError(f"is under embargo until {embargoed}", "read it again after that")
