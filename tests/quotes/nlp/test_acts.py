"""Speech or attitude by the cue; the medium by cue, source and the phrase around them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp.acts import act_of, medium_of
from quotes.nlp.document import Act, Document, Kind, Quotation, Span
from tests.quotes.nlp.build import bare, quote

SPEECH = """
said|says|say|saying|has said|have said|had said|did not say|would not say|told|has told reporters
|tells|according to|According to|added|announced|has announced|argued|asked|has been asked|claimed
|claims to|confirmed|declared|denied|denies|explained|insisted|admitted|noted|pointed out|promised
|has promised to|replied|reported|responded|stated|in a statement|suggested|tweeted|tweeting|urged
|vowed to|warned|warning|wrote|has written|read|testified|acknowledged|alleged|accused|described
|called|called for|dismissed|criticised|criticized|condemned|praised|emphasised|stressed|reiterated
|quipped|joked|shouted|chanted|concluded|predicted|recommended|the report said|remarks|a warning
|testimony|a tweet|in an interview|:|—|–|said he believed|told the committee that he feared
|declined to comment|is quoted as saying|was reported as saying|issued a statement
|demanded|conceded|complained|spoke|recalled|speculated
"""
ATTITUDE = """
believes|believed|is believed to|thinks|thought|hopes|hoped|is hoping|fears|feared|expects
|is expected to|was expected to|are expected to|intends to|wants|wanted|wants to|is planning to
|plans to|worried|wondered|doubts|suspects|considers|assumed|knows|knew|feels|felt|understands
|prefers|regrets|supports|opposes|is trying to|tried to|sought to|seeks|aims to|imagined
|is determined to|decided|decides|in the hope|in hopes|the belief|its view|expectations|a desire to
|has hoped|is thought to|dreaded|anticipates|estimated|disagrees|believing he said
"""


def cues(table: str) -> list[str]:
    return [cue for cue in table.replace("\n", "").split("|") if cue]


def reported(cue: str, content: str = "the plan works", kind: Kind | None = None) -> Document:
    return bare(f"Ana Roe {cue} {content}.", quote(content, cue=cue, source="Ana Roe", kind=kind))


def act(doc: Document) -> Act:
    return act_of(doc, doc.quotations[0])


def test_the_tables_are_large() -> None:
    assert len(cues(SPEECH)) + len(cues(ATTITUDE)) >= 60


@pytest.mark.parametrize("cue", cues(SPEECH))
def test_cue_of_speech(cue: str) -> None:
    assert act(reported(cue)) is Act.SPEECH


@pytest.mark.parametrize("cue", cues(ATTITUDE))
def test_cue_of_attitude(cue: str) -> None:
    assert act(reported(cue)) is Act.ATTITUDE


@pytest.mark.parametrize(
    ("doc", "expected"),
    [
        pytest.param(reported("agreed", "“It works”"), Act.SPEECH, id="quoted-whatever-the-cue"),
        pytest.param(reported("believes", "it “works”"), Act.ATTITUDE, id="partly-quoted-belief"),
        pytest.param(reported("frobbed", "it “works”"), Act.SPEECH, id="unknown-cue-quoted"),
        pytest.param(reported("frobbed"), Act.ATTITUDE, id="unknown-cue-unquoted"),
        pytest.param(bare("It works.", quote("It works")), Act.ATTITUDE, id="no-cue-unquoted"),
        pytest.param(bare("“It works.”", quote("“It works.”")), Act.SPEECH, id="no-cue-quoted"),
    ],
)
def test_marks_and_missing_cues(doc: Document, expected: Act) -> None:
    assert act(doc) is expected


def medium(doc: Document) -> tuple[str, str] | None:
    found = medium_of(doc, doc.quotations[0])
    return (found[0], found[1].of(doc.text)) if found else None


MEDIA = [
    pytest.param(
        bare(
            "“It works,” Ana Roe said in a statement.",
            quote("“It works,”", cue="said", source="Ana Roe"),
        ),
        ("statement", "statement"),
        id="in-a-statement",
    ),
    pytest.param(
        bare(
            "“It works,” Ana Roe said in a rare and bitter public statement on Monday.",
            quote("“It works,”", cue="said", source="Ana Roe"),
        ),
        ("statement", "statement"),
        id="adjectives-before-the-medium",
    ),
    pytest.param(
        bare(
            "In a statement on Monday, Ana Roe said it works.",
            quote("it works", cue="said", source="Ana Roe"),
        ),
        ("statement", "statement"),
        id="phrase-before-the-source",
    ),
    pytest.param(
        bare("Ana Roe tweeted: “It works.”", quote("“It works.”", cue="tweeted", source="Ana Roe")),
        ("Twitter", "tweeted"),
        id="the-verb-tells",
    ),
    pytest.param(
        bare(
            "“It works,” Ana Roe wrote on Twitter.",
            quote("“It works,”", cue="wrote", source="Ana Roe"),
        ),
        ("Twitter", "Twitter"),
        id="on-twitter",
    ),
    pytest.param(
        bare(
            "“It works,” Ana Roe posted on Facebook.",
            quote("“It works,”", cue="posted", source="Ana Roe"),
        ),
        ("Facebook", "Facebook"),
        id="on-facebook",
    ),
    pytest.param(
        bare(
            "“It works,” Ana Roe told the paper in an interview.",
            quote("“It works,”", cue="told", source="Ana Roe"),
        ),
        ("interview", "interview"),
        id="interview",
    ),
    pytest.param(
        bare(
            "“It works,” Ana Roe told a news conference.",
            quote("“It works,”", cue="told", source="Ana Roe"),
        ),
        None,
        id="told-to-people-not-over-a-medium",
    ),
    pytest.param(
        bare(
            "“It works,” Ana Roe said at a news conference.",
            quote("“It works,”", cue="said", source="Ana Roe"),
        ),
        ("news conference", "news conference"),
        id="two-words",
    ),
    pytest.param(
        bare(
            "“It works,” Ana Roe wrote in a letter to the board.",
            quote("“It works,”", cue="wrote", source="Ana Roe"),
        ),
        ("letter", "letter"),
        id="letter",
    ),
    pytest.param(
        bare("The statement said it works.", quote("it works", cue="said", source="The statement")),
        ("statement", "statement"),
        id="the-source-is-a-document",
    ),
    pytest.param(
        bare(
            "Clinton’s letter said it works.",
            quote("it works", cue="said", source="Clinton’s letter"),
        ),
        ("letter", "letter"),
        id="somebody’s-document",
    ),
    pytest.param(
        bare(
            "The report’s author said it works.",
            quote("it works", cue="said", source="The report’s author"),
        ),
        None,
        id="the-author-is-no-document",
    ),
    pytest.param(
        bare(
            "Ana Roe said “he promised it in a statement”.",
            quote("“he promised it in a statement”", cue="said", source="Ana Roe"),
        ),
        None,
        id="inside-the-content",
    ),
    pytest.param(
        bare(
            "Ana Roe said Twitter had failed.",
            quote("Twitter had failed", cue="said", source="Ana Roe"),
        ),
        None,
        id="a-company-spoken-of",
    ),
    pytest.param(
        bare("Twitter said it works.", quote("it works", cue="said", source="Twitter")),
        None,
        id="a-company-speaking",
    ),
    pytest.param(
        bare(
            "Shares of Twitter fell. Ana Roe said it works.",
            quote("it works", cue="said", source="Ana Roe"),
        ),
        None,
        id="the-sentence-before",
    ),
    pytest.param(
        bare(
            "“It works,” Ana Roe said. It came in a statement of the board.",
            quote("“It works,”", cue="said", source="Ana Roe"),
        ),
        None,
        id="the-sentence-after",
    ),
    pytest.param(
        bare(
            "In a statement of the board, nothing was said.\n\nAna Roe said it works.",
            quote("it works", cue="said", source="Ana Roe"),
        ),
        None,
        id="another-paragraph",
    ),
    pytest.param(
        bare("Ana Roe said it works.", quote("it works", cue="said", source="Ana Roe")),
        None,
        id="none",
    ),
    pytest.param(bare("“It works.”", quote("“It works.”")), None, id="no-cue-no-medium"),
]


@pytest.mark.parametrize(("doc", "expected"), MEDIA)
def test_medium(doc: Document, expected: tuple[str, str] | None) -> None:
    assert medium(doc) == expected


@st.composite
def cut(draw: st.DrawFn) -> Document:
    words = ["said", "in a statement", "on Twitter", "“", "”", ". It", ",", "\n", "a", "letter"]
    text = " ".join(draw(st.lists(st.sampled_from(words), min_size=3, max_size=12)))
    edges = sorted(draw(st.sets(st.integers(0, len(text)), min_size=4, max_size=4)))
    first, second = (Span(start=a, end=b) for a, b in (edges[:2], edges[2:]))
    content, cue = draw(st.permutations([first, second]))
    fields = {"kind": Kind.INDIRECT, "act": Act.SPEECH, "confidence": 1.0}
    return Document(text=text, quotations=(Quotation(content=(content,), cue=(cue,), **fields),))


@given(cut())
def test_a_medium_is_named_outside_the_content(doc: Document) -> None:
    quotation = doc.quotations[0]
    found = medium_of(doc, quotation)
    if found:
        assert found[1].of(doc.text).strip()
        assert not quotation.content[0].meets(found[1])
