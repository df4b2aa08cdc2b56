"""What is to be said of a draft's quotation, by how words and speakers compare. Pure.

Nothing is called verbatim whose words differ, and a report in an article's own words is nobody's
wording, whoever puts marks around it. Why: docs/decisions/0032-checking-a-draft.md.
"""

from enum import StrEnum

from quotes.draft_matching import Match
from quotes.draft_speakers import Same
from quotes.nlp.document import Kind
from quotes.params import CHECKING, CheckParams


class Status(StrEnum):
    """What became of a quotation of a draft."""

    VERBATIM = "verbatim"
    ALTERED = "altered"
    OTHER_SPEAKER = "other-speaker"
    SAID_OTHERWISE = "said-otherwise"
    PARAPHRASE = "paraphrase"
    REPORTED = "reported"
    IN_TEXT = "in-text"
    NOT_FOUND = "not-found"
    UNCHECKED = "unchecked"


# What an editor has to act on; a script that checks drafts fails for these.
WRONG = frozenset({Status.ALTERED, Status.OTHER_SPEAKER, Status.SAID_OTHERWISE, Status.PARAPHRASE})

STATUS_WORDS = {
    Status.VERBATIM: "Verbatim",
    Status.ALTERED: "Altered",
    Status.OTHER_SPEAKER: "Said by someone else",
    Status.SAID_OTHERWISE: "Said or not: the archive differs",
    Status.PARAPHRASE: "Not the speaker’s wording",
    Status.REPORTED: "Reported so",
    Status.IN_TEXT: "In an article’s text",
    Status.NOT_FOUND: "Not found",
    Status.UNCHECKED: "Not checked",
}
STATUS_SYMBOLS = {
    Status.VERBATIM: "✓",
    Status.ALTERED: "≠",
    Status.OTHER_SPEAKER: "⇄",
    Status.SAID_OTHERWISE: "⊘",
    Status.PARAPHRASE: "¶",
    Status.REPORTED: "≈",
    Status.IN_TEXT: "¬",
    Status.NOT_FOUND: "?",
    Status.UNCHECKED: "…",
}
STATUS_MEANS = {
    Status.VERBATIM: "The archive has these words as the speaker’s own, word by word.",
    Status.ALTERED: "The archive has other words. What differs is marked.",
    Status.OTHER_SPEAKER: "The archive has these words, of another speaker than the draft names.",
    Status.SAID_OTHERWISE: "Draft and archive differ in whether this was said: one reports it as "
    "said, the other negates it, announces it or has it as a possibility.",
    Status.PARAPHRASE: "The draft puts marks around an article’s own wording. "
    "Nobody is known to have said it in these words.",
    Status.REPORTED: "The draft gives no words as the speaker’s own, and the archive has a report "
    "in the same or like words.",
    Status.IN_TEXT: "The words stand in a stored article, but in no stored quotation that could be "
    "the draft’s.",
    Status.NOT_FOUND: "No stored quotation that could be the draft’s has these words or like ones. "
    "That does not mean that "
    "nobody said them: the archive has only the articles that were put into it.",
    Status.UNCHECKED: "It is too long to look up, there was no time left, the draft has too many "
    "quotations, or the archive’s "
    "stored text no longer bears out what it has.",
}
NOTE_WORDS = {
    "too-long": f"It has more than {CHECKING.quotation_most_chars:,} characters: was a mark not "
    "closed? Else check the sentences that matter by themselves.",
    "part": "The draft quotes a part of longer words.",
    "goes-on": "The words end in the article’s next quotation of the same speaker.",
    "omission": "The draft’s ellipsis or brackets stand where the archive has other words or none.",
    "capitals": "Capitals differ inside the words.",
    "signs": "Stops or signs differ inside the words, or at their end in what they ask or exclaim.",
    "ellipsis": "The archive has other words, or an ellipsis, where the draft joins two parts.",
    "turned": "The draft’s ellipsis hides a negation, or its brackets put one in.",
    "cut-off": "In the archive a negation stands right before these words: read the whole of it.",
    "disputed": "A stored quotation much like it has another number, or a negation more or less: "
    "compare the other sources.",
    "not-said": "The archive’s article does not report this as said: read its sentence.",
    "words": "Words differ.",
    "nobody-named": "The draft names nobody for it that could be made out.",
    "draft-unsure": "Whom the draft names is not sure.",
    "speaker-unknown": "It cannot be told whether draft and archive mean the same speaker.",
    "archive-unsure": "The archive itself is unsure of the speaker.",
    "archive-nobody": "The article names no speaker for it.",
    "few-words": "They are too few words to say more: others may have said them too.",
    "elsewhere": "Other articles give the same words to another speaker.",
    "own-words": "In the archive these are the speaker’s own words, and could stand in marks.",
    "unclosed": "The draft’s quotation has no closing mark.",
    "orphaned": "The archive’s stored text no longer has the words: do not rely on it.",
    "unverified": "The stored text was not compared, as texts are large: open the quotation.",
}


def judge(
    kind: Kind, words: int, match: Match, same: Same, *, params: CheckParams = CHECKING
) -> Status:
    """Return the status of a draft's quotation of so many `words` against one of the archive.

    NOT_FOUND where they are alike, but not enough for any other. `kind` is the draft's.
    """
    if kind is Kind.INDIRECT:
        if match.similarity < params.reported_from:
            return Status.NOT_FOUND
        return Status.REPORTED if same is not Same.NO else Status.OTHER_SPEAKER
    is_alike = match.is_same or match.similarity >= (
        params.draft_altered_from if same is Same.YES else params.altered_other_from
    )
    if not is_alike:
        return Status.NOT_FOUND
    if same is Same.NO:
        is_enough = words >= params.other_speaker_words
        return Status.OTHER_SPEAKER if is_enough else Status.NOT_FOUND
    if not match.is_own:
        is_near = match.similarity >= params.altered_other_from
        return Status.PARAPHRASE if is_near else Status.NOT_FOUND
    return Status.VERBATIM if match.is_same else Status.ALTERED


def rank(status: Status, match: Match, same: Same) -> tuple[int, float]:
    """Return by what the likelier of two sources comes first: less is likelier."""
    exact = match.similarity >= 1.0
    order = [
        (Status.VERBATIM, Same.YES, True),
        (Status.REPORTED, Same.YES, True),
        (Status.VERBATIM, Same.UNKNOWN, True),
        (Status.ALTERED, Same.YES, True),
        (Status.ALTERED, Same.UNKNOWN, True),
        (Status.OTHER_SPEAKER, Same.NO, True),
        (Status.PARAPHRASE, Same.YES, True),
        (Status.PARAPHRASE, Same.UNKNOWN, True),
        (Status.REPORTED, Same.UNKNOWN, True),
    ]
    here = (status, same, exact)
    if here in order:
        return order.index(here), 0.0
    return len(order) + (status is Status.NOT_FOUND), -match.similarity
