"""From a description as the source ("the envoy", "the statement", "officials") to the speaker.

A description that fits nobody the article names stays what it is: an anonymous source, a body
or a document of its own.
"""

from bisect import bisect_left
from collections import defaultdict
from operator import itemgetter

from quotes.nlp import lexicon, names
from quotes.nlp.document import Evidence, Span, Speaker, SpeakerKind
from quotes.nlp.epithets import (
    Met,
    best_bearer,
    is_weighty,
    modifiers,
    named_later,
    people_near,
    resolve_epithet,
)
from quotes.nlp.grammar import Word
from quotes.nlp.mentions import Form, Mention, read
from quotes.nlp.referents import Referent
from quotes.nlp.resolution import (
    Article,
    Resolution,
    anonymously,
    follow,
    joined_names,
    phrase_start,
    refer,
    together,
    until_clause,
)
from quotes.nlp.roles import said_by

_TWO = ("first", "second")
_MAX_AGAIN = 5  # sources of the same noun that are compared
_SENDER_CHARS = 60  # from "from" to the name of who sent a document
_ISSUER_WORDS = 4  # from a document's noun to the preposition before its issuer


def resolve_description(article: Article, mention: Mention) -> Resolution:
    """Return the speaker that a description stands for, by what its head noun is."""
    if lexicon.document_medium(mention.noun):
        return _document(article, mention)
    person = lexicon.person_gender(mention.noun) is not None
    if mention.definite and not mention.plural and person:
        return resolve_epithet(article, mention, again=_again(article, mention))
    if mention.definite and lexicon.is_group(mention.noun):
        return _body(article, mention)
    if person and not mention.plural and _is_in_headline(article, mention):
        return named_later(article, mention) or anonymously(article, mention)
    if _is_dual(article, mention):
        return resolve_pair(article, mention) or anonymously(article, mention)
    found = _plural(article, mention) if mention.definite else None
    return found or anonymously(article, mention)


def _is_in_headline(article: Article, mention: Mention) -> bool:
    """Say whether a mention stands in the first line, without an article as headlines have it."""
    text = article.doc.text
    first = article.words(mention.core).partition(" ")[0].lower()
    line = text[: max(0, text.find("\n"))]
    headline = mention.span.end <= len(line) and not line.rstrip(" \"”’'").endswith(".")
    return headline and first not in lexicon.function_words("indefinite")


def _is_dual(article: Article, mention: Mention) -> bool:
    """Say whether a description means two, each known: "both senators", "the two", "the pair"."""
    words = article.grammar.inside(mention.core)
    dual = lexicon.function_words("dual")
    opened = words[0].low in lexicon.function_words("definite") | dual if words else False
    human = lexicon.person_gender(mention.noun) is not None
    return opened and (mention.noun in dual or (human and any(w.low in dual for w in words)))


def resolve_pair(article: Article, mention: Mention) -> Resolution | None:
    """Resolve "both": the two named together last, else the only two people near; None if unclear.

    The only two are those who spoke or were what a sentence is about, else those mentioned at all.
    """
    if joined := together(article, mention, people=None if not mention.noun else True):
        return joined
    near = people_near(article, mention)
    for people in ([met for met in near if is_weighty(article, met)], near):
        fitting = [met for met in people if mention.gender in (met.referent.gender, None)]
        if len(fitting) == len(_TWO):
            return _both(sorted(fitting, key=lambda met: met.spans[-1].start))
    return None


def _plural(article: Article, mention: Mention) -> Resolution | None:
    """Resolve "the officials" as before, "the senators" to two named together."""
    again = _again(article, mention)
    if again or not mention.plural:
        return again
    human = lexicon.person_gender(mention.noun) is not None
    return together(article, mention, people=human) if human else None


def _both(two: list[Met]) -> Resolution:
    """Return two people as joint speakers, with where each was met last and is named in full."""
    steps = [Evidence(role="antecedent", span=met.spans[-1], rule="two-last") for met in two]
    people = [met.referent for met in two]
    steps += [Evidence(role="name", span=person.span, rule="fullest-form") for person in people]
    name = joined_names([person.name for person in people])
    return Resolution(Speaker(name=name, kind=SpeakerKind.GROUP), "two-last", tuple(steps))


# ---------------------------------------------------------------------- documents
def _document(article: Article, mention: Mention) -> Resolution:
    """Resolve a document to its issuer: who the phrase names, else who used that medium last."""
    if lexicon.is_survey(mention.noun):
        return _survey(article, mention)
    issuer = _issuer(article, mention)
    if issuer:
        return refer(issuer, "issuer-named")
    if issued := _issued_by(article, mention):
        return issued
    medium = lexicon.document_medium(mention.noun)
    if told := article.told_by("medium", medium):
        return follow(told[-1], "issuer")
    if not mention.definite:
        return _itself(article, mention)
    met = _issuer_before(article, mention) or _last_body(article, mention)
    return met or _itself(article, mention)


def _survey(article: Article, mention: Mention) -> Resolution:
    """Resolve a survey: its own name, its body's ("a poll by Gallup"), "the poll" of before."""
    named = any(c.isupper() for c in article.words(mention.core)[1:])
    body = None if named else _issuer(article, mention)
    if body is not None:
        return _survey_by(body, mention, article.words(mention.span), mention.span)
    if named or not mention.definite or mention.plural:
        return _itself(article, mention)
    told = [article.told_by("noun", noun, mention.plural)[-1:] for noun in lexicon.surveys()]
    if any(told):
        last = max((one for some in told for one in some), key=lambda one: one.number)
        return follow(last, "same-description")
    return _survey_before(article, mention) or _itself(article, mention)


def _survey_before(article: Article, mention: Mention) -> Resolution | None:
    """Return the survey last spoken of with a name, though it was no source there."""
    fuller = [span for n in lexicon.surveys() if (span := _fuller_phrase(article, mention, n))]
    if fuller:
        last = max(fuller, key=lambda span: span.start)
        name = names.without_determiner(article.words(last))
        step = Evidence(role="antecedent", span=last, rule="same-description")
        speaker = Speaker(name=name, kind=SpeakerKind.DOCUMENT)
        return Resolution(speaker, "same-description", (step,))
    met = _issuer_before(article, mention)
    if met is None or met.referent is None or met.referent.kind is SpeakerKind.PERSON:
        return None
    return _survey_by(met.referent, mention, "", met.steps[0].span)


def _survey_by(body: Referent, mention: Mention, words: str, at: Span) -> Resolution:
    """Return a survey as its body's, the words of the description as an alias."""
    aliases = (" ".join(words.split()),) if words else ()
    name = f"{body.name} {mention.noun}"
    speaker = Speaker(name=name, kind=SpeakerKind.DOCUMENT, aliases=aliases)
    return Resolution(speaker, "document", (Evidence(role="antecedent", span=at, rule="document"),))


def _itself(article: Article, mention: Mention) -> Resolution:
    """Return the document as its own source: named, or at least a certain one; else anonymous."""
    name = until_clause(article, mention)
    named = any(c.isupper() for c in name[1:])
    if not named and not mention.definite:
        return anonymously(article, mention)  # "reports", "a study"
    shown = names.without_determiner(name) if named else name
    return Resolution(Speaker(name=shown, kind=SpeakerKind.DOCUMENT), "document")


def _issuer(article: Article, mention: Mention) -> Referent | None:
    """Return who the phrase itself says issued the document: "X's letter", "a report by X"."""
    for span in mention.modifiers:
        found = article.referents.at(span)
        if found:
            return found[-1]
    after = article.doc.text[mention.core.end : mention.span.end].split()[:_ISSUER_WORDS]
    issuer, reader = lexicon.function_words("issuer"), lexicon.function_words("read-by")
    if not issuer & set(after) or reader & {word.lower() for word in after}:
        return None
    found = article.referents.at(Span(start=mention.core.end, end=mention.span.end))
    return found[0] if found else None


def _issued_by(article: Article, mention: Mention) -> Resolution | None:
    """Return the body that issued a document by a description of it: "issued by the union"."""
    rest = Span(start=mention.core.end, end=max(mention.core.end + 1, mention.span.end))
    for word in article.grammar.inside(rest)[: 2 * _ISSUER_WORDS]:
        if word.low in lexicon.function_words("read-by"):
            return None
        if word.low in lexicon.function_words("author") and word.span.end + 1 < mention.span.end:
            by = read(article.grammar, Span(start=word.span.end + 1, end=mention.span.end))
            body = by.definite and by.form is Form.DESCRIPTION and lexicon.is_group(by.noun)
            return _body(article, by) if body else None
    return None


def _issuer_before(article: Article, mention: Mention) -> Resolution | None:
    """Return who issued a document where it was last spoken of: "X sent a letter"."""
    words = article.by_noun.get(mention.noun, [])
    last = bisect_left(words, mention.span.start, key=lambda word: word.span.start)
    for word in words[max(0, last - _MAX_AGAIN) : last][::-1]:
        for span in (_author(article, word), _sender(article, word)):
            found = article.referents.at(span) if span else []
            if found:
                return refer(found[0], "issuer", at=span)
    return None


def _author(article: Article, word: Word) -> Span | None:
    """Return the possessor of a document, or the subject of what was done with it: "X sent it"."""
    start = phrase_start(article, word.span)
    phrase = article.grammar.inside(Span(start=start, end=word.span.end))
    owners = [w.span for w in phrase if w.token.deprel == "nmod:poss"]
    verb = article.grammar.head(word)
    if not owners and word.token.deprel == "obj" and verb is not None:
        clause = article.grammar.inside(article.grammar.sentence(word.sentence).span)
        owners = [
            w.span for w in clause if w.token.deprel == "nsubj" and article.grammar.head(w) == verb
        ]
    return owners[0] if owners else None


def _sender(article: Article, word: Word) -> Span | None:
    """Return the rest of the sentence from a preposition before an issuer: "sent from X"."""
    sentence = article.grammar.sentence(word.sentence).span
    after = (
        article.grammar.inside(Span(start=word.span.end, end=sentence.end))[: 2 * _ISSUER_WORDS]
        if word.span.end < sentence.end
        else ()
    )
    for one in after:
        if one.low in lexicon.function_words("read-by"):
            return None
        if one.low in lexicon.function_words("author"):
            end = min(sentence.end, one.span.end + _SENDER_CHARS)
            return Span(start=one.span.end, end=end) if end > one.span.end else None
    return None


# ---------------------------------------------------------------------- people
def _again(article: Article, mention: Mention) -> Resolution | None:
    """Resolve "the official" after "a US official": the source of that noun met last.

    Only where the description says nothing that the one before did not: "the Senate leader" does
    not go on with "the House leader".
    """
    own = modifiers(article, mention)
    for told in article.told_by("noun", mention.noun, mention.plural)[-_MAX_AGAIN:][::-1]:
        before = told.mention
        if before is not None and own <= set(said_by(article, before.span)):
            return follow(told, "same-description")
    return None


# ---------------------------------------------------------------------- bodies
def _body(article: Article, mention: Mention) -> Resolution:
    """Resolve "the coalition": the fuller phrase of that noun, a name that has it, or itself."""
    phrase = names.without_determiner(until_clause(article, mention))
    if any(c.isupper() for c in phrase):
        alone = " " not in phrase  # "the Commission": the one that the text names
        found = _named_body(article, mention) if alone else None
        own = Speaker(name=phrase, kind=SpeakerKind.ORGANISATION)
        return found or Resolution(own, "own-description")
    if described := _described_body(article, mention):
        return described
    fuller = _fuller_phrase(article, mention)
    if fuller:
        name = names.without_determiner(article.words(fuller))
        step = Evidence(role="antecedent", span=fuller, rule="same-noun")
        speaker = Speaker(name=name, kind=SpeakerKind.ORGANISATION, aliases=(phrase,))
        return Resolution(speaker, "same-noun", (step,))
    return _named_body(article, mention) or _unnamed_body(article, mention)


def _described_body(article: Article, mention: Mention) -> Resolution | None:
    """Return the body met last of which the article says the noun: "X, a think tank"."""
    bid = best_bearer(article, mention, people=False)
    return refer(bid.referent, "same-noun", at=bid.last) if bid else None


def _named_body(article: Article, mention: Mention) -> Resolution | None:
    """Return the organisation met last whose name has the noun: "the court" of a Supreme Court."""
    named = [
        (last, referent)
        for referent in article.referents.bodies_with(mention.noun)
        if (last := referent.last_before(mention.span.start)) is not None
    ]
    if not named:
        return None
    last, referent = max(named, key=lambda pair: pair[0].start)
    return refer(referent, "same-noun", at=last)


def _unnamed_body(article: Article, mention: Mention) -> Resolution:
    """Return the organisation that spoke last, if the noun can mean it; else the body as it is."""
    if lexicon.is_any_group(mention.noun):
        if near := _near_body(article, mention):
            return near
        last = _last_body(article, mention)
        if last and not _met_before(article, mention, last.steps[0].span.start):
            return last
    own = " ".join(article.words(mention.core).split())
    own = own[0].lower() + own[1:]  # "The coalition" at a sentence's start; no name in it
    return Resolution(Speaker(name=own, kind=SpeakerKind.GROUP), "own-description")


def _met_before(article: Article, mention: Mention, offset: int) -> bool:
    """Say whether the noun stands before an offset: then it is a body of its own."""
    first = article.by_noun.get(mention.noun, [])[:1]
    return any(word.span.end <= offset for word in first)


def _near_body(article: Article, mention: Mention) -> Resolution | None:
    """Return the organisation that spoke or was a subject just before, or the only one near.

    Near is the same sentence and the one before.
    """
    here = article.grammar.sentence_at(mention.span.start)
    start = article.grammar.sentence(max(0, here - 1)).span.start
    if start >= mention.span.start:
        return None
    near = article.referents.mentioned(Span(start=start, end=mention.span.start))
    met: dict[int, list[Span]] = defaultdict(list)
    bodies = {id(r): r for _, r in near if r.kind is SpeakerKind.ORGANISATION and not r.is_place}
    for span, referent in near:
        if id(referent) in bodies and span.end <= mention.span.start and not _aside(article, span):
            met[id(referent)].append(span)
    subjects = [key for key, spans in met.items() if any(map(article.grammar.is_subject, spans))]
    named = subjects if len(subjects) == 1 else list(met)
    if len(named) != 1:
        return None
    return refer(bodies[named[0]], "last-body", at=met[named[0]][-1])


def _aside(article: Article, span: Span) -> bool:
    """Say whether a name stands alone in brackets, as an agency's does in its datelines."""
    text = article.doc.text
    return text[max(0, span.start - 1) : span.start] == "(" and text[span.end : span.end + 1] == ")"


def _last_body(article: Article, mention: Mention) -> Resolution | None:
    """Resolve "the agency", "the article": the organisation that spoke last, if that is near."""
    here = article.grammar.sentence_at(mention.span.start)
    for told in article.told_by("kind", SpeakerKind.ORGANISATION)[-1:]:
        distance = here - article.grammar.sentence_at(told.at.start)
        if distance <= article.params.antecedent_window_sentences:
            return follow(told, "last-body")
    return None


def _fuller_phrase(article: Article, mention: Mention, noun: str = "") -> Span | None:
    """Return the last phrase before with the same noun and a capital in it: "US-led coalition".

    Another `noun` may be given.
    """
    noun = noun or mention.noun
    phrases = article.fuller.get(noun)
    if phrases is None:
        words = article.by_noun.get(noun, [])
        phrases = [(word.span.start, p) for word in words if (p := _fuller(article, word))]
        article.fuller[noun] = phrases
    last = bisect_left(phrases, mention.span.start, key=itemgetter(0)) - 1
    return phrases[last][1] if last >= 0 else None


def _fuller(article: Article, word: Word) -> Span | None:
    """Return the phrase that ends in `word`, if a modifier in it has a capital."""
    phrase = Span(start=phrase_start(article, word.span), end=word.span.end)
    modifiers = [w for w in article.grammar.inside(phrase)[:-1] if w.token.upos != "DET"]
    capital = [w for w in modifiers if w.token.text[:1].isupper() and w.index > 0]
    if not capital:
        return None
    # "an unnamed Defense Ministry official" has the Defense Ministry.
    named = word.token.text[:1].isupper()
    return Span(start=capital[0].span.start, end=phrase.end) if named else phrase
