"""Quotations -> citations in the styles of manuals, through a real CSL processor (pandoc).

The article is the source, never the speaker: whoever said it stands in the prose. An article that
several quotations cite is one source. Why, and where files deviate from their manuals:
docs/decisions/0030-citing-styles.md.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from quotes import citing_prose, pandoc
from quotes import pandoc_tree as tree
from quotes.citations import UNTITLED, CitableQuotation, one_line
from quotes.csl_styles import STYLES, CitationStyle
from quotes.pandoc import PandocError
from quotes.params import STYLING, StylingParams
from quotes.refusals import InputError

__all__ = [
    "STYLES",
    "Citation",
    "CitationStyle",
    "Reference",
    "StyleError",
    "bibliography",
    "cite",
    "references",
    "style_named",
]


class StyleError(InputError):
    """What cannot be cited so: the problem and the remedy."""


class Reference(NamedTuple):
    """An article in a list of references, as plain text and as HTML (escaped, on one line)."""

    text: str
    html: str


class Citation(NamedTuple):
    """A quotation in a style.

    `prose` is a sentence with speaker, words and citation; `in_text` the citation alone, in a style
    of notes the text of the note; the rest is the article's entry in the list of references.
    """

    prose: str
    in_text: str
    reference_text: str
    reference_html: str


def style_named(name: str) -> CitationStyle:
    """Return a style; raises StyleError for a name of none, which names those there are."""
    if name not in STYLES:
        known = ", ".join(STYLES)
        raise StyleError(f"{name!r} is no citation style", f"use one of {known}")
    return STYLES[name]


def cite(c: CitableQuotation, style: str, *, params: StylingParams = STYLING) -> Citation:
    """Return one quotation in a style, its reference with the archived quotation where one may.

    Raises StyleError for an unknown style, and if pandoc cannot write it.
    """
    chosen = style_named(style)
    (found,) = _resolved([c], chosen, params).citations
    if not chosen.archived:
        return found
    at = chosen.archived.replace("{address}", c.address)
    where = tree.as_html([*tree.words(" " + at.replace(c.address, "")[:-1]),
                          tree.link(c.address, c.address), *tree.words(".")])  # fmt: skip
    return found._replace(
        reference_text=f"{found.reference_text} {at}",
        reference_html=f"{found.reference_html} {where}",
    )


def bibliography(
    cs: Sequence[CitableQuotation], style: str, *, params: StylingParams = STYLING
) -> list[Citation]:
    """Return the quotations in a style, in their order, as they follow each other in one text.

    So years have letters where needed, and later notes are short. One run of pandoc. Raises
    StyleError as `cite` does, and for more than `params.entries_most`.
    """
    return _resolved(cs, style_named(style), params).citations


def references(
    cs: Sequence[CitableQuotation], style: str, *, params: StylingParams = STYLING
) -> list[Reference]:
    """Return the list of references: each article once, in the order that the style wants.

    Raises StyleError as `bibliography` does.
    """
    return _resolved(cs, style_named(style), params).references


class _Resolved(NamedTuple):
    citations: list[Citation]
    references: list[Reference]


def _resolved(
    cs: Sequence[CitableQuotation], style: CitationStyle, params: StylingParams
) -> _Resolved:
    if len(cs) > params.entries_most:
        raise StyleError(
            f"{len(cs)} quotations are more than {params.entries_most}",
            "take fewer at a time, or BibTeX, RIS or CSL-JSON",
        )
    if not cs:
        return _Resolved([], [])
    sources = Sources(cs, style)
    cited = [tree.paragraph([sources.citation(n)]) for n in range(len(cs))]
    blocks = _run(cited, sources, style, params)
    in_text = [_in_text(block, style) for block in blocks[: len(cs)]]
    listed = _listed(blocks[len(cs) :]) if style.has_list else _full(sources, style, params)
    citations = [
        Citation(_prose(c, text, style), text, *listed[key])
        for c, text, key in zip(cs, in_text, sources.keys, strict=True)
    ]
    return _Resolved(citations, list(listed.values()))


def _run(
    blocks: Sequence[tree.Node], sources: "Sources", style: CitationStyle, params: StylingParams
) -> list[tree.Node]:
    asked = tree.document(blocks, sources.metadata)
    try:
        answer = pandoc.convert(asked, "json", csl=style.path, params=params)
    except PandocError as error:
        raise StyleError(error.problem, error.remedy) from error
    found: list[tree.Node] = json.loads(answer)["blocks"]
    return found


def _in_text(block: tree.Node, style: CitationStyle) -> str:
    inlines = tree.inlines_of(block)
    note = tree.note_in(inlines) if style.is_notes else None
    return tree.as_text(inlines if note is None else note)


def _listed(blocks: Sequence[tree.Node]) -> dict[str, Reference]:
    """Return key -> reference of the list that pandoc put behind the citations, in its order."""
    found: dict[str, Reference] = {}
    for block in blocks:
        for entry in block["c"][1]:
            inlines = tree.inlines_of(entry)
            key = entry["c"][0][0].removeprefix("ref-")
            found[key] = Reference(tree.as_text(inlines), tree.as_html(inlines))
    return found


def _full(sources: "Sources", style: CitationStyle, params: StylingParams) -> dict[str, Reference]:
    """Return key -> full citation, of a style that has notes and no list."""
    keys = list(dict.fromkeys(sources.keys))
    bare = [
        tree.paragraph([tree.citation(key, prefix=(), suffix=(), locator="", number=number)])
        for number, key in enumerate(keys, 1)
    ]
    notes = [tree.note_in(block["c"]) or [] for block in _run(bare, sources, style, params)]
    written = [Reference(tree.as_text(note), tree.as_html(note)) for note in notes]
    return dict(zip(keys, written, strict=True))


def _prose(c: CitableQuotation, in_text: str, style: CitationStyle) -> str:
    said = citing_prose.statement(c)
    if style.is_notes:
        return citing_prose.sentence_with_note(said)
    return citing_prose.sentence(said, in_text)


# --- what pandoc is told


class Sources:
    """The articles that quotations cite, each once, as pandoc wants them told."""

    def __init__(self, cs: Sequence[CitableQuotation], style: CitationStyle) -> None:
        self._cs, self._style = cs, style
        self._items: dict[str, dict[str, Any]] = {}
        self.keys = [self._key(source_item(c, style)) for c in cs]

    def _key(self, item: dict[str, Any]) -> str:
        known = json.dumps(item, sort_keys=True)
        key = f"a{len(self._items) + 1}"
        return str(self._items.setdefault(known, {"id": key, **item})["id"])

    @property
    def metadata(self) -> dict[str, Any]:
        """Return the metadata of a document that cites them."""
        return {"references": list(self._items.values()), "lang": self._style.locale}

    def citation(self, number: int) -> tree.Node:
        """Return the citation of a quotation, by its number from 0."""
        c, style = self._cs[number], self._style
        who = citing_prose.speaker(c, with_role=False)
        who = who[:1].upper() + who[1:] if style.before(c.kind, who).startswith(who) else who
        return tree.citation(
            self.keys[number],
            prefix=tree.words(style.before(c.kind, who)),
            suffix=tree.words(style.behind(c.kind, who, c.address)),
            locator=f"para. {c.paragraph_index}",
            number=number + 1,
        )


def source_item(c: CitableQuotation, style: CitationStyle) -> dict[str, Any]:
    """Return the article as CSL's variables, texts as nodes that no reader of markup sees."""
    described = style.has_genre and c.title == UNTITLED
    item = {
        "type": "article-newspaper" if c.outlet else "webpage",
        "title": () if described else tuple(tree.title(c.title)),
        "genre": UNTITLED.strip("[]") if described else "",
        "container-title": one_line(c.outlet),
        "author": [author.csl() for author in c.authors],
        "issued": _date(c.published_on),
        "accessed": _date(c.retrieved_on) if style.has_accessed else None,
        "URL": web_address(c),
        # By it a style knows whether English rules of capitals hold.
        "language": one_line(c.language),
    }
    return {name: value for name, value in item.items() if value}


def web_address(c: CitableQuotation) -> str:
    """Return the publisher's address if it is one of the web, else that of the stored text."""
    address = one_line(c.reference_url)
    return address if address.startswith(("http://", "https://")) else c.archived_text


def _date(day: Any) -> dict[str, list[list[int]]] | None:
    return {"date-parts": [[day.year, day.month, day.day]]} if day else None
