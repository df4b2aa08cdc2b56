"""Numbers in the definitions of the figures. No I/O."""

from pydantic import BaseModel, ConfigDict, Field


class EvaluationParams(BaseModel):
    """Numbers in the definitions of the figures; apart from Params: they change no extraction."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    match_overlap: float = Field(
        0.5, description="Jaccard index of the contents' words from which a prediction is matched"
    )
    bootstrap_rounds: int = Field(
        1000, description="times that the articles are drawn again for an interval"
    )
    bootstrap_seed: int = Field(7, description="seed of the draws, so that intervals repeat")
    interval_share: float = Field(
        0.95, description="share of the draws that an interval holds, tails of equal size left out"
    )
    example_context_chars: int = Field(
        80, description="code points of context each side of an example of an error"
    )
    example_chars: int = Field(240, description="longest span that an example shows, code points")


EVALUATION = EvaluationParams()
