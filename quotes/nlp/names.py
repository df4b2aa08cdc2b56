"""Names as strings: titles, partial names, acronyms, gender. Pure, no document.

"Mrs. Clinton" is part of "Hillary Rodham Clinton"; "SDF" stands for "Syrian Democratic Forces".
"""

import re
from functools import lru_cache

from quotes.nlp import lexicon

_WORD = re.compile(r"[^\s,()]+")
_POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])$")
_NUMERAL = re.compile(r"^[IVX]+$")
_INITIAL = re.compile(r"^[A-Za-z]\.?$")
MIN_ACRONYM_LETTERS = 2
_MANY_NAMES = 4  # from which on somebody may be called by one in the middle
# Each name of an article is compared many times.
_NAMES_REMEMBERED = 4096


def without_possessive(name: str) -> str:
    """Return `name` without space around it and a final possessive."""
    return _POSSESSIVE.sub("", name.strip())


def words(name: str) -> list[str]:
    """Return the words of a name, without commas, brackets and a final possessive."""
    return _WORD.findall(without_possessive(name))


def fold(word: str) -> str:
    """Return `word` for comparison: no case, accents, full stops, or curly apostrophes."""
    return lexicon.without_accents(word).casefold().replace(".", "").replace("’", "'")


def without_determiner(name: str) -> str:
    """Return `name` without a leading article and a trailing possessive or comma."""
    text = _POSSESSIVE.sub("", name.strip().rstrip(",;:").strip())
    first, _, rest = text.partition(" ")
    return rest.strip() if rest and first.lower() in lexicon.function_words("article") else text


def split_titles(name: str) -> tuple[list[str], list[str]]:
    """Return the titles before a person's name and the name's own words.

    "Mr. Grassley" -> (["Mr."], ["Grassley"]); a title that is all there is stays the name.
    """
    own, titles = words(without_determiner(name)), []
    while 0 < (count := lexicon.title_length(own)) < len(own):
        titles.append(" ".join(own[:count]))
        own = own[count:]
    return titles, own


def own_name(name: str) -> str:
    """Return a person's name without the titles before it, but for one that is half of the name.

    "Mr. Grassley" -> "Grassley", "Queen Ana Roe" -> "Ana Roe"; "Pope Leo XIV" stays.
    """
    titles, own = split_titles(name)
    alone = all(_NUMERAL.match(word) for word in own[1:])
    if titles and alone and titles[-1].lower() in lexicon.function_words("of-given-name"):
        own = [titles[-1], *own]
    return " ".join(own)


@lru_cache(_NAMES_REMEMBERED)
def person_key(name: str) -> tuple[str, ...]:
    """Return a person's name for comparison: no titles, suffixes or middle initials, folded."""
    _, own = split_titles(name)
    suffixes = lexicon.function_words("suffix")
    kept = [word for word in own if word.lower() not in suffixes] or own
    middle = [word for word in kept[1:-1] if not _INITIAL.match(word)]
    if len(kept) > 1:
        kept = [kept[0], *middle, kept[-1]]
    return tuple(fold(word) for word in kept)


def is_part_of(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """Say whether the person key `short` is a shorter form of `full`.

    A surname with or without the words before it, or the first name alone: "clinton" and
    "rodham clinton" and "hillary" for "hillary rodham clinton". Of a surname with a hyphen either
    half ("arroyo" for "macapagal-arroyo"), of four names or more any ("lula").
    """
    if not short or len(short) >= len(full):
        return False
    surname = full[-len(short) :] == short
    first_and_last = len(short) > 1 and short[0] == full[0] and short[-1] in full[1:]
    double_surname = len(full) > len(short) + 1 and full[1 : 1 + len(short)] == short
    inner = full[1:-1] if len(full) >= _MANY_NAMES else ()
    one_of = len(short) == 1 and short[0] in (*full[-1].split("-"), *inner)
    return surname or first_and_last or double_surname or short == full[:1] or one_of


@lru_cache(_NAMES_REMEMBERED)
def organisation_key(name: str) -> tuple[str, ...]:
    """Return an organisation's name for comparison: no article, possessive, case or stops."""
    return tuple(fold(word) for word in words(without_determiner(name)))


@lru_cache(_NAMES_REMEMBERED)
def company_beginnings(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the keys that are left of a company's name without one last word or more.

    "Roe Steel Holdings": ("roe", "steel") and ("roe",); of "Roe Bank" none.
    """
    key = organisation_key(name)
    ends = lexicon.function_words("company-end")
    kept = len(key)
    while kept > 1 and key[kept - 1] in ends:
        kept -= 1
    return tuple(key[:length] for length in range(len(key) - 1, kept - 1, -1))


def is_acronym(word: str) -> bool:
    """Say whether `word` looks like an acronym: capitals, two letters or more, stops allowed."""
    letters = word.replace(".", "")
    return len(letters) >= MIN_ACRONYM_LETTERS and letters.isalpha() and letters.isupper()


def abbreviates(acronym: str, name: str) -> bool:
    """Say whether `acronym` is made of the initials of `name`'s words, small words optional."""
    return fold(acronym) in acronyms_of(name)


@lru_cache(_NAMES_REMEMBERED)
def acronyms_of(name: str) -> frozenset[str]:
    """Return the acronyms that the words of `name` may have, folded: of all, of the capital ones.

    None is shorter than two letters.
    """
    parts = [part for word in words(without_determiner(name)) for part in word.split("-")]
    every = "".join(fold(part)[:1] for part in parts)
    capital = "".join(fold(part)[:1] for part in parts if part[:1].isupper())
    return frozenset(a for a in (every, capital) if len(a) >= MIN_ACRONYM_LETTERS)


def gender(name: str) -> str | None:
    """Return "m" or "f" if a title or the first name tells, else None."""
    titles, own = split_titles(name)
    told = {lexicon.title_gender(title) for title in titles} - {"-", None}
    if told:
        return told.pop()
    return lexicon.first_name_gender(own[0]) if len(own) > 1 else None
