"""The speakers of an article: linked to those stored, or stored anew. Part of quotes/store.py.

Links that people decided are never changed, and those of an earlier run stay with their speaker,
as addresses do.
"""

from collections.abc import Iterable, Mapping

from django.utils.text import slugify

from quotes import linking, speakers
from quotes.addresses import short_uid
from quotes.linking import Mention, Outcome
from quotes.merging import roots
from quotes.models import (
    ArticleVersion,
    Speaker,
    SpeakerLink,
    SpeakerName,
    SpeakerNameKey,
    SpeakerSuggestion,
)
from quotes.nlp.document import Document, SpeakerKind

_NAME_CHARS = 300
_SLUG_CHARS = 200
_ROLE_CHARS = 500
_REASON_CHARS = 100
_ALIAS = "so called in an article that names it in full"


def link(version: ArticleVersion, doc: Document) -> dict[int, int]:
    """Return position of a quotation -> key of its speaker's row, storing what is missing.

    Belongs into a transaction that has locked the speakers (quotes/merging.py). Anonymous sources
    have no row. One query a kind of thing, however many there are.
    """
    mentions = linking.mentions(version, doc)
    if not mentions:
        return {}
    known = _linked(version, mentions)
    new = [mention for key, mention in mentions.items() if key not in known]
    if new:
        outcomes = linking.decide(new)
        known |= _store(version, {m.key: m for m in new}, outcomes)
    _store_names(mentions, known)
    return _by_position(doc, mentions, known)


def _by_position(
    doc: Document, mentions: Mapping[str, Mention], known: Mapping[str, int]
) -> dict[int, int]:
    own = {key: mention.speaker for key, mention in mentions.items()}
    return {
        position: known[linking.mention_key(quotation.speaker, own)]
        for position, quotation in enumerate(doc.quotations)
        if quotation.speaker and linking.has_row(quotation.speaker)
    }


def _linked(version: ArticleVersion, mentions: Mapping[str, Mention]) -> dict[str, int]:
    """Return key of a mention -> speaker, as an earlier run or people have linked it."""
    links = SpeakerLink.objects.filter(article=version.article_id, key__in=mentions)
    found = dict(links.values_list("key", "speaker_id"))
    ends = roots(found.values()) if found else {}
    return {key: ends[pk] for key, pk in found.items()}


def _store(
    version: ArticleVersion, mentions: Mapping[str, Mention], outcomes: Mapping[str, Outcome]
) -> dict[str, int]:
    """Store new speakers, links and suggestions; return key of a mention -> speaker."""
    added = new_speakers(mentions, outcomes, told_by=version.article.uid)
    rows = {key: outcome.speaker or added[key] for key, outcome in outcomes.items()}
    SpeakerLink.objects.bulk_create(
        SpeakerLink(
            article_id=version.article_id,
            speaker=rows[key],
            name=mention.speaker.name[:_NAME_CHARS],
            key=key,
            role=next(iter(mention.roles), "")[:_ROLE_CHARS],
            reason=outcomes[key].verdict.reason,
            score=outcomes[key].verdict.score,
        )
        for key, mention in mentions.items()
    )
    _store_own_names(mentions, outcomes, rows)
    store_suggestions(outcomes, rows)
    return {key: row.pk for key, row in rows.items()}


def new_speakers(
    mentions: Mapping[str, Mention], outcomes: Mapping[str, Outcome], *, told_by: str
) -> dict[str, Speaker]:
    """Store and return, by mention, the speakers of outcomes that have none.

    `told_by`, an article's uid, goes into the address of another bearer of a name.
    """
    missing = {key: outcomes[key].key for key in mentions if outcomes[key].speaker is None}
    if not missing:
        return {}
    slugs = {key: _slugs(mentions[key], own, told_by) for key, own in missing.items()}
    wanted = [slug for choice in slugs.values() for slug in choice]
    taken = set(Speaker.objects.filter(slug__in=wanted).values_list("slug", flat=True))
    rows: dict[str, Speaker] = {}
    institutions: dict[tuple[str, str], Speaker] = {}
    for key in missing:
        mention = mentions[key]
        slug = next(slug for slug in slugs[key] if slug not in taken)
        row = _speaker(mention, slug)
        if mention.institution:
            # One institution that an article names in two ways is one.
            identity = mention.institution.name, mention.profile.wikidata_id
            row = institutions.setdefault(identity, row)
        taken.add(row.slug)
        rows[key] = row
    Speaker.objects.bulk_create({row.slug: row for row in rows.values()}.values())
    return rows


def _speaker(mention: Mention, slug: str) -> Speaker:
    known, speaker = mention.institution, mention.speaker
    name = known.name if known else speakers.plain_name(speaker.name, speaker.kind)
    return Speaker(
        slug=slug,
        name=name[:_NAME_CHARS],
        kind=speaker.kind.value,
        wikidata_id=known.wikidata_id if known else "",
        description=known.description if known else "",
    )


def _slugs(mention: Mention, key: str, told_by: str) -> list[str]:
    """Return addresses for a new speaker, the best first.

    A linked speaker's come from its key alone: two processes that add it at once ask for the
    same one, so that the second is refused, tries again and finds the first's row. The last is
    for another bearer of a name, who is told by the article.
    """
    space, _, plain = key.partition(":")
    base = slugify(plain)[:_SLUG_CHARS]
    unique = short_uid("speaker", key)
    if key == mention.own:
        return [f"{base}-{unique}".strip("-"), f"{base}-{short_uid(key, told_by)}".strip("-")]
    choices = [base, f"{base}-{space}", f"{base}-{unique}", f"{base}-{short_uid(key, told_by)}"]
    return [slug.strip("-") for slug in choices if slug.strip("-")]


def _store_own_names(
    mentions: Mapping[str, Mention], outcomes: Mapping[str, Outcome], rows: Mapping[str, Speaker]
) -> None:
    """Store what the mentions are called, with the keys to look those names up elsewhere."""
    names: dict[tuple[int, str], SpeakerName] = {}
    for key, mention in mentions.items():
        row, score = rows[key], outcomes[key].verdict.score
        for name, (own, reason) in _own_names(mention, outcomes[key], row).items():
            names[row.pk, name] = SpeakerName(
                speaker_id=row.pk, name=name, key=own, reason=reason[:_REASON_CHARS], score=score
            )
    store_names(names)


def _own_names(mention: Mention, outcome: Outcome, row: Speaker) -> dict[str, tuple[str, str]]:
    """Return name -> key and reason. "" is the key of a name that only this context explains."""
    speaker = mention.speaker
    said, reason = speaker.name[:_NAME_CHARS], speakers.link_reason(speaker.name, speaker.kind)
    if outcome.speaker:
        return {said: (speakers.link_key(speaker) or "", outcome.verdict.reason)}
    if outcome.key == mention.own:
        return {row.name: (outcome.key, "same name"), said: (outcome.key, reason)}
    across = speakers.link_key(speaker) or ("" if mention.institution else outcome.key)
    return {row.name: (outcome.key, "same name"), said: (across, reason)}


def store_names(names: Mapping[tuple[int, str], SpeakerName]) -> set[tuple[int, str]]:
    """Store names, by speaker and name, with the keys of each; return which were not stored yet.

    Four queries. Names without a key, or that hold in one article only, are not looked up.
    """
    speakers_of = {pk for pk, _ in names}
    stored = SpeakerName.objects.filter(speaker__in=speakers_of).values_list("speaker_id", "name")
    known = set(stored.filter(name__in={name for _, name in names}))
    new = {pair: row for pair, row in names.items() if pair not in known}
    SpeakerName.objects.bulk_create(new.values(), ignore_conflicts=True)
    held = {pair: row for pair, row in new.items() if is_looked_up(row.key)}
    if not held:
        return set(new)
    rows = SpeakerName.objects.filter(
        speaker__in={pk for pk, _ in held}, name__in={name for _, name in held}
    ).select_related("speaker")
    SpeakerNameKey.objects.bulk_create(
        (
            SpeakerNameKey(name=row, key=key)
            for row in rows
            if (row.speaker_id, row.name) in held
            for key in speakers.stored_keys(row.name, SpeakerKind(row.speaker.kind))
        ),
        ignore_conflicts=True,
    )
    return set(new)


def is_looked_up(key: str) -> bool:
    """Say whether a name with this key holds across articles."""
    return bool(key) and not key.startswith("in ")


def store_suggestions(outcomes: Mapping[str, Outcome], rows: Mapping[str, Speaker]) -> None:
    """Store whom the outcomes suggest; `rows` are the speakers of their mentions."""
    pairs: dict[tuple[int, int], SpeakerSuggestion] = {}
    for key, outcome in outcomes.items():
        for other, verdict in outcome.suggested:
            one, two = sorted((rows[key].pk, other.pk))
            pairs[one, two] = SpeakerSuggestion(
                one_id=one, other_id=two, reason=verdict.reason, score=verdict.score
            )
    if pairs:
        # A pair that people have decided on is there already, and stays as it is.
        SpeakerSuggestion.objects.bulk_create(pairs.values(), ignore_conflicts=True)


def _store_names(mentions: Mapping[str, Mention], known: Mapping[str, int]) -> None:
    """Store what else the article calls its speakers: no key, it links nothing elsewhere."""
    rows = [
        SpeakerName(speaker_id=known[key], name=alias[:_NAME_CHARS], key="", reason=_ALIAS)
        for key, mention in mentions.items()
        for alias in _aliases(mention)
    ]
    SpeakerName.objects.bulk_create(rows, ignore_conflicts=True)


def _aliases(mention: Mention) -> Iterable[str]:
    return dict.fromkeys(alias for alias in mention.speaker.aliases if alias.strip())
