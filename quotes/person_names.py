"""Two names of persons: could they be one person's, and how do they differ? Pure.

Names are compared part by part: spellings of several alphabets, the order of surname and first
name, short forms, initials, middle names and double surnames. What kind of difference there is
says how often such names are one person's (quotes/params).
"""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from quotes import name_data
from quotes.nlp import lexicon
from quotes.nlp.names import split_titles
from quotes.params import LINKING

_NUMERAL = re.compile(r"[IVX]+")
_SUFFIX = re.compile(r"jr|sr", re.IGNORECASE)
_OF_ABDUL = re.compile(r"^abd(?:[aeou]l)?")
_VOWELS = "aiu"
_ALIKE = frozenset(
    map(frozenset, (("k", "g"), ("s", "z"), ("d", "t"), ("j", "g"), ("j", "i"), ("C", "S")))
)
_REMEMBERED = 8192
_SERVANT = "abd"  # "servant of": how the many spellings of Abdul begin
_MAX_PARTS = 8
_LEAST_CONSONANTS = 2


class Relation(StrEnum):
    """How two names of persons relate, from equal to not to be one person's."""

    SAME = "same name"
    ORDER = "same name in another order"
    SPELLING = "same name in another spelling"
    MIDDLE = "same name with a middle name"
    INITIAL = "same name with initials"
    NICKNAME = "short form of the first name"
    LONGER = "same name with another surname added"
    NEAR = "similar spelling"
    ABBREVIATED = "same surname and initial"
    DIFFERENT = "different names"


class PersonName(NamedTuple):
    """A person's name in its parts: plain, without titles; `suffix` is "jr", "ii" or ""."""

    parts: tuple[str, ...]
    suffix: str
    title_gender: str | None


@lru_cache(_REMEMBERED)
def parse(name: str, *, hyphens_join: bool = False) -> PersonName:
    """Return the parts of a person's name; of 500 characters no more than eight parts count.

    "Tse-tung" is two parts, or with `hyphens_join` one.
    """
    titles, own = split_titles(name)
    genders = {lexicon.title_gender(title) for title in titles} - {"-", None}
    own = _without_titles(own)
    suffix = ""
    while len(own) > 1 and _is_suffix(own[-1].rstrip(".")):
        suffix = name_data.plain(own.pop())
    wholes = [_letters(word) for word in own]
    wholes = [whole.replace("-", "") for whole in wholes] if hyphens_join else wholes
    parts = _joined([part for whole in wholes for part in whole.split("-") if part])
    kept = [part for part in parts if part not in name_data.words("particle")] or parts
    return PersonName(tuple(kept[:_MAX_PARTS]), suffix, genders.pop() if genders else None)


def _is_suffix(word: str) -> bool:
    # In capitals only: Jinping Xi is no eleventh.
    return bool(_SUFFIX.fullmatch(word) or _NUMERAL.fullmatch(word))


def _without_titles(own: list[str]) -> list[str]:
    first = 0
    while first < len(own) - 1 and name_data.is_title(own[first]):
        # "Sheikh Hasina" keeps what would leave one part of two.
        first += 1
    last = len(own)
    while last - first > 1 and _letters(own[last - 1]) in name_data.words("honorific"):
        last -= 1
    return own[first:last]


def _letters(word: str) -> str:
    return "".join(c for c in name_data.plain(word) if c.isalnum() or c == "-")


def _joined(parts: Sequence[str]) -> list[str]:
    """Return the parts with "abdul" and its like joined to what follows."""
    out: list[str] = []
    for part in parts:
        if out and out[-1] in name_data.words("joins") and part != out[-1]:
            if part not in name_data.words("particle"):
                out[-1] = _SERVANT + part
        else:
            out.append(part)
    return out


@lru_cache(_REMEMBERED)
def sound(part: str) -> str:
    """Return what the usual spellings of a name part have in common."""
    rest = _OF_ABDUL.sub("", part)
    if rest and rest != part:
        return _SERVANT + name_data.rewrite(rest)
    return name_data.rewrite(part)


def skeleton(part: str) -> str:
    """Return the consonants of a name part's sound, by which candidates are looked up.

    Alike ones count as one; where fewer than two are left, the sound itself.
    """
    heard = sound(part)
    bones = "".join(c for c in heard if c not in _VOWELS and c != "h")
    bones = bones.translate(str.maketrans("gzdj", "kstS")).replace("C", "S")
    return bones if len(bones) >= _LEAST_CONSONANTS else heard


@lru_cache(_REMEMBERED)
def distance(one: str, other: str) -> float:
    """Return how far two name parts are apart in sound: 0 for equal, else edits; alike ones half.

    Source: Levenshtein's distance with the costs of substitutions set by hand.
    """
    a, b = sound(one), sound(other)
    if a == b:
        return 0.0
    row = [float(i) for i in range(len(b) + 1)]
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], float(i)
        for j, y in enumerate(b, 1):
            best = min(before + _change(x, y), row[j] + _drop(x), row[j - 1] + _drop(y))
            before, row[j] = row[j], best
    return row[-1]


def _change(x: str, y: str) -> float:
    if x == y:
        return 0.0
    both_vowels = x in _VOWELS and y in _VOWELS
    return 0.5 if both_vowels or frozenset((x, y)) in _ALIKE else 1.0


def _drop(x: str) -> float:
    return 0.5 if x == "h" or x in _VOWELS else 1.0


def relation(one: str, other: str) -> Relation:
    """Return how two persons' names relate; the same for both orders of the arguments."""
    readings = {
        _relation(parse(one, hyphens_join=x), parse(other, hyphens_join=y))
        for x in ({False, "-" in one})
        for y in ({False, "-" in other})
    }
    return min(readings, key=list(Relation).index)


def _relation(a: PersonName, b: PersonName) -> Relation:
    if not a.parts or not b.parts or _told_apart(a, b):
        return Relation.DIFFERENT
    few, many = sorted((a.parts, b.parts), key=lambda parts: (len(parts), parts))
    found = (rule(few, many) for rule in _RULES)
    return next((how for how in found if how is not None), Relation.DIFFERENT)


def suffix_missing(one: str, other: str) -> bool:
    """Say whether one of the names has a "Jr." or a numeral and the other has none."""
    return bool(parse(one).suffix) != bool(parse(other).suffix)


def _told_apart(a: PersonName, b: PersonName) -> bool:
    if a.suffix and b.suffix and a.suffix != b.suffix:
        return True
    return len({_gender(a), _gender(b)} - {None}) > 1


def _gender(name: PersonName) -> str | None:
    return name.title_gender or lexicon.first_name_gender(name.parts[0])


def _same(a: Sequence[str], b: Sequence[str]) -> Relation | None:
    return Relation.SAME if "".join(a) == "".join(b) else None


def _order(a: Sequence[str], b: Sequence[str]) -> Relation | None:
    """Surname first or last; of two first names nobody knows which is the surname."""
    if len(b) < 2 or all(lexicon.first_name_gender(p) for p in (b[0], b[-1])):  # noqa: PLR2004
        return None
    heard = [sound(part) for part in b]
    rotated = {"".join((*heard[k:], *heard[:k])) for k in (1, len(b) - 1)}
    return Relation.ORDER if "".join(map(sound, a)) in rotated else None


def _spelling(a: Sequence[str], b: Sequence[str]) -> Relation | None:
    if len(a) != len(b) or len(a) < 2:  # noqa: PLR2004
        return None
    gaps = [distance(x, y) for x, y in zip(a, b, strict=True)]
    if not any(gaps):
        return Relation.SPELLING
    if _other_gender(a, b) or not all(_is_slip(x, y) for x, y in zip(a, b, strict=True)):
        return None
    return Relation.NEAR


def _is_slip(x: str, y: str) -> bool:
    gap = distance(x, y)
    if gap == 0:
        return True
    if gap > LINKING.near_spelling_edits:
        return False
    return (
        min(len(x), len(y)) >= LINKING.near_spelling_least_letters and sound(x)[:1] == sound(y)[:1]
    )


def _other_gender(a: Sequence[str], b: Sequence[str]) -> bool:
    """Say whether the endings are a man's and a woman's: Ivanov and Ivanova, Mario and Maria."""
    for x, y in zip(a, b, strict=True):
        short, long = sorted((x, y), key=len)
        if long in {short + "a", short + "ova", short[:-1] + "aya", short[:-1] + "aia"}:
            return True
    x, y = a[0], b[0]
    return x != y and x[:-1] == y[:-1] and {x[-1], y[-1]} == {"a", "o"}


def _middle(a: Sequence[str], b: Sequence[str]) -> Relation | None:
    """First and last part agree, and one has middle parts, or initials of them, that fit."""
    if len(a) < 2 or distance(a[-1], b[-1]) > 0:  # noqa: PLR2004
        return None
    fit = _first_fits(a[0], b[0])
    if fit is None or not _inside(a[1:-1], b[1:-1]):
        return None
    if fit is not Relation.SAME:
        return fit
    initials = any(len(part) == 1 for part in (*a[:-1], *b[:-1]))
    return Relation.INITIAL if initials else Relation.MIDDLE


def _first_fits(x: str, y: str) -> Relation | None:
    if distance(x, y) == 0 and len(x) > 1 and len(y) > 1:
        return Relation.SAME
    if x == y or (min(len(x), len(y)) == 1 and x[0] == y[0]):
        return Relation.SAME if x == y else Relation.ABBREVIATED
    if _is_nickname(x, y):
        return Relation.NICKNAME
    return None


def _is_nickname(x: str, y: str) -> bool:
    first, second = name_data.variant(x), name_data.variant(y)
    return second in name_data.formal_names(first) or first in name_data.formal_names(second)


def _inside(few: Sequence[str], many: Sequence[str]) -> bool:
    """Say whether the middle parts `few` stand in order among `many`; initials stand for parts."""
    rest = iter(many)
    return all(any(_stands_for(x, y) for y in rest) for x in few)


def _stands_for(x: str, y: str) -> bool:
    return x[0] == y[0] if 1 in {len(x), len(y)} else distance(x, y) == 0


def _longer(a: Sequence[str], b: Sequence[str]) -> Relation | None:
    """One is the beginning or the end of the other: "Cristina Fernández [de Kirchner]"."""
    if len(a) < 2 or len(b) <= len(a) or _first_fits(a[0], b[0]) is None:  # noqa: PLR2004
        return None
    place = 1
    for part in a[1:]:
        while place < len(b) and distance(part, b[place]) > 0:
            place += 1
        place += 1
    # A first and a last part must stay; of a two-part name no more than half may be new.
    return Relation.LONGER if place <= len(b) and len(b) <= len(a) + 1 + (len(a) > 2) else None  # noqa: PLR2004


def _abbreviated(a: Sequence[str], b: Sequence[str]) -> Relation | None:
    if len(a) == len(b) == 2 and 1 in {len(a[0]), len(b[0])} and distance(a[-1], b[-1]) == 0:  # noqa: PLR2004
        return Relation.ABBREVIATED if a[0][0] == b[0][0] else None
    return None


_RULES = (_same, _order, _spelling, _middle, _longer, _abbreviated)


def is_common(name: str) -> bool:
    """Say whether many people must bear this name: a common first name with a common surname."""
    parts = parse(name).parts
    if len(parts) < 2:  # noqa: PLR2004
        return True
    orders = [(parts[0], parts[-1])]
    if lexicon.first_name_gender(parts[0]) is None:
        orders.append((parts[-1], parts[0]))  # Zhang Wei
    return any(
        name_data.is_common_surname(last) and _is_common_first(first) for first, last in orders
    )


def _is_common_first(part: str) -> bool:
    return (
        lexicon.first_name_gender(part) is not None
        or bool(name_data.formal_names(part))
        or len(part) == 1
        or name_data.is_common_surname(part)
    )


def is_full(name: str) -> bool:
    """Say whether a name has a first and a last part that are more than initials."""
    parts = parse(name).parts
    return len(parts) > 1 and all(len(part) > 1 for part in (parts[0], parts[-1]))


def block_keys(name: str) -> list[str]:
    """Return the keys under which names that may be the same person's are looked up.

    Any two names that `relation` does not call different, both full, share a key.
    """
    own = parse(name).parts
    if len(own) < 2:  # noqa: PLR2004
        return []
    if not is_full(name):
        return [f"initial:{own[0][0]} {skeleton(own[-1])}"] if len(own[-1]) > 1 else []
    whole = skeleton("".join(sorted(own))) if len(own) > 2 else ""  # noqa: PLR2004
    pairs = {_pair(own[0], last) for last in own[1:]} | {
        _pair(first, own[-1]) for first in own[:-1]
    }
    pairs |= {_pair(formal, own[-1]) for formal in name_data.formal_names(own[0])}
    pairs |= {_pair("".join(own[1:]), own[0]), _pair("".join(own[:-1]), own[-1])}
    return sorted({*(f"pair:{pair}" for pair in pairs), *_whole(whole)})


def _whole(key: str) -> Iterable[str]:
    return [f"parts:{key}"] if key else []


def _pair(one: str, other: str) -> str:
    return " ".join(sorted((skeleton(one), skeleton(other))))


def initial_key(name: str) -> str | None:
    """Return the key under which a full name's abbreviation with an initial is looked up."""
    own = parse(name).parts
    return f"initial:{own[0][0]} {skeleton(own[-1])}" if is_full(name) else None
