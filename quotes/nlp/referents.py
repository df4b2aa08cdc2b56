"""The people, organisations and places that an article names, each with all its mentions.

Names are grouped inside one article only: partial names with the full one, acronyms with their
expansion. Where two full names fit a partial one, the choice is marked as unsure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from quotes.nlp import lexicon, names
from quotes.nlp.document import Document, Entity, Span, SpeakerKind

_EXPANSION = re.compile(
    r"\b((?:[A-Z][\w'’.&-]*)(?:[ \t]+(?:of|for|and|the|on|in|de|&|[A-Z][\w'’.&-]*)){1,9})"
    r"[ \t]*\(([A-Z][A-Za-z.]{1,9})\)"
)
_KINDS = {
    "person": SpeakerKind.PERSON,
    "organisation": SpeakerKind.ORGANISATION,
    "group": SpeakerKind.GROUP,
    "place": SpeakerKind.ORGANISATION,
}
_JOINED = re.compile(r"^(?:,[^,.;\n]*,)?\s+and\s+(?:[\w.’'-]+\s+){0,5}$")
_MAX_JOINED_CHARS = 80
_MAX_TITLE_WORDS = 6
_INITIALS = re.compile(r"\b(?:[A-Z]\.[ ]?){1,3}$")
_MAX_INITIALS_CHARS = 12


@dataclass
class Referent:
    """Something the article names. `span` is where its fullest form first stands.

    `roles` are descriptions that the article gives it ("US special presidential envoy").
    """

    name: str
    kind: SpeakerKind
    span: Span
    gender: str | None = None
    is_place: bool = False
    mentions: list[Span] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)

    def add(self, span: Span, form: str) -> None:
        """Note a mention and the form that it takes."""
        self.mentions.append(span)
        if form not in self.aliases:
            self.aliases.append(form)

    def last_before(self, offset: int) -> Span | None:
        """Return the mention that starts last before `offset`."""
        return max(
            (span for span in self.mentions if span.start < offset),
            key=lambda span: span.start,
            default=None,
        )


@dataclass(frozen=True)
class Match:
    """A referent found for a name; `sure` is False if another would have fitted as well."""

    referent: Referent
    sure: bool
    rule: str


@dataclass(frozen=True)
class Pair:
    """Two that the text names together, and where."""

    span: Span
    first: Referent
    second: Referent
    people: bool

    @property
    def name(self) -> str:
        """Return both names, joined."""
        return f"{self.first.name} and {self.second.name}"


class Referents:
    """All referents of a parsed document, and look-ups by name."""

    def __init__(self, doc: Document) -> None:
        self._doc = doc
        self.all: list[Referent] = []
        self._expansions = _expansions(doc.text)
        people = [e for e in doc.entities if lexicon.entity_kind(e.type) == "person"]
        # Full names first, so that a partial name finds the full one wherever it stands.
        for entity in sorted(people, key=self._name_length, reverse=True):
            self._add_person(entity.span)
        kinds = ("organisation", "group", "place")
        bodies = [e for e in doc.entities if lexicon.entity_kind(e.type) in kinds]
        for entity in sorted(bodies, key=lambda e: -len(e.span.of(doc.text))):
            self._add_body(entity)
        self._add_missed_surnames()
        for referent in self.all:
            referent.mentions.sort(key=lambda span: span.start)
        self.pairs = tuple(self._pairs())

    def _name_length(self, entity: Entity) -> int:
        return len(names.person_key(entity.span.of(self._doc.text)))

    # ------------------------------------------------------------------ people
    def person(self, form: str, offset: int) -> Match | None:
        """Return the person whom `form` names at `offset`: same name, or the one it is part of.

        Of several that fit, the one of the right gender mentioned last before `offset`.
        """
        key = names.person_key(form)
        people = [r for r in self.all if r.kind is SpeakerKind.PERSON]
        same = [r for r in people if names.person_key(r.name) == key]
        longer = [r for r in people if names.is_part_of(key, names.person_key(r.name))]
        fitting = (same or longer) if len(key) > 1 else (longer or same)
        told = names.gender(form)
        agreeing = [r for r in fitting if not told or r.gender in (told, None)] or fitting
        if not agreeing:
            return None
        best = max(agreeing, key=lambda r: _recency(r, offset))
        rule = "name" if best in same else "partial-name"
        return Match(best, sure=len(agreeing) == 1, rule=rule)

    def _add_person(self, span: Span) -> None:
        form = span.of(self._doc.text)
        titles, own = names.split_titles(form)
        if not own[0][:1].isalpha() or lexicon.pronoun(form) is not None:
            return
        before, titled = self._titles_before(span), self.titled(span)
        gender = names.gender(titled)
        match = self.person(titled, span.start)
        if match is None or (
            match.rule == "name" and gender and match.referent.gender not in (gender, None)
        ):
            name = _own_name(form)
            alone = lexicon.first_name_gender(own[0]) if len(own) == 1 else None
            found = Referent(name, SpeakerKind.PERSON, span, gender or alone)
            self.all.append(found)
        else:
            found = match.referent
            found.gender = found.gender or gender
        found.add(span, _own_name(form))
        role = [word for word in (*before, *titles) if not lexicon.is_honorific(word)]
        if role:
            found.roles.append(" ".join(role))

    def _add_missed_surnames(self) -> None:
        """Note surnames that the recogniser missed: a person named in full once is meant again."""
        taken = [span for referent in self.all for span in referent.mentions]
        for referent in [r for r in self.all if r.kind is SpeakerKind.PERSON]:
            own = names.words(referent.name)
            if len(own) == 1 or own[-1].islower() or lexicon.title_gender(own[-1]):
                continue
            for found in re.finditer(rf"(?<![\w-]){re.escape(own[-1])}(?![\w-])", self._doc.text):
                span = Span(start=found.start(), end=found.end())
                if not any(span.meets(other) for other in taken) and self._stands_alone(span):
                    referent.add(span, own[-1])

    def _stands_alone(self, span: Span) -> bool:
        """Say whether a surname is part of no other name: "Bill Clinton", "Clinton House"."""
        line = self._doc.text[: span.start].rpartition("\n")[2]
        before = line.split()[-1] if line.split() else ""
        named = before[:1].isupper() and before[-1].isalpha() and not _opens_sentence(line)
        title = lexicon.title_gender(before) is not None
        after = self._doc.text[span.end : span.end + 2]
        return (not named or title) and not (after[:1] == " " and after[1:].isupper())

    def titled(self, span: Span) -> str:
        """Return the name at `span` with the titles that stand before it: they tell the gender."""
        return " ".join([*self._titles_before(span), span.of(self._doc.text)])

    def _titles_before(self, span: Span) -> list[str]:
        """Return the title words that stand directly before `span`."""
        line = self._doc.text[: span.start].rpartition("\n")[2]
        found: list[str] = []
        for word in reversed(line.split()[-_MAX_TITLE_WORDS:]):
            if lexicon.title_gender(word) is None:
                break
            found.insert(0, word)
        return found

    # ------------------------------------------------------------------ bodies
    def body(self, form: str) -> Match | None:
        """Return the organisation, group or place that `form` names, by name, acronym or part."""
        key = names.organisation_key(form)
        bodies = [r for r in self.all if r.kind is not SpeakerKind.PERSON]
        for rule, fits in (("name", _same_body), ("acronym", _acronym), ("partial-name", _part)):
            fitting = [r for r in bodies if fits(key, form, r, self._expansions)]
            if fitting:
                best = max(fitting, key=lambda r: len(r.mentions))
                return Match(best, sure=len(fitting) == 1, rule=rule)
        return None

    def _add_body(self, entity: Entity) -> None:
        form = names.without_determiner(entity.span.of(self._doc.text))
        if not form or not form[0].isalnum():
            return
        match = self.body(form)
        person = self.person(form, entity.span.start) if " " not in form else None
        if person is not None and match is None:
            person.referent.add(entity.span, form)  # a surname taken for a place or a firm
            return
        if match is None:
            full = self.full_name(form)
            known = lexicon.organisation(full) is not None
            kind = "organisation" if known else lexicon.entity_kind(entity.type) or "organisation"
            is_place = kind == "place" and full == form
            found = Referent(full, _KINDS[kind], entity.span, is_place=is_place)
            self.all.append(found)
        else:
            found = match.referent
        found.add(entity.span, form)

    def full_name(self, form: str) -> str:
        """Return the fullest name for a body: the article's own expansion, else the known one."""
        return self._expansions.get(names.fold(form)) or lexicon.organisation(form) or form

    # ------------------------------------------------------------------ both
    def named(self, form: str, offset: int) -> Match | None:
        """Return what `form` names at `offset`: a person if one fits, else a body."""
        return self.person(form, offset) or self.body(form)

    def _pairs(self) -> Iterator[Pair]:
        """Yield two of one kind that the text joins: "X, Republican of Iowa, and Y"."""
        mentions = sorted(
            ((span, referent) for referent in self.all for span in referent.mentions),
            key=lambda pair: pair[0].start,
        )
        for (left, first), (right, second) in pairwise(mentions):
            between = self._doc.text[left.end : max(left.end, right.start)]
            people = first.kind is SpeakerKind.PERSON
            alike = people == (second.kind is SpeakerKind.PERSON) and first is not second
            if alike and len(between) <= _MAX_JOINED_CHARS and _JOINED.match(between):
                span = Span(start=left.start, end=right.end)
                yield Pair(span=span, first=first, second=second, people=people)

    def at(self, span: Span) -> list[Referent]:
        """Return the referents with a mention that overlaps `span`, in text order of mention."""
        found = [
            (mention.start, index)
            for index, referent in enumerate(self.all)
            for mention in referent.mentions
            if mention.meets(span)
        ]
        return [self.all[index] for _, index in sorted(found)]


def mended_entities(doc: Document) -> tuple[Entity, ...]:
    """Return the document's entities, cut where the tagger saw a cue and grown to whole words.

    Recognisers take a headline's verb for a surname ("Lindsey Graham Says"), stop inside "O'Neill"
    and run two people joined by "and" together.
    """
    cues = [span for quotation in doc.quotations for span in quotation.cue]
    mended = []
    for entity in doc.entities:
        person = lexicon.entity_kind(entity.type) == "person"
        whole = _whole_words(doc.text, entity.span, person=person)
        for span in _halves(doc.text, whole) if person else [whole]:
            cut = min((c.start for c in cues if span.start < c.start < span.end), default=span.end)
            end = span.start + len(doc.text[span.start : cut].rstrip(" ,"))
            if end > span.start:
                mended.append(Entity(span=Span(start=span.start, end=end), type=entity.type))
    return tuple(mended)


def _whole_words(text: str, span: Span, *, person: bool) -> Span:
    start, end = span.start, span.end
    initials = _INITIALS.search(text, max(0, start - _MAX_INITIALS_CHARS), start)
    if person and initials:
        start = initials.start()
    while start > 0 and (text[start - 1].isalnum() or _joins(text, start - 1)):
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return Span(start=start, end=end)


def _joins(text: str, at: int) -> bool:
    """Say whether the character at `at` is an apostrophe or hyphen inside a word."""
    return (
        text[at] in "'’-"
        and at > 0
        and text[at - 1].isalnum()
        and at + 1 < len(text)
        and text[at + 1].isalnum()
    )


def _halves(text: str, span: Span) -> list[Span]:
    """Return the parts of a person's span around " and ", or the span itself."""
    joint = text.find(" and ", span.start, span.end)
    if not span.start < joint < span.end - len(" and "):
        return [span]
    return [Span(start=span.start, end=joint), Span(start=joint + len(" and "), end=span.end)]


def _opens_sentence(line: str) -> bool:
    """Say whether the last word of `line` is the first of a sentence, so capital in any case."""
    words = line.split()
    return len(words) == 1 or words[-2][-1] in '.?!”"'


def _recency(referent: Referent, offset: int) -> tuple[bool, int]:
    last = referent.last_before(offset + 1)
    return last is not None, last.start if last else -referent.span.start


def _own_name(form: str) -> str:
    return " ".join(names.split_titles(form)[1])


def _same_body(key: tuple[str, ...], form: str, r: Referent, expansions: dict[str, str]) -> bool:
    full = expansions.get(names.fold(form)) or lexicon.organisation(form)
    return key in (names.organisation_key(r.name), *map(names.organisation_key, r.aliases)) or (
        full is not None and names.organisation_key(full) == names.organisation_key(r.name)
    )


def _acronym(_: tuple[str, ...], form: str, r: Referent, __: dict[str, str]) -> bool:
    if names.is_acronym(form):
        return names.abbreviates(form, r.name)
    return names.is_acronym(r.name) and names.abbreviates(r.name, form)


def _part(key: tuple[str, ...], _: str, r: Referent, __: dict[str, str]) -> bool:
    """Say whether `key` ends the name of `r`: "The Post" for "The Washington Post"."""
    full = names.organisation_key(r.name)
    return 0 < len(key) < len(full) and full[-len(key) :] == key and not r.is_place


def _expansions(text: str) -> dict[str, str]:
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
