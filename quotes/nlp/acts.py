"""Speech or attitude, and the medium: what a cue says about how the source expressed the content.

PolNeAR marks beliefs and intentions as well as speech; the product shows speech by default.
The first phrase or word of the cue that the lexicon knows decides (data/cue_*.tsv); for verbs of
both kinds, the source and the marks do. Reasons and figures: docs/decisions/0008-act.md.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from quotes.nlp import lexicon
from quotes.nlp.document import Act, Document, Kind, Quotation, Sentence, Span, Token
from quotes.nlp.lexicon import Report
from quotes.nlp.placed import Placed

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_PHRASE_GAP = 5  # words among which the rest of a phrase stands: "made it abundantly clear"
_PHRASE_WORDS = 6  # from the preposition to the medium: "in a rare and bitter public statement"
_BREAK = re.compile(r"[,;:.!?\n]")
_REACH_CHARS = 90
_MAX_CLIMB = 4  # arcs from a medium up to the cue


def bodies_of(doc: Document) -> Placed[None]:
    """Return where the document names organisations, for `act_of` over many quotations."""
    organisations = (e for e in doc.entities if lexicon.entity_kind(e.type) == "organisation")
    return Placed((entity.span, None) for entity in organisations)


def act_of(doc: Document, quotation: Quotation, bodies: Placed[None] | None = None) -> Act:
    """Return whether `quotation` reports speech or an attitude, by its cue, source and marks.

    `bodies` are `bodies_of(doc)`, made anew if not given.

    Words that stand wholly in quotation marks were uttered, whatever the cue ("agreed: “Yes.”").
    """
    if quotation.kind is Kind.DIRECT:
        return Act.SPEECH
    match _report(doc, quotation):
        case Report.SPEECH:
            spoken = True
        case Report.ATTITUDE:
            spoken = False
        case Report.FINDING:
            known = bodies_of(doc) if bodies is None else bodies
            spoken = _is_published(doc, quotation) or _publishes_findings(doc, quotation, known)
        case Report.STANCE:
            spoken = _is_published(doc, quotation)
        case Report.NOTHING:
            spoken = _is_published(doc, quotation) or _is_itself_words(doc, quotation)
    return Act.SPEECH if spoken else Act.ATTITUDE


def _report(doc: Document, quotation: Quotation) -> Report:
    """Return what the cue's first phrase or word reports that is not weak, else the first weak."""
    words = [word for span in quotation.cue for word in _WORD.findall(span.of(doc.text))]
    first = Report.NOTHING
    for index, word in enumerate(words):
        found = lexicon.cue_phrase(word, words[index + 1 :][:_PHRASE_GAP]) or lexicon.cue_word(word)
        if found and not found.weak:
            return found.report
        if found and first is Report.NOTHING:
            first = found.report
    # A cue without any word is a colon or a dash, and announces words.
    return Report.SPEECH if quotation.cue and not words else first


def _is_published(doc: Document, quotation: Quotation) -> bool:
    """Say whether there are words to be quoted: partly in marks, or the source is a document."""
    nouns = _head_nouns(doc, quotation.source)
    return quotation.kind is Kind.MIXED or any(map(lexicon.is_utterance, nouns))


def _is_itself_words(doc: Document, quotation: Quotation) -> bool:
    """Say whether the content names words rather than repeats them: "sent [a letter]"."""
    return any(map(lexicon.is_utterance, _head_nouns(doc, quotation.content[:1])))


def _publishes_findings(doc: Document, quotation: Quotation, bodies: Placed[None]) -> bool:
    """Say whether the source is a body, or of a trade, that publishes what it finds."""
    if any(map(lexicon.publishes_findings, _head_nouns(doc, quotation.source))):
        return True
    heads = (token.span for span in quotation.source for token in _heads(doc, span))
    return any(map(bodies.any_holds, heads))


def _head_nouns(doc: Document, spans: Sequence[Span]) -> list[str]:
    heads = [token for span in spans for token in _heads(doc, span)]
    return [token.text for token in heads if token.upos in ("NOUN", "PROPN")]


def _heads(doc: Document, span: Span) -> list[Token]:
    """Return the tokens of `span` that something outside governs; none where it is not parsed."""
    sentence = _sentence_at(doc, span.start)
    if sentence is None:
        return []
    inside = {i for i, token in enumerate(sentence.tokens) if token.span.meets(span)}
    return [sentence.tokens[i] for i in sorted(inside) if sentence.tokens[i].head not in inside]


def _sentence_at(doc: Document, offset: int) -> Sentence | None:
    """Return the sentence at `offset`, or None if the parsed sentences leave it out."""
    number = bisect_right(doc.sentences, offset, key=lambda sentence: sentence.span.start) - 1
    if number < 0 or doc.sentences[number].span.end <= offset:
        return None
    return doc.sentences[number]


def medium_of(doc: Document, quotation: Quotation) -> tuple[str, Span] | None:
    """Return the medium that the quotation's own sentence names, and the words that name it.

    Looked for in the cue ("tweeted"), in the source ("the statement"), then in a prepositional
    phrase outside the content, near cue and source ("said in a statement", "on Twitter").
    """
    for spans in (quotation.cue, quotation.source):
        for span in spans:
            document = spans is quotation.source
            found = _word_medium(doc.text, span, document=document)
            if found and (not document or any(t.span.meets(found[1]) for t in _heads(doc, span))):
                return found
    for span in _frame(doc, quotation):
        found = _phrase_medium(doc.text, span)
        if found and not _is_of_a_thing(doc, quotation, found[1]):
            return found
    return None


def _is_of_a_thing(doc: Document, quotation: Quotation, medium: Span) -> bool:
    """Say whether a medium is some other thing's: "said growth was below a forecast in a poll".

    A thing in the content has none: there the parser hung "in a statement" on the wrong word.
    """
    sentence = _sentence_at(doc, medium.start)
    tokens = sentence.tokens if sentence else ()
    at = next((i for i, token in enumerate(tokens) if token.span.end == medium.end), -1)
    for _ in range(_MAX_CLIMB):
        if at < 0 or not tokens[at].deprel.startswith("nmod") or tokens[at].head < 0:
            break
        at = tokens[at].head
        token = tokens[at]
        if any(token.span.meets(span) for span in (*quotation.cue, *quotation.content)):
            break
        if token.upos == "NOUN" and lexicon.medium(token.text) is None:
            return not lexicon.is_utterance(token.text)
    return False


def _word_medium(text: str, span: Span, *, document: bool) -> tuple[str, Span] | None:
    last: tuple[str, Span] | None = None
    for match in _WORD.finditer(text, span.start, span.end):
        word = match[0].lower()
        medium = lexicon.document_medium(word) if document else lexicon.medium(word)
        verb = word.endswith(("ed", "ing")) and lexicon.document_medium(word) is None  # "filing"
        if medium and (document or verb):
            last = medium, Span(start=match.start(), end=match.end())
    # Of a source the last noun, which the caller wants to be its head: "the statement", neither
    # "the report's author" nor "an expert who has read the report".
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


def _frame(doc: Document, quotation: Quotation) -> Sequence[Span]:
    """Return the stretches around cue and source, in their sentences, that are not content.

    Nor what a relative clause says of the source: "an expert who was not involved in the study".
    """
    anchors = (*quotation.cue, *quotation.source)
    if not anchors:
        return ()
    low = min(span.start for span in anchors)
    high = max(span.end for span in anchors)
    first, last = _sentence_at(doc, low), _sentence_at(doc, high - 1)
    start = max(low - _REACH_CHARS, first.span.start) if first else low
    end = min(high + _REACH_CHARS, last.span.end) if last else high
    apart = sorted((*quotation.content, *_relative_clauses(doc, quotation)), key=_start)
    pieces, at = [], start
    for span in (*apart, None):
        until = min(span.start, end) if span else end
        if at < until:
            pieces.append(Span(start=at, end=until))
        at = max(at, span.end) if span else end
    return pieces


def _relative_clauses(doc: Document, quotation: Quotation) -> Iterator[Span]:
    """Yield the parts of the source that a relative pronoun opens."""
    for span in quotation.source:
        for word in _WORD.finditer(doc.text, span.start, span.end):
            acronym = word[0].isupper()  # "the WHO"
            if word[0].lower() in lexicon.function_words("relative") and not acronym:
                yield Span(start=word.start(), end=span.end)
                break


def _start(span: Span) -> int:
    return span.start
