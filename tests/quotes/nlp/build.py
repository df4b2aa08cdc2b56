"""Documents built by hand: a readable notation for text, trees, entities and quotations.

One line is a sentence, an empty line ends a paragraph. A token is `form/UPOS/deprel>head`, its
head given by form (`said#2` for the second such word); the root is `form/UPOS/root`.
`officials=official` gives the lemma too, and makes a noun plural; a lemma is otherwise the
lower-case form. Closed-class words and punctuation may stand bare: articles and prepositions hang
on the next noun that heads a phrase, "and" on the next conjunct, possessive 's on the word before,
punctuation on the root. The first word of a sentence is capitalised in the text. `~` glues a token
to the one before it (`US/... ~-/PUNCT ~led/...`); punctuation knows its own place.

    article(
        "the minister/NOUN/nsubj>said , Ana/PROPN/appos>minister Roe/PROPN/flat>Ana ,"
        " said/VERB/root it/PRON/nsubj>rains rains/VERB/ccomp>said .",
        quotes=[quote("it rains", cue="said", source="The minister, Ana Roe,")],
        person="Ana Roe",
    )
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from quotes.nlp.document import (
    Act,
    Document,
    Entity,
    Kind,
    Quotation,
    Sentence,
    Span,
    Token,
)

_LEFT = frozenset({".", ",", ";", ":", "!", "?", "”", "’", ")", "'s", "’s", "'", "%", "n't"})
_RIGHT = frozenset({"“", "‘", "("})
_PUNCTUATION = frozenset(".,;:!?“”‘’()—–-\"'")
_ARTICLES = frozenset({"the", "a", "an"})
_ADPOSITIONS = frozenset(("of", "in", "on", "by", "to", "for", "with", "from", "at", "as"))
_NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "NUM"})
_INNER = ("compound", "amod", "nummod", "flat")
LABELS_MARKED = {"P": "Person", "O": "Organization", "L": "Location", "N": "NORP"}
_LABELS = {"person": "Person", "org": "Organization", "norp": "NORP", "place": "Location"}


@dataclass
class Row:
    """One token as written: `head` is the head's form, empty for a root or a bare token."""

    form: str
    lemma: str
    upos: str
    deprel: str
    head: str
    glued: bool
    plural: bool


@dataclass(frozen=True)
class Marked:
    """A quotation as written: pieces of text, found when the article is built."""

    content: tuple[str, ...]
    cue: str | None
    source: str | None
    kind: Kind | None
    confidence: float


def quote(
    *content: str,
    cue: str | None = None,
    source: str | None = None,
    kind: Kind | None = None,
    confidence: float = 1.0,
) -> Marked:
    """Mark a quotation by its words. Cue and source are the occurrences nearest to the content.

    The kind follows the curly marks in the content unless given.
    """
    return Marked(content, cue, source, kind, confidence)


def article(tree: str, quotes: Sequence[Marked] = (), **entities: str) -> Document:
    """Return a document with the stages "tagger" and "parse" done.

    `entities` are `person=`, `org=`, `norp=`, `place=`: forms separated by "|", marked wherever
    they stand as whole words, the longest first.
    """
    text, sentences = "", []
    for line in tree.strip().split("\n"):
        if not line.strip():
            text = text.rstrip() + "\n\n"
            continue
        text, sentence = _sentence(text, line)
        sentences.append(sentence)
        text += " "
    text = text.rstrip()
    doc = Document(
        text=text,
        sentences=tuple(sentences),
        entities=_entities(text, entities),
        quotations=tuple(_located(text, marked) for marked in quotes),
        done=frozenset({"tagger", "parse"}),
    )
    assert all(
        token.span.of(text) == token.text for sentence in doc.sentences for token in sentence.tokens
    )
    return doc


def bare(text: str, *quotes: Marked) -> Document:
    """Return a document without trees: for rules that read only text and marks."""
    return Document(text=text, quotations=tuple(_located(text, marked) for marked in quotes))


def named(marked: str) -> Document:
    """Read "[P Ana Roe] of the [O IMF] left": bracketed text is an entity."""
    text, entities = "", []
    for part in marked.replace("]", "[").split("["):
        label, _, form = part.partition(" ")
        if label in LABELS_MARKED and form:
            span = Span(start=len(text), end=len(text) + len(form))
            entities.append(Entity(span=span, type=LABELS_MARKED[label]))
            text += form
        else:
            text += part
    return Document(text=text, entities=tuple(entities))


def span_in(text: str, words: str, near: int = 0) -> Span:
    """Return where `words` stand in `text` as whole words, nearest to the offset `near`."""
    found = [Span(start=m.start(), end=m.end()) for m in re.finditer(_whole(words), text)]
    assert found, f"{words!r} does not stand in {text!r}"
    nearest = min(found, key=lambda span: abs(span.start - near))
    assert nearest.of(text) == words
    return nearest


def _whole(words: str) -> str:
    left = r"(?<!\w)" if words[0].isalnum() else ""
    return left + re.escape(words) + (r"(?!\w)" if words[-1].isalnum() else "")


# ---------------------------------------------------------------------- sentences
def _sentence(text: str, line: str) -> tuple[str, Sentence]:
    rows = [_row(part) for part in line.split()]
    _complete(rows)
    begin, tokens = len(text), []
    first = next(i for i, row in enumerate(rows) if row.form[0].isalnum())
    for index, row in enumerate(rows):
        glued = row.glued or row.form in _LEFT or (index and rows[index - 1].form in _RIGHT)
        text = text.rstrip(" ") if glued and index else text
        start = len(text)
        shown = row.form[:1].upper() + row.form[1:] if index == first else row.form
        text += shown + " "
        tokens.append(_token(row, shown, Span(start=start, end=start + len(shown)), rows))
    text = text.rstrip(" ")
    assert sum(token.head < 0 for token in tokens) == 1, f"one root is needed: {line}"
    for index in range(len(tokens)):
        _assert_rooted(tokens, index)
    return text, Sentence(span=Span(start=begin, end=len(text)), tokens=tuple(tokens))


def _row(part: str) -> Row:
    glued, part = part.startswith("~"), part.removeprefix("~")
    form, *rest = part.split("/")
    form, _, lemma = form.partition("=")
    upos = rest[0] if rest else ""
    deprel, _, head = (rest[1] if len(rest) > 1 else "").partition(">")
    lemma = lemma or (form if upos == "PROPN" else form.lower())
    plural = upos in ("NOUN", "PROPN") and "=" in part
    return Row(form, lemma, upos, deprel, head, glued, plural)


def _complete(rows: list[Row]) -> None:
    """Give bare tokens their tag, relation and head."""
    root = next(row for row in rows if row.deprel == "root")
    for index, row in enumerate(rows):
        if row.deprel:
            continue
        low, after = row.form.lower(), rows[index + 1 :]
        if low in _ARTICLES:
            row.upos, row.deprel, head = "DET", "det", _next_nominal(after)
        elif row.form in ("'s", "’s") and not row.upos:
            row.upos, row.deprel, head = "PART", "case", rows[index - 1]
        elif low == "and":
            row.upos, row.deprel = "CCONJ", "cc"
            head = next(other for other in after if other.deprel.startswith("conj"))
        elif low in _ADPOSITIONS:
            row.upos, row.deprel, head = "ADP", "case", _next_nominal(after, possessors=False)
        else:
            assert set(row.form) <= _PUNCTUATION, f"{row.form!r} cannot stand bare"
            row.upos, row.deprel, head = "PUNCT", "punct", root
        row.head = _name(rows, head)


def _next_nominal(rows: Sequence[Row], *, possessors: bool = True) -> Row:
    inner = _INNER if possessors else (*_INNER, "nmod:poss")
    return next(r for r in rows if r.upos in _NOMINAL and not r.deprel.startswith(inner))


def _name(rows: list[Row], wanted: Row) -> str:
    same = [row for row in rows if row.form == wanted.form]
    return f"{wanted.form}#{1 + next(i for i, row in enumerate(same) if row is wanted)}"


def _token(row: Row, shown: str, span: Span, rows: list[Row]) -> Token:
    return Token(
        span=span,
        text=shown,
        lemma=row.lemma,
        upos=row.upos,
        xpos=_penn(row),
        feats="Number=Plur" if row.plural else "",
        head=_head(row, rows),
        deprel=row.deprel,
    )


def _penn(row: Row) -> str:
    if row.upos == "VERB":
        return "VBG" if row.form.endswith("ing") else "VB"
    if row.upos not in ("NOUN", "PROPN"):
        return ""
    return ("NN" if row.upos == "NOUN" else "NNP") + ("S" if row.plural else "")


def _head(row: Row, rows: list[Row]) -> int:
    if row.deprel == "root":
        return -1
    form, _, number = row.head.partition("#")
    fitting = [i for i, other in enumerate(rows) if other.form == form]
    assert fitting, f"no head {row.head!r} for {row.form!r}"
    assert number or len(fitting) == 1, f"which {form!r}? number it (#1, #2)"
    return fitting[int(number or 1) - 1]


def _assert_rooted(tokens: list[Token], index: int) -> None:
    seen = set()
    while index >= 0:
        assert index not in seen, f"a circle of heads at {tokens[index].text!r}"
        seen.add(index)
        index = tokens[index].head


# ---------------------------------------------------------------------- entities, quotations
def _entities(text: str, forms: dict[str, str]) -> tuple[Entity, ...]:
    wanted = [
        (form.strip(), _LABELS[kind]) for kind, all_ in forms.items() for form in all_.split("|")
    ]
    found: list[Entity] = []
    for form, label in sorted(wanted, key=lambda pair: -len(pair[0])):
        spans = [Span(start=m.start(), end=m.end()) for m in re.finditer(_whole(form), text)]
        assert spans, f"no entity {form!r} in {text!r}"
        free = [span for span in spans if not any(e.span.meets(span) for e in found)]
        found += [Entity(span=span, type=label) for span in free]
    return tuple(sorted(found, key=lambda entity: entity.span.start))


def _located(text: str, marked: Marked) -> Quotation:
    content = tuple(span_in(text, piece) for piece in marked.content)
    own = dict.fromkeys(("cue", "source"), ())
    for role in own:
        words: str | None = getattr(marked, role)
        own[role] = (_beside(text, words, content),) if words else ()
    kind = marked.kind or _kind(marked.content)
    return Quotation(
        kind=kind, act=Act.SPEECH, content=content, confidence=marked.confidence, **own
    )


def _beside(text: str, words: str, content: Sequence[Span]) -> Span:
    """Return the occurrence of `words` outside the content with the least text in between."""
    free = [
        span
        for span in _occurrences(text, words)
        if not any(piece.meets(span) for piece in content)
    ]
    assert free, f"{words!r} does not stand outside the content in {text!r}"
    return min(free, key=lambda span: min(_distance(span, piece) for piece in content))


def _occurrences(text: str, words: str) -> Iterator[Span]:
    for match in re.finditer(_whole(words), text):
        yield Span(start=match.start(), end=match.end())


def _distance(a: Span, b: Span) -> int:
    return max(b.start - a.end, a.start - b.end)


def _kind(content: Sequence[str]) -> Kind:
    if all(piece.startswith("“") and piece.endswith("”") for piece in content):
        return Kind.DIRECT
    return Kind.MIXED if any("“" in piece for piece in content) else Kind.INDIRECT


# ---------------------------------------------------------------------- stock sentences
def name(words: str, relation: str) -> str:
    """Return the tokens of a name: "Ana Roe", "nsubj>said" -> Ana, with Roe flat below it."""
    first, *rest = words.split()
    return " ".join([f"{first}/PROPN/{relation}", *(f"{w}/PROPN/flat>{first}" for w in rest)])


def said(subject: str, what: str = "prices", verb: str = "said") -> str:
    """Return the sentence "<subject> said prices fell."; the subject's head hangs on the verb."""
    return f"{subject} {verb}/VERB/root {what}/NOUN/nsubj>fell fell/VERB/ccomp>{verb} ."


def reported(source: str | None, what: str = "prices", cue: str | None = "said") -> Marked:
    """Mark "prices fell" as reported by `source`: the quotation of `said`."""
    return quote(f"{what} fell", cue=cue, source=source)


def exclaimed(subject: str, what: str = "prices", verb: str = "said") -> str:
    """Return the sentence "“Prices fell,” <subject> said."."""
    return f"“ {what}/NOUN/nsubj>fell fell/VERB/ccomp>{verb} , ” {subject} {verb}/VERB/root ."


def direct(source: str | None, what: str = "prices", cue: str | None = "said") -> Marked:
    """Mark "“Prices fell,”" as said by `source`: the quotation of `exclaimed`."""
    return quote(f"“{what.capitalize()} fell,”", cue=cue, source=source)
