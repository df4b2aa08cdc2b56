"""Speech or attitude by the cue; the medium by cue, source and the phrase around them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp.acts import act_of, medium_of
from quotes.nlp.document import Act, Document, Kind, Quotation, Sentence, Span, Token
from quotes.nlp.marks import kind_of
from quotes.nlp.parse import Parser
from tests.quotes.nlp import act_sample
from tests.quotes.nlp.build import article, bare, quote, span_in

SENTENCE = re.compile(r"\S[^\n]*?(?:[.!?][”’]?(?=\s|$)|(?=\n|$))")
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


def cut(doc: Document) -> Document:
    """Give a hand-built document its sentences, each of one token: medium_of reads no more."""
    spans = [Span(start=m.start(), end=m.end()) for m in SENTENCE.finditer(doc.text)]
    words = [(span, span.of(doc.text)) for span in spans]
    sentences = tuple(
        Sentence(
            span=span,
            tokens=(Token(span=span, text=w, lemma=w, upos="X", head=-1, deprel="root"),),
        )
        for span, w in words
    )
    return doc.evolve(done="parse", sentences=sentences)


STANCES = [
    pytest.param("backed", "the", "Senator", Act.ATTITUDE, id="a-person-backs"),
    pytest.param("backed", "the", "report", Act.SPEECH, id="a-document-backs"),
    pytest.param("rejected", "the", "statements", Act.SPEECH, id="statements-reject"),
    pytest.param("rejected", "the", "critics", Act.ATTITUDE, id="critics-are-no-text"),
    pytest.param("found", "the", "inquiry", Act.SPEECH, id="a-body-finds"),
    pytest.param("estimated", "the", "economists", Act.SPEECH, id="a-trade-estimates"),
    pytest.param("found", "the", "widow", Act.ATTITUDE, id="a-person-finds"),
    pytest.param("at", "the", "survey", Act.SPEECH, id="a-document-without-a-known-cue"),
    pytest.param("at", "the", "sailor", Act.ATTITUDE, id="a-person-without-a-known-cue"),
]


@pytest.mark.parametrize(("cue", "article_", "noun", "expected"), STANCES)
def test_who_takes_a_stance_or_finds(cue: str, article_: str, noun: str, expected: Act) -> None:
    doc = article(
        f"{article_} {noun}/NOUN/nsubj>{cue} {cue}/VERB/root rain/NOUN/nsubj>fell"
        f" fell/VERB/ccomp>{cue} .",
        [quote("rain fell", cue=cue, source=f"The {noun}")],
    )
    assert act(doc) is expected


def test_an_organisation_publishes_what_it_finds() -> None:
    tree = "Oxfam/PROPN/nsubj>found found/VERB/root rain/NOUN/nsubj>fell fell/VERB/ccomp>found ."
    marked = [quote("rain fell", cue="found", source="Oxfam")]
    assert act(article(tree, marked, org="Oxfam")) is Act.SPEECH
    assert act(article(tree, marked, person="Oxfam")) is Act.ATTITUDE


def test_content_that_is_itself_words() -> None:
    tree = "she/PRON/nsubj>sent sent/VERB/root a {0}/NOUN/obj>sent ."
    letter, parcel = (
        article(tree.format(noun), [quote(f"a {noun}", cue="sent", source="She")])
        for noun in ("letter", "parcel")
    )
    assert act(letter) is Act.SPEECH
    assert act(parcel) is Act.ATTITUDE


@pytest.mark.parametrize(
    ("cue", "expected"),
    [
        pytest.param("made it abundantly clear", Act.SPEECH, id="phrase-with-words-between"),
        pytest.param("seemed to say", Act.SPEECH, id="a-hedge-yields-to-speech"),
        pytest.param("seemed to think", Act.ATTITUDE, id="a-hedge-yields-to-thought"),
        pytest.param("seemed", Act.ATTITUDE, id="a-hedge-alone"),
        pytest.param("was eager to point out", Act.SPEECH, id="an-adjective-yields"),
        pytest.param("was pleased to announce", Act.SPEECH, id="a-participle-yields"),
        pytest.param("was pleased", Act.ATTITUDE, id="a-participle-alone"),
        pytest.param("was eager", Act.ATTITUDE, id="an-adjective-alone"),
        pytest.param("refused to answer", Act.SPEECH, id="refused-to-speak"),
        pytest.param("refused", Act.ATTITUDE, id="refused"),
        pytest.param("was convinced", Act.ATTITUDE, id="participle-of-a-verb-of-speech"),
        pytest.param("hit back at", Act.SPEECH, id="hit-back"),
        pytest.param("was heard saying", Act.SPEECH, id="heard-saying"),
        pytest.param("heard", Act.ATTITUDE, id="heard"),
        pytest.param("speeches on", Act.SPEECH, id="plural-noun"),
        pytest.param("-- ", Act.SPEECH, id="dashes"),
    ],
)
def test_order_within_a_cue(cue: str, expected: Act) -> None:
    assert act(reported(cue)) is expected


@pytest.fixture(scope="module")
def parser() -> Parser:
    """The shipped models: who speaks decides for some verbs, and only a tree tells the head."""
    return Parser()


def marked(sentence: str) -> Document:
    """Return a sentence without its marks {source} <cue> [content], and what they mark."""
    text, opened = "", 0
    found: dict[str, list[Span]] = {"}": [], ">": [], "]": []}
    for char in sentence:
        if char in "{<[":
            opened = len(text)
        elif char in found:
            found[char].append(Span(start=opened, end=len(text)))
        else:
            text += char
    source, cue, content = (tuple(spans) for spans in found.values())
    quotation = Quotation(
        kind=kind_of(content, text),
        act=Act.SPEECH,
        content=content,
        cue=cue,
        source=source,
        confidence=1.0,
    )
    return Document(text=text, quotations=(quotation,))


@pytest.mark.parametrize(
    ("expected", "sentence"),
    [
        pytest.param(Act(label), sentence, id=f"{number:03}")
        for number, (label, sentence) in enumerate(act_sample.table("act_sentences.tsv"), start=1)
    ],
)
def test_sentences_from_many_countries(parser: Parser, expected: Act, sentence: str) -> None:
    assert act(parser(marked(sentence))) is expected


@pytest.mark.skipif(not act_sample.SHARED.exists(), reason="needs PolNeAR")
@pytest.mark.parametrize("name", ["act_labels_dev.tsv", "act_labels_dev_fresh.tsv"])
def test_labelled_attributions(parser: Parser, name: str) -> None:
    """Better than 95% of what a reader calls clear; docs/decisions/0008-act.md has the figures."""
    judged = act_sample.judge(name, parser)
    wrong = [str(one) for one in judged if not one.right]
    assert len(wrong) < 0.05 * len(judged), "\n".join(wrong)


@pytest.mark.parametrize("name", sorted(path.name for path in act_sample.HERE.glob("act_labels_*")))
def test_labels_are_whole(name: str) -> None:
    rows = act_sample.labels(name)
    assert len(rows) >= 200
    assert len({(row.article, row.attribution) for row in rows}) == len(rows)
    assert {row.label for row in rows} == {"speech", "attitude", "unclear"}


WORDS = st.sampled_from(
    ["said", "made", "clear", "seemed", "to", "believe", "agreed", "found", "frobbed", "’s", ":"]
)


@given(st.lists(WORDS, min_size=1, max_size=6).map(" ".join))
def test_marks_speak_for_speech(cue: str) -> None:
    """Words in quotation marks never turn speech into an attitude; nothing but marks is speech."""
    none, some, all_ = (act(reported(cue, words)) for words in ("it works", "it “works”", "“It.”"))
    assert all_ is Act.SPEECH
    assert some is Act.SPEECH or none is Act.ATTITUDE


def medium(doc: Document) -> tuple[str, str] | None:
    found = medium_of(cut(doc), doc.quotations[0])
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
            "“It works,” the company said in a regulatory filing.",
            quote("“It works,”", cue="said in a regulatory filing", source="the company"),
        ),
        ("regulatory filing", "regulatory filing"),
        id="a-noun-in-ing-is-no-verb",
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
    pytest.param(
        bare("Ana Roe said on X that it works.", quote("it works", cue="said", source="Ana Roe")),
        ("X", "X"),
        id="a-network-of-one-letter",
    ),
    pytest.param(
        bare(
            "Banks wrote in a note to clients that it works.",
            quote("it works", cue="wrote", source="Banks"),
        ),
        ("note", "note"),
        id="a-note",
    ),
    pytest.param(bare("“It works.”", quote("“It works.”")), None, id="no-cue-no-medium"),
]


@pytest.mark.parametrize(("doc", "expected"), MEDIA)
def test_medium(doc: Document, expected: tuple[str, str] | None) -> None:
    assert medium(doc) == expected


@st.composite
def torn(draw: st.DrawFn) -> Document:
    words = ["said", "in a statement", "on Twitter", "“", "”", ". It", ",", "\n", "a", "letter"]
    text = " ".join(draw(st.lists(st.sampled_from(words), min_size=3, max_size=12)))
    edges = sorted(draw(st.sets(st.integers(0, len(text)), min_size=4, max_size=4)))
    first, second = (Span(start=a, end=b) for a, b in (edges[:2], edges[2:]))
    content, cue = draw(st.permutations([first, second]))
    fields = {"kind": Kind.INDIRECT, "act": Act.SPEECH, "confidence": 1.0}
    return Document(text=text, quotations=(Quotation(content=(content,), cue=(cue,), **fields),))


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param("said/VERB", ("statement", "statement"), id="of-saying"),
        pytest.param("house/NOUN", None, id="of-a-thing"),
        pytest.param("prices/NOUN", ("statement", "statement"), id="of-a-thing-in-the-content"),
    ],
)
def test_a_medium_is_that_of_saying(head: str, expected: tuple[str, str] | None) -> None:
    word, tag = head.split("/")
    relation = "obl" if tag == "VERB" else "nmod"
    tree = (
        "Ana/PROPN/nsubj>said said/VERB/root prices/NOUN/nsubj>fell fell/VERB/ccomp>said ,"
        " below/ADP/case>house the house/NOUN/obl>said"
        f" in/ADP/case>statement a statement/NOUN/{relation}>{word} ."
    )
    doc = article(tree, [quote("prices fell", cue="said", source="Ana")])
    assert medium_of(doc, doc.quotations[0]) == (
        expected and (expected[0], span_in(doc.text, expected[1]))
    )


@pytest.mark.parametrize(
    "clause",
    [
        pytest.param(
            "who/PRON/nsubj>read read/VERB/acl:relcl>expert the report/NOUN/obj>read", id="object"
        ),
        pytest.param(
            "who/PRON/nsubj>shone shone/VERB/acl:relcl>expert in the report/NOUN/obl>shone", id="in"
        ),
    ],
)
def test_what_a_source_has_read_is_not_where_it_spoke(clause: str) -> None:
    tree = (
        f"An expert/NOUN/nsubj>said , {clause} , said/VERB/root prices/NOUN/nsubj>fell"
        " fell/VERB/ccomp>said ."
    )
    source, _, _ = tree.partition(" , said/")
    words = " ".join(part.split("/")[0] for part in source.split()).replace(" ,", ",")
    doc = article(tree, [quote("prices fell", cue="said", source=words)])
    assert medium_of(doc, doc.quotations[0]) is None


@given(torn().map(cut))
def test_a_medium_is_named_outside_the_content(doc: Document) -> None:
    quotation = doc.quotations[0]
    found = medium_of(doc, quotation)
    if found:
        assert found[1].of(doc.text).strip()
        assert not quotation.content[0].meets(found[1])
