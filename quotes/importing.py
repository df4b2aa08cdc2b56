"""Known speakers -> rows: found by identifier or name, else added; what is there is not changed.

Importing again changes nothing. Nobody is merged: who may be the same is suggested.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db import transaction

from quotes import linking, speakers, store_speakers
from quotes.linking import Mention, Outcome
from quotes.merging import lock_speakers, roots
from quotes.models import Speaker, SpeakerName
from quotes.nlp import document
from quotes.refusals import Refusal
from quotes.speaker_evidence import Profile
from quotes.speaker_files import Entry

_BATCH = 200
_REASON = "imported"


def store(entries: Iterable[Entry]) -> Iterator[tuple[Entry, str] | Refusal]:
    """Store entries, 200 a transaction; yield each with "new", "known" or "named", or why not.

    "named" is a known speaker to whom a name, an identifier or a description has been added.
    """
    rest = iter(entries)
    while batch := [entry for _, entry in zip(range(_BATCH), rest, strict=False)]:
        with transaction.atomic():
            lock_speakers(shared=True)
            done = list(_store(batch))
        yield from done


def _store(batch: Sequence[Entry]) -> Iterator[tuple[Entry, str] | Refusal]:
    single, repeated = _without_doubles(batch)
    yield from repeated
    by_key = {_key(entry): entry for entry in single}
    known = _known(single)
    asked = [_mention(entry) for key, entry in by_key.items() if key not in known]
    outcomes = linking.decide(asked)
    added = _added(asked, outcomes, by_key)
    rows = {key: known.get(key) or outcomes[key].speaker or added[key] for key in by_key}
    named = _named(by_key, rows)
    for key, entry in by_key.items():
        completed = key not in added and _complete(rows[key], entry)
        is_changed = completed or rows[key].pk in named
        yield entry, "new" if key in added else "named" if is_changed else "known"
    store_speakers.store_suggestions({key: outcomes[key] for key in added}, added)


def _key(entry: Entry) -> str:
    return entry.wikidata_id or f"{entry.kind}:{entry.name}"


def _without_doubles(batch: Sequence[Entry]) -> tuple[list[Entry], list[Refusal]]:
    """Return the entries, and refusals of those that one before them in the batch is already."""
    single: dict[str, Entry] = {}
    refused = []
    for entry in batch:
        first = single.setdefault(_key(entry), entry)
        if first is not entry:
            problem = f"{_key(entry)} stands in line {first.line} already"
            remedy = "put all names of a speaker into one entry"
            refused.append(
                Refusal(origin=entry.origin, line=entry.line, problem=problem, remedy=remedy)
            )
    return list(single.values()), refused


def _mention(entry: Entry) -> Mention:
    """Return an entry as an article would have it; its description stands for the role."""
    found = document.Speaker(name=entry.name, kind=entry.kind)
    return Mention(
        key=_key(entry),
        speaker=found,
        across=speakers.name_key(entry.name, entry.kind),
        own=f"import:{entry.name} {entry.wikidata_id}",
        institution=speakers.institution(found),
        roles=(),
        profile=Profile(
            kind=entry.kind,
            names=(entry.name,),
            roles=(entry.description,) if entry.description else (),
            wikidata_id=entry.wikidata_id,
        ),
    )


def _known(entries: Sequence[Entry]) -> dict[str, Speaker]:
    """Return key of an entry -> the stored speaker who it is, or has become of who it was.

    That is who has its identifier or, without one, who was imported with the same description.
    """
    found: dict[str, int] = {}
    wanted = {entry.wikidata_id: _key(entry) for entry in entries if entry.wikidata_id}
    rows = Speaker.objects.filter(wikidata_id__in=wanted).order_by("-pk")
    for identifier, pk in rows.values_list("wikidata_id", "pk"):
        found[wanted[identifier]] = pk
    plain = {(e.name, e.kind.value, e.description): _key(e) for e in entries if not e.wikidata_id}
    before = SpeakerName.objects.filter(reason=_REASON, name__in={name for name, *_ in plain})
    columns = "name", "speaker__kind", "speaker__description", "speaker_id"
    for *entry, pk in before.order_by("-pk").values_list(*columns):
        if key := plain.get(tuple(entry)):
            found[key] = pk
    ends = roots(found.values())
    stored = Speaker.objects.in_bulk(set(ends.values()))
    return {key: stored[ends[pk]] for key, pk in found.items()}


def _added(
    asked: Sequence[Mention], outcomes: Mapping[str, Outcome], by_key: Mapping[str, Entry]
) -> dict[str, Speaker]:
    """Store and return those who are nobody stored, as the file has them."""
    new = {m.key: m for m in asked if outcomes[m.key].speaker is None}
    rows = store_speakers.new_speakers(new, outcomes, told_by="import")
    for key, row in rows.items():
        entry = by_key[key]
        row.name, row.wikidata_id = entry.name, entry.wikidata_id or row.wikidata_id
        row.description = entry.description or row.description
    Speaker.objects.bulk_update(rows.values(), ["name", "wikidata_id", "description"])
    return rows


def _named(by_key: Mapping[str, Entry], rows: Mapping[str, Speaker]) -> set[int]:
    """Store the names that are new; return the keys of the speakers who got one.

    Each has a key: people say that it is the speaker's. How far it links, its kind of name says.
    """
    names = {}
    for key, entry in by_key.items():
        for name in (entry.name, *entry.aliases):
            own = speakers.name_key(name, entry.kind)
            row = SpeakerName(speaker_id=rows[key].pk, name=name, key=own, reason=_REASON)
            names[row.speaker_id, name] = row
    return {pk for pk, _ in store_speakers.store_names(names)}


def _complete(row: Speaker, entry: Entry) -> bool:
    """Fill in what a known speaker lacks; say whether that was anything. Nothing is replaced."""
    missing = {
        column: getattr(entry, column)
        for column in ("wikidata_id", "description")
        if getattr(entry, column) and not getattr(row, column)
    }
    for column, value in missing.items():
        setattr(row, column, value)
    if missing:
        row.save(update_fields=list(missing))
    return bool(missing)
