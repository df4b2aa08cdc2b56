"""A throw-away PostgreSQL for the tests of storage and search: `python -m tests.postgresql -- CMD`.

Runs CMD with TRACKER_DATABASE_URL set to a server that listens on a socket in a temporary
folder only, and takes it down afterwards. Where no server binaries are installed it says so and
succeeds: the same tests have run on SQLite.
"""

# ruff: noqa: S603  every command here is built of constants, but for the one asked for
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

OLDEST_VERSION = 15
_START_TIMEOUT_S = 60.0
_FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "listen_addresses=")


def binaries() -> Path | None:
    """Return the folder of the newest server that is new enough, None if there is none."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found := shutil.which("initdb"):
        folders.append(Path(found).resolve().parent)
    versions = {folder: _version(folder) for folder in folders if (folder / "postgres").exists()}
    fit = {folder: number for folder, number in versions.items() if number >= OLDEST_VERSION}
    return max(fit, key=lambda folder: fit[folder]) if fit else None


def _version(folder: Path) -> int:
    shown = subprocess.run(
        [folder / "postgres", "--version"], check=True, capture_output=True, text=True
    )
    number = re.search(r"\d+", shown.stdout)
    return int(number.group()) if number else 0


def _as_other_user() -> tuple[str, list[str]]:
    """Return the user that the server runs as and the command prefix: it refuses to be root."""
    if os.geteuid() != 0:
        return "", []
    known = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in known else "nobody"
    group = str(pwd.getpwnam(user).pw_gid)
    return user, ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "--"]


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Run a fresh server from the binaries in `folder`; yield its database URL."""
    # Socket paths may have no more than about a hundred characters, so not below TMPDIR.
    home = Path(tempfile.mkdtemp(prefix="quotes-pg-", dir="/tmp"))
    user, prefix = _as_other_user()
    if user:
        shutil.chown(home, user)
    data = home / "data"
    try:
        initdb = [folder / "initdb", "-D", data, "-U", "quotes", "-A", "trust", "-E", "UTF8"]
        options = ["--locale=C.UTF-8", "--no-sync"]
        subprocess.run(
            [*prefix, *initdb, *options], check=True, stdout=subprocess.DEVNULL, cwd=home
        )
        settings = [part for setting in _FAST for part in ("-c", setting)]
        command = [*prefix, folder / "postgres", "-D", data, "-k", home, *settings]
        log = (home / "log").open("wb")
        with log, subprocess.Popen(command, stdout=log, stderr=log, cwd=home) as process:
            try:
                _wait(folder, home, process)
                yield f"postgresql://quotes@/postgres?host={home}"
            finally:
                process.send_signal(signal.SIGINT)
                process.wait()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _wait(folder: Path, home: Path, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while subprocess.run([folder / "pg_isready", "-q", "-h", home], check=False).returncode:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start: {(home / 'log').read_text()[-2000:]}")
        time.sleep(0.1)


def main(arguments: Sequence[str]) -> int:
    """Run a command on a fresh server; return its exit status, 0 where there is no server."""
    command = [part for part in arguments if part != "--"]
    folder = binaries()
    if folder is None:
        sys.stderr.write(f"no PostgreSQL {OLDEST_VERSION}+ server here: not tested on it\n")
        return 0
    with server(folder) as url:
        environment = {**os.environ, "TRACKER_DATABASE_URL": url}
        return subprocess.run(command, check=False, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
