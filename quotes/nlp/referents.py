"""The people, organisations and places that an article names, each with all its mentions.

Names are grouped inside one article only: partial names with the full one, acronyms with their
expansion. Where two full names fit a partial one, the choice is marked as unsure.
"""

import re
from bisect import bisect_left, insort_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from quotes.nlp import lexicon, names
from quotes.nlp.document import Document, Entity, Span, SpeakerKind
from quotes.nlp.entities import expansions
from quotes.nlp.placed import Placed

_KINDS = {
    "person": SpeakerKind.PERSON,
    "organisation": SpeakerKind.ORGANISATION,
    "group": SpeakerKind.GROUP,
    "place": SpeakerKind.ORGANISATION,
}
_JOINED = re.compile(r"^(?:,[^,.;\n]*,)?\s+and\s+(?:[\w.’'-]+\s+){0,5}$")
_MAX_JOINED_CHARS = 80
_MAX_TITLE_WORDS = 6
_MAX_LINE_CHARS = 400  # more than a few title words ever take
_RUN = re.compile(r"\w+")
_CAPITALS = r"[A-Z][\w'’-]+(?:[ ][A-Z][\w'’-]+)"
_KNOWN_AS = re.compile(
    rf"(?P<name>{_CAPITALS}{{1,4}}),?[ ][(]?"
    r"(?:(?:also|better|popularly|widely|commonly|fondly)[ ])?"
    rf"(?:known[ ]as|alias|aka|a\.k\.a\.)[ ][“\"‘']?(?P<other>{_CAPITALS}{{0,2}})"
)


@dataclass
class Referent:
    """Something the article names. `span` is where its fullest form first stands.

    `first_uses` has the forms of its name, each with where it first stands; `roles` are
    descriptions that the article gives it ("US special presidential envoy"); mentions are in text
    order.
    """

    name: str
    kind: SpeakerKind
    span: Span
    gender: str | None = None
    is_place: bool = False
    mentions: list[Span] = field(default_factory=list)
    first_uses: dict[str, int] = field(default_factory=dict)
    roles: list[str] = field(default_factory=list)

    def add(self, span: Span, form: str) -> None:
        """Note a mention and the form that it takes."""
        insort_left(self.mentions, span, key=_start)
        self.first_uses[form] = min(span.start, self.first_uses.get(form, span.start))

    @property
    def aliases(self) -> Iterable[str]:
        """The forms of its name, as they were noted: the fullest first."""
        return self.first_uses.keys()

    def describe(self, role: str) -> None:
        """Note a description that the article gives it."""
        if role not in self.roles:
            self.roles.append(role)

    def last_before(self, offset: int) -> Span | None:
        """Return the mention that starts last before `offset`."""
        last = bisect_left(self.mentions, offset, key=_start) - 1
        return self.mentions[last] if last >= 0 else None


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


def _start(span: Span) -> int:
    return span.start


class _Index:
    """Numbers of referents in `Referents.all`, ascending, by what may name them.

    A text of book length has thousands: comparing each with each would take hours.
    """

    def __init__(self) -> None:
        self._people: dict[str, list[int]] = defaultdict(list)
        self._bodies: dict[tuple[str, ...], set[int]] = defaultdict(set)
        self._names: dict[tuple[str, ...], set[int]] = defaultdict(set)
        self._endings: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self._beginnings: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self._initials: dict[str, list[int]] = defaultdict(list)
        self._acronyms: dict[str, list[int]] = defaultdict(list)
        self._numbers: dict[int, int] = {}

    def add_person(self, number: int, person: Referent) -> None:
        """Note a person by each word of the name, and by the halves of the surname."""
        key = names.person_key(person.name)
        for word in dict.fromkeys((*key, *key[-1].split("-")) if key else ()):
            self._people[word].append(number)

    def people(self, key: tuple[str, ...]) -> Iterable[int]:
        """Return the people whose name may be or hold `key`: any that has its last word."""
        return self._people.get(key[-1], ()) if key else ()

    def add_body(self, number: int, body: Referent) -> None:
        """Note a body by its name, its ends, its initials, its beginning, as an acronym if one."""
        key = names.organisation_key(body.name)
        self._numbers[id(body)] = number
        self._names[key].add(number)
        self._bodies[key].add(number)
        for length in range(1, len(key) if not body.is_place else 1):
            self._endings[key[-length:]].append(number)
        for beginning in names.company_beginnings(body.name):
            self._beginnings[beginning].append(number)
        for initials in names.acronyms_of(body.name):
            self._initials[initials].append(number)
        if names.is_acronym(body.name):
            self._acronyms[names.fold(body.name)].append(number)

    def add_form(self, body: Referent, form: str) -> None:
        """Note another name of a body; of a person, nothing."""
        if (number := self._numbers.get(id(body))) is not None:
            self._bodies[names.organisation_key(form)].add(number)

    def same_bodies(self, key: tuple[str, ...], full: str | None) -> list[int]:
        """Return the bodies called so, or whose name is what the form is short for."""
        found = self._bodies.get(key, set())
        if full is not None:
            found = found | self._names.get(names.organisation_key(full), set())
        return sorted(found)

    def by_acronym(self, form: str) -> list[int]:
        """Return the bodies that an acronym stands for, or the acronyms of a name."""
        if names.is_acronym(form):
            return self._initials.get(names.fold(form), [])
        found = (self._acronyms.get(initials, []) for initials in names.acronyms_of(form))
        return sorted(number for numbers in found for number in numbers)

    def ending_in(self, key: tuple[str, ...]) -> list[int]:
        """Return the bodies, no places, whose name ends in `key`: "The Post"."""
        return self._endings.get(key, [])

    def beginning_with(self, key: tuple[str, ...]) -> list[int]:
        """Return the companies whose name is `key` and what is left out: "Konfut" Foods."""
        return self._beginnings.get(key, [])


class _Places:
    """Where surnames stand in a text, found in one pass over it."""

    def __init__(self, text: str, surnames: Iterable[str]) -> None:
        self._text = text
        firsts = (_RUN.search(surname) for surname in surnames)
        self._starts: dict[str, list[int]] = {first.group(): [] for first in firsts if first}
        for run in _RUN.finditer(text):
            if run.group() in self._starts:
                self._starts[run.group()].append(run.start())

    def of(self, surname: str) -> Iterator[Span]:
        """Yield where `surname`, one of those given, stands as a word of its own."""
        first = _RUN.search(surname)
        whole = re.compile(rf"(?<![\w-]){re.escape(surname)}(?![\w-])")
        if first is None:
            return
        for at in self._starts[first.group()]:
            if found := whole.match(self._text, max(0, at - first.start())):
                yield Span(start=found.start(), end=found.end())


class Referents:
    """All referents of a parsed document, and look-ups by name.

    `missed` are people's names that the recogniser overlooked or took for a place's or a body's,
    but the article's own names tell.
    """

    def __init__(self, doc: Document) -> None:
        self._doc = doc
        self.all: list[Referent] = []
        self.missed: list[Entity] = []
        self._index = _Index()
        self._expansions = expansions(doc.text)
        self._known_as = _other_names(doc.text)
        people = [e for e in doc.entities if lexicon.entity_kind(e.type) == "person"]
        self._person_type = people[0].type if people else ""
        # Full names first, so that a partial name finds the full one wherever it stands.
        for entity in sorted(people, key=self._name_length, reverse=True):
            self._add_person(entity.span)
        kinds = ("organisation", "group", "place")
        bodies = [e for e in doc.entities if lexicon.entity_kind(e.type) in kinds]
        self._place_keys = _mostly_places(doc)
        for entity in sorted(bodies, key=lambda e: -len(e.span.of(doc.text))):
            self._add_body(entity)
        self._add_missed_surnames()
        self.pairs = tuple(self._pairs())
        self._numbers = {id(referent): number for number, referent in enumerate(self.all)}
        self._bearers: dict[str, set[int]] = defaultdict(set)
        self._said: dict[int, set[str]] = defaultdict(set)
        for referent in self.all:
            for role in referent.roles:
                self._note_role(referent, role)

    def _name_length(self, entity: Entity) -> int:
        return len(names.person_key(entity.span.of(self._doc.text)))

    # ------------------------------------------------------------------ roles
    def describe(self, referent: Referent, role: str) -> None:
        """Note a description that the article gives to a referent, titles written out."""
        referent.describe(role)
        self._note_role(referent, role)

    def _note_role(self, referent: Referent, role: str) -> None:
        words = role.split()
        self.note(referent, [*words, *map(lexicon.title_in_full, words)])

    def note(self, referent: Referent, words: Iterable[str]) -> None:
        """Note words with which the article says what a referent is."""
        number = self._numbers[id(referent)]
        low = {word.strip(".,").lower() for word in words}
        for word in low.union(lexicon.offices(low)):
            self._bearers[word].add(number)
            self._said[number].add(word)

    def said_of(self, referent: Referent) -> set[str]:
        """Return the words by which the article says what a referent is, lower case."""
        return self._said.get(self._numbers[id(referent)], set())

    def bearers(self, word: str) -> list[Referent]:
        """Return the referents of which the article says `word`, in the order of `all`."""
        return [self.all[number] for number in sorted(self._bearers.get(word, ()))]

    # ------------------------------------------------------------------ people
    def person(self, form: str, offset: int) -> Match | None:
        """Return the person whom `form` names at `offset`: same name, or the one it is part of.

        Of several that fit, the one of the right gender whom `offset` has been told of by these
        words, the last such: "Ms. Roe" is not "her daughter Ana", named in full further on.
        """
        key = names.person_key(form)
        key = self._known_as.get(key, key)
        people = [self.all[number] for number in self._index.people(key)]
        same = [r for r in people if names.person_key(r.name) == key]
        longer = [r for r in people if names.is_part_of(key, names.person_key(r.name))]
        fitting = (same or longer) if len(key) > 1 else (longer or same)
        told = names.gender(form)
        agreeing = [r for r in fitting if not told or r.gender in (told, None)] or fitting
        if not agreeing:
            first, _, rest = form.partition(" ")
            titled = rest and first.lower() in lexicon.function_words("title-or-name")
            return self.person(rest, offset) if titled else None
        best = max(agreeing, key=lambda r: (self._is_told(r, key, offset), _recency(r, offset)))
        rule = "name" if best in same else "partial-name"
        return Match(best, sure=len(agreeing) == 1, rule=rule)

    def _is_told(self, person: Referent, key: tuple[str, ...], offset: int) -> bool:
        """Say whether a person has been named with the words of `key` before `offset`."""
        forms = (form for form, first in person.first_uses.items() if first < offset)
        return any(set(key) <= set(names.person_key(form)) for form in forms)

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
            name = names.own_name(titled)
            alone = lexicon.first_name_gender(own[0]) if len(own) == 1 else None
            found = Referent(name, SpeakerKind.PERSON, span, gender or alone)
            self._index.add_person(len(self.all), found)
            self.all.append(found)
        else:
            found = match.referent
            found.gender = found.gender or gender
        found.add(span, " ".join(own))
        role = [word for word in (*before, *titles) if not lexicon.is_honorific(word)]
        if role:
            found.describe(" ".join(role))

    def _add_missed_surnames(self) -> None:
        """Note surnames that the recogniser missed: a person named in full once is meant again.

        They are the entities `missed`.
        """
        taken = bytearray(len(self._doc.text))
        for span in (span for referent in self.all for span in referent.mentions):
            taken[span.start : span.end] = b"\1" * (span.end - span.start)
        surnames = {
            number: own[-1]
            for number, referent in enumerate(self.all)
            if referent.kind is SpeakerKind.PERSON and len(own := names.words(referent.name)) > 1
            if not own[-1].islower() and not lexicon.title_gender(own[-1])
        }
        places = _Places(self._doc.text, surnames.values())
        for number, surname in surnames.items():
            for span in places.of(surname):
                if taken.find(1, span.start, span.end) < 0 and self._stands_alone(span):
                    self.all[number].add(span, surname)
                    self.missed.append(Entity(span=span, type=self._person_type))

    def _stands_alone(self, span: Span) -> bool:
        """Say whether a surname is part of no other name: "Bill Clinton", "Clinton House"."""
        line = self._line_before(span)
        before = line.split()[-1] if line.split() else ""
        named = before[:1].isupper() and before[-1].isalpha() and not _opens_sentence(line)
        title = lexicon.title_gender(before) is not None
        after = self._doc.text[span.end : span.end + 2]
        return (not named or title) and not (after[:1] == " " and after[1:].isupper())

    def _line_before(self, span: Span) -> str:
        """Return what stands on its line before `span`, as far back as a rule may look."""
        start = max(0, span.start - _MAX_LINE_CHARS)
        return self._doc.text[start : span.start].rpartition("\n")[2]

    def titled(self, span: Span) -> str:
        """Return the name at `span` with the titles that stand before it: they tell the gender."""
        return " ".join([*self._titles_before(span), span.of(self._doc.text)])

    def _titles_before(self, span: Span) -> list[str]:
        """Return the titles that stand directly before `span`: "Tan Sri", "(Dr)" as "Dr"."""
        words = [word.strip("()") for word in self._line_before(span).split()[-_MAX_TITLE_WORDS:]]
        found: list[str] = []
        while words:
            own = words[-2:] if lexicon.title_length(words[-2:]) == len(words[-2:]) else words[-1:]
            if not lexicon.title_length(own):
                break
            found.insert(0, " ".join(own))
            del words[-len(own) :]
        return found

    # ------------------------------------------------------------------ bodies
    def body(self, form: str) -> Match | None:
        """Return the organisation, group or place that `form` names, by name, acronym or part."""
        key = names.organisation_key(form)
        full = self._expansions.get(names.fold(form)) or lexicon.organisation(form)
        for rule, numbers in (
            ("name", self._index.same_bodies(key, full)),
            ("acronym", self._index.by_acronym(form)),
            ("partial-name", self._index.ending_in(key)),
            ("partial-name", self._companies(key)),
        ):
            fitting = [self.all[number] for number in numbers]
            if fitting:
                best = max(fitting, key=lambda r: len(r.mentions))
                return Match(best, sure=len(fitting) == 1, rule=rule)
        return None

    def _companies(self, key: tuple[str, ...]) -> list[int]:
        """Return the companies that `key` begins the name of; none if it is a place here."""
        return [] if key in self._place_keys else self._index.beginning_with(key)

    def company_before(self, person: Referent, form: str, offset: int) -> Match | None:
        """Return the company that `form` is short for, where it is told of and `person` not yet.

        "Roe Motor fell. Roe said …", and Ana Roe comes further on.
        """
        if person.last_before(offset) is not None:
            return None
        found = [self.all[number] for number in self._companies(names.organisation_key(form))]
        told = [body for body in found if body.last_before(offset) is not None]
        return Match(told[-1], sure=len(told) == 1, rule="partial-name") if told else None

    def _add_body(self, entity: Entity) -> None:
        form = names.without_determiner(entity.span.of(self._doc.text))
        if not form or not form[0].isalnum():
            return
        match = self.body(form)
        person = self.person(form, entity.span.start) if " " not in form else None
        if person is not None and match is None:
            person.referent.add(entity.span, form)  # a surname taken for a place or a firm
            self.missed.append(Entity(span=entity.span, type=self._person_type))
            return
        if match is None:
            full = self.full_name(form)
            known = lexicon.organisation(full) is not None
            kind = "organisation" if known else lexicon.entity_kind(entity.type) or "organisation"
            is_place = kind == "place" and full == form
            found = Referent(full, _KINDS[kind], entity.span, is_place=is_place)
            self._index.add_body(len(self.all), found)
            self.all.append(found)
        else:
            found = match.referent
        self._index.add_form(found, form)
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

    @cached_property
    def _places(self) -> Placed[Referent]:
        return Placed((span, referent) for referent in self.all for span in referent.mentions)

    def mentioned(self, span: Span) -> list[tuple[Span, Referent]]:
        """Return the mentions that overlap `span`: in the order of `all`, then of the text."""
        return self._places.meeting(span)

    def at(self, span: Span) -> list[Referent]:
        """Return the referents with a mention that overlaps `span`, in text order of mention."""
        found = sorted(self.mentioned(span), key=lambda pair: pair[0].start)
        return [referent for _, referent in found]

    @cached_property
    def _by_word(self) -> dict[str, list[Referent]]:
        found: dict[str, list[Referent]] = defaultdict(list)
        for referent in self.all:
            if referent.kind is not SpeakerKind.PERSON:
                for word in dict.fromkeys(names.organisation_key(referent.name)):
                    found[word].append(referent)
        return dict(found)

    def bodies_with(self, word: str) -> list[Referent]:
        """Return the referents, no people, whose name has `word`, folded as names are."""
        return self._by_word.get(word, [])


def _other_names(text: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return other names of people -> their names, as keys: "Ana Roe, better known as Annie".

    Of the names only the last two words, since an office may stand before them.
    """
    return {
        names.person_key(found["other"]): names.person_key(" ".join(found["name"].split()[-2:]))
        for found in _KNOWN_AS.finditer(text)
    }


def _mostly_places(doc: Document) -> frozenset[tuple[str, ...]]:
    """Return the names, as keys, that are a place's or a people's more often than not."""
    votes: Counter[tuple[str, ...]] = Counter()
    for entity in doc.entities:
        is_place = lexicon.entity_kind(entity.type) in ("place", "group")
        votes[names.organisation_key(entity.span.of(doc.text))] += 1 if is_place else -1
    return frozenset(key for key, lead in votes.items() if lead > 0)


def _opens_sentence(line: str) -> bool:
    """Say whether the last word of `line` is the first of a sentence, so capital in any case."""
    words = line.split()
    return len(words) == 1 or words[-2][-1] in '.?!”"'


def _recency(referent: Referent, offset: int) -> tuple[bool, int]:
    last = referent.last_before(offset + 1)
    return last is not None, last.start if last else -referent.span.start
