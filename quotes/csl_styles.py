"""The citation styles there are: which file says how, and what of quoting the manual adds to it.

A style file knows of sources, not of people quoted in them: how a style says "quoted in", where it
names the speaker, and which dates it wants is in the table here. Sources, by section of the
manuals: docs/decisions/0030-citing-styles.md.
"""

import hashlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from quotes.nlp.document import Frozen, Kind

_FOLDER = Path(__file__).parent / "citation_styles"


class CitationStyle(Frozen):
    """A style: its file, and its way of citing words that a source quotes.

    `quoted` and `reported` go before the citation of words in the speaker's own wording and of
    others; `after` behind it. `{speaker}` and `{address}` stand for who said it and the archived
    quotation. `archived` ends the reference of a single quotation. Where `has_genre` is set, an
    article without a title is described, else it has a title in brackets. `list_title` heads the
    list of sources, "" where the style has none. `drops_the`: "Herald" for The Herald.
    """

    name: str
    label: str
    edition: str
    file: str
    locale: str = "en-US"
    is_notes: bool = False
    list_title: str = "References"
    quoted: str = ""
    reported: str = ""
    after: str = ""
    archived: str = ""
    has_accessed: bool = True
    has_genre: bool = False
    drops_the: bool = False

    @property
    def has_hanging(self) -> bool:
        """Say whether the entries of its list hang: lines after the first are set in."""
        return b'hanging-indent="true"' in self.path.read_bytes()

    @property
    def has_list(self) -> bool:
        """Say whether the style lists sources, or has them in notes alone."""
        return bool(self.list_title)

    @property
    def path(self) -> Path:
        """Return the path of the style's file."""
        return _FOLDER / self.file

    @cached_property
    def sha256(self) -> str:
        """Return the SHA-256 of the style's file: another file, other citations."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    def before(self, kind: Kind, speaker: str, *, is_said: bool = True) -> str:
        """Return what goes before the citation: "Jane Roe, quoted in ".

        Nothing where the article does not report it as said: it quotes nobody there.
        """
        if not is_said:
            return ""
        pattern = self.reported if kind is Kind.INDIRECT else self.quoted
        if not speaker:
            pattern = pattern.replace("{speaker}, ", "")
        return pattern.replace("{speaker}", speaker)

    def behind(self, kind: Kind, speaker: str, address: str, *, is_said: bool = True) -> str:
        """Return what goes behind the citation and its paragraph number."""
        verb = "reporting the words of" if kind is Kind.INDIRECT else "quoting"
        if not is_said:
            verb = "not reporting this as said by"
        whom = speaker or "an unidentified speaker"
        filled = self.after.replace("{verb}", verb).replace("{address}", address)
        return filled.replace("{speaker}", whom)


_ALL = (
    CitationStyle(
        name="apa",
        label="APA",
        edition="Publication Manual of the APA, 7th edition (2020)",
        file="apa.csl",
        has_accessed=False,
        has_genre=True,
    ),
    CitationStyle(
        name="mla",
        label="MLA",
        edition="MLA Handbook, 9th edition (2021)",
        file="modern-language-association.csl",
        list_title="Works Cited",
        quoted="qtd. in ",
        archived="Archived at {address}.",
        has_genre=True,
    ),
    CitationStyle(
        name="chicago-notes",
        label="Chicago, notes",
        edition="Chicago Manual of Style, 18th edition (2024), notes and bibliography",
        file="chicago-notes-bibliography.csl",
        is_notes=True,
        list_title="Bibliography",
        quoted="{speaker}, quoted in ",
        reported="{speaker}, paraphrased in ",
        after=", archived at {address}",
        archived="Archived at {address}.",
        has_genre=True,
        drops_the=True,
    ),
    CitationStyle(
        name="chicago-author-date",
        label="Chicago, author-date",
        edition="Chicago Manual of Style, 18th edition (2024), author-date",
        file="chicago-author-date.csl",
        quoted="quoted in ",
        archived="Archived at {address}.",
        has_genre=True,
        drops_the=True,
    ),
    CitationStyle(
        name="harvard",
        label="Harvard (Cite Them Right)",
        edition="Cite Them Right, 12th edition (2022)",
        file="harvard-cite-them-right.csl",
        locale="en-GB",
        list_title="Reference list",
        quoted="quoted in ",
        reported="cited in ",
    ),
    CitationStyle(
        name="ieee",
        label="IEEE",
        edition="IEEE Reference Guide, version of 29 November 2023",
        file="ieee.csl",
    ),
    CitationStyle(
        name="bluebook",
        label="Bluebook",
        edition="The Bluebook, law reviews",
        file="bluebook-law-review.csl",
        is_notes=True,
        list_title="",
        after=" [{address}] ({verb} {speaker})",
        drops_the=True,
    ),
)
STYLES: Mapping[str, CitationStyle] = MappingProxyType({style.name: style for style in _ALL})
