"""Which language a text is in, passage by passage; only what may be English reaches the models.

A passage is a line. It is refused only if two witnesses agree: the closed-class words that almost
every English sentence has are nearly absent, and an identifier (py3langid) is sure of another
language from the words that are no names and stand in no quotation marks. In doubt a text is read
as English, and the doubt is shown. Why, and measured how: docs/decisions/0013-language.md.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from quotes.nlp.document import Document, Foreign, Span
from quotes.nlp.lexicon import rows, words
from quotes.nlp.marks import PARAGRAPH
from quotes.params import DEFAULTS, Params

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

STAGE = "language"
ENGLISH, UNDETERMINED = "en", "und"

_WORD = re.compile(r"[^\W\d_]+")
# Long enough for a quoted sentence or two; the bound keeps a text of opening marks linear.
_QUOTED = re.compile(r"[“„«‹「『”\"][^“„«‹「『”»›」』\"\n]{1,500}[“”»›」』\"]")
_ADDRESS = re.compile(r"[@#]|://|www\.")
_SURROGATE = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\ufffd"
# Neighbours such as Danish and Norwegian share what the identifier is sure of.
_CLOSE_KIN = 3


@dataclass(frozen=True, slots=True)
class _Passage:
    span: Span
    language: str


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415  rarely needed

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@cache
def _languages() -> dict[str, tuple[str, str, str]]:
    """Return the identifier's label -> tag, name and what to make of it."""
    return {label: (tag, name, use) for label, tag, name, use in rows("languages.tsv")}


@cache
def _names() -> dict[str, str]:
    return {tag: name for tag, name, _ in _languages().values()}


def name_of(tag: str) -> str:
    """Return the English name of a language by its tag, or the tag itself if it is unknown."""
    return _names().get(tag, tag)


def language_of(text: str, params: Params = DEFAULTS) -> str:
    """Return the BCP 47 tag of the language of `text`, "und" if that is not clear.

    Work grows with the length of the text. The identifier (half a second, 100 MB) is loaded by
    the first text that is short of English words.
    """
    found = _WORD.findall(text)
    known = words("english_words.txt")
    hits = sum(word.lower() in known for word in found)
    if hits < params.english_words_share * len(found):
        return _foreign_language(text, params)
    return ENGLISH if hits >= params.english_words_least else UNDETERMINED


def _foreign_language(text: str, params: Params) -> str:
    evidence = _running_words(text)
    if len(evidence.encode("utf-8", "surrogatepass")) < params.language_evidence_bytes:
        return UNDETERMINED
    ranked = _identifier().rank(evidence)[:_CLOSE_KIN]
    foreign = [(label, share) for label, share in ranked if _languages()[label][2] == "foreign"]
    if sum(share for _, share in foreign) < params.language_certainty:
        return UNDETERMINED
    return _languages()[foreign[0][0]][0]


def _running_words(text: str) -> str:
    """Return the words that tell a language: no names, no numbers, nothing in quotation marks."""
    bare = _QUOTED.sub(" ", text)
    if sum(map(str.isupper, bare)) > sum(map(str.islower, bare)):
        bare = bare.lower()  # in capitals, names look like all other words
    return " ".join(filter(_is_running_word, bare.split()))


def _is_running_word(token: str) -> bool:
    letter = _WORD.search(token)
    if letter is None or letter.group()[0].isupper():
        return False
    return _ADDRESS.search(token) is None


def identify(doc: Document, params: Params = DEFAULTS) -> Document:
    """Return `doc` with its main language and the passages that are in another than English.

    A text with no English at all is one such passage, from its beginning to its end.
    """
    passages = list(_passages(doc.text, params))
    main = _main_language(doc.text, passages, params)
    if _is_foreign(main):
        # What says little by itself, such as a line of quotation, goes with the rest.
        passages = [_within(passage, main) for passage in passages]
    is_whole = _is_foreign(main) and all(_is_foreign(passage.language) for passage in passages)
    foreign = _whole(doc.text, main) if is_whole else _joined(passages)
    return doc.evolve(done=STAGE, language=main, foreign=foreign)


def _passages(text: str, params: Params) -> Iterator[_Passage]:
    for line in PARAGRAPH.finditer(text):
        if not line.group().isspace():
            span = Span(start=line.start(), end=line.end())
            yield _Passage(span, language_of(line.group(), params))


def _main_language(text: str, passages: Iterable[_Passage], params: Params) -> str:
    """Return the language of more of the text than any other, doubtful passages judged together."""
    sizes = Counter[str]()
    for passage in passages:
        sizes[passage.language] += passage.span.end - passage.span.start
    english, doubtful = sizes.pop(ENGLISH, 0), sizes.pop(UNDETERMINED, 0)
    foreign = sizes.total()
    if foreign > english + doubtful:
        return sizes.most_common(1)[0][0]
    return ENGLISH if english >= foreign and english else language_of(text, params)


def _is_foreign(language: str) -> bool:
    return language not in (ENGLISH, UNDETERMINED)


def _within(passage: _Passage, main: str) -> _Passage:
    return _Passage(passage.span, main) if passage.language == UNDETERMINED else passage


def _whole(text: str, language: str) -> tuple[Foreign, ...]:
    return (Foreign(span=Span(start=0, end=len(text)), language=language),)


def _joined(passages: Iterable[_Passage]) -> tuple[Foreign, ...]:
    """Return the foreign passages, those that follow each other in one language as one."""
    runs = [(tag, list(run)) for tag, run in groupby(passages, lambda passage: passage.language)]
    return tuple(
        Foreign(span=Span(start=run[0].span.start, end=run[-1].span.end), language=tag)
        for tag, run in runs
        if _is_foreign(tag)
    )


def is_refused(doc: Document) -> bool:
    """Say whether nothing of `doc` was read because all of it is in another language."""
    return any(part.span.start == 0 and part.span.end == len(doc.text) for part in doc.foreign)


def read_english(
    texts: Sequence[str],
    read: Callable[[list[Document]], list[Document]],
    params: Params = DEFAULTS,
) -> list[Document]:
    """Return the documents of `texts` after `read`, which is shown nothing but possible English.

    Foreign passages and long runs without words are blank while it reads, and lone surrogates
    U+FFFD, so that every offset holds; a text that is wholly foreign is not shown at all, and has
    no quotations.
    """
    docs = [identify(Document(text=text), params) for text in texts]
    shown = [_blanked(doc, params) for doc in docs if not is_refused(doc)]
    done = iter(read(shown) if shown else [])
    return [doc if is_refused(doc) else _restored(doc, next(done)) for doc in docs]


def _blank(passages: str) -> str:
    """Return spaces for all but the ends of lines, which the models read as paragraphs."""
    return PARAGRAPH.sub(lambda line: " " * len(line.group()), passages)


def _blanked(doc: Document, params: Params) -> Document:
    pieces, at = [], 0
    for part in doc.foreign:
        pieces += [doc.text[at : part.span.start], _blank(part.span.of(doc.text))]
        at = part.span.end
    # Half a surrogate pair is no character: tokenizers refuse the whole text for one.
    shown = _SURROGATE.sub(_REPLACEMENT, "".join([*pieces, doc.text[at:]]))
    # A megabyte of quotation marks would take the tagger minutes, and nobody said any of it.
    # The signs beside a word stay: they may close a quotation.
    wordless = rf"(?<=[\W_]{{8}})[\W_]{{{params.wordless_run_chars},}}(?=[\W_]{{8}})"
    shown = re.sub(wordless, lambda run: _blank(run.group()), shown)
    return doc if shown == doc.text else doc.evolve(done=STAGE, text=shown)


def _restored(doc: Document, read: Document) -> Document:
    """Return what was read with the text of `doc`, without quotations that meet a blank."""
    if read.text == doc.text:
        return read
    kept = [q for q in read.quotations if not _meets(q.content, doc.foreign)]
    return read.evolve(done=STAGE, text=doc.text, quotations=tuple(kept))


def _meets(spans: Iterable[Span], foreign: Sequence[Foreign]) -> bool:
    return any(part.span.meets(span) for span in spans for part in foreign)


def note(doc: Document) -> str:
    """Return in words what was not read, or is in doubt, for the language's sake; "" if nothing."""
    if is_refused(doc):
        return f"not extracted: the text is in {name_of(doc.language)}"
    if doc.foreign:
        counts = Counter(name_of(part.language) for part in doc.foreign)
        listed = ", ".join(f"{name} ({count})" for name, count in counts.items())
        return f"passages not extracted, by language: {listed}"
    return "language not recognised; read as English" if doc.language == UNDETERMINED else ""
