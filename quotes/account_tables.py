"""Tables of accounts: API tokens, what a request with a key was answered, limits on requests.

Part of quotes/models.py, which everything else imports from. Why the tables are cut this way:
docs/decisions/0020-api-access.md.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from knox.models import AbstractAuthToken


class ApiToken(AbstractAuthToken):  # type: ignore[misc]  # untyped library
    """A token of an account, stored as a hash; it is shown once, when it is made."""

    uid = models.UUIDField(unique=True)
    name = models.CharField(max_length=100, help_text="what it is for")
    scopes = models.JSONField(help_text="what it may do: read, write, review")
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "API token"
        ordering = ("-created",)
        constraints = (models.UniqueConstraint(fields=("user", "name"), name="one_token_a_name"),)

    def __str__(self) -> str:
        return self.name


class Mailbox(models.Model):
    """Where an account's e-mail goes: nothing is sent to an address that was not confirmed."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mailbox"
    )
    address = models.EmailField(max_length=254)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    tells_of_changes = models.BooleanField(
        default=True, help_text="what changed of quotations that the account has cited"
    )
    problem = models.CharField(max_length=500, blank=True, help_text="why the last was not sent")
    asked_at = models.DateTimeField(
        null=True, blank=True, help_text="when it was last asked to confirm"
    )

    class Meta:
        verbose_name_plural = "mailboxes"

    def __str__(self) -> str:
        return self.address


class IdempotentRequest(models.Model):
    """A write that came with an Idempotency-Key, and its answer: asked again, it is given again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_sha256 = models.CharField(max_length=64, help_text="over method, path and body")
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="null: in progress")
    body = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "key"), name="one_request_a_key"),)

    def __str__(self) -> str:
        return self.key


class RateLimit(models.Model):
    """How many requests are taken in a time; without a user, of everybody whom no other names.

    A row here goes before the default in the settings.
    """

    scope = models.CharField(max_length=20, help_text="anon, user, write, extract, export")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="rate_limits",
    )
    requests = models.PositiveIntegerField(help_text="0: none at all")
    period_s = models.PositiveIntegerField(help_text="seconds")
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("scope", "user")
        constraints = (
            models.UniqueConstraint(fields=("scope", "user"), name="one_limit_a_user"),
            models.UniqueConstraint(
                fields=("scope",), condition=Q(user__isnull=True), name="one_limit_for_all"
            ),
        )

    def __str__(self) -> str:
        return f"{self.scope}: {self.requests} in {self.period_s} s"


class RequestCount(models.Model):
    """How many requests a client has sent since a moment; written by quotes/limits.py only.

    On PostgreSQL the table is unlogged: a count is not worth waiting for the disk, and after a
    crash of the server everybody begins anew.
    """

    key = models.CharField(max_length=60, primary_key=True, help_text="scope and client")
    since = models.FloatField(help_text="seconds since 1970")
    period_s = models.PositiveIntegerField(help_text="seconds")
    used = models.PositiveIntegerField(help_text="requests")

    def __str__(self) -> str:
        return self.key
