"""Descriptions as sources: documents, roles, bodies, anonymous sources."""

# ruff: noqa: E501  one sentence and its tree stand on one line

import pytest

from quotes.nlp.attribution import attribute
from quotes.nlp.document import Document, Quotation, SpeakerKind
from tests.quotes.nlp.build import Marked, article, name, quote, reported, said

ANONYMOUS, DOCUMENT = SpeakerKind.ANONYMOUS, SpeakerKind.DOCUMENT
PERSON, ORGANISATION = SpeakerKind.PERSON, SpeakerKind.ORGANISATION
GROUP = SpeakerKind.GROUP
RAINED = "it/PRON/expl>rained rained/VERB/root ."


def last(doc: Document) -> Quotation:
    return attribute(doc).quotations[-1]


def heard(doc: Document) -> tuple[str, SpeakerKind] | None:
    """Return name and kind of the last quotation's speaker, a leading article in lower case."""
    found = last(doc).speaker
    if found is None:
        return None
    first, space, rest = found.name.partition(" ")
    low = (
        first.lower()
        if first.lower() in ("a", "an", "the", "another", "two", "officials")
        else first
    )
    return low + space + rest, found.kind


def does(who: str, verb: str = "left") -> str:
    return f"{name(who, f'nsubj>{verb}')} {verb}/VERB/root ."


def then(before: str, source: str, words: str, *quotes: Marked, **entities: str) -> Document:
    """Return `before`, then "<source> said rents fell.", `words` being the source as text."""
    tree = f"{before}\n{said(source, 'rents')}"
    return article(tree, [*quotes, reported(words, "rents")], **entities)


def the(noun: str) -> str:
    return f"the {noun}/NOUN/nsubj>said"


# ---------------------------------------------------------------------- documents
def told(who: str, over: str, relation: str = "in") -> str:
    """Return "<who> said in a <over> prices fell."."""
    return (
        f"{name(who, 'nsubj>said')} said/VERB/root {relation} a {over}/NOUN/obl>said"
        " that/SCONJ/mark>fell prices/NOUN/nsubj>fell fell/VERB/ccomp>said ."
    )


COURT = "the Supreme/PROPN/compound>Court Court/PROPN/nsubj>met met/VERB/root ."
ROE_SAID = reported("Ana Roe")
IMF = "International Monetary Fund"
DOCUMENTS = [
    pytest.param(
        then(
            told("Ana Roe", "statement"),
            the("statement"),
            "The statement",
            ROE_SAID,
            person="Ana Roe",
        ),
        ("Ana Roe", PERSON),
        id="the-statement-of-who-made-one",
    ),
    pytest.param(
        then(
            COURT,
            "a letter/NOUN/nsubj>said issued/VERB/acl>letter by the court/NOUN/obl>issued",
            "A letter issued by the court",
            org="Supreme Court",
        ),
        ("Supreme Court", ORGANISATION),
        id="issued-by-a-body-described",
    ),
    pytest.param(
        then(told("Ana Roe", "letter"), the("letter"), "The letter", ROE_SAID, person="Ana Roe"),
        ("Ana Roe", PERSON),
        id="the-letter-of-who-wrote-one",
    ),
    pytest.param(
        then(
            f"{told('Ana Roe', 'statement')}\n{said(name('Bo Poe', 'nsubj>said'), 'wages')}",
            the("statement"),
            "The statement",
            ROE_SAID,
            reported("Bo Poe", "wages"),
            person="Ana Roe|Bo Poe",
        ),
        ("Ana Roe", PERSON),
        id="not-of-who-spoke-since",
    ),
    pytest.param(
        then(
            told("Ana Roe", "interview"),
            the("statement"),
            "The statement",
            ROE_SAID,
            person="Ana Roe",
        ),
        ("the statement", DOCUMENT),
        id="not-of-who-gave-an-interview",
    ),
    pytest.param(
        then(RAINED, the("statement"), "The statement"),
        ("the statement", DOCUMENT),
        id="a-statement-of-nobody",
    ),
    pytest.param(
        then(
            RAINED,
            "Clinton/PROPN/nmod:poss>letter 's letter/NOUN/nsubj>said",
            "Clinton's letter",
            person="Clinton",
        ),
        ("Clinton", PERSON),
        id="a-possessor-issued-it",
    ),
    pytest.param(
        then(
            does("Hillary Clinton"),
            "Clinton/PROPN/nmod:poss>letter 's letter/NOUN/nsubj>said",
            "Clinton's letter",
            person="Hillary Clinton|Clinton",
        ),
        ("Hillary Clinton", PERSON),
        id="a-possessor-by-the-full-name",
    ),
    pytest.param(
        then(
            RAINED,
            "a report/NOUN/nsubj>said by the IMF/PROPN/nmod>report",
            "A report by the IMF",
            org="IMF",
        ),
        (IMF, ORGANISATION),
        id="a-report-by-a-body",
    ),
    pytest.param(
        then(
            RAINED,
            "a statement/NOUN/nsubj>said from the IMF/PROPN/nmod>statement",
            "A statement from the IMF",
            org="IMF",
        ),
        (IMF, ORGANISATION),
        id="a-statement-from-a-body",
    ),
    pytest.param(
        then(
            RAINED,
            "an IMF/PROPN/compound>report report/NOUN/nsubj>said",
            "An IMF report",
            org="IMF",
        ),
        (IMF, ORGANISATION),
        id="a-body's-report",
    ),
    pytest.param(
        then(
            RAINED,
            "a report/NOUN/nsubj>said on Iran/PROPN/nmod>report",
            "A report on Iran",
            place="Iran",
        ),
        ("report on Iran", DOCUMENT),
        id="the-subject-of-a-report-is-not-its-author",
    ),
    pytest.param(
        then(
            RAINED,
            "a letter/NOUN/nsubj>said seen/VERB/acl>letter by the IMF/PROPN/obl>seen",
            "A letter seen by the IMF",
            org="IMF",
        ),
        ("a letter", ANONYMOUS),
        id="who-saw-a-letter-did-not-write-it",
    ),
    pytest.param(
        then(
            said("the IMF/PROPN/nsubj>said"),
            the("statement"),
            "The statement",
            reported("The IMF"),
            org="IMF",
        ),
        (IMF, ORGANISATION),
        id="the-body-that-just-spoke",
    ),
]


@pytest.mark.parametrize(("doc", "expected"), DOCUMENTS)
def test_documents(doc: Document, expected: tuple[str, SpeakerKind]) -> None:
    assert heard(doc) == expected


@pytest.mark.parametrize("noun", ["poll", "survey", "study"])
def test_a_survey_speaks_for_itself(noun: str) -> None:
    doc = then(
        RAINED,
        f"a Gallup/PROPN/compound>{noun} {noun}/NOUN/nsubj>said",
        f"A Gallup {noun}",
        org="Gallup",
    )
    assert heard(doc) == (f"Gallup {noun}", DOCUMENT)


# ---------------------------------------------------------------------- people by role
SENATOR = "Sen./PROPN/nsubj>left Ana/PROPN/flat>Sen. Roe/PROPN/flat>Sen. left/VERB/root ."
ENVOY = f"the US/PROPN/compound>envoy envoy/NOUN/nsubj>left {name('Brett McGurk', 'appos>envoy')} left/VERB/root ."
MINISTER = f"{name('Ana Roe', 'nsubj>left')} , the minister/NOUN/appos>Ana of finance/NOUN/nmod>minister , left/VERB/root ."
ROLES = [
    pytest.param(
        then(
            f"{SENATOR}\n{does('Bo Poe')}", the("senator"), "The senator", person="Ana Roe|Bo Poe"
        ),
        "Ana Roe",
        id="whose-title-it-is-not-the-last-named",
    ),
    pytest.param(
        then(
            f"{ENVOY}\n{does('Bo Poe')}",
            the("envoy"),
            "The envoy",
            person="Brett McGurk|Bo Poe",
            place="US",
        ),
        "Brett McGurk",
        id="a-description-before-the-name",
    ),
    pytest.param(
        then(
            f"{MINISTER}\n{does('Bo Poe')}",
            the("minister"),
            "The minister",
            person="Ana Roe|Bo Poe",
        ),
        "Ana Roe",
        id="an-apposition-after-the-name",
    ),
    pytest.param(
        then(
            f"{MINISTER}\nMrs./PROPN/nsubj>slept Roe/PROPN/flat>Mrs. slept/VERB/root .",
            the("minister"),
            "The minister",
            person="Ana Roe|Roe",
        ),
        "Ana Roe",
        id="a-role-given-at-another-mention",
    ),
]


FLORIDA = "Florida/PROPN/compound>senator senator/NOUN/nsubj>said"
TEXAS = f"Texas/PROPN/compound>Sen. Sen./PROPN/nsubj>left {name('Al Doe', 'flat>Sen.')} left/VERB/root ."
PREDICATE = f"{name('Ana Roe', 'nsubj>lawyer')} is/AUX/cop>lawyer a lawyer/NOUN/root ."
MANAGER = (
    "Poe/PROPN/nmod:poss>manager 's manager/NOUN/nsubj>left ,"
    f" {name('Ana Roe', 'appos>manager')} , left/VERB/root ."
)
JUSTICE = f"Justice/PROPN/nsubj>left {name('Ana Roe', 'flat>Justice')} left/VERB/root ."
ROLES += [
    pytest.param(
        then(f"{JUSTICE}\n{does('Bo Poe')}", the("judge"), "The judge", person="Ana Roe|Bo Poe"),
        "Ana Roe",
        id="a-justice-is-a-judge",
    ),
    pytest.param(
        then(
            f"{JUSTICE}\n{does('Bo Poe')}", the("justice"), "The justice", person="Ana Roe|Bo Poe"
        ),
        "Ana Roe",
        id="a-justice-is-a-justice",
    ),
    pytest.param(
        then(
            f"{TEXAS}\n{does('Bo Poe')}",
            f"the {FLORIDA}",
            "The Florida senator",
            person="Al Doe|Bo Poe",
            place="Florida|Texas",
        ),
        "Bo Poe",
        id="the-senator-of-another-state-is-not-meant",
    ),
    pytest.param(
        then(
            f"{PREDICATE}\n{does('Bo Poe')}",
            the("lawyer"),
            "The lawyer",
            person="Ana Roe|Bo Poe",
        ),
        "Ana Roe",
        id="what-somebody-is-said-to-be",
    ),
    pytest.param(
        then(
            f"{MANAGER}\n{does('Bo Doe')}",
            "Poe/PROPN/nmod:poss>manager 's manager/NOUN/nsubj>said",
            "Poe's manager",
            person="Ana Roe|Bo Doe|Poe",
        ),
        "Ana Roe",
        id="an-apposition-before-the-name",
    ),
    pytest.param(
        then(
            f"chief/PROPN/compound>Ana justice/PROPN/compound>Ana {does('Ana Roe')}\n{does('Eva Poe')}",
            "the CJ/PROPN/nsubj>said",
            "The CJ",
            person="Ana Roe|Eva Poe",
        ),
        "Ana Roe",
        id="initials-of-an-office",
    ),
    pytest.param(
        then(
            f"{does('Ana Roe')}\n{does('she', 'slept').replace('PROPN', 'PRON')}",
            "the candidate/NOUN/nsubj>said",
            "The candidate",
            person="Ana Roe",
        ),
        "Ana Roe",
        id="who-was-just-spoken-of",
    ),
    pytest.param(
        article(
            f"{said('food/NOUN/compound>adviser adviser/NOUN/nsubj>said', 'rents').removesuffix('.')}"
            f"\n\nthe food/NOUN/compound>Ana adviser/NOUN/compound>Ana {does('Ana Roe')}",
            [reported("Food adviser", "rents")],
            person="Ana Roe",
        ),
        "Ana Roe",
        id="a-headline-has-no-articles",
    ),
    pytest.param(
        article(
            f"{said('Poe/PROPN/nmod:poss>sister ’s sister/NOUN/nsubj>said', 'rents')}"
            f"\n{name('Ana Roe', 'nsubj>left')} , Poe/PROPN/nmod:poss>sister ’s"
            " sister/NOUN/appos>Ana , left/VERB/root .",
            [reported("Poe’s sister", "rents")],
            person="Ana Roe|Poe",
        ),
        "Ana Roe",
        id="a-headline-names-nobody-yet",
    ),
]


@pytest.mark.parametrize(("doc", "expected"), ROLES)
def test_whose_role_it_is(doc: Document, expected: str) -> None:
    assert heard(doc) == (expected, PERSON)


def test_of_two_senators_the_last_but_less_sure() -> None:
    other = SENATOR.replace("Ana", "Eva").replace("Roe", "Poe")
    two = last(then(f"{SENATOR}\n{other}", the("senator"), "The senator", person="Ana Roe|Eva Poe"))
    one = last(then(SENATOR, the("senator"), "The senator", person="Ana Roe"))
    assert two.speaker is not None
    assert two.speaker.name == "Eva Poe"
    assert two.speaker_confidence < one.speaker_confidence


def test_a_description_with_a_name_that_nothing_else_says_is_less_sure() -> None:
    saudi = "the Saudi/ADJ/amod>senator senator/NOUN/nsubj>said"
    other = last(then(SENATOR, saudi, "The Saudi senator", person="Ana Roe"))
    own = last(then(SENATOR, the("senator"), "The senator", person="Ana Roe"))
    assert other.speaker_confidence < own.speaker_confidence


def test_a_spokeswoman_is_not_the_man_named_before() -> None:
    doc = then(does("Bill Poe"), the("spokeswoman"), "The spokeswoman", person="Bill Poe")
    assert heard(doc) == ("the spokeswoman", ANONYMOUS)


def test_a_role_that_nobody_bears_is_never_stated_as_certain() -> None:
    doc = then(does("Bill Poe"), the("driver"), "The driver", person="Bill Poe")
    assert last(doc).speaker_confidence <= 0.5


def test_the_secretary_of_a_body_is_not_the_mayor_who_just_spoke() -> None:
    mayor = said(f"mayor/NOUN/nmod:desc>Kim {name('Kim Roe', 'nsubj>said')}")
    secretary = "the IMF/PROPN/compound>secretary secretary/NOUN/nsubj>said"
    doc = then(
        mayor,
        secretary,
        "The IMF secretary",
        reported("Mayor Kim Roe"),
        person="Kim Roe",
        org="IMF",
    )
    assert heard(doc) == ("the IMF secretary", ANONYMOUS)
    bare = then(
        mayor, the("secretary"), "The secretary", reported("Mayor Kim Roe"), person="Kim Roe"
    )
    assert heard(bare) == ("Kim Roe", PERSON)


def test_the_aide_of_somebody_is_not_whoever_was_named_last() -> None:
    doc = then(
        does("Bill Poe"),
        "Roe/PROPN/nmod:poss>aide 's aide/NOUN/nsubj>said",
        "Roe's aide",
        person="Bill Poe|Roe",
    )
    assert heard(doc) == ("Roe's aide", ANONYMOUS)


MET = f"{name('Bill Poe', 'nsubj>met')} and {name('Al Doe', 'conj>Bill')} met/VERB/root ."
PAIR = [
    pytest.param("the two/NUM/nummod>men men=man/NOUN/nsubj>said", "The two men", id="two-men"),
    pytest.param("both/DET/det>men men=man/NOUN/nsubj>said", "Both men", id="both-men"),
]


@pytest.mark.parametrize(("source", "words"), PAIR)
def test_the_two_are_those_named_together(source: str, words: str) -> None:
    doc = then(MET, source, words, person="Bill Poe|Al Doe")
    assert heard(doc) == ("Bill Poe and Al Doe", GROUP)


# ---------------------------------------------------------------------- anonymous sources
US_OFFICIAL = "a US/PROPN/compound>official official/NOUN/nsubj>said"
SENIOR = "a senior/ADJ/amod>official official/NOUN/nsubj>said at the ministry/NOUN/nmod>official"
PEOPLE = "two/NUM/nummod>people people=person/NOUN/nsubj>said familiar/ADJ/amod>people with the matter/NOUN/obl>familiar"
KEPT = [
    pytest.param(US_OFFICIAL, "A US official", "a US official", {"place": "US"}, id="a-country's"),
    pytest.param(
        SENIOR,
        "A senior official at the ministry",
        "a senior official at the ministry",
        {},
        id="with-its-place",
    ),
    pytest.param(
        PEOPLE,
        "Two people familiar with the matter",
        "two people familiar with the matter",
        {},
        id="familiar-with",
    ),
    pytest.param(
        f"{US_OFFICIAL} , who/PRON/nsubj>hid hid/VERB/acl:relcl>official ,",
        "A US official, who hid,",
        "a US official",
        {"place": "US"},
        id="without-the-relative-clause",
    ),
    pytest.param("officials=official/NOUN/nsubj>said", "Officials", "officials", {}, id="several"),
    pytest.param(
        "Aides=aide/NOUN/nsubj>said to Clinton/PROPN/nmod>Aides",
        "Aides to Clinton",
        "Aides to Clinton",
        {"person": "Clinton"},
        id="aides-to-somebody-are-not-that-person",
    ),
    pytest.param(
        "a spokesman/NOUN/nsubj>said for Reuters/PROPN/nmod>spokesman",
        "A spokesman for Reuters",
        "a spokesman for Reuters",
        {"org": "Reuters"},
        id="a-spokesman-is-not-the-body",
    ),
    pytest.param(
        "a Democratic/ADJ/amod>senator senator/NOUN/nsubj>said",
        "A Democratic senator",
        "a Democratic senator",
        {"norp": "Democratic"},
        id="one-of-a-party",
    ),
]


@pytest.mark.parametrize(("source", "words", "expected", "entities"), KEPT)
def test_anonymous_sources_keep_their_description(
    source: str, words: str, expected: str, entities: dict[str, str]
) -> None:
    assert heard(then(RAINED, source, words, **entities)) == (expected, ANONYMOUS)


AGAIN = [
    pytest.param("an official/NOUN/nsubj>said", the("official"), "The official", "an official", id="one"),
    pytest.param(
        "an official/NOUN/nsubj>said",
        "the officials=official/NOUN/nsubj>said",
        "The officials",
        "the officials",
        id="one-is-not-several",
    ),
    pytest.param("an analyst/NOUN/nsubj>said", "an official/NOUN/nsubj>said", "An official", "an official", id="another"),
    pytest.param(
        "an official/NOUN/nsubj>said",
        "another/DET/det>official official/NOUN/nsubj>said",
        "Another official",
        "another official",
        id="another-of-the-kind",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second", "words", "expected"), AGAIN)
def test_the_same_anonymous_source_again(
    first: str, second: str, words: str, expected: str
) -> None:
    noun = "analyst" if "analyst" in first else "official"
    doc = then(said(first), second, words, reported(f"An {noun}"))
    assert heard(doc) == (expected, ANONYMOUS)


# ---------------------------------------------------------------------- bodies
LED = "the US/PROPN/compound>led ~-/PUNCT/punct>led ~led/VERB/amod>coalition coalition/NOUN/nsubj>{0} {0}/VERB/root ."
BODIES = [
    pytest.param(
        then(LED.format("won"), the("coalition"), "The coalition", place="US"),
        ("US-led coalition", ORGANISATION),
        id="the-fuller-phrase",
    ),
    pytest.param(
        then(COURT, the("court"), "The court", org="Supreme Court"),
        ("Supreme Court", ORGANISATION),
        id="a-name-with-the-noun",
    ),
    pytest.param(
        then(f"{COURT}\n{does('Reuters')}", the("court"), "The court", org="Supreme Court|Reuters"),
        ("Supreme Court", ORGANISATION),
        id="not-the-body-named-last",
    ),
    pytest.param(
        then(COURT, "the Court/PROPN/nsubj>said", "The Court", org="Supreme Court"),
        ("Supreme Court", ORGANISATION),
        id="with-a-capital",
    ),
    pytest.param(
        then(RAINED, the("council"), "The council"),
        ("the council", GROUP),
        id="a-body-without-a-name",
    ),
    pytest.param(
        then(RAINED, "the US/PROPN/compound>government government/NOUN/nsubj>said", "The US government", place="US"),
        ("US government", ORGANISATION),
        id="a-country's-body",
    ),
    pytest.param(
        then(RAINED, "the Clinton/PROPN/compound>campaign campaign/NOUN/nsubj>said", "The Clinton campaign", person="Clinton"),
        ("Clinton campaign", ORGANISATION),
        id="a-campaign-is-not-its-candidate",
    ),
    pytest.param(
        then(RAINED, "Clinton/PROPN/nmod:poss>campaign 's campaign/NOUN/nsubj>said", "Clinton's campaign", person="Clinton"),
        ("Clinton's campaign", ORGANISATION),
        id="a-possessor's-campaign-is-a-body",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("doc", "expected"), BODIES)
def test_bodies(doc: Document, expected: tuple[str, SpeakerKind]) -> None:
    assert heard(doc) == expected


def test_a_body_described_by_itself_is_not_a_person_of_that_name() -> None:
    doc = then(
        does("Hillary Clinton"),
        "the Clinton/PROPN/compound>campaign campaign/NOUN/nsubj>said",
        "The Clinton campaign",
        person="Hillary Clinton|Clinton",
    )
    found = heard(doc)
    assert found is not None
    assert found[0] != "Hillary Clinton"


def test_the_piece_of_a_description_in_quotation_marks_is_kept() -> None:
    doc = article(
        said("a senior/ADJ/amod>source source/NOUN/nsubj>said", "rents"),
        [quote("rents fell", cue="said", source="A senior source")],
    )
    assert heard(doc) == ("a senior source", ANONYMOUS)


SURVEYS = [
    pytest.param(
        then(
            RAINED,
            "a poll/NOUN/nsubj>said by Gallup/PROPN/nmod>poll",
            "A poll by Gallup",
            org="Gallup",
        ),
        ("Gallup poll", DOCUMENT),
        id="named-by-its-body",
    ),
    pytest.param(
        then(
            "voters=voter/NOUN/nsubj>left left/VERB/root in a Gallup/PROPN/compound>poll poll/NOUN/obl>left .",
            the("survey"),
            "The survey",
            org="Gallup",
        ),
        ("Gallup poll", DOCUMENT),
        id="spoken-of-before",
    ),
]


@pytest.mark.parametrize(("doc", "expected"), SURVEYS)
def test_surveys(doc: Document, expected: tuple[str, SpeakerKind]) -> None:
    assert heard(doc) == expected


def test_both_are_the_only_two_people_near() -> None:
    met = f"{does('Ana Roe')}\n{does('Bo Poe', 'slept')}"
    both = "both/DET/det>candidates candidates=candidate/NOUN/nsubj>said"
    told = then(met, both, "Both candidates", person="Ana Roe|Bo Poe")
    assert heard(told) == ("Ana Roe and Bo Poe", SpeakerKind.GROUP)
    more = f"{met}\n{does('Cy Doe', 'ate')}"
    open_ = then(more, both, "Both candidates", person="Ana Roe|Bo Poe|Cy Doe")
    assert heard(open_) == ("Both candidates", ANONYMOUS)


def test_the_company_is_the_one_body_that_was_just_the_subject() -> None:
    doc = then(
        "the company/NOUN/nsubj>ate ate/VERB/root .\n"
        "Shell/PROPN/nsubj>met met/VERB/root Total/PROPN/obj>met .",
        the("company"),
        "The company",
        org="Shell|Total",
    )
    assert heard(doc) == ("Shell", SpeakerKind.ORGANISATION)


def test_a_letter_is_whose_letter_was_spoken_of() -> None:
    doc = then(
        f"{name('Ana Roe', 'nsubj>sent')} sent/VERB/root a letter/NOUN/obj>sent .\n{does('Bo Poe')}",
        the("letter"),
        "The letter",
        person="Ana Roe|Bo Poe",
    )
    assert heard(doc) == ("Ana Roe", PERSON)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        pytest.param("( Reuters/PROPN/root ) .", ("the agency", GROUP), id="a-dateline"),
        pytest.param(
            "Reuters/PROPN/nsubj>grew grew/VERB/root .", ("Reuters", ORGANISATION), id="a-subject"
        ),
    ],
)
def test_an_agency_in_brackets_is_not_what_the_text_is_about(
    before: str, expected: tuple[str, SpeakerKind]
) -> None:
    assert heard(then(before, the("agency"), "The agency", org="Reuters")) == expected
