"""Fixtures shared by all tests: the real extractor; articles stored from hand-built documents."""

import signal
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from pytest_django import Settings

from quotes import speaker_search, store
from quotes.extraction import configured_extractor
from quotes.ingest import SourceText
from quotes.models import ArticleVersion, Extraction, ExtractionRun, Quotation, Tombstone
from quotes.nlp import Extractor
from quotes.nlp.document import Document
from tests import builders

# How long something takes is measured by benchmarks: a busy machine must not fail a test.
hypothesis.settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("untimed")

# Slow on purpose: half a second for each account of a test. The iterations are kept with a hash, so
# that servers started by tests read it too.
PBKDF2PasswordHasher.iterations = 1

Recorder = Callable[..., Extraction]

# A runner in the background may have interrupts ignored, and every process started by a test would
# inherit that: those that are to be interrupted could not be.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def forgetful() -> None:
    """No names of an earlier test's speakers."""
    speaker_search.forget_names()


@pytest.fixture(autouse=True)
def unlimited(settings: Settings) -> None:
    """No limits on requests, and no queries for them; tests of limits set their own."""
    settings.RATE_LIMITS = {}


@pytest.fixture(autouse=True)
def nothing_removed(request: pytest.FixtureRequest) -> None:
    """No removals noted: emptying the tables behind a test that commits has triggers note some."""
    # Asked for here, since what runs by itself is set up before what a test asks for.
    for fixture in ("transactional_db", "db"):
        if fixture in request.fixturenames:
            request.getfixturevalue(fixture)
            break
    else:
        if request.node.get_closest_marker("django_db") is None:
            return
        request.getfixturevalue("_django_db_helper")
    Tombstone.objects.all().delete()


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this process alone: several run the tests side by side."""
    folder = tmp_path_factory.mktemp("workplace")
    (folder / "var").mkdir()
    return folder


@pytest.fixture(autouse=True)
def apart(settings: Settings, workplace: Path) -> None:
    """Files go into a folder of this process, none into the checkout's."""
    settings.VAR_DIR, settings.MEDIA_ROOT = workplace / "var", workplace / "files"


@pytest.fixture(scope="session")
def extractor() -> Extractor:
    """The shipped models, loaded once for the whole session; commands and pages use it too."""
    return configured_extractor()


@pytest.fixture
def run(db: None) -> ExtractionRun:  # noqa: ARG001  opens the database
    """A stored run of a hand-built extractor."""
    return store.open_run(builders.provenance())


@pytest.fixture
def record(run: ExtractionRun) -> Recorder:
    """Store an article: `record(source, document)`; with no document, as without quotations."""

    def stored(source: SourceText, doc: Document | None = None) -> Extraction:
        return store.record(source, doc or Document(text=source.text), run)

    return stored


@pytest.fixture
def rail(record: Recorder) -> ArticleVersion:
    """A stored article with two quotations of Ana Roe, title, outlet, date and address."""
    source = builders.source(
        title="Rail tax to rise",
        byline="Jo Bloggs",
        outlet="The Daily Wire",
        outlet_domain="example.org",
        url="https://example.org/rail",
        published_on="2026-03-04",
        language="en",
        method="jsonl",
    )
    return record(source, builders.rail_document()).version


@pytest.fixture
def quotation(rail: ArticleVersion) -> Quotation:
    """The first quotation of `rail`."""
    return rail.quotations.get(position=0)
