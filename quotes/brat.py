"""brat standoff annotations (.ann) of attribution -> spans by role. No files, no ORM.

The format: Stenetorp et al., brat (EACL 2012), and its documentation of the standoff format. As
PolNeAR 1.0 uses it, an attribution is an event `E1<TAB>Attribution:T4 Content:T3 Cue:T2 Source:T1`
over text-bound `T3<TAB>Content 115 290;295 300<TAB>words`. Read as well: events whose trigger is
the cue, several arguments of a role (`Content2:`), and binary relations between a content and its
cue or source. Offsets are code points.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from quotes.nlp.document import Span
from quotes.refusals import InputError

Roles = dict[str, tuple[Span, ...]]

# Names that annotation schemes give to the same three roles, and to text that is not judged.
_ROLES = {
    "content": "content",
    "quotation": "content",
    "quote": "content",
    "source": "source",
    "speaker": "source",
    "cue": "cue",
    "discard": "discard",
}
_TEXT_BOUND = re.compile(r"(T\S+)\t(\S+) (\d{1,12} \d{1,12}(?:;\d{1,12} \d{1,12})*)(?:\t(.*))?")
_RELATION = re.compile(r"(R\S+)\t(\S+) (\S+):(\S+) (\S+):(\S+)")
_NUMBERED = re.compile(r"[\d_-]+$")
_IGNORED = ("A", "M", "N", "#")
_SHOWN_CHARS = 60


class AnnotationError(InputError):
    """A line of an .ann file cannot be taken; `line` counts from 1."""

    def __init__(self, line: int, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.line = line


@dataclass(frozen=True)
class Annotations:
    """The attributions of one file, its discarded spans, and what in it was not read, in words."""

    attributions: list[Roles]
    discards: tuple[Span, ...]
    notes: list[str]


@dataclass(frozen=True)
class _Entity:
    """A text-bound annotation; `role` is "" for a type that is none of attribution's."""

    type: str
    role: str
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class _Link:
    """An event or a relation: its line, its type, and (role as written, id) of what it joins."""

    line: int
    name: str
    type: str
    arguments: list[tuple[str, str]]


@dataclass
class _File:
    """What the lines of one file hold, before they are joined."""

    entities: dict[str, _Entity] = field(default_factory=dict)
    events: list[_Link] = field(default_factory=list)
    relations: list[_Link] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)


def read(annotations: str, text: str) -> Annotations:
    """Return the attributions that `annotations`, an .ann file's content, makes of `text`.

    Raises AnnotationError for a line that is no annotation, whose words are not those that stand
    at its offsets, or that refers to what the file does not have. Annotations of other kinds
    (attributes, notes, other types) are left out and named in `notes`.
    """
    file = _File()
    # Not splitlines(): a word may hold a form feed or a Unicode line separator.
    for number, line in enumerate(annotations.split("\n"), start=1):
        if line.strip():
            _read_line(file, number, line.removesuffix("\r"), text)
    attributions, used = _attributions(file)
    discards = [s for e in file.entities.values() if e.role == "discard" for s in e.spans]
    notes = list(_notes(file, used))
    return Annotations(attributions, tuple(sorted(discards, key=_by_start)), notes)


def _by_start(span: Span) -> int:
    return span.start


def _read_line(file: _File, number: int, line: str, text: str) -> None:
    if line.startswith("T"):
        name, entity = _entity(number, line, text)
        if name in file.entities:
            raise AnnotationError(number, f"has {name} a second time", "give each its own number")
        file.entities[name] = entity
    elif line.startswith("E"):
        file.events.append(_event(number, line))
    elif line.startswith("R"):
        match = _RELATION.fullmatch(line.rstrip())
        if match is None:
            raise _malformed(number, line, "R1<TAB>Type Arg1:T1 Arg2:T2")
        name, kind, *ends = match.groups()
        file.relations.append(_Link(number, name, kind, [(ends[0], ends[1]), (ends[2], ends[3])]))
    elif line.startswith("*"):
        file.skipped["equivalences"] += 1
    elif not line.startswith(_IGNORED):
        raise _malformed(number, line, "T…, E…, R…, A…, N… or #…, with tabs")


def _malformed(number: int, line: str, form: str) -> AnnotationError:
    return AnnotationError(
        number, f"is no brat annotation ({line[:_SHOWN_CHARS]!r})", f"write {form}"
    )


def _entity(number: int, line: str, text: str) -> tuple[str, _Entity]:
    match = _TEXT_BOUND.fullmatch(line)
    if match is None:
        raise _malformed(number, line, "T1<TAB>Type start end<TAB>words")
    name, kind, offsets, words = match.groups()
    ranges = [tuple(map(int, pair.split())) for pair in offsets.split(";")]
    for start, end in ranges:
        if not start < end <= len(text):
            problem = f"has the offsets {start} {end}, and the text {len(text)} characters"
            raise AnnotationError(number, problem, "use the text that was annotated")
    _check_words(number, text, ranges, words)
    spans = tuple(Span(start=start, end=end) for start, end in sorted(ranges))
    return name, _Entity(kind, _role(kind), spans)


def _check_words(
    number: int, text: str, ranges: Iterable[tuple[int, ...]], words: str | None
) -> None:
    """Raise AnnotationError unless `words`, if given, stand at `ranges`, spaces aside."""
    if words is None:
        return
    there = [text[start:end] for start, end in ranges]
    if "".join("".join(there).split()) == "".join(words.split()):
        return
    units = text.encode("utf-16-le", "surrogatepass")
    counted = [units[2 * s : 2 * e].decode("utf-16-le", "replace") for s, e in ranges]
    if "".join("".join(counted).split()) == "".join(words.split()):
        remedy = "count code points: these offsets count UTF-16 units"
    else:
        remedy = "use the text that was annotated, its line ends and spaces unchanged"
    shown = " ".join(there)[:_SHOWN_CHARS]
    problem = f"says {words[:_SHOWN_CHARS]!r}, and at its offsets stands {shown!r}"
    raise AnnotationError(number, problem, remedy)


def _role(name: str) -> str:
    """Return the role that a type or an argument names, whatever its case and number, else ""."""
    return _ROLES.get(_NUMBERED.sub("", name).lower(), "")


def _event(number: int, line: str) -> _Link:
    name, tab, rest = line.rstrip().partition("\t")
    arguments = [tuple(part.partition(":")[::2]) for part in rest.split()]
    if not tab or not arguments or not all(role and target for role, target in arguments):
        raise _malformed(number, line, "E1<TAB>Attribution:T4 Content:T3 Cue:T2 Source:T1")
    trigger, *others = arguments
    # The trigger is of the event's own type; where that is a role ("Cue:T2"), it plays it.
    held = [(role, target) for role, target in others]
    return _Link(number, name, trigger[0], [(trigger[0], trigger[1]), *held])


def _target(file: _File, link: _Link, name: str) -> _Entity | None:
    """Return the entity that a link names, None for another event; AnnotationError if neither."""
    if name in file.entities:
        return file.entities[name]
    if any(name == event.name for event in file.events):
        return None
    problem = f"refers to {name}, which the file does not have"
    raise AnnotationError(link.line, problem, "give the whole .ann file")


def _attributions(file: _File) -> tuple[list[Roles], set[str]]:
    """Return the attributions that events and relations make, and the ids that they use."""
    found: list[Roles] = []
    used: set[str] = set()
    for event in file.events:
        roles: dict[str, list[str]] = defaultdict(list)
        for written, target in event.arguments:
            entity = _target(file, event, target)
            if entity is None:
                file.skipped["events inside events"] += 1
            elif role := _role(written):
                roles[role].append(target)
        if not roles.get("content"):
            file.skipped["events without a content"] += 1
            continue
        used.update(name for names in roles.values() for name in names)
        found.append(_joined(file, roles))
    for roles in _related(file, used):
        used.update(name for names in roles.values() for name in names)
        found.append(_joined(file, roles))
    return found, used


def _joined(file: _File, roles: dict[str, list[str]]) -> Roles:
    """Return the spans of each role, those of several entities together."""
    return {
        role: tuple(
            sorted(
                {s for name in roles.get(role, ()) for s in file.entities[name].spans},
                key=_by_start,
            )
        )
        for role in ("content", "source", "cue")
    }


def _related(file: _File, used: set[str]) -> Iterator[dict[str, list[str]]]:
    """Yield an attribution for each content, or contents related to each other, that relations use.

    Its cues and sources are those related to it, and sources related to its cues.
    """
    beside: dict[str, set[str]] = defaultdict(set)
    for relation in file.relations:
        one, other = (target for _, target in relation.arguments)
        if _target(file, relation, one) and _target(file, relation, other):
            beside[one].add(other)
            beside[other].add(one)
    taken = set(used)
    for name in file.entities:
        if name in taken or name not in beside or file.entities[name].role != "content":
            continue
        contents = _spread(file, beside, {name}, "content")
        taken |= contents
        cues = _beside(file, beside, contents, "cue")
        sources = _beside(file, beside, contents | cues, "source")
        yield {"content": sorted(contents), "cue": sorted(cues), "source": sorted(sources)}


def _beside(file: _File, beside: dict[str, set[str]], names: set[str], role: str) -> set[str]:
    return {n for name in names for n in beside[name] if file.entities[n].role == role}


def _spread(file: _File, beside: dict[str, set[str]], names: set[str], role: str) -> set[str]:
    """Return `names` with all of the same role that relations join to them."""
    spread: set[str] = set()
    while names:
        spread |= names
        names = _beside(file, beside, names, role) - spread
    return spread


def _notes(file: _File, used: set[str]) -> Iterator[str]:
    """Yield what the file has that makes no part of an attribution, in words."""
    triggers = {event.arguments[0][1] for event in file.events}
    unknown = Counter(
        entity.type
        for name, entity in file.entities.items()
        if not entity.role and name not in triggers
    )
    for kind, number in sorted(unknown.items()):
        yield f"{number} of type {kind} left out"
    for kind, number in sorted(file.skipped.items()):
        yield f"{number} {kind} left out"
    alone = Counter(
        entity.role
        for name, entity in file.entities.items()
        if entity.role not in ("", "discard") and name not in used
    )
    for role, number in sorted(alone.items()):
        yield f"{number} {role} in no attribution left out"
