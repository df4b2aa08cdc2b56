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

_START_TIMEOUT_S = 120.0
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


class Site(NamedTuple):
    """Where the tracker answers, and what the addresses of its pages are made of."""

    address: str
    facts: Facts


def browser_path() -> str | None:
    """Return the program of the browser: TRACKER_TEST_BROWSER, else the first that is found."""
    if given := os.environ.get("TRACKER_TEST_BROWSER"):
        return given
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


@contextmanager
def running(*, is_empty: bool = False) -> Iterator[Site]:
    """Run a tracker with the world of world.py, or an empty one; take it down afterwards."""
    with tempfile.TemporaryDirectory(prefix="quotes-site-") as folder:
        port = _free_port()
        address = f"http://127.0.0.1:{port}"
        env = _environment(Path(folder), address)
        if is_empty:
            _manage(env, "migrate", "--verbosity", "0")
            facts = {}
        else:
            written = Path(folder) / "facts.json"
            _python(env, "-m", "tests.browser.world", str(written))
            facts = json.loads(written.read_text(encoding="utf-8"))
        _manage(env, "collectstatic", "--noinput", "--verbosity", "0")
        with _server(env, port, Path(folder) / "server.log"):
            yield Site(address, facts)


def _environment(folder: Path, address: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
    return kept | {
        "TRACKER_VAR_DIR": str(folder),
        "TRACKER_SITE_URL": address,
        "TRACKER_LOG_LEVEL": "WARNING",
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


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def _server(env: dict[str, str], port: int, log: Path) -> Iterator[None]:
    """Run gunicorn as `make run` does; RuntimeError with its log if it does not answer."""
    command = [sys.executable, "-m", "gunicorn", "tracker.wsgi", "--bind", f"127.0.0.1:{port}",
               "--workers", "1", "--threads", "4", "--log-level", "warning"]  # fmt: skip
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603  constants
            command, cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        _await(f"http://127.0.0.1:{port}/about/", process, log)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _await(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(address, timeout=5):  # noqa: S310  our own server
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the server does not answer:\n{log.read_text(encoding='utf-8')}")
