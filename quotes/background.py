"""Commands that go on by themselves: detached, at low priority, writing to a log file."""

# ruff: noqa: S603  what is started is this program
import glob
import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from threading import Thread

from django.conf import settings
from django.utils import timezone

logger = logging.getLogger(__name__)

_NICENESS = 10
_TAIL_CHARS = 2000


class DidNotStartError(RuntimeError):
    """The command ended before it had anything to report; says what its log says."""


def spawn(command: Sequence[str], log: Path) -> str:
    """Start `manage.py command --ready-fd N` detached; return what it reports with `report_ready`.

    It outlives this process and its terminal; what it prints goes to `log`. Raises DidNotStartError
    if it ends without a report.
    """
    ours, theirs = os.pipe()
    with os.fdopen(ours, encoding="utf-8") as report:
        try:
            _detached([*command, "--ready-fd", str(theirs)], log, pass_fds=[theirs])
        finally:
            os.close(theirs)
        said = report.read()
    if not said:
        raise DidNotStartError(log.read_text(encoding="utf-8", errors="replace")[-_TAIL_CHARS:])
    return said


def start(command: Sequence[str], log: Path) -> None:
    """Start `manage.py command` detached, as `spawn` does, and wait for nothing it reports.

    Raises OSError if no process can be started or no log written.
    """
    process = _detached(command, log)
    # A server lives long: who is waited for leaves no zombie.
    Thread(target=process.wait, daemon=True).start()


def environment() -> dict[str, str]:
    """Return the environment in which `python -m django` is this program's manage.py."""
    paths = [str(settings.BASE_DIR), os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "PYTHONUNBUFFERED": "1",
    }


def _detached(
    command: Sequence[str], log: Path, pass_fds: Sequence[int] = ()
) -> "subprocess.Popen[bytes]":
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "django", *command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            pass_fds=pass_fds,
            start_new_session=True,
            env=environment(),
        )


def report_ready(ready_fd: int | None, said: str) -> None:
    """Report `said` to who started this process in the background, if anybody did."""
    if ready_fd is not None:
        with os.fdopen(ready_fd, "w", encoding="utf-8") as report:
            report.write(said)


def yield_to_others() -> None:
    """Let all other processes go first from now on, this one's own children included."""
    os.nice(_NICENESS)


def new_log(command: str) -> Path:
    """Return a file for the log of a command that starts now, in the folder for variable data."""
    now = timezone.now().strftime("%Y%m%dT%H%M%SZ")
    return _logs() / f"{command}-{now}-{os.getpid()}.log"


def clean_logs(beginning: str, age: timedelta) -> int:
    """Remove the logs of commands so named that nothing was written to for `age`; return how many.

    `beginning` is how the names of the commands begin; one that cannot be removed stays.
    """
    before, removed = (timezone.now() - age).timestamp(), 0
    for log in sorted(_logs().glob(f"{glob.escape(beginning)}*.log")):
        try:
            if log.stat().st_mtime < before:
                log.unlink()
                removed += 1
        except OSError:
            logger.warning("cannot be removed log=%s", log, exc_info=True)
    return removed


def _logs() -> Path:
    return Path(settings.VAR_DIR) / "log"
