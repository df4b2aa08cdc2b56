"""From the source mention of a quotation to the speaker inside this article. No database.

Rules try in turn, each general, each named in the evidence; where two candidates survive, the
result says so through its confidence. Reasons and figures: docs/decisions/0007-attribution.md.
"""

from dataclasses import dataclass, field
from itertools import pairwise

from quotes.nlp import acts, lexicon, names
from quotes.nlp.document import (
    Document,
    Evidence,
    Kind,
    Quotation,
    Span,
    Speaker,
    SpeakerKind,
)
from quotes.nlp.grammar import NOMINAL, Grammar
from quotes.nlp.mentions import Form, Mention, read, singular
from quotes.nlp.referents import Referent, Referents, mended_entities
from quotes.params import DEFAULTS, Params

_MODIFIER_TAGS = frozenset({"ADJ", "NOUN", "PROPN", "PART", "PUNCT", "NUM"})
_SURVEYS = frozenset({"poll", "survey", "study", "polling"})
_ISSUED = ("by", "from", "of")
_MAX_CLIMB = 4  # arcs from a relative pronoun up to its clause


@dataclass(frozen=True)
class Resolution:
    """Who is speaking and how that was found; no speaker is a result too."""

    speaker: Speaker | None
    rule: str
    steps: tuple[Evidence, ...] = ()
    referent: Referent | None = None


NOBODY = Resolution(None, "no-source")


@dataclass
class _Told:
    """A quotation already resolved, for those that refer back to it."""

    quotation: Quotation
    resolution: Resolution
    mention: Mention | None = None


@dataclass
class _Article:
    """What the rules share while one document is worked through, in text order."""

    doc: Document
    grammar: Grammar
    referents: Referents
    params: Params
    told: list[_Told] = field(default_factory=list)

    def words(self, span: Span) -> str:
        return span.of(self.doc.text)


def attribute(doc: Document, params: Params = DEFAULTS) -> Document:
    """Return `doc` with each quotation's speaker, evidence, act, medium and confidence set.

    Needs the stages "tagger" and "parse" (StageError). A quotation's confidence is the tagger's,
    times the reliability of the rule that named the speaker (`Params.rule_reliability`).
    """
    doc.require("tagger", "parse")
    mended = doc.model_copy(update={"entities": mended_entities(doc)})
    grammar = Grammar(mended)
    article = _Article(mended, grammar, Referents(mended), params)
    for quotation in doc.quotations:
        article.told.append(_tell(article, quotation))
    quotations = tuple(told.quotation for told in article.told)
    return doc.evolve(done="attribution", quotations=quotations)


def _tell(article: _Article, quotation: Quotation) -> _Told:
    mention = _mention(article, quotation)
    found = _resolve(article, quotation, mention)
    medium = acts.medium_of(article.doc, quotation)
    cue = tuple(Evidence(role="cue", span=span) for span in quotation.cue)
    told = (Evidence(role="medium", span=medium[1]),) if medium else ()
    reliability = article.params.rule_reliability.get(found.rule, 1.0)
    attributed = quotation.evolve(
        act=acts.act_of(article.doc, quotation),
        speaker=found.speaker,
        medium=medium[0] if medium else None,
        evidence=(*cue, *found.steps, *told),
        confidence=quotation.confidence * reliability,
    )
    return _Told(attributed, found, mention)


def _mention(article: _Article, quotation: Quotation) -> Mention | None:
    return read(article.grammar, quotation.source[0]) if quotation.source else None


def _resolve(article: _Article, quotation: Quotation, mention: Mention | None) -> Resolution:
    if mention is None:
        return _continued(article, quotation)
    match mention.form:
        case Form.PRONOUN:
            found = _pronoun(article, quotation, mention)
        case Form.NAME:
            found = _name(article, mention)
        case Form.JOINT:
            found = _joint(article, mention)
        case Form.DESCRIPTION:
            found = _description(article, quotation, mention)
    step = Evidence(role="mention", span=mention.span, rule=found.rule)
    return Resolution(found.speaker, found.rule, (step, *found.steps), found.referent)


# ---------------------------------------------------------------------- no source
def _continued(article: _Article, quotation: Quotation) -> Resolution:
    """A fully quoted sentence without a cue goes on with the speaker before it, if that is near."""
    if quotation.kind is not Kind.DIRECT or quotation.cue or not article.told:
        return NOBODY
    last = article.told[-1]
    between = article.doc.text[last.quotation.content[-1].end : quotation.content[0].start]
    near = between.count("\n\n") <= 1 and between.strip().count("\n") == 0
    spoken = last.quotation.kind is not Kind.INDIRECT
    if last.resolution.speaker is None or not near or not spoken:
        return NOBODY
    antecedent = last.mention.span if last.mention else last.quotation.content[0]
    steps = (Evidence(role="antecedent", span=antecedent, rule="continues"),)
    return Resolution(last.resolution.speaker, "continues", steps, last.resolution.referent)


# ---------------------------------------------------------------------- names
def _name(article: _Article, mention: Mention) -> Resolution:
    assert mention.name is not None  # noqa: S101  a NAME mention has one
    form = names.without_determiner(article.words(mention.name))
    if mention.kind is SpeakerKind.PERSON:
        match = article.referents.person(form, mention.name.start)
    else:
        match = article.referents.named(form, mention.name.start)
    if match is None:
        kind = mention.kind or SpeakerKind.ORGANISATION
        name = form if kind is SpeakerKind.PERSON else article.referents.full_name(form)
        return Resolution(Speaker(name=name, kind=kind, role=mention.role or None), "own-name")
    if mention.role:
        match.referent.roles.append(mention.role)
    rule = match.rule if match.sure else "two-candidates"
    return _refer(article, match.referent, rule, role=mention.role)


def _refer(
    article: _Article, referent: Referent, rule: str, *, role: str = "", at: Span | None = None
) -> Resolution:
    """Return `referent` as the speaker, with the span of its fullest name as evidence."""
    steps = [Evidence(role="antecedent", span=at, rule=rule)] if at else []
    steps.append(Evidence(role="name", span=referent.span, rule="fullest-form"))
    aliases = tuple(form for form in referent.aliases if form != referent.name)
    known = max(referent.roles, key=len, default="")
    speaker = Speaker(
        name=referent.name, kind=referent.kind, role=role or known or None, aliases=aliases
    )
    return Resolution(speaker, rule, tuple(steps), referent)


def _joint(article: _Article, mention: Mention) -> Resolution:
    assert mention.name is not None  # noqa: S101
    each = []
    steps: list[Evidence] = []
    for span in (mention.name, *mention.others):
        form = names.without_determiner(article.words(span))
        match = article.referents.named(form, span.start)
        each.append(match.referent.name if match else form)
        if match:
            steps.append(Evidence(role="name", span=match.referent.span, rule="fullest-form"))
    name = ", ".join(each[:-1]) + " and " + each[-1]
    return Resolution(Speaker(name=name, kind=SpeakerKind.GROUP), "joint", tuple(steps))


# ---------------------------------------------------------------------- pronouns
def _pronoun(article: _Article, quotation: Quotation, mention: Mention) -> Resolution:
    if mention.pronoun == "first":
        return _first_person(article, quotation, mention)
    if mention.pronoun == "relative":
        return _relative(article, mention)
    if mention.pronoun in ("person", "thing", "plural"):
        return _antecedent(article, quotation, mention)
    if mention.pronoun == "indefinite":
        return _each(article, mention)
    return Resolution(None, "open-pronoun")


def _each(article: _Article, mention: Mention) -> Resolution:
    """ "each", "both": the several speakers named last in the sentence."""
    here = article.grammar.sentence_at(mention.span.start)
    for told in reversed(article.told):
        span = told.mention.span if told.mention else None
        if (
            span
            and told.resolution.rule == "joint"
            and article.grammar.sentence_at(span.start) == here
        ):
            step = Evidence(role="antecedent", span=span, rule="joint")
            return Resolution(told.resolution.speaker, "pronoun", (step,))
    return Resolution(None, "open-pronoun")


def _first_person(article: _Article, quotation: Quotation, mention: Mention) -> Resolution:
    """ "I" inside somebody's quoted words is that somebody."""
    for told in reversed(article.told):
        around = any(span.holds(mention.span) for span in told.quotation.content)
        if around and told.quotation is not quotation and told.resolution.speaker:
            found = told.resolution
            span = told.mention.span if told.mention else told.quotation.content[0]
            step = Evidence(role="antecedent", span=span, rule="speaker-of-quotation")
            return Resolution(found.speaker, "speaker-of-quotation", (step,), found.referent)
    return Resolution(None, "open-pronoun")


def _relative(article: _Article, mention: Mention) -> Resolution:
    """ "X, who said ...": the noun that the relative clause hangs on, else the one just before."""
    head = _relative_head(article, mention) or _noun_before(article, mention)
    if head is None:
        return Resolution(None, "open-pronoun")
    entity = next((e for e in article.doc.entities if e.span.meets(head)), None)
    start = min(_phrase_start(article, head), entity.span.start if entity else head.start)
    end = max(head.end, entity.span.end if entity else head.end)
    antecedent = read(article.grammar, Span(start=start, end=end))
    if antecedent.form is Form.NAME:
        found = _name(article, antecedent)
    elif antecedent.form is Form.JOINT:
        found = _joint(article, antecedent)
    else:
        found = Resolution(_anonymous(article, antecedent), "description")
    step = Evidence(role="antecedent", span=antecedent.span, rule="relative")
    return Resolution(found.speaker, "relative", (step, *found.steps), found.referent)


def _relative_head(article: _Article, mention: Mention) -> Span | None:
    """Return the noun whose relative clause the pronoun opens, by the tree; not an apposition."""
    words = article.grammar.inside(mention.span)
    word = article.grammar.head(words[-1]) if words else None
    for _ in range(_MAX_CLIMB):
        if word is None:
            return None
        governor = article.grammar.head(word)
        if word.token.deprel.startswith("acl") and governor is not None:
            apposed = governor.token.deprel == "appos"
            owner = article.grammar.head(governor) if apposed else None
            noun = owner or governor
            return noun.span if noun.token.upos in NOMINAL else None
        word = governor
    return None


def _noun_before(article: _Article, mention: Mention) -> Span | None:
    line = article.doc.text.rfind("\n", 0, mention.span.start) + 1
    if line == mention.span.start:
        return None
    words = article.grammar.inside(Span(start=line, end=mention.span.start))
    return next((w.span for w in reversed(words) if w.token.upos in NOMINAL), None)


def _phrase_start(article: _Article, head: Span) -> int:
    """Return where the noun phrase that ends in `head` begins: its unbroken run of modifiers."""
    start = head.start
    words = article.grammar.inside(Span(start=max(0, head.start - 80), end=head.end))
    for right, left in pairwise(reversed(words)):
        if left.sentence != right.sentence or left.token.text in ",;:()":
            break
        modifies = left.token.upos in _MODIFIER_TAGS or article.grammar.is_attributive(left)
        glued = left.span.end == right.span.start  # "US-led" is three tokens
        if not modifies and not glued and left.token.upos != "DET":
            break
        start = left.span.start
    return start


@dataclass(frozen=True)
class _Candidate:
    """A possible antecedent: `resolution` is what it would mean, `at` where it stands."""

    resolution: Resolution
    at: Span
    rank: tuple[int, bool, int]


def _antecedent(article: _Article, quotation: Quotation, mention: Mention) -> Resolution:
    """A personal pronoun: subjects and speakers nearby that agree with it, the nearest first.

    The same sentence before the pronoun, then the sentences before it, back to
    `antecedent_window_sentences`. In each, a speaker or main subject goes before other mentions
    (Hobbs 1978: subjects first; centering: Grosz, Joshi and Weinstein 1995).
    """
    here = article.grammar.sentence_at(mention.span.start)
    low = max(0, here - article.params.antecedent_window_sentences)
    for number in range(here, low - 1, -1):
        found = [c for c in _candidates(article, number, quotation, mention) if c]
        if not found:
            continue
        best = max(found, key=lambda c: c.rank)
        rivals = {
            c.resolution.speaker.name for c in found if c.rank[0] == best.rank[0] and c.resolution.speaker
        }  # fmt: skip
        rule = "pronoun" if best.rank[0] > 0 and len(rivals) == 1 else "pronoun-unsure"
        step = Evidence(role="antecedent", span=best.at, rule=rule)
        rest = tuple(s for s in best.resolution.steps if s.role == "name")
        return Resolution(best.resolution.speaker, rule, (step, *rest), best.resolution.referent)
    return Resolution(None, "open-pronoun")


def _candidates(
    article: _Article, number: int, quotation: Quotation, mention: Mention
) -> list[_Candidate]:
    sentence = article.grammar.sentence(number).span
    before = mention.span.start
    found: list[_Candidate] = []
    for told in article.told:
        span = told.mention.span if told.mention else None
        speaker = told.resolution.speaker
        if span and speaker and sentence.holds(span) and span.start < before:
            if span == mention.span:
                continue
            if _agrees(mention, speaker, told.resolution.referent, told.mention):
                known = _known_gender(mention, told.resolution.referent)
                found.append(_Candidate(told.resolution, span, (3, known, span.start)))
    for referent in article.referents.all:
        for span in referent.mentions:
            if not sentence.meets(span) or span.start >= before:
                continue
            if _in_content(article, quotation, span) or span.meets(mention.span):
                continue
            found.extend(_mentioned(article, referent, span, mention))
    return found


def _mentioned(
    article: _Article, referent: Referent, span: Span, mention: Mention
) -> list[_Candidate]:
    possessive = article.doc.text[span.end : span.end + 2] in ("'s", "’s", "' ", "’ ")
    whole = Speaker(name=referent.name, kind=referent.kind)
    if possessive or not _agrees(mention, whole, referent, None):
        return []
    if referent.is_place and not article.grammar.is_subject(span):
        return []
    if article.grammar.is_main_subject(span):
        weight = 2
    else:
        weight = 1 if article.grammar.is_subject(span) else 0
    rank = weight, _known_gender(mention, referent), span.start
    return [_Candidate(_refer(article, referent, "pronoun"), span, rank)]


def _known_gender(mention: Mention, referent: Referent | None) -> bool:
    """Say whether the pronoun's gender is the referent's for certain, not just not against it."""
    return mention.gender is not None and referent is not None and referent.gender == mention.gender


def _in_content(article: _Article, quotation: Quotation, span: Span) -> bool:
    """Say whether `span` lies in quoted words: of this quotation, or direct ones of any."""
    if any(content.holds(span) for content in quotation.content):
        return True
    return any(
        content.holds(span)
        for other in article.doc.quotations
        if other.kind is not Kind.INDIRECT
        for content in other.content
    )


def _agrees(
    mention: Mention, speaker: Speaker, referent: Referent | None, read_as: Mention | None
) -> bool:
    """Say whether a pronoun can stand for a speaker: person or thing, gender, number."""
    person = speaker.kind is SpeakerKind.PERSON
    if mention.pronoun == "plural":
        group = speaker.kind in (SpeakerKind.GROUP, SpeakerKind.ORGANISATION)
        return group or (speaker.kind is SpeakerKind.ANONYMOUS and _is_plural(read_as))
    if speaker.kind is SpeakerKind.ANONYMOUS:
        someone = read_as is not None and lexicon.person_gender(read_as.noun) is not None
        fits_gender = read_as is None or not read_as.gender or read_as.gender == mention.gender
        return not _is_plural(read_as) and someone == (mention.pronoun == "person") and fits_gender
    if mention.pronoun == "thing":
        return not person and speaker.kind is not SpeakerKind.GROUP
    gender = referent.gender if referent else None
    return person and (gender is None or gender == mention.gender)


def _is_plural(mention: Mention | None) -> bool:
    return mention is not None and mention.plural


# ---------------------------------------------------------------------- descriptions
def _description(article: _Article, quotation: Quotation, mention: Mention) -> Resolution:
    if lexicon.document_medium(mention.noun):
        return _document(article, mention)
    singular_definite = mention.definite and not mention.plural
    if singular_definite and lexicon.person_gender(mention.noun) is not None:
        return _epithet(article, mention)
    if lexicon.is_group(mention.noun) and mention.definite:
        return _body(article, mention)
    if mention.definite:
        return _again(article, mention) or _anonymously(article, mention)
    return _anonymously(article, mention)


def _anonymously(article: _Article, mention: Mention) -> Resolution:
    return Resolution(_anonymous(article, mention), "description")


def _anonymous(article: _Article, mention: Mention) -> Speaker:
    return Speaker(name=_until_clause(article, mention), kind=SpeakerKind.ANONYMOUS)


def _until_clause(article: _Article, mention: Mention) -> str:
    """Return a description's words up to the first comma or clause: "a number of members"."""
    end = mention.core.end
    for word in article.grammar.inside(mention.span):
        if word.span.start < mention.core.end:
            continue
        if word.token.text in ",;:()—–" or word.token.upos in ("VERB", "AUX", "SCONJ", "PRON"):
            break
        end = word.span.end
    return " ".join(article.doc.text[mention.core.start : end].split())


def _document(article: _Article, mention: Mention) -> Resolution:
    """A document speaks for its issuer: the one named in the phrase, else who used that medium."""
    issuer = _issuer(article, mention)
    if mention.noun in _SURVEYS:
        name = names.without_determiner(_until_clause(article, mention))
        return Resolution(Speaker(name=name, kind=SpeakerKind.DOCUMENT), "document")
    if issuer:
        return _refer(article, issuer, "issuer-named")
    medium = lexicon.document_medium(mention.noun)
    for told in reversed(article.told):
        speaker = told.resolution.speaker
        if (
            speaker
            and speaker.kind is not SpeakerKind.ANONYMOUS
            and told.quotation.medium == medium
        ):
            span = told.mention.span if told.mention else told.quotation.content[0]
            step = Evidence(role="antecedent", span=span, rule="issuer")
            rest = tuple(s for s in told.resolution.steps if s.role == "name")
            return Resolution(speaker, "issuer", (step, *rest), told.resolution.referent)
    last = _last_body(article, mention) if mention.definite else None
    if last:
        return last
    name = _until_clause(article, mention)
    return Resolution(Speaker(name=name, kind=SpeakerKind.DOCUMENT), "document")


def _issuer(article: _Article, mention: Mention) -> Referent | None:
    """Return who the phrase itself says issued the document: "X's letter", "a report by X"."""
    for span in mention.modifiers:
        found = article.referents.at(span)
        if found:
            return found[-1]
    rest = article.doc.text[mention.core.end : mention.span.end].split()
    if any(word in _ISSUED for word in rest[:4]):
        after = Span(start=mention.core.end, end=max(mention.span.end, mention.core.end + 1))
        found = article.referents.at(after)
        return found[0] if found else None
    return None


def _epithet(article: _Article, mention: Mention) -> Resolution:
    """ "the envoy": who has that role in the article; else the one last described in those words."""
    before = mention.span.start
    fitting = [
        (last.start, referent)
        for referent in article.referents.all
        if referent.kind is SpeakerKind.PERSON
        and (last := referent.last_before(before)) is not None
        and mention.noun in _role_words(article, referent)
    ]
    if fitting:
        fitting.sort(key=lambda pair: pair[0])
        referent = fitting[-1][1]
        rule = "epithet" if len(fitting) == 1 else "epithet-unsure"
        return _refer(article, referent, rule, at=referent.last_before(before))
    return _again(article, mention) or _last_person(article, mention)


def _role_words(article: _Article, referent: Referent) -> set[str]:
    """Return the nouns that the article uses as the referent's role, titles written out."""
    found = {
        lexicon.title_in_full(word.strip(".,")) if "." not in word else lexicon.title_in_full(word)
        for role in referent.roles
        for word in role.split()
    }
    for span in referent.mentions:
        found |= _words_around(article, span)
    return {word.lower() for word in found}


def _words_around(article: _Article, span: Span) -> set[str]:
    """Return nouns before the name in its phrase, and those of an apposition after it."""
    start = _phrase_start(article, span)
    found = set()
    if start < span.start:
        words = article.grammar.inside(Span(start=start, end=span.start))
        found |= {lexicon.title_in_full(w.token.text) for w in words}
    after = article.doc.text[span.end : span.end + 90]
    if after.startswith(", "):
        segment = after[2:].split(",")[0].split("\n")[0]
        tokens = article.grammar.inside(
            Span(start=span.end + 2, end=span.end + 3 + max(0, len(segment) - 1))
        )
        if tokens and tokens[0].low in ("the", "a", "an", "who"):
            for word in tokens:
                if word.token.upos == "NOUN" or word.token.upos == "PROPN":
                    found.add(singular(word))
                if word.token.upos in ("VERB", "ADP"):
                    break
    return found


def _again(article: _Article, mention: Mention) -> Resolution | None:
    """ "the official" after "a US official": the anonymous source of that noun met last."""
    for told in reversed(article.told):
        speaker = told.resolution.speaker
        same = told.mention is not None and told.mention.noun == mention.noun
        if speaker and same and told.mention and told.mention.plural == mention.plural:
            span = told.mention.span
            step = Evidence(role="antecedent", span=span, rule="same-description")
            return Resolution(speaker, "same-description", (step,), told.resolution.referent)
    return None


def _last_person(article: _Article, mention: Mention) -> Resolution:
    """The last person spoken of, if the noun tells a gender that fits; else just the description."""
    fitting = [
        (last.start, referent)
        for referent in article.referents.all
        if referent.kind is SpeakerKind.PERSON
        and (last := referent.last_before(mention.span.start)) is not None
        and article.grammar.sentence_at(mention.span.start)
        - article.grammar.sentence_at(last.start)
        <= article.params.antecedent_window_sentences
        and (not mention.gender or referent.gender in (mention.gender, None))
        and article.grammar.is_subject(last)
    ]
    if not fitting or not mention.definite:
        return _anonymously(article, mention)
    referent = max(fitting, key=lambda pair: pair[0])[1]
    return _refer(article, referent, "last-person", at=referent.last_before(mention.span.start))


def _body(article: _Article, mention: Mention) -> Resolution:
    """ "the coalition": the fuller phrase with the same noun, a name that has it, or itself."""
    phrase = names.without_determiner(_until_clause(article, mention))
    if any(c.isupper() for c in phrase):
        return Resolution(Speaker(name=phrase, kind=SpeakerKind.ORGANISATION), "own-description")
    fuller = _fuller_phrase(article, mention)
    if fuller:
        name = names.without_determiner(article.words(fuller))
        step = Evidence(role="antecedent", span=fuller, rule="same-noun")
        speaker = Speaker(name=name, kind=SpeakerKind.ORGANISATION, aliases=(phrase,))
        return Resolution(speaker, "same-noun", (step,))
    named = [
        (last.start, referent)
        for referent in article.referents.all
        if referent.kind is not SpeakerKind.PERSON
        and (last := referent.last_before(mention.span.start)) is not None
        and mention.noun in names.organisation_key(referent.name)
    ]
    if named:
        referent = max(named, key=lambda pair: pair[0])[1]
        return _refer(article, referent, "same-noun", at=referent.last_before(mention.span.start))
    if not _met_before(article, mention):
        last = _last_body(article, mention)
        if last:
            return last
    own = " ".join(article.words(mention.core).split())
    own = own[0].lower() + own[1:] if own.split()[0].lower() in ("the", "its", "their") else own
    return Resolution(Speaker(name=own, kind=SpeakerKind.GROUP), "own-description")


def _met_before(article: _Article, mention: Mention) -> bool:
    """Say whether the noun stands earlier in the article: then it is a body of its own."""
    return any(
        singular(word) == mention.noun
        for word in article.grammar.words
        if word.span.end <= mention.span.start
    )


def _last_body(article: _Article, mention: Mention) -> Resolution | None:
    """ "the agency", "the article": the organisation that spoke last, if that is near."""
    here = article.grammar.sentence_at(mention.span.start)
    for told in reversed(article.told):
        speaker = told.resolution.speaker
        if told.mention is None or speaker is None or speaker.kind is not SpeakerKind.ORGANISATION:
            continue
        distance = here - article.grammar.sentence_at(told.mention.span.start)
        if distance > article.params.antecedent_window_sentences:
            return None
        step = Evidence(role="antecedent", span=told.mention.span, rule="last-body")
        return Resolution(speaker, "last-body", (step,), told.resolution.referent)
    return None


def _fuller_phrase(article: _Article, mention: Mention) -> Span | None:
    """Return the nearest phrase with the same head noun and a proper modifier: "US-led coalition"."""
    best: Span | None = None
    for word in article.grammar.words:
        if word.span.start >= mention.span.start or singular(word) != mention.noun:
            continue
        start = _phrase_start(article, word.span)
        phrase = Span(start=start, end=word.span.end)
        first_capital = next(
            (
                w
                for w in article.grammar.inside(phrase)
                if w.token.text[:1].isupper() and w.token.upos != "DET" and w.index > 0
            ),
            None,
        )
        if first_capital is not None and first_capital.span != word.span:
            best = phrase
    return best
