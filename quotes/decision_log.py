"""How a decision is checked and written down: who may, what they saw, what to say if it cannot be.

Part of quotes/decisions.py. Decisions are only ever added.
"""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q, QuerySet
from django.utils import timezone

from quotes.models import Decision, Quotation, Speaker
from quotes.trails import Trail

PERMISSION = "quotes.add_decision"
WHY_CHARS = 500
_BY_CHARS = 150
_via: ContextVar[str] = ContextVar("via", default="")


class Refused(ValueError):  # noqa: N818  no error of anybody's
    """A decision that cannot be taken; the message says what, why, and what would help."""


class Stale(Refused):
    """What the decision is about has changed since it was shown; `latest` is by whom, if known."""

    def __init__(self, latest: Decision | None) -> None:
        who = f"{latest.by_name} has" if latest else "A new reading of the article has"
        super().__init__(f"{who} changed this since you opened it; look at it again, then decide.")
        self.latest = latest


def may_decide(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Say whether `user` may review: superusers, and those given the permission."""
    return isinstance(user, User) and user.is_active and user.has_perm(PERMISSION)


def seen(row: Quotation | Speaker) -> str:
    """Return what a form carries along, so that a decision on what has changed since is noticed."""
    if isinstance(row, Quotation):
        return row.updated_at.isoformat()
    newest = of_speaker(row).values_list("pk", flat=True).first()
    state = (newest, row.merged_into_id, row.name, row.kind, row.wikidata_id, row.description)
    return sha256(repr(state).encode()).hexdigest()[:16]


def check_seen(row: Quotation | Speaker, told: str | None) -> None:
    """Raise Stale if `row`, locked, is not as it was `seen`; None is not checked."""
    if told is not None and told != seen(row):
        about = of_quotation(row) if isinstance(row, Quotation) else of_speaker(row)
        raise Stale(about.first())


def of_quotation(quotation: Quotation) -> QuerySet[Decision]:
    """Return the decisions on a quotation, newest first."""
    return Decision.objects.filter(quotation=quotation)


def of_speaker(speaker: Speaker) -> QuerySet[Decision]:
    """Return the decisions on who a speaker is, newest first; not those on single quotations."""
    about = Q(speaker=speaker) | Q(other_speaker=speaker)
    return Decision.objects.filter(about, quotation=None)


@contextmanager
def coming_through(way: str) -> Iterator[None]:
    """Let the decisions taken within say through what they came, if not through the pages."""
    token = _via.set(way)
    try:
        yield
    finally:
        _via.reset(token)


def write_down(
    kind: Decision.Kind,
    user: User,
    trail: Trail,
    *,
    why: str = "",
    shown: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {}),
    **about: object,
) -> Decision:
    """Add a decision and return it; `shown` is in words what was and what became.

    `about`: quotation, speaker, other_speaker, undoes, batch. Raises Refused for too long a reason.
    """
    why = " ".join(why.split())
    if len(why) > WHY_CHARS:
        raise Refused(f"The reason has {len(why)} characters; say it in {WHY_CHARS}.")
    return Decision.objects.create(
        uid=uuid.uuid4(),
        kind=kind,
        by=user,
        by_name=(user.get_full_name() or user.get_username())[:_BY_CHARS],
        via=_via.get(),
        why=why,
        before={"rows": trail.before, "shown": dict(shown[0])},
        after={"rows": trail.after, "shown": dict(shown[1])},
        **about,
    )


def told(decision: Decision) -> str:
    """Return a decision in words: what, by whom, when."""
    when = timezone.localtime(decision.at)
    said = f"“{decision.get_kind_display()}” by {decision.by_name}"
    return f"{said}, {when.day} {when:%b %Y, %H:%M} UTC"
