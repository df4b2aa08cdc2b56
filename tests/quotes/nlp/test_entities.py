"""The recogniser's entities, mended by what stands beside them and elsewhere in the article."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp import lexicon
from quotes.nlp.document import Act, Document, Kind, Quotation, Span
from quotes.nlp.entities import mended_entities
from tests.quotes.nlp.build import named


def cued(doc: Document, cue: str) -> Document:
    start = doc.text.index(cue)
    where = {"content": (Span(start=len(doc.text) - 1, end=len(doc.text)),)}
    found = Quotation(
        kind=Kind.INDIRECT,
        act=Act.SPEECH,
        cue=(Span(start=start, end=start + len(cue)),),
        confidence=1.0,
        **where,
    )
    return doc.evolve(done="tagger", quotations=(found,))


MENDED = [
    pytest.param(
        cued(named("[P Lindsey Graham Says] It Rains"), "Says"),
        ["Lindsey Graham"],
        id="a-headline's-verb-is-no-surname",
    ),
    pytest.param(named("Mr. O'[P Neill] left"), ["O'Neill"], id="begun-after-an-apostrophe"),
    pytest.param(named("[P Ana Roe and Bo Poe] left"), ["Ana Roe", "Bo Poe"], id="two-in-one"),
    pytest.param(named("J. [P Roe] left"), ["J. Roe"], id="initials"),
    pytest.param(
        named("Recep [P Tayyip Roe] left"), ["Recep Tayyip Roe"], id="a-first-name-left-out"
    ),
    pytest.param(named("[P Ana] [P Roe] left"), ["Ana", "Roe"], id="a-first-name-that-is-known"),
    pytest.param(named("[P Ana Ro]e left"), ["Ana Roe"], id="a-word-cut-short"),
    pytest.param(
        named("Zo\u00c3\u0083\u00c2[P \u00abe R\u00c3]\u0083\u00c2o left"),
        ["Zo\u00c3\u0083\u00c2\u00abe R\u00c3\u0083\u00c2o"],
        id="debris-of-a-wrong-decoding-inside-words",
    ),
    pytest.param(
        named("Poor Roe\u0301[P t Poe] left"), ["Roe\u0301t Poe"], id="a-combining-accent"
    ),
    pytest.param(
        named("The [L Borduria] [O Board of Works] left."),
        ["Borduria Board of Works"],
        id="a-body-begins-with-its-place",
    ),
    pytest.param(
        named("In [L Borduria], [O Board of Works] staff left."),
        ["Borduria", "Board of Works"],
        id="a-place-before-a-comma-is-apart",
    ),
    pytest.param(
        named("The [O Food and Drug Administration] left"),
        ["Food and Drug Administration"],
        id="a-body-keeps-its-and",
    ),
    pytest.param(named("[P Ana Roe] left"), ["Ana Roe"], id="nothing-to-mend"),
    pytest.param(
        named("The [O U.S. Forest Service] left. Later the U.S. [O Forest Service] slept."),
        ["U.S. Forest Service", "U.S. Forest Service"],
        id="a-body-cut-short-is-called-in-full-elsewhere",
    ),
    pytest.param(
        named("The [O Service] of Parks and Lakes (SPL) left."),
        ["Service of Parks and Lakes"],
        id="a-body-cut-short-stands-in-full-beside-its-acronym",
    ),
    pytest.param(
        named("[P Ana Roe] left. Then Ana Roe slept."),
        ["Ana Roe", "Ana Roe"],
        id="a-full-name-overlooked",
    ),
    pytest.param(
        named("The [O Advocate] left. So the Advocate slept."),
        ["Advocate", "Advocate"],
        id="a-body-overlooked",
    ),
    pytest.param(
        named("The [O Target] left. Target practice began."),
        ["Target"],
        id="the-first-word-of-a-sentence-has-a-capital-anyway",
    ),
    pytest.param(
        named("[P Ana Roe] left. Ana Roe-Poe slept."), ["Ana Roe"], id="a-longer-name-is-another"
    ),
    pytest.param(
        named("The [O Policy Institute] of [L York] left."),
        ["Policy Institute of York"],
        id="a-body-and-its-place",
    ),
    pytest.param(
        named("[O Forest Service] left. [P Ann Forest Service] slept."),
        ["Forest Service", "Ann Forest Service"],
        id="another-class-is-another-name",
    ),
    pytest.param(
        named("[O Bank of York] left [L York]."), ["Bank of York", "York"], id="a-piece-is-its-own"
    ),
    pytest.param(named("He [P Roe-Lin] left."), ["He Roe-Lin"], id="a-surname-like-a-pronoun"),
    pytest.param(named("Then he [P Roe] left."), ["Roe"], id="no-surname-is-in-small-letters"),
    pytest.param(named("[O DCP Ana Roe] left."), ["Ana Roe"], id="a-rank-is-no-body"),
    pytest.param(named("[O DCP Roe Group] left."), ["DCP Roe Group"], id="a-body-with-initials"),
    pytest.param(named("the [O CJ] left."), [], id="an-office-is-no-body"),
    pytest.param(named("[O Coal Jet] (CJ) left."), ["Coal Jet"], id="an-acronym"),
    pytest.param(named("[O Coal Jet] (CJ) left. [O CJ] sang."), ["Coal Jet", "CJ"], id="a-body's"),
]


@pytest.mark.parametrize(("doc", "expected"), MENDED)
def test_mended_entities(doc: Document, expected: list[str]) -> None:
    assert [entity.span.of(doc.text) for entity in mended_entities(doc)] == expected


@pytest.mark.parametrize(
    ("marked", "kind", "name"),
    [
        pytest.param("[P Haaretz] left.", "organisation", "Haaretz", id="known"),
        pytest.param("Le [P Monde] left.", "organisation", "Le Monde", id="its-article-left-out"),
        pytest.param("The [P Guardian] left.", "organisation", "Guardian", id="without-the"),
        pytest.param("[P Dawn] left.", "person", "Dawn", id="also-a-first-name"),
        pytest.param("[P Ana Haaretz] left.", "person", "Ana Haaretz", id="part-of-a-name"),
        pytest.param("[P KONFUT] left.", "organisation", "KONFUT", id="an-acronym"),
        pytest.param("[P KONFUT] LEFT.", "person", "KONFUT", id="all-in-capitals"),
        pytest.param("[P JFK] left.", "person", "JFK", id="a-person's-initials"),
        pytest.param("[P GreenWay] left.", "organisation", "GreenWay", id="a-capital-inside"),
        pytest.param("[P DeSantis] left.", "person", "DeSantis", id="a-surname"),
        pytest.param(
            "[P Konfut] left. Konfut's shares fell.", "organisation", "Konfut", id="it-has-shares"
        ),
        pytest.param(
            "[P Konfut], a Bordurian lender to farmers, left.",
            "organisation",
            "Konfut",
            id="a-lender",
        ),
        pytest.param("Rival lender [P Konfut] left.", "organisation", "Konfut", id="a-rival"),
        pytest.param("The lender's [P Konfut] left.", "person", "Konfut", id="of-a-lender"),
        pytest.param("[P Konfut], which makes tiles, left.", "organisation", "Konfut", id="which"),
        pytest.param("He met [P Konfut], which annoyed us.", "person", "Konfut", id="which-event"),
        pytest.param(
            "[P Konfut] said on Monday it would hire.", "organisation", "Konfut", id="it-would-hire"
        ),
        pytest.param("[P Konfut] said it would rain.", "person", "Konfut", id="it-would-rain"),
        pytest.param("[P Konfut], the party's leader, left.", "person", "Konfut", id="a-leader"),
        pytest.param("[P Konfut] left. Konfut's son fell.", "person", "Konfut", id="he-has-a-son"),
    ],
)
def test_a_body_is_no_person(marked: str, kind: str, name: str) -> None:
    doc = named(marked)
    (found,) = mended_entities(doc)
    assert (lexicon.entity_kind(found.type), found.span.of(doc.text)) == (kind, name)


@pytest.mark.parametrize(
    ("marked", "kind"),
    [
        pytest.param("[O Konfut Foods] fell. [P Konfut] slept.", "organisation", id="of-a-company"),
        pytest.param("[O Konfut Bank] fell. [P Konfut] slept.", "person", id="of-a-bank"),
        pytest.param("[O Konfut Foods] fell. Mr. [P Konfut] slept.", "person", id="titled"),
        pytest.param("[O Enzo Foods] fell. [P Enzo] slept.", "person", id="a-first-name"),
        pytest.param("[O Blue Konfut Foods] fell. [P Konfut] slept.", "person", id="a-later-word"),
    ],
)
def test_a_company_is_called_by_the_beginning_of_its_name(marked: str, kind: str) -> None:
    found = mended_entities(named(marked))[-1]
    assert lexicon.entity_kind(found.type) == kind


def test_a_surname_of_somebody_in_the_text_is_no_body() -> None:
    doc = named("[P Enzo Ferrari] left. [P Ferrari] slept.")
    kinds = [lexicon.entity_kind(entity.type) for entity in mended_entities(doc)]
    assert kinds == ["person", "person"]


@given(
    st.lists(st.sampled_from(["[P Ana Roe]", "Ana Roe", "Roe", "[O Roe Bank]", "-", ",", "the"]))
)
def test_mending_again_changes_nothing(parts: list[str]) -> None:
    doc = named(" ".join(parts) + " x")
    once = doc.model_copy(update={"entities": mended_entities(doc)})
    assert mended_entities(once) == once.entities
    places = [(entity.span.start, entity.span.end) for entity in once.entities]
    assert places == sorted(places)
