"""What a later extraction may change, and what people's decisions hold. Runs on both databases."""

from contextlib import suppress

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from quotes import decisions, matching, store
from quotes.models import ArticleVersion, Extraction, MachineReading, Quotation, Speaker
from quotes.nlp.document import Act, Document, Kind, Span
from quotes.nlp.document import Quotation as Found
from quotes.rows import content_of, fields_json, spans_json
from quotes.search import search
from quotes.search_documents import ROWS
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
from tests.reviewing import reviewer

pytestmark = [pytest.mark.django_db, pytest.mark.database]
WORDS = "the café tax would rise"
WIDER = "said the café tax would rise"
Status, Review = Quotation.Status, Quotation.Review


def again(*found: Found, text: str = RAIL, version: str = "") -> Extraction:
    """Store what a new extractor finds in `text`."""
    run = store.open_run(provenance(version or f"later-{Extraction.objects.count()}"))
    doc = Document(text=text, quotations=found)
    return store.record_again(ArticleVersion.objects.get(text__content=text), doc, run)


def told(extraction: Extraction) -> list[tuple[str, str, str]]:
    return sorted(extraction.changes.values_list("kind", "before", "after"))


@pytest.fixture
def tax(record) -> Quotation:
    """A stored quotation of Ana Roe, the only one of its article."""
    record(source(), Document(text=RAIL, quotations=(said(),)))
    return Quotation.objects.get()


def said(words: str = WORDS, speaker=ROE, **fields) -> Found:
    return quotation(RAIL, words, speaker=speaker, **fields)


def fresh(row: Quotation) -> Quotation:
    return Quotation.objects.get(pk=row.pk)


def state(row: Quotation):
    """Return all of a row that a reader sees, and when it last changed."""
    row = fresh(row)
    return row.uid, fields_json(row), spans_json(row.spans.all()), row.updated_at, row.review


# --- what changed is told


def test_the_first_extraction_has_nothing_to_tell(record):
    assert told(record(source(), rail_document())) == []


@pytest.mark.parametrize(
    ("found", "changes"),
    [
        pytest.param([said()], [], id="nothing"),
        pytest.param([said(confidence=0.1)], [], id="doubt-is-no-change-of-words-or-speaker"),
        pytest.param([], [("gone", WORDS, "")], id="gone"),
        pytest.param([said(WIDER)], [("words", WORDS, WIDER)], id="words"),
        pytest.param(
            [said(speaker=UN)], [("speaker", "Ana Roe", "United Nations")], id="another-row"
        ),
        pytest.param([said(speaker=MONITOR)], [("speaker", "Ana Roe", "a monitor")], id="no-row"),
        pytest.param([said(speaker=None)], [("speaker", "Ana Roe", "")], id="nobody"),
        pytest.param(
            [said(), said("“It must,”")], [("new", "", "“It must,”")], id="new-beside-the-same"
        ),
        pytest.param(
            [said(WIDER, UN)],
            [("speaker", "Ana Roe", "United Nations"), ("words", WORDS, WIDER)],
            id="words-and-speaker",
        ),
    ],
)
def test_tells_what_changed(tax, found, changes):
    assert told(again(*found)) == changes
    assert Quotation.objects.get(uid=tax.uid).pk == tax.pk


def test_tells_what_is_back(tax):
    again()
    assert told(again(said(speaker=UN))) == [("back", "", WORDS)]
    assert fresh(tax).speaker.name == "United Nations"


def test_another_name_for_the_same_speaker_is_no_other_speaker(tax):
    titled = ROE.model_copy(update={"name": "Ms Ana Roe"})
    assert told(again(said(speaker=titled))) == []
    assert fresh(tax).speaker_name == "Ms Ana Roe"


# --- unchanged things stay unchanged


def test_what_is_the_same_moves_nothing_but_its_extraction(record):
    record(source(), rail_document())
    rows = list(Quotation.objects.order_by("pk"))
    before = [state(row) for row in rows]
    spans = set(rows[0].spans.values_list("pk", flat=True))
    extraction = again(*rail_document().quotations)
    assert [state(row) for row in rows] == before
    assert set(rows[0].spans.values_list("pk", flat=True)) == spans
    assert {row.extraction_id for row in Quotation.objects.all()} == {extraction.pk}


def test_other_evidence_alone_is_a_change_that_mirrors_see(tax):
    again(said(cue="said"))
    before = fresh(tax)
    again(said(cue=(span(RAIL, "told"),)))
    assert fresh(tax).updated_at > before.updated_at
    moved = fresh(tax).updated_at
    again(said(cue=(span(RAIL, "told"),)))
    assert fresh(tax).updated_at == moved


def test_a_place_in_the_order_is_the_article_s_and_moves_no_quotation(tax):
    before = state(tax)
    again(said("Rail tax", None), said())
    assert fresh(tax).position == 1
    assert state(tax) == before


def test_the_same_run_object_cannot_read_twice_past_another(tax, run):
    again(said(UN.name) if UN.name in RAIL else said())
    version = tax.version
    with pytest.raises(store.StoreError, match="open a new run"):
        store.record_again(version, Document(text=RAIL), run)


def test_a_document_of_another_text_is_refused(tax, run):
    with pytest.raises(store.StoreError, match=f"article {tax.version.article.uid}: the document"):
        store.record_again(tax.version, Document(text=RAIL + " "), run)


def test_the_index_has_the_new_words_and_each_quotation_once(tax):
    again(said(WIDER), said("“It must,”"))
    rows = Quotation.objects.all()
    assert list(search(rows, "said café")) == list(search(rows, "tax")) == [fresh(tax)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {ROWS}")  # noqa: S608  a constant
        assert cursor.fetchone() == (2,)


# --- what people decided stays


@pytest.fixture
def jo() -> User:
    return reviewer()


@pytest.mark.parametrize(
    ("found", "changes"),
    [
        pytest.param([said()], [], id="the-same"),
        pytest.param([said(WIDER)], [("kept", WORDS, WIDER)], id="words"),
        pytest.param([said(speaker=UN)], [("kept", "Ana Roe", "United Nations")], id="speaker"),
        pytest.param(
            [said(WIDER, UN)],
            [("kept", f"Ana Roe: {WORDS}", f"United Nations: {WIDER}")],
            id="both",
        ),
        pytest.param([], [("kept", WORDS, "")], id="not-found"),
    ],
)
def test_a_confirmed_one_stays_and_the_machine_is_written_beside(tax, jo, found, changes):
    decisions.confirm(tax, jo)
    before = state(tax)
    extraction = again(*found)
    assert told(extraction) == changes
    assert state(tax) == before
    assert Quotation.objects.count() == 1
    reading = MachineReading.objects.get()
    assert reading.found == bool(found)
    if found:
        assert content_of(reading.spans) == list(found[0].content)
        assert reading.fields["speaker_name"] == found[0].speaker.name
        assert reading.extraction == extraction
    later = again(*found)  # the machine says it again: no news
    assert told(later) == []
    assert state(tax) == before


def test_a_machine_that_comes_to_agree_is_no_news(tax, jo):
    other = said("“It must,”", UN)
    again(said(), other)
    decisions.correct_speaker(tax, Speaker.objects.get(name="United Nations"), jo)
    assert told(again(said(speaker=UN), other)) == []


@pytest.mark.parametrize(
    "found", [[], [said()], [said(WIDER, UN)]], ids=["missed", "same", "other"]
)
def test_a_rejected_one_stays_rejected(tax, jo, found):
    decisions.reject(tax, jo)
    before = state(tax)
    assert told(again(*found)) == []
    assert state(tax) == before
    assert fresh(tax).status == Status.REJECTED
    assert not Quotation.objects.current().exists()


def test_a_rejected_one_that_is_found_again_is_told(tax, jo):
    decisions.reject(tax, jo)
    again()
    assert told(again(said())) == [("kept", "", WORDS)]


@pytest.mark.parametrize(
    "words", [WORDS, WIDER, "café tax would rise"], ids=["as-before", "as-shown", "like-both"]
)
def test_corrected_words_are_found_by_both_readings(tax, jo, words):
    whole = span(RAIL, "Ana Roe, said the café tax would rise.\n“It must,”")
    decisions.correct_words(tax, [(whole.start, whole.end)], jo)
    before = state(tax)
    again(said(words))
    assert state(tax) == before
    assert Quotation.objects.count() == 1
    assert MachineReading.objects.get().found


def test_corrected_words_are_found_as_the_machine_newly_has_them(tax, jo):
    """The machine's words move away from what people see, step by step: still the same one."""
    decisions.correct_words(tax, [(0, 8)], jo)
    for words in (WIDER, "Ana Roe, said the café tax would rise"):
        again(said(words))
        assert Quotation.objects.count() == 1


def test_what_overlaps_a_reviewed_one_is_no_second_quotation(tax, jo):
    """Two halves of what people see as one: the better one is it, the other is not shown."""
    whole = span(RAIL, "tax would rise.\n“It must")
    decisions.correct_words(tax, [(whole.start, whole.end)], jo)
    before = state(tax)
    halves = (said("tax would rise."), said("“It must,”"))
    wide = said("café tax would rise.\n“It must,”")
    again(halves[0], wide)
    assert Quotation.objects.count() == 1
    assert state(tax) == before


def test_one_that_is_gone_does_not_come_back_under_a_reviewed_one(record, jo):
    record(source(), Document(text=RAIL, quotations=(said(), said(WIDER))))
    one, gone = Quotation.objects.order_by("pk")
    again(said())
    assert fresh(gone).status == Status.GONE
    decisions.confirm(one, jo)
    again(said(), said(WIDER))
    assert fresh(gone).status == Status.GONE
    again(said(WIDER))
    assert fresh(gone).status == Status.GONE
    assert MachineReading.objects.get().found


def test_of_two_with_the_same_words_each_keeps_its_speaker(record, jo):
    record(source(), Document(text=RAIL, quotations=(said(), said(speaker=UN))))
    roe, united = Quotation.objects.order_by("pk")
    decisions.reject(roe, jo)
    again(said(speaker=UN))
    assert fresh(united).status == Status.CURRENT
    assert fresh(roe).status == Status.REJECTED
    again(said(speaker=UN), said())  # the other way round
    assert fresh(united).speaker.name == "United Nations"
    assert list(Quotation.objects.current()) == [united]


def test_the_last_undo_shows_what_the_newest_machine_says(tax, jo):
    decision = decisions.confirm(tax, jo)
    extraction = again(said(WIDER, UN))
    decisions.undo(decision, jo)
    row = fresh(tax)
    assert (row.content, row.speaker.name) == (WIDER, "United Nations")
    assert (row.extraction, row.status) == (extraction, Status.CURRENT)
    assert told(again(said(WIDER, UN))) == []


def test_the_last_undo_of_what_is_found_no_more(tax, jo):
    decision = decisions.reject(tax, jo)
    again()
    decisions.undo(decision, jo)
    assert fresh(tax).status == Status.GONE


def test_kept_ones_have_their_place_in_the_text_s_order(record, jo):
    record(source(), rail_document())
    first, second = Quotation.objects.order_by("position")
    decisions.confirm(first, jo)
    again(said("Rail tax", None), rail_document().quotations[1])
    contents = Quotation.objects.current().order_by("position").values_list("content", flat=True)
    assert list(contents) == ["Rail tax", first.content, second.content]
    assert list(Quotation.objects.current().order_by("position").values_list("position")) == [
        (0,),
        (1,),
        (2,),
    ]


# --- cost


def many(count: int) -> Document:
    text = "\n".join(f"Ana Roe{i} Doe said tax {i} would rise." for i in range(count))
    quotes = []
    for i in range(count):
        speaker = ROE.model_copy(update={"name": f"Ana Roe{i} Doe", "aliases": ()})
        quotes.append(quotation(text, f"tax {i} would rise", speaker=speaker, kind=Kind.INDIRECT))
    return Document(text=text, quotations=tuple(quotes))


def statements(version: ArticleVersion, doc: Document) -> int:
    """Return how many statements it takes a new extractor to store `doc`."""
    run = store.open_run(provenance(f"later-{Extraction.objects.count()}"))
    with CaptureQueriesContext(connection) as captured:
        store.record_again(version, doc, run)
    frame = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return sum(not query["sql"].startswith(frame) for query in captured.captured_queries)


def cost(count: int, user: User) -> tuple[int, ...]:
    """Return the statements for twice `count` quotations, half of them reviewed: all the same, all
    of another speaker, none found, all found again."""
    doc = many(2 * count)
    run = store.open_run(provenance("first"))
    version = store.record(source(doc.text), doc, run).version
    for row in version.quotations.filter(position__gte=count):
        decisions.confirm(row, user)
    other = tuple(q.evolve(speaker=UN) for q in doc.quotations)
    found = (doc.quotations, other, (), doc.quotations)
    return tuple(statements(version, Document(text=doc.text, quotations=each)) for each in found)


def test_queries_do_not_grow(jo):
    cost(2, jo)  # afterwards the other speaker is known
    cost(10, jo)  # and there are others to compare with
    few, lots = cost(20, jo), cost(40, jo)
    # A batch more of some tables' rows to write.
    assert all(more - fewer <= 2 for fewer, more in zip(few, lots, strict=True))
    # Reading, locking and writing each table once; speakers, their names, links and counts; and
    # comparing what was found with what others report.
    assert max(few) <= 65


# --- any sequence of extractions and decisions

TEXT = "abcdefghij klmnopqrst uvwxyz. " * 2
contents = st.builds(
    lambda start, length: Span(start=start, end=min(len(TEXT), start + length)),
    st.integers(0, len(TEXT) - 2),
    st.integers(1, 25),
)
found_quotations = st.builds(
    lambda content, speaker, confidence: Found(
        content=(content,),
        kind=Kind.INDIRECT,
        act=Act.SPEECH,
        speaker=speaker,
        confidence=confidence,
    ),
    contents,
    st.sampled_from([None, ROE, UN, MONITOR]),
    st.sampled_from([0.5, 0.9]),
)
documents = st.lists(found_quotations, max_size=4).map(
    lambda found: Document(
        text=TEXT, quotations=tuple(sorted(found, key=lambda q: q.content[0].start))
    )
)
deeds = st.tuples(
    st.sampled_from(["confirm", "reject", "words", "speaker", "undo"]), st.integers(0, 7), contents
)
steps = st.lists(st.one_of(documents, documents, deeds), min_size=2, max_size=8)


def decide(deed: tuple[str, int, Span], user: User) -> None:
    """Let a person do something to a quotation, where that can be done."""
    kind, number, content = deed
    rows = list(Quotation.objects.order_by("pk"))
    if not rows:
        return
    row = rows[number % len(rows)]
    done = list(row.decisions.filter(undone_by=None).exclude(kind="undo"))
    acts = {
        "confirm": lambda: decisions.confirm(row, user),
        "reject": lambda: decisions.reject(row, user),
        "words": lambda: decisions.correct_words(row, [(content.start, content.end)], user),
        "speaker": lambda: decisions.correct_speaker(row, decisions.Unnamed("a witness"), user),
        "undo": lambda: decisions.undo(done[0], user) if done else None,
    }
    with suppress(decisions.Refused):
        acts[kind]()


class Sequences(TestCase):
    """Whatever extractors find and people decide, in whatever order."""

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(first=documents, then=steps)
    def test_any_sequence(self, first: Document, then: list) -> None:
        user = reviewer()
        run = store.open_run(provenance("0"))
        version = store.record(source(TEXT), first, run).version
        for number, step in enumerate(then, start=1):
            if isinstance(step, Document):
                self._extract(version, step, number)
            else:
                decide(step, user)

    def _extract(self, version: ArticleVersion, doc: Document, number: int) -> None:
        before = {row.pk: row for row in Quotation.objects.all()}
        states = {pk: state(row) for pk, row in before.items()}
        decided = [ways_of(row) for row in before.values() if row.review]
        run = store.open_run(provenance(str(number)))
        extraction = store.record_again(version, doc, run)
        after = {row.pk: row for row in Quotation.objects.prefetch_related("spans")}
        assert before.keys() <= after.keys()
        kinds: dict[int, set[str]] = {}
        for pk, kind in extraction.changes.values_list("quotation", "kind"):
            kinds.setdefault(pk, set()).add(kind)
        for pk, row in after.items():
            self._check(before.get(pk), row, states.get(pk), kinds.get(pk, set()))
        self._check_order(after)
        self._check_twins(before, after, decided)

    def _check(self, old, row, was, kinds) -> None:
        if old is None:
            assert (kinds, row.review, row.status) == ({"new"}, "", "current")
            return
        now = state(row)
        assert now[0] == was[0]
        if old.review:
            assert now == was
            assert row.extraction_id == old.extraction_id
            assert kinds <= {"kept"}
            assert hasattr(row, "machine_reading")
            return
        assert row.status != "rejected"
        shown = now[1:3] == was[1:3]
        assert (now[3] == was[3]) == shown
        expected = {("current", "gone"): {"gone"}, ("gone", "current"): {"back"}}.get(
            (old.status, row.status), set()
        )
        if old.status == row.status == "current":
            if content_of(was[2]) != content_of(now[2]):
                expected.add("words")
            speakers = [
                fields["speaker_id"] or fields["speaker_name"] for fields in (was[1], now[1])
            ]
            if speakers[0] != speakers[1]:
                expected.add("speaker")
        assert kinds == expected

    def _check_order(self, after) -> None:
        shown = [row for row in after.values() if row.status != "gone"]
        places = [row.position for row in shown]
        assert sorted(places) == list(range(len(places)))
        starts = [
            row.spans_of("content")[0].start for row in sorted(shown, key=lambda r: r.position)
        ]
        assert starts == sorted(starts)

    def _check_twins(self, before, after, decided) -> None:
        """Nothing that was not shown before now stands beside what people decided on."""
        for row in after.values():
            was = before.get(row.pk)
            if row.review or row.status == "gone" or (was and was.status == "current"):
                continue
            assert matching.alike(ways_of(row), decided) == {}


def ways_of(row: Quotation) -> list[list[Span]]:
    """Return the words of a quotation, as shown and as the machine last had them."""
    shown = content_of(spans_json(row.spans.all()))
    reading = MachineReading.objects.filter(quotation=row).first() if row.review else None
    return [shown, content_of(reading.spans)] if reading else [shown]
