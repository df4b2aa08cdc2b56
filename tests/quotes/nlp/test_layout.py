"""Turns, signatures, headlines and furniture, told by lines alone: no model is loaded."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp.document import Span
from quotes.nlp.layout import (
    ANSWER,
    HEADLINE,
    RULES,
    SIGNATURE,
    TURN,
    behind_dateline,
    furniture,
    hours_and_kinds,
    places_before_colons,
    told_by_layout,
)

LINES = st.lists(
    st.sampled_from(
        [
            "Q: Why?",
            "A: Because it rains.",
            "ROE: I see.",
            "Ana Roe: So do I.",
            "[00:10] DOE: Yes.",
            "“It rains.”",
            "— Ana Roe, baker",
            "“It rains.” — Jo Bloggs",
            "Five dead in the flood: police",
            "Read more: It rains",
            "(Applause)",
            "It rained all day.",
            "",
            "Cost: 5 dollars",
            "\u2028",
        ]
    ),
    max_size=14,
).map("\n".join)


def told(text: str) -> list[tuple[str, str, list[str]]]:
    return [
        (one.how, one.by.of(text), [span.of(text) for span in one.content])
        for one in told_by_layout(text)
    ]


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        pytest.param(
            "ROE: It rains.\n\nDOE: Does it?\n\nROE: It does.",
            [("ROE", ["It rains."]), ("DOE", ["Does it?"]), ("ROE", ["It does."])],
            id="names",
        ),
        pytest.param(
            "Ana Roe: One.\nIt goes on.\n(Laughter.)\nJo Doe: Two.\nAna Roe: Three.",
            [("Ana Roe", ["One.", "It goes on."]), ("Jo Doe", ["Two."]), ("Ana Roe", ["Three."])],
            id="paragraphs-of-a-turn",
        ),
        pytest.param(
            "ROE: One.\nDOE: Two.\nMr. Roe coughed.\nROE: Three.\nDoe won the case.",
            [("ROE", ["One."]), ("DOE", ["Two.", "Mr. Roe coughed."]), ("ROE", ["Three."])],
            id="the-last-turn-ends-with-its-line",
        ),
        pytest.param(
            "ROE:\nIt rains.\n\nDOE:\nDoes it?\n\nROE:\nYes.",
            [("ROE", ["It rains."]), ("DOE", ["Does it?"]), ("ROE", ["Yes."])],
            id="labels-on-their-own-lines",
        ),
        pytest.param(
            "[00:12] Ana Roe: Yes.\n[00:15] Jo van Doe: No.\n[00:19] Ana Roe: Well.",
            [("Ana Roe", ["Yes."]), ("Jo van Doe", ["No."]), ("Ana Roe", ["Well."])],
            id="times",
        ),
        pytest.param(
            "Interviewer: Why?\nDr Ana Roe: It rains.\nInterviewer: So?\nDr Ana Roe: I stay.",
            [("Dr Ana Roe", ["It rains."]), ("Dr Ana Roe", ["I stay."])],
            id="nobody-is-quoted-for-the-questions",
        ),
        pytest.param("Where: Suva.\nWhen: Today.\nCost: Nothing.", [], id="fact-box"),
        pytest.param("Name: Jo\nAge: 30\nName: Al\nAge: 40", [], id="fact-box-that-comes-back"),
        pytest.param("Roe: 1,501.\nDoe: 300.\nRoe: 46.\nDoe: 12.", [], id="figures"),
        pytest.param("Step 1: Wash.\nStep 2: Dry.\nStep 3: Fold.", [], id="steps"),
        pytest.param("The choice is clear: pay.\nIt was so: they paid.", [], id="prose"),
        pytest.param("ROE: It rains.\n\nIt rained all day.", [], id="one-label"),
    ],
)
def test_turns(text: str, turns: list[tuple[str, list[str]]]) -> None:
    assert told(text) == [(TURN, *turn) for turn in turns]


def test_article_between_two_labels_is_no_turn() -> None:
    """Where the next label is twenty lines on, only the label's own line is the speaker's."""
    dialogue = "ANN: Is it true?\nBOB: It is.\nANN: Who knew?\nBOB: We all did.\n"
    prose = "The council met on Monday and voted.\n" * 20
    told = told_by_layout(dialogue + prose + "ANN: Was that all?\nBOB: It was.")
    assert [len(turn.content) for turn in told] == [1] * 6


@pytest.mark.parametrize("stop", [":", ".", ")"])
def test_answers_are_not_ascribed_to_a_letter(stop: str) -> None:
    text = f"Q{stop} Why?\n\nA{stop} It rains.\n\nQ{stop} Still?\n\nA{stop} Yes."
    assert told(text) == [(ANSWER, "A", ["It rains."]), (ANSWER, "A", ["Yes."])]


@pytest.mark.parametrize(
    ("text", "signed"),
    [
        pytest.param("“It rains.”\n— Ana Roe", [("Ana Roe", ["“It rains.”"])], id="line-below"),
        pytest.param(
            "“It rains.” — Ana Roe, baker, Suva", [("Ana Roe", ["“It rains.”"])], id="same-line"
        ),
        pytest.param("'It rains.'\n- Ms. Roe", [("Ms. Roe", ["'It rains.'"])], id="single-marks"),
        pytest.param(
            "I waited an hour for your bus.\n– J. Doe, Accra",
            [("J. Doe", ["I waited an hour for your bus."])],
            id="letter",
        ),
        pytest.param("It rained all day.\n— Ana Roe", [], id="a-reporter-signs-too"),
        pytest.param("The US rained out.\n— Ana Roe", [], id="a-country-is-no-pronoun"),
        pytest.param("I saw it.\n— Reporting by Ana Roe", [], id="credit"),
        pytest.param("I saw it.\n— AFN", [], id="agency"),
        pytest.param("“It rains.”\n— and it did, she said.", [], id="prose"),
        pytest.param("“It rains” — Ana Roe was sure of that.", [], id="sentence-goes-on"),
    ],
)
def test_signatures(text: str, signed: list[tuple[str, list[str]]]) -> None:
    assert told(text) == [(SIGNATURE, *one) for one in signed]


@pytest.mark.parametrize(
    ("headline", "source"),
    [
        pytest.param("Five dead as bus leaves the road: police", "police", id="colon"),
        pytest.param("School meals to end in June – ministry", "ministry", id="dash"),
        pytest.param("Tanker crews unpaid for months - UN report", "UN report", id="document"),
        pytest.param("Storm may turn north: state officials", "state officials", id="plural"),
        pytest.param("Five dead as bus leaves the road", None, id="no-source"),
        pytest.param("The week in pictures: floods and fires", None, id="no-speaker"),
        pytest.param("How the court saw it: farmers tell court", None, id="a-clause"),
        pytest.param("Floods reach the old town – Harbour Press", None, id="outlet"),
        pytest.param("There is one culprit, they say: police.", None, id="sentence"),
        pytest.param("Taxes will fall in May – Senator Roe", "Senator Roe", id="titled"),
        pytest.param("Taxes will fall in May – Daily Star", None, id="a-newspaper"),
    ],
)
def test_a_headline_may_end_in_its_source(headline: str, source: str | None) -> None:
    text = f"{headline}\n\nIt happened on Tuesday."
    expected = [(HEADLINE, source, [headline[: -len(source)].rstrip(" :–-")])] if source else []
    assert told(text) == expected


@pytest.mark.parametrize(
    ("line", "is_furniture"),
    [
        ("READ ALSO: Minister says it rains", True),
        ("Read more: Why it rains", True),
        ("Also read | ‘It rains’: farmers", True),
        ("• Related stories", True),
        ("Photo: A fisherman on the beach. (Jo Bloggs)", True),
        ("(Reporting by Ana Roe; Editing by Jo Doe)", True),
        ("© 2025 Harbour Press", True),
        ("Sign up for our newsletter and never miss a day.", True),
        ("Editors’ picks", True),
        ("Watch: Minister explains", True),
        ("Watch the weather, the minister said.", False),
        ("Related families were housed together, she said.", False),
        ("Photographs prove it, he said.", False),
        ("Readers said the rain was late.", False),
        ("“Sign up for the rally,” he said.", False),
        ("The video: a man says it rains.", False),
    ],
)
def test_furniture(line: str, *, is_furniture: bool) -> None:
    text = f"It rained.\n\n{line}\n\nIt went on raining."
    assert [span.of(text) for span in furniture(text)] == ([line] if is_furniture else [])


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        pytest.param("HARARE – The mayor", "The mayor", id="place"),
        pytest.param("SEOUL, May 9 (Newswire) - The mayor", "The mayor", id="all"),
        pytest.param("Beirut (AFN) -- The mayor", "The mayor", id="agency"),
        pytest.param("LAGOS, Nigeria — The mayor", "The mayor", id="country"),
        pytest.param("The mayor – a Roe – said", "The mayor – a Roe – said", id="aside"),
        pytest.param("NATO – the pact – said", "NATO – the pact – said", id="aside-in-capitals"),
        pytest.param("UN-led forces", "UN-led forces", id="hyphen"),
        pytest.param("The mayor", "The mayor", id="none"),
        pytest.param("HARARE – ", "HARARE – ", id="nothing-behind"),
        pytest.param("HÀ NỘI — The bank fell.", "The bank fell.", id="two-letters-and-more"),
        pytest.param("US — The bank fell.", "US — The bank fell.", id="two-letters-alone"),
    ],
)
def test_a_dateline_is_left_out(text: str, rest: str) -> None:
    assert behind_dateline(text, Span(start=0, end=len(text))).of(text) == rest
    inside = f"Said {text}"
    assert behind_dateline(inside, Span(start=5, end=len(inside))).of(inside) == text


SAID_NO = "The minister told parliament that she would not go."


@pytest.mark.parametrize(
    ("text", "placed"),
    [
        pytest.param(f"LAHORE: {SAID_NO}", ["LAHORE: "], id="capitals"),
        pytest.param(f"New Delhi: {SAID_NO}", ["New Delhi: "], id="ordinary-type"),
        pytest.param(f"Suva, May 9: {SAID_NO}", ["Suva, May 9: "], id="day"),
        pytest.param(f"SUVA (AFN): {SAID_NO}", ["SUVA (AFN): "], id="agency"),
        pytest.param(f"Floods\n\nSuva: {SAID_NO}", ["Suva: "], id="below-the-headline"),
        pytest.param(f"SUVA: {SAID_NO}\n\nShe met Ana in Suva.", ["SUVA: "], id="named-again"),
        pytest.param("MACRON: Taxes must fall, and soon, for all", [], id="headline"),
        pytest.param("Suva: It rains.", [], id="too-short"),
        pytest.param("Poe: All The Voters Are ‘Worried’ by ‘Rain.’", [], id="headline-that-ends"),
        pytest.param(f"Ah, friends: {SAID_NO}", [], id="prose-with-a-comma"),
        pytest.param(f"Suva, Fiji: {SAID_NO}", ["Suva, Fiji: "], id="country"),
        pytest.param(f"ROE: {SAID_NO}\n\nBut Roe said no.", [], id="one-who-speaks-further-on"),
        pytest.param(f"Ana Roe: {SAID_NO}", [], id="a-person's-name"),
        pytest.param(f"ROE: {SAID_NO}\n\nMs Roe left.", [], id="a-person-further-on"),
        pytest.param(f"ROE: {SAID_NO}\n\nAna Roe left.", [], id="a-full-name-further-on"),
        pytest.param(f"President Roe: {SAID_NO}", [], id="a-title"),
        pytest.param(f"Police: {SAID_NO}", [], id="a-body"),
        pytest.param(f"UN: {SAID_NO}", [], id="an-organisation"),
        pytest.param(f"ROE: {SAID_NO}\nDOE: {SAID_NO}", [], id="two-who-speak"),
        pytest.param(f"ROE: {SAID_NO}\n\nIt rained.\n\nROE: Yes.", [], id="it-comes-back"),
        pytest.param(f"One is clear: {SAID_NO}", [], id="prose"),
        pytest.param(f"A\n\nB\n\nC\n\nSuva: {SAID_NO}", [], id="far-down"),
    ],
)
def test_a_place_before_a_colon(text: str, placed: list[str]) -> None:
    assert [span.of(text) for span in places_before_colons(text)] == placed


@pytest.mark.parametrize(
    ("text", "openings"),
    [
        pytest.param(f"14:10 {SAID_NO}\n\n13:05 {SAID_NO}", ["14:10 ", "13:05 "], id="hours"),
        pytest.param("2.30pm GMT – Go.\n9:05 a.m. No.", ["2.30pm GMT – ", "9:05 a.m. "], id="am"),
        pytest.param(f"14:10 is late. {SAID_NO}", [], id="one-hour-alone"),
        pytest.param("3.14 is pi.\n2.71 is e.", [], id="numbers"),
        pytest.param(f"99:10 {SAID_NO}\n88:05 {SAID_NO}", [], id="no-hours"),
        pytest.param("14:10 That is it.\n13:05 EST No.", ["14:10 ", "13:05 EST "], id="zone"),
        pytest.param("14:10\n13:05", [], id="nothing-behind"),
        pytest.param("2:20 p.m.\n\nGo.\n\n1:40 p.m.\n\nNo.", [], id="hours-on-lines-of-their-own"),
        pytest.param(f"Interview: ‘{SAID_NO}’", ["Interview: "], id="kind"),
        pytest.param(f"EXCLUSIVE | {SAID_NO}", ["EXCLUSIVE | "], id="bar"),
        pytest.param(f"Opinion – {SAID_NO}", ["Opinion – "], id="dash"),
        pytest.param(f"Op-ed: {SAID_NO}", ["Op-ed: "], id="hyphen"),
        pytest.param(f"Opinion polls: {SAID_NO}", [], id="other-words"),
        pytest.param(f"A\n\nB\n\nC\n\nVideo: {SAID_NO}", [], id="far-down"),
        pytest.param(f"Commentary: {SAID_NO}\nRoe: No.\nCommentary: Yes.", [], id="it-takes-turns"),
        pytest.param("", [], id="empty"),
    ],
)  # fmt: skip
def test_an_hour_or_a_kind_of_text_opens_a_line(text: str, openings: list[str]) -> None:
    assert [span.of(text) for span in hours_and_kinds(text)] == openings


@given(LINES)
def test_what_layout_tells_is_disjoint_and_in_order(text: str) -> None:
    spans = [span for one in told_by_layout(text) for span in one.content]
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
    for one in told_by_layout(text):
        assert one.how in RULES
        assert one.by.of(text).strip()
        assert not any(one.by.meets(span) for span in one.content)


@given(st.text(alphabet="QA:.) aR\n“”—-[0]", max_size=60))
def test_any_text_has_a_layout(text: str) -> None:
    for span in [*furniture(text), *(s for one in told_by_layout(text) for s in one.content)]:
        assert span.of(text) == span.of(text).strip()
