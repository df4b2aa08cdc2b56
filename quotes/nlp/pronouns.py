"""From a pronoun as the source to the speaker that it stands for.

Subjects and speakers first, the nearest first (Hobbs 1978; centering: Grosz, Joshi and Weinstein
1995), agreement in person, number and gender, nothing from inside quoted words.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from quotes.nlp import lexicon
from quotes.nlp.descriptions import resolve_description, resolve_pair
from quotes.nlp.document import Evidence, Quotation, Span, Speaker, SpeakerKind
from quotes.nlp.grammar import NOMINAL, Word
from quotes.nlp.mentions import Form, Mention, is_plural, read, singular
from quotes.nlp.referents import Pair, Referent
from quotes.nlp.resolution import (
    Article,
    Resolution,
    Told,
    anonymously,
    back_to,
    follow,
    phrase_start,
    refer,
    resolve_joint,
    resolve_name,
    together,
    together_as,
)

_LINE = re.compile(r"\S[^\n]*(?<=\S)")
_BYLINE_LINES, _SIGNING_LINES = 5, 2
_MAX_BACK = 6  # nouns before a relative pronoun
_MAX_CLIMB = 4  # arcs from a relative pronoun up to its clause
_AGENT, _ADJUNCT = "obl:agent", "advcl"
OPEN = Resolution(None, "open-pronoun")


def resolve_pronoun(article: Article, quotation: Quotation, mention: Mention) -> Resolution:
    """Return the speaker that the pronoun `mention` stands for; no speaker if none is near."""
    match mention.pronoun:
        case "first":
            return _first_person(article, quotation, mention)
        case "relative":
            return _relative(article, mention)
        case "indefinite":
            return _each(article, mention)
        case "second":
            return OPEN
    found = _antecedent(article, quotation, mention)
    if found.rule == "pronoun" and found.referent is not None:
        # What stands for somebody once tells who cannot be meant by "he" later on.
        found.referent.gender = found.referent.gender or mention.gender
    return found


def _each(article: Article, mention: Mention) -> Resolution:
    """Resolve "each" and "both": the several speakers named last in the sentence, else the pair."""
    here = article.grammar.sentence_at(mention.span.start)
    for told in reversed(article.told_by("at", here)):
        if told.mention is not None and told.resolution.rule == "joint":
            return follow(told, "pronoun")
    dual = mention.span.of(article.doc.text).lower() in lexicon.function_words("dual")
    return (resolve_pair(article, mention) if dual else None) or OPEN


def _first_person(article: Article, quotation: Quotation, mention: Mention) -> Resolution:
    """Resolve "I" inside somebody's quoted words: that somebody; outside them: the author."""
    here = article.grammar.sentence_at(mention.span.start)
    for told in reversed(article.told_by("content", here)):
        around = any(span.holds(mention.span) for span in told.quotation.content)
        if around and told.quotation is not quotation and told.resolution.speaker:
            return follow(told, "speaker-of-quotation")
    one = article.words(mention.span).lower() in lexicon.function_words("own-voice")
    if not one or article.quoted.any_holds(mention.span):
        return OPEN
    return author(article) or OPEN


def author(article: Article) -> Resolution | None:
    """Return who signs the article: named alone in a byline, or said at the end to be the writer.

    "By Ana Roe" stands in the first lines; "Ana Roe is a professor of law." opens the last ones.
    """
    lines = [match.span() for match in _LINE.finditer(article.doc.text)]
    for start, end in lines[:_BYLINE_LINES]:
        first, _, rest = article.doc.text[start:end].partition(" ")
        by = first.lower() in lexicon.function_words("byline")
        found = _person_opening(article, end - len(rest), end) if by and rest else None
        if found and found[0].end == end:
            return refer(found[1], "byline", at=found[0])
    for start, end in lines[-_SIGNING_LINES:]:
        found = _person_opening(article, start, end) if len(lines) > _SIGNING_LINES else None
        if found and _is_said_to_be(article, found[0]):
            return refer(found[1], "byline", at=found[0])
    return None


def _person_opening(article: Article, start: int, end: int) -> tuple[Span, Referent] | None:
    met = article.referents.mentioned(Span(start=start, end=end))
    people = [(span, r) for span, r in met if r.kind is SpeakerKind.PERSON and span.start == start]
    return people[0] if people else None


def _is_said_to_be(article: Article, span: Span) -> bool:
    """Say whether a clause says of a person what he or she is: "Ana Roe is a columnist"."""
    for word in article.grammar.inside(span)[:1]:
        noun = article.grammar.head(word)
        human = noun is not None and lexicon.person_gender(singular(noun)) is not None
        if human and word.token.deprel == "nsubj":
            return True
    return False


def _relative(article: Article, mention: Mention) -> Resolution:
    """Resolve "X, who said": the noun that the relative clause hangs on, else the one before it.

    "Who" wants a person: where the tree gives a thing, the nouns above it and before it are tried.
    """
    human = mention.span.of(article.doc.text).lower() in ("who", "whom")
    if those := _demonstrative_before(article, mention):
        step = Evidence(role="antecedent", span=those, rule="relative")
        speaker = Speaker(name=article.words(those).lower(), kind=SpeakerKind.ANONYMOUS)
        return Resolution(speaker, "relative", (step,))
    heads = [*_relative_heads(article, mention), *_nouns_before(article, mention)]
    fitting = [word for word in heads if not human or _is_human(article, word)] or heads
    if not fitting:
        return OPEN
    head = fitting[0].span
    both = _pair_at(article, head) if human and _is_of_several(article, mention) else None
    if both is not None:
        return together_as(both)
    entity = [e.span.start for e in article.grammar.entities_at(head)[:1]]
    start = min([phrase_start(article, head), *entity])
    before = article.doc.text[start : mention.span.start].rstrip(" ,;(—–-")
    antecedent = read(article.grammar, Span(start=start, end=max(start + len(before), head.end)))
    if antecedent.form is Form.JOINT:
        found = resolve_joint(article, antecedent, partial(_noun, article))
    else:
        found = _noun(article, antecedent)
    step = Evidence(role="antecedent", span=antecedent.span, rule="relative")
    through = found.through | {found.rule}
    return Resolution(found.speaker, "relative", (step, *found.steps), found.referent, through)


def _noun(article: Article, mention: Mention) -> Resolution:
    """Return who a name or a description stands for; who points nowhere is anonymous."""
    if mention.form is Form.NAME:
        return resolve_name(article, mention)
    pointing = mention.form is Form.DESCRIPTION and mention.definite
    return (resolve_description if pointing else anonymously)(article, mention)


def _is_of_several(article: Article, mention: Mention) -> bool:
    """Say whether the verb after a relative pronoun is in the plural: "who have said"."""
    end = article.grammar.sentence(article.grammar.sentence_at(mention.span.start)).span.end
    if mention.span.end >= end:
        return False
    after = article.grammar.inside(Span(start=mention.span.end, end=end))
    verb = next((w for w in after if w.token.upos in ("AUX", "VERB")), None)
    return verb is not None and (verb.token.xpos == "VBP" or "Number=Plur" in verb.token.feats)


def _pair_at(article: Article, head: Span) -> Pair | None:
    """Return the two people named together of whom the second is at `head`."""
    pairs = article.referents.pairs
    last = bisect_right(pairs, head.start, key=lambda pair: pair.span.start) - 1
    pair = pairs[last] if last >= 0 else None
    return pair if pair is not None and pair.people and pair.span.holds(head) else None


def _relative_heads(article: Article, mention: Mention) -> list[Word]:
    """Return the noun whose relative clause the pronoun opens, by the tree, then those above it."""
    words = article.grammar.inside(mention.span)
    word = article.grammar.head(words[-1]) if words else None
    for _ in range(_MAX_CLIMB):
        if word is None or word.token.deprel.startswith("acl"):
            break
        word = article.grammar.head(word)
    found: list[Word] = []
    noun = article.grammar.head(word) if word is not None else None
    while noun is not None and noun.token.upos in NOMINAL and len(found) < _MAX_CLIMB:
        found.append(noun)
        noun = article.grammar.head(noun)
    # An apposition describes: its owner, named, is who the clause is about.
    return found[1:] + found[:1] if found and found[0].token.deprel == "appos" else found


def _nouns_before(article: Article, mention: Mention) -> list[Word]:
    """Return the last nouns on the line before the pronoun, the last first."""
    found: list[Word] = []
    at = mention.span.start
    while len(found) < _MAX_BACK and (noun := article.grammar.nominal_before(at)) is not None:
        if "\n" in article.doc.text[noun.span.end : mention.span.start]:
            break
        found.append(noun)
        at = noun.span.start
    return found


def _demonstrative_before(article: Article, mention: Mention) -> Span | None:
    """Return "those" in "those who said", "anyone" in "anyone who said": nobody in particular."""
    words = article.grammar.inside(Span(start=max(0, mention.span.start - 2), end=mention.span.end))
    before = [word for word in words if word.span.end <= mention.span.start][-1:]
    indefinite = [word for word in before if lexicon.is_indefinite(word.low)]
    return indefinite[0].span if indefinite else None


def _is_human(article: Article, word: Word) -> bool:
    named = any(r.kind is SpeakerKind.PERSON for r in article.referents.at(word.span))
    return named or lexicon.person_gender(singular(word)) is not None


@dataclass(frozen=True)
class _Candidate:
    """A possible antecedent at `at`: what it would mean, and how well it fits (more is better).

    `rank`: the grammatical weight (3 a speaker, 2 a main subject, 1 another subject, 0 the rest),
    whether the gender is known to agree, and the place in the text.
    """

    resolution: Resolution
    at: Span
    rank: tuple[int, bool, int]


def _antecedent(article: Article, quotation: Quotation, mention: Mention) -> Resolution:
    """Resolve a personal pronoun: its own sentence up to it, then the sentences before.

    The nearest sentence with a candidate decides. Several of equal weight: the last, as unsure.
    """
    here = article.grammar.sentence_at(mention.span.start)
    low = max(0, here - article.params.antecedent_window_sentences)
    for number in range(here, low - 1, -1):
        found = _candidates(article, number, quotation, mention)
        if not found:
            continue
        best = max(found, key=lambda candidate: candidate.rank)
        if best.resolution.rule == "together":
            return best.resolution
        rivals = {_name_of(candidate) for candidate in found if candidate.rank[0] == best.rank[0]}
        alone = len(rivals) == 1 and not _is_beside_her(article, best, mention)
        rule = "pronoun" if best.rank[0] > 0 and alone else "pronoun-unsure"
        return back_to(best.resolution, best.at, rule)
    return OPEN


def _is_beside_her(article: Article, candidate: _Candidate, mention: Mention) -> bool:
    """Say whether a candidate of unknown gender stands with another who may be meant.

    That is who owns it ("her co-star, X, said. … she said") or is acted on ("X called her").
    """
    _, known, _ = candidate.rank
    if known or mention.gender is None:
        return False
    inside = article.grammar.inside(candidate.at)
    if any(lexicon.person_gender(singular(word)) == mention.gender for word in inside):
        return False
    heads = [article.grammar.head(word) for word in inside]
    verbs = [h for h in heads if h is not None and h.token.upos == "VERB" and h not in inside]
    objects = (w for verb in verbs for w in article.grammar.children(verb) if _is_object(w))
    owners = filter(_is_owner, inside)
    others = (lexicon.pronoun(word.low) for word in (*owners, *objects))
    return any(other is not None and other[1] == mention.gender for other in others)


def _is_owner(word: Word) -> bool:
    return word.token.deprel == "nmod:poss"


def _is_object(word: Word) -> bool:
    return word.token.deprel in ("obj", "iobj")


def _name_of(candidate: _Candidate) -> str | None:
    return candidate.resolution.speaker.name if candidate.resolution.speaker else None


def _candidates(
    article: Article, number: int, quotation: Quotation, mention: Mention
) -> list[_Candidate]:
    """Return what the pronoun may stand for in sentence `number`, before the pronoun."""
    sentence = article.grammar.sentence(number).span
    found = [
        candidate
        for told in article.told_by("at", number)
        if told.mention is not None and sentence.holds(told.at)
        for candidate in _speaker_candidate(told, mention)
    ]
    for span, referent in article.referents.mentioned(sentence):
        before = span.end <= mention.span.start
        if before and not _in_content(article, quotation, span):
            found.extend(_mentioned(article, referent, span, mention))
    if mention.pronoun == "plural":
        found.extend(_several(article, number, quotation, mention))
    elif mention.gender is not None:
        found.extend(_described(article, number, quotation, mention))
    return [one for one in found if not _acts_on(article, one.at, mention)]


def _acts_on(article: Article, at: Span, mention: Mention) -> bool:
    """Say whether who stands at `at` does something to whom the pronoun means: "Asked by X, she".

    The pronoun is the understood object of the participle, so it is not its agent (Chomsky,
    "Lectures on Government and Binding", 1981).
    """
    verbs = [article.grammar.head(word) for word in article.grammar.inside(mention.span)[:1]]
    for word in article.grammar.inside(at):
        participle = article.grammar.head(word)
        if word.token.deprel == _AGENT and participle and participle.token.deprel == _ADJUNCT:
            return article.grammar.head(participle) in verbs
    return False


def _described(
    article: Article, number: int, quotation: Quotation, mention: Mention
) -> Iterator[_Candidate]:
    """Yield whom the subjects of the pronoun's own gender stand for: "A woman wept. … she said".

    Not somebody's daughter or spokesman: there the pronoun is rather that somebody.
    """
    for word in article.grammar.inside(article.grammar.sentence(number).span):
        told = lexicon.person_gender(word.low) if word.token.upos == "NOUN" else None
        if told != mention.gender or word.span.end > mention.span.start:
            continue
        if _in_content(article, quotation, word.span) or _is_named_or_owned(article, word):
            continue
        if not article.grammar.is_subject(word.span):
            continue
        own = [w.span.start for w in article.grammar.children(word) if _is_owner(w)]
        start = min([phrase_start(article, word.span), *own])
        at = Span(start=start, end=word.span.end)
        phrase = read(article.grammar, at)
        if phrase.form is Form.DESCRIPTION:
            rank = _weight(article, word.span, subject=2), True, at.start
            yield _Candidate(_noun(article, phrase), at, rank)


def _is_named_or_owned(article: Article, noun: Word) -> bool:
    """Say whether a noun goes with a name ("envoy Ana Roe") or is somebody's ("her daughter")."""
    beside = article.grammar.children(noun)
    named = (w for w in beside if w.token.deprel.startswith(("flat", "appos", "compound")))
    own_voice = lexicon.function_words("own-voice")  # "my mother" is not who says "my"
    owned = any(_is_owner(word) and word.low not in own_voice for word in beside)
    return owned or any(article.referents.at(word.span) for word in (noun, *named))


def _several(
    article: Article, number: int, quotation: Quotation, mention: Mention
) -> Iterator[_Candidate]:
    """Yield the pair named last and the people described in the plural ("voters") in a sentence."""
    pair = together(article, mention, people=None)
    sentence = article.grammar.sentence(number).span
    if pair and sentence.holds(pair.steps[0].span):
        at = pair.steps[0].span
        yield _Candidate(pair, at, (_weight(article, at, subject=2), False, at.start))
    for word in article.grammar.inside(sentence):
        if word.span.end > mention.span.start or not _are_people(word):
            continue
        at = Span(start=phrase_start(article, word.span), end=word.span.end)
        if _in_content(article, quotation, word.span) or article.referents.mentioned(word.span):
            continue
        phrase = read(article.grammar, at)
        if phrase.form is Form.DESCRIPTION:
            resolved = _noun(article, phrase)
            yield _Candidate(
                resolved, at, (_weight(article, word.span, subject=2), False, at.start)
            )


def _are_people(word: Word) -> bool:
    human = lexicon.person_gender(singular(word)) is not None
    return human and is_plural(word) and word.token.upos in NOMINAL


def _weight(article: Article, span: Span, *, subject: int) -> int:
    """Return the weight of a mention by its place: that of a main subject is `subject`."""
    if article.grammar.is_main_subject(span):
        return subject
    return int(article.grammar.is_subject(span))


def _speaker_candidate(told: Told, mention: Mention) -> list[_Candidate]:
    """Return the speaker of an earlier quotation as a candidate, if the pronoun agrees with it."""
    speaker, referent = told.resolution.speaker, told.resolution.referent
    if speaker is None or told.at.end > mention.span.start:
        return []
    if told.mention is not None and told.mention.pronoun == "first":
        return []  # who tells the story is not who "she" is in it
    if not _agrees(mention, speaker, referent, told.mention):
        return []
    rank = 3, _known_gender(mention, referent), told.at.start
    return [_Candidate(told.resolution, told.at, rank)]


def _mentioned(
    article: Article, referent: Referent, span: Span, mention: Mention
) -> list[_Candidate]:
    """Return a mention of a referent as a candidate: a possessor last, a place only as subject."""
    possessive = article.doc.text[span.end : span.end + 2] in ("'s", "’s", "' ", "’ ")
    whole = Speaker(name=referent.name, kind=referent.kind)
    if not _agrees(mention, whole, referent, None):
        return []
    subject = article.grammar.is_subject(span)
    if referent.is_place and not subject:
        return []
    weight = 2 if article.grammar.is_main_subject(span) else int(subject)
    weight = -1 if possessive or (mention.pronoun == "plural" and not subject) else weight
    rank = weight, _known_gender(mention, referent), span.start
    return [_Candidate(refer(referent, "pronoun"), span, rank)]


def _known_gender(mention: Mention, referent: Referent | None) -> bool:
    """Say whether the pronoun's gender is the referent's for certain, not just not against it."""
    return mention.gender is not None and referent is not None and referent.gender == mention.gender


def _in_content(article: Article, quotation: Quotation, span: Span) -> bool:
    """Say whether `span` lies in the quotation's own content or in any quoted words."""
    return any(piece.holds(span) for piece in quotation.content) or article.quoted.any_holds(span)


def _agrees(
    mention: Mention, speaker: Speaker, referent: Referent | None, read_as: Mention | None
) -> bool:
    """Say whether a pronoun can stand for a speaker: person or thing, gender, number."""
    plural = read_as is not None and read_as.plural
    anonymous = speaker.kind is SpeakerKind.ANONYMOUS
    if mention.pronoun == "plural":
        body = speaker.kind in (SpeakerKind.GROUP, SpeakerKind.ORGANISATION)
        return body or (anonymous and plural)
    if anonymous:
        human = read_as is not None and _means_somebody(read_as.noun)
        told = read_as.gender if read_as else None
        agrees = told is None or mention.gender is None or told == mention.gender
        return not plural and human == (mention.pronoun == "person") and agrees
    person = speaker.kind is SpeakerKind.PERSON
    if mention.pronoun == "thing":
        return not person and speaker.kind is not SpeakerKind.GROUP
    gender = referent.gender if referent else None
    return person and (gender is None or gender == mention.gender)


def _means_somebody(noun: str) -> bool:
    """Say whether a noun names a person, or somebody of several: "One, who left in May, said"."""
    return lexicon.person_gender(noun) is not None or lexicon.is_indefinite(noun)
