"""A byline -> the authors it names. Pure.

Only what is surely a person's name is taken apart; anything else is an author as it stands, since
"Associated Press" is no Mr Press.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Self

from pydantic import model_validator

from quotes import name_data
from quotes.nlp import lexicon
from quotes.nlp.document import Frozen
from quotes.nlp.names import is_acronym

_LISTED = re.compile(r"\s*[;\n]\s*(?:(?:and|&)\s+)?")
_CREDIT = re.compile(r"(?:\b(?P<more>additional)\s+)?\b(?P<what>[a-z]+)\s+by\b:?\s*", re.IGNORECASE)
# RSS has "desk@wire.example (Jane Roe)"; else what stands in brackets is where somebody works.
_ADDRESSED = re.compile(r"\S+@\S+\s+\((?P<name>[^()]+)\)")
_ASIDE = re.compile(r"\([^()]*\)|\S*@\S+")
_PARTS = re.compile(r"\s*(?:,|\||\s&|\sand\s|\swith\s)\s*")
_BY = re.compile(r"^\s*(?:written\s+)?by\b:?\s*", re.IGNORECASE)
_PLACE = re.compile(r"\s+(?:in|at|for|reporting)\s+.*$")
_INITIALS = re.compile(r"(?:[^\W\d_]\.-?)+")
_SUFFIX = re.compile(r"^(?:jr|sr|ii|iii|iv)\.?$", re.IGNORECASE)
_MIN_WORDS, _MAX_WORDS = 2, 5


class Author(Frozen):
    """An author: a person by `family` and `given` names, or anybody by a `literal` name."""

    family: str = ""
    given: str = ""
    suffix: str = ""
    literal: str = ""

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if bool(self.literal) == bool(self.family and self.given):
            raise ValueError(f"{self!r}: give family and given names, or a literal one")
        return self

    @property
    def name(self) -> str:
        """Return the name as in prose."""
        return self.literal or " ".join(filter(None, (self.given, self.family, self.suffix)))

    @property
    def inverted(self) -> str:
        """Return the name with the family name first, as RIS wants it."""
        return self.literal or ", ".join(filter(None, (self.family, self.given, self.suffix)))

    def csl(self) -> dict[str, str]:
        """Return the name as a CSL-JSON name variable."""
        return self.model_dump(exclude_defaults=True)


@lru_cache(maxsize=10_000)
def authors(byline: str) -> tuple[Author, ...]:
    """Return the authors of `byline` in its order, none twice; () for an empty one.

    "By Jane Roe and John Doe in Paris" and "Roe, Jane; Doe, John" -> two persons; "BBC News" -> one
    literal. Job titles and,
    after a person, agencies ("Jane Roe, Political Correspondent, AP") are left out.
    """
    parts = [part for part in _LISTED.split(_credited(byline)) if part.strip()]
    found: list[Author] = []
    for part in map(without_by, parts):
        if inverted := _inverted(part, is_listed=len(parts) > 1):
            found.append(inverted)
        else:
            _add_named(found, part)
    return tuple(dict.fromkeys(found))


def without_by(byline: str) -> str:
    """Return a byline on one line, without the "By" before it."""
    return _BY.sub("", " ".join(byline.split())).strip()


def _credited(byline: str) -> str:
    """Return a byline without what it says of others than authors: "Editing by Ann Lee"."""
    text = _ASIDE.sub(" ", _ADDRESSED.sub(r"\g<name>", byline))
    kept, start, is_kept = "", 0, True
    for match in _CREDIT.finditer(text):
        what = _credits().get(match["what"].lower())
        if what is None:
            continue
        kept += text[start : match.start()].rstrip(" ,;.-–—") + ";" if is_kept else ""
        start, is_kept = match.end(), what == "author" and not match["more"]
    return kept + (text[start:] if is_kept else "")


@cache
def _credits() -> dict[str, str]:
    return {row[0]: row[1] for row in name_data.rows("byline_credits.tsv")}


def _add_named(found: list[Author], part: str) -> None:
    """Add the authors of a part to those found before it, without jobs and agencies."""
    for piece in _PARTS.split(part):
        name = _PLACE.sub("", _BY.sub("", piece)).strip(" .|/-–—")
        name = _without_job(name)
        if not name or (found and found[-1].family and _is_workplace(name)):
            continue
        found.append(_person(name) or Author(literal=name))


def _without_job(name: str) -> str:
    """Return a name without the job behind it, "" for a job alone ("Staff Reporter")."""
    if not _is_job(name):
        return name
    words = name.split(" ")
    if not _has_first_name(words) or len(words) <= _MIN_WORDS + 1:
        return ""
    end = next(i for i in range(1, len(words)) if not _INITIALS.fullmatch(words[i]))
    return " ".join(words[: end + 1])


def _inverted(part: str, *, is_listed: bool) -> Author | None:
    """Return the author of "Roe, Jane" and "Roe, Jane A.", None for anything else.

    In a list with semicolons family names of several words too: "García Márquez, Lucía", where a
    comma cannot part two authors. What may be "Jane Roe, Editor" there is none.
    """
    family, comma, rest = part.partition(", ")
    given, _, suffix = rest.partition(", ")
    words = given.split(" ")
    known = lexicon.first_name_gender(words[0]) is not None or _INITIALS.fullmatch(words[0])
    if not comma or not family or not known or (suffix and not _SUFFIX.match(suffix)):
        return None
    begins = lexicon.first_name_gender(family.split(" ")[0]) is not None
    is_family = " " not in family if not is_listed else family.count(" ") < _MAX_WORDS
    is_given = all(_INITIALS.fullmatch(word) for word in words[1:])
    if is_family and not begins and (is_given or is_listed):
        return Author(family=family, given=given, suffix=_suffix(suffix))
    return None


def _suffix(written: str) -> str:
    """Return a suffix as manuals print it: "Jr." with its stop, "III" without one."""
    bare = written.rstrip(".")
    return f"{bare}." if bare.lower() in ("jr", "sr") else bare


def _is_job(name: str) -> bool:
    words = name.split(" ")
    last = words[-1].lower()
    if len(words) == 1 or lexicon.person_gender(last) is None:
        return False
    # "Peter Baker" is no baker, "Victoria Correspondent" no Ms Correspondent.
    return last in _jobs() or words[-1].islower() or not _has_first_name(words)


@cache
def _jobs() -> frozenset[str]:
    return frozenset(word for (word,) in name_data.rows("byline_jobs.txt"))


def _has_first_name(words: Sequence[str]) -> bool:
    """Say whether a name begins with a known first name or with initials."""
    first = words[0]
    return lexicon.first_name_gender(first.split("-")[0]) is not None or _is_initials(first)


def _has_common_surname(words: Sequence[str]) -> bool:
    """Say whether a name ends with a common surname, and does not begin with one too ("Li Wei")."""
    first, last = (lexicon.without_accents(word.lower()) for word in (words[0], words[-1]))
    return name_data.is_common_surname(last) and not name_data.is_common_surname(first)


def _is_workplace(name: str) -> bool:
    """Say whether what stands behind a person's name is where the person works."""
    return name.startswith(("The ", "Special to ")) or _is_agency(name)


def _is_agency(name: str) -> bool:
    words = name.split(" ")
    acronym = any(is_acronym(word) and not _is_initials(word) for word in words)
    return acronym or lexicon.organisation(name) is not None


def _is_initials(word: str) -> bool:
    return _INITIALS.fullmatch(word) is not None or _SUFFIX.match(word) is not None


def _person(name: str) -> Author | None:
    """Return `name` as a person's if its first word is a known first name, or its last a surname.

    Initials in it are a person's too: "Zyxwv Q. Sommerville".
    """
    words = name.split(" ")
    while len(words) > _MIN_WORDS and lexicon.title_gender(words[0]) is not None:
        words = words[1:]
    suffix = _suffix(words.pop()) if _SUFFIX.match(words[-1]) else ""
    has_initial = any(_INITIALS.fullmatch(word) for word in words[1:-1])
    if not (has_initial or _has_first_name(words) or _has_common_surname(words)):
        return None
    if not _MIN_WORDS <= len(words) <= _MAX_WORDS or _INITIALS.fullmatch(f"{words[-1]}."):
        return None
    if _is_agency(name) or _is_agency(words[-1]):
        return None
    # "Anne van der Berg": the family name starts at its first small word.
    last = len(words) - 1
    start = next((i for i in range(1, last) if words[i].islower()), last)
    return Author(family=" ".join(words[start:]), given=" ".join(words[:start]), suffix=suffix)
