"""Whether two quotations may have one speaker, where who it is holds inside an article only.

A source without a name has no speaker, and a body without one ("the ministry") or a surname alone
is a speaker of its article. That two such are one follows from nothing but what the two articles
tell around the words: the same places, people and things, or others. Pure.
"""

from functools import cache, lru_cache
from typing import Literal, NamedTuple

from quotes import name_data, variant_words
from quotes.nlp import lexicon
from quotes.nlp.names import split_titles
from quotes.params import VariantParams

# "open": nothing speaks for it, and nothing against it.
Identity = Literal["same", "alike", "open", "other"]
_BEARERS = ("person_nouns.tsv", "group_nouns.tsv")


class Who(NamedTuple):
    """A speaker as its article has it: name, whether it is a person, and holds there only."""

    name: str
    is_person: bool = False
    is_local: bool = False


class Scene(NamedTuple):
    """What an article tells around the words said: the stems of telling words, and of its names."""

    words: frozenset[str]
    names: frozenset[str]

    def without(self, stems: frozenset[str]) -> "Scene":
        """Return it without these words."""
        return Scene(self.words - stems, self.names - stems)


def may_be_one(one: Who, other: Who) -> bool:
    """Say whether two stored speakers may be one: not if both are known, nor two named persons.

    A surname may be that of somebody who has it.
    """
    if not (one.is_local or other.is_local):
        return False
    if one.is_person and other.is_person:
        mine, yours = _parts(one.name), _parts(other.name)
        return bool(mine and yours) and (mine <= yours or yours <= mine)
    return True


@lru_cache(maxsize=4_000)
def scene(texts: tuple[str, ...], who: Who | None) -> Scene:
    """Return what stands in texts around a quotation, but for how it was said and a known name.

    Of two who name and describe somebody, one tells the name; a body is described by its own.
    """
    is_named = who is not None and (who.is_person or not who.is_local)
    own = _stems(variant_words.norms_of(who.name)) if who and is_named else frozenset()
    words, names = set[str](), set[str]()
    for text in texts:
        read = variant_words.parse(text)
        words |= _stems(read.norms)
        names |= _stems(tuple(read.norms[i] for i in read.names - read.numbers))
    words, names = (
        each - own - variant_words.framing_words() - _bearers() for each in (words, names)
    )
    return Scene(frozenset(words), frozenset(names))


def identity(one: Scene, other: Scene, told: frozenset[str], params: VariantParams) -> Identity:
    """Return whether two reports are of one scene; `told` are words that one says and one tells."""
    shared = len((one.words & other.words) | told)
    if one.names and other.names and not one.names & other.names:
        return "open" if shared >= params.elsewhere_words else "other"
    if shared >= params.context_words:
        return "alike"
    few = min(len(one.words), len(other.words)) < params.elsewhere_words
    return "open" if shared or few else "other"


def _parts(name: str) -> frozenset[str]:
    return frozenset(name_data.plain(word) for word in split_titles(name)[1])


def _stems(norms: tuple[str, ...]) -> frozenset[str]:
    return variant_words.telling(norms)


@cache
def _bearers() -> frozenset[str]:
    """Return the stems of nouns of people and bodies: "residents" and "police" are everywhere."""
    listed = (word for name in _BEARERS for word in lexicon.words(name))
    return _stems(tuple(norm for word in listed for norm in variant_words.norms_of(word)))
