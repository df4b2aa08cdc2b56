"""Pages of an article's versions, of who else carries its text, and the bytes it was made of."""

import re
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quotes import decisions, store, version_views
from quotes.models import ArticleVersion, Quotation
from quotes.nlp.document import Document
from quotes.params import VERSIONS
from tests import reviewing
from tests.builders import ROE, provenance, quotation, source
from tests.quotes.copy_pairs import STORIES

pytestmark = [pytest.mark.django_db, pytest.mark.database]
URL = "https://example.org/tax"
OLD = "Ana Roe said the tax would rise.\n\nIt rained.\n\n“We <b>must</b>,” said Ana Roe."
NEW = "Ana Roe said the tax would not rise.\n\nIt rained.\n\nAna Roe said it was over."
PAGE = b"<html><script>alert(1)</script></html>"


def stored(text: str, said: tuple[str, ...], *, day: int = 3, **fields) -> ArticleVersion:
    quotes = tuple(quotation(text, words, source="Ana Roe", speaker=ROE) for words in said)
    fields = {"url": URL, "method": "web", "retrieved_at": datetime(2026, 3, day, tzinfo=UTC),
              **fields}  # fmt: skip
    given = source(text, **fields)
    run = store.open_run(provenance())
    return store.record(given, Document(text=text, quotations=quotes), run).version


@pytest.fixture
def pair():
    old = stored(OLD, ("the tax would rise", "“We <b>must</b>,”"))
    return old, stored(NEW, ("the tax would not rise", "it was over"), day=4)


def body(client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_two_versions_stand_side_by_side(client, pair):
    html = body(client, f"/articles/{pair[0].article.uid}/versions/")
    assert "1 new, 1 changed, 1 vanished." in html
    assert "a negation came or went" in html
    assert re.search(
        r"<ins><span class=\"vh\">\[here only: </span> ?not ?<span class=\"vh\">\]", html
    )
    assert "&lt;b&gt;must" in html
    assert "<b>must" not in html
    assert pair[0].text_id[:12] in html
    assert '<option value="1" selected>1</option>' in html


@pytest.mark.parametrize(
    ("query", "status", "expected"),
    [
        pytest.param("?old=2&new=1", 200, "Quotations from version 2 to 1", id="turned"),
        pytest.param("?old=1&new=1", 200, "2 the same.", id="with-itself"),
        pytest.param(
            "?old=9", 400, "“9” is no version of this article; it has 2, 1.", id="no-such-version"
        ),
        pytest.param("?new=x", 400, "“x” is no version of this article", id="no-number"),
    ],
)
def test_which_versions_are_compared_is_in_the_address(client, pair, query, status, expected):
    assert expected in body(client, f"/articles/{pair[0].article.uid}/versions/{query}", status)


def test_what_changed_of_long_texts_is_shown_as_far_as_there_is_room(client, monkeypatch):
    same = "\n\n".join(f"Paragraph {n} stays as it was." for n in range(40))
    old = stored(f"It rose.\n\n{same}\n\nThe end came early.", ())
    stored(f"It fell.\n\n{same}\n\nThe end came late.", (), day=4)
    address = f"/articles/{old.article.uid}/versions/"
    assert "Paragraph 20" in body(client, address)
    few = VERSIONS.model_copy(update={"side_by_side_chars": 1_000})
    monkeypatch.setattr(version_views._texts, "__kwdefaults__", {"params": few})
    html = body(client, address)
    assert "Only what changed is shown" in html
    assert "38 paragraphs that are the same" in html
    assert "Paragraph 0" in html
    assert "Paragraph 20" not in html
    assert "early" in html
    assert "More has changed" not in html
    fewer = VERSIONS.model_copy(update={"side_by_side_chars": 40})
    monkeypatch.setattr(version_views._texts, "__kwdefaults__", {"params": fewer})
    html = body(client, address)
    assert "<strong>More has changed</strong> than one page shows" in html
    assert "early" not in html
    assert "Neither text has a word" not in html


def test_many_quotations_are_counted_and_some_shown(client, pair, monkeypatch):
    few = VERSIONS.model_copy(update={"fates_shown": 2})
    monkeypatch.setattr(version_views, "VERSIONS", few)
    html = body(client, f"/articles/{pair[0].article.uid}/versions/")
    assert "1 new, 1 changed, 1 vanished." in html
    assert "1 more differ. They are counted above" in html
    assert html.count("<li data-row>") == 2


def test_an_article_with_one_version_says_so(client):
    only = stored(OLD, ())
    assert "There is one version" in body(client, f"/articles/{only.article.uid}/versions/")
    body(client, "/articles/none/versions/", 404)


def test_the_article_says_what_became_of_its_quotations(client, pair):
    uid = pair[0].article.uid
    html = body(client, f"/articles/{uid}/")
    assert "1 new, 1 changed, 1 vanished." in html
    assert f"/articles/{uid}/versions/?old=1&amp;new=2" in html
    assert "Quotations since" not in body(client, f"/articles/{uid}/?version=1")


def test_a_text_that_may_not_be_whole_says_so(client):
    version = stored(OLD, (), text_note="a list of <i>figures</i> is missing")
    html = body(client, f"/articles/{version.article.uid}/")
    assert "A list of &lt;i&gt;figures&lt;/i&gt; is missing." in html


def test_a_text_that_is_shown_again_says_so(client, pair):
    uid = pair[0].article.uid
    stored(OLD, (), day=5)
    assert "showed this text again on 5 March 2026" in body(client, f"/articles/{uid}/")
    assert "shown again" in body(client, f"/articles/{uid}/versions/")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param("the tax would rise", "Words changed since", id="changed"),
        pytest.param("must", "Words orphaned", id="vanished"),
    ],
)
def test_a_quotation_of_an_earlier_version_says_what_became_of_it(client, pair, words, expected):
    row = pair[0].quotations.get(content__contains=words)
    assert expected in body(client, row.get_absolute_url())


def test_the_same_words_in_the_current_version_are_linked(client):
    old = stored(OLD, ("the tax would rise",))
    new = stored(OLD + "\n\nCorrected.", ("the tax would rise",), day=4)
    html = body(client, old.quotations.get().get_absolute_url())
    assert f'href="/quotes/{new.quotations.get().uid}/">current version has them too' in html
    assert "Also in" in body(client, new.quotations.get().get_absolute_url())


def test_a_decision_that_was_not_taken_over_is_a_hint(client, pair):
    later = pair[1].quotations.get(content__contains="not rise")
    assert "Decided on an earlier version" not in body(client, later.get_absolute_url())
    row = Quotation.objects.get(content="the tax would rise")
    decisions.confirm(row, reviewing.reviewer())
    html = body(client, later.get_absolute_url())
    assert "Decided on an earlier version" in html
    assert "check whether it still holds" in html


# --- copies


def test_copies_are_named_and_counted_once(client):
    text = "\n\n".join(STORIES["ferry"])
    own = stored(text, (), url="https://wire.example/1", outlet="Wire", title="Ferry")
    stored(text, (), url="https://courier.example/1", outlet="Courier", title="Rocks & <b>")
    html = body(client, f"/articles/{own.article.uid}/")
    assert "2 outlets carry this text" in html
    assert "<bdi>Courier</bdi>: <bdi>Rocks &amp; &lt;b&gt;</bdi>" in html


# --- bytes


def kept(**fields) -> ArticleVersion:
    digest = sha256(PAGE).hexdigest()
    return stored(OLD, (), raw=PAGE, source_sha256=digest, media_type="text/html", **fields)


def test_bytes_are_handed_over_and_never_shown(client):
    version = kept()
    address = f"/articles/{version.article.uid}/source/?version=1"
    assert address in body(client, f"/articles/{version.article.uid}/")
    response = client.get(address)
    assert response.content == PAGE
    assert response["Content-Type"] == "text/plain"
    assert response["Content-Disposition"].startswith("attachment; ")
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_where_nothing_is_kept_there_is_nothing_to_hand_over(client, pair):
    html = body(client, f"/articles/{pair[0].article.uid}/")
    assert "/source/" not in html
    body(client, f"/articles/{pair[0].article.uid}/source/", 404)
    body(client, f"/articles/{pair[0].article.uid}/source/?version=7", 404)


def test_a_private_tracker_hides_all_of_it(client, pair, settings):
    settings.PUBLIC_READS = False
    uid = pair[0].article.uid
    for address in (f"/articles/{uid}/versions/", f"/articles/{uid}/source/"):
        assert client.get(address).status_code == 302


@pytest.mark.parametrize("count", [1, 10])
def test_queries_do_not_grow(client, count):
    facts = [f"fact {number} of the matter" for number in range(count)]
    text = "\n".join(f"Ana Roe said {fact}." for fact in facts)
    stored(text, tuple(facts))
    version = stored(text.replace("matter", "case"), (), day=4)
    address = f"/articles/{version.article.uid}/versions/"
    with CaptureQueriesContext(connection) as queries:
        body(client, address)
    # versions; quotations of both; the two texts
    assert len(queries) == 4
