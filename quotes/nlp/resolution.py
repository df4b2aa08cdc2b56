"""What the rules of attribution share: the article at work, results, names, phrases.

`Article` grows while quotations are resolved in text order, so that later ones can refer back.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from quotes.nlp import lexicon, names
from quotes.nlp.document import Document, Evidence, Kind, Quotation, Span, Speaker, SpeakerKind
from quotes.nlp.grammar import Grammar, Word
from quotes.nlp.mentions import Mention, breaks, is_possessive, read, singular
from quotes.nlp.placed import Placed
from quotes.nlp.referents import Pair, Referent, Referents
from quotes.params import Params

_MODIFIER_TAGS = frozenset({"ADJ", "NOUN", "PROPN", "PART", "PUNCT", "NUM", "DET"})
_CLAUSE_TAGS = frozenset({"VERB", "AUX", "SCONJ", "PRON"})
_ENDS = frozenset(",;:().!?")
_AND = " and "
_PHRASE_CHARS = 80  # how far back a noun phrase may begin before its head


@dataclass(frozen=True)
class Resolution:
    """Who is speaking and how that was found; no speaker is a result too.

    `through` are the rules that found whom it refers back to: it is no surer than they are.
    """

    speaker: Speaker | None
    rule: str
    steps: tuple[Evidence, ...] = ()
    referent: Referent | None = None
    through: frozenset[str] = frozenset()


Resolve = Callable[[Mention], Resolution]


@dataclass
class Told:
    """A quotation already resolved, for those that refer back to it; `number` counts them."""

    quotation: Quotation
    resolution: Resolution
    mention: Mention | None = None
    number: int = 0

    @property
    def at(self) -> Span:
        """Return where the speaker is mentioned, or where the words begin if it is not."""
        return self.mention.span if self.mention else self.quotation.content[0]


@dataclass
class Article:
    """What the rules share while one document is worked through, in text order."""

    doc: Document
    grammar: Grammar
    referents: Referents
    params: Params
    told: list[Told] = field(default_factory=list)
    # Per noun: the phrases with a capital that end in it, each by where the noun starts.
    fuller: dict[str, list[tuple[int, Span]]] = field(default_factory=dict)
    _bearer_mentions: dict[str, list[tuple[Span, Referent]]] = field(default_factory=dict)
    _told_by: dict[Hashable, list[Told]] = field(default_factory=lambda: defaultdict(list))

    def tell(self, told: Told) -> None:
        """Note a quotation that is resolved, by all that later ones may ask for it."""
        self.told.append(told)
        for key in set(self._keys(told)):
            self._told_by[key].append(told)

    def told_by(self, *key: Hashable) -> list[Told]:
        """Return the quotations told so far that have the key (see `_keys`), in order."""
        return self._told_by.get(key, [])

    def _keys(self, told: Told) -> Iterator[tuple[Hashable, ...]]:
        """Yield the sentences of its parts, and what its speaker and the mention of it are."""
        yield "at", self.grammar.sentence_at(told.at.start)
        yield from (("content", number) for number in self.sentences(told.quotation.content))
        yield from (("source", number) for number in self.sentences(told.quotation.source))
        speaker, mention = told.resolution.speaker, told.mention
        if speaker is not None and speaker.kind is not SpeakerKind.ANONYMOUS:
            yield "medium", told.quotation.medium
        if speaker is not None and mention is not None:
            yield "kind", speaker.kind
            yield "noun", mention.noun, mention.plural

    def sentences(self, spans: Iterable[Span]) -> set[int]:
        """Return the numbers of the sentences that `spans` stand in."""
        at = self.grammar.sentence_at
        return {n for span in spans for n in range(at(span.start), at(span.end - 1) + 1)}

    @cached_property
    def quoted(self) -> Placed[None]:
        """Where the words in quotation marks stand."""
        quoted = (q.content for q in self.doc.quotations if q.kind is not Kind.INDIRECT)
        return Placed((piece, None) for content in quoted for piece in content)

    @cached_property
    def by_noun(self) -> dict[str, list[Word]]:
        """The article's words by their lemma, in text order."""
        found: dict[str, list[Word]] = defaultdict(list)
        for word in self.grammar.words:
            found[singular(word)].append(word)
        return dict(found)

    @cached_property
    def name_words(self) -> frozenset[str]:
        """The words of the places and bodies that the article names, lower case."""
        bodies = (r for r in self.referents.all if r.kind is not SpeakerKind.PERSON)
        return frozenset(
            word.lower() for r in bodies for form in r.aliases for word in form.split()
        )

    def bearer_mentions(
        self, noun: str, offset: int, *, most: int, after: bool = False
    ) -> list[tuple[Span, Referent]]:
        """Return up to `most` mentions before an offset of those of whom the article says `noun`.

        They are the last ones, in text order; with `after`, the first ones behind the offset.
        """
        mentions = self._bearer_mentions.get(noun)
        if mentions is None:
            bearers = self.referents.bearers(noun)
            mentions = sorted(
                ((span, r) for r in bearers for span in r.mentions), key=lambda pair: pair[0].start
            )
            self._bearer_mentions[noun] = mentions
        last = bisect_left(mentions, offset, key=lambda pair: pair[0].start)
        return mentions[last : last + most] if after else mentions[max(0, last - most) : last]

    def words(self, span: Span) -> str:
        """Return the words of the article at `span`."""
        return span.of(self.doc.text)


def follow(told: Told, rule: str) -> Resolution:
    """Return the speaker of an earlier quotation, its mention as the antecedent."""
    return back_to(told.resolution, told.at, rule)


def back_to(found: Resolution, at: Span, rule: str) -> Resolution:
    """Return the speaker of `found` for what refers back to it: its antecedent stands at `at`."""
    step = Evidence(role="antecedent", span=at, rule=rule)
    known = tuple(step for step in found.steps if step.role == "name")
    through = found.through | {found.rule}
    return Resolution(found.speaker, rule, (step, *known), found.referent, through)


def refer(referent: Referent, rule: str, *, role: str = "", at: Span | None = None) -> Resolution:
    """Return `referent` as the speaker, with the span of its fullest name as evidence."""
    steps = [Evidence(role="antecedent", span=at, rule=rule)] if at else []
    steps.append(Evidence(role="name", span=referent.span, rule="fullest-form"))
    aliases = tuple(form for form in referent.aliases if form != referent.name)
    known = max(referent.roles, key=len, default="")
    speaker = Speaker(
        name=referent.name, kind=referent.kind, role=role or known or None, aliases=aliases
    )
    return Resolution(speaker, rule, tuple(steps), referent)


def together(article: Article, mention: Mention, *, people: bool | None) -> Resolution | None:
    """Return the two named together last before `mention`, if near: "they", "both senators"."""
    here = article.grammar.sentence_at(mention.span.start)
    pairs = article.referents.pairs
    before = bisect_left(pairs, mention.span.start, key=lambda pair: pair.span.start)
    for number in reversed(range(before)):
        pair = pairs[number]
        distance = here - article.grammar.sentence_at(pair.span.start)
        if distance > article.params.antecedent_window_sentences:
            return None
        if pair.span.end > mention.span.start or (people is not None and pair.people != people):
            continue
        return together_as(pair)
    return None


def together_as(pair: Pair) -> Resolution:
    """Return two named together as one speaker, with where they are and their full names."""
    step = Evidence(role="antecedent", span=pair.span, rule="together")
    fullest = tuple(
        Evidence(role="name", span=referent.span, rule="fullest-form")
        for referent in (pair.first, pair.second)
    )
    speaker = Speaker(name=pair.name, kind=SpeakerKind.GROUP)
    return Resolution(speaker, "together", (step, *fullest))


def resolve_name(article: Article, mention: Mention) -> Resolution:
    """Return the referent that a name stands for, else the name itself; ValueError without one."""
    if mention.name is None:
        raise ValueError(f"{mention.form} mention without a name")
    form = names.without_determiner(article.words(mention.name))
    if mention.kind is SpeakerKind.PERSON:
        titled = article.referents.titled(mention.name)
        match = article.referents.person(titled, mention.name.start)
        if match is not None and titled == form:
            at = mention.name.start
            match = article.referents.company_before(match.referent, form, at) or match
    else:
        match = article.referents.named(form, mention.name.start)
    if match is None:
        kind = mention.kind or SpeakerKind.ORGANISATION
        name = form if kind is SpeakerKind.PERSON else article.referents.full_name(form)
        return Resolution(Speaker(name=name, kind=kind, role=mention.role or None), "own-name")
    if mention.role:
        article.referents.describe(match.referent, mention.role)
    rule = match.rule if match.sure else "two-candidates"
    return refer(match.referent, rule, role=mention.role)


def resolve_joint(article: Article, mention: Mention, resolve: Resolve) -> Resolution:
    """Return "X and Y" by their fullest names, as a group; `resolve` says who each of them is."""
    found = []
    for span in mention.parts:
        part = read(article.grammar, span)
        found.append((part, resolve(part)))
    steps = tuple(step for _, one in found for step in one.steps if step.role == "name")
    each = [one.speaker.name if one.speaker else article.words(part.span) for part, one in found]
    return Resolution(Speaker(name=joined_names(each), kind=SpeakerKind.GROUP), "joint", steps)


def joined_names(each: Sequence[str]) -> str:
    """Return the names of joint speakers as one: "A, B and C"."""
    return ", ".join(each[:-1]) + _AND + each[-1]


def anonymously(article: Article, mention: Mention) -> Resolution:
    """Return the mention's own description as an anonymous speaker."""
    name = until_clause(article, mention)
    return Resolution(Speaker(name=name, kind=SpeakerKind.ANONYMOUS), "description")


def until_clause(article: Article, mention: Mention) -> str:
    """Return a description's words up to the first comma or clause: "a number of members".

    Without a "whose" that says whose it is: "the club, whose goalkeeper".
    """
    start, end = mention.core.start, mention.core.end
    first = article.grammar.inside(mention.core)[:2]
    if len(first) > 1 and first[0].low in lexicon.function_words("whose"):
        start = first[1].span.start
    for word in article.grammar.inside(mention.span):
        if word.span.start < mention.core.end:
            continue
        modifies = article.grammar.is_attributive(word) or word.token.deprel == "nmod:poss"
        clause = word.token.upos in _CLAUSE_TAGS and not modifies
        if breaks(article.grammar, word) or clause:
            break
        end = word.span.end
    return " ".join(article.doc.text[start:end].split())


def phrase_start(article: Article, head: Span) -> int:
    """Return where the noun phrase that ends in `head` begins: its unbroken run of modifiers."""
    start = head.start
    window = Span(start=max(0, head.start - _PHRASE_CHARS), end=head.end)
    for right, left in pairwise(reversed(article.grammar.inside(window))):
        if left.sentence != right.sentence or left.token.text in _ENDS:
            break
        if left.token.upos == "PART" and not is_possessive(left):
            break
        glued = left.span.end == right.span.start  # "US-led" is three tokens
        if left.token.upos == "PUNCT" and not glued:  # "LIMA (Agency) - the bank"
            break
        modifies = left.token.upos in _MODIFIER_TAGS or article.grammar.is_attributive(left)
        if not modifies and not glued:
            break
        start = left.span.start
    return start
