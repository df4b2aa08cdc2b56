"""Whether the article says that it was said: "said", "did not say", "will say", "if she says".

Asked of the verb that announces the content: what negates it, its modal, what it hangs on, and
the condition or question that it stands in. Rules over the tree, no network of their own.
Reasons and figures: docs/decisions/0035-factuality.md. The distinction is that of PARC (Pareti,
"A database of attribution relations", LREC 2012); how verbs pass on what hangs on them is
Karttunen's ("Implicative verbs", Language 47, 1971).
"""

from collections.abc import Sequence
from functools import cache

from quotes.nlp import lexicon
from quotes.nlp.document import Act, Factuality, Kind, Quotation
from quotes.nlp.grammar import Grammar, Word

_MAX_CLIMB = 4  # words on which the cue's verb hangs
_FACTUAL, _NEGATED = Factuality.FACTUAL, Factuality.NEGATED
_FUTURE, _HYPOTHETICAL = Factuality.FUTURE, Factuality.HYPOTHETICAL
_SUBJECT, _MODAL = "nsubj", "aux"
_GOVERNED = ("xcomp", "ccomp")


def factuality_of(grammar: Grammar, quotation: Quotation) -> Factuality:
    """Return what the article says of the quotation: factual unless its cue tells otherwise."""
    words = [word for span in quotation.cue for word in grammar.inside(span)]
    cue = _announcing(grammar, words)
    found = _Frame(grammar, quotation).of(cue, _MAX_CLIMB) if cue else _FACTUAL
    turned = any(_governor(word) is _NEGATED for word in words)
    if found is _FACTUAL and not turned and _has_not(grammar, words):
        found = _NEGATED  # the tree hangs "not" elsewhere
    if found is _FACTUAL and cue and _is_declined(grammar, quotation, cue):
        found = _NEGATED
    is_given = quotation.kind is not Kind.INDIRECT and _gives_words(words, cue)
    return _FACTUAL if found is _NEGATED and is_given else found


def _is_declined(grammar: Grammar, quotation: Quotation, cue: Word) -> bool:
    """Say whether the content is what somebody would not do: "declined {to comment}"."""
    first = next(iter(grammar.inside(quotation.content[0])), None)
    is_infinitive = first is not None and first.low == "to"
    return is_infinitive and _governor(cue) is _NEGATED


def _gives_words(words: Sequence[Word], cue: Word | None) -> bool:
    """Say whether words follow all the same: “did not mince words: ‘…’”, not “never said: ‘…’”."""
    if not words or words[-1].low != ":":
        return False
    denied = len(words) > 1 and words[-2] == cue and cue.token.lemma in _words("utter")
    return not denied


def _announcing(grammar: Grammar, words: Sequence[Word]) -> Word | None:
    """Return the cue's own word: of "refused to say", "say"; None without a cue."""
    inside = {(word.sentence, word.index) for word in words}
    tops = [word for word in words if (word.sentence, word.token.head) not in inside]
    verbs = [word for word in tops if word.token.upos == "VERB"]
    found = next(iter(verbs or tops), None)
    while found is not None:
        inner = [
            word
            for word in grammar.children(found)
            if word.token.deprel in _GOVERNED and word.token.upos == "VERB" and word in words
        ]
        if not inner:
            break
        found = inner[-1]
    return found


class _Frame:
    """What stands around the content of one quotation; its own words say nothing of the cue."""

    def __init__(self, grammar: Grammar, quotation: Quotation) -> None:
        self._grammar = grammar
        self._content = quotation.content
        self._spoken = quotation.act is Act.SPEECH

    def of(self, word: Word, climb: int) -> Factuality:
        """Return what is said of a verb, by the words beside it, else by what it hangs on."""
        beside = [
            child
            for child in self._grammar.children(word)
            if not any(span.holds(child.span) for span in self._content)
        ]
        own = self._beside(word, beside)
        above = self._grammar.head(word)
        if own is not _FACTUAL or above is None or not climb:
            return own
        shared = word.token.deprel == "conj" and _shares(word, beside)
        if not shared and not _hangs(word, above, beside):
            return own
        upper = self.of(above, climb - 1)
        passed = _FACTUAL if shared else self._passed_on(above)
        if passed is _NEGATED:  # "did not fail to mention"
            return _FACTUAL if upper is _NEGATED else _NEGATED
        return passed if upper is _FACTUAL else upper

    def _passed_on(self, above: Word) -> Factuality:
        """Return what a word passes on: not "going on to say", nor "more likely to say"."""
        beside = (
            w for w in self._grammar.children(above) if not w.token.deprel.startswith(_SUBJECT)
        )
        other = any(word.low in _words("other-sense") for word in beside)
        return _FACTUAL if other else _governor(above)

    def _beside(self, verb: Word, beside: Sequence[Word]) -> Factuality:
        """Return what negation, modals, a condition or a question beside a verb say of it."""
        subjects = [word for word in beside if word.token.deprel.startswith(_SUBJECT)]
        helpers = [word for word in beside if word.token.deprel.startswith(_MODAL)]
        if _is_negated(self._grammar, beside, subjects):
            return _NEGATED
        if _is_conditional(beside) or self._is_asked(verb, helpers, subjects):
            return _HYPOTHETICAL
        modals = {word.low for word in helpers if word.token.xpos == "MD"}
        if modals & _words("future"):
            return _FUTURE
        performed = any(word.low in _words("performer") for word in subjects)
        return _HYPOTHETICAL if self._is_doubted(beside, helpers) and not performed else _FACTUAL

    def _is_doubted(self, beside: Sequence[Word], helpers: Sequence[Word]) -> bool:
        """Say whether a modal leaves open if it was said: "may have said", "would say if"."""
        modals = {word.low for word in helpers if word.token.xpos == "MD"}
        condition = any(
            word.token.deprel == "advcl" and _is_conditional(self._grammar.children(word))
            for word in beside
        )
        unmet = condition or any(word.token.lemma == "have" for word in helpers)
        said = modals & (_words("may") | (_words("would") if unmet else frozenset()))
        return bool(modals & _words("perhaps") or (self._spoken and said))

    def _is_asked(self, verb: Word, helpers: Sequence[Word], subjects: Sequence[Word]) -> bool:
        """Say whether it is asked if it was said: "Did he say …?", not "Why did he say …?"."""
        turned = any(helper.index < subject.index for helper in helpers for subject in subjects)
        tokens = self._grammar.sentence(verb.sentence).tokens
        asked = any(token.text.endswith("?") for token in tokens[-2:])
        open_ = any(word.token.xpos.startswith("W") for word in self._grammar.children(verb))
        return turned and asked and not open_ and verb.token.head < 0


def _is_negated(grammar: Grammar, beside: Sequence[Word], subjects: Sequence[Word]) -> bool:
    """Say whether a verb or its subject is negated: "never", "no one"; not by "not only"."""
    openers = {word.low for s in subjects for word in (s, *grammar.children(s)[:1])}
    others = [word for word in beside if word not in subjects]
    return _has_not(grammar, others) or not openers.isdisjoint(_words("nobody"))


def _has_not(grammar: Grammar, words: Sequence[Word]) -> bool:
    """Say whether a word negates, "not only" apart."""
    return any(
        word.low in _words("negation")
        and ((after := grammar.after(word)) is None or after.low not in _words("only"))
        for word in words
    )


def _is_conditional(beside: Sequence[Word]) -> bool:
    """Say whether "if" or "whether" stands before a verb."""
    return any(word.token.deprel == "mark" and word.low in _words("if") for word in beside)


def _hangs(verb: Word, above: Word, beside: Sequence[Word]) -> bool:
    """Say whether a verb without a subject of its own hangs on another: "refused to say"."""
    owned = any(word.token.deprel.startswith(_SUBJECT) for word in beside)
    joined = any(word.token.deprel == "mark" and word.low not in _words("that") for word in beside)
    whole = above.token.lemma in _words("deny") and not joined
    return verb.token.deprel in _GOVERNED and (whole or not owned)


def _shares(verb: Word, beside: Sequence[Word]) -> bool:
    """Say whether a joined verb shares what stands before the first: "did not see or say"."""
    own = any(word.token.deprel.startswith((_SUBJECT, _MODAL)) for word in beside)
    return not own and (verb.token.xpos == "VB" or any(word.low in _words("or") for word in beside))


def _governor(word: Word) -> Factuality:
    """Return what a word says of the verb that hangs on it: "refused to", "is expected to"."""
    if word.low == "going":
        return _FUTURE
    return _governors().get(word.token.lemma.lower(), _FACTUAL)


@cache
def _governors() -> dict[str, Factuality]:
    return {lemma: Factuality(kind) for lemma, kind in lexicon.rows("cue_governors.tsv")}


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset({row[0]: row[1] for row in lexicon.rows("factuality_words.tsv")}[kind].split())
