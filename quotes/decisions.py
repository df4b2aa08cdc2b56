"""What people decide: the only writer of human decisions, which extraction never overwrites.

Every function takes what it is about and who decides, does its work in one transaction, and
returns the Decision, which says who, when, why, and what was before and after. They raise
`Refused`, with a sentence for the page, where something cannot be decided, and `Stale` where it
has changed since the person saw it. Why: docs/decisions/0015-people-decide.md.
"""

from quotes.decision_log import (
    PERMISSION,
    WHY_CHARS,
    Refused,
    Stale,
    coming_through,
    may_decide,
    of_quotation,
    of_speaker,
    seen,
    told,
)
from quotes.merging import root
from quotes.new_speakers import NAME_CHARS, NewSpeaker
from quotes.quotation_decisions import (
    MOST_PIECES,
    Unnamed,
    Who,
    confirm,
    correct_speaker,
    correct_words,
    others_of,
    reject,
)
from quotes.speaker_decisions import Part, accept, merge, rename, split, tell_apart
from quotes.undoing import blocking, undo

__all__ = [
    "MOST_PIECES",
    "NAME_CHARS",
    "PERMISSION",
    "WHY_CHARS",
    "NewSpeaker",
    "Part",
    "Refused",
    "Stale",
    "Unnamed",
    "Who",
    "accept",
    "blocking",
    "coming_through",
    "confirm",
    "correct_speaker",
    "correct_words",
    "may_decide",
    "merge",
    "of_quotation",
    "of_speaker",
    "others_of",
    "reject",
    "rename",
    "root",
    "seen",
    "split",
    "tell_apart",
    "told",
    "undo",
]
