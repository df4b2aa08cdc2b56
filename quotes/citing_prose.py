"""A sentence for the user's own text that names the speaker and gives the words. Pure.

Direct speech stands in marks, indirect speech never, mixed speech with the article's own marks.
"""

from typing import NamedTuple

from quotes.citations import CitableQuotation, one_line, unmarked, words_quoted
from quotes.nlp.document import Factuality, Kind, SpeakerKind

UNIDENTIFIED = "an unidentified speaker"
NOTE_MARK = "¹"
_ENDS = ".,;:"


class Statement(NamedTuple):
    """A sentence without its stop: what leads to the words, and the words in their marks."""

    lead: str
    words: str


def speaker(c: CitableQuotation, *, with_role: bool = True) -> str:
    """Return who said it as a sentence names them: "Jane Roe, the mayor"; "" for nobody known."""
    name = one_line(c.speaker)
    role = one_line(c.speaker_role)
    named = f"{name}, {role}" if name and role and with_role else name
    return f"{named} (not named in the article)" if _is_anonymous(c) and name else named


def _is_anonymous(c: CitableQuotation) -> bool:
    return c.speaker_kind is SpeakerKind.ANONYMOUS


def statement(c: CitableQuotation) -> Statement:
    """Return the sentence's two parts, without a stop at the end.

    Words that are not wholly the speaker's are the outlet's report of them, and the sentence says
    so. What the outlet does not report as said no sentence gives as said.
    """
    who = speaker(c) or UNIDENTIFIED
    comma = "," if c.speaker and c.speaker_role and not _is_anonymous(c) else ""
    words = _unstopped(words_quoted(c))
    if not c.is_said:
        lead = _NOT_SAID[c.factuality].format(one_line(c.outlet) or "The article", who, comma)
        return Statement(_capital(lead), words)
    if c.kind is Kind.DIRECT:
        return Statement(_capital(f"{who}{comma} said, "), words)
    colon = "" if words.lower().startswith("that ") else ":"
    reporter = one_line(c.outlet) or "The article"
    return Statement(_capital(f"{reporter} reports {who}{comma} as saying{colon} "), words)


_NOT_SAID = {
    Factuality.NEGATED: "{0} does not report {1}{2} as saying this, but negates it: ",
    Factuality.FUTURE: "{0} announces this, as not yet said by {1}: ",
    Factuality.HYPOTHETICAL: "{0} does not report {1}{2} as saying this, but has it as a "
    "possibility: ",
}


def block_words(c: CitableQuotation) -> str:
    """Return the words as a block quotation has them: without marks around, stopped."""
    words = " … ".join(unmarked(one_line(piece)) for piece in c.content)
    return stopped(words.rstrip(",;:"))


def sentence(said: Statement, in_text: str) -> str:
    """Return the sentence with its citation, the stop behind it."""
    return f"{said.lead}{said.words} {in_text}."


def sentence_with_note(said: Statement) -> str:
    """Return the sentence with the mark of a note behind its stop."""
    return f"{said.lead}{stopped(said.words)}{NOTE_MARK}"


def stopped(words: str) -> str:
    """Return words with a full stop, inside their closing mark, unless they end with a mark."""
    inside = words.removesuffix("”")
    if inside.endswith(("?", "!", "…", ".")):
        return words
    return f"{inside}.”" if words.endswith("”") else f"{words}."


def _unstopped(words: str) -> str:
    """Return words without the stop at their end: the citation comes before it."""
    if words.endswith("”"):
        inside = words[:-1]
        return f"{inside if inside.endswith('...') else inside.rstrip(_ENDS)}”"
    return words if words.endswith("...") else words.rstrip(_ENDS)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
