"""A whole tracker in processes of its own: database, collected static files, gunicorn."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

from tests.browser.world import ROOT, Facts

# What is read without waiting is there on a quick machine, and not yet on a busy one. With
# TRACKER_TEST_SLOW=n each answer begins, pauses in its middle and before its end, n times 100 ms
# each. No test may fail for that.
SLOW = float(os.environ.get("TRACKER_TEST_SLOW", "0"))
_START_TIMEOUT_S = 300.0
_STOP_TIMEOUT_S = 20
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


class Site(NamedTuple):
    """Where the tracker answers, and what the addresses of its pages are made of.

    `env`: the environment of its processes.
    """

    address: str
    facts: Facts
    env: dict[str, str]


def browser_path() -> str | None:
    """Return the program of the browser: TRACKER_TEST_BROWSER, else the first that is found."""
    if given := os.environ.get("TRACKER_TEST_BROWSER"):
        return given
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


@contextmanager
def running(*, is_empty: bool = False) -> Iterator[Site]:
    """Run a tracker with the world of world.py, or an empty one; take it down afterwards."""
    # Bound for as long as the site runs: nobody else can be given the port meanwhile.
    with tempfile.TemporaryDirectory(prefix="quotes-site-") as folder, socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{own.getsockname()[1]}"
        env = _environment(Path(folder), address)
        if is_empty:
            _manage(env, "migrate", "--verbosity", "0")
            facts = {}
        else:
            written = Path(folder) / "facts.json"
            _python(env, "-m", "tests.browser.world", str(written))
            facts = json.loads(written.read_text(encoding="utf-8"))
        _manage(env, "collectstatic", "--noinput", "--verbosity", "0")
        with _server(env, own, address, Path(folder) / "server.log"):
            yield Site(address, facts, env)


def _environment(folder: Path, address: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
    return kept | {
        "TRACKER_VAR_DIR": str(folder),
        "TRACKER_SITE_URL": address,
        "TRACKER_LOG_LEVEL": "WARNING",
        "TRACKER_TEST_SLOW": str(SLOW),
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
    }


def _python(env: dict[str, str], *arguments: str) -> None:
    """Run a Python process; what it complains of is in the error."""
    done = subprocess.run(  # noqa: S603  constants
        [sys.executable, *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: ended with {done.returncode}\n{done.stderr}")


def _manage(env: dict[str, str], *arguments: str) -> None:
    _python(env, "manage.py", *arguments)


@contextmanager
def _server(env: dict[str, str], own: socket.socket, address: str, log: Path) -> Iterator[None]:
    """Run gunicorn as `make run` does; RuntimeError with its log if it does not answer."""
    application = "tests.browser.slow:application" if SLOW else "tracker.wsgi"
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"fd://{own.fileno()}",
               "--workers", "1", "--threads", "4", "--log-level", "warning",
               "--graceful-timeout", str(_STOP_TIMEOUT_S // 4)]  # fmt: skip
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603  constants
            command,
            cwd=ROOT,
            env=env,
            stdout=out,
            stderr=subprocess.STDOUT,
            pass_fds=[own.fileno()],
        )
    try:
        _await(f"{address}/about/", process, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:  # a draft may be being read
            process.kill()
            process.wait()


def _await(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(address, timeout=5):  # noqa: S310  our own server
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the server does not answer:\n{log.read_text(encoding='utf-8')}")
