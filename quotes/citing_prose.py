"""A sentence for the user's own text that names the speaker and gives the words. Pure.

Direct speech stands in marks, indirect speech never, mixed speech with the article's own marks.
"""

from typing import NamedTuple

from quotes.citations import (
    CitableQuotation,
    in_sentence,
    mark_pairs,
    one_line,
    unmarked,
    words_quoted,
)
from quotes.nlp.document import Factuality, Kind, SpeakerKind
from quotes.pandoc_tree import single_pairs

UNIDENTIFIED = "an unidentified speaker"
NOTE_MARK = "¹"
_ENDS = ".,;:"
_CLOSING = '”"’»'


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
        outlet = one_line(c.outlet) or "The article"
        lead = _NOT_SAID[c.factuality].format(outlet, in_sentence(c, who), comma)
        return Statement(_capital(lead), words)
    if c.kind is Kind.DIRECT:
        return Statement(_capital(f"{who}{comma} said, "), words)
    colon = "" if words.lower().startswith("that ") else ":"
    reporter = one_line(c.outlet) or "The article"
    lead = f"{reporter} reports {in_sentence(c, who)}{comma} as saying{colon} "
    return Statement(_capital(lead), words)


_NOT_SAID = {
    Factuality.NEGATED: "{0} does not report {1}{2} as saying this, but negates it: ",
    Factuality.FUTURE: "{0} announces this, as not yet said by {1}: ",
    Factuality.HYPOTHETICAL: "{0} does not report {1}{2} as saying this, but has it as a "
    "possibility: ",
}


def block_words(c: CitableQuotation) -> str:
    """Return the words as a block quotation has them: without marks around, stopped.

    Single marks that stood inside the double ones are double then (APA 7, 8.27; CMOS 12.30).
    """
    words = " … ".join(_raised(one_line(piece)) for piece in c.content)
    return stopped(words.rstrip(",;:"))


def _raised(words: str) -> str:
    plain = unmarked(words)
    # What stood in no marks, or has double ones inside, has no single ones to be raised.
    if plain == words.strip() or mark_pairs(plain):
        return plain
    marks = {
        at: sign
        for pair in single_pairs(plain).items()
        for at, sign in zip(pair, "“”", strict=True)
    }
    return "".join(marks.get(at, char) for at, char in enumerate(plain))


def sentence(said: Statement, in_text: str) -> str:
    """Return the sentence with its citation, the stop behind it."""
    return f"{said.lead}{said.words} {in_text}."


def sentence_with_note(said: Statement) -> str:
    """Return the sentence with the mark of a note behind its stop."""
    return f"{said.lead}{stopped(said.words)}{NOTE_MARK}"


def stopped(words: str) -> str:
    """Return words with a full stop, inside their closing mark, unless they end with a mark."""
    inside, mark = _apart(words)
    return words if inside.endswith(("?", "!", "…", ".")) else f"{inside}.{mark}"


def _unstopped(words: str) -> str:
    """Return words without the stop at their end: the citation comes before it."""
    inside, mark = _apart(words)
    return words if inside.endswith("...") else f"{inside.rstrip(_ENDS)}{mark}"


def _apart(words: str) -> tuple[str, str]:
    """Return words and the closing mark behind them, "" if none is: an article's own, or ours."""
    mark = words[-1:]
    is_closing = bool(mark) and mark in _CLOSING
    if mark == '"':
        is_closing = words.count(mark) % 2 == 0
    elif mark == "’":  # or what shows possession: "the workers’"
        is_closing = "‘" in words
    return (words[:-1], mark) if is_closing else (words, "")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
