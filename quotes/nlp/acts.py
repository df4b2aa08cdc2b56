"""Speech or attitude, and the medium: what a cue says about how the source expressed the content.

PolNeAR marks beliefs and intentions as well as speech; the product shows speech by default.
The cue's first known word decides (cue_verbs.tsv, cue_nouns.tsv): docs/decisions/0008-act.md.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from quotes.nlp import lexicon
from quotes.nlp.document import Act, Document, Kind, Quotation, Span

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_PHRASE_WORDS = 6  # from the preposition to the medium: "in a rare and bitter public statement"
_BREAK = re.compile(r"[,;:.!?\n]")
_REACH_CHARS = 90


def act_of(doc: Document, quotation: Quotation) -> Act:
    """Return whether `quotation` reports speech or an attitude, by its cue.

    Words that stand wholly in quotation marks were uttered, whatever the cue ("agreed: “Yes.”").
    """
    if quotation.kind is Kind.DIRECT:
        return Act.SPEECH
    for span in quotation.cue:
        text = span.of(doc.text)
        for word in _WORD.findall(text):
            act = lexicon.cue_act(word)
            if act is not None:
                return act
        if text.strip() in (":", "-", "–", "—"):
            return Act.SPEECH
    return Act.ATTITUDE if quotation.kind is Kind.INDIRECT else Act.SPEECH


def medium_of(doc: Document, quotation: Quotation) -> tuple[str, Span] | None:
    """Return the medium that the quotation's own sentence names, and the words that name it.

    Looked for in the cue ("tweeted"), in the source ("the statement"), then in a prepositional
    phrase outside the content, near cue and source ("said in a statement", "on Twitter").
    """
    for spans in (quotation.cue, quotation.source):
        for span in spans:
            found = _word_medium(doc.text, span, document=spans is quotation.source)
            if found:
                return found
    for span in _frame(doc.text, quotation):
        found = _phrase_medium(doc.text, span)
        if found:
            return found
    return None


def _word_medium(text: str, span: Span, *, document: bool) -> tuple[str, Span] | None:
    last: tuple[str, Span] | None = None
    for match in _WORD.finditer(text, span.start, span.end):
        word = match[0].lower()
        medium = lexicon.document_medium(word) if document else lexicon.medium(word)
        if medium and (document or word.endswith(("ed", "ing"))):
            last = medium, Span(start=match.start(), end=match.end())
    # In a source only the head noun counts ("the statement", not "the report's author"): the last.
    if document and last and last[1].end != span.end and text[last[1].end : span.end].strip(" ,"):
        return None
    return last or (None if document else _phrase_medium(text, span))


def _phrase_medium(text: str, span: Span) -> tuple[str, Span] | None:
    """Return the medium of the first prepositional phrase in `span` that names one."""
    found = list(_WORD.finditer(text, span.start, span.end))
    for index, preposition in enumerate(found):
        if preposition[0].lower() not in lexicon.function_words("medium"):
            continue
        phrase = found[index + 1 : index + 1 + _PHRASE_WORDS]
        for first, last in (*pairwise(phrase), *((word, word) for word in phrase)):
            if _BREAK.search(text, preposition.end(), last.end()):
                continue
            medium = lexicon.medium(text[first.start() : last.end()])
            if medium:
                return medium, Span(start=first.start(), end=last.end())
    return None


def _frame(text: str, quotation: Quotation) -> Sequence[Span]:
    """Return the stretches around cue and source, in their sentence, that are not content."""
    anchors = (*quotation.cue, *quotation.source)
    if not anchors:
        return ()
    low = min(span.start for span in anchors)
    high = max(span.end for span in anchors)
    start = max(low - _REACH_CHARS, _line_start(text, low))
    end = min(high + _REACH_CHARS, _line_end(text, high))
    cut = re.search(r"[.!?][\"”’]?\s+[A-Z“\"]", text[high:end])
    end = high + cut.start() if cut else end
    pieces, at = [], start
    for span in (*quotation.content, None):
        until = min(span.start, end) if span else end
        if at < until:
            pieces.append(Span(start=at, end=until))
        at = max(at, span.end) if span else end
    return pieces


def _line_start(text: str, offset: int) -> int:
    start = text.rfind("\n", 0, offset) + 1
    stop = max(text.rfind(mark, start, offset) for mark in (". ", "! ", "? ", ".” ", '." '))
    return max(start, stop + 1)


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return end if end >= 0 else len(text)
