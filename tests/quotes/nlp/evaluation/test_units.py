"""Words, kinds, cues, sources and matching: the definitions, on cases worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp.document import Document, Kind, Span, SpanError
from quotes.nlp.evaluation.units import (
    Attribution,
    Item,
    Passage,
    check_inside,
    is_speech_cue,
    matches,
    predicted,
    quoted_ranges,
    source_is_right,
)
from tests import builders
from tests.quotes.nlp.evaluation.build import TEXT, WIN, of, said

MARKED = st.text(alphabet="“”„«»\"'`–( \naB1", max_size=60)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        pytest.param("He said “we will win,” and left.", ["we will win,"], id="curly"),
        pytest.param('"No," said Ms Roe. "Go."', ["No,", "Go."], id="straight"),
        pytest.param("''So,'' he said. ``And this,'' too.", ["So,", "And this,"], id="typewriter"),
        pytest.param(
            "Er sagte „so“ und «ja».", ["so", " und ", "ja"], id="low-mark-and-guillemets"
        ),
        pytest.param("“Open\nEnd", ["Open"], id="unclosed-holds-to-the-end-of-its-line"),
        pytest.param("Stray” mark.", [], id="closes-nothing"),
        pytest.param('"A b "c d" e', ["A b ", "c d"], id="reopened-before-it-was-closed"),
        pytest.param('5" wide', [], id="inches"),
        pytest.param('("so") and ‘it\' “”', ["so", ""], id="bracket-single-and-empty"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_quoted_ranges(text: str, quoted: list[str]) -> None:
    assert [text[start:end] for start, end in quoted_ranges(text)] == quoted


@given(MARKED)
def test_quoted_ranges_are_disjoint_in_order_and_inside_one_line(text: str) -> None:
    at = 0
    for start, end in quoted_ranges(text):
        assert at <= start <= end <= len(text)
        assert "\n" not in text[start:end]
        at = end


@pytest.mark.parametrize(
    ("cue", "speech"),
    [
        pytest.param("said", True, id="plain"),
        pytest.param("has already warned", True, id="auxiliary-and-adverb"),
        pytest.param("According to", True, id="according"),
        pytest.param("didn’t say", True, id="negation"),
        pytest.param("angrily replied", True, id="adverb-in-ly"),
        pytest.param("told CNN", True, id="addressee"),
        pytest.param("Emphasised", True, id="irregular-and-capital"),
        pytest.param("refused to say", False, id="another-verb-first"),
        pytest.param("believes", False, id="belief"),
        pytest.param("wants", False, id="intention"),
        pytest.param("is", False, id="nothing-but-an-auxiliary"),
        pytest.param("", False, id="no-cue"),
    ],
)
def test_is_speech_cue(cue: str, *, speech: bool) -> None:
    assert is_speech_cue(cue.split()) is speech


@pytest.mark.parametrize(
    ("span", "words"),
    [
        pytest.param((0, 4), ["It's"], id="exact"),
        pytest.param((1, 3), ["It's"], id="inside-a-word"),
        pytest.param((3, 6), ["It's", "50"], id="two-halves"),
        pytest.param((4, 5), [], id="only-a-space"),
        pytest.param((7, 9), [], id="only-signs"),
        pytest.param((0, 16), ["It's", "50", "so", "to"], id="all"),
    ],
)
def test_a_span_has_the_words_that_it_touches(span: tuple[int, int], words: list[str]) -> None:
    passage = Passage("It's 50% – so_to")
    assert passage.read(passage.words([span])) == words


def test_signs_are_tokens_but_no_words() -> None:
    passage = Passage("A b_c, d.")
    assert passage.read(passage.tokens([(0, 9)])) == ["A", "b", "_", "c", ",", "d", "."]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        pytest.param("“We will win,”", Kind.DIRECT, id="marks-included"),
        pytest.param("We will", Kind.DIRECT, id="marks-left-out"),
        pytest.param("that taxes “must fall” soon", Kind.MIXED, id="some"),
        pytest.param("the plan is dead", Kind.INDIRECT, id="none"),
    ],
)
def test_kind(words: str, kind: Kind) -> None:
    assert Item.of(Passage(TEXT), said(words)).kind is kind


@pytest.mark.parametrize(
    ("gold", "found", "right", "placed"),
    [
        pytest.param("Ana Roe, the mayor", "Ana Roe", True, True, id="shorter-mention"),
        pytest.param("Ana Roe, the mayor", "the mayor", True, True, id="a-word-that-names"),
        pytest.param("Ana Roe, the mayor", "Bo Low", False, False, id="another"),
        pytest.param("Ana Roe, the mayor", "", False, False, id="left-empty"),
        pytest.param("She", "She", True, True, id="pronoun"),
        pytest.param("She", "Ana Roe", False, False, id="its-antecedent-is-not-the-mention"),
        pytest.param("", "", True, True, id="none-asked-none-given"),
        pytest.param("", "Bo Low", False, False, id="none-asked-one-given"),
        pytest.param("a report", "the mayor", False, False, id="articles-name-nobody"),
    ],
)
def test_source_is_right(gold: str, found: str, *, right: bool, placed: bool) -> None:
    passage = Passage(TEXT)
    one, other = (Item.of(passage, said("soon", source)) for source in (gold, found))
    assert source_is_right(one, other) is right
    assert source_is_right(one, other, by_place=True) is placed


def test_the_same_name_elsewhere_is_right_but_not_by_place() -> None:
    text = "Ms Roe spoke. “No,” said Roe."
    passage = Passage(text)
    gold = Item.of(
        passage, Attribution(content=(Span(start=14, end=19),), source=(Span(start=25, end=28),))
    )
    found = Item.of(passage, of(text, "“No,”", "Ms Roe"))
    assert source_is_right(gold, found)
    assert not source_is_right(gold, found, by_place=True)


def test_a_resolved_name_counts_as_a_name() -> None:
    passage = Passage(TEXT)
    gold = Item.of(passage, WIN)
    named = said("“We will win,”", speakers=("Ana Roe’s",))
    assert source_is_right(gold, Item.of(passage, named, with_speaker=True))
    assert not source_is_right(gold, Item.of(passage, named))


def items(*contents: str) -> list[Item]:
    passage = Passage(TEXT)
    return [Item.of(passage, said(content)) for content in contents]


@pytest.mark.parametrize(
    ("gold", "found", "pairs"),
    [
        pytest.param(["taxes “must fall” soon"], ["taxes “must"], {0: 0}, id="exactly-half"),
        pytest.param(["taxes “must fall” soon"], ["taxes"], {}, id="a-quarter"),
        pytest.param(["must fall"], ["must fall” soon", "must fall"], {0: 1}, id="the-most-alike"),
        pytest.param(["must", "must fall"], ["must fall"], {1: 0}, id="one-to-one"),
        pytest.param(["must", "must"], ["must"], {0: 0}, id="ties-in-text-order"),
        pytest.param([], ["must"], {}, id="no-gold"),
    ],
)
def test_matches(gold: list[str], found: list[str], pairs: dict[int, int]) -> None:
    assert matches(items(*gold), items(*found), 0.5) == pairs


def test_predicted_takes_spans_and_names() -> None:
    text = "Ana Roe said no. “Go.”"
    quotation = builders.quotation(text, "no", source="Ana Roe", cue="said", speaker=builders.ROE)
    bare = builders.quotation(text, "“Go.”")
    first, second = predicted(Document(text=text, quotations=(quotation, bare)))
    assert first == of(text, "no", "Ana Roe", "said", speakers=("Ana Roe",))
    assert second == of(text, "“Go.”", speakers=())


def test_spans_outside_the_text_are_named() -> None:
    given = Attribution(content=(Span(start=0, end=1),), cue=(Span(start=2, end=9),))
    with pytest.raises(SpanError, match=r"cue \[2, 9\) ends after the text's 5"):
        check_inside([given], "A b c")
