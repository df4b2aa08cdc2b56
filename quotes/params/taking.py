"""Thresholds of what comes in: reading, fetching, imports, and the processes that work. No I/O."""

from pydantic import BaseModel, ConfigDict, Field


class ReadingParams(BaseModel):
    """Limits of reading; apart from Params because they do not change what is extracted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sniffed_bytes: int = Field(
        4096, description="bytes at the beginning of an input by which its type is told"
    )
    max_archive_bytes: int = Field(
        1_000_000_000, description="largest zip archive read from a stream or another archive"
    )
    max_archive_members: int = Field(
        100_000, description="members of a zip archive, folders and other files included"
    )
    max_archive_depth: int = Field(3, description="archives and compressed files in one another")
    max_expansion: int = Field(
        200, description="times that an input may grow when it is unpacked, above max_input_bytes"
    )
    labelled_chars: int = Field(
        1_000, description="code points of a text in which it may say its day, byline and title"
    )
    byline_words: int = Field(10, description="words of a line behind “By” that may be names")
    max_page_elements: int = Field(50_000, description="elements of an HTML page")
    run_letters: int = Field(
        24, description="letters in a row by which a page's words are found in an extracted text"
    )
    taken_share: float = Field(
        0.5, description="share of a page's block in the extracted text from which it is taken"
    )
    shaped_share: float = Field(
        0.95, description="share of the extracted text that a page's blocks must hold to replace it"
    )
    missing_letters_least: int = Field(
        40, description="letters from which a block of an article is missed from its text"
    )


READING = ReadingParams()


class FetchParams(BaseModel):
    """Thresholds of reading the web and of writing to it; they do not change what is extracted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # --- one exchange (docs/decisions/0023-fetching.md)
    connect_timeout_s: float = Field(10.0, description="seconds to find and reach a host")
    read_timeout_s: float = Field(20.0, description="seconds without a byte")
    total_timeout_s: float = Field(60.0, description="seconds for an exchange, with redirects")
    max_bytes: int = Field(20_000_000, description="largest body, without its coding, bytes")
    error_bytes: int = Field(2_000, description="bytes read of an answer that is none")
    redirects: int = Field(5, description="redirects followed from one address")
    # --- politeness
    host_pause_s: float = Field(1.0, description="seconds between two requests to one host")
    crawl_delay_most_s: float = Field(60.0, description="longest Crawl-delay obeyed, seconds")
    robots_bytes: int = Field(512_000, description="bytes read of a robots.txt")
    robots_keep_s: int = Field(86_400, description="seconds that a robots.txt holds")
    robots_failure_keep_s: int = Field(600, description="seconds that its failure holds")
    # --- feeds that are read
    feed_items_most: int = Field(500, description="items read of one feed, the first ones")
    feed_content_chars: int = Field(
        600, description="characters from which what a feed gives of an item is its full text"
    )
    feed_pause_least_s: int = Field(300, description="shortest pause between readings, seconds")
    feed_pause_most_s: int = Field(604_800, description="longest pause between readings, seconds")
    feed_failures_most: int = Field(30, description="failures in a row that end a feed")
    feed_item_attempts: int = Field(5, description="readings of an item that cannot be read yet")
    feed_item_keep_s: int = Field(
        7_776_000, description="seconds that an item is remembered which its feed has dropped"
    )


FETCHING = FetchParams()


class JobParams(BaseModel):
    """Thresholds of imports and of what works at them; they do not change what is extracted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    upload_max_bytes: int = Field(200_000_000, description="all files of one upload, bytes")
    upload_max_files: int = Field(200, description="files of one upload")
    addresses_most: int = Field(100, description="web addresses of one import from page or API")
    upload_keep_days: int = Field(
        30, description="days that the files of an import are kept once it has ended"
    )
    pace_of_last: int = Field(
        50, description="settled items by whose pace the time that is left is told"
    )
    poll_s: float = Field(2.0, description="seconds between two looks for what is due")
    stop_timeout_s: float = Field(
        60.0, description="seconds that processes have to end before they are killed"
    )
    clean_every_s: float = Field(3_600.0, description="seconds between two cleanings")
    log_keep_days: int = Field(
        30, description="days that the log of a process that works at tasks is kept"
    )
    launch_grace_s: float = Field(
        600.0, description="seconds without life from which a job is handed to the broker again"
    )
    live_every_ms: int = Field(
        2_000, description="milliseconds between two looks of a page at a job that runs"
    )


JOBS = JobParams()


class WorkerParams(BaseModel):
    """Thresholds of worker processes; apart from Params as they do not change what is extracted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    texts_together: int = Field(
        4, description="articles that a worker gets at once; few, so that all end about together"
    )
    groups_ahead: int = Field(
        4, description="groups read ahead for each worker, so that a long text holds nobody up"
    )


WORKERS = WorkerParams()
