"""Pages of runs: how far one is, what it changed, filters, pages, and what they cost."""

from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotes import run_lock, run_reports, store
from quotes.models import Change, Extraction, ExtractionRun
from quotes.nlp.document import Document
from quotes.run_reports import Progress, State
from quotes.run_views import compared, progress_words, selection_words
from tests.builders import MONITOR, RAIL, ROE, UN, provenance, quotation, source

pytestmark = pytest.mark.django_db
WORDS, WIDER = "the café tax would rise", "said the café tax would rise"


def text(number: int) -> str:
    return RAIL.replace("café", f"café-{number}")


def said(number: int, words: str = WORDS, speaker=UN):
    return quotation(text(number), words.replace("café", f"café-{number}"), speaker=speaker)


def read(run: ExtractionRun, number: int, *found) -> Extraction:
    doc = Document(text=text(number), quotations=found)
    return store.record(source(text(number), title=f"Tax <{number}>", outlet="Wire"), doc, run)


@pytest.fixture
def changed(run):
    """A finished run over three articles: another speaker, other words, one gone, one new."""
    for number in range(3):
        read(run, number, said(number))
    later = store.open_run(provenance("2"))
    later.planned = 3
    later.selection = {"outlets": ["Wire"], "articles": [], "since": "2026-01-31"}
    later.save()
    read(later, 0, said(0, speaker=ROE))
    read(later, 1, said(1, WIDER))
    read(later, 2, said(2, "“It must,”", MONITOR))
    store.close_run(later)
    return later


def page(client, run, query: str = "", status: int = 200) -> str:
    answer = client.get(f"{run.get_absolute_url()}{query}")
    assert answer.status_code == status
    return unescape(answer.content.decode())


def test_lists_the_runs_newest_first(client, changed):
    html = unescape(client.get(reverse("runs")).content.decode())
    assert html.index(changed.get_absolute_url()) < html.index("3 articles read.")
    assert "3 of 3 articles read. 4 changes." in html
    assert html.count(">Import<") == html.count(">Finished<") == 1


def test_no_run_at_all(client):
    assert "Nothing has been read yet" in client.get(reverse("runs")).content.decode()


def test_shows_what_changed(client, changed):
    html = page(client, changed)
    assert "In 3 articles something that is shown has changed." in html
    for kind in ("speaker", "words", "gone", "new"):
        assert f'href="?kind={kind}#changes"' in html
    assert "<del>United Nations</del>" in html
    assert "<ins>Ana Roe</ins>" in html
    assert "<ins>said</ins> the café-1 tax would rise" in html
    assert "<del>the café-2 tax would rise</del>" in html
    assert "a monitor" in html
    for change in Change.objects.all():
        assert change.quotation.get_absolute_url() in html
    assert "on 31 January 2026 or later" in html


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("?kind=speaker", {"speaker"}),
        ("?kind=kept", set()),
        ("?q=united", {"speaker"}),
        ("?q=café-1", {"words"}),
        ("?q=CAFÉ-1&kind=words", {"words"} if connection.vendor != "sqlite" else set()),
        ("?q=must", {"new"}),
        ("?kind=new&q=united", set()),
        ("?q=%25", set()),
    ],
)
def test_filters(client, changed, query, kinds):
    answer = client.get(f"{changed.get_absolute_url()}{query}")
    assert {one.change.kind for one in answer.context["told"]} == kinds


@pytest.mark.parametrize("query", ["?kind=nonsense", "?q=" + "x" * 301])
def test_what_cannot_be_used_as_a_filter_is_said(client, changed, query):
    assert "This cannot be used as a filter" in page(client, changed, query, status=400)


def test_unknown_runs(client):
    for name in ("run", "run-progress"):
        assert client.get(reverse(name, args=[uuid4()])).status_code == 404


def test_private_trackers_ask_for_a_login(client, changed, settings):
    settings.PUBLIC_READS = False
    for url in (
        reverse("runs"),
        changed.get_absolute_url(),
        f"{changed.get_absolute_url()}progress/",
    ):
        assert client.get(url).status_code == 302


def test_an_import_has_no_changes_to_show(client, run):
    read(run, 0, said(0))
    html = page(client, run)
    assert "1 article read." in html
    assert "What changed" not in html


def test_problems_are_named(client, changed):
    article = changed.extractions.first().version.article
    changed.problems = [{"article": article.uid, "version": 1, "problem": "<poisoned>"}]
    changed.planned = 4
    changed.save()
    answer = client.get(changed.get_absolute_url()).content.decode()
    assert "3 of 4 articles read. 1 could not be processed." in answer
    assert "&lt;poisoned&gt;" in answer
    assert f'href="{article.get_absolute_url()}?version=1"' in answer


def test_what_was_reviewed_and_kept_is_told_in_words(client, changed):
    row = Change.objects.get(kind="new")
    for before, after, words in (
        ("Ana Roe", "", "The extractor no longer finds it. It stays"),
        ("", "Ana Roe", "It stays put away"),
        (
            "Ana Roe",
            "UN",
            "People decided: <ins>Ana Roe</ins>. The extractor now says: <del>UN</del>",
        ),
    ):
        Change.objects.filter(pk=row.pk).update(kind="kept", before=before, after=after)
        assert words in page(client, changed)


# --- how far it is


@pytest.mark.parametrize(
    ("held", "state", "words"),
    [(True, "running", "Look again"), (False, "stopped", "goes on where it stopped")],
)
def test_a_run_that_is_not_finished(client, changed, monkeypatch, held, state, words):
    ExtractionRun.objects.filter(pk=changed.pk).update(finished_at=None, planned=12)
    monkeypatch.setattr(run_lock, "is_held", lambda: held)
    html = page(client, changed)
    assert words in html
    assert '<progress max="100" value="25"' in html
    assert ("quotes/run.js" in html) == held
    answer = client.get(f"{changed.get_absolute_url()}progress/")
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.json()
    assert (told["state"], told["percent"]) == (state, 25)
    assert told["words"].startswith("3 of 12 articles read")
    assert told["words"] in html


def test_the_time_left_goes_by_the_pace_of_the_last_articles(changed, monkeypatch):
    monkeypatch.setattr(run_lock, "is_held", lambda: True)
    ExtractionRun.objects.filter(pk=changed.pk).update(finished_at=None, planned=13)
    changed.refresh_from_db()
    for number, row in enumerate(changed.extractions.order_by("pk")):
        at = changed.started_at + timedelta(minutes=number)
        Extraction.objects.filter(pk=row.pk).update(created_at=at)
    progress = run_reports.progress_of(changed)
    assert progress == Progress(State.RUNNING, 3, 13, 0, 600.0)
    assert progress_words(progress) == "3 of 13 articles read, about 10 minutes left."


@pytest.mark.parametrize(
    ("progress", "words", "percent"),
    [
        (Progress(State.RUNNING, 0, 9, 0), "0 of 9 articles read.", 0),
        (Progress(State.RUNNING, 8, 9, 1, 30),
         "8 of 9 articles read, less than a minute left. 1 could not be processed.", 100),
        (Progress(State.RUNNING, 1, 900, 0, 7300),
         "1 of 900 articles read, about 2 hours left.", 0),
        (Progress(State.RUNNING, 899, 900, 0, 60), "899 of 900 articles read, about 1 minute left.",
         99),
        (Progress(State.STOPPED, 3, 9, 0), "3 of 9 articles read.", 33),
        (Progress(State.FINISHED, 1, 1, 0), "1 of 1 article read.", 100),
        (Progress(State.FINISHED, 3, 9, 1),
         "Ended early: 3 of 9 articles read, the others left. 1 could not be processed.", 44),
        (Progress(State.IMPORT, 1234, None, 0), "1,234 articles read.", 100),
        (Progress(State.FINISHED, 0, 0, 0), "0 of 0 articles read.", 100),
    ],
)  # fmt: skip
def test_progress_in_words(progress, words, percent):
    assert (progress_words(progress), progress.percent) == (words, percent)


def test_beyond_the_problems_that_are_kept_what_is_missing_failed(changed):
    changed.problems = [{}] * run_reports.PROBLEMS_KEPT
    changed.planned = 5000
    assert run_reports.progress_of(changed).failed == 4997


@pytest.mark.parametrize(
    ("selection", "pairs"),
    [
        ({}, []),
        (
            {"outlets": [], "articles": [], "since": None, "all_versions": True},
            [("Articles", "all"), ("Versions", "all that are stored")],
        ),
        (
            {"outlets": ["A", "B"], "articles": ["x"], "since": None},
            [("Outlets", "A, B"), ("Articles", "x"), ("Versions", "the current ones")],
        ),
    ],
)
def test_selection_in_words(selection, pairs):
    assert selection_words(selection) == pairs


sentences = st.lists(st.sampled_from(["a", "b", "c"]), max_size=6).map(" ".join)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(sentences, sentences)
def test_compared_words_are_the_words_and_only_the_middle_differs(before, after):
    one, other = compared(before, after)
    assert ("".join(one), "".join(other)) == (before, after)
    if before and after:
        assert (one.same_before.strip(), one.same_after.strip()) == (
            other.same_before.strip(),
            other.same_after.strip(),
        )
        assert (before == after) == (one.other == other.other == "")


# --- cost


@pytest.mark.parametrize("count", [1, 10])
def test_queries_do_not_grow(client, run, count):
    later = store.open_run(provenance("2"))
    later.planned = count
    later.save()
    for number in range(count):
        read(run, number, said(number))
    for number in range(count):
        read(later, number, said(number, WIDER, ROE))
    for number in range(count - 1):
        store.close_run(store.open_run(provenance(f"more-{number}")))
    store.close_run(later)
    taken = []
    for url in (reverse("runs"), later.get_absolute_url(), f"{later.get_absolute_url()}progress/"):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        taken.append(len(captured))
    # runs: count, rows, done, changes; a run: it, changed kinds, done, articles, what comparing
    # failed on, count, rows
    assert taken == [4, 7, 2]
