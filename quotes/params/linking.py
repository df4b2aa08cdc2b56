"""Thresholds of linking speakers across articles. No I/O."""

from pydantic import BaseModel, ConfigDict, Field

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
