"""What is sent to a webhook: the payload, its bytes, and their signature (Standard Webhooks)."""

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from standardwebhooks import Webhook as Signer

from quotes.interchange import absolute, attribution_of, moment
from quotes.models import Delivery, Quotation, SavedSearch, Webhook
from quotes.quotation_feeds import shown_words

CHANGED, TEST = "quotations.changed", "test"
# What `record_of` asks of a row beyond what a list loads.
LINKS = "version__article__speaker_links"
_SECRET_PREFIX = "whsec_"  # noqa: S105  how secrets begin


def secret_of(webhook: Webhook) -> str:
    """Return the secret that signs a webhook's messages, in the form of Standard Webhooks."""
    value = f"{webhook.uid}:{webhook.secret_version}"
    key = salted_hmac("quotes.webhooks.secret", value, algorithm="sha256").digest()
    return _SECRET_PREFIX + base64.b64encode(key).decode("ascii")


def payload_of(
    kind: str, search: SavedSearch, rows: Sequence[Quotation], *, known_until: datetime
) -> dict[str, Any]:
    """Return the payload of a message about `rows`; those made after `known_until` are new."""
    return {
        "type": kind,
        "timestamp": moment(timezone.now()),
        "data": {
            "search": {"uid": str(search.uid), "name": search.name},
            "quotations": [
                {"event": "new" if row.created_at > known_until else "changed", **record_of(row)}
                for row in rows
            ],
        },
    }


def record_of(row: Quotation) -> dict[str, Any]:
    """Return a quotation as messages have it, in the API's names; `url` has all of it."""
    version, words = row.version, shown_words(row)
    article, outlet, speaker = version.article, version.article.outlet, row.speaker
    return {
        "uid": row.uid,
        "url": absolute(reverse("api:quotation-detail", args=[row.uid])),
        "address": absolute(row.get_absolute_url()),
        "kind": row.kind,
        "act": row.act,
        "factuality": row.factuality or None,
        "content": words,
        "is_cut": words != row.content,
        "speaker": {"slug": speaker.slug, "name": speaker.name} if speaker else None,
        "speaker_name": row.speaker_name,
        "speaker_kind": row.speaker_kind,
        "attribution": attribution_of(row).value,
        "confidence": row.confidence,
        "speaker_confidence": row.speaker_confidence,
        "review": row.review,
        "article": {
            "uid": article.uid,
            "address": absolute(version.get_absolute_url()),
            "url": article.url,
            "title": version.title,
            "outlet": outlet.name if outlet else None,
            "published_on": moment(version.published_on),
        },
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
    }


def message_id(delivery: Delivery) -> str:
    """Return the id of a message, by which receivers know it again: the same in every attempt."""
    return f"msg_{delivery.uid.hex}"


def body_of(delivery: Delivery) -> bytes:
    """Return the bytes that are sent and signed: the same in every attempt."""
    text = json.dumps(delivery.payload, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode()


def signed_headers(delivery: Delivery, body: bytes) -> dict[str, str]:
    """Return the headers of Standard Webhooks: id, time of this attempt, signature over both."""
    now = timezone.now()
    name = message_id(delivery)
    signature = Signer(secret_of(delivery.webhook)).sign(name, now, body.decode())
    return {
        "Content-Type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }
