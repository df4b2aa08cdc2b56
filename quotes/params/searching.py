"""Thresholds of the search. No I/O."""

from pydantic import BaseModel, ConfigDict, Field


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
    walked: int = Field(
        4_000,
        description="quotations that changed first, or last, among which SQLite looks for those "
        "that pass a filter before it sorts all that do",
    )
    timeline_counted: int = Field(
        3_000, description="matches that a timeline counts one by one; of more it is estimated"
    )
    timeline_looked_up: int = Field(
        50_000,
        description="matches that it counts one by one where the database looks all of them up",
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
    looked_up_share: float = Field(
        0.06,
        description="share of the rows up to which PostgreSQL looks the newest matches up; more "
        "frequent ones are come upon from the newest row",
    )
    all_looked_up_share: float = Field(
        0.03,
        description="share of the rows up to which PostgreSQL looks all matches up for a timeline",
    )
    phrase_share: float = Field(
        0.01,
        description="share of the rows that have a phrase's rarest word, up to which PostgreSQL "
        "looks the phrase up",
    )
    phrase_stretch_share: float = Field(
        0.05,
        description="share of the rows, the newest years', in which PostgreSQL looks a phrase of "
        "frequent words up first",
    )
    stretch_share: float = Field(
        0.5, description="share of the rows up to which the newest years are looked at first"
    )
    stretch_expected: float = Field(
        1.5, description="times as many matches as are counted that those years are to have"
    )
    frequencies_kept_s: float = Field(
        300.0, description="seconds for which the frequencies of words are kept"
    )
    suggested_words: int = Field(
        6, description="words of what is typed among which a speaker's name is looked for"
    )
    suggested_speakers: int = Field(5, description="speakers suggested in a search box")
    suggested_quotations: int = Field(3, description="quotations suggested in a search box")
    facet_values: int = Field(8, description="values of a facet shown, the commonest first")
    values_most: int = Field(
        20, description="values of one filter, such as speakers, of which any may match"
    )
    outlets_meant: int = Field(20, description="outlets whose names one outlet: may match")
    snippet_chars: int = Field(
        400, description="longest piece of a content that a snippet shows, code points"
    )
    title_chars: int = Field(90, description="of an article's title a row shows, code points")
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
