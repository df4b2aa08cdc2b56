"""News-like training text: labels fit the text, and the changes are the ones asked for."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp.training.stanza_augment import (
    Mix,
    Newsroom,
    Paragraph,
    Surface,
    names,
    read_paragraphs,
    written,
)

CONLLU = """\
# newdoc id = one
# text = Ann Lee can't go.
1\tAnn\tAnn\tPROPN\tNNP\t_\t4\tnsubj\t_\t_
2\tLee\tLee\tPROPN\tNNP\t_\t1\tflat\t_\t_
3-4\tcan't\t_\t_\t_\t_\t_\t_\t_\t_
3\tca\tcan\tAUX\tMD\t_\t5\taux\t_\t_
4\tn't\tnot\tPART\tRB\t_\t5\tadvmod\t_\t_
5\tgo\tgo\tVERB\tVB\t_\t0\troot\t_\tSpaceAfter=No
5.1\tgone\tgo\tVERB\tVB\t_\t_\t_\t_\t_
6\t.\t.\tPUNCT\t.\t_\t5\tpunct\t_\t_

# text = No.
1\tNo\tno\tINTJ\tUH\t_\t0\troot\t_\tSpaceAfter=No
2\t.\t.\tPUNCT\t.\t_\t1\tpunct\t_\t_

# newpar id = two
# text = Yes
1\tYes\tyes\tINTJ\tUH\t_\t0\troot\t_\t_
"""
NEVER = dict.fromkeys(Mix.__dataclass_fields__, 0.0)


def newsroom(seed: int, **changes: float) -> Newsroom:
    """Make one that changes nothing but what is named."""
    return Newsroom(Random(seed), ["Rao"], Mix(**{**NEVER, **changes}))  # noqa: S311  no secret


@pytest.fixture
def paragraphs() -> list[Paragraph]:
    return list(read_paragraphs(CONLLU.splitlines()))


def text_of(paragraphs: list[Paragraph]) -> list[str]:
    return [written(paragraph)[0] for paragraph in paragraphs]


def test_reads_written_tokens(paragraphs: list[Paragraph]) -> None:
    assert [len(paragraph) for paragraph in paragraphs] == [2, 1]
    forms = [token.form for token in paragraphs[0][0]]
    assert forms == ["Ann", "Lee", "can't", "go", "."]
    assert [token.multiword for token in paragraphs[0][0]] == [False, False, True, False, False]
    assert names(paragraphs) == ["Ann", "Lee"]


def test_labels_mark_token_and_sentence_ends(paragraphs: list[Paragraph]) -> None:
    text, labels = written(paragraphs[0])
    assert text == "Ann Lee can't go. No."
    assert labels == "001000100000300120012"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({}, "Ann Lee can't go.", id="nothing"),
        pytest.param({"curly_apostrophes": 1.0}, "Ann Lee can’t go.", id="apostrophe"),
    ],
)
def test_single_changes(
    paragraphs: list[Paragraph], change: dict[str, float], expected: str
) -> None:
    assert " ".join(text_of(newsroom(1, **change).rewrite(paragraphs[0]))) == f"{expected} No."


def test_quotation_keeps_the_sentence_and_adds_marks(paragraphs: list[Paragraph]) -> None:
    desk = newsroom(3, quotation=1.0, frame_after=1.0)
    seen = {text for _ in range(60) for text in text_of(desk.rewrite(paragraphs[0][:1]))}
    assert any(text.startswith("“Ann Lee can't go,” ") for text in seen)
    assert any(text.startswith("‘Ann Lee can't go,’ ") for text in seen)


def test_title_and_initial(paragraphs: list[Paragraph]) -> None:
    desk = newsroom(1, titled_sentence=1.0, title=1.0, initial=1.0)
    (text,) = text_of(desk.rewrite(paragraphs[0][:1]))
    first, ann, initial, lee, *_ = text.split()
    assert (ann, lee) == ("Ann", "Lee")
    assert first.endswith(".")
    assert len(initial) == len("W.")


def test_no_space_between_sentences(paragraphs: list[Paragraph]) -> None:
    desk = newsroom(1, no_space=1.0)
    texts = {" ".join(text_of(desk.rewrite(paragraphs[0]))) for _ in range(20)}
    assert "Ann Lee can't go.No." in texts


surfaces = st.builds(
    Surface,
    form=st.text(alphabet="aB.,?!\"'“”", min_size=1, max_size=5),
    space=st.booleans(),
    multiword=st.booleans(),
    name=st.booleans(),
)


@given(
    paragraph=st.lists(st.lists(surfaces, min_size=1, max_size=8), min_size=1, max_size=5),
    seed=st.integers(0, 1000),
)
def test_labels_always_fit(paragraph: Paragraph, seed: int) -> None:
    for news in Newsroom(Random(seed), ["Rao", "Berlin"]).rewrite(paragraph):  # noqa: S311  no secret
        text, labels = written(news)
        assert len(text) == len(labels)
        assert sum(label in "24" for label in labels) == len(news)
        assert sum(label != "0" for label in labels) == sum(map(len, news))


def test_same_seed_same_news(paragraphs: list[Paragraph]) -> None:
    first, second = (
        [Newsroom(Random(5), ["Rao"]).rewrite(p) for p in paragraphs]  # noqa: S311  no secret
        for _ in range(2)
    )
    assert first == second
