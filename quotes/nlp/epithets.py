"""From "the envoy", "the Florida senator", "Trump's campaign manager" to who it is, by weighing.

Who bears the noun goes before who was just spoken of; words that agree or clash count, and so does
how near and how weighty the last mention is. The weights are few and rounded: they were set on
labelled articles (docs/decisions/0007-attribution.md), not fitted to them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from quotes.nlp import lexicon
from quotes.nlp.document import Span, SpeakerKind
from quotes.nlp.grammar import Word
from quotes.nlp.mentions import Mention, singular
from quotes.nlp.referents import Referent
from quotes.nlp.resolution import Article, Resolution, anonymously, refer
from quotes.nlp.roles import said_by

_BEARS = 3.0  # the article says the noun of this person
_AGREES = 1.5  # for each further word that it says, two at most
_OTHERWISE = -1.2  # the description has a name ("Florida") that the article does not say of them
_CLASHES = -1.3  # and it says another name of that kind instead
_OTHER_ROLE = -1.0  # the article says another noun of a person
_WEIGHTY = 1.5  # spoke, or was what the sentence is about
_SUBJECT = 1.0
_NEAR = 1.0  # in the same sentence; less with each sentence back
_FURTHER = 0.4
_LEAST = 1.0  # for who does not bear the noun
_CLOSE = 1.0  # a rival within it makes the choice unsure
_MAX_MET = 60  # mentions of bearers that are looked at, the last before


@dataclass(frozen=True)
class Bid:
    """How well a referent fits a description: `bears` its noun, `last` where it was met."""

    referent: Referent
    last: Span
    bears: bool
    agreeing: int
    weight: float


def resolve_epithet(article: Article, mention: Mention, *, again: Resolution | None) -> Resolution:
    """Return whom a definite description of one person stands for; anonymous if nobody fits.

    `again` is the source so described before, if any: it wins where it was met after the bearer.
    """
    bids = sorted(_bids(article, mention), key=lambda bid: (bid.weight, bid.last.start))
    best = bids[-1] if bids else None
    if best is None or not best.bears:
        again = again or _named_later(article, mention)
        if again:
            return again
        unknown = best is None or mention.possessed or best.weight < _LEAST
        if best is None or unknown or not _is_weighty(article, best):
            return anonymously(article, mention)
        return refer(best.referent, "last-person", at=best.last)
    if again and again.steps[0].span.start > best.last.start and again.referent is None:
        return again
    rivals = [bid for bid in bids[:-1] if bid.bears and bid.weight > best.weight - _CLOSE]
    return refer(best.referent, "epithet-unsure" if rivals else "epithet", at=best.last)


def best_bearer(article: Article, mention: Mention, *, people: bool) -> Bid | None:
    """Return who bears the description's noun and fits it best, None if nobody does."""
    met = _met(article, mention.noun, mention.span.start, people=people)
    bids = [bid for last, referent in met if (bid := _bid(article, mention, referent, last))]
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
    near = _people_near(article, mention)
    met = _met(article, mention.noun, mention.span.start, people=True)
    people = {id(referent): (last, referent) for last, referent in (*near, *met)}
    for last, referent in people.values():
        bid = _bid(article, mention, referent, last)
        if bid is not None:
            yield bid


def _bid(article: Article, mention: Mention, referent: Referent, last: Span) -> Bid | None:
    """Return how well a referent last met at `last` fits; None if the gender is another."""
    if mention.gender is not None and referent.gender not in (mention.gender, None):
        return None
    said = article.referents.said_of(referent)
    bears = mention.noun in said
    own = modifiers(article, mention)
    agreeing = len(own & said)
    # A party is said of many, mostly as an adjective: it tells less than an office.
    own_noun = _AGREES if lexicon.is_adherent(mention.noun.capitalize()) else _BEARS
    weight = _AGREES * min(agreeing, 2) + (own_noun if bears else 0.0)
    names_it = _names_in(article, mention)
    if bears and names_it and not names_it & said:
        weight += _OTHERWISE + (_CLASHES if _has_name(article, said) else 0.0)
    if not bears and any(lexicon.person_gender(word) for word in said):
        weight += _OTHER_ROLE
    distance = _distance(article, mention, last)
    if distance <= article.params.antecedent_window_sentences:
        weight += _NEAR - _FURTHER * distance + _salience(article, referent, last, distance)
    return Bid(referent, last, bears, agreeing, weight)


def _names_in(article: Article, mention: Mention) -> set[str]:
    """Return the words of the description that have a capital in mid-sentence: "Florida"."""
    words = article.grammar.inside(mention.core)
    return {w.low for w in words if _is_name(w) and singular(w) != mention.noun}


def _is_name(word: Word) -> bool:
    return word.token.upos == "PROPN" and word.token.text[:1].isupper()


def _has_name(article: Article, said: Iterable[str]) -> bool:
    """Say whether words said of somebody include a place's or body's name."""
    return not article.name_words.isdisjoint(said)


def _salience(article: Article, referent: Referent, last: Span, distance: int) -> float:
    if distance > 1:
        return 0.0
    here = article.grammar.sentence_at(last.start)
    spoke = any(told.resolution.referent is referent for told in article.told_by("at", here))
    if spoke or article.grammar.is_main_subject(last):
        return _WEIGHTY
    return _SUBJECT if article.grammar.is_subject(last) else 0.0


def _is_weighty(article: Article, bid: Bid) -> bool:
    here = article.grammar.sentence_at(bid.last.start)
    told = article.told_by("at", here)
    spoke = any(one.resolution.referent is bid.referent for one in told)
    return spoke or article.grammar.is_subject(bid.last)


def _distance(article: Article, mention: Mention, last: Span) -> int:
    sentence_at = article.grammar.sentence_at
    return sentence_at(mention.span.start) - sentence_at(last.start)


def _met(article: Article, noun: str, before: int, *, people: bool) -> list[tuple[Span, Referent]]:
    """Return the bearers of a noun met before, each with its last mention, the last ones met."""
    found: dict[int, tuple[Span, Referent]] = {}
    for span, referent in article.bearer_mentions(noun, before, most=_MAX_MET):
        if (referent.kind is SpeakerKind.PERSON) == people:
            found[id(referent)] = span, referent
    return list(found.values())


def _named_later(article: Article, mention: Mention) -> Resolution | None:
    """Return who is so described only later, as headlines do: "Reagan's daughter", then her name.

    The description must say more than the noun, and one person only may answer to all of it.
    """
    own = modifiers(article, mention)
    fitting = [
        referent
        for referent in article.referents.bearers(mention.noun)
        if referent.kind is SpeakerKind.PERSON
        and own
        and own <= article.referents.said_of(referent)
        and referent.mentions[0].start > mention.span.start
    ]
    if len(fitting) != 1:
        return None
    return refer(fitting[0], "named-later", at=fitting[0].mentions[0])


def _people_near(article: Article, mention: Mention) -> list[tuple[Span, Referent]]:
    """Return the people mentioned in the sentences before, each with its last mention."""
    sentence_at = article.grammar.sentence_at
    low = max(0, sentence_at(mention.span.start) - article.params.antecedent_window_sentences)
    start = article.grammar.sentence(low).span.start if low else 0
    if start >= mention.span.start:
        return []
    near = article.referents.mentioned(Span(start=start, end=mention.span.start))
    people = {id(r): r for _, r in near if r.kind is SpeakerKind.PERSON}
    found = [(r.last_before(mention.span.start), r) for r in people.values()]
    return [(last, r) for last, r in found if last is not None and sentence_at(last.start) >= low]
