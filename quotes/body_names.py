"""Two names of organisations, groups or documents: are they one body's? Pure.

Word for word, but for spelling, legal forms, small words, and how a country is named; heads such
as "ministry" may stand before or after what they are of. A word more is another body.
"""

import unicodedata
from functools import lru_cache

from quotes import name_data
from quotes.nlp import lexicon
from quotes.nlp.names import acronyms_of, is_acronym, without_determiner, words

_SHARED = "shared_body_words.txt"
_COUNTRY = "@"
_REMEMBERED = 8192
_MAX_PARTS = 24
MIN_ACRONYM = 3


@lru_cache(_REMEMBERED)
def parts(name: str) -> tuple[str, ...]:
    """Return what counts of a body's name, in order: plain words, countries as "@RU"."""
    # Compatibility forms first: a mark that stands alone unfolds to a blank, which parts words.
    bare = without_determiner(" ".join(unicodedata.normalize("NFKC", name).split()))
    out: list[str] = []
    place = 0
    for start, end, code in name_data.place_spans(bare):
        out += _plain_words(bare[place:start])
        out.append(_COUNTRY + code)
        place = end
    out += _plain_words(bare[place:])
    return tuple(_without_legal_form(out)[:_MAX_PARTS])


def _plain_words(text: str) -> list[str]:
    own = (name_data.plain(word) for word in words(text.replace("-", " ").replace("/", " ")))
    letters = ("".join(c for c in word.removesuffix("'s") if c.isalnum()) for word in own)
    small = name_data.words("small")
    return [_spelled(word) for word in letters if word and word not in small and word != "s"]


@lru_cache(_REMEMBERED)
def _spelled(word: str) -> str:
    """Return the American spelling of a word that the British spell in another way."""
    for pattern, by in name_data.spellings():
        word = pattern.sub(by, word)
    return word


def _without_legal_form(own: list[str]) -> list[str]:
    """Return the words without "Inc." and, before it, "Group"; one word always stays."""
    kept = list(own)
    while len(kept) > 1 and kept[-1] in name_data.words("legal"):
        kept.pop()
    if len(kept) < len(own):
        while len(kept) > 1 and kept[-1] in name_data.words("company"):
            kept.pop()
    return kept


@lru_cache(_REMEMBERED)
def body_key(name: str) -> str:
    """Return the form in which two wordings of one body's name are equal; "" if nothing is left.

    With a head that may stand on either side ("Russian Foreign Ministry", "Ministry of Foreign
    Affairs of Russia") order does not count; else it does: Miami University is not the
    University of Miami.
    """
    own = parts(name)
    if not name_data.words("free").isdisjoint(own):
        return "free " + " ".join(
            sorted({part for part in own if part not in name_data.words("filler")})
        )
    return " ".join(own)


def is_shared(name: str) -> bool:
    """Say whether every word is one that bodies of many countries have in their names."""
    common = lexicon.words(_SHARED) | name_data.words("party")
    return all(part in common or part in name_data.words("small") for part in parts(name))


def countries(name: str) -> frozenset[str]:
    """Return the codes of the countries, or parts of them, that a name names."""
    return frozenset(part.removeprefix(_COUNTRY) for part in parts(name) if part[0] == _COUNTRY)


def is_national(name: str) -> bool:
    """Say whether a name is a country and what every country has one of: "the Nigerian army"."""
    own = parts(name)
    if len(own) != 2:  # noqa: PLR2004
        return False
    country, head = sorted(own)
    return country[0] == _COUNTRY and "-" not in country and head in name_data.words("national")


def is_generic(name: str) -> bool:
    """Say whether a name only describes people: "US Officials", "Health Workers"."""
    own = words(without_determiner(name))
    if not own or not {"of", "for"}.isdisjoint(word.lower() for word in own):
        return False
    last = name_data.plain(own[-1])
    singular = last.removesuffix("s")
    if lexicon.person_gender(singular) is None or singular == last:
        return False
    return is_shared(" ".join(own[:-1])) or all(p[0] == _COUNTRY for p in parts(" ".join(own[:-1])))


def abbreviation(name: str) -> str | None:
    """Return the plain acronym that a name is, or None."""
    own = words(without_determiner(name))
    if len(own) != 1 or not is_acronym(own[0]) or len(own[0].replace(".", "")) < MIN_ACRONYM:
        return None
    return name_data.plain(own[0])


def abbreviations_of(name: str) -> frozenset[str]:
    """Return the acronyms, of three letters or more, that a name of several words may have."""
    if len(words(without_determiner(name))) > _MAX_PARTS:
        return frozenset()
    return frozenset(short for short in acronyms_of(name) if len(short) >= MIN_ACRONYM)


def block_keys(name: str) -> list[str]:
    """Return the keys under which names that may be the same body's are looked up."""
    key = body_key(name)
    short = abbreviation(name)
    acronyms = {short} if short else abbreviations_of(name)
    return sorted({*([f"body:{key}"] if key else []), *(f"acronym:{a}" for a in acronyms)})
