"""`manage.py work`: do what waits and what the clock says, until told to stop."""

import logging
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connections

from quotes import background, locks, stopping, tasks
from quotes.params import JOBS
from quotes.task_list import TASKS, drain

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Imports and exports run in processes of their own, the rest in threads of this one."""

    help = (
        "Do what waits: imports, exports, feeds that are due, messages to webhooks, cleaning. Runs "
        "until it is told to stop; an import that it stops is gone on with by the next one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--once", action="store_true", help="do what waits now, here, then end")
        how.add_argument("--task", choices=TASKS, help="do what waits of this, here, then end")

    def handle(self, *_: Any, **options: Any) -> None:
        """Work."""
        try:
            with stopping.stoppable():
                if options["task"]:
                    background.yield_to_others()
                    drain(options["task"])
                elif options["once"]:
                    for name in TASKS:
                        drain(name)
                else:
                    with tasks.loop_lock().hold():
                        Loop().run()
        except locks.BusyError as error:
            raise CommandError(str(error)) from error
        except stopping.Stopped:
            logger.info("stopped; what was begun is gone on with at the next start")


class Loop:
    """Looks now and then for what is due, and has it done: one process or thread for each task."""

    def __init__(self) -> None:
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._futures: dict[str, Future[int]] = {}
        self._looked: dict[str, float] = {}

    def run(self) -> None:
        """Work until stopping.Stopped is raised; ends what it began."""
        logger.info("working tasks=%s broker=%s", ",".join(TASKS), bool(settings.BROKER_URL))
        with ThreadPoolExecutor(len(TASKS)) as threads:
            try:
                while True:
                    self._look(threads)
                    time.sleep(JOBS.poll_s)
            finally:
                stopping.end([*self._processes.values()])

    def _look(self, threads: ThreadPoolExecutor) -> None:
        for name, task in TASKS.items():
            now = time.monotonic()
            if self._is_at(name) or now - self._looked.get(name, -task.every_s) < task.every_s:
                continue
            self._looked[name] = now
            try:
                if settings.BROKER_URL and task.is_heavy:
                    for args in task.lost():
                        tasks.send(name, *args)
                elif next(task.due(), None) is not None:
                    self._begin(name, threads)
            except DatabaseError:  # it may be back at the next look
                logger.exception("could not look task=%s", name)
                connections.close_all()

    def _is_at(self, name: str) -> bool:
        process, future = self._processes.get(name), self._futures.get(name)
        return bool((process and process.poll() is None) or (future and not future.done()))

    def _begin(self, name: str, threads: ThreadPoolExecutor) -> None:
        if TASKS[name].is_heavy:
            command = [sys.executable, "-m", "django", "work", "--task", name]
            self._processes[name] = subprocess.Popen(  # noqa: S603  this program
                command, env=background.environment(), stdin=subprocess.DEVNULL
            )
        else:
            self._futures[name] = threads.submit(_in_thread, name)


def _in_thread(name: str) -> int:
    try:
        return drain(name)
    finally:
        connections.close_all()
