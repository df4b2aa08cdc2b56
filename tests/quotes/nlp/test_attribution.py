"""From a quotation's source to its speaker: names, joint speakers, continuation, doubt, evidence."""

# ruff: noqa: E501  one sentence and its tree stand on one line

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotes.nlp.attribution import attribute
from quotes.nlp.document import (
    Act,
    Document,
    Kind,
    Quotation,
    Signals,
    Span,
    SpeakerKind,
    StageError,
)
from quotes.params import DEFAULTS, Params
from tests.quotes.nlp.build import (
    Marked,
    article,
    direct,
    exclaimed,
    name,
    quote,
    reported,
    said,
)

ROE = name("Ana Roe", "nsubj>said")
RENTS = "“ rents/NOUN/nsubj>fell fell/VERB/root . ”"
RENTS_FELL = quote("“Rents fell.”")
RAINED = "it/PRON/expl>rained rained/VERB/root ."


def last(doc: Document, params: Params = DEFAULTS) -> Quotation:
    return attribute(doc, params).quotations[-1]


def heard(doc: Document) -> str | None:
    found = last(doc).speaker
    return found.name if found else None


def does(who: str, verb: str = "left") -> str:
    return f"{name(who, f'nsubj>{verb}')} {verb}/VERB/root ."


def then(before: str, source: str, words: str, *quotes: Marked, **entities: str) -> Document:
    """Return `before`, then "<source> said rents fell.", `words` being the source as text."""
    tree = f"{before}\n{said(source, 'rents')}"
    return article(tree, [*quotes, reported(words, "rents")], **entities)


# ---------------------------------------------------------------------- names
NAMED = [
    pytest.param(
        article(said(ROE), [reported("Ana Roe")], person="Ana Roe"), "Ana Roe", id="a-full-name"
    ),
    pytest.param(
        then(does("Ana Roe"), name("Roe", "nsubj>said"), "Roe", person="Ana Roe|Roe"),
        "Ana Roe",
        id="a-surname-after-the-full-name",
    ),
    pytest.param(
        article(
            f"{said(name('Roe', 'nsubj>said'))}\n{does('Ana Roe')}",
            [reported("Roe")],
            person="Ana Roe|Roe",
        ),
        "Ana Roe",
        id="a-surname-before-the-full-name",
    ),
    pytest.param(
        then(does("Ana Roe"), name("Mrs. Roe", "nsubj>said"), "Mrs. Roe", person="Ana Roe|Roe"),
        "Ana Roe",
        id="an-honorific-is-dropped",
    ),
    pytest.param(
        then(RAINED, name("Sen. Ana Roe", "nsubj>said"), "Sen. Ana Roe", person="Ana Roe"),
        "Ana Roe",
        id="a-title-is-dropped",
    ),
    pytest.param(
        then(does("Ana Roe"), name("Ana", "nsubj>said"), "Ana", person="Ana Roe|Ana"),
        "Ana Roe",
        id="a-first-name",
    ),
    pytest.param(
        then(
            does("Ildefonso Guajardo Villarreal"),
            "the minister/NOUN/nsubj>said of the economy/NOUN/nmod>minister ,"
            f" {name('Mr. Guajardo Villarreal', 'appos>minister')} ,",
            "The minister of the economy, Mr. Guajardo Villarreal,",
            person="Ildefonso Guajardo Villarreal|Guajardo Villarreal",
        ),
        "Ildefonso Guajardo Villarreal",
        id="an-apposition-after-the-description",
    ),
    pytest.param(
        then(
            RAINED,
            "the partner/NOUN/nsubj>said , Green/ADJ/amod>leader leader/NOUN/compound>Ana"
            f" {name('Ana Roe', 'appos>partner')} ,",
            "The partner, Green leader Ana Roe,",
            person="Ana Roe",
        ),
        "Ana Roe",
        id="a-role-before-the-name-in-an-apposition",
    ),
    pytest.param(
        then(
            RAINED,
            "the partner/NOUN/nsubj>said , friend/NOUN/appos>partner of/ADP/case>Ana"
            f" {name('Ana Roe', 'nmod>friend')} ,",
            "The partner, friend of Ana Roe,",
            person="Ana Roe",
        ),
        "The partner",
        id="whose-friend-it-is-is-not-who-it-is",
    ),
    pytest.param(
        then(
            RAINED,
            "critics=critic/NOUN/nsubj>said like/ADP/case>Bo"
            f" {name('Bo Poe', 'nmod>critics')} , a baker/NOUN/appos>Bo ,"
            f" and/CCONJ/cc>Ana {name('Ana Roe', 'conj>Bo')} ,",
            "Critics like Bo Poe, a baker, and Ana Roe,",
            person="Ana Roe|Bo Poe",
        ),
        "Critics like Bo Poe",
        id="nor-is-one-of-several",
    ),
    pytest.param(
        then(
            RAINED,
            f"{ROE} , the minister/NOUN/appos>Ana of finance/NOUN/nmod>minister ,",
            "Ana Roe, the minister of finance,",
            person="Ana Roe",
        ),
        "Ana Roe",
        id="an-apposition-after-the-name",
    ),
    pytest.param(
        then(
            RAINED,
            f"{ROE} of the IMF/PROPN/nmod>Ana",
            "Ana Roe of the IMF",
            person="Ana Roe",
            org="IMF",
        ),
        "Ana Roe",
        id="a-person-of-a-body",
    ),
    pytest.param(
        then(
            RAINED,
            f"Reuters/PROPN/compound>reporter reporter/NOUN/nsubj>said {name('Ana Roe', 'appos>reporter')}",
            "Reuters reporter Ana Roe",
            person="Ana Roe",
            org="Reuters",
        ),
        "Ana Roe",
        id="a-person-after-the-body",
    ),
    pytest.param(
        then(
            "the Washington/PROPN/compound>Post Post/PROPN/nsubj>wrote wrote/VERB/root .",
            "the Post/PROPN/nsubj>said",
            "The Post",
            org="The Washington Post|The Post",
        ),
        "Washington Post",
        id="the-last-word-of-a-body",
    ),
    pytest.param(
        then(
            "the Free/ADJ/amod>Union Grain/PROPN/compound>Union Union/PROPN/nsubj>met ( FGU/PROPN/appos>Union ) met/VERB/root .",
            "the FGU/PROPN/nsubj>said",
            "The FGU",
            org="Free Grain Union|FGU",
        ),
        "Free Grain Union",
        id="an-acronym-that-the-article-expands",
    ),
    pytest.param(
        then(RAINED, "the UN/PROPN/nsubj>said", "The UN", org="UN"),
        "United Nations",
        id="an-acronym-that-everybody-knows",
    ),
    pytest.param(
        then(RAINED, name("Bo Poe", "nsubj>said"), "Bo Poe"),
        "Bo Poe",
        id="a-name-that-the-recogniser-missed",
    ),
]


@pytest.mark.parametrize(("doc", "expected"), NAMED)
def test_names(doc: Document, expected: str) -> None:
    assert heard(doc) == expected


@pytest.mark.parametrize(
    ("source", "words", "role"),
    [
        pytest.param(name("Sen. Ana Roe", "nsubj>said"), "Sen. Ana Roe", "Sen.", id="title"),
        pytest.param(
            f"{ROE} , the minister/NOUN/appos>Ana of finance/NOUN/nmod>minister ,",
            "Ana Roe, the minister of finance,",
            "the minister of finance",
            id="apposition",
        ),
        pytest.param(name("Mrs. Ana Roe", "nsubj>said"), "Mrs. Ana Roe", None, id="honorific"),
        pytest.param(ROE, "Ana Roe", None, id="none"),
    ],
)
def test_role(source: str, words: str, role: str | None) -> None:
    found = last(then(RAINED, source, words, person="Ana Roe")).speaker
    assert found is not None
    assert (found.name, found.kind, found.role) == ("Ana Roe", SpeakerKind.PERSON, role)


def test_aliases_are_the_other_forms_in_the_article() -> None:
    doc = then(does("Ana Roe"), name("Mrs. Roe", "nsubj>said"), "Mrs. Roe", person="Ana Roe|Roe")
    found = last(doc).speaker
    assert found is not None
    assert found.aliases == ("Roe",)


COUPLE = f"{does('Bill Clinton')}\n{does('Hillary Clinton', 'slept')}"
CLINTONS = "Bill Clinton|Hillary Clinton|Clinton"
SURNAMES = [
    pytest.param("Mrs. Clinton", "Hillary Clinton", id="mrs"),
    pytest.param("Mr. Clinton", "Bill Clinton", id="mr"),
]


@pytest.mark.parametrize(("form", "expected"), SURNAMES)
def test_a_couple_is_told_apart_by_its_honorifics(form: str, expected: str) -> None:
    doc = then(COUPLE, name(form, "nsubj>said"), form, person=CLINTONS)
    assert heard(doc) == expected


def test_a_surname_of_two_is_less_sure() -> None:
    bare = last(then(COUPLE, name("Clinton", "nsubj>said"), "Clinton", person=CLINTONS))
    told = last(then(COUPLE, name("Mrs. Clinton", "nsubj>said"), "Mrs. Clinton", person=CLINTONS))
    assert bare.speaker is not None
    assert bare.speaker_confidence < told.speaker_confidence


# ---------------------------------------------------------------------- several speakers
JOINT = [
    pytest.param(
        f"{ROE} and {name('Bo Poe', 'conj>Ana')}",
        "Ana Roe and Bo Poe",
        {"person": "Ana Roe|Bo Poe"},
        "Ana Roe and Bo Poe",
        id="two",
    ),
    pytest.param(
        f"{ROE} , {name('Bo Poe', 'conj>Ana')} and {name('Cy Doe', 'conj>Ana')}",
        "Ana Roe, Bo Poe and Cy Doe",
        {"person": "Ana Roe|Bo Poe|Cy Doe"},
        "Ana Roe, Bo Poe and Cy Doe",
        id="three",
    ),
    pytest.param(
        "Russia/PROPN/nsubj>said and Iran/PROPN/conj>Russia",
        "Russia and Iran",
        {"place": "Russia|Iran"},
        "Russia and Iran",
        id="countries",
    ),
    pytest.param(
        f"{ROE} and her/PRON/nmod:poss>aides aides=aide/NOUN/conj>Ana",
        "Ana Roe and her aides",
        {"person": "Ana Roe"},
        "Ana Roe and her aides",
        id="one-of-them-described",
    ),
    pytest.param(
        f"NBC/PROPN/nmod:poss>Ana 's {ROE} and CBS/PROPN/nmod:poss>Bo 's {name('Bo Poe', 'conj>Ana')}",
        "NBC's Ana Roe and CBS's Bo Poe",
        {"person": "Ana Roe|Bo Poe", "org": "NBC|CBS"},
        "Ana Roe and Bo Poe",
        id="with-whom-they-work-for",
    ),
    pytest.param(
        f"the senators=senator/NOUN/nsubj>said , {name('Ana Roe', 'appos>senators')}"
        f" and {name('Bo Poe', 'conj>Ana')} ,",
        "The senators, Ana Roe and Bo Poe,",
        {"person": "Ana Roe|Bo Poe"},
        "Ana Roe and Bo Poe",
        id="named-after-their-description",
    ),
]


@pytest.mark.parametrize(("source", "words", "entities", "expected"), JOINT)
def test_joint_speakers(source: str, words: str, entities: dict[str, str], expected: str) -> None:
    found = last(then(RAINED, source, words, **entities)).speaker
    assert found is not None
    assert (found.name, found.kind) == (expected, SpeakerKind.GROUP)


def test_a_pronoun_in_a_list_is_resolved() -> None:
    doc = then(
        does("Ana Roe"),
        f"she/PRON/nsubj>said and {name('Bo Poe', 'conj>she')}",
        "She and Bo Poe",
        person="Ana Roe|Bo Poe",
    )
    assert heard(doc) == "Ana Roe and Bo Poe"


AUTHORS = [
    pytest.param(
        "by/ADP/case>Ana Ana/PROPN/root Roe/PROPN/flat>Ana\n\n{}\n\n{}", "Ana Roe", id="a-byline"
    ),
    pytest.param(
        f"{RAINED}\n\n{{}}\n\n{{}}\n\nAna/PROPN/nsubj>columnist Roe/PROPN/flat>Ana is/AUX/cop>columnist"
        " a columnist/NOUN/root .",
        "Ana Roe",
        id="said-at-the-end",
    ),
    pytest.param(f"{does('Ana Roe')}\n\n{{}}\n\n{{}}", None, id="somebody-named-is-not-the-author"),
]


@pytest.mark.parametrize(("layout", "expected"), AUTHORS)
def test_who_says_i_outside_quotation_marks(layout: str, expected: str | None) -> None:
    tree = layout.format(said("I/PRON/nsubj>said", "rents"), RAINED)
    assert heard(article(tree, [reported("I", "rents")], person="Ana Roe")) == expected


def test_joint_speakers_go_by_their_fullest_names() -> None:
    doc = then(
        f"{does('Ana Roe')}\n{does('Bo Poe', 'slept')}",
        "Roe/PROPN/nsubj>said and Poe/PROPN/conj>Roe",
        "Roe and Poe",
        person="Ana Roe|Bo Poe|Roe|Poe",
    )
    assert heard(doc) == "Ana Roe and Bo Poe"


# ---------------------------------------------------------------------- without a source
FIRST = exclaimed(ROE)
GOES_ON = [
    pytest.param(f"{FIRST}\n\n{RENTS}", direct("Ana Roe"), "Ana Roe", id="the-next-paragraph"),
    pytest.param(f"{FIRST}\n{RENTS}", direct("Ana Roe"), "Ana Roe", id="the-same-paragraph"),
    pytest.param(
        f"{ROE} said/VERB/root prices/NOUN/nsubj>fell “ fell/VERB/ccomp>said badly/ADV/advmod>fell ” .\n\n{RENTS}",
        quote("prices “fell badly”", cue="said", source="Ana Roe"),
        "Ana Roe",
        id="after-a-mixed-quotation",
    ),
    pytest.param(
        f"{said(ROE)}\n\n{RENTS}", reported("Ana Roe"), None, id="not-after-an-indirect-one"
    ),
    pytest.param(
        f"{FIRST}\n\n{RAINED}\n\n{RENTS}", direct("Ana Roe"), None, id="not-over-a-paragraph"
    ),
    pytest.param(
        f"{exclaimed('she/PRON/nsubj>said')}\n\n{RENTS}",
        direct("she"),
        None,
        id="not-of-somebody-unknown",
    ),
]


@pytest.mark.parametrize(("tree", "first", "expected"), GOES_ON)
def test_a_quotation_without_a_cue_goes_on(tree: str, first: Marked, expected: str | None) -> None:
    person = {"person": "Ana Roe"} if "Ana/" in tree else {}
    assert heard(article(tree, [first, RENTS_FELL], **person)) == expected


def test_going_on_chains() -> None:
    more = "“ wages/NOUN/nsubj>rose rose/VERB/root . ”"
    doc = article(
        f"{FIRST}\n\n{RENTS}\n\n{more}",
        [direct("Ana Roe"), RENTS_FELL, quote("“Wages rose.”")],
        person="Ana Roe",
    )
    assert heard(doc) == "Ana Roe"


def test_going_on_is_less_sure_than_being_named() -> None:
    doc = article(f"{FIRST}\n\n{RENTS}", [direct("Ana Roe"), RENTS_FELL], person="Ana Roe")
    named, going_on = attribute(doc).quotations
    assert going_on.speaker_confidence < named.speaker_confidence


NOBODY = [
    pytest.param(article(RENTS, [RENTS_FELL]), id="the-first-words-of-an-article"),
    pytest.param(
        article(
            f"{FIRST}\nIt/PRON/expl>was was/AUX/aux:pass>said said/VERB/root rents/NOUN/nsubj>fell fell/VERB/csubj>said .",
            [direct("Ana Roe"), quote("rents fell", cue="said")],
            person="Ana Roe",
        ),
        id="a-cue-without-a-source",
    ),
    pytest.param(
        article(
            f"{FIRST}\nrents/NOUN/nsubj>fell fell/VERB/root .",
            [direct("Ana Roe"), quote("Rents fell")],
            person="Ana Roe",
        ),
        id="unquoted-words",
    ),
]


@pytest.mark.parametrize("doc", NOBODY)
def test_no_source_is_no_speaker(doc: Document) -> None:
    found = last(doc)
    assert found.speaker is None
    assert found.speaker_confidence < found.confidence == 1.0


def test_a_participle_shares_its_subject_s_source() -> None:
    doc = article(
        f"{ROE} said/VERB/root prices/NOUN/nsubj>fell#1 fell/VERB/ccomp>said , adding/VERB/advcl>said rents/NOUN/nsubj>fell#2 fell/VERB/ccomp>adding .",
        [reported("Ana Roe"), reported(None, "rents", "adding")],
        person="Ana Roe",
    )
    found = last(doc)
    assert found.speaker is not None
    assert found.speaker.name == "Ana Roe"
    assert [span.of(doc.text) for span in found.source] == ["Ana Roe"]


def test_a_participle_of_another_sentence_has_no_source() -> None:
    doc = article(
        f"{said(ROE)}\nadding/VERB/root rents/NOUN/nsubj>fell fell/VERB/ccomp>adding .",
        [reported("Ana Roe"), reported(None, "rents", "Adding")],
        person="Ana Roe",
    )
    assert heard(doc) is None


# ---------------------------------------------------------------------- confidence, evidence
@pytest.mark.parametrize(
    ("reliability", "speaker_confidence"),
    [
        pytest.param({"name": 0.5}, 0.4, id="the-rule-s"),
        pytest.param({}, 0.8, id="of-no-rule"),
        pytest.param({"pronoun": 0.1}, 0.8, id="another-rule-s"),
        pytest.param({"name": 1.5}, 0.8, id="never-more-than-in-the-source"),
    ],
)
def test_confidence_in_the_speaker_is_that_in_the_source_times_the_rule_s(
    reliability: dict[str, float], speaker_confidence: float
) -> None:
    marked = quote("prices fell", cue="said", source="Ana Roe", confidence=0.8)
    doc = article(said(ROE), [marked], person="Ana Roe")
    found = last(doc, Params(rule_reliability=reliability))
    assert found.confidence == 0.8
    assert found.speaker_confidence == pytest.approx(speaker_confidence)


def test_signals_of_the_tagger_make_the_confidence_a_measured_one() -> None:
    doc = article(said(ROE), [reported("Ana Roe")], person="Ana Roe")
    (by_hand,) = doc.quotations
    chances = (0.99, 0.5)
    sure, unsure = (
        by_hand.evolve(
            signals=Signals(
                content=p,
                content_share=p,
                source=p,
                source_share=p,
                cue=p,
                cue_share=p,
                source_link=p,
                cue_link=p,
            )
        )
        for p in chances
    )
    high, low = (last(doc.model_copy(update={"quotations": (one,)})) for one in (sure, unsure))
    assert 0.5 < high.confidence < 1.0
    assert low.confidence < high.confidence
    assert high.speaker_confidence < high.confidence


def steps(doc: Document) -> list[tuple[str, str]]:
    return [(step.role, step.span.of(doc.text)) for step in last(doc).evidence]


SHE = said("she/PRON/nsubj>said", "rents")
CHAINS = [
    pytest.param(
        article(said(ROE), [reported("Ana Roe")], person="Ana Roe"),
        [("cue", "said"), ("mention", "Ana Roe"), ("name", "Ana Roe")],
        id="a-name",
    ),
    pytest.param(
        then(does("Ana Roe"), name("Mrs. Roe", "nsubj>said"), "Mrs. Roe", person="Ana Roe|Roe"),
        [("cue", "said"), ("mention", "Mrs. Roe"), ("name", "Ana Roe")],
        id="a-partial-name-to-the-full-one",
    ),
    pytest.param(
        article(
            f"{does('Ana Roe')}\n{does('Roe', 'slept')}\n{SHE}",
            [reported("She", "rents")],
            person="Ana Roe|Roe",
        ),
        [("cue", "said"), ("mention", "She"), ("antecedent", "Roe"), ("name", "Ana Roe")],
        id="a-pronoun-over-a-partial-name",
    ),
    pytest.param(
        article(
            f"{ROE} said/VERB/root in a statement/NOUN/obl>said rents/NOUN/nsubj>fell fell/VERB/ccomp>said .",
            [reported("Ana Roe", "rents")],
            person="Ana Roe",
        ),
        [("cue", "said"), ("mention", "Ana Roe"), ("name", "Ana Roe"), ("medium", "statement")],
        id="a-medium",
    ),
    pytest.param(
        article(f"{FIRST}\n\n{RENTS}", [direct("Ana Roe"), RENTS_FELL], person="Ana Roe"),
        [("antecedent", "Ana Roe"), ("name", "Ana Roe")],
        id="going-on",
    ),
    pytest.param(article(RENTS, [RENTS_FELL]), [], id="nothing-known"),
    pytest.param(
        article(SHE, [reported("She", "rents")]),
        [("cue", "said"), ("mention", "She")],
        id="an-open-pronoun",
    ),
]


@pytest.mark.parametrize(("doc", "expected"), CHAINS)
def test_evidence_leads_from_cue_to_name(doc: Document, expected: list[tuple[str, str]]) -> None:
    assert steps(doc) == expected


def test_act_and_medium_are_set() -> None:
    doc = article(
        f"{said(name('Ana Roe', 'nsubj>hopes'), verb='hopes')}\n{said(name('Ana Roe', 'nsubj>tweeted'), 'rents', 'tweeted')}",
        [reported("Ana Roe", cue="hopes"), reported("Ana Roe", "rents", "tweeted")],
        person="Ana Roe",
    )
    hoped, tweeted = attribute(doc).quotations
    assert (hoped.act, hoped.medium) == (Act.ATTITUDE, None)
    assert (tweeted.act, tweeted.medium) == (Act.SPEECH, "Twitter")


# ---------------------------------------------------------------------- the stage
@pytest.mark.parametrize(
    ("stages", "missing"),
    [
        pytest.param([], "tagger, parse", id="neither"),
        pytest.param(["tagger"], "parse", id="no-tree"),
        pytest.param(["parse"], "tagger", id="no-quotations"),
    ],
)
def test_earlier_stages_are_required(stages: list[str], missing: str) -> None:
    doc = Document(text="It rains.", done=frozenset(stages))
    with pytest.raises(StageError, match=f"run {missing} first"):
        attribute(doc)


def test_the_stage_is_noted_and_the_rest_is_untouched() -> None:
    doc = article(f"{FIRST}\n\n{RENTS}", [direct("Ana Roe"), RENTS_FELL], person="Ana Roe")
    after = attribute(doc)
    assert after.done == doc.done | {"attribution"}
    assert (after.text, after.sentences, after.entities) == (doc.text, doc.sentences, doc.entities)
    assert doc.quotations[0].speaker is None


def test_an_empty_document() -> None:
    empty = Document(text="", done=frozenset({"tagger", "parse"}))
    assert attribute(empty).quotations == ()


LONG = article(
    "\n".join(
        [
            f"the US/PROPN/compound>envoy envoy/NOUN/nsubj>met , {name('Ana Roe', 'appos>envoy')} , met/VERB/root {name('Bo Poe', 'obj>met')} .",
            f"{exclaimed('she/PRON/nsubj>said')}",
            f"{said('the statement/NOUN/nsubj>said of the IMF/PROPN/nmod>statement', 'wages')}",
            "",
            RENTS,
            f"{said(name('Poe', 'nsubj>said') + ' and ' + name('Roe', 'conj>Poe'), 'taxes')}",
            f"{said('officials=official/NOUN/nsubj>said who/PRON/nsubj>hid hid/VERB/acl:relcl>officials', 'fees')}",
        ]
    ),
    person="Ana Roe|Bo Poe|Poe|Roe",
    org="IMF",
    place="US",
)


@st.composite
def tagged(draw: st.DrawFn) -> Document:
    """The same article with quotations anywhere, on whatever words."""
    words = [token.span for sentence in LONG.sentences for token in sentence.tokens]

    def span() -> Span:
        first = draw(st.integers(0, len(words) - 1))
        after = draw(st.integers(first, min(first + 8, len(words) - 1)))
        return Span(start=words[first].start, end=words[after].end)

    found = [
        Quotation(
            kind=draw(st.sampled_from(Kind)),
            act=Act.SPEECH,
            content=(span(),),
            cue=(span(),) if draw(st.booleans()) else (),
            source=(span(),) if draw(st.booleans()) else (),
            confidence=draw(st.floats(0, 1)),
        )
        for _ in range(draw(st.integers(1, 6)))
    ]
    return LONG.evolve(done="tagger", quotations=tuple(found))


@settings(deadline=None)  # the first example pays for reading the lexicons
@given(tagged())
def test_whatever_was_tagged_is_attributed_in_order_and_inside_the_text(doc: Document) -> None:
    after = attribute(doc)
    assert len(after.quotations) == len(doc.quotations)
    for before, found in zip(doc.quotations, after.quotations, strict=True):
        assert (found.content, found.cue, found.kind) == (before.content, before.cue, before.kind)
        assert found.source == before.source or not before.source
        assert 0.0 <= found.speaker_confidence <= found.confidence == before.confidence
        assert found.speaker is None or found.speaker.name.strip()
        assert all(step.span.of(doc.text).strip() for step in found.evidence)
        roles = [step.role for step in found.evidence]
        assert set(roles) <= {"cue", "mention", "antecedent", "name", "medium"}


@settings(deadline=None)  # the first example pays for reading the lexicons
@given(tagged())
def test_the_same_document_is_attributed_the_same_way(doc: Document) -> None:
    assert attribute(doc) == attribute(doc)
