"""What was cited, and what is told of it later: real corrections, versions, readings."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quotes import cited, collections, decisions, store
from quotes.cited import notice
from quotes.decisions import NewSpeaker
from quotes.models import (
    ArticleVersion,
    CitedQuotation,
    CollectionExport,
    CollectionItem,
    Extraction,
    Noticed,
    Outlet,
    Quotation,
    Speaker,
)
from quotes.nlp.document import Document, Kind, SpeakerKind
from quotes.params import CITED
from tests import reviewing
from tests.builders import provenance, quotation, source
from tests.reviewing import ROE, TAX, called, said, tax_document

pytestmark = [pytest.mark.django_db, pytest.mark.database]
URL = "https://example.org/tax"


def stored(text: str = TAX, doc: Document | None = None, version: str = "1", **fields):
    """Store a version of the article at `URL`, as the extractor `version` reads it."""
    run = store.open_run(provenance(version))
    fields = {"title": "Tax to rise", "outlet": "The Daily Wire", "url": URL, **fields}
    return store.record(source(text, **fields), doc or tax_document(), run).version


@pytest.fixture
def article() -> ArticleVersion:
    return stored()


@pytest.fixture
def jo() -> User:
    return User.objects.create_user("jo")


@pytest.fixture
def rita():
    return reviewing.reviewer("rita")


@pytest.fixture
def own(jo, article):
    """A collection of jo's with all quotations of the article, exported."""
    row = collections.create(jo, "Rail")
    collections.add(row, list(article.quotations.values_list("uid", flat=True)))
    cited.keep(row, form="docx", style="apa", by=jo)
    return row


def look() -> int:
    """Notice what has changed up to now, as the task does some seconds later."""
    return notice(until=timezone.now())


def told(own) -> dict[str, list[str]]:
    """Return what is told: the first words cited -> kinds of changes."""
    return {
        row.as_cited["content"]: [change["kind"] for change in row.changes]
        for row in cited.changed(own)
    }


def place(words: str) -> tuple[int, int]:
    return TAX.index(words), TAX.index(words) + len(words)


# --- the ledger


def test_an_export_keeps_each_quotation_as_it_stood(own, article):
    export = CollectionExport.objects.get()
    assert (export.format, export.style, export.by) == ("docx", "apa", own.owner)
    rows = list(CitedQuotation.objects.order_by("pk"))
    assert [row.uid for row in rows] == [item.quotation.uid for item in collections.items(own)]
    first = rows[0].as_cited
    assert first["content"] == "the café 🚆 tax would rise"
    assert (first["speaker"], first["speaker_role"]) == ("Ana Roe", "the minister")
    assert (first["kind"], first["paragraph"], first["version"]) == ("indirect", 1, 1)
    assert (first["outlet"], first["url"], first["title"]) == (
        "The Daily Wire", URL, "Tax to rise",
    )  # fmt: skip
    assert first["text_sha256"] == article.text_id
    assert all(row.changed_at is None and row.changes == [] for row in rows)


def test_taken_out_again_unchanged_is_one_export(own, jo):
    before = timezone.now() + timedelta(hours=1)
    Quotation.objects.update(updated_at=timezone.now() - timedelta(days=1))
    cited.keep(own, form="docx", style="apa", by=jo)
    assert CollectionExport.objects.count() == 1
    cited.keep(own, form="bibtex", by=jo)
    cited.keep(own, form="docx", style="apa", by=jo)
    assert CollectionExport.objects.count() == 3
    collections.annotate(own, said("doubts").uid, "check")
    cited.keep(own, form="docx", style="apa", by=jo)
    assert CollectionExport.objects.count() == 4
    Quotation.objects.filter(pk=said("doubts").pk).update(updated_at=before)
    cited.keep(own, form="docx", style="apa", by=jo)
    assert CollectionExport.objects.count() == 5


def test_the_oldest_exports_are_forgotten(own, jo):
    few = CITED.model_copy(update={"exports_kept": 2})
    for form in ("ris", "bibtex", "html"):
        cited.keep(own, form=form, by=jo, params=few)
    assert [row.format for row in cited.exports_of(own)] == ["html", "bibtex"]
    assert CitedQuotation.objects.count() == 12


def test_some_of_a_collection(own, jo):
    row = said("doubts")
    export = cited.keep(own, [row], form="text", by=jo)
    assert [one.uid for one in export.cited.all()] == [row.uid]


# --- what is told


def test_nothing_changed_nothing_told(own):
    assert look() == 0
    assert told(own) == {}
    assert cited.count_unseen(own.owner) == 0


def test_words_corrected(own, jo, rita):
    decisions.correct_words(said("doubts"), [place("she had")], rita)
    assert look() == 1
    assert told(own) == {"she had doubts": ["words"]}
    [row] = cited.changed(own)
    assert row.changes == [{"kind": "words", "was": "she had doubts", "now": "she had"}]
    assert cited.count_unseen(jo) == 1
    assert look() == 0  # told once


def test_a_speaker_corrected(own, rita):
    decisions.correct_speaker(said("It must"), called("Ana Rowe"), rita)
    look()
    [row] = cited.changed(own)
    assert row.changes[0] == {"kind": "speaker", "was": "Ana Roe", "now": "Ana Rowe"}


def test_another_of_the_same_name(own, rita):
    other = NewSpeaker(name="Ana Roe", kind=SpeakerKind.PERSON)
    decisions.correct_speaker(said("It must"), other, rita)
    look()
    [row] = cited.changed(own)
    [change] = [change for change in row.changes if change["kind"] == "speaker"]
    assert (change["was"], change["now"]) == ("Ana Roe", "Ana Roe (another of that name)")


def test_rejected_and_undone_takes_itself_back(own, rita):
    decision = decisions.reject(said("nobody knew"), rita)
    assert look() == 1
    assert told(own) == {"nobody knew": ["rejected"]}
    decisions.undo(decision, rita)
    assert look() == 0
    assert told(own) == {}
    row = CitedQuotation.objects.get(uid=said("nobody knew").uid)
    assert (row.changes, row.changed_at, row.seen_at, row.mailed_at) == ([], None, None, None)


def test_what_was_cited_as_rejected_and_is_valid_again(own, rita):
    decision = decisions.reject(said("nobody knew"), rita)
    cited.keep(own, form="html", by=own.owner)
    look()
    decisions.undo(decision, rita)
    look()
    assert told(own) == {"nobody knew": ["returned"]}


def test_gone_by_a_later_reading(own, article):
    doc = tax_document()
    run = store.open_run(provenance("2"))
    store.record_again(article, Document(text=TAX, quotations=doc.quotations[:5]), run)
    look()
    assert told(own) == {"it was sad": ["gone"]}


def test_a_speaker_renamed_and_two_made_one(own, rita):
    decisions.rename(called("US Central Command"), rita, name="CENTCOM")
    decisions.merge(called("Ana Rowe"), called("Ana Roe"), rita)
    look()
    assert told(own) == {"there were no trains": ["speaker"], "she had doubts": ["speaker"]}


def test_made_one_under_the_cited_name_is_no_change(own, rita):
    one = called("Ana Rowe")
    Speaker.objects.filter(pk=one.pk).update(name="Ana Roe")
    look()
    cited.mark_seen(own)
    cited.keep(own, form="html", by=own.owner)
    newest = CollectionExport.objects.order_by("-pk").first()
    decisions.merge(one, called("Ana Roe"), rita)
    look()
    assert not newest.cited.filter(changed_at__isnull=False).exists()


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        (lambda v: v.filter(pk__gt=0).update(title="Tax may rise"), ["title"]),
        (lambda v: v.update(published_on="2026-03-05"), ["date"]),
        (lambda v: v.update(byline="Max Mus"), ["byline"]),
        (lambda _: Outlet.objects.update(name="The Weekly Wire"), ["outlet"]),
        (lambda v: v.first().article.__class__.objects.update(url="https://a.org/"), ["url"]),
        (lambda v: v.update(section="Rail"), []),
        (lambda _: Quotation.objects.update(updated_at=timezone.now()), []),
        (lambda _: Quotation.objects.update(cue="told", updated_at=timezone.now()), []),
    ],
    ids=["title", "date", "byline", "outlet", "url", "section", "touched", "cue"],
)
def test_what_a_reference_says_of_the_article(own, change, kinds):
    change(ArticleVersion.objects)
    look()
    assert set(map(tuple, told(own).values())) == ({tuple(kinds)} if kinds else set())


@pytest.mark.usefixtures("own")
def test_confirming_changes_nothing_that_was_cited(rita):
    decisions.confirm(said("doubts"), rita)
    assert look() == 0


def test_kind_and_paragraph(own):
    row = said("doubts")
    Quotation.objects.filter(pk=row.pk).update(
        kind=Kind.DIRECT, paragraph_index=3, medium="on Twitter", updated_at=timezone.now()
    )
    look()
    assert told(own) == {"she had doubts": ["kind", "medium", "paragraph"]}


# --- newer versions of the article


def in_version(text: str, *words: str, **fields) -> ArticleVersion:
    """Store a newer version that has the quotations with `words`, each by Ana Roe."""
    found = tuple(quotation(text, word, speaker=ROE) for word in words)
    return stored(text, Document(text=text, quotations=found), **fields)


WORDS = ("the café 🚆 tax would rise", "“It must,”", "it was sad")


def narrowed(jo):
    """A collection of what Ana Roe says, exported."""
    row = collections.create(jo, "Roe")
    collections.add(row, [said(word).uid for word in WORDS])
    cited.keep(row, form="docx", by=jo)
    return row


@pytest.mark.usefixtures("article")
def test_a_version_that_has_the_words_is_no_news(jo):
    own = narrowed(jo)
    in_version(TAX + "\nCorrected.\n", *WORDS)
    look()
    assert told(own) == {}


@pytest.mark.usefixtures("article")
def test_words_that_stand_and_are_not_found_as_a_quotation_have_not_gone(jo):
    own = narrowed(jo)
    in_version(TAX + "\nCorrected.\n", *WORDS[:2])
    look()
    assert told(own) == {}


@pytest.mark.usefixtures("article")
def test_a_version_with_other_words_and_one_without(jo):
    own = narrowed(jo)
    text = TAX.replace("tax would rise", "tax would not rise").replace(
        "Roe said it was sad.", "Nothing more was said."
    )
    in_version(text, "the café 🚆 tax would not rise", "“It must,”", title="Tax not to rise")
    look()
    assert told(own) == {
        "the café 🚆 tax would rise": ["reworded", "title"],
        "“It must,”": ["title"],
        "it was sad": ["vanished", "title"],
    }
    row = cited.changed(own).get(uid=said("tax would rise").uid)
    assert row.changes[0] == {
        "kind": "reworded",
        "was": "the café 🚆 tax would rise",
        "now": "the café 🚆 tax would not rise",
    }


@pytest.mark.usefixtures("article")
def test_a_version_that_goes_back_takes_back_what_was_told(jo):
    own = narrowed(jo)
    other = TAX.replace("Roe said it was sad.", "")
    in_version(other, *WORDS[:2], method="web")
    look()
    assert told(own) == {"it was sad": ["vanished"]}
    again = source(TAX, url=URL, method="web", retrieved_at=timezone.now())
    assert store.seen_again(again, store.find_version(again))
    assert ArticleVersion.objects.get(number=1).is_current
    look()
    assert told(own) == {}


@pytest.mark.usefixtures("article")
def test_what_a_later_reading_of_the_newer_version_finds(jo):
    own = narrowed(jo)
    text = TAX.replace("it was sad", "it was very sad")
    newer = in_version(text, *WORDS[:2])
    look()
    assert told(own) == {"it was sad": ["vanished"]}
    words = (*WORDS[:2], "it was very sad")
    found = tuple(quotation(text, word, speaker=ROE) for word in words)
    run = store.open_run(provenance("2"))
    store.record_again(newer, Document(text=text, quotations=found), run)
    look()
    assert told(own) == {"it was sad": ["reworded"]}


def test_cited_when_it_had_vanished_already(jo, article):
    in_version(TAX.replace("Roe said it was sad.", ""), *WORDS[:2])
    row = collections.create(jo, "Roe")
    collections.add(row, [article.quotations.get(content="it was sad").uid])
    cited.keep(row, form="docx", by=jo)
    Quotation.objects.update(updated_at=timezone.now())
    look()
    assert told(row) == {}


# --- deleted, and stored again


def test_deleted_and_stored_again(own, article):
    uid = said("doubts").uid
    CollectionItem.objects.all().delete()
    article.quotations.all().delete()
    Extraction.objects.filter(version=article).delete()
    article.article.delete()
    look()
    assert told(own)["she had doubts"] == ["deleted"]
    assert len(told(own)) == 6
    again = stored()
    look()
    assert told(own) == {}
    row = CitedQuotation.objects.get(uid=uid)
    assert row.quotation == again.quotations.get(uid=uid)


# --- seen, and in whose eyes


def test_seen_is_told_no_more_until_something_else_changes(own, jo, rita):
    decisions.correct_words(said("doubts"), [place("she had")], rita)
    decisions.reject(said("nobody knew"), rita)
    look()
    assert cited.count_unseen(jo) == 2
    assert cited.mark_seen(own, [said("she had").uid]) == 1
    assert cited.count_unseen(jo) == 1
    assert cited.mark_seen(own) == 1
    assert cited.count_unseen(jo) == 0
    decisions.correct_speaker(said("she had"), called("Ana Roe"), rita)
    look()
    assert cited.count_unseen(jo) == 1
    assert cited.changed(own).count() == 2


def test_of_two_changes_one_undone_is_no_news(own, jo, rita):
    row = said("doubts")
    decisions.correct_words(row, [place("she had")], rita)
    second = decisions.correct_speaker(said("she had"), called("Ana Roe"), rita)
    look()
    cited.mark_seen(own)
    decisions.undo(second, rita)
    assert look() == 0
    assert cited.count_unseen(jo) == 0
    assert told(own) == {"she had doubts": ["words"]}


def test_a_quotation_counts_once_however_often_it_was_exported(own, jo, rita):
    cited.keep(own, form="html", by=jo)
    decisions.reject(said("nobody knew"), rita)
    look()
    assert cited.count_unseen(jo) == 1
    [row] = cited.changed(own)
    assert row.export.format == "html"


def test_only_the_owner_is_told(own, rita):
    decisions.reject(said("nobody knew"), rita)
    look()
    assert cited.count_unseen(rita) == 0
    assert cited.count_unseen(AnonymousUser()) == 0
    assert cited.unseen_by_collection(own.owner) == {own.pk: 1}
    rows = collections.with_counts(collections.readable_by(own.owner))
    assert cited.with_changed(rows, own.owner).get().changed_count == 1
    assert cited.with_changed(rows, rita).get().changed_count == 0


# --- the cost of looking


def test_goes_on_where_it_stopped_and_finds_all(own, rita):
    for words in ("nobody knew", "doubts", "no trains"):
        decisions.reject(said(words), rita)
    few = CITED.model_copy(update={"noticed_rows": 1})
    assert notice(until=timezone.now(), params=few) == 3
    assert len(told(own)) == 3
    assert notice(until=timezone.now(), params=few) == 0


def test_looks_at_what_changed_only(own, article, rita):
    """What was cited of other articles costs nothing."""
    look()
    decisions.reject(said("nobody knew"), rita)
    with CaptureQueriesContext(connection) as few:
        assert look() == 1
    other = collections.create(own.owner, "More")
    for n in range(10):
        version = stored(url=f"https://example.org/{n}")
        collections.add(other, list(version.quotations.values_list("uid", flat=True)))
    cited.keep(other, form="ris", by=own.owner)
    look()
    decisions.reject(article.quotations.get(content="she had doubts"), rita)
    with CaptureQueriesContext(connection) as many:
        assert look() == 1
    assert len(many) == len(few)


def test_without_citations_nothing_is_looked_at(article):
    Noticed.objects.create(task=cited.TASK, reached_at=timezone.now() - timedelta(days=300))
    with CaptureQueriesContext(connection) as queries:
        assert look() == 0
    assert len(queries) == 1
    row = collections.create(User.objects.create_user("jo"), "Rail")
    collections.add(row, list(article.quotations.values_list("uid", flat=True)))
    cited.keep(row, form="ris")
    assert Noticed.objects.get().reached_at > timezone.now() - timedelta(minutes=1)


# --- checking again


def test_recheck_compares_everything_now(own, rita):
    decisions.reject(said("nobody knew"), rita)
    found = cited.recheck(own)
    assert (found.checked, found.total, found.changed) == (6, 6, 1)
    assert found.mismatched == []
    assert [row.content for row in found.invalid] == ["nobody knew"]
    few = CITED.model_copy(update={"recheck_items_most": 2})
    assert cited.recheck(own, params=few).checked == 2
