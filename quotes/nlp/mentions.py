"""What a source's mention is, as its words stand: a pronoun, a name, a description, several names.

Reading is apart from resolving: nothing here looks outside the mention (attribution.py does).
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from quotes.nlp import lexicon, names
from quotes.nlp.document import Entity, Span, SpeakerKind
from quotes.nlp.grammar import NOMINAL, Grammar, Word

_STOPS = frozenset({"ADP", "SCONJ", "AUX", "VERB"})
_BREAKS = frozenset(",;:()[]–—")
_PARENTHESIS = re.compile(r"\s*[(\[][^)\]]*[)\]]")
_AGE = re.compile(r"^\d{1,3}\b[\s,]*")
_AND = re.compile(r"^(?:,|\s|and|&|as well as|both|Mr\.?|Mrs\.?|Ms\.?)+$", re.IGNORECASE)


class Form(StrEnum):
    """What kind of words a mention is made of."""

    PRONOUN = "pronoun"
    NAME = "name"
    JOINT = "joint"
    DESCRIPTION = "description"


@dataclass(frozen=True)
class Mention:
    """A source's mention, read. `core` is its first noun phrase without what qualifies it.

    `name` is the span of the proper name, `others` those of further names ("X and Y"); `noun` the
    head noun of a description, lower case and singular; `role` the words that describe the named.
    """

    span: Span
    core: Span
    form: Form
    name: Span | None = None
    others: tuple[Span, ...] = ()
    kind: SpeakerKind | None = None
    noun: str = ""
    role: str = ""
    pronoun: str = ""
    gender: str | None = None
    definite: bool = False
    plural: bool = False
    modifiers: tuple[Span, ...] = ()


def read(grammar: Grammar, span: Span) -> Mention:
    """Return what the source mention at `span` is."""
    words = _trimmed(grammar.inside(span))
    if not words:
        return Mention(span=span, core=span, form=Form.DESCRIPTION)
    pronoun = _pronoun(words)
    if pronoun is not None:
        kind, gender = pronoun
        own = None if gender == "-" else gender
        return Mention(span, span, Form.PRONOUN, pronoun=kind, gender=own, plural=kind == "plural")
    core = _core(grammar, words)
    entities = grammar.entities_at(span)
    return (
        _joint(grammar, span, core, entities)
        or _named(grammar, span, core, entities)
        or _apposed(grammar, span, core, entities)
        or _described(grammar, span, core, entities)
    )


def _trimmed(words: tuple[Word, ...]) -> tuple[Word, ...]:
    inside = list(words)
    while inside and not any(c.isalnum() for c in inside[0].token.text):
        inside.pop(0)
    while inside and not any(c.isalnum() for c in inside[-1].token.text):
        inside.pop()
    return tuple(inside)


def _pronoun(words: tuple[Word, ...]) -> tuple[str, str] | None:
    """Return class and gender if the mention is a pronoun ("he himself", "some of them")."""
    found = [lexicon.pronoun(word.low) for word in words if word.low != "of"]
    told = [entry for entry in found if entry is not None]
    if len(told) != len(found) or not told:
        return None
    return told[-1] if told[0][0] == "indefinite" else told[0]


def _core(grammar: Grammar, words: tuple[Word, ...]) -> Span:
    """Return the first noun phrase: up to a comma, preposition, clause; never cutting an entity."""
    last = words[0]
    for word in words[1:]:
        within = any(e.span.start < word.span.start for e in grammar.entities_at(word.span)[:1])
        stops = (
            word.token.text in _BREAKS
            or word.low in lexicon.function_words("relative")
            or (word.token.upos in _STOPS and not grammar.is_attributive(word))
        )
        if stops and not within:
            break
        last = word
    return Span(start=words[0].span.start, end=last.span.end)


def _is(entity: Entity, *kinds: str) -> bool:
    return lexicon.entity_kind(entity.type) in kinds


# ---------------------------------------------------------------------- several names
def _joint(grammar: Grammar, span: Span, core: Span, entities: list[Entity]) -> Mention | None:
    """Read "X and Y" where both are names and nothing but titles stands between them."""
    text = grammar.doc.text
    named = [e for e in entities if _is(e, "person", "organisation", "place")]
    run: list[Entity] = named[:1]
    for entity in named[1:]:
        between = text[run[-1].span.end : entity.span.start]
        plain = " ".join(w for w in between.split() if lexicon.title_gender(w) is None)
        joined = re.search(r"\band\b|&|,", between) is not None
        if not joined or not (_AND.match(plain) or _title_run(between)):
            break
        run.append(entity)
    together = len(run) > 1 and re.search(r"\band\b|&", text[run[-2].span.end : run[-1].span.start])
    if not together or not core.meets(run[0].span) or not _same_kind(run):
        return None
    if text[run[0].span.end : run[-1].span.start].strip().startswith(",") and len(run) == 2:  # noqa: PLR2004
        return None  # "X, of Y and Z": an apposition, not a list
    first, *others = (e.span for e in run)
    return Mention(
        span, core, Form.JOINT, name=first, others=tuple(others), plural=True, definite=True
    )


def _title_run(between: str) -> bool:
    """Say whether what joins two names is "and" and a description that ends in a title or role."""
    words = between.split()
    if len(words) < 2 or words[0] not in ("and", "&"):  # noqa: PLR2004
        return False
    last = words[-1]
    return lexicon.title_gender(last) is not None or lexicon.person_gender(last) is not None


def _same_kind(run: list[Entity]) -> bool:
    people = [_is(e, "person") for e in run]
    return all(people) or not any(people)


# ---------------------------------------------------------------------- one name
def _named(grammar: Grammar, span: Span, core: Span, entities: list[Entity]) -> Mention | None:
    """Read a phrase that ends in a name: "CNN host Wolf Blitzer", "the United Nations"."""
    ending = [e for e in entities if e.span.end >= core.end and e.span.start < core.end]
    text = grammar.doc.text
    known = names.without_determiner(core.of(text))
    if lexicon.organisation(known) is not None:
        start = text.index(known, core.start)
        name = Span(start=start, end=start + len(known))
        body = SpeakerKind.ORGANISATION
        return Mention(span, core, Form.NAME, name=name, kind=body, definite=True)
    if not ending:
        return _proper(grammar, span, core)
    entity = ending[-1]
    kind = lexicon.entity_kind(entity.type)
    if kind is None:
        return _proper(grammar, span, core)
    if kind == "group":
        return None  # "Mexicans": a people, described rather than named
    before = text[core.start : entity.span.start].strip()
    if kind != "person" and _indefinite(before):
        return None  # "a Democratic Party": one of several, so a description
    owned = kind != "person" and before.endswith(("'s", "’s", "s'", "s’"))  # "India's"
    role = _role(text, span, core, entity.span, "" if owned else before)
    is_body = kind != "person" or _body_role(role)
    speaker = SpeakerKind.ORGANISATION if is_body else SpeakerKind.PERSON
    return Mention(span, core, Form.NAME, name=entity.span, kind=speaker, role=role, definite=True)


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
    if any(lexicon.person_gender(w.low) or lexicon.is_group(w.low) for w in own[-1:]):
        return None
    name = Span(start=own[0].span.start, end=own[-1].span.end)
    first = names.split_titles(name.of(grammar.doc.text))[1][0]
    titled = lexicon.title_gender(own[0].low) is not None
    person = titled or (len(own) > 1 and lexicon.first_name_gender(first) is not None)
    kind = SpeakerKind.PERSON if person else None
    return Mention(span, core, Form.NAME, name=name, kind=kind, definite=True)


def _role(text: str, span: Span, core: Span, name: Span, before: str) -> str:
    """Return what the mention says of the named: the apposition after it, else the words before."""
    after = _PARENTHESIS.sub("", text[max(name.end, core.end) : span.end])
    after = _AGE.sub("", after.strip(" ,\n"))
    if after and after.split()[0].lower() not in lexicon.function_words("no-role"):
        return after
    words = before.split()
    while words and (
        words[0].lower() in lexicon.function_words("definite") or lexicon.is_honorific(words[-1])
    ):
        words = words[1:] if words[0].lower() in lexicon.function_words("definite") else words[:-1]
    return " ".join(words)


def _apposed(grammar: Grammar, span: Span, core: Span, entities: list[Entity]) -> Mention | None:
    """Read a description with the name after a comma: "the minister, Mr. Guajardo"."""
    text = grammar.doc.text
    for entity in entities:
        if not _is(entity, "person") or entity.span.start < core.end:
            continue
        between = text[core.end : entity.span.start]
        words = between.rpartition(",")[2].split()
        titles_only = all(lexicon.title_gender(word) is not None for word in words)
        if "," in between and titles_only and _ends_segment(text, span, entity.span):
            role = names.without_determiner(
                text[core.start : core.end] + between.rpartition(",")[0]
            )
            return Mention(
                span, core, Form.NAME, name=entity.span, kind=SpeakerKind.PERSON, role=role,
                definite=True,
            )  # fmt: skip
    return None


def _ends_segment(text: str, span: Span, name: Span) -> bool:
    rest = _PARENTHESIS.sub("", text[name.end : span.end]).strip()
    return not rest or rest[0] in ",;"


# ---------------------------------------------------------------------- descriptions
def _described(grammar: Grammar, span: Span, core: Span, entities: list[Entity]) -> Mention:
    words = grammar.inside(core)
    nouns = [w for w in words if w.token.upos in NOMINAL] or list(words)
    head = nouns[-1]
    noun = singular(head)
    first = words[0].low
    plural = "Number=Plur" in head.token.feats or head.token.xpos in ("NNS", "NNPS")
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
        definite=first in lexicon.function_words("definite") or _possessed(words),
        plural=plural,
        modifiers=modifiers,
    )


def _possessed(words: tuple[Word, ...]) -> bool:
    """Say whether a possessor makes the phrase definite: "Clinton's campaign"."""
    return any(w.token.upos == "PART" and w.token.deprel == "case" for w in words)


def singular(word: Word) -> str:
    """Return a noun's lemma in lower case, or its text where the lemmatizer left none."""
    return (word.token.lemma or word.token.text).lower()
