"""The shipped tagger on text: what it finds, that offsets hold, and that nothing breaks it."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotes.nlp.document import Document, Kind, Quotation
from quotes.nlp.encoder import DIRECTORY, MANIFEST, MODEL, ModelError
from quotes.nlp.tagger import Tagger
from quotes.params import Params


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger()


def parts(text: str, quotation: Quotation) -> tuple[list[str], list[str], list[str]]:
    spans = (quotation.content, quotation.cue, quotation.source)
    content, cue, source = ([span.of(text) for span in some] for some in spans)
    return content, cue, source


@pytest.mark.parametrize(
    ("text", "content", "cue", "source", "kind"),
    [
        pytest.param(
            "“The bridge is safe,” said Maria Rossi, an engineer.",
            ["“The bridge is safe,”"],
            "said",
            "Maria Rossi, an engineer",
            Kind.DIRECT,
            id="direct",
        ),
        pytest.param(
            "‘The bridge is safe,’ the minister said on Monday.",
            ["‘The bridge is safe,’"],
            "said",
            "the minister",
            Kind.DIRECT,
            id="single-marks",
        ),
        pytest.param(
            "''The bridge is safe,'' the minister said on Monday.",
            ["''The bridge is safe,''"],
            "said",
            "the minister",
            Kind.DIRECT,
            id="two-apostrophes",
        ),
        pytest.param(
            "The ministry said that the bridge would open in May.",
            ["that the bridge would open in May"],
            "said",
            "The ministry",
            Kind.INDIRECT,
            id="indirect",
        ),
        pytest.param(
            "“The bridge is safe,” she said. “It will open in May.”",
            ["“The bridge is safe,”", "“It will open in May.”"],
            "said",
            "she",
            Kind.DIRECT,
            id="interrupted-by-its-cue",
        ),
    ],
)
def test_finds_the_quotation(
    tagger: Tagger, text: str, content: list[str], cue: str, source: str, kind: Kind
) -> None:
    doc = tagger(Document(text=text))
    assert len(doc.quotations) == 1
    assert parts(text, doc.quotations[0]) == (content, [cue], [source])
    assert doc.quotations[0].kind is kind
    assert doc.quotations[0].confidence > 0.5
    assert doc.done == {"tagger"}


def test_a_quoted_paragraph_without_a_cue_is_its_own(tagger: Tagger) -> None:
    text = "“The bridge is safe,” the statement read.\n\n“It will open in May, as we promised.”"
    first, second = tagger(Document(text=text)).quotations
    assert parts(text, first) == (["“The bridge is safe,”"], ["read"], ["the statement"])
    assert parts(text, second) == (["“It will open in May, as we promised.”"], [], [])


def test_a_participle_of_speech_has_the_source_of_its_clause(tagger: Tagger) -> None:
    text = "The ministry said that the bridge was safe, adding that “it will open in May”."
    first, second = tagger(Document(text=text)).quotations
    assert parts(text, first) == (["that the bridge was safe"], ["said"], ["The ministry"])
    assert parts(text, second) == (["that “it will open in May”"], ["adding"], ["The ministry"])


TEXTS = [
    "",
    " \n\t ",
    "\r\n\r\n",
    "\x00",
    "a\x00b said “no\x00”",
    "🙂" * 500,
    "“" * 300,
    "[SEP] [CLS]",
]
TEXTS += ["e\u0301" * 400, "x" * 100_000, "'\"“”" * 2_000, "He said: “yes”\r\n\r\nShe: ‘no’\r"]


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: repr(text[:12]))
def test_odd_texts_do_no_harm(tagger: Tagger, text: str) -> None:
    assert_sound(tagger(Document(text=text)))


def test_a_million_characters_without_a_space(tagger: Tagger) -> None:
    assert tagger(Document(text="x" * 1_000_000)).quotations == ()


def assert_sound(doc: Document) -> None:
    for quotation in doc.quotations:
        for span in (*quotation.content, *quotation.cue, *quotation.source):
            assert 0 <= span.start < span.end <= len(doc.text)
        assert any(c.isalnum() for span in quotation.content for c in span.of(doc.text))
        assert 0.0 <= quotation.confidence <= 1.0
    starts = [quotation.content[0].start for quotation in doc.quotations]
    assert starts == sorted(starts)


WORDS = st.sampled_from(
    [
        "said",
        "“No,",
        "”",
        '"',
        "'",
        "''",
        "‘",
        "’",
        "Ms.",
        "Rossi",
        "the",
        "minister",
        "that",
        ",",
        "adding",
        "told",
        "\n",
        "\n\n",
        "\r\n",
        ".",
        "🙂",
        "é",
    ]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(WORDS | st.text(max_size=5), max_size=40).map(" ".join))
def test_offsets_hold_for_any_text(tagger: Tagger, text: str) -> None:
    assert_sound(tagger(Document(text=text)))


def test_long_texts_are_cut_into_slabs_without_a_loss(tagger: Tagger) -> None:
    sentence = "The ministry said that the bridge would open in May.\n\n"
    text = sentence * 40
    small = Tagger(params=Params(tagger_group_wordpieces=100))
    for each in (tagger, small):
        found = each(Document(text=text)).quotations
        assert len(found) == 40
        assert {q.content[0].of(text) for q in found} == {"that the bridge would open in May"}


def test_a_batch_keeps_the_order_of_its_documents(tagger: Tagger) -> None:
    texts = ["“Yes,” said Ann.", "", "The minister said that it was late.", "Nothing here."]
    docs = tagger.batch([Document(text=text) for text in texts])
    assert [doc.text for doc in docs] == texts
    assert [bool(doc.quotations) for doc in docs] == [True, False, True, False]


@pytest.mark.parametrize("damage", ["missing", "changed", "no-manifest"])
def test_files_that_are_not_those_of_the_manifest_are_refused(damage: str, tmp_path: Path) -> None:
    copy = tmp_path / "model"
    shutil.copytree(DIRECTORY, copy)
    if damage == "missing":
        (copy / MODEL).unlink()
    elif damage == "changed":
        (copy / MODEL).write_bytes(b"not a model")
    else:
        (copy / MANIFEST).unlink()
    with pytest.raises(ModelError, match="tagger-export"):
        Tagger(copy)
