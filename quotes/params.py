"""Every threshold of the project: its default, its unit and the reason for it. No I/O.

Settings may override a value; code takes it as an argument. docs/thresholds.md explains each.
"""

from pydantic import BaseModel, ConfigDict, Field


class Params(BaseModel):
    """Thresholds, with units in their names. A test requires each in docs/thresholds.md."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # --- tagger windows (docs/decisions/0003-quotation-tagger.md)
    window_own_wordpieces: int = Field(180, description="wordpieces a window decides on")
    window_context_wordpieces: int = Field(48, description="wordpieces of context each side")
    window_batch: int = Field(8, description="windows in one forward pass")

    # --- parsing (docs/decisions/0002-stanza-offline.md)
    parse_batch_chars: int = Field(
        200_000, description="documents parsed together, code points; bounds memory"
    )
    max_sentence_tokens: int = Field(
        250, description="tokens; a longer sentence is cut, as the parser's memory grows squared"
    )

    # --- sizes of one input
    max_text_chars: int = Field(1_000_000, description="longest article accepted, code points")
    max_input_bytes: int = Field(20_000_000, description="largest file read, bytes")


DEFAULTS = Params()
