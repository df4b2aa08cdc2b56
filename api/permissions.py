"""Who may do what: by a session, or by a token that has the scope, and by the account's rights.

Whoever is not known gets 401, with the header that says how to be; whoever is known and may not
gets 403. Both say what would help. Why: docs/decisions/0020-api-access.md.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from quotes.decisions import PERMISSION as REVIEW_RIGHT
from quotes.models import ApiToken
from quotes.tokens import Scope

IMPORT_RIGHT = "quotes.add_import"
_HOW_TO_SIGN_IN = (
    "send a token of yours as `Authorization: Bearer …`; you make it on the page /account/tokens/"
)


class Unknown(NotAuthenticated):
    """Nobody is signed in, and the request has no token."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.remedy = _HOW_TO_SIGN_IN


class Forbidden(PermissionDenied):
    """The account, or its token, may not do this; `remedy` says what would help."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.remedy = remedy


def has_scope(request: Request, scope: Scope) -> bool:
    """Say whether the request may do what `scope` names: sessions may, tokens that have it."""
    return not isinstance(request.auth, ApiToken) or scope in request.auth.scopes


def require_scope(request: Request, scope: Scope) -> None:
    """Raise Forbidden if the request comes with a token that lacks `scope`."""
    if not has_scope(request, scope):
        raise Forbidden(
            f"this token does not have the scope “{scope}”",
            f"use a token with the scope “{scope}”; you make it on the page /account/tokens/",
        )


def require_account(request: Request, what: str) -> User:
    """Return the account that the request comes from; Unknown if none does."""
    if not isinstance(request.user, User):
        raise Unknown(what)
    return request.user


def require_right(user: User, right: str, what: str) -> None:
    """Raise Forbidden if the account has not been given `right`; `what` is what it cannot do."""
    if not user.has_perm(right):
        raise Forbidden(
            f"{user.get_username()} may not {what}",
            f"ask whoever runs this tracker for the permission {right}",
        )


class MayRead(BasePermission):
    """Everybody if reads are public, else a session or a token with the scope read."""

    def has_permission(self, request: Request, view: Any) -> bool:  # noqa: ARG002
        """Return True; raises Unknown or Forbidden for those who may not read."""
        if not settings.PUBLIC_READS:
            require_account(request, "this tracker is private")
            require_scope(request, Scope.READ)
        return True


class MayKeep(BasePermission):
    """Whoever has an account, for what is kept for it: read with that scope, write with that."""

    def has_permission(self, request: Request, view: Any) -> bool:  # noqa: ARG002
        """Return True; raises Unknown or Forbidden for those who may not."""
        require_account(request, "this belongs to an account, and nobody is signed in")
        require_scope(request, Scope.READ if request.method in SAFE_METHODS else Scope.WRITE)
        return True


class MayWrite(MayRead):
    """Reading as MayRead has it; writing for whoever has an account, or its token with write."""

    scope = Scope.WRITE
    right, what = "", ""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return True; raises Unknown or Forbidden for those who may not."""
        if request.method in SAFE_METHODS:
            return super().has_permission(request, view)
        user = require_account(request, "this changes something, and nobody is signed in")
        require_scope(request, self.scope)
        if self.right:
            require_right(user, self.right, self.what)
        return True


class MayReview(MayWrite):
    """Deciding: the scope review, and an account that may review."""

    scope, right, what = Scope.REVIEW, REVIEW_RIGHT, "review"


class MayImport(MayWrite):
    """Adding articles: the scope write, and an account that may import."""

    right, what = IMPORT_RIGHT, "import articles"
