"""Thresholds of the pages, of live comparisons and of the status page. No I/O."""

from pydantic import BaseModel, ConfigDict, Field


class PageParams(BaseModel):
    """Thresholds of the pages; apart from Params because they do not change what is extracted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    list_rows: int = Field(25, description="rows on one page of a list")
    count_cap: int = Field(
        10_000, description="results counted and paged through; more are shown as “over”"
    )
    review_counted: int = Field(
        1_000, description="quotations to review that are counted; more are shown as “over”"
    )
    confidence_unsure_below: float = Field(
        0.5, description="below it a quotation is more likely wrong than right: shown as “unsure”"
    )
    confidence_likely_from: float = Field(
        0.7, description="from it a quotation is called “likely”; below, “plausible”"
    )
    confidence_very_likely_from: float = Field(
        0.9, description="from it a quotation is called “very likely”"
    )
    name_words: int = Field(8, description="words of a name that a search looks at")
    name_max_chars: int = Field(100, description="longest name looked up while one types")
    names_suggested: int = Field(10, description="speakers suggested while one types")
    similar_names: int = Field(8, description="speakers shown who might be the same")
    similar_names_read: int = Field(
        200,
        description="speakers with a word in common whose names are compared, most quoted first",
    )
    link_sure_from: float = Field(
        0.9, description="score below which a link across articles is shown as unsure"
    )
    profile_rows: int = Field(
        12, description="rows of a table on a speaker's page before the rest is folded away"
    )
    profile_rows_most: int = Field(
        50, description="rows of such a table with those folded away; the rest is counted only"
    )
    decisions_shown: int = Field(20, description="decisions listed on a speaker's page")
    ticks: int = Field(
        100, description="names, roles, articles or quotations that can be ticked on one page"
    )
    ticks_read: int = Field(
        500,
        description="newest quotations of a speaker among which articles to tick, and those that"
        " quote another too, are looked for",
    )
    plot_max_bars: int = Field(
        60, description="bars of a plot from which it counts by the next longer unit of time"
    )
    statement_matches: int = Field(
        2000, description="newest matching quotations whose statements a search finds"
    )
    reports_read: int = Field(
        5000, description="reports of one statement that its page counts, the earliest stored first"
    )
    report_rows: int = Field(12, description="reports side by side on one page of a statement")
    verb_outlets: int = Field(
        30, description="outlets whose verbs of attribution a statement's page lists"
    )
    verbs_listed: int = Field(5, description="verbs of each of them; the rest is counted only")
    spread_rows: int = Field(
        40, description="outlets in the table of how a statement spread; the plot has 200"
    )
    statements_of_speaker: int = Field(5, description="statements listed on a speaker's page")
    box_reports: int = Field(
        50, description="other reports that a quotation's page looks at to name the first"
    )
    quotations_compared: int = Field(12, description="quotations compared on one page")
    checked_chars: int = Field(
        200_000, description="longest text that a list of reports checks again, code points"
    )
    same_shown: int = Field(20, description="decisions listed on a statement's page")
    mirror_lag_s: int = Field(
        5,
        description="seconds by which the mark of a mirror lies before what may still be written",
    )
    mirror_writer_s: int = Field(
        600, description="seconds that a transaction on SQLite may have been writing for, at most"
    )
    verified_among: int = Field(
        600, description="quotations of two versions that are compared to verify one of them"
    )
    history_steps: int = Field(3, description="last steps of its history on a quotation's page")
    article_whole_chars: int = Field(
        20_000, description="longest article that is shown whole, code points"
    )
    article_part_chars: int = Field(
        4_800, description="text in one part of a longer article, code points"
    )
    article_parts_kept_s: int = Field(
        3_600, description="seconds for which a process remembers where a text is cut"
    )
    article_listed: int = Field(60, description="quotations listed beside one part of an article")
    counts_kept_from: int = Field(
        50_000, description="quotations from which what is stored is not counted at each look"
    )
    profile_kept_from: int = Field(
        200,
        description="quotations of a speaker from which what is counted of them is kept",
    )
    profile_newest: int = Field(
        50, description="newest quotations of such a speaker that are counted until all have been"
    )
    profile_kept_s: int = Field(
        86_400, description="seconds after which they are counted again though nothing changed"
    )
    counts_kept_s: int = Field(300, description="seconds for which counts are kept at least")
    article_speakers: int = Field(12, description="speakers by whom an article is filtered at once")


PAGES = PageParams()


class LiveParams(BaseModel):
    """Thresholds of comparing a quotation with the publisher's page; they extract nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    again_after_s: int = Field(
        600, description="seconds after which a publisher's page is fetched again to compare"
    )
    timeout_s: float = Field(12.0, description="seconds for fetching it, with redirects")
    live_max_bytes: int = Field(5_000_000, description="largest page that is compared, bytes")
    host_wait_most_s: float = Field(
        5.0, description="longest pause between requests to a host that a reader waits for, seconds"
    )
    altered_from: float = Field(
        0.6, description="similarity of words from which the page has the quotation, altered"
    )
    compared_most: int = Field(
        100, description="quotations of an article that are compared with one fetched page"
    )
    live_words_most: int = Field(
        2_000_000, description="words of the page, times quotations, that are gone through at once"
    )


LIVE = LiveParams()


class StatusParams(BaseModel):
    """Thresholds of the status page; they extract nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    jobs_looked_at: int = Field(
        100, description="newest imports, exports and messages whose state is told"
    )
    feeds_looked_at: int = Field(1_000, description="feeds whose state is told")
    quotations_looked_at: int = Field(
        200, description="quotations stored first, and last, that should have been compared"
    )
    disk_free_least: int = Field(
        2_000_000_000, description="free space below which the disk wants attention, bytes"
    )
    disk_share_least: float = Field(
        0.05, description="share of the disk that should be free, if that is more"
    )


STATUS = StatusParams()
