"""Thresholds of checking a draft. No I/O."""

from pydantic import BaseModel, ConfigDict, Field


class CheckParams(BaseModel):
    """Thresholds of checking a draft; nothing of it is stored."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    draft_most_chars: int = Field(200_000, description="longest draft that is checked, code points")
    upload_most_bytes: int = Field(5_000_000, description="largest file of a draft, bytes")
    unpacked_most_bytes: int = Field(
        20_000_000, description="what a DOCX may become when it is unpacked, bytes"
    )
    quotation_most_chars: int = Field(
        10_000, description="longest quotation of a draft that is looked up, code points"
    )
    long_edge_chars: int = Field(
        1_000, description="of a longer one, what the models read at each end, code points"
    )
    quotations_most: int = Field(200, description="quotations of a draft that are checked")
    read_slice_chars: int = Field(
        10_000, description="code points that the models read at a time; between, time is looked at"
    )
    read_most_s: float = Field(15.0, description="seconds in which the models read a draft")
    read_stint_s: float = Field(
        2.5, description="seconds after which a page says how far they are, between two parts"
    )
    read_wait_s: float = Field(
        5.0, description="seconds for which a draft waits for the models that read another text"
    )
    match_most_s: float = Field(10.0, description="seconds in which quotations are looked up")
    draft_least_words: int = Field(
        3, description="words in marks from which they are checked though nobody is named for them"
    )
    inserted_words: int = Field(
        10, description="words of the archive for which words in square brackets may stand"
    )
    draft_altered_from: float = Field(
        0.6, description="likeness from which words of the same speaker are altered, not others"
    )
    altered_other_from: float = Field(
        0.75, description="likeness from which they are where speakers differ or one is not known"
    )
    altered_words: int = Field(3, description="words that altered words must have in common")
    reported_from: float = Field(
        0.7, description="likeness from which a report without marks is one that the archive has"
    )
    other_speaker_words: int = Field(
        5, description="words from which the same words of another speaker are held against a draft"
    )
    draft_candidates: int = Field(20, description="stored quotations compared with one of a draft")
    sources_shown: int = Field(5, description="sources offered for a quotation")
    texts_searched: int = Field(
        20, description="texts of articles, to which others lead, searched for words not found"
    )
    texts_most_chars: int = Field(
        5_000_000, description="code points of stored texts read for one draft"
    )


CHECKING = CheckParams()
