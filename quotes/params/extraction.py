"""Thresholds of extraction; each is part of a run's provenance. No I/O."""

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
    window_own_wordpieces: int = Field(240, description="wordpieces a window decides on")
    window_context_wordpieces: int = Field(24, description="wordpieces of context each side")
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
