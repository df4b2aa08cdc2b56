"""/api/v1/webhooks/: addresses to which what saved searches find is sent, signed."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api.filters import PAGING, check_known
from api.permissions import require_account
from api.resources import Kept, ordering
from api.saved_search_views import invalid
from api.serializers import absolute
from api.strict import StrictSerializer
from quotes import saved_searches, webhooks
from quotes.models import Delivery, SavedSearch, Webhook
from quotes.webhook_messages import message_id, secret_of
from quotes.webhooks import WebhookError

_ORDERS = {"created_at": ("created_at", "id"), "-created_at": ("-created_at", "-id")}
_LOG_ORDERS = {"-created_at": ("-created_at", "-id")}
_ADDRESS_CHARS = 2000
_EXAMPLE = {
    "search": "6f1c2f0e-6f0c-4b3a-9a56-0f2f0d1c7c11",
    "address": "https://example.org/hooks/quotations",
}


class WebhookSerializer(serializers.ModelSerializer[Webhook]):
    """A webhook: where to, of which saved search, and how it does."""

    url = serializers.SerializerMethodField(help_text="this webhook in the API")
    search = serializers.UUIDField(source="search.uid", help_text="uid of the saved search")
    told_until = serializers.DateTimeField(
        source="reached_at", help_text="changes up to here are in messages"
    )

    class Meta:
        model = Webhook
        fields = (
            "uid", "url", "search", "address", "is_active", "failures", "problem", "told_until",
            "created_at",
        )  # fmt: skip

    def get_url(self, webhook: Webhook) -> str:
        """Return the address of the webhook in the API."""
        return absolute(reverse("api:webhook-detail", args=[webhook.uid]))


class WebhookSecretSerializer(WebhookSerializer):
    """A webhook with the secret that signs its messages, which is shown here only."""

    secret = serializers.SerializerMethodField(help_text="whsec_…, of Standard Webhooks")

    class Meta(WebhookSerializer.Meta):
        fields = (*WebhookSerializer.Meta.fields, "secret")  # type: ignore[assignment]

    def get_secret(self, webhook: Webhook) -> str:
        """Return the secret."""
        return secret_of(webhook)


class WebhookInput(StrictSerializer):
    """What a webhook is made of."""

    search = serializers.UUIDField(help_text="uid of one of the account's saved searches")
    address = serializers.CharField(
        max_length=_ADDRESS_CHARS, help_text="http or https, of a public host"
    )


class WebhookChange(StrictSerializer):
    """What of a webhook is to change; what is left out stays."""

    address = serializers.CharField(
        max_length=_ADDRESS_CHARS, required=False, help_text="http or https, of a public host"
    )
    is_active = serializers.BooleanField(
        required=False, help_text="switched on again, it begins anew with what waits"
    )


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    """A message to a webhook, and how its attempts went."""

    message_id = serializers.SerializerMethodField(help_text="as the header webhook-id has it")
    payload = serializers.DictField(read_only=True, help_text="what was sent")

    class Meta:
        model = Delivery
        fields = (
            "uid", "message_id", "state", "attempts", "next_attempt_at", "response_status",
            "problem", "created_at", "delivered_at", "payload",
        )  # fmt: skip

    def get_message_id(self, delivery: Delivery) -> str:
        """Return the id that receivers see, the same in every attempt."""
        return message_id(delivery)


@extend_schema_view(
    list=extend_schema(
        summary="Webhooks",
        description="The account's own. Each sends what its saved search finds, new or changed, "
        "as JSON in POST requests that are signed by Standard Webhooks (webhook-id, "
        "webhook-timestamp, webhook-signature). Receivers answer 2xx within 15 seconds; else the "
        "message is sent again, with the same id, over about three days. After three messages in "
        "a row that nobody received, or one 410, the webhook is switched off.",
        parameters=[ordering(list(_ORDERS))],
    ),
    retrieve=extend_schema(
        summary="A webhook", description="One of the account's own; `problem` says why it is off."
    ),
)
class WebhookViewSet(Kept):
    """Addresses to which what saved searches find is sent."""

    queryset = Webhook.objects.none()
    serializer_class = WebhookSerializer
    detail_serializer_class = WebhookSerializer
    orderings = _ORDERS

    def own(self, account: User) -> QuerySet[Webhook]:
        """Return the webhooks of `account`."""
        return webhooks.of(account)

    @extend_schema(
        summary="Make a webhook",
        description="What the saved search finds from now on is sent to the address. The answer "
        "has the `secret` that signs the messages: keep it, it is not shown again.",
        request=WebhookInput,
        responses={201: WebhookSecretSerializer},
        examples=[OpenApiExample("A webhook", _EXAMPLE, request_only=True)],
    )
    def create(self, request: Request) -> Response:
        """Make a webhook."""
        posted = WebhookInput(data=request.data)
        posted.is_valid(raise_exception=True)
        given = posted.validated_data
        try:
            made = webhooks.create(self._search(request, given["search"]), given["address"])
        except WebhookError as error:
            raise invalid(error) from error
        return Response(WebhookSecretSerializer(made).data, status=status.HTTP_201_CREATED)

    def _search(self, request: Request, uid: Any) -> SavedSearch:
        owner = require_account(request, "a webhook belongs to an account")
        found = saved_searches.of(owner).filter(uid=uid).first()
        if found is None:
            remedy = "take its uid from /api/v1/saved-searches/"
            raise ValidationError({"search": [f"is no saved search of yours; {remedy}"]})
        return found

    @extend_schema(
        summary="Change a webhook",
        description="Gives it another address, or switches it off or on.",
        request=WebhookChange,
        responses=WebhookSerializer,
        examples=[OpenApiExample("Off", {"is_active": False}, request_only=True)],
    )
    def partial_update(self, request: Request, uid: str) -> Response:  # noqa: ARG002  in the path
        """Change a webhook."""
        webhook: Webhook = self.get_object()
        posted = WebhookChange(data=request.data)
        posted.is_valid(raise_exception=True)
        try:
            webhooks.change(webhook, **posted.validated_data)
        except WebhookError as error:
            raise invalid(error) from error
        return Response(WebhookSerializer(webhook).data)

    @extend_schema(
        summary="Delete a webhook",
        description="Nothing more is sent; its log goes with it.",
        request=None,
        responses={204: None},
    )
    def destroy(self, request: Request, uid: str) -> Response:  # noqa: ARG002
        """Delete a webhook."""
        self.get_object().delete()
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="Give it another secret",
        description="The answer has the new `secret`; the one before signs nothing any more.",
        request=None,
        responses=WebhookSecretSerializer,
    )
    @action(detail=True, methods=["post"], url_path="rotate-secret")
    def rotate_secret(self, request: Request, uid: str) -> Response:  # noqa: ARG002
        """Give the webhook another secret."""
        webhook: Webhook = self.get_object()
        webhooks.rotate_secret(webhook)
        return Response(WebhookSecretSerializer(webhook).data)

    @extend_schema(
        summary="Send it a test",
        description="Sends a message of type `test` at once, and says how it was received.",
        request=None,
        responses=DeliverySerializer,
    )
    @action(detail=True, methods=["post"])
    def test(self, request: Request, uid: str) -> Response:  # noqa: ARG002
        """Send a test message."""
        return Response(DeliverySerializer(webhooks.send_test(self.get_object())).data)

    @extend_schema(
        summary="Its log",
        description="Its messages, the newest first: what was sent, how each attempt went, and "
        "when the next one is. Settled ones are kept up to a number.",
        parameters=[ordering(list(_LOG_ORDERS))],
        responses=DeliverySerializer(many=True),
    )
    @action(detail=True, pagination_class=Kept.pagination_class)
    def deliveries(self, request: Request, uid: str) -> Response:  # noqa: ARG002
        """List the messages of a webhook."""
        check_known(request, set(PAGING))
        webhook: Webhook = self.get_object()
        self.orderings = _LOG_ORDERS
        page = self.paginate_queryset(webhooks.log_of(webhook))
        return self.get_paginated_response(DeliverySerializer(page, many=True).data)
