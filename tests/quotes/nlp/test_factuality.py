"""What is reported as said, as not said, as yet to be said, or as possible: real trees.

A case is a sentence with its cue in brackets and its content in braces.
"""

import re

import pytest

from quotes.nlp import Document, Quotation, Span
from quotes.nlp.document import Act, Factuality
from quotes.nlp.factuality import factuality_of
from quotes.nlp.grammar import Grammar
from quotes.nlp.marks import kind_of
from quotes.nlp.parse import Parser

FACTUAL, NEGATED = Factuality.FACTUAL, Factuality.NEGATED
FUTURE, HYPOTHETICAL = Factuality.FUTURE, Factuality.HYPOTHETICAL

CASES = [
    # --- said
    ("The minister [said] {he would not resign}.", FACTUAL),
    ("The minister [said] {that if he resigned, nobody would say so}.", FACTUAL),
    ("“{Probably not},” Ms Moore [said].", FACTUAL),
    ("“{Will it rain?}” the child [asked].", FACTUAL),
    ("Why [did] the mayor [say] {that the port was closed}?", FACTUAL),
    ("He not only [said] {that the dam was safe} but showed the papers.", FACTUAL),
    ("She [went on to say] {that the vote was fair}.", FACTUAL),
    ("He [was forced to admit] {that the money was gone}.", FACTUAL),
    ("She [did not hesitate to call] the deal {a disgrace}.", FACTUAL),
    ("The general [did not fail to mention] {the price of bread}.", FACTUAL),
    ("I [must say] {that the plan is bold}.", FACTUAL),
    ("When the governor [said] {the money was there}, teachers cheered.", FACTUAL),
    ("The union [denied] {that it had called off the strike}.", FACTUAL),
    ("[According to] the police, {nobody was hurt}.", FACTUAL),
    ("Voters in the north were [more likely to say] {that prices had risen}.", FACTUAL),
    ("Roe: {We will not go.}", FACTUAL),
    ("The general [threatened] {to resign}.", FACTUAL),
    ("Economist Rosa Leota [didn't mince words:] {“Brutal.”}", FACTUAL),
    ("The mayor [could not say when:] {“We will see.”}", FACTUAL),
    ("The envoy [refused to answer:] {“It is before the court.”}", FACTUAL),
    # --- not said
    ("The premier [never said] {“trust me”}.", NEGATED),
    ("The agency [declined] {to comment}.", NEGATED),
    ("The mayor [refused] {to resign}.", NEGATED),
    ("The premier [never said:] {“Trust me.”}", NEGATED),
    ("The mayor [denied having written:] {“The port is dead.”}", NEGATED),
    ("The minister [did not say] {that he would resign}.", NEGATED),
    ("He [never claimed] {the bridge was safe}.", NEGATED),
    ("Nobody at the ministry [said] {who had signed the papers}.", NEGATED),
    ("No one [has said] {the dam is unsafe}.", NEGATED),
    ("Ms Adeola [has not confirmed] {that the talks collapsed}.", NEGATED),
    ("She [refused to say] {whether the ransom had been paid}.", NEGATED),
    ("The ministry [declined to confirm] {that a patrol had crossed the river}.", NEGATED),
    ("The bank [hasn't said] {how many accounts were hit}.", NEGATED),
    ("The bank [won’t say] {how many accounts were hit}.", NEGATED),
    ("The envoy left [without saying] {whether he would return}.", NEGATED),
    ("He [could not say] {when the road would open}.", NEGATED),
    ("Neither side [would say] {who had fired first}.", NEGATED),
    ("He [did not] confirm or [deny] {that the ship had been boarded}.", NEGATED),
    ("The farmers [do not believe] {that the rain will come}.", NEGATED),
    # --- yet to be said
    ("The mayor [will say] on Friday {that the port must close}.", FUTURE),
    ("The mayor [is expected to announce] {that 400 jobs will go}.", FUTURE),
    ("The king [is going to tell] parliament {that he is ill}.", FUTURE),
    ("She [plans to tell] the court {that she was at sea}.", FUTURE),
    ("The bank [is due to report] {its losses} on Monday.", FUTURE),
    # --- perhaps, on a condition, or asked
    ("If the governor [says] {the money is there}, teachers will believe him.", HYPOTHETICAL),
    ("It is unclear whether the pilot [said] {that the engine had failed}.", HYPOTHETICAL),
    ("[Did] the president [say] {the election would be postponed}?", HYPOTHETICAL),
    ("The clerk [may have told] them {that the file was lost}.", HYPOTHETICAL),
    ("Critics [could argue] {that the plan is dead}.", HYPOTHETICAL),
    ("The minister [should say] {that he is sorry}.", HYPOTHETICAL),
    ("If he were asked, he [would say] {that nothing had changed}.", HYPOTHETICAL),
    ("The judge [asked her to explain] {why she had left}.", HYPOTHETICAL),
]
_MARKED = re.compile(r"\[[^]]*\]|\{[^}]*\}")


def marked(case: str) -> Document:
    """Return the sentence of a case with its one quotation."""
    spans: dict[str, list[Span]] = {"[": [], "{": []}
    for found in _MARKED.finditer(case):
        before = len(re.sub(r"[\[\]{}]", "", case[: found.start()]))
        spans[found[0][0]].append(Span(start=before, end=before + len(found[0]) - 2))
    text = re.sub(r"[\[\]{}]", "", case)
    content = tuple(spans["{"])
    quotation = Quotation(
        kind=kind_of(content, text),
        act=Act.SPEECH,
        content=content,
        cue=tuple(spans["["]),
        confidence=1.0,
    )
    return Document(text=text, quotations=(quotation,), done=frozenset({"tagger"}))


@pytest.fixture(scope="module")
def answers() -> dict[str, Factuality]:
    docs = Parser().batch([marked(case) for case, _ in CASES])
    return {
        case: factuality_of(Grammar(doc), doc.quotations[0])
        for (case, _), doc in zip(CASES, docs, strict=True)
    }


@pytest.mark.parametrize(("case", "expected"), [pytest.param(*c, id=c[0]) for c in CASES])
def test_factuality(answers: dict[str, Factuality], case: str, expected: Factuality) -> None:
    assert answers[case] is expected


def test_no_cue_is_factual() -> None:
    doc = Parser()(marked("{It rained.}"))
    assert factuality_of(Grammar(doc), doc.quotations[0]) is FACTUAL
