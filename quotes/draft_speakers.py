"""Whom a draft names and whom the archive names: one speaker, two, or not to be told. Pure.

Careful on both sides: a surname is taken for the full name that has it, but that a quotation is
somebody else's is only said of names that cannot be one speaker's.
"""

from collections.abc import Iterable
from enum import StrEnum

from quotes import body_names, person_names
from quotes.nlp.document import SpeakerKind
from quotes.person_names import Relation
from quotes.speakers import canonical_key

_BODIES = frozenset({SpeakerKind.ORGANISATION, SpeakerKind.GROUP})
_MAYBE = frozenset({Relation.NEAR, Relation.ABBREVIATED, Relation.LONGER})


class Same(StrEnum):
    """Whether two are one speaker."""

    YES = "same"
    NO = "other"
    UNKNOWN = "unknown"


def same_speaker(
    names: Iterable[str],
    kind: SpeakerKind | str | None,
    role: str,
    *,
    other_names: Iterable[str],
    other_kind: SpeakerKind | str | None,
    other_role: str,
) -> Same:
    """Return whether a speaker of these names is that of the others; UNKNOWN if one has no name.

    Someone described and not named is nobody's equal, unless in the same words; a person and a
    body are two, unless the person speaks for it.
    """
    ours, theirs = [n for n in names if n.strip()], [n for n in other_names if n.strip()]
    if not ours or not theirs or not kind or not other_kind:
        return Same.UNKNOWN
    is_person = kind == SpeakerKind.PERSON
    if is_person and other_kind == SpeakerKind.PERSON:
        return _best(_persons(a, b) for a in ours for b in theirs)
    found = _best(_bodies(a, b) for a in ours for b in theirs)
    if found is not Same.NO:
        return found
    if is_person != (other_kind == SpeakerKind.PERSON):
        kinds = {kind, other_kind} - {SpeakerKind.PERSON}
        speaks_for = _is_of(role, theirs) if is_person else _is_of(other_role, ours)
        return Same.UNKNOWN if speaks_for or not kinds <= _BODIES else Same.NO
    return Same.NO if {kind, other_kind} <= _BODIES else Same.UNKNOWN


def _best(found: Iterable[Same]) -> Same:
    known = set(found)
    return next(same for same in (Same.YES, Same.UNKNOWN, Same.NO) if same in known or not known)


def _persons(one: str, other: str) -> Same:
    relation = person_names.relation(one, other)
    if relation is not Relation.DIFFERENT:
        return Same.UNKNOWN if relation in _MAYBE else Same.YES
    few, many = sorted(
        (person_names.parse(one), person_names.parse(other)), key=lambda name: len(name.parts)
    )
    if not few.parts:
        return Same.UNKNOWN
    suffixes, genders = {few.suffix, many.suffix} - {""}, {few.title_gender, many.title_gender}
    are_two = len(suffixes) > 1 or len(genders - {None}) > 1
    # One name alone may be the surname, or the first name, of a full one.
    is_part = len(few.parts) == 1 and few.parts[0] in many.parts
    return Same.YES if is_part and not are_two else Same.NO


def _bodies(one: str, other: str) -> Same:
    if canonical_key(one, SpeakerKind.ORGANISATION) == canonical_key(
        other, SpeakerKind.ORGANISATION
    ):
        return Same.YES
    for short, full in ((one, other), (other, one)):
        acronym = body_names.abbreviation(short)
        if acronym and acronym in body_names.abbreviations_of(full):
            return Same.YES
    key = body_names.body_key(one)
    if key and key == body_names.body_key(other):
        return Same.YES
    shared = set(body_names.parts(one)) & set(body_names.parts(other))
    return Same.UNKNOWN if shared else Same.NO


def _is_of(role: str, bodies: Iterable[str]) -> bool:
    """Say whether a person's role names one of the bodies."""
    words = set(body_names.parts(role))
    return any(words & set(body_names.parts(body)) for body in bodies)
