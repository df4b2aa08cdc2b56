"""Reading one source mention as its words stand: pronoun, name, several names, description."""

# ruff: noqa: E501  one sentence and its tree stand on one line

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp.document import Document, Span, SpeakerKind
from quotes.nlp.grammar import Grammar
from quotes.nlp.mentions import Form, Mention, read
from tests.quotes.nlp.build import article, name, span_in

SAID = "said/VERB/root so/ADV/advmod>said ."
PERSON, ORGANISATION = SpeakerKind.PERSON, SpeakerKind.ORGANISATION


def mentioned(tree: str, **entities: str) -> tuple[Document, Mention]:
    """Read what stands before " said so." as a mention."""
    doc = article(f"{tree} {SAID}", **entities)
    words = doc.text.removesuffix(" said so.")
    return doc, read(Grammar(doc), span_in(doc.text, words))


def texts(doc: Document, mention: Mention) -> list[str]:
    return [span.of(doc.text) for span in (mention.name, *mention.parts) if span is not None]


@pytest.mark.parametrize(
    ("tree", "pronoun", "gender", "plural"),
    [
        pytest.param("He/PRON/nsubj>said", "person", "m", False, id="he"),
        pytest.param("She/PRON/nsubj>said", "person", "f", False, id="she"),
        pytest.param("It/PRON/nsubj>said", "thing", None, False, id="it"),
        pytest.param("They/PRON/nsubj>said", "plural", None, True, id="they"),
        pytest.param("I/PRON/nsubj>said", "first", None, False, id="i"),
        pytest.param("Both/PRON/nsubj>said", "indefinite", None, False, id="both"),
        pytest.param(
            "He/PRON/nsubj>said himself/PRON/nmod:npmod>He", "person", "m", False, id="he-himself"
        ),
        pytest.param(
            "Some/PRON/nsubj>said of them/PRON/nmod>Some", "plural", None, True, id="some-of-them"
        ),
        pytest.param(
            "Nobody/PRON/nsubj>said in town/NOUN/nmod>Nobody",
            "indefinite",
            None,
            False,
            id="nobody",
        ),
        pytest.param(
            "No/DET/det>one one/PRON/nsubj>said at home/NOUN/nmod>one",
            "indefinite",
            None,
            False,
            id="no-one",
        ),
    ],
)
def test_pronouns(tree: str, pronoun: str, gender: str | None, *, plural: bool) -> None:
    _, mention = mentioned(tree)
    assert mention.form is Form.PRONOUN
    assert (mention.pronoun, mention.gender, mention.plural) == (pronoun, gender, plural)


ROE = "Ana/PROPN/nsubj>said Roe/PROPN/flat>Ana"
NAMES = [
    pytest.param(ROE, {"person": "Ana Roe"}, "Ana Roe", PERSON, "", id="bare"),
    pytest.param(
        f"{ROE} herself/PRON/nmod:npmod>Ana",
        {"person": "Ana Roe"},
        "Ana Roe",
        PERSON,
        "",
        id="stressed",
    ),
    pytest.param(
        f"{ROE} herself/PRON/nmod:npmod>Ana , a/DET/det>judge judge/NOUN/appos>Ana",
        {"person": "Ana Roe"},
        "Ana Roe",
        PERSON,
        "a judge",
        id="stressed-before-a-role",
    ),
    pytest.param(
        "Konfut/PROPN/nsubj>said itself/PRON/nmod:npmod>Konfut",
        {},
        "Konfut",
        None,
        "",
        id="stressed-where-no-name-was-seen",
    ),
    pytest.param(
        f"{ROE} 's", {"person": "Ana Roe"}, "Ana Roe", PERSON, "", id="before-what-it-said"
    ),
    pytest.param(
        f"former/ADJ/amod>chief chief/NOUN/nsubj>said of staff/NOUN/nmod>chief"
        f" {name('Ana Roe', 'appos>chief')}",
        {"person": "Ana Roe"},
        "Ana Roe",
        PERSON,
        "Former chief of staff",
        id="a-long-role-before-the-name",
    ),
    pytest.param(
        "crimes/NOUN/compound>chief chief/NOUN/nsubj>said ( Cyber/PROPN/appos>chief )"
        f" {name('Ana Roe', 'appos>chief')}",
        {"person": "Ana Roe"},
        "Ana Roe",
        PERSON,
        "Crimes chief (Cyber)",
        id="brackets-before-the-name",
    ),
    pytest.param(
        "chairman/NOUN/nsubj>said of the Town/PROPN/compound>Board Board/PROPN/nmod>chairman"
        f" {name('Ana Roe', 'appos>Board')}",
        {"person": "Ana Roe", "org": "Town Board"},
        "Ana Roe",
        PERSON,
        "Chairman of the Town Board",
        id="a-body-directly-before-the-name",
    ),
    pytest.param(
        "centre/PROPN/nsubj>said for Town/PROPN/compound>Research Research/PROPN/nmod>centre"
        f" fellow/NOUN/nmod>Ana {name('Ana Roe', 'obj>centre')}",
        {"person": "Ana Roe", "org": "Town Research"},
        "Ana Roe",
        PERSON,
        "Centre for Town Research fellow",
        id="half-a-body-before-an-office",
    ),
    pytest.param(
        f"attorney/NOUN/compound>Ana {ROE} SC/PROPN/flat>Ana",
        {"person": "Ana Roe"},
        "Ana Roe",
        PERSON,
        "Attorney",
        id="letters-behind-the-name",
    ),
    pytest.param(
        f"Bangi/PROPN/compound>Ana MP/PROPN/compound>Ana {ROE}",
        {"person": "Bangi|Ana Roe"},
        "Ana Roe",
        PERSON,
        "Bangi MP",
        id="no-letters-before-one",
    ),
    pytest.param(
        "the chief/NOUN/nsubj>said , Alhaji/PROPN/compound>Ana ( Dr/PROPN/appos>Alhaji )"
        f" {name('Ana Roe', 'appos>chief')}",
        {"person": "Ana Roe"},
        "Ana Roe",
        PERSON,
        "chief",
        id="a-title-in-brackets",
    ),
    pytest.param(
        f"sheikh/PROPN/nsubj>said of the Mosque/PROPN/nmod>sheikh {name('Ana Roe', 'flat>sheikh')}",
        {"person": "Ana Roe"},
        "Ana Roe",
        PERSON,
        "Sheikh of the Mosque",
        id="an-office-that-the-recogniser-missed",
    ),
    pytest.param(
        f"Vatican/PROPN/compound>spokesman spokesman/NOUN/nsubj>said the/DET/det>Ana"
        f" {name('Ana Roe', 'appos>spokesman')}",
        {"person": "Ana Roe", "place": "Vatican"},
        "Ana Roe",
        PERSON,
        "Vatican spokesman",
        id="no-role-ends-in-an-article",
    ),
    pytest.param(
        f"senator/NOUN/compound>Ana {ROE} of Iowa/PROPN/nmod>Ana",
        {"person": "Ana Roe", "place": "Iowa"},
        "Ana Roe",
        PERSON,
        "Senator of Iowa",
        id="the-role-has-its-place",
    ),
    pytest.param(
        "Mr./PROPN/nsubj>said Grassley/PROPN/flat>Mr.",
        {"person": "Grassley"},
        "Grassley",
        PERSON,
        "",
        id="honorific-is-no-role",
    ),
    pytest.param(
        "Sen./PROPN/nsubj>said Chuck/PROPN/flat>Sen. Grassley/PROPN/flat>Sen.",
        {"person": "Chuck Grassley"},
        "Chuck Grassley",
        PERSON,
        "Sen.",
        id="title-is-a-role",
    ),
    pytest.param(
        "CNN/PROPN/compound>host host/NOUN/nsubj>said Wolf/PROPN/appos>host Blitzer/PROPN/flat>Wolf",
        {"person": "Wolf Blitzer", "org": "CNN"},
        "Wolf Blitzer",
        PERSON,
        "CNN host",
        id="description-before-the-name",
    ),
    pytest.param(
        "the former/ADJ/amod>envoy US/PROPN/compound>envoy envoy/NOUN/nsubj>said Brett/PROPN/appos>envoy McGurk/PROPN/flat>Brett",
        {"person": "Brett McGurk", "place": "US"},
        "Brett McGurk",
        PERSON,
        "former US envoy",
        id="article-is-no-part-of-the-role",
    ),
    pytest.param(
        f"{ROE} , the minister/NOUN/appos>Ana of the economy/NOUN/nmod>minister ,",
        {"person": "Ana Roe"},
        "Ana Roe",
        PERSON,
        "the minister of the economy",
        id="apposition-after",
    ),
    pytest.param(
        "the minister/NOUN/nsubj>said of the economy/NOUN/nmod>minister , Mr./PROPN/appos>minister Guajardo/PROPN/flat>Mr. Villarreal/PROPN/flat>Mr. ,",
        {"person": "Guajardo Villarreal"},
        "Guajardo Villarreal",
        PERSON,
        "minister of the economy",
        id="apposition-before",
    ),
    pytest.param(
        f"{ROE} , 52/NUM/appos>Ana , a farmer/NOUN/appos>Ana in Kansas/PROPN/nmod>farmer ,",
        {"person": "Ana Roe", "place": "Kansas"},
        "Ana Roe",
        PERSON,
        "a farmer in Kansas",
        id="an-age-is-no-role",
    ),
    pytest.param(
        f"{ROE} , who/PRON/nsubj>leads leads/VERB/acl:relcl>Ana them/PRON/obj>leads ,",
        {"person": "Ana Roe"},
        "Ana Roe",
        PERSON,
        "",
        id="a-relative-clause-is-no-role",
    ),
    pytest.param(
        f"{ROE} of the IMF/PROPN/nmod>Ana",
        {"person": "Ana Roe", "org": "IMF"},
        "Ana Roe",
        PERSON,
        "of the IMF",
        id="affiliation",
    ),
    pytest.param(
        "the United/PROPN/compound>Nations Nations/PROPN/nsubj>said",
        {"org": "United Nations"},
        "United Nations",
        ORGANISATION,
        "",
        id="body",
    ),
    pytest.param(
        "the UN/PROPN/nsubj>said", {}, "UN", ORGANISATION, "", id="known-though-not-recognised"
    ),
    pytest.param(
        "the Syrian/ADJ/amod>Observatory Observatory/PROPN/nsubj>said for Human/ADJ/amod>Rights Rights/PROPN/nmod>Observatory",
        {"org": "Syrian Observatory for Human Rights"},
        "Syrian Observatory for Human Rights",
        ORGANISATION,
        "",
        id="a-preposition-inside-a-name",
    ),
    pytest.param(
        "Washington/PROPN/nsubj>said",
        {"place": "Washington"},
        "Washington",
        ORGANISATION,
        "",
        id="a-place-speaks-as-a-body",
    ),
    pytest.param(
        "Mr./PROPN/nsubj>said Guajardo/PROPN/flat>Mr.",
        {},
        "Mr. Guajardo",
        PERSON,
        "",
        id="a-titled-name-not-recognised",
    ),
    pytest.param(
        f"a farmer/NOUN/nsubj>said named/VERB/acl>farmer {name('Ana Roe', 'xcomp>named')}",
        {"person": "Ana Roe"},
        "Ana Roe",
        PERSON,
        "farmer",
        id="named",
    ),
    pytest.param(
        f"the purser/NOUN/nsubj>said , a man/NOUN/appos>purser called/VERB/acl>man {name('Ana Roe', 'xcomp>called')}"
        " who/PRON/nsubj>served served/VERB/acl:relcl>man",
        {"person": "Ana Roe"},
        "Ana Roe",
        PERSON,
        "purser, a man",
        id="called-so-in-an-apposition",
    ),
    pytest.param(
        "the detainee/NOUN/nsubj>said , identified/VERB/acl>detainee only/ADV/advmod>identified"
        " as/ADP/case>Roe Roe/PROPN/obl>identified",
        {"person": "Roe"},
        "Roe",
        PERSON,
        "detainee",
        id="identified-only-as",
    ),
    pytest.param(
        f"the club/NOUN/nmod:poss>chairman 's chairman/NOUN/nsubj>said ( {name('Ana Roe', 'appos>chairman')} )",
        {"person": "Ana Roe"},
        "Ana Roe",
        PERSON,
        "club's chairman",
        id="in-brackets",
    ),
    pytest.param(
        f"the contractor/NOUN/nsubj>said , {name('Roe Mining', 'appos>contractor')}",
        {"org": "Roe Mining"},
        "Roe Mining",
        ORGANISATION,
        "contractor",
        id="a-body-in-apposition",
    ),
    pytest.param(
        "WHO/PRON/nsubj>said",
        {},
        "WHO",
        ORGANISATION,
        "",
        id="an-acronym-that-is-a-pronoun-in-small",
    ),
    pytest.param(
        "the WHO/PRON/nsubj>said",
        {},
        "WHO",
        ORGANISATION,
        "",
        id="an-acronym-is-no-relative-pronoun",
    ),
    pytest.param(
        f"a teacher/NOUN/nsubj>said , {name('Ana Roe', 'appos>teacher')} of Lima/PROPN/nmod>Ana",
        {"person": "Ana Roe", "place": "Lima"},
        "Ana Roe",
        PERSON,
        "teacher",
        id="named-with-where-from",
    ),
    pytest.param(
        f"then/ADV/advmod>said {ROE}", {"person": "Ana Roe"}, "Ana Roe", PERSON, "", id="then"
    ),
    pytest.param(
        "the Earl/PROPN/nsubj>said of Roe/PROPN/nmod>Earl",
        {},
        "Earl of Roe",
        None,
        "",
        id="a-peer",
    ),
]


@pytest.mark.parametrize(("tree", "entities", "name", "kind", "role"), NAMES)
def test_names(
    tree: str, entities: dict[str, str], name: str, kind: SpeakerKind, role: str
) -> None:
    doc, mention = mentioned(tree, **entities)
    assert mention.form is Form.NAME
    assert texts(doc, mention) == [name]
    assert (mention.kind, mention.role) == (kind, role)


JOINT = [
    pytest.param(
        f"{ROE} and Bo/PROPN/conj>Ana Poe/PROPN/flat>Bo",
        {"person": "Ana Roe|Bo Poe"},
        ["Ana Roe", "Bo Poe"],
        id="two",
    ),
    pytest.param(
        f"{ROE} , Bo/PROPN/conj>Ana Poe/PROPN/flat>Bo and Cy/PROPN/conj>Ana Doe/PROPN/flat>Cy",
        {"person": "Ana Roe|Bo Poe|Cy Doe"},
        ["Ana Roe", "Bo Poe", "Cy Doe"],
        id="three",
    ),
    pytest.param(
        "Mr./PROPN/nsubj>said Roe/PROPN/flat>Mr. and Mrs./PROPN/conj>Mr. Poe/PROPN/flat>Mrs.",
        {"person": "Roe|Poe"},
        ["Mr. Roe", "Mrs. Poe"],
        id="honorifics-between",
    ),
    pytest.param(
        f"{ROE} and Sen./PROPN/conj>Ana Bo/PROPN/flat>Sen. Poe/PROPN/flat>Sen.",
        {"person": "Ana Roe|Bo Poe"},
        ["Ana Roe", "Sen. Bo Poe"],
        id="a-title-between",
    ),
    pytest.param(
        "Russia/PROPN/nsubj>said and Iran/PROPN/conj>Russia",
        {"place": "Russia|Iran"},
        ["Russia", "Iran"],
        id="countries",
    ),
    pytest.param(
        f"both/CCONJ/cc:preconj>Ana {ROE} and Bo/PROPN/conj>Ana Poe/PROPN/flat>Bo",
        {"person": "Ana Roe|Bo Poe"},
        ["Ana Roe", "Bo Poe"],
        id="both",
    ),
    pytest.param(
        f"neither/CCONJ/cc:preconj>Ana {ROE} nor/CCONJ/cc>Bo Bo/PROPN/conj>Ana Poe/PROPN/flat>Bo",
        {"person": "Ana Roe|Bo Poe"},
        ["Ana Roe", "Bo Poe"],
        id="neither",
    ),
    pytest.param(
        f"{ROE} and her/PRON/nmod:poss>aides aides=aide/NOUN/conj>Ana",
        {"person": "Ana Roe"},
        ["Ana Roe", "her aides"],
        id="one-of-them-described",
    ),
    pytest.param(
        f"{ROE} and senators=senator/NOUN/conj>Ana from Iowa/PROPN/nmod>senators",
        {"person": "Ana Roe", "place": "Iowa"},
        ["Ana Roe", "senators from Iowa"],
        id="one-of-them-several",
    ),
    pytest.param(
        f"he/PRON/nsubj>said and {name('Bo Poe', 'conj>he')}",
        {"person": "Bo Poe"},
        ["He", "Bo Poe"],
        id="a-pronoun-and-a-name",
    ),
    pytest.param(
        f"{ROE} , a senator/NOUN/appos>Ana , and {name('Bo Poe', 'conj>Ana')}",
        {"person": "Ana Roe|Bo Poe"},
        ["Ana Roe", "Bo Poe"],
        id="an-apposition-between",
    ),
    pytest.param(
        f"{ROE} and {name('Bo Poe', 'conj>Ana')} , who/PRON/nsubj>left left/VERB/acl:relcl>Bo",
        {"person": "Ana Roe|Bo Poe"},
        ["Ana Roe", "Bo Poe"],
        id="a-clause-after-the-last",
    ),
]


@pytest.mark.parametrize(("tree", "entities", "expected"), JOINT)
def test_several_names(tree: str, entities: dict[str, str], expected: list[str]) -> None:
    doc, mention = mentioned(tree, **entities)
    assert mention.form is Form.JOINT
    assert mention.plural
    assert texts(doc, mention) == expected


NOT_JOINT = [
    pytest.param(
        f"{ROE} of Procter/PROPN/nmod>Ana and Gamble/PROPN/conj>Procter",
        {"person": "Ana Roe", "org": "Procter|Gamble"},
        "Ana Roe",
        id="the-firms-of-one-person",
    ),
    pytest.param(
        f"{ROE} , of Kansas/PROPN/nmod>Ana and Iowa/PROPN/conj>Kansas ,",
        {"person": "Ana Roe", "place": "Kansas|Iowa"},
        "Ana Roe",
        id="the-places-of-one-person",
    ),
    pytest.param(
        f"{ROE} , president/NOUN/appos>Ana and head/NOUN/conj>president of Shell/PROPN/nmod>head",
        {"person": "Ana Roe", "org": "Shell"},
        "Ana Roe",
        id="two-offices-of-one-person",
    ),
    pytest.param(
        f"{ROE} , head/NOUN/appos>Ana of Shell/PROPN/nmod>head , and of Total/PROPN/conj>Shell",
        {"person": "Ana Roe", "org": "Shell|Total"},
        "Ana Roe",
        id="a-person-is-not-listed-with-firms",
    ),
]


@pytest.mark.parametrize(("tree", "entities", "name"), NOT_JOINT)
def test_one_name_beside_others(tree: str, entities: dict[str, str], name: str) -> None:
    doc, mention = mentioned(tree, **entities)
    assert mention.form is Form.NAME
    assert texts(doc, mention) == [name]


NOT_LISTS = [
    pytest.param(
        "the envoy/NOUN/nsubj>said to France/PROPN/nmod>envoy and Spain/PROPN/conj>France",
        {"place": "France|Spain"},
        "envoy",
        id="the-countries-of-one-envoy",
    ),
    pytest.param(
        "Roe/PROPN/compound>supporters and Poe/PROPN/conj>Roe supporters=supporter/NOUN/nsubj>said",
        {"person": "Roe|Poe"},
        "supporter",
        id="the-supporters-of-two",
    ),
    pytest.param(
        "Iowa/PROPN/compound>officials and Utah/PROPN/conj>Iowa officials=official/NOUN/nsubj>said",
        {"place": "Iowa|Utah"},
        "official",
        id="the-officials-of-two-states",
    ),
]


@pytest.mark.parametrize(("tree", "entities", "noun"), NOT_LISTS)
def test_names_in_a_description_are_no_speakers(
    tree: str, entities: dict[str, str], noun: str
) -> None:
    _, mention = mentioned(tree, **entities)
    assert (mention.form, mention.noun) == (Form.DESCRIPTION, noun)


DESCRIPTIONS = [
    pytest.param("the envoy/NOUN/nsubj>said", {}, "envoy", True, False, None, id="definite"),
    pytest.param("an official/NOUN/nsubj>said", {}, "official", False, False, None, id="one"),
    pytest.param(
        "a US/PROPN/compound>official official/NOUN/nsubj>said",
        {"place": "US"},
        "official",
        False,
        False,
        None,
        id="of-a-country",
    ),
    pytest.param(
        "officials=official/NOUN/nsubj>said", {}, "official", False, True, None, id="several"
    ),
    pytest.param(
        "the spokeswoman/NOUN/nsubj>said", {}, "spokeswoman", True, False, "f", id="gender"
    ),
    pytest.param("the statement/NOUN/nsubj>said", {}, "statement", True, False, None, id="thing"),
    pytest.param(
        "Clinton/PROPN/nmod:poss>campaign 's campaign/NOUN/nsubj>said",
        {"person": "Clinton"},
        "campaign",
        True,
        False,
        None,
        id="a-possessor-does-not-speak",
    ),
    pytest.param(
        "the Iowa/PROPN/compound>Republican Republican/PROPN/nsubj>said",
        {"org": "Iowa Republican"},
        "republican",
        True,
        False,
        None,
        id="of-a-party",
    ),
    pytest.param(
        "a candidate/NOUN/nsubj>said 's",
        {},
        "candidate",
        False,
        False,
        None,
        id="being-a-possessor-makes-nobody-definite",
    ),
    pytest.param(
        "a supporter/NOUN/nsubj>said of candidate/NOUN/nmod>supporter"
        f" {name('Ana Roe', 'appos>candidate')}",
        {"person": "Ana Roe"},
        "supporter",
        False,
        False,
        None,
        id="a-supporter-of-somebody-with-a-title",
    ),
    pytest.param(
        "Aides=aide/PROPN/nsubj>said to Clinton/PROPN/nmod>Aides",
        {"person": "Clinton"},
        "aide",
        False,
        True,
        None,
        id="a-capital-at-the-start-makes-no-name",
    ),
    pytest.param(
        "aides=aide/NOUN/nsubj>said to Clinton/PROPN/nmod>aides",
        {"person": "Clinton"},
        "aide",
        False,
        True,
        None,
        id="aides-to-somebody",
    ),
    pytest.param(
        "Mexicans=Mexican/PROPN/nsubj>said",
        {"norp": "Mexicans"},
        "mexican",
        False,
        True,
        None,
        id="a-people",
    ),
    pytest.param(
        "the US/PROPN/compound>led ~-/PUNCT/punct>led ~led/VERB/amod>coalition coalition/NOUN/nsubj>said",
        {"place": "US"},
        "coalition",
        True,
        False,
        None,
        id="an-attributive-participle-is-inside",
    ),
    pytest.param(
        "the official/NOUN/nsubj>said , who/PRON/nsubj>spoke spoke/VERB/acl:relcl>official to Reuters/PROPN/obl>spoke ,",
        {"org": "Reuters"},
        "official",
        True,
        False,
        None,
        id="a-name-in-a-relative-clause",
    ),
]


@pytest.mark.parametrize(("tree", "entities", "noun", "definite", "plural", "gender"), DESCRIPTIONS)
def test_descriptions(
    tree: str,
    entities: dict[str, str],
    noun: str,
    definite: bool,  # noqa: FBT001
    plural: bool,  # noqa: FBT001
    gender: str | None,
) -> None:
    _, mention = mentioned(tree, **entities)
    assert mention.form is Form.DESCRIPTION
    assert mention.name is None
    assert (mention.noun, mention.definite, mention.plural) == (noun, definite, plural)
    assert mention.gender == gender


TREE = (
    f"{ROE} , the US/PROPN/compound>envoy envoy/NOUN/appos>Ana to Iraq/PROPN/nmod>envoy and"
    f" Bo/PROPN/conj>Ana Poe/PROPN/flat>Bo of the IMF/PROPN/nmod>Bo {SAID}"
)
DOC = article(TREE, person="Ana Roe|Bo Poe", place="US|Iraq", org="IMF")


@given(st.integers(0, len(DOC.text) - 1), st.integers(1, len(DOC.text)))
def test_any_span_can_be_read_and_nothing_outside_it_is_named(start: int, length: int) -> None:
    span = Span(start=start, end=min(start + length, len(DOC.text)))
    mention = read(Grammar(DOC), span)
    assert mention.span == span
    assert mention.core.end <= len(DOC.text)
    for named in (mention.name, *mention.parts):
        assert named is None or named.meets(span)
