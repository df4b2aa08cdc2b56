"""What a source's mention is, as its words stand: a pronoun, a name, a description, several names.

Reading is apart from resolving: nothing here looks outside the mention (attribution.py does).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from quotes.nlp import lexicon, names
from quotes.nlp.document import Entity, Span, SpeakerKind
from quotes.nlp.grammar import NOMINAL, Grammar, Word

_STOPS = frozenset({"ADP", "SCONJ", "AUX", "VERB"})
_BREAKS = frozenset((*",;:()[]–—", "--"))
_PARENTHESIS = re.compile(r"\s*[(\[][^)\]]*[)\]]")
_DEFINITE = frozenset({"first", "person", "thing", "plural", "relative"})
_AGED = re.compile(r"(\d+)[- ]year[- ]old$")
_AGE = re.compile(r"^\d{1,3}\b[\s,]*")
_SPACED = re.compile(r"\S+")
_SIGN = re.compile(r"[,(][^,(]*$")
_NOBODY = ("indefinite", "-")  # class and gender of "none of the neighbours"
_MAX_ASIDE_WORDS = 8  # in brackets inside a noun phrase
_MAX_CLIMB = 4  # arcs from a name up to who bears it
_MAX_PARTS = 8  # joint speakers; a longer list names a crowd


class Form(StrEnum):
    """What kind of words a mention is made of."""

    PRONOUN = "pronoun"
    NAME = "name"
    JOINT = "joint"
    DESCRIPTION = "description"


@dataclass(frozen=True)
class Mention:
    """A source's mention, read. `core` is its first noun phrase without what qualifies it.

    `name` is the span of the proper name; `parts` are those of joint speakers ("X and Y"), each a
    mention of its own. `noun` is the head noun of a description, lower case and singular,
    `possessed` whether somebody's ("Clinton's aide"); `role` the words that describe the named.
    """

    span: Span
    core: Span
    form: Form
    name: Span | None = None
    parts: tuple[Span, ...] = ()
    kind: SpeakerKind | None = None
    noun: str = ""
    role: str = ""
    pronoun: str = ""
    gender: str | None = None
    definite: bool = False
    plural: bool = False
    possessed: bool = False
    modifiers: tuple[Span, ...] = ()


def read(grammar: Grammar, span: Span) -> Mention:
    """Return what the source mention at `span` is."""
    words = _trimmed(grammar.inside(span))
    if not words:
        return Mention(span=span, core=span, form=Form.DESCRIPTION)
    pronoun = None if is_acronym(grammar, words[0]) else _pronoun(words)
    if pronoun is not None:
        kind, gender = pronoun
        own = None if gender == "-" else gender
        return Mention(span, span, Form.PRONOUN, pronoun=kind, gender=own, plural=kind == "plural")
    core = _core(grammar, words)
    entities = grammar.entities_at(span)
    return (
        _joint(grammar, span, core, entities)
        or _named(grammar, span, core, entities)
        or _headed(grammar, span, core, entities)
        or _apposed(grammar, span, core, entities)
        or _described(grammar, span, core, entities)
    )


def _trimmed(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Return the words without punctuation at the ends and without a possessive at the end.

    Nor with an adverb of the clause before them: "Then Ana Roe".
    """
    inside = list(words)
    while inside and (not any(c.isalnum() for c in inside[0].token.text) or _opens(inside)):
        inside.pop(0)
    while inside and (
        not any(c.isalnum() for c in inside[-1].token.text)
        or (len(inside) > 1 and is_possessive(inside[-1]))
    ):
        inside.pop()
    return tuple(inside)


def _opens(words: Sequence[Word]) -> bool:
    """Say whether the first of several words is an adverb that belongs to none of the others."""
    first, *others = words
    clause = all(word.index != first.token.head for word in others)
    return bool(others) and first.token.upos == "ADV" and clause


def is_possessive(word: Word) -> bool:
    """Say whether a token is the 's of a possessor."""
    return word.token.upos == "PART" and word.token.deprel == "case"


def is_acronym(grammar: Grammar, word: Word) -> bool:
    """Say whether a word is in capitals though its sentence is not: "WHO said", "US officials"."""
    text = word.token.text
    if not text.isupper() or len(text) == 1:
        return False
    return any(token.text.islower() for token in grammar.sentence(word.sentence).tokens)


def _pronoun(words: tuple[Word, ...]) -> tuple[str, str] | None:
    """Return class and gender if the mention is a pronoun ("he himself", "some of them").

    So it is with what is said of it: "who is a lawyer", "he, a lawyer himself"; and nobody among
    those of whom it is said: "none of the neighbours", "no one in town".
    """
    nobody = lexicon.function_words("nobody")
    if words[0].low in nobody or "-".join(word.low for word in words[:2]) in nobody:
        return _NOBODY
    found = [lexicon.pronoun(word.low) for word in words if word.low != "of"]
    told = [entry for entry in found if entry is not None]
    if not told or found[0] is None:
        return None
    if len(told) != len(found):
        alone = words[0].token.deprel.partition(":")[0] not in ("nmod", "det")
        defined = words[1].token.upos in ("AUX", "VERB") or words[1].token.text == ","
        return told[0] if alone and defined and told[0][0] in _DEFINITE else None
    return told[-1] if told[0][0] == "indefinite" else told[0]


def _core(grammar: Grammar, words: tuple[Word, ...]) -> Span:
    """Return the first noun phrase: up to a comma, preposition, clause; never cutting an entity."""
    last, aside = words[0], 0
    for number, word in enumerate(words[1:], start=1):
        if word.span.start < aside:
            continue
        within = any(e.span.start < word.span.start for e in grammar.entities_at(word.span)[:1])
        if word.token.text == "(" and not within and (aside := _aside_end(words[number:])):
            continue
        stops = (
            breaks(grammar, word)
            or (word.low in lexicon.function_words("relative") and not is_acronym(grammar, word))
            or (word.token.upos in _STOPS and not grammar.is_attributive(word))
            or _is_post_nominal(grammar, last, word)
            or _stresses(last, word)
        )
        if stops and not within:
            break
        last = word
    return Span(start=words[0].span.start, end=last.span.end)


def _stresses(last: Word, word: Word) -> bool:
    """Say whether a word only stresses the one before: "Roe herself"."""
    return word.low in lexicon.function_words("emphatic") and last.token.upos in NOMINAL


def _is_post_nominal(grammar: Grammar, last: Word, word: Word) -> bool:
    """Say whether a word is what stands behind a person's name: "SC", "OBE"."""
    if word.token.text not in lexicon.function_words("post-nominal"):
        return False
    after = grammar.after(word)  # "Bangi MP Ana Roe" is the member for Bangi
    named = after is not None and after.token.upos == "PROPN"
    return not named and any(_is(entity, "person") for entity in grammar.entities_at(last.span))


def _aside_end(words: Sequence[Word]) -> int:
    """Return where brackets end that its noun phrase goes on behind: "DCP (Crimes) Ana Roe".

    `words` begin with the opening one; 0 if a name or noun does not follow directly.
    """
    for close, after in pairwise(words[: _MAX_ASIDE_WORDS + 2]):
        if close.token.text == ")":
            goes_on = after.token.upos in NOMINAL and after.span.start == close.span.end + 1
            return close.span.end if goes_on else 0
    return 0


def breaks(grammar: Grammar, word: Word) -> bool:
    """Say whether a word is a sign that ends a phrase; a dash inside a name is none."""
    text, span = grammar.doc.text, word.span
    before, after = text[max(0, span.start - 1) : span.start], text[span.end : span.end + 1]
    joins = word.token.text == "–" and before.isalnum() and after.isalnum()
    return word.token.text in _BREAKS and not joins


def _is(entity: Entity, *kinds: str) -> bool:
    return lexicon.entity_kind(entity.type) in kinds


# ---------------------------------------------------------------------- several speakers
def _joint(grammar: Grammar, span: Span, core: Span, entities: list[Entity]) -> Mention | None:
    """Read a list that has a name: "X and Y", "Mr. X, Senator Y and Z", "X and her aides"."""
    pieces, apart = _pieces(grammar, span)
    named = [_named_by(grammar, piece, entities) for piece in pieces]
    kinds = {_is(entity, "person") for entity in named if entity}
    if not 2 <= len(pieces) <= _MAX_PARTS or len(kinds) > 1:  # noqa: PLR2004
        return None
    if len(pieces) > 2 and all(named[1:]) and not named[0] and _are_several(grammar, pieces[0]):  # noqa: PLR2004
        pieces, named = pieces[1:], named[1:]  # "the senators, X and Y"
    listed = all(named[number] for number in (0, -1))
    if listed and apart:  # "X, a senator, and Y": what stands between commas may describe
        parts = [piece for piece, entity in zip(pieces, named, strict=True) if entity]
    elif (listed and all(named)) or _one_named(grammar, pieces, named):
        parts = pieces
    else:
        return None
    return Mention(span, core, Form.JOINT, parts=tuple(parts), plural=True, definite=True)


def _pieces(grammar: Grammar, span: Span) -> tuple[list[Span], bool]:
    """Return a list's pieces, none without an "and", and whether a comma stands before the "and".

    Pieces stand between commas and joining words outside names; what comes after the last ends at
    a comma or a relative clause.
    """
    pieces: list[list[Word]] = [[]]
    joined, apart = False, False
    for word in _trimmed(grammar.inside(span)):
        inside_name = any(
            e.span.start < word.span.start for e in grammar.entities_at(word.span)[:1]
        )
        joins = word.low in lexicon.function_words("joins") and not inside_name
        comma = word.token.text == "," and not inside_name
        if word.low in lexicon.function_words("relative") or (joined and (comma or joins)):
            break
        if joins:
            joined, apart = True, not pieces[-1]
        if joins or comma:
            pieces.append([])
        elif word.low not in lexicon.function_words("doubling"):
            pieces[-1].append(word)
    whole = [piece for piece in pieces if piece]
    if not joined or not pieces[-1]:
        return [], False
    return [Span(start=p[0].span.start, end=p[-1].span.end) for p in whole], apart


def _named_by(grammar: Grammar, piece: Span, entities: list[Entity]) -> Entity | None:
    """Return the name that a piece of a list ends in, with titles or a role before it."""
    for entity in entities:
        if _is(entity, "person", "organisation", "place") and piece.holds(entity.span):
            before = grammar.inside(Span(start=piece.start, end=entity.span.end))
            person = _is(entity, "person")  # "NBC's Ana Roe" is a person, "Iowa's NBC" no speaker
            plain = all(
                word.token.upos not in _STOPS and (person or not is_possessive(word))
                for word in before
                if not word.span.meets(entity.span)
            )
            if plain and entity.span.end == piece.end:
                return entity
    return None


def _one_named(grammar: Grammar, pieces: list[Span], named: list[Entity | None]) -> bool:
    """Say whether one of two is a name or "he", the other somebody described: "X and her aides"."""
    if len(pieces) != 2:  # noqa: PLR2004
        return False
    words = [grammar.inside(piece) for piece in pieces]
    pronouns = [len(w) == 1 and _pronoun(w) is not None for w in words]
    known = [bool(e) or p for e, p in zip(named, pronouns, strict=True)]
    if all(known):
        return True
    if not any(known):
        return False
    other = words[known.index(False)]
    opens = other[0].low in lexicon.function_words("definite") | lexicon.function_words(
        "indefinite"
    )
    if known[1] and (not opens or any(word.token.upos in _STOPS for word in other)):
        return False
    core = _core(grammar, other)
    head = [word for word in grammar.inside(core) if word.token.upos in NOMINAL][-1:]
    speaks = any(_can_speak(word) for word in head)
    plain = not any(_is(e, "person", "organisation", "place") for e in grammar.entities_at(core))
    return speaks and (opens or (plain and is_plural(head[0])))


def _are_several(grammar: Grammar, piece: Span) -> bool:
    nouns = [word for word in grammar.inside(piece) if word.token.upos in NOMINAL]
    return bool(nouns) and is_plural(nouns[-1])


def _can_speak(word: Word) -> bool:
    low = singular(word)
    return lexicon.person_gender(low) is not None or lexicon.is_group(low)


# ---------------------------------------------------------------------- one name
def _named(grammar: Grammar, span: Span, core: Span, entities: list[Entity]) -> Mention | None:
    """Read a phrase that ends in a name: "CNN host Wolf Blitzer", "the United Nations"."""
    ending = [e for e in entities if e.span.end >= core.end and e.span.start < core.end]
    text = grammar.doc.text
    known = names.without_determiner(core.of(text))
    if lexicon.organisation(known) is not None or (not ending and lexicon.is_known_body(known)):
        start = text.index(known, core.start)
        name = Span(start=start, end=start + len(known))
        body = SpeakerKind.ORGANISATION
        return Mention(span, core, Form.NAME, name=name, kind=body, definite=True)
    kind = lexicon.entity_kind(ending[-1].type) if ending else None
    if kind is None:
        return _headed(grammar, span, core, entities) or _proper(grammar, span, core)
    entity = ending[-1]
    if kind == "group" or (kind != "person" and _is_adherent(grammar, core)):
        return None  # "Mexicans", "the Iowa Republican": described rather than named
    before = text[core.start : entity.span.start].strip()
    if kind != "person" and _is_clause(grammar, core, entity):
        return None  # "the lawmaker representing Lagos East": described by a body
    if kind != "person" and _indefinite(before):
        return None  # "a Democratic Party": one of several, so a description
    owned = kind != "person" and before.endswith(("'s", "’s", "s'", "s’"))  # "India's"
    role = _role(text, span, core, entity.span, "" if owned else before)
    is_body = kind != "person" or _body_role(role)
    speaker = SpeakerKind.ORGANISATION if is_body else SpeakerKind.PERSON
    return Mention(span, core, Form.NAME, name=entity.span, kind=speaker, role=role, definite=True)


def _is_clause(grammar: Grammar, core: Span, body: Entity) -> bool:
    """Say whether somebody does something with a body before its name: "a man running Roe Ltd"."""
    words = grammar.inside(Span(start=core.start, end=max(core.start + 1, body.span.start)))
    return any(
        verb.token.xpos == "VBG" and lexicon.person_gender(singular(noun)) is not None
        for noun, verb in pairwise(words)
    )


def _is_adherent(grammar: Grammar, core: Span) -> bool:
    """Say whether a phrase ends in who is of a party, place or faith: "the Texas Democrat"."""
    words = grammar.inside(core)
    return len(words) > 1 and lexicon.is_adherent(words[-1].token.text)


def _headed(grammar: Grammar, span: Span, core: Span, entities: list[Entity]) -> Mention | None:
    """Read a long description that ends in its bearer's name: "chief of staff Ana Roe".

    The tree decides: the name is the head of the mention or stands in apposition to it, so that
    "a supporter of Ana Roe" stays a description.
    """
    text = grammar.doc.text
    inside = {(word.sentence, word.index) for word in grammar.inside(span)}
    for entity in entities:
        if not _is(entity, "person") or entity.span.start < core.end:
            continue
        between = text[core.end : entity.span.start]
        before = grammar.inside(Span(start=core.start, end=entity.span.start))
        noun = [w for w in before if lexicon.title_gender(w.low) is None or w.token.upos == "NOUN"]
        if any(sign in between for sign in ",;:(") or not noun or noun[-1].token.upos in _STOPS:
            continue
        first = grammar.inside(entity.span)[0]
        above = grammar.head(first)
        described = above is not None and first.token.deprel in ("appos", "flat")
        word = above if described and above is not None else first
        outward = (word.sentence, word.token.head) not in inside
        borne = outward or _is_behind_a_body(grammar, core, entity)
        if borne and _ends_segment(text, span, entity.span):
            role = names.without_determiner(text[core.start : entity.span.start])
            return Mention(
                span, core, Form.NAME, name=entity.span, kind=SpeakerKind.PERSON,
                role=" ".join(role.split()), definite=True,
            )  # fmt: skip
    return None


def _is_behind_a_body(grammar: Grammar, core: Span, name: Entity) -> bool:
    """Say whether a body's name ends what a person is, whatever the tree says.

    "Chairman of the Roe Council Ana Poe", "Centre for Roe Research fellow Prof Ana Poe".
    """
    between = Span(start=core.end, end=name.span.start)
    bodies = [e for e in grammar.entities_at(between) if _is(e, "organisation", "place")]
    heads = [word for word in grammar.inside(core) if word.token.upos in NOMINAL][-1:]
    if not bodies or not heads:
        return False
    behind = Span(start=bodies[-1].span.end, end=name.span.start)
    low = singular(heads[0])
    if not behind.of(grammar.doc.text).strip():
        return lexicon.person_gender(low) is not None or lexicon.title_gender(low) is not None
    own = [word for word in grammar.inside(behind) if word.span.start >= behind.start]
    office = any(lexicon.person_gender(singular(word)) is not None for word in own)
    plain = all(word.token.upos not in _STOPS or word.token.deprel == "amod" for word in own)
    return office and plain and lexicon.is_group(low)


def _body_role(role: str) -> bool:
    """Say whether a role is that of a body: "the environmental agency", so no person's."""
    first = re.split(r"[,;]|\b(?:of|for|in|that|which)\b", role)[0].split()
    articles = lexicon.function_words("article")
    return bool(first) and first[0].lower() in articles and lexicon.is_group(first[-1])


def _indefinite(before: str) -> bool:
    first = before.split(" ", 1)[0].lower()
    return bool(before) and first in lexicon.function_words("indefinite")


def _proper(grammar: Grammar, span: Span, core: Span) -> Mention | None:
    """Read a run of proper nouns that the entity recogniser missed."""
    words = [w for w in grammar.inside(core) if w.low != "the"]
    own = [w for w in words if w.token.upos == "PROPN" and w.token.text[:1].isupper()]
    if (
        not words
        or len(own) != len(words)
        or grammar.inside(core)[0].low in lexicon.function_words("indefinite")
    ):
        return None
    if any(_can_speak(w) or lexicon.person_gender(w.low.removesuffix("s")) for w in own[-1:]):
        return None
    name = Span(start=own[0].span.start, end=_peerage_end(grammar, span, own))
    first = names.split_titles(name.of(grammar.doc.text))[1][0]
    titled = lexicon.title_gender(own[0].low) is not None
    person = titled or (len(own) > 1 and lexicon.first_name_gender(first) is not None)
    kind = SpeakerKind.PERSON if person else None
    return Mention(span, core, Form.NAME, name=name, kind=kind, definite=True)


def _peerage_end(grammar: Grammar, span: Span, own: Sequence[Word]) -> int:
    """Return where a name ends: "the Earl of Lindsay" goes on behind its title."""
    end = own[-1].span.end
    if own[-1].low not in lexicon.function_words("peerage"):
        return end
    after = grammar.inside(Span(start=end, end=max(end, span.end)))
    place = [word.token.upos == "PROPN" for word in after[:2]]
    of = after and after[0].low in lexicon.function_words("of")
    return after[1].span.end if of and place == [False, True] else end


def _role(text: str, span: Span, core: Span, name: Span, before: str) -> str:
    """Return what the mention says of the named: the apposition after it, else the words before."""
    after = _PARENTHESIS.sub("", text[max(name.end, core.end) : span.end])
    after = _AGE.sub("", names.without_possessive(after).strip(" ,\n"))
    first, _, rest = after.partition(" ")
    if first.rstrip(",") in lexicon.function_words("emphatic"):
        after = rest
    if after in lexicon.function_words("post-nominal"):
        after = ""
    words = before.split()
    definite, articles = lexicon.function_words("definite"), lexicon.function_words("article")
    while words and (lexicon.is_honorific(words[-1]) or words[-1].lower() in articles):
        words = words[:-1]
    while words and words[0].lower() in definite:
        words = words[1:]
    first = after.split()[0].lower() if after else ""
    if first in lexicon.function_words("issuer"):
        return " ".join([*words, after])  # "Senator X of Iowa"
    if after and first not in lexicon.function_words("no-role"):
        return after
    return " ".join(words)


def _apposed(grammar: Grammar, span: Span, core: Span, entities: list[Entity]) -> Mention | None:
    """Read a description with its bearer's name set off behind it.

    "the minister, party leader Ana Roe", "the minister (Ana Roe)", "a man called Ana Roe"; of
    bodies "the contractor, Roe Mining".
    """
    text = grammar.doc.text
    for entity in entities:
        if entity.span.start < core.end or not _is(entity, "person", "organisation"):
            continue
        before, sign, own = _set_off(text[core.start : entity.span.start])
        body = _is(entity, "organisation")
        if not sign or not _is_plain(grammar, own, entity):
            continue
        if not _bears(grammar, core, entity, sign) or (body and (own.strip() or sign == "(")):
            continue
        if sign == "," and not _ends_segment(text, span, entity.span):
            continue
        titles = all(lexicon.title_gender(word) is not None for word in own.split())
        role = names.without_determiner(before if titles else f"{before}{sign}{own}")
        kind = SpeakerKind.ORGANISATION if body else SpeakerKind.PERSON
        role = " ".join(role.split()).rstrip(" ,")
        return Mention(span, core, Form.NAME, name=entity.span, kind=kind, role=role, definite=True)
    return None


def _set_off(told: str) -> tuple[str, str, str]:
    """Return the words before a name in three: the description, what sets the name off, the rest.

    "the minister", ",", " party leader "; "a man", "called", "": nothing sets off, all empty.
    """
    told = _PARENTHESIS.sub("", told)  # "the chairman, Alhaji (Dr) Ana Roe"
    words = list(_SPACED.finditer(told))
    low = [word[0].lower() for word in words]
    last = len(words) - 1
    as_ = last >= 0 and low[last] == "as"
    last -= as_
    while last >= 0 and low[last] in lexicon.function_words("merely"):
        last -= 1
    if last >= 0 and low[last] in lexicon.function_words("named-as" if as_ else "named"):
        return told[: words[last].start()], told[words[last].start() :].strip(), ""
    found = _SIGN.search(told)
    return (told[: found.start()], found[0][0], found[0][1:]) if found else ("", "", "")


def _bears(grammar: Grammar, core: Span, name: Entity, sign: str) -> bool:
    """Say whether what sets a name off gives it to what `core` describes, and to nothing else."""
    nouns = [word for word in grammar.inside(core) if word.token.upos in NOMINAL][-1:]
    if sign == "(":  # "(Ana Roe)", not "the paper (Roe et al., 2010)"
        closed = grammar.doc.text[name.span.end : name.span.end + 1] == ")"
        return closed and any(lexicon.person_gender(singular(word)) for word in nouns)
    inside = grammar.inside(name.span)
    words = [w for w in inside if (head := grammar.head(w)) is None or head not in inside]
    if sign == ",":
        if _is(name, "person"):
            return True
        titled = any(lexicon.title_gender(singular(word)) is not None for word in nouns)
        return not titled and any(
            word.token.deprel == "appos" and grammar.head(word) in nouns for word in words
        )
    word = next(iter(words), None)
    for _ in range(_MAX_CLIMB):  # "the purser, a man called Ana Roe": she is the purser
        if word is None or word.span.meets(core):
            break
        climbs = word.span.meets(name.span) or word.token.deprel.startswith(("acl", "appos"))
        word = grammar.head(word) if climbs else None
    return word is not None and any(word == noun for noun in nouns)


def _is_plain(grammar: Grammar, before: str, name: Entity) -> bool:
    """Say whether the words directly before a name only say what its bearer is."""
    start = name.span.start - len(before.lstrip())
    words = grammar.inside(Span(start=start, end=name.span.start)) if before.strip() else ()
    return not any(
        (word.token.upos in _STOPS and not grammar.is_attributive(word))
        or is_possessive(word)
        or word.low in lexicon.function_words("joins")
        for word in words
    )


def _ends_segment(text: str, span: Span, name: Span) -> bool:
    rest = _PARENTHESIS.sub("", text[name.end : span.end]).strip()
    belongs = lexicon.function_words("belongs")  # "a teacher, Ana Roe of Lima, said"
    return not rest or rest[0] in ",;" or rest.split()[0].lower() in belongs


# ---------------------------------------------------------------------- descriptions
def _described(grammar: Grammar, span: Span, core: Span, entities: list[Entity]) -> Mention:
    words = grammar.inside(core)
    nouns = [w for w in words if w.token.upos in NOMINAL] or list(words)
    head = nouns[-1]
    aged = _AGED.search(core.of(grammar.doc.text))
    office = lexicon.is_office(head.token.text)  # lemmatisers take "PM" for an hour
    noun = lexicon.aged(aged[1]) if aged else head.low if office else singular(head)
    first = words[0].low
    possessed = _possessed(grammar, span, head)
    modifiers = tuple(
        e.span for e in entities if core.holds(e.span) and e.span.end <= head.span.start
    )
    genders = {lexicon.person_gender(singular(word)) for word in nouns} - {"-", None}
    return Mention(
        span,
        core,
        Form.DESCRIPTION,
        noun=noun,
        gender=genders.pop() if len(genders) == 1 else None,
        definite=first in lexicon.function_words("definite") or possessed,
        plural=is_plural(head),
        possessed=possessed,
        modifiers=modifiers,
    )


def _possessed(grammar: Grammar, span: Span, head: Word) -> bool:
    """Say whether the phrase is somebody's: "Clinton's campaign", "her aide"."""
    before = grammar.inside(Span(start=span.start, end=head.span.end))[:-1]
    return any(is_possessive(w) or w.token.deprel == "nmod:poss" for w in before)


def is_plural(word: Word) -> bool:
    """Say whether a noun stands in the plural."""
    return "Number=Plur" in word.token.feats or word.token.xpos in ("NNS", "NNPS")


def singular(word: Word) -> str:
    """Return a noun's lemma in lower case, or its text where the lemmatizer left none."""
    return (word.token.lemma or word.token.text).lower()
