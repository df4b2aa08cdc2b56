"""What an article says that the people and bodies it names are: words beside their names.

"Senator Ana Roe", "Ana Roe, the envoy", "the envoy, Ana Roe", "Ana Roe is a lawyer". By these words
a later "the envoy" is hers. Titles inside a name are noted by referents.py.
"""

import re
from collections.abc import Iterable, Iterator

from quotes.nlp import lexicon
from quotes.nlp.document import Span
from quotes.nlp.grammar import NOMINAL, Word
from quotes.nlp.mentions import is_possessive, singular
from quotes.nlp.referents import Referent
from quotes.nlp.resolution import Article, phrase_start

_APPOSITION_CHARS = 90
_AGE_AFTER = re.compile(r",? [(]?(?:an? )?(\d{1,3})(?:[,.;)]|[- ]year[- ]old\b)")
_AGE_BEFORE = re.compile(r"\b(\d{1,3})[- ]year[- ]old(?: \w+){0,3} $")
_SAYS_WHAT = frozenset({"NOUN", "PROPN", "ADJ"})


def describe(article: Article) -> None:
    """Note in `article.referents` the words by which the article says what each referent is."""
    for referent in article.referents.all:
        if not referent.is_place:
            for span in referent.mentions:
                article.referents.note(referent, _words_of(article, referent, span))


def _words_of(article: Article, referent: Referent, span: Span) -> set[str]:
    found = {w for phrase in _phrases(article, span) for w in said_by(article, phrase)}
    found |= _age(article, span)
    return found - {word.lower() for word in referent.name.split()}


def _age(article: Article, span: Span) -> set[str]:
    """Return how old the text says that a person is: "Ana Roe, 41,", "a 41-year-old baker"."""
    text = article.doc.text
    before = _AGE_BEFORE.search(text, max(0, span.start - _APPOSITION_CHARS), span.start)
    told = _AGE_AFTER.match(text, span.end) or before
    return {lexicon.aged(told[1])} if told else set()


def _phrases(article: Article, span: Span) -> Iterator[Span]:
    """Yield the phrases that say what is named at `span`."""
    start = phrase_start(article, span)
    if start < span.start and not _possessor_of(article, span):
        yield Span(start=start, end=span.start)
    if after := _apposition_after(article, span):
        yield after
    words = article.grammar.inside(span)
    for word in words[:1]:
        above = article.grammar.head(word)
        if above is None or above.span.meets(span) or above.token.upos != "NOUN":
            continue
        if word.token.deprel == "appos" and above.index < word.index:
            yield Span(start=phrase_start(article, above.span), end=above.span.end)
        if word.token.deprel == "nsubj" and _is_predicate(article, word, above):
            yield Span(start=phrase_start(article, above.span), end=above.span.end)


def _possessor_of(article: Article, span: Span) -> bool:
    """Say whether a possessor stands before the name without a noun: "Iowa's Ana Roe"."""
    words = article.grammar.inside(Span(start=max(0, span.start - 2), end=span.start))
    return any(map(is_possessive, words))


def _is_predicate(article: Article, subject: Word, noun: Word) -> bool:
    """Say whether the clause says that the subject is what the noun says: "is a", not "is no"."""
    if subject.index > noun.index:
        return False
    words = article.grammar.inside(Span(start=subject.span.start, end=noun.span.end))
    copula = any(w.token.deprel == "cop" and article.grammar.head(w) == noun for w in words)
    denied = any("Polarity=Neg" in w.token.feats or w.token.upos == "PART" for w in words)
    return copula and not denied


def _apposition_after(article: Article, span: Span) -> Span | None:
    """Return an apposition after a name: ", the US special envoy for"."""
    text = article.doc.text
    segment = text[span.end + 1 : span.end + _APPOSITION_CHARS].split("\n")[0].split(",")[0]
    if text[span.end : span.end + 2] != ", " or not segment.strip():
        return None
    words = article.grammar.inside(Span(start=span.end + 2, end=span.end + 1 + len(segment)))
    articles = lexicon.function_words("article")
    if not words or (words[0].low not in articles and words[0].token.upos != "PROPN"):
        named = words and words[0].token.deprel == "appos" and words[0].token.upos == "NOUN"
        if not named:
            return None
    last: Word | None = None
    for word in words:
        if word.token.upos == "AUX" or word.token.xpos in ("VBD", "VBZ", "VBP"):
            return None  # "In Chelsea, the mayor said": a subject, no apposition
        if word.token.upos in ("VERB", "ADP") and not article.grammar.is_attributive(word):
            break
        last = word if word.token.upos in NOMINAL else last
    return Span(start=words[0].span.start, end=last.span.end) if last else None


def said_by(article: Article, phrase: Span) -> Iterable[str]:
    """Return the words of a phrase that say what somebody is, lower case, titles written out."""
    for word in article.grammar.inside(phrase):
        if word.token.upos in _SAYS_WHAT:
            yield lexicon.title_in_full(word.token.text)
            yield singular(word)
