"""Whether a resolved name is the gold's speaker."""

import pytest

from quotes.nlp.document import Span
from quotes.nlp.evaluation.names import Verdict, speaker_verdict
from quotes.nlp.evaluation.units import Attribution

ANYWHERE = (Span(start=0, end=1),)


def named(*names: str, full: tuple[str, ...] = (), partial: tuple[str, ...] = ()) -> Attribution:
    return Attribution(content=ANYWHERE, speakers=names, full_names=full, partial_names=partial)


@pytest.mark.parametrize(
    ("gold", "found", "verdict"),
    [
        pytest.param(named("Ana Roe"), ["Ana Roe"], "full", id="equal"),
        pytest.param(named("Ana Roe"), ["Sen. ANA ROE"], "full", id="title-and-case"),
        pytest.param(named("Donald J. Trump"), ["Donald Trump"], "full", id="middle-initial"),
        pytest.param(named("José Roe"), ["Jose Roe"], "full", id="accent"),
        pytest.param(named("Ana Roe"), ["Ana Roe, the mayor"], "full", id="apposition"),
        pytest.param(named("Washington Post"), ["The Washington Post"], "full", id="article"),
        pytest.param(named("SEC", full=("S.E.C.",)), ["the S.E.C."], "full", id="stops"),
        pytest.param(named("UN", full=("United Nations",)), ["United Nations"], "full", id="other"),
        pytest.param(named("Ana Roe", partial=("Roe",)), ["Ms Roe"], "partial", id="surname"),
        pytest.param(named("Ana Roe"), ["Roe"], "wrong", id="surname-not-listed"),
        pytest.param(named("Ana Roe"), ["Bo Roe"], "wrong", id="another"),
        pytest.param(named("Ana Roe"), ["aides to Ana Roe"], "wrong", id="aides"),
        pytest.param(named("Ana Roe"), ["Ana Roe's campaign"], "wrong", id="campaign"),
        pytest.param(named("Ana Roe", partial=("she",)), ["she"], "wrong", id="pronoun"),
        pytest.param(named("Ana Roe"), [], "wrong", id="left-empty"),
        pytest.param(named(), [], "full", id="nobody"),
        pytest.param(named(), ["critics"], "wrong", id="somebody-for-nobody"),
        pytest.param(named("Ana Roe", "Bo Low"), ["Bo Low and Ana Roe"], "full", id="joint"),
        pytest.param(named("Ana Roe", "Bo Low"), ["Bo Low", "Ana Roe"], "full", id="joint-list"),
        pytest.param(named("Ana Roe", "Bo Low"), ["Ana Roe"], "wrong", id="one-of-two"),
        pytest.param(named("Ana Roe"), ["Ana Roe", "Bo Low"], "wrong", id="one-too-many"),
    ],
)
def test_speaker_verdict(gold: Attribution, found: list[str], verdict: str) -> None:
    given = Attribution(content=ANYWHERE, speakers=tuple(found))
    assert speaker_verdict(gold, given) is Verdict(verdict)
