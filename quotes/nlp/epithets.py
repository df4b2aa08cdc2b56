"""From "the envoy", "the Florida senator", "Trump's campaign manager" to who it is, by weighing.

Who bears the noun goes before who was just spoken of; words that agree or clash count, and so does
how near and how weighty the last mention is. The weights are few and rounded: they were set on
labelled articles (docs/decisions/0007-attribution.md), not fitted to them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from quotes.nlp import lexicon
from quotes.nlp.document import Span, SpeakerKind
from quotes.nlp.grammar import Word
from quotes.nlp.mentions import Mention, singular
from quotes.nlp.referents import Referent
from quotes.nlp.resolution import Article, Resolution, anonymously, follow, refer
from quotes.nlp.roles import said_by
from quotes.params import EPITHET_WEIGHTS

_MOST_AGREEING = 2
_BEARS = EPITHET_WEIGHTS["epithet-bears"]
_AGREES = EPITHET_WEIGHTS["epithet-agrees"]
_OTHERWISE = EPITHET_WEIGHTS["epithet-otherwise"]
_CLASHES = EPITHET_WEIGHTS["epithet-clashes"]
_OTHER_ROLE = EPITHET_WEIGHTS["epithet-other-role"]
_WEIGHTY = EPITHET_WEIGHTS["epithet-weighty"]
_SUBJECT = EPITHET_WEIGHTS["epithet-subject"]
_NEAR = EPITHET_WEIGHTS["epithet-near"]
_FURTHER = EPITHET_WEIGHTS["epithet-further"]
_FADING = EPITHET_WEIGHTS["epithet-fading"]
_LEAST = EPITHET_WEIGHTS["epithet-least"]
_CLOSE = EPITHET_WEIGHTS["epithet-close"]
_MAX_MET = 60  # mentions of bearers that are looked at, the last before


@dataclass(frozen=True)
class Met:
    """Where a referent was met before a mention: places in text order, and their sentences."""

    referent: Referent
    spans: tuple[Span, ...]
    sentences: tuple[int, ...]


@dataclass(frozen=True)
class Bid:
    """How well a referent fits a description: `bears` its noun, `last` where it was met.

    `otherwise` says that the description has a name which the article does not say of the
    referent, of whom it says the noun or another office; `weighty` says whether it spoke or was a
    subject near.
    """

    referent: Referent
    last: Span
    bears: bool
    otherwise: bool
    weighty: bool
    weight: float


def resolve_epithet(article: Article, mention: Mention, *, again: Resolution | None) -> Resolution:
    """Return whom a definite description of one person stands for; anonymous if nobody fits.

    `again` is the source so described before, if any: it wins where it was met after the bearer.
    """
    bids = sorted(_bids(article, mention), key=lambda bid: (bid.weight, bid.last.start))
    best = bids[-1] if bids else None
    if best is not None and best.weight >= _LEAST and lexicon.is_age(mention.noun):
        article.referents.note(best.referent, [mention.noun])
    if best is None or not best.bears:
        least = best.weight if best else _LEAST
        again = again or _just_spoke(article, mention, least) or named_later(article, mention)
        if again:
            return again
        unknown = best is None or mention.possessed or best.weight < _LEAST
        met = best is not None and (best.weighty or lexicon.is_age(mention.noun))
        if best is None or unknown or not met or best.otherwise:
            return anonymously(article, mention)
        return refer(best.referent, "last-person", at=best.last)
    if again and again.steps[0].span.start > best.last.start and again.referent is None:
        return again
    rivals = [bid for bid in bids[:-1] if bid.bears and bid.weight > best.weight - _CLOSE]
    return refer(
        best.referent, "epithet-unsure" if rivals or best.otherwise else "epithet", at=best.last
    )


def _just_spoke(article: Article, mention: Mention, least: float) -> Resolution | None:
    """Return the anonymous source that spoke just before: "the man" after "another worshipper"."""
    if mention.gender is None or modifiers(article, mention):
        return None  # "the driver" may be anybody; "the man" says nothing of his own
    here = article.grammar.sentence_at(mention.span.start)
    for number in (here, here - 1):
        for told in reversed(article.told_by("at", number)):
            speaker, before = told.resolution.speaker, told.mention
            if before is None or before.span.end > mention.span.start or speaker is None:
                continue
            alike = before.gender is None or mention.gender in (before.gender, None)
            human = lexicon.person_gender(before.noun) is not None and not before.plural
            weight = _NEAR - _FURTHER * (here - number) + _WEIGHTY
            if speaker.kind is SpeakerKind.ANONYMOUS and human and alike and weight > least:
                return follow(told, "last-person")
    return None


def best_bearer(article: Article, mention: Mention, *, people: bool) -> Bid | None:
    """Return who bears the description's noun and fits it best, None if nobody does."""
    met = _met(article, mention.noun, mention.span.start, people=people)
    bids = [bid for one in met if (bid := _bid(article, mention, one))]
    return max(bids, key=lambda bid: (bid.weight, bid.last.start), default=None)


def modifiers(article: Article, mention: Mention) -> set[str]:
    """Return the words of a description that say more than its noun, lower case."""
    words = set(said_by(article, mention.core)) - _said_as_noun(article, mention)
    return words - lexicon.function_words("tense")


def _said_as_noun(article: Article, mention: Mention) -> set[str]:
    words = article.grammar.inside(mention.core)
    return {form for w in words if singular(w) == mention.noun for form in (w.low, singular(w))}


def _bids(article: Article, mention: Mention) -> Iterator[Bid]:
    """Yield the people who may be meant: who bears the noun, and who is near."""
    near = people_near(article, mention)
    met = _met(article, mention.noun, mention.span.start, people=True)
    for one in {id(one.referent): one for one in (*met, *near)}.values():
        bid = _bid(article, mention, one)
        if bid is not None:
            yield bid


def _bid(article: Article, mention: Mention, met: Met) -> Bid | None:
    """Return how well who was met fits; None if the gender is another."""
    referent = met.referent
    if mention.gender is not None and referent.gender not in (mention.gender, None):
        return None
    said = article.referents.said_of(referent)
    bears = mention.noun in said
    if not bears and lexicon.is_age(mention.noun) and any(map(lexicon.is_age, said)):
        return None  # of another age
    # A party is said of many, mostly as an adjective: it tells less than an office.
    noun = _AGREES if lexicon.is_adherent(mention.noun.capitalize()) else _BEARS
    weight = noun if bears else 0.0
    weight += _AGREES * min(len(modifiers(article, mention) & said), _MOST_AGREEING)
    names_it = _names_in(article, mention)
    roles = (word for word in said if not lexicon.is_age(word))
    other_role = not lexicon.is_age(mention.noun) and any(map(lexicon.person_gender, roles))
    office = other_role and _is_office(article, mention)
    otherwise = (bears or office) and bool(names_it) and not names_it & said
    if bears and otherwise:
        weight += _OTHERWISE + (_CLASHES if _has_name(article, said) else 0.0)
    if not bears and other_role:
        weight += _OTHER_ROLE
    here = article.grammar.sentence_at(mention.span.start)
    weighty = 0.0
    if here - met.sentences[-1] <= article.params.antecedent_window_sentences:
        weight += _NEAR - _FURTHER * (here - met.sentences[-1])
        weighty = max(
            _salience(article, referent, span) * (1.0 - _FADING * max(0, here - number - 1))
            for span, number in zip(met.spans, met.sentences, strict=True)
        )
    return Bid(referent, met.spans[-1], bears, otherwise, weighty > 0, weight + weighty)


def _is_office(article: Article, mention: Mention) -> bool:
    """Say whether a description is an office in a body that it names: "the Senate secretary"."""
    bodies = (one for span in mention.modifiers for one in article.referents.at(span))
    named = any(one.kind is SpeakerKind.ORGANISATION and not one.is_place for one in bodies)
    return named and lexicon.title_gender(mention.noun) is not None


def _names_in(article: Article, mention: Mention) -> set[str]:
    """Return the words of the description that have a capital in mid-sentence: "Florida"."""
    words = article.grammar.inside(mention.core)
    return {w.low for w in words if _is_name(w) and singular(w) != mention.noun}


def _is_name(word: Word) -> bool:
    capital = word.token.text[:1].isupper()
    return capital and (word.token.upos == "PROPN" or (word.token.upos == "ADJ" and word.index > 0))


def _has_name(article: Article, said: Iterable[str]) -> bool:
    """Say whether words said of somebody include a place's or body's name."""
    return not article.name_words.isdisjoint(said)


def _salience(article: Article, referent: Referent, last: Span) -> float:
    """Return the weight of where a referent was met: as a speaker, a main subject, a subject."""
    here = article.grammar.sentence_at(last.start)
    spoke = any(told.resolution.referent is referent for told in article.told_by("at", here))
    if spoke or article.grammar.is_main_subject(last):
        return _WEIGHTY
    return _SUBJECT if article.grammar.is_subject(last) else 0.0


def is_weighty(article: Article, met: Met) -> bool:
    """Say whether who was met spoke there or was a subject."""
    return any(_salience(article, met.referent, span) > 0 for span in met.spans)


def _met(article: Article, noun: str, before: int, *, people: bool) -> list[Met]:
    """Return the bearers of a noun met before, each with its last mention, the last ones met."""
    found: dict[int, Met] = {}
    for span, referent in article.bearer_mentions(noun, before, most=_MAX_MET):
        if (referent.kind is SpeakerKind.PERSON) == people:
            found[id(referent)] = Met(referent, (span,), (article.grammar.sentence_at(span.start),))
    return list(found.values())


def named_later(article: Article, mention: Mention) -> Resolution | None:
    """Return who is so described only later, as headlines do: "Reagan's daughter", then her name.

    The description must say more than the noun, and one person only may answer to all of it.
    """
    own = modifiers(article, mention)
    start = mention.span.end
    later = article.bearer_mentions(mention.noun, start, most=_MAX_MET, after=True) if own else []
    fitting = {
        id(referent): (span, referent)
        for span, referent in reversed(later)
        if referent.kind is SpeakerKind.PERSON
        and own <= article.referents.said_of(referent)
        and span == referent.mentions[0]
    }
    if len(fitting) != 1:
        return None
    ((span, referent),) = fitting.values()
    return refer(referent, "named-later", at=span)


def people_near(article: Article, mention: Mention) -> list[Met]:
    """Return the people met in the sentences before, also as "he", each with where."""
    here = article.grammar.sentence_at(mention.span.start)
    low = max(0, here - article.params.antecedent_window_sentences)
    start = article.grammar.sentence(low).span.start if low else 0
    if start >= mention.span.start:
        return []
    near = article.referents.mentioned(Span(start=start, end=mention.span.start))
    met = [(span, r) for span, r in near if r.kind is SpeakerKind.PERSON]
    for number in range(low, here + 1):
        for told in article.told_by("at", number):
            one, named = told.resolution.referent, told.mention
            if one is None or one.kind is not SpeakerKind.PERSON or named is None:
                continue
            if named.pronoun != "first":  # who tells the story is no part of it
                met.append((told.at, one))
    places: dict[int, list[Span]] = defaultdict(list)
    for span, referent in sorted(met, key=lambda pair: pair[0].start):
        if start <= span.start and span.end <= mention.span.start:
            places[id(referent)].append(span)
    known = {id(referent): referent for _, referent in met}
    at = article.grammar.sentence_at
    return [
        Met(known[key], tuple(spans), tuple(at(span.start) for span in spans))
        for key, spans in places.items()
    ]
