"""Checking drafts: what counts of words, what is quoted, what the archive says of it."""

from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotes import draft_pages, draft_reading, drafts
from quotes.draft_judging import NOTE_WORDS, STATUS_MEANS, STATUS_SYMBOLS, STATUS_WORDS, Status
from quotes.draft_matching import match
from quotes.draft_quotations import DraftQuotation, block_spans, find, place_after, plain
from quotes.draft_speakers import Same, same_speaker
from quotes.draft_words import wording
from quotes.models import Quotation
from quotes.nlp.document import Document, Kind
from quotes.params import CHECKING
from tests import builders
from tests.conftest import Recorder
from tests.quotes import draft_gold

MARKS = "“”\"‘’'«»„`,.…[]>-—\n \t*_()#!?"
ANY_TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from(MARKS + "aBé1٣東ß\u0301\u00ad\u200d"), st.characters(codec="utf-8")
    ),
    max_size=200,
)


# --- words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("It must", "It  must", id="spaces"),
        pytest.param("don't", "don’t", id="apostrophes"),
        pytest.param("now – or never", "now—or never", id="dashes"),
        pytest.param("he called it ‘bad’", 'he called it "bad"', id="inner marks"),
        pytest.param("the ﬁnal", "the final", id="ligature"),
        pytest.param("co\u00adoperate", "cooperate", id="soft hyphen"),
        pytest.param("cafe\u0301", "café", id="composed"),
        pytest.param("it *must* rise", "it must rise", id="emphasis"),
        pytest.param("It must,", "It must.", id="stops at the end"),
        pytest.param("It must", "it must", id="first letter"),
    ],
)
def test_typography_does_not_count(one: str, other: str) -> None:
    found = match(wording(one), wording(other))
    assert found is not None
    assert found.is_same


@pytest.mark.parametrize(
    ("draft", "archive", "problem"),
    [
        pytest.param("it must rise now", "it must not rise now", "words", id="negation"),
        pytest.param("we need 2,500 men", "we need 25,000 men", "words", id="number"),
        pytest.param("it cost us $5 a day", "it cost us £5 a day", "signs", id="currency"),
        pytest.param("we told Us so", "we told US so", "capitals", id="capitals"),
        pytest.param("It must?", "It must.", "signs", id="question"),
        pytest.param("It must.", "It must!", "signs", id="exclamation lost"),
        pytest.param("no, more taxes", "no more taxes", "signs", id="comma put in"),
        pytest.param("it must rise", "it … must rise", "ellipsis", id="ellipsis closed"),
        pytest.param("the resumes are here", "the résumés are here", "words", id="accents"),
        pytest.param("it rose by 5 points", "it rose by 5% points", "signs", id="per cent"),
        pytest.param("ten per m2 it is", "ten per m² it is", "words", id="power"),
        pytest.param("we will … ration it", "we will not ration it", "turned", id="not elided"),
        pytest.param("we will … ration it", "we will not, ever, ration it", "turned", id="not …"),
        pytest.param("it was … a win", "it was a fight and hardly a win", "turned", id="hardly a"),
        pytest.param("we will [not] pay", "we will pay", "turned", id="not in brackets"),
        pytest.param("we [gladly] will pay", "we never will pay", "turned", id="put over never"),
        pytest.param("[don't] pay the tax", "pay the tax", "turned", id="before the first word"),
        pytest.param("they are [un]able men", "they are able men", "turned", id="un in brackets"),
    ],
)
def test_everything_else_does(draft: str, archive: str, problem: str) -> None:
    found = match(wording(draft), wording(archive))
    assert found is not None
    assert problem in found.problems


@pytest.mark.parametrize(
    ("draft", "archive"),
    [
        pytest.param("the tax … must rise", "the tax on rail must rise", id="ellipsis"),
        pytest.param("the tax [...] must rise", "the tax on rail must rise", id="in brackets"),
        pytest.param("the tax . . . must rise", "the tax on rail must rise", id="spaced dots"),
        pytest.param("[the tax] must rise", "it must rise", id="for a pronoun"),
        pytest.param("it [the tax] must rise", "it must rise", id="put in"),
        pytest.param("they walk[ed] home", "they walk home", id="letters of a word"),
        pytest.param("“[T]he tax must rise", "and the tax must rise", id="a letter"),
        pytest.param("the tax [sic] must rise", "the tax must rise", id="sic"),
        pytest.param("mines [IED] at the wall", "mines [IED] at the wall", id="the archive's own"),
        pytest.param("really … no", "really … no", id="the archive's own ellipsis"),
        pytest.param("we [will not] pay it", "we won't pay it", id="the same in other words"),
        pytest.param("we will … pay it", "we will, not gladly, pay it", id="negates itself alone"),
        pytest.param("it must rise … it must fall", "it must rise. No more. it must fall", id="no"),
    ],
)
def test_what_writers_do_openly_is_understood(draft: str, archive: str) -> None:
    found = match(wording(draft), wording(archive))
    assert found is not None
    assert found.is_same


@pytest.mark.parametrize(
    ("archive", "told"),
    [
        ("we will not ration the water", {True}),
        ("I don't think we ration the water", {True}),
        ("we will not, so ration the water", {False}),
        ("we will now ration the water", {False}),
        ("ration the water, not the beer", {False}),
    ],
)
def test_a_part_says_what_stands_right_before_it(archive: str, told: set[bool]) -> None:
    found = match(wording("ration the water"), wording(archive))
    assert found is not None
    assert found.is_same
    assert {found.is_cut_off} == told


def test_words_out_of_order_are_not_the_same() -> None:
    draft, archive = "the bells hang, the tower stands", "the tower stands, the bells hang"
    found = match(wording(draft), wording(archive))
    assert found is None or not found.is_same


def test_other_words_do_not_match() -> None:
    assert match(wording("we will build a railway"), wording("the tower stands alone")) is None


def test_an_ellipsis_between_single_words_proves_nothing() -> None:
    found = match(wording("we … will … win"), wording("we think that nobody will ever win"))
    assert found is None or not found.is_same


def test_joined_sentences_of_a_report_are_told_from_interrupted_speech() -> None:
    archive = "it is too low … and must rise"
    places = [(0, 13), (16, 29)]
    draft = wording("it is too low and must rise")
    interrupted = match(draft, wording(archive, places), is_split=True)
    reported = match(draft, wording(archive, places), is_split=False)
    assert interrupted is not None
    assert interrupted.is_same
    assert reported is not None
    assert reported.problems == {"ellipsis"}


@given(ANY_TEXT)
def test_words_stand_where_they_are_said_to(text: str) -> None:
    found = wording(text)
    last = 0
    for word in found.words:
        assert last <= word.start < word.end <= len(text)
        assert word.exact
        last = word.end


@given(ANY_TEXT)
def test_words_equal_themselves(text: str) -> None:
    words = wording(text)
    found = match(words, words)
    assert (found is None) == (not words.words)
    assert found is None or found.is_same


@given(ANY_TEXT, ANY_TEXT)
def test_the_same_is_only_said_of_words_in_order(draft: str, archive: str) -> None:
    ours, theirs = wording(draft), wording(archive)
    found = match(ours, theirs)
    if found is None or not found.is_same:
        return
    kept = [w.key for w in ours.words if not w.is_inserted and not w.is_mended]
    rest = iter(theirs.keys)
    assert all(key in rest for key in kept)


# --- what a draft quotes


@given(ANY_TEXT)
def test_plain_text_has_the_offsets_of_the_draft(text: str) -> None:
    assert len(plain(text)) == len(text)


@given(ANY_TEXT)
def test_quotations_lie_in_the_draft(text: str) -> None:
    found = find(plain(text), (), block_spans(text)).quotations
    assert [q.number for q in found] == list(range(1, len(found) + 1))
    for quotation in found:
        assert 0 <= quotation.start < quotation.end <= len(text)
        assert all(0 <= start < end <= len(text) for start, end in quotation.pieces)
        assert quotation.start < place_after(text, quotation) <= quotation.end


@given(ANY_TEXT)
def test_the_shown_draft_is_the_draft(text: str) -> None:
    quotations = find(plain(text), (), block_spans(text)).quotations
    items = tuple(drafts.Checked(q, "", Status.NOT_FOUND, (), ()) for q in quotations)
    report = drafts.Report(text, items, 0, len(text), 0)
    shown = draft_pages.parts(text, draft_pages.items(report, {}, {}, {}))
    assert "".join(part.text for part in shown) == text
    numbers = [part.item.number for part in shown if part.item and part.begins]
    assert numbers == [quotation.number for quotation in quotations]


@pytest.mark.parametrize("text", ["“" * 5000, "> " * 5000, "[" * 5000, '"a ' * 3000, "‘a’" * 3000])
def test_a_draft_of_marks_ends(text: str) -> None:
    quotations = find(plain(text), (), block_spans(text)).quotations
    for quotation in quotations[:50]:
        words = wording(plain(text), quotation.pieces)
        match(words, words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(
            "He said:\n\n> It must rise soon.\n> Very soon.\n",
            ["It must rise soon. Very soon."],
            id="Markdown",
        ),
        pytest.param(
            "He said:\n\n    It must rise soon.\n\nSo.", ["It must rise soon."], id="set in"
        ),
        pytest.param("A list\n\n    It must rise soon.\n", [], id="set in for no quotation"),
        pytest.param("> “It must rise soon.”\n> — Ana Roe\n", ["It must rise soon."], id="signed"),
        pytest.param(
            "“It must rise,\n\n“and soon,” he said.",
            ["It must rise,", "and soon,"],
            id="over paragraphs",
        ),
        pytest.param("a “nickname” only", [], id="too short without a speaker"),
    ],
)
def test_what_is_quoted(text: str, words: list[str]) -> None:
    found = find(plain(text), (), block_spans(text)).quotations
    shown = [plain(text)[start:end] for q in found for start, end in q.pieces]
    assert [" ".join(piece.split()) for piece in shown] == words


def test_a_link_leaves_its_words() -> None:
    text = "“The [tax](https://example.org/a) must rise,” he said."
    (quotation,) = find(plain(text)).quotations
    assert wording(plain(text), quotation.pieces).keys == ["the", "tax", "must", "rise"]


# --- whom draft and archive name


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("Roe", "person", ""), ("Ana Roe", "person", ""), Same.YES),
        (("Ms Roe", "person", ""), ("Mr Roe", "person", ""), Same.NO),
        (("Jane Roe", "person", ""), ("Ana Roe", "person", ""), Same.NO),
        (("Bob Smith", "person", ""), ("Robert Smith", "person", ""), Same.YES),
        (("UN", "organisation", ""), ("United Nations", "organisation", ""), Same.YES),
        (("SDF", "organisation", ""), ("Syrian Democratic Forces", "group", ""), Same.YES),
        (
            ("US military", "organisation", ""),
            ("US Central Command", "organisation", ""),
            Same.UNKNOWN,
        ),
        (
            ("Dana Lee", "person", "a Pentagon spokeswoman"),
            ("Pentagon", "organisation", ""),
            Same.UNKNOWN,
        ),
        (("Dana Lee", "person", "a baker"), ("Pentagon", "organisation", ""), Same.NO),
        (("a monitor", "anonymous", ""), ("Ana Roe", "person", ""), Same.UNKNOWN),
        (("", "person", ""), ("Ana Roe", "person", ""), Same.UNKNOWN),
    ],
)
def test_same_speaker(one: tuple[str, str, str], other: tuple[str, str, str], same: Same) -> None:
    found = same_speaker(
        [one[0]], one[1], one[2], other_names=[other[0]], other_kind=other[1], other_role=other[2]
    )
    assert found is same


# --- against the archive


def nothing(text: str) -> Document:
    return Document(text=text)


def roe(text: str) -> Document:
    """Return a document in which the first words in marks are Ana Roe's."""
    start, end = text.index("“"), text.index("”") + 1
    said = builders.quotation(text, text[start:end], kind=Kind.DIRECT, speaker=builders.ROE)
    return Document(text=text, quotations=(said,))


def checked(text: str, extract: Any = nothing, **changes: Any) -> drafts.Report:
    params = CHECKING.model_copy(update=changes)
    reading = draft_reading.read(text, extract=extract, params=params)
    return drafts.check(text, reading, Quotation.objects.all(), params=params)


@pytest.mark.django_db
@pytest.mark.database
@pytest.mark.usefixtures("rail")
def test_a_quotation_is_found_with_its_source() -> None:
    (item,) = checked("She said “It must” and left.", roe).items
    assert item.status is Status.VERBATIM
    assert item.source is not None
    assert item.source.quotation.content == "“It must,”"
    assert item.source.problems == ()


@pytest.mark.django_db
@pytest.mark.database
@pytest.mark.parametrize(
    ("archived", "drafted"),
    [
        ("We will be ready", "We will not be ready"),
        ("We will not be ready", "We will be ready"),
        ("We will be ready", "We won’t be ready"),
        ("It will cost jobs", "It will never cost jobs"),
        ("We could not stop it", "We could stop it"),
    ],
)
def test_a_not_is_told_in_a_few_words_of_whoever_is_named(
    record: Recorder, archived: str, drafted: str
) -> None:
    text = f"“{archived},” Ana Roe said."
    said = builders.quotation(text, f"“{archived},”", kind=Kind.DIRECT, speaker=builders.ROE)
    record(builders.source(text), Document(text=text, quotations=(said,)))
    (item,) = checked(f"The harbour master promised: “{drafted}.”").items
    assert item.status is Status.ALTERED
    assert item.source is not None
    assert item.source.quotation.content == f"“{archived},”"


@pytest.mark.django_db
@pytest.mark.usefixtures("rail")
def test_what_the_evidence_no_longer_bears_out_is_not_verbatim() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("takes SQLite's guards away")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER guard_kept_canonicaltext")
        cursor.execute("UPDATE quotes_canonicaltext SET content = replace(content, 'must', 'may')")
    (item,) = checked("She said “It must” and left.", roe).items
    assert item.status is Status.UNCHECKED
    assert "orphaned" in item.notes


@pytest.mark.django_db
@pytest.mark.database
@pytest.mark.usefixtures("rail")
def test_a_report_in_marks_is_nobodys_wording() -> None:
    (item,) = checked("Ana Roe said “the café tax would rise” soon.", roe).items
    assert item.status is Status.PARAPHRASE


@pytest.mark.django_db
@pytest.mark.database
def test_reviewed_sources_go_first_then_the_earliest(record: Recorder) -> None:
    text = "“The tax on rail must rise again,” said Ana Roe.\n"
    for number, day in enumerate(("2026-03-04", "2026-03-02", "2026-03-03")):
        source = builders.source(
            text + f"{number}\n", origin=f"{number}", published_on=day, title=day
        )
        record(source, roe(text + f"{number}\n"))
    Quotation.objects.filter(version__title="2026-03-04").update(review="confirmed")
    (item,) = checked("“The tax on rail must rise again,” said Ana Roe.", roe).items
    days = [str(source.quotation.version.published_on) for source in item.sources]
    assert days == ["2026-03-04", "2026-03-02", "2026-03-03"]


@pytest.mark.django_db
@pytest.mark.database
def test_a_source_that_says_the_opposite_is_told(record: Recorder) -> None:
    for number, words in enumerate(("We will tax the", "We will not tax the")):
        text = f"“{words} 14 trains this year,” said Ana Roe.\n{number}\n"
        record(builders.source(text, origin=f"{number}"), roe(text))
    (item,) = checked("“We will not tax the 14 trains this year,” said Ana Roe.", roe).items
    assert [source.status for source in item.sources] == [Status.VERBATIM, Status.ALTERED]
    assert "disputed" in item.notes


@pytest.mark.django_db
@pytest.mark.database
@pytest.mark.usefixtures("rail")
def test_too_many_quotations_are_said_to_be_unchecked() -> None:
    report = checked("“It must rise now.” “It must rise soon.”", quotations_most=1)
    assert [item.status for item in report.items][1:] == [Status.UNCHECKED]


@pytest.mark.django_db
@pytest.mark.usefixtures("rail")
def test_a_late_reader_leaves_the_rest_without_speakers() -> None:
    text = "She said “It must” and left.\n\nShe said “Nobody ever said so” and stayed.\n"
    report = checked(text, roe, read_slice_chars=30, read_most_s=-1.0)
    assert report.read_to == text.index("\n\n") + 2
    assert [bool(item.quotation.speaker) for item in report.items] == [True, False]


@pytest.mark.django_db
@pytest.mark.usefixtures("rail")
def test_slices_keep_the_offsets() -> None:
    text = "Nothing at all here.\n\nShe said “It must” and left.\n"

    def extract(part: str) -> Document:
        return roe(part) if "“" in part else Document(text=part)

    (item,) = checked(text, extract, read_slice_chars=25).items
    assert text[item.quotation.start : item.quotation.end] == "“It must”"


@pytest.mark.django_db
@pytest.mark.usefixtures("rail")
def test_what_is_too_long_is_neither_read_through_nor_looked_up_and_says_so() -> None:
    text = f"Ana Roe said “It must {'go on and ' * 400} rise.” She said “It must” and left.\n"
    read: list[str] = []

    def extract(part: str) -> Document:
        read.append(part)
        if "“It must”" not in part:
            return Document(text=part)
        said = builders.quotation(part, "“It must”", kind=Kind.DIRECT, speaker=builders.ROE)
        return Document(text=part, quotations=(said,))

    limits = {"quotation_most_chars": 2_000, "long_edge_chars": 40, "read_slice_chars": 500}
    report = checked(text, extract, **limits)
    long, short = report.items
    assert (long.status, long.notes) == (Status.UNCHECKED, ("too-long",))
    assert short.status is Status.VERBATIM
    assert short.quotation.speaker, "what stands behind it is read where it stands"
    opening, closing = text.index("“"), text.index("”") + 1
    assert read == [text[: opening + 40], text[closing - 40 :]]
    assert report.read_to == len(text), "nothing is said to be unread that nobody wants read"


@pytest.mark.django_db
@pytest.mark.usefixtures("rail")
def test_queries_do_not_grow_with_what_is_found(django_assert_max_num_queries: Any) -> None:
    one = "Ana Roe said “It must” and left."
    with django_assert_max_num_queries(16):
        checked(one, roe)


@pytest.mark.django_db
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=ANY_TEXT)
def test_any_text_can_be_checked(text: str) -> None:
    report = checked(text)
    assert report.text == text


def test_every_status_and_note_has_its_words() -> None:
    for words in (STATUS_WORDS, STATUS_SYMBOLS, STATUS_MEANS):
        assert set(words) == set(Status)
    assert len(set(STATUS_SYMBOLS.values())) == len(Status)
    assert all(sentence.endswith(".") for sentence in NOTE_WORDS.values())


# --- the gold


@pytest.fixture(scope="module")
def archive(django_db_setup: None, django_db_blocker: Any, extractor: Any) -> Any:  # noqa: ARG001
    """The articles that the labelled drafts quote, stored for this module and taken out again."""
    with django_db_blocker.unblock():
        from django.db import transaction  # noqa: PLC0415

        with transaction.atomic():
            draft_gold.store_archive()
            yield
            transaction.set_rollback(True)


# What the program gets wrong of the drafts labelled by hand, and says otherwise than they do.
MISSED = {
    "over a wrapped line": ["verbatim", "not-found"],
    "one word of three": ["not-found"],
    "report of the coastguard": ["not-found"],
}


@pytest.mark.parametrize("case", draft_gold.CASES, ids=lambda case: case.about)
@pytest.mark.django_db
@pytest.mark.usefixtures("archive")
def test_labelled_drafts(case: draft_gold.Case) -> None:
    assert draft_gold.found(case) == MISSED.get(case.about, list(case.statuses))


@pytest.mark.django_db
@pytest.mark.usefixtures("archive")
def test_the_order_of_a_draft_does_not_matter() -> None:
    some = [case.text for case in draft_gold.CASES if case.statuses == ("altered",)][:6]
    reading = [draft_reading.read(text).quotations[0] for text in some]
    forward = _together(some, reading)
    backward = _together(some[::-1], reading[::-1])
    assert forward == backward[::-1]


def _together(texts: list[str], quotations: list[DraftQuotation]) -> list[tuple[str, str]]:
    """Return status and source of quotations whose drafts stand one after the other."""
    whole, moved = "", []
    for number, (text, one) in enumerate(zip(texts, quotations, strict=True), start=1):
        by = len(whole)
        pieces = tuple((start + by, end + by) for start, end in one.pieces)
        places = {"start": one.start + by, "end": one.end + by, "pieces": pieces}
        moved.append(one.model_copy(update={"number": number, **places}))
        whole += text + "\n"
    reading = draft_reading.Reading(tuple(moved), 0, len(whole))
    report = drafts.check(whole, reading, Quotation.objects.all())
    return [
        (item.status.value, item.source.quotation.uid if item.source else "")
        for item in report.items
    ]
