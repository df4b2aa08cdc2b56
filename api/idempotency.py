"""Idempotency-Key: a write that is sent again, with the same key, is answered as before.

As in draft-ietf-httpapi-idempotency-key-header: the same key and request give the same answer; the
same key with another request is 422; one whose first request is not answered yet is 409. Answers
are kept for a day. Only answers that did something are: one that was refused can be sent again.
"""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from quotes import kept_answers
from quotes.models import IdempotentRequest
from quotes.params import ACCESS

HEADER, REPLAYED = "Idempotency-Key", "Idempotent-Replayed"
_KEY = re.compile(r"[!-~]{1,255}")
PARAMETER = OpenApiParameter(
    HEADER,
    {"type": "string", "pattern": f"^{_KEY.pattern}$"},
    OpenApiParameter.HEADER,
    description="Any name for this request, such as a UUID: sent again with it within "
    f"{ACCESS.answers_kept_hours} hours, it is answered as before, and does nothing twice.",
)


class OtherRequest(APIException):
    """A key that came with another request before."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = f"this {HEADER} came with another request before"
    default_code = "other_request"
    remedy = "send the same body again, or another key with another body"


class InProgress(APIException):
    """A key whose first request is being worked at."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = f"the first request with this {HEADER} is being worked at"
    default_code = "in_progress"
    remedy = "wait a moment, then send it again"
    wait = 2


def once(request: Request, user: User, work: Callable[[], Response]) -> Response:
    """Return what `work` answers, or, for a key that came before, what it answered then.

    Raises OtherRequest, InProgress, ValidationError for a key that is none, and what `work` does.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return work()
    if not _KEY.fullmatch(key):
        message = "is no key; give 1 to 255 printable ASCII characters without blanks"
        raise ValidationError({HEADER: [message]})
    row, is_ours = _row(user, key, _digest(request))
    if not is_ours:
        return _answered(row)
    try:
        response = work()
    except BaseException:
        row.delete()
        raise
    data = json.loads(json.dumps(response.data, cls=DjangoJSONEncoder))
    row.status = response.status_code
    row.body = {"data": data, "location": response.headers.get("Location")}
    row.save(update_fields=["status", "body"])
    return response


def _digest(request: Request) -> str:
    """Return a hash over method, path and body, whatever the order of its names."""
    sent = request.data
    if isinstance(sent, MultiValueDict):
        sent = {name: [_as_json(value) for value in values] for name, values in sent.lists()}
    body = json.dumps(sent, sort_keys=True)
    return sha256(f"{request.method} {request.path}\n{body}".encode()).hexdigest()


def _as_json(value: Any) -> Any:
    """Return a value of a form as JSON has it; of a file, its name and a hash of its bytes."""
    if not isinstance(value, UploadedFile):
        return value
    digest = sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return {"name": value.name, "sha256": digest.hexdigest()}


def _row(user: User, key: str, digest: str) -> tuple[IdempotentRequest, bool]:
    """Return the row of a key, and whether it is this request that works at it."""
    now = timezone.now()
    kept_answers.clean(now)
    # Whose process has died answers no more; what it did is found again, and done once.
    dead = now - timedelta(seconds=ACCESS.answer_awaited_s)
    IdempotentRequest.objects.filter(user=user, key=key, status=None, created_at__lt=dead).delete()
    try:
        with transaction.atomic():
            row = IdempotentRequest.objects.create(user=user, key=key, request_sha256=digest)
    except IntegrityError:
        found = IdempotentRequest.objects.filter(user=user, key=key).first()
        if found is None:  # it has just been refused
            raise InProgress from None
        if found.request_sha256 != digest:
            raise OtherRequest from None
        return found, False
    return row, True


def _answered(row: IdempotentRequest) -> Response:
    if row.status is None or row.body is None:
        raise InProgress
    headers = {REPLAYED: "true"}
    if location := row.body["location"]:
        headers["Location"] = location
    return Response(row.body["data"], status=row.status, headers=headers)
