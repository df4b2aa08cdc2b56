"""/api/v1/account/: what a client is known as, what it may do, and its limits."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.permissions import IMPORT_RIGHT, has_scope
from api.throttling import client_of
from quotes import decisions, limits
from quotes.limits import Quota
from quotes.models import ApiToken
from quotes.tokens import Scope

OF_STRANGERS = (limits.ANON, limits.EXTRACT)
OF_ACCOUNTS = (limits.USER, limits.WRITE, limits.EXTRACT, limits.EXPORT)


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    """The token that the request came with."""

    expires_at = serializers.DateTimeField(source="expiry", allow_null=True)

    class Meta:
        model = ApiToken
        fields = ("uid", "name", "scopes", "created", "expires_at")


class QuotaSerializer(serializers.Serializer[Quota]):
    """A limit, and what is used of it."""

    scope = serializers.ChoiceField(
        choices=[limits.ANON, *OF_ACCOUNTS], source="limit.scope", help_text="what is counted"
    )
    requests = serializers.IntegerField(source="limit.requests", help_text="taken in `period_s`")
    period_s = serializers.IntegerField(source="limit.period_s", help_text="seconds")
    used = serializers.IntegerField()
    remaining = serializers.IntegerField()
    resets_in_s = serializers.IntegerField(source="ends_in_s", help_text="seconds")


class AccountSerializer(serializers.Serializer[Any]):
    """What a client is known as, what it may do, and its limits."""

    username = serializers.CharField(allow_null=True, help_text="null: nobody is signed in")
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=list(Scope)))
    may_review = serializers.BooleanField(help_text="with this token, if there is one")
    may_import = serializers.BooleanField(help_text="with this token, if there is one")
    token = TokenSerializer(allow_null=True)
    limits = QuotaSerializer(many=True)


class AccountView(APIView):
    """What a client is known as, what it may do, and its limits."""

    permission_classes = (AllowAny,)

    @extend_schema(
        summary="Account and limits",
        description="Tells a client what it is known as, the scopes of its token and how much of "
        "its limits is used, this request included. Limits count requests by account, else by "
        "address; every answer has them in the headers `RateLimit-Policy` and `RateLimit` too. A "
        "client that sends too many gets 429 and `Retry-After`. Tokens are made on the page "
        '`/account/tokens/`.\n\n    curl -H "Authorization: Bearer $TOKEN" '
        "http://127.0.0.1:8000/api/v1/account/",
        responses=AccountSerializer,
    )
    def get(self, request: Request) -> Response:
        """Return who sends the request."""
        client = client_of(request)
        user = client.user
        scopes = [scope for scope in Scope if user and has_scope(request, scope)]
        account = {
            "username": user and user.get_username(),
            "scopes": scopes,
            "may_review": bool(user and Scope.REVIEW in scopes and decisions.may_decide(user)),
            "may_import": bool(user and Scope.WRITE in scopes and user.has_perm(IMPORT_RIGHT)),
            "token": request.auth if isinstance(request.auth, ApiToken) else None,
            "limits": limits.used(client, OF_ACCOUNTS if user else OF_STRANGERS),
        }
        return Response(AccountSerializer(account).data)
