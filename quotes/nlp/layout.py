"""What the lines of an article are beside prose: turns of an interview, signatures, furniture.

Newspapers say by layout who speaks ("Q:", "MOYO: …", "“…” — Ana Roe") and what is none of the
article. Nothing here looks at more than lines and their first or last words. Pure.
Reasons and figures: docs/decisions/0009-robustness.md.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice, pairwise
from typing import NamedTuple

from quotes.nlp import lexicon
from quotes.nlp.document import Span
from quotes.nlp.marks import PARAGRAPH, is_quoted, mark_pairs

TURN, ANSWER, SIGNATURE, HEADLINE = "turn", "answer", "signature", "headline"
RULES = frozenset({TURN, ANSWER, SIGNATURE, HEADLINE})

_TIME = r"[\[(]?\d{1,2}:\d{2}(?::\d{2})?[\])]?"
_LABEL = re.compile(
    rf"\W{{0,3}}(?:{_TIME}\s*[-–—]?\s*)?"
    r"(?:(?P<letter>[QA]\d{0,3})(?=\s?[:.)])|(?P<label>[^\W\d_][^:\n\"“”]{0,59}?)(?=\s?:))"
    r"\s?(?P<sign>[:.)])[*_]{0,2}(?:\s+|$)"
)
_NAME_WORD = re.compile(r"[^\W\d_][^\s,()]*")
_LETTERS = re.compile(r"[^\W\d_]+")
_ASIDE = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*")
_MAX_LABEL_WORDS, _MAX_NAME_WORDS, _MAX_PARTICLE_CHARS = 8, 5, 3
_MIN_TURNS, _SPOKEN_SHARE, _MAX_MODIFIERS = 3, 0.6, 2
_MAX_TURN_LINES = 15  # the 50 turns of PolNeAR train and development have 3 at most
_STOPS = (".", "?", "!", "…", ".”", "?”", "!”", '."', '?"', '!"', ".’", "—", "–", ")", "]")
_SIGNED = re.compile(
    r"\s*(?P<sign>[―—–-]{1,2})\s*(?P<name>[^\W\d_][^,;(|\n]{1,50}?)(?P<rest>[,;(|][^\n]*)?\s*$"
)
_TRAILING = re.compile(
    r"(?:\s(?P<dash>[–—-])|(?P<colon>:))\s+(?P<source>[^\W\d_][^:–—]{1,40}?)\s*$"
)
# A place in capitals, or any with an agency in brackets; a second dash would make it an aside.
_DATELINE = re.compile(
    r"(?:(?:[^\W\d_a-z]{3,}|[^\W\d_a-z]{2}\s[^\W\d_a-z]{2,})(?![^\W\d_])[^\n–—]{0,40}?"
    r"|[^\W\d_][^\n–—()]{1,40}\([^)\n]{2,20}\))"
    r"\s?(?:--|\s-|[–—])\s+"
)
_DASHED = re.compile(r"\s(?:--?|[–—])\s")
# A place before a colon, with a day or an agency: "LAHORE: …", "NEW DELHI (Agency): …".
_PLACED = re.compile(
    r"(?P<place>[^\W\d_][^\n,:(\"“”]{1,40}?)(?:,(?: (?:[^\W\d_a-z]|\d)[\w.]*){1,3})?"
    r"(?:\s?\([^)\n:]{2,30}\))?\s?:\s+"
)
# The hour that opens an entry of a live report: "14:10 ", "2.35 pm GMT – ".
_HOUR = re.compile(
    r"(?:[01]?\d|2[0-3])[:.][0-5]\d(?i:\s?[ap]\.?m\.?(?!\w))?+(?:\s(?:GMT|UTC|[A-Z]{1,3}T)\b)?+"
    r"(?:\s?[–—|:-])?\s+(?=\S)",
)
_KIND = re.compile(r"(?P<words>[^\W_][^\n:|–—]{1,24}?)\s?(?::|\||\s[–—-])\s+(?=\S)")
_MIN_HOURS = 2
_MAX_WORD_CHARS = 30
_MAX_OPENING_LINES, _MIN_PLACED_WORDS, _MAX_PLACE_WORDS = 3, 6, 4
_MIN_HEADLINE_WORDS, _MAX_HEADLINE_WORDS = 4, 25


class Told(NamedTuple):
    """Words that the layout gives to somebody: `by` is where it says whom, `how` the rule.

    `sign` is the colon or dash that ties the two. An ANSWER is given by whoever is interviewed,
    which its label ("A:") does not say.
    """

    content: tuple[Span, ...]
    by: Span
    sign: Span
    how: str


class Label(NamedTuple):
    """A line that begins with a label: `key` tells speakers apart, `words` is what follows it."""

    line: int
    name: Span
    sign: Span
    key: str
    words: Span | None


def told_by_layout(text: str) -> list[Told]:
    """Return the words that layout gives to a speaker: disjoint, in text order."""
    lines = _lines(text)
    found = [*_turns(text, lines), *_signatures(text, lines), *_headlines(text, lines)]
    kept: list[Told] = []
    # Sorting is stable: of two that begin together, a turn comes first.
    for told in sorted(found, key=lambda told: told.content[0].start):
        if not kept or told.content[0].start >= kept[-1].content[-1].end:
            kept.append(told)
    return kept


def _lines(text: str, most: int | None = None) -> list[Span]:
    """Return the lines that are not blank, the first `most`, without white space around them."""
    return list(islice(_line_spans(text), most))


def _line_spans(text: str) -> Iterator[Span]:
    for match in PARAGRAPH.finditer(text):
        body = match.group().strip()
        if body:
            start = match.start() + match.group().index(body)
            yield Span(start=start, end=start + len(body))


# --- interviews and transcripts


def _turns(text: str, lines: Sequence[Span]) -> Iterator[Told]:
    """Yield the turns of a dialogue: each runs to the next label, the last to the end of its line.

    So does one with too many lines to the next: it is article that follows, not answer.

    There is a dialogue where two labels or more take turns, one comes back, and what they label
    are sentences: the labels of a fact box neither come back nor stand before sentences.
    """
    labels = _recurring([found for n, line in enumerate(lines) if (found := _label(text, n, line))])
    if not _is_dialogue(text, labels):
        return
    ends = [following.line for following in labels[1:]]
    for number, label in enumerate(labels):
        action = _actions().get(label.key.lower())
        own = label.line + 1 + (label.words is None)
        after = ends[number] if number < len(ends) else own
        if after - label.line > _MAX_TURN_LINES:  # the article went on to something else
            after = own
        said = [label.words] if label.words else []
        said += [x for x in lines[label.line + 1 : after] if _goes_on(text, x, label)]
        if said and action != "asks":
            yield Told(tuple(said), label.name, label.sign, ANSWER if action else TURN)


def _label(text: str, number: int, line: Span) -> Label | None:
    """Return the label that a line begins with, if it may be a speaker's."""
    match = _LABEL.match(text, line.start, line.end)
    if match is None:
        return None
    group = "letter" if match["letter"] else "label"
    start, end = match.span(group)
    name = _ASIDE.sub(" ", match[group]).strip()
    key = name.rstrip("0123456789") if match["letter"] else name
    if key.lower() not in _actions() and not _is_name(name.partition(",")[0]):
        return None
    words = Span(start=match.end(), end=line.end) if match.end() < line.end else None
    sign = Span(start=match.start("sign"), end=match.end("sign"))
    return Label(number, Span(start=start, end=end), sign, key, words)


def _is_name(words: str) -> bool:
    """Say whether words may name somebody: capitalised but for particles, and not many."""
    each = words.split()
    if not 0 < len(each) <= _MAX_LABEL_WORDS or not each[0][0].isupper():
        return False
    return all(
        word[0].isupper() or (len(word) <= _MAX_PARTICLE_CHARS and word.isalpha()) for word in each
    )


def _recurring(labels: Sequence[Label]) -> list[Label]:
    """Return the labels that come back, and those whose turn is next to one of such a label."""
    often = Counter(label.key for label in labels)
    kept = {label.line for label in labels if often[label.key] > 1}
    for left, right in pairwise(labels):
        lines_of_turn = 1 if left.words else 2
        if right.line - left.line <= lines_of_turn and {often[left.key], often[right.key]} != {1}:
            kept |= {left.line, right.line}
    return [label for label in labels if label.line in kept]


def _is_dialogue(text: str, labels: Sequence[Label]) -> bool:
    keys = [label.key for label in labels]
    if len(labels) < _MIN_TURNS or len(set(keys)) in (1, len(keys)):
        return False
    said = [label.words.of(text) for label in labels if label.words]
    spoken = sum(words.endswith(_STOPS) and any(map(str.isalpha, words)) for words in said)
    changes = sum(a != b for a, b in pairwise(keys))
    return spoken >= _SPOKEN_SHARE * len(said) and 2 * changes >= len(keys) - 1


def _goes_on(text: str, line: Span, label: Label) -> bool:
    """Say whether a line between two labels is the speaker's: no aside, nor about the speaker."""
    words = line.of(text).strip("\"“”‘’' ")
    last = label.key.partition(",")[0].split()[-1]
    aside = not any(map(str.isalnum, words)) or (words[0] in "([" and words[-1] in ")]")
    return not aside and re.search(rf"\b{re.escape(last)}\b", words, re.IGNORECASE) is None


# --- signatures


def _signatures(text: str, lines: Sequence[Span]) -> Iterator[Told]:
    """Yield what stands above a signature, or before one at the end of its line.

    Quoted words may be anybody's; words without quotation marks are only a letter, and the
    signature its writer's, if they speak of "I", "we" or "you".
    """
    pairs = {pair.start: pair for pair in mark_pairs(text) if pair.closed}
    for number, line in enumerate(lines):
        own = _signature(text, line.start, line.end)
        above = lines[number - 1] if number else None
        if own and above and (_is_all_quoted(text, above) or _is_personal(text, above)):
            yield Told((above,), *own, SIGNATURE)
        pair = pairs.get(line.start)
        tail = pair and _signature(text, pair.end, line.end)
        if pair and tail:
            yield Told((Span(start=pair.start, end=pair.end),), *tail, SIGNATURE)


def _signature(text: str, start: int, end: int) -> tuple[Span, Span] | None:
    """Return the name and the dash of a signature that fills `text[start:end]`."""
    match = _SIGNED.match(text, start, end)
    if match is None or (match["name"][-1] in ".!?" and not match["rest"]):
        return None
    if _opener().match(text, match.start("name"), end):
        return None
    words = match["name"].split()
    common = lexicon.words("common_words.txt")
    named = _is_name(match["name"]) and not all(word.lower() in common for word in words)
    if not named or not 1 < len(words) <= _MAX_NAME_WORDS:
        return None
    if lexicon.organisation(match["name"]) is not None or lexicon.is_group(words[-1]):
        return None
    name, sign = match.span("name"), match.span("sign")
    return Span(start=name[0], end=name[1]), Span(start=sign[0], end=sign[1])


def _is_all_quoted(text: str, line: Span) -> bool:
    words = [m.start() for m in _NAME_WORD.finditer(text, line.start, line.end)]
    return bool(words) and all(is_quoted(text, at) for at in words)


def _is_personal(text: str, line: Span) -> bool:
    """Say whether the line addresses or speaks for persons, outside quotation marks."""
    if not line.of(text).endswith(_STOPS):
        return False
    for match in _LETTERS.finditer(text, line.start, line.end):
        word = match.group()
        pronoun = lexicon.written_pronoun(word)
        if pronoun and pronoun[0] in ("first", "second") and not is_quoted(text, match.start()):
            return True
    return False


# --- headlines


def _headlines(text: str, lines: Sequence[Span]) -> Iterator[Told]:
    """Yield a headline whose last words are its source: "Five dead in crash: police"."""
    for line, following in pairwise(lines):
        if line != lines[0] and text.count("\n", line.end, following.start) == 1:
            continue
        match = _TRAILING.search(text, line.start, line.end)
        if text[line.start : line.end].endswith(_STOPS) or not match:
            continue
        words = text[line.start : match.start()]
        long_enough = _MIN_HEADLINE_WORDS <= len(words.split()) <= _MAX_HEADLINE_WORDS
        if long_enough and _is_source(match["source"]):
            by, sign = match.span("source"), match.span("dash" if match["dash"] else "colon")
            content = Span(start=line.start, end=match.start())
            yield Told(
                (content,), Span(start=by[0], end=by[1]), Span(start=sign[0], end=sign[1]), HEADLINE
            )


def _is_source(words: str) -> bool:
    """Say whether words are a source: "police", "health ministry", "UN report", "Senator Roe"."""
    *modifiers, last = words.split()
    if modifiers and last[0].isupper():
        titled = lexicon.title_gender(modifiers[0]) is not None
        return titled and _is_name(words) and len(modifiers) < _MAX_NAME_WORDS
    if len(modifiers) > _MAX_MODIFIERS or not last.islower():
        return False
    # "State police" has no verb, "farmers tell court" has.
    if len(modifiers) > 1 and any(map(lexicon.speech_verb_lemma, modifiers)):
        return False
    person = any(lexicon.person_gender(noun) is not None for noun in (last, last.removesuffix("s")))
    document = lexicon.document_medium(last) is not None
    return person or document or lexicon.is_group(last) or lexicon.is_group(last.removesuffix("s"))


# --- what is none of the article


def behind_dateline(text: str, span: Span) -> Span:
    """Return `span` without the dateline ("HARARE, May 9 (Agency) – ") that it begins with."""
    opens_line = span.start == 0 or PARAGRAPH.match(text, span.start - 1) is None
    match = _DATELINE.match(text, span.start, span.end) if opens_line else None
    if match is None or match.end() == span.end or _DASHED.search(text, match.end(), span.end):
        return span
    return Span(start=match.end(), end=span.end)


def places_before_colons(text: str) -> list[Span]:
    """Return the datelines with a colon ("LAHORE: …") of the lines that a text opens with.

    What stands before a colon may also be who says what follows: then the line is no sentence, is
    one of a dialogue, or the words name a person, an office or a body, here or further on.
    """
    lines = _lines(text, _MAX_OPENING_LINES + 1)
    labelled = [_label(text, number, line) is not None for number, line in enumerate(lines)]
    found = []
    for number, line in enumerate(lines[:_MAX_OPENING_LINES]):
        match = _PLACED.match(text, line.start, line.end)
        alone = not any(labelled[number + 1 : number + 2] + labelled[max(0, number - 1) : number])
        if match is None or not alone or not line.of(text).endswith(_STOPS):
            continue
        words = _NAME_WORD.findall(text, match.end(), line.end)
        headline = 2 * sum(word[0].isupper() for word in words) > len(words)
        long_enough = len(words) >= _MIN_PLACED_WORDS
        if long_enough and not headline and _may_be_place(text, match["place"], match.end()):
            found.append(Span(start=line.start, end=match.end()))
    return found


def hours_and_kinds(text: str) -> list[Span]:
    """Return what opens a line beside its words: hours of a live report, "Interview:" at the top.

    One line alone that begins with an hour may be about the hour.
    """
    lines = _lines(text)
    hours = [
        Span(start=line.start, end=found.end())
        for line in lines
        if (found := _HOUR.match(text, line.start, line.end))
    ]
    kinds = []
    for line in lines[:_MAX_OPENING_LINES]:
        found = _KIND.match(text, line.start, line.end)
        if found is None or found["words"].lower() not in lexicon.words("text_kinds.txt"):
            continue
        # What comes back takes turns.
        if len(re.findall(rf"^{re.escape(found['words'])}\s?:", text, re.MULTILINE)) <= 1:
            kinds.append(Span(start=line.start, end=found.end()))
    return [*(hours if len(hours) >= _MIN_HOURS else ()), *kinds]


def _may_be_place(text: str, words: str, after: int) -> bool:
    """Say whether words may name a place, as far as they and the text behind `after` tell."""
    each = words.split()
    if not _is_name(words) or len(each) > _MAX_PLACE_WORDS or not each[-1][0].isupper():
        return False
    low = each[-1].lower()
    office = lexicon.title_gender(each[0]) is not None or lexicon.person_gender(low) is not None
    body = lexicon.organisation(words) is not None or lexicon.is_group(low)
    action = words.lower() in _actions() or lexicon.document_medium(low) is not None
    person = len(each) > 1 and lexicon.first_name_gender(each[0]) is not None
    if office or body or action or person:
        return False
    rest = text[after:]
    if re.search(rf"^{re.escape(words)}\s?:", rest, re.MULTILINE):
        return False
    # "Emmanuel Macron" or "Macron said" further on tells that "MACRON: …" is what he says.
    last = re.escape(each[-1].title() if each[-1].isupper() else each[-1])
    for found in re.finditer(rf" {last}\b(?: (?P<verb>\w{{1,{_MAX_WORD_CHARS}}}))?", rest):
        before = rest[max(0, found.start() - _MAX_WORD_CHARS) : found.start()].split()[-1:]
        named = len(each) == 1 and any(map(_is_name_word, before))
        if named or (found["verb"] and lexicon.speech_verb_lemma(found["verb"])):
            return False
    return True


def _is_name_word(word: str) -> bool:
    low = word.lower()
    return word[0].isupper() and (
        lexicon.title_gender(low) is not None or lexicon.first_name_gender(word) is not None
    )


def furniture(text: str) -> list[Span]:
    """Return the lines that are links, calls to readers, credits and legal notes, in text order."""
    return [line for line in _lines(text) if _opener().match(text, line.start, line.end)]


@cache
def _opener() -> re.Pattern[str]:
    """Return the pattern of what furniture begins with (line_openers.tsv)."""
    kinds: dict[str, list[str]] = {"sign": [], "any": []}
    for words, kind in lexicon.rows("line_openers.tsv"):
        kinds[kind].append(re.escape(words).replace("'", "['’]"))
    sign, anything = ("|".join(kinds[kind]) for kind in ("sign", "any"))
    ends = r"\s*(?:[:|–—>»]|-\s|$)"
    return re.compile(rf"[\s>*•|(\[-]*(?:(?:{sign}){ends}|(?:{anything})(?!\w))", re.IGNORECASE)


@cache
def _actions() -> dict[str, str]:
    """Return what a label does that is nobody's name: it "asks" or "answers"."""
    return {row[0]: row[1] for row in lexicon.rows("speaker_labels.tsv")}
