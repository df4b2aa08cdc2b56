"""`updated_since`: whoever follows it has in the end what the lists have, on both databases."""

import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from quotes import decisions, mirrors, store
from quotes.models import Article, ArticleVersion, Outlet, Quotation, Speaker
from quotes.nlp.document import Document
from quotes.params import PAGES
from tests import builders, reviewing

pytestmark = [pytest.mark.django_db, pytest.mark.database]
BEGINNING = "1970-01-01T00:00:00Z"
LISTS = {
    "quotations": ("uid", {}),
    "quotations?kind=direct": ("uid", {"kind": "direct"}),
    "quotations?speaker": ("uid", {"speaker": "ana-roe", "act": "any"}),
    "articles": ("uid", {}),
    "speakers": ("slug", {}),
}


class Mirror:
    """A client's copy of a list, kept by `updated_since` alone."""

    def __init__(self, client: Client, name: str) -> None:
        self.client, self.path = client, f"/api/v1/{name.partition('?')[0]}/"
        self.key, self.query = LISTS[name]
        self.rows: dict[str, Any] = {}
        self.since, self.at = BEGINNING, ""

    def read_page(self, size: int) -> bool:
        """Take a page of changes; say whether more follow."""
        query = {**self.query, "updated_since": self.since, "page_size": size}
        answer = self.client.get(self.at or self.path, {} if self.at else query)
        assert answer.status_code == 200, answer.content
        body = answer.json()
        for row in body["results"]:
            if "removed" in row:
                self.rows.pop(row["uid"], None)
            else:
                self.rows[row[self.key]] = row
        self.at = body["next"] or ""
        if not self.at:
            self.since = body["next_since"]
        return bool(self.at)

    def catch_up(self) -> None:
        """Read to the end, and once more from the beginning of the last reading."""
        while self.read_page(7):
            pass
        while self.read_page(7):
            pass

    def listed(self) -> dict[str, Any]:
        """Return what the list itself shows."""
        rows, address = {}, f"{self.path}?page_size=200"
        for name, value in self.query.items():
            address += f"&{name}={value}"
        while address:
            body = self.client.get(address).json()
            rows |= {row[self.key]: row for row in body["results"]}
            address = body["next"]
        return rows


class World:
    """What happens to a tracker: each method one thing, `pick` says to which row."""

    def __init__(self, run: Any) -> None:
        self.run, self.number = run, count()
        self.user = reviewing.reviewer()

    def _document(self, text: str, pick: int) -> Document:
        whole = builders.rail_document(text)
        return Document(text=text, quotations=whole.quotations[: 1 + pick % 2])

    def store(self, pick: int) -> None:
        """Store an article, or a new version of one that is there."""
        text = f"Note {next(self.number)}. {builders.RAIL}"
        url = f"https://example.org/{pick % 3}"
        outlet = "The Daily Wire" if pick % 2 else ""
        found = builders.source(text, url=url, outlet=outlet, origin=url)
        store.record(found, self._document(text, pick), self.run)

    def extract_again(self, pick: int) -> None:
        """Read a current version again, with an extractor that finds one quotation or both."""
        version = _one(ArticleVersion.objects.current(), pick)
        if version:
            run = store.open_run(builders.provenance(f"again {next(self.number)}"))
            store.record_again(version, self._document(version.text.content, pick // 3), run)

    def review(self, pick: int) -> None:
        """Confirm or reject a quotation, and sometimes take that back."""
        row = _one(Quotation.objects.current(), pick)
        if row:
            decide = decisions.confirm if pick % 2 else decisions.reject
            made = decide(row, self.user)
            if pick % 3 == 0:
                decisions.undo(made, self.user)

    def rename(self, pick: int) -> None:
        """Name a speaker or an outlet anew."""
        rows: Any = (Speaker if pick % 2 else Outlet).objects
        one = _one(rows.all(), pick)
        if one:
            rows.filter(pk=one.pk).update(name=f"Name {next(self.number)}")

    def delete(self, pick: int) -> None:
        """Delete a quotation that nobody has decided on, and sometimes store its like anew."""
        row = _one(Quotation.objects.filter(decisions__isnull=True), pick)
        if row:
            kept, spans = Quotation.objects.get(pk=row.pk), list(row.spans.all())
            row.delete()
            if pick % 2:
                kept.pk, kept.predecessor = None, None
                kept.save(force_insert=True)
                for span in spans:
                    span.pk, span.quotation = None, kept
                    span.save(force_insert=True)

    def nobody(self, pick: int) -> None:
        """Take the speaker off a quotation."""
        row = _one(Quotation.objects.current(), pick)
        if row:
            Quotation.objects.filter(pk=row.pk).update(speaker=None, updated_at=timezone.now())


def _one(rows: Any, pick: int) -> Any:
    found = list(rows.order_by("pk"))
    return found[pick % len(found)] if found else None


ACTIONS = ["store", "store", "extract_again", "review", "rename", "delete", "nobody", "poll"]


@pytest.fixture
def no_lag(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mark just before now, so that what a reading misses is not told again by chance."""
    # SQLite's own clock, which triggers read, has milliseconds.
    monkeypatch.setattr(mirrors, "mark", lambda: timezone.now() - timedelta(milliseconds=2))


@pytest.mark.usefixtures("no_lag")
@given(steps=st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 11)), max_size=14))
@settings(
    max_examples=25,
    deadline=None,
    # Not made smaller where it fails: every step stores articles, and there are few.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_mirror_equals_the_list_whatever_happens(client: Client, run: Any, steps: Any) -> None:
    with transaction.atomic():
        world = World(run)
        copies = [Mirror(client, name) for name in LISTS]
        for action, pick in steps:
            if action == "poll":
                for copy in copies:
                    copy.read_page(1 + pick % 3)
            else:
                getattr(world, action)(pick)
        for copy in copies:
            copy.catch_up()
            assert copy.rows == copy.listed(), (copy.path, copy.query)
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(lambda row: row.delete(), "deleted", id="deleted"),
        pytest.param(lambda row: _set(row, status="gone"), "gone", id="no-longer-found"),
        pytest.param(lambda row: _set(row, status="rejected"), "rejected", id="no-quotation"),
        pytest.param(lambda row: _set(row, act="attitude"), "filtered", id="no-speech"),
        pytest.param(lambda _: ArticleVersion.objects.update(is_current=False), "former",
                     id="former-version"),
    ],
)  # fmt: skip
def test_a_removal_says_why(client: Client, quotation: Quotation, change: Any, reason: str) -> None:
    change(Quotation.objects.get(pk=quotation.pk))
    body = client.get("/api/v1/quotations/", {"updated_since": BEGINNING}).json()
    removed = {row["uid"]: row for row in body["results"] if "removed" in row}
    assert removed[quotation.uid]["removed"] == reason
    assert set(removed[quotation.uid]) == {"uid", "removed", "updated_at"}


def _set(row: Quotation, **values: Any) -> None:
    Quotation.objects.filter(pk=row.pk).update(updated_at=timezone.now(), **values)


@pytest.mark.usefixtures("rail")
def test_a_merged_speaker_is_removed_and_named_so(client: Client) -> None:
    one = Speaker.objects.get()
    other = Speaker.objects.create(slug="other", name="Other", kind="person")
    decisions.merge(other, one, reviewing.reviewer())
    rows = client.get("/api/v1/speakers/", {"updated_since": BEGINNING}).json()["results"]
    assert {row["uid"]: row["removed"] for row in rows if "removed" in row} == {"other": "merged"}


@pytest.mark.usefixtures("rail")
def test_changes_come_in_their_order_and_from_the_moment_on(client: Client) -> None:
    first, second = Quotation.objects.order_by("pk")
    _set(second)
    _set(first)
    first.refresh_from_db()
    query = {"updated_since": BEGINNING}
    rows = client.get("/api/v1/quotations/", query).json()["results"]
    assert [row["uid"] for row in rows] == [second.uid, first.uid]
    query = {"updated_since": first.updated_at.isoformat()}
    rows = client.get("/api/v1/quotations/", query).json()["results"]
    assert [row["uid"] for row in rows] == [first.uid]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"updated_since": "yesterday"}, "updated_since"),
        ({"updated_since": "2026-01-01T00:00:00"}, "updated_since"),
        ({"updated_since": "2026-01-01"}, "updated_since"),
        ({"updated_since": "0001-01-01T00:00:00+14:00"}, "updated_since"),
        ({"updated_since": BEGINNING, "ordering": "updated_at"}, "ordering"),
    ],
)
def test_what_cannot_be_used_is_named(client: Client, query: dict[str, str], field: str) -> None:
    answer = client.get("/api/v1/quotations/", query)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert answer.json()["errors"][0]["remedy"]


@pytest.mark.usefixtures("rail")
def test_a_cursor_belongs_to_its_moment(client: Client) -> None:
    query = {"updated_since": BEGINNING, "page_size": 1}
    address = client.get("/api/v1/quotations/", query).json()["next"]
    for other in (address.replace("1970", "1980"), address.replace("cursor=", "cursor=x")):
        answer = client.get(other)
        assert answer.status_code == 404
        assert answer.json()["errors"][0]["field"] == "cursor"
        assert answer.json()["errors"][0]["remedy"]


@pytest.mark.parametrize("path", ["quotations", "articles", "speakers"])
def test_a_page_costs_the_same_for_one_row_and_for_ten(
    client: Client, record: Any, django_assert_num_queries: Any, path: str
) -> None:
    # Changed rows, tombstones, which of them the list has; on PostgreSQL who is writing.
    expected = 4 if connection.vendor == "postgresql" else 3
    for rows in (1, 10):
        for number in range(rows):
            text = f"Minister {number}{rows} spoke. {builders.RAIL}"
            record(builders.source(text, origin=f"{number}.txt"), builders.rail_document(text))
        with django_assert_num_queries(expected):
            client.get(f"/api/v1/{path}/", {"updated_since": BEGINNING})


# --- what is written, but not committed


def test_the_mark_lies_before_now() -> None:
    before = timezone.now()
    assert mirrors.mark() <= before - timedelta(seconds=PAGES.mirror_lag_s - 1)


def test_a_writer_on_sqlite_holds_the_mark_back(tmp_path: Any, monkeypatch: Any) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's own lock")
    path = tmp_path / "db.sqlite3"
    monkeypatch.setitem(connection.settings_dict, "NAME", str(path))
    monkeypatch.setattr(connection, "is_in_memory_db", lambda: False)
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        free = mirrors.mark()
        writer.execute("BEGIN IMMEDIATE")
        held = mirrors.mark()
        writer.execute("COMMIT")
        assert held < free - timedelta(seconds=PAGES.mirror_writer_s - 60)
        assert mirrors.mark() >= free


@pytest.mark.django_db(transaction=True)
def test_what_is_committed_late_is_not_missed(client: Client, run: Any) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: see the test before")
    text = builders.RAIL
    store.record(builders.source(text), builders.rail_document(text), run)
    written, may_commit = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            Speaker.objects.update(description="written early")
            written.set()
            may_commit.wait(30)
        connection.close()

    writer = threading.Thread(target=write_slowly)
    writer.start()
    try:
        assert written.wait(30)
        early = datetime.now(UTC)
        copy = Mirror(client, "speakers")
        while copy.read_page(5):
            pass
        assert datetime.fromisoformat(copy.since) < early
        assert copy.rows["ana-roe"]["description"] == ""
    finally:
        may_commit.set()
        writer.join()
    while copy.read_page(5):
        pass
    assert copy.rows["ana-roe"]["description"] == "written early"


def test_deleting_an_article_removes_it_and_what_it_held(client: Client, record: Any) -> None:
    record(builders.source(), builders.rail_document())
    Quotation.objects.all().delete()
    Article.objects.all().delete()
    for path, removed in (("quotations", 2), ("articles", 1)):
        rows = client.get(f"/api/v1/{path}/", {"updated_since": BEGINNING}).json()["results"]
        assert [row["removed"] for row in rows] == ["deleted"] * removed
