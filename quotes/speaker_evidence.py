"""Are two speakers one? Names first, then what their contexts say for and against. Pure.

The odds of a name relation and of each observation are multiplied as if they were independent.
Source of the method: I. P. Fellegi and A. B. Sunter, "A Theory for Record Linkage", 1969.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from quotes import body_names, gazetteer, name_data, person_names
from quotes.nlp.document import SpeakerKind
from quotes.params import LINKING
from quotes.person_names import Relation

_NO_ODDS = -12.0
_KNOWN = 0.99  # identifiers are given by people, who err too
_DAYS_A_YEAR = 365.25
_MONTH_DAYS = 31
_DECADES, _GENERATION, _LIFETIME = 20, 35, 60
_REMEMBERED = 8192
_WORD = re.compile(r"[\w'’-]+")
_BY_RELATION = {
    Relation.SAME: "same-name",
    Relation.ORDER: "name-order",
    Relation.SPELLING: "name-spelling",
    Relation.MIDDLE: "middle-name",
    Relation.INITIAL: "name-initials",
    Relation.NICKNAME: "nickname",
    Relation.LONGER: "longer-name",
    Relation.NEAR: "near-spelling",
    Relation.ABBREVIATED: "abbreviated-name",
}


class Profile(NamedTuple):
    """A speaker as one article, or several, have them.

    `countries` are those of the outlets (ISO 3166-1), `about` those that the articles are about;
    `keys` are the speaker's own company keys, `company` those of others who speak in the same
    articles (quotes/speakers.py).
    """

    kind: SpeakerKind
    names: tuple[str, ...]
    roles: tuple[str, ...] = ()
    countries: frozenset[str] = frozenset()
    about: frozenset[str] = frozenset()
    dates: tuple[date, ...] = ()
    keys: frozenset[str] = frozenset()
    company: frozenset[str] = frozenset()
    wikidata_id: str = ""


class Verdict(NamedTuple):
    """Whether two profiles are one speaker's: a probability, and why in words."""

    score: float
    reason: str


class Clue(NamedTuple):
    """One observation: the log odds that it adds, and its words; without words it goes unsaid."""

    weight: float
    words: str


def compare(one: Profile, other: Profile) -> Verdict:
    """Return how probably two profiles are one speaker's; the same for both orders."""
    if _space(one.kind) != _space(other.kind):
        return Verdict(0.0, "of another kind")
    if one.wikidata_id and other.wikidata_id:
        same = one.wikidata_id == other.wikidata_id
        return Verdict(
            _KNOWN if same else 0.0, f"{'same' if same else 'other'} Wikidata identifier"
        )
    clues = max(
        (_name_clues(a, b, one, other) for a, b in product(one.names, other.names)),
        key=lambda found: (sum(c.weight for c in found), [c.words for c in found]),
        default=[Clue(_NO_ODDS, "no name")],
    )
    if sum(clue.weight for clue in clues) > _NO_ODDS:
        clues = [*clues, *_context_clues(one, other)]
    logit = sum(clue.weight for clue in clues)
    reason = "; ".join(clue.words for clue in clues if clue.words)
    return Verdict(1 / (1 + math.exp(-max(-30.0, min(30.0, logit)))), reason[:200])


def _space(kind: SpeakerKind) -> str:
    bodies = {SpeakerKind.ORGANISATION, SpeakerKind.GROUP}
    return "body" if kind in bodies else str(kind)


# --- names


def _name_clues(a: str, b: str, one: Profile, other: Profile) -> list[Clue]:
    if one.kind is SpeakerKind.PERSON:
        return list(_person_clues(a, b))
    return list(_body_clues(a, b, one, other))


@lru_cache(_REMEMBERED)
def _person_clues(a: str, b: str) -> tuple[Clue, ...]:
    weights = LINKING.name_evidence
    how = person_names.relation(a, b)
    if how is Relation.DIFFERENT:
        return (Clue(_NO_ODDS, str(how)),)
    clues = [Clue(weights[_BY_RELATION[how]], str(how))]
    if person_names.is_common(a) or person_names.is_common(b):
        clues.append(Clue(weights["common-name"], "which many people bear"))
    if person_names.suffix_missing(a, b):
        clues.append(Clue(weights["suffix-missing"], "one is “Jr.” or the like"))
    return tuple(clues)


def _body_clues(a: str, b: str, one: Profile, other: Profile) -> Iterator[Clue]:
    weights = LINKING.name_evidence
    first, second = _institution(a, one), _institution(b, other)
    if first and second:
        same = first == second
        yield Clue(
            weights["same-institution"] if same else _NO_ODDS,
            f"both name the {first.name}" if same else "two institutions",
        )
    elif body_names.body_key(a) == body_names.body_key(b) != "":
        yield Clue(weights["same-body"], "same name")
        if body_names.is_shared(a) or body_names.abbreviation(a):
            yield Clue(weights["shared-body"], "which many bodies bear")
    elif not (first or second) and _abbreviates(a, b):
        yield Clue(weights["body-acronym"], "the letters of its name")
    else:
        yield Clue(_NO_ODDS, "different names")


def _institution(name: str, of: Profile) -> gazetteer.Institution | None:
    return gazetteer.read(name, _places(of.roles) or of.about)


def _abbreviates(a: str, b: str) -> bool:
    return any(
        (short := body_names.abbreviation(x)) is not None
        and short in body_names.abbreviations_of(y)
        for x, y in ((a, b), (b, a))
    )


# --- contexts


def _context_clues(one: Profile, other: Profile) -> Iterator[Clue]:
    weights = LINKING.context_evidence
    yield from _role_clues(one.roles, other.roles)
    yield from _country_clues(one, other)
    if one.kind is SpeakerKind.PERSON and _side_by_side(one, other):
        yield Clue(weights["side-by-side"], "one article has both")
    shared = one.company & other.company
    if shared:
        yield Clue(weights["same-company"] * min(2, len(shared)), "the same others speak beside")
    yield from _date_clues(one.dates, other.dates)


def _side_by_side(one: Profile, other: Profile) -> bool:
    beside = one.keys & other.company or other.keys & one.company
    return bool(beside) and not one.keys & other.keys


def _role_clues(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[Clue]:
    """Let the best pair of roles speak: people change roles, and articles choose among them."""
    pairs = [list(_two_roles(a, b)) for a, b in product(ours, theirs)]
    if pairs:
        yield from max(pairs, key=lambda found: (sum(c.weight for c in found), repr(found)))


def _two_roles(a: str, b: str) -> Iterator[Clue]:
    weights = LINKING.context_evidence
    first, second = read_role(a), read_role(b)
    common = first.words & second.words
    if common and (first.words == second.words or len(common) > 1 or first.names & second.names):
        yield Clue(weights["same-role"], "same role")
    elif common:
        yield Clue(weights["related-role"], "related roles")
    elif first.fields & second.fields:
        yield Clue(weights["same-field"], "")
    elif first.fields and second.fields:
        yield Clue(weights["other-field"], "roles in different fields")
    elif first.words and second.words and not _whole(first.places) & _whole(second.places):
        yield Clue(weights["unrelated-role"], "")
    yield from _place_clues(first.places, second.places)


def _place_clues(ours: frozenset[str], theirs: frozenset[str]) -> Iterator[Clue]:
    weights = LINKING.context_evidence
    if not ours or not theirs:
        return
    if not _whole(ours) & _whole(theirs):
        yield Clue(weights["other-country"], "roles in different countries")
        return
    ours_parts, theirs_parts = _parts(ours), _parts(theirs)
    if ours_parts and theirs_parts and not ours_parts & theirs_parts:
        yield Clue(weights["other-part-of-country"], "roles in different parts of a country")
    else:
        yield Clue(weights["same-country"], "roles in the same country")


def _whole(codes: Iterable[str]) -> set[str]:
    return {code.partition("-")[0] for code in codes}


def _parts(codes: Iterable[str]) -> set[str]:
    return {code for code in codes if "-" in code}


class Role(NamedTuple):
    """What a role says: its own words, those of them that are names, places, fields of work."""

    words: frozenset[str]
    names: frozenset[str]
    places: frozenset[str]
    fields: frozenset[str]


@lru_cache(_REMEMBERED)
def read_role(role: str) -> Role:
    """Return what a role says, places as codes and apart from the other words."""
    found = name_data.place_spans(role)
    rest = role
    for start, end, _ in reversed(found):
        rest = f"{rest[:start]} {rest[end:]}"
    own = [word.replace("’", "'").removesuffix("'s") for word in _WORD.findall(rest)]
    kept = [w for w in own if w.lower() not in name_data.words("past")]
    plain = frozenset(name_data.plain(word) for word in kept)
    return Role(
        words=plain,
        names=frozenset(name_data.plain(word) for word in kept if word[:1].isupper()),
        places=frozenset(code for _, _, code in found),
        fields=frozenset(f for word in plain for f in name_data.fields_of(word)),
    )


def _places(roles: Iterable[str]) -> frozenset[str]:
    return frozenset(code for role in roles for code in read_role(role).places)


def _country_clues(one: Profile, other: Profile) -> Iterator[Clue]:
    weights = LINKING.context_evidence
    if not one.countries or not other.countries:
        return
    if one.countries & other.countries:
        yield Clue(weights["same-outlet-country"], "")
    elif one.kind is SpeakerKind.PERSON and (_is_common(one) or _is_common(other)):
        yield Clue(weights["other-outlet-country-common-name"], "outlets of different countries")
    else:
        yield Clue(weights["other-outlet-country"], "")


def _is_common(profile: Profile) -> bool:
    return all(map(person_names.is_common, profile.names))


def _date_clues(ours: Sequence[date], theirs: Sequence[date]) -> Iterator[Clue]:
    weights = LINKING.context_evidence
    if not ours or not theirs:
        return
    days = min(abs((a - b).days) for a, b in product(ours, theirs))
    years = days / _DAYS_A_YEAR
    if years >= _LIFETIME:
        yield Clue(weights["lifetime-apart"], "more than a lifetime apart")
    elif years >= _GENERATION:
        yield Clue(weights["generation-apart"], "a generation apart")
    elif years >= _DECADES:
        yield Clue(weights["decades-apart"], "decades apart")
    elif days <= _MONTH_DAYS:
        yield Clue(weights["same-month"], "")
    elif years <= 1:
        yield Clue(weights["same-year"], "")
