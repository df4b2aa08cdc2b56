"""A byline -> the authors it names. Pure.

Only what is surely a person's name is taken apart; anything else is an author as it stands, since
"Associated Press" is no Mr Press.
"""

import re
from functools import lru_cache
from typing import Self

from pydantic import model_validator

from quotes.nlp import lexicon
from quotes.nlp.document import Frozen
from quotes.nlp.names import is_acronym

_PARTS = re.compile(r"\s*(?:;|,|\s&|\sand\s|\swith\s)\s*")
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

    "By Jane Roe and John Doe in Paris" -> two persons; "BBC News" -> one literal. Job titles and,
    after a person, agencies ("Jane Roe, Political Correspondent, AP") are left out.
    """
    text = _BY.sub("", " ".join(byline.split()))
    if inverted := _inverted(text):
        return (inverted,)
    found: list[Author] = []
    for part in _PARTS.split(text):
        name = _PLACE.sub("", _BY.sub("", part)).strip(" .|/-–—")
        if not name or _is_job(name) or (found and found[-1].family and _is_agency(name)):
            continue
        author = _person(name) or Author(literal=name)
        if author not in found:
            found.append(author)
    return tuple(found)


def _inverted(text: str) -> Author | None:
    """Return the author of "Roe, Jane", None for anything else."""
    family, comma, given = text.partition(", ")
    first = given.split(" ")[0]
    known = lexicon.first_name_gender(first) is not None or _is_initials(first)
    lone = " " not in family and lexicon.first_name_gender(family) is None
    if comma and known and lone and len(given.split(" ")) == 1:
        return Author(family=family, given=given)
    return None


def _is_job(name: str) -> bool:
    words = name.lower().split(" ")
    return len(words) > 1 and lexicon.person_gender(words[-1]) is not None


def _is_agency(name: str) -> bool:
    words = name.split(" ")
    acronym = any(is_acronym(word) and not _is_initials(word) for word in words)
    return acronym or lexicon.organisation(name) is not None


def _is_initials(word: str) -> bool:
    return _INITIALS.fullmatch(word) is not None or _SUFFIX.match(word) is not None


def _person(name: str) -> Author | None:
    """Return `name` as a person's if its first word is a known first name or initials."""
    words = name.split(" ")
    while len(words) > _MIN_WORDS and lexicon.title_gender(words[0]) is not None:
        words = words[1:]
    known = lexicon.first_name_gender(words[0].split("-")[0]) is not None
    if not known and not _is_initials(words[0]):
        return None
    suffix = words.pop() if _SUFFIX.match(words[-1]) else ""
    if not _MIN_WORDS <= len(words) <= _MAX_WORDS or _is_agency(name) or _is_agency(words[-1]):
        return None
    # "Anne van der Berg": the family name starts at its first small word.
    last = len(words) - 1
    start = next((i for i in range(1, last) if words[i].islower()), last)
    return Author(family=" ".join(words[start:]), given=" ".join(words[:start]), suffix=suffix)
