"""Thresholds of what goes out: access, exports, saved searches, webhooks and e-mail. No I/O."""

from pydantic import BaseModel, ConfigDict, Field


class AccessParams(BaseModel):
    """Numbers of the API's use; apart from Params because they do not change what is extracted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tokens_most: int = Field(50, description="tokens of one account, those that are over included")
    last_used_every_s: int = Field(
        60, description="seconds in which the last use of a token is written once"
    )
    limits_known_s: int = Field(
        10, description="seconds after which every process knows a limit that was changed"
    )
    count_wait_ms: int = Field(
        250, description="longest wait for SQLite's writer to count a request, milliseconds"
    )
    counts_swept_every_s: int = Field(
        3600, description="seconds after which a process removes what is over"
    )
    answers_kept_hours: int = Field(
        24, description="hours for which the answer to a request with a key is kept"
    )
    answer_awaited_s: int = Field(
        600, description="seconds after which a request with a key that has no answer may be redone"
    )
    article_at_once_chars: int = Field(
        20_000, description="longest posted article that is stored while the client waits"
    )
    article_most_bytes: int = Field(
        5_000_000, description="largest body that holds a posted article, bytes"
    )
    article_quotations: int = Field(
        50, description="quotations in the API's answer about one article; all are a list beside it"
    )
    collection_items_most: int = Field(100_000, description="quotations in one collection")
    collection_sent_most: int = Field(
        1_000, description="items that one request adds, removes or moves"
    )


ACCESS = AccessParams()


class ExportParams(BaseModel):
    """Thresholds of bulk exports; they do not change what is extracted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    export_batch_rows: int = Field(
        1_000, description="rows written between two points from which an export can go on"
    )
    export_stretch_keys: int = Field(
        20_000, description="keys of a table among which an export selects its rows at once"
    )
    export_max_bytes: int = Field(20_000_000_000, description="largest file of an export, bytes")
    export_keep_days: int = Field(
        7, description="days that the file of a finished export is kept; its entry twice as long"
    )
    export_active_most: int = Field(2, description="exports of one account that wait or run")
    export_kept_most: int = Field(20, description="exports of one account, finished ones too")


EXPORTS = ExportParams()


class SharingParams(BaseModel):
    """Thresholds of saved searches, their feeds and webhooks; they change no extraction."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    searches_most: int = Field(200, description="saved searches of one account")
    webhooks_most: int = Field(20, description="webhooks of one account")
    feed_rows: int = Field(50, description="quotations in a feed, the newest")
    shared_words_chars: int = Field(
        2_000, description="code points of a quotation that a feed or message gives"
    )
    message_rows: int = Field(50, description="quotations in one message to a webhook")
    waiting_most: int = Field(20, description="messages that wait for one webhook")
    attempt_timeout_s: float = Field(15.0, description="seconds for an attempt to deliver")
    first_retry_s: float = Field(30.0, description="seconds before the second attempt")
    retry_factor: float = Field(4.0, description="times that each pause is the one before")
    retry_most_s: float = Field(86_400.0, description="longest pause between attempts, seconds")
    retry_jitter: float = Field(0.2, description="share by which a pause is drawn longer")
    attempts_most: int = Field(9, description="attempts to deliver one message")
    failures_most: int = Field(3, description="given-up messages in a row that end a webhook")
    log_rows: int = Field(200, description="settled messages kept for each webhook")
    log_shown: int = Field(25, description="messages of a webhook that its page lists")


SHARING = SharingParams()


class MailParams(BaseModel):
    """Thresholds of e-mail to accounts; apart from Params because they extract nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mail_subject_chars: int = Field(150, description="longest subject of a message, code points")
    mail_problem_chars: int = Field(
        500, description="longest problem that a mailbox shows, code points"
    )
    confirm_pause_s: float = Field(
        300.0, description="seconds between two letters that ask an address to confirm"
    )
    confirm_days: int = Field(3, description="days that the link to confirm an address works")
    digest_hour: int = Field(6, description="hour of the day, UTC, from which digests are sent")
    digest_look_s: float = Field(300.0, description="seconds between two looks for digests")
    digest_speakers: int = Field(20, description="speakers in a digest, most new quotations first")
    digest_of_speaker: int = Field(
        5, description="quotations of one speaker in a digest, the last found first"
    )
    digest_rows: int = Field(
        500, description="new quotations that one digest counts; more are “over”"
    )


MAIL = MailParams()
