"""Look-ups by place answer what a look through everything would."""

from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp.document import Span
from quotes.nlp.placed import Placed

SPANS = st.builds(
    lambda start, length: Span(start=start, end=start + length),
    st.integers(0, 30),
    st.integers(1, 12),
)


@given(spans=st.lists(SPANS, max_size=12), asked=SPANS)
def test_what_meets_and_what_holds_a_span(spans: list[Span], asked: Span) -> None:
    placed = Placed((span, number) for number, span in enumerate(spans))
    meeting = [(span, number) for number, span in enumerate(spans) if span.meets(asked)]
    assert placed.meeting(asked) == meeting
    assert placed.any_holds(asked) == any(span.holds(asked) for span in spans)
