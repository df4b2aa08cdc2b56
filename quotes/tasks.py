"""Work that is done later, elsewhere: by Celery where a broker is set, else by a process of ours.

What waits is in the database (an import, an export, a message to deliver). A message to the broker
or a new process only says that there is some; one that gets lost costs time and no work, because
`manage.py work` looks again. Why: docs/decisions/0019-imports.md.
"""

import logging
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from quotes import background, locks

if TYPE_CHECKING:
    from celery import Celery

logger = logging.getLogger(__name__)

# Each has one process at most that works through all that waits of it.
NAMES = (
    "import",
    "export",
    "feeds",
    "deliver",
    "clean",
    "digests",
    "citations",
    "statements",
    "profiles",
)
_PREFIX = "quotes"
# The lock of `extract_stored` is number 1.
_FIRST_LOCK, _LOOP_LOCK = 10, 2
_CONNECT_TIMEOUT_S = 5.0


def later(name: str, *args: str) -> None:
    """Have the task `name` done for `args` once the transaction is committed; do not wait for it.

    Without a broker a process of its own works through all that waits of that name, unless one is
    at it already or `manage.py work` runs, which sees it. KeyError for a name that is unknown.
    """
    if name not in NAMES:
        raise KeyError(f"{name!r} is no task; there are {', '.join(NAMES)}")
    transaction.on_commit(lambda: _hand_over(name, args))


def lock_of(name: str) -> locks.Lock:
    """Return the lock of the process that works through what waits of the task `name`."""
    return locks.of_command(f"work-{name}", _FIRST_LOCK + NAMES.index(name))


def loop_lock() -> locks.Lock:
    """Return the lock of `manage.py work`."""
    return locks.of_command("work", _LOOP_LOCK)


def _hand_over(name: str, args: tuple[str, ...]) -> None:
    """Hand a task over; that this failed is logged, since what waits is found again."""
    if settings.BROKER_URL:
        send(name, *args)
    elif not loop_lock().is_held() and not lock_of(name).is_held():
        try:
            background.start(["work", "--task", name], background.new_log(f"work-{name}"))
        except OSError:
            logger.exception("not started task=%s", name)


def send(name: str, *args: str) -> bool:
    """Send a task to the broker; False, and a line in the log, if it cannot be reached."""
    try:
        application().send_task(message_name(name), args, retry=False)
    except Exception:  # transports raise errors of any kind
        logger.exception("not sent task=%s args=%s", name, args)
        return False
    return True


def message_name(name: str) -> str:
    """Return what the task is called in messages."""
    return f"{_PREFIX}.{name}"


@cache
def application() -> "Celery":
    """Return the Celery application at the broker of the settings; it knows no tasks itself.

    A task is acknowledged when it is done, so that one whose worker died is given to another, and
    a worker takes one at a time. Results are rows in the database: there is no result backend.
    """
    from celery import Celery  # noqa: PLC0415  not for every start

    app = Celery("tracker", broker=settings.BROKER_URL, set_as_current=False)
    options: dict[str, Any] = {
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_ignore_result": True,
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_default_queue": "tracker",
        "worker_prefetch_multiplier": 1,
        "worker_hijack_root_logger": False,
        "broker_connection_retry_on_startup": True,
        "broker_connection_timeout": _CONNECT_TIMEOUT_S,
        "broker_transport_options": settings.BROKER_OPTIONS,
        "timezone": "UTC",
    }
    app.conf.update(options)
    return app
