"""Who an article's speakers are among those stored: candidates by keys, decided by context.

Reads only; quotes/store_speakers.py writes what is decided. A fixed number of queries, however
many speakers an article has and however many are stored: candidates are found by indexed keys.
Why: docs/decisions/0014-speakers-across-articles.md.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db.models import OuterRef, Q, Subquery

from quotes import gazetteer, name_data, speakers
from quotes.merging import roots
from quotes.models import (
    ArticleVersion,
    Speaker,
    SpeakerLink,
    SpeakerName,
    SpeakerNameKey,
)
from quotes.nlp import document
from quotes.nlp.document import Document, SpeakerKind
from quotes.params import LINKING
from quotes.speaker_evidence import Profile, Verdict, compare

# So many names of a speaker are compared, the surest first.
_NAMES = 20
_ARTICLES = 5000
# SQLite takes no more than 1000 conditions.
_FAMOUS = 900
_SURE = Verdict(1.0, "first so named")


@dataclass
class Mention:
    """A speaker of an article: how the article has it, and the keys that this gives.

    `key` is that of the article's link, `across` the one that holds across articles, if any.
    """

    key: str
    speaker: document.Speaker
    across: str | None
    own: str
    institution: gazetteer.Institution | None
    roles: tuple[str, ...]
    profile: Profile


@dataclass
class Candidate:
    """A stored speaker who may be a mention's, and what is stored of it."""

    row: Speaker
    names: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    countries: set[str] = field(default_factory=set)
    dates: list[date] = field(default_factory=list)
    company: set[str] = field(default_factory=set)

    def profile(self) -> Profile:
        """Return what a comparison reads."""
        kind = SpeakerKind(self.row.kind)
        return Profile(
            kind=kind,
            names=tuple(self.names[:_NAMES]),
            roles=tuple(dict.fromkeys(filter(None, [self.row.description, *self.roles]))),
            countries=frozenset(self.countries),
            dates=tuple(sorted(set(self.dates))),
            keys=frozenset(speakers.canonical_key(name, kind) for name in self.names[:_NAMES]),
            company=frozenset(self.company),
            wikidata_id=self.row.wikidata_id,
        )


class Ranked(NamedTuple):
    """A candidate, how surely it is the mention's speaker, and whether its key is the same."""

    candidate: Candidate
    verdict: Verdict
    holds_key: bool


@dataclass
class Outcome:
    """What is decided of a mention.

    `speaker` is the stored one that it is linked to, None for a new one, whose name gets the key
    `key`; `suggested` are stored speakers who may be the same.
    """

    speaker: Speaker | None
    verdict: Verdict
    key: str
    suggested: list[tuple[Speaker, Verdict]]


# --- what the article says


def mentions(version: ArticleVersion, doc: Document) -> dict[str, Mention]:
    """Return the speakers of a document that get a row, by the key of their link.

    Anonymous sources get none. A person and a body of one name are told apart by their keys.
    """
    found: dict[str, document.Speaker] = {}
    roles: dict[str, list[str]] = defaultdict(list)
    for quotation in doc.quotations:
        speaker = quotation.speaker
        if speaker and has_row(speaker):
            key = mention_key(speaker, found)
            found.setdefault(key, speaker)
            roles[key].append(speaker.role or "")
    about = about_countries(doc.text, _country(version)) if found else frozenset()
    made = {
        key: _mention(version, key, speaker, roles[key], about) for key, speaker in found.items()
    }
    proper = frozenset(key for key, mention in made.items() if mention.across)
    for key, mention in made.items():
        mention.profile = mention.profile._replace(company=proper - {key})
    return made


def has_row(speaker: document.Speaker) -> bool:
    """Say whether a speaker is named: with a letter or a digit, and not only described."""
    return speaker.kind is not SpeakerKind.ANONYMOUS and any(map(str.isalnum, speaker.name))


def mention_key(speaker: document.Speaker, others: Mapping[str, document.Speaker]) -> str:
    """Return the key of the link of `speaker` in its article, given those of `others` there."""
    key = speakers.canonical_key(speaker.name, speaker.kind) or speaker.name.strip()
    key = key if len(key) <= speakers.KEY_CHARS else speakers.article_key(speaker, "")
    taken = others.get(key)
    if taken and (taken.kind is SpeakerKind.PERSON) != (speaker.kind is SpeakerKind.PERSON):
        return f"{speaker.kind}:{key}"[: speakers.KEY_CHARS]
    return key


def _mention(
    version: ArticleVersion,
    key: str,
    speaker: document.Speaker,
    roles: Sequence[str],
    about: frozenset[str],
) -> Mention:
    told = tuple(dict.fromkeys(filter(None, roles)))
    known = speakers.institution(speaker, about)
    return Mention(
        key=key,
        speaker=speaker,
        across=speakers.link_key(speaker, about),
        own=speakers.article_key(speaker, version.article.uid),
        institution=known,
        roles=told,
        profile=Profile(
            kind=speaker.kind,
            names=(known.name if known else speaker.name,),
            roles=told,
            countries=frozenset(filter(None, [_country(version)])),
            about=about,
            dates=(version.published_on,) if version.published_on else (),
            keys=frozenset({key}),
            wikidata_id=known.wikidata_id if known else "",
        ),
    )


def _country(version: ArticleVersion) -> str:
    outlet = version.article.outlet
    return name_data.outlet_country(outlet.domain) if outlet and outlet.domain else ""


def about_countries(text: str, outlet_country: str) -> frozenset[str]:
    """Return the country that a text is about by the places it names, as a set of one or none.

    A text that names no place is about its outlet's country.
    """
    spans = name_data.place_spans(text[: LINKING.about_chars])
    counts = Counter(code.partition("-")[0] for _, _, code in spans)
    if not counts:
        return frozenset(filter(None, [outlet_country]))
    (code, count), *_ = counts.most_common(1)
    return frozenset([code] if count >= LINKING.about_share * counts.total() else [])


# --- who is stored


def decide(wanted: Sequence[Mention]) -> dict[str, Outcome]:
    """Return what is decided of each mention, by its key, as far as the tables tell."""
    holders, possible, ends = _candidates(wanted)
    rows = _rows(ends)
    ranked = {
        mention.key: _by_name(mention, holders[mention.key], possible[mention.key], rows)
        for mention in wanted
    }
    _add_contexts({pk: rows[pk] for found in ranked.values() for pk in found})
    outcomes = {
        mention.key: _decide(mention, [rows[pk] for pk in ranked[mention.key]], holders)
        for mention in wanted
    }
    return _one_name_each(wanted, outcomes)


def _candidates(
    wanted: Sequence[Mention],
) -> tuple[dict[str, set[int]], dict[str, set[int]], dict[int, int]]:
    """Return, by mention, the speakers who hold its very key, and those of like names.

    Merged ones are given as whom they have become; the third says who that is for each looked up.
    """
    exact, like = defaultdict(list), defaultdict(list)
    for mention in wanted:
        if mention.across:
            exact[mention.across].append(mention.key)
        for key in speakers.lookup_keys(mention.profile.names[0], mention.speaker.kind):
            like[key].append(mention.key)
    holders: dict[str, set[int]] = defaultdict(set)
    possible: dict[str, set[int]] = defaultdict(set)
    names = SpeakerName.objects.filter(key__in=exact)
    for key, pk in names.order_by().values_list("key", "speaker_id"):
        for mention_key_ in exact[key]:
            holders[mention_key_].add(pk)
    keys = SpeakerNameKey.objects.filter(key__in=like)
    for key, pk in keys.order_by().values_list("key", "name__speaker_id"):
        for mention_key_ in like[key]:
            possible[mention_key_].add(pk)
    _add_by_wikidata(wanted, possible)
    ends = roots({pk for found in (*holders.values(), *possible.values()) for pk in found})
    for found in (holders, possible):
        for name, pks in list(found.items()):
            found[name] = {ends[pk] for pk in pks if pk in ends}
    return holders, possible, ends


def _add_by_wikidata(wanted: Sequence[Mention], possible: dict[str, set[int]]) -> None:
    known = {m.institution.wikidata_id: m.key for m in wanted if m.institution}
    known.pop("", None)
    if known:
        rows = Speaker.objects.filter(wikidata_id__in=known).order_by()
        for identifier, pk in rows.values_list("wikidata_id", "pk"):
            possible[known[identifier]].add(pk)


def _rows(ends: Mapping[int, int]) -> dict[int, Candidate]:
    """Return the candidates with the names that hold across articles; their own name always.

    Names that a speaker had before it was merged into another are that one's.
    """
    wanted = set(ends.values())
    rows = {row.pk: Candidate(row, [row.name]) for row in Speaker.objects.filter(pk__in=wanted)}
    names = SpeakerName.objects.filter(speaker__in={*ends, *wanted}).exclude(key="")
    for pk, name in names.order_by("-score", "pk").values_list("speaker_id", "name"):
        own = rows[ends.get(pk, pk)].names
        if name not in own:
            own.append(name)
    return rows


def _by_name(
    mention: Mention, holders: set[int], possible: set[int], rows: Mapping[int, Candidate]
) -> list[int]:
    """Return the candidates whose names alone make them worth a look at their contexts."""
    bare = mention.profile._replace(roles=(), dates=(), countries=frozenset(), company=frozenset())
    scores = {pk: compare(bare, rows[pk].profile()).score for pk in possible - holders}
    best = sorted(scores, key=lambda pk: (-scores[pk], -rows[pk].row.quotation_count, pk))
    # What context can add at most is less than what it takes from "different names".
    near = [pk for pk in best if scores[pk] > _NEVER]
    known = sorted(holders, key=lambda pk: (-rows[pk].row.quotation_count, pk))
    return [*known, *near][: LINKING.candidates]


_NEVER = 0.01


def _add_contexts(rows: Mapping[int, Candidate]) -> None:
    """Read the latest articles of the candidates: roles, countries, dates, who else speaks."""
    links = SpeakerLink.objects.filter(_latest(rows), article__versions__is_current=True)
    columns = "speaker_id", "article_id", "role", "article__outlet__domain"
    used: dict[int, set[int]] = defaultdict(set)
    for pk, article, role, domain, day in links.order_by("-pk").values_list(
        *columns, "article__versions__published_on"
    ):
        rows[pk].roles.append(role)
        rows[pk].countries |= {name_data.outlet_country(domain or "")} - {""}
        if day:
            rows[pk].dates.append(day)
        used[article].add(pk)
    _add_company(rows, used)


def _latest(rows: Iterable[int]) -> Q:
    """Return the condition of being one of the latest links of one of these speakers.

    By the key of the last link to count, which an index gives, however many there are: numbering
    the links of a much-quoted speaker took a third of a second.
    """
    own = SpeakerLink.objects.filter(speaker=OuterRef("pk")).order_by("-pk").values("pk")
    last = Subquery(own[LINKING.profile_articles - 1 : LINKING.profile_articles])
    known = Speaker.objects.filter(pk__in=rows).annotate(last=last).order_by()
    floors = dict(known.values_list("pk", "last"))
    famous = sorted((pk for pk, floor in floors.items() if floor), reverse=True)[:_FAMOUS]
    few = [pk for pk, floor in floors.items() if floor is None]
    return Q(
        Q(speaker__in=few), *(Q(speaker=pk, pk__gte=floors[pk]) for pk in famous), _connector=Q.OR
    )


def _add_company(rows: Mapping[int, Candidate], used: Mapping[int, set[int]]) -> None:
    beside = SpeakerLink.objects.filter(article__in=sorted(used, reverse=True)[:_ARTICLES])
    # Whoever speaks beside everybody says nothing of who somebody is.
    beside = beside.filter(speaker__quotation_count__lte=LINKING.company_most_quotations)
    for article, key, speaker in beside.order_by().values_list("article_id", "key", "speaker_id"):
        for pk in used[article] - {speaker}:
            rows[pk].company.add(key)


# --- what follows


def _decide(
    mention: Mention, candidates: Sequence[Candidate], holders: Mapping[str, set[int]]
) -> Outcome:
    ranked = sorted(
        (
            Ranked(row, compare(mention.profile, row.profile()), row.row.pk in holders[mention.key])
            for row in candidates
        ),
        key=lambda one: (-one.verdict.score, not one.holds_key, one.candidate.row.pk),
    )
    holding = [one for one in ranked if one.holds_key]
    # Whoever has the very name goes first: another spelling may be a double of that row.
    rivals = holding if any(map(_is_sure, holding)) else ranked
    if rivals and _is_sure(rivals[0]) and _leads(rivals):
        row, verdict = rivals[0].candidate.row, rivals[0].verdict
        return Outcome(row, Verdict(verdict.score, _reason(mention, verdict.reason)), "", [])
    return _new(mention, ranked, has_rival=any(map(_is_possible, holding)))


def _is_sure(one: Ranked) -> bool:
    return one.verdict.score >= LINKING.link_from


def _reason(mention: Mention, reason: str) -> str:
    if mention.institution is None:
        return reason
    return speakers.link_reason(mention.speaker.name, mention.speaker.kind, mention.institution)


def _leads(rivals: Sequence[Ranked]) -> bool:
    """Say whether the first is so much likelier than the second that there is no doubt."""
    if len(rivals) == 1:
        return True
    first, second = (one.verdict.score for one in rivals[:2])
    return first * (1 - second) >= LINKING.rival_odds * second * max(1 - first, 1e-9)


def _is_possible(one: Ranked) -> bool:
    return one.verdict.score >= LINKING.suggest_from


def _new(mention: Mention, ranked: Sequence[Ranked], *, has_rival: bool) -> Outcome:
    """Return that a mention is a speaker not stored yet, or may be one of `ranked`.

    Where somebody who may be the same holds its key, it stays in its article, so that the next
    article is not left with one more bearer of the name to choose from.
    """
    near = [one for one in ranked if _is_possible(one)][: LINKING.suggestions]
    suggested = [(one.candidate.row, one.verdict) for one in near]
    key = mention.own if has_rival or mention.across is None else mention.across
    verdict = Verdict(1.0, f"perhaps {near[0].candidate.row}"[:200]) if near else _SURE
    return Outcome(None, verdict, key, suggested)


def _one_name_each(wanted: Sequence[Mention], outcomes: dict[str, Outcome]) -> dict[str, Outcome]:
    """Let one speaker have one name in an article: who is named in two ways there is two people.

    The surer link stays, the other becomes a suggestion.
    """
    by_speaker: dict[int, list[Mention]] = defaultdict(list)
    for mention in wanted:
        if row := outcomes[mention.key].speaker:
            by_speaker[row.pk].append(mention)
    for same in by_speaker.values():
        same.sort(key=lambda m: (-outcomes[m.key].verdict.score, m.key))
        for mention in same[1:]:
            outcome = outcomes[mention.key]
            if outcome.speaker and mention.institution is None:
                verdict = Verdict(LINKING.suggest_from, "named beside it in one article")
                outcomes[mention.key] = Outcome(
                    None, _SURE, mention.own, [(outcome.speaker, verdict)]
                )
    return outcomes
