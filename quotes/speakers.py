"""Names -> canonical keys, by which one speaker is told across articles. Pure.

Precision before recall: two people in one row is worse than one person in two, so a name is
linked only where it names its bearer by itself.
"""

import unicodedata
from hashlib import sha256

from quotes.nlp import lexicon
from quotes.nlp.document import Speaker, SpeakerKind
from quotes.nlp.names import fold, is_acronym, split_titles, without_determiner, words

KEY_CHARS = 300
_SHARED = "shared_body_words.txt"
_SPACES = {SpeakerKind.PERSON: "person", SpeakerKind.DOCUMENT: "document"}


def plain_name(name: str) -> str:
    """Return a name as it is shown: one line, no leading article, no possessive, acronym in full.

    "The UN" -> "United Nations", "the US military's" -> "US military".
    """
    bare = without_determiner(" ".join(name.split()))
    return lexicon.organisation(bare) or bare or name.strip()


def canonical_key(name: str, kind: SpeakerKind = SpeakerKind.PERSON) -> str:
    """Return the form in which two spellings of one name are equal; "" if nothing is left.

    Case, accents, punctuation, leading articles and possessives do not count, acronyms stand
    for what they abbreviate, and "U.S." and "United States" are one. A person's titles and
    middle initials do not count either.
    """
    full = plain_name(name)
    own = split_titles(full)[1] if kind is SpeakerKind.PERSON else words(full)
    letters = [_letters(word) for word in own]
    if kind is SpeakerKind.PERSON:
        # "Donald J. Trump" is "Donald Trump"; "J. Trump" keeps its initial, all that it has.
        letters = [w for i, w in enumerate(letters) if len(w) != 1 or i in (0, len(letters) - 1)]
    key = f" {' '.join(' '.join(letters).split())} "
    return (
        key.replace(" united states of america ", " us ").replace(" united states ", " us ").strip()
    )


def _letters(word: str) -> str:
    """Return the folded letters and digits of a word; hyphens become spaces, other signs go."""
    folded = unicodedata.normalize("NFKC", fold(word)).replace("-", " ")
    return "".join(c for c in folded if c.isalnum() or c == " ")


def link_key(speaker: Speaker) -> str | None:
    """Return the key under which `speaker` is one across articles, None where that is unsafe.

    Persons need a first and a last name. Bodies and documents need a proper name: one that ends
    in a common noun ("the US-led coalition"), that many bodies share ("Foreign Ministry"), or
    that is an acronym of several readings ("SDF") holds inside its article only.
    """
    safe = {
        SpeakerKind.PERSON: _names_a_person,
        SpeakerKind.ORGANISATION: _names_a_body,
        SpeakerKind.GROUP: _names_a_group,
        SpeakerKind.DOCUMENT: _names_a_group,
    }.get(speaker.kind)
    if safe is None or not safe(speaker.name):
        return None
    return _spaced(_SPACES.get(speaker.kind, "body"), canonical_key(speaker.name, speaker.kind))


def company_key(name: str) -> str:
    """Return the form in which a name is compared with the names beside it, whatever its kind."""
    return canonical_key(name)


def article_key(speaker: Speaker, article_uid: str) -> str:
    """Return the key of a speaker who is the same inside the article `article_uid` only."""
    return _spaced(f"in {article_uid}", canonical_key(speaker.name, speaker.kind) or speaker.name)


def _spaced(space: str, key: str) -> str:
    whole = f"{space}:{key}"
    if len(whole) <= KEY_CHARS:
        return whole
    return f"{space}:sha256 {sha256(key.encode()).hexdigest()}"


def _names_a_person(name: str) -> bool:
    parts = canonical_key(name).split()
    return len(parts) > 1 and all(len(part) > 1 for part in (parts[0], parts[-1]))


def _names_a_body(name: str) -> bool:
    bare = without_determiner(name)
    if lexicon.organisation(bare):
        return True
    own = words(bare)
    if not own or not own[-1][:1].isupper() or _is_shared(own):
        return False
    return len(own) > 1 or not is_acronym(own[0])


def _names_a_group(name: str) -> bool:
    return _names_a_body(name) and len(words(plain_name(name))) > 1


def _is_shared(own: list[str]) -> bool:
    """Say whether every word is one that many bodies have in their names."""
    common = lexicon.words(_SHARED)
    return all(part in common for word in own for part in _letters(word).split())


def link_reason(name: str) -> str:
    """Return why `name` stands for the speaker under whose key it falls."""
    bare = without_determiner(name)
    full = lexicon.organisation(bare)
    return f"short for {full}"[:100] if full and full != bare else "same name"
