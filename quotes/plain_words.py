"""Kinds, confidence and the extractor's rules -> plain English for readers. Pure.

Every rule of quotes/nlp/attribution.py has its sentence here; a test holds the two together.
"""

from typing import NamedTuple

from quotes.params import PAGES, PageParams


class Band(NamedTuple):
    """How sure the tracker is: `key` for styling, `words` for readers, `percent` rounded down."""

    key: str
    words: str
    percent: int

    @property
    def is_unsure(self) -> bool:
        """Say whether the quotation is more likely wrong than right."""
        return self.key == "unsure"


def confidence_band(confidence: float, params: PageParams = PAGES) -> Band:
    """Return the band of a probability in [0, 1]; never 100 % unless it is exactly 1."""
    percent = int(confidence * 100 + 1e-9)  # rounded down, to agree with the words
    if confidence >= params.confidence_very_likely_from:
        return Band("very-likely", "very likely", percent)
    if confidence >= params.confidence_likely_from:
        return Band("likely", "likely", percent)
    if confidence >= params.confidence_unsure_below:
        return Band("plausible", "plausible", percent)
    return Band("unsure", "unsure", percent)


CONFIDENCE_MEANS = {
    "very-likely": "Words and speaker are very likely both right.",
    "likely": "Words and speaker are likely right; check before you rely on it.",
    "plausible": "More likely right than wrong. Read the article before you rely on it.",
    "unsure": "More likely wrong than right. Treat it as a pointer to the article, no more.",
}


_STATUS_DOUBTS = {
    "rejected": "no quotation, a person found",
    "gone": "the program no longer finds it in the article",
}

_NOT_SAID_DOUBTS = {
    "negated": "the article negates it and does not report that it was said",
    "future": "the article announces it; it had not been said",
    "hypothetical": "the article has it as a possibility and does not report that it was said",
}


def doubt(
    confidence: float,
    *,
    act: str = "speech",
    status: str = "current",
    review: str = "",
    factuality: str = "",
) -> str:
    """Return what whoever cites a quotation has to check, as clauses; "" if nothing.

    `confidence` is that of words, source and speaker. What a person has confirmed or corrected is
    not doubted by the program's number.
    """
    found = [_STATUS_DOUBTS[status]] if status in _STATUS_DOUBTS else []
    if act == "attitude":
        found.append(
            "a belief, hope or intention that the article ascribes; nobody need have said it"
        )
    if factuality in _NOT_SAID_DOUBTS:
        found.append(_NOT_SAID_DOUBTS[factuality])
    band = confidence_band(confidence)
    if not review and band.key in ("plausible", "unsure"):
        found.append(f"found by a program, {band.words} ({band.percent} %), and not reviewed")
    return "; ".join(found)


def words_confidence(confidence: float) -> str:
    """Return how sure words and source are, leaving open who is meant, in a sentence."""
    percent = confidence_band(confidence).percent
    return f"That the words and the source named beside them are right: {percent} %."


KIND_MEANS = {
    "direct": "Verbatim: in quotation marks, or under the speaker’s own label or signature.",
    "mixed": "Partly verbatim: only what stands in quotation marks is the speaker’s own wording.",
    "indirect": "Reported in the article’s own words, not the speaker’s.",
}

ACT_MEANS = {
    "speech": "Something said or written.",
    "attitude": "A belief, hope or intention that the article ascribes; nobody need have said it.",
}

# Whether the article reports that it was said: as filters name it, as it stands beside words that
# are not, and what it means. What was stored before that was looked at has "", which addresses and
# files call unknown.
UNKNOWN = "unknown"
FACTUALITY_NAMES = {
    "": "Not looked at",
    "factual": "Reported as said",
    "negated": "Negated",
    "future": "Announced",
    "hypothetical": "Hypothetical",
}

NOT_SAID = {
    "negated": "Negated, not reported as said",
    "future": "Announced, not yet said",
    "hypothetical": "Hypothetical, not reported as said",
}

FACTUALITY_MEANS = {
    "": "The article was last read before it was looked at whether it reports this as said.",
    "factual": "The article reports it as said, or as thought.",
    "negated": "The article negates it, as in “did not say that” or “did not deny that”."
    " It does not report that this was said.",
    "future": "The article announces it, as in “will say on Friday”."
    " When it was written, this had not been said.",
    "hypothetical": "The article has it as a possibility, a condition or a question, as in"
    " “if she says that”. It does not report that this was said.",
}


def not_said(factuality: str, *, is_inside: bool = False) -> str:
    """Return what stands beside words that the article does not report as said; "" for others.

    `is_inside`: as it stands inside a sentence.
    """
    words = NOT_SAID.get(factuality, "")
    return words[:1].lower() + words[1:] if is_inside else words


_ROLE_MEANS = {
    "cue": "This word says that somebody spoke, wrote or thought.",
    "medium": "This says where it was said or written.",
    "mention": "This is who the sentence names as the source.",
    "antecedent": "",
    "name": "The article gives the name in full here.",
}

_RULE_MEANS = {
    "name": "The sentence names the source in full.",
    "own-name": "The sentence names the source; the article has no fuller form of the name.",
    "partial-name": "Part of a name that the article gives in full elsewhere.",
    "acronym": "An abbreviation that the article spells out.",
    "two-candidates": "Two names in the article fit here; this one fits better, but not surely.",
    "joint": "Several sources share the words.",
    "together": "A pronoun for several sources that were named together.",
    "description": "A description that the article ties to a name.",
    "own-description": "A description that the article never ties to a name.",
    "same-description": "The same description was used for this source before.",
    "same-noun": "The same noun was used for this source before, in a fuller form.",
    "issuer-named": "A document or message that the sentence ascribes to its issuer.",
    "issuer": "A document or message that the article ascribed to its issuer before.",
    "document": "The article quotes a document and does not say who issued it.",
    "pronoun": "A pronoun; only one earlier name fits it well.",
    "pronoun-unsure": "A pronoun; more than one earlier name could fit it.",
    "relative": "“Who” or “which” stands for the name just before it.",
    "speaker-of-quotation": "“I” or “we” inside quoted words stands for the speaker.",
    "continues": "These quoted words go on right after words of this speaker.",
    "turn": "The words stand under this label, as in an interview or a transcript.",
    "answer": "The words stand under this label, as an answer in an interview.",
    "interviewee": "The person of whom the article speaks most before the interview begins.",
    "signature": "The words are signed with this name.",
    "headline": "A headline that names its source at its end.",
    "epithet": "A phrase for somebody named before; only one name fits it.",
    "epithet-unsure": "A phrase for somebody named before; more than one name could fit it.",
    "named-later": "A phrase for somebody whom the article names further down.",
    "two-last": "A phrase for two people: the only two named near it.",
    "byline": "“I” outside quoted words stands for who signs the article.",
    "last-person": "Taken to be the person named last: a guess.",
    "last-body": "Taken to be the organisation named last: a guess.",
    "open-pronoun": "A pronoun, and the article does not settle whom it means.",
    "no-source": "The sentence names no source.",
    "fullest-form": "The fullest form of the name in the article.",
}


# From how many seconds on a time is told in a unit, and how many seconds that unit has.
_UNITS = ((172_800, 86_400, "days"), (7_200, 3_600, "hours"), (120, 60, "minutes"))


def duration(seconds: int) -> str:
    """Return a time in words, such as "24 hours"; rounded up to the unit that it is told in."""
    for least, unit, name in _UNITS:
        if seconds >= least:
            return f"{-(-seconds // unit)} {name}"
    return "1 second" if seconds == 1 else f"{seconds} seconds"


_SIZES = ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB"))


def size(size_bytes: int) -> str:
    """Return a number of bytes in words, in units of a thousand: "200 MB", "1.5 GB", "12 bytes"."""
    for unit, name in _SIZES:
        if size_bytes >= unit:
            return f"{size_bytes / unit:.1f}".removesuffix(".0") + f" {name}"
    return "1 byte" if size_bytes == 1 else f"{size_bytes} bytes"


def step_means(role: str, rule: str) -> str:
    """Return in a sentence what a step of the evidence says; rules not known keep their name."""
    if rule in _RULE_MEANS:
        return _RULE_MEANS[rule]
    general = _ROLE_MEANS.get(role, "")
    return f"{general} (Rule: {rule}.)".strip() if rule not in {"", role} else general


def is_explained(rule: str) -> bool:
    """Say whether `rule` has its sentence."""
    return rule in _RULE_MEANS


STEP_NAMES = {
    "cue": "Cue",
    "source": "Source as the sentence has it",
    "mention": "Source as the sentence has it",
    "antecedent": "Refers back to",
    "name": "Full name",
    "medium": "Medium",
}

METHODS = {
    "text": "from a plain text",
    "html": "from a web page",
    "web": "from its address",
    "warc": "from a web archive",
    "feed": "from a feed",
    "jsonl": "from a line of JSON",
    "ninjs": "from a message in ninjs",
    "newsml-g2": "from a message in NewsML-G2",
}

# What differs between a quotation and the same one in another version of its article.
DIFFERENCES = {
    "number": "a number differs",
    "negation": "a negation came or went",
    "words": "other words",
    "marks": "other marks",
    "speaker": "another speaker",
    "factuality": "whether it was said differs",
}
