"""Thresholds of comparing texts: copies, versions, and reports of one utterance. No I/O."""

from pydantic import BaseModel, ConfigDict, Field


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
    carried_pairs: int = Field(
        100_000, description="pairs of changed quotations compared; of more, those near in order"
    )
    same_words_pairs: int = Field(
        20, description="quotations of the same words among which one is looked for, the nearest"
    )
    fates_shown: int = Field(200, description="quotations that differ, and that do not, on a page")
    side_by_side_chars: int = Field(
        400_000, description="code points of two texts side by side; of longer ones what changed"
    )


VERSIONS = VersionParams()


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
    aligned_pairs: int = Field(
        4_000_000,
        description="pairs of words of two quotations up to which runs are sought, longest first",
    )
    moved_pairs: int = Field(
        40_000, description="pairs of words of two quotations up to which moved runs are sought"
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
    again_weight: float = Field(
        8.0, description="common weight up to which one may say the same again on other days"
    )
    plain_words: int = Field(
        10, description="words from which a quotation is compared though none of them is telling"
    )
    unnamed_weight: float = Field(
        5.0, description="common weight wanted where a speaker is not known, and the scene agrees"
    )
    unnamed_open_weight: float = Field(
        7.0, description="the same, nothing around the words agrees or speaks against it"
    )
    unnamed_later_weight: float = Field(8.0, description="the same, days not near or not known")
    elsewhere_words: int = Field(
        4, description="telling words around from which they tell where it was; fewer are no place"
    )
    slip_weight: float = Field(
        6.0, description="common weight from which another number may be a slip of the next day"
    )
    slip_share: float = Field(
        0.85, description="common share from which another number may be a slip of the next day"
    )
    reworded_from: float = Field(
        0.85,
        description="common share from which a telling word may stand for another one: “library” "
        "for “pool”",
    )
    moved_weight: float = Field(
        2.5,
        description="weight of a run of common words that stands elsewhere, from which it counts",
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
    speaker_quotations: int = Field(
        1_000, description="quotations of one speaker that are read for one without a day, or by it"
    )
    # --- work at once
    reconsidered: int = Field(
        2_000, description="quotations placed anew at once because another came or went"
    )
    placed_at_once: int = Field(
        500, description="changed quotations that are compared at once; more wait for the task"
    )
    failures_sought: int = Field(
        20, description="quotations that comparing fails on which are told from the others at once"
    )


VARIANTS = VariantParams()
