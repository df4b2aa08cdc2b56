"""The running API against its own schema: schemathesis with all its checks, over real sockets."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from quotes import collections, saved_searches, tasks, tokens
from quotes.models import Collection, Quotation, SavedSearch
from quotes.params import SHARING

pytestmark = pytest.mark.django_db(transaction=True)
_ROOT = Path(__file__).parents[2]
_SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
_MOST_S = 1200


@pytest.fixture(autouse=True)
def left_waiting(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """Imports and exports that are begun wait at a broker that nobody listens to."""
    settings.MEDIA_ROOT, settings.BROKER_URL = tmp_path / "files", "memory://"
    tasks.application.cache_clear()
    yield
    tasks.application.cache_clear()


@pytest.fixture(autouse=True)
def many_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    """An account may keep as many as the requests make; tests of their own are about the most."""
    more = SHARING.model_copy(update={"searches_most": 100_000})
    monkeypatch.setattr(saved_searches, "SHARING", more)


@pytest.fixture
def editor() -> User:
    """An account that may do everything."""
    return User.objects.create_superuser("editor", password="a long enough one")


@pytest.fixture
def collection(editor: User, quotation: Quotation) -> Collection:
    """A collection of the editor's, with a quotation."""
    made = collections.create(editor, "Rail", is_public=True)
    collections.add(made, [quotation.uid])
    return made


@pytest.fixture
def search(editor: User) -> SavedSearch:
    """A saved search of the editor's."""
    return saved_searches.create(editor, "Rail", {"q": ["tax"]})


@pytest.fixture
def known(quotation: Quotation, collection: Collection, search: SavedSearch) -> dict[str, str]:
    """What the requests can name, for tests/api/schemathesis_hooks.py."""
    assert quotation.speaker
    return {
        "CONFORMANCE_QUOTATION": quotation.uid,
        "CONFORMANCE_SPEAKER": quotation.speaker.slug,
        "CONFORMANCE_COLLECTION": str(collection.uid),
        "CONFORMANCE_SEARCH": str(search.uid),
    }


def conforms(server: LiveServer, folder: Path, known: dict[str, str], *options: str) -> None:
    """Run schemathesis against the server; fail with what it found."""
    command = [
        str(_SCHEMATHESIS),
        "run",
        f"{server.url}/api/schema/",
        "--checks",
        "all",
    ]
    command += ["--phases", "examples,coverage,fuzzing", "--max-examples", "3", "--seed", "1"]
    command += ["--continue-on-failure", "--no-color", "--warnings", "off"]
    # How long answers take is the benchmark's to say: here a machine may be busy.
    command += ["--request-timeout", "60", "--max-response-time", "60", *options]
    hooks = {"SCHEMATHESIS_HOOKS": "tests.api.schemathesis_hooks", "PYTHONPATH": str(_ROOT)}
    done = subprocess.run(  # noqa: S603  our own environment's program
        command,
        cwd=folder,
        env={**os.environ, **hooks, **known},
        capture_output=True,
        text=True,
        timeout=_MOST_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-60_000:] + done.stderr[-2000:]


def test_reading_conforms(live_server: LiveServer, known: dict[str, str], tmp_path: Path) -> None:
    conforms(live_server, tmp_path, known, "--include-method", "GET")


@pytest.mark.usefixtures("extractor")
def test_everything_conforms_for_a_token(
    live_server: LiveServer, known: dict[str, str], editor: User, tmp_path: Path
) -> None:
    _, token = tokens.make(editor, "conformance", list(tokens.Scope))
    conforms(live_server, tmp_path, known, "--header", f"Authorization: Bearer {token}")
