"""One transaction an article, nothing twice, addresses that stay. Runs on SQLite and PostgreSQL."""

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from quotes import store
from quotes.models import (
    Article,
    ArticleVersion,
    CanonicalText,
    Extraction,
    Outlet,
    Quotation,
    QuotationSpan,
    Speaker,
    SpeakerName,
)
from quotes.nlp.document import Act, Document, Evidence, Foreign, Kind, Span, SpeakerKind
from quotes.nlp.document import Speaker as Found
from quotes.rows import paragraph_starts
from tests.builders import (
    MONITOR,
    RAIL,
    ROE,
    UN,
    provenance,
    quotation,
    rail_document,
    source,
    span,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]
TABLES = (Article, ArticleVersion, CanonicalText, Extraction, Quotation, QuotationSpan)
TABLES += (Speaker, SpeakerName, Outlet)


def contents() -> dict[str, int]:
    return {table.__name__: table.objects.count() for table in TABLES}


def test_stores_the_article_and_its_provenance(rail, run):
    assert rail.text.content == RAIL
    assert rail.text.length_chars == len(RAIL)
    assert (rail.number, rail.is_current, rail.title) == (1, True, "Rail tax to rise")
    assert rail.article.outlet.name == "The Daily Wire"
    assert rail.extractions.get().run == run
    assert run.fingerprint == provenance().fingerprint


@pytest.mark.parametrize(
    ("declared", "recognised", "stored"),
    [
        pytest.param("", "es", "es", id="recognised"),
        pytest.param("en-GB", "es", "en-GB", id="declared-stays"),
        pytest.param("", "und", "", id="not-clear"),
    ],
)
def test_the_language_is_the_declared_one_else_the_recognised(run, declared, recognised, stored):
    doc = Document(text=RAIL, language=recognised)
    extraction = store.record(source(language=declared), doc, run)
    assert extraction.version.language == stored
    assert extraction.language == recognised


def test_what_was_not_read_is_stored_with_the_extraction(run):
    part = Foreign(span=Span(start=0, end=len(RAIL)), language="es")
    store.record(source(), Document(text=RAIL, language="es", foreign=(part,)), run)
    version = ArticleVersion.objects.with_language_note().get()
    assert version.language_note == "not extracted: the text is in Spanish"
    assert version.text.content == RAIL
    later = store.open_run(provenance("2"))
    store.record(source(), Document(text=RAIL, language="en"), later)
    assert ArticleVersion.objects.for_list().get().language_note == ""


def test_stores_quotations_with_selectors(quotation):
    assert quotation.content == "the café tax would rise"
    assert (quotation.cue, quotation.mention) == ("said", "The minister, Ana Roe")
    assert quotation.paragraph_index == 2
    assert quotation.prefix == "ax\n\nThe minister, Ana Roe, said "
    assert len(quotation.prefix) == 32
    assert quotation.suffix == ".\n“It must,” Ms Roe told reporte"
    assert (quotation.speaker.name, quotation.speaker_role) == ("Ana Roe", "the minister")


def test_stores_every_span_with_its_rule(quotation):
    found = [(s.role, s.exact, s.rule) for s in quotation.spans.order_by("role")]
    assert found == [
        ("content", "the café tax would rise", ""),
        ("cue", "said", "cue"),
        ("name", "Ana Roe", "own-name"),
        ("source", "The minister, Ana Roe", ""),
    ]


def test_split_content_is_joined_in_words_and_kept_in_pieces(record):
    doc = Document(text=RAIL, quotations=(quotation(RAIL, ("the café", "would rise")),))
    stored = record(source(), doc).version.quotations.get()
    assert stored.content == "the café … would rise"
    assert [s.exact for s in stored.spans_of("content")] == ["the café", "would rise"]


def test_recording_again_stores_nothing(record):
    first = record(source(), rail_document())
    before = contents()
    assert record(source(), rail_document()) == first
    other_run = store.open_run(provenance())
    assert store.record(source(), rail_document(), other_run) == first
    assert contents() == before


def test_same_text_of_another_article_shares_the_text(record):
    record(source(url="https://example.org/a"), rail_document())
    record(source(url="https://example.com/b"), rail_document())
    assert CanonicalText.objects.count() == 1
    assert Article.objects.count() == 2
    assert len(set(Quotation.objects.values_list("uid", flat=True))) == 4


def test_changed_article_becomes_a_new_version(record):
    url = "https://example.org/rail?utm_source=feed"
    old = record(source(url=url), rail_document()).version
    changed = RAIL.replace("would rise", "will not rise")
    new = record(source(changed, url="http://example.org/rail#top")).version
    old.refresh_from_db()
    assert new.article == old.article
    assert (old.number, old.is_current, new.number, new.is_current) == (1, False, 2, True)
    assert Quotation.objects.current().count() == 0
    assert Quotation.objects.count() == 2


def test_an_old_text_read_again_does_not_displace_the_new(record):
    url = "https://example.org/rail"
    old = record(source(url=url), rail_document()).version
    new = record(source(RAIL + "Corrected.", url=url)).version
    assert store.find_version(source(url=url)) == old
    assert record(source(url=url), rail_document()).version == old
    assert Article.objects.get().versions.get(is_current=True) == new


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        pytest.param({}, {"origin": "moved/rail.txt"}, True, id="text-anywhere"),
        pytest.param({}, {"url": "https://a.org/1"}, False, id="address-makes-another"),
        pytest.param({"url": "https://a.org/1"}, {"url": "https://a.org/1#x"}, True, id="address"),
        pytest.param({"url": "https://a.org/1"}, {"url": "https://a.org/2"}, False, id="addresses"),
        pytest.param(
            {"origin_id": "7", "outlet": "A"}, {"origin_id": "7", "outlet": "A"}, True, id="id"
        ),
        pytest.param(
            {"origin_id": "7", "outlet": "A"}, {"origin_id": "7", "outlet": "B"}, False, id="outlet"
        ),
        pytest.param(
            {"origin_id": "7"}, {"origin_id": "7", "origin": "moved.jsonl"}, True, id="moved-file"
        ),
    ],
)
def test_finds_what_is_stored(record, first, second, same):
    stored = record(source(**first)).version
    assert store.find_version(source(**second)) == (stored if same else None)


def test_a_later_run_keeps_rows_of_the_same_words(record):
    record(source(), rail_document())
    before = dict(Quotation.objects.values_list("content", "uid"))
    first, second = rail_document().quotations
    wider = first.evolve(content=(span(RAIL, "said the café tax would rise"),), speaker=UN)
    new = quotation(RAIL, "Rail tax", act=Act.ATTITUDE)
    doc = Document(text=RAIL, quotations=(new, wider, second))
    store.record(source(), doc, store.open_run(provenance("2")))
    after = dict(Quotation.objects.values_list("content", "uid"))
    assert after["said the café tax would rise"] == before["the café tax would rise"]
    assert after["“It must,”"] == before["“It must,”"]
    assert len(after) == 3
    kept = Quotation.objects.get(uid=before["the café tax would rise"])
    assert kept.speaker.name == "United Nations"
    assert [s.exact for s in kept.spans_of("content")] == ["said the café tax would rise"]


def test_what_a_later_run_misses_is_gone_but_not_deleted(record):
    extraction = record(source(), rail_document())
    store.record(source(), Document(text=RAIL), store.open_run(provenance("2")))
    gone = Quotation.objects.filter(status=Quotation.Status.GONE)
    assert gone.count() == 2
    assert all(row.extraction == extraction for row in gone)
    assert QuotationSpan.objects.count() > 0
    store.record(source(), rail_document(), store.open_run(provenance("3")))
    assert Quotation.objects.current().count() == 2
    assert Quotation.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "stored"),
    [
        pytest.param({"speaker_confidence": 0.25}, (0.5, 0.25), id="attributed"),
        pytest.param({}, (0.5, 0.5), id="never-attributed"),
    ],
)
def test_stores_how_sure_words_and_speaker_are(record, fields, stored):
    found = quotation(RAIL, "the café tax would rise", confidence=0.5, **fields)
    record(source(), Document(text=RAIL, quotations=(found,)))
    row = Quotation.objects.get()
    assert (row.confidence, row.speaker_confidence) == stored


def test_only_real_changes_move_updated_at(record):
    record(source(), rail_document())
    before = dict(Quotation.objects.values_list("uid", "updated_at"))
    first, second = rail_document().quotations
    doc = Document(text=RAIL, quotations=(first, second.evolve(confidence=0.1)))
    store.record(source(), doc, store.open_run(provenance("2")))
    moved = [q.content for q in Quotation.objects.all() if before[q.uid] != q.updated_at]
    assert moved == ["“It must,”"]


def test_addresses_are_the_same_in_a_rebuilt_database(record):
    def uids():
        return sorted(Quotation.objects.values_list("uid", flat=True))

    record(source(), rail_document())
    before = uids()
    Quotation.objects.all().delete()
    Article.objects.all().delete()
    record(source(), rail_document())
    assert uids() == before
    assert all(len(uid) == 12 and not set(uid) & set("ilouILOU") for uid in before)


def test_an_address_once_given_is_never_given_to_other_words(record):
    """A row may keep its address while its words move; its first words then need a new one."""
    words = quotation(RAIL, "the café tax would rise")
    wider = quotation(RAIL, "said the café tax would rise")
    record(source(), Document(text=RAIL, quotations=(words,)))
    store.record(
        source(), Document(text=RAIL, quotations=(wider,)), store.open_run(provenance("2"))
    )
    both = Document(text=RAIL, quotations=(wider, words))
    store.record(source(), both, store.open_run(provenance("3")))
    assert Quotation.objects.current().count() == 2


def test_two_quotations_of_the_same_words_are_two(record):
    one = quotation(RAIL, "the café tax would rise", speaker=ROE)
    doc = Document(text=RAIL, quotations=(one, one.evolve(speaker=UN)))
    record(source(), doc)
    assert Quotation.objects.count() == 2
    store.record(source(), doc, store.open_run(provenance("2")))
    assert Quotation.objects.count() == 2


# --- speakers


def test_one_speaker_across_articles(record):
    for number, found in enumerate((UN, Found(name="The UN", kind=SpeakerKind.GROUP))):
        text = f"{number} {RAIL}"
        said = quotation(text, "the café tax would rise", speaker=found)
        record(source(text), Document(text=text, quotations=(said,)))
    speaker = Speaker.objects.get()
    assert (speaker.name, speaker.slug) == ("United Nations", "united-nations")
    names = dict(speaker.names.values_list("name", "reason"))
    assert names["The UN"] == "short for United Nations"
    assert names["UN"] == "so called in an article that names it in full"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        pytest.param("Roe", SpeakerKind.PERSON, id="surname"),
        pytest.param("the coalition", SpeakerKind.GROUP, id="description"),
        pytest.param("Foreign Ministry", SpeakerKind.ORGANISATION, id="shared-name"),
        pytest.param("Путин", SpeakerKind.PERSON, id="no-latin-letters"),
    ],
)
def test_unsafe_names_stay_in_their_article(record, name, kind):
    found = Found(name=name, kind=kind)
    for number in range(2):
        text = f"{number} {RAIL}"
        quotes = (
            quotation(text, "the café tax would rise", speaker=found),
            quotation(text, "“It must,”", speaker=found),
        )
        record(source(text), Document(text=text, quotations=quotes))
    assert Speaker.objects.count() == 2
    assert sorted(Speaker.objects.values_list("quotations", flat=True)) == sorted(
        Quotation.objects.values_list("pk", flat=True)
    )


def test_anonymous_sources_have_no_row(record):
    said = quotation(RAIL, "the café tax would rise", speaker=MONITOR)
    stored = record(source(), Document(text=RAIL, quotations=(said,))).version.quotations.get()
    assert (stored.speaker, stored.speaker_name) == (None, "a monitor")
    assert stored.speaker_kind == "anonymous"


def test_very_long_names_are_cut_where_they_are_shown_only(record):
    words = " ".join(["Roe"] * 500)
    text = f"{words} said the tax would rise."
    found = Found(name=words, kind=SpeakerKind.PERSON, role=words, aliases=(words,))
    said = quotation(text, "the tax would rise", source=words, cue="said", speaker=found)
    stored = record(source(text), Document(text=text, quotations=(said,))).version.quotations.get()
    assert stored.spans_of("source")[0].exact == words
    assert len(stored.mention) == 1000
    assert stored.speaker is not None


# --- what is refused


def test_document_of_another_text_is_refused(run):
    with pytest.raises(store.StoreError, match=r"rail\.txt: the document is of another text"):
        store.record(source(), Document(text=RAIL + " "), run)


def test_unknown_evidence_is_refused_and_nothing_is_stored(run):
    step = Evidence(role="guess", span=span(RAIL, "Ana Roe"))
    said = quotation(RAIL, "the café tax would rise", evidence=(step,))
    before = contents()
    with pytest.raises(store.StoreError, match="unknown role 'guess'"):
        store.record(source(), Document(text=RAIL, quotations=(said,)), run)
    assert contents() == before


def test_a_failure_half_way_stores_nothing(run, monkeypatch):
    def fail(*_):
        raise KeyboardInterrupt

    before = contents()
    monkeypatch.setattr(QuotationSpan.objects, "bulk_create", fail)
    with pytest.raises(KeyboardInterrupt):
        store.record(source(outlet="A"), rail_document(), run)
    assert contents() == before


# --- cost


def long_document(count: int) -> Document:
    lines = [f"Ana Roe{i} Doe said tax {i} would rise." for i in range(count)]
    text = "\n".join(lines)
    quotes = []
    for i in range(count):
        speaker = Found(name=f"Ana Roe{i} Doe", kind=SpeakerKind.PERSON, aliases=(f"Roe{i}",))
        quotes.append(quotation(text, f"tax {i} would rise", speaker=speaker, kind=Kind.INDIRECT))
    return Document(text=text, quotations=tuple(quotes))


def statements(captured: CaptureQueriesContext) -> int:
    """Return the number of statements, without those that open, close and order transactions."""
    frame = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "SELECT pg_advisory")
    return sum(not query["sql"].startswith(frame) for query in captured.captured_queries)


@pytest.mark.parametrize(
    ("count", "expected"),
    [pytest.param(1, (45, 19), id="too-short-for-copies"), pytest.param(10, (47, 19), id="long")],
)
def test_queries_do_not_grow_with_quotations(run, count, expected):
    doc = long_document(count)
    with CaptureQueriesContext(connection) as first:
        store.record(source(doc.text, outlet="A"), doc, run)
    again = store.open_run(provenance("2"))
    with CaptureQueriesContext(connection) as second:
        store.record(source(doc.text, outlet="A"), doc, again)
    assert (statements(first), statements(second)) == expected


# --- at the same time


@pytest.mark.django_db(transaction=True)
def test_two_processes_may_store_the_same_article():
    if connection.vendor == "sqlite":
        pytest.skip("an in-memory SQLite database has one connection")
    run = store.open_run(provenance())
    failures = []

    def work():
        try:
            for _ in range(5):
                store.record(source(outlet="A"), rail_document(), run)
        except Exception as error:  # noqa: BLE001  shown by the assertion below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert (Article.objects.count(), Quotation.objects.count(), Speaker.objects.count()) == (
        1,
        2,
        1,
    )


# --- paragraphs


@given(st.text(alphabet="ab \n\r\t"))
def test_paragraphs_count_lines_with_words(text):
    starts = paragraph_starts(text)
    lines = [line for line in text.replace("\r", "\n").split("\n") if line.strip()]
    assert len(starts) == len(lines)
    assert all(text[start:].startswith(line) for start, line in zip(starts, lines, strict=True))
