"""Badly set text is read as in ordinary type, and what is found goes back to where it stood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp.document import Act, Document, Entity, Evidence, Kind, Quotation, Span
from quotes.nlp.reading import read_plainly, reading

WRAPPED = "The minister said that the govern-\nment would not wait for the\nrain to stop."


@pytest.mark.parametrize(
    ("given_text", "read"),
    [
        pytest.param(
            WRAPPED,
            "The minister said that the government would not wait for the rain to stop.",
            id="lines-and-hyphens",
        ),
        pytest.param(
            "He has a well-\nknown name and a long\nlist of friends.",
            "He has a well-known name and a long list of friends.",
            id="a-hyphen-of-its-own",
        ),
        pytest.param(
            "It was late when the ship\ncame in, and nobody on the\nquay said a word to them.\n"
            "It left.\nThe next day it rained, and\nthe quay was empty again.",
            "It was late when the ship came in, and nobody on the quay said a word to them. "
            "It left.\nThe next day it rained, and the quay was empty again.",
            id="a-short-line-ends-its-paragraph",
        ),
        pytest.param("One paragraph.\nAnother paragraph.", None, id="paragraphs"),
        pytest.param("What to bring:\n- a hat\n- some water\n- a map", None, id="list"),
        pytest.param(
            "ROSES ARE RED AND\n\nSo it goes.", "Roses are red and\n\nSo it goes.", id="line"
        ),
        pytest.param(
            "THE MINISTER SAID ON SUNDAY THAT KAMAL SROUR WASN’T AT THE UN.",
            "The minister said on Sunday that Kamal Srour wasn’t at the UN.",
            id="capitals",
        ),
        pytest.param(
            "SEOUL, MAY 9 - THE MINISTER SAID NO.",
            "SEOUL, MAY 9 - The minister said no.",
            id="dateline",
        ),
        pytest.param(
            "LAHORE: The minister told parliament that she would not go.",
            "The minister told parliament that she would not go.",
            id="a-place-before-a-colon",
        ),
        pytest.param(
            "MEETING OF THE IPCX\n\nIts head met Mr McTavish of the IPCX.\n\nTHE AGE OF MCTAVISH",
            "Meeting of the IPCX\n\nIts head met Mr McTavish of the IPCX.\n\nThe age of McTavish",
            id="as-elsewhere-in-the-text",
        ),
        pytest.param("NATO and the UN said NO to it.", None, id="acronyms"),
        pytest.param("The ofﬁcer ﬂed.", "The officer fled.", id="ligatures"),
        pytest.param(
            '" It rains , " she said . " So what ? "',
            '"It rains," she said. "So what?"',
            id="stray-spaces",
        ),
        pytest.param("It rains, she said. So what ?", None, id="french-question-mark"),
        pytest.param("", None, id="empty"),
    ],
)
def test_reading(given_text: str, read: str | None) -> None:
    assert reading(given_text).text == (given_text if read is None else read)


def test_what_was_found_in_the_reading_goes_back_to_the_text() -> None:
    def find(docs: list[Document]) -> list[Document]:
        (doc,) = docs
        start, end = doc.text.index("that the government"), doc.text.index(" wait")
        content = Span(start=start, end=end)
        quotation = Quotation(
            kind=Kind.INDIRECT,
            act=Act.SPEECH,
            content=(content,),
            evidence=(Evidence(role="mention", span=Span(start=0, end=12)),),
            confidence=0.5,
        )
        entity = Entity(span=Span(start=4, end=12), type="Person")
        return [doc.evolve(done="found", quotations=(quotation,), entities=(entity,))]

    (doc,) = read_plainly([Document(text=WRAPPED)], find)
    assert doc.text == WRAPPED
    assert doc.quotations[0].content[0].of(WRAPPED) == "that the govern-\nment would not"
    assert doc.quotations[0].evidence[0].span.of(WRAPPED) == "The minister"
    assert doc.entities[0].span.of(WRAPPED) == "minister"
    assert "found" in doc.done


def test_an_ordinary_text_is_read_as_it_is() -> None:
    doc = Document(text="It rained.\n\n“So what?” she said.")
    assert read_plainly([doc], list)[0] is doc


TEXTS = st.text(alphabet="aB ,.-\n\"“”ﬁİßA'(1", max_size=60) | st.lists(
    st.sampled_from(["the gov-", "ernment said", "THE UN SAID SO", " ,", "“ it", "ﬂ", ""])
).map("\n".join)


@given(TEXTS)
def test_every_character_has_its_place(text: str) -> None:
    copy = reading(text)
    if copy.origins is None:
        assert len(copy.text) == len(text)
        return
    assert len(copy.origins) == len(copy.text)
    assert list(copy.origins) == sorted(copy.origins)
    assert all(0 <= origin < len(text) for origin in copy.origins)


@given(TEXTS)
def test_words_stay_what_they_are(text: str) -> None:
    def letters(words: str) -> str:
        plain = words.replace("ﬁ", "fi").replace("ﬂ", "fl").casefold()
        return "".join(filter(str.isalnum, plain))

    assert letters(reading(text).text) == letters(text)
