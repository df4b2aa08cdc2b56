"""Thresholds of citing, of manuals' styles and of collections that are cited. No I/O."""

from pydantic import BaseModel, ConfigDict, Field


class CitingParams(BaseModel):
    """Thresholds of citing; apart from Params because they do not change what is extracted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    context_chars: int = Field(
        32, description="code points of context each side of a text quote selector"
    )
    fragment_whole_chars: int = Field(
        120, description="longest piece that a text fragment gives in full, code points"
    )
    fragment_end_words: int = Field(
        5, description="words at each end by which a text fragment gives a longer piece"
    )


CITING = CitingParams()


class StylingParams(BaseModel):
    """Bounds of citing in the styles of manuals, which a program of its own writes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pandoc_memory_mb: int = Field(
        1024, description="heap that pandoc may take, megabytes; it gives up above"
    )
    pandoc_timeout_s: float = Field(60.0, description="seconds that a run of pandoc may take")
    pandoc_wait_s: float = Field(10.0, description="seconds that a request waits for its turn")
    pandoc_at_once: int = Field(2, description="runs of pandoc at once in one process of ours")
    pandoc_input_bytes: int = Field(
        20_000_000, description="largest document given to pandoc, bytes"
    )
    entries_most: int = Field(1000, description="quotations in one bibliography or document")
    block_words: int = Field(
        40, description="words of a quotation from which a document sets it as a block"
    )
    short_title_words: int = Field(
        5, description="words of a title that a citation in the text gives in full; longer are cut"
    )


STYLING = StylingParams()


class CitedParams(BaseModel):
    """Thresholds of collections that are cited, and of telling what changed since."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    noticed_rows: int = Field(2_000, description="changed quotations looked at in one transaction")
    notice_every_s: float = Field(30.0, description="seconds between two looks for changes")
    item_rows: int = Field(25, description="quotations on one page of a collection")
    own_shown: int = Field(200, description="own collections listed, the last used first")
    chosen_among: int = Field(20, description="own collections that a quotation's page offers")
    undo_words_chars: int = Field(
        200, description="code points of what was taken out that the offer to put it back shows"
    )
    preview_items: int = Field(3, description="quotations in the preview of a style")
    exports_kept: int = Field(100, description="exports of a collection that are remembered")
    recheck_items_most: int = Field(5_000, description="quotations checked again at once")
    changes_shown: int = Field(100, description="changed quotations shown or sent at once")
    mail_settle_s: int = Field(600, description="seconds that a change lasts before it is mailed")
    mail_pause_s: int = Field(21_600, description="seconds between two such mails to an account")


CITED = CitedParams()
