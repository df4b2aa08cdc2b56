"""Look-ups over hand-built trees."""

import pytest

from quotes.nlp.document import Document, Span, StageError
from quotes.nlp.grammar import Grammar, Word
from tests.quotes.nlp.build import article, span_in

DOC = article(
    """
    the retired/VERB/amod>general general/NOUN/nsubj>said who/PRON/nsubj>led led/VERB/acl:relcl>general them/PRON/obj>led said/VERB/root Roe/PROPN/nsubj>lied and Poe/PROPN/conj>Roe lied/VERB/ccomp>said .
    the US/PROPN/compound>led ~-/PUNCT/punct>led ~led/VERB/amod>coalition coalition/NOUN/nsubj>won won/VERB/root .

    Clinton/PROPN/nmod:poss>campaign 's campaign/NOUN/nsubj>agreed agreed/VERB/root .
    Russia/PROPN/nsubj>objected and Iran/PROPN/conj>Russia objected/VERB/root .
    """  # noqa: E501
)
GRAMMAR = Grammar(DOC)


def at(words: str) -> Span:
    return span_in(DOC.text, words)


def word(form: str) -> Word:
    return next(w for w in GRAMMAR.words if w.token.text == form)


def forms(words: tuple[Word, ...]) -> list[str]:
    return [w.token.text for w in words]


def test_the_text_of_the_notation() -> None:
    assert DOC.text == (
        "The retired general who led them said Roe and Poe lied. The US-led coalition won.\n\n"
        "Clinton's campaign agreed. Russia and Iran objected."
    )


def test_a_tree_is_required() -> None:
    with pytest.raises(StageError, match="run parse first"):
        Grammar(Document(text="It rains."))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param("retired general", ["retired", "general"], id="whole-words"),
        pytest.param("ired gen", ["retired", "general"], id="parts-of-words"),
        pytest.param("US-led", ["US", "-", "led"], id="glued"),
        pytest.param(". The", [".", "The"], id="over-an-edge-of-sentences"),
        pytest.param("'s", ["'s"], id="possessive"),
    ],
)
def test_inside(words: str, expected: list[str]) -> None:
    start = DOC.text.index(words)
    assert forms(GRAMMAR.inside(Span(start=start, end=start + len(words)))) == expected


def test_nothing_is_inside_white_space() -> None:
    gap = DOC.text.index("\n\n")
    assert GRAMMAR.inside(Span(start=gap, end=gap + 2)) == ()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        pytest.param("The retired", 0, id="first"),
        pytest.param("lied", 0, id="its-end"),
        pytest.param("coalition", 1, id="second"),
        pytest.param("agreed", 2, id="third"),
    ],
)
def test_sentence_at(words: str, sentence: int) -> None:
    assert GRAMMAR.sentence_at(at(words).start) == sentence
    assert at(words).start in range(
        GRAMMAR.sentence(sentence).span.start, GRAMMAR.sentence(sentence).span.end
    )


def test_an_offset_between_sentences_belongs_to_the_one_before() -> None:
    assert GRAMMAR.sentence_at(DOC.text.index("\n\n")) == 1


@pytest.mark.parametrize(
    ("form", "head"),
    [
        pytest.param("retired", "general", id="modifier"),
        pytest.param("Poe", "Roe", id="conjunct"),
        pytest.param("coalition", "won", id="second-sentence"),
        pytest.param("won", None, id="root"),
    ],
)
def test_head(form: str, head: str | None) -> None:
    found = GRAMMAR.head(word(form))
    assert (found.token.text if found else None) == head


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        pytest.param("retired", True, id="before-its-noun"),
        pytest.param("said", False, id="main-verb"),
        pytest.param("lied", False, id="clause"),
    ],
)
def test_is_attributive(form: str, *, expected: bool) -> None:
    assert GRAMMAR.is_attributive(word(form)) is expected


def test_a_relative_clause_is_not_attributive() -> None:
    led = GRAMMAR.inside(at("who led"))[1]
    assert not GRAMMAR.is_attributive(led)


@pytest.mark.parametrize(
    ("words", "subject", "main"),
    [
        pytest.param("The retired general", True, True, id="main"),
        pytest.param("Roe", True, False, id="subordinate"),
        pytest.param("Poe", True, False, id="joined-to-a-subject"),
        pytest.param("Roe and Poe", True, False, id="joined"),
        pytest.param("Iran", True, True, id="joined-to-the-main-subject"),
        pytest.param("them", False, False, id="object"),
        pytest.param("US", False, False, id="inside-a-modifier"),
        pytest.param("US-led coalition", True, True, id="phrase"),
        pytest.param("Clinton", False, False, id="possessor"),
        pytest.param("Clinton's campaign", True, True, id="possessor-and-noun"),
    ],
)
def test_subjects(words: str, *, subject: bool, main: bool) -> None:
    assert GRAMMAR.is_subject(at(words)) is subject
    assert GRAMMAR.is_main_subject(at(words)) is main
