"""New quotations of saved searches -> signed messages to their webhooks, until they are received.

`notice` finds what is new or changed and makes messages of it; `deliver_due` sends those whose time
has come. Both may run in several processes at once and may be killed at any moment: a message is
made once, keeps its id, and is sent again if nobody can say whether it arrived.
Signed by Standard Webhooks. Source: docs/decisions/0026-saved-searches-and-webhooks.md.
"""

import logging
import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from quotes import fetching, mirrors, saved_searches
from quotes.fetching import FetchError, Hosts
from quotes.models import Delivery, Quotation, SavedSearch, Webhook
from quotes.params import SHARING, SharingParams
from quotes.refusals import InputError
from quotes.selections import SelectionError
from quotes.webhook_messages import (
    CHANGED,
    LINKS,
    TEST,
    body_of,
    payload_of,
    secret_of,
    signed_headers,
)

logger = logging.getLogger(__name__)

_PROBLEM_CHARS = 500
_RECEIVED = range(200, 300)


class WebhookError(InputError):
    """A webhook cannot be kept like this: `field` is at fault."""

    def __init__(self, field: str, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.field = field


# --- webhooks


def of(owner: User) -> QuerySet[Webhook]:
    """Return the webhooks of `owner`, the oldest first."""
    return Webhook.objects.filter(search__owner=owner).select_related("search").order_by("pk")


def of_search(search: SavedSearch) -> QuerySet[Webhook]:
    """Return the webhooks of one saved search, the oldest first."""
    return Webhook.objects.filter(search=search).order_by("pk")


def create(search: SavedSearch, address: str) -> Webhook:
    """Send what `search` finds from now on to `address`; see `secret_of` for how it is signed.

    Raises WebhookError for an address that may not be sent to, and for too many webhooks.
    """
    checked = checked_address(address)
    with transaction.atomic():
        owner = User.objects.select_for_update().get(pk=search.owner_id)
        if of(owner).count() >= SHARING.webhooks_most:
            problem = f"you have {SHARING.webhooks_most} webhooks, the most there can be"
            raise WebhookError("search", problem, "delete one that you no longer need")
        return Webhook.objects.create(
            uid=uuid.uuid4(), search=search, address=checked, reached_at=timezone.now()
        )


def checked_address(address: str) -> str:
    """Return `address` if it may be sent to, as far as can be told without asking its host."""
    try:
        return fetching.check_address(address.strip())
    except FetchError as error:
        raise WebhookError("address", error.problem, error.remedy) from error


def change(
    webhook: Webhook, *, address: str | None = None, is_active: bool | None = None
) -> Webhook:
    """Give a webhook another address, or switch it off or on.

    Switched on, it begins anew: what waits for it is due at once, and so is what was found while it
    was off. Raises WebhookError for an address that may not be sent to.
    """
    if address is not None:
        webhook.address = checked_address(address)
    if is_active and not webhook.is_active:
        webhook.failures, webhook.problem = 0, ""
        waiting = webhook.deliveries.filter(state=Delivery.State.PENDING)
        waiting.update(attempts=0, next_attempt_at=timezone.now())
    if is_active is not None:
        webhook.is_active = is_active
    webhook.save()
    return webhook


def rotate_secret(webhook: Webhook) -> str:
    """Give a webhook another secret and return it; the one before signs nothing any more."""
    Webhook.objects.filter(pk=webhook.pk).update(secret_version=F("secret_version") + 1)
    webhook.refresh_from_db()
    return secret_of(webhook)


def log_of(webhook: Webhook) -> QuerySet[Delivery]:
    """Return the messages to a webhook; settled ones are kept up to a number."""
    return Delivery.objects.filter(webhook=webhook)


# --- what is to be sent


def notice(*, until: datetime | None = None, params: SharingParams = SHARING) -> int:
    """Make messages of what is new or changed for each webhook; return how many were made.

    `until` is a time up to which every change can be seen, by default as mirrors.py finds it: one
    whose transaction is still open is not passed over. A webhook at which `waiting_most` messages
    wait gets no more until some are received; what it misses stays to be found.
    """
    until = until or mirrors.mark()
    active = Webhook.objects.filter(is_active=True, search__owner__is_active=True)
    made = 0
    for key in active.order_by("pk").values_list("pk", flat=True):
        while _notice_one(key, until, params):
            made += 1
        _prune(key, params)
    return made


def _notice_one(key: int, until: datetime, params: SharingParams) -> bool:
    """Make the next message of a webhook, and move it on, in one transaction; False if none."""
    with transaction.atomic():
        # Whoever else is at this webhook has it; SQLite lets only one in here anyway.
        locked = Webhook.objects.select_for_update(skip_locked=True, of=("self",))
        webhook = locked.select_related("search__owner").filter(pk=key, is_active=True).first()
        if webhook is None or _waiting(webhook) >= params.waiting_most:
            return False
        try:
            found = saved_searches.found(webhook.search).filter(_beyond(webhook, until))
            ordered = found.order_by("updated_at", "pk").for_list().prefetch_related(LINKS)
            rows = list(ordered[: params.message_rows])
        except SelectionError as error:
            _switch_off(webhook, f"Its search cannot be used any more: {error}")
            return False
        if not rows:
            return False
        _add(webhook, CHANGED, rows, at=timezone.now())
        webhook.reached_at, webhook.reached_id = rows[-1].updated_at, rows[-1].pk
        webhook.save(update_fields=["reached_at", "reached_id"])
    return True


def _waiting(webhook: Webhook) -> int:
    return webhook.deliveries.filter(state=Delivery.State.PENDING).count()


def _beyond(webhook: Webhook, until: datetime) -> Q:
    later = Q(updated_at__gt=webhook.reached_at)
    same = Q(updated_at=webhook.reached_at, pk__gt=webhook.reached_id)
    return (later | same) & Q(updated_at__lte=until)


def _add(
    webhook: Webhook, kind: str, rows: Sequence[Quotation], *, attempts: int = 0, at: datetime
) -> Delivery:
    payload = payload_of(kind, webhook.search, rows, known_until=webhook.reached_at)
    return Delivery.objects.create(
        uid=uuid.uuid4(), webhook=webhook, payload=payload, attempts=attempts, next_attempt_at=at
    )


def _prune(key: int, params: SharingParams) -> None:
    """Delete the oldest settled messages beyond what the log keeps."""
    settled = Delivery.objects.filter(webhook=key).exclude(state=Delivery.State.PENDING)
    oldest = settled.order_by("-pk").values_list("pk", flat=True)[params.log_rows :][:1]
    for last in list(oldest):
        settled.filter(pk__lte=last).delete()


# --- sending


def deliver_due(
    *, most: int = 100, hosts: Hosts | None = None, params: SharingParams = SHARING
) -> int:
    """Send the messages whose time has come, in up to `most` attempts; return how many arrived.

    A message is taken for the time that an attempt can last, by changing its row only if it is
    still as it was read: of several processes one sends it. Of a webhook that fails, the other
    messages wait for the next call.
    """
    now = timezone.now()
    due = Delivery.objects.filter(
        state=Delivery.State.PENDING,
        next_attempt_at__lte=now,
        webhook__is_active=True,
        webhook__search__owner__is_active=True,
    )
    # Keys only, so that the many messages of receivers that are down hold up none of the others.
    keys = list(due.order_by("next_attempt_at", "pk").values_list("pk", "webhook_id"))
    # Read anew, as another process may have taken one meanwhile: it is not due any more then.
    rows = due.select_related("webhook__search")
    received, attempts, failing = 0, 0, set()
    for key, webhook in keys:
        delivery = rows.filter(pk=key).first() if webhook not in failing else None
        if delivery is None or not _take(delivery, params):
            continue
        attempts += 1
        if _attempt(delivery, hosts, params):
            received += 1
        else:
            failing.add(webhook)
        if attempts >= most:
            break
    return received


def _take(delivery: Delivery, params: SharingParams) -> bool:
    """Take a message for one attempt; False if another process was faster."""
    same = Delivery.objects.filter(
        pk=delivery.pk,
        state=Delivery.State.PENDING,
        attempts=delivery.attempts,
        next_attempt_at=delivery.next_attempt_at,
    )
    taken = same.update(next_attempt_at=_lease_end(params), attempts=F("attempts") + 1)
    delivery.attempts += 1
    return bool(taken)


def _lease_end(params: SharingParams) -> datetime:
    """Return until when a message is left to who has taken it: longer than an attempt lasts."""
    return timezone.now() + timedelta(seconds=2 * params.attempt_timeout_s)


def send_again(deliveries: QuerySet[Delivery]) -> int:
    """Have those messages sent again that were given up, due at once; return how many.

    A webhook that was switched off stays so: they wait until it is switched on.
    """
    given_up = deliveries.filter(state=Delivery.State.FAILED)
    return given_up.update(
        state=Delivery.State.PENDING, attempts=0, problem="", next_attempt_at=timezone.now()
    )


def send_test(
    webhook: Webhook, *, hosts: Hosts | None = None, params: SharingParams = SHARING
) -> Delivery:
    """Send a message of type "test" at once, and return how it went; it is not tried again."""
    delivery = _add(webhook, TEST, (), attempts=1, at=_lease_end(params))
    status, problem, _ = _send(delivery, hosts)
    _settle(delivery, status, problem)
    delivery.refresh_from_db()
    return delivery


def _attempt(delivery: Delivery, hosts: Hosts | None, params: SharingParams) -> bool:
    status, problem, retry_after_s = _send(delivery, hosts)
    webhook = delivery.webhook
    logger.info(
        "delivery=%s webhook=%s attempt=%s status=%s",
        delivery.uid, webhook.uid, delivery.attempts, status,
    )  # fmt: skip
    if status in _RECEIVED:
        _settle(delivery, status, "")
        Webhook.objects.filter(pk=webhook.pk).update(failures=0)
        return True
    if status == HTTPStatus.GONE:
        _settle(delivery, status, problem)
        _switch_off(webhook, "Its receiver said that it is gone for good (HTTP 410).")
    elif delivery.attempts >= params.attempts_most:
        _settle(delivery, status, problem)
        _give_up(webhook, problem, params)
    else:
        pause = max(pause_s(delivery.attempts, random.random(), params), retry_after_s or 0)  # noqa: S311
        longest = params.retry_most_s * (1 + params.retry_jitter)
        Delivery.objects.filter(pk=delivery.pk).update(
            next_attempt_at=timezone.now() + timedelta(seconds=min(pause, longest)),
            response_status=status,
            problem=problem,
        )
    return False


def pause_s(attempts: int, drawn: float, params: SharingParams = SHARING) -> float:
    """Return the seconds to wait after `attempts` of them (from 1); `drawn` is in [0, 1)."""
    plain = params.first_retry_s * params.retry_factor ** min(attempts - 1, 50)
    return min(plain, params.retry_most_s) * (1 + params.retry_jitter * drawn)


def _send(delivery: Delivery, hosts: Hosts | None) -> tuple[int | None, str, float | None]:
    """Send a message once; return the status, what was wrong, and how long to wait if told."""
    body = body_of(delivery)
    try:
        sent = fetching.send(
            delivery.webhook.address, body, signed_headers(delivery, body), hosts=hosts
        )
    except FetchError as error:
        return None, f"The address {error.problem}; {error.remedy}."[:_PROBLEM_CHARS], None
    problem = "" if sent.status in _RECEIVED else f"It was answered with HTTP {sent.status}."
    return sent.status, problem, sent.retry_after_s


def _settle(delivery: Delivery, status: int | None, problem: str) -> None:
    """Write how a message ended, if it is still there: its webhook may have been deleted."""
    received = status in _RECEIVED
    Delivery.objects.filter(pk=delivery.pk).update(
        state=Delivery.State.DELIVERED if received else Delivery.State.FAILED,
        response_status=status,
        problem=problem,
        next_attempt_at=None,
        delivered_at=timezone.now() if received else None,
    )


def _give_up(webhook: Webhook, problem: str, params: SharingParams) -> None:
    Webhook.objects.filter(pk=webhook.pk).update(failures=F("failures") + 1)
    failures = Webhook.objects.filter(pk=webhook.pk).values_list("failures", flat=True).first()
    if failures is not None and failures >= params.failures_most:
        _switch_off(webhook, f"{failures} messages in a row were not received; the last: {problem}")


def _switch_off(webhook: Webhook, problem: str) -> None:
    logger.warning("webhook=%s off problem=%s", webhook.uid, problem)
    Webhook.objects.filter(pk=webhook.pk).update(is_active=False, problem=problem[:_PROBLEM_CHARS])
