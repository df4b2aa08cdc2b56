"""Who sends a request: an account by a token in the header Authorization, else by its session.

Tokens are taken as `Authorization: Bearer …` (RFC 6750), which is the form that is documented, and
as `Authorization: Token …`, which clients of other Django sites send.
"""

import re
from hmac import compare_digest
from typing import Any

from django.contrib.auth.models import User
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from rest_framework.authentication import get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from quotes import tokens
from quotes.models import ApiToken

SCHEMES = frozenset((b"bearer", b"token"))
_TOKEN = re.compile(rb"[!-~]{1,200}")
_REALM = 'Bearer realm="api"'


class BadToken(AuthenticationFailed):
    """The token that came with the request is none, or none any more; which of them is not told."""

    remedy = "check the token, or make a new one on the page /account/tokens/"

    def __init__(self, detail: str = "this token is not valid, or not valid any more") -> None:
        super().__init__(detail)


class TokenOfAccount(TokenAuthentication):  # type: ignore[misc]  # untyped library
    """Knox's tokens; those that are over are left for their account to see."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return the account and its token; None where none is sent; raises BadToken."""
        scheme, _, token = get_authorization_header(request).strip().partition(b" ")
        if scheme.lower() not in SCHEMES:
            return None
        return self.authenticate_credentials(token.strip())

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiToken]:
        """Return the account of `token`, and the row; raises BadToken if there is none in use."""
        if not _TOKEN.fullmatch(token):
            raise BadToken("send one token, without blanks: Authorization: Bearer …")
        sent = token.decode("ascii")
        digest = hash_token(sent)
        for row in tokens.with_beginning(sent):
            if compare_digest(digest, row.digest) and tokens.is_usable(row):
                tokens.note_use(row)
                return row.user, row
        raise BadToken

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002
        """Return what the header WWW-Authenticate says."""
        return _REALM


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # untyped
    """How the schema describes the tokens."""

    target_class = TokenOfAccount
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002
        """Return the security scheme."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token that you make on the page /account/tokens/. `export TOKEN=…`, "
            'then `curl -H "Authorization: Bearer $TOKEN" …`.',
        }
