"""Every threshold of the project: its default, its unit and the reason for it. No I/O.

Settings may override a value; code takes it as an argument. docs/thresholds.md explains each.
"""

from pydantic import BaseModel, ConfigDict, Field

# How often each rule of attribution names the right speaker, given the right mention: measured on
# labelled articles (docs/decisions/0007-attribution.md), rounded, small samples drawn towards 0.8.
# A rule that is not listed is trusted fully.
RULE_RELIABILITY = {
    "name": 0.98,
    "own-name": 0.95,
    "partial-name": 0.96,
    "acronym": 0.95,
    "two-candidates": 0.8,
    "joint": 0.9,
    "together": 0.7,
    "description": 0.88,
    "own-description": 0.75,
    "same-description": 0.85,
    "same-noun": 0.8,
    "issuer-named": 0.85,
    "issuer": 0.75,
    "document": 0.7,
    "pronoun": 0.88,
    "pronoun-unsure": 0.65,
    "relative": 0.85,
    "speaker-of-quotation": 0.9,
    "continues": 0.85,
    "interviewee": 0.8,
    "epithet": 0.85,
    "epithet-unsure": 0.6,
    "named-later": 0.7,
    "two-last": 0.6,
    "byline": 0.8,
    "last-person": 0.5,
    "last-body": 0.65,
    "open-pronoun": 0.3,
    "no-source": 0.6,
}

# How candidates for "the Florida senator" are weighed (quotes/nlp/epithets.py), in points:
# few and rounded, set on labelled articles and not fitted to them (0007-attribution.md).
EPITHET_WEIGHTS = {
    "epithet-bears": 3.0,
    "epithet-agrees": 1.5,
    "epithet-otherwise": -1.2,
    "epithet-clashes": -1.3,
    "epithet-other-role": -0.5,
    "epithet-weighty": 1.5,
    "epithet-subject": 1.0,
    "epithet-near": 1.0,
    "epithet-further": 0.4,
    "epithet-fading": 0.25,
    "epithet-least": 0.5,
    "epithet-close": 1.0,
}

# How often words are their speaker's where layout says so (docs/decisions/0009-robustness.md); the
# rule that then names the speaker has its own reliability.
LAYOUT_CONFIDENCE = {"turn": 0.95, "answer": 0.9, "signature": 0.9, "headline": 0.8}


class Params(BaseModel):
    """Thresholds, with units in their names. A test requires each in docs/thresholds.md."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # --- language (docs/decisions/0013-language.md)
    english_words_share: float = Field(
        0.15, description="share of English closed-class words from which a passage is English"
    )
    english_words_least: int = Field(
        3, description="English closed-class words for a passage to be English beyond doubt"
    )
    language_evidence_bytes: int = Field(
        60, description="running words by which a foreign language may be told, bytes of UTF-8"
    )
    language_certainty: float = Field(
        0.9, description="probability from which the identifier is believed"
    )
    wordless_run_chars: int = Field(
        250, description="run without a letter or digit that models are not shown, code points"
    )

    # --- tagger windows (docs/decisions/0003-quotation-tagger.md)
    window_own_wordpieces: int = Field(180, description="wordpieces a window decides on")
    window_context_wordpieces: int = Field(48, description="wordpieces of context each side")
    tagger_group_wordpieces: int = Field(
        32_000, description="wordpieces tagged together; bounds memory, longer texts are cut there"
    )

    # --- parsing (docs/decisions/0002-stanza-offline.md)
    parse_batch_chars: int = Field(
        200_000, description="documents parsed together, code points; bounds memory"
    )
    max_sentence_tokens: int = Field(
        250, description="tokens; a longer sentence is cut, as the parser's memory grows squared"
    )

    # --- attribution (docs/decisions/0007-attribution.md)
    antecedent_window_sentences: int = Field(
        4, description="sentences back in which a pronoun's antecedent is looked for"
    )
    rule_reliability: dict[str, float] = Field(
        RULE_RELIABILITY,
        description="probability that the speaker is right if mention and content are, by rule",
    )
    layout_confidence: dict[str, float] = Field(
        LAYOUT_CONFIDENCE,
        description="probability that words are the speaker's whom layout names, by kind of layout",
    )

    # --- batching
    extract_batch_texts: int = Field(16, description="articles that share forward passes")

    # --- storage (docs/decisions/0004-data-model.md)
    same_quotation_overlap: float = Field(
        0.5, description="Jaccard index from which a quotation found again is the same one"
    )
    selector_context_chars: int = Field(
        32, description="code points of prefix and suffix kept with a quotation, at most 100"
    )

    # --- search
    search_max_chars: int = Field(500, description="characters of a query that are read")
    search_max_terms: int = Field(32, description="terms of a query that are sought")

    # --- sizes of one input
    max_text_chars: int = Field(1_000_000, description="longest article accepted, code points")
    max_input_bytes: int = Field(20_000_000, description="largest file read, bytes")
    min_encoding_coherence: float = Field(
        0.9, description="share of a language's letters in order, for a detected encoding to count"
    )
    encoding_lead: float = Field(
        0.1, description="coherence by which a detected encoding must lead every other reading"
    )
    max_control_share: float = Field(
        0.01, description="share of control characters above which an input is binary, not text"
    )

    def flat(self) -> dict[str, float | int | str]:
        """Return every threshold by name, nested ones as "name.key", for a run's provenance."""
        flat: dict[str, float | int | str] = {}
        for name, value in self.model_dump().items():
            if isinstance(value, dict):
                flat.update({f"{name}.{key}": item for key, item in sorted(value.items())})
            else:
                flat[name] = value
        return flat


DEFAULTS = Params()


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


# How names that relate so speak for one speaker, natural logarithms of odds, before any context:
# set by hand and tuned on the tuning half of tests/quotes/speaker_pairs.tsv
# (docs/decisions/0014-speakers-across-articles.md).
NAME_EVIDENCE = {
    "same-name": 3.5,
    "name-order": 3.0,
    "name-spelling": 3.0,
    "middle-name": 3.2,
    "name-initials": 3.4,
    "nickname": 2.0,
    "longer-name": 1.3,
    "near-spelling": 1.0,
    "abbreviated-name": -1.5,
    "common-name": -1.7,
    "suffix-missing": -2.5,
    "same-institution": 5.0,
    "same-body": 3.5,
    "body-acronym": -0.5,
    "shared-body": -3.0,
}

# What the context adds to that.
CONTEXT_EVIDENCE = {
    "same-role": 2.0,
    "related-role": 1.0,
    "same-field": 0.6,
    "unrelated-role": -0.8,
    "other-field": -3.5,
    "same-country": 1.0,
    "other-country": -3.0,
    "other-part-of-country": -3.0,
    "same-outlet-country": 0.3,
    "other-outlet-country": -0.3,
    "other-outlet-country-common-name": -0.9,
    "same-company": 1.5,
    "side-by-side": -4.0,
    "same-month": 0.5,
    "same-year": 0.3,
    "decades-apart": -0.7,
    "generation-apart": -2.5,
    "lifetime-apart": -6.0,
}


class LinkingParams(BaseModel):
    """Thresholds of linking across articles; apart from Params: they change no extraction."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    link_from: float = Field(
        0.9, description="probability from which a name is linked to a speaker; below, suggested"
    )
    suggest_from: float = Field(
        0.3, description="probability from which two speakers are suggested as one"
    )
    rival_odds: float = Field(
        5.0, description="times that the odds of the best candidate must exceed the next one's"
    )
    near_spelling_edits: float = Field(
        0.5, description="edits by which a part of a near spelling may differ; a vowel is half one"
    )
    near_spelling_least_letters: int = Field(
        4, description="letters of a name part that may be spelled nearly alike"
    )
    about_chars: int = Field(
        20_000, description="beginning of a text whose places say what country it is about"
    )
    about_share: float = Field(
        0.6, description="share of a text's place names from which it is about one country"
    )
    company_most_quotations: int = Field(
        30, description="quotations above which a speaker is no telling company: too many share it"
    )
    profile_articles: int = Field(
        20, description="latest articles of a candidate whose context is compared"
    )
    candidates: int = Field(
        25, description="candidates of one name whose context is compared, the best names first"
    )
    suggestions: int = Field(3, description="suggestions made for one name in one article")
    name_evidence: dict[str, float] = Field(
        NAME_EVIDENCE, description="log odds that two names are one speaker's, by their relation"
    )
    context_evidence: dict[str, float] = Field(
        CONTEXT_EVIDENCE, description="log odds that context adds, by what it says"
    )


LINKING = LinkingParams()


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


class CopyParams(BaseModel):
    """Thresholds of finding copies of a text; apart from Params as they change no extraction.

    Stored signatures hang on the first three: after changing one, `manage.py find_copies --again`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    shingle_words: int = Field(4, description="words in a row that are compared as one")
    signature_values: int = Field(48, description="values of a text's MinHash signature")
    band_values: int = Field(
        2, description="values of a band; texts that share a band are candidates"
    )
    least_shingles: int = Field(
        40, description="differing shingles below which only the very same text is a copy"
    )
    copies_compared: int = Field(
        20, description="candidates that are compared, those that share most bands first"
    )
    shared_from: float = Field(
        0.6, description="share of a text's words that its copy has too, in runs, at the least"
    )
    agreement_from: float = Field(
        0.76, description="share of words that agree where both texts have some, at the least"
    )
    copies_shown: int = Field(10, description="articles with the same text that a page lists")


COPIES = CopyParams()


class VersionParams(BaseModel):
    """Thresholds of comparing versions of an article; apart from Params: they extract nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    same_words_from: float = Field(
        0.6, description="similarity of words from which a quotation is another's, changed"
    )
    context_weight: float = Field(
        0.25, description="share of the context in the similarity of two quotations"
    )
    compared_words: int = Field(
        4000, description="words of a changed passage, up to which each word is compared"
    )
    context_paragraphs: int = Field(
        1, description="paragraphs shown each side of a change; the others are folded away"
    )


VERSIONS = VersionParams()


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
        100, description="rows of such a table with those folded away; the rest is counted only"
    )
    decisions_shown: int = Field(20, description="decisions listed on a speaker's page")
    ticks: int = Field(
        100, description="names, roles, articles or quotations that can be ticked on one page"
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
        8_000, description="text in one part of a longer article, code points"
    )
    article_parts_kept_s: int = Field(
        3_600, description="seconds for which a process remembers where a text is cut"
    )
    article_listed: int = Field(60, description="quotations listed beside one part of an article")
    counts_kept_from: int = Field(
        50_000, description="quotations from which what is stored is not counted at each look"
    )
    profile_kept_from: int = Field(
        1_000, description="quotations of a speaker from which what is counted of them is kept"
    )
    counts_kept_s: int = Field(300, description="seconds for which these counts are kept")
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
    disk_free_least: int = Field(
        2_000_000_000, description="free space below which the disk wants attention, bytes"
    )
    disk_share_least: float = Field(
        0.05, description="share of the disk that should be free, if that is more"
    )


STATUS = StatusParams()


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
    collection_items_most: int = Field(100_000, description="quotations in one collection")
    collection_sent_most: int = Field(
        1_000, description="items that one request adds, removes or moves"
    )


ACCESS = AccessParams()


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


class VariantParams(BaseModel):
    """Thresholds of finding reports of one utterance; apart from Params: they extract nothing.

    Weights are of words: 1 for one that says something, `weak_word` for one that says little.
    After a change of those that stored marks hang on: `manage.py statements --anew`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    # --- what two wordings have in common
    weak_word: float = Field(0.3, description="weight of a word that says little by itself")
    loose_weight: float = Field(
        1.0, description="weight of a run of common words from which it counts by itself"
    )
    loose_words: int = Field(
        3, description="words between two common runs, up to which a lighter one counts"
    )
    near_from: float = Field(
        0.72, description="share of the weight that both have, from which two are nearly the same"
    )
    near_short_from: float = Field(
        0.8, description="the same share where they have little in common, below `near_short`"
    )
    near_short: float = Field(
        6.0, description="common weight below which a sentence is short, and a word makes another"
    )
    part_from: float = Field(
        0.8, description="share of the shorter one's weight from which it is part of the other"
    )
    part_density: float = Field(
        0.5, description="common share of the longer one's words between the first and the last"
    )
    # --- evidence wanted for “the same utterance”
    next_days: int = Field(1, description="days between two reports of one day's news")
    near_days: int = Field(3, description="days between two reports that are near")
    apart_days: int = Field(10, description="days between two reports of one utterance at most")
    least_weight: float = Field(
        1.6, description="common weight wanted where speaker, days and the words around agree"
    )
    context_words: int = Field(2, description="telling words around that agree, at the least")
    short_weight: float = Field(
        2.3, description="common weight wanted of one speaker in one day's news"
    )
    later_weight: float = Field(
        4.0, description="common weight wanted where days are not near or not known"
    )
    unnamed_weight: float = Field(
        5.0, description="common weight wanted where a speaker is not known"
    )
    unnamed_later_weight: float = Field(8.0, description="the same, days not near or not known")
    slip_weight: float = Field(
        6.0, description="common weight from which another number may be a slip of the next day"
    )
    slip_share: float = Field(
        0.85, description="common share from which another number may be a slip of the next day"
    )
    name_likeness: float = Field(
        0.7, description="likeness of letters from which two names are spellings of one"
    )
    # --- evidence wanted for “possibly the same utterance”
    possible_share: float = Field(
        0.6, description="share of the telling words of the shorter one that the other has too"
    )
    possible_words: int = Field(3, description="telling words in common, at the least")
    possible_unnamed_share: float = Field(0.75, description="the same share, a speaker not known")
    possible_unnamed_words: int = Field(5, description="the same words, a speaker not known")
    long_weight: float = Field(
        7.0, description="weight of a part from which it is one of several wholes by no chance"
    )
    # --- warnings
    ellipsis_words: int = Field(
        2, description="words left out of the middle without a mark, from which it is warned of"
    )
    before_words: int = Field(
        6, description="words before a part in which a dropped negation is looked for"
    )
    # --- marks, by which candidates are found
    mark_words: int = Field(3, description="words of a run that is kept as a mark")
    mark_window: int = Field(4, description="runs in a row of which one is kept")
    mark_quotations: int = Field(
        60, description="quotations looked at of one mark, the newest stored ones"
    )
    day_quotations: int = Field(
        200, description="quotations looked at of one speaker on one day, the newest stored ones"
    )
    # --- work at once
    reconsidered: int = Field(
        2_000, description="quotations placed anew at once because another came or went"
    )
    placed_at_once: int = Field(
        500, description="changed quotations that are compared at once; more wait for the task"
    )


VARIANTS = VariantParams()


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


class SearchParams(BaseModel):
    """Thresholds of the search; apart from Params because they do not change what is extracted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    least_prefix: int = Field(2, description="letters before a * from which it begins words")
    longest_word: int = Field(100, description="letters of a word that can be sought")
    ranked: int = Field(
        300, description="newest matches that are put in order of relevance; the rest is not read"
    )
    ranked_first: int = Field(
        100, description="newest reviewed matches, and exact phrases, that are ranked beside these"
    )
    counted: int = Field(
        1_000, description="newest matches counted and paged through; more are shown as “over”"
    )
    timeline_counted: int = Field(
        3_000, description="matches that a timeline counts one by one; of more it is estimated"
    )
    timeline_bars: int = Field(60, description="bars of a timeline at most")
    timeline_estimated_bars: int = Field(24, description="bars of an estimated timeline at most")
    timeline_stretches: int = Field(
        96, description="stretches of days by which a timeline is estimated"
    )
    timeline_stretch_rows: int = Field(
        40, description="matches of a stretch, about, which is so many days, or of a day a share"
    )
    timeline_stretch_most: int = Field(
        500, description="matches of a stretch that are read at most"
    )
    suggested_words: int = Field(
        6, description="words of what is typed among which a speaker's name is looked for"
    )
    suggested_speakers: int = Field(5, description="speakers suggested in a search box")
    suggested_quotations: int = Field(3, description="quotations suggested in a search box")
    facet_values: int = Field(8, description="values of a facet shown, the commonest first")
    outlets_meant: int = Field(20, description="outlets whose names one outlet: may match")
    snippet_chars: int = Field(
        400, description="longest piece of a content that a snippet shows, code points"
    )
    alike_from: float = Field(
        75.0, description="likeness of a name, 0 to 100, from which it is suggested for one typed"
    )
    alike_least_letters: int = Field(4, description="letters of a name for which one is suggested")
    alike_names: int = Field(3, description="names suggested for one that finds nothing")
    alike_read: int = Field(50_000, description="names that are compared, the most quoted first")
    alike_kept_s: float = Field(
        300.0, description="seconds for which these names are kept before they are read anew"
    )


SEARCH = SearchParams()


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


class CheckParams(BaseModel):
    """Thresholds of checking a draft; nothing of it is stored."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    draft_most_chars: int = Field(200_000, description="longest draft that is checked, code points")
    upload_most_bytes: int = Field(5_000_000, description="largest file of a draft, bytes")
    unpacked_most_bytes: int = Field(
        20_000_000, description="what a DOCX may become when it is unpacked, bytes"
    )
    quotations_most: int = Field(200, description="quotations of a draft that are checked")
    read_slice_chars: int = Field(
        10_000, description="code points that the models read at a time; between, time is looked at"
    )
    read_most_s: float = Field(15.0, description="seconds in which the models read a draft")
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
