"""brat standoff files: what is read, what is left out by name, what is refused with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes import brat
from quotes.nlp.document import Span

TEXT = "“We will,” said Ana Roe, “win.”\nBo Low said no. Stop here."


def bound(number: int, kind: str, *words: str) -> str:
    """Return a text-bound line for `words` of TEXT, each where it first stands."""
    places = [(TEXT.index(w), TEXT.index(w) + len(w)) for w in words]
    offsets = ";".join(f"{start} {end}" for start, end in places)
    return f"T{number}\t{kind} {offsets}\t{' '.join(words)}"


CONTENT = bound(1, "Content", "“We will,”", "“win.”")
CUE = bound(2, "Cue", "said")
SOURCE = bound(3, "Source", "Ana Roe")
TRIGGER = bound(4, "Attribution", "said")
SECOND = [bound(5, "Content", "no"), bound(6, "Source", "Bo Low")]


def shown(*lines: str) -> list[dict[str, list[str]]]:
    """Return the words of each attribution that the lines make."""
    read = brat.read("\n".join(lines) + "\n", TEXT)
    return [
        {role: [s.of(TEXT) for s in spans] for role, spans in roles.items() if spans}
        for roles in read.attributions
    ]


WHOLE = {"content": ["“We will,”", "“win.”"], "source": ["Ana Roe"], "cue": ["said"]}


@pytest.mark.parametrize(
    ("lines", "attributions"),
    [
        pytest.param(
            [CONTENT, CUE, SOURCE, TRIGGER, "E1\tAttribution:T4 Content:T1 Cue:T2 Source:T3"],
            [WHOLE],
            id="as-polnear-has-it",
        ),
        pytest.param(
            ["E1\tAttribution:T4 Source:T3 Content:T1 Cue:T2 ", TRIGGER, SOURCE, CUE, CONTENT],
            [WHOLE],
            id="in-any-order",
        ),
        pytest.param(
            [CONTENT, CUE, SOURCE, "E1\tCue:T2 Content:T1 Source:T3"], [WHOLE], id="cue-as-trigger"
        ),
        pytest.param(
            [
                bound(1, "content", "“We will,”"),
                bound(7, "QUOTE", "“win.”"),
                CUE,
                bound(3, "Speaker-1", "Ana Roe"),
                TRIGGER,
                "E1\tAttribution:T4 Content:T1 Content2:T7 Cue:T2 Speaker:T3",
            ],
            [WHOLE],
            id="numbered-roles-and-other-names",
        ),
        pytest.param(
            [CONTENT, "E1\tContent:T1"],
            [{"content": WHOLE["content"]}],
            id="neither-source-nor-cue",
        ),
        pytest.param(
            [CONTENT, CUE, SOURCE, "R1\tsource-of Arg1:T3 Arg2:T1", "R2\tcue-of Arg1:T2 Arg2:T1"],
            [WHOLE],
            id="relations-to-the-content",
        ),
        pytest.param(
            [CONTENT, CUE, SOURCE, "R1\tsays Arg1:T3 Arg2:T2", "R2\twhat Arg1:T2 Arg2:T1"],
            [WHOLE],
            id="relations-through-the-cue",
        ),
        pytest.param(
            [
                bound(1, "Content", "“We will,”"),
                bound(7, "Content", "“win.”"),
                SOURCE,
                "R1\tcontinues Arg1:T7 Arg2:T1",
                "R2\tby Arg1:T1 Arg2:T3",
            ],
            [{"content": WHOLE["content"], "source": WHOLE["source"]}],
            id="contents-that-belong-together",
        ),
        pytest.param(
            [CONTENT, SOURCE, *SECOND, "R1\tby Arg1:T1 Arg2:T3", "R2\tby Arg1:T5 Arg2:T3"],
            [
                {"content": WHOLE["content"], "source": ["Ana Roe"]},
                {"content": ["no"], "source": ["Ana Roe"]},
            ],
            id="one-source-for-two-contents-joins-them-not",
        ),
        pytest.param(
            [CONTENT, *SECOND, "E1\tContent:T5 Source:T6", "R1\tby Arg1:T5 Arg2:T6"],
            [{"content": ["no"], "source": ["Bo Low"]}],
            id="an-event-before-its-relations",
        ),
        pytest.param([], [], id="empty"),
        pytest.param(["", "\r"], [], id="blank-lines"),
    ],
)
def test_attributions(lines: list[str], attributions: list[dict[str, list[str]]]) -> None:
    assert shown(*lines) == attributions
    assert shown(*(f"{line}\r" for line in lines)) == attributions


def test_discards_are_kept_apart() -> None:
    read = brat.read(bound(1, "Discard", "Stop here."), TEXT)
    start = TEXT.index("Stop")
    assert read.discards == (Span(start=start, end=start + 10),)
    assert (read.attributions, read.notes) == ([], [])


def test_words_may_be_left_out_and_line_breaks_may_be_spaces() -> None:
    text = "a\nb"
    assert brat.read("T1\tContent 0 3\nE1\tContent:T1", text).attributions
    assert brat.read("T1\tContent 0 3\ta b\nE1\tContent:T1", text).attributions


@pytest.mark.parametrize(
    ("lines", "note"),
    [
        pytest.param([bound(1, "Person", "Ana Roe")], "1 of type Person left out", id="type"),
        pytest.param([SOURCE], "1 source in no attribution left out", id="alone"),
        pytest.param([CUE, "E1\tCue:T2"], "1 events without a content left out", id="no-content"),
        pytest.param(["*\tEquiv T1 T2"], "1 equivalences left out", id="equivalence"),
        pytest.param(
            [CONTENT, "E1\tContent:T1", *SECOND, "E2\tContent:T5 Cause:E1"],
            "1 events inside events left out",
            id="nested",
        ),
    ],
)
def test_what_is_left_out_is_named(lines: list[str], note: str) -> None:
    assert note in brat.read("\n".join(lines), TEXT).notes


def test_attributes_notes_and_references_concern_nothing_here() -> None:
    others = ["A1\tNegation E1", "#1\tAnnotatorNotes T1\thm", "N1\tReference T1 Wikipedia:1\tx"]
    assert brat.read("\n".join([CONTENT, "E1\tContent:T1", *others]), TEXT).notes == []


@pytest.mark.parametrize(
    ("lines", "line", "message"),
    [
        pytest.param(["nonsense"], 1, "is no brat annotation ('nonsense')", id="nonsense"),
        pytest.param([CUE, "T9 Cue 1 2 x"], 2, "write T1<TAB>Type start end", id="no-tabs"),
        pytest.param(["T1\tCue 5 2\tx"], 1, "has the offsets 5 2", id="backwards"),
        pytest.param(["T1\tCue 5 999\tx"], 1, f"the text {len(TEXT)} char", id="past-the-end"),
        pytest.param(["T1\tCue 9 11 \tx"], 1, "is no brat annotation", id="stray-space"),
        pytest.param(
            ["T1\tCue 11 15\tread"], 1, "says 'read', and at its offsets stands 'said'", id="words"
        ),
        pytest.param([CUE, CUE], 2, "has T2 a second time", id="twice"),
        pytest.param([CONTENT, "E1\tContent:T9"], 2, "refers to T9", id="missing"),
        pytest.param([CONTENT, "R1\tby Arg1:T1 Arg2:T8"], 2, "refers to T8", id="missing-end"),
        pytest.param([CONTENT, "E1\tContent"], 2, "write E1<TAB>Attribution:T4", id="event"),
        pytest.param([CONTENT, "R1\tby T1 T1"], 2, "write R1<TAB>Type Arg1:T1", id="relation"),
    ],
)
def test_a_line_that_cannot_be_taken_is_named(lines: list[str], line: int, message: str) -> None:
    with pytest.raises(brat.AnnotationError) as caught:
        brat.read("\n".join(lines), TEXT)
    assert caught.value.line == line
    assert message in str(caught.value)


def test_offsets_in_utf16_units_are_recognised() -> None:
    with pytest.raises(brat.AnnotationError, match="these offsets count UTF-16 units"):
        brat.read("T1\tCue 5 7\tno", "😀 a no more")


LINES = st.lists(
    st.one_of(
        st.sampled_from([CONTENT, CUE, SOURCE, TRIGGER, *SECOND, "E1\tContent:T1 Source:T3"]),
        st.text(alphabet="TERA*#12:;\t CueContent", max_size=30),
    ),
    max_size=8,
)


@given(LINES)
def test_any_file_is_read_or_refused_with_a_line(lines: list[str]) -> None:
    content = "\n".join(lines)
    refused_at = 1
    attributions = []
    try:
        attributions = brat.read(content, TEXT).attributions
    except brat.AnnotationError as error:
        refused_at = error.line
    assert 1 <= refused_at <= content.count("\n") + 1
    for roles in attributions:
        assert roles["content"]
        assert all(span.of(TEXT) for spans in roles.values() for span in spans)
