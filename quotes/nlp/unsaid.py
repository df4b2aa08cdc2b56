"""What the network takes for somebody's words and no reader does. Pure: text and spans only.

The topic before a headline's colon, the condition on which a source spoke, the sentence after the
one that names the speaker, the name behind the description of who speaks.
Reasons: docs/decisions/0009-robustness.md.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from quotes.nlp import lexicon
from quotes.nlp.document import Kind, Span
from quotes.nlp.marks import kind_of

_MAX_HEADLINE_CHARS, _LEAST_TEXT_CHARS = 160, 100
_MIN_WORD_CHARS = 4  # of a word that is looked for in the text
_STOPPED = re.compile(r"[.!?…][\"”’']?\s*$")
_ENDING_CHARS = 8
_ENDS_SENTENCE = re.compile(r"[.!?…][\"”’']?\s+$")
_WORD = re.compile(r"[^\W\d_]+")
_CONDITION_WORDS = 9  # of a content that may say under which name somebody spoke
_QUOTED_AFTER_COLON = re.compile(r":\s+(?=[“\"‘'«])")
_NAME_IN_COMMAS = re.compile(r",\s(?P<name>[A-Z][\w.'’-]*(?:\s[A-Z][\w.'’-]*){1,5}),\s")
_GOES_ON = re.compile(r",\s+(?=[“\"‘'«])")


def is_topic(text: str, cue: Span | None, source: Span | None) -> bool:
    """Say whether a headline's colon stands behind what it is about: "The Roe affair: …".

    That is where its words name a topic, or are no words of people or bodies and not in the text.
    """
    line = _headline_at(text, source) if cue and source and cue.of(text) == ":" else None
    if line is None or source is None or source.start != line.start:
        return False
    each = _low_words(source.of(text))
    if not each or not lexicon.words("topic_words.txt").isdisjoint(each):
        return bool(each)
    told = lexicon.person_gender(each[-1]), lexicon.organisation(source.of(text))
    bodies = map(lexicon.is_group, (each[-1], each[-1].removesuffix("s")))
    document = lexicon.document_medium(each[-1])
    if any((*told, *bodies, document)) or lexicon.is_known_body(source.of(text)):
        return False
    rest = text[line.end :].lower()
    sought = [word for word in each if len(word) >= _MIN_WORD_CHARS]
    return len(rest) >= _LEAST_TEXT_CHARS and bool(sought) and not any(w in rest for w in sought)


def _headline_at(text: str, span: Span) -> Span | None:
    """Return the line around the start of `span` if it is the text's first, and no sentence."""
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.start)
    if end < 0 or end - start > _MAX_HEADLINE_CHARS or text[:start].strip():
        return None
    line = Span(start=start, end=end)
    return None if _STOPPED.search(line.of(text)) else line


def without_topic(text: str, content: Sequence[Span]) -> tuple[Span, ...]:
    """Return a headline's content without the topic before its quoted words: "Roe row: ‘No’"."""
    first = content[0]
    line = _headline_at(text, first)
    found = _QUOTED_AFTER_COLON.search(text, first.start, first.end) if line else None
    if line is None or found is None or first.start != line.start:
        return tuple(content)
    return (Span(start=found.end(), end=first.end), *content[1:])


def is_condition(text: str, content: Sequence[Span], cue: Span | None) -> bool:
    """Say whether a content is how a source may be named: "asked not to be identified"."""
    asks = lexicon.function_words("asks-anonymity")
    if cue is None or asks.isdisjoint(_low_words(cue.of(text))):
        return False
    each = _low_words(content[0].of(text))[:_CONDITION_WORDS]
    if not each or each[0] not in lexicon.function_words("opens-condition"):
        return False
    if not lexicon.function_words("anonymity").isdisjoint(each[:2]):
        return True
    name_kept = "not" in each and not lexicon.function_words("own-name").isdisjoint(each)
    ends = lexicon.function_words("ends-condition")
    named = lexicon.function_words("as-named")
    return name_kept or any(
        word in named and (after == "" or after in ends) for word, after in pairwise([*each, ""])
    )


def _low_words(words: str) -> list[str]:
    return [found[0].lower() for found in _WORD.finditer(words)]


def in_its_sentence(text: str, content: Sequence[Span], cue: Span | None) -> tuple[Span, ...]:
    """Return the pieces of a content up to the first that is a sentence of its own, unquoted.

    “It rains,” said X. The bus came: nobody says the second.
    """
    if cue is None:
        return tuple(content)
    for number, piece in enumerate(content[1:], start=1):
        before = text[max(content[number - 1].end, piece.start - _ENDING_CHARS) : piece.start]
        alone = cue.start < piece.start and _ENDS_SENTENCE.search(before) is not None
        if alone and kind_of([piece], text) is Kind.INDIRECT:
            return tuple(content[:number])
    return tuple(content)


def tail(text: str, content: Sequence[Span], cue: Span | None) -> tuple[Span, Span] | None:
    """Return what somebody refers to and the quoted words that go on behind it, None if no such.

    “It rains,” she said, referring to May, “and it will.”
    """
    refers = lexicon.function_words("refers")
    if cue is None or len(content) != 1 or refers.isdisjoint(_low_words(cue.of(text))):
        return None
    found = _GOES_ON.search(text, content[0].start, content[0].end)
    if found is None or found.start() == content[0].start:
        return None
    rest = Span(start=found.end(), end=content[0].end)
    if kind_of([rest], text) is not Kind.DIRECT:
        return None
    return Span(start=content[0].start, end=found.start()), rest


def with_apposition(text: str, source: Span, content: Span) -> tuple[Span, Span]:
    """Return source and content, the name between them given to the source.

    "According to the head, Ana Roe, it rains"; also where the content begins with it and all
    else of it is quoted: "Ana Roe, “it rains”".
    """
    found = _NAME_IN_COMMAS.match(text, source.end, content.end)
    if found is None or not source.of(text)[-1:].isalpha():
        return source, content
    named = Span(start=source.start, end=found.end("name"))
    if found.end() == content.start:
        return named, content
    rest = Span(start=found.end(), end=content.end) if found.end() < content.end else None
    inside = found.start("name") == content.start
    if inside and rest and kind_of([rest], text) is Kind.DIRECT:
        return named, rest
    return source, content
