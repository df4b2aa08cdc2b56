"""The speakers of an article: found among those stored, or stored anew. Part of quotes/store.py."""

from collections.abc import Iterable

from django.utils.text import slugify

from quotes.addresses import short_uid
from quotes.models import Article, Speaker, SpeakerName
from quotes.nlp import document
from quotes.nlp.document import Document, SpeakerKind
from quotes.speakers import article_key, link_key, link_reason, plain_name

_NAME_CHARS = 300
_SLUG_CHARS = 200
_ALIAS = "so called in an article that names it in full"


def link(article: Article, doc: Document) -> dict[int, int]:
    """Return position of a quotation -> key of its speaker's row, storing new speakers and names.

    Anonymous sources have no row. One query a kind of thing, however many there are.
    """
    keys: dict[int, str] = {}
    named: dict[str, document.Speaker] = {}
    quotations = doc.quotations
    for position, quotation in enumerate(quotations):
        speaker = quotation.speaker
        if speaker and speaker.kind is not SpeakerKind.ANONYMOUS:
            keys[position] = link_key(speaker) or article_key(speaker, article.uid)
            named.setdefault(keys[position], speaker)
    known = _known_speakers(named)
    missing = {key: speaker for key, speaker in named.items() if key not in known}
    known |= _new_speakers(missing)
    _store_names(known, ((keys[p], quotations[p].speaker) for p in keys))
    return {position: known[key].pk for position, key in keys.items()}


def _known_speakers(keys: Iterable[str]) -> dict[str, Speaker]:
    names = SpeakerName.objects.filter(key__in=list(keys)).select_related("speaker")
    return {name.key: name.speaker for name in names.order_by("-pk")}  # the oldest wins


def _new_speakers(missing: dict[str, document.Speaker]) -> dict[str, Speaker]:
    slugs = {key: _slugs(key, speaker) for key, speaker in missing.items()}
    wanted = [slug for choice in slugs.values() for slug in choice]
    taken = set(Speaker.objects.filter(slug__in=wanted).values_list("slug", flat=True))
    rows = {}
    for key, speaker in missing.items():
        slug = next(slug for slug in slugs[key] if slug not in taken)
        taken.add(slug)
        name = plain_name(speaker.name)[:_NAME_CHARS]
        rows[key] = Speaker(slug=slug, name=name, kind=speaker.kind.value)
    Speaker.objects.bulk_create(rows.values())
    return rows


def _slugs(key: str, speaker: document.Speaker) -> list[str]:
    """Return addresses for a new speaker, the best first.

    A linked speaker's come from its key alone: two processes that add it at once ask for the
    same one, so that the second is refused, tries again and finds the first's row.
    """
    space, _, plain = key.partition(":")
    base = slugify(plain)[:_SLUG_CHARS]
    unique = short_uid("speaker", key)
    if link_key(speaker) is None:
        return [f"{base}-{unique}".strip("-")]
    return [*filter(None, [base]), f"{base}-{space}".strip("-"), f"{base}-{unique}".strip("-")]


def _store_names(
    known: dict[str, Speaker], uses: Iterable[tuple[str, document.Speaker | None]]
) -> None:
    rows: dict[tuple[int, str], SpeakerName] = {}
    for key, used in uses:
        if used is None:
            continue
        pk = known[key].pk
        name = used.name[:_NAME_CHARS]
        rows[pk, name] = SpeakerName(
            speaker_id=pk, name=name, key=key, reason=link_reason(used.name)
        )
        for alias in used.aliases:
            # No key: a name that holds inside one article links nothing elsewhere.
            row = SpeakerName(speaker_id=pk, name=alias[:_NAME_CHARS], key="", reason=_ALIAS)
            rows.setdefault((pk, row.name), row)
    SpeakerName.objects.bulk_create(rows.values(), ignore_conflicts=True)
