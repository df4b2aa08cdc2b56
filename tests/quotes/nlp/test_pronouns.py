"""Pronouns as sources: agreement, gender, nearness, subjects first, nothing from quoted words."""

# ruff: noqa: E501  one sentence and its tree stand on one line

import pytest

from quotes.nlp.attribution import attribute
from quotes.nlp.document import Document, Quotation
from quotes.params import Params
from tests.quotes.nlp.build import (
    article,
    direct,
    exclaimed,
    name,
    quote,
    reported,
    said,
)


def last(doc: Document, params: Params | None = None) -> Quotation:
    return attribute(doc, params or Params()).quotations[-1]


def speaker(doc: Document) -> str | None:
    found = last(doc).speaker
    return found.name if found else None


def did(who: str, verb: str = "left") -> str:
    return f"{name(who, f'nsubj>{verb}')} {verb}/VERB/root ."


def met(who: str, whom: str) -> str:
    return f"{name(who, 'nsubj>met')} met/VERB/root {name(whom, 'obj>met')} ."


def then(before: str, pronoun: str, *quotes: object, **entities: str) -> Document:
    """Return `before`, then "<pronoun> said rents fell."."""
    tree = f"{before}\n{said(f'{pronoun}/PRON/nsubj>said', 'rents')}"
    return article(tree, [*quotes, reported(pronoun, "rents")], **entities)


AGREEMENT = [
    pytest.param(then(did("Bill Poe"), "He", person="Bill Poe"), "Bill Poe", id="he"),
    pytest.param(then(did("Ana Roe"), "She", person="Ana Roe"), "Ana Roe", id="she"),
    pytest.param(then(did("Kim Doe"), "He", person="Kim Doe"), "Kim Doe", id="gender-unknown"),
    pytest.param(then(did("Ana Roe"), "He", person="Ana Roe"), None, id="no-man-for-he"),
    pytest.param(then(did("Bill Poe"), "She", person="Bill Poe"), None, id="no-woman-for-she"),
    pytest.param(
        then(met("Bill Poe", "Ana Roe"), "She", person="Bill Poe|Ana Roe"),
        "Ana Roe",
        id="gender-beats-the-subject",
    ),
    pytest.param(
        then(met("Kim Doe", "Bill Poe"), "She", person="Kim Doe|Bill Poe"),
        "Kim Doe",
        id="unknown-beats-the-wrong-gender",
    ),
    pytest.param(then(did("Reuters"), "It", org="Reuters"), "Reuters", id="it"),
    pytest.param(then(did("Reuters"), "He", org="Reuters"), None, id="a-body-is-not-he"),
    pytest.param(then(did("Ana Roe"), "It", person="Ana Roe"), None, id="a-person-is-not-it"),
    pytest.param(
        then(met("Ana Roe", "Reuters"), "It", person="Ana Roe", org="Reuters"),
        "Reuters",
        id="it-is-the-body",
    ),
    pytest.param(
        then(met("Reuters", "Ana Roe"), "She", person="Ana Roe", org="Reuters"),
        "Ana Roe",
        id="she-is-the-person",
    ),
    pytest.param(then(did("Ana Roe"), "They", person="Ana Roe"), None, id="a-person-is-not-they"),
    pytest.param(then(did("Iran"), "It", place="Iran"), "Iran", id="a-country-acts"),
    pytest.param(
        then(
            f"{name('Ana Roe', 'nsubj>flew')} flew/VERB/root to Iran/PROPN/obl>flew .",
            "It",
            person="Ana Roe",
            place="Iran",
        ),
        None,
        id="a-country-is-only-a-place",
    ),
    pytest.param(then(did("Reuters"), "You", org="Reuters"), None, id="you-is-nobody-here"),
]


@pytest.mark.parametrize(("doc", "expected"), AGREEMENT)
def test_agreement(doc: Document, expected: str | None) -> None:
    assert speaker(doc) == expected


ANA_AND_BILL = f"{name('Ana Roe', 'nsubj>said')} and {name('Bill Poe', 'conj>Ana')}"
OFFICIALS = "officials=official/NOUN/nsubj>said"
NEAR = [
    pytest.param(
        then(f"{did('Ana Roe')}\n{did('Eva Poe', 'slept')}", "She", person="Ana Roe|Eva Poe"),
        "Eva Poe",
        id="the-nearest-sentence",
    ),
    pytest.param(
        then(met("Ana Roe", "Eva Poe"), "She", person="Ana Roe|Eva Poe"),
        "Ana Roe",
        id="the-subject-before-the-object",
    ),
    pytest.param(
        article(
            f"{met('Eva Poe', 'Ana Roe')}\n{name('Ana Roe', 'nsubj>fled')} fled/VERB/root when/SCONJ/mark>said"
            " she/PRON/nsubj>said said/VERB/advcl>fled rents/NOUN/nsubj>fell fell/VERB/ccomp>said .",
            [reported("she", "rents")],
            person="Ana Roe|Eva Poe",
        ),
        "Ana Roe",
        id="its-own-sentence",
    ),
    pytest.param(
        then(
            said(name("Bo Poe", "nsubj>said"), "Al/PROPN/compound>prices prices"),
            "He",
            quote("Al prices fell", cue="said", source="Bo Poe"),
            person="Bo Poe|Al",
        ),
        "Bo Poe",
        id="the-speaker-before-somebody-spoken-of",
    ),
    pytest.param(
        then(
            f"{did('Ana Roe')}\n{said(name('Eva Poe', 'nsubj>said'))}",
            "She",
            reported("Eva Poe"),
            person="Ana Roe|Eva Poe",
        ),
        "Eva Poe",
        id="the-speaker-of-the-sentence-before",
    ),
    pytest.param(
        then(
            said(ANA_AND_BILL), "They", reported("Ana Roe and Bill Poe"), person="Ana Roe|Bill Poe"
        ),
        "Ana Roe and Bill Poe",
        id="they-are-both",
    ),
    pytest.param(
        then(
            said(ANA_AND_BILL), "She", reported("Ana Roe and Bill Poe"), person="Ana Roe|Bill Poe"
        ),
        "Ana Roe",
        id="she-is-one-of-them",
    ),
    pytest.param(
        then(said(OFFICIALS), "They", reported("Officials")), "Officials", id="they-are-officials"
    ),
    pytest.param(
        then(said(OFFICIALS), "He", reported("Officials")), None, id="officials-are-not-he"
    ),
    pytest.param(
        then(said("an official/NOUN/nsubj>said"), "He", reported("An official")),
        "An official",
        id="he-is-an-official",
    ),
    pytest.param(
        then(said("a spokeswoman/NOUN/nsubj>said"), "He", reported("A spokeswoman")),
        None,
        id="a-spokeswoman-is-not-he",
    ),
    pytest.param(
        then(
            "Hillary/PROPN/nmod:poss>campaign Clinton/PROPN/flat>Hillary 's campaign/NOUN/nsubj>grew grew/VERB/root .",
            "She",
            person="Hillary Clinton",
        ),
        "Hillary Clinton",
        id="a-possessor-where-nobody-else-fits",
    ),
    pytest.param(
        then(
            "Eva/PROPN/nmod:poss>sister Poe/PROPN/flat>Eva 's sister/NOUN/nsubj>met met/VERB/root"
            f" {name('Ana Roe', 'obj>met')} .",
            "She",
            person="Eva Poe|Ana Roe",
        ),
        "Ana Roe",
        id="not-the-possessor-where-another-fits",
    ),
]


@pytest.mark.parametrize(("doc", "expected"), NEAR)
def test_nearness(doc: Document, expected: str | None) -> None:
    assert speaker(doc) == expected


LIED = "“ Eva/PROPN/nsubj>lied Poe/PROPN/flat>Eva lied/VERB/ccomp>said , ”"
FAILED = "“ Reuters/PROPN/nsubj>failed failed/VERB/ccomp>said , ”"
QUOTED = [
    pytest.param(
        then(
            f"{LIED} {name('Ana Roe', 'nsubj>said')} said/VERB/root .",
            "She",
            quote("“Eva Poe lied,”", cue="said", source="Ana Roe"),
            person="Ana Roe|Eva Poe",
        ),
        "Ana Roe",
        id="she-is-not-the-one-spoken-of",
    ),
    pytest.param(
        then(
            f"{FAILED} {name('Ana Roe', 'nsubj>said')} said/VERB/root .",
            "It",
            quote("“Reuters failed,”", cue="said", source="Ana Roe"),
            person="Ana Roe",
            org="Reuters",
        ),
        None,
        id="it-is-nothing-named-only-in-the-quotation",
    ),
    pytest.param(
        then(
            f"{did('Bloomberg')}\n{FAILED} {name('Ana Roe', 'nsubj>said')} said/VERB/root .",
            "It",
            quote("“Reuters failed,”", cue="said", source="Ana Roe"),
            person="Ana Roe",
            org="Reuters|Bloomberg",
        ),
        "Bloomberg",
        id="it-is-the-body-before",
    ),
    pytest.param(
        then(
            "the statement/NOUN/nsubj>said of Bloomberg/PROPN/nmod>statement said/VERB/root that/SCONJ/mark>failed Reuters/PROPN/nsubj>failed failed/VERB/ccomp>said .",
            "It",
            quote("that Reuters failed", cue="said", source="The statement of Bloomberg"),
            org="Reuters|Bloomberg",
        ),
        "Bloomberg",
        id="it-is-the-document-not-the-body-reported-on",
    ),
]


@pytest.mark.parametrize(("doc", "expected"), QUOTED)
def test_quoted_words_offer_no_antecedent(doc: Document, expected: str | None) -> None:
    assert speaker(doc) == expected


FILLER = "it/PRON/expl>rained rained/VERB/root ."


@pytest.mark.parametrize(
    ("sentences_between", "window", "expected"),
    [
        pytest.param(0, 4, "Ana Roe", id="next"),
        pytest.param(3, 4, "Ana Roe", id="last-in-the-window"),
        pytest.param(4, 4, None, id="beyond"),
        pytest.param(1, 1, None, id="beyond-a-narrow-window"),
    ],
)
def test_window(sentences_between: int, window: int, expected: str | None) -> None:
    before = "\n".join([did("Ana Roe"), *[FILLER] * sentences_between])
    doc = then(before, "She", person="Ana Roe")
    found = last(doc, Params(antecedent_window_sentences=window)).speaker
    assert (found.name if found else None) == expected


def test_a_choice_between_two_is_less_sure() -> None:
    two = "Ana/PROPN/nsubj>met Roe/PROPN/flat>Ana and Eva/PROPN/conj>Ana Poe/PROPN/flat>Eva met/VERB/root ."
    unsure = last(then(two, "She", person="Ana Roe|Eva Poe"))
    sure = last(then(did("Ana Roe"), "She", person="Ana Roe"))
    assert unsure.speaker_confidence < sure.speaker_confidence < 1.0


def test_a_pronoun_tells_the_gender_of_a_name_that_does_not() -> None:
    tree = "\n".join((
        did("Bill Poe"), met("Bill Poe", "Kim Doe"), did("Kim Doe"),
        said("She/PRON/nsubj>said"), said("he/PRON/nsubj>said", "rents"),
    ))  # fmt: skip
    quotes = [reported("She"), reported("He", "rents")]
    doc = attribute(article(tree, quotes, person="Bill Poe|Kim Doe"))
    assert [q.speaker and q.speaker.name for q in doc.quotations] == ["Kim Doe", "Bill Poe"]


@pytest.mark.parametrize(
    ("noun", "pronoun", "expected"),
    [
        pytest.param("woman", "she", "a woman", id="woman"),
        pytest.param("man", "he", "a man", id="man"),
        pytest.param("man", "she", None, id="another-gender"),
        pytest.param("table", "she", None, id="no-person"),
    ],
)
def test_a_noun_of_the_gender_stands_before_a_name_further_off(
    noun: str, pronoun: str, expected: str | None
) -> None:
    before = f"{did('Kim Doe')}\na {noun}/NOUN/nsubj>slept slept/VERB/root ."
    found = speaker(then(before, pronoun.title(), person="Kim Doe"))
    assert (found.lower() if found else None) == (expected or "kim doe")


def test_a_noun_that_goes_with_a_name_is_who_is_named() -> None:
    envoy = f"the congresswoman/NOUN/nsubj>left {name('Kim Doe', 'flat>congresswoman')} left/VERB/root ."
    assert speaker(then(envoy, "She", person="Kim Doe")) == "Kim Doe"


def test_somebodys_daughter_is_not_whom_a_pronoun_takes_up() -> None:
    tree = f"{did('Ana Roe')}\n{name('Roe', 'nmod:poss>daughter')} 's daughter/NOUN/nsubj>sang sang/VERB/root ."
    assert speaker(then(tree, "She", person="Ana Roe|Roe")) == "Ana Roe"


def test_who_asks_somebody_is_not_that_somebody() -> None:
    asked = (
        f"{did('Kim Doe')}\nAsked/VERB/advcl>said by/ADP/case>Pat {name('Pat Roe', 'obl:agent>Asked')} ,"
        " she/PRON/nsubj>said said/VERB/root rents/NOUN/nsubj>fell fell/VERB/ccomp>said ."
    )
    doc = article(asked, [reported("she", "rents")], person="Kim Doe|Pat Roe")
    assert speaker(doc) == "Kim Doe"


def test_whose_co_star_speaks_may_be_who_speaks_next() -> None:
    def sure(owner: str) -> float:
        star = f"{owner}/PRON/nmod:poss>actor actor/NOUN/nsubj>said , {name('Kim Doe', 'appos>actor')} ,"
        before = f"{did('Ana Roe')}\n{said(star)}"
        quotes = [reported(f"{owner.title()} actor, Kim Doe")]
        found = last(then(before, "She", *quotes, person="Ana Roe|Kim Doe"))
        assert found.speaker
        assert found.speaker.name == "Kim Doe"
        return found.speaker_confidence or 0.0

    assert sure("her") < sure("his")


def test_one_of_several_is_whom_a_pronoun_takes_up() -> None:
    before = f"{did('Bill Poe')}\n{said('One/NUM/nsubj>said , who/PRON/nsubj>left left/VERB/acl:relcl>One ,')}"
    assert speaker(then(before, "He", reported("One, who left"), person="Bill Poe")) == "One"


def test_a_pronoun_is_no_surer_than_what_it_goes_back_to() -> None:
    unsure = {"pronoun": 0.9, "name": 0.4}
    doc = then(said(name("Ana Roe", "nsubj>said")), "She", reported("Ana Roe"), person="Ana Roe")
    found = last(doc, Params(rule_reliability=unsure))
    assert found.speaker_confidence == pytest.approx(0.4 * found.confidence)


def test_an_open_pronoun_is_less_sure_than_a_resolved_one() -> None:
    open_ = last(then(FILLER, "She"))
    assert open_.speaker is None
    assert (
        open_.speaker_confidence
        < last(then(did("Ana Roe"), "She", person="Ana Roe")).speaker_confidence
    )


FIRST = [
    pytest.param(
        article(
            "“ I/PRON/nsubj>said#1 said/VERB/ccomp>said#2 rents/NOUN/nsubj>fell fell/VERB/ccomp>said#1 , ”"
            f" {name('Ana Roe', 'nsubj>said#2')} said/VERB/root .",
            [
                quote("“I said rents fell,”", cue="said", source="Ana Roe"),
                quote("rents fell", cue="said", source="I"),
            ],
            person="Ana Roe",
        ),
        "Ana Roe",
        id="i-in-quoted-words",
    ),
    pytest.param(
        article(
            said("I/PRON/nsubj>said", "rents"),
            [reported("I", "rents")],
        ),
        None,
        id="i-of-the-writer",
    ),
    pytest.param(
        article(
            f"{exclaimed(name('Ana Roe', 'nsubj>said'))}\n{said('I/PRON/nsubj>said', 'rents')}",
            [direct("Ana Roe"), reported("I", "rents")],
            person="Ana Roe",
        ),
        None,
        id="i-outside-the-quoted-words",
    ),
]


@pytest.mark.parametrize(("doc", "expected"), FIRST)
def test_first_person(doc: Document, expected: str | None) -> None:
    assert speaker(doc) == expected


WHO = "who/PRON/nsubj>said said/VERB/acl:relcl>{} rents/NOUN/nsubj>fell fell/VERB/ccomp>said"
RELATIVE = [
    pytest.param(
        f"{name('Ana Roe', 'nsubj>left')} , {WHO.format('Ana')} , left/VERB/root .",
        {"person": "Ana Roe"},
        "Ana Roe",
        id="after-a-name",
    ),
    pytest.param(
        f"{name('Ana Roe', 'nsubj>left')} , the nominee/NOUN/appos>Ana , {WHO.format('Ana')} , left/VERB/root .",
        {"person": "Ana Roe"},
        "Ana Roe",
        id="after-an-apposition",
    ),
    pytest.param(
        f"{name('Ana Roe', 'nsubj>left')} , the nominee/NOUN/appos>Ana , {WHO.format('nominee')} , left/VERB/root .",
        {"person": "Ana Roe"},
        "Ana Roe",
        id="hung-on-the-apposition",
    ),
    pytest.param(
        f"a spokesman/NOUN/nsubj>left for Reuters/PROPN/nmod>spokesman , {WHO.format('spokesman')} , left/VERB/root .",
        {"org": "Reuters"},
        "A spokesman for Reuters",
        id="a-spokesman-for-a-body",
    ),
    pytest.param(
        f"a spokesman/NOUN/nsubj>left for Reuters/PROPN/nmod>spokesman , {WHO.format('Reuters')} , left/VERB/root .",
        {"org": "Reuters"},
        "A spokesman for Reuters",
        id="who-is-a-person-even-if-the-tree-says-the-body",
    ),
    pytest.param(
        f"an official/NOUN/nsubj>left {WHO.format('official')} left/VERB/root .",
        {},
        "An official",
        id="after-a-description",
    ),
    pytest.param(
        "Ana/PROPN/nsubj>met Roe/PROPN/flat>Ana met/VERB/root"
        f" {name('Bo Poe', 'obj>met')} , {WHO.format('Bo')} .",
        {"person": "Ana Roe|Bo Poe"},
        "Bo Poe",
        id="the-object-not-the-subject",
    ),
]


@pytest.mark.parametrize(("tree", "entities", "expected"), RELATIVE)
def test_relative_clauses(tree: str, entities: dict[str, str], expected: str) -> None:
    doc = article(tree, [reported("who", "rents")], **entities)
    assert speaker(doc) == expected


@pytest.mark.parametrize("both", ["both", "each"])
def test_both_and_each_are_those_named_in_the_sentence(both: str) -> None:
    doc = article(
        f"{ANA_AND_BILL} said/VERB/root prices/NOUN/nsubj>fell#1 fell/VERB/ccomp>said and"
        f" {both}/PRON/nsubj>warned warned/VERB/conj>said rents/NOUN/nsubj>fell#2 fell/VERB/ccomp>warned .",
        [reported("Ana Roe and Bill Poe"), reported(both, "rents", "warned")],
        person="Ana Roe|Bill Poe",
    )
    assert speaker(doc) == "Ana Roe and Bill Poe"


ANA_AND_BILL_MET = f"{ANA_AND_BILL.replace('said', 'met')} met/VERB/root ."


def test_they_are_two_named_together_and_less_sure_than_one() -> None:
    found = last(then(ANA_AND_BILL_MET, "They", person="Ana Roe|Bill Poe"))
    assert found.speaker is not None
    assert found.speaker.name == "Ana Roe and Bill Poe"
    assert found.speaker_confidence < last(then(did("Iran"), "It", place="Iran")).speaker_confidence


def test_both_without_two_is_open() -> None:
    assert speaker(then(did("Ana Roe"), "Both", person="Ana Roe")) is None


THEY = [
    pytest.param(
        "the voters=voter/NOUN/nsubj>left left/VERB/root .", "the voters", id="people-described"
    ),
    pytest.param(
        f"the voters=voter/NOUN/nsubj>met met/VERB/root {name('Ana Roe', 'obj>met')} .",
        "the voters",
        id="not-the-one-person-they-met",
    ),
    pytest.param(
        f"{name('Ana Roe', 'nsubj>met')} and {name('Bo Poe', 'conj>Ana')} met/VERB/root"
        " voters=voter/NOUN/obj>met .",
        "Ana Roe and Bo Poe",
        id="the-pair-that-met-them",
    ),
]


@pytest.mark.parametrize(("before", "expected"), THEY)
def test_they_are_several(before: str, expected: str) -> None:
    people = {"person": "Ana Roe|Bo Poe"} if "Bo" in before else {"person": "Ana Roe"}
    known = people if "Ana" in before else {}
    tree = f"{before}\n{said('they/PRON/nsubj>said', 'rents')}"
    found = speaker(article(tree, [reported("They", "rents")], **known))
    assert (found or "").lower() == expected.lower()


WHO = [
    pytest.param(
        "those/PRON/nsubj>slept who/PRON/nsubj>said said/VERB/acl:relcl>those"
        " rents/NOUN/nsubj>fell fell/VERB/ccomp>said slept/VERB/root .",
        {},
        "those",
        id="nobody-in-particular",
    ),
    pytest.param(
        f"{name('Ana Roe', 'nsubj>slept')} from York/PROPN/nmod>Ana , who/PRON/nsubj>said"
        " said/VERB/acl:relcl>York rents/NOUN/nsubj>fell fell/VERB/ccomp>said , slept/VERB/root .",
        {"person": "Ana Roe", "place": "York"},
        "Ana Roe",
        id="a-person-though-the-tree-says-a-place",
    ),
]


@pytest.mark.parametrize(("tree", "entities", "expected"), WHO)
def test_who_wants_a_person(tree: str, entities: dict[str, str], expected: str) -> None:
    assert speaker(article(tree, [reported("who", "rents")], **entities)) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        pytest.param("Plur", "Ana Roe and Bo Poe", id="have"),
        pytest.param("Sing", "Bo Poe", id="has"),
    ],
)
def test_the_verb_says_whether_who_is_one_or_two(number: str, expected: str) -> None:
    tree = (
        f"{name('Ana Roe', 'nsubj>slept')} and {name('Bo Poe', 'conj>Ana')} , who/PRON/nsubj>said"
        " said/VERB/acl:relcl>Bo rents/NOUN/nsubj>fell fell/VERB/ccomp>said , slept/VERB/root ."
    )
    doc = article(tree, [reported("who", "rents")], person="Ana Roe|Bo Poe")
    (sentence,) = doc.sentences
    tokens = tuple(
        token.model_copy(update={"feats": f"Number={number}"}) if token.text == "said" else token
        for token in sentence.tokens
    )
    told = doc.model_copy(update={"sentences": (sentence.model_copy(update={"tokens": tokens}),)})
    assert speaker(told) == expected


def test_who_tells_the_story_is_not_who_she_is_in_it() -> None:
    told = f"By {name('Ana Roe', 'root')}\n{said('I/PRON/nsubj>said')}"
    narrated = f"{told}\nthe spokeswoman/NOUN/nsubj>laughed laughed/VERB/root ."
    doc = then(narrated, "She", reported("I"), person="Ana Roe")
    assert speaker(doc) == "The spokeswoman"


def test_my_mother_is_whom_she_takes_up() -> None:
    before = "my/PRON/nmod:poss>mother mother/NOUN/nsubj>slept slept/VERB/root ."
    assert speaker(then(before, "She")) == "My mother"
