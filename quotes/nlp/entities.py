"""The recogniser's entities, mended: cut, grown to whole names, and found where they were missed.

A recogniser sees one sentence at a time; what the article itself calls somebody elsewhere tells
more. Reasons: docs/decisions/0007-attribution.md.
"""

import itertools
import re
import unicodedata
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from quotes.nlp import lexicon, names
from quotes.nlp.document import Document, Entity, Span
from quotes.nlp.placed import Placed

_INITIALS = re.compile(r"\b(?:[A-Z]\.[ ]?){1,3}$")
_MAX_INITIALS_CHARS = 12
_WORD_BEFORE = re.compile(r"(?<![\w'’-])([^\W\d_]+)[ ]$")
_MAX_WORD_CHARS = 20
_OWNED = re.compile(r"\b([A-Z][\w-]{2,30})['’]s?[ ]((?:[\w-]{1,30}[ ]?){1,3})")
_APPOSED = re.compile(r"\b([A-Z][\w-]{2,30}),[ ](?:an?|the)[ ]((?:[\w'’-]{1,30}[ ]?){1,6})")
_CALLED = re.compile(r"\b([a-z-]{3,20})[ ]([A-Z][\w-]{2,30})\b(?![ ][A-Z]|['’-])")
_THING = re.compile(r"\b([A-Z][\w-]{2,30}),[ ]which[ ](\w+)")
_BEFORE_A_CAPITAL = re.compile(r"\b([A-Za-z]{2,20}\.?)[ ](?=([A-Z][\w-]{1,30}))")
_SAID_IT = re.compile(
    r"\b([A-Z][\w-]{2,30})[ ](?:said|says|announced)(?:[ ]on)?(?:[ ][A-Z][a-z]{2,5}day)?"
    r"(?:[ ]that)?[ ]it[ ](?:would|will|had|has|was|is)[ ](\w+)"
)
_INNER_CAPITAL = re.compile(r"([A-Z][a-z]+)[A-Z][A-Za-z]+")
_MIN_ACRONYM_CHARS = 3  # of two letters are the initials of given names: "JD", "AJ"
_LINE_CHARS = 200  # of the line before and after an acronym
_RUN = re.compile(r"\w+")
_MAX_FORM_RUNS = 10  # words of a name that is looked for elsewhere
_EXPANSION = re.compile(
    r"\b((?:[A-Z][\w'’.&-]*)(?:[ \t]+(?:of|for|and|the|on|in|de|&|[A-Z][\w'’.&-]*)){1,9})"
    r"[ \t]*\(([A-Z][A-Za-z.]{1,9})\)"
)
_ORGANISATION = "Organization"  # a class that lexicon.entity_kind knows
_PERSON = "Person"
_NAMING = ("person", "organisation")
_MIN_ALONE_CHARS = 3  # of a name of one word that is looked for elsewhere


def mended_entities(doc: Document) -> tuple[Entity, ...]:
    """Return the document's entities in text order, mended by what stands beside and elsewhere.

    Recognisers take a headline's verb for a surname ("Lindsey Graham Says"), stop inside "O'Neill"
    and run two people joined by "and" together: entities are cut where the tagger saw a cue and
    grown to whole words. Where the article has a longer name in full elsewhere, or beside its
    acronym, a piece of it is that name; where it was missed, it is found. A company or a
    newspaper that was taken for a person is a body.
    """
    own = _with_places(doc.text, sorted(_mended(doc), key=lambda entity: entity.span.start))
    return _completed(doc.text, own)


def _with_places(text: str, entities: Sequence[Entity]) -> tuple[Entity, ...]:
    """Return the entities, a body joined with the place that its name begins or ends with.

    "Institute of York", "Vermont Department of Labor".
    """
    found: list[Entity] = []
    for entity in entities:
        last = found[-1] if found else None
        if last is not None and _is_body(entity) and _opens(last, entity, text):
            whole = Span(start=last.span.start, end=entity.span.end)
            found[-1] = Entity(span=whole, type=entity.type)
            continue
        if last is not None and _is_body(last) and lexicon.entity_kind(entity.type) == "place":
            between = text[last.span.end : max(last.span.end, entity.span.start)].split()
            noun = last.span.of(text).split()[-1].lower()
            if (
                len(between) == 1
                and between[0] in lexicon.function_words("of")
                and lexicon.is_group(noun)
            ):
                whole = Span(start=last.span.start, end=entity.span.end)
                found[-1] = Entity(span=whole, type=last.type)
                continue
        found.append(entity)
    return tuple(found)


def _opens(place: Entity, body: Entity, text: str) -> bool:
    """Say whether a place stands directly before a body, as part of its name."""
    is_place = lexicon.entity_kind(place.type) == "place"
    return is_place and text[place.span.end : body.span.start] == " "


def _mended(doc: Document) -> Iterator[Entity]:
    cues = sorted(span.start for quotation in doc.quotations for span in quotation.cue)
    taken = {entity.span.end for entity in doc.entities}
    surnames, told = _surnames(doc), _told_bodies(doc.text) | _short_companies(doc)
    for entity in (_without_rank(doc.text, entity) for entity in doc.entities):
        if _is_office(doc.text, entity.span.of(doc.text)):
            continue
        person = lexicon.entity_kind(entity.type) == "person"
        whole = _whole_words(doc.text, entity.span, person=person)
        if person and whole.start - 1 not in taken:
            whole = _with_first_name(doc.text, whole)
        for span in _halves(doc.text, whole) if person else [whole]:
            cut = min([span.end, *cues[(first := bisect_right(cues, span.start)) : first + 1]])
            end = span.start + len(doc.text[span.start : cut].rstrip(" ,"))
            if end > span.start:
                found = Entity(span=Span(start=span.start, end=end), type=entity.type)
                yield _as_body(doc.text, found, surnames, told)


def _as_body(text: str, entity: Entity, surnames: frozenset[str], told: frozenset[str]) -> Entity:
    """Return a body that was taken for a person as what it is, with the article of its name.

    "Microsoft", "Quotidien" of "Le Quotidien"; "KONFUT", "GreenWay" by their letters; those
    of which it is `told`. Not where the text has a person of that surname.
    """
    if lexicon.entity_kind(entity.type) != "person":
        return entity
    before = _word_before(text, entity.span.start)
    for span in (entity.span, *([Span(start=before.start, end=entity.span.end)] if before else ())):
        name = names.without_determiner(" ".join(span.of(text).split()))
        own = span == entity.span and (name in told or _is_spelt_as_a_body(text, span))
        if name not in surnames and (lexicon.is_known_body(name) or own):
            return Entity(span=span, type=_ORGANISATION)
    return entity


def _without_rank(text: str, entity: Entity) -> Entity:
    """Return the person behind a rank in capitals that was taken for a body: "DCP Ana Roe"."""
    rank, _, name = entity.span.of(text).partition(" ")
    ranked = rank.isupper() and lexicon.title_gender(rank) is not None
    if not name or not ranked or not _is_body(entity):
        return entity
    if not name[:1].isupper() or lexicon.is_group(name.split()[-1]):
        return entity
    return Entity(span=Span(start=entity.span.end - len(name), end=entity.span.end), type=_PERSON)


def _is_office(text: str, name: str) -> bool:
    """Say whether a name is the initials of an office ("the CJ") and of no body in the text."""
    own = names.without_determiner(name)
    if not lexicon.is_office(own) or f"({own})" in text:
        return False
    return lexicon.is_office(own, text.lower())


def _told_bodies(text: str) -> frozenset[str]:
    """Return the words that the text says are bodies.

    By what they have: "Konfut's shares"; by what they are: "Konfut, a lender to farmers", "rival
    lender Konfut"; by what stands for them: "Konfut, which makes tiles"; by what they say that
    they do: "Konfut said it would hire".
    """
    had = lexicon.function_words("of-a-body")
    trades, does = lexicon.function_words("trade"), lexicon.function_words("body-does")
    owners = (m[1] for m in _OWNED.finditer(text) if not had.isdisjoint(m[2].lower().split()))
    bodies = (m[1] for m in _APPOSED.finditer(text) if lexicon.is_group(_head(m[2])))
    named = (m[2] for m in _CALLED.finditer(text) if m[1] in trades)
    things = (m[1] for m in _THING.finditer(text) if m[2] in does)
    act = lexicon.function_words("body-acts")
    plans = (m[1] for m in _SAID_IT.finditer(text) if m[2] in act)
    return frozenset((*owners, *bodies, *named, *things, *plans))


def _short_companies(doc: Document) -> frozenset[str]:
    """Return the words that are left of companies' names: "Konfut" of "Konfut Foods".

    None that a title stands before, or that is a first name.
    """
    bodies = (names.without_determiner(e.span.of(doc.text)) for e in doc.entities if _is_body(e))
    firsts = {names.words(name)[0] for name in bodies if _is_left_of(name)}
    if not firsts:
        return frozenset()
    titled = (m[2] for m in _BEFORE_A_CAPITAL.finditer(doc.text) if lexicon.title_gender(m[1]))
    return frozenset(w for w in firsts.difference(titled) if not lexicon.first_name_gender(w))


def _is_left_of(name: str) -> bool:
    return any(len(beginning) == 1 for beginning in names.company_beginnings(name))


def _head(phrase: str) -> str:
    """Return the last word before the first preposition or verb of a list: "lender" of "to"."""
    words = phrase.lower().split()
    end = next((i for i, word in enumerate(words) if word in lexicon.function_words("after")), None)
    return next(iter(words[:end][-1:]), "")


def _is_spelt_as_a_body(text: str, span: Span) -> bool:
    """Say whether a name is an acronym, though its line has small letters, or has a capital inside.

    Neither "JFK" nor "DeSantis".
    """
    name = names.without_possessive(span.of(text))
    if name.isupper() and name.isalpha() and len(name) >= _MIN_ACRONYM_CHARS:
        before = text[max(0, span.start - _LINE_CHARS) : span.start].rpartition("\n")[2]
        after = text[span.end : span.end + _LINE_CHARS].partition("\n")[0]
        small = any(word.islower() for word in (*before.split(), *after.split()))
        return small and name.lower() not in lexicon.function_words("initials")
    inner = _INNER_CAPITAL.fullmatch(name)
    first = inner[1].lower() if inner else ""
    given = first in lexicon.function_words("name-prefix") or lexicon.first_name_gender(first)
    return inner is not None and not given


def _surnames(doc: Document) -> frozenset[str]:
    """Return the last words of the names of two words or more that people have in the text."""
    people = (e for e in doc.entities if lexicon.entity_kind(e.type) == "person")
    words = (names.without_possessive(entity.span.of(doc.text)).split() for entity in people)
    return frozenset(own[-1] for own in words if len(own) > 1)


def _with_first_name(text: str, span: Span) -> Span:
    """Return the span with the name directly before it: "Recep" of "Tayyip Erdoğan".

    A pronoun does not stand before a name: "He" of "He Lifeng".
    """
    before = _word_before(text, span.start)
    word = before.of(text) if before else ""
    own = lexicon.first_name_gender(word) or word.lower() in lexicon.function_words("name-pronoun")
    known = word[:1].isupper() and own
    return Span(start=before.start, end=span.end) if before and known else span


def _word_before(text: str, at: int) -> Span | None:
    """Return the word that stands before `at`, one blank between; None if it is long or none."""
    found = _WORD_BEFORE.search(text, max(0, at - _MAX_WORD_CHARS), at)
    return Span(start=found.start(1), end=found.end(1)) if found else None


def _whole_words(text: str, span: Span, *, person: bool) -> Span:
    start, end = span.start, span.end
    initials = _INITIALS.search(text, max(0, start - _MAX_INITIALS_CHARS), start)
    if person and initials:
        start = initials.start()
    while start > 0 and (_is_letter(text, start - 1) or _joins(text, start - 1)):
        start -= 1
    while end < len(text) and _goes_on(text, end):
        end += 1
    return Span(start=start, end=end)


def _goes_on(text: str, at: int) -> bool:
    """Say whether the character at `at` belongs to the word before it."""
    if _is_debris(text, at):
        return _is_letter(text, at - 1) and at + 1 < len(text) and _is_letter(text, at + 1)
    return _is_letter(text, at) and (_is_letter(text, at - 1) or _is_debris(text, at - 1))


def _joins(text: str, at: int) -> bool:
    """Say whether the character at `at` is an apostrophe, a hyphen or debris inside a word."""
    return (
        (text[at] in "'’-" or _is_debris(text, at))
        and at > 0
        and _is_letter(text, at - 1)
        and at + 1 < len(text)
        and _is_letter(text, at + 1)
    )


def _is_letter(text: str, at: int) -> bool:
    """Say whether a letter or digit stands there, or a mark that combines with the one before."""
    return text[at].isalnum() or unicodedata.category(text[at]) in ("Mn", "Mc")


def _is_debris(text: str, at: int) -> bool:
    """Say whether a control character stands there: what a wrong decoding leaves inside words."""
    return unicodedata.category(text[at]) == "Cc" and not text[at].isspace()


def _halves(text: str, span: Span) -> list[Span]:
    """Return the parts of a person's span around " and ", or the span itself."""
    joint = text.find(" and ", span.start, span.end)
    if not span.start < joint < span.end - len(" and "):
        return [span]
    return [Span(start=span.start, end=joint), Span(start=joint + len(" and "), end=span.end)]


# ---------------------------------------------------------------------- elsewhere in the article
def expansions(text: str) -> dict[str, str]:
    """Return acronym (folded) -> name for every "Full Name (FN)" that the text itself defines."""
    found: dict[str, str] = {}
    for match in _EXPANSION.finditer(text):
        tokens = match[1].split()
        for start in range(len(tokens)):
            name = names.without_determiner(" ".join(tokens[start:]))
            if tokens[start][0].isupper() and names.abbreviates(match[2], name):
                found.setdefault(names.fold(match[2]), name)
                break
    return found


def _completed(text: str, entities: Sequence[Entity]) -> tuple[Entity, ...]:
    """Return the entities and every other place where one of their full names stands."""
    types = _types(text, entities)
    known = Placed((entity.span, entity) for entity in entities)
    found: list[Entity] = []
    replaced: set[Span] = set()
    for span in _occurrences(text, types):
        met = [entity for _, entity in known.meeting(span)]
        label = types[_runs_of(span.of(text))]
        if any(not _is_piece(entity, span, label) for entity in met):
            continue
        if " " not in span.of(text) and not met and _opens_sentence(text, span.start):
            continue  # "Target": the name of a firm, or the first word of a sentence
        replaced.update(entity.span for entity in met)
        found.append(Entity(span=span, type=label))
    kept = (entity for entity in entities if entity.span not in replaced)
    return tuple(sorted((*kept, *found), key=lambda entity: (entity.span.start, entity.span.end)))


def _is_piece(entity: Entity, span: Span, label: str) -> bool:
    """Say whether an entity is a name of that class that was cut short at `span`."""
    alike = lexicon.entity_kind(entity.type) == lexicon.entity_kind(label)
    return alike and span.holds(entity.span) and span != entity.span


def _types(text: str, entities: Iterable[Entity]) -> dict[tuple[str, ...], str]:
    """Return the forms that are looked for, as their words, each with the class it mostly has.

    Those are names of people and bodies of several words, and of bodies of one.
    """
    counts: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for entity in entities:
        kind = lexicon.entity_kind(entity.type)
        form = names.without_determiner(entity.span.of(text))
        runs = _runs_of(form)
        if kind in _NAMING and runs and form[:1].isupper() and form[-1:].isalnum():
            counts[runs][entity.type] += 1
    organisation = next((e.type for e in entities if _is_body(e)), "")
    for form in expansions(text).values() if organisation else ():
        counts[_runs_of(form)][organisation] += 1
    return {
        runs: types.most_common(1)[0][0]
        for runs, types in counts.items()
        if _is_sought(runs, types.most_common(1)[0][0])
    }


def _is_body(entity: Entity) -> bool:
    return lexicon.entity_kind(entity.type) == "organisation"


def _is_sought(runs: tuple[str, ...], label: str) -> bool:
    if len(runs) == 1:
        alone = len(runs[0]) >= _MIN_ALONE_CHARS and lexicon.entity_kind(label) == "organisation"
        return alone and runs[0][0].isupper()
    capitals = runs[0][0].isupper() and runs[-1][0].isupper()
    return capitals and len(runs) <= _MAX_FORM_RUNS


def _runs_of(form: str) -> tuple[str, ...]:
    return tuple(_RUN.findall(form))


def _occurrences(text: str, forms: Iterable[tuple[str, ...]]) -> Iterator[Span]:
    """Yield where a form stands, the longest from each place, none inside another."""
    wanted = set(forms)
    lengths: dict[str, list[int]] = defaultdict(list)
    for first, length in sorted({(form[0], len(form)) for form in wanted}):
        lengths[first].insert(0, length)
    runs = list(_RUN.finditer(text))
    at = 0
    while at < len(runs):
        for length in lengths.get(runs[at].group(), ()):
            words = runs[at : at + length]
            if tuple(run.group() for run in words) in wanted and _unbroken(text, words):
                yield Span(start=words[0].start(), end=words[-1].end())
                at += length - 1
                break
        at += 1


def _unbroken(text: str, words: Sequence[re.Match[str]]) -> bool:
    """Say whether nothing but a space and the signs inside names stands between words."""
    gaps = (text[a.end() : b.start()] for a, b in itertools.pairwise(words))
    hyphened = text[words[0].start() - 1 : words[0].start()] == "-"
    after = text[words[-1].end() : words[-1].end() + 1]
    return not hyphened and after != "-" and all(gap.strip(" .&-'’") == "" for gap in gaps)


def _opens_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 3) : start].rstrip(" ")
    return not before or before[-1] in '.?!:\n”"“'
