"""A stored quotation -> plain text, BibTeX, RIS, CSL-JSON, text fragment. No HTTP.

The bibliography always lists the article; the speaker stands in the prose and in notes, never as
an author. Rules and their sources: docs/decisions/0005-citations.md.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import accumulate
from typing import Any
from urllib.parse import quote, urldefrag

import rispy
from pydantic import Field

from quotes import characters
from quotes.bylines import Author
from quotes.nlp.document import Factuality, Frozen, Kind, SpeakerKind
from quotes.nlp.lexicon import function_words
from quotes.params import CITING, CitingParams

UNTITLED = "[Untitled article]"
NO_DATE = "n.d."
ARCHIVE = "Quote Tracker"

# Babel's names for biblatex's `langid`, by BCP 47 tag; other languages go without the field.
_LANGID = {"en": "english", "en-us": "american", "en-gb": "british", "en-au": "australian"}

_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        # BibTeX counts braces even after a backslash: see _latex.
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "`": r"\textasciigrave{}",
        **{char: f"\\{char}" for char in "#$%&_"},
    }
)
_PLAIN_BRACES = str.maketrans({"{": r"\{", "}": r"\}"})
# TeX joins these pairs into other characters: -- is a dash, '' a closing quotation mark.
_LIGATURE = re.compile(r"(?<=([-',<>]))(?=\1)")
# What biblatex's and pandoc's verbatim `url` cannot hold, or no address may.
_URL_SAFE = ":/?#[]@!$&'()*+,;=%~-._"
_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b\u2028\u2029\ufdd0-\ufdef\ufeff\ufffe\uffff]+")
_UNSEEN = re.compile("[\u200b\ufeff]+")
# Where a paragraph ends, whatever turns its letters ends too.
_PARAGRAPHS = re.compile(r"[\n\r\x1c-\x1e\x85\u2029]+")
_OPENING, _CLOSING = ("“", '"'), ("”", '"')
_OPENS_AFTER = re.compile(r"(?:^|[\s(\[—–“‘'\"-])$")
_STOPPED = re.compile(r"[.!?…][\"”’)]*$")


class CitableQuotation(Frozen):
    """What a citation needs of a stored quotation; texts as stored, addresses absolute.

    `address` is the quotation's permanent page, `archived_text` the page of the stored article
    version, `url` the publisher's. Empty strings stand for what is not known. `content` holds the
    pieces in text order; `paragraph_index` counts from 1. `doubt` is what is to be checked before
    the quotation is cited, in clauses without a stop.
    """

    uid: str = Field(pattern=r"^[A-Za-z0-9_-]+$")
    address: str
    archived_text: str
    content: tuple[str, ...] = Field(min_length=1)
    kind: Kind
    speaker: str = ""
    speaker_role: str = ""
    speaker_kind: SpeakerKind | None = None
    medium: str = ""
    factuality: Factuality = Factuality.FACTUAL
    article_title: str = ""
    authors: tuple[Author, ...] = ()
    outlet: str = ""
    published_on: date | None = None
    retrieved_on: date
    url: str = ""
    paragraph_index: int = Field(ge=1)
    language: str = ""
    text_sha256: str
    doubt: str = ""

    @property
    def key(self) -> str:
        """Return the reference's key: letters, digits, "-" and "_", a letter first."""
        return f"quote-{self.uid}"

    @property
    def is_said(self) -> bool:
        """Say whether the article reports that it was said; no citation may claim it else."""
        return self.factuality is Factuality.FACTUAL

    @property
    def title(self) -> str:
        """Return the article's title on one line, or words that say that it has none."""
        return one_line(self.article_title) or UNTITLED

    @property
    def reference_url(self) -> str:
        """Return the publisher's address, or that of the stored text where there is none."""
        return self.url or self.archived_text


def in_prose(name: str, here: Iterable[str]) -> str:
    """Return a speaker's name as a sentence has it; `here` is what the article calls it.

    It keeps the article's article: "the operator", "the United Nations".
    """
    for called in here:
        article, _, rest = called.partition(" ")
        if rest == name and article.lower() in function_words("article"):
            return f"{article.lower()} {name}"
    return name


def one_line(text: str) -> str:
    """Return `text` with each run of white space and control characters as one space.

    What has no width goes, and what turns letters turns none behind the text.
    """
    seen = _UNSEEN.sub("", text)
    return " ".join(filter(None, map(characters.closed, map(_spaced, _PARAGRAPHS.split(seen)))))


def _spaced(text: str) -> str:
    return _BLANK.sub(" ", text).strip()


# --- prose


def words_quoted(c: CitableQuotation) -> str:
    """Return the quotation on one line: direct speech in marks, anything else as it stands.

    Pieces are joined by an ellipsis. Marks inside direct speech become single ones, and a comma
    that only leads on to the article's own words goes.
    """
    pieces = [one_line(piece) for piece in c.content]
    if c.kind is not Kind.DIRECT:
        return " … ".join(pieces)
    return f"“{' … '.join(nested(piece) for piece in pieces).rstrip(',;')}”"


def nested(words: str, *, drop_outer: bool = True) -> str:
    """Return `words` ready to stand inside “ ”: inner marks made single, outer ones dropped.

    A mark without a partner inside stays as it is: it may be an inch sign.
    """
    pairs = mark_pairs(words)
    outer = _outer_marks(words, pairs) if drop_outer else set()
    single = {at: "‘" if at < other else "’" for at, other in pairs.items()}
    kept = (single.get(at, char) for at, char in enumerate(words) if at not in outer)
    return "".join(kept).strip()


def unmarked(words: str) -> str:
    """Return `words` without their outer marks, inner ones as they are."""
    outer = _outer_marks(words, mark_pairs(words))
    return "".join(char for at, char in enumerate(words) if at not in outer).strip()


def in_sentence(c: CitableQuotation, who: str) -> str:
    """Return who said it as it stands inside a sentence: "one official", which began the article's.

    A name keeps its capital, and a description that begins with one: "Kremlin officials".
    """
    first = who.partition(" ")[0].lower()
    small = function_words("indefinite") | function_words("article")
    is_described = c.speaker_kind is SpeakerKind.ANONYMOUS and first in small
    return who[:1].lower() + who[1:] if is_described else who


def _outer_marks(words: str, pairs: Mapping[int, int]) -> set[int]:
    """Return where a mark opens the words, or closes them, without a partner inside."""
    last = len(words) - 1
    outer = set()
    if words[:1] in _OPENING and pairs.get(0, last) == last:
        outer.add(0)
    if last > 0 and words[last] in _CLOSING and pairs.get(last, 0) == 0:
        outer.add(last)
    return outer


def mark_pairs(words: str) -> dict[int, int]:
    """Return the position of each double quotation mark that has a partner -> its partner's."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    for mark in re.finditer('["“”]', words):
        at = mark.start()
        # A straight mark opens after a space, a bracket, a dash or another opening mark.
        if mark[0] == "“" or (mark[0] == '"' and _OPENS_AFTER.search(words[:at])):
            opened.append(at)
        elif opened:
            partner = opened.pop()
            pairs |= {at: partner, partner: at}
    return pairs


def _speaker(c: CitableQuotation) -> str:
    if not c.speaker:
        return "Speaker not identified"
    role = f", {one_line(c.speaker_role)}" if c.speaker_role else ""
    anonymous = c.speaker_kind is SpeakerKind.ANONYMOUS
    return f"{one_line(c.speaker)}{role}{' (not named in the article)' if anonymous else ''}"


def attribution(c: CitableQuotation) -> str:
    """Return who said it and how, with the words: "Jane Roe (statement): “No.”".

    What is not the speaker's own wording says so, and what the article does not report as said.
    """
    medium = f" ({one_line(c.medium)})" if c.medium else ""
    reported = {
        Kind.DIRECT: ":",
        Kind.MIXED: ", partly in the speaker’s own words:",
        Kind.INDIRECT: ", as paraphrased by the article:",
    }
    how = reported[c.kind] if c.is_said else f"{_NOT_SAID[c.factuality]}:"
    who = _speaker(c)
    return f"{who[0].upper()}{who[1:]}{medium}{how} {words_quoted(c)}"


_NOT_SAID = {
    Factuality.NEGATED: ", not reported as said, for the article negates it",
    Factuality.FUTURE: ", not yet said, for the article announces it",
    Factuality.HYPOTHETICAL: ", not reported as said, for the article has it as a possibility",
}


def plain_text(c: CitableQuotation) -> str:
    """Return one paragraph that names speaker, words, article, outlet, date and addresses."""
    article = UNTITLED if c.title == UNTITLED else f"“{nested(c.title, drop_outer=False)}”"
    names = [author.name for author in c.authors]
    where = [
        " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:]))),
        article,
        one_line(c.outlet),
        day_in_words(c.published_on) if c.published_on else NO_DATE,
        f"paragraph {c.paragraph_index}",
    ]
    verb = "Reported in" if c.kind is Kind.INDIRECT else "Quoted in"
    verb = verb if c.is_said else "In"
    live = f" {c.url} (retrieved {day_in_words(c.retrieved_on)})." if c.url else ""
    said = attribution(c)
    stop = "" if _STOPPED.search(said) else "."
    return (
        f"{said}{stop} {verb} {', '.join(filter(None, where))}.{live}"
        f" Archived quotation: {c.address}{f' (check first: {c.doubt})' if c.doubt else ''}"
    )


def day_in_words(day: date) -> str:
    """Return a day as British prose and Wikipedia write it: "4 July 2017"."""
    return f"{day.day} {day:%B %Y}"


def _note(c: CitableQuotation) -> str:
    """Return what a bibliography should print beside the article: who is quoted, and where."""
    whom = in_sentence(c, one_line(c.speaker)) or "an unidentified speaker"
    verb = "Paraphrases" if c.kind is Kind.INDIRECT else "Quotes"
    doubt = f"; check first: {c.doubt}" if c.doubt else ""
    if not c.is_said:
        whom = f"{whom}{_NOT_SAID[c.factuality]},"
        verb = "Has words of" if c.factuality is Factuality.FUTURE else "Has words about"
    return f"{verb} {whom} in paragraph {c.paragraph_index}; archived at {c.address}{doubt}"


# --- reference formats


def bibtex(c: CitableQuotation) -> str:
    """Return a biblatex entry of the article: @article (newspaper), or @online without an outlet.

    Unicode is kept; TeX's special characters are escaped, so that it prints as stored.
    """
    fields = {
        "author": " and ".join(_bibtex_name(author) for author in c.authors),
        # Doubled braces: styles must not lower-case names ("US Central Command") in a title.
        "title": f"{{{_latex(c.title)}}}",
        "journaltitle": _latex(c.outlet),
        "entrysubtype": "newspaper" if c.outlet else "",
        "date": c.published_on.isoformat() if c.published_on else "",
        "url": quote(one_line(c.reference_url), safe=_URL_SAFE),
        "urldate": c.retrieved_on.isoformat(),
        "langid": _LANGID.get(c.language.lower(), ""),
        "note": _latex(_note(c)),
        "abstract": _latex(attribution(c)),
    }
    kind = "article" if c.outlet else "online"
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@{kind}{{{c.key},\n{''.join(lines)}}}\n"


def _bibtex_name(author: Author) -> str:
    if author.family:
        # biblatex splits names at " and " and commas: braces keep each part whole.
        parts = (author.family, author.suffix, author.given)
        return ", ".join(f"{{{_latex(part)}}}" for part in parts if part)
    return f"{{{_latex(author.literal)}}}"


def _latex(text: str) -> str:
    table = _LATEX | _PLAIN_BRACES if _balanced(text) else _LATEX
    return _LIGATURE.sub("{}", one_line(text).translate(table))


def _balanced(text: str) -> bool:
    """Say whether every brace has its partner: then the short escapes, which all readers know."""
    depths = list(accumulate((char == "{") - (char == "}") for char in text))
    return not depths or (min(depths) >= 0 and depths[-1] == 0)


def ris(c: CitableQuotation) -> str:
    """Return a RIS record of the article: NEWS, or ELEC without an outlet; lines end in CRLF.

    Source: Research Information Systems, "RIS Format Specifications" (2001 and 2011).
    """
    accessed = f"{c.retrieved_on:%Y/%m/%d}/"
    record = {
        "type_of_reference": "NEWS" if c.outlet else "ELEC",
        "id": c.key,
        "authors": [author.inverted for author in c.authors],
        "title": c.title,
        "secondary_title": one_line(c.outlet),
        "year": f"{c.published_on:%Y}" if c.published_on else "",
        "date": f"{c.published_on:%Y/%m/%d}/" if c.published_on else "",
        "urls": [quote(one_line(c.reference_url), safe=_URL_SAFE)],
        "access_date": accessed,
        "language": one_line(c.language),
        "abstract": attribution(c),
        "notes": [_note(c)],
    }
    lines: str = rispy.dumps(
        [{name: value for name, value in record.items() if value}], implementation=_RisWriter
    )
    return lines.rstrip("\n").replace("\n", "\r\n") + "\r\n"


class _RisWriter(rispy.RisWriter):  # type: ignore[misc]
    def set_header(self, count: int) -> str:  # noqa: ARG002
        return ""  # rispy numbers the records; the format wants TY first


def csl_json(c: CitableQuotation) -> str:
    """Return a CSL-JSON list with one item: the article; the quotation is under `custom`."""
    item = {
        "id": c.key,
        "type": "article-newspaper" if c.outlet else "webpage",
        "title": c.title,
        "container-title": one_line(c.outlet),
        "author": [author.csl() for author in c.authors],
        "issued": _csl_date(c.published_on),
        "accessed": _csl_date(c.retrieved_on),
        "URL": c.reference_url,
        "language": c.language,
        "archive": ARCHIVE,
        "archive_location": c.address,
        "note": _note(c),
        "abstract": attribution(c),
        "custom": {"quotation": _csl_custom(c)},
    }
    return json.dumps([{k: v for k, v in item.items() if v}], ensure_ascii=False, indent=2) + "\n"


def _csl_date(day: date | None) -> dict[str, list[list[int]]] | None:
    return {"date-parts": [[day.year, day.month, day.day]]} if day else None


def _csl_custom(c: CitableQuotation) -> dict[str, Any]:
    return {
        "uid": c.uid,
        "address": c.address,
        "content": list(c.content),
        "kind": c.kind.value,
        "speaker": c.speaker or None,
        "speaker_role": c.speaker_role or None,
        "speaker_kind": c.speaker_kind.value if c.speaker_kind else None,
        "medium": c.medium or None,
        "factuality": c.factuality.value,
        "paragraph": c.paragraph_index,
        "text_sha256": c.text_sha256,
    }


# --- the live page


def text_fragment_url(c: CitableQuotation, *, params: CitingParams = CITING) -> str:
    """Return the article's address with a text fragment that makes a browser show the words.

    A long piece, or one over a line break, is given by its first and last words.
    Source: WICG, "URL Fragment Text Directives".
    """
    directives = "&".join(f"text={_directive(piece, params)}" for piece in c.content)
    page, fragment = urldefrag(c.reference_url)
    return f"{page}#{fragment.partition(':~:')[0]}:~:{directives}"


def _directive(piece: str, params: CitingParams) -> str:
    lines = [line for line in map(_spaced, piece.splitlines()) if line]
    if not lines:
        return ""
    first, last = lines[0].split(" "), lines[-1].split(" ")
    count = params.fragment_end_words
    if len(lines) == 1 and (
        len(lines[0]) <= params.fragment_whole_chars or len(first) <= 2 * count
    ):
        return _encoded(lines[0])
    return f"{_encoded(' '.join(first[:count]))},{_encoded(' '.join(last[-count:]))}"


def _encoded(words: str) -> str:
    # quote() leaves "-", which marks a prefix or suffix in a directive.
    return quote(words, safe="").replace("-", "%2D")
