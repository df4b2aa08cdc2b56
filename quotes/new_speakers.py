"""Speakers that people add: checked, given an address and a name. Part of quotes/decisions.py."""

import re
from dataclasses import dataclass
from itertools import count

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from quotes.decision_log import Refused
from quotes.models import Speaker, SpeakerName, SpeakerNameKey
from quotes.nlp import document
from quotes.nlp.document import SpeakerKind
from quotes.speakers import KEY_CHARS, canonical_key, link_key, stored_keys
from quotes.store_speakers import is_looked_up
from quotes.trails import Trail

NAME_CHARS = 300
_SLUG_CHARS = 200
_REASON = "so named by people"
_WIKIDATA_ID = re.compile(r"Q[1-9][0-9]{0,14}")
_TRIES = 5


@dataclass(frozen=True)
class NewSpeaker:
    """Somebody whom the tracker does not know yet, or another bearer of a name that it knows."""

    name: str
    kind: SpeakerKind
    wikidata_id: str = ""
    description: str = ""


def clean_name(name: str) -> str:
    """Return a name on one line; Refused if nothing is left or it is too long to be one."""
    name = " ".join(name.split())
    if not any(map(str.isalnum, name)):
        raise Refused("A speaker needs a name with a letter or a digit in it.")
    return _fitting(name, "The name")


def clean_description(description: str) -> str:
    """Return a description on one line, which may be empty; Refused if it is too long."""
    return _fitting(" ".join(description.split()), "The description")


def _fitting(words: str, what: str) -> str:
    if len(words) > NAME_CHARS:
        raise Refused(f"{what} has {len(words)} characters; {NAME_CHARS} are the most.")
    if "\0" in words:
        raise Refused(f"{what} has a NUL character in it; leave it out.")
    return words


def clean_kind(kind: str) -> str:
    """Return the kind of a speaker who has a name; Refused for any other."""
    if kind == SpeakerKind.ANONYMOUS or kind not in set(SpeakerKind):
        named = ", ".join(each for each in SpeakerKind if each is not SpeakerKind.ANONYMOUS)
        raise Refused(f"“{kind}” is no kind of named speaker; choose one of {named}.")
    return str(SpeakerKind(kind))


def clean_wikidata_id(text: str) -> str:
    """Return a Wikidata identifier, which may be empty; Refused for anything else."""
    text = text.strip().removeprefix("http://www.wikidata.org/entity/")
    text = text.removeprefix("https://www.wikidata.org/wiki/").upper()
    if text and not _WIKIDATA_ID.fullmatch(text):
        raise Refused(f"“{text[:40]}” is no Wikidata identifier; they look like Q1065.")
    return text


def create(new: NewSpeaker, trail: Trail) -> Speaker:
    """Store a new speaker with its name and return it; Refused for what cannot be one."""
    name, kind = clean_name(new.name), clean_kind(new.kind)
    known = clean_wikidata_id(new.wikidata_id), clean_description(new.description)
    for _ in range(_TRIES):
        speaker = Speaker(
            slug=_free_slug(name), name=name, kind=kind, wikidata_id=known[0], description=known[1]
        )
        try:
            with transaction.atomic():
                trail.create("speaker", speaker)
        except IntegrityError:  # another process has just taken the address
            continue
        add_name(speaker, name, key_of(name, kind), _REASON, trail)
        return speaker
    raise Refused(f"Others are adding speakers called “{name}” at this moment; try again.")


def _free_slug(name: str) -> str:
    base = slugify(name)[:_SLUG_CHARS].strip("-") or "speaker"
    taken = set(Speaker.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (f"{base}-{number}" for number in count(2))
    return base if base not in taken else next(slug for slug in numbered if slug not in taken)


def key_of(name: str, kind: str) -> str:
    """Return the key under which a name may be linked across articles, "" where that is unsafe."""
    return link_key(document.Speaker(name=name, kind=SpeakerKind(kind))) or ""


def add_name(speaker: Speaker, name: str, key: str, reason: str, trail: Trail) -> None:
    """Store a form of a speaker's name unless it is stored, to be looked up if it has a key."""
    if speaker.names.filter(name=name).exists():
        return
    row = SpeakerName(speaker=speaker, name=name, key=key, reason=reason[:100])
    trail.create("name", row)
    if is_looked_up(key):
        # They go with the name, also when it goes.
        SpeakerNameKey.objects.bulk_create(
            SpeakerNameKey(name=row, key=each)
            for each in stored_keys(name, SpeakerKind(speaker.kind))
        )


def key_in_article(name: str, kind: str) -> str:
    """Return the key of the link that an article has for a name of a speaker of this kind."""
    return (canonical_key(name, SpeakerKind(kind)) or name.strip())[:KEY_CHARS]


def is_called(speaker: Speaker, name: str) -> bool:
    """Say whether `name` is one of the speaker's names, whatever its case, accents or titles."""
    kind = SpeakerKind(speaker.kind)
    own = {canonical_key(form, kind) for form in speaker.names.values_list("name", flat=True)}
    key = canonical_key(name, kind)
    return bool(key) and key in own | {canonical_key(speaker.name, kind)}
