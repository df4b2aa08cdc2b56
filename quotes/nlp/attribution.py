"""From the source mention of a quotation to the speaker inside this article. No database.

Rules try in turn, each general, each named in the evidence; where two candidates survive, the
result says so through its confidence. Reasons and figures: docs/decisions/0007-attribution.md.
"""

from dataclasses import replace
from functools import partial

from quotes.nlp import acts, layout, roles
from quotes.nlp.confidence import confidence_of, shipped
from quotes.nlp.descriptions import resolve_description
from quotes.nlp.document import Document, Evidence, Kind, Quotation, SpeakerKind
from quotes.nlp.entities import mended_entities
from quotes.nlp.factuality import factuality_of
from quotes.nlp.grammar import Grammar
from quotes.nlp.mentions import Form, Mention, read
from quotes.nlp.placed import Placed
from quotes.nlp.pronouns import resolve_pronoun
from quotes.nlp.referents import Referents
from quotes.nlp.resolution import (
    Article,
    Resolution,
    Told,
    follow,
    refer,
    resolve_joint,
    resolve_name,
)
from quotes.params import DEFAULTS, Params

NOBODY = Resolution(None, "no-source")
_LEAD = 2  # how many times oftener than anybody else an interviewee is named


def attribute(doc: Document, params: Params = DEFAULTS) -> Document:
    """Return `doc` with each quotation's speaker, evidence, act, medium, factuality, confidences.

    Needs the stages "tagger" and "parse" (StageError). The confidence in the speaker is that in
    content and source (quotes/nlp/confidence.py), times the reliability of the rule that named
    the speaker (`Params.rule_reliability`), or of a weaker one that it goes back to.
    """
    doc.require("tagger", "parse")
    mended = doc.model_copy(update={"entities": mended_entities(doc)})
    referents = Referents(mended)
    known = {entity.span: entity for entity in (*mended.entities, *referents.missed)}
    entities = sorted(known.values(), key=lambda entity: entity.span.start)
    whole = mended.model_copy(update={"entities": tuple(entities)})
    article = Article(whole, Grammar(whole), referents, params)
    roles.describe(article)
    bodies = acts.bodies_of(whole)
    for quotation in doc.quotations:
        article.tell(_tell(article, quotation, bodies))
    quotations = tuple(told.quotation for told in article.told)
    return doc.evolve(done="attribution", quotations=quotations)


def _tell(article: Article, quotation: Quotation, bodies: Placed[None]) -> Told:
    quotation = _with_shared_source(article, quotation)
    mention = _mention(article, quotation)
    found = _resolve(article, quotation, mention)
    medium = acts.medium_of(article.doc, quotation)
    cue = tuple(Evidence(role="cue", span=span) for span in quotation.cue)
    told = (Evidence(role="medium", span=medium[1]),) if medium else ()
    rated = article.params.rule_reliability
    reliability = min(rated.get(rule, 1.0) for rule in (found.rule, *found.through))
    attributed = quotation.evolve(
        act=acts.act_of(article.doc, quotation, bodies),
        speaker=found.speaker,
        medium=medium[0] if medium else None,
        evidence=(*cue, *_by_layout(quotation), *found.steps, *told),
    )
    sure = confidence_of(article.doc, attributed, shipped())
    whole = attributed.evolve(
        factuality=factuality_of(article.grammar, attributed),
        confidence=sure,
        speaker_confidence=sure * min(1.0, reliability),
    )
    return Told(whole, found, mention, len(article.told))


def _by_layout(quotation: Quotation) -> tuple[Evidence, ...]:
    """Return the step that says where and how layout names the speaker, if it does."""
    return tuple(step for step in quotation.evidence if step.rule in layout.RULES)


def _with_shared_source(article: Article, quotation: Quotation) -> Quotation:
    """Give a participle its subject: in "X urged calm, saying that ...", "saying" is X's too.

    Only where the tagger found no source, and the sentence has one for a quotation before.
    """
    if quotation.source or not quotation.cue or not article.told:
        return quotation
    cue = quotation.cue[0]
    participle = any(w.token.xpos == "VBG" for w in article.grammar.inside(cue)[:1])
    last = article.told[-1].quotation
    if not participle or not last.source:
        return quotation
    sentence = article.grammar.sentence_at(cue.start)
    together = article.grammar.sentence_at(last.source[0].start) == sentence
    return quotation.evolve(source=last.source) if together else quotation


def _mention(article: Article, quotation: Quotation) -> Mention | None:
    return read(article.grammar, quotation.source[0]) if quotation.source else None


def _resolve(article: Article, quotation: Quotation, mention: Mention | None) -> Resolution:
    if mention is None:
        return _continued(article, quotation)
    if mention.form is Form.JOINT:
        found = resolve_joint(article, mention, partial(_single, article, quotation))
    else:
        found = _single(article, quotation, mention)
    step = Evidence(role="mention", span=mention.span, rule=found.rule)
    return replace(found, steps=(step, *found.steps))


def _single(article: Article, quotation: Quotation, mention: Mention) -> Resolution:
    """Return who one mention, not joint, stands for."""
    match mention.form:
        case Form.PRONOUN:
            return resolve_pronoun(article, quotation, mention)
        case Form.NAME:
            return resolve_name(article, mention)
        case _:
            return resolve_description(article, mention)


def _continued(article: Article, quotation: Quotation) -> Resolution:
    """Give a fully quoted sentence without a cue to the speaker whose words it goes on with.

    That is the source that the tagger points to, if any, else the speaker just before it.
    """
    if any(step.rule == layout.ANSWER for step in quotation.evidence):
        return _interviewee(article)
    if quotation.kind is not Kind.DIRECT or quotation.cue or not article.told:
        return NOBODY
    pointed = [step.span for step in quotation.evidence if step.rule == "continues"]
    beside = (told for at in article.sentences(pointed) for told in article.told_by("source", at))
    for told in sorted(beside, key=lambda told: told.number, reverse=True):
        if any(span.meets(source) for span in pointed for source in told.quotation.source):
            return follow(told, "continues") if told.resolution.speaker else NOBODY
    last = article.told[-1]
    between = article.doc.text[last.quotation.content[-1].end : quotation.content[0].start]
    near = between.count("\n\n") <= 1 and between.strip().count("\n") == 0
    spoken = last.quotation.kind is not Kind.INDIRECT
    if last.resolution.speaker is None or not near or not spoken:
        return NOBODY
    return follow(last, "continues")


def _interviewee(article: Article) -> Resolution:
    """Return who answers ("A:"): the one person of whom the text before the answers speaks most."""
    for told in reversed(article.told):
        if any(step.rule == layout.ANSWER for step in told.quotation.evidence):
            return told.resolution
    rules = ((step.span.start, step.rule) for q in article.doc.quotations for step in q.evidence)
    before = min((start for start, rule in rules if rule == layout.ANSWER), default=0)
    people = [r for r in article.referents.all if r.kind is SpeakerKind.PERSON]
    counts = [sum(mention.end <= before for mention in person.mentions) for person in people]
    most = max(counts, default=0)
    if not most or sum(_LEAD * count > most for count in counts) > 1:
        return NOBODY
    return refer(people[counts.index(most)], "interviewee")
