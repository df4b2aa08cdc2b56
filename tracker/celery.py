"""The Celery worker: `celery -A tracker.celery worker`, with TRACKER_BROKER_URL set.

Runs the tasks of quotes/task_list.py; models load in each of its processes with the first text.
"""

import os

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
django.setup()

from quotes import tasks  # noqa: E402  needs Django
from quotes.task_list import TASKS  # noqa: E402  needs Django

if not settings.BROKER_URL:
    raise ImproperlyConfigured(
        "TRACKER_BROKER_URL is not set; name a broker, as amqp://localhost, or use manage.py work"
    )

app = tasks.application()
app.set_current()
for name, task in TASKS.items():
    app.task(name=tasks.message_name(name))(task.run)
