"""Tokens of an account, by which programs use the API: what they may do, made, used, revoked.

A token is shown once and kept as a hash. It does no more than its scopes say, and never more than
its account may. Why: docs/decisions/0020-api-access.md.
"""

import uuid
from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import StrEnum

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from knox.settings import CONSTANTS

from quotes.models import ApiToken
from quotes.params import ACCESS

NAME_CHARS = 100


class Scope(StrEnum):
    """What a token may do."""

    READ = "read"
    WRITE = "write"
    REVIEW = "review"


SCOPES_MEAN: Mapping[Scope, str] = {
    Scope.READ: "read what the account may read, and what it keeps for itself",
    Scope.WRITE: "add articles; keep collections, searches and exports",
    Scope.REVIEW: "decide about quotations and speakers, if the account may",
}


class NotMade(ValueError):  # noqa: N818  no error of anybody's
    """A token that cannot be made; the message says why, and what would help."""


def make(
    user: User, name: str, scopes: Collection[Scope], *, lifetime: timedelta | None = None
) -> tuple[ApiToken, str]:
    """Make a token and return its row and the token itself, which is nowhere else.

    `lifetime` None: it does not end by itself. Raises NotMade for a name that is empty, too long
    or taken, for no scope, and for more tokens than an account may have.
    """
    name = " ".join(name.split())
    if not name or "\0" in name or len(name) > NAME_CHARS:
        raise NotMade(f"Give the token a name of 1 to {NAME_CHARS} characters: what it is for.")
    if not scopes:
        raise NotMade("Choose at least one thing that the token may do.")
    with transaction.atomic():
        # One after the other, so that two at once do not make more than the most.
        User.objects.select_for_update().get(pk=user.pk)
        if user.auth_token_set.count() >= ACCESS.tokens_most:
            raise NotMade(
                f"You have {ACCESS.tokens_most} tokens, which are the most; revoke one first."
            )
        try:
            with transaction.atomic():
                row, token = ApiToken.objects.create(
                    user,
                    expiry=lifetime,
                    uid=uuid.uuid4(),
                    name=name,
                    scopes=[str(scope) for scope in Scope if scope in scopes],
                )
        except IntegrityError:
            raise NotMade(
                f"You have a token called “{name}”; choose another name, or revoke that one."
            ) from None
    return row, token


def of(user: User) -> QuerySet[ApiToken]:
    """Return the account's tokens, newest first, also those that are over."""
    return ApiToken.objects.filter(user=user)  # type: ignore[no-any-return]  # untyped library


def revoke(user: User, uid: uuid.UUID) -> str | None:
    """Revoke the account's token of that uid and return its name; None if it has none such."""
    row = of(user).filter(uid=uid).first()
    if row is None:
        return None
    row.delete()
    return str(row.name)


def revoke_all(user: User) -> int:
    """Revoke all tokens of the account; return how many there were."""
    return int(of(user).delete()[0])


def with_beginning(token: str) -> QuerySet[ApiToken]:
    """Return the rows that `token` may be, by its first characters, with their accounts."""
    same = ApiToken.objects.filter(token_key=token[: CONSTANTS.TOKEN_KEY_LENGTH])
    return same.select_related("user")  # type: ignore[no-any-return]  # untyped library


def is_over(token: ApiToken) -> bool:
    """Say whether the time of a token has ended."""
    return token.expiry is not None and token.expiry <= timezone.now()


def is_usable(token: ApiToken) -> bool:
    """Say whether a token can be used: its time has not ended, its account is active."""
    return not is_over(token) and token.user.is_active


def note_use(token: ApiToken) -> None:
    """Write down that a token is used now, unless that was written a moment ago."""
    now = timezone.now()
    before = now - timedelta(seconds=ACCESS.last_used_every_s)
    if token.last_used_at is None or token.last_used_at < before:
        # Whichever of several requests is first: the others find it written.
        stale = Q(last_used_at=None) | Q(last_used_at__lt=before)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
