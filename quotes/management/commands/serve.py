"""`manage.py serve`: the site and its work in the background, in one terminal of one machine."""

import os
import socket
import subprocess
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from quotes import background, stopping, tasks
from quotes.params import JOBS

_HOST = "127.0.0.1"
_DEFAULT_SITE = "http://127.0.0.1:8000"
_SERVER = (
    "gunicorn", "tracker.wsgi", "--workers", "1", "--threads", "4", "--timeout", "120",
    "--limit-request-line", "8190", "--log-level", "warning",
)  # fmt: skip


class Command(BaseCommand):
    """Two processes of ours, which end with this one: gunicorn and `manage.py work`."""

    help = (
        "Serve the site on this machine and do its work in the background, until Ctrl-C. In public "
        "run the two apart, each under the machine's own supervisor (README.md, “In public”)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        parser.add_argument("--port", type=int, default=8000, help="default: 8000")

    def handle(self, *_: Any, **options: Any) -> None:
        """Serve and work; CommandError if the server cannot, or ends by itself."""
        port = options["port"]
        _refuse_taken(port)
        environment = background.environment()
        if settings.SITE_URL == _DEFAULT_SITE:  # not an address that somebody chose
            environment["TRACKER_SITE_URL"] = f"http://{_HOST}:{port}"
        try:
            with stopping.stoppable():
                self._run(port, environment)
        except stopping.Stopped:
            self.stdout.write("Stopped. What was at work is gone on with at the next start.")

    def _run(self, port: int, environment: dict[str, str]) -> None:
        processes: list[subprocess.Popen[bytes]] = []
        try:
            server = _begin((*_SERVER, "--bind", f"{_HOST}:{port}"), environment)
            processes.append(server)
            if tasks.loop_lock().is_held():
                self.stderr.write("Another manage.py work does the work in the background.")
            else:
                processes.append(_begin(("django", "work"), environment))
            self.stdout.write(f"The tracker is at http://{_HOST}:{port}/ (stop with Ctrl-C)")
            self._watch(server, processes[1:])
        finally:
            stopping.end(processes)

    def _watch(
        self, server: "subprocess.Popen[bytes]", others: list["subprocess.Popen[bytes]"]
    ) -> None:
        """Return never; CommandError when the server has ended."""
        while server.poll() is None:
            for process in [other for other in others if other.poll() is not None]:
                others.remove(process)
                self.stderr.write(
                    f"manage.py work has ended ({process.returncode}); the site goes on, feeds, "
                    "messages and mail wait. What it said is above; start it again."
                )
            time.sleep(JOBS.poll_s)
        raise CommandError(f"the server has ended ({server.returncode}); what it said is above")


def _begin(module: tuple[str, ...], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603  this program and its server
        [sys.executable, "-m", *module], env=environment, stdin=subprocess.DEVNULL
    )


def _refuse_taken(port: int) -> None:
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((_HOST, port))
        except (OSError, OverflowError) as error:
            said = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else error
            raise CommandError(
                f"port {port}: {said}; choose another, as make run PORT={port + 1}"
            ) from error
